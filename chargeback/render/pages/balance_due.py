"""Balance due of a payer on documents issued before: a sentence on its statement, and the documents where they fit."""

from __future__ import annotations

from chargeback.model.receivables import Balance, Receivable
from chargeback.render.pages.sections import cut_list, draw_section
from chargeback.render.pdf.page import MM, PageSheet
from chargeback.render.pdf.table import ROW, TableColumn, TableRow, draw_table
from chargeback.workspace.reports.wording import Wording

MOST_SHOWN = 5
HEAD = 22 * MM


def balance_sentence(balance: Balance, wording: Wording) -> str:
    """Balance due on its day, and how much of it is late, in a sentence or two."""
    date, amount = wording.date(balance.on), wording.money(abs(balance.open))
    if not balance.open:
        return wording.text("statement.open.none", date=date)
    if balance.open < 0:
        return wording.text("statement.open.credit", date=date, amount=amount)
    count = sum(row.open > 0 for row in balance.rows)
    sentence = wording.plural("statement.open.sentence", count, date=date, amount=amount)
    if not balance.late:
        return sentence
    late = wording.money(sum(row.open for row in balance.late))
    return f"{sentence} {wording.text('statement.open.late', amount=late, due=wording.date(balance.late[0].due_date))}"


def draw_balance_due(sheet: PageSheet, balance: Balance, wording: Wording) -> None:
    """Table of the open documents, late ones first, as many as the page still has room for."""
    fits = int((sheet.room - HEAD) // (ROW + 1)) - 2
    if not balance.rows or fits < 1:
        return
    draw_section(sheet, wording.text("statement.open.title", date=wording.date(balance.on)))
    late = {row.number for row in balance.late}
    ranked = sorted(balance.rows, key=lambda row: (row.number not in late, row.due_date, row.number))
    kept, rest = cut_list(ranked, min(fits, MOST_SHOWN))
    rows = [_row(row, wording) for row in kept]
    if rest:
        rows.append(_sums(wording.plural("statement.open.more", len(rest)), rest, wording))
    rows.append(TableRow(_sums(wording.text("statement.open.total"), ranked, wording).cells, "total"))
    keys = ("issued", "due", "gross", "settled", "amount")
    heads = [TableColumn(wording.text(f"statement.open.{key}")) for key in keys]
    draw_table(sheet, [TableColumn(wording.text("statement.open.document"), "left", 1.0), *heads], rows)


def _row(row: Receivable, wording: Wording) -> TableRow:
    dates = (wording.short_date(row.issue_date), wording.short_date(row.due_date))
    return TableRow((row.number, *dates, *_amounts([row], wording)))


def _sums(label: str, rows: list[Receivable], wording: Wording) -> TableRow:
    return TableRow((label, "", "", *_amounts(rows, wording)))


def _amounts(rows: list[Receivable], wording: Wording) -> tuple[str, str, str]:
    """Amounts of documents: their totals with VAT, what was settled of them (below zero), what is open."""
    gross, due = sum(row.gross for row in rows), sum(row.open for row in rows)
    return wording.money(gross), wording.money(due - gross), wording.money(due)
