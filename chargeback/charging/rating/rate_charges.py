"""Charges of a rate: each version in force prices the month and counts for its share of it; then the bounds. Pure.

A level by day is priced day by day, each day by the version in force on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

from chargeback.charging.context import EVERYBODY, Context
from chargeback.charging.metering.answers import Reading
from chargeback.charging.metering.cells import ADDITIVE, MeteredUnit
from chargeback.charging.metering.seniority import by_list, list_on
from chargeback.charging.metering.timeline import Presence, common_spans, days_in
from chargeback.charging.rating.included import Counted, counted_by_day, counted_units, free_by_day, free_in_month
from chargeback.charging.rating.pricing import (
    DayRun,
    PricedItem,
    borne_by_month,
    bound_cents,
    price,
    price_by_day,
    rebate,
    top_up,
)
from chargeback.model.charges import Charge
from chargeback.model.money import product_cents, split
from chargeback.model.period import Span
from chargeback.model.prices import Others
from chargeback.model.rules import DatedVersion, Quantity, Rule, parts_of
from chargeback.model.versions import Version

ZERO, ONE = Fraction(0), Fraction(1)
SLOT = "rate"
RateBound = Literal["minimum", "maximum"]
RATE_BOUNDS: tuple[RateBound, ...] = get_args(RateBound)


@dataclass(frozen=True, slots=True)
class PricedUnit:
    """Priced unit: the items of one unit under one version.

    Attributes:
        unit: (member, resource or value of the tag).
        items: items of its quantity.
        weight: part of the month that use is multiplied by.
        days: part of the days of the month that fees are multiplied by: those of the version, by day those of them on
            which the member is present.
        split_units: whether the weight is of the units (a sum is cut over versions) and not a factor of the charge.
        counted: what was measured and how much of it is free of charge, where what is billed is another.
    """

    unit: MeteredUnit
    items: tuple[PricedItem, ...]
    weight: Fraction
    days: Fraction
    split_units: bool
    counted: Counted = (None, None)


def rate_charges(rule: Rule, ctx: Context) -> list[Charge]:
    """All charges of a rate (or baseline) in the month, bounds included."""
    presence = ctx.roster.of(rule.group)
    parts = parts_of(rule, ctx.month)
    charges: list[Charge] = []
    due = set(presence) if rule.group else set()
    for version, span in parts:
        for priced in _priced(rule, version, span, ctx, presence):
            due.add(priced.unit[0])
            charges += _charges(rule, version, priced, ctx)
    charges += list(_bounds(rule, parts, charges, due, ctx, presence))
    return charges + list(_others(rule, parts, charges, ctx))


def _charges(rule: Rule, version: Version, priced: PricedUnit, ctx: Context) -> list[Charge]:
    """Charges of a unit; the first use says what was measured, where what is billed is another quantity."""
    charges = [_charge(rule, version, priced, item, ctx) for item in priced.items if _is_due(priced, item)]
    measured, allowance = priced.counted
    first = next((n for n, charge in enumerate(charges) if charge.kind == "usage"), None)
    if measured is not None and first is not None:
        part = priced.weight if priced.split_units else ONE
        charges[first] = replace(charges[first], measured=measured * part, allowance=(allowance or ZERO) * part)
    return charges


def _is_due(priced: PricedUnit, item: PricedItem) -> bool:
    """Whether an item is charged: a fee of days on which the member is absent is not."""
    return item.kind != "fee" or priced.days != 0


def _priced(rule: Rule, version: Version, span: Span, ctx: Context, presence: Presence) -> Iterator[PricedUnit]:
    quantity = rule.quantity
    if quantity is None:
        return
    if version.prorate == "day" and quantity.kind not in ("meter", "charges"):
        yield from _by_day(rule, version, span, quantity, ctx, presence)
        return
    days = _of_month(span.days, ctx)
    additive = quantity.measure in ADDITIVE
    for unit, reading in sorted(ctx.readings(rule, SLOT, quantity, presence).items()):
        member = unit[0]
        place = _first_list(rule, version, member, presence, ctx)
        free = free_in_month(rule, version, member, presence, ctx.levels)
        of_fees = days
        if version.prorate == "day" and quantity.kind == "meter":
            of_fees = _of_month(days_in(presence.get(member, ()), span), ctx)
        if additive:
            yield _additive(version, unit, reading, span, (days, of_fees), (place, free))
        else:
            items, counted = price(version, reading.value, place, free), counted_units(version, reading.value, free)
            yield PricedUnit(unit, items, days, of_fees, False, counted)


def _by_day(
    rule: Rule, version: Version, span: Span, quantity: Quantity, ctx: Context, presence: Presence
) -> Iterator[PricedUnit]:
    """A level: the value of each day of presence under the version, priced for its part of the days of the month."""
    for member, spans in presence.items():
        runs = [
            DayRun(value, days, place, free)
            for part, place in _lists(rule, version, member, common_spans(spans, (span,)), ctx)
            for same, free in free_by_day(version, member, part, ctx.levels)
            for value, days in ctx.runs(rule, SLOT, quantity, member, (same,))
        ]
        if runs:
            items = price_by_day(version, runs, ctx.month.days)
            yield PricedUnit((member, ""), items, ONE, ONE, True, counted_by_day(version, runs, ctx.month.days))


def _lists(
    rule: Rule, version: Version, member: str, spans: tuple[Span, ...], ctx: Context
) -> Iterator[tuple[tuple[Span, ...], int]]:
    """Days of presence, cut where the member moves to another price list by its years of membership."""
    if not version.seniority:
        yield spans, 0
        return
    for part, place in by_list(version, ctx.memberships.of(rule.group)[member], spans):
        yield (part,), place


def _first_list(rule: Rule, version: Version, member: str, presence: Presence, ctx: Context) -> int:
    """The price list of the member's first day of presence in the month."""
    if not version.seniority:
        return 0
    return list_on(version, ctx.memberships.of(rule.group)[member], presence[member][0].start)


