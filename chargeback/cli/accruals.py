"""``export accruals``: amounts that a year used and none of its documents bills."""

from __future__ import annotations

from pathlib import Path

from chargeback.cli.export import WRITERS, write
from chargeback.cli.output import say
from chargeback.cli.progress import progress_bar
from chargeback.exports.accruals import COLUMNS, Accrual, added, rows
from chargeback.model.money import euros
from chargeback.model.problem import counted
from chargeback.workflows.accruals import Accrued, accruals_of
from chargeback.workflows.session import loaded


def export_accruals(root: Path, year: int, form: str, output: Path | None) -> None:
    """Write the accruals at 31 December: from the ledger where issued, else from today's data. Raises Problems."""
    with progress_bar() as progress, loaded(root, write=False, progress=progress) as (books, _):
        found = accruals_of(books, year)
        accounts = books.inputs.settings.accounts
    made = added(found.accruals)
    write(WRITERS[form](COLUMNS, rows(year, made, accounts)), output)
    say(*_lines(year, made, found))


def _lines(year: int, made: list[Accrual], found: Accrued) -> list[str]:
    """Total of the accruals, how much of it no document bills yet, and the months that are not in it."""
    documents = {one.number for one in made if one.number}
    waiting = [one.amount for one in made if not one.number]
    lines = [f"{year}: {euros(sum(one.amount for one in made)):,} net to accrue"]
    if documents:
        lines[0] += f", reversed by {counted(len(documents), 'document')}"
    if waiting:
        lines.append(f"{euros(sum(waiting)):,} of it is on no document yet: as computed today")
    if found.drafts:
        lines.append(f"run and not issued: {', '.join(map(str, found.drafts))}")
    if found.open_true_up:
        lines.append(f"{year}-12 is not closed: the true-up of {year} is not in here")
    if found.late_costs:
        named = ", ".join(f"{pool} {euros(cents):,}" for pool, cents in found.late_costs.items())
        lines.append(f"costs that came after the true-up of {year}: {named}")
    if found.months_never_run:
        lines.append(
            "has usage or costs and was never run, so nothing of it is in here: "
            f"{', '.join(map(str, found.months_never_run))}"
        )
    return lines
