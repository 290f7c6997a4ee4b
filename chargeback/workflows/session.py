"""Sessions: inputs and store of a workspace, brought in sync, with every problem of its files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback.charging.plan import rule_problems
from chargeback.exports.accounts import account_problems
from chargeback.model.problem import Problem, Problems, Refused
from chargeback.model.settings import Settings
from chargeback.workflows.monthly_run import Progress
from chargeback.workspace.inputs import Inputs, read_inputs
from chargeback.workspace.paths import STORE
from chargeback.workspace.registers.titres import read_titres, titre_problems

if TYPE_CHECKING:
    from chargeback.store.database import Store
    from chargeback.store.load.sync import LoadReport


@contextmanager
def loaded(root: Path, *, write: bool, progress: Progress = None) -> Iterator[tuple[Inputs, Store, LoadReport]]:
    """The inputs and a store level with the workspace; raises Problems with those of every file.

    The ledger is brought level with its file, and what an interrupted issue left is finished.
    Without ``write`` nothing is written in the workspace: a temporary store is filled instead.
    """
    from chargeback.ledger.book import changed_rules
    from chargeback.ledger.ledger_file import sync_ledger
    from chargeback.ledger.true_up_checks import moved_true_ups
    from chargeback.store.database import open_store
    from chargeback.store.load.sync import LoadReport, synchronise

    found = read_inputs(root)
    if found.settings is None:
        raise Problems(found.problems)
    with ExitStack() as stack:
        store = None if write else _level_store(stack, root, found.settings)
        if store is None:
            store = stack.enter_context(open_store(root / STORE if write else None, write=True))
            sync_ledger(store.connection, root, write=write)
            report = synchronise(store, root, found.settings, progress)
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
    from chargeback.ledger.ledger_file import ledger_in_sync as ledger_is_level
    from chargeback.store.database import open_store
    from chargeback.store.load.sync import is_in_sync

    if not (root / STORE).is_file():
        return None
    with ExitStack() as trial:
        try:
            store = trial.enter_context(open_store(root / STORE, write=False))
        except Refused:
            return None
        if is_in_sync(store, root, settings) and ledger_is_level(store.connection, root):
            stack.push(trial.pop_all())
            return store
    return None


def static_problems(inputs: Inputs) -> tuple[Problem, ...]:
    """What is wrong with the rules in any month."""
    kinds = {member.kind for member in inputs.facts.members}
    wrong = account_problems(inputs.settings.accounts, inputs.rules, kinds)
    return (*rule_problems(inputs.rules, inputs.facts, inputs.settings), *wrong)