def _of_month(days: int, ctx: Context) -> Fraction:
    """A share of the month's days; the whole month is ONE itself."""
    return ONE if days == ctx.month.days else Fraction(days, ctx.month.days)


def _additive(
    version: Version,
    unit: MeteredUnit,
    reading: Reading,
    span: Span,
    parts: tuple[Fraction, Fraction],
    terms: tuple[int, Fraction | None],
) -> PricedUnit:
    """A sum or integral: the whole month is priced, and the version counts for what fell under it.

    ``parts``: parts of the month's days, those of the version and those that fees count for. ``terms``: place of the
    price list and units free of charge.
    """
    days, of_fees = parts
    counted = counted_units(version, reading.value, terms[1])
    if days is ONE:
        return PricedUnit(unit, price(version, reading.value, *terms), ONE, of_fees, True, counted)
    own = reading.within([span])
    if reading.value > 0:
        return PricedUnit(unit, price(version, reading.value, *terms), own / reading.value, of_fees, True, counted)
    return PricedUnit(unit, price(version, own, *terms), ONE, of_fees, True)


def _charge(rule: Rule, version: Version, priced: PricedUnit, item: PricedItem, ctx: Context) -> Charge:
    """units × price × weight, rounded once; a span's cents are then borne by its months."""
    member, resource = priced.unit
    fee = item.kind == "fee"
    weight = priced.days if fee else priced.weight
    counted = item.units if weight is ONE else item.units * weight
    charge = Charge(
        member_id=member,
        rule=rule.id,
        version=version.valid_from,
        kind=item.kind,
        tier=item.tier,
        resource_id=resource,
        quantity=ZERO if fee else counted if priced.split_units else item.units,
        unit_price=item.price,
        factor=counted if fee else ONE if priced.split_units else weight,
        amount=product_cents(counted, item.exact_price),
        vat=ctx.regime(rule, version, member),
    )
    return _borne(charge, version, ctx)


