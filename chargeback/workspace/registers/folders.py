"""Registers that are a folder of CSV files, all files of one kind of row: payments, titres, budgets."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from chargeback.model.problem import Place, Problem
from chargeback.workspace.files.csv_files import Columns
from chargeback.workspace.files.left_files import is_left_over
from chargeback.workspace.registers.rows import RegisterRow, read_rows

NOT_ROWS = (".csv", ".md")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class RowFolder(Generic[R]):
    """Folder of CSV files with the same columns.

    Attributes:
        path: name of the folder in the workspace.
        what: what its rows are called, in the plural.
        columns: columns of each file.
        parse: row as a value; None when a cell of it is wrong.
    """

    path: str
    what: str
    columns: Columns
    parse: Callable[[RegisterRow], R | None]

    def read(self, root: Path) -> tuple[tuple[R, ...], list[Problem]]:
        """Rows that are right, by file and line, and every problem of the folder; nothing where there is no folder."""
        problems = [*self._misplaced(root)]
        rows: list[R] = []
        for path in sorted((root / self.path).rglob("*")):
            if self._is_meant(root, path) and path.suffix.lower() == ".csv":
                rows += read_rows(root, path.relative_to(root).as_posix(), self.columns, self.parse, problems)
        return tuple(rows), problems

    def _is_meant(self, root: Path, path: Path) -> bool:
        return path.is_file() and not is_left_over(path.relative_to(root))

    def _misplaced(self, root: Path) -> Iterator[Problem]:
        """Files that would be read by nobody although somebody meant them to be."""
        for path in sorted((root / self.path).rglob("*")):
            if self._is_meant(root, path) and path.suffix.lower() not in NOT_ROWS:
                message = f"{self.what} are read from CSV files: save it as CSV, or move it out of {self.path}/"
                yield Problem(Place(path.relative_to(root).as_posix()), message, "unknown-file")


def repeated(rows: Iterable[R], key: Callable[[R], Hashable]) -> Iterator[tuple[R, R]]:
    """Rows whose key an earlier row has already, each with the first row of that key: (first, later)."""
    first: dict[Hashable, R] = {}
    for row in rows:
        before = first.setdefault(key(row), row)
        if before is not row:
            yield before, row
