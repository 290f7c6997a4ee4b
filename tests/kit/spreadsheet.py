"""A workbook read back exactly, and its formulas worked out in decimals: what a spreadsheet would show, without one.

Cells are read from the XML as they are written, because a reader that goes through binary floats proves nothing.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>"(?:[^"]|"")*")
  | (?P<column>[^\W\d]\w*\[(?:'.|[^\]'])*\])
  | (?P<cells>\$?[A-Z]{1,3}\$?[0-9]+(?::\$?[A-Z]{1,3}\$?[0-9]+)?)(?![\w(])
  | (?P<name>[A-Z]+)(?=\()
  | (?P<number>[0-9]+(?:\.[0-9]+)?)
  | (?P<sign><>|>=|<=|[-+*/=<>(),])
)""",
    re.VERBOSE,
)
Value = Decimal | str | bool | None
Range = list[Value]


@dataclass(frozen=True)
class Cell:
    """A cell as written: a number in digits, a text, or nothing; the formula and the style number."""

    text: str
    string: bool
    formula: str
    style: int

    @property
    def value(self) -> Value:
        return self.text if self.string else Decimal(self.text) if self.text else None


@dataclass(frozen=True)
class Table:
    """An Excel table: where it lies, its headers, whether it ends with totals."""

    name: str
    sheet: str
    ref: str
    headers: tuple[str, ...]
    totals: bool
    filter: str


class Spreadsheet:
    """The sheets of a file by name, each a dict of cells by place; the tables by name."""

    def __init__(self, content: bytes) -> None:
        self.parts = {n: zipfile.ZipFile(io.BytesIO(content)).read(n) for n in names(content)}
        self.sheets: dict[str, dict[str, Cell]] = {}
        self.tables: dict[str, Table] = {}
        self._known: dict[tuple[str, str], Value] = {}
        for name, path in self._sheet_paths():
            root = ElementTree.fromstring(self.parts[path])
            self.sheets[name] = {c.attrib["r"]: cell_of(c) for c in root.iter(f"{MAIN}c")}
            for table in self._tables(path, name, root):
                self.tables[table.name] = table

    def _related(self, path: str) -> dict[str, str]:
        folder, _, file = path.rpartition("/")
        root = ElementTree.fromstring(self.parts[f"{folder}/_rels/{file}.rels"])
        return {r.attrib["Id"]: r.attrib["Target"].lstrip("/") for r in root}

    def _sheet_paths(self) -> Iterator[tuple[str, str]]:
        targets = self._related("xl/workbook.xml")
        for sheet in ElementTree.fromstring(self.parts["xl/workbook.xml"]).iter(f"{MAIN}sheet"):
            yield sheet.attrib["name"], targets[sheet.attrib[RELATION]]

    def _tables(self, path: str, sheet: str, root: ElementTree.Element) -> Iterator[Table]:
        for part in root.iter(f"{MAIN}tablePart"):
            table = ElementTree.fromstring(self.parts[self._related(path)[part.attrib[RELATION]]])
            found = table.find(f"{MAIN}autoFilter")
            yield Table(
                table.attrib["displayName"],
                sheet,
                table.attrib["ref"],
                tuple(c.attrib["name"] for c in table.iter(f"{MAIN}tableColumn")),
                table.attrib.get("totalsRowCount") == "1",
                "" if found is None else found.attrib["ref"],
            )

    def value(self, sheet: str, place: str) -> Value:
        """What a cell shows; its formula is worked out, what the file holds as its result is not looked at."""
        cell = self.sheets[sheet].get(place)
        if cell is None or not cell.formula:
            return None if cell is None else cell.value
        key = (sheet, place)
        if key not in self._known:
            self._known[key] = Evaluation(self, sheet, cell.formula).result()
        return self._known[key]

    def column(self, table: str, header: str) -> Range:
        """What the cells of a column of a table show, without header and totals."""
        found = self.tables[table]
        first, last = found.ref.split(":")
        letter = letters(number_of(first) + found.headers.index(header))
        end = row_of(last) - (1 if found.totals else 0)
        return [self.value(found.sheet, f"{letter}{n}") for n in range(row_of(first) + 1, end + 1)]

    def rows(self, table: str) -> list[dict[str, Value]]:
        """The rows of a table by header."""
        headers = self.tables[table].headers
        columns = [self.column(table, header) for header in headers]
        return [dict(zip(headers, values, strict=True)) for values in zip(*columns, strict=True)]


def names(content: bytes) -> list[str]:
    """The parts of a file, in order."""
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


def cell_of(element: ElementTree.Element) -> Cell:
    kind = element.attrib.get("t", "n")
    formula = element.find(f"{MAIN}f")
    held = element.find(f"{MAIN}is/{MAIN}t" if kind == "inlineStr" else f"{MAIN}v")
    text = "" if held is None else held.text or ""
    written = "" if formula is None else formula.text or ""
    return Cell(text, kind in ("inlineStr", "str"), written, int(element.attrib.get("s", 0)))


def row_of(place: str) -> int:
    return int(re.sub(r"\D", "", place))


def number_of(place: str) -> int:
    number = 0
    for letter in re.sub(r"[^A-Z]", "", place):
        number = number * 26 + ord(letter) - 64
    return number


