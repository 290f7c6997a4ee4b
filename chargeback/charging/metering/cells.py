"""Cells: the measure's small table, with exact values. One cell sums up the usage rows of one series in one part.

A row is of the part in which it starts. Its time is of each part in which it lies: the scan counts it whole where it
starts, and `pieces` of the rows that leave their part move time to the parts after it, as cells of their own that merge
with those of the scan.

A *series* is what tells usage rows apart: meter, member, resource and the tags asked for. A *part* is a run of days of
the window on which no owner, group or version changes. Cells of the same series and part merge into one, exactly and in
any order, so usage can be measured file by file or node by node: each place scans its own rows, `merged` puts the cells
together, and the answers are those of a single scan.

Of the measures, sum, integral, max, count and mean need nothing but these cells. The last, the 95th percentile, the
common peak, and any measure combined at each instant, need more of their rows. They merge too, and what two places
exchange is, for each question, owner and unit:

- *last*: the start and the quantity of the latest row; the later start wins, of one start the larger quantity;
- *p95*: how many samples there are of each quantity (a histogram); counts of the same quantity add up, and the answer
  is the quantity that holds the place ceil(0.95 n) in ascending order (the nearest rank);
- *combined at each instant*: the sum of the quantities by start; sums of the same start add up, and each start is then
  one sample of max, mean, last or p95;
- *peak*: the sum of the quantities by owner and start; sums add up, and the answer is each owner's own at the start
  whose sum over all owners is greatest (the earliest of several).

Where all rows are in one place, as in the store, one statement of `store/sql/measure` gives the answer of each at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from fractions import Fraction

Series = tuple[str, str | None, str | None, tuple[str | None, ...]]  # meter, member, resource, values of the tags
MeteredUnit = tuple[str, str]  # (member, resource or value of the tag), '' when the member is measured as a whole


ADDITIVE = ("sum", "integral")


EXACT = Context(prec=100, traps=[Inexact])


@dataclass(frozen=True, slots=True)
class Cell:
    """Cell: the usage rows of one series in one part, summed up.

    Attributes:
        meter: what was counted.
        member_id: member that the rows name; None where they name none.
        resource_id: resource that the rows name; None where they name none.
        part: number of the part of the window in which the rows start, from 0.
        tags: values of the tags asked for, in the order of their names; None where a row has none.
        samples: number of rows that start in the part.
        intervals: number of them that have an end.
        quantities: sum of the quantities, in units of the meter; None where no row is summed.
        largest: greatest quantity, in units of the meter; None likewise.
        unit_seconds: sum of quantity × whole seconds of the part, over the rows that have an end; None where there are
            none.
        unit_microseconds: sum of quantity × the microseconds left over; None likewise.
        reaching: number of rows that start before the part and end in it or after it.
        moved: sum of the quantities, spread evenly over the time of their rows, that other parts give to this one, less
            what it gives to others.
    """

    meter: str
    member_id: str | None
    resource_id: str | None
    part: int
    tags: tuple[str | None, ...]
    samples: int
    intervals: int
    quantities: Decimal | None
    largest: Decimal | None
    unit_seconds: Decimal | None
    unit_microseconds: Decimal | None
    reaching: int = 0
    moved: Fraction = Fraction(0)

    @property
    def series(self) -> Series:
        """What tells the rows of the cell apart from others."""
        return (self.meter, self.member_id, self.resource_id, self.tags)

    @property
    def total(self) -> Fraction:
        """The sum of the quantities, in units."""
        return rational(self.quantities)

    @property
    def spread(self) -> Fraction:
        """The sum of the quantities, each spread evenly over the time of its row, that lies in the part."""
        return self.total + self.moved

    @property
    def rows(self) -> int:
        """Number of rows with time in the part."""
        return self.samples + self.reaching

    @property
    def highest(self) -> Fraction:
        """The largest quantity, in units."""
        return rational(self.largest)

    @property
    def unit_hours(self) -> Fraction:
        """The sum of quantity × hours over the rows that have an end."""
        return hours_of(self.unit_seconds, self.unit_microseconds)


@dataclass(frozen=True, slots=True)
class Piece:
    """Piece: rows of one series that leave the part of their start, in one of the parts in which they lie.

    Attributes:
        cell: time moved into the part, or out of it where the rows start; it merges with the cell of the scan.
        reaches: whether the rows start before the part.
        rows: number of rows.
        total: sum of their quantities.
        later: sum of the quantities, spread evenly over the time of the rows, that lies after the window; of rows that
            start in the part.
    """

    cell: Cell
    reaches: bool
    rows: int
    total: Fraction
    later: Fraction


def merge(one: Cell, other: Cell) -> Cell:
    """Merge two cells of the same series and part, exactly: sums and counts are added, of maxima the greater is taken.

    The order does not matter, neither of the two nor of several merges. Raises ValueError for cells of another series
    or part, decimal.Inexact where a digit would be lost.
    """
    if (one.series, one.part) != (other.series, other.part):
        raise ValueError("only cells of the same series and part merge")
    return Cell(
        meter=one.meter,
        member_id=one.member_id,
        resource_id=one.resource_id,
        part=one.part,
        tags=one.tags,
        samples=one.samples + other.samples,
        intervals=one.intervals + other.intervals,
        quantities=_sum(one.quantities, other.quantities),
        largest=max((v for v in (one.largest, other.largest) if v is not None), default=None),
        unit_seconds=_sum(one.unit_seconds, other.unit_seconds),
        unit_microseconds=_sum(one.unit_microseconds, other.unit_microseconds),
        reaching=one.reaching + other.reaching,
        moved=one.moved + other.moved,
    )


def merged(cells: Iterable[Cell]) -> list[Cell]:
    """One cell for each series and part, in the order in which they first appear."""
    found: dict[tuple[str, str | None, str | None, tuple[str | None, ...], int], Cell] = {}
    for cell in cells:
        key = (cell.meter, cell.member_id, cell.resource_id, cell.tags, cell.part)
        before = found.setdefault(key, cell)
        if before is not cell:
            found[key] = merge(before, cell)
    return list(found.values())


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    """The exact sum; what no row has summed counts for nothing."""
    if one is None or other is None:
        return other if one is None else one
    return EXACT.add(one, other)


def exact_sum(values: Iterable[Decimal | None]) -> Decimal:
    """The exact sum of decimals, None as zero. Raises decimal.Inexact where a digit would be lost."""
    total = Decimal(0)
    for value in values:
        if value is not None:
            total = EXACT.add(total, value)
    return total


def hours_of(seconds: Decimal | None, microseconds: Decimal | None) -> Fraction:
    """Seconds and microseconds as exact hours."""
    hours = rational(seconds) / 3600
    return hours + rational(microseconds) / 3_600_000_000 if microseconds else hours


def rational(value: Decimal | int | None) -> Fraction:
    """A value of the store as a rational, NULL as zero."""
    return Fraction(value) if value is not None else Fraction(0)
