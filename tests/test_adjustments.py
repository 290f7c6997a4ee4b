"""Closed months that come to something else: what an open month bills for them, what waits, and that nothing is billed twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from late_months import Office, put, usage, workspace

JANUARY, FEBRUARY, MARCH = "2026-01", "2026-02", "2026-03"


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    """January closed, February and March open."""
    found = Office(workspace(tmp_path, JANUARY, FEBRUARY, MARCH), capsys)
    found.close(JANUARY)
    return found


def test_unchanged_inputs_give_no_adjustment(office: Office) -> None:
    """Nothing came, nothing is billed."""
    assert office.adjustments(FEBRUARY) == []


def test_a_late_row_is_a_line_of_the_next_month(office: Office) -> None:
    """7 units of January in a file that came in February: 7.00 with what is compared; billed once."""
    put(office.root, usage__late=usage(JANUARY, ("cergy", "7"), day="11"))
    (row,) = office.rows(FEBRUARY)
    assert (row["period"], row["member_id"], row["rule"], row["amount"]) == (JANUARY, "cergy", "storage", "7.00")
    assert (row["kind"], row["version"], row["quantity"], row["unit_price"], row["factor"]) == (
        *("adjustment", "2026-01-01", "", "", ""),
    )
    assert row["reason"] == "2026-01 recomputed 107.00, billed 100.00: late usage/late.csv"
    office.does("issue", FEBRUARY, "--date", "2026-03-05")
    assert office.adjustments(MARCH) == []
    office.does("close", FEBRUARY)
    assert office.adjustments(MARCH) == []


def test_a_late_file_that_goes_again_gives_back(office: Office) -> None:
    """What was billed for a file in February is given back in March when the file is taken out."""
    put(office.root, usage__late=usage(JANUARY, ("cergy", "7"), day="11"))
    office.close(FEBRUARY)
    (office.root / "usage" / "late.csv").unlink()
    (row,) = office.rows(MARCH)
    assert (row["period"], row["amount"]) == (JANUARY, "-7.00")
    assert row["reason"] == "2026-01 recomputed 100.00, billed 107.00: taken out usage/late.csv"
    office.close(MARCH)
    assert office.adjustments("2026-04") == []
