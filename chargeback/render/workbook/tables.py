"""Tables of sheets as frozen values: typed columns, formulas with their results. Amounts are whole cents.

A formula is written in the grammar of the file (ECMA-376, 18.17: English names, ``,`` between arguments, structured
references), without ``=``. In a row, ``{key}`` is the cell of that column in the same row.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

CellKind = Literal["text", "code", "money", "quantity", "price", "percent", "count", "date", "month"]
NUMBERS: tuple[CellKind, ...] = ("money", "quantity", "price", "percent", "count")

TITLE_ROW, SUBTITLE_ROW, HEADER_ROW = 1, 2, 3
MOST_ROWS = 1_048_576 - HEADER_ROW - 1
MOST_TEXT = 32_767
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Formula:
    """Formula with its result.

    Attributes:
        text: the formula, without ``=``.
        value: its result: cents for money, a text for a verdict.
    """

    text: str
    value: int | Decimal | Fraction | str


CellValue = str | int | Decimal | Fraction | date | Formula | None


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """Column of a table.

    Attributes:
        key: name in formulas.
        header: text of its header.
        kind: kind of its cells.
        total: whether it is added up.
    """

    key: str
    header: str
    kind: CellKind
    total: bool = False


@dataclass(frozen=True, slots=True)
class SheetTable:
    """Table of a sheet: one Excel table under a title of two lines.

    Attributes:
        sheet: name of the sheet.
        name: name of the Excel table.
        title: title.
        subtitle: second line.
        columns: columns.
        rows: values by row, in the order of the columns.
        frozen: number of columns that do not scroll.
        strong: numbers of the rows in bold, from 0.
        total_label: label of the row of totals.
        printed: key of the last column on paper; '' for all.
    """

    sheet: str
    name: str
    title: str
    subtitle: str
    columns: tuple[SheetColumn, ...]
    rows: Sequence[tuple[CellValue, ...]]
    frozen: int = 1
    strong: Collection[int] = ()
    total_label: str = ""
    printed: str = ""

    @property
    def totals(self) -> bool:
        """Whether the table ends with a row of totals."""
        return any(column.total for column in self.columns)

    @property
    def body(self) -> Sequence[tuple[CellValue, ...]]:
        """Rows of the Excel table, which has at least one, be it empty."""
        return self.rows or [(None,) * len(self.columns)]

    def index(self, key: str) -> int:
        return next(n for n, column in enumerate(self.columns) if column.key == key)

    def ref(self, key: str) -> str:
        """Structured reference of a column: ``Documents[TTC]``."""
        return f"{self.name}[{escaped_header(self.columns[self.index(key)].header)}]"

    def sum(self, key: str) -> int:
        """Sum of a column: cents, or a count."""
        n = self.index(key)
        return sum(whole(row[n]) for row in self.rows)


def whole(value: CellValue) -> int:
    """Cents or count of a cell; 0 for an empty one."""
    result = value.value if isinstance(value, Formula) else value
    return result if isinstance(result, int) else 0


def clean(text: str) -> str:
    """Text that is valid in a cell: without control characters, of 32,767 characters at most."""
    return NOT_XML.sub("\ufffd", text)[:MOST_TEXT]


Tables = tuple[SheetTable, ...]


def parts(table: SheetTable, most: int = MOST_ROWS) -> Tables:
    """Parts of a table of at most ``most`` rows, each on a sheet of its own; the table itself where it is short."""
    if len(table.rows) <= most:
        return (table,)
    starts = range(0, len(table.rows), most)
    return tuple(_part(table, n, start, most) for n, start in enumerate(starts, start=1))


def _part(table: SheetTable, number: int, start: int, most: int) -> SheetTable:
    suffix = "" if number == 1 else f" {number}"
    return replace(
        table,
        sheet=f"{table.sheet[: 31 - len(suffix)]}{suffix}",
        name=table.name + suffix.replace(" ", "_"),
        rows=table.rows[start : start + most],
        strong={n - start for n in table.strong if start <= n < start + most},
    )


def total_of(tables: Tables, key: str) -> str:
    """Formula of the total of a column."""
    return "+".join(f"SUM({table.ref(key)})" for table in tables)


def total_where(tables: Tables, key: str, where: str, value: str) -> str:
    """The formula of the total of a column over the rows whose ``where`` column is ``value``."""
    return "+".join(f"SUMIFS({t.ref(key)},{t.ref(where)},{criterion(value)})" for t in tables)


def count_of(tables: Tables, key: str) -> str:
    """Formula of the number of cells of a column that have a number."""
    return "+".join(f"COUNT({table.ref(key)})" for table in tables)


def count_below_zero(tables: Tables, key: str, other: str) -> str:
    """Formula of the number of rows with one of two columns, or both, below zero."""
    return "+".join(f'COUNTIF({t.ref(key)},"<0")+COUNTIFS({t.ref(key)},">=0",{t.ref(other)},"<0")' for t in tables)


def literal(text: str) -> str:
    """Text between quotes, for a formula."""
    return '"' + text.replace('"', '""') + '"'


def criterion(text: str) -> str:
    """Criterion of the cells equal to ``text``: its operators and wildcards are escaped."""
    return literal("=" + re.sub(r"([~*?])", r"~\1", text))


def escaped_header(header: str) -> str:
    """Header between the brackets of a structured reference."""
    return re.sub(r"(['#\[\]])", r"'\1", header)


def unique_headers(columns: Sequence[SheetColumn]) -> tuple[SheetColumn, ...]:
    """Columns with distinct headers, whatever their case, as a table requires; none is empty or has several lines."""
    seen: set[str] = set()
    result = []
    for column in columns:
        base = " ".join(column.header.split()) or column.key
        header, number = base, 1
        while header.casefold() in seen:
            number += 1
            header = f"{base} {number}"
        seen.add(header.casefold())
        result.append(replace(column, header=header))
    return tuple(result)


def table_name(word: str) -> str:
    """Valid name of an Excel table: letters and digits, no spaces, not the name of a cell."""
    name = re.sub(r"\W+", "_", word.strip()) or "_"
    cell = re.fullmatch(r"[A-Za-z]{1,3}[0-9]+|[RrCcLl]([0-9]*|[0-9]*[CcRr][0-9]*)", name)
    return name if not cell and not name[0].isdigit() else f"_{name}"


def distinct(tables: Mapping[str, SheetTable], *reserved: str) -> dict[str, SheetTable]:
    """Tables with names distinct from each other and from the reserved ones, whatever their case."""
    seen = {name.casefold() for name in reserved}
    result = {}
    for key, table in tables.items():
        name = table.name
        while name.casefold() in seen:
            name += "_"
        seen.add(name.casefold())
        result[key] = replace(table, name=name)
    return result


def sheet_name(word: str) -> str:
    """Valid name of a sheet: 31 characters at most, none of ``[]:*?/\\``, no apostrophe at its ends."""
    return (re.sub(r"[\[\]:*?/\\]", " ", word).strip().strip("'") or "_")[:31]
