"""Half cents of many resources: a notice with both figures where they move more than 1 % and more than 1.00."""

from __future__ import annotations

from pathlib import Path

import pytest

from chargeback.model.period import Period
from chargeback.workflows.session import loaded
from kit.loading import put, usage

RULE = """id = "p"
label = { fr = "p" }
kind = "rate"
vat = "services"
quantity = { meter = "m", measure = "sum", per = PER }
[[version]]
valid_from = 2020-01-01
references = [{ title = "Act" }]
model = "flat"
price = "0.001"
"""


def said(root: Path, quantity: int, sensors: int, per: str = '"resource"', more: str = "") -> list[str]:
    """Notices of half cents of one member with so many sensors."""
    rows = [f"2026-11-02T00:00Z,,a,s-{n},m,{quantity},s-{n}" for n in range(sensors)]
    put(
        root,
        {
            "chargeback.toml": '[operator]\nname = "O"\n[vat.services]\ncategory = "S"\nrate = "20.00"\n',
            "members.csv": "member_id,name,kind,valid_from\na,A,c,2020-01-01\n",
            "usage/u.csv": usage(*rows, tags=",tag"),
            "tariffs/p.toml": RULE.replace("PER", per) + more,
        },
    )
    with loaded(root, write=False) as (books, _):
        return [n.message for n in books.month(Period(2026, 11)).notices if n.code == "half-cents"]


@pytest.mark.parametrize(
    ("quantity", "sensors", "charged", "together"),
    [(4, 1000, "0.00", "4.00"), (5, 1000, "10.00", "5.00"), (4, 251, "0.00", "1.00"), (1005, 300, "303.00", "301.50")],
)
def test_both_figures_are_given(tmp_path: Path, quantity: int, sensors: int, charged: str, together: str) -> None:
    """What is charged, and what it would be if cents were made once."""
    found = said(tmp_path, quantity, sensors)
    moved = abs(float(charged) - quantity * sensors / 1000)
    if moved <= 1 or moved <= float(charged) / 100:
        assert found == []
    else:
        [message] = found
        assert f"charges a {charged} EUR in 2026-11" in message
        assert f"it would be {together} EUR" in message


@pytest.mark.parametrize(("quantity", "sensors"), [(4, 10), (5, 10), (4, 250), (10, 1000)])
def test_little_or_nothing_moved_is_no_notice(tmp_path: Path, quantity: int, sensors: int) -> None:
    """Up to 1.00 nothing is said, nor where no cent is lost."""
    assert said(tmp_path, quantity, sensors) == []


def test_by_tag_and_under_a_bound(tmp_path: Path) -> None:
    """Values of a tag as resources; where the minimum is due in any case nothing is moved."""
    assert len(said(tmp_path / "tag", 4, 1000, '{ tag = "tag" }')) == 1
    assert said(tmp_path / "member", 4, 1000, '"member"') == []
    assert said(tmp_path / "bound", 4, 1000, more='minimum = "50.00"\n') == []
