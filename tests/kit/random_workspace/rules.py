"""Random rules that are valid for the facts of ``world_facts``: rates, allocations, and the pools they take."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

from hypothesis import strategies as st

from kit.random_workspace.base import LONG_AGO, Row, World
from kit.random_workspace.facts import numbers, registers, signed, usage, use_of_a

Draw = Any
Rule = dict[str, Any]
PERIODS = ("2026-02", "2026-03", "2026-09", "2026-10")
ZONES = ("Europe/Paris", "Europe/Paris", "America/Guadeloupe", "Indian/Reunion")
PLACES = tuple((period, zone) for period in PERIODS for zone in ZONES)
REFERENCES = [{"title": "Décision"}]
WEIGHTS = {1: ("1",), 2: ("0.3", "0.7"), 3: ("0.05", "0.35", "0.6")}
LEVELS = (
    {"driver": "agents"},
    {"driver": "people"},
    {"driver": "high"},
    {"subscription": "seats"},
    {"constant": "1"},
    {"constant": "2.5"},
)
CLASS = {"tag": "class"}
METERED = (
    {"meter": "gb", "measure": "sum"},
    {"meter": "gb", "measure": "sum", "per": "resource"},
    {"meter": "gb", "measure": "count"},
    {"meter": "kw", "measure": "sum"},
    {"meter": "kw", "measure": "sum", "per": "resource"},
    {"meter": "kw", "measure": "count"},
    {"meter": "kw", "measure": "max"},
    {"meter": "kw", "measure": "max", "per": "resource"},
    {"meter": "kw", "measure": "last"},
    {"meter": "kw", "measure": "p95"},
    {"meter": "kw", "measure": "mean"},
    {"meter": "kw", "measure": "mean", "step": "12h"},
    {"meter": "kw", "measure": "integral", "step": "1h"},
    {"meter": "port", "measure": "count", "per": "resource"},
    {"meter": "port", "measure": "max", "per": "resource"},
    {"meter": "port", "measure": "last", "per": "resource"},
    {"meter": "port", "measure": "p95", "per": "resource"},
    {"meter": "port", "measure": "mean", "per": "resource"},
    {"meter": "vm", "measure": "sum"},
    {"meter": "vm", "measure": "sum", "spread": "time", "overlap": "add"},
    {"meter": "vm", "measure": "integral", "overlap": "add"},
    {"meter": "vm", "measure": "integral", "overlap": "add", "per": "resource"},
    {"meter": "vm", "measure": "mean", "overlap": "add"},
    {"meter": "vm", "measure": "mean", "overlap": "add", "per": "resource"},
    {"meter": "vm", "measure": "count"},
    {"meter": "vm", "measure": "max", "per": "resource"},
    {"meter": "gb", "measure": "sum", "per": CLASS},
    {"meter": "gb", "measure": "count", "per": CLASS},
    {"meter": "kw", "measure": "max", "per": CLASS},
    {"meter": "kw", "measure": "last", "per": CLASS},
    {"meter": "kw", "measure": "p95", "per": CLASS},
    {"meter": "kw", "measure": "mean", "per": CLASS},
    {"meter": "vm", "measure": "integral", "overlap": "add", "per": CLASS},
    {"meter": "vm", "measure": "mean", "overlap": "add", "per": CLASS},
    {"meter": "port", "measure": "max", "combine": "instant", "per": CLASS},
)
METER_KEYS = (
    {"meter": "kw", "measure": "sum"},
    {"meter": "kw", "measure": "sum", "where": {"class": "ssd"}},
    {"meter": "port", "measure": "max", "combine": "instant"},
    {"meter": "port", "measure": "peak"},
    {"meter": "kw", "measure": "max"},
    {"meter": "kw", "measure": "p95"},
    {"meter": "kw", "measure": "mean"},
    {"meter": "port", "measure": "sum"},
    {"meter": "port", "measure": "count"},
    {"meter": "vm", "measure": "integral", "overlap": "add"},
    {"meter": "vm", "measure": "mean", "overlap": "add"},
)


def rule(kind: str, name: str, versions: Sequence[Rule], **fields: Any) -> Rule:
    """A rule as it is in its file; fields of None are left out."""
    labels = {"fr": name, "en": name}
    head = {"id": name, "kind": kind, "label": labels, "service": "services", "vat": "services"}
    return {**head, **{k: v for k, v in fields.items() if v is not None}, "version": list(versions)}


def version(first: date | str, end: date | None, **fields: Any) -> Rule:
    """A version as it is in its file; fields of None are left out."""
    begins = date.fromisoformat(first) if isinstance(first, str) else first
    bounds = {"valid_from": begins, **({"valid_to": end} if end else {}), "references": REFERENCES}
    return {**bounds, **{k: v for k, v in fields.items() if v is not None}}


@st.composite
def times(draw: Draw, world: World, most: int = 2) -> list[tuple[date, date | None]]:
    """Validities that follow each other from long ago, changing on up to ``most`` days of the month."""
    days = draw(st.lists(st.integers(1, world.days - 1), max_size=most, unique=True))
    cuts = [world.first + timedelta(days=day) for day in sorted(days)]
    return list(zip([date.fromisoformat(LONG_AGO), *cuts], [*cuts, None], strict=True))


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A value or None."""
    return st.one_of(st.none(), strategy)


