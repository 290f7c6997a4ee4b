"""The store: its schema, and every refusal as a sentence."""

from __future__ import annotations

import errno
import re
import resource
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from chargeback.model.problem import Refused
from chargeback.store import database
from chargeback.store.database import SCHEMA, SCHEMA_NUMBER, open_store
from chargeback.store.load.sync import synchronise
from kit.loading import PARIS, put, usage
from kit.paths import PACKAGE, TESTS


def number(path: Path) -> int:
    """The schema number of a store."""
    with duckdb.connect(str(path)) as connection:
        row = connection.execute("select number from schema_number").fetchone()
        assert row is not None
        return int(row[0])


def test_a_new_store_has_the_schema_and_an_empty_ledger(tmp_path: Path) -> None:
    """Every file of the schema makes a table; the store carries the number of the schema."""
    path = tmp_path / "s.duckdb"
    with open_store(path, write=True) as store:
        schemas = store.connection.execute("select schema_name from information_schema.schemata").fetchall()
        assert (("ledger",) in schemas, store.files(), store.tag_columns()) == (True, (), [])
    assert number(path) == SCHEMA_NUMBER == 103
    assert sorted(SCHEMA) == sorted(file.stem for file in (PACKAGE / "store" / "sql" / "schema").glob("*.sql"))


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (17, "has the older schema 17, 103 is expected: move it away, `chargeback load` makes a new one"),
        (104, "has schema 104 and this version of chargeback knows up to 103: install the newer version"),
    ],
)
def test_a_store_of_another_schema_is_refused(tmp_path: Path, other: int, sentence: str) -> None:
    """An older store is made anew from the workspace, a newer one needs a newer program; neither is touched."""
    path = tmp_path / "s.duckdb"
    with open_store(path, write=True) as store:
        store.connection.execute("update schema_number set number = ?", [other])
    for write in (False, True):
        with pytest.raises(Refused, match=re.escape(sentence)), open_store(path, write=write):
            pass
    assert number(path) == other


def test_a_schema_that_fails_leaves_an_empty_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All tables are made in one transaction."""
    path = tmp_path / "s.duckdb"
    monkeypatch.setattr(database, "SCHEMA", (*SCHEMA, "usage"))
    with pytest.raises(duckdb.CatalogException), open_store(path, write=True):
        pass
    monkeypatch.undo()
    with open_store(path, write=True):
        pass
    assert number(path) == SCHEMA_NUMBER


def test_a_temporary_store_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It lies in a folder of its own that goes when it is closed."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with open_store(None, write=True):
        assert len(list(tmp_path.iterdir())) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"no database " * 1000, "is no DuckDB database"), (b"x", "is no DuckDB database")],
)
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    """The file stays as it is."""
    path = tmp_path / "chargeback.duckdb"
    path.write_bytes(content)
    with pytest.raises(Refused, match=words), open_store(path, write=True):
        pass
    assert content == path.read_bytes()


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    """What an interruption at the first moment leaves is no obstacle."""
    path = tmp_path / "chargeback.duckdb"
    path.touch()
    with open_store(path, write=True) as store:
        assert store.files() == ()


def test_a_database_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """Tables that are not ours are left alone."""
    path = tmp_path / "chargeback.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create table theirs (a integer)")
    with pytest.raises(Refused, match="no store of chargeback"), open_store(path, write=True):
        pass


def test_a_store_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    """Reading makes nothing."""
    with pytest.raises(Refused, match="run `chargeback load` first"), open_store(tmp_path / "s.duckdb", write=False):
        pass
    assert list(tmp_path.iterdir()) == []


OPEN = """
import sys
from pathlib import Path
from chargeback.model.problem import Refused
from chargeback.store.database import open_store
try:
    with open_store(Path(sys.argv[1]), write=True):
        print("opened")
except Refused as refused:
    print(refused)
"""


def test_a_second_process_gets_a_sentence(tmp_path: Path) -> None:
    """While one process has the store open to write, another is told to wait."""
    path = tmp_path / "chargeback.duckdb"
    with open_store(path, write=True):
        said = subprocess.run([sys.executable, "-c", OPEN, str(path)], capture_output=True, text=True, check=True)
    assert said.stdout == "chargeback.duckdb is in use by another process: wait until it ends, then run again\n"


LOAD = """
import sys, resource
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from kit.loading import PARIS
from chargeback.store.load.sync import synchronise
from chargeback.model.problem import Refused
from chargeback.store.database import open_store
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
try:
    with open_store(Path(sys.argv[1]) / "chargeback.duckdb", write=True) as store:
        synchronise(store, Path(sys.argv[1]), PARIS)
except Refused as refused:
    print(refused)
"""


def test_a_disk_that_fills_up_gets_a_sentence(tmp_path: Path) -> None:
    """No file may grow beyond 2 MB, as on a full disk: the load is refused, and goes on when there is room."""
    many = usage(*(f"2026-09-01T00:00,,a{i * 7919 % 1000003},v{i * 104729 % 999983},m,{i}.{i}" for i in range(120_000)))
    put(tmp_path, {"usage/a.csv": usage("2026-09-01T00:00,,a,,m,1"), "usage/b.csv": many})
    here = str(TESTS)
    said = subprocess.run(
        [sys.executable, "-c", LOAD, str(tmp_path), here], capture_output=True, text=True, check=False
    )
    assert (
        said.stdout,
        said.stderr,
    ) == ("the disk is full: make room and run again; what was loaded before is kept, nothing half done is\n", "")
    with open_store(tmp_path / "chargeback.duckdb", write=True) as store:
        assert [file.path for file in store.files()] == ["usage/a.csv"]
        assert synchronise(store, tmp_path, PARIS).read == ("usage/b.csv",)


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), duckdb.IOException("No space left")]
)
def test_a_full_disk_anywhere_is_the_same_sentence(tmp_path: Path, error: Exception) -> None:
    """Whether DuckDB or Python meets it."""
    with pytest.raises(Refused, match="the disk is full"), open_store(tmp_path / "s.duckdb", write=True):
        raise error


@pytest.mark.parametrize("error", [RuntimeError("Query interrupted"), KeyboardInterrupt()])
def test_an_interrupted_query_is_an_interruption(tmp_path: Path, error: BaseException) -> None:
    """DuckDB's own words for Ctrl-C are those of Python."""
    with pytest.raises(KeyboardInterrupt), open_store(tmp_path / "s.duckdb", write=True):
        raise error


def test_other_failures_stay_what_they_are(tmp_path: Path) -> None:
    """A mistake of ours is not dressed up as a refusal."""
    with pytest.raises(duckdb.CatalogException), open_store(tmp_path / "s.duckdb", write=True) as store:
        store.connection.execute("select * from nothing")
    assert resource.RLIM_INFINITY is not None
