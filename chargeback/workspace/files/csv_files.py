"""CSV files of the contract: RFC 4180, UTF-8, commas, columns by name. Every row knows its physical line."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from chargeback.model.grammar import bad_id
from chargeback.model.problem import Place, Problem, did_you_mean, plain
from chargeback.workspace.files.cells import quoted
from chargeback.workspace.files.text_files import text_of

LONGEST_CELL = 1 << 24
csv.field_size_limit(LONGEST_CELL)

CsvLine = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns of a kind of file.

    Attributes:
        required: columns that a file must have.
        optional: columns that it may have.
        tags: whether its other columns are tags.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    tags: bool = False

    @property
    def known(self) -> tuple[str, ...]:
        return self.required + self.optional


@dataclass(frozen=True, slots=True)
class CsvTable:
    """CSV file whose header is right. ``rows`` reads it once.

    Attributes:
        path: the file, relative to the workspace.
        header: names of the columns, in the order of the file.
        lines: the records after the header, not yet read.
        problems: list that the problems of the rows are added to.
    """

    path: str
    header: tuple[str, ...]
    lines: Iterator[CsvLine]
    problems: list[Problem]

    def rows(self) -> Iterator[CsvLine]:
        """Rows as wide as the header, each with the line it begins on."""
        width = len(self.header)
        try:
            for line, cells in self.lines:
                if len(cells) == width:
                    yield line, cells
                else:
                    self.problems.append(width_problem(self.path, line, cells, self.header))
        except BrokenQuotes as broken:
            self.problems.append(broken.problem(self.path))


def open_table(root: Path, path: str, columns: Columns, problems: list[Problem]) -> CsvTable | None:
    """Table of a small CSV file, its text and header checked; None, with its problems, when they are wrong."""
    text = text_of(root / path, path)
    if isinstance(text, Problem):
        problems.append(text)
        return None
    lines = records(io.StringIO(text, newline=""))
    try:
        _, header = next(lines, (1, []))
    except BrokenQuotes as broken:
        problems.append(broken.problem(path))
        return None
    wrong = header_problems(path, header, columns)
    problems += wrong
    return None if wrong else CsvTable(path, tuple(header), lines, problems)


class BrokenQuotes(Exception):
    """Row whose quotes do not close or are followed by text."""

    def __init__(self, line: int, reason: str) -> None:
        self.line, self.reason = line, reason
        super().__init__(reason)

    def problem(self, path: str) -> Problem:
        """Problem of the row, in a file."""
        message = (
            f"the quotes of this row are not right ({self.reason}): a cell that holds a comma, a quote or a line break "
            "stands between quotes, a quote inside is doubled"
        )
        return Problem(Place(path, self.line), message, "broken-quotes")


def records(handle: Iterable[str]) -> Iterator[CsvLine]:
    """Records of an open CSV file (``newline=""``), each with the line it begins on; blank lines are skipped."""
    reader = csv.reader(handle, strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise BrokenQuotes(line, str(error)) from None


def header_problems(path: str, header: Sequence[str], columns: Columns) -> list[Problem]:
    """Problems of the names of the columns."""
    place = Place(path, 1)
    if not any(header):
        message = f"the file is empty: expected a header with the columns {', '.join(columns.required)}"
        return [Problem(Place(path), message, "empty-file")]
    for mark, name in ((";", "semicolons (;)"), ("\t", "tabs")):
        if mark in "".join(header) and set(columns.required) - set(header):
            message = (
                f"the file is separated by {name}: save it again separated by commas, with a point before decimals"
            )
            return [Problem(place, message, "not-commas")]
    return [Problem(place, *wrong) for wrong in _wrong_names(header, columns)]


def _wrong_names(header: Sequence[str], columns: Columns) -> Iterator[tuple[str, str]]:
    for name in sorted({name for name in header if header.count(name) > 1}):
        yield f"the column {quoted(name)} stands twice in the header: keep one", "duplicate-column"
    if "" in header:
        yield "a column has no name: name it in the header, or take the last comma out", "unknown-column"
    missing = [name for name in columns.required if name not in header]
    unknown = [name for name in header if name and name not in columns.known]
    for name in missing:
        close = [n for n in unknown if n.strip().lower() == name] or difflib.get_close_matches(name, unknown, 1)
        hint = f"; is it the column {quoted(close[0])}?" if close else ""
        yield f"the column {name} is missing: expected {', '.join(columns.required)}{hint}", "missing-column"
    for name in unknown if columns.tags else ():
        wrong = bad_id(name)
        if wrong and name.strip().lower() not in missing:
            yield f"the tag {wrong}", wrong.code
    for name in () if columns.tags else unknown:
        hint = did_you_mean(name, columns.known)
        yield f"unknown column {quoted(name)}: allowed are {', '.join(columns.known)}{hint}", "unknown-column"


def width_problem(path: str, line: int, cells: Sequence[str], header: Sequence[str]) -> Problem:
    """Problem of a row cut short, or with more cells than the header."""
    raw = plain(",".join(cells))
    if len(cells) < len(header):
        missing = f"from {header[len(cells)]} on nothing is there"
        message = f"the row is cut short: it has {len(cells)} of the {len(header)} columns, {missing} (row: {raw})"
        return Problem(Place(path, line), message, "truncated-row")
    message = (
        f"the row has {len(cells)} cells and the header {len(header)} columns: "
        f"put a cell that holds a comma between quotes (row: {raw})"
    )
    return Problem(Place(path, line), message, "too-long-row")
