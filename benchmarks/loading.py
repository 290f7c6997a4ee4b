"""Load against DuckDB's raw typed insert of the same file into a new store; the duplicate check apart."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from unittest.mock import patch

from benchmarks.data import usage_files
from benchmarks.table import Line, against, count_text
from benchmarks.timing import Pair, in_turn, seconds
from chargeback.store.database import open_store
from chargeback.store.load import duplicates
from chargeback.store.load.sync import synchronise
from chargeback.workspace.settings.read import read_settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from chargeback.store.database import LoadedFile
    from chargeback.store.load.duplicates import Repetition

TURNS = 3
TABLE = """
    create table raw (
        "start" timestamptz, "end" timestamptz, member_id varchar, resource_id varchar, meter varchar,
        quantity decimal(27, 9), class varchar
    )
"""
PARQUET = "insert into raw select * from read_parquet(?)"
CSV = """
    insert into raw
    select *
    from read_csv(
        ?, auto_detect = false, header = true, delim = ',', quote = '"', store_rejects = true,
        columns = {
            'start': 'timestamptz', 'end': 'timestamptz', 'member_id': 'varchar', 'resource_id': 'varchar',
            'meter': 'varchar', 'quantity': 'decimal(27, 9)', 'class': 'varchar'
        }
    )
"""


def lines(parquet: Path, csv: Path, rows: int) -> Iterator[Line]:
    """The load of Parquet and of CSV, and the check that no measurement stands twice."""
    of = f"{count_text(rows)} rows"
    load, check = _pairs(parquet, usage_files(parquet / "usage", rows, "parquet"), PARQUET)
    yield against("load, Parquet", of, load, 1.3)
    yield against("duplicate check, regular series", of, check, 1.2)
    load, _ = _pairs(csv, usage_files(csv / "usage", rows, "csv"), CSV)
    yield against("load, CSV, with types and rejects", of, load, 1.2)


def _pairs(root: Path, files: list[Path], sql: str) -> tuple[Pair, Pair]:
    """(load without its check, check), each against the raw insert of the same turn."""
    checks: list[float] = []
    raws: list[float] = []

    def raw() -> float:
        raws.append(_raw(files, sql))
        return raws[-1]

    def ours() -> float:
        whole, check = _load(root)
        checks.append(check)
        return whole - check

    load = in_turn(raw, ours, TURNS)
    return load, in_turn(iter(raws).__next__, iter(checks).__next__, TURNS)


def _raw(files: Iterable[Path], sql: str) -> float:
    import duckdb

    with TemporaryDirectory() as folder, duckdb.connect(str(Path(folder) / "raw.duckdb")) as con:
        con.execute("set timezone = 'UTC'")
        con.execute(TABLE)
        return seconds(lambda: [con.execute(sql, [str(file)]) for file in files])


def _load(root: Path) -> tuple[float, float]:
    """Seconds of a whole load into a new store, and of its duplicate check."""
    settings, _ = read_settings(root)
    assert settings is not None
    spent = 0.0
    check = duplicates.repetitions

    def watched(con: DuckDBPyConnection, files: Iterable[LoadedFile], tags: Iterable[str]) -> list[Repetition]:
        nonlocal spent
        started = time.perf_counter()
        found = check(con, files, tags)
        spent = time.perf_counter() - started
        return found

    with (
        TemporaryDirectory() as folder,
        open_store(Path(folder) / "store.duckdb", write=True) as store,
        patch.object(duplicates, "repetitions", watched),
    ):
        whole = seconds(lambda: synchronise(store, root, settings))
    return whole, spent
