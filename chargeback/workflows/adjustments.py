"""Adjustments, wired: closed months against today's data, and the differences that an open month bills."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

from chargeback.billing.adjustments import (
    BilledSoFar,
    Difference,
    billed_today,
    charges,
    differences,
    key_of,
    pending,
    treated,
)
from chargeback.billing.rises import Rise
from chargeback.charging.metering.timeline import identities
from chargeback.ledger.billed_so_far import billed_so_far
from chargeback.ledger.book import closed_before, period_status
from chargeback.ledger.difference_causes import explained
from chargeback.ledger.fingerprints import Fingerprint, Fingerprints, LastSettled, last_settled
from chargeback.ledger.issued_months import last_computed
from chargeback.ledger.late_data import changes
from chargeback.ledger.late_data_notices import late_notices, unexplained_versions
from chargeback.ledger.open_items import addressees
from chargeback.model.charges import Charge
from chargeback.model.facts import Member
from chargeback.model.period import Period
from chargeback.model.problem import Notice, Place, Problem, Problems
from chargeback.model.settings import Settings
from chargeback.model.succession import payer_of
from chargeback.workflows.months import Months
from chargeback.workflows.rises import rises_of
from chargeback.workspace.inputs import Inputs

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Adjusted:
    """Adjustments of closed months that an open month bills.

    Attributes:
        differences: every difference, billed or waiting.
        fingerprints: of today, by month; '' where a part of its differences is billed and another waits.
        notices: late rows and files, and what becomes of them.
        rises: what versions that reach back make members pay more for those months, on a ground that they name.
    """

    differences: tuple[Difference, ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    rises: tuple[Rise, ...] = ()

    @property
    def charges(self) -> tuple[Charge, ...]:
        return tuple(charges(self.differences))


def adjusted(months: Months, period: Period) -> Adjusted:
    """Adjustments that a month bills: every closed month before it, against what was billed for it. Raises Problems.

    A closed month is computed alone, and only where its fingerprint is not the one it was last settled with.
    """
    inputs, store = months.inputs, months.store
    fingerprints = Fingerprints(inputs, store)
    own = {str(period): str(fingerprints.of(period))}
    last = last_settled(store.connection)
    changed = dict(_changed(closed_before(store.connection, period), last, fingerprints))
    if not changed:
        return Adjusted(fingerprints=own)
    billed = billed_so_far(store.connection, changed)
    found = [row for month in changed for row in _differences(months, month, billed.get(month, BilledSoFar()))]
    rules = {rule.id: rule for rule in inputs.rules}
    found = list(_owed(found, inputs, store.connection))
    rows = treated(found, rules, inputs.settings, _years_due(months, period, {m.year for m in changed}))
    data = changes(inputs, store, fingerprints, changed, last)
    rows = explained(rows, data, rules, inputs.settings.true_ups)
    unexplained = tuple(unexplained_versions(data, rows, rules))
    if unexplained:
        raise Problems(unexplained)
    raised = rises_of(months, [each.month for each in data if "rules" in each.causes])
    notices = late_notices(period, data, rows, rules, inputs.settings.true_ups)
    return Adjusted(rows, own | _settled_fingerprints(rows, changed), tuple(notices), raised)


def _owed(rows: Iterable[Difference], inputs: Inputs, con: DuckDBPyConnection) -> Iterator[Difference]:
    """Differences with who owes them: whom the invoices of the month were addressed to, else its payer then."""
    every = list(rows)
    billed = addressees(con, {row.month for row in every})
    known: dict[Period, Mapping[str, Member]] = {}
    for row in every:
        members = known.setdefault(row.month, identities(inputs.facts.members, row.month.span))
        payer = billed.get((row.member_id, row.month)) or payer_of(row.member_id, members, row.month)
        yield replace(row, owed_by=payer)


def _changed(
    closed: Iterable[Period], last: Mapping[Period, LastSettled], fingerprints: Fingerprints
) -> Iterator[tuple[Period, Fingerprint]]:
    """Closed months that may amount to something else than when they were last settled, with today's fingerprint."""
    for month in closed:
        before, now = last[month].fingerprint, fingerprints.of(month)
        if before is None or before.changed(now):
            yield month, now


