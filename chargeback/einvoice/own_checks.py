"""Own checks of an electronic invoice, beyond the official rules: products, VAT, check digits, terms, references.

Each check is pure: the invoice as read → findings. The names of these rules begin with CB.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction

from chargeback.einvoice.finding import FATAL, Finding
from chargeback.einvoice.reader import (
    AGREEMENT,
    PAYABLE,
    SETTLEMENT,
    SUPPLY,
    TERMS,
    TOTALS,
    ReadInvoice,
    ReadParty,
    decimal,
)
from chargeback.model.documents import Document
from chargeback.model.money import euros, to_cents
from chargeback.workspace.settings import identifiers

LONGEST_SERVICE_CODE, LONGEST_ENGAGEMENT = 100, 50
REFERENCE = re.compile(r"\S+( \S+)*")


def own_findings(invoice: ReadInvoice) -> Iterator[Finding]:
    """Findings on an invoice by itself."""
    for check in (_lines, _vat, _seller, _buyer, _iban, _supply, _terms, _routing):
        yield from check(invoice)


def _lines(invoice: ReadInvoice) -> Iterator[Finding]:
    """CB-LINE: quantity × price ÷ base, rounded, is the net amount of each line (BT-131)."""
    for line in invoice.lines:
        quantity, price, base, net = map(decimal, (line.quantity, line.price, line.base or "1", line.net))
        if quantity is None or price is None or not base or net is None:
            yield _fatal("CB-LINE", line.path, "a figure of the line cannot be read")
        elif euros(to_cents(Fraction(quantity) * Fraction(price) / Fraction(base))) != net:
            product = f"{line.quantity} × {line.price}{f' ÷ {line.base}' if line.base else ''}"
            yield _fatal("CB-LINE", line.path, f"{product} is not {line.net}")


def _vat(invoice: ReadInvoice) -> Iterator[Finding]:
    """CB-VAT: the VAT of each category (BT-117) is its basis × rate, half away from zero, to the cent.

    The VAT of one of several credits of an invoice is that of all of them less that of the earlier ones: it may differ
    by a cent.
    """
    tolerance = 1 if invoice.kind == "381" and invoice.preceding else 0
    for vat in invoice.vat:
        rate, basis, amount = map(decimal, (vat.rate or "0", vat.basis, vat.amount))
        if rate is None or basis is None or amount is None:
            yield _fatal("CB-VAT", vat.path, "a figure of the VAT cannot be read")
        elif vat.category == "O" and vat.rate:
            yield _fatal("CB-VAT", vat.path, f"the rate {vat.rate} where no VAT applies")
        elif abs(euros(to_cents(Fraction(basis) * Fraction(rate) / 100)) - amount) > euros(tolerance):
            yield _fatal("CB-VAT", vat.path, f"{vat.basis} × {vat.rate or '0'} % is not {vat.amount}")


def _seller(invoice: ReadInvoice) -> Iterator[Finding]:
    yield from _identifiers(invoice.seller)


def _buyer(invoice: ReadInvoice) -> Iterator[Finding]:
    yield from _identifiers(invoice.buyer)


def _identifiers(party: ReadParty) -> Iterator[Finding]:
    """CB-SIREN, CB-SIRET, CB-VAT-NUMBER: the check digits of the identifiers, which are of one enterprise."""
    for rule, value, element, check in (
        ("CB-SIREN", party.siren, "ram:SpecifiedLegalOrganization/ram:ID", identifiers.siren),
        ("CB-SIRET", party.siret, "ram:GlobalID", identifiers.siret),
        ("CB-VAT-NUMBER", party.vat_number, "ram:SpecifiedTaxRegistration/ram:ID", identifiers.vat_number),
    ):
        yield from _digits(rule, value, f"{party.path}/{element}", check)
    if party.siren and party.siret and not party.siret.startswith(party.siren):
        yield _fatal("CB-SIRET", f"{party.path}/ram:GlobalID", f"{party.siret} does not begin with {party.siren}")
    of_france = re.fullmatch(r"FR..([0-9]{9})", party.vat_number)
    if party.siren and of_france and of_france[1] != party.siren:
        path = f"{party.path}/ram:SpecifiedTaxRegistration/ram:ID"
        yield _fatal("CB-VAT-NUMBER", path, f"{party.vat_number} is not of the SIREN {party.siren}")


def _digits(rule: str, value: str, path: str, check: Callable[[str], str]) -> Iterator[Finding]:
    if not value:
        return
    try:
        compact = check(value)
    except ValueError as error:
        yield _fatal(rule, path, str(error))
        return
    if compact != value:
        yield _fatal(rule, path, f'"{value}" is not written as {compact}')


def _iban(invoice: ReadInvoice) -> Iterator[Finding]:
    yield from _digits("CB-IBAN", invoice.iban, f"{PAYABLE}/ram:IBANID", identifiers.iban)


def _supply(invoice: ReadInvoice) -> Iterator[Finding]:
    """CB-SUPPLY: the date of supply and the days of the period are given (BT-72 to BT-74)."""
    for day, path in zip(invoice.supplied, SUPPLY, strict=True):
        if not day:
            yield _fatal("CB-SUPPLY", path, "a date of the supply is missing")


def _terms(invoice: ReadInvoice) -> Iterator[Finding]:
    """CB-TERMS: a due date or payment terms are given, and no due date is before the date of issue."""
    if not invoice.due and not invoice.terms:
        yield _fatal("CB-TERMS", SETTLEMENT, "no due date and no terms of payment")
    if invoice.due and invoice.due < invoice.issued:
        yield _fatal("CB-TERMS", f"{TERMS}/ram:DueDateDateTime", f"due on {invoice.due}, issued on {invoice.issued}")


def _routing(invoice: ReadInvoice) -> Iterator[Finding]:
    """CB-ROUTING: service code and engagement have the form that Chorus Pro accepts."""
    for value, most, element in (
        (invoice.service_code, LONGEST_SERVICE_CODE, "ram:BuyerReference"),
        (invoice.engagement, LONGEST_ENGAGEMENT, "ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
    ):
        if value and (len(value) > most or not REFERENCE.fullmatch(value)):
            yield _fatal(
                "CB-ROUTING", f"{AGREEMENT}/{element}", f'"{value}" has more than {most} characters, or spaces'
            )


def document_findings(invoice: ReadInvoice, document: Document) -> Iterator[Finding]:
    """CB-DOCUMENT: number, dates, references, lines and totals of the XML are those of the document."""
    sign = document.sign
    lines = sum((decimal(line.net) or Decimal(0) for line in invoice.lines), Decimal(0))
    header = "rsm:ExchangedDocument"
    agreement = "ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"
    for path, found, expected in (
        (f"{header}/ram:ID", invoice.number, document.number),
        (f"{header}/ram:IssueDateTime", invoice.issued, _day(document.issue_date)),
        (f"{AGREEMENT}/ram:BuyerReference", invoice.service_code, document.payer.service_code),
        (f"{AGREEMENT}/{agreement}", invoice.engagement, document.payer.engagement),
        (f"{SETTLEMENT}/ram:InvoiceReferencedDocument/ram:IssuerAssignedID", _listed(invoice), _expected(document)),
        (f"{TOTALS}/ram:LineTotalAmount", str(lines), str(euros(sign * document.net))),
        (f"{TOTALS}/ram:TaxBasisTotalAmount", invoice.totals["TaxBasisTotalAmount"], str(euros(sign * document.net))),
        (f"{TOTALS}/ram:TaxTotalAmount", invoice.totals["TaxTotalAmount"], str(euros(sign * document.vat))),
        (f"{TOTALS}/ram:GrandTotalAmount", invoice.totals["GrandTotalAmount"], str(euros(sign * document.gross))),
        (f"{TOTALS}/ram:DuePayableAmount", invoice.totals["DuePayableAmount"], str(euros(sign * document.gross))),
    ):
        if found != expected:
            yield _fatal("CB-DOCUMENT", path, f'the XML says "{found}", the document "{expected}"')


def _day(day: object) -> str:
    return str(day or "").replace("-", "")


def _listed(invoice: ReadInvoice) -> str:
    return ", ".join(f"{number} of {day}" for number, day in invoice.preceding)


def _expected(document: Document) -> str:
    return ", ".join(f"{p.number} of {_day(p.issue_date)}" for p in document.preceding)


def _fatal(rule: str, path: str, text: str) -> Finding:
    return Finding(rule, FATAL, plain_path(path), text)


def plain_path(path: str) -> str:
    """Path without prefixes of namespaces."""
    return "/".join(step.rpartition(":")[2] for step in path.split("/"))
