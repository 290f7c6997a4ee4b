"""Periods: calendar months of the workspace's time zone, half-open; terms and spans of days. Instants: UTC
microseconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, get_args
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)
LONGER = re.compile(r"([0-9]{4})(?:-Q([1-4]))?", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
STEP = re.compile(r"([1-9][0-9]{0,4})([smh])", re.ASCII)
STEP_UNITS = {"s": 1_000_000, "m": 60_000_000, "h": HOUR_US}
Frequency = Literal["month", "quarter", "year"]  # how often: the months that are billed, or priced, together
FREQUENCIES: tuple[Frequency, ...] = get_args(Frequency)


def instant(day: date, zone: ZoneInfo) -> int:
    """UTC microseconds of the start of ``day`` in ``zone``."""
    return (datetime(day.year, day.month, day.day, tzinfo=zone) - EPOCH) // MICROSECOND


def step_us(text: str) -> int:
    """Microseconds of a step as ``30s``, ``5m`` or ``1h``. Raises ValueError where it does not divide a day."""
    found = STEP.fullmatch(text)
    length = int(found[1]) * STEP_UNITS[found[2]] if found else 0
    if not length or DAY_US % length:
        raise ValueError(f"{text!r} is no step: expected seconds, minutes or hours that divide a day, as 5m")
    return length


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Period: a calendar month. ``str`` gives ``YYYY-MM``.

    Attributes:
        year: civil year, four digits.
        month: month of the year, from 1 to 12.
    """

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """A period from ``YYYY-MM``; ValueError otherwise."""
        if not PERIOD.fullmatch(text) or text.startswith("0000") or text == "9999-12":
            raise ValueError(f"{text!r} is no period: expected YYYY-MM, as 2026-10")
        return cls(int(text[:4]), int(text[5:]))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> CoreSchema:
        """As the text ``YYYY-MM`` wherever pydantic reads or writes it."""
        from pydantic_core import core_schema

        as_text = core_schema.to_string_ser_schema()
        return core_schema.no_info_plain_validator_function(cls._validated, serialization=as_text)

    @classmethod
    def _validated(cls, value: object) -> Period:
        return value if isinstance(value, Period) else cls.parse(str(value))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first(self) -> date:
        """First day, included."""
        return date(self.year, self.month, 1)

    @property
    def end(self) -> date:
        """First day of the next month, excluded."""
        return self.next.first

    @property
    def last_day(self) -> date:
        """Last day of the month."""
        return self.end - timedelta(days=1)

    @property
    def next(self) -> Period:
        return Period(self.year + 1, 1) if self.month == 12 else Period(self.year, self.month + 1)

    @property
    def previous(self) -> Period:
        return Period(self.year - 1, 12) if self.month == 1 else Period(self.year, self.month - 1)

    @property
    def days(self) -> int:
        return (self.end - self.first).days

    @property
    def span(self) -> Span:
        """The days of the month."""
        return Span(self.first, self.end)

    def bounds(self, zone: ZoneInfo) -> tuple[int, int]:
        """Half-open bounds in UTC microseconds."""
        return instant(self.first, zone), instant(self.end, zone)

    def hours(self, zone: ZoneInfo) -> Fraction:
        """Hours of the month in ``zone``: 745 for October in Europe/Paris."""
        start, end = self.bounds(zone)
        return Fraction(end - start, HOUR_US)


@dataclass(frozen=True, slots=True)
class Term:
    """Term: what an issue is for, a month or the civil quarter or year of the payers who are billed by it.

    ``str`` gives ``2026-10``, ``2026-Q4`` or ``2026``.

    Attributes:
        last: last month of the term.
        every: length of the term.
    """

    last: Period
    every: Frequency = "month"

    @classmethod
    def parse(cls, text: str) -> Term:
        """A term from ``YYYY-MM``, ``YYYY-Qn`` or ``YYYY``; ValueError otherwise."""
        found = LONGER.fullmatch(text)
        if found is None or found[1] in ("0000", "9999"):
            try:
                return cls(Period.parse(text))
            except ValueError:
                raise ValueError(
                    f"{text!r} is no period: expected a month as 2026-10, a quarter as 2026-Q4, or a year as 2026"
                ) from None
        quarter = int(found[2] or 4)
        return cls(Period(int(found[1]), 3 * quarter), "quarter" if found[2] else "year")

    def __str__(self) -> str:
        if self.every == "quarter":
            return f"{self.last.year:04d}-Q{self.last.month // 3}"
        return str(self.last) if self.every == "month" else f"{self.last.year:04d}"

    @property
    def months(self) -> tuple[Period, ...]:
        """Its months, oldest first."""
        firsts: dict[Frequency, int] = {"month": self.last.month, "quarter": self.last.month - 2, "year": 1}
        first = firsts[self.every]
        return tuple(Period(self.last.year, month) for month in range(first, self.last.month + 1))


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Span: half-open days.

    Attributes:
        start: first day, included.
        end: day after the last, excluded.
    """

    start: date
    end: date

    @property
    def days(self) -> int:
        return max(0, (self.end - self.start).days)

    def each(self) -> list[Span]:
        """Its days, one by one."""
        days = [self.start + timedelta(days=n) for n in range(self.days + 1)]
        return [Span(a, b) for a, b in pairwise(days)]


def clip(valid_from: date, valid_to: date | None, within: Span) -> Span | None:
    """The part of a validity that lies within a span, or None."""
    start = max(valid_from, within.start)
    end = within.end if valid_to is None else min(valid_to, within.end)
    return Span(start, end) if start < end else None


def in_force(valid_from: date, valid_to: date | None, day: date) -> bool:
    """Whether a half-open validity holds on ``day``."""
    return valid_from <= day and (valid_to is None or day < valid_to)


def months_of(days: Span) -> list[Span]:
    """The civil months that lie in some days."""
    months, period = [], Period(days.start.year, days.start.month)
    while period.first < days.end:
        months.append(period.span)
        period = period.next
    return months
