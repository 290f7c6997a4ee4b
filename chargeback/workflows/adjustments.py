"""Closed months against what they come to today, wired: the adjustments that an open month bills."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from chargeback.billing.adjustments import BilledSoFar, Difference, billed_today, charges, differences, pending, treated
from chargeback.ledger.billed_so_far import billed_so_far
from chargeback.ledger.book import closed_before, period_status
from chargeback.ledger.difference_causes import explained
from chargeback.ledger.fingerprints import Fingerprint, Fingerprints, LastSettled, last_settled
from chargeback.ledger.late_data import changes
from chargeback.ledger.late_data_notices import late_notices, unexplained_versions
from chargeback.model.charges import Charge
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.problem import Notice, Place, Problem, Problems
from chargeback.workspace.inputs import Inputs

if TYPE_CHECKING:
    from chargeback.store.database import Store

MonthOf = Callable[[Period], Month]
DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What closed months bring to an open one. ``rows``: every difference, billed or waiting. ``bases``: what each month rests
    on now, by month; '' where something of it was left. ``notices``: late rows and files, and what becomes of them."""

    differences: tuple[Difference, ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()

    @property
    def charges(self) -> tuple[Charge, ...]:
        return tuple(charges(self.differences))


def adjusted(inputs: Inputs, store: Store, period: Period, month_of: MonthOf) -> Adjusted:
    """Every closed month before one against what was billed for it; raises Problems.

    ``month_of`` computes a month by itself. A month that rests on what it rested on when it was last settled is not computed.
    """
    bases = Fingerprints(inputs, store)
    own = {str(period): str(bases.of(period))}
    looked = last_settled(store.connection)
    moved = dict(_moved(closed_before(store.connection, period), looked, bases))
    if not moved:
        return Adjusted(fingerprints=own)
    billed = billed_so_far(store.connection, moved)
    found = [row for month in moved for row in _rows(month, billed.get(month, BilledSoFar()), month_of, inputs)]
    rules = {rule.id: rule for rule in inputs.rules}
    rows = treated(found, rules, inputs.settings, _over(inputs, store, period, {m.year for m in moved}))
    changed = changes(inputs, store, bases, moved, looked)
    rows = explained(rows, changed, rules, inputs.settings.true_ups)
    silent = tuple(unexplained_versions(changed, rows, rules))
    if silent:
        raise Problems(silent)
    notices = late_notices(period, changed, rows, rules, inputs.settings.true_ups)
    return Adjusted(rows, own | _left(rows, moved), tuple(notices))


def _moved(
    closed: Iterable[Period], looked: Mapping[Period, LastSettled], bases: Fingerprints
) -> Iterator[tuple[Period, Fingerprint]]:
    """The months that may come to something else than when they were last settled, with what they rest on now."""
    for month in closed:
        before, now = looked[month].fingerprint, bases.of(month)
        if before is None or before.changed(now):
            yield month, now


def _rows(month: Period, billed: BilledSoFar, month_of: MonthOf, inputs: Inputs) -> tuple[Difference, ...]:
    try:
        today = month_of(month)
    except Problems as found:
        raise Problems(_in_words(month, found.problems)) from found
    rules = {rule.id: rule for rule in inputs.rules}
    rows = differences(month, billed, billed_today(today.charges, rules))
    wrong = [*_unknown(rows, inputs)]
    if wrong:
        raise Problems(wrong)
    return rows


def _in_words(month: Period, problems: Iterable[Problem]) -> Iterator[Problem]:
    """The problems of a closed month: it is computed again for what it may still bring."""
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
            f"{member_id} was billed for {month}, which is closed, by {', '.join(names)} and is gone: put its rows back; to end a "
            "membership, give it a valid_to"
        )
        yield Problem(Place("members.csv"), message, "billed-member-gone")


def _over(inputs: Inputs, store: Store, period: Period, years: Iterable[int]) -> set[int]:
    """The years whose differences are due in a month, however small: their December is closed, and the month that bills the
    true-up, where one is named, is this one or issued."""
    con, found = store.connection, set()
    for year in years:
        named = inputs.settings.true_ups.get(year)
        due = named == period or (year < period.year and (named is None or period_status(con, named).final))
        if due and period_status(con, Period(year, DECEMBER)).closed_on is not None:
            found.add(year)
    return found


def _left(rows: Sequence[Difference], moved: Mapping[Period, Fingerprint]) -> dict[str, str]:
    """What the months that were computed rest on; nothing where a part of a month waits and another part is billed."""
    billed = {row.month for row in rows if row.treatment == "billed"}
    found = {}
    for month, basis in moved.items():
        if not pending(rows, month):
            found[str(month)] = str(basis)
        elif month in billed:
            found[str(month)] = ""
    return found
