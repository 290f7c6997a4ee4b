"""Invoice, call for contribution, credit note: one page where it fits, then the annex with each calculation.

A credit note is printed as positive: its amounts and quantities have the opposite sign of its charges.
"""

from __future__ import annotations

from chargeback.model.documents import Document
from chargeback.model.month import Month
from chargeback.render.pages.annex import draw_annex
from chargeback.render.pages.lines import draw_lines
from chargeback.render.pages.parties import SEPARATOR, addressee, facts, finished, grouped, issuer, new_sheet
from chargeback.render.pages.reduced_invoices import corrected_facts, draw_reduced_invoices
from chargeback.render.pdf.page import LEFT, MM, RIGHT, PageSheet
from chargeback.render.pdf.table import ROW
from chargeback.render.text.labels import (
    is_full_credit,
    late_payment,
    named,
    regime_text,
    settled_how,
    title_of,
    vat_point,
)
from chargeback.workspace.reports.theme import Theme
from chargeback.workspace.reports.wording import Wording

TITLE_Y = 50 * MM
BAND_Y = 98 * MM
LEFT_WIDTH = 84 * MM
TOTALS_LEFT = 110 * MM
IBAN_GROUPS = (4,)


def invoice_pdf(document: Document, month: Month, wording: Wording, theme: Theme) -> bytes:
    """Pages of a document as the bytes of a PDF, a draft without a number. The same values give the same bytes."""
    operator = month.settings.operator
    name = named(document, wording)
    draft = "" if document.number else wording.text("common.draft")
    running = SEPARATOR.join(
        (operator.name, name, wording.months(document.first_month, document.period), document.payer.name)
    )
    sheet = new_sheet(theme, wording, running, draft)
    _front(sheet, document, month, wording)
    if not is_full_credit(document):
        draw_annex(sheet, document, month, wording)
    vat, title = document.regime.category != "O", f"{name}, {document.payer.name}"
    return finished(sheet, title, wording.months(document.first_month, document.period), operator, name, wording, vat)


def _front(sheet: PageSheet, document: Document, month: Month, wording: Wording) -> None:
    issuer(sheet, month.settings.operator, wording)
    below = addressee(sheet, document.payer)
    sheet.bookmark(named(document, wording))
    y = sheet.paragraph(LEFT, TITLE_Y, LEFT_WIDTH, title_of(document, wording), sheet.styles.title)
    y = facts(sheet, LEFT, y, _facts(document, wording), LEFT_WIDTH)
    sheet.y = max(BAND_Y, y, below)
    _amount_due(sheet, document, month, wording)
    _reason(sheet, document, wording)
    draw_lines(sheet, document, month, wording, (len(_total_rows(document, wording)) + 1) * (ROW + 1))
    _totals(sheet, document, wording)
    draw_reduced_invoices(sheet, document, wording)
    _payment(sheet, document, month, wording)
    _mentions(sheet, document, wording)


def _facts(document: Document, wording: Wording) -> list[tuple[str, str]]:
    """(label, value) of the facts that the buyer's accountant needs; those without a value are omitted."""
    payer, text = document.payer, wording.text
    rows = [
        ("number", document.number or text("invoice.number_draft")),
        ("issued", wording.date(document.issue_date) if document.issue_date else ""),
        ("period", wording.months(document.first_month, document.period)),
        ("customer", payer.member_id),
        ("siret", grouped(payer.siret, (3, 3, 3, 5))),
        ("member_vat", payer.vat_number),
        ("service_code", payer.service_code),
        ("engagement", payer.engagement),
    ]
    shown = [(text(f"invoice.{key}"), value) for key, value in rows if value]
    return shown[:3] + list(corrected_facts(document, wording)) + shown[3:]


def _reason(sheet: PageSheet, document: Document, wording: Wording) -> None:
    """Reason of a correction."""
    if document.reason:
        text = wording.text("invoice.reason", reason=document.reason)
        sheet.y = sheet.paragraph(LEFT, sheet.y, RIGHT - LEFT, text, sheet.styles.body) + 2 * MM


def _amount_due(sheet: PageSheet, document: Document, month: Month, wording: Wording) -> None:
    styles, credit = sheet.styles, document.kind == "credit_note"
    top = sheet.y
    sheet.rule(top, colour=sheet.theme.accent, width=1.0)
    label = wording.text("invoice.amount_credited" if credit else "invoice.amount_due")
    sheet.text(LEFT, top + 5 * MM, label, styles.label)
    sheet.text(LEFT, top + 12.5 * MM, wording.money(document.sign * document.gross), styles.figure)
    if credit:
        sheet.paragraph(TOTALS_LEFT, top + 5 * MM, RIGHT - TOTALS_LEFT, settled_how(document, wording), styles.label)
    else:
        label, value = _due(document, month, wording)
        sheet.text(TOTALS_LEFT, top + 5 * MM, label, styles.label)
        sheet.text(TOTALS_LEFT, top + 12.5 * MM, value, styles.figure)
    sheet.rule(top + 16.5 * MM, colour=sheet.theme.accent, width=1.0)
    sheet.y = top + 22 * MM


