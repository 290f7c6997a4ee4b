"""Cells: the rows of the measure's small table, with exact values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from fractions import Fraction

MeteredUnit = tuple[str, str]  # (member, resource or value of the tag), '' when the member is measured as a whole


ADDITIVE = ("sum", "integral")


BY_ROW = ("last", "p95", "peak")


EXACT = Context(prec=100, traps=[Inexact])


def hours_of(seconds: Decimal | None, microseconds: Decimal | None) -> Fraction:
    hours = rational(seconds) / 3600
    return hours + rational(microseconds) / 3_600_000_000 if microseconds else hours


@dataclass(frozen=True, slots=True)
class Cell:
    """One row of the scan, as it comes; sums of no row are None. See the properties for exact values."""

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

    @property
    def total(self) -> Fraction:
        """The sum of the quantities, in units."""
        return rational(self.quantities)

    @property
    def highest(self) -> Fraction:
        """The largest quantity, in units."""
        return rational(self.largest)

    @property
    def unit_hours(self) -> Fraction:
        """Σ quantity × hours of the rows that have an end."""
        return hours_of(self.unit_seconds, self.unit_microseconds)


def rational(value: Decimal | int | None) -> Fraction:
    """A value of the store as a rational, NULL as zero."""
    return Fraction(value) if value is not None else Fraction(0)
