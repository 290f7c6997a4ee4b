"""Mistakes that cannot be written as text: folders, workbooks, Parquet files, and very long files."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

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


def copy_of_usage(root: Path) -> None:
    """The same content under two names."""
    shutil.copy(root / "usage/2026-09.csv", root / "usage/copy.csv")


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
