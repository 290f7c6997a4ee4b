"""What a payer still owes on documents issued before, on its statement: a sentence, and the documents where there is room."""

from __future__ import annotations

from chargeback.model.receivables import Balance, Receivable
from chargeback.render.pages.key_ranking import draw_section
from chargeback.render.pdf.page import MM, PageSheet
from chargeback.render.pdf.table import ROW, TableColumn, TableRow, draw_table
from chargeback.workspace.reports.wording import Wording

MOST_SHOWN = 5
HEAD = 22 * MM


def balance_sentence(balance: Balance, wording: Wording) -> str:
    """All that is owed and how much of it is late, in a sentence or two."""
    date, amount = wording.date(balance.on), wording.money(abs(balance.open))
    if not balance.open:
        return wording.text("statement.open.none", date=date)
    if balance.open < 0:
        return wording.text("statement.open.credit", date=date, amount=amount)
    owed = sum(row.open > 0 for row in balance.rows)
    sentence = wording.plural("statement.open.sentence", owed, date=date, amount=amount)
    if not balance.late:
        return sentence
    late = wording.money(sum(row.open for row in balance.late))
    return f"{sentence} {wording.text('statement.open.late', amount=late, due=wording.date(balance.late[0].due_date))}"


def draw_balance_due(sheet: PageSheet, balance: Balance, wording: Wording) -> None:
    """The documents that are not settled, those that are late first, as many as the page still holds."""
    fits = int((sheet.room - HEAD) // (ROW + 1)) - 2
    if not balance.rows or fits < 1:
        return
    draw_section(sheet, wording.text("statement.open.title", date=wording.date(balance.on)))
    late = {row.number for row in balance.late}
    ranked = sorted(balance.rows, key=lambda row: (row.number not in late, row.due_date, row.number))
    kept = ranked if len(ranked) <= min(fits, MOST_SHOWN) else ranked[: min(fits, MOST_SHOWN) - 1]
    rows = [_row(row, wording) for row in kept]
    if len(kept) < len(ranked):
        rest = ranked[len(kept) :]
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
    gross, left = sum(row.gross for row in rows), sum(row.open for row in rows)
    return wording.money(gross), wording.money(left - gross), wording.money(left)