@st.composite
def terms(draw: Draw, models: Sequence[str]) -> Rule:
    """How a version prices: a model with its tiers or price, what is included, bounds."""
    model = draw(st.sampled_from(models))
    fields: Rule = {"model": model, "included": draw(maybe(numbers(0, 60)))}
    price = numbers(0, 9, draw(st.sampled_from((2, 4, 12))))
    if model in ("graduated", "volume"):
        bounds = sorted(draw(st.sets(st.integers(1, 400), min_size=1, max_size=3)))
        fee = maybe(numbers(0, 20, 2))
        tiers = [{"up_to": str(bound), "price": draw(price), "fee": draw(fee)} for bound in bounds]
        tiers.append({"price": draw(price), "fee": draw(fee)})
        fields["tiers"] = [{k: v for k, v in tier.items() if v is not None} for tier in tiers]
    else:
        fields["price"] = draw(price)
    if model == "package":
        fields["package_size"] = draw(st.sampled_from(("1", "7", "0.5", "100")))
    low, more = draw(maybe(numbers(0, 60, 2))), draw(maybe(st.integers(0, 300)))
    fields["minimum"] = low
    fields["maximum"] = None if more is None else str(Decimal(low or 0) + more)
    return fields


@st.composite
def rates(draw: Draw, world: World, name: str) -> Rule:
    """A rate on a meter or a level, its versions each on their own terms."""
    metered = draw(st.booleans())
    quantity = dict(draw(st.sampled_from(METERED if metered else LEVELS)))
    where = draw(maybe(st.sampled_from(("ssd", "hdd")))) if metered else None
    if where:
        quantity["where"] = {"class": where}
    every = None if metered else draw(maybe(st.sampled_from(("quarter", "year"))))
    models = ("flat", "graduated", "volume", "package")
    cut = draw(times(world))
    if not metered and draw(st.booleans()):
        cut = draw(st.sampled_from((cut[1:] or cut, cut[:-1] or cut, cut[::2])))
    priced = [draw(terms(models)) for _ in cut]
    if "per" not in quantity:
        priced = [{**one, **draw(own_allowance())} for one in priced]
    versions = [
        version(*time, **one, prorate=draw(maybe(st.just("day"))), every=every)
        for time, one in zip(cut, priced, strict=True)
    ]
    return rule("rate", name, versions, quantity=quantity, group=draw(maybe(st.just("g"))))


@st.composite
def own_allowance(draw: Draw) -> Rule:
    """Now and then so many free units for each of what a member has, in place of a number."""
    if draw(st.integers(0, 3)):
        return {}
    counted = draw(st.sampled_from(({"driver": "agents"}, {"driver": "high"}, {"subscription": "seats"})))
    times_ = draw(st.sampled_from((None, "0", "0.05", "2", "12.5")))
    return {"included": {**counted, **({} if times_ is None else {"times": times_})}}


@st.composite
def keys(draw: Draw, member: str, meters: Sequence[Rule]) -> list[Rule]:
    """A composite key of one to three parts; agreed shares are of ``a`` and another member."""
    levels = [{"quantity": dict(level)} for level in LEVELS if level != {"driver": "high"}]
    used = [{"quantity": dict(meter)} for meter in meters]
    shares = [{"shares": {member: "40", "a": "60"}}, {"shares": {"a": "1.5"}}]
    one = st.one_of(st.sampled_from(levels), st.sampled_from(used), st.sampled_from(shares), st.just({"equal": True}))
    parts = draw(st.lists(one, min_size=1, max_size=3))
    return [{**part, "weight": weight} for part, weight in zip(parts, WEIGHTS[len(parts)], strict=True)]


def in_scope(world: World, group: str | None, exclude: Sequence[str]) -> list[str]:
    """The members present on a day of the month, in the group, not excluded."""
    days = [(world.first + timedelta(days=n)).isoformat() for n in range(world.days)]

    def on(name: str, at: int, day: str) -> set[str]:
        rows = [row for row in world.rows[name] if row[-2] <= day and (not row[-1] or day < row[-1])]
        return {row[at] for row in rows if name == "members" or row[0] == group}

    found = set()
    for day in days:
        found |= on("members", 0, day) & (on("groups", 1, day) if group else on("members", 0, day))
    return sorted(found - set(exclude))


