"""Use that lasts over the end of a closed month: the part of it that lies there is an adjustment, like any late row."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.late_office import HEADER, RULE, VERSION, Office, put, workspace
from kit.slow import slow

JANUARY, FEBRUARY, MARCH = "2026-01", "2026-02", "2026-03"
PRICE = VERSION + 'model = "flat"\nprice = "0.01"\n'
RULES = {
    "racks": '{ meter = "rack", measure = "integral" }',
    "heat": '{ meter = "heat", measure = "sum", spread = "time" }',
    "polled": '{ meter = "poll", measure = "integral", step = "1h" }',
}


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    """January closed, February and March open; racks by the hour, heat by its time, polls an hour each."""
    root = workspace(tmp_path, JANUARY, FEBRUARY, MARCH)
    for name, quantity in RULES.items():
        text = RULE.format(name=name) + f'kind = "rate"\nvat = "services"\nquantity = {quantity}\n' + PRICE
        (root / f"tariffs/{name}.toml").write_text(text, encoding="utf-8")
    found = Office(root, capsys)
    found.close(JANUARY)
    return found


def late(office: Office, *rows: str) -> None:
    """A file that comes after January was closed."""
    put(office.root, usage__late=HEADER + "".join(f"{row}\n" for row in rows))


def charged(office: Office, period: str, rule: str) -> list[str]:
    """What the month itself charges by a rule."""
    office.does("run", period, "--no-documents")
    lines = (office.root / "out" / period / "charges.csv").read_text(encoding="utf-8").splitlines()
    return [row[11] for line in lines[1:] if (row := line.split(","))[0] == period and row[2] == rule]


@slow
def test_an_interval_over_two_months_adjusts_the_closed_one_for_its_time_there(office: Office) -> None:
    """A rack from 22 January to 11 February, at 0.01 an hour: ten days of each month, 2.40 and 2.40."""
    late(office, "2026-01-22T00:00:00,2026-02-11T00:00:00,cergy,r,rack,1")
    assert office.adjustments(FEBRUARY) == [(JANUARY, "cergy", "racks", "2.40")]
    assert charged(office, FEBRUARY, "racks") == ["2.40"]
    office.close(FEBRUARY)
    assert office.adjustments(MARCH) == []


@slow
def test_an_interval_that_begins_in_a_closed_month_before_moves_all_that_it_reaches(office: Office) -> None:
    """From 22 January to 11 March, known in March: ten days, 28 days and ten days."""
    office.close(FEBRUARY)
    late(office, "2026-01-22T00:00:00,2026-03-11T00:00:00,cergy,r,rack,1")
    assert office.adjustments(MARCH) == [
        (JANUARY, "cergy", "racks", "2.40"),
        (FEBRUARY, "cergy", "racks", "6.72"),
    ]
    assert charged(office, MARCH, "racks") == ["2.40"]


@slow
def test_an_interval_taken_out_gives_its_time_back(office: Office) -> None:
    """Also that of the month in which it does not begin."""
    late(office, "2026-01-22T00:00:00,2026-03-11T00:00:00,cergy,r,rack,1")
    office.close(FEBRUARY)
    (office.root / "usage/late.csv").unlink()
    assert office.adjustments(MARCH) == [
        (JANUARY, "cergy", "racks", "-2.40"),
        (FEBRUARY, "cergy", "racks", "-6.72"),
    ]


def test_a_reading_is_spread_over_the_closed_month_and_the_open_one(office: Office) -> None:
    """300 of heat from 22 January to 21 February: 100 and 200, at 0.01."""
    late(office, "2026-01-22T00:00:00,2026-02-21T00:00:00,cergy,h,heat,300")
    assert office.adjustments(FEBRUARY) == [(JANUARY, "cergy", "heat", "1.00")]
    assert charged(office, FEBRUARY, "heat") == ["2.00"]


def test_the_last_sample_of_a_closed_month_lasts_into_the_open_one(office: Office) -> None:
    """200 polled at 23:45 on 31 January for an hour: 50 unit-hours of January, 150 of February."""
    late(office, "2026-01-31T23:45:00,,cergy,p,poll,200")
    assert office.adjustments(FEBRUARY) == [(JANUARY, "cergy", "polled", "0.50")]
    assert charged(office, FEBRUARY, "polled") == ["1.50"]


@slow
def test_the_first_sample_of_a_month_ends_the_last_one_before_it(office: Office) -> None:
    """A poll at midnight: the sample of 23:45 lasts a quarter of an hour, and January is as it was."""
    late(office, "2026-01-31T23:45:00,,cergy,p,poll,200")
    office.close(FEBRUARY)
    put(office.root, usage__later=HEADER + "2026-02-01T00:15:00,,cergy,p,poll,200\n")
    assert office.adjustments(MARCH) == [(FEBRUARY, "cergy", "polled", "1.00")]


@slow
def test_a_file_that_reaches_into_a_closed_month_is_reported_with_its_lines(office: Office) -> None:
    """check names the rows with time in the month, those that begin before it too."""
    office.close(FEBRUARY)
    late(office, "2026-01-22T00:00:00,2026-03-11T00:00:00,cergy,r,rack,1", "2026-02-03T00:00:00,,ecouen,s,gb,1")
    lines = office.does("check", MARCH).splitlines()
    assert [line for line in lines if "is closed" in line] == [
        "notice: usage/late.csv:2: 1 row of 2026-01, which is closed, late (line 2): adjusted in 2026-03",
        "notice: usage/late.csv:2: 2 rows of 2026-02, which is closed, late (lines 2-3): adjusted in 2026-03",
    ]
