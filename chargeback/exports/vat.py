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
from decimal import Decimal
from fractions import Fraction

from chargeback.model.documents import Document
from chargeback.model.money import euros_text, split, to_cents
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


Taxes = Mapping[Decimal, Tax]  # amounts by rate, in per cent


@dataclass(frozen=True, slots=True)
class TaxReduction:
    """Reduction of an invoice by a credit note.

    Attributes:
        on: date of the credit note.
        taxes: amounts taken off the invoice, above zero, by rate.
    """

    on: date
    taxes: Taxes

    @property
    def tax(self) -> Tax:
        """Amounts at all rates together."""
        return sum(self.taxes.values(), Tax())


@dataclass(frozen=True, slots=True)
class TaxedDocument:
    """Document with its history.

    Attributes:
        document: the document.
        taxes: amounts that it bills, by rate; of a credit note, those that it takes off no invoice.
        credits: reductions of it by credit notes.
        payments: payments of it; what will never be paid is none.
    """

    document: Document
    taxes: Taxes
    credits: tuple[TaxReduction, ...] = ()
    payments: tuple[Payment, ...] = ()

    @property
    def tax(self) -> Tax:
        """Amounts at all rates together."""
        return sum(self.taxes.values(), Tax())


@dataclass(frozen=True, slots=True)
class TaxDue:
    """Amounts of a document that fall due in a month at one rate.

    Attributes:
        document: the document.
        rate: VAT rate in per cent.
        tax: amounts.
    """

    document: Document
    rate: Decimal
    tax: Tax


def taxed_documents(documents: Iterable[Document], payments: Iterable[Payment]) -> list[TaxedDocument]:
    """Documents with their histories; a credit note that is taken off invoices in full is part of theirs."""
    credits: dict[str, list[TaxReduction]] = defaultdict(list)
    paid: dict[str, list[Payment]] = defaultdict(list)
    own: list[tuple[Document, dict[Decimal, Tax]]] = []
    for document in documents:
        rest = billed_taxes(document)
        for number, taxes in _reductions(document):
            assert document.issue_date is not None, "an issued document has a date"
            credits[number].append(TaxReduction(document.issue_date, taxes))
            rest = {rate: tax + taxes.get(rate, Tax()) for rate, tax in rest.items()}
        own.append((document, rest))
    for payment in payments:
        if payment.is_cash:
            paid[payment.invoice].append(payment)
    every = (TaxedDocument(d, rest, tuple(credits[d.number]), tuple(paid[d.number])) for d, rest in own)
    return [one for one in every if any(tax != Tax() for tax in one.taxes.values())]


def billed_taxes(document: Document) -> dict[Decimal, Tax]:
    """Amounts of a document by rate."""
    return {line.regime.rate: Tax(line.net, line.vat) for line in document.vat_lines}


def _reductions(document: Document) -> list[tuple[str, Taxes]]:
    """(invoice, amounts by rate) that a document takes off: all of a credit of lines, else the amounts that it
    names."""
    if any(line.reverses for line in document.lines):
        return [(document.preceding[0].number, {rate: Tax() - tax for rate, tax in billed_taxes(document).items()})]
    return [(p.number, {each.rate: Tax(each.net, each.vat) for each in p.credited}) for p in document.preceding]


def due_in(period: Period, every: Iterable[TaxedDocument]) -> list[TaxDue]:
    """Amounts that fall due in a month, by document and rate; those of zero are omitted."""
    last, before = period.end - timedelta(days=1), period.first - timedelta(days=1)
    found = []
    for one in every:
        now, then = due_until(one, last), due_until(one, before)
        found += [TaxDue(one.document, rate, tax - then[rate]) for rate, tax in sorted(now.items())]
    return [due for due in found if due.tax != Tax()]


def due_until(one: TaxedDocument, day: date) -> dict[Decimal, Tax]:
    """Amounts of a document by rate that are due up to a day, that day included."""
    billed = _billed(one, day)
    return billed if due_on(one.document) == "invoice" else _paid(one, billed, day)


def due_on(document: Document) -> str:
    """Tax point of a document: ``payment`` or ``invoice``; always ``invoice`` where no VAT is charged."""
    return "invoice" if document.regime.category in EXEMPT else document.regime.tax_point


def _billed(one: TaxedDocument, day: date) -> dict[Decimal, Tax]:
    """Amounts invoiced up to a day, less those credited."""
    if one.document.issue_date is None or one.document.issue_date > day:
        return dict.fromkeys(one.taxes, Tax())
    credited = [credit.taxes for credit in one.credits if credit.on <= day]
    return {rate: tax - sum((c.get(rate, Tax()) for c in credited), Tax()) for rate, tax in one.taxes.items()}


def _paid(one: TaxedDocument, billed: Taxes, day: date) -> dict[Decimal, Tax]:
    """Amounts paid of those billed up to a day: at most all of them, over the rates in proportion.

    VAT is in proportion at each rate, half a cent away from zero.
    """
    paid = sum(p.amount for p in one.payments if p.on <= day)
    low, high = sorted((0, sum(tax.gross for tax in billed.values())))
    settled = min(max(paid, low), high)
    if not settled:
        return dict.fromkeys(billed, Tax())
    parts = split(settled, {f"{rate:09.4f}": Fraction(tax.gross) for rate, tax in billed.items()})
    return {rate: _at(tax, parts[f"{rate:09.4f}"]) for rate, tax in billed.items()}


def _at(billed: Tax, settled: int) -> Tax:
    vat = to_cents(Fraction(billed.vat * settled, billed.gross * 100)) if settled else 0
    return Tax(settled - vat, vat)


def totals(period: Period, found: Iterable[TaxDue]) -> Iterator[Mapping[str, str]]:
    """Rows by regime and rate."""
    sums: dict[tuple[str, str, str, str], tuple[int, Tax]] = {}
    for due in found:
        key = _key(due)
        count, tax = sums.get(key, (0, Tax()))
        sums[key] = count + 1, tax + due.tax
    for key, (count, tax) in sorted(sums.items()):
        yield _head(period, key) | {"documents": str(count)} | _amounts(tax)


def detail(period: Period, found: Iterable[TaxDue]) -> Iterator[Mapping[str, str]]:
    """Rows by document."""
    for due in sorted(found, key=lambda d: (_key(d), d.document.number)):
        document = due.document
        own = {"document": document.number, "payer_id": document.payer.member_id}
        yield _head(period, _key(due)) | own | {"issue_date": str(document.issue_date)} | _amounts(due.tax)


def _key(due: TaxDue) -> tuple[str, str, str, str]:
    regime = due.document.regime
    rate = f"{due.rate:.2f}" if regime.category not in EXEMPT else ""
    return regime.name, regime.category, rate, due_on(due.document)


def _head(period: Period, key: tuple[str, str, str, str]) -> dict[str, str]:
    return {"period": str(period)} | dict(zip(("regime", "category", "rate", "due"), key, strict=True))


def _amounts(tax: Tax) -> dict[str, str]:
    return {"base": euros_text(tax.base), "vat": euros_text(tax.vat), "gross": euros_text(tax.gross)}
