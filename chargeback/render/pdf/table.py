"""Tables: columns as wide as their figures, figures aligned on the decimal mark, the head repeated on each page.

A row is never split over two pages, a heading stays with the row below it and a total with the row above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from chargeback.render.pdf.fonts import fit, wrap
from chargeback.render.pdf.page import LEFT, MM, RIGHT, PageSheet, Style

ROW = 5 * MM
BASE = 3.4 * MM
GAP = 4 * MM
MOST_FIGURES = 0.66
DASH = "\u2014"
RowKind = Literal["item", "party", "section", "subtotal", "total"]
HEADS = ("party", "section")


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column. ``decimal`` aligns on the decimal mark; ``left`` columns share the room that the figures leave.

    ``share`` is a left column's part of that room, 0 for one as wide as its longest text. A column of ``marks`` takes its
    part of the room too, and what the rows draw in it.
    """

    title: str
    align: Literal["left", "right", "decimal", "marks"] = "decimal"
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row: a text per column, and grey notes under the first; ``short`` cuts each of them to one line.

    ``marks`` draws the row's part of a column of marks, between its left and right ends from the top of the row on.
    """

    cells: tuple[str, ...]
    kind: RowKind = "item"
    notes: tuple[str, ...] = ()
    short: bool = False
    marks: Callable[[PageSheet, float, float, float], None] | None = None


@dataclass(frozen=True, slots=True)
class _ColumnExtent:
    """Where a column stands: its left and right ends, and for decimals where the decimal mark goes."""

    column: TableColumn
    left: float
    right: float
    mark: float

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class _WrappedRow:
    """A row with its texts wrapped."""

    row: TableRow
    lines: tuple[list[str], ...]
    notes: list[str]
    height: float


def draw_table(sheet: PageSheet, columns: Sequence[TableColumn], rows: Sequence[TableRow], tail: float = 0.0) -> None:
    """The table at ``sheet.y``, over as many pages as it takes; ``sheet.y`` is then below it.

    ``tail`` points of what follows stay on the page of its last rows.
    """
    decimal = sheet.decimal
    places = _extents(sheet, columns, rows, LEFT, RIGHT, decimal)
    head_lines = max(1, max(len(_head_lines(sheet, p)) for p in places))
    first = True
    blocks = list(_blocks([_wrapped(sheet, places, row) for row in rows]))
    for block in blocks:
        height = sum(laid.height for laid in block) + (tail if block is blocks[-1] else 0.0)
        if sheet.need(height + (_head_height(sheet, head_lines) if first else 0)) or first:
            _head(sheet, places, head_lines)
            first = False
        for laid in block:
            if sheet.need(laid.height):
                _head(sheet, places, head_lines)
            _row(sheet, places, laid, decimal)


def without_blanks(
    columns: Sequence[TableColumn], rows: Sequence[TableRow]
) -> tuple[list[TableColumn], list[TableRow]]:
    """The table without the columns in which no row says anything."""
    kept = [i for i in range(len(columns)) if any(row.cells[i] for row in rows)]
    return [columns[i] for i in kept], [replace(row, cells=tuple(row.cells[i] for i in kept)) for row in rows]


def style_of(sheet: PageSheet, kind: RowKind) -> Style:
    """The style of a row's cells."""
    styles = sheet.styles
    known = {"item": styles.small, "subtotal": styles.small_medium, "party": styles.party}
    return known.get(kind, styles.small_strong)


def _blocks(rows: list[_WrappedRow]) -> Iterator[list[_WrappedRow]]:
    """Rows that stay on one page: headings with what follows, totals with what precedes."""
    block: list[_WrappedRow] = []
    for laid in rows:
        joined = laid.row.kind in ("subtotal", "total") or (block and block[-1].row.kind in HEADS)
        if block and not joined:
            yield block
            block = []
        block.append(laid)
    if block:
        yield block


def _extents(
    sheet: PageSheet, columns: Sequence[TableColumn], rows: Sequence[TableRow], left: float, right: float, decimal: str
) -> list[_ColumnExtent]:
    measured = [_measure(sheet, column, index, rows, decimal, True) for index, column in enumerate(columns)]
    taken = sum(whole for whole, _ in measured) + GAP * (len(columns) - 1)
    if taken > MOST_FIGURES * (right - left):
        measured = [_measure(sheet, column, index, rows, decimal, False) for index, column in enumerate(columns)]
        taken = sum(whole for whole, _ in measured) + GAP * (len(columns) - 1)
    shares = sum(column.share for column in columns) or 1.0
    places: list[_ColumnExtent] = []
    x = left
    for column, (whole, tail) in zip(columns, measured, strict=True):
        width = whole + max(0.0, right - left - taken) * column.share / shares
        places.append(_ColumnExtent(column, x, x + width, x + width - tail))
        x += width + GAP
    return places


