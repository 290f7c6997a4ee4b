"""Members of a month made by hand."""

from __future__ import annotations

from datetime import date

from chargeback.model.facts import Member
from chargeback.model.problem import Place


def member(name: str, start: date, end: date | None = None, successor: str = "", payer: str = "") -> Member:
    """A row of members.csv."""
    return Member(name, name, "commune", start, end, Place("members.csv", 2), successor=successor, payer=payer)


LONG_AGO = date(2020, 1, 1)
