"""What the ledger brings to a month that is drawn up: carried amounts, and invoices that may still be reduced."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from chargeback.brought import Open
from chargeback.model import Settings
from chargeback.period import Period
from chargeback.result import Document

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def carried(con: DuckDBPyConnection, before: Period, settings: Settings) -> tuple[Document, ...]:
    """The documents that months before one carried and that no document has billed, by payer, regime and month."""
    return ()


def billing(con: DuckDBPyConnection, settings: Settings, member_id: str, regime: str, period: Period) -> Sequence[Open]:
    """The invoices that billed a member for a month under a regime and are not given back whole, the one of the month first."""
    return ()


def latest(con: DuckDBPyConnection, settings: Settings, payer_ids: Collection[str], regime: str) -> Sequence[Open]:
    """The invoices of some payers under a regime that are not given back whole, the latest first."""
    return ()
