"""Aged balance sheet: each open document, the amounts credited, paid and given up, and the open amount by age."""

from __future__ import annotations

from chargeback.model.month import Month
from chargeback.model.receivables import BUCKETS, Balance, Receivable
from chargeback.render.workbook.labels import ColumnSpec, SheetLabels
from chargeback.render.workbook.tables import CellValue, Formula, SheetTable

COLUMNS: tuple[ColumnSpec, ...] = (
    ("payer_id", "code"),
    ("payer", "text"),
    ("document", "code"),
    ("period", "month"),
    ("issued", "date"),
    ("due", "date"),
    ("gross", "money"),
    ("credited", "money"),
    ("paid", "money"),
    ("given_up", "money"),
    ("open", "money"),
    ("days_late", "count"),
    *((bucket, "money") for bucket in (*BUCKETS, "credit")),
)
TOTALS = ("gross", "credited", "paid", "given_up", "open", *BUCKETS, "credit")


def balance_table(month: Month, labels: SheetLabels) -> SheetTable:
    """Table of open documents, by payer, date and number; the open amount is in the column of its age."""
    balance = month.aged_balance
    rows = [_row(row, balance, labels) for row in balance.rows] if balance else []
    return labels.table("balance", labels.columns("balance", COLUMNS, TOTALS), rows, frozen=3)


def _row(row: Receivable, balance: Balance, labels: SheetLabels) -> tuple[CellValue, ...]:
    bucket = row.bucket(balance.on)
    return (
        row.payer_id,
        labels.member(row.payer_id),
        row.number,
        row.period.first,
        row.issue_date,
        row.due_date,
        row.gross,
        row.credited,
        row.paid,
        row.given_up,
        Formula("{gross}-{credited}-{paid}-{given_up}", row.open),
        row.days_late(balance.on),
        *(row.open if name == bucket else None for name in (*BUCKETS, "credit")),
    )
