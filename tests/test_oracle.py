"""The oracle against the scenarios: it must find every published amount before it may judge the program."""

from __future__ import annotations

import csv
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest
from oracle import bill, quantities
from oracle.span import cents

SCENARIOS = Path(__file__).parent / "scenarios"
GOOD = sorted(path.parent.parent for path in SCENARIOS.glob("*/expected/charges.csv"))
MEASURED = sorted(path.parent.parent for path in SCENARIOS.glob("*/expected/quantities.csv"))


def period(folder: Path) -> str:
    """The month of a scenario."""
    return str(tomllib.loads((folder / "scenario.toml").read_text(encoding="utf-8"))["period"])


def expected(folder: Path, name: str, column: str) -> dict[tuple[str, str], Fraction]:
    """What a scenario expects, by member and rule."""
    with (folder / "expected" / name).open(encoding="utf-8", newline="") as file:
        return {(row["member_id"], row["rule"]): Fraction(row[column]) for row in csv.DictReader(file)}


@pytest.mark.parametrize("folder", GOOD, ids=lambda path: path.name)
def test_charges_of_the_scenario(folder: Path) -> None:
    """The oracle finds the amount of every member and rule, no row more, none less, no cent."""
    amounts = {name: Fraction(found, 100) for name, found in bill(folder, period(folder)).items()}
    assert expected(folder, "charges.csv", "amount") == amounts


@pytest.mark.parametrize("folder", MEASURED, ids=lambda path: path.name)
def test_quantities_of_the_scenario(folder: Path) -> None:
    """The oracle finds the quantity of every member and rule, to the sixth decimal."""
    shown = {name: Fraction(cents(found * 10**4), 10**6) for name, found in quantities(folder, period(folder)).items()}
    assert expected(folder, "quantities.csv", "quantity") == shown