def letters(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


class Evaluation:
    """One formula worked out. Anything it does not know is an error, so a formula cannot pass unread."""

    def __init__(self, book: Spreadsheet, sheet: str, formula: str) -> None:
        self.book, self.sheet = book, sheet
        self.tokens = list(tokens(formula))
        self.at = 0

    def result(self) -> Value:
        value = self.comparison()
        assert self.at == len(self.tokens), f"left over: {self.tokens[self.at :]}"
        assert not isinstance(value, list)
        return value

    def take(self, *wanted: str) -> str | None:
        if self.at < len(self.tokens) and self.tokens[self.at] in [("sign", w) for w in wanted]:
            self.at += 1
            return self.tokens[self.at - 1][1]
        return None

    def comparison(self) -> Value | Range:
        left = self.added()
        sign = self.take("=")
        return left if sign is None else plain(left) == plain(self.added())

    def added(self) -> Value | Range:
        value = self.multiplied()
        while sign := self.take("+", "-"):
            other = figure(self.multiplied())
            value = figure(value) + (other if sign == "+" else -other)
        return value

    def multiplied(self) -> Value | Range:
        value = self.single()
        while sign := self.take("*", "/"):
            other = figure(self.single())
            value = figure(value) * other if sign == "*" else figure(value) / other
        return value

    def single(self) -> Value | Range:
        if self.take("("):
            value = self.comparison()
            assert self.take(")")
            return value
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "name":
            return self.call(text)
        if kind == "text":
            return text[1:-1].replace('""', '"')
        if kind == "number":
            return Decimal(text)
        assert kind in ("column", "cells"), f"{text!r} is not expected in a formula"
        return self.column(text) if kind == "column" else self.cells(text)

    def column(self, text: str) -> Range:
        table, _, header = text.partition("[")
        return self.book.column(table, re.sub(r"'(.)", r"\1", header[:-1]))

    def cells(self, text: str) -> Value | Range:
        first, _, last = text.replace("$", "").partition(":")
        if not last:
            return self.book.value(self.sheet, first)
        rows = range(row_of(first), row_of(last) + 1)
        columns = range(number_of(first), number_of(last) + 1)
        return [self.book.value(self.sheet, f"{letters(c)}{r}") for r in rows for c in columns]

    def call(self, name: str) -> Value:
        assert self.take("(")
        arguments = [self.comparison()]
        while self.take(","):
            arguments.append(self.comparison())
        assert self.take(")")
        return FUNCTIONS[name](*arguments)


def tokens(formula: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(formula):
        found = TOKEN.match(formula, at)
        assert found, f"cannot read {formula[at:]!r}"
        assert found.lastgroup
        yield found.lastgroup, found[found.lastgroup]
        at = found.end()


def plain(value: Value | Range) -> Value:
    assert not isinstance(value, list)
    return value


def figure(value: Value | Range) -> Decimal:
    """A number; an empty cell counts as zero, a text is an error."""
    assert value is None or isinstance(value, Decimal), f"{value!r} is no number"
    return value or Decimal(0)


def numbers(values: Value | Range) -> list[Decimal]:
    return [v for v in (values if isinstance(values, list) else [values]) if isinstance(v, Decimal)]


def meets(value: Value, criterion: Value) -> bool:
    """Whether a cell meets a criterion such as ``=words``, ``words``, ``<0``."""
    text = str(criterion)
    for sign, holds in (("<", Decimal.__lt__), (">=", Decimal.__ge__)):
        if text.startswith(sign):
            return isinstance(value, Decimal) and holds(value, Decimal(text.removeprefix(sign)))
    wanted = re.sub(r"~([~*?])", r"\1", text.removeprefix("="))
    assert not re.search(r"(?<!~)[*?]", text), "a wildcard is left open"
    return isinstance(value, str) and value.casefold() == wanted.casefold()


def sum_ifs(added: Range, *tests: Value | Range) -> Decimal:
    return sum((figure(v) for v, kept in zip(added, keep(*tests), strict=True) if kept), Decimal(0))


def keep(*tests: Value | Range) -> list[bool]:
    pairs = [(r, plain(c)) for r, c in zip(tests[::2], tests[1::2], strict=True)]
    columns = [[meets(v, c) for v in r] for r, c in pairs if isinstance(r, list)]
    return [all(kept) for kept in zip(*columns, strict=True)]


def rounded(value: Value, places: Value) -> Decimal:
    return figure(value).quantize(Decimal(1).scaleb(-int(figure(places))), ROUND_HALF_UP)


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "SUM": lambda *ranges: sum((n for r in ranges for n in numbers(r)), Decimal(0)),
    "SUBTOTAL": lambda code, r: sum(numbers(r), Decimal(0)) if code == 109 else Decimal("NaN"),
    "SUMIFS": sum_ifs,
    "COUNT": lambda r: Decimal(len(numbers(r))),
    "COUNTIF": lambda *tests: Decimal(sum(keep(*tests))),
    "COUNTIFS": lambda *tests: Decimal(sum(keep(*tests))),
    "AND": lambda *values: all(values),
    "IF": lambda test, yes, no: yes if test else no,
    "ROUND": rounded,
    "ABS": lambda value: abs(figure(plain(value))),
}


def assert_formulas_give_what_is_written(found: Spreadsheet) -> int:
    """Every formula, worked out over the cells, gives the value that the file shows before it is recalculated."""
    count = 0
    for sheet, cells in found.sheets.items():
        for place, cell in cells.items():
            if cell.formula:
                count += 1
                value = found.value(sheet, place)
                if isinstance(value, Decimal) and "/" in cell.formula:
                    value = value.quantize(Decimal("1e-12"))
                assert (sheet, place, cell.value) == (sheet, place, value)
    return count
