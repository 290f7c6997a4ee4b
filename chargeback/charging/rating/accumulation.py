"""Charges of a rate that accumulates over the year: the price of the use to date less that of the use to last month.

Both sides use the month's version; cents are taken per tier and per fee. The bounds are for the year: the first month
with use (with a group, of membership) bears the whole minimum. A member that took over from others continues from the
total of all of them: their use, up to their last day, counts on both sides. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from chargeback.charging.context import Context
from chargeback.charging.metering.answers import Answer
from chargeback.charging.metering.cells import MeteredUnit
from chargeback.charging.metering.timeline import Roster
from chargeback.charging.rating.included import free_in_month
from chargeback.charging.rating.pricing import PricedItemKind, bound_cents, price, rebate, top_up, year_start
from chargeback.charging.rating.rate_charges import RATE_BOUNDS, SLOT, bound_charge
from chargeback.model.charges import Charge
from chargeback.model.money import to_cents
from chargeback.model.period import Span
from chargeback.model.rules import Rule, parts_of
from chargeback.model.versions import Version

ZERO, ONE = Fraction(0), Fraction(1)
BEFORE = "before"
TierAmounts = Mapping[tuple[int, PricedItemKind], tuple[int, Fraction, Fraction]]  # cents, units and price
Predecessors = Mapping[str, frozenset[str]]


def accumulates(rule: Rule, month: Span) -> bool:
    """Whether the rule's version of the month prices the use from the start of the year on."""
    return any(version.accumulate for version, _ in parts_of(rule, month))


def accumulated_charges(rule: Rule, ctx: Context) -> list[Charge]:
    """All charges of an accumulated month, bounds included."""
    ((version, _),) = parts_of(rule, ctx.month)
    now = {unit: r.value for unit, r in ctx.answers.get((rule.id, f"{SLOT}:0"), Answer({})).readings.items()}
    alone = {unit: r.value for unit, r in ctx.answers.get((rule.id, f"{BEFORE}:0"), Answer({})).readings.items()}
    predecessors, presence = ctx.predecessors, ctx.roster.of(rule.group)
    before = _with_predecessors(alone, now, predecessors)
    charges: list[Charge] = []
    totals: dict[str, list[int]] = {}
    for unit in sorted({*now, *before}):
        earlier = before.get(unit)
        later = now.get(unit, ZERO) + (earlier or ZERO)
        free = free_in_month(rule, version, unit[0], presence, ctx.levels)
        old, new = _tiers(version, earlier, free), _tiers(version, later, free)
        total = totals.setdefault(unit[0], [0, 0])
        total[0] += sum(cents for cents, _, _ in old.values())
        total[1] += sum(cents for cents, _, _ in new.values())
        charges += _differences(rule, version, unit, old, new, ctx) if unit in now else ()
    started, present = _membership(rule, version, predecessors, ctx)
    return charges + list(_bounds(rule, version, totals, ({m for m, _ in before} | started, present), ctx))


def _with_predecessors(
    before: Mapping[MeteredUnit, Fraction], now: Mapping[MeteredUnit, Fraction], predecessors: Predecessors
) -> dict[MeteredUnit, Fraction]:
    """Use to the end of last month, with all the use of each member's predecessors."""
    found = dict(before)
    for successor, names in predecessors.items():
        for uses in (before, now):
            for (member, what), value in uses.items():
                if member in names:
                    found[successor, what] = found.get((successor, what), ZERO) + value
    return found


def _tiers(version: Version, quantity: Fraction | None, free: Fraction | None) -> TierAmounts:
    """Cents, units and price of a year's use, by tier and kind."""
    items = price(version, quantity, free=free) if quantity is not None else ()
    return {(i.tier, i.kind): (to_cents(i.amount), i.units, i.exact_price) for i in items}


def _differences(
    rule: Rule, version: Version, unit: MeteredUnit, old: TierAmounts, new: TierAmounts, ctx: Context
) -> Iterator[Charge]:
    for tier, kind in sorted({*old, *new}):
        cents = new.get((tier, kind), (0, ZERO, ZERO))[0] - old.get((tier, kind), (0, ZERO, ZERO))[0]
        units = new.get((tier, kind), (0, ZERO, ZERO))[1] - old.get((tier, kind), (0, ZERO, ZERO))[1]
        if not cents and not units and len({*old, *new}) > 1:
            continue
        step = version.steps[tier - 1]
        yield Charge(
            member_id=unit[0],
            rule=rule.id,
            version=version.valid_from,
            kind=kind,
            tier=tier,
            resource_id=unit[1],
            quantity=ZERO if kind == "fee" else units,
            unit_price=step.fee if kind == "fee" else step.price,
            factor=ONE,
            amount=cents,
            vat=ctx.regime(rule, version, unit[0]),
            reason="accumulated",
            accumulated=True,
        )


def _bounds(
    rule: Rule,
    version: Version,
    totals: Mapping[str, list[int]],
    due: tuple[set[str], set[str]],
    ctx: Context,
) -> Iterator[Charge]:
    """Top-ups and rebates of the year to date less those up to last month.

    ``due``: the members that owed a minimum up to last month, and those that owe one to date.
    """
    started, present = due
    for kind in RATE_BOUNDS:
        stated = getattr(version, kind)
        bound = bound_cents([(stated, ONE)]) if stated is not None else 0
        for member in sorted({*totals, *present}) if stated is not None else ():
            old, new = totals.get(member, [0, 0])
            difference_of = top_up if kind == "minimum" else rebate
            already = difference_of(bound, old) if member in started else 0
            difference = difference_of(bound, new) - already
            if difference:
                charge = bound_charge(rule, version, kind, member, difference, ctx)
                yield replace(charge, reason="accumulated", accumulated=True)


def _membership(rule: Rule, version: Version, predecessors: Predecessors, ctx: Context) -> tuple[set[str], set[str]]:
    """With a group: members present earlier in the year (or whose predecessors were), and members present to date."""
    if rule.group is None:
        return set(), set()
    first = year_start(version, ctx.period).first
    earlier = Roster(ctx.facts, Span(first, ctx.period.first)).of(rule.group) if first < ctx.period.first else {}
    to_date = {*earlier, *ctx.roster.of(rule.group)}
    return {*earlier, *(successor for successor, names in predecessors.items() if names & to_date)}, to_date
