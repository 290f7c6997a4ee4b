"""Postings of the ledger: for every charge of its entries the month it is for, and what became of it. Pure.

This is the one place that walks the entries of a period. What was billed for a month, where the charges of a year are,
what its documents do not bill, the tables of the store: all are folds over these postings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chargeback.ledger.entries import CORRECTING, Entry, withheld_of
from chargeback.model.documents import Document, Line
from chargeback.model.postings import Posting, PostingStatus, undocumented


def postings_of_period(entries: Sequence[Entry]) -> Iterator[Posting]:
    """Postings of the entries of one period, oldest first, then of the documents that are withheld to this day."""
    issued = {d.number: d for e in entries for d in e.documents}
    for entry in entries:
        yield from postings_of_entry(entry, issued)
    yield from postings_of_documents(withheld_of(entries), "withheld")


def postings_of_entry(entry: Entry, issued: Mapping[str, Document] | None = None) -> Iterator[Posting]:
    """Postings of one entry, without the documents that it withholds.

    ``issued``: documents of the period by number; without them a line that reverses another is posted as its own kind.
    """
    correcting, goodwill = entry.kind in CORRECTING, entry.kind == "goodwill"
    for document in entry.documents:
        drawn = _Drawn(document, "issued", correcting, goodwill, entry.act)
        for line in document.lines:
            yield from _of_line(drawn, line, issued or {})
    for document in entry.carried_forward:
        for line in document.lines:
            yield from _of_line(_Drawn(document, "carried_forward", correcting), line, {})
    yield from postings_of_documents(entry.waived, "waived", entry.act)
    for charge in entry.charges_without_document:
        yield undocumented(charge, entry.period, "without_document")


def postings_of_documents(documents: Iterable[Document], status: PostingStatus, act: str = "") -> Iterator[Posting]:
    """Postings of documents that correct no other one."""
    for document in documents:
        for line in document.lines:
            yield from _of_line(_Drawn(document, status, act=act), line, {})


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Document whose lines are posted, with what became of it."""

    document: Document
    status: PostingStatus
    correcting: bool = False
    goodwill: bool = False
    act: str = ""


def _of_line(drawn: _Drawn, line: Line, issued: Mapping[str, Document]) -> Iterator[Posting]:
    """Postings of a line. An amount brought forward was posted by the month that carried it; a correction reverses it
    and bills it again."""
    document = drawn.document
    original = issued.get(document.preceding[0].number) if line.reverses else None
    reversed_charges = original.lines[line.reverses - 1].charges if original is not None else line.charges
    for charge, own in zip(line.charges, reversed_charges, strict=True):
        yield Posting(
            charge=charge,
            month=own.adjusts or line.carried_from or document.period,
            status=drawn.status,
            kind=own.kind,
            settles=own.settles,
            service=line.service,
            number=document.number,
            carried_from=line.carried_from,
            posted_before=line.carried_from is not None and not drawn.correcting,
            goodwill=drawn.goodwill,
            rate=line.rate,
            reverses=document.preceding[0].number if line.reverses else "",
            document=document,
            act=drawn.act,
        )