def _due(document: Document, month: Month, wording: Wording) -> tuple[str, str]:
    if document.due_date is not None:
        return wording.text("invoice.due_by"), wording.date(document.due_date)
    own = document.payer.payment_days
    days = month.settings.payment_days if own is None else own
    return wording.text("invoice.due_in"), wording.text("invoice.due_days", n=days)


def _totals(sheet: PageSheet, document: Document, wording: Wording) -> None:
    sign, styles = document.sign, sheet.styles
    rows = _total_rows(document, wording)
    sheet.y += 3 * MM
    for index, (label, cents) in enumerate(rows):
        last = index == len(rows) - 1
        if last:
            sheet.rule(sheet.y, TOTALS_LEFT, RIGHT, sheet.theme.ink, 0.6)
        sheet.text(TOTALS_LEFT, sheet.y + 3.6 * MM, label, styles.strong if last else styles.body)
        amount = wording.money(sign * cents)
        sheet.text(RIGHT, sheet.y + 3.6 * MM, amount, styles.strong if last else styles.body, "right")
        sheet.y += ROW + 1


def _total_rows(document: Document, wording: Wording) -> list[tuple[str, int]]:
    """(label, cents) of the totals: net, VAT of each rate, gross; a single total where no VAT applies (category O)."""
    category, text = document.regime.category, wording.text
    if category == "O":
        return [(text("invoice.totals.plain"), document.net)]
    rows = [(text("invoice.totals.net"), document.net)]
    for line in document.vat_lines:
        net, rate = wording.money(document.sign * line.net), wording.percent(line.regime.rate / 100, 2, trim=True)
        zero = regime_text(wording, line.regime.category, "zero", rate=rate)
        rows.append((zero or text("invoice.totals.vat", rate=rate, net=net), line.vat))
    return [*rows, (text("invoice.totals.gross"), document.gross)]


def _payment(sheet: PageSheet, document: Document, month: Month, wording: Wording) -> None:
    """Payment instructions in two columns (EN 16931 BG-16); nothing on a credit note."""
    if document.kind == "credit_note":
        return
    operator, text, styles = month.settings.operator, wording.text, sheet.styles
    opened = sheet.need(30 * MM)
    sheet.y += (3 if opened else 9) * MM
    sheet.text(LEFT, sheet.y, text("invoice.payment"), styles.section)
    sheet.y += 5.5 * MM
    if not operator.iban and not document.number:
        sheet.y = sheet.paragraph(LEFT, sheet.y, RIGHT - LEFT, text("invoice.payment_unknown"), styles.small)
        return
    payee, quote = operator.payee or operator.name, document.number or text("invoice.quote_draft")
    left = [(text("invoice.payee"), payee), (text("invoice.quote"), quote)]
    right = [(text("invoice.iban"), grouped(operator.iban, IBAN_GROUPS)), (text("invoice.bic"), operator.bic)]
    bottom = facts(sheet, LEFT, sheet.y, left, TOTALS_LEFT - LEFT - 6 * MM)
    other = facts(sheet, TOTALS_LEFT, sheet.y, [row for row in right if row[1]], RIGHT - TOTALS_LEFT)
    sheet.y = max(bottom, other)


def _mentions(sheet: PageSheet, document: Document, wording: Wording) -> None:
    """Legal mentions that apply (reason of exemption, tax point, late payment), and the place of the calculation."""
    category, style = document.regime.category, sheet.styles.note
    mention = regime_text(wording, category, "mention", reason=document.regime.reason.rstrip("."))
    late = "" if document.kind == "credit_note" else late_payment(wording, category)
    due = vat_point(document, wording)
    texts = [text for text in (mention if document.regime.reason else "", due, late, _basis(document, wording)) if text]
    sheet.need(len(texts) * 9 * MM)
    sheet.y += 4 * MM
    for text in texts:
        sheet.y = sheet.paragraph(LEFT, sheet.y, RIGHT - LEFT, text, style) + 2


def _basis(document: Document, wording: Wording) -> str:
    """Place of the calculation: the annex, or the document that is credited in full."""
    if not is_full_credit(document):
        return wording.text("invoice.see_basis", title=wording.text("basis.title"))
    original = document.preceding[0]
    return wording.text("invoice.basis_of_original", number=original.number, date=wording.date(original.issue_date))
