"""Open items: amounts carried forward that no document bills yet, and invoices of which something remains.

They are found in the tables of the ledger. An entry is read only for the documents that it carries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from chargeback.billing.brought_forward import BilledAmount, OpenInvoice, OpenRate
from chargeback.ledger.book import entry_at
from chargeback.model.documents import Document
from chargeback.model.period import Period
from chargeback.model.settings import Settings
from chargeback.store.sql import statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

HUNDREDTH = Decimal("0.01")


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


def open_invoices(con: DuckDBPyConnection, payers: Collection[str], regime: str) -> tuple[OpenInvoice, ...]:
    """Open invoices of some payers under a regime of which some net remains, the latest first (by number within a
    day)."""
    values = {"payer_ids": sorted(payers), "regime": regime}
    rows = con.execute(statement("ledger/open_invoices"), values).fetchall()
    found: dict[str, OpenInvoice] = {}
    for number, on, payer, rate, *amounts in rows:
        before = found.get(number) or OpenInvoice(number, on, payer, ())
        found[number] = replace(before, rates=(*before.rates, OpenRate(plain(rate), *map(int, amounts))))
    return tuple(found.values())


def billed_amounts(con: DuckDBPyConnection, payers: Collection[str], rule: str) -> tuple[BilledAmount, ...]:
    """Billed amounts of a rule that remain of invoices to some payers, the latest invoice first."""
    values = {"payer_ids": sorted(payers), "rule": rule}
    rows = con.execute(statement("ledger/billed_amounts"), values).fetchall()
    return tuple(
        BilledAmount(number, who, Period.parse(month), plain(rate), int(net)) for number, who, month, rate, net in rows
    )


def invoices_of_month(con: DuckDBPyConnection, member_id: str, regime: str, period: Period) -> tuple[str, ...]:
    """Numbers of the invoices that billed a member for a month under a regime: that of the month first, then later ones
    (adjustments, amounts carried, corrections)."""
    values = {"member_id": member_id, "regime": regime, "period": str(period)}
    return tuple(number for (number,) in con.execute(statement("ledger/invoices_of_month"), values).fetchall())


def rate_borne(con: DuckDBPyConnection, regime: str, period: Period) -> Decimal | None:
    """VAT rate that the documents of a month bear under a regime; None where it billed and carried nothing."""
    values = {"regime": regime, "period": str(period)}
    row = con.execute(statement("ledger/rate_of_month"), values).fetchone()
    return None if row is None else plain(row[0])


def addressees(con: DuckDBPyConnection, months: Iterable[Period]) -> dict[tuple[str, Period], str]:
    """Payers that the invoices of some months were addressed to, by member and month."""
    rows = con.execute(statement("ledger/addressees"), {"months": [str(month) for month in months]}).fetchall()
    return {(member, Period.parse(month)): payer for member, month, payer in rows}


def plain(rate: Decimal) -> Decimal:
    """A rate with the two decimals that it was written with."""
    return rate.quantize(HUNDREDTH)
