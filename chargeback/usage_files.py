"""Usage files into the store, typed and never sniffed: one SQL statement per file; what it refuses is told in Python.

The statement takes only what it is sure of. When it stops, every row is read in Python (``usage_rows``): the wrong ones
are problems; where none is wrong (mixed line ends, a date beyond the tables), a plain copy is loaded instead.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chargeback.parquet_files import instant_sql, parquet_types, quantity_sql, records_view, text_rows, unreadable
from chargeback.problem import Place, Problem
from chargeback.sql import statement
from chargeback.store import refusal
from chargeback.usage_rows import USAGE, csv_header, csv_problems, csv_rows, plain_copy, row_problems
from chargeback.zones import clock_changes

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MACROS = ("written_us", "in_zone", "instant_us", "exact_quantity", "exact_double")


class BadFile(Exception):
    """A file of which something is wrong, with every problem of it."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} problem(s)")


@dataclass(frozen=True, slots=True)
class UsageFile:
    """A usage file whose columns are right: their names in order, and their types when it is a Parquet file."""

    root: Path
    path: str
    header: tuple[str, ...]
    types: dict[str, str] | None

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.header) - set(USAGE.known)))


def prepare(connection: DuckDBPyConnection) -> None:
    """The macros that read timestamps and quantities exactly."""
    for name in MACROS:
        connection.execute(statement(f"load/macro_{name}"))


def opened(connection: DuckDBPyConnection, root: Path, path: str) -> UsageFile:
    """A usage file, its columns checked; raises BadFile."""
    types = None
    if path.lower().endswith(".parquet"):
        types, problems = parquet_types(connection, root, path)
        header = list(types)
    else:
        header, problems = csv_header(root, path, USAGE)
    if problems:
        raise BadFile(problems)
    return UsageFile(root, path, tuple(header), types)


def insert(connection: DuckDBPyConnection, file: UsageFile, file_id: int, zone: ZoneInfo) -> None:
    """All measurements of a file into ``usage``; duckdb.Error when a row is not plainly right."""
    if file.types is None:
        _insert_csv(connection, file.root / file.path, file.header, file_id, zone)
        return
    sql, values = _parquet_statement(file.types, file_id, zone)
    connection.execute(records_view(file.root / file.path, file.types))
    connection.execute(sql, values)


def _insert_csv(
    connection: DuckDBPyConnection, path: Path, header: Sequence[str], file_id: int, zone: ZoneInfo
) -> None:
    columns = {column if column in USAGE.known else f"tag:{column}": "VARCHAR" for column in header}
    values = {"file_id": file_id, "path": str(path), "columns": columns, "changes": clock_changes(zone)}
    connection.execute(statement("load/usage_csv"), values)


def _parquet_statement(types: dict[str, str], file_id: int, zone: ZoneInfo) -> tuple[str, dict[str, Any]]:
    sql = statement(
        "load/usage_parquet",
        start=instant_sql("start", types["start"]),
        end=instant_sql("end", types["end"]),
        quantity=quantity_sql(types["quantity"]),
    )
    values: dict[str, Any] = {"file_id": file_id}
    return sql, values | ({"changes": clock_changes(zone)} if "$changes" in sql else {})


def problems_of(connection: DuckDBPyConnection, file: UsageFile, zone: ZoneInfo) -> list[Problem]:
    """Every row of a file that is wrong, read in Python."""
    import duckdb

    if file.types is None:
        return csv_problems(file.root, file.path, file.header, zone)
    try:
        rows = text_rows(connection.cursor(), file.root / file.path, file.types)
        return row_problems(file.path, file.header, rows, zone)
    except duckdb.Error as error:
        if refusal(error, ""):
            raise
        return [unreadable(file.path, error)]


@contextmanager
def plain(connection: DuckDBPyConnection, file: UsageFile, zone: ZoneInfo) -> Iterator[UsageFile]:
    """A temporary copy of a file without mistakes, in the plainest form."""
    rows: Iterable[Sequence[str]] = (
        csv_rows(file.root / file.path)
        if file.types is None
        else text_rows(connection.cursor(), file.root / file.path, file.types)
    )
    with tempfile.TemporaryDirectory(prefix="chargeback-") as folder:
        plain_copy(rows, file.header, zone, Path(folder) / "plain.csv")
        yield UsageFile(Path(folder), "plain.csv", file.header, None)


def not_loaded(path: str, error: Exception) -> Problem:
    """A file that neither SQL nor Python can take."""
    reason = str(error).splitlines()[0]
    return Problem(Place(path), f"the file cannot be loaded ({reason}): save it again as plain CSV", "unreadable-file")
