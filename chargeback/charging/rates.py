"""Charges of a rate: each version in force prices the month and counts for its share of it; then the bounds. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from chargeback.charging.context import Context, Part, parts_of
from chargeback.charging.rating import Item, borne, bound_cents, price, price_by_day, rebate, top_up
from chargeback.charging.timeline import days_in
from chargeback.charging.usage import ADDITIVE, Reading, Unit
from chargeback.money import product_cents
from chargeback.period import Span
from chargeback.result import Charge
from chargeback.rules import Rule, Version

ZERO, ONE = Fraction(0), Fraction(1)
SLOT = "rate"


@dataclass(frozen=True, slots=True)
class Priced:
    """The items of one unit under one version: usage counts × ``weight``, fees × ``days`` (a version's share of the days)."""

    unit: Unit
    items: tuple[Item, ...]
    weight: Fraction
    days: Fraction
    split_units: bool


def rate_charges(rule: Rule, ctx: Context) -> list[Charge]:
    """All charges of a rate (or baseline) in the month, bounds included."""
    presence = ctx.roster.of(rule.group)
    parts = parts_of(rule, ctx.month)
    charges: list[Charge] = []
    due = set(presence) if rule.group else set()
    for version, span in parts:
        for priced in _priced(rule, version, span, ctx, presence):
            due.add(priced.unit[0])
            charges += [_charge(rule, version, priced, item, ctx) for item in priced.items]
    return charges + list(_bounds(rule, parts, charges, due, ctx, presence))


def _priced(
    rule: Rule, version: Version, span: Span, ctx: Context, presence: Mapping[str, tuple[Span, ...]]
) -> Iterator[Priced]:
    quantity = rule.quantity
    if quantity is None:
        return
    days = _of_month(span.days, ctx)
    if version.prorate == "day" and quantity.kind not in ("meter", "charges"):
        for member, spans in presence.items():
            runs = ctx.runs(rule, SLOT, quantity, member, spans)
            if runs:
                yield Priced((member, ""), price_by_day(version, runs, ctx.month.days), days, days, False)
        return
    additive = quantity.measure in ADDITIVE
    for unit, reading in sorted(ctx.readings(rule, SLOT, quantity, presence).items()):
        if additive:
            yield _additive(version, unit, reading, span, days)
        else:
            yield Priced(unit, price(version, reading.value), days, days, False)


def _of_month(days: int, ctx: Context) -> Fraction:
    """A share of the month's days; the whole month is ONE itself."""
    return ONE if days == ctx.month.days else Fraction(days, ctx.month.days)


def _additive(version: Version, unit: Unit, reading: Reading, span: Span, days: Fraction) -> Priced:
    """A sum or integral: the whole month is priced, and the version counts for what fell under it."""
    if days is ONE:
        return Priced(unit, price(version, reading.value), ONE, ONE, True)
    own = reading.within([span])
    if reading.value > 0:
        return Priced(unit, price(version, reading.value), own / reading.value, days, True)
    return Priced(unit, price(version, own), ONE, days, True)


def _charge(rule: Rule, version: Version, priced: Priced, item: Item, ctx: Context) -> Charge:
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
        vat=rule.regime_of(member, ctx.kind_of(member)),
    )
    return _borne(charge, version, ctx)


def _borne(charge: Charge, version: Version, ctx: Context) -> Charge:
    if version.every == "month":
        return charge
    return replace(charge, amount=borne(charge.amount, version, ctx.period), span_amount=charge.amount)


def _bounds(
    rule: Rule,
    parts: Sequence[Part],
    charges: Sequence[Charge],
    due: set[str],
    ctx: Context,
    presence: Mapping[str, tuple[Span, ...]],
) -> Iterator[Charge]:
    """Top-ups and rebates: the bounds of the versions that state one against the month's charges of those versions.

    ``due``: the members for whom something was measured, or all of the rule's group.
    """
    by_member: dict[str, list[Charge]] = defaultdict(list)
    for charge in charges:
        by_member[charge.member_id].append(charge)
    for kind in ("minimum", "maximum"):
        stating = [(v, span) for v, span in parts if getattr(v, kind) is not None]
        for member in sorted(due) if stating else ():
            shares = [(getattr(v, kind), _share(v, span, presence.get(member, ()), ctx)) for v, span in stating]
            charged = _charged(by_member.get(member, ()), stating)
            difference = (top_up if kind == "minimum" else rebate)(bound_cents(shares), charged)
            if difference:
                charge = bound_charge(rule, stating[-1][0], kind, member, difference, ctx)
                yield _borne(charge, stating[-1][0], ctx)


def _share(version: Version, span: Span, spans: tuple[Span, ...], ctx: Context) -> Fraction:
    """A version's share of the month for a bound: its days, and by day the days of membership."""
    days = days_in(spans, span) if version.prorate == "day" else span.days
    return Fraction(days, ctx.month.days)


def _charged(charges: Iterable[Charge], stating: Sequence[Part]) -> int:
    versions = {v.valid_from for v, _ in stating}
    return sum(c.amount if c.span_amount is None else c.span_amount for c in charges if c.version in versions)


def bound_charge(rule: Rule, version: Version, kind: str, member: str, cents: int, ctx: Context) -> Charge:
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
        vat=rule.regime_of(member, ctx.kind_of(member)),
    )
