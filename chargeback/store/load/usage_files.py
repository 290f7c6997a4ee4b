"""Usage files into the store, typed and never sniffed, by one SQL statement per file.

The statement takes only rows that are plainly right. When it stops, every row is read in Python (``usage_records``):
the wrong ones are problems. Where none is wrong (mixed line ends, a date beyond the tables), a plain copy is loaded
instead.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chargeback.model.problem import Place, Problem
from chargeback.store.database import refusal
from chargeback.store.load.parquet_files import (
    instant_sql,
    one_file,
    parquet_types,
    quantity_sql,
    reason_of,
    records_sql,
    text_rows,
    unreadable,
    written_sql,
)
from chargeback.store.load.usage_records import USAGE, csv_beginning, csv_problems, csv_rows, plain_copy, row_problems
from chargeback.store.load.zones import clock_changes
from chargeback.store.sql import statement
from chargeback.store.sql.quoting import TAG
from chargeback.workspace.files.cells import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

HAS_ZONE = re.compile(r"(Z|[+-][0-9]{2}:[0-9]{2})$")
NAMES = ("member_id", "resource_id", "meter")
MACROS = ("written_us", "has_zone", "in_zone", "exact_quantity", "exact_double", "exact_float")


class BadFile(Exception):
    """File with problems: all of them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} problem(s)")


@dataclass(frozen=True, slots=True)
class UsageFile:
    """Usage file whose columns are right.

    Attributes:
        root: folder that the path starts from.
        path: the file.
        header: names of the columns, in the order of the file.
        types: their types in a Parquet file; None for CSV.
        zoned: whether the first start of a CSV file has a zone, so that the others probably have one.
    """

    root: Path
    path: str
    header: tuple[str, ...]
    types: dict[str, str] | None
    zoned: bool = True

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.header) - set(USAGE.known)))


def prepare(connection: DuckDBPyConnection, progress: bool = False) -> None:
    """Make the macros that read timestamps and quantities exactly; with ``progress``, DuckDB counts its progress."""
    for name in MACROS:
        connection.execute(statement(f"load/macro_{name}"))
    if progress:
        connection.execute(statement("load/count_progress"))
        connection.execute(statement("load/print_no_progress"))


def opened(connection: DuckDBPyConnection, root: Path, path: str) -> UsageFile:
    """Usage file with its columns checked. Raises BadFile."""
    types, zoned = None, True
    if path.lower().endswith(".parquet"):
        types, problems = parquet_types(connection, root, path)
        header = list(types)
    else:
        header, first, problems = csv_beginning(root, path, USAGE)
        zoned = any(HAS_ZONE.search(cell) for name, cell in zip(header, first, strict=False) if name == "start")
    file = UsageFile(root, path, tuple(header), types, zoned)
    alike = [tag for tag in file.tags if [other.lower() for other in file.tags].count(tag.lower()) > 1]
    if alike:
        message = f"the tags {' and '.join(map(quoted, alike))} differ in case only: rename one of them"
        problems.append(Problem(Place(path, 1), message, "tags-differ-in-case"))
    if problems:
        raise BadFile(problems)
    return file


def readings(file: UsageFile) -> tuple[dict[str, str], ...]:
    """Ways to read the columns of a file, as SQL, the likeliest first: instants that all have a zone, or any."""
    types = file.types or dict.fromkeys(("start", "end", "quantity"), "VARCHAR")
    any_zone = {
        "records": statement("load/csv_records") if file.types is None else records_sql(file.root / file.path, types),
        "quantity": quantity_sql(types["quantity"]) or "",
        "start": written_sql("start", types["start"]),
        "start_us": instant_sql("start", types["start"]),
        "end": written_sql("end", types["end"]),
        "end_us": instant_sql("end", types["end"]),
    }
    if file.types is not None:
        return (any_zone,)
    at = {"start": 'written_us("start")', "start_us": "start_at", "end": 'written_us("end")', "end_us": "end_at"}
    return (any_zone | at, any_zone) if file.zoned else (any_zone,)


def insert(
    connection: DuckDBPyConnection, file: UsageFile, file_id: int, zone: ZoneInfo, reading: dict[str, str]
) -> None:
    """Insert all measurements of a file. Raises duckdb.Error when a row is not plainly right in this reading."""
    values: dict[str, Any] = {"file_id": file_id}
    if "$starts" in reading["start_us"] + reading["end_us"]:
        values |= clock_changes(zone)
    if file.types is None:
        columns = {column if column in USAGE.known else TAG + column: "VARCHAR" for column in file.header}
        values |= {"path": one_file(file.root / file.path), "columns": columns}
    connection.execute(statement("load/usage", **reading), values)


def of_the_file(error: Exception) -> bool:
    """Whether a failure is due to the content of the file, not to the disk, an interruption or the program."""
    import duckdb

    kinds = (
        duckdb.InvalidInputException,
        duckdb.ConversionException,
        duckdb.ConstraintException,
        duckdb.OutOfRangeException,
        duckdb.IOException,
    )
    return isinstance(error, kinds) and refusal(error, "") is None


def problems_of(connection: DuckDBPyConnection, file: UsageFile, zone: ZoneInfo) -> list[Problem]:
    """Problems of every wrong row of a file, read in Python."""
    import duckdb

    if file.types is None:
        return csv_problems(file.root, file.path, file.header, zone)
    try:
        rows = text_rows(connection.cursor(), file.root / file.path, file.types)
        return row_problems(file.path, file.header, rows, zone)
    except duckdb.Error as error:
        if not of_the_file(error):
            raise
        return [unreadable(file.path, error)]


@contextmanager
def plain(connection: DuckDBPyConnection, file: UsageFile, zone: ZoneInfo) -> Iterator[UsageFile]:
    """Temporary copy of a file without mistakes, in the plainest form."""
    rows: Iterable[Sequence[str]] = (
        csv_rows(file.root / file.path, len(file.header))
        if file.types is None
        else text_rows(connection.cursor(), file.root / file.path, file.types)
    )
    with tempfile.TemporaryDirectory(prefix="chargeback-") as folder:
        plain_copy(rows, file.header, zone, Path(folder) / "plain.csv")
        yield UsageFile(Path(folder), "plain.csv", file.header, None)


def not_loaded(path: str, error: Exception) -> Problem:
    """Problem of a file that neither SQL nor Python can read."""
    return Problem(
        Place(path),
        f"the file cannot be loaded ({reason_of(error, path)}): save it again as plain CSV",
        "unreadable-file",
    )
