"""What was measured: the seven measures of a list of rows, and the use at the peak of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from oracle.facts import Use, World

ADDITIVE = ("sum", "integral")
Lot = tuple[str, str]


def matches(use: Use, quantity: dict[str, Any]) -> bool:
    """The meter asked for, with the tags asked for."""
    where = quantity.get("where", {})
    return use.meter == quantity["meter"] and all(use.tags.get(tag) == text for tag, text in where.items())


def attributed(
    world: World, quantity: dict[str, Any], days: Sequence[date], group: str | None, exclude: Iterable[str] = ()
) -> list[Use]:
    """The rows of some days that lead to a member of the rule on the day of their start."""
    return [
        use
        for use in world.uses
        if matches(use, quantity)
        and use.day in days
        and use.owner is not None
        and use.owner not in exclude
        and world.present(use.owner, use.day, group)
    ]


def of_nobody(world: World, quantity: dict[str, Any], days: Sequence[date]) -> list[Use]:
    """The rows of some days that lead to no member in force."""
    return [use for use in world.uses if matches(use, quantity) and use.day in days and use.owner is None]


def by_instant(uses: Iterable[Use]) -> dict[int, Fraction]:
    """What was used at each start, rows of equal start added."""
    totals: dict[int, Fraction] = defaultdict(Fraction)
    for use in uses:
        totals[use.start] += use.quantity
    return dict(totals)


def series(uses: Sequence[Use], combine: str | None) -> list[Fraction]:
    """Values in order of their start, the rows of equal start added when asked."""
    if combine == "instant":
        return [value for _, value in sorted(by_instant(uses).items())]
    return [use.quantity for use in sorted(uses, key=lambda use: use.start)]


def measured(uses: Sequence[Use], quantity: dict[str, Any], hours: Fraction) -> Fraction:
    """One measure of at least one row; ``hours`` are those of the month. Not for peak."""
    measure = quantity["measure"]
    if measure == "sum":
        return sum((use.quantity for use in uses), Fraction(0))
    if measure == "count":
        return Fraction(len({use.resource for use in uses if use.resource}))
    if measure == "integral":
        return sum((use.quantity * use.hours for use in uses), Fraction(0))
    if measure == "mean" and all(use.end is not None for use in uses):
        return sum((use.quantity * use.hours for use in uses), Fraction(0)) / hours
    values = series(uses, quantity.get("combine"))
    if measure == "mean":
        return sum(values, Fraction(0)) / len(values)
    if measure == "max":
        return max(values)
    if measure == "last":
        return values[-1]
    assert measure == "p95"
    rank = -(-95 * len(values) // 100)
    return sorted(values)[rank - 1]


def lots(uses: Iterable[Use], per: Any) -> dict[Lot, list[Use]]:
    """Rows by what is priced apart: the member, each of its resources, or each value of a tag (no value: '')."""
    found: dict[Lot, list[Use]] = defaultdict(list)
    for use in uses:
        assert use.owner is not None
        apart = "" if per == "member" else use.resource if per == "resource" else use.tags.get(per["tag"], "")
        found[use.owner, apart].append(use)
    return dict(found)


def measured_lots(uses: Sequence[Use], quantity: dict[str, Any], hours: Fraction) -> dict[Lot, Fraction]:
    """The quantity of each lot among the rows of all members of a rule."""
    found = lots(uses, quantity.get("per", "member"))
    if quantity["measure"] != "peak":
        return {lot: measured(rows, quantity, hours) for lot, rows in found.items()}
    together = by_instant(uses)
    if not together:
        return {}
    peak = min(together, key=lambda start: (-together[start], start))
    return {lot: by_instant(rows).get(peak, Fraction(0)) for lot, rows in found.items()}
