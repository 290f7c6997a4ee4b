"""Open items: amounts carried forward that no document bills yet, and invoices of which something remains.

They are found in the tables of the ledger. An entry is read only for the documents that it carries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chargeback.billing.brought_forward import OpenInvoice
from chargeback.ledger.book import entry_at, entry_of_number
from chargeback.model.documents import Document
from chargeback.model.period import Period
from chargeback.model.settings import Regime, Settings
from chargeback.store.sql import statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def still_carried(con: DuckDBPyConnection, before: Period, settings: Settings) -> tuple[Document, ...]:
    """Documents that months before one carried and that no document has billed, by payer, regime and month."""
    rows = con.execute(statement("ledger/still_carried"), {"before": str(before)}).fetchall()
    wanted: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for sequence, payer_id, regime in rows:
        wanted[sequence].add((payer_id, regime))
    found = [d for sequence, keys in sorted(wanted.items()) for d in _carried_by(con, sequence) if _key(d) in keys]
    return tuple(sorted(found, key=lambda d: (*_key(d), d.period)))


def _carried_by(con: DuckDBPyConnection, sequence: int) -> tuple[Document, ...]:
    entry = entry_at(con, sequence)
    assert entry is not None, "a row of the ledger has its entry"
    return entry.carried_forward


def _key(document: Document) -> tuple[str, str]:
    return document.payer.member_id, document.regime.name


def invoices_of_month(
    con: DuckDBPyConnection, settings: Settings, member_id: str, regime: str, period: Period
) -> Sequence[OpenInvoice]:
    """Open invoices that billed a member for a month under a regime and of which some net remains: those of the month
    first, then later ones (adjustments, amounts carried, corrections)."""
    return _open(con, "open_invoices_of_month", member_id=member_id, regime=regime, period=str(period))


def latest_invoices(
    con: DuckDBPyConnection, settings: Settings, payer_ids: Collection[str], regime: str
) -> Sequence[OpenInvoice]:
    """Open invoices of some payers under a regime of which some net remains, the latest first (by number within a day).

    One document has one rate: invoices at another rate than today's are left out.
    """
    found = _open(con, "open_invoices_latest", payer_ids=sorted(payer_ids), regime=regime)
    today = settings.regimes.get(regime)
    return tuple(invoice for invoice in found if today is None or invoice.bears(today.rate))


def _open(con: DuckDBPyConnection, name: str, **values: object) -> tuple[OpenInvoice, ...]:
    rows = con.execute(statement(f"ledger/{name}"), values).fetchall()
    return tuple(OpenInvoice(number, on, payer, *map(int, amounts)) for number, on, payer, *amounts in rows)


@dataclass(frozen=True, slots=True)
class PrintedRegimes:
    """Regimes as issued invoices printed them, by number; each entry is read once.

    Attributes:
        con: the ledger.
        known: regimes read so far.
    """

    con: DuckDBPyConnection
    known: dict[str, Regime] = field(default_factory=dict)

    def __call__(self, number: str) -> Regime | None:
        if number not in self.known:
            entry = entry_of_number(self.con, number)
            self.known.update({d.number: d.regime for d in entry.documents} if entry is not None else {})
        return self.known.get(number)
