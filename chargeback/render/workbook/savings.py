"""Sheet of savings: the cost of each member alone and together, net and gross; members with a loss first."""

from __future__ import annotations

from fractions import Fraction

from chargeback.model.month import Month
from chargeback.model.statements import MemberSavings
from chargeback.render.text.savings import by_saving
from chargeback.render.workbook.labels import ColumnSpec, SheetLabels
from chargeback.render.workbook.tables import CellValue, Formula, SheetTable

COLUMNS: tuple[ColumnSpec, ...] = (
    ("member_id", "code"),
    ("member", "text"),
    ("alone_net", "money"),
    ("together_net", "money"),
    ("net", "money"),
    ("net_part", "percent"),
    ("alone_gross", "money"),
    ("together_gross", "money"),
    ("gross", "money"),
    ("gross_part", "percent"),
    ("uncompared", "money"),
    ("uncompared_gross", "money"),
    ("billed", "money"),
)
TOTALS = (
    "alone_net",
    "together_net",
    "net",
    "alone_gross",
    "together_gross",
    "gross",
    "uncompared",
    "uncompared_gross",
    "billed",
)


def savings_table(month: Month, labels: SheetLabels) -> SheetTable:
    """Table of the members, in the order of the savings report; without any comparison, no rows."""
    ranked = by_saving(month.savings, month) if any(s.rows for s in month.savings) else []
    rows = [_row(savings, labels) for savings in ranked]
    return labels.table("savings", labels.columns("savings", COLUMNS, TOTALS), rows, frozen=2)


def _row(savings: MemberSavings, labels: SheetLabels) -> tuple[CellValue, ...]:
    name = labels.member(savings.member_id)
    if not savings.rows:
        return (savings.member_id, name, *(None,) * 8, *_billed(savings))
    return (
        savings.member_id,
        name,
        savings.alone_net,
        savings.together_net,
        Formula("{alone_net}-{together_net}", savings.net),
        _part("net", savings.net, savings.alone_net),
        savings.alone_gross,
        savings.together_gross,
        Formula("{alone_gross}-{together_gross}", savings.gross),
        _part("gross", savings.gross, savings.alone_gross),
        *_billed(savings),
    )


def _billed(savings: MemberSavings) -> tuple[CellValue, ...]:
    """What is not compared, net and gross, and what the documents of the month by itself bill, gross."""
    billed = Formula("{together_gross}+{uncompared_gross}", savings.billed_gross) if savings.billed else None
    return (savings.uncompared_net, savings.uncompared_gross, billed)


def _part(side: str, saved: int, alone: int) -> CellValue:
    """Saving as a part of the cost alone; None where that is zero."""
    return Formula(f"{{{side}}}/{{alone_{side}}}", Fraction(saved, alone)) if alone else None
