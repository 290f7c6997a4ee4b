"""What is carried: what months before left, what of it this month bills and on which document, what this month adds, what waits on."""

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
    """Whether something is carried to the month, billed in it or carried on."""
    return bool(month.carried_forward or month.still_carried) or any(
        line.carried_from for d in month.documents for line in d.lines
    )


def carried_table(month: Month, words: SheetLabels) -> SheetTable:
    """One row per payer, family and month whose amount was carried, by month; amounts net but for the last."""
    rows = [
        *_waiting(month.still_carried, month, words, new=False),
        *_waiting(month.carried_forward, month, words, new=True),
    ]
    named = [(document, document_name(document)) for document in month.documents]
    named += [(document, words.text("charges.carried")) for document in month.carried_forward]
    rows += [row for document, name in named for row in _billed(document, name, words)]
    ordered = sorted(rows, key=lambda row: tuple(map(str, row[:4])))
    return words.table("carried", words.columns("carried", COLUMNS, TOTALS), ordered, frozen=3)


def _waiting(
    documents: Iterable[Document], month: Month, words: SheetLabels, new: bool
) -> Iterator[tuple[CellValue, ...]]:
    """Amounts that wait: of this month (``new``) or since an earlier one."""
    for document in documents:
        why = why_carried(document, month.settings, words.wording)
        waited, added = (0, document.net) if new else (document.net, 0)
        yield _row(document.period, document, words, waited, added, 0, document.gross, why, "")


def _billed(document: Document, name: str, words: SheetLabels) -> Iterator[tuple[CellValue, ...]]:
    """What a document bills of earlier months, or takes up to be carried on together."""
    found: dict[Period, int] = defaultdict(int)
    for line in document.lines:
        if line.carried_from is not None:
            found[line.carried_from] += line.amount
    for since, net in sorted(found.items()):
        yield _row(since, document, words, net, 0, net, 0, "", name)


def _row(
    period: Period,
    of: Document,
    words: SheetLabels,
    waited: int,
    added: int,
    billed: int,
    gross: int,
    why: str,
    document: str,
) -> tuple[CellValue, ...]:
    left = Formula("{waited}+{added}-{billed}", waited + added - billed)
    payer = (of.payer.member_id, of.payer.name, words.regime(of.regime.name))
    amounts = (waited or None, added or None, billed or None, left, gross or None)
    return (period.first, *payer, *amounts, why or None, document or None)
