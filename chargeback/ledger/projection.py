"""Projection of an entry: the rows of the store's tables that are made from it, and nothing else. Pure; cents.

``TABLES`` has the columns of each table, in their order; ``rows_of`` gives the rows of an entry by table.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any, Literal

from chargeback.ledger.entries import WAIVING, Entry
from chargeback.ledger.postings import postings_of_documents, postings_of_entry
from chargeback.ledger.remaining import reverses_lines
from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.postings import PostingStatus

StoreRow = tuple[Any, ...]
ReferenceKind = Literal["lines", "amount", "replaces"]
TABLES: dict[str, tuple[str, ...]] = {
    "documents": (
        *("number", "entry", "kind", "series", "year", "sequence", "period", "payer_id", "regime"),
        *("issue_date", "due_date", "net", "vat", "gross"),
    ),
    "charges": (
        *("entry", "number", "line", "period", "member_id", "rule", "version", "kind", "tier", "resource_id"),
        *("quantity", "unit_price", "factor", "amount", "vat"),
    ),
    "rules": ("entry", "period", "rule", "version", "valid_to", "sha256", "path", "line", "content"),
    "withheld": ("entry", "period", "kind", "payer_id", "regime", "net", "vat", "gross"),
    "amounts": (
        *("entry", "number", "status", "for_month", "carried_from", "member_id", "rule", "version", "vat"),
        *("rate", "original", "amount"),
    ),
    "rates": ("entry", "number", "rate", "net", "vat"),
    "preceding": ("entry", "number", "place", "original", "how", "rate", "net", "vat"),
    "carried_forward": ("entry", "period", "kind", "payer_id", "regime", "net", "vat", "gross", "carry_reason"),
    "brought_forward": ("entry", "number", "period", "payer_id", "regime"),
    "fingerprints": ("entry", "month", "fingerprint"),
}


def rows_of(entry: Entry) -> dict[str, list[StoreRow]]:
    """Rows of an entry by table."""
    return {
        "documents": list(_documents(entry)),
        "charges": list(_charges(entry)),
        "rules": list(_rules(entry)),
        "withheld": [(entry.sequence, *_unnumbered(d)) for d in entry.withheld],
        "amounts": list(_amounts(entry)),
        "rates": [
            (entry.sequence, d.number, v.regime.rate, v.net, v.vat) for d in entry.documents for v in d.vat_lines
        ],
        "preceding": [row for d in entry.documents for row in _preceding(entry, d)],
        "carried_forward": [(entry.sequence, *_unnumbered(d), d.carry_reason) for d in entry.carried_forward],
        "brought_forward": [row for d in _bringing(entry) for row in _brought_forward(entry, d)],
        "fingerprints": [(entry.sequence, month, text) for month, text in sorted(entry.fingerprints.items())],
    }


AmountKey = tuple[str, PostingStatus, str, str, str, str, date, str, Decimal, str]


def _amounts(entry: Entry) -> Iterator[StoreRow]:
    """Amounts billed, carried or never billed, by document and month; of withheld documents those of other
    months only."""
    found: dict[AmountKey, int] = defaultdict(int)
    for posting in chain(postings_of_entry(entry), postings_of_documents(entry.withheld, "withheld")):
        own = posting.month == entry.period or posting.carried_from is not None
        if posting.status != "withheld" or not own:
            charge, carried_from = posting.charge, str(posting.carried_from or "")
            taken_off = posting.reverses or (charge.original_invoice if posting.amount < 0 else "")
            who = (charge.member_id, charge.rule, charge.version, charge.vat, posting.rate, taken_off)
            found[posting.number, posting.status, str(posting.month), carried_from, *who] += posting.amount
    for key in sorted(found):
        yield (entry.sequence, *key, found[key])


def _preceding(entry: Entry, document: Document) -> Iterator[StoreRow]:
    """Invoices that a document names: it reverses their lines, takes an amount off them, or replaces them."""
    for place, named in enumerate(document.preceding, start=1):
        how: ReferenceKind = "amount"
        amounts = [(each.rate, each.net, each.vat) for each in named.credited]
        if reverses_lines(document):
            how, amounts = "lines", [(v.regime.rate, -v.net, -v.vat) for v in document.vat_lines]
        elif not amounts:
            how, amounts = ("replaces" if entry.kind == "correct" else how), [(document.regime.rate, 0, 0)]
        yield from ((entry.sequence, document.number, place, named.number, how, *each) for each in amounts)


def _bringing(entry: Entry) -> tuple[Document, ...]:
    """Documents of an entry that end carried amounts; those that a waiving leaves withheld are of the entry before."""
    return entry.waived if entry.kind in WAIVING else (*entry.documents, *entry.withheld)


def _brought_forward(entry: Entry, document: Document) -> Iterator[StoreRow]:
    """Carried amounts that a document bills, would bill while it is withheld, or gives up (it has no number then)."""
    for carried in document.brought_forward:
        yield entry.sequence, document.number, str(carried.period), carried.payer_id, document.regime.name


def _unnumbered(d: Document) -> StoreRow:
    """A document without number: period, kind, payer, regime and totals."""
    return str(d.period), d.kind, d.payer.member_id, d.regime.name, d.net, d.vat, d.gross


def _documents(entry: Entry) -> Iterator[StoreRow]:
    """Documents issued."""
    numbers = {n.number: n for n in entry.numbers}
    for d in entry.documents:
        at = numbers[d.number]
        head = (d.number, entry.sequence, d.kind, at.series, at.year, at.sequence, str(d.period))
        yield (*head, d.payer.member_id, d.regime.name, d.issue_date, d.due_date, d.net, d.vat, d.gross)


def _charges(entry: Entry) -> Iterator[StoreRow]:
    """Charges billed or that no document bills; those of a withheld document are of the entry that issues it."""
    for document in entry.documents:
        for number, line in enumerate(document.lines, start=1):
            yield from (_charge(entry, document.number, number, charge) for charge in line.charges)
    yield from (_charge(entry, "", 0, charge) for charge in entry.charges_without_document)


def _charge(entry: Entry, document: str, line: int, c: Charge) -> StoreRow:
    head = (entry.sequence, document, line, str(entry.period), c.member_id, c.rule, c.version, c.kind, c.tier)
    quantity = None if c.quantity is None else str(c.quantity)
    price = None if c.unit_price is None else str(c.unit_price)
    return (*head, c.resource_id, quantity, price, str(c.factor), c.amount, c.vat)


def _rules(entry: Entry) -> Iterator[StoreRow]:
    """Terms of the rule versions."""
    for t in entry.rules:
        head = (entry.sequence, str(entry.period), t.rule, t.version, t.valid_to, t.sha256, t.where.path, t.where.line)
        yield (*head, json.dumps(t.content, ensure_ascii=False))
