"""Invoices that a document corrects or reduces (EN 16931 BG-3): up to three at its head, more in a table below."""

from __future__ import annotations

from collections.abc import Iterator

from chargeback.model.documents import Document
from chargeback.render.pdf.page import LEFT, MM, PageSheet
from chargeback.render.pdf.table import ROW, TableColumn, TableRow, draw_table
from chargeback.workspace.reports.wording import Wording

MOST_AT_HEAD = 3


def corrected_facts(document: Document, wording: Wording) -> Iterator[tuple[str, str]]:
    """(label, text) of each document that this one credits or replaces, with its date, and the amount taken off it.

    The amounts are given where a credit note is apportioned over invoices; then also what remains unapplied.
    """
    label = wording.text("corrections.credits" if document.kind == "credit_note" else "corrections.replaces")
    if in_table(document):
        yield label, wording.text("corrections.several", n=len(document.preceding))
        return
    apportioned = is_apportioned(document)
    for number, invoice in enumerate(document.preceding):
        date = wording.short_date(invoice.issue_date) if apportioned else wording.date(invoice.issue_date)
        original = wording.text("corrections.original", number=invoice.number, date=date)
        if apportioned:
            original = wording.text(
                "corrections.taken", original=original, amount=wording.money(invoice.credited_gross)
            )
        yield label if number == 0 else "", original
    if apportioned and unapplied_credit(document):
        yield wording.text("corrections.beyond"), wording.money(unapplied_credit(document))


def is_apportioned(document: Document) -> bool:
    """Whether a credit note names the amount taken off each invoice: of several, or of one for less than its total."""
    applied = sum(invoice.credited_gross for invoice in document.preceding)
    return bool(applied) and (len(document.preceding) > 1 or applied != -document.gross)


def unapplied_credit(document: Document) -> int:
    """Unapplied part of a credit note, in cents with VAT: no invoice remains to take it off."""
    return -document.gross - sum(invoice.credited_gross for invoice in document.preceding)


def in_table(document: Document) -> bool:
    """Whether the invoices are listed in a table: there are more than the head has room for."""
    return is_apportioned(document) and len(document.preceding) > MOST_AT_HEAD


def draw_reduced_invoices(sheet: PageSheet, document: Document, wording: Wording) -> None:
    """Table of the invoices that a credit note reduces, where they are not listed at its head."""
    if not in_table(document):
        return
    sheet.need(6 * ROW)
    sheet.y += 6 * MM
    sheet.text(LEFT, sheet.y, wording.text("corrections.table"), sheet.styles.section)
    sheet.y += 2 * MM
    taxed = any(invoice.credited_vat for invoice in document.preceding)
    keys = ("net", "vat", "gross") if taxed else ("amount",)
    columns = [TableColumn(wording.text(f"corrections.columns.{key}"), "left") for key in ("number", "date")]
    columns = [columns[0], TableColumn(columns[1].title, "left", 1.0)]
    columns += [TableColumn(wording.text(f"corrections.columns.{key}")) for key in keys]
    draw_table(sheet, columns, list(_rows(document, taxed, wording)))


def _rows(document: Document, taxed: bool, wording: Wording) -> Iterator[TableRow]:
    """Rows of the table: each invoice, the unapplied part, the total of the credit note."""
    for invoice in document.preceding:
        cents = _amounts(invoice.credited_net, invoice.credited_vat, taxed, wording)
        yield TableRow((invoice.number, wording.date(invoice.issue_date), *cents))
    net = sum(invoice.credited_net for invoice in document.preceding)
    vat = sum(invoice.credited_vat for invoice in document.preceding)
    rest_net, rest_vat = -document.net - net, -document.vat - vat
    if rest_net + rest_vat:
        yield TableRow((wording.text("corrections.beyond"), "", *_amounts(rest_net, rest_vat, taxed, wording)))
    whole = _amounts(-document.net, -document.vat, taxed, wording)
    yield TableRow((wording.text("basis.total"), "", *whole), "total")


def _amounts(net: int, vat: int, taxed: bool, wording: Wording) -> tuple[str, ...]:
    return tuple(map(wording.money, (net, vat, net + vat) if taxed else (net + vat,)))
