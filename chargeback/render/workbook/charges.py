"""Sheet of charges: every charge of charges.csv, with real numbers and dates, and the document that bills it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from chargeback.billing.charges_csv import COLUMNS as CSV_COLUMNS
from chargeback.billing.charges_csv import row as csv_row
from chargeback.billing.invoicing import is_operator
from chargeback.model.charges import Charge
from chargeback.model.month import Month
from chargeback.model.succession import owes
from chargeback.render.text.labels import charge_object
from chargeback.render.text.reasons import reason_text
from chargeback.render.workbook.labels import ColumnSpec, SheetLabels, document_name
from chargeback.render.workbook.tables import CellValue, SheetTable

COLUMNS: tuple[ColumnSpec, ...] = (
    ("member_id", "code"),
    ("member", "text"),
    ("service", "text"),
    ("label", "text"),
    ("kind", "text"),
    ("tier", "count"),
    ("resource_id", "code"),
    ("quantity", "quantity"),
    ("unit", "text"),
    ("unit_price", "price"),
    ("factor", "code"),
    ("amount", "money"),
    ("vat", "text"),
    ("rule", "code"),
    ("version", "date"),
    ("document", "code"),
    ("period", "month"),
    ("reason", "text"),
    ("reason_code", "code"),
)
PRINTED = "vat"
QUANTITY, UNIT_PRICE, FACTOR = (CSV_COLUMNS.index(c) for c in ("quantity", "unit_price", "factor"))


def charges_table(month: Month, labels: SheetLabels) -> SheetTable:
    """Table of charges, in the order of charges.csv. The columns after ``PRINTED`` are not printed on paper."""
    documents = documents_by_charge(month, labels)
    none = labels.text("charges.no_document")
    rows = [
        _row(charge, month, labels, documents.get(id(charge), none))
        for charge in sorted(month.charges, key=lambda c: c.order)
    ]
    return labels.table("charges", labels.columns("charges", COLUMNS, ("amount",)), rows, frozen=2, printed=PRINTED)


def documents_by_charge(month: Month, labels: SheetLabels) -> Mapping[int, str]:
    """Name of the document of each charge, by the identity of the charge; or that it is carried, or of the operator."""
    named = [(document, document_name(document)) for document in month.documents]
    named += [(document, labels.text("charges.carried")) for document in month.carried_forward]
    own = {id(charge): labels.text("charges.own") for charge in month.charges if _is_own(charge, month)}
    return own | {id(charge): name for document, name in named for line in document.lines for charge in line.charges}


def _is_own(charge: Charge, month: Month) -> bool:
    """Whether the operator bears a charge itself."""
    payer = month.members.get(owes(charge, month.members, month.period))
    return payer is not None and is_operator(payer, month.settings)


def _row(charge: Charge, month: Month, labels: SheetLabels, document: str) -> tuple[CellValue, ...]:
    written = csv_row(charge, month.rules[charge.rule], month.period)
    rule = labels.rules[charge.rule]
    quantity, price = written[QUANTITY], written[UNIT_PRICE]
    return (
        charge.member_id,
        labels.member(charge.member_id),
        rule.service,
        rule.label,
        labels.kinds[charge.kind],
        charge.tier or None,
        charge_object(charge, month.rules[charge.rule], labels.wording),
        Decimal(quantity) if quantity else None,
        rule.unit if quantity else None,
        Decimal(price) if price else None,
        written[FACTOR],
        charge.amount,
        labels.regime(charge.vat),
        charge.rule,
        charge.version,
        document,
        month.period.first,
        reason_text(charge, month, labels.wording),
        charge.reason_code,
    )
