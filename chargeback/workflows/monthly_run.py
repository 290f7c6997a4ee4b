"""The monthly run, wired: load, check, measure, charge, share, draw up, write. The only module that knows all the edges."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from chargeback.billing.brought_forward import BroughtForward
from chargeback.billing.month import bill_month
from chargeback.billing.prior_months import prior_months_of
from chargeback.charging.metering.answers import Measured
from chargeback.charging.metering.measure_checks import uncovered_use
from chargeback.charging.metering.name_checks import mistyped_meters, mistyped_tags
from chargeback.charging.metering.register_notices import register_notices
from chargeback.charging.metering.usage_notices import moved_shares, untagged_use, usage_notices
from chargeback.charging.plan import MonthPlan, plan_month
from chargeback.ledger.numbering import issue_needs
from chargeback.model.charges import Charge
from chargeback.model.gc_pause import paused_gc
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.pools import TrueUp
from chargeback.model.problem import Notice, Problem, Problems
from chargeback.model.rules import Rule
from chargeback.store.measure import TAG, measure
from chargeback.workspace.files.toml_lines import read_toml
from chargeback.workspace.inputs import Inputs
from chargeback.workspace.settings.read import FILE as SETTINGS

if TYPE_CHECKING:
    from chargeback.store.database import Store

Progress = Callable[[str, int, int], None] | None


@dataclass(frozen=True, slots=True)
class Computed:
    """A month computed, with everything to be told about it."""

    month: Month
    notices: tuple[Notice, ...]


@paused_gc()
def compute_month(inputs: Inputs, store: Store, period: Period) -> Computed:
    """Measure, charge, share, draw up and check a month, with the true-ups that it bills; raises Problems.

    A month that is issued or closed is by itself; to another one earlier months bring what they left.
    """
    from chargeback.ledger.book import period_status

    if period_status(store.connection, period).final:
        return month_alone(inputs, store, period)
    brought = brought_forward_to(inputs, store, period)
    return _compute(inputs, store, period, true_ups_of(inputs, store, period, brought.adjustments), brought)


def month_alone(inputs: Inputs, store: Store, period: Period) -> Computed:
    """A month with the true-ups that it bills, apart from what earlier months bring: every document is drawn up whole."""
    return _compute(inputs, store, period, true_ups_of(inputs, store, period))


def brought_forward_to(inputs: Inputs, store: Store, period: Period) -> BroughtForward:
    """What earlier months bring to one that is neither issued nor closed."""
    from chargeback.ledger.issued_months import as_issued
    from chargeback.ledger.open_items import PrintedRegimes, invoices_of_month, latest_invoices, still_carried
    from chargeback.ledger.open_periods import open_months
    from chargeback.workflows.adjustments import adjusted

    con, settings = store.connection, inputs.settings
    seen: dict[Period, Month] = {}

    def today(of: Period) -> Month:
        if of not in seen:
            seen[of] = month_alone(inputs, store, of).month
        return seen[of]

    found = adjusted(inputs, store, period, today)
    waiting = still_carried(con, period, settings)
    return BroughtForward(
        adjustments=found.charges,
        carried_forward=waiting,
        invoices_of=partial(invoices_of_month, con, settings),
        latest_invoices=partial(latest_invoices, con, settings),
        regime_printed=PrintedRegimes(con),
        fingerprints=found.fingerprints,
        notices=(*found.notices, *open_months(con, period, settings.zone)),
        prior_months=tuple(prior_months_of(found.charges, waiting, today, partial(as_issued, con, settings))),
    )


def true_ups_of(inputs: Inputs, store: Store, period: Period, beside: Sequence[Charge] = ()) -> tuple[TrueUp, ...]:
    """The true-ups that a month bills, with the adjustments ``beside`` them; nothing is asked where it bills none."""
    if period not in inputs.settings.true_ups.values():
        return ()
    from chargeback.workflows.true_up import entered

    return entered(inputs, store, period, lambda month: month_before_true_up(inputs, store, month), beside)


def month_before_true_up(inputs: Inputs, store: Store, period: Period) -> Month:
    """A month as it is by itself, apart from what it bills of an earlier year."""
    return _compute(inputs, store, period, ()).month


def _compute(
    inputs: Inputs, store: Store, period: Period, true_ups: Sequence[TrueUp], brought: BroughtForward | None = None
) -> Computed:
    costs = store.costs(period)
    ready = plan_month(period, inputs.settings, inputs.facts, inputs.rules, costs)
    if ready.problems:
        raise Problems(ready.problems)
    measured, problems = _measure(ready, store)
    outcome = bill_month(ready, measured.answers, true_ups=true_ups, brought_forward=brought)
    if problems or outcome.problems or outcome.month is None:
        raise Problems((*problems, *outcome.problems))
    notices = [
        *outcome.month.notices,
        *usage_notices(measured, ready.rules, period, meters(store), outcome.month.members),
        *untagged_use(ready.questions, measured, period),
        *moved_shares(outcome.month, measured),
        *register_notices(ready.rules, ready.facts, period),
        *issue_needs(outcome.month, read_toml(inputs.root, SETTINGS)[1]),
        *(brought.notices if brought is not None else ()),
    ]
    month = replace(outcome.month, notices=tuple(sorted(notices, key=lambda n: (n.where.order, n.message))))
    return Computed(month, month.notices)


def _measure(ready: MonthPlan, store: Store) -> tuple[Measured, list[Problem]]:
    """Answer the questions of the month, and of the year before it where a rule accumulates; use no version covers.

    Raises Problems for rows that a measure does not allow: nothing can be charged then.
    """
    con, zone, period = store.connection, ready.settings.zone, ready.period
    measured = measure(con, ready.questions, ready.facts, period.span, zone, str(period))
    rules: Mapping[str, Rule] = {rule.id: rule for rule in ready.rules}
    problems = [*uncovered_use(ready.questions, measured, rules, period)]
    problems += mistyped_meters(measured, ready.rules, meters(store))
    problems += mistyped_tags(ready.rules, tags(store))
    misused = [*measured.problems]
    answers = dict(measured.answers)
    for span, asked in ready.prior_questions.items():
        before = measure(con, asked, ready.facts, span, zone, f"{span.start} to {span.end}")
        misused += before.problems
        answers |= before.answers
    if misused:
        raise Problems((*misused, *problems))
    return replace(measured, answers=answers), problems


def tags(store: Store) -> list[str]:
    """Every tag of the usage."""
    return [column.removeprefix(TAG) for column in store.tag_columns()]


def meters(store: Store) -> list[str]:
    """Every meter of the usage."""
    rows = store.connection.execute("select distinct meter from usage order by meter").fetchall()
    return [meter for (meter,) in rows]
