"""Included units of each member's own: so many for each line, site or licence that it has. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from chargeback.charging.metering.rule_quantities import rows_below_zero
from chargeback.charging.metering.timeline import Levels, Presence, Roster, days_in
from chargeback.charging.rating.pricing import DayRun
from chargeback.model.facts import Facts
from chargeback.model.money import short
from chargeback.model.period import Period, Span
from chargeback.model.problem import Problem
from chargeback.model.rules import Rule, parts_of
from chargeback.model.versions import IncludedQuantity, Version

ZERO = Fraction(0)
Counted = tuple[Fraction | None, Fraction | None]  # units measured, units of it free of charge


def free_in_month(rule: Rule, version: Version, member: str, presence: Presence, levels: Levels) -> Fraction | None:
    """Units of a month free of charge for a member; None: the number that the version states.

    What is counted is that of the first day of presence in the month; of a meter that is prorated by day, the mean over
    the days of presence, where a day without a value counts zero. ``presence``: that of the rule's members.
    """
    included = version.included
    if not isinstance(included, IncludedQuantity):
        return None
    spans = presence.get(member, ())
    if not spans:
        return ZERO
    if version.prorate == "day" and rule.quantity is not None and rule.quantity.kind == "meter":
        runs = levels.runs(included.quantity, member, spans)
        return sum((value * days for value, days in runs), ZERO) / days_in(spans) * Fraction(included.times)
    return _on(included, member, spans[0], levels)


def free_by_day(
    version: Version, member: str, spans: tuple[Span, ...], levels: Levels
) -> Iterator[tuple[Span, Fraction]]:
    """Days of presence, cut where what is counted changes, each part with the units free of charge on its days."""
    included = version.included
    for span in spans:
        if not isinstance(included, IncludedQuantity):
            yield span, version.free
        else:
            for part in levels.cut(included.quantity, member, span):
                yield part, _on(included, member, part, levels)


def _on(included: IncludedQuantity, member: str, days: Span, levels: Levels) -> Fraction:
    """Units free of charge on the first of some days."""
    return (levels.on(included.quantity, member, days.start) or ZERO) * Fraction(included.times)


def counted_units(version: Version, value: Fraction, free: Fraction | None) -> Counted:
    """What was measured and how much of it is free of charge; nothing where all that is measured is billed."""
    allowance = version.free if free is None else free
    return (value, allowance) if value >= 0 and (allowance or version.model == "package") else (None, None)


def counted_by_day(version: Version, runs: Sequence[DayRun], month_days: int) -> Counted:
    """What was measured of a level by day: each day for its part of the days of the month."""
    value = sum((run.value * run.days for run in runs), ZERO) / month_days
    free = sum(((version.free if run.free is None else run.free) * run.days for run in runs), ZERO) / month_days
    return counted_units(version, value, free)


def included_below_zero(rules: Iterable[Rule], facts: Facts, period: Period) -> Iterator[Problem]:
    """Problems of what a member has below zero on a day of the month, where ``included`` counts it."""
    roster, levels = Roster(facts, period.span), Levels.of(facts)
    for rule in rules:
        for version, _ in parts_of(rule, period.span):
            if isinstance(version.included, IncludedQuantity):
                quantity = version.included.quantity
                for member, spans in roster.of(rule.group).items():
                    lowest = min((value for value, _ in levels.runs(quantity, member, spans)), default=ZERO)
                    if lowest < 0:
                        rows = rows_below_zero(quantity, member, facts, period.span)
                        message = (
                            f"included counts {quantity.name}, which is {short(lowest)} for {member} in "
                            f"{period}{rows}: "
                            "a free quantity is zero or more; correct the value in the register"
                        )
                        yield Problem(rule.where_in(version, "included"), message, "below-zero")
