"""The oracle against the scenarios: it must find every published amount before it may judge the program."""

from __future__ import annotations

import csv
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest

from kit.paths import SCENARIOS
from oracle import bill, quantities
from oracle.games import nucleolus, serial
from oracle.share import held_between
from oracle.span import cents

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
    """The oracle finds the quantity of every member and rule, to the sixth decimal; a share shows none."""
    wanted = expected(folder, "quantities.csv", "quantity")
    shown = {name: Fraction(cents(found * 10**4), 10**6) for name, found in quantities(folder, period(folder)).items()}
    assert wanted == {name: found for name, found in shown.items() if name in wanted or found}


SAVINGS = {"a": 2, "b": 6, "c": 5, "ab": 15, "ac": 1, "bc": 18, "abc": 14}


def costs_of(savings: dict[str, int], alone: int = 0) -> dict[frozenset[str], Fraction]:
    """The cost game of a savings game: each costs ``alone``, less what its coalition saves."""
    return {frozenset(names): Fraction(alone * len(names) - saved) for names, saved in savings.items()}


def test_nucleolus_of_a_published_game() -> None:
    """v(1)=2, v(2)=6, v(3)=5, v(12)=15, v(13)=1, v(23)=18, v(123)=14 has the nucleolus (2, 7, 5)."""
    found = nucleolus("abc", costs_of(SAVINGS))
    assert {"a": Fraction(-2), "b": Fraction(-7), "c": Fraction(-5)} == found


def test_prenucleolus_where_nobody_must_save_alone() -> None:
    """The same game where the three cannot all save what they save alone: the split over all is taken."""
    found = nucleolus("abc", costs_of(SAVINGS | {"a": 15, "b": 15, "c": 15}))
    assert sum(found.values()) == -14
    assert {"a": Fraction(-14, 3), "b": Fraction(-14, 3), "c": Fraction(-14, 3)} == found


def test_serial_sharing_lies_between() -> None:
    """Moulin and Shenker: demands 1, 2, 3 of the cost q squared pay 3, 8 and 25 less what was paid before."""
    curve = [{"at": "3", "cost": "9"}, {"at": "5", "cost": "25"}, {"at": "6", "cost": "36"}]
    found = serial({"s": Fraction(1), "m": Fraction(2), "l": Fraction(3)}, curve)
    assert {"s": Fraction(3), "m": Fraction(11), "l": Fraction(22)} == found


def test_claims_are_paid_equally_up_to_each() -> None:
    """Gallastegui and others 2003: 13,500 over seven claims split equally, nobody above its claim."""
    claims = [158, 299, 927, 2196, 4348, 6256, 13952]
    names = "abcdefg"
    high = {name: Fraction(claim) for name, claim in zip(names, claims, strict=True)}
    found = held_between(13500, dict.fromkeys(names, Fraction(1, 7)), dict.fromkeys(names), high)
    equal = Fraction(9920, 3)
    assert [158, 299, 927, 2196, equal, equal, equal] == [found[name] for name in names]
