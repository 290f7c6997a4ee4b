"""Sheet of documents: one row each, with its payer, regime, net amount, VAT and gross amount."""

from __future__ import annotations

from fractions import Fraction

from chargeback.model.documents import Document
from chargeback.model.month import Month
from chargeback.render.text.labels import title_of
from chargeback.render.workbook.labels import ColumnSpec, SheetLabels, document_name
from chargeback.render.workbook.tables import CellValue, Formula, SheetTable

COLUMNS: tuple[ColumnSpec, ...] = (
    ("document", "code"),
    ("title", "text"),
    ("payer_id", "code"),
    ("payer", "text"),
    ("siret", "code"),
    ("regime", "text"),
    ("category", "code"),
    ("rate", "percent"),
    ("lines", "count"),
    ("net", "money"),
    ("vat", "money"),
    ("gross", "money"),
    ("issued", "date"),
    ("due", "date"),
)
TOTALS = ("lines", "net", "vat", "gross")


def documents_table(month: Month, labels: SheetLabels) -> SheetTable:
    """Table of the documents, in the order of the month."""
    rows = [_row(document, labels) for document in month.documents]
    return labels.table("documents", labels.columns("documents", COLUMNS, TOTALS), rows, frozen=1)


def _row(document: Document, labels: SheetLabels) -> tuple[CellValue, ...]:
    regime, payer = document.vat_lines[0].regime, document.payer
    return (
        document_name(document),
        title_of(document, labels.wording),
        payer.member_id,
        payer.name,
        payer.siret,
        labels.regime(regime.name),
        regime.category,
        Fraction(regime.rate) / 100 if len(document.vat_lines) == 1 else None,
        len(document.lines),
        document.net,
        document.vat,
        Formula("{net}+{vat}", document.gross),
        document.issue_date,
        document.due_date,
    )
