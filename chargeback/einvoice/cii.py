"""Factur-X XML of a document: the fields of EN 16931-1 (BT-…, BG-…), written by factur-x as CII, profile EN 16931.

Nothing is computed here except signs: every amount is the document's. The same values give the same bytes.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, Literal

from chargeback.einvoice.lines import line_data
from chargeback.einvoice.notes import notes, terms
from chargeback.einvoice.parties import buyer, payment, seller
from chargeback.model.documents import Document
from chargeback.model.money import euros
from chargeback.model.month import Month
from chargeback.model.settings import Regime
from chargeback.render.text.labels import version_of
from chargeback.workspace.reports.wording import Wording

LEVEL = "en16931"
SERVICES = "S1"
TypeCode = Literal["380", "381", "262"]
INVOICE: Final = "380"
CREDIT_NOTE: Final = "381"
CREDIT_OF_A_PERIOD: Final = "262"


def cii_xml(document: Document, month: Month, wording: Wording) -> bytes:
    """XML of an issued document, in UTF-8. Raises ValueError for a document without number or date."""
    from facturx.generate_xml import generate_cii_xml

    data = cii_data(document, month, wording)
    xml: bytes = generate_cii_xml(data, level=LEVEL, check_xsd=False, check_schematron=False)
    return xml


def cii_data(document: Document, month: Month, wording: Wording) -> dict[str, Any]:
    """Fields of EN 16931 by name, in the form that factur-x takes. Raises ValueError for a draft."""
    if not document.number or document.issue_date is None:
        raise ValueError("a draft has no electronic invoice: it has no number")
    category = document.regime.category
    return {
        "BT-23": SERVICES,
        "BT-1": document.number,
        "BT-2": document.issue_date,
        "BT-3": type_code(document),
        "BT-5": month.settings.currency,
        "BG-1": notes(document, wording),
        "BG-4": seller(month.settings.operator, category),
        "BG-7": buyer(document.payer, category),
        "BG-25": line_data(document, month, wording),
        **_references(document, month),
        **_period(document),
        **payment(document, month),
        **terms(document, wording),
        **_totals(document),
    }


def type_code(document: Document) -> TypeCode:
    """Type code of a document (BT-3, UNTDID 1001).

    380 for an invoice; 381 for a credit note that names the invoices it corrects; 262 for a global allowance of a
    period, which names its contract.
    """
    if document.kind == "invoice":
        return INVOICE
    return CREDIT_NOTE if document.preceding else CREDIT_OF_A_PERIOD


def _references(document: Document, month: Month) -> dict[str, Any]:
    """References of the buyer (BT-10, BT-13), the contract of a period credit (BT-12), invoices corrected (BG-3)."""
    payer = document.payer
    data: dict[str, Any] = {}
    if payer.service_code:
        data["BT-10"] = payer.service_code
    if payer.engagement:
        data["BT-13"] = payer.engagement
    if type_code(document) == CREDIT_OF_A_PERIOD:
        data["BT-12"] = contract(document, month)
    if document.preceding:
        data["BG-3"] = [{"BT-25": p.number, "BT-26": p.issue_date} for p in document.preceding]
    return data


def contract(document: Document, month: Month) -> str:
    """Contract of a document (BT-12): the first legal reference of its largest line."""
    line = max(document.lines, key=lambda n: (abs(n.amount), n.rule, n.version))
    return version_of(month.rules[line.rule], line).references[0].title


def _period(document: Document) -> dict[str, date]:
    """Period of supply (BG-14): all months billed; its last day is the date of supply (BT-72)."""
    last = document.period.end - timedelta(days=1)
    return {"BT-72": last, "BT-73": document.first_month.first, "BT-74": last}


def _totals(document: Document) -> dict[str, Any]:
    """Totals (BG-22) and VAT breakdown by category (BG-23); positive on a credit note."""
    sign = document.sign
    net, vat, gross = (str(euros(sign * cents)) for cents in (document.net, document.vat, document.gross))
    data: dict[str, Any] = {"BT-106": net, "BT-109": net, "BT-110": vat, "BT-112": gross, "BT-115": gross}
    data["BG-23"] = [_vat(line.regime, document, sign * line.net, sign * line.vat) for line in document.vat_lines]
    if document.regime.category == "S":
        data["BT-8"] = document.regime.tax_point
    return data


def _vat(regime: Regime, document: Document, net: int, vat: int) -> dict[str, str]:
    category = regime.category
    data = {"BT-116": str(euros(net)), "BT-117": str(euros(vat)), "BT-118": category}
    if category != "O":
        data["BT-119"] = f"{Decimal(regime.rate):.2f}"
    if category != "S":
        own = document.regime
        data |= {key: text for key, text in (("BT-120", own.reason), ("BT-121", own.reason_code)) if text}
    return data
