"""Mistakes that cannot be written as text: folders, workbooks, Parquet files, stores, and what happens meanwhile."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

USAGE = "start,end,member_id,resource_id,meter,quantity,class\n"
COSTS = ("period", "pool", "account", "label", "amount", "document")


def folder_for_a_register(root: Path) -> None:
    """A folder named drivers.csv."""
    (root / "drivers.csv").unlink()
    (root / "drivers.csv").mkdir()


def folder_for_a_rule(root: Path) -> None:
    """A folder named as a rule."""
    (root / "tariffs/vcpu.toml").unlink()
    (root / "tariffs/vcpu.toml").mkdir()


def link_to_nothing(root: Path) -> None:
    """A link whose target is gone."""
    (root / "usage/2026-10.csv").symlink_to("../gone.csv")


def copy_of_usage(root: Path) -> None:
    """The same content under two names."""
    shutil.copy(root / "usage/2026-09.csv", root / "usage/copy.csv")


def carried_for_a_member_that_left(root: Path) -> None:
    """September below a high threshold, closed; Aval leaves at the end of October."""
    settings = root / "chargeback.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[billing]\n", '[billing]\nthreshold = "5000.00"\n'), encoding="utf-8")
    command = [sys.executable, "-m", "chargeback", "-C", str(root), "close", "2026-09", "--date", "2026-10-05"]
    subprocess.run(command, check=True, capture_output=True)
    members = root / "members.csv"
    text = members.read_text(encoding="utf-8")
    members.write_text(text.replace("Aval,2026-01-01,", "Aval,2026-01-01,2026-11-01"), encoding="utf-8")


def many_measurements_twice(root: Path) -> None:
    """720 hours of one machine, twice."""
    hours = [f"2026-09-{n // 24 + 1:02d}T{n % 24:02d}:00Z,,,vm-1,vcpu,4,gold\n" for n in range(720)]
    (root / "usage/2026-09.csv").write_text(USAGE + "".join(hours * 2), encoding="utf-8")


def many_bad_numbers(root: Path) -> None:
    """10,000 quantities that are no number."""
    rows = [f"2026-09-01T00:00Z,2026-09-02T00:00Z,,vm-{n},vcpu,n/a,gold\n" for n in range(10_000)]
    (root / "usage/2026-09.csv").write_text(USAGE + "".join(rows), encoding="utf-8")


def parquet_with_another_type(root: Path) -> None:
    """A start that is true."""
    import duckdb

    target = root / "usage/2026-09.parquet"
    duckdb.sql(
        "select true as start, null::varchar as \"end\", 'amont' as member_id, null::varchar as resource_id, "
        "'vcpu' as meter, 1 as quantity"
    ).write_parquet(str(target))


def _workbook(root: Path, *rows: tuple[Any, ...]) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "September"
    for row in rows:
        sheet.append(row)
    book.save(root / "costs/2026-09.xlsx")


def workbook_without_columns(root: Path) -> None:
    """A title where the columns should be."""
    _workbook(root, ("Costs of September",), COSTS, ("2026-09", "network", "1", "Fibre", 10, ""))


def workbook_with_a_failed_formula(root: Path) -> None:
    """An error where an amount should be."""
    _workbook(root, COSTS, ("2026-09", "network", "1", "Fibre", "#DIV/0!", ""))


def workbook_with_a_logical_value(root: Path) -> None:
    """A pool that is TRUE."""
    _workbook(root, COSTS, ("2026-09", True, "1", "Fibre", 10, ""))


def workbook_with_a_note(root: Path) -> None:
    """A remark right of the last column."""
    _workbook(root, COSTS, ("2026-09", "network", "1", "Fibre", 10, "", "to be checked"))


def workbook_with_a_hidden_sheet(root: Path) -> None:
    """A second sheet, hidden, with a cost of the month."""
    import openpyxl

    book = openpyxl.Workbook()
    for title, state, amount in (("September", "visible", 10), ("Old", "hidden", 7)):
        sheet = book.create_sheet(title)
        sheet.append(COSTS)
        sheet.append(("2026-09", "network", "1", "Fibre", amount, ""))
        sheet.sheet_state = state
    del book["Sheet"]
    book.save(root / "costs/2026-09.xlsx")


def a_thousand_sensors(root: Path) -> None:
    """Each sensor costs four tenths of a cent."""
    rows = [f"2026-09-01T00:00Z,2026-09-01T01:00Z,amont,s-{n},vcpu,0.2,gold\n" for n in range(1_000)]
    (root / "usage/2026-09.csv").write_text(USAGE + "".join(rows), encoding="utf-8")
    rule = root / "tariffs/vcpu.toml"
    text = rule.read_text(encoding="utf-8")
    rule.write_text(text.replace('"integral" }', '"integral", per = "resource" }'), encoding="utf-8")


def store_of_a_newer_version(root: Path) -> None:
    """A store that a later version of the program has migrated."""
    import duckdb

    from chargeback.store.database import open_store

    with open_store(root / "chargeback.duckdb", write=True):
        pass
    with duckdb.connect(str(root / "chargeback.duckdb")) as connection:
        connection.execute("update schema_number set number = 1000")


def database_of_another_program(root: Path) -> None:
    """A DuckDB database that holds other tables."""
    import duckdb

    with duckdb.connect(str(root / "chargeback.duckdb")) as connection:
        connection.execute("create table budget (amount integer)")


HOLD = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held_by_another_process(root: Path) -> Iterator[None]:
    """The store is open in a second process."""
    command = [sys.executable, "-c", HOLD, str(root / "chargeback.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        try:
            yield
        finally:
            other.communicate()


@contextmanager
def full_disk(root: Path) -> Iterator[None]:
    """No byte more can be written to a file of ``out``."""
    write = Path.write_bytes

    def refuse(path: Path, data: bytes) -> int:
        write(path, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with mock.patch.object(Path, "write_bytes", refuse):
        yield


@contextmanager
def interrupted(root: Path) -> Iterator[None]:
    """Ctrl-C while the month is computed."""
    with mock.patch("chargeback.workflows.measured_month.plan_month", side_effect=KeyboardInterrupt):
        yield


@contextmanager
def a_lost_share(root: Path) -> Iterator[None]:
    """The charges of a pool lose one of them."""
    from chargeback.charging.sharing import pool_shares as shares

    whole = shares.share_charges
    with mock.patch.object(shares, "share_charges", lambda *given: list(whole(*given))[1:]):
        yield


@contextmanager
def a_file_that_grows(root: Path) -> Iterator[None]:
    """Another program writes to a file that is being read."""
    from chargeback.store.load import loader

    read = loader.read_costs

    def growing(folder: Path, path: str) -> Any:
        with (folder / path).open("a", encoding="utf-8") as file:
            file.write("2026-09,network,6262,More fibre,1.00,F-120\n")
        return read(folder, path)

    whole = (root / "costs/2026-09.csv").read_bytes()
    with mock.patch.object(loader, "read_costs", growing):
        yield
    (root / "costs/2026-09.csv").write_bytes(whole)