def held(world: World, pool: str) -> Decimal:
    """What a pool holds in the month before transfers."""
    rows = [row for row in world.rows["costs"] if row[0] == world.period and row[1] == pool]
    return sum((Decimal(row[4]) for row in rows), Decimal(0))


@st.composite
def allocations(
    draw: Draw, world: World, name: str, pool: str, own: bool = False, meters: Sequence[Rule] = METER_KEYS
) -> Rule:
    """An allocation of a pool by keys, with bounds that can be met, when asked of each member's own."""
    group = draw(maybe(st.just("g")))
    others = sorted({row[0] for row in world.rows["members"]} - {"a"})
    exclude = draw(maybe(st.lists(st.sampled_from(others), max_size=1))) if others else None
    amount = abs(held(world, pool))
    versions = []
    for time in draw(times(world)):
        fields = {"keys": draw(keys((others or ["a"])[0], meters)), "exclude": exclude}
        fields |= {"prorate": draw(maybe(st.just("day")))}
        fields |= draw(bounds(len(in_scope(world, group, exclude or ())), amount, own))
        versions.append(version(*time, **fields))
    return rule("allocation", name, versions, pool=pool, group=group)


@st.composite
def bounds(draw: Draw, members: int, amount: Decimal, own: bool) -> Rule:
    """Floor and cap, none or one or both; a cap that may bind everybody comes with an equal key."""
    fields: Rule = {}
    kinds = ("none", "floor", "cap", "both") + (("own", "own-cap") if own else ())
    kind = draw(st.sampled_from(kinds))
    cent = Decimal("0.01")
    if kind in ("floor", "both"):
        part = draw(st.sampled_from((Decimal("0.1"), Decimal("0.5"))))
        fields["floor"] = str((amount / members * part).quantize(cent, ROUND_DOWN))
    if kind in ("cap", "both"):
        more = draw(st.sampled_from((Decimal("1.05"), Decimal(2))))
        fields["cap"] = str((amount / members * more).quantize(cent, ROUND_DOWN) + 1)
        fields["prorate"] = None
        fields["keys"] = [{"quantity": {"driver": "agents"}, "weight": "0.7"}, {"equal": True, "weight": "0.3"}]
    if kind == "own" and amount >= 40:
        fields["floor"] = {"driver": "low"}
    if kind in ("own", "own-cap"):
        fields["cap"] = {"driver": "high"}
    return fields


@st.composite
def costs(draw: Draw, period: str, pools: Sequence[str]) -> tuple[Row, ...]:
    """Amounts of either sign in each pool, and some of another month."""
    amount = st.one_of(numbers(1, 2000, 2), signed(500, 2), signed(1, 2))
    months = st.sampled_from((period, period, period, "2025-12"))
    return tuple(
        (draw(months), pool, "6110", "Costs", draw(amount), f"DOC-{pool}-{n}")
        for pool in pools
        for n in range(draw(st.integers(1, 3)))
    )


@st.composite
def bare(
    draw: Draw, members: int = 4, uses: int = 16, least: int = 2, places: Sequence[tuple[str, str]] = PLACES
) -> World:
    """A world of facts alone: registers of ``least`` to ``members`` members, usage, no rule and no cost; ``places`` are
    months and time zones."""
    period, zone = draw(st.sampled_from(places))
    world = World(period, zone, {})
    size = draw(st.integers(least, members))
    world = replace(world, rows=draw(registers(world.first, world.days, size)))
    return world.having(usage=draw(usage(world, uses)))


def with_keys(world: World, rules: Sequence[Rule]) -> World:
    """The world with its rules, and a use of each meter each day where a rule shares by meter."""
    metered = any("meter" in str(rule["version"]) for rule in rules if rule["kind"] == "allocation")
    rows = [*world.rows["usage"], *(use_of_a(world) if metered else ())]
    return replace(world, rules=tuple(rules)).having(usage=rows)


@st.composite
def worlds(draw: Draw, most_rates: int = 8, least: int = 2) -> World:
    """A world of the first part of the contract: rates and allocations, without bounds of each member's own."""
    world = draw(bare(least=least))
    pools = draw(st.sampled_from(((), ("p",), ("p", "q"))))
    world = world.having(costs=draw(costs(world.period, pools)))
    found = [draw(rates(world, f"rate-{n}")) for n in range(draw(st.integers(1, most_rates)))]
    found += [draw(allocations(world, f"share-{pool}", pool)) for pool in pools]
    return with_keys(world, found)
