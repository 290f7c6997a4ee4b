"""Store: one DuckDB file with usage and costs, in sync with the folder. Opened here, refused in sentences.

Everything in it but the schema ``ledger`` can be rebuilt from the workspace. It carries a schema number;
a store of another number is refused. DuckDB is imported where the store is opened.
"""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from chargeback.model.facts import Cost
from chargeback.model.period import Period
from chargeback.model.problem import Place, Refused
from chargeback.store.sql import statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FileKind = Literal["usage", "costs"]
SCHEMA_NUMBER = 103
SCHEMA = (
    *("schema_number", "files", "usage", "crossing", "costs", "charges", "documents"),
    *("ledger", "ledger_entries", "ledger_documents"),
    *("ledger_charges", "ledger_rules", "ledger_withheld", "ledger_amounts", "ledger_rates", "ledger_preceding"),
    *("ledger_carried_forward", "ledger_brought_forward", "ledger_fingerprints"),
)
MEMORY = "640MB"
DISK_FULL = "the disk is full: make room and run again; what was loaded before is kept, nothing half done is"
FULL = ("No space left", "File too large", "Disk quota exceeded", "disk is full", "max_temp_directory_size")
IN_USE = ("Could not set lock", "Conflicting lock", "being used by another process", "different configuration")
NEWER = ("newer version", "storage version", "Serialization Error", "version number")


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """File whose content is in the store.

    Attributes:
        file_id: number of the content in the store.
        kind: folder that the file is of.
        path: the file, relative to the workspace.
        sha256: hash of its bytes.
        rows: how many rows it has.
        zone: time zone in which its timestamps without an offset were read.
        tags: names of its tag columns, in order.
        first_us: first start of its measurements, UTC microseconds; None without rows, or for costs.
        last_us: last start of its measurements.
        until_us: latest end of its measurements, excluded; that of a sample is one microsecond after its start.
        on_minutes: whether all starts are whole minutes.
        checked: whether repetitions of its measurements were searched in all files.
    """

    file_id: int
    kind: FileKind
    path: str
    sha256: str
    rows: int
    zone: str
    tags: tuple[str, ...] = ()
    first_us: int | None = None
    last_us: int | None = None
    until_us: int | None = None
    on_minutes: bool = True
    checked: bool = True


