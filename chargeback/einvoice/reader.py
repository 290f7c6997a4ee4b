"""What an electronic invoice says, read back from its XML: the few values that our own checks and a comparison need."""

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
DEAL = "rsm:SupplyChainTradeTransaction"
AGREEMENT = f"{DEAL}/ram:ApplicableHeaderTradeAgreement"
SETTLEMENT = f"{DEAL}/ram:ApplicableHeaderTradeSettlement"
TOTALS = f"{SETTLEMENT}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
TERMS = f"{SETTLEMENT}/ram:SpecifiedTradePaymentTerms"
PERIOD = f"{SETTLEMENT}/ram:BillingSpecifiedPeriod"
SUPPLY = (
    f"{DEAL}/ram:ApplicableHeaderTradeDelivery/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime",
    f"{PERIOD}/ram:StartDateTime",
    f"{PERIOD}/ram:EndDateTime",
)
PAYABLE = f"{SETTLEMENT}/ram:SpecifiedTradeSettlementPaymentMeans/ram:PayeePartyCreditorFinancialAccount"


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A line as written; ``path`` leads to it."""

    path: str
    quantity: str
    price: str
    base: str
    net: str


@dataclass(frozen=True, slots=True)
class ReadVat:
    """VAT of a category as written; ``rate`` is '' where none applies."""

    path: str
    category: str
    rate: str
    basis: str
    amount: str


@dataclass(frozen=True, slots=True)
class ReadParty:
    """The identifiers of a party as written, '' for none."""

    path: str
    siret: str
    siren: str
    vat_number: str
    electronic: str


@dataclass(frozen=True, slots=True)
class ReadInvoice:
    """An electronic invoice as written: texts, '' for what is not there. Dates are ``YYYYMMDD``.

    ``supplied``: the date of supply, the first and the last day of the period."""

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
    """What the root element of a Cross Industry Invoice says."""
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
    """The text at a path, '' where there is none."""
    found = node.find(path, NAMES)
    return "" if found is None else (found.text or "").strip()


def decimal(written: str) -> Decimal | None:
    """A number as written; None where it is none."""
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
    path = f"{DEAL}/ram:IncludedSupplyChainTradeLineItem"
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
    """The sums by their element: lines, net, VAT, gross, to pay."""
    names = ("LineTotalAmount", "TaxBasisTotalAmount", "TaxTotalAmount", "GrandTotalAmount", "DuePayableAmount")
    return {name: text(root, f"{TOTALS}/ram:{name}") for name in names}


def _preceding(root: Any) -> list[tuple[str, str]]:
    date = "ram:FormattedIssueDateTime/qdt:DateTimeString"
    nodes = root.findall(f"{SETTLEMENT}/ram:InvoiceReferencedDocument", NAMES)
    return [(text(node, "ram:IssuerAssignedID"), text(node, date)) for node in nodes]