def _differences(months: Months, month: Period, billed: BilledSoFar) -> tuple[Difference, ...]:
    """Differences of a closed month. Raises Problems of the month, and of members that it billed and that are gone."""
    try:
        today = months.month_alone(month)
    except Problems as found:
        raise Problems(_of_closed(month, found.problems)) from found
    rules = {rule.id: rule for rule in months.inputs.rules}
    rows = differences(month, billed, billed_today(today.charges, rules))
    wrong = [*_unknown(rows, months.inputs)]
    if wrong:
        raise Problems(wrong)
    return rows


def _of_closed(month: Period, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Problems of a closed month, which is recomputed for its adjustments."""
    for problem in problems:
        yield replace(problem, message=f"{month}, which is closed, cannot be computed again: {problem.message}")


def _unknown(rows: Iterable[Difference], inputs: Inputs) -> Iterator[Problem]:
    """Members that were billed and are not known any more, though something is due to them, by each month.

    A regime is always known: rules of a closed month keep theirs, and a rule names no regime that there is not.
    """
    members = {member.member_id for member in inputs.facts.members}
    gone: dict[tuple[str, Period], list[str]] = defaultdict(list)
    for row in rows:
        if row.member_id not in members and row.rule not in gone[row.member_id, row.month]:
            gone[row.member_id, row.month].append(row.rule)
    for (member_id, month), names in sorted(gone.items()):
        message = (
            f"{member_id} was billed for {month}, which is closed, by {', '.join(names)} and is gone: "
            "put its rows back; to end a membership, give it a valid_to"
        )
        yield Problem(Place("members.csv"), message, "billed-member-gone")


def _years_due(months: Months, period: Period, years: Iterable[int]) -> set[int]:
    """Years whose differences a month bills, however small.

    Their December is closed; the month that bills their true-up, where one is named, is this one, issued or closed.
    """
    con, true_ups = months.store.connection, months.inputs.settings.true_ups
    found = set()
    for year in years:
        named = true_ups.get(year)
        due = named == period or (year < period.year and (named is None or period_status(con, named).final))
        if due and period_status(con, Period(year, DECEMBER)).closed_on is not None:
            found.add(year)
    return found


def _settled_fingerprints(rows: Sequence[Difference], changed: Mapping[Period, Fingerprint]) -> dict[str, str]:
    """Fingerprints of the months that are settled with these rows; '' where a part is billed and a part waits."""
    billed = {row.month for row in rows if row.treatment == "billed"}
    found = {}
    for month, fingerprint in changed.items():
        if not pending(rows, month):
            found[str(month)] = str(fingerprint)
        elif month in billed:
            found[str(month)] = ""
    return found


def billed_adjustments(con: DuckDBPyConnection, period: Period, settings: Settings) -> tuple[Difference, ...]:
    """Adjustments that an issued month billed, by month, member and rule; credits over several invoices are added."""
    month = last_computed(con, period, settings)
    assert month is not None, "an issued period has an entry"
    adjusting = [c for c in month.charges if c.adjusts is not None and c.adjustment_basis is not None]
    order = sorted(adjusting, key=lambda c: (*key_of(c), str(c.adjusts)))
    return tuple(_difference(list(own)) for _, own in groupby(order, key=lambda c: (*key_of(c), str(c.adjusts))))


def _difference(charges: Sequence[Charge]) -> Difference:
    charge = charges[0]
    assert charge.adjusts is not None, "an adjustment has a month"
    basis = charge.adjustment_basis
    assert basis is not None, "an adjustment has the amounts that it compares"
    now = basis.billed + sum(c.amount for c in charges)
    key = key_of(charge)
    return Difference(charge.adjusts, *key, charge.version, basis.billed, now, basis.causes, basis.explanation)
