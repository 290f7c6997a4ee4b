"""Pricing: one function for any quantity, flat, graduated, volume or package, with included, tiers and fees.

``price`` gives items, exact and unrounded; a charge is units × price × its share of the month, rounded once
(``to_cents``). Bounds (minimum, maximum) and spans (year, quarter) are for whole charges in cents.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from chargeback.model.money import added, instalments, to_cents
from chargeback.model.period import Frequency, Period
from chargeback.model.prices import Step
from chargeback.model.versions import Version

ZERO = Fraction(0)
ONE = Fraction(1)
SPANS: dict[Frequency, int] = {"month": 1, "quarter": 3, "year": 12}
PricedItemKind = Literal["usage", "fee"]


@dataclass(frozen=True, slots=True)
class DayRun:
    """Run of days on which a level has one value, one price list and one free quantity.

    Attributes:
        value: the level, exact.
        days: how many days.
        place: place of the price list in ``seniority``, from 0.
        free: units free of charge on each of them; None: the number that the version states.
    """

    value: Fraction
    days: int
    place: int = 0
    free: Fraction | None = None


@dataclass(frozen=True, slots=True)
class PricedItem:
    """Priced item: a part of a quantity in one tier, or a fee.

    Attributes:
        kind: use or fee.
        tier: number of the tier, from 1, running on from price list to price list.
        units: exact units; of a fee the part of the days on which it is due.
        price: euros a unit, as written.
        exact_price: the same as a rational.
    """

    kind: PricedItemKind
    tier: int
    units: Fraction
    price: Decimal
    exact_price: Fraction

    @property
    def amount(self) -> Fraction:
        """Euros, exact."""
        return self.units * self.exact_price


def price(version: Version, quantity: Fraction, place: int = 0, free: Fraction | None = None) -> tuple[PricedItem, ...]:
    """Items of a quantity under a version's terms; a flat or package price has one even for zero units.

    A negative quantity is a correction: priced in the first tier, without ``included`` or fee. ``place`` is that of
    the price list in ``seniority``; the numbers of tiers run on from list to list. ``free``: the member's units free
    of charge, where ``included`` is a quantity; None: the number that the version states.
    """
    items = _priced(version, version.lists[place], quantity, version.free if free is None else free)
    if place == 0:
        return items
    before = sum(len(steps) for steps in version.lists[:place])
    return tuple(replace(item, tier=item.tier + before) for item in items)


def _priced(version: Version, steps: tuple[Step, ...], quantity: Fraction, free: Fraction) -> tuple[PricedItem, ...]:
    if quantity.numerator < 0:
        return (_usage(1, steps[0], _packages(version, quantity)),)
    rest = max(ZERO, quantity - free) if free else quantity
    if version.model == "package":
        rest = _packages(version, rest)
    if version.model == "volume":
        return _volume(steps, rest)
    if version.model == "graduated":
        return _graduated(steps, rest)
    return (_usage(1, steps[0], rest),)


def _packages(version: Version, quantity: Fraction) -> Fraction:
    """Started packages, away from zero; the quantity itself where the model counts none."""
    if version.package_size is None:
        return quantity
    started = -(-abs(quantity) // Fraction(version.package_size))
    return Fraction(started if quantity >= 0 else -started)


def _graduated(steps: tuple[Step, ...], rest: Fraction) -> tuple[PricedItem, ...]:
    items: list[PricedItem] = []
    tier, lower = 0, ZERO
    while (upper := steps[tier].upper) is not None and upper < rest:
        items += _entered(tier + 1, steps[tier], upper - lower if lower else upper)
        tier, lower = tier + 1, upper
    if rest:
        items += _entered(tier + 1, steps[tier], rest - lower if lower else rest)
    return tuple(items)


def _volume(steps: tuple[Step, ...], rest: Fraction) -> tuple[PricedItem, ...]:
    if rest == 0:
        return ()
    reached = next(n for n, step in enumerate(steps) if step.upper is None or rest <= step.upper)
    return tuple(_entered(reached + 1, steps[reached], rest))


def _usage(number: int, step: Step, units: Fraction) -> PricedItem:
    return PricedItem("usage", number, units, step.price, step.exact_price)


def _entered(number: int, step: Step, units: Fraction) -> list[PricedItem]:
    usage = [_usage(number, step, units)]
    return usage if step.fee is None else [*usage, PricedItem("fee", number, ONE, step.fee, step.exact_fee)]


def price_by_day(version: Version, runs: Iterable[DayRun], month_days: int) -> tuple[PricedItem, ...]:
    """Items of a level that counts by day, over ``runs`` of days.

    Each day's value goes through the tiers for its part of the month's days: the units of a tier are the sum of the
    days' units over the days of the month, a fee is due for the days on which its tier is entered. By tier, the usage
    of each before its fee.
    """
    totals: dict[tuple[str, int], PricedItem] = {}
    for run in runs:
        for item in price(version, run.value, run.place, run.free):
            key = (item.kind, item.tier)
            before = totals[key].units if key in totals else ZERO
            totals[key] = replace(item, units=before + item.units * Fraction(run.days, month_days))
    return tuple(sorted(totals.values(), key=lambda item: item.tier))


def month_of_span(version: Version, period: Period) -> tuple[int, int]:
    """(index of the month in its span from 0, months of the span); the year may start on another month than January."""
    months = SPANS[version.every]
    return (period.month - int(version.year_starts[:2])) % months, months


def borne_by_month(span_cents: int, version: Version, period: Period) -> int:
    """Cents of a span that the month bears: they are split over its months so that they add up, earliest first."""
    index, months = month_of_span(version, period)
    return instalments(span_cents, months)[index]


def year_start(version: Version, period: Period) -> Period:
    """First month of the year that ``period`` is in, for ``accumulate``."""
    first = int(version.year_starts[:2])
    return Period(period.year if period.month >= first else period.year - 1, first)


def bound_cents(stated: Iterable[tuple[Decimal, Fraction]]) -> int:
    """Bound of a month in cents: those of its versions in euros, each × its share of the days, rounded once."""
    return to_cents(added(Fraction(amount) * share for amount, share in stated))


def top_up(minimum: int, charged: int) -> int:
    """Cents that a minimum adds: 0 when the charges reach it."""
    return max(0, minimum - charged)


def rebate(maximum: int, charged: int) -> int:
    """Cents that a maximum takes off, not above zero: 0 when the charges do not exceed it."""
    return min(0, maximum - charged)
