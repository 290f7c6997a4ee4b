"""Ledgers made by hand: entries of a few documents, and the store that holds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chargeback.ledger.book import append, last_link
from chargeback.ledger.entries import AllottedNumber, Entry, EntryKind
from chargeback.model.charges import Charge
from chargeback.model.documents import Document, Line, VatLine
from chargeback.model.facts import Member
from chargeback.model.period import Period
from chargeback.model.problem import Place
from chargeback.model.settings import Operator, Regime, Settings
from chargeback.model.vat import vat_of
from chargeback.store.database import open_store

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
    kind = "usage" if of is None else "adjustment"
    return Charge(member, rule, START, kind, 0, "", None, None, Fraction(1), amount, vat, adjusts=of)


def line(*charges: Charge, since: Period | None = None, corrects: int = 0) -> Line:
    """A line of some charges of one member, rule and kind."""
    first = charges[0]
    head = (first.member_id, "cloud", first.rule, START, first.kind, 0, None, None, Fraction(1))
    return Line(*head, sum(c.amount for c in charges), charges, corrects, since)


def member(name: str, **more: Any) -> Member:
    """A member in force since the start of 2020."""
    return Member(name, name.title(), "commune", date(2020, 1, 1), None, Place("members.csv", 2), **more)


def document(period: Period, payer: str, *lines: Line, number: str = "", **more: Any) -> Document:
    """A document of some lines, an invoice when above zero; VAT on the total unless given as ``vat`` (cents)."""
    regime = REGIMES[lines[0].charges[0].vat]
    net = sum(n.amount for n in lines)
    vat = VatLine(regime, net, more.pop("vat", vat_of(net, regime.rate)))
    kind = "invoice" if net > 0 else "credit_note"
    on = more.pop("on", period.end)
    return Document(kind, period, regime, member(payer), lines, (vat,), number, on, on, **more)


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
    """(number, net, VAT) of invoices of which something remains."""
    return [(o.number, o.net, o.vat) for o in found]
