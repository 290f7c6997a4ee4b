"""Random rules of the second part of the contract, transfers between pools, and the methods of fair division."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from kit.random_workspace.base import LONG_AGO, Row, World
from kit.random_workspace.facts import numbers
from kit.random_workspace.rules import (
    CLASS,
    LEVELS,
    Rule,
    allocations,
    bare,
    costs,
    held,
    maybe,
    own_allowance,
    rates,
    rule,
    terms,
    times,
    version,
    with_keys,
)

Draw = Any
COMBINED = tuple(
    {"meter": "port", "measure": m, "combine": "instant"} | per
    for m in ("max", "last", "p95", "mean")
    for per in ({}, {"per": CLASS})
)
PEAKS = (
    {"meter": "kw", "measure": "peak", "step": "24h"},
    {"meter": "kw", "measure": "peak", "step": "30m"},
    {"meter": "port", "measure": "peak"},
)
IN_GREATEST = (
    *LEVELS,
    {"meter": "kw", "measure": "max"},
    {"meter": "vm", "measure": "mean", "overlap": "add"},
    {"meter": "gb", "measure": "sum"},
)
BORNE = (
    {"meter": "kw", "measure": "sum"},
    {"meter": "vm", "measure": "integral", "overlap": "add"},
    {"meter": "vm", "measure": "mean", "overlap": "add"},
    {"meter": "port", "measure": "count"},
)
YEARS = ("01-01", "04-01", "12-01")


@st.composite
def second_rates(draw: Draw, world: World, name: str, others: Sequence[str]) -> Rule:
    """A rate that needs the second part: what others charged, the greatest, the peak, use since the new year."""
    group = draw(maybe(st.just("g")))
    kind = draw(st.sampled_from(("charges", "greatest", "peak", "accumulate", "combine", "every")))
    model = draw(st.sampled_from(("flat", "graduated", "volume", "package")))
    cut = draw(times(world))
    more: Rule = {}
    if kind == "charges":
        named = draw(st.lists(st.sampled_from(others), min_size=1, max_size=2, unique=True))
        quantity: Rule = {"charges": named}
    elif kind == "greatest":
        parts = st.lists(st.sampled_from(IN_GREATEST), min_size=2, max_size=3, unique_by=str)
        quantity = {"greatest": [dict(part) for part in draw(parts)]}
    elif kind == "accumulate":
        metered = ({"meter": "gb", "measure": "sum"}, {"meter": "vm", "measure": "integral", "overlap": "add"})
        quantity = dict(draw(st.sampled_from(metered))) | draw(
            st.sampled_from(({}, {"per": "resource"}, {"per": CLASS}))
        )
        more = {"accumulate": "year", "year_starts": draw(maybe(st.sampled_from(YEARS)))}
        cut = [(cut[0][0], None)]
    elif kind == "every":
        quantity = dict(draw(st.sampled_from(LEVELS)))
        every = draw(st.sampled_from(("quarter", "year")))
        more = {"every": every, "year_starts": draw(maybe(st.sampled_from(YEARS)))}
    else:
        quantity = dict(draw(st.sampled_from(PEAKS if kind == "peak" else COMBINED)))
    prorate = maybe(st.just("day"))
    if quantity.get("per", "member") == "member":
        more |= draw(own_allowance())
    versions = [version(*time, **{**draw(terms((model,))), **more, "prorate": draw(prorate)}) for time in cut]
    return rule("rate", name, versions, quantity=quantity, group=group)


def second_part(draw: Draw, allocation: Rule, charged: Sequence[str], negative: bool) -> Rule:
    """An allocation whose versions may share by charges, take charges off the pool, or have a bearer."""
    versions = []
    for one in allocation["version"]:
        kind = draw(st.sampled_from(("plain", "charges", "less", "unattributed")))
        one = dict(one)
        if kind == "charges":
            greatest = {"greatest": [{"driver": "agents"}, {"subscription": "seats"}]}
            first = draw(st.sampled_from(({"charges": ["base"]}, greatest)))
            one["keys"] = [{"quantity": first, "weight": "0.6"}, {"equal": True, "weight": "0.4"}]
        elif kind == "less" and "floor" not in one and "cap" not in one:
            one["less"] = draw(st.lists(st.sampled_from(charged), min_size=1, max_size=2, unique=True))
            if not negative and draw(st.booleans()):
                one["less_floor"] = "0.00"
        elif kind == "unattributed" and "cap" not in one:
            one["unattributed"] = "a"
            one["keys"] = [{"quantity": dict(draw(st.sampled_from(BORNE))), "weight": "1"}]
        versions.append(one)
    return {**allocation, "version": versions}


@st.composite
def second_worlds(draw: Draw) -> World:
    """A world of the second part, over some rules of the first."""
    world = draw(bare())
    pools = draw(st.sampled_from(((), ("p",), ("p", "q"))))
    world = world.having(costs=draw(costs(world.period, pools)))
    base = rule("rate", "base", [version(LONG_AGO, None, model="flat", price="1.37")], quantity={"constant": "1"})
    found = [base] + [draw(rates(world, f"rate-{n}")) for n in range(draw(st.integers(0, 2)))]
    for pool in pools:
        allocation = draw(allocations(world, f"share-{pool}", pool, own=True))
        if held(world, pool):
            allocation = second_part(draw, allocation, [r["id"] for r in found], held(world, pool) < 0)
        found.append(allocation)
    for n in range(draw(st.integers(0 if pools else 1, 4))):
        found.append(draw(second_rates(world, f"{draw(st.sampled_from('az'))}-{n}", [r["id"] for r in found])))
    return with_keys(world, found)


@st.composite
def transfer_worlds(draw: Draw) -> World:
    """Two pools that serve others and, when they may, each other and themselves."""
    world: World = draw(bare(members=3, uses=0))
    method = draw(st.sampled_from(("direct", "step-down", "reciprocal")))
    world = world.having(costs=draw(costs(world.period, ("s1", "s2", "p", "q"))))
    part = numbers(0, 100, 1)
    found = []
    for pool in ("s1", "s2"):
        to = {"p": draw(numbers(1, 100, 1)), "q": draw(part), "s1": draw(part), "s2": draw(part)}
        if method != "reciprocal":
            del to[pool]
        other = {**to, "p": draw(numbers(1, 100, 1))}
        versions = [version(*time, to=each) for time, each in zip(draw(times(world, 1)), (to, other), strict=False)]
        one = rule("transfer", f"from-{pool}", versions, pool=pool)
        found.append({name: value for name, value in one.items() if name != "vat"})
    shares = [{"shares": {"a": "1"}, "weight": "1"}]
    for pool in ("p", "q"):
        found.append(rule("allocation", f"share-{pool}", [version(LONG_AGO, None, keys=shares)], pool=pool))
    chosen: dict[str, Any] = {"method": method} if draw(st.booleans()) or method != "reciprocal" else {}
    if method == "step-down":
        chosen["order"] = draw(st.sampled_from((["s1", "s2"], ["s2", "s1"])))
    return replace(world, rules=tuple(found), transfers=chosen)


@st.composite
def game(draw: Draw, players: Sequence[str]) -> tuple[Row, ...]:
    """A cost table where together is cheaper than apart: the cost alone, less a part of it that grows with company."""
    alone = {player: draw(st.integers(10, 500)) for player in players}
    parts = [Decimal(draw(st.integers(5, 12))) / 100 for _ in players]
    change = draw(maybe(st.sampled_from(("2026-02-11", "2026-03-11", "2026-09-11", "2026-10-11"))))
    rows = []
    for size in range(1, len(players) + 1):
        for some in combinations(players, size):
            apart = Decimal(sum(alone[player] for player in some))
            cost = (apart * (1 - sum(parts[1:size]))).quantize(Decimal("0.01"))
            rows.append(("hosting", "+".join(some), str(cost), LONG_AGO, change or ""))
            if change:
                later = cost + alone[some[0]]
                rows.append(("hosting", "+".join(some), str(later), change, ""))
    return tuple(rows)


@st.composite
def method_worlds(draw: Draw) -> World:
    """A pool shared by a method: a game of up to four players, or demands along a cost curve; shapley by either."""
    world: World = draw(bare(uses=0))
    members = sorted({row[0] for row in world.rows["members"]})
    world = world.having(costs=draw(costs(world.period, ("p",))), coalitions=draw(game(members)))
    versions = []
    for time in draw(times(world, 1)):
        method = draw(st.sampled_from(("shapley", "nucleolus", "scrb", "serial", "increments")))
        fields: Rule = {"method": method, "prorate": draw(maybe(st.just("day")))}
        if method in ("serial", "increments") or (method == "shapley" and draw(st.booleans())):
            points = [("100", "900"), ("1000", "4000.50"), ("9000", "5000")]
            curve = [{"at": at, "cost": cost} for at, cost in points]
            driver = {"driver": draw(st.sampled_from(("agents", "people")))}
            fields |= {"quantity": driver, "curve": draw(maybe(st.just(curve)))}
        else:
            fields["game"] = "hosting"
        versions.append(version(*time, **fields))
    group = draw(maybe(st.just("g")))
    return replace(world, rules=(rule("allocation", "share-p", versions, pool="p", group=group),))
