"""The invoices that a document corrects or reduces: a few at its head, more of them in a table under its totals."""

from __future__ import annotations

from collections.abc import Iterator

from chargeback.model.documents import Document, Preceding
from chargeback.render.pdf.page import LEFT, MM, PageSheet
from chargeback.render.pdf.table import ROW, TableColumn, TableRow, draw_table
from chargeback.workspace.reports.wording import Wording

MOST_AT_HEAD = 3


def corrected_facts(document: Document, wording: Wording) -> Iterator[tuple[str, str]]:
    """The documents that this one gives back or replaces with their dates, and the part of each where it has several."""
    label = wording.text("corrections.credits" if document.kind == "credit_note" else "corrections.replaces")
    if in_table(document):
        yield label, wording.text("corrections.several", n=len(document.preceding))
        return
    apart = is_apportioned(document)
    for number, of in enumerate(document.preceding):
        date = wording.short_date(of.issue_date) if apart else wording.date(of.issue_date)
        original = wording.text("corrections.original", number=of.number, date=date)
        if apart:
            original = wording.text("corrections.taken", original=original, amount=wording.money(of.gross))
        yield label if number == 0 else "", original
    if apart and unapplied_credit(document):
        yield wording.text("corrections.beyond"), wording.money(unapplied_credit(document))


def is_apportioned(document: Document) -> bool:
    """Whether a credit note says how much of it is taken off each invoice: it reduces several, or one by less than its total."""
    taken = sum(of.gross for of in document.preceding)
    return bool(taken) and (len(document.preceding) > 1 or taken != -document.gross)


def unapplied_credit(document: Document) -> int:
    """Cents of a credit note for which no invoice is left, VAT included."""
    return -document.gross - sum(of.gross for of in document.preceding)


def in_table(document: Document) -> bool:
    """Whether the invoices stand in a table: the head has no room for them."""
    return is_apportioned(document) and len(document.preceding) > MOST_AT_HEAD


def draw_reduced_invoices(sheet: PageSheet, document: Document, wording: Wording) -> None:
    """The table of the invoices that a credit note reduces, where they do not stand at its head."""
    if not in_table(document):
        return
    sheet.need(6 * ROW)
    sheet.y += 6 * MM
    sheet.text(LEFT, sheet.y, wording.text("corrections.table"), sheet.styles.section)
    sheet.y += 2 * MM
    taxed = any(of.vat for of in document.preceding)
    keys = ("net", "vat", "gross") if taxed else ("amount",)
    columns = [TableColumn(wording.text(f"corrections.columns.{key}"), "left") for key in ("number", "date")]
    columns = [columns[0], TableColumn(columns[1].title, "left", 1.0)]
    columns += [TableColumn(wording.text(f"corrections.columns.{key}")) for key in keys]
    draw_table(sheet, columns, list(_rows(document, taxed, wording)))


def _rows(document: Document, taxed: bool, wording: Wording) -> Iterator[TableRow]:
    """An invoice each, what no invoice is left for, and the whole of the credit note."""
    for of in document.preceding:
        yield TableRow((of.number, wording.date(of.issue_date), *_amounts(of, taxed, wording)))
    net, vat = (sum(getattr(of, part) for of in document.preceding) for part in ("net", "vat"))
    rest = Preceding("", document.preceding[0].issue_date, -document.net - net, -document.vat - vat)
    if rest.gross:
        yield TableRow((wording.text("corrections.beyond"), "", *_amounts(rest, taxed, wording)))
    whole = Preceding("", rest.issue_date, -document.net, -document.vat)
    yield TableRow((wording.text("basis.total"), "", *_amounts(whole, taxed, wording)), "total")


def _amounts(of: Preceding, taxed: bool, wording: Wording) -> tuple[str, ...]:
    return tuple(map(wording.money, (of.net, of.vat, of.gross) if taxed else (of.gross,)))
