"""A period is a calendar month of the workspace's time zone, half-open. Instants are UTC microseconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
HOUR_US = 3_600_000_000


def instant(day: date, zone: ZoneInfo) -> int:
    """UTC microseconds of the start of ``day`` in ``zone``."""
    return (datetime(day.year, day.month, day.day, tzinfo=zone) - EPOCH) // MICROSECOND


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar month. ``str`` gives ``YYYY-MM``."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """A period from ``YYYY-MM``; ValueError otherwise."""
        if not PERIOD.fullmatch(text) or text.startswith("0000") or text == "9999-12":
            raise ValueError(f"{text!r} is no period: expected YYYY-MM, as 2026-10")
        return cls(int(text[:4]), int(text[5:]))

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


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open days: ``start`` included, ``end`` excluded."""

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
