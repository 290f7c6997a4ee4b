"""Electronic invoice read back from its XML (UN/CEFACT Cross Industry Invoice): the values that our checks need."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

NAMES = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
TRANSACTION = "rsm:SupplyChainTradeTransaction"
AGREEMENT = f"{TRANSACTION}/ram:ApplicableHeaderTradeAgreement"
SETTLEMENT = f"{TRANSACTION}/ram:ApplicableHeaderTradeSettlement"
TOTALS = f"{SETTLEMENT}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
TERMS = f"{SETTLEMENT}/ram:SpecifiedTradePaymentTerms"
PERIOD = f"{SETTLEMENT}/ram:BillingSpecifiedPeriod"
SUPPLY = (
    f"{TRANSACTION}/ram:ApplicableHeaderTradeDelivery/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime",
    f"{PERIOD}/ram:StartDateTime",
    f"{PERIOD}/ram:EndDateTime",
)
PAYABLE = f"{SETTLEMENT}/ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount"


@dataclass(frozen=True, slots=True)
class ReadLine:
    """Line as written (BG-25).

    Attributes:
        path: path of the line.
        quantity: BT-129.
        price: BT-146.
        base: BT-149; '' for 1.
        net: BT-131.
    """

    path: str
    quantity: str
    price: str
    base: str
    net: str


@dataclass(frozen=True, slots=True)
class ReadVat:
    """VAT of a category as written (BG-23).

    Attributes:
        path: path of the element.
        category: BT-118.
        rate: BT-119; '' where none applies.
        basis: BT-116.
        amount: BT-117.
    """

    path: str
    category: str
    rate: str
    basis: str
    amount: str


@dataclass(frozen=True, slots=True)
class ReadParty:
    """Identifiers of a party as written; '' for none.

    Attributes:
        path: path of the party.
        siret: BT-29 or BT-46, scheme 0009.
        siren: BT-30 or BT-47, scheme 0002.
        vat_number: BT-31 or BT-48.
        electronic: BT-34 or BT-49.
    """

    path: str
    siret: str
    siren: str
    vat_number: str
    electronic: str


@dataclass(frozen=True, slots=True)
class ReadInvoice:
    """Electronic invoice as written: texts, '' for what is absent. Dates are ``YYYYMMDD``.

    Attributes:
        number: BT-1.
        kind: type code, BT-3.
        issued: BT-2.
        due: BT-9.
        terms: BT-20.
        supplied: date of supply (BT-72), first and last day of the period (BT-73, BT-74).
        service_code: buyer reference, BT-10.
        engagement: purchase order reference, BT-13.
        iban: BT-84.
        seller: BG-4.
        buyer: BG-7.
        lines: BG-25.
        vat: BG-23.
        totals: BG-22, by element.
        preceding: (number, date) of the preceding invoices, BG-3.
    """

    number: str
    kind: str
    issued: str
    due: str
    terms: str
    supplied: tuple[str, ...]
    service_code: str
    engagement: str
    iban: str
    seller: ReadParty
    buyer: ReadParty
    lines: tuple[ReadLine, ...]
    vat: tuple[ReadVat, ...]
    totals: dict[str, str]
    preceding: tuple[tuple[str, str], ...]


def read_invoice(root: Any) -> ReadInvoice:
    """Invoice of the root element of a Cross Industry Invoice."""
    document = "rsm:ExchangedDocument"
    return ReadInvoice(
        number=text(root, f"{document}/ram:ID"),
        kind=text(root, f"{document}/ram:TypeCode"),
        issued=text(root, f"{document}/ram:IssueDateTime/udt:DateTimeString"),
        due=text(root, f"{TERMS}/ram:DueDateDateTime/udt:DateTimeString"),
        terms=text(root, f"{TERMS}/ram:Description"),
        supplied=tuple(text(root, f"{path}/udt:DateTimeString") for path in SUPPLY),
        service_code=text(root, f"{AGREEMENT}/ram:BuyerReference"),
        engagement=text(root, f"{AGREEMENT}/ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
        iban=text(root, f"{PAYABLE}/ram:IBANID") or text(root, f"{PAYABLE}/ram:ProprietaryID"),
        seller=_party(root, "ram:SellerTradeParty"),
        buyer=_party(root, "ram:BuyerTradeParty"),
        lines=tuple(_lines(root)),
        vat=tuple(_vat(root)),
        totals=_totals(root),
        preceding=tuple(_preceding(root)),
    )


def text(node: Any, path: str) -> str:
    """Text at a path; '' where there is none."""
    found = node.find(path, NAMES)
    return "" if found is None else (found.text or "").strip()


def decimal(written: str) -> Decimal | None:
    """Number of a text; None where it is not one."""
    try:
        value = Decimal(written)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _party(root: Any, name: str) -> ReadParty:
    path = f"{AGREEMENT}/{name}"
    return ReadParty(
        path=path,
        siret=text(root, f"{path}/ram:GlobalID[@schemeID='0009']"),
        siren=text(root, f"{path}/ram:SpecifiedLegalOrganization/ram:ID[@schemeID='0002']"),
        vat_number=text(root, f"{path}/ram:SpecifiedTaxRegistration/ram:ID[@schemeID='VA']"),
        electronic=text(root, f"{path}/ram:URIUniversalCommunication/ram:URIID"),
    )


def _lines(root: Any) -> list[ReadLine]:
    price = "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice"
    total = "ram:SpecifiedLineTradeSettlement/ram:SpecifiedTradeSettlementLineMonetarySummation"
    path = f"{TRANSACTION}/ram:IncludedSupplyChainTradeLineItem"
    return [
        ReadLine(
            path=f"{path}[{place}]",
            quantity=text(node, "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity"),
            price=text(node, f"{price}/ram:ChargeAmount"),
            base=text(node, f"{price}/ram:BasisQuantity"),
            net=text(node, f"{total}/ram:LineTotalAmount"),
        )
        for place, node in enumerate(root.findall(path, NAMES), start=1)
    ]


def _vat(root: Any) -> list[ReadVat]:
    path = f"{SETTLEMENT}/ram:ApplicableTradeTax"
    return [
        ReadVat(
            path=f"{path}[{place}]",
            category=text(node, "ram:CategoryCode"),
            rate=text(node, "ram:RateApplicablePercent"),
            basis=text(node, "ram:BasisAmount"),
            amount=text(node, "ram:CalculatedAmount"),
        )
        for place, node in enumerate(root.findall(path, NAMES), start=1)
    ]


def _totals(root: Any) -> dict[str, str]:
    """Totals by element: sum of the lines, net, VAT, gross, amount due."""
    names = ("LineTotalAmount", "TaxBasisTotalAmount", "TaxTotalAmount", "GrandTotalAmount", "DuePayableAmount")
    return {name: text(root, f"{TOTALS}/ram:{name}") for name in names}


def _preceding(root: Any) -> list[tuple[str, str]]:
    date = "ram:FormattedIssueDateTime/qdt:DateTimeString"
    nodes = root.findall(f"{SETTLEMENT}/ram:InvoiceReferencedDocument", NAMES)
    return [(text(node, "ram:IssuerAssignedID"), text(node, date)) for node in nodes]
