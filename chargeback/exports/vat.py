"""VAT due in a month, by regime and rate, on invoices or on payments, by the tax point of the regime. Pure; cents.

The VAT of a document that is due up to a day is a function of that day; the VAT due in a month is the difference
between its last day and that of the month before. So the months of a document add up to its VAT to the cent, however
often it is paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from chargeback.model.documents import Document
from chargeback.model.money import euros_text, to_cents
from chargeback.model.period import Period
from chargeback.model.receivables import Payment

TOTALS = ("period", "regime", "category", "rate", "due", "documents", "base", "vat", "gross")
DETAIL = ("period", "regime", "category", "rate", "due", "document", "payer_id", "issue_date", "base", "vat", "gross")
EXEMPT = ("E", "O")


@dataclass(frozen=True, slots=True)
class Tax:
    """Taxable amount and its VAT, in cents.

    Attributes:
        base: net amount.
        vat: VAT of it.
    """

    base: int = 0
    vat: int = 0

    @property
    def gross(self) -> int:
        return self.base + self.vat

    def __add__(self, other: Tax) -> Tax:
        return Tax(self.base + other.base, self.vat + other.vat)

    def __sub__(self, other: Tax) -> Tax:
        return Tax(self.base - other.base, self.vat - other.vat)


@dataclass(frozen=True, slots=True)
class TaxReduction:
    """Reduction of an invoice by a credit note.

    Attributes:
        on: date of the credit note.
        tax: amounts taken off the invoice, above zero.
    """

    on: date
    tax: Tax


@dataclass(frozen=True, slots=True)
class TaxedDocument:
    """Document with its history.

    Attributes:
        document: the document.
        tax: amounts that it bills; of a credit note, those that it takes off no invoice.
        credits: reductions of it by credit notes.
        payments: payments of it; what will never be paid is none.
    """

    document: Document
    tax: Tax
    credits: tuple[TaxReduction, ...] = ()
    payments: tuple[Payment, ...] = ()


@dataclass(frozen=True, slots=True)
class TaxDue:
    """Amounts of a document that fall due in a month.

    Attributes:
        document: the document.
        tax: amounts.
    """

    document: Document
    tax: Tax


def taxed_documents(documents: Iterable[Document], payments: Iterable[Payment]) -> list[TaxedDocument]:
    """Documents with their histories; a credit note that is taken off invoices in full is part of theirs."""
    credits: dict[str, list[TaxReduction]] = defaultdict(list)
    paid: dict[str, list[Payment]] = defaultdict(list)
    own: list[tuple[Document, Tax]] = []
    for document in documents:
        rest = Tax(document.net, document.vat)
        for number, tax in _reductions(document):
            assert document.issue_date is not None, "an issued document has a date"
            credits[number].append(TaxReduction(document.issue_date, tax))
            rest += tax
        own.append((document, rest))
    for payment in payments:
        if payment.is_cash:
            paid[payment.invoice].append(payment)
    every = (TaxedDocument(d, rest, tuple(credits[d.number]), tuple(paid[d.number])) for d, rest in own)
    return [one for one in every if one.tax != Tax()]


def _reductions(document: Document) -> list[tuple[str, Tax]]:
    """(invoice, amounts) that a document takes off: all of a credit of lines, else the amounts that it names."""
    if any(line.reverses for line in document.lines):
        return [(document.preceding[0].number, Tax(-document.net, -document.vat))]
    return [(p.number, Tax(p.credited_net, p.credited_vat)) for p in document.preceding]


def due_in(period: Period, every: Iterable[TaxedDocument]) -> list[TaxDue]:
    """Amounts that fall due in a month, by document; documents without any are omitted."""
    last, before = period.end - timedelta(days=1), period.first - timedelta(days=1)
    found = [TaxDue(one.document, due_until(one, last) - due_until(one, before)) for one in every]
    return [due for due in found if due.tax != Tax()]


def due_until(one: TaxedDocument, day: date) -> Tax:
    """Amounts of a document that are due up to a day, that day included."""
    billed = _billed(one, day)
    return billed if due_on(one.document) == "invoice" else _paid(one, billed, day)


def due_on(document: Document) -> str:
    """Tax point of a document: ``payment`` or ``invoice``; always ``invoice`` where no VAT is charged."""
    return "invoice" if document.regime.category in EXEMPT else document.regime.tax_point


def _billed(one: TaxedDocument, day: date) -> Tax:
    """Amounts invoiced up to a day, less those credited."""
    if one.document.issue_date is None or one.document.issue_date > day:
        return Tax()
    credited = [credit.tax for credit in one.credits if credit.on <= day]
    return one.tax - sum(credited, Tax())


def _paid(one: TaxedDocument, billed: Tax, day: date) -> Tax:
    """Amounts paid of those billed up to a day: at most all of them, VAT in proportion, half a cent away from zero."""
    paid = sum(p.amount for p in one.payments if p.on <= day)
    low, high = sorted((0, billed.gross))
    settled = min(max(paid, low), high)
    if not settled:
        return Tax()
    vat = to_cents(Fraction(billed.vat * settled, billed.gross * 100))
    return Tax(settled - vat, vat)


def totals(period: Period, found: Iterable[TaxDue]) -> Iterator[Mapping[str, str]]:
    """Rows by regime and rate."""
    sums: dict[tuple[str, str, str, str], tuple[int, Tax]] = {}
    for due in found:
        key = _key(due.document)
        count, tax = sums.get(key, (0, Tax()))
        sums[key] = count + 1, tax + due.tax
    for key, (count, tax) in sorted(sums.items()):
        yield _head(period, key) | {"documents": str(count)} | _amounts(tax)


def detail(period: Period, found: Iterable[TaxDue]) -> Iterator[Mapping[str, str]]:
    """Rows by document."""
    for due in sorted(found, key=lambda d: (_key(d.document), d.document.number)):
        document = due.document
        own = {"document": document.number, "payer_id": document.payer.member_id}
        yield _head(period, _key(document)) | own | {"issue_date": str(document.issue_date)} | _amounts(due.tax)


def _key(document: Document) -> tuple[str, str, str, str]:
    regime = document.regime
    rate = f"{regime.rate:.2f}" if regime.category not in EXEMPT else ""
    return regime.name, regime.category, rate, due_on(document)


def _head(period: Period, key: tuple[str, str, str, str]) -> dict[str, str]:
    return {"period": str(period)} | dict(zip(("regime", "category", "rate", "due"), key, strict=True))


def _amounts(tax: Tax) -> dict[str, str]:
    return {"base": euros_text(tax.base), "vat": euros_text(tax.vat), "gross": euros_text(tax.gross)}
