"""Answers: the measured quantity of each unit, from the cells that a question counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from chargeback.charging.metering.attribution import Attribution, Match
from chargeback.charging.metering.cells import EXACT, Cell, MeteredUnit, hours_of, rational
from chargeback.model.period import Span
from chargeback.model.problem import Problem
from chargeback.model.rules import Quantity


@dataclass(frozen=True, slots=True)
class Reading:
    """A measured quantity; for sum and integral also what fell on each part (a span of days)."""

    value: Fraction
    parts: tuple[tuple[Span, Fraction], ...] = ()

    def within(self, spans: Iterable[Span]) -> Fraction:
        """What fell on the given days, of a sum or integral."""
        days = tuple(spans)
        return sum((v for part, v in self.parts if any(s.start <= part.start < s.end for s in days)), Fraction(0))


@dataclass(frozen=True, slots=True)
class Answer:
    """Readings by (member, resource or value of the tag); ``unattributed``: the same measure of use that leads to nobody (sum, integral)."""

    readings: Mapping[MeteredUnit, Reading]
    unattributed: Fraction = Fraction(0)


def metered_unit_of(quantity: Quantity, tags: Sequence[str]) -> Callable[[Match], MeteredUnit]:
    """What is measured and priced apart: the member, each of its resources, or each value of a tag; '' for no value.

    ``tags``: the tags that the cells hold, in their order.
    """
    if quantity.per == "resource":
        return lambda match: (match.owner, match.cell.resource_id or "")
    if quantity.tag in tags:
        place = tags.index(quantity.tag)
        return lambda match: (match.owner, match.cell.tags[place] or "")
    return lambda match: (match.owner, "")


@dataclass(frozen=True, slots=True)
class Measured:
    """The answers by question key, how the cells were sorted out, and what the rows do not allow."""

    answers: Mapping[tuple[str, str], Answer]
    attribution: Attribution
    parts: tuple[Span, ...]
    tags: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


def cell_amount(cell: Cell, quantity: Quantity) -> Fraction:
    """What a cell adds to a sum or an integral."""
    return cell.unit_hours if quantity.measure == "integral" else cell.total


def amount_of_cells(cells: Iterable[Cell], quantity: Quantity) -> Fraction:
    """What some cells add to a sum or an integral."""
    own = tuple(cells)
    if quantity.measure == "integral":
        return hours_of(_added(c.unit_seconds for c in own), _added(c.unit_microseconds for c in own))
    return rational(_added(c.quantities for c in own))


def _added(values: Iterable[Decimal | None]) -> Decimal:
    """The exact sum of decimals; decimal.Inexact where a digit would be lost."""
    total = Decimal(0)
    for value in values:
        if value is not None:
            total = EXACT.add(total, value)
    return total


def additive_readings(
    quantity: Quantity, matches: Iterable[Match], parts: Sequence[Span], tags: Sequence[str]
) -> dict[MeteredUnit, Reading]:
    """Sums and integrals by unit, with what fell on each part."""
    found: dict[MeteredUnit, dict[int, list[Cell]]] = defaultdict(lambda: defaultdict(list))
    unit = metered_unit_of(quantity, tags)
    for match in matches:
        found[unit(match)][match.cell.part].append(match.cell)
    return {unit: _reading(quantity, by_part, parts) for unit, by_part in found.items()}


def _reading(quantity: Quantity, by_part: Mapping[int, list[Cell]], parts: Sequence[Span]) -> Reading:
    values = tuple((parts[part], amount_of_cells(cells, quantity)) for part, cells in sorted(by_part.items()))
    return Reading(values[0][1] if len(values) == 1 else sum((v for _, v in values), Fraction(0)), values)


def cells_by_unit(quantity: Quantity, matches: Iterable[Match], tags: Sequence[str]) -> dict[MeteredUnit, list[Cell]]:
    """The cells of each unit."""
    found: dict[MeteredUnit, list[Cell]] = defaultdict(list)
    unit = metered_unit_of(quantity, tags)
    for match in matches:
        found[unit(match)].append(match.cell)
    return found


def level_reading(quantity: Quantity, cells: Sequence[Cell], hours: Fraction) -> Reading:
    """max, count, or mean of one unit, from its cells."""
    if quantity.measure == "max":
        return Reading(max(c.highest for c in cells))
    if quantity.measure == "count":
        return Reading(Fraction(len({c.resource_id for c in cells if c.resource_id is not None})))
    if all(c.intervals == c.samples for c in cells):
        return Reading(
            hours_of(_added(c.unit_seconds for c in cells), _added(c.unit_microseconds for c in cells)) / hours
        )
    return Reading(rational(_added(c.quantities for c in cells)) / sum(c.samples for c in cells))
