"""The golden month of the sample: its charges, documents, pages and workbook, as they were judged good.

``CHARGEBACK_GOLDEN=write pytest tests/test_golden.py`` writes them anew; read the difference before it is committed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from chargeback.cli.app import main
from kit.golden import GOLDEN, same_as_golden
from kit.paths import ROOT
from kit.pdf_text import pages
from kit.slow import slow
from kit.spreadsheet import Spreadsheet

PERIOD = "2026-10"
READ = ("argenteuil-219500188", "luzarches-219503521", "novo-finess950110080")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's month, run in a copy beside its rules and wording."""
    place = tmp_path_factory.mktemp("sample")
    for folder in ("sample_data", "tariffs", "reports"):
        ignored = shutil.ignore_patterns("out", "chargeback.duckdb*")
        shutil.copytree(ROOT / folder, place / folder, ignore=ignored)
    assert main(["-C", str(place / "sample_data"), "run", PERIOD]) == 0
    return place / "sample_data" / "out" / PERIOD


def test_the_charges_of_the_sample(out: Path) -> None:
    """charges.csv, byte for byte."""
    same_as_golden("charges.csv", (out / "charges.csv").read_text(encoding="utf-8"))


@slow
def test_the_documents_of_the_sample(out: Path) -> None:
    """Which documents there are, with their number of pages and the first words of their amount."""
    lines = []
    for path in sorted(out.rglob("*.pdf")):
        found = pages(path.read_bytes())
        digest = hashlib.sha256("\f".join(found).encode()).hexdigest()[:16]
        lines.append(f"{path.relative_to(out).as_posix()} {len(found)} {digest}")
    same_as_golden("documents.txt", "\n".join(lines) + "\n")


@pytest.mark.parametrize("member", READ)
def test_the_text_of_some_documents(out: Path, member: str) -> None:
    """What the pages of a commune, of one that leaves within the month and of a hospital say."""
    files = sorted([*(out / "invoices").glob(f"{member}-*.pdf"), out / "statements" / f"{member}.pdf"])
    same_as_golden(f"{member}.txt", "".join(_told(path) for path in files))


def test_the_text_of_the_savings_report(out: Path) -> None:
    """What its pages say."""
    same_as_golden("savings.txt", _told(out / "savings.pdf"))


def _told(path: Path) -> str:
    parts = [
        f"=== {path.name}, page {n}\n{text.rstrip()}\n" for n, text in enumerate(pages(path.read_bytes()), start=1)
    ]
    return "".join(parts)


def test_the_cells_of_the_workbook(out: Path) -> None:
    """Every cell of the summary, and the size and sum of every other sheet's cells."""
    same_as_golden("workbook.txt", "\n".join(_cells(out / "finance.xlsx")) + "\n")


def _cells(path: Path) -> Iterator[str]:
    workbook = Spreadsheet(path.read_bytes())
    for number, (name, sheet) in enumerate(workbook.sheets.items()):
        yield f"=== {name}: {len(sheet)} cells"
        for place, cell in list(sheet.items())[: None if number == 0 else 60]:
            yield f"{place} {cell.formula or cell.text}"


def test_the_golden_charges_add_up_to_the_pools_of_the_month() -> None:
    """Independently of the program: the shares of the golden charges are the costs booked to October, to the cent."""
    shares = sum(
        Decimal(row["amount"])
        for row in csv.DictReader(io.StringIO((GOLDEN / "charges.csv").read_text(encoding="utf-8")))
        if row["kind"] == "share"
    )
    with (ROOT / "sample_data" / "costs" / f"{PERIOD}.csv").open(encoding="utf-8") as file:
        booked = sum(Decimal(row["amount"]) for row in csv.DictReader(file) if row["period"] == PERIOD)
    assert shares == booked
