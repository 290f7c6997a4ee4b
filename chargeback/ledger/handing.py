"""Issued documents as finance takes them over: those of a period with its corrections, and every one there is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from chargeback.exports.handed import Handed
from chargeback.ledger.book import entry_of_period, later_entries, lines_after, standing
from chargeback.ledger.corrections import gives_back
from chargeback.ledger.entries import FURTHER, Entry, month_of, read_line
from chargeback.ledger.ledger_file import CORRECTIONS
from chargeback.model import Settings
from chargeback.output import OUT
from chargeback.period import Period
from chargeback.result import Document, Month

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def handed_of_period(con: DuckDBPyConnection, period: Period, settings: Settings) -> tuple[Handed, ...] | None:
    """The documents of a period and those that corrected them, oldest first; None when it is neither issued nor closed."""
    entry = entry_of_period(con, period)
    if entry is None:
        return None
    return tuple(_handed([entry, *later_entries(con, period)], settings))


def handed_of_issue(con: DuckDBPyConnection, period: Period, settings: Settings) -> tuple[Handed, ...] | None:
    """The documents of a period without its corrections, at last those set aside that may still be issued, without file.

    None when it is neither issued nor closed.
    """
    entry = entry_of_period(con, period)
    if entry is None:
        return None
    own = [entry, *(e for e in later_entries(con, period) if e.kind == FURTHER)]
    waiting = own[-1].aside if standing(con, period).waiting else ()
    month = month_of(own[-1], settings)
    return (*_handed(own, settings), *(Handed(document, month, "", "") for document in waiting))


def _handed(entries: Iterable[Entry], settings: Settings) -> Iterator[Handed]:
    """A credit rests on the month of what it gives back."""
    rests_on: dict[str, tuple[Document, Month]] = {}
    for entry in entries:
        month = month_of(entry, settings)
        for document in entry.documents:
            original, own = rests_on[document.preceding[0].number] if gives_back(document) else (None, month)
            rests_on[document.number] = document, own
            path = _path(entry, document)
            yield Handed(document, own, f"{OUT}/{path}", entry.files[path.partition("/")[2]], original)


def _path(entry: Entry, document: Document) -> str:
    """Where the PDF lies in out/."""
    file = f"{document.number}.pdf"
    return f"{entry.period}/invoices/{file}" if entry.kind == "issue" else f"{CORRECTIONS}/{file}"


def every_document(con: DuckDBPyConnection) -> Iterator[Document]:
    """Every issued document, oldest entry first."""
    for line in lines_after(con, 0):
        yield from read_line(line).documents
