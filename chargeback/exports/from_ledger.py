"""Issued documents read from the ledger, for the exports: those of a period with its corrections, or all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from chargeback.exports.issued_document import IssuedDocument, Reduction
from chargeback.ledger.book import entries_of_period, lines_after, periods_issued
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

GOODWILL = "goodwill"  # kind of an entry whose credit is a gift by an act


def issued_of_period(con: DuckDBPyConnection, period: Period, settings: Settings) -> tuple[IssuedDocument, ...] | None:
    """Documents of a period and those that correct them, oldest first; None where it is neither issued nor closed."""
    entries = entries_of_period(con, period)
    return tuple(_issued(con, entries, settings)) if entries else None


def every_issued(con: DuckDBPyConnection, settings: Settings) -> tuple[IssuedDocument, ...]:
    """Documents of all periods, in the order of the ledger."""
    found = (one for period in periods_issued(con) for one in issued_of_period(con, period, settings) or ())
    return tuple(sorted(found, key=lambda one: one.entry))


def _issued(con: DuckDBPyConnection, entries: Sequence[Entry], settings: Settings) -> Iterator[IssuedDocument]:
    """Documents of entries, each with the month of its lines: of a credit of lines, that of the invoice credited."""
    reductions = _reductions(con, [d.number for e in entries for d in e.documents if d.preceding])
    months: dict[str, Month] = {}
    for entry in entries:
        month = month_of(entry, settings)
        for document in entry.documents:
            own = months[document.preceding[0].number] if reverses_lines(document) else month
            months[document.number] = own
            path = _path(entry, document)
            sha256 = entry.files[path.partition("/")[2]]
            yield IssuedDocument(
                document=document,
                month=own,
                path=f"{OUT}/{path}",
                sha256=sha256,
                reductions=tuple(reductions.get(document.number, ())),
                entry=entry.sequence,
                goodwill=entry.kind == GOODWILL,
            )


def _reductions(con: DuckDBPyConnection, numbers: Sequence[str]) -> dict[str, list[Reduction]]:
    """Reductions of invoices by credit notes, by the number of the credit note."""
    found: dict[str, list[Reduction]] = defaultdict(list)
    for number, original, on, net, vat, in_full in con.execute(
        statement("ledger/reductions"), {"numbers": numbers}
    ).fetchall():
        found[number].append(Reduction(original, on, int(net), int(vat), in_full))
    return found


def _path(entry: Entry, document: Document) -> str:
    """Path of the PDF of a document, below out/."""
    file = f"{document.number}.pdf"
    return f"{entry.period}/invoices/{file}" if entry.kind == "issue" else f"{CORRECTIONS}/{file}"


def every_document(con: DuckDBPyConnection) -> Iterator[Document]:
    """All issued documents, oldest entry first."""
    for line in lines_after(con, 0):
        yield from read_line(line).documents
