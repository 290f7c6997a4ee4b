"""Tables: columns as wide as their figures, figures aligned on the decimal mark, the head repeated on each page.

A row is never split over two pages; a heading is on the page of the row below it, a total on that of the row above it.
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
ColumnAlign = Literal["left", "right", "decimal", "marks"]
RowKind = Literal["item", "party", "section", "subtotal", "total"]
HEADS: tuple[RowKind, ...] = ("party", "section")


@dataclass(frozen=True, slots=True)
class TableColumn:
    """Column of a table.

    Attributes:
        title: text of its head.
        align: alignment of its cells; ``decimal`` is on the decimal mark, ``marks`` is for shapes that the rows draw.
        share: its part of the width that the figures do not use; 0 for a column as wide as its longest text.
    """

    title: str
    align: ColumnAlign = "decimal"
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class TableRow:
    """Row of a table.

    Attributes:
        cells: a text per column.
        kind: ``item``, a heading (``party``, ``section``), or a sum (``subtotal``, ``total``).
        notes: notes in grey under the first cell.
        short: whether cells and notes are cut to one line.
        marks: draws its shapes in a column of marks: (sheet, left end, right end, top of the row).
    """

    cells: tuple[str, ...]
    kind: RowKind = "item"
    notes: tuple[str, ...] = ()
    short: bool = False
    marks: Callable[[PageSheet, float, float, float], None] | None = None


@dataclass(frozen=True, slots=True)
class _ColumnExtent:
    """Extent of a column on the page.

    Attributes:
        column: the column.
        left: its left end.
        right: its right end.
        decimal_x: abscissa of the decimal mark.
    """

    column: TableColumn
    left: float
    right: float
    decimal_x: float

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class _WrappedRow:
    """Row with its texts wrapped.

    Attributes:
        row: the row.
        lines: lines of each cell.
        notes: lines of the notes.
        height: height in points.
    """

    row: TableRow
    lines: tuple[list[str], ...]
    notes: list[str]
    height: float


def draw_table(sheet: PageSheet, columns: Sequence[TableColumn], rows: Sequence[TableRow], tail: float = 0.0) -> None:
    """Table at ``sheet.y``, over as many pages as it needs; ``sheet.y`` is then below it.

    Its last rows are on a page with room for ``tail`` points below them.
    """
    decimal = sheet.decimal
    extents = _extents(sheet, columns, rows, LEFT, RIGHT, decimal)
    head_lines = max(1, max(len(_head_lines(sheet, extent)) for extent in extents))
    first = True
    blocks = list(_blocks([_wrapped(sheet, extents, row) for row in rows]))
    for block in blocks:
        height = sum(wrapped.height for wrapped in block) + (tail if block is blocks[-1] else 0.0)
        if sheet.need(height + (_head_height(sheet, head_lines) if first else 0)) or first:
            _head(sheet, extents, head_lines)
            first = False
        for wrapped in block:
            if sheet.need(wrapped.height):
                _head(sheet, extents, head_lines)
            _row(sheet, extents, wrapped, decimal)


def without_blanks(
    columns: Sequence[TableColumn], rows: Sequence[TableRow]
) -> tuple[list[TableColumn], list[TableRow]]:
    """Table without the columns in which every cell is ''."""
    kept = [i for i in range(len(columns)) if any(row.cells[i] for row in rows)]
    return [columns[i] for i in kept], [replace(row, cells=tuple(row.cells[i] for i in kept)) for row in rows]


def style_of(sheet: PageSheet, kind: RowKind) -> Style:
    """Style of the cells of a row."""
    styles = sheet.styles
    known = {"item": styles.small, "subtotal": styles.small_medium, "party": styles.party}
    return known.get(kind, styles.small_strong)


def _blocks(rows: list[_WrappedRow]) -> Iterator[list[_WrappedRow]]:
    """Blocks of rows that are kept on one page: headings with the row below, sums with the row above."""
    block: list[_WrappedRow] = []
    for wrapped in rows:
        joined = wrapped.row.kind in ("subtotal", "total") or (block and block[-1].row.kind in HEADS)
        if block and not joined:
            yield block
            block = []
        block.append(wrapped)
    if block:
        yield block


def _extents(
    sheet: PageSheet, columns: Sequence[TableColumn], rows: Sequence[TableRow], left: float, right: float, decimal: str
) -> list[_ColumnExtent]:
    measured = [_measure(sheet, column, index, rows, decimal, True) for index, column in enumerate(columns)]
    used = sum(whole for whole, _ in measured) + GAP * (len(columns) - 1)
    if used > MOST_FIGURES * (right - left):
        measured = [_measure(sheet, column, index, rows, decimal, False) for index, column in enumerate(columns)]
        used = sum(whole for whole, _ in measured) + GAP * (len(columns) - 1)
    shares = sum(column.share for column in columns) or 1.0
    extents: list[_ColumnExtent] = []
    x = left
    for column, (whole, tail) in zip(columns, measured, strict=True):
        width = whole + max(0.0, right - left - used) * column.share / shares
        extents.append(_ColumnExtent(column, x, x + width, x + width - tail))
        x += width + GAP
    return extents


def _measure(
    sheet: PageSheet, column: TableColumn, index: int, rows: Sequence[TableRow], decimal: str, one_line: bool
) -> tuple[float, float]:
    """(width of a column, width of its figures from the decimal mark on); (0, 0) for a column with a share.

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
    """(text before the decimal mark, text from it on); without a mark, cut at the no-break space before the unit."""
    at = text.rfind(decimal)
    if at < 0:
        at = next((i for i, c in enumerate(text) if c == "\u00a0"), len(text))
    return text[:at], text[at:]


