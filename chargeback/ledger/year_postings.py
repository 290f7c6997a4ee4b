"""Postings of a year: the charges of some rules since a month, issued or not, and the document that bills each."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from chargeback.billing.invoicing import is_operator
from chargeback.ledger.book import entries_of_period, periods_issued
from chargeback.ledger.entries import Entry, withheld_of
from chargeback.ledger.postings import postings_of_period
from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.facts import Member
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.postings import Posting, PostingStatus, undocumented
from chargeback.model.settings import Settings
from chargeback.model.succession import owes

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CarriedKey = tuple[Period, str, str]  # month that carries, payer and regime
Fate = tuple[PostingStatus, str, str]  # status, number of the document, act
Members = Mapping[str, Member]


def postings_since(
    con: DuckDBPyConnection, first: Period, settings: Settings, members: Members, rules: Container[str]
) -> tuple[Posting, ...]:
    """Postings of some rules in the entries of a month and of later ones; ``members``: those of today, by id.

    An amount carried forward has the number and status of the document that bills it, once there is one.
    """
    found: list[Posting] = []
    billed_later: dict[CarriedKey, Fate] = {}
    for period in periods_issued(con):
        if period >= first:
            entries = entries_of_period(con, period)
            billed_later |= _brought_forward(entries)
            known = {**members, **entries[0].members}
            own = (p for p in postings_of_period(entries) if p.charge.rule in rules and not p.posted_before)
            found += [_with_payer(posting, known, settings, period) for posting in own]
    return tuple(_after_carrying(posting, billed_later) for posting in found)


def _brought_forward(entries: Sequence[Entry]) -> dict[CarriedKey, Fate]:
    """What the documents of a period make of carried amounts, by these: bill them, would bill them, or give them up."""
    drawn: list[tuple[PostingStatus, str, Iterable[Document]]] = [
        *(("waived", e.act, e.waived) for e in entries),
        ("withheld", "", withheld_of(entries)),
        *(("issued", "", e.documents) for e in entries),
    ]
    return {
        (carried.period, carried.payer_id, document.regime.name): (status, document.number, act)
        for status, act, documents in drawn
        for document in documents
        for carried in document.brought_forward
    }


def _with_payer(posting: Posting, members: Members, settings: Settings, period: Period) -> Posting:
    """A posting without document, by who bears it."""
    if posting.status != "without_document":
        return posting
    return replace(posting, status=status_without_document(posting.charge, members, settings, period))


def _after_carrying(posting: Posting, billed_later: Mapping[CarriedKey, Fate]) -> Posting:
    """A carried posting with the document that bills it, if one does."""
    document = posting.document
    if posting.status != "carried_forward" or document is None:
        return posting
    key = (document.period, document.payer.member_id, document.regime.name)
    status, number, act = billed_later.get(key, (posting.status, posting.number, ""))
    return replace(posting, status=status, number=number, act=act)


def status_without_document(charge: Charge, members: Members, settings: Settings, period: Period) -> PostingStatus:
    """Status of a charge that no document bills: borne by the operator, or offset by others."""
    return "operator" if is_operator(members[owes(charge, members, period)], settings) else "offset"


def draft_postings(month: Month, rules: Container[str]) -> Iterator[Posting]:
    """Postings of some rules in a month that is not issued."""
    drawn = {id(c) for d in month.drawn_up for line in d.lines for c in line.charges}
    for charge in month.charges:
        if charge.rule in rules:
            status = status_without_document(charge, month.members, month.settings, month.period)
            draft = status != "operator" and id(charge) in drawn
            yield undocumented(charge, month.period, "draft" if draft else status)


def newest_by_id(members: Iterable[Member]) -> dict[str, Member]:
    """Members as last in force, by id."""
    return {member.member_id: member for member in sorted(members, key=lambda m: m.valid_from)}
