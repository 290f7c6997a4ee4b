"""Monthly run: a month computed, its drafts drawn and written to ``out/PERIOD/``, its charges kept in the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.store.input_hashes import input_hashes
from chargeback.store.load.loader import Progress
from chargeback.workflows.books import Books
from chargeback.workflows.documents import document_files
from chargeback.workflows.history import compared, with_balance
from chargeback.workflows.output import month_files, swap_in
from chargeback.workflows.results import recorded
from chargeback.workspace.inputs import reports_folder


@dataclass(frozen=True, slots=True)
class MonthlyRun:
    """Monthly run that is done.

    Attributes:
        month: as it was computed.
        folder: where its files are.
    """

    month: Month
    folder: Path


def monthly_run(books: Books, period: Period, *, documents: bool, progress: Progress | None = None) -> MonthlyRun:
    """Compute a month that is not issued and write its drafts, all or nothing. Raises Problems.

    ``documents``: whether PDF and Excel files are drawn.
    """
    month = books.month(period)
    files = month_files(month, input_hashes(books.inputs, books.store))
    if documents:
        files |= drafts(month, books, progress)
    with recorded(books.store.connection, month):
        folder = swap_in(books.inputs.root, str(period), files)
    return MonthlyRun(month, folder)


def drafts(month: Month, books: Books, progress: Progress | None = None) -> dict[str, bytes]:
    """The documents of a month, compared with the months before, with what is owed on its last day."""
    month = with_balance(month, books, month.period.end - timedelta(days=1))
    return document_files(month, compared(month, books), reports_folder(books.inputs), progress)
