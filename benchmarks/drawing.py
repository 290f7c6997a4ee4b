"""Documents drawn against bare ReportLab pages: the same texts at the same places in the same fonts, nothing else."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from unittest.mock import patch

from benchmarks.table import Line, against, rate
from benchmarks.timing import in_turn, timed
from benchmarks.workspace import MONTH
from chargeback.model.month import Month
from chargeback.render.pages import invoice
from chargeback.render.pdf.draw import pdf
from chargeback.render.pdf.page import HEIGHT, WIDTH, Page
from chargeback.workflows.session import loaded
from chargeback.workspace.reports.theme import Theme, read_theme
from chargeback.workspace.reports.wording import Wording, read_wording

SAMPLE = Path(__file__).parent.parent / "sample_data"
TURNS = 3
Text = tuple[str, float, float, float, str]
Paper = list[list[Text]]  # pages of texts: font, size, x, y from the bottom, text


def lines() -> Iterator[Line]:
    """The invoices of the sample's month."""
    with loaded(SAMPLE, write=False) as (books, _):
        month = books.month(MONTH)
    wording, theme = read_wording(month.settings.locale), read_theme()
    papers = _papers(month, wording, theme)
    pages = sum(map(len, papers))
    of = f"{len(papers)} invoices, {pages} pages"
    pair = in_turn(timed(lambda: _bare(papers)), timed(lambda: _drawn(month, wording, theme)), TURNS)
    yield against("invoices, PDF", of, pair, 2)
    yield rate("the same", of, len(papers), pair.ours, "invoices")
    yield rate("the same", of, pages, pair.ours, "pages")


def _drawn(month: Month, wording: Wording, theme: Theme) -> None:
    for document in month.documents:
        invoice.invoice_pdf(document, month, wording, theme)


def _papers(month: Month, wording: Wording, theme: Theme) -> list[Paper]:
    """What the invoices say and where, as marks for a bare canvas."""
    found: list[Paper] = []

    def watched(sheet, meta, foot):  # type: ignore[no-untyped-def]
        made = pdf(sheet, meta, foot)
        found.append([_texts(page) for page in sheet.pages])
        return made

    with patch.object(invoice, "pdf", watched):
        _drawn(month, wording, theme)
    return found


def _texts(page: Page) -> list[Text]:
    return [(style.font.name, style.size, x, HEIGHT - y, text) for style, x, y, text in page.texts]


def _bare(papers: Sequence[Paper]) -> None:
    from reportlab.pdfgen.canvas import Canvas

    for paper in papers:
        canvas = Canvas(io.BytesIO(), pagesize=(WIDTH, HEIGHT), invariant=1)
        for page in paper:
            for font, size, x, y, text in page:
                canvas.setFont(font, size)
                canvas.drawString(x, y, text)
            canvas.showPage()
        canvas.save()
