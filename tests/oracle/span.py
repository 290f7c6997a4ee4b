"""Months, the versions that cut them, the spans of yearly prices, and cents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from oracle.facts import EPOCH


@dataclass(frozen=True)
class Month:
    """A calendar month: its days, and its hours in the workspace's time zone."""

    first: date
    days: tuple[date, ...]
    hours: Fraction


@dataclass(frozen=True)
class Part:
    """The days of the month on which a version is in force."""

    version: dict[str, Any]
    days: tuple[date, ...]


def days_between(first: date, end: date) -> tuple[date, ...]:
    """The days from ``first`` to the day before ``end``."""
    return tuple(first + timedelta(days=n) for n in range((end - first).days))


@cache
def midnight(day: date, zone: ZoneInfo) -> int:
    """The first instant of a day in a time zone, in UTC microseconds."""
    begins = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    return (begins - EPOCH) // timedelta(microseconds=1)


def hours_of(days: Iterable[date], zone: ZoneInfo) -> Fraction:
    """The hours of some days in a time zone: 23 or 25 on the days when the clocks change."""
    lengths = [midnight(day + timedelta(days=1), zone) - midnight(day, zone) for day in days]
    return Fraction(sum(lengths), 3_600_000_000)


def month_of(period: str, zone: ZoneInfo) -> Month:
    """The month written ``YYYY-MM``."""
    first = date.fromisoformat(period + "-01")
    days = days_between(first, date(first.year + first.month // 12, first.month % 12 + 1, 1))
    return Month(first, days, hours_of(days, zone))


def parts(rule: dict[str, Any], month: Month) -> list[Part]:
    """The versions of a rule with the days of the month on which each is in force, earliest first."""
    found = []
    for version in rule["version"]:
        end = version.get("valid_to")
        days = tuple(d for d in month.days if version["valid_from"] <= d and (end is None or d < end))
        if days:
            found.append(Part(version, days))
    return sorted(found, key=lambda part: part.days)


def year_first(month: Month, year_starts: str) -> date:
    """The first day of the year that the month belongs to; ``year_starts`` is ``MM-01``."""
    start = date(month.first.year, int(year_starts[:2]), 1)
    return start if start <= month.first else date(month.first.year - 1, start.month, 1)


def month_part(cents: int, every: str, year_starts: str, month: Month) -> int:
    """What one month bears of the cents of a span: equal parts that add up, the earliest months first."""
    months = {"month": 1, "quarter": 3, "year": 12}[every]
    index = (month.first.month - int(year_starts[:2])) % months
    each, more = divmod(abs(cents), months)
    part = each + (1 if index < more else 0)
    return part if cents >= 0 else -part


def cents(euros: Fraction) -> int:
    """Euros to cents, half away from zero."""
    whole, rest = divmod(abs(euros) * 100, 1)
    size = int(whole) + (1 if rest >= Fraction(1, 2) else 0)
    return size if euros >= 0 else -size


def whole_cents(quotas: Mapping[Any, Fraction]) -> dict[Any, int]:
    """Exact cents made whole so that they add up: largest remainder, ties to the smallest name.

    The quotas add up to a whole number; where that is negative, everything is done to their opposites.
    """
    total = sum(quotas.values(), Fraction(0))
    assert total.denominator == 1
    if total < 0:
        return {name: -share for name, share in whole_cents({n: -q for n, q in quotas.items()}).items()}
    shares = {name: quota.numerator // quota.denominator for name, quota in quotas.items()}
    left = int(total) - sum(shares.values())
    for name in sorted(quotas, key=lambda name: (-(quotas[name] - shares[name]), name))[:left]:
        shares[name] += 1
    return shares


def split(total: int, weights: Mapping[Any, Fraction]) -> dict[Any, int]:
    """Cents in proportion to weights."""
    weight = sum(weights.values(), Fraction(0))
    return whole_cents({name: total * part / weight for name, part in weights.items()})