def _borne(charge: Charge, version: Version, ctx: Context) -> Charge:
    if version.every == "month":
        return charge
    return replace(charge, amount=borne_by_month(charge.amount, version, ctx.period), span_amount=charge.amount)


def _bounds(
    rule: Rule,
    parts: Sequence[DatedVersion],
    charges: Sequence[Charge],
    due: set[str],
    ctx: Context,
    presence: Presence,
) -> Iterator[Charge]:
    """Top-ups and rebates: the bounds of the versions that state one, against the month's charges of those versions.

    ``due``: the members with a measured quantity, or all of the rule's group.
    """
    by_member: dict[str, list[Charge]] = {}
    for kind in RATE_BOUNDS:
        stating = [(v, span) for v, span in parts if isinstance(getattr(v, kind), Decimal)]
        if not stating:
            continue
        by_member = by_member or _by_member(charges)
        for member in sorted(due):
            shares = [(getattr(v, kind), _share(v, span, presence.get(member, ()), ctx)) for v, span in stating]
            charged = _charged(by_member.get(member, ()), stating)
            difference = (top_up if kind == "minimum" else rebate)(bound_cents(shares), charged)
            if difference:
                charge = bound_charge(rule, stating[-1][0], kind, member, difference, ctx)
                yield _borne(charge, stating[-1][0], ctx)


def _by_member(charges: Iterable[Charge]) -> dict[str, list[Charge]]:
    found: dict[str, list[Charge]] = defaultdict(list)
    for charge in charges:
        found[charge.member_id].append(charge)
    return found


def _share(version: Version, span: Span, spans: tuple[Span, ...], ctx: Context) -> Fraction:
    """A version's share of the month for a bound: its days, and by day the days of membership."""
    days = days_in(spans, span) if version.prorate == "day" else span.days
    return Fraction(days, ctx.month.days)


def _charged(charges: Iterable[Charge], stating: Sequence[DatedVersion]) -> int:
    versions = {v.valid_from for v, _ in stating}
    return sum(c.amount if c.span_amount is None else c.span_amount for c in charges if c.version in versions)


def _others(rule: Rule, parts: Sequence[DatedVersion], charges: Sequence[Charge], ctx: Context) -> Iterator[Charge]:
    """Rebates to the charges of all other members by some rules, against this month's charges, other bounds included.

    In a month cut by versions the charges of the others are split over them by days, in cents; below zero they are
    zero.
    """
    stating = [(v, span) for v, span in parts if isinstance(v.maximum, Others)]
    versions = {v.valid_from for v, _ in stating}
    borne_by: dict[str, int] = defaultdict(int)
    for charge in charges:
        if charge.version in versions:
            borne_by[charge.member_id] += charge.amount
    totals = [ctx.charged_by_rule(v.maximum.others) for v, _ in stating if isinstance(v.maximum, Others)]
    days = {str(span.start): Fraction(span.days) for _, span in parts}
    for member, charged in sorted(borne_by.items()):
        most = 0
        for (_, span), by_member in zip(stating, totals, strict=True):
            others = max(0, by_member[EVERYBODY] - by_member.get(member, 0))
            most += split(others, days)[str(span.start)]
        difference = rebate(most, charged)
        if difference:
            yield bound_charge(rule, stating[-1][0], "maximum", member, difference, ctx)


def bound_charge(rule: Rule, version: Version, kind: RateBound, member: str, cents: int, ctx: Context) -> Charge:
    """A top-up or a rebate of a member, in cents."""
    return Charge(
        member_id=member,
        rule=rule.id,
        version=version.valid_from,
        kind=kind,
        tier=0,
        resource_id="",
        quantity=ZERO,
        unit_price=None,
        factor=ONE,
        amount=cents,
        vat=ctx.regime(rule, version, member),
    )
