"""Receivables: payments against the ledger, those that cannot be, and the documents that are not settled on a day."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from chargeback.ledger.book import rows_issued
from chargeback.ledger.entries import read_line
from chargeback.ledger.remaining import reverses_lines
from chargeback.model.documents import Document
from chargeback.model.money import euros
from chargeback.model.period import Period
from chargeback.model.problem import Problem
from chargeback.model.receivables import Balance, Payment, PaymentKind, Receivable
from chargeback.workspace.files.cells import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PaymentKey = tuple[str, date, int, PaymentKind]


@dataclass(frozen=True, slots=True)
class IssuedAmount:
    """Issued document with its total.

    Attributes:
        number: its number.
        payer_id: its payer.
        period: month that bills it.
        issue_date: its date.
        due_date: day by which it is to be paid.
        gross: cents, VAT included.
        reverses: number of the invoice whose lines a credit note reverses; ``""`` on others.
    """

    number: str
    payer_id: str
    period: Period
    issue_date: date
    due_date: date
    gross: int
    reverses: str = ""

    @classmethod
    def of(cls, document: Document) -> IssuedAmount:
        """A numbered document that reverses no lines."""
        assert document.issue_date is not None, "a numbered document has a date"
        assert document.due_date is not None, "a numbered document has a day by which it is to be paid"
        return cls(
            number=document.number,
            payer_id=document.payer.member_id,
            period=document.period,
            issue_date=document.issue_date,
            due_date=document.due_date,
            gross=document.gross,
        )


def issued(con: DuckDBPyConnection) -> tuple[IssuedAmount, ...]:
    """Issued documents, in the order of the ledger."""
    rows, correcting = rows_issued(con)
    given = {
        d.number: d.preceding[0].number
        for line in correcting
        for d in read_line(line.encode()).documents
        if reverses_lines(d)
    }
    return tuple(
        IssuedAmount(n, p, Period.parse(period), on, due, int(gross), given.get(n, ""))
        for n, p, period, on, due, gross in rows
    )


def payment_problems(payments: Sequence[Payment], documents: Iterable[IssuedAmount]) -> list[Problem]:
    """Problems of payments: of a number never issued, of a credit note on an invoice, before the document, or given
    twice."""
    known = {document.number: document for document in documents}
    seen: dict[PaymentKey, Payment] = {}
    return [problem for payment in payments for problem in _problems(payment, known, seen)]


def _problems(
    payment: Payment, known: Mapping[str, IssuedAmount], seen: dict[PaymentKey, Payment]
) -> Iterator[Problem]:
    document = known.get(payment.invoice)
    if document is None:
        near = _near(payment.invoice, known)
        hint = f"; did you mean {near}?" if near else ""
        message = (
            f"invoice {quoted(payment.invoice)} is the number of no issued document: correct it, or take the row "
            f"out{hint}"
        )
        yield Problem(payment.where, message, "unknown-invoice")
        return
    if document.reverses:
        message = (
            f"{payment.invoice} is a credit note on {document.reverses}: name that invoice, with what was paid back "
            "below zero"
        )
        yield Problem(payment.where, message, "payment-of-a-credit")
    if payment.on < document.issue_date:
        message = (
            f"date {payment.on} is before {payment.invoice} was issued, on {document.issue_date}: correct one of them"
        )
        yield Problem(payment.where, message, "payment-before-invoice")
    before = seen.setdefault((payment.invoice, payment.on, payment.amount, payment.kind), payment)
    if before is not payment:
        message = (
            f"{euros(payment.amount)} for {payment.invoice} on {payment.on} stands in {before.where} already: take "
            "one out; two "
            "equal payments of one day are one row with their sum"
        )
        yield Problem(payment.where, message, "payment-twice")


def _near(number: str, known: Iterable[str]) -> str:
    """Number that was probably meant: with other zeros before its last digits, else one written nearly so; ``""`` for
    none."""
    names = list(known)
    alike = [name for name in names if _without_zeros(name) == _without_zeros(number)]
    return next(iter(alike or difflib.get_close_matches(number, names, 1)), "")


def _without_zeros(number: str) -> tuple[str, str]:
    stem = number.rstrip("0123456789")
    return stem, number[len(stem) :].lstrip("0")


def balance(documents: Sequence[IssuedAmount], payments: Iterable[Payment], on: date) -> Balance:
    """Balance on a day: documents issued by then and not settled; a credit note on an invoice counts with the
    invoice."""
    there = [document for document in documents if document.issue_date <= on]
    credited: dict[str, int] = defaultdict(int)
    paid: dict[str, int] = defaultdict(int)
    given_up: dict[str, int] = defaultdict(int)
    for document in there:
        if document.reverses:
            credited[document.reverses] -= document.gross
    for payment in payments:
        if payment.on <= on:
            (paid if payment.is_cash else given_up)[payment.invoice] += payment.amount
    rows = [
        Receivable(
            number=d.number,
            payer_id=d.payer_id,
            period=d.period,
            issue_date=d.issue_date,
            due_date=d.due_date,
            gross=d.gross,
            credited=credited[d.number],
            paid=paid[d.number],
            given_up=given_up[d.number],
        )
        for d in there
        if not d.reverses
    ]
    ordered = sorted(rows, key=lambda r: (r.payer_id, r.issue_date, r.number))
    return Balance(on, tuple(row for row in ordered if row.open))
