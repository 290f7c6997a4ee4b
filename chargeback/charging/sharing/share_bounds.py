"""Floors and caps of the shares of a pool, in exact cents. Pure."""

from __future__ import annotations

from fractions import Fraction

from chargeback.charging.context import Context
from chargeback.charging.sharing.keys import KeyValues, taking_part
from chargeback.model.period import Span
from chargeback.model.rules import Quantity, Rule
from chargeback.model.versions import Bound, DriverBound, Version

ZERO = Fraction(0)


def bounds_in_cents(
    rule: Rule, version: Version, span: Span, weights: KeyValues, ctx: Context
) -> tuple[KeyValues, KeyValues]:
    """Floors and caps by member, in exact cents; they follow the days of a cut month.

    One of a driver is its value on the first day of presence in the month, in every part of it.
    """
    share_of_days = Fraction(span.days, ctx.month.days)

    def each(bound: Bound | None) -> KeyValues:
        if bound is None:
            return {}
        if ctx.year is not None:
            return _of_year(bound, span, weights, ctx)
        if not isinstance(bound, DriverBound):
            return {m: Fraction(bound) * 100 * share_of_days for m in weights}
        quantity = Quantity(driver=bound.driver)
        spans = {**ctx.roster.members, **taking_part(rule, version, ctx)}
        values = {m: ctx.levels.on(quantity, m, spans[m][0].start) for m in weights if m in spans}
        return {m: v * 100 * share_of_days for m, v in values.items() if v is not None}

    return each(version.floor), each(version.cap)


def _of_year(bound: Bound, span: Span, weights: KeyValues, ctx: Context) -> KeyValues:
    """Monthly bound over the months of a year in which each member is present, in cents; none where a month has no
    value."""
    found: KeyValues = {}
    for member in weights:
        total: Fraction | None = ZERO
        for part, first in ctx.shares_of_months(span, member):
            own = (
                ctx.levels.on(Quantity(driver=bound.driver), member, first)
                if isinstance(bound, DriverBound)
                else Fraction(bound)
            )
            total = None if own is None or total is None else total + own * 100 * part
        if total is not None:
            found[member] = total
    return found


def bound_text(bound: Bound | None) -> str:
    """Bound as the rule states it: an amount in euros or the name of a driver; ``""`` where there is none."""
    return bound.driver if isinstance(bound, DriverBound) else "" if bound is None else str(bound)
