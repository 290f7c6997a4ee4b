"""Sessions: the books of a workspace, its store synchronised with its files, and every problem of these."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from chargeback.charging.plan import rule_problems
from chargeback.exports.accounts import account_problems
from chargeback.ledger.book import changed_rules, numbers_given
from chargeback.ledger.ledger_file import ledger_in_sync, sync_ledger
from chargeback.ledger.receivables import issued, payment_problems
from chargeback.ledger.true_up_checks import moved_true_ups
from chargeback.model.problem import Problem, Problems, Refused
from chargeback.model.settings import Settings
from chargeback.store.database import Store, open_store
from chargeback.store.load.loader import Progress
from chargeback.store.load.sync import LoadReport, is_in_sync, synchronise
from chargeback.workflows.books import Books
from chargeback.workspace.inputs import Inputs, read_inputs
from chargeback.workspace.paths import STORE
from chargeback.workspace.registers.titres import read_titres, titre_problems


@contextmanager
def loaded(root: Path, *, write: bool, progress: Progress | None = None) -> Iterator[tuple[Books, LoadReport]]:
    """The books of a workspace, with what was loaded into its store. Raises Problems of all its files together.

    The ledger is synchronised with its file, and an issue that was interrupted is finished.
    Without ``write`` nothing is written in the workspace: a temporary store is filled instead.
    """
    found = read_inputs(root)
    if found.settings is None:
        raise Problems(found.problems)
    with ExitStack() as stack:
        store = None if write else _store_in_sync(stack, root, found.settings)
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
        yield Books(found.inputs, store), report


def _wrong_payments(inputs: Inputs, store: Store) -> tuple[Problem, ...]:
    """Payments that the ledger contradicts; it is not read where there are none."""
    return tuple(payment_problems(inputs.payments, issued(store.connection))) if inputs.payments else ()


def _wrong_titres(root: Path, store: Store) -> tuple[Problem, ...]:
    """Problems of titres/, and titres of documents that the ledger does not have."""
    titres, problems = read_titres(root)
    if titres:
        problems += titre_problems(titres, (number for number, *_ in numbers_given(store.connection)))
    return tuple(problems)


def _store_in_sync(stack: ExitStack, root: Path, settings: Settings) -> Store | None:
    """The workspace's own store, opened for reading, where it is in sync with the files already; else None."""
    if not (root / STORE).is_file():
        return None
    with ExitStack() as trial:
        try:
            store = trial.enter_context(open_store(root / STORE, write=False))
        except Refused:
            return None
        if is_in_sync(store, root, settings) and ledger_in_sync(store.connection, root):
            stack.push(trial.pop_all())
            return store
    return None


def static_problems(inputs: Inputs) -> tuple[Problem, ...]:
    """Problems of the rules in any month."""
    kinds = {member.kind for member in inputs.facts.members}
    wrong = account_problems(inputs.settings.accounts, inputs.rules, kinds)
    return (*rule_problems(inputs.rules, inputs.facts, inputs.settings), *wrong)