def _measure(
    sheet: PageSheet, column: TableColumn, index: int, rows: Sequence[TableRow], decimal: str, one_line: bool
) -> tuple[float, float]:
    """(width of the figures, width of what follows the decimal mark) of a column; a sharing column takes none itself.

    Its title is on one line, or broken at its spaces.
    """
    if column.share:
        return 0.0, 0.0
    title = column.title or " "
    whole = max(sheet.styles.note.width(part) for part in ([title] if one_line else title.split(" ")))
    heads = tails = 0.0
    for row in rows:
        text = row.cells[index]
        if not text:
            continue
        style = style_of(sheet, row.kind)
        head, tail = _at_decimal_mark(text, decimal) if column.align == "decimal" else (text, "")
        heads, tails = max(heads, style.width(head)), max(tails, style.width(tail))
    return max(whole, heads + tails), tails


def _at_decimal_mark(text: str, decimal: str) -> tuple[str, str]:
    """What stands before and from the decimal mark on; without one, before and from the blank and unit on."""
    at = text.rfind(decimal)
    if at < 0:
        at = next((i for i, c in enumerate(text) if c == "\u00a0"), len(text))
    return text[:at], text[at:]


def _wrapped(sheet: PageSheet, places: list[_ColumnExtent], row: TableRow) -> _WrappedRow:
    style = style_of(sheet, row.kind)
    span = places[-1].right - places[0].left if row.kind in HEADS else 0.0
    lines = tuple(
        _broken(text, style, span or p.width, row.short) if p.column.align == "left" else [text]
        for text, p in zip(row.cells, places, strict=True)
    )
    notes = [line for text in row.notes for line in _broken(text, sheet.styles.note, places[0].width, row.short)]
    count = max(len(texts) for texts in lines) + len(notes)
    return _WrappedRow(row, lines, notes, ROW + (count - 1) * style.leading + _above(row))


def _broken(text: str, style: Style, width: float, short: bool) -> list[str]:
    if short:
        return [fit(text, style.font, style.size, width)]
    return wrap(text, style.font, style.size, width)


def _above(row: TableRow) -> float:
    """The space above a heading."""
    return {"section": MM, "party": 2.5 * MM}.get(row.kind, 0.0)


def _head_lines(sheet: PageSheet, place: _ColumnExtent) -> list[str]:
    style = sheet.styles.note
    return wrap(place.column.title, style.font, style.size, max(place.width, 1.0))


def _head_height(sheet: PageSheet, lines: int) -> float:
    return ROW + (lines - 1) * sheet.styles.note.leading


def _head(sheet: PageSheet, places: list[_ColumnExtent], lines: int) -> None:
    style = sheet.styles.note
    bottom = sheet.y + _head_height(sheet, lines)
    for place in places:
        texts = _head_lines(sheet, place)
        for index, text in enumerate(texts):
            y = bottom - 1.4 * MM - (len(texts) - 1 - index) * style.leading
            if place.column.align in ("left", "marks"):
                sheet.text(place.left, y, text, style)
            else:
                sheet.text(place.right, y, text, style, "right")
    sheet.y = bottom
    sheet.rule(sheet.y, places[0].left, places[-1].right, sheet.theme.ink, 0.6)


def _row(sheet: PageSheet, places: list[_ColumnExtent], laid: _WrappedRow, decimal: str) -> None:
    row = laid.row
    style = style_of(sheet, row.kind)
    top = sheet.y + _above(row)
    if row.kind == "total":
        sheet.rule(sheet.y, places[0].left, places[-1].right, sheet.theme.ink, 0.6)
    for place, lines in zip(places, laid.lines, strict=True):
        if place.column.align == "left":
            for index, text in enumerate(lines):
                sheet.text(place.left, top + BASE + index * style.leading, text, style)
        elif place.column.align == "marks" and row.marks is not None:
            row.marks(sheet, place.left, place.right, top)
        elif lines[0]:
            _figure(sheet, place, lines[0], top + BASE, style, decimal)
    under = top + BASE + len(laid.lines[0]) * style.leading
    for index, text in enumerate(laid.notes):
        sheet.text(places[0].left, under + index * style.leading, text, sheet.styles.note)
    sheet.y += laid.height
    if row.kind != "total":
        sheet.rule(sheet.y, places[0].left, places[-1].right, width=0.4)


def _figure(sheet: PageSheet, place: _ColumnExtent, text: str, y: float, style: Style, decimal: str) -> None:
    if place.column.align == "right" or text == DASH:
        sheet.text(place.right, y, text, style, "right")
        return
    head, _ = _at_decimal_mark(text, decimal)
    sheet.text(place.mark - style.width(head), y, text, style)
