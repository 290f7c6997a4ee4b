"""Finance workbook of a month: summary with checks, charges, pools and keys, transfers, members, savings, fairness,
documents, amounts carried forward, aged balance, notices.

A sheet of ``WHEN`` is omitted in a month without anything to list in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from openpyxl import Workbook

from chargeback.model.month import Month
from chargeback.render.workbook.balance import balance_table
from chargeback.render.workbook.blocks import summary_sheet
from chargeback.render.workbook.carried_forward import carried_table, carries
from chargeback.render.workbook.charges import charges_table
from chargeback.render.workbook.documents import documents_table
from chargeback.render.workbook.fairness import fairness_table, groups_table
from chargeback.render.workbook.labels import SheetLabels
from chargeback.render.workbook.layout import sheet_of
from chargeback.render.workbook.members import members_table
from chargeback.render.workbook.notices import notices_table
from chargeback.render.workbook.pools import pools_table
from chargeback.render.workbook.savings import savings_table
from chargeback.render.workbook.styles import Styles, hexadecimal
from chargeback.render.workbook.summary import summary
from chargeback.render.workbook.tables import MOST_ROWS, SheetTable, distinct, parts, table_name
from chargeback.render.workbook.transfers import transfers_table
from chargeback.render.workbook.xlsx import Properties, xlsx
from chargeback.workspace.reports.theme import Theme, read_theme
from chargeback.workspace.reports.wording import Wording

SHEETS: dict[str, Callable[[Month, SheetLabels], SheetTable]] = {
    "charges": charges_table,
    "pools": pools_table,
    "transfers": transfers_table,
    "members": members_table,
    "savings": savings_table,
    "fairness": fairness_table,
    "groups": groups_table,
    "documents": documents_table,
    "carried": carried_table,
    "balance": balance_table,
    "notices": notices_table,
}
WHEN: dict[str, Callable[[Month], bool]] = {
    "transfers": lambda month: any(flow.amount for flow in month.flows),
    "fairness": lambda month: bool(month.fairness),
    "groups": lambda month: bool(month.fairness),
    "carried": carries,
    "balance": lambda month: month.aged_balance is not None,
    "notices": lambda month: bool(month.notices),
}


def workbook_xlsx(month: Month, wording: Wording, theme: Theme | None = None, most_rows: int = MOST_ROWS) -> bytes:
    """Workbook as the bytes of an XLSX file; the same month and wording give the same bytes.

    Amounts are written in whole cents, digit by digit. Totals are formulas, each with its result. A table of more than
    ``most_rows`` rows continues on a further sheet. Withheld documents are listed with the others, by name; amounts
    carried forward have a sheet of their own.
    """
    month = replace(month, documents=replace(month, carried_forward=()).drawn_up, withheld=())
    labels = SheetLabels(month, wording)
    first = table_name(labels.text("summary.table"))
    tables = {name: table(month, labels) for name, table in SHEETS.items() if name not in WHEN or WHEN[name](month)}
    book = {name: parts(table, most_rows) for name, table in distinct(tables, first).items()}
    workbook = Workbook()
    styles = _styles(workbook, theme or read_theme())
    sheets = [summary_sheet(summary(month, book, labels), styles, wording)]
    sheets += [sheet_of(part, styles, wording) for table in book.values() for part in table]
    return xlsx(workbook, sheets, _properties(month, labels))


def _styles(workbook: Workbook, theme: Theme) -> Styles:
    return Styles(workbook, *(hexadecimal(colour) for colour in (theme.accent, theme.light, theme.grey)))


def _properties(month: Month, labels: SheetLabels) -> Properties:
    return Properties(
        title=labels.about("properties.title"),
        subject=labels.about("properties.subject"),
        author=month.settings.operator.name,
        language=month.settings.locale.replace("_", "-"),
        footer=(labels.about("footer.left"), labels.text("footer.right", page="{page}", pages="{pages}")),
    )
