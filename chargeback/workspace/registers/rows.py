"""Rows of registers, read cell by cell with their problems; unknown members; validities that overlap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Protocol, TypeVar

from chargeback.model.grammar import FieldError, bad_id, bad_line
from chargeback.model.problem import Place, Problem, did_you_mean
from chargeback.workspace.files.cells import iso_date, quoted
from chargeback.workspace.files.csv_files import Columns, open_table

COMPARISONS = 200_000
V = TypeVar("V")


class Dated(Protocol):
    """Row in force for a time."""

    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...
    @property
    def where(self) -> Place: ...


D = TypeVar("D", bound=Dated)


@dataclass(slots=True)
class KnownIds:
    """Identifiers of members that exist; the closest ones are proposed for an unknown one.

    They are proposed for the first unknown ones only, so that a long list of mistakes stays quick.

    Attributes:
        names: None when members.csv could not be read; then every name passes.
    """

    names: Collection[str] | None
    _proposed: dict[str, str] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return self.names is None or name in self.names

    def hint(self, name: str) -> str:
        """End of a sentence with the known names close to an unknown one."""
        names = self.names or ()
        if name not in self._proposed and len(names) * len(self._proposed) <= COMPARISONS:
            self._proposed[name] = did_you_mean(name, names, 3, quote=quoted)
        return self._proposed.get(name, "")


def unknown_member(column: str, name: str, known: KnownIds) -> str:
    """Sentence about a cell that names no member."""
    return f"{column} {quoted(name)} is no member of members.csv: add it there or correct it here{known.hint(name)}"


class RegisterRow:
    """Row of a register, read cell by cell: a wrong cell adds a problem, and the row is no longer ``good``.

    One RegisterRow serves a whole file: ``rows`` moves it from line to line.
    """

    __slots__ = ("at", "cells", "good", "path", "problems", "validities", "where")

    def __init__(self, path: str, header: Sequence[str], problems: list[Problem]) -> None:
        self.path = path
        self.at = {column: index for index, column in enumerate(header)}
        self.problems = problems
        self.where = Place(path)
        self.cells: Sequence[str] = ()
        self.good = True
        self.validities: dict[tuple[str, str], tuple[date, date | None]] = {}

    def rows(self, lines: Iterable[tuple[int, Sequence[str]]]) -> Iterator[RegisterRow]:
        """This row at each line, one after the other."""
        path = self.path
        for line, cells in lines:
            self.where, self.cells, self.good = Place(path, line), cells, True
            yield self

    def problem(self, message: str, code: str) -> None:
        self.good = False
        self.problems.append(Problem(self.where, message, code))

    def cell(self, column: str) -> str:
        """Text of a cell; empty when there is no such column."""
        index = self.at.get(column)
        return "" if index is None else self.cells[index]

    def read(self, column: str, reader: Callable[[str], V], otherwise: V) -> V:
        """Value of a cell by its reader; ``otherwise`` when the cell is wrong."""
        try:
            return reader(self.cell(column))
        except FieldError as wrong:
            self.problem(f"{column} {wrong}", wrong.code)
            return otherwise

    def identifier(self, column: str) -> str:
        """Identifier in a cell that must not be empty."""
        text = self.cells[self.at[column]]
        if not text or text.isspace():
            self.problem(f"{column} is empty: every row needs one", "empty-cell")
        elif wrong := bad_id(text):
            self.problem(f"{column} {wrong}", wrong.code)
        return text

    def line(self, column: str) -> str:
        """Text of a cell on one line; empty when there is no such column."""
        text = self.cell(column)
        if wrong := bad_line(text):
            self.problem(f"{column} {wrong}", wrong.code)
        return text

    def name(self, column: str) -> str:
        """Text of a cell on one line that must not be empty."""
        text = self.line(column)
        if not text or text.isspace():
            self.problem(f"{column} is empty: every row needs one", "empty-cell")
        return text

    def reference(self, column: str) -> str:
        """Identifier in a cell that may be empty or have no column."""
        return self.identifier(column) if self.cell(column) else ""

    def optional(self, column: str, reader: Callable[[str], V], otherwise: V) -> V:
        """Value of a cell that may be empty or have no column: then ``otherwise``."""
        return self.read(column, reader, otherwise) if self.cell(column) else otherwise

    def member(self, column: str, known: KnownIds) -> str:
        """Identifier of a member, named by members.csv."""
        was_good, self.good = self.good, True
        name = self.identifier(column)
        if self.good and name not in known:
            self.problem(unknown_member(column, name, known), "unknown-member")
        self.good = self.good and was_good
        return name

    def validity(self) -> tuple[date, date | None]:
        """Validity of the row, half-open; the same two dates are read once."""
        written = (self.cell("valid_from"), self.cell("valid_to"))
        known = self.validities.get(written)
        if known is not None:
            return known
        was_good, self.good = self.good, True
        found = self._validity()
        if self.good:
            self.validities[written] = found
        self.good = self.good and was_good
        return found

    def _validity(self) -> tuple[date, date | None]:
        start = self.read("valid_from", iso_date, date.min)
        end = self.optional("valid_to", iso_date, None)
        if end is not None and self.good and end <= start:
            message = (
                f"valid_to {end} is not after valid_from {start}: "
                "the day valid_to is the first one not in force any more"
            )
            self.problem(message, "empty-validity")
        return start, end


def read_rows(
    root: Path, path: str, columns: Columns, parse: Callable[[RegisterRow], V | None], problems: list[Problem]
) -> list[V]:
    """Rows of a CSV file that ``parse`` finds right; problems of the file and its rows are added to ``problems``."""
    table = open_table(root, path, columns, problems)
    if table is None:
        return []
    rows = RegisterRow(path, table.header, problems).rows(table.rows())
    return [row for row in map(parse, rows) if row is not None]


def overlaps(rows: Iterable[D], key: Callable[[D], Hashable], what: Callable[[D], str]) -> list[Problem]:
    """Problem of every row in force at the same time as an earlier one with the same key, at the later row."""
    return [_overlap(one, other, what) for group in _alike(rows, key) for one, other in _clashes(group)]


def _alike(rows: Iterable[D], key: Callable[[D], Hashable]) -> Iterable[list[D]]:
    """Rows of one key together, for the keys that several rows have."""
    first: dict[Hashable, D] = {}
    more: dict[Hashable, list[D]] = defaultdict(list)
    for row in rows:
        before = first.setdefault(key(row), row)
        if before is not row:
            more[key(row)].append(row)
    return [[first[name], *others] for name, others in more.items()]


def _clashes(rows: list[D]) -> Iterable[tuple[D, D]]:
    """Pairs of rows in force on a same day: each row with the earlier one that lasts longest."""
    rows = sorted(rows, key=lambda row: (row.valid_from, row.where.order))
    lasting = rows[0]
    for row in rows[1:]:
        if lasting.valid_to is None or row.valid_from < lasting.valid_to:
            yield lasting, row
        if lasting.valid_to is not None and (row.valid_to is None or row.valid_to > lasting.valid_to):
            lasting = row


def _overlap(one: D, other: D, what: Callable[[D], str]) -> Problem:
    earlier, later = sorted((one, other), key=lambda row: row.where.order)
    message = (
        f"{what(later)} is in force {_dates(later)}, but line {earlier.where.line} has it in force {_dates(earlier)}: "
        "a day is in both; close one with valid_to (that day is the first one not in force)"
    )
    return Problem(later.where, message, "overlapping-validity")


def _dates(row: Dated) -> str:
    return f"from {row.valid_from}" + (f" to {row.valid_to}" if row.valid_to else " on")
