"""Arithmetic of a charge, worked back from its values: the exact amount before rounding, bounds, quotas. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from chargeback.charging.metering.timeline import Roster
from chargeback.charging.rating.pricing import month_of_span
from chargeback.model.charges import Charge
from chargeback.model.facts import Facts, Level
from chargeback.model.money import to_cents
from chargeback.model.month import Month
from chargeback.model.period import Span, clip
from chargeback.model.pools import PoolSplit
from chargeback.model.prices import Others
from chargeback.model.rules import Quantity, Rule
from chargeback.model.versions import IncludedQuantity, Version

BOUNDS = ("minimum", "maximum")
ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Product:
    """Product: quantity × price × factor = exact, rounded once to ``cents``.

    Attributes:
        quantity: priced units; None for a fee.
        price: euros a unit.
        factor: part of a full month or year.
        exact: euros.
        cents: charged.
    """

    quantity: Fraction | None
    price: Decimal
    factor: Fraction
    exact: Fraction
    cents: int


def product(charge: Charge) -> Product | None:
    """Product that gives a charge; of a year or quarter, the charge of the whole span. None where no product does."""
    if charge.kind not in ("usage", "fee") or charge.unit_price is None or charge.quantity is None:
        return None
    fee = charge.kind == "fee"
    exact = (ONE if fee else charge.quantity) * Fraction(charge.unit_price) * charge.factor
    cents = charge.amount if charge.span_amount is None else charge.span_amount
    if to_cents(exact) != cents:
        return None
    return Product(None if fee else charge.quantity, charge.unit_price, charge.factor, exact, cents)


@dataclass(frozen=True, slots=True)
class ChargeBound:
    """Bound: a minimum or maximum that a member met. Cents.

    Attributes:
        charged: before the bound.
        bound: the minimum or maximum.
    """

    charged: int
    bound: int


def bound(charge: Charge, month: Month) -> ChargeBound | None:
    """Bound that a top-up or rebate applies; None under ``accumulate``, where the bound is of the year."""
    if charge.accumulated:
        return None
    rule = month.rules[charge.rule]
    by_others = capped_by_others(charge, rule)
    versions = rule.stating(charge.kind, by_others)
    met = [
        c
        for c in month.charges
        if (c.member_id, c.rule) == (charge.member_id, charge.rule)
        and c != charge
        and c.kind != "adjustment"
        and c.version in versions
    ]
    if by_others:
        charged = sum(c.amount for c in met)
        return ChargeBound(charged, charged + charge.amount)
    charged = sum(_of_span(c) for c in met if c.kind not in BOUNDS)
    return ChargeBound(charged, charged + _of_span(charge))


def _of_span(charge: Charge) -> int:
    """The cents of the whole span of a charge, those of the month where it is of the month."""
    return charge.amount if charge.span_amount is None else charge.span_amount


def capped_by_others(charge: Charge, rule: Rule) -> bool:
    """Whether a rebate limits a member to the charges of others."""
    version = next(v for v in rule.versions if v.valid_from == charge.version)
    return charge.kind == "maximum" and isinstance(version.maximum, Others)


def charges_of_others(charge: Charge, rule: Rule, month: Month) -> dict[str, int]:
    """Charges of the rules of a cap to all other members together, in cents by rule."""
    version = next(v for v in rule.versions if v.valid_from == charge.version)
    names = version.maximum.others if isinstance(version.maximum, Others) else ()
    totals = dict.fromkeys(names, 0)
    for each in month.charges:
        if each.rule in totals and each.member_id != charge.member_id and each.kind != "adjustment":
            totals[each.rule] += each.amount
    return totals


@dataclass(frozen=True, slots=True)
class Quota:
    """Quota: a member's exact part of a split, in cents: ``rest`` × its key ÷ ``free``.

    Attributes:
        rest: cents that the members at no bound share.
        free: their parts of all keys together, of one.
        exact: cents before rounding.
    """

    rest: int
    free: Fraction
    exact: Fraction


def quota(split: PoolSplit, member: str) -> Quota | None:
    """Exact part of a member before rounding; None for one at a bound."""
    bound_members = split.binding or {}
    if member in bound_members:
        return None
    rest = split.amount - sum(split.shares.get(m, 0) for m in bound_members)
    unbound = (_weight(split, m) for m in split.shares if m not in bound_members)
    free = sum(unbound, Fraction(0)) if bound_members else ONE
    return Quota(rest, free, rest * _weight(split, member) / free) if free else None


def _weight(split: PoolSplit, member: str) -> Fraction:
    """A member's part of all keys together, of one."""
    parts = (k.weight * k.values.get(member, Fraction(0)) / k.total for k in split.keys if k.weight and k.total)
    return sum(parts, Fraction(0))


def split_of(month: Month, rule: str, version: date) -> PoolSplit | None:
    """How a version shared its pool."""
    return next((s for s in month.splits if (s.rule, s.version) == (rule, version)), None)


def place_in_span(version: Version, month: Month) -> tuple[int, int]:
    """(number of the month in its year or quarter, from 1; months of it)."""
    index, months = month_of_span(version, month.period)
    return index + 1, months


def days_of(rule: Rule, version: Version, month: Month) -> Span | None:
    """The days on which a version was in force, when they are not the whole month."""
    span = clip(version.valid_from, version.valid_to, month.period.span)
    return None if span is None or span == month.period.span else span


def quantities(rule: Rule, version: Version) -> list[Quantity]:
    """Quantities that a version counts: that of a rate, those of the keys of an allocation."""
    if rule.kind == "allocation":
        counted = [key.quantity for key in version.keys if key.weight] + [version.quantity]
    else:
        counted = [rule.quantity]
    return [quantity for quantity in counted if quantity is not None]


def levels(rule: Rule, version: Version, facts: Facts, member: str, month: Span) -> Iterator[Level]:
    """Rows of drivers and subscriptions of a member that a version counts.

    By day those of its days of the month; else those in force on the member's first day of presence.
    """
    within = clip(version.valid_from, version.valid_to, month)
    presence = Roster(facts, month).of(rule.group).get(member)
    if version.prorate == "none" and presence:
        within = Span(presence[0].start, presence[0].start + timedelta(days=1))
    counted = quantities(rule, version)
    if isinstance(version.included, IncludedQuantity):
        counted.append(version.included.quantity)
    names = {(part.kind, part.name) for quantity in counted for part in quantity.parts}
    rows = [("driver", row) for row in facts.drivers] + [("subscription", row) for row in facts.subscriptions]
    for kind, row in sorted(rows, key=lambda r: r[1].where.order):
        own = row.member_id == member and (kind, row.name) in names
        if own and within and clip(row.valid_from, row.valid_to, within) is not None:
            yield row
