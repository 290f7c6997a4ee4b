"""Issued months: a period as billed after its corrections, as last computed, and one document with its month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chargeback.ledger.book import entries_of_period, entry_at, entry_of_number
from chargeback.ledger.credit_notes import still_due
from chargeback.ledger.entries import SUPPLEMENTARY, Entry, month_of, waived_of, withheld_of
from chargeback.ledger.numbering import in_advance
from chargeback.ledger.remaining import reverses_lines
from chargeback.ledger.rule_terms import rules_of
from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.settings import Settings
from chargeback.store.sql import statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class IssuedDocumentMonth:
    """Issued document with its entry and its month.

    Attributes:
        document: the document.
        entry: entry that issued it.
        month: month that it is based on, with this document alone.
    """

    document: Document
    entry: Entry
    month: Month


def after_corrections(con: DuckDBPyConnection, period: Period, settings: Settings) -> Month | None:
    """Month as it was issued (or closed without documents), after its corrections; None when it was neither.

    Its documents are those that are still due: one credited in full is left out with its credits. Withheld ones are
    apart.
    """
    entries = entries_of_period(con, period)
    if len(entries) < 2:
        return month_of(entries[0], settings) if entries else None
    return _with_documents(entries, still_due([d for e in entries for d in e.documents]), settings)


def as_issued(con: DuckDBPyConnection, settings: Settings, period: Period) -> Month | None:
    """Month as it was issued, whatever came after; None when it was not."""
    entries = entries_of_period(con, period)
    if not entries:
        return None
    month, rest = month_of(entries[0], settings), _completing(entries)
    return month if rest is None else _with_splits(month, month_of(rest, settings))


def _completing(entries: Sequence[Entry]) -> Entry | None:
    """Entry of what a month issued in advance left to its end; None for a month that was issued at its end, or that is
    not completed yet."""
    first, *later = entries
    if first.kind != "issue" or not in_advance(first.period, first.entry_date):
        return None
    return next((e for e in later if e.kind in SUPPLEMENTARY and not in_advance(e.period, e.entry_date)), None)


def _with_splits(month: Month, rest: Month) -> Month:
    """A month issued in advance with the pools at its end, and how those that were not called were shared."""
    shared = {split.rule for split in rest.splits}
    splits = (*(split for split in month.splits if split.rule not in shared), *rest.splits)
    return replace(
        month,
        pools=rest.pools,
        flows=rest.flows,
        splits=tuple(sorted(splits, key=lambda split: (split.rule, split.version))),
        rules={**month.rules, **rest.rules},
        members={**month.members, **rest.members},
    )


def _with_documents(entries: Sequence[Entry], documents: tuple[Document, ...], settings: Settings) -> Month:
    """A period with those of its documents, the ones that it carried, those withheld to this day and those waived."""
    first, *later = entries
    month, withheld, waived = month_of(first, settings), withheld_of(entries), waived_of(entries)
    rest = _completing(entries)
    month = month if rest is None else _with_splits(month, month_of(rest, settings))
    carried = tuple(d for e in entries for d in e.carried_forward)
    drawn = (*documents, *withheld, *waived, *carried)
    charges = [c for d in drawn for line in d.lines if line.carried_from is None for c in line.charges]
    charges += [c for e in entries for c in e.charges_without_document]
    return replace(
        month,
        documents=documents,
        withheld=withheld,
        waived=waived,
        carried_forward=carried,
        charges=tuple(sorted(charges, key=lambda c: c.order)),
        members={**month.members, **{m: member for e in later for m, member in e.members.items()}},
        rules=rules_of(terms for e in entries for terms in e.rules),
    )


def last_computed(con: DuckDBPyConnection, period: Period, settings: Settings) -> Month | None:
    """Month as its documents were last drawn up from the data: without credits, and without documents that ``correct``
    replaced.

    It is what the inputs must give again, while ``after_corrections`` is what the members still owe or owed.
    """
    entries = entries_of_period(con, period)
    if not entries:
        return None
    replaced = {p.number for e in entries if e.kind == "correct" for d in e.documents for p in d.preceding}
    drawn = tuple(d for e in entries for d in e.documents if not reverses_lines(d) and d.number not in replaced)
    return _with_documents(entries, drawn, settings)


def document_month(con: DuckDBPyConnection, number: str, settings: Settings) -> IssuedDocumentMonth | None:
    """Issued document by its number; None when no document has it."""
    entry = entry_of_number(con, number)
    if entry is None:
        return None
    document = next(d for d in entry.documents if d.number == number)
    return IssuedDocumentMonth(document, entry, _month_behind(con, document, entry, settings))


def _month_behind(con: DuckDBPyConnection, document: Document, entry: Entry, settings: Settings) -> Month:
    """Month that a document is based on; of a credit, that of the document that it reverses."""
    if reverses_lines(document):
        original = document_month(con, document.preceding[0].number, settings)
        assert original is not None, "a credit reverses an issued document"
        return alone(document, original.month)
    month = month_of(entry, settings)
    return replace(month, documents=(document,), withheld=()) if entry.kind == "issue" else alone(document, month)


def alone(document: Document, month: Month) -> Month:
    """Month with one document and its charges alone."""
    return replace(
        month, documents=(document,), withheld=(), charges=tuple(sorted(_charges(document), key=lambda c: c.order))
    )


def issued_of_period(con: DuckDBPyConnection, period: Period) -> tuple[Document, ...]:
    """Documents of a period, those issued later and corrections included, oldest first."""
    return tuple(d for e in entries_of_period(con, period) for d in e.documents)


def documents_naming(con: DuckDBPyConnection, invoice: Document) -> tuple[Document, ...]:
    """Documents of the month of an invoice, and those of other months that take an amount off it, oldest first."""
    entries = {e.sequence: e for e in entries_of_period(con, invoice.period)}
    for (sequence,) in con.execute(statement("ledger/entries_reducing"), {"number": invoice.number}).fetchall():
        entry = entry_at(con, sequence)
        assert entry is not None, "a row of the ledger has its entry"
        entries[sequence] = entry
    return tuple(d for _, entry in sorted(entries.items()) for d in entry.documents)


def _charges(document: Document) -> list[Charge]:
    return [c for line in document.lines for c in line.charges]
