"""``export accruals``: what a year used and none of its documents bills; months that are not issued are computed again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chargeback.commands.export import WRITERS, write
from chargeback.commands.words import say
from chargeback.exports.accruals import COLUMNS, accruals, accrued, rows
from chargeback.exports.handed import Handed
from chargeback.inputs import Inputs
from chargeback.ledger.handing import handed_of_issue
from chargeback.money import euros
from chargeback.output import OUT
from chargeback.period import Period
from chargeback.problem import counted
from chargeback.progress import progress_bar
from chargeback.run import compute, loaded
from chargeback.store import Store
from chargeback.tables import periods_with_data

RUN = "run.json"


def export_accruals(root: Path, year: int, form: str, output: Path | None) -> None:
    """What is accrued at 31 December: of months issued later by the ledger, of months run and not issued by today's data."""
    with progress_bar() as progress, loaded(root, write=False, progress=progress) as (inputs, store, _):
        months = [Period(year, month) for month in range(1, 13)]
        handed = accrued(year, [one for period in months for one in _of_month(inputs, store, period)])
        silent = _never_run(inputs, store, months)
        table = inputs.settings.accounts
    made = accruals(handed, table)
    write(WRITERS[form](COLUMNS, list(rows(year, made))), output)
    waiting = sorted({str(one.document.period) for one in handed if not one.document.number})
    say(f"{year}: {euros(sum(one.amount for one in made))} net of {counted(len(handed), 'document')} to accrue")
    if waiting:
        say(f"not issued yet, as computed today: {', '.join(waiting)}")
    if silent:
        say(f"has usage or costs and was never run, so nothing of it is in here: {', '.join(map(str, silent))}")


def _of_month(inputs: Inputs, store: Store, period: Period) -> Iterator[Handed]:
    """The documents of a month as issued, else its drafts of today when it was run."""
    issued = handed_of_issue(store.connection, period, inputs.settings)
    if issued is not None:
        yield from issued
    elif _was_run(inputs.root, period):
        month = compute(inputs, store, period).month
        yield from (Handed(document, month, "", "") for document in month.documents)


def _was_run(root: Path, period: Period) -> bool:
    return (root / OUT / str(period) / RUN).is_file()


def _never_run(inputs: Inputs, store: Store, months: list[Period]) -> list[Period]:
    """Months with usage or costs that were neither run nor issued."""
    zone = inputs.settings.zone
    used = periods_with_data(store.connection, [(period, period.bounds(zone)) for period in months])
    done = {p for p in used if handed_of_issue(store.connection, p, inputs.settings) is not None}
    return [p for p in used if p not in done and not _was_run(inputs.root, p)]
