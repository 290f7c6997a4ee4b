"""Layout of a table as a sheet: title, second line, header, rows, totals; each cell with its content and its style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from chargeback.render.workbook.cells import EMPTY, CellContent, cell, cents, content_of, letters, placed, row, tail
from chargeback.render.workbook.styles import TEXT, CellStyle, Styles, alignment, number_format
from chargeback.render.workbook.tables import (
    HEADER_ROW,
    NUMBERS,
    SUBTITLE_ROW,
    TITLE_ROW,
    CellKind,
    CellValue,
    Formula,
    SheetColumn,
    SheetTable,
)
from chargeback.workspace.reports.wording import Wording

NARROWEST, MANY_COLUMNS = 6, 15
WIDEST = {"code": (40, 30), "text": (60, 30)}
TITLE_HEIGHT, SUBTITLE_HEIGHT, HEADER_HEIGHT, ROW_HEIGHT = 24.0, 18.0, 32.0, 15.0
EXTRA = {"money": 4, "price": 4, "quantity": 2, "count": 1}
FIXED = {"percent": 10, "date": 12, "month": 10}
STRONG_FILL = "EFF2F5"
ALIGNED = ("quantity", "price")
SHARED = (str, int, date, type(None))


@dataclass(frozen=True, slots=True)
class TableShape:
    """Excel table of a sheet.

    Attributes:
        name: name of the table.
        ref: range of its cells, as ``A3:K40``.
        columns: its columns.
        totals: whether it ends with a row of totals.
        total_label: label of that row; '' for none.
    """

    name: str
    ref: str
    columns: tuple[SheetColumn, ...]
    totals: bool
    total_label: str


@dataclass(frozen=True, slots=True)
class VerdictFormat:
    """Conditional format of verdicts: cells are green where they are ``good``, red where they are ``bad``.

    Attributes:
        ref: range of the cells.
        good: text of a good verdict.
        bad: text of a bad one.
    """

    ref: str
    good: str
    bad: str


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """Layout of a sheet.

    Attributes:
        name: name of the sheet.
        xml: its rows as XML.
        last: last cell.
        widths: widths of the columns, in characters.
        freeze: first cell that scrolls.
        table: its Excel table.
        texts: ranges of texts in which digits are no mistake, separated by spaces.
        verdicts: conditional formats.
        repeat: last of the rows that are printed on every page.
        breaks: rows after which a printed page ends.
        printed: last cell on paper; '' for ``last``.
    """

    name: str
    xml: str
    last: str
    widths: tuple[float, ...]
    freeze: str
    table: TableShape | None
    texts: str = ""
    verdicts: tuple[VerdictFormat, ...] = ()
    repeat: int = HEADER_ROW
    breaks: tuple[int, ...] = ()
    printed: str = ""


SheetCell = str | tuple[CellContent, int]


@dataclass(frozen=True, slots=True)
class ColumnLayout:
    """Layout of a column.

    Attributes:
        cells: XML of each cell after its reference; of a formula, its content and the number of its style.
        width: width in characters.
    """

    cells: list[SheetCell]
    width: float


def sheet_of(table: SheetTable, styles: Styles, wording: Wording) -> SheetLayout:
    """Layout of the sheet of a table."""
    names = letters(len(table.columns))
    first, last = HEADER_ROW + 1, HEADER_ROW + len(table.body)
    columns = [_column(table, n, styles, wording) for n in range(len(table.columns))]
    end = last + 1 if table.totals else last
    lines = chain(
        title_rows(table.title, table.subtitle, styles),
        [_header(table, styles)],
        _body(table, columns, names),
        [_totals(table, styles, wording, end)] if table.totals else [],
    )
    codes = [f"{a}{first}:{a}{last}" for a, c in zip(names, table.columns, strict=True) if c.kind in ("code", "text")]
    printed = table.index(table.printed) if table.printed else -1
    shape = TableShape(
        table.name, f"A{HEADER_ROW}:{names[-1]}{end}", table.columns, table.totals, label_of_totals(table)
    )
    return SheetLayout(
        name=table.sheet,
        xml="".join(lines),
        last=f"{names[-1]}{end}",
        widths=tuple(column.width for column in columns),
        freeze=f"{names[table.frozen]}{first}",
        table=shape,
        texts=" ".join(codes),
        printed=f"{names[printed]}{end}",
    )


def label_of_totals(table: SheetTable) -> str:
    """Label of the row of totals; '' where the first column is added up itself."""
    return "" if table.columns[0].total else table.total_label


def title_rows(title: str, subtitle: str, styles: Styles) -> list[str]:
    """Rows of the two lines above a table."""
    large = styles.number(CellStyle(size=16, bold=True, colour=styles.accent))
    small = styles.number(CellStyle(size=10, colour=styles.grey))
    return [
        row(TITLE_ROW, [cell(f"A{TITLE_ROW}", CellContent(title, True), large)], TITLE_HEIGHT),
        row(SUBTITLE_ROW, [cell(f"A{SUBTITLE_ROW}", CellContent(subtitle, True), small)], SUBTITLE_HEIGHT),
    ]


def header_style(column: SheetColumn, styles: Styles, filtered: bool = True) -> CellStyle:
    """Style of a header: white on the accent, indented above numbers for the button of the filter."""
    align = alignment(column.kind)
    room = {"left": 1, "right": 2 if filtered else 0, "center": 0}[align]
    return CellStyle(bold=True, colour="FFFFFF", fill=styles.accent, align=align, wrap=True, indent=room)


def _header(table: SheetTable, styles: Styles) -> str:
    names = letters(len(table.columns))
    cells = [
        cell(f"{name}{HEADER_ROW}", CellContent(column.header, True), styles.number(header_style(column, styles)))
        for name, column in zip(names, table.columns, strict=True)
    ]
    return row(HEADER_ROW, cells, HEADER_HEIGHT)


def _column(table: SheetTable, n: int, styles: Styles, wording: Wording) -> ColumnLayout:
    """Layout of a column; the XML of cells with the same value is written once."""
    column = table.columns[n]
    known: dict[CellValue, CellContent] = {}
    contents = [_content(column.kind, values[n], known) for values in table.body]
    most = max((content.places for content in contents), default=0) if column.kind in ALIGNED else 0
    numbers = _ColumnStyles(column, styles, wording, most)
    tails: dict[tuple[int, bool], str] = {}
    cells: list[SheetCell] = []
    for number, content in enumerate(contents):
        key = (id(content), number in table.strong)
        if key not in tails:
            style = numbers[content.places if most else 0, content.like_formula, key[1]]
            if content.formula:
                cells.append((content, style))
                continue
            tails[key] = tail(content, style)
        cells.append(tails[key])
    return ColumnLayout(cells, _width(column, contents, table, most))


def _content(kind: CellKind, value: CellValue, known: dict[CellValue, CellContent]) -> CellContent:
    """Content of a value: the same object for the same text, day or whole number."""
    if not isinstance(value, SHARED):
        return content_of(kind, value)
    found = known.get(value)
    if found is None:
        found = known[value] = content_of(kind, value)
    return found


class _ColumnStyles(dict[tuple[int, bool, bool], int]):
    """Numbers of the styles of a column, by (decimals, whether like a formula, whether strong)."""

    def __init__(self, column: SheetColumn, styles: Styles, wording: Wording, most: int) -> None:
        super().__init__()
        self.column, self.styles, self.wording, self.most = column, styles, wording, most

    def __missing__(self, key: tuple[int, bool, bool]) -> int:
        places, quote, strong = key
        kind = self.column.kind
        style = CellStyle(
            format=number_format(kind, self.wording, places, self.most),
            bold=strong,
            fill=STRONG_FILL if strong else "",
            align=alignment(kind),
            indent=indent(kind),
            rule="hair",
            quote=quote,
        )
        self[key] = self.styles.number(style)
        return self[key]


def indent(kind: CellKind) -> int:
    """Indent of a text, which keeps it off the number on its left; 0 for other kinds."""
    return 1 if alignment(kind) == "left" else 0


def _width(column: SheetColumn, contents: Sequence[CellContent], table: SheetTable, most: int) -> float:
    """Width in characters of the longest content, the total included; a header may be on two lines."""
    if column.kind in FIXED:
        longest = FIXED[column.kind]
    elif column.kind in NUMBERS:
        digits = max((len(content.text) - content.places for content in contents), default=0)
        added = len(cents(table.sum(column.key))) if column.total else 0
        digits = max(digits + most, added)
        longest = digits + digits // 4 + EXTRA[column.kind]
    else:
        widest = WIDEST[column.kind][len(table.columns) > MANY_COLUMNS]
        longest = min(widest, max((len(content.text) for content in contents), default=0) + 3)
    longest_word = max((len(word) for word in column.header.split()), default=0) + 4
    return float(max(longest, longest_word, len(column.header) // 2 + 7, NARROWEST))


def _body(table: SheetTable, columns: Sequence[ColumnLayout], names: Sequence[str]) -> list[str]:
    by_key = {column.key: name for column, name in zip(table.columns, names, strict=True)}
    lines = []
    for number, cells in enumerate(zip(*(column.cells for column in columns), strict=True), start=HEADER_ROW + 1):
        written = []
        for n, (name, sheet_cell) in enumerate(zip(names, cells, strict=True)):
            if isinstance(sheet_cell, str):
                end = sheet_cell
            else:
                content, style = sheet_cell
                end = tail(placed(content, by_key, n, number), style)
            written.append(f'<c r="{name}{number}"{end}')
        lines.append(row(number, written))
    return lines


def _totals(table: SheetTable, styles: Styles, wording: Wording, number: int) -> str:
    """Row of totals: each total is a formula that follows the filter."""
    cells = []
    for n, (name, column) in enumerate(zip(letters(len(table.columns)), table.columns, strict=True)):
        content, format_code = EMPTY, TEXT
        if column.total:
            formula = Formula(f"SUBTOTAL(109,{table.ref(column.key)})", table.sum(column.key))
            content, format_code = content_of(column.kind, formula), number_format(column.kind, wording)
        elif n == 0:
            content = CellContent(label_of_totals(table), True)
        style = CellStyle(
            format_code, bold=True, align=alignment(column.kind), indent=indent(column.kind), rule="total"
        )
        cells.append(cell(f"{name}{number}", content, styles.number(style)))
    return row(number, cells, ROW_HEIGHT + 3)
