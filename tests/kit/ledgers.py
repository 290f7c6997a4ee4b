"""Ledgers made by hand: entries of a few documents, and the store that holds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chargeback.ledger.book import append, last_link
from chargeback.ledger.entries import AllottedNumber, Entry, EntryKind
from chargeback.model.charges import Charge
from chargeback.model.documents import Document, Line
from chargeback.model.facts import Member
from chargeback.model.period import Period
from chargeback.model.settings import Operator, Regime, Settings
from chargeback.store.database import open_store
from kit import builders

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

START = date(2026, 1, 1)
SERVICES = Regime("services", "S", Decimal("20.00"))
SHARING = Regime("sharing", "E", Decimal("0.00"))
REGIMES = {"services": SERVICES, "sharing": SHARING}
SETTINGS = Settings(
    operator=Operator(name="Syndicat", siren="990000010"), zone=ZoneInfo("Europe/Paris"), regimes=REGIMES
)


def month(number: int) -> Period:
    """A month of 2026."""
    return Period(2026, number)


def charge(member: str, amount: int, rule: str = "cpu", *, of: Period | None = None, vat: str = "services") -> Charge:
    """A charge of some cents; with ``of`` an adjustment of that month."""
    return builders.charge(amount, member_id=member, rule=rule, version=START, adjusts=of, vat=vat)


def line(*charges: Charge, since: Period | None = None, corrects: int = 0) -> Line:
    """A line of some charges of one member, rule and kind."""
    return builders.line(charges, carried_from=since, reverses=corrects)


def member(name: str, **more: Any) -> Member:
    """A member in force since the start of 2020."""
    return builders.member(name, name=name.title(), **more)


def document(period: Period, payer: str, *lines: Line, number: str = "", **more: Any) -> Document:
    """A document of some lines, dated ``on``; VAT on the total unless given as ``vat`` (cents)."""
    on = more.pop("on", period.end)
    regime = REGIMES[lines[0].charges[0].vat]
    dates = {"number": number, "issue_date": on, "due_date": on}
    return builders.document(lines, period=period, payer=member(payer), regime=regime, **dates, **more)


def enter(
    con: DuckDBPyConnection, period: Period, *documents: Document, kind: EntryKind = "issue", **more: Any
) -> Entry:
    """Add an entry of some numbered documents."""
    link = last_link(con)
    numbers = tuple(AllottedNumber(d.number, d.number[:1], 2026, int(d.number[1:])) for d in documents)
    entry = Entry(
        sequence=link.sequence,
        kind=kind,
        period=period,
        entry_date=period.end,
        previous_hash=link.previous_hash,
        program="chargeback",
        numbers=numbers,
    )
    every = (*documents, *more.get("withheld", ()), *more.get("carried_forward", ()))
    named = {d.payer.member_id: d.payer for d in every}
    named |= {n.beneficiary: member(n.beneficiary) for d in every for n in d.lines if n.beneficiary not in named}
    entry = replace(entry, documents=documents, members=named, **more)
    append(con, entry)
    return entry


@contextmanager
def ledger() -> Iterator[DuckDBPyConnection]:
    """An empty ledger."""
    with open_store(None, write=True) as store:
        yield store.connection


def opens(found: Sequence[Any]) -> list[tuple[str, int, int]]:
    """(number, net, VAT) of invoices of which something remains, at all rates together."""
    return [(o.number, o.net, sum(each.vat for each in o.rates)) for o in found]
