"""Worlds that differ in one respect, of which something certain can be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from math import lcm
from typing import Any

from hypothesis import strategies as st

from kit.random_workspace.base import LONG_AGO, Row, World
from kit.random_workspace.facts import registers
from kit.random_workspace.lasting import midnights
from kit.random_workspace.rules import LEVELS, PERIODS, ZONES, Rule, bare, maybe, rule, terms, times, version, worlds

Draw = Any
USED = 60
WHOLE: tuple[Rule, ...] = (
    {"meter": "vm", "measure": "integral", "per": "resource"},
    {"meter": "heat", "measure": "sum", "spread": "time"},
    {"meter": "gb", "measure": "sum"},
    {"meter": "gb", "measure": "count"},
    {"driver": "agents"},
    {"subscription": "seats"},
    {"constant": "1"},
)


def euros(cents: int) -> str:
    """Cents as they are written."""
    return format(Decimal(cents).scaleb(-2), "f")


@st.composite
def whole_terms(draw: Draw, unit: int, additive: bool) -> Rule:
    """Prices, fees and bounds that are multiples of ``unit`` cents."""
    price = st.integers(0, 4).map(lambda n: euros(n * unit))
    model = draw(st.sampled_from(("flat", "graduated", "volume", "package")))
    fields: Rule = {"model": model, "included": draw(maybe(st.integers(0, 40).map(str)))}
    if model in ("graduated", "volume"):
        marks = sorted(draw(st.sets(st.integers(1, USED), min_size=1, max_size=2)))
        tiers = [{"up_to": str(mark), "price": draw(price), "fee": draw(price)} for mark in marks]
        fields["tiers"] = [*tiers, {"price": draw(price), "fee": draw(price)}]
    else:
        fields["price"] = draw(price)
    if model == "package":
        fields["package_size"] = "7"
    low = draw(maybe(st.integers(0, 9)))
    fields["minimum"] = None if low is None else euros(low * unit)
    more = draw(maybe(st.integers(0, 99)))
    fields["maximum"] = None if more is None else euros(((low or 0) + more) * unit)
    return fields


@st.composite
def equal_use(draw: Draw, world: World) -> tuple[Row, ...]:
    """Rows of each member that add up to 60 units of ``gb``, and in the month to 60 hours of one ``vm`` and to 60 units
    of ``heat``; those of ``a`` in one interval."""
    noon = "T12:00:00Z"
    rows: list[Row] = draw(sixty_hours(world))
    for member in ("a", "b"):
        days = sorted(draw(st.sets(st.integers(0, world.days - 1), min_size=1, max_size=4)))
        parts = [USED // len(days)] * len(days)
        parts[-1] += USED - sum(parts)
        for day, part in zip(days, parts, strict=True):
            start = (world.first + timedelta(days=day)).isoformat() + noon
            end = (world.first + timedelta(days=day, hours=0)).isoformat() + "T13:00:00Z"
            rows.append((start, "", member, f"{member}-r", "gb", str(part), ""))
            if member == "b":
                rows += [(start, end, member, f"{member}-r", meter, str(part), "") for meter in ("vm", "heat")]
    return tuple(rows)


@st.composite
def sixty_hours(draw: Draw, world: World) -> list[Row]:
    """An interval of ``a`` of which 60 hours lie in the month: within it, or over its beginning or its end."""
    first, after = midnights(world, 0, 1)[0], midnights(world, 0, 1)[-1]
    hour = timedelta(hours=1)
    more = draw(st.integers(1, 900)) * hour
    inside = first + draw(st.integers(0, (after - first) // hour - USED)) * hour
    over = ((first - more, first + USED * hour), (after - USED * hour, after + more))
    begins, ends = draw(st.sampled_from(((inside, inside + USED * hour), *over)))
    units = {"vm": 1, "heat": (ends - begins) // hour}
    return [(begins.isoformat(), ends.isoformat(), "a", "a-r", meter, str(n), "") for meter, n in units.items()]


@st.composite
def cut_pairs(draw: Draw) -> tuple[World, World]:
    """A world whose exact amounts are whole cents, and the same with a version cut at equal terms.

    Keys by meter stand apart, and so does an allocation prorated by day: both look at the days of each part.
    """
    world = World(draw(st.sampled_from(PERIODS)), draw(st.sampled_from(ZONES)), {})
    rows = draw(registers(world.first, world.days, 3))
    rows["drivers"] = tuple((m, name, str(int(Decimal(v)) % 5 + 1), *time) for m, name, v, *time in rows["drivers"])
    rows["subscriptions"] = tuple((m, n, str(int(Decimal(v)) % 7), *time) for m, n, v, *time in rows["subscriptions"])
    rows["members"] = (*(r for r in rows["members"] if r[0] != "b"), ("b", "B", "commune", LONG_AGO, ""))
    world = replace(world, rows=rows)
    world = world.having(usage=draw(equal_use(world)))
    found = [draw(whole_rate(world, f"rate-{n}", WHOLE)) for n in range(draw(st.integers(1, 3)))]
    found.append(draw(whole_rate(world, "hours", WHOLE[:2])))
    pool = world.days * 20 * lcm(*range(1, 16)) // 10
    world = world.having(costs=[(world.period, "p", "6110", "Costs", euros(pool), "DOC-1")])
    weights = (("0.5", {"quantity": {"driver": "agents"}}), ("0.5", {"equal": True}))
    keys = [{**key, "weight": weight} for weight, key in weights]
    found.append(rule("allocation", "share-p", [version(LONG_AGO, None, keys=keys)], pool="p"))
    cut = [replace_versions(one, cut_at(one["version"][0], draw(times(world)))) for one in found]
    return replace(world, rules=tuple(found)), replace(world, rules=tuple(cut))


@st.composite
def whole_rate(draw: Draw, world: World, name: str, among: Sequence[Rule]) -> Rule:
    """A rate in force since long ago, all of whose amounts are whole cents however the month is cut."""
    unit = USED * world.days**2
    quantity = dict(draw(st.sampled_from(among)))
    fields = draw(whole_terms(unit, "meter" in quantity))
    if "meter" not in quantity:
        fields |= {"every": draw(maybe(st.sampled_from(("quarter", "year"))))}
    fields["prorate"] = draw(maybe(st.just("day")))
    group = draw(maybe(st.just("g")))
    return rule("rate", name, [version(LONG_AGO, None, **fields)], quantity=quantity, group=group)


@st.composite
def joining_pairs(draw: Draw) -> tuple[World, World]:
    """A world where ``b`` joins when the second version of a rate begins, or later, and the same with other terms of
    the first version. The rate prices a level by day, or a sum."""
    world = draw(bare(members=3))
    day = draw(st.integers(1, world.days - 1))
    begins = world.first + timedelta(days=day)
    joins = begins + timedelta(days=draw(st.integers(0, world.days - 1 - day)))
    members = [row for row in world.rows["members"] if row[0] != "b"]
    world = world.having(members=[*members, ("b", "B", "commune", joins.isoformat(), "")])
    quantity = dict(draw(st.sampled_from((*LEVELS, {"meter": "gb", "measure": "sum"}))))
    models = ("flat", "graduated", "volume", "package")
    old, other, new = ({**draw(terms((draw(st.sampled_from(models)),))), "prorate": "day"} for _ in range(3))

    def rated(first: Rule) -> Rule:
        versions = [version(LONG_AGO, begins, **first), version(begins, None, **new)]
        return rule("rate", "dues", versions, quantity=quantity)

    return replace(world, rules=(rated(old),)), replace(world, rules=(rated(other),))


def replace_versions(one: Rule, versions: Sequence[Rule]) -> Rule:
    """The rule with other versions."""
    return {**one, "version": list(versions)}


def cut_at(terms_: Rule, validities: Sequence[tuple[date, date | None]]) -> list[Rule]:
    """The same terms for several times in turn."""
    fields = {name: value for name, value in terms_.items() if name not in ("valid_from", "valid_to", "references")}
    return [version(*time, **fields) for time in validities]


@st.composite
def growing_pairs(draw: Draw) -> tuple[World, World]:
    """A world of graduated rates, and the same where one member used something more."""
    world = draw(bare())
    rows = tuple(row for row in world.rows["usage"] if not row[5].startswith("-"))
    metered: tuple[Rule, ...] = (
        {"meter": "gb", "measure": "sum"},
        {"meter": "gb", "measure": "sum", "per": "resource"},
        {"meter": "kw", "measure": "sum"},
        {"meter": "kw", "measure": "max"},
        {"meter": "vm", "measure": "integral", "overlap": "add"},
    )
    rules = tuple(
        rule("rate", f"rate-{n}", [version(LONG_AGO, None, **draw(terms(("graduated",))))], quantity=dict(quantity))
        for n, quantity in enumerate(draw(st.lists(st.sampled_from(metered), min_size=1, max_size=3)))
    )
    member, meter = draw(st.sampled_from(("a", "b"))), draw(st.sampled_from(("gb", "kw", "vm")))
    start = f"{world.first.isoformat()}T10:07:00Z"
    end = f"{world.first.isoformat()}T11:07:00Z" if meter == "vm" else ""
    more = (start, end, member, "" if meter == "kw" else "r1", meter, draw(st.sampled_from(("0.5", "70", "900"))), "")
    world = replace(world, rules=rules)
    return world.having(usage=rows), world.having(usage=[*rows, more])


@st.composite
def twin_worlds(draw: Draw) -> World:
    """A world where ``cc`` is to ``c`` as one drop of water to another."""
    world: World = draw(worlds(least=3))
    rows = {}
    for name in ("members", "groups", "drivers", "subscriptions"):
        at = 1 if name == "groups" else 0
        copies = [(*row[:at], "cc", *row[at + 1 :]) for row in world.rows[name] if row[at] == "c"]
        rows[name] = (*world.rows[name], *copies)
    named = [row for row in world.rows["usage"] if row[2]]
    copies = [(*row[:2], "cc", row[3] and f"{row[3]}-cc", *row[4:]) for row in named if row[2] == "c"]
    return replace(world.having(**rows, usage=[*named, *copies]), rules=tuple(twinned(one) for one in world.rules))


def twinned(one: Rule) -> Rule:
    """The rule with both twins excluded where one is, and without bounds in euros, which are for fewer members."""
    versions = []
    for each in one["version"]:
        each = {k: v for k, v in each.items() if k != "floor" and (k != "cap" or isinstance(v, dict))}
        if "c" in each.get("exclude", ()):
            each["exclude"] = [*each["exclude"], "cc"]
        versions.append(each)
    return {**one, "version": versions}
