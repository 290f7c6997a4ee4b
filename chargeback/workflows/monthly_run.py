"""The monthly run, wired: load, check, measure, charge, share, draw up, write. The only module that knows all the edges."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback.billing.brought_forward import Brought
from chargeback.billing.month import Plan, plan, rule_problems, settle
from chargeback.billing.prior_months import rests_on
from chargeback.charging.metering.attribution import Measured
from chargeback.charging.metering.register_notices import level_notices
from chargeback.charging.metering.usage_notices import (
    gaps,
    mistyped_meters,
    mistyped_tags,
    moved,
    untagged,
    usage_notices,
)
from chargeback.exports.accounts import account_problems
from chargeback.ledger.numbering import issue_needs
from chargeback.model.facts import Settings
from chargeback.model.gc_pause import collector_off
from chargeback.model.month import Charge, Month, TrueUp
from chargeback.model.period import Period
from chargeback.model.problem import Notice, Problem, Problems, Refused
from chargeback.model.rules import Rule
from chargeback.store.measure import TAG, measure
from chargeback.workspace.files.toml_lines import read_toml
from chargeback.workspace.inputs import Inputs, read
from chargeback.workspace.registers.titres import read_titres, titre_problems
from chargeback.workspace.settings.read import FILE as SETTINGS

if TYPE_CHECKING:
    from chargeback.store.database import Store
    from chargeback.store.load.sync import LoadReport

STORE = "chargeback.duckdb"
Progress = Callable[[str, int, int], None] | None


@contextmanager
def loaded(root: Path, *, write: bool, progress: Progress = None) -> Iterator[tuple[Inputs, Store, LoadReport]]:
    """The inputs and a store level with the workspace; raises Problems with those of every file.

    The ledger is brought level with its file, and what an interrupted issue left is finished.
    Without ``write`` nothing is written in the workspace: a temporary store is filled instead.
    """
    from chargeback.ledger.book import changed_rules
    from chargeback.ledger.ledger_file import level
    from chargeback.ledger.true_up_checks import moved_true_ups
    from chargeback.store.database import open_store
    from chargeback.store.load.sync import LoadReport, bring_level

    found = read(root)
    if found.settings is None:
        raise Problems(found.problems)
    with ExitStack() as stack:
        store = None if write else _level_store(stack, root, found.settings)
        if store is None:
            store = stack.enter_context(open_store(root / STORE if write else None, write=True))
            level(store.connection, root, write=write)
            report = bring_level(store, root, found.settings, progress)
        else:
            report = LoadReport(unchanged=tuple(file.path for file in store.files()))
        named: tuple[Problem, ...] = ()
        if found.inputs:
            named = (*static_problems(found.inputs), *changed_rules(store.connection, found.inputs.rules))
            named += moved_true_ups(store.connection, root, found.settings)
            named += _wrong_payments(found.inputs, store)
        named += _wrong_titres(root, store)
        if found.problems or report.problems or named or found.inputs is None:
            raise Problems((*found.problems, *report.problems, *named))
        yield found.inputs, store, report


def _wrong_payments(inputs: Inputs, store: Store) -> tuple[Problem, ...]:
    """Payments that the ledger contradicts; nothing is asked of it where there are none."""
    from chargeback.ledger.receivables import issued, payment_problems

    return tuple(payment_problems(inputs.payments, issued(store.connection))) if inputs.payments else ()


def _wrong_titres(root: Path, store: Store) -> tuple[Problem, ...]:
    """What is wrong with titres/, and titres of documents that the ledger does not have."""
    from chargeback.ledger.book import numbers_given

    titres, problems = read_titres(root)
    if titres:
        problems += titre_problems(titres, (number for number, *_ in numbers_given(store.connection)))
    return tuple(problems)


def _level_store(stack: ExitStack, root: Path, settings: Settings) -> Store | None:
    """The workspace's own store, opened for reading, when it is level with the files already; else None."""
    from chargeback.ledger.ledger_file import is_level as ledger_is_level
    from chargeback.store.database import open_store
    from chargeback.store.load.sync import is_level

    if not (root / STORE).is_file():
        return None
    with ExitStack() as trial:
        try:
            store = trial.enter_context(open_store(root / STORE, write=False))
        except Refused:
            return None
        if is_level(store, root, settings) and ledger_is_level(store.connection, root):
            stack.push(trial.pop_all())
            return store
    return None


@dataclass(frozen=True, slots=True)
class Computed:
    """A month computed, with everything to be told about it."""

    month: Month
    notices: tuple[Notice, ...]


