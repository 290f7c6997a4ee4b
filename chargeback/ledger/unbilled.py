"""What the ledger has of a year that may be on no document of it: what months drew up, and what waits without a number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chargeback.ledger.book import lines_after, period_status, periods_issued
from chargeback.ledger.entries import CORRECTING, read_line
from chargeback.ledger.open_items import carried
from chargeback.ledger.unissued import unissued_of
from chargeback.model.documents import Document
from chargeback.model.settings import Settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def drawn_up(con: DuckDBPyConnection) -> Iterator[Document]:
    """The documents of the months, oldest first; credits and corrections of issued ones are of the year of their date, and left out."""
    for line in lines_after(con, 0):
        entry = read_line(line)
        if entry.kind not in CORRECTING:
            yield from entry.documents


def without_number(con: DuckDBPyConnection, settings: Settings) -> Iterator[Document]:
    """What was carried and no document has billed, and what is set aside and may still be issued."""
    periods = periods_issued(con)
    if periods:
        yield from carried(con, max(periods).next, settings)
    for period in periods:
        if period_status(con, period).has_withheld:
            yield from unissued_of(con, period).withheld
