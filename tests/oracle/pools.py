"""What each pool holds: its costs, then what pools that serve others pass on."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

from oracle.facts import World, number
from oracle.solve import solution
from oracle.span import Month, parts, whole_cents

Ways = dict[str, dict[str, Fraction]]


def pools(world: World, month: Month) -> dict[str, int]:
    """The cents of each pool that is left to share."""
    costs: dict[str, int] = defaultdict(int)
    for period, pool, amount in world.costs:
        if period == month.first.strftime("%Y-%m"):
            costs[pool] += amount
    ways = {rule["pool"]: way(rule, month) for rule in world.rules if rule["kind"] == "transfer"}
    method = world.transfers.get("method", "reciprocal")
    held = {pool: Fraction(amount) for pool, amount in costs.items()}
    if method == "direct":
        held = direct(held, ways)
    elif method == "step-down":
        held = step_down(held, ways, world.transfers["order"])
    else:
        held = reciprocal(held, ways)
    return whole_cents({pool: amount for pool, amount in held.items() if pool not in ways})


def way(rule: dict[str, Any], month: Month) -> dict[str, Fraction]:
    """The part of a transferring pool that each other pool takes; versions that cut the month by their days."""
    cut = parts(rule, month)
    days = sum(len(part.days) for part in cut)
    found: dict[str, Fraction] = defaultdict(Fraction)
    for part in cut:
        to = {pool: number(value) for pool, value in part.version["to"].items()}
        for pool, value in to.items():
            found[pool] += value / sum(to.values(), Fraction(0)) * Fraction(len(part.days), days)
    return dict(found)


def pass_on(held: dict[str, Fraction], pool: str, to: dict[str, Fraction]) -> None:
    """Empty a pool into others, in proportion."""
    amount = held.pop(pool, Fraction(0))
    for other, weight in to.items():
        if amount:
            held[other] = held.get(other, Fraction(0)) + amount * weight / sum(to.values(), Fraction(0))


def direct(held: dict[str, Fraction], ways: Ways) -> dict[str, Fraction]:
    """Each pool goes straight to those that do not transfer themselves."""
    held = dict(held)
    for pool, to in ways.items():
        pass_on(held, pool, {other: weight for other, weight in to.items() if other not in ways and weight})
    return held


def step_down(held: dict[str, Fraction], ways: Ways, order: list[str]) -> dict[str, Fraction]:
    """One pool after the other is emptied into those that are left."""
    held = dict(held)
    emptied: set[str] = set()
    for pool in order:
        if pool in ways:
            emptied.add(pool)
            pass_on(held, pool, {o: weight for o, weight in ways[pool].items() if o not in emptied and weight})
    return held


def reciprocal(held: dict[str, Fraction], ways: Ways) -> dict[str, Fraction]:
    """What each pool really costs: its own costs and its part of what every pool, itself too, really costs."""
    names = sorted(set(held) | set(ways) | {other for to in ways.values() for other in to})
    rows = [
        [Fraction(a == b) - ways.get(b, {}).get(a, Fraction(0)) for b in names] + [held.get(a, Fraction(0))]
        for a in names
    ]
    served = [name for name in names if name in ways]
    if not served:
        return held
    picked = [names.index(name) for name in served]
    gross = solution([[rows[i][j] for j in picked] + [rows[i][-1]] for i in picked])
    found = {name: held.get(name, Fraction(0)) for name in names if name not in ways}
    for name in found:
        for pool, amount in zip(served, gross, strict=True):
            found[name] += amount * ways[pool].get(name, Fraction(0))
    return {name: amount for name, amount in found.items() if amount}
