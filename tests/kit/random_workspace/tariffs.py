"""Random rules of what real tariffs also need: prices by years of membership, caps by what the others are charged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from kit.random_workspace.base import LONG_AGO, Row, World
from kit.random_workspace.facts import numbers
from kit.random_workspace.fair import IN_GREATEST
from kit.random_workspace.rules import LEVELS, METERED, Rule, bare, maybe, rates, rule, terms, times, version, with_keys

Draw = Any
MODELS = ("flat", "graduated", "volume", "package")
GREATEST: Rule = {"greatest": list(IN_GREATEST[:2])}


@st.composite
def joined(draw: Draw, world: World) -> date:
    """A day some years before a day about the month, or a 29 February."""
    day = world.first + timedelta(days=draw(st.integers(-3, world.days + 2)))
    years = draw(st.integers(1, 5))
    return draw(st.sampled_from((day.replace(year=day.year - years), date(2024, 2, 29))))


@st.composite
def memberships(draw: Draw, world: World) -> World:
    """The world where some joined on a day of the month of an earlier year, changed their name, or left and came
    back."""
    members: list[Row] = []
    for name in sorted({row[0] for row in world.rows["members"]} - {"a"}):
        start, kind = draw(joined(world)), draw(st.sampled_from(("as drawn", "one", "renamed", "back")))
        renamed = start + timedelta(days=draw(st.integers(1, 300)))
        again = renamed + timedelta(days=draw(st.integers(1, 60)))
        runs = {
            "as drawn": [row[3:] for row in world.rows["members"] if row[0] == name],
            "one": [(start.isoformat(), "")],
            "renamed": [(start.isoformat(), renamed.isoformat()), (renamed.isoformat(), "")],
            "back": [(start.isoformat(), renamed.isoformat()), (again.isoformat(), "")],
        }
        members += [(name, name.upper(), "commune", *run) for run in runs[kind]]
    groups = [row for row in world.rows["groups"] if row[1] == "a" or draw(st.booleans())]
    late = [(row[0], row[1], draw(joined(world)).isoformat(), row[3]) for row in groups if row[2] == LONG_AGO]
    kept = [row for row in groups if row[2] != LONG_AGO]
    return world.having(members=[("a", "A", "commune", LONG_AGO, ""), *members], groups=[*late, *kept])


@st.composite
def lists(draw: Draw, model: str) -> list[Rule]:
    """Price lists by years of membership."""
    years = sorted(draw(st.sets(st.integers(1, 4), min_size=1, max_size=2)))
    found = []
    for last in [*years, None]:
        fields = {name: value for name, value in draw(terms((model,))).items() if name in ("price", "tiers")}
        found.append(({"up_to": str(last)} if last else {}) | fields)
    return found


@st.composite
def by_years(draw: Draw, world: World, name: str, others: Sequence[str]) -> Rule:
    """A rate whose versions have prices by years of membership, or some of them."""
    quantity = dict(draw(st.sampled_from((*LEVELS, *LEVELS, *METERED, GREATEST, {"charges": [others[0]]}))))
    level = "meter" not in quantity and "charges" not in quantity and "greatest" not in quantity
    every = draw(maybe(st.sampled_from(("quarter", "year")))) if level else None
    versions = []
    for time in draw(times(world)):
        fields = draw(terms((draw(st.sampled_from(MODELS)),)))
        if draw(st.integers(0, 4)):
            fields = {name: value for name, value in fields.items() if name not in ("price", "tiers")}
            fields["seniority"] = draw(lists(fields["model"]))
        fields |= {"prorate": draw(maybe(st.just("day"))), "every": every}
        versions.append(version(*time, **fields))
    return rule("rate", name, versions, quantity=quantity, group=draw(maybe(st.just("g"))))


@st.composite
def capped(draw: Draw, world: World, name: str, others: Sequence[str]) -> Rule:
    """A rate whose versions are capped by what other rules charge the others, some of them by an amount."""
    one = draw(st.one_of(rates(world, name), by_years(world, name, others)))
    versions = []
    for each in one["version"]:
        if draw(st.integers(0, 4)):
            named = draw(st.lists(st.sampled_from(others), min_size=1, max_size=2, unique=True))
            each = {**each, "maximum": {"others": named}}
        versions.append(each)
    return {**one, "version": versions}


@st.composite
def tariff_worlds(draw: Draw) -> World:
    """A world of rates by years of membership and capped by the others, over some of the first part."""
    world = draw(memberships(draw(bare())))
    price = draw(numbers(0, 40, 2))
    credit = rule("rate", "credit", [version(LONG_AGO, None, model="flat", price=f"-{price}")], quantity=LEVELS[0])
    found = [credit, *(draw(rates(world, f"rate-{n}")) for n in range(draw(st.integers(0, 2))))]
    for n in range(draw(st.integers(1, 3))):
        made = draw(st.sampled_from((by_years, capped)))
        found.append(draw(made(world, f"{draw(st.sampled_from('az'))}-{n}", [each["id"] for each in found])))
    return with_keys(world, found)
