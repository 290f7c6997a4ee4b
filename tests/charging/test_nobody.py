"""Use of nobody: the known identifier that an unknown one resembles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargeback.charging.metering.nobody import nearest

KNOWN = ("alpha", "bravo", "vm-1", "8933010000000012345", "8999990000000012345")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("ALPHA", "alpha"),
        ("al\u00a0pha", "alpha"),
        ("alpah", "alpha"),
        ("8.93301E+18", "8933010000000012345"),
        ("7E+18", None),
        ("8933010000000012300", "8933010000000012345"),
        ("1e999999999", None),
        ("1.2.3e4", None),
        ("zzz", None),
        ("alpha", None),
        ("", None),
    ],
)
def test_the_nearest_identifier(name: str, meant: str | None) -> None:
    """But for case and spaces, cut by a spreadsheet, or with a slip; a known one has no nearest."""
    assert nearest(name, KNOWN) == meant


@given(name=st.text(), known=st.lists(st.text()))
def test_the_nearest_identifier_is_a_known_one(name: str, known: list[str]) -> None:
    """Whatever the identifiers are, what is proposed exists and is another one."""
    found = nearest(name, known)
    assert found is None or (found in known and found != name)
