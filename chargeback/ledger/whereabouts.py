"""The charges that the ledger holds since a month: the month each is for, and where it stands, in a document or in none."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from chargeback.charging.heirs import payer_of
from chargeback.charging.invoicing import is_operator
from chargeback.charging.proof import ASIDE, CARRIED, DRAFT, ISSUED, OFFSET, OWN, Charged
from chargeback.ledger.book import entry_of_period, later_entries, periods_issued
from chargeback.ledger.entries import CORRECTING, Entry
from chargeback.model import Member, Settings
from chargeback.period import Period
from chargeback.result import Charge, Document, Line, Month

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Waiting = tuple[Period, str, str]  # month, payer and regime of what is carried


def charged_since(
    con: DuckDBPyConnection, first: Period, settings: Settings, members: Mapping[str, Member], rules: Container[str]
) -> tuple[Charged, ...]:
    """The charges of some rules that the entries of a month and of later ones hold; ``members``: those of today, by id.

    What was carried stands in the document that bills it, once there is one.
    """
    found: list[tuple[Charged, Waiting | None]] = []
    billed: dict[Waiting, str] = {}
    for period in periods_issued(con):
        if period >= first:
            entry = entry_of_period(con, period)
            assert entry is not None, "an issued period has an entry"
            entries = (entry, *later_entries(con, period))
            for each in entries:
                billed |= {(c.period, c.payer_id, d.regime.name): d.number for d in each.documents for c in d.brings}
            found += [row for row in _of_period(entries, members, settings) if row[0].charge.rule in rules]
    return tuple(_settled(charged, billed.get(key, "") if key else "") for charged, key in found)


def _settled(charged: Charged, number: str) -> Charged:
    return replace(charged, where=ISSUED, number=number) if number else charged


def _of_period(
    entries: Iterable[Entry], members: Mapping[str, Member], settings: Settings
) -> Iterator[tuple[Charged, Waiting | None]]:
    originals: dict[str, Document] = {}
    aside: tuple[Document, ...] = ()
    for entry in entries:
        originals |= {d.number: d for d in entry.documents}
        aside = aside if entry.kind in CORRECTING else entry.aside
        for document in entry.documents:
            for charged in _of_document(document, ISSUED, originals):
                yield replace(charged, goodwill=charged.goodwill and entry.kind == "credit"), None
        for document in entry.carried:
            key = (document.period, document.payer.member_id, document.regime.name)
            yield from ((charged, key) for charged in _of_document(document, CARRIED, originals))
        for charge in entry.others:
            yield (
                _alone(charge, entry.period, where_alone(charge, {**members, **entry.members}, settings, entry.period)),
                None,
            )
    for document in aside:
        yield from ((charged, None) for charged in _of_document(document, ASIDE, originals))


def _of_document(document: Document, where: str, originals: Mapping[str, Document]) -> Iterator[Charged]:
    """The charges of a document but those that it bills for an earlier month, which that month holds."""
    for line in document.lines:
        if line.since is None or line.corrects:
            before = _given_back(document, line, originals)
            for place, charge in enumerate(line.charges):
                own = before.charges[place] if before is not None else charge
                month = charge.of or line.since or document.period
                given = before is not None
                yield Charged(charge, month, where, own.kind, own.reason, document.number, given)


def _given_back(document: Document, line: Line, originals: Mapping[str, Document]) -> Line | None:
    """The line of the original that a line gives back."""
    return originals[document.preceding[0].number].lines[line.corrects - 1] if line.corrects else None


def _alone(charge: Charge, period: Period, where: str) -> Charged:
    return Charged(charge, charge.of or period, where, charge.kind, charge.reason)


def newest(members: Iterable[Member]) -> dict[str, Member]:
    """Each member as it was last in force, by id."""
    return {member.member_id: member for member in sorted(members, key=lambda m: m.valid_from)}


def where_alone(charge: Charge, members: Mapping[str, Member], settings: Settings, period: Period) -> str:
    """Where a charge stands that no document bills: with the operator, or set off against others."""
    return OWN if is_operator(members[payer_of(charge.member_id, members, period)], settings) else OFFSET


def drafted(month: Month, rules: Container[str]) -> Iterator[Charged]:
    """The charges of some rules of a month that is not issued."""
    drawn = {id(c) for d in month.drawn_up for line in d.lines for c in line.charges}
    for charge in month.charges:
        if charge.rule in rules:
            own = where_alone(charge, month.members, month.settings, month.period)
            yield _alone(charge, month.period, own if own == OWN or id(charge) not in drawn else DRAFT)
