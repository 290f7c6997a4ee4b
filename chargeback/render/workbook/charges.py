"""Every charge of charges.csv, with real numbers and dates, and the document that bears it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from chargeback.billing.charges_csv import COLUMNS as CSV_COLUMNS
from chargeback.billing.charges_csv import row as csv_row
from chargeback.billing.invoicing import is_operator
from chargeback.model.charges import Charge
from chargeback.model.month import Month
from chargeback.model.succession import payer_of
from chargeback.render.text.labels import charge_object
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
)
PRINTED = "vat"
QUANTITY, UNIT_PRICE, FACTOR, REASON = (CSV_COLUMNS.index(c) for c in ("quantity", "unit_price", "factor", "reason"))


def charges_table(month: Month, words: SheetLabels) -> SheetTable:
    """One row per charge, in the order of charges.csv. The columns after the regime are for the screen, not for paper."""
    documents = documents_by_charge(month, words)
    none = words.text("charges.no_document")
    rows = [
        _row(charge, month, words, documents.get(id(charge), none))
        for charge in sorted(month.charges, key=lambda c: c.order)
    ]
    return words.table("charges", words.columns("charges", COLUMNS, ("amount",)), rows, frozen=2, printed=PRINTED)


def documents_by_charge(month: Month, words: SheetLabels) -> Mapping[int, str]:
    """The name of the document that bears a charge, or that it is carried or the operator's own, by the identity of the charge."""
    named = [(document, document_name(document)) for document in month.documents]
    named += [(document, words.text("charges.carried")) for document in month.carried_forward]
    own = {id(charge): words.text("charges.own") for charge in month.charges if _is_own(charge, month)}
    return own | {id(charge): name for document, name in named for line in document.lines for charge in line.charges}


def _is_own(charge: Charge, month: Month) -> bool:
    """Whether who bills bears a charge itself."""
    payer = month.members.get(payer_of(charge.member_id, month.members, month.period))
    return payer is not None and is_operator(payer, month.settings)


def _row(charge: Charge, month: Month, words: SheetLabels, document: str) -> tuple[CellValue, ...]:
    written = csv_row(charge, month.rules[charge.rule], month.period)
    rule = words.rules[charge.rule]
    quantity, price = written[QUANTITY], written[UNIT_PRICE]
    return (
        charge.member_id,
        words.member(charge.member_id),
        rule.service,
        rule.label,
        words.kinds[charge.kind],
        charge.tier or None,
        charge_object(charge, month.rules[charge.rule], words.wording),
        Decimal(quantity) if quantity else None,
        rule.unit if quantity else None,
        Decimal(price) if price else None,
        written[FACTOR],
        charge.amount,
        words.regime(charge.vat),
        charge.rule,
        charge.version,
        document,
        month.period.first,
        written[REASON],
    )
