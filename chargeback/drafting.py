"""The documents of a month as files: invoices per payer and regime, statements, savings report, finance workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback.charging.comparison import Comparison
from chargeback.charging.statements import statements
from chargeback.result import Document, Month

if TYPE_CHECKING:
    from chargeback.render.theme import Theme
    from chargeback.wording import Wording

Progress = Callable[[str, int, int], None] | None


def document_files(
    month: Month, compared: Comparison, reports: Path | None, progress: Progress = None
) -> dict[str, bytes]:
    """Path in out/PERIOD → bytes. The same month gives the same bytes. ``reports``: the workspace's own wording and theme."""
    from chargeback.render.theme import read_theme
    from chargeback.wording import read_wording

    wording = read_wording(month.settings.locale, reports, month.settings.currency)
    theme = read_theme(reports)
    makers = list(_makers(month, compared, wording, theme))
    files: dict[str, bytes] = {}
    for number, (path, make) in enumerate(makers, start=1):
        files[path] = make()
        if progress is not None:
            progress("documents", number, len(makers))
    return files


def document_path(document: Document) -> str:
    """Where a document lies: by its number once issued, by payer and regime before."""
    return f"invoices/{document.number or document.slug}.pdf"


def _makers(
    month: Month, compared: Comparison, wording: Wording, theme: Theme
) -> Iterator[tuple[str, Callable[[], bytes]]]:
    from functools import partial

    from chargeback.render.invoice import invoice_pdf
    from chargeback.render.savings import savings_pdf
    from chargeback.render.statement import statement_pdf
    from chargeback.render.workbook import workbook_xlsx

    for document in month.documents:
        yield document_path(document), partial(invoice_pdf, document, month, wording, theme)
    for statement in statements(month, compared):
        path = f"statements/{statement.member.member_id}.pdf"
        yield path, partial(statement_pdf, statement, month, wording, theme)
    yield "savings.pdf", partial(savings_pdf, month, wording, theme)
    yield "finance.xlsx", partial(workbook_xlsx, month, wording)
