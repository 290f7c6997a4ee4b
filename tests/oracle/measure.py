"""What was measured: the seven measures of a list of rows or pieces, and the use at the peak of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from oracle.facts import Use, World
from oracle.lasting import counted

ADDITIVE = ("sum", "integral")
Lot = tuple[str, str]


def attributed(
    world: World, quantity: dict[str, Any], days: Sequence[date], group: str | None, exclude: Iterable[str] = ()
) -> list[Use]:
    """What counts on some days and leads to a member of the rule on its day."""
    return [
        use
        for use in counted(world, quantity, days)
        if use.owner is not None and use.owner not in exclude and world.present(use.owner, use.day, group)
    ]


def of_nobody(world: World, quantity: dict[str, Any], days: Sequence[date]) -> list[Use]:
    """What counts on some days and leads to no member in force."""
    return [use for use in counted(world, quantity, days) if use.owner is None]


def by_instant(uses: Iterable[Use]) -> dict[int, Fraction]:
    """What was used at each instant, the series of each member added; in a step a series has the mean of its rows."""
    found: dict[tuple[Any, ...], list[Fraction]] = defaultdict(list)
    for row, use in enumerate(uses):
        found[use.start, use.owner, use.series or row].append(use.quantity)
    totals: dict[int, Fraction] = defaultdict(Fraction)
    for (start, *_), values in found.items():
        totals[start] += sum(values, Fraction(0)) / len(values)
    return dict(totals)


def series(uses: Sequence[Use], combine: str | None) -> list[Fraction]:
    """Values in order of their start, the series of an instant added when asked."""
    if combine == "instant":
        return [value for _, value in sorted(by_instant(uses).items())]
    return [use.quantity for use in sorted(uses, key=lambda use: use.start)]


def measured(uses: Sequence[Use], quantity: dict[str, Any], hours: Fraction) -> Fraction:
    """One measure of at least one row; ``hours`` are those that a mean over time is of. Not for peak."""
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
    """The quantity of each lot among the rows of all members of a rule; ``hours`` are those of its days."""
    found = lots(uses, quantity.get("per", "member"))
    if quantity["measure"] != "peak":
        return {lot: measured(rows, quantity, hours) for lot, rows in found.items()}
    together = by_instant(uses)
    if not together:
        return {}
    peak = min(together, key=lambda start: (-together[start], start))
    return {lot: by_instant(rows).get(peak, Fraction(0)) for lot, rows in found.items()}
