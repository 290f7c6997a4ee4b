"""The charges that the ledger holds since a month: the month each is for, and where it stands, in a document or in none."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from chargeback.billing.invoicing import is_operator
from chargeback.billing.proof import ASIDE, CARRIED, DRAFT, ISSUED, OFFSET, OWN, Billed
from chargeback.ledger.book import entry_of_period, later_entries, periods_issued
from chargeback.ledger.entries import CORRECTING, Entry
from chargeback.model.charges import Charge
from chargeback.model.documents import Document, Line
from chargeback.model.facts import Member
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.settings import Settings
from chargeback.model.succession import payer_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Waiting = tuple[Period, str, str]  # month, payer and regime of what is carried
Known = Mapping[str, Member]


def charged_since(
    con: DuckDBPyConnection, first: Period, settings: Settings, members: Known, rules: Container[str]
) -> tuple[Billed, ...]:
    """The charges of some rules that the entries of a month and of later ones hold; ``members``: those of today, by id.

    What was carried stands with the document that bills it, once there is one.
    """
    found: list[tuple[Billed, Waiting | None]] = []
    brought: dict[Waiting, tuple[str, str]] = {}
    for period in periods_issued(con):
        if period >= first:
            entry = entry_of_period(con, period)
            assert entry is not None, "an issued period has an entry"
            entries = (entry, *later_entries(con, period))
            brought |= _brought(entries)
            found += [row for row in _of_period(entries, members, settings) if row[0].charge.rule in rules]
    return tuple(_settled(charged, brought.get(key) if key else None) for charged, key in found)


def _settled(charged: Billed, at: tuple[str, str] | None) -> Billed:
    return charged if at is None else replace(charged, where=at[0], number=at[1])


def _aside(entries: Iterable[Entry]) -> tuple[Document, ...]:
    """The documents of a period that still are set aside."""
    return [entry.withheld for entry in entries if entry.kind not in CORRECTING][-1]


def _brought(entries: Sequence[Entry]) -> dict[Waiting, tuple[str, str]]:
    """Where what was carried stands that documents of a period bill: issued by a number, or set aside again."""
    drawn = [(ASIDE, d) for d in _aside(entries)] + [(ISSUED, d) for e in entries for d in e.documents]
    return {(c.period, c.payer_id, d.regime.name): (where, d.number) for where, d in drawn for c in d.brought_forward}


def _of_period(entries: Sequence[Entry], members: Known, settings: Settings) -> Iterator[tuple[Billed, Waiting | None]]:
    originals = {d.number: d for e in entries for d in e.documents}
    replaced = {p.number for e in entries if e.kind == "correct" for d in e.documents for p in d.preceding}
    for entry in entries:
        for document in entry.documents:
            given = entry.kind == "credit" and document.preceding[0].number not in replaced
            for charged in _of_document(document, ISSUED, originals, corrects=entry.kind in CORRECTING):
                yield replace(charged, goodwill=given), None
        for document in entry.carried_forward:
            key = (document.period, document.payer.member_id, document.regime.name)
            yield from ((charged, key) for charged in _of_document(document, CARRIED, originals))
        for charge in entry.charges_without_document:
            where = where_alone(charge, {**members, **entry.members}, settings, entry.period)
            yield _alone(charge, entry.period, where), None
    for document in _aside(entries):
        yield from ((charged, None) for charged in _of_document(document, ASIDE, originals))


def _of_document(
    document: Document, where: str, originals: Mapping[str, Document], *, corrects: bool = False
) -> Iterator[Billed]:
    """The charges of a document but those that it bills for an earlier month, which that month holds; a correction gives back what
    was billed for one, and bills it again."""
    for line in document.lines:
        if line.carried_from is None or corrects:
            before = _given_back(document, line, originals)
            for place, charge in enumerate(line.charges):
                own = before.charges[place] if before is not None else charge
                month = own.adjusts or line.carried_from or document.period
                yield Billed(charge, month, where, own.kind, own.reason, document.number)


def _given_back(document: Document, line: Line, originals: Mapping[str, Document]) -> Line | None:
    """The line of the original that a line gives back."""
    return originals[document.preceding[0].number].lines[line.reverses - 1] if line.reverses else None


def _alone(charge: Charge, period: Period, where: str) -> Billed:
    return Billed(charge, charge.adjusts or period, where, charge.kind, charge.reason)


def newest(members: Iterable[Member]) -> dict[str, Member]:
    """Each member as it was last in force, by id."""
    return {member.member_id: member for member in sorted(members, key=lambda m: m.valid_from)}


def where_alone(charge: Charge, members: Known, settings: Settings, period: Period) -> str:
    """Where a charge stands that no document bills: with the operator, or set off against others."""
    return OWN if is_operator(members[payer_of(charge.member_id, members, period)], settings) else OFFSET


def drafted(month: Month, rules: Container[str]) -> Iterator[Billed]:
    """The charges of some rules of a month that is not issued."""
    drawn = {id(c) for d in month.drawn_up for line in d.lines for c in line.charges}
    for charge in month.charges:
        if charge.rule in rules:
            own = where_alone(charge, month.members, month.settings, month.period)
            yield _alone(charge, month.period, own if own == OWN or id(charge) not in drawn else DRAFT)