class Store:
    """Open store. ``connection`` is that of DuckDB."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self.connection = connection

    def files(self) -> tuple[LoadedFile, ...]:
        """Files in the store, by path."""
        rows = self.connection.execute(statement("load/files")).fetchall()
        return tuple(LoadedFile(r[0], r[1], r[2], r[3], r[4], r[5], tuple(r[6]), *r[7:]) for r in rows)

    def usage_files(self) -> tuple[LoadedFile, ...]:
        """Files of ``usage/`` in the store, by path."""
        return tuple(file for file in self.files() if file.kind == "usage")

    def tag_columns(self) -> list[str]:
        """Columns of the usage for tags, ``tag:<name>``."""
        return [column for (column,) in self.connection.execute(statement("load/tag_columns")).fetchall()]

    def costs(self, period: Period) -> tuple[Cost, ...]:
        """Costs booked to a month, amounts in cents, in an order that depends on the costs alone."""
        rows = self.connection.execute(statement("load/costs_of_period"), {"period": str(period)}).fetchall()
        return tuple(
            Cost(period, pool, account, label, cents, document, Place(path, line, cell), hidden)
            for pool, account, label, cents, document, path, line, cell, hidden in rows
        )


@contextmanager
def open_store(path: Path | None, *, write: bool) -> Iterator[Store]:
    """Store at ``path``, made where there is none when ``write``; None is a temporary one, removed at the end.

    Raises Refused for a store in use, of another schema, for a file that is no store, and on a full disk.
    """
    if path is None:
        with (
            tempfile.TemporaryDirectory(prefix="chargeback-") as folder,
            _opened(Path(folder) / "store", True) as store,
        ):
            yield store
    else:
        with _opened(path, write) as store:
            yield store


@contextmanager
def _opened(path: Path, write: bool) -> Iterator[Store]:
    import duckdb

    if not write and not path.exists():
        raise Refused(f"{path.name} is not there yet: run `chargeback load` first")
    if write and path.is_file() and path.stat().st_size == 0:
        path.unlink()
    try:
        connection = duckdb.connect(str(path), read_only=not write, config=_options())
    except duckdb.Error as error:
        refused = refusal(error, path.name)
        if refused is None:
            raise
        raise refused from error
    try:
        _prepare(connection, path.name, write)
        yield Store(connection)
    except (duckdb.Error, RuntimeError) as error:
        if interrupted(error):
            raise KeyboardInterrupt from None
        refused = refusal(error, path.name)
        if refused is None:
            raise
        raise refused from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
            raise Refused(DISK_FULL) from error
        raise
    finally:
        connection.close()


def _options() -> dict[str, str | bool | int | float | list[str]]:
    return {
        "memory_limit": MEMORY,
        "preserve_insertion_order": True,
        "autoinstall_known_extensions": False,
    }


def interrupted(error: Exception) -> bool:
    """Whether Ctrl-C stopped a statement."""
    return "Query interrupted" in str(error) or type(error).__name__ == "InterruptException"


def refusal(error: Exception, name: str) -> Refused | None:
    """Refusal for a failure of DuckDB; None for a mistake of the program."""
    text = str(error)
    if any(sign in text for sign in FULL):
        return Refused(DISK_FULL)
    if any(sign in text for sign in IN_USE):
        return Refused(f"{name} is in use by another process: wait until it ends, then run again")
    if "not a valid DuckDB database" in text:
        return Refused(
            f"{name} is no DuckDB database: move it away, `chargeback load` makes a new one from the workspace"
        )
    if any(sign in text for sign in NEWER):
        return Refused(
            f"{name} was written by a newer version of DuckDB: "
            "install the newer version, or move the file away and load again"
        )
    if "Permission denied" in text or "read-only" in text:
        return Refused(f"{name} cannot be opened: permission denied; look at the rights of the file and its folder")
    if "Could not read" in text or "Corrupt" in text or "checksum" in text:
        return Refused(f"{name} is damaged: move it away, `chargeback load` makes a new one from the workspace")
    return None


def _prepare(connection: DuckDBPyConnection, name: str, write: bool) -> None:
    """Make the schema in an empty store. Raises Refused for another schema, and for a database of another program."""
    connection.execute(statement("load/in_utc"))
    tables = [table for (table,) in connection.execute(statement("load/tables")).fetchall()]
    if not tables and write:
        _make_schema(connection)
    elif "schema_number" not in tables:
        raise Refused(
            f"{name} is a DuckDB database but no store of chargeback: move it away, `chargeback load` makes a new one"
        )
    else:
        _check_schema(_number(connection), name)


def _check_schema(number: int, name: str) -> None:
    """Raises Refused for another schema: a newer one needs a newer program, an older store is made again."""
    if number > SCHEMA_NUMBER:
        raise Refused(
            f"{name} has schema {number} and this version of chargeback knows up to {SCHEMA_NUMBER}: "
            "install the newer version"
        )
    if number < SCHEMA_NUMBER:
        raise Refused(
            f"{name} has the older schema {number}, {SCHEMA_NUMBER} is expected: "
            "move it away, `chargeback load` makes a new one from the workspace"
        )


def _number(connection: DuckDBPyConnection) -> int:
    row = connection.execute(statement("load/schema_number")).fetchone()
    return int(row[0]) if row else 0


def _make_schema(connection: DuckDBPyConnection) -> None:
    """Make every table, in one transaction."""
    connection.execute("begin")
    for name in SCHEMA:
        connection.execute(statement(f"schema/{name}"))
    connection.execute(statement("load/schema_number_set"), {"number": SCHEMA_NUMBER})
    connection.execute("commit")


def periods_with_data(con: DuckDBPyConnection, periods: Iterable[tuple[Period, tuple[int, int]]]) -> list[Period]:
    """Periods with a cost or usage, of some periods with their bounds in UTC microseconds."""
    booked = {period for (period,) in con.execute(statement("run/periods")).fetchall()}
    return [period for period, bounds in periods if str(period) in booked or _used(con, bounds)]


def _used(con: DuckDBPyConnection, bounds: tuple[int, int]) -> bool:
    found = con.execute(statement("run/used"), {"from_us": bounds[0], "to_us": bounds[1]}).fetchone()
    return bool(found and found[0])
