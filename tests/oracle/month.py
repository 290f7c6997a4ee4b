"""The month: rules in the order of what they need, their charges added by member and rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from oracle.accumulated import accumulated
from oracle.facts import World, read
from oracle.level import Scope
from oracle.pools import pools
from oracle.rates import Charge, rate
from oracle.share import allocation
from oracle.span import Month, month_of, parts, split


def needs(value: Any) -> Iterator[str]:
    """The rules named by ``charges``, ``less`` or ``others`` anywhere in a rule."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in ("charges", "less", "others"):
                yield from inner
            else:
                yield from needs(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from needs(inner)


def in_order(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rules, each after those whose charges it needs."""
    done: list[dict[str, Any]] = []
    left = list(rules)
    while left:
        waiting = {rule["id"] for rule in left}
        ready = [rule for rule in left if not waiting & set(needs(rule))]
        assert ready, "charges in a circle"
        done += ready
        left = [rule for rule in left if rule not in ready]
    return done


def charges(folder: Path, period: str) -> list[Charge]:
    """Every charge of the month."""
    return charges_of(read(folder), period)


def charges_of(world: World, period: str) -> list[Charge]:
    """Every charge of a month of a workspace that is read."""
    month = month_of(period, world.zone)
    held = pools(world, month)
    charged: dict[tuple[str, str], int] = defaultdict(int)
    everything: list[Charge] = []
    for rule in in_order([rule for rule in world.rules if rule["kind"] in ("rate", "allocation")]):
        scope = Scope(world, month, rule.get("group"), (), charged)
        if rule["kind"] == "allocation":
            called = instalment(world, rule, month)
            found = allocation(scope, rule, held.get(rule["pool"], 0) if called is None else called)
        elif any("accumulate" in part.version for part in parts(rule, month)):
            found = accumulated(scope, rule)
        else:
            found = rate(scope, rule)
        for charge in found:
            if charge.reached:
                charged[charge.member, charge.rule] += charge.cents
                everything.append(charge)
    return everything


def instalment(world: World, rule: dict[str, Any], month: Month) -> int | None:
    """The twelfth of the year's budget, the odd cents in the first months; None for a pool shared by its actual
    cost."""
    if all(part.version.get("billing") != "instalments" for part in parts(rule, month)):
        return None
    budget = world.budgets[month.first.year, rule["pool"]]
    return split(budget, {number: Fraction(1) for number in range(1, 13)})[month.first.month]


def bill(folder: Path, period: str) -> dict[tuple[str, str], int]:
    """The cents that each member is charged under each rule; sums of zero are left out."""
    totals: dict[tuple[str, str], int] = defaultdict(int)
    for charge in charges(folder, period):
        totals[charge.member, charge.rule] += charge.cents
    return {name: total for name, total in sorted(totals.items()) if total}


def quantities(folder: Path, period: str) -> dict[tuple[str, str], Fraction]:
    """The quantity that the charges of each member show under each rule."""
    totals: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for charge in charges(folder, period):
        totals[charge.member, charge.rule] += charge.quantity
    return dict(sorted(totals.items()))
