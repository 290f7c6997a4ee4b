"""What an entry says beyond its month, as rows of the store: months charged for, documents named, amounts carried and billed later. Pure."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, Literal

from chargeback.ledger.credit_notes import gives_back
from chargeback.ledger.entries import Entry
from chargeback.model.charges import Charge
from chargeback.model.documents import Document

StoreRow = tuple[Any, ...]
AmountStatus = Literal["issued", "carried_forward", "withheld", "without_document"]
PROJECTED = {
    "amounts": (
        "entry",
        "number",
        "status",
        "for_month",
        "carried_from",
        "member_id",
        "rule",
        "version",
        "vat",
        "amount",
    ),
    "preceding": ("entry", "number", "place", "original", "how", "net", "vat"),
    "carried_forward": ("entry", "period", "kind", "payer_id", "regime", "net", "vat", "gross", "carry_reason"),
    "brought_forward": ("entry", "number", "period", "payer_id", "regime"),
    "fingerprints": ("entry", "month", "fingerprint"),
}
LINES, AMOUNT, REPLACES = "lines", "amount", "replaces"


def projected(entry: Entry) -> dict[str, list[StoreRow]]:
    """Rows by table, in the order of its columns (``PROJECTED``); amounts in cents."""
    return {
        "amounts": list(_amounts(entry)),
        "preceding": [row for d in entry.documents for row in _preceding(entry, d)],
        "carried_forward": [_carried(entry, d) for d in entry.carried_forward],
        "brought_forward": [row for d in (*entry.documents, *entry.withheld) for row in _brought(entry, d)],
        "fingerprints": [(entry.sequence, month, text) for month, text in sorted(entry.fingerprints.items())],
    }


AmountKey = tuple[str, str, str, str, str, str, date, str]


def _amounts(entry: Entry) -> Iterator[StoreRow]:
    """What is billed, carried or never billed; of what is set aside, only what is for another month."""
    found: dict[AmountKey, int] = defaultdict(int)
    for number, status, since, charge in _charged(entry):
        month = str(charge.adjusts or since or entry.period)
        if status != "withheld" or (month != str(entry.period) and not since):
            found[number, status, month, since, charge.member_id, charge.rule, charge.version, charge.vat] += (
                charge.amount
            )
    for key in sorted(found):
        yield (entry.sequence, *key, found[key])


def _charged(entry: Entry) -> Iterator[tuple[str, AmountStatus, str, Charge]]:
    """(number, status, month that carried it or '', charge) of every charge of an entry."""
    drawn: tuple[tuple[AmountStatus, tuple[Document, ...]], ...] = (
        ("issued", entry.documents),
        ("carried_forward", entry.carried_forward),
        ("withheld", entry.withheld),
    )
    for status, documents in drawn:
        for document in documents:
            for line in document.lines:
                for charge in line.charges:
                    yield document.number, status, "" if line.carried_from is None else str(line.carried_from), charge
    for charge in entry.charges_without_document:
        yield "", "without_document", "", charge


def _preceding(entry: Entry, document: Document) -> Iterator[StoreRow]:
    """What a document names: an invoice whose lines it gives back, that it takes an amount off, or in the place of which it is."""
    for place, named in enumerate(document.preceding, start=1):
        how, net, vat = AMOUNT, named.net, named.vat
        if gives_back(document):
            how, net, vat = LINES, -document.net, -document.vat
        elif entry.kind == "correct":
            how = REPLACES
        yield (entry.sequence, document.number, place, named.number, how, net, vat)


def _brought(entry: Entry, document: Document) -> Iterator[StoreRow]:
    """The carried amounts that a document bills, or will when it is issued after it was set aside (it has no number yet)."""
    for carried in document.brought_forward:
        yield entry.sequence, document.number, str(carried.period), carried.payer_id, document.regime.name


def _carried(entry: Entry, d: Document) -> StoreRow:
    head = (entry.sequence, str(entry.period), d.kind, d.payer.member_id, d.regime.name)
    return (*head, d.net, d.vat, d.gross, d.carry_reason)


DOCUMENT = (
    *("number", "entry", "kind", "series", "year", "sequence", "period", "payer_id", "regime"),
    *("issue_date", "due_date", "net", "vat", "gross"),
)


CHARGE = (
    *("entry", "number", "line", "period", "member_id", "rule", "version", "kind", "tier", "resource_id"),
    *("quantity", "unit_price", "factor", "amount", "vat"),
)


WITHHELD = ("entry", "period", "kind", "payer_id", "regime", "net", "vat", "gross")


RULE = ("entry", "period", "rule", "version", "valid_to", "sha256", "path", "line", "content")


def document_rows(entry: Entry) -> list[StoreRow]:
    at = {n.number: n for n in entry.numbers}
    return [_document(entry, d, at[d.number].series, at[d.number].year, at[d.number].sequence) for d in entry.documents]


def _document(entry: Entry, d: Document, series: str, year: int, sequence: int) -> StoreRow:
    head = (d.number, entry.sequence, d.kind, series, year, sequence, str(d.period), d.payer.member_id, d.regime.name)
    return (*head, d.issue_date, d.due_date, d.net, d.vat, d.gross)


def withheld_rows(entry: Entry) -> list[StoreRow]:
    return [
        (entry.sequence, str(entry.period), d.kind, d.payer.member_id, d.regime.name, d.net, d.vat, d.gross)
        for d in entry.withheld
    ]


def charge_rows(entry: Entry) -> list[StoreRow]:
    """What was billed and what never will be; the charges of a document set aside come with the entry that issues it."""
    rows = [
        _charge(entry, document.number, number, charge)
        for document in entry.documents
        for number, line in enumerate(document.lines, start=1)
        for charge in line.charges
    ]
    return rows + [_charge(entry, "", 0, charge) for charge in entry.charges_without_document]


def _charge(entry: Entry, document: str, line: int, c: Charge) -> StoreRow:
    head = (entry.sequence, document, line, str(entry.period), c.member_id, c.rule, c.version, c.kind, c.tier)
    quantity = None if c.quantity is None else str(c.quantity)
    price = None if c.unit_price is None else str(c.unit_price)
    return (*head, c.resource_id, quantity, price, str(c.factor), c.amount, c.vat)


def rule_rows(entry: Entry) -> list[StoreRow]:
    return [
        (
            *(entry.sequence, str(entry.period), t.rule, t.version, t.valid_to, t.sha256, t.where.path, t.where.line),
            json.dumps(t.content, ensure_ascii=False),
        )
        for t in entry.rules
    ]
