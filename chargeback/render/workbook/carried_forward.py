"""Sheet of amounts carried forward: brought forward from earlier months, added by this one, billed, still carried."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from chargeback.model.documents import Document
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.render.text.carried_forward import why_carried
from chargeback.render.workbook.labels import ColumnSpec, SheetLabels, document_name
from chargeback.render.workbook.tables import CellValue, Formula, SheetTable

COLUMNS: tuple[ColumnSpec, ...] = (
    ("period", "month"),
    ("payer_id", "code"),
    ("payer", "text"),
    ("regime", "text"),
    ("waited", "money"),
    ("added", "money"),
    ("billed", "money"),
    ("left", "money"),
    ("gross", "money"),
    ("why", "text"),
    ("document", "code"),
)
TOTALS = ("waited", "added", "billed", "left", "gross")


def carries(month: Month) -> bool:
    """Whether an amount is brought forward to the month, billed in it, or carried forward by it."""
    return bool(month.carried_forward or month.still_carried) or any(
        line.carried_from for d in month.documents for line in d.lines
    )


def carried_table(month: Month, labels: SheetLabels) -> SheetTable:
    """Table of amounts carried forward: a row per month, payer and regime; amounts are net except ``gross``."""
    rows = [
        *_carried(month.still_carried, month, labels, new=False),
        *_carried(month.carried_forward, month, labels, new=True),
    ]
    named = [(document, document_name(document)) for document in month.documents]
    named += [(document, labels.text("charges.carried")) for document in month.carried_forward]
    rows += [row for document, name in named for row in _billed(document, name, labels)]
    ordered = sorted(rows, key=lambda row: tuple(map(str, row[:4])))
    return labels.table("carried", labels.columns("carried", COLUMNS, TOTALS), ordered, frozen=3)


def _carried(
    documents: Iterable[Document], month: Month, labels: SheetLabels, new: bool
) -> Iterator[tuple[CellValue, ...]]:
    """Rows of documents that are carried forward: by this month (``new``) or by an earlier one."""
    for document in documents:
        reason = why_carried(document, month.settings, labels.wording)
        brought, added = (0, document.net) if new else (document.net, 0)
        yield _row(document.period, document, labels, brought, added, 0, document.gross, reason, "")


def _billed(document: Document, name: str, labels: SheetLabels) -> Iterator[tuple[CellValue, ...]]:
    """Rows of the amounts of earlier months that a document bills, or carries forward together with its own."""
    found: dict[Period, int] = defaultdict(int)
    for line in document.lines:
        if line.carried_from is not None:
            found[line.carried_from] += line.amount
    for period, net in sorted(found.items()):
        yield _row(period, document, labels, net, 0, net, 0, "", name)


def _row(
    period: Period,
    document: Document,
    labels: SheetLabels,
    brought: int,
    added: int,
    billed: int,
    gross: int,
    reason: str,
    name: str,
) -> tuple[CellValue, ...]:
    still_carried = Formula("{waited}+{added}-{billed}", brought + added - billed)
    payer = (document.payer.member_id, document.payer.name, labels.regime(document.regime.name))
    amounts = (brought or None, added or None, billed or None, still_carried, gross or None)
    return (period.first, *payer, *amounts, reason or None, name or None)
