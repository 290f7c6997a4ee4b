"""What the ledger has that no document of a year bills: documents dated after it, and what waits without a number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chargeback.ledger.book import lines_after, periods_issued, standing
from chargeback.ledger.entries import CORRECTING, read_line
from chargeback.ledger.left import left_of
from chargeback.ledger.waiting import carried
from chargeback.model import Settings
from chargeback.result import Document

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def issued_after(con: DuckDBPyConnection, year: int) -> Iterator[Document]:
    """The documents dated after a year, oldest first; credits and corrections of issued ones are of the year of their date."""
    for line in lines_after(con, 0):
        entry = read_line(line)
        if entry.kind not in CORRECTING:
            yield from (d for d in entry.documents if d.issue_date is not None and d.issue_date.year > year)


def without_number(con: DuckDBPyConnection, settings: Settings) -> Iterator[Document]:
    """What was carried and no document has billed, and what is set aside and may still be issued."""
    periods = periods_issued(con)
    if periods:
        yield from carried(con, max(periods).next, settings)
    for period in periods:
        if standing(con, period).waiting:
            yield from left_of(con, period).aside