def _wrapped(sheet: PageSheet, extents: list[_ColumnExtent], row: TableRow) -> _WrappedRow:
    style = style_of(sheet, row.kind)
    span = extents[-1].right - extents[0].left if row.kind in HEADS else 0.0
    lines = tuple(
        _broken(text, style, span or extent.width, row.short) if extent.column.align == "left" else [text]
        for text, extent in zip(row.cells, extents, strict=True)
    )
    notes = [line for text in row.notes for line in _broken(text, sheet.styles.note, extents[0].width, row.short)]
    count = max(len(texts) for texts in lines) + len(notes)
    return _WrappedRow(row, lines, notes, ROW + (count - 1) * style.leading + _above(row))


def _broken(text: str, style: Style, width: float, short: bool) -> list[str]:
    if short:
        return [fit(text, style.font, style.size, width)]
    return wrap(text, style.font, style.size, width)


def _above(row: TableRow) -> float:
    """Space above a row: of a heading, in points."""
    return {"section": MM, "party": 2.5 * MM}.get(row.kind, 0.0)


def _head_lines(sheet: PageSheet, extent: _ColumnExtent) -> list[str]:
    style = sheet.styles.note
    return wrap(extent.column.title, style.font, style.size, max(extent.width, 1.0))


def _head_height(sheet: PageSheet, lines: int) -> float:
    return ROW + (lines - 1) * sheet.styles.note.leading


def _head(sheet: PageSheet, extents: list[_ColumnExtent], lines: int) -> None:
    style = sheet.styles.note
    bottom = sheet.y + _head_height(sheet, lines)
    for extent in extents:
        texts = _head_lines(sheet, extent)
        for index, text in enumerate(texts):
            y = bottom - 1.4 * MM - (len(texts) - 1 - index) * style.leading
            if extent.column.align in ("left", "marks"):
                sheet.text(extent.left, y, text, style)
            else:
                sheet.text(extent.right, y, text, style, "right")
    sheet.y = bottom
    sheet.rule(sheet.y, extents[0].left, extents[-1].right, sheet.theme.ink, 0.6)


def _row(sheet: PageSheet, extents: list[_ColumnExtent], wrapped: _WrappedRow, decimal: str) -> None:
    row = wrapped.row
    style = style_of(sheet, row.kind)
    top = sheet.y + _above(row)
    if row.kind == "total":
        sheet.rule(sheet.y, extents[0].left, extents[-1].right, sheet.theme.ink, 0.6)
    for extent, lines in zip(extents, wrapped.lines, strict=True):
        if extent.column.align == "left":
            for index, text in enumerate(lines):
                sheet.text(extent.left, top + BASE + index * style.leading, text, style)
        elif extent.column.align == "marks" and row.marks is not None:
            row.marks(sheet, extent.left, extent.right, top)
        elif lines[0]:
            _figure(sheet, extent, lines[0], top + BASE, style, decimal)
    under = top + BASE + len(wrapped.lines[0]) * style.leading
    for index, text in enumerate(wrapped.notes):
        sheet.text(extents[0].left, under + index * style.leading, text, sheet.styles.note)
    sheet.y += wrapped.height
    if row.kind != "total":
        sheet.rule(sheet.y, extents[0].left, extents[-1].right, width=0.4)


def _figure(sheet: PageSheet, extent: _ColumnExtent, text: str, y: float, style: Style, decimal: str) -> None:
    if extent.column.align == "right" or text == DASH:
        sheet.text(extent.right, y, text, style, "right")
        return
    head, _ = _at_decimal_mark(text, decimal)
    sheet.text(extent.decimal_x - style.width(head), y, text, style)
