"""The aged balance: each document issued before that is not settled, what was credited and paid, how late the rest is."""

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
    ("open", "money"),
    ("days_late", "count"),
    *((bucket, "money") for bucket in (*BUCKETS, "credit")),
)
TOTALS = ("gross", "credited", "paid", "open", *BUCKETS, "credit")


def balance_table(month: Month, words: SheetLabels) -> SheetTable:
    """One row per document, by payer, date and number; each amount that is open stands in the column of its days."""
    balance = month.balance
    rows = [_row(row, balance, words) for row in balance.rows] if balance else []
    return words.table("balance", words.columns("balance", COLUMNS, TOTALS), rows, frozen=3)


def _row(row: Receivable, balance: Balance, words: SheetLabels) -> tuple[CellValue, ...]:
    bucket = row.bucket(balance.on)
    return (
        row.payer_id,
        words.member(row.payer_id),
        row.number,
        row.period.first,
        row.issue_date,
        row.due_date,
        row.gross,
        row.credited,
        row.paid,
        Formula("{gross}-{credited}-{paid}", row.open),
        row.days_late(balance.on),
        *(row.open if name == bucket else None for name in (*BUCKETS, "credit")),
    )
