"""Issued documents as finance takes them over: those of a period with its corrections, and every one there is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from chargeback.exports.issued_document import IssuedDocument, Reduction
from chargeback.ledger.book import entries_of_period, lines_after
from chargeback.ledger.entries import Entry, month_of, read_line
from chargeback.ledger.ledger_file import CORRECTIONS
from chargeback.ledger.remaining import reverses_lines
from chargeback.model.documents import Document
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.settings import Settings
from chargeback.store.sql import statement
from chargeback.workspace.paths import OUT

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def handed_of_period(con: DuckDBPyConnection, period: Period, settings: Settings) -> tuple[IssuedDocument, ...] | None:
    """The documents of a period and those that corrected them, oldest first; None when it is neither issued nor closed."""
    entries = entries_of_period(con, period)
    return tuple(_handed(con, entries, settings)) if entries else None


def _handed(con: DuckDBPyConnection, entries: Sequence[Entry], settings: Settings) -> Iterator[IssuedDocument]:
    """A credit of lines rests on the month of what it gives back."""
    taken = _taken(con, [d.number for e in entries for d in e.documents if d.preceding])
    rests_on: dict[str, Month] = {}
    for entry in entries:
        month = month_of(entry, settings)
        for document in entry.documents:
            own = rests_on[document.preceding[0].number] if reverses_lines(document) else month
            rests_on[document.number] = own
            path = _path(entry, document)
            sha256 = entry.files[path.partition("/")[2]]
            yield IssuedDocument(document, own, f"{OUT}/{path}", sha256, tuple(taken.get(document.number, ())))


def _taken(con: DuckDBPyConnection, numbers: Sequence[str]) -> dict[str, list[Reduction]]:
    """What credit notes take off invoices, by their numbers."""
    found: dict[str, list[Reduction]] = defaultdict(list)
    for number, original, on, net, vat, whole in con.execute(
        statement("ledger/reductions"), {"numbers": numbers}
    ).fetchall():
        found[number].append(Reduction(original, on, int(net), int(vat), whole))
    return found


def _path(entry: Entry, document: Document) -> str:
    """Where the PDF lies in out/."""
    file = f"{document.number}.pdf"
    return f"{entry.period}/invoices/{file}" if entry.kind == "issue" else f"{CORRECTIONS}/{file}"


def every_document(con: DuckDBPyConnection) -> Iterator[Document]:
    """Every issued document, oldest entry first."""
    for line in lines_after(con, 0):
        yield from read_line(line).documents
