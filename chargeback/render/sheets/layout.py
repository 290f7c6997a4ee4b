"""A table laid out as a sheet: title, second line, header, rows, totals; each cell with its content and its style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from chargeback.render.sheets.cells import EMPTY, Content, cell, cents, content, letters, placed, row
from chargeback.render.sheets.looks import TEXT, Look, Styles, alignment, number_format
from chargeback.render.sheets.model import (
    HEADER_ROW,
    NUMBERS,
    SUBTITLE_ROW,
    TITLE_ROW,
    Column,
    Formula,
    Kind,
    Table,
)
from chargeback.wording import Wording

NARROWEST, WIDE, WIDER, MANY_COLUMNS = 6, 30, 60, 15
TITLE_HEIGHT, SUBTITLE_HEIGHT, HEADER_HEIGHT, ROW_HEIGHT = 24.0, 18.0, 32.0, 15.0
EXTRA = {"money": 4, "price": 4, "quantity": 2, "count": 1}
FIXED = {"percent": 10, "date": 12, "month": 10}
STRONG_FILL = "EFF2F5"


@dataclass(frozen=True, slots=True)
class TableShape:
    """The Excel table of a sheet: where it lies, its columns, which of them are added up in its last row."""

    name: str
    ref: str
    columns: tuple[Column, ...]
    totals: bool
    total_label: str


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Cells that turn green when they say ``good``, red when they say ``bad``."""

    ref: str
    good: str
    bad: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet ready to be written: its rows as XML and what surrounds them. ``texts`` are ranges of codes and words.

    ``last`` is its last cell, ``freeze`` the first that moves, ``repeat`` the last row printed on every page.
    """

    name: str
    xml: str
    last: str
    widths: tuple[float, ...]
    freeze: str
    table: TableShape | None
    texts: str = ""
    verdicts: tuple[Verdicts, ...] = ()
    repeat: int = HEADER_ROW


@dataclass(frozen=True, slots=True)
class Laid:
    """A column laid out: its contents, the style of each, how wide the longest is."""

    contents: list[Content]
    styles: list[int]
    width: float


def sheet_of(table: Table, styles: Styles, wording: Wording) -> Sheet:
    """The sheet of a table."""
    names = letters(len(table.columns))
    first, last = HEADER_ROW + 1, HEADER_ROW + len(table.body)
    laid = [_column(table, n, styles, wording) for n in range(len(table.columns))]
    end = last + 1 if table.totals else last
    lines = chain(
        title_rows(table.title, table.subtitle, styles),
        [_header(table, styles)],
        _body(table, laid, names),
        [_totals(table, styles, wording, end)] if table.totals else [],
    )
    codes = [f"{a}{first}:{a}{last}" for a, c in zip(names, table.columns, strict=True) if c.kind in ("code", "text")]
    shape = TableShape(table.name, f"A{HEADER_ROW}:{names[-1]}{end}", table.columns, table.totals, clean_label(table))
    return Sheet(
        name=table.sheet,
        xml="".join(lines),
        last=f"{names[-1]}{end}",
        widths=tuple(c.width for c in laid),
        freeze=f"{names[table.frozen]}{first}",
        table=shape,
        texts=" ".join(codes),
    )


def clean_label(table: Table) -> str:
    """The word before the totals, '' when the first column is added up itself."""
    return "" if table.columns[0].total else table.total_label


def title_rows(title: str, subtitle: str, styles: Styles) -> list[str]:
    """The two lines above a table."""
    large = styles.number(Look(size=16, bold=True, colour=styles.accent))
    small = styles.number(Look(size=10, colour=styles.grey))
    return [
        row(TITLE_ROW, [cell(f"A{TITLE_ROW}", Content(title, True), large)], TITLE_HEIGHT),
        row(SUBTITLE_ROW, [cell(f"A{SUBTITLE_ROW}", Content(subtitle, True), small)], SUBTITLE_HEIGHT),
    ]


def header_look(column: Column, styles: Styles) -> Look:
    """White on the accent; numbers leave room for the button of the filter."""
    align = alignment(column.kind)
    indent = {"left": 1, "right": 2, "center": 0}[align]
    return Look(bold=True, colour="FFFFFF", fill=styles.accent, align=align, wrap=True, indent=indent)


def _header(table: Table, styles: Styles) -> str:
    names = letters(len(table.columns))
    cells = [
        cell(f"{name}{HEADER_ROW}", Content(column.header, True), styles.number(header_look(column, styles)))
        for name, column in zip(names, table.columns, strict=True)
    ]
    return row(HEADER_ROW, cells, HEADER_HEIGHT)


def _column(table: Table, n: int, styles: Styles, wording: Wording) -> Laid:
    column = table.columns[n]
    contents = [content(column.kind, values[n]) for values in table.body]
    aligned = column.kind in ("quantity", "price")
    most = max((c.places for c in contents), default=0) if aligned else 0
    looks = _looks(column, styles, wording, most)
    numbers = [
        looks[held.places if aligned else 0, held.like_formula, r in table.strong] for r, held in enumerate(contents)
    ]
    return Laid(contents, numbers, _width(column, contents, table, most))


class _looks(dict[tuple[int, bool, bool], int]):
    """The style of a cell of a column by (decimals, like a formula, strong)."""

    def __init__(self, column: Column, styles: Styles, wording: Wording, most: int) -> None:
        super().__init__()
        self.column, self.styles, self.wording, self.most = column, styles, wording, most

    def __missing__(self, key: tuple[int, bool, bool]) -> int:
        places, quote, strong = key
        kind = self.column.kind
        look = Look(
            format=number_format(kind, self.wording, places, self.most),
            bold=strong,
            fill=STRONG_FILL if strong else "",
            align=alignment(kind),
            indent=indent(kind),
            rule="hair",
            quote=quote,
        )
        self[key] = self.styles.number(look)
        return self[key]


def indent(kind: Kind) -> int:
    """Words stand clear of the number on their left."""
    return 1 if alignment(kind) == "left" else 0


def _width(column: Column, contents: Sequence[Content], table: Table, most: int) -> float:
    """Characters that the longest content takes, the total included; a header may take two lines."""
    if column.kind in FIXED:
        longest = FIXED[column.kind]
    elif column.kind in NUMBERS:
        digits = max((len(held.text) - held.places for held in contents), default=0)
        added = len(cents(table.sum(column.key))) if column.total else 0
        digits = max(digits + most, added)
        longest = digits + digits // 4 + EXTRA[column.kind]
    else:
        widest = WIDER if len(table.columns) <= MANY_COLUMNS else WIDE
        longest = min(widest, max((len(held.text) for held in contents), default=0) + 3)
    words = max((len(word) for word in column.header.split()), default=0) + 4
    return float(max(longest, words, -(-len(column.header) // 2) + 5, NARROWEST))


def _body(table: Table, laid: Sequence[Laid], names: Sequence[str]) -> list[str]:
    by_key = {column.key: name for column, name in zip(table.columns, names, strict=True)}
    lines = []
    rows = zip(zip(*(c.contents for c in laid), strict=True), zip(*(c.styles for c in laid), strict=True), strict=True)
    for number, (contents, styles) in enumerate(rows, start=HEADER_ROW + 1):
        held = placed(contents, by_key, number)
        cells = [cell(f"{a}{number}", c, s) for a, c, s in zip(names, held, styles, strict=True)]
        lines.append(row(number, cells))
    return lines


def _totals(table: Table, styles: Styles, wording: Wording, number: int) -> str:
    """The last row of the table: each total is live and follows the filter."""
    cells = []
    for n, (name, column) in enumerate(zip(letters(len(table.columns)), table.columns, strict=True)):
        held, style = EMPTY, TEXT
        if column.total:
            formula = Formula(f"SUBTOTAL(109,{table.ref(column.key)})", table.sum(column.key))
            held, style = content(column.kind, formula), number_format(column.kind, wording)
        elif n == 0:
            held = Content(clean_label(table), True)
        look = Look(style, bold=True, align=alignment(column.kind), indent=indent(column.kind), rule="total")
        cells.append(cell(f"{name}{number}", held, styles.number(look)))
    return row(number, cells, ROW_HEIGHT + 3)
