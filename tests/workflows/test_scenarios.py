"""Every folder of tests/scenarios is a workspace with the charges it must give, or the problem it must report.

``CHARGEBACK_SCENARIOS=DIR`` runs the folders of another place, of the same layout. A new folder is a new test.
"""

from __future__ import annotations

import csv
import os
import random
import shutil
import subprocess
import sys
import tomllib
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from chargeback.cli.app import main
from kit.paths import SCENARIOS
from kit.slow import some

FOLDER = Path(os.environ.get("CHARGEBACK_SCENARIOS", SCENARIOS))
ALL = sorted(path.parent for path in FOLDER.glob("*/scenario.toml"))
GOOD = [path for path in ALL if not (path / "expected" / "problems.txt").is_file()]
BAD = [path for path in ALL if (path / "expected" / "problems.txt").is_file()]


def workspace(scenario: Path, target: Path) -> tuple[Path, str]:
    """A copy of a scenario's workspace, without what is expected of it, and its period."""
    shutil.copytree(scenario, target, ignore=shutil.ignore_patterns("expected", "scenario.toml"))
    return target, tomllib.loads((scenario / "scenario.toml").read_text(encoding="utf-8"))["period"]


def run(root: Path, period: str) -> int:
    """Run the month of a workspace through the command line."""
    return main(["-C", str(root), "run", period, "--no-documents"])


def charges_of(root: Path, period: str) -> bytes:
    """The bytes of charges.csv."""
    return (root / "out" / period / "charges.csv").read_bytes()


def summed(content: bytes, column: str) -> dict[tuple[str, str], Decimal]:
    """A column added up by member and rule."""
    totals: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in csv.DictReader(content.decode().splitlines()):
        totals[row["member_id"], row["rule"]] += Decimal(row[column] or 0)
    return dict(totals)


def expected(path: Path, column: str) -> dict[tuple[str, str], Decimal]:
    """The expected sums of a scenario."""
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["member_id"], row["rule"]): Decimal(row[column]) for row in csv.DictReader(file)}


def without_zeros(totals: dict[tuple[str, str], Decimal]) -> dict[tuple[str, str], Decimal]:
    """Sums of 0.00 are left out of both sides."""
    return {key: value for key, value in totals.items() if value}


@pytest.mark.parametrize("scenario", GOOD, ids=lambda path: path.name)
def test_a_scenario_gives_its_charges(scenario: Path, tmp_path: Path) -> None:
    """The charges by member and rule, and the quantities where stated, are those expected, to the cent."""
    root, period = workspace(scenario, tmp_path / "w")
    assert run(root, period) == 0
    found = charges_of(root, period)
    assert without_zeros(summed(found, "amount")) == without_zeros(
        expected(scenario / "expected/charges.csv", "amount")
    )
    quantities = scenario / "expected/quantities.csv"
    if quantities.is_file():
        wanted = expected(quantities, "quantity")
        assert {key: value for key, value in summed(found, "quantity").items() if key in wanted or value} == wanted


@pytest.mark.parametrize("scenario", some(GOOD, 12), ids=lambda path: path.name)
def test_order_and_history_change_nothing(scenario: Path, tmp_path: Path) -> None:
    """Rows, files and rules shuffled, a fresh store and a reload: the same bytes."""
    root, period = workspace(scenario, tmp_path / "w")
    assert run(root, period) == 0
    first = charges_of(root, period)
    other, _ = workspace(scenario, tmp_path / "v")
    shuffle(other, random.Random(scenario.name))
    assert run(other, period) == 0
    assert charges_of(other, period) == first
    shuffle(root, random.Random(7))
    assert run(root, period) == 0
    assert charges_of(root, period) == first


def shuffle(root: Path, chance: random.Random) -> None:
    """Shuffle the rows of every CSV file, the names of the usage files, and the order in which the rules lie on
    disk."""
    for path in sorted(root.rglob("*.csv")):
        header, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        rows = [row if row.endswith("\n") else row + "\n" for row in rows]
        chance.shuffle(rows)
        path.write_text("".join([header, *rows]), encoding="utf-8")
    for path in sorted((root / "usage").glob("*.csv")):
        path.rename(path.with_name(f"{chance.randrange(10**6):06d}-{path.name}"))
    rules = sorted((root / "tariffs").glob("*.toml"))
    chance.shuffle(rules)
    for path in rules:
        text = path.read_text(encoding="utf-8")
        path.unlink()
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("scenario", BAD, ids=lambda path: path.name)
@pytest.mark.parametrize("command", some(["run", "check"], 2))
def test_a_bad_scenario_is_refused(
    scenario: Path, command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The mistake is reported with its place and its words, nothing is billed; check says what run says."""
    root, period = workspace(scenario, tmp_path / "w")
    options = ["--no-documents"] if command == "run" else []
    assert main(["-C", str(root), command, period, *options]) == 1
    assert not (root / "out").exists()
    told = capsys.readouterr()
    for line in (scenario / "expected/problems.txt").read_text(encoding="utf-8").splitlines():
        place, _, words = line.partition("\t")
        wanted = [word.lower() for word in words.split(",")]
        reported = [text.lower() for text in told.err.splitlines() if place.lower() in text.lower()]
        assert [text for text in reported if all(word in text for word in wanted)] != [], told.err


WITH_DOCUMENTS = (
    "a-million-and-one-cent-over-183-communes",
    "keys-composed-by-weight",
    "minimum-tops-up-and-maximum-rebates",
    "negative-pool-and-empty-pool",
    "resource-moves-between-members",
    "yearly-bands-by-population-or-by-agents",
)


@pytest.mark.parametrize("name", some([path.name for path in GOOD if path.name in WITH_DOCUMENTS], 6))
def test_a_scenario_runs_as_a_program_with_its_documents(name: str, tmp_path: Path) -> None:
    """The console program leaves charges, one document per payer and regime, statements, savings and the workbook."""
    root, period = workspace(FOLDER / name, tmp_path / "w")
    command = [sys.executable, "-m", "chargeback", "-C", str(root), "run", period]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    out = root / "out" / period
    owed: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in csv.DictReader((out / "charges.csv").read_text(encoding="utf-8").splitlines()):
        owed[row["member_id"], row["vat"]] += Decimal(row["amount"])
    wanted = {f"{member}-{regime}.pdf" for (member, regime), total in owed.items() if total}
    assert {path.name for path in (out / "invoices").glob("*.pdf")} == wanted
    assert {path.stem for path in (out / "statements").glob("*.pdf")} == {member for member, _ in owed}
    assert sorted(path.name for path in out.iterdir() if path.is_file()) == [
        "charges.csv",
        "finance.xlsx",
        "run.json",
        "savings.pdf",
    ]
