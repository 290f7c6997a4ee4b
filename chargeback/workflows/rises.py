"""Rises of closed months, wired: months charged without the versions that reach back into them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from chargeback.billing.adjustments import BilledSoFar, billed_today
from chargeback.billing.rises import NewVersion, Rise, reaching_back, rise_problems, rises, without
from chargeback.ledger.billed_so_far import billed_so_far
from chargeback.ledger.book import period_status, versions_used
from chargeback.model.period import Period
from chargeback.model.problem import Problems
from chargeback.workflows.months import Months


def rises_of(months: Months, closed: Collection[Period]) -> tuple[Rise, ...]:
    """Rises of closed months by versions that reach back and that nothing was billed by so far, each with its ground.

    Raises Problems for versions that name no ground.
    """
    used = versions_used(months.store.connection)
    found: list[Rise] = []
    wrong: list[Rise] = []
    groundless: list[NewVersion] = []
    for month in sorted(closed):
        new = reaching_back(months.inputs.rules, month, used)
        bare = [(rule, version) for rule, version in new if version.ground is None]
        if bare:
            wrong += _rises(months, month, bare)
            groundless += bare
        if len(bare) < len(new):
            found += _rises(months, month, new)
    problems = list(rise_problems(wrong, groundless, months.inputs.settings.currency))
    if problems:
        raise Problems(problems)
    return tuple(found)


def refuse_rises(months: Months, period: Period) -> None:
    """Refuse a closed month that versions raise that reach back without a ground. Raises Problems."""
    if period_status(months.store.connection, period).closed_on is not None:
        rises_of(months, [period])


def _rises(months: Months, month: Period, new: Sequence[NewVersion]) -> tuple[Rise, ...]:
    rules = {rule.id: rule for rule in months.inputs.rules}
    today = billed_today(months.month_alone(month).charges, rules)
    return rises(month, _before(months, month, new), today, new)


def _before(months: Months, month: Period, new: Sequence[NewVersion]) -> BilledSoFar:
    """Amounts of a month without some versions, from today's data; what was billed for it where that does not give a
    month, as for a pool that no rule took before."""
    other = months.with_rules(without(months.inputs.rules, new))
    try:
        charges = other.month_alone(month).charges
    except Problems:
        return billed_so_far(months.store.connection, [month]).get(month, BilledSoFar())
    return billed_today(charges, {rule.id: rule for rule in other.inputs.rules})
