"""Answers: the measured quantity of each unit, folded over the cells that a question counts. Pure.

Each fold gives the same over cells as over those cells merged (see ``cells``): sums and counts add up, the greatest of
maxima is the maximum, and resources are counted once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from chargeback.charging.metering.attribution import Attribution, Match
from chargeback.charging.metering.cells import Cell, MeteredUnit, exact_sum, hours_of, rational
from chargeback.model.period import Span
from chargeback.model.problem import Notice, Problem
from chargeback.model.rules import Quantity


@dataclass(frozen=True, slots=True)
class Reading:
    """Reading: the measured quantity of one unit.

    Attributes:
        value: quantity, in units of the meter (unit-hours for an integral), exact.
        parts: for a sum or an integral, what falls on each part (a span of days); empty for other measures.
    """

    value: Fraction
    parts: tuple[tuple[Span, Fraction], ...] = ()

    def within(self, spans: Iterable[Span]) -> Fraction:
        """The quantity of a sum or an integral that falls on the given days."""
        days = tuple(spans)
        return sum((v for part, v in self.parts if any(s.start <= part.start < s.end for s in days)), Fraction(0))


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer to a question: its readings.

    Attributes:
        readings: by metered unit, (member, resource or value of the tag).
        unattributed: the same measure of use without a member in force; zero unless it is a sum or an integral.
    """

    readings: Mapping[MeteredUnit, Reading]
    unattributed: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Measured:
    """Measured use of a window.

    Attributes:
        answers: by the key of their question, (rule, slot).
        attribution: which questions count each cell, and which cells none counts.
        parts: days of each part of the window; a cell's ``part`` is the place in this list.
        tags: names of the tags of the cells, in their order.
        problems: what the rows do not allow; then there are no answers.
        notices: what the rows allow but a reader should know.
    """

    answers: Mapping[tuple[str, str], Answer]
    attribution: Attribution
    parts: tuple[Span, ...]
    tags: tuple[str, ...]
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()


def metered_unit_of(quantity: Quantity, tags: Sequence[str]) -> Callable[[Match], MeteredUnit]:
    """The unit that is measured and priced apart: the member, each of its resources, or each value of a tag ('': no
    value).

    ``tags``: the tags that the cells have, in their order.
    """
    if quantity.per == "resource":
        return lambda match: (match.owner, match.cell.resource_id or "")
    if quantity.tag in tags:
        place = tags.index(quantity.tag)
        return lambda match: (match.owner, match.cell.tags[place] or "")
    return lambda match: (match.owner, "")


def cell_amount(cell: Cell, quantity: Quantity) -> Fraction:
    """The amount that a cell adds to a sum (units) or an integral (unit-hours)."""
    if quantity.measure == "integral":
        return cell.unit_hours
    return cell.spread if quantity.spread else cell.total


def amount_of_cells(cells: Iterable[Cell], quantity: Quantity) -> Fraction:
    """The amount that some cells add to a sum (units) or an integral (unit-hours)."""
    own = tuple(cells)
    if quantity.measure == "integral":
        return _unit_hours(own)
    total = rational(exact_sum(c.quantities for c in own))
    return total + sum((c.moved for c in own), Fraction(0)) if quantity.spread else total


def _unit_hours(cells: Sequence[Cell]) -> Fraction:
    return hours_of(exact_sum(c.unit_seconds for c in cells), exact_sum(c.unit_microseconds for c in cells))


def additive_readings(
    quantity: Quantity, matches: Iterable[Match], parts: Sequence[Span], tags: Sequence[str]
) -> dict[MeteredUnit, Reading]:
    """Sums and integrals by unit, with what falls on each part."""
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
    """The max, count or mean of one unit, from its cells.

    ``hours``: those of the days that are covered, for the mean of rows with an end.
    """
    if quantity.measure == "max":
        return Reading(max(c.highest for c in cells))
    if quantity.measure == "count":
        return Reading(Fraction(len({c.resource_id for c in cells if c.resource_id is not None})))
    if all(c.intervals == c.samples for c in cells):
        return Reading(_unit_hours(cells) / hours)
    return Reading(rational(exact_sum(c.quantities for c in cells)) / sum(c.samples for c in cells))