@collector_off()
def compute(inputs: Inputs, store: Store, period: Period) -> Computed:
    """Measure, charge, share, draw up and check a month, with the true-ups that it bills; raises Problems.

    A month that is issued or closed is by itself; to another one earlier months bring what they left.
    """
    from chargeback.ledger.book import standing

    if standing(store.connection, period).final:
        return by_itself(inputs, store, period)
    brought = brought_to(inputs, store, period)
    return _compute(inputs, store, period, true_ups_of(inputs, store, period, brought.adjustments), brought)


def by_itself(inputs: Inputs, store: Store, period: Period) -> Computed:
    """A month with the true-ups that it bills, apart from what earlier months bring: every document is drawn up whole."""
    return _compute(inputs, store, period, true_ups_of(inputs, store, period))


def brought_to(inputs: Inputs, store: Store, period: Period) -> Brought:
    """What earlier months bring to one that is neither issued nor closed."""
    from chargeback.ledger.issued_months import as_issued
    from chargeback.ledger.open_items import Printed, billing, carried, latest
    from chargeback.ledger.open_periods import open_months
    from chargeback.workflows.adjustments import adjusted

    con, settings = store.connection, inputs.settings
    seen: dict[Period, Month] = {}

    def today(of: Period) -> Month:
        if of not in seen:
            seen[of] = by_itself(inputs, store, of).month
        return seen[of]

    found = adjusted(inputs, store, period, today)
    waiting = carried(con, period, settings)
    return Brought(
        adjustments=found.charges,
        carried=waiting,
        billing=partial(billing, con, settings),
        latest=partial(latest, con, settings),
        printed=Printed(con),
        bases=found.bases,
        notices=(*found.notices, *open_months(con, period, settings.zone)),
        earlier=tuple(rests_on(found.charges, waiting, today, partial(as_issued, con, settings))),
    )


def true_ups_of(inputs: Inputs, store: Store, period: Period, beside: Sequence[Charge] = ()) -> tuple[TrueUp, ...]:
    """The true-ups that a month bills, with the adjustments ``beside`` them; nothing is asked where it bills none."""
    if period not in inputs.settings.true_ups.values():
        return ()
    from chargeback.workflows.true_up import entered

    return entered(inputs, store, period, lambda month: without_true_up(inputs, store, month), beside)


def without_true_up(inputs: Inputs, store: Store, period: Period) -> Month:
    """A month as it is by itself, apart from what it bills of an earlier year."""
    return _compute(inputs, store, period, ()).month


def _compute(
    inputs: Inputs, store: Store, period: Period, true_ups: Sequence[TrueUp], brought: Brought | None = None
) -> Computed:
    costs = store.costs(period)
    ready = plan(period, inputs.settings, inputs.facts, inputs.rules, costs)
    if ready.problems:
        raise Problems(ready.problems)
    measured, problems = _measure(ready, store)
    outcome = settle(ready, measured.answers, true_ups=true_ups, brought=brought)
    if problems or outcome.problems or outcome.month is None:
        raise Problems((*problems, *outcome.problems))
    notices = [
        *outcome.month.notices,
        *usage_notices(measured, ready.rules, period, meters(store), outcome.month.members),
        *untagged(ready.questions, measured, period),
        *moved(outcome.month, measured),
        *level_notices(ready.rules, ready.facts, period),
        *issue_needs(outcome.month, read_toml(inputs.root, SETTINGS)[1]),
        *(brought.notices if brought is not None else ()),
    ]
    month = replace(outcome.month, notices=tuple(sorted(notices, key=lambda n: (n.where.order, n.message))))
    return Computed(month, month.notices)


def static_problems(inputs: Inputs) -> tuple[Problem, ...]:
    """What is wrong with the rules in any month."""
    kinds = {member.kind for member in inputs.facts.members}
    wrong = account_problems(inputs.settings.accounts, inputs.rules, kinds)
    return (*rule_problems(inputs.rules, inputs.facts, inputs.settings), *wrong)


def _measure(ready: Plan, store: Store) -> tuple[Measured, list[Problem]]:
    """Answer the questions of the month, and of the year before it where a rule accumulates; use no version covers.

    Raises Problems for rows that a measure does not allow: nothing can be charged then.
    """
    con, zone, period = store.connection, ready.settings.zone, ready.period
    measured = measure(con, ready.questions, ready.facts, period.span, zone, str(period))
    rules: Mapping[str, Rule] = {rule.id: rule for rule in ready.rules}
    problems = [*gaps(ready.questions, measured, rules, period)]
    problems += mistyped_meters(measured, ready.rules, meters(store))
    problems += mistyped_tags(ready.rules, tags(store))
    misused = [*measured.problems]
    answers = dict(measured.answers)
    for span, asked in ready.earlier.items():
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
