"""Annex of an invoice: for each rule its references, its terms, and the calculation of each amount."""

from __future__ import annotations

from itertools import groupby

from chargeback.model.documents import Document, Line
from chargeback.model.month import Month
from chargeback.render.pages.annex_rule import RULE_ROOM, WIDTH, AnnexContext, PrintedTexts, draw_rule
from chargeback.render.pages.lines import block_heading
from chargeback.render.pdf.page import LEFT, MM, PageSheet
from chargeback.render.pdf.table import ROW
from chargeback.render.text.labels import in_print_order, named
from chargeback.render.text.prior_months import line_blocks
from chargeback.workspace.reports.wording import Wording

PAGE_ROOM = 110 * MM
MOST_BLANK = 36 * MM
MOST_INLINE = 8


def draw_annex(sheet: PageSheet, document: Document, month: Month, wording: Wording) -> None:
    """Annex of a document: below its lines where it fits or a second page has room, else from a new page on."""
    charges = sum(len(line.charges) for line in document.lines)
    if len(sheet.pages) > 1 and sheet.room > PAGE_ROOM:
        _annex_below(sheet, document, month, wording, "basis.intro")
    elif charges > MOST_INLINE or sheet.room < RULE_ROOM:
        _annex_page(sheet, document, month, wording)
    else:
        before = sheet.checkpoint()
        _annex_below(sheet, document, month, wording, "basis.intro_short")
        if len(sheet.pages) > before.pages:
            sheet.back_to(before)
            _annex_page(sheet, document, month, wording)


def _annex_below(sheet: PageSheet, document: Document, month: Month, wording: Wording, intro: str) -> None:
    sheet.y += 6 * MM
    sheet.bookmark(wording.text("basis.title"))
    sheet.text(LEFT, sheet.y, wording.text("basis.title"), sheet.styles.section)
    _rules(sheet, document, month, wording, intro)


def _annex_page(sheet: PageSheet, document: Document, month: Month, wording: Wording) -> None:
    sheet.open()
    title = wording.text("basis.title")
    sheet.bookmark(title)
    sheet.text(LEFT, sheet.y + 4, title, sheet.styles.title)
    sheet.y += 8 * MM
    sheet.text(LEFT, sheet.y, wording.text("invoice.annex_of", document=named(document, wording)), sheet.styles.label)
    _rules(sheet, document, month, wording, "basis.intro")


def _rules(sheet: PageSheet, document: Document, month: Month, wording: Wording, intro_key: str) -> None:
    sheet.y += 5.5 * MM
    intro = wording.text(intro_key)
    if document.kind == "credit_note":
        intro = f"{intro} {wording.text('basis.intro_credit')}"
    sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, intro, sheet.styles.note)
    printed: PrintedTexts = set()
    found = line_blocks(document, month)
    for block in found:
        head = block_heading(block, found, document, month, wording)
        if head:
            _head(sheet, head)
        for _, own in groupby(block.lines, key=lambda line: line.rule):
            _rule_whole(sheet, AnnexContext(document, month, wording), in_print_order(own), printed)


def _rule_whole(sheet: PageSheet, context: AnnexContext, lines: list[Line], printed: PrintedTexts) -> None:
    """Rule on a single page, where no more than ``MOST_BLANK`` points of the page before it remain blank."""
    before, printed_before = sheet.checkpoint(), set(printed)
    room = sheet.room
    draw_rule(sheet, context, lines, printed)
    if len(sheet.pages) > before.pages and RULE_ROOM <= room <= MOST_BLANK:
        sheet.back_to(before)
        sheet.open()
        printed.clear()
        printed.update(printed_before)
        draw_rule(sheet, context, lines, printed)


def _head(sheet: PageSheet, name: str) -> None:
    sheet.need(RULE_ROOM + ROW)
    sheet.y += 4 * MM
    sheet.bookmark(name, 1)
    below = sheet.paragraph(LEFT, sheet.y, WIDTH, name, sheet.styles.section)
    sheet.y = below - sheet.styles.section.leading + 2 * MM
