"""The oracle against the scenarios: it must find every published amount before it may judge the program."""

from __future__ import annotations

import csv
import tomllib
from fractions import Fraction
from pathlib import Path

import pytest

from kit.paths import SCENARIOS
from kit.random_workspace.base import LONG_AGO, Row, World
from kit.random_workspace.rules import rule, version
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


def measured(folder: Path, quantity: dict[str, str], *rows: str) -> dict[str, Fraction]:
    """What ``a`` and ``b`` have of a quantity in October 2026 in Paris; the machine ``r`` is of ``b`` from the 20th."""
    usage: list[Row] = [tuple(row.split(",")) for row in rows]
    facts = {
        "members": [(name, name, "commune", LONG_AGO, "") for name in ("a", "b")],
        "resources": [("r", "a", LONG_AGO, "2026-10-20"), ("r", "b", "2026-10-20", "")],
        "usage": usage,
    }
    rate = rule("rate", "u", [version(LONG_AGO, None, model="flat", price="1")], quantity={"meter": "u", **quantity})
    world = World("2026-10", "Europe/Paris", {}, (rate,)).having(**facts)
    return {member: found for (member, _), found in quantities(world.write(folder / "w"), world.period).items()}


def test_a_day_of_25_hours_counts_them_all(tmp_path: Path) -> None:
    """An interval from noon to noon over 25 October is 12, 25 and 12 hours."""
    row = "2026-10-24T12:00:00,2026-10-26T12:00:00,a,m,u,2,"
    assert measured(tmp_path, {"measure": "integral"}, row) == {"a": Fraction(98)}


def test_what_is_spread_goes_to_the_owner_of_each_hour(tmp_path: Path) -> None:
    """Of 50 hours, 24 lie before ``r`` moves and 26 after; a reading without an end is of its start."""
    rows = ("2026-10-19T00:00:00,2026-10-21T02:00:00,,r,u,100,", "2026-10-19T05:00:00,,,r,u,7,")
    assert measured(tmp_path, {"measure": "sum", "spread": "time"}, *rows) == {"a": Fraction(55), "b": Fraction(52)}


def test_a_sample_lasts_for_its_step_or_until_the_next(tmp_path: Path) -> None:
    """Samples of 12 hours: the first is cut by the next row of its tag, the last at midnight as the owner changes."""
    rows = (
        "2026-10-19T10:00:00,,,r,u,10,",
        "2026-10-19T12:00:00,,,r,u,1000,ssd",
        "2026-10-19T16:00:00,2026-10-19T18:00:00,,r,u,100,",
        "2026-10-19T18:00:00,,,r,u,1,",
    )
    found = measured(tmp_path, {"measure": "integral", "step": "12h"}, *rows)
    assert found == {"a": Fraction(60 + 12000 + 200 + 6), "b": Fraction(6)}


def test_the_hour_that_comes_twice_is_two_steps(tmp_path: Path) -> None:
    """By the hour, 2:10 and 2:50 of summer time are one step, 2:50 of winter time another."""
    rows = (
        "2026-10-25T02:10:00+02:00,,a,m,u,5,",
        "2026-10-25T02:50:00+02:00,,a,n,u,7,",
        "2026-10-25T02:50:00+01:00,,a,m,u,11,",
    )
    assert measured(tmp_path, {"measure": "max", "combine": "instant", "step": "1h"}, *rows) == {"a": Fraction(12)}


def test_the_25th_hour_of_a_day_is_a_step_of_its_own(tmp_path: Path) -> None:
    """By the day, 22:59 on 25 October is of its first step, 23:01 of its second."""
    rows = (
        "2026-10-25T00:00:00+02:00,,a,m,u,5,",
        "2026-10-25T22:59:00+01:00,,b,n,u,6,",
        "2026-10-25T23:01:00+01:00,,a,m,u,10,",
    )
    assert measured(tmp_path, {"measure": "peak", "step": "24h"}, *rows) == {"a": Fraction(5), "b": Fraction(6)}
