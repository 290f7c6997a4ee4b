"""Entries of the ledger as values, and as the lines of ``out/ledger.jsonl``: one entry, one line of JSON.

Each entry holds the sha256 of the line before it, so nothing can be taken out or altered unseen, and the sha256 of every
file it issued. An entry says all that was billed: documents with their lines and charges, pools, keys, the terms of the
rules. Amounts are cents; exact rationals are texts, as ``31/2``. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from hashlib import sha256

from pydantic import TypeAdapter

from chargeback.ledger.rule_terms import Terms, rules_of, used
from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.facts import Member
from chargeback.model.month import Month, PriorMonth
from chargeback.model.period import Period
from chargeback.model.pools import Flow, Pool, PoolSplit, TrueUp
from chargeback.model.settings import Settings

FIRST = "0" * 64
FORMAT = 1
CORRECTING = ("credit", "correct")
SUPPLEMENTARY = "supplementary"
AFTER = (
    SUPPLEMENTARY,
    *CORRECTING,
)  # entries of documents issued after their month: their files lie in out/corrections


@dataclass(frozen=True, slots=True)
class AllottedNumber:
    """A number given to a document: its series (the template), the year of the issue date, and its place in them."""

    number: str
    series: str
    year: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. ``kind``: ``issue``, ``further``, ``close``, ``credit`` or ``correct``; ``on``: the date of the documents, or of the closing.

    ``previous`` is the sha256 of the line before (64 zeros for the first); ``files`` by path in out/PERIOD (out/corrections
    for what came after the month) and ``inputs`` by path in the workspace are sha256 too. ``others`` are the charges that no
    document bills. A credit rests on the rules and pools of the entry that it corrects, and names none; ``correct`` and
    ``further`` have those of their new documents. ``aside``: documents without number that were not issued with the others;
    those of the last ``issue`` or ``further`` of a period still wait. ``reason``: why a period is closed all the same.
    ``carried``: documents without number whose amounts a later month bills; a line with ``since`` is of the month it says.
    ``bases``: what months rest on, by month: when that is the same today, nothing of the month can differ. ``earlier``: what
    lines of earlier months rest on.
    """

    sequence: int
    kind: str
    period: Period
    on: date
    previous_hash: str
    program: str
    inputs: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    numbers: tuple[AllottedNumber, ...] = ()
    documents: tuple[Document, ...] = ()
    charges_without_document: tuple[Charge, ...] = ()
    pools: tuple[Pool, ...] = ()
    splits: tuple[PoolSplit, ...] = ()
    flows: tuple[Flow, ...] = ()
    true_ups: tuple[TrueUp, ...] = ()
    members: dict[str, Member] = field(default_factory=dict)
    rules: tuple[Terms, ...] = ()
    withheld: tuple[Document, ...] = ()
    carried_forward: tuple[Document, ...] = ()
    fingerprints: dict[str, str] = field(default_factory=dict)
    prior_months: tuple[PriorMonth, ...] = ()
    reason: str = ""
    format: int = FORMAT

    @property
    def charges(self) -> tuple[Charge, ...]:
        """All charges of the entry's month, billed or not, in the order of charges.csv; those brought from earlier months left out."""
        drawn = (*self.documents, *self.withheld, *self.carried_forward)
        billed = [c for d in drawn for line in d.lines if line.carried_from is None for c in line.charges]
        return tuple(sorted([*billed, *self.charges_without_document], key=lambda c: c.order))


@dataclass(frozen=True, slots=True)
class Link:
    """Where an entry goes in the chain: its number, and the sha256 of the line before."""

    sequence: int
    previous_hash: str


def entry_of(
    kind: str, month: Month, on: date, link: Link, program: str, inputs: Mapping[str, str], files: Mapping[str, bytes]
) -> Entry:
    """The entry of an issued month (or of one closed without documents): documents numbered, files as written."""
    billed = {id(c) for d in month.drawn_up for line in d.lines for c in line.charges}
    members = {c.member_id for c in month.charges} | {d.payer.member_id for d in month.drawn_up}
    members |= {line.beneficiary for d in month.drawn_up for line in d.lines}
    return Entry(
        sequence=link.sequence,
        kind=kind,
        period=month.period,
        on=on,
        previous_hash=link.previous_hash,
        program=program,
        inputs=dict(sorted(inputs.items())),
        files={path: sha256(content).hexdigest() for path, content in sorted(files.items())},
        documents=month.documents,
        charges_without_document=tuple(c for c in month.charges if id(c) not in billed),
        pools=month.pools,
        splits=month.splits,
        flows=month.flows,
        true_ups=month.true_ups,
        members={m: month.members[m] for m in sorted(members)},
        rules=used(month),
        withheld=month.withheld,
        carried_forward=month.carried_forward,
        fingerprints=dict(sorted(month.fingerprints.items())),
        prior_months=month.prior_months,
    )


def closing(period: Period, on: date, link: Link, program: str, files: Mapping[str, str], reason: str = "") -> Entry:
    """The entry that closes an issued period; ``files``: those it was issued with."""
    return Entry(link.sequence, "close", period, on, link.previous_hash, program, files=dict(files), reason=reason)


def correcting(
    kind: str, documents: Sequence[Document], now: Month | None, on: date, link: Link, program: str
) -> Entry:
    """The entry of documents issued after their month: numbered ones; files and inputs are still to come.

    ``now``: the month that new documents rest on, with these alone and what is still set aside; None for a credit.
    """
    entry = Entry(link.sequence, kind, documents[0].period, on, link.previous_hash, program)
    entry = replace(entry, documents=tuple(documents))
    if now is None:
        return entry
    charges = tuple(c for d in now.drawn_up for line in d.lines for c in line.charges)
    rules = {c.rule for c in charges}
    splits = tuple(s for s in now.splits if s.rule in rules)
    month = replace(now, charges=charges, splits=splits)
    documents = (*documents, *now.withheld)
    billed = [c for d in documents for line in d.lines for c in line.charges]
    named = {c.member_id for c in billed} | {d.payer.member_id for d in documents}
    members = {m: now.members[m] for m in sorted(named) if m in now.members}
    entry = replace(
        entry,
        pools=now.pools,
        splits=splits,
        flows=now.flows,
        true_ups=now.true_ups,
        members=members,
        rules=used(month),
    )
    return replace(entry, withheld=now.withheld, prior_months=now.prior_months)


@cache
def _adapter() -> TypeAdapter[Entry]:
    return TypeAdapter(Entry)


def line_of(entry: Entry) -> bytes:
    """The entry as one line of JSON, without the line feed."""
    return _adapter().dump_json(entry)


def read_line(line: bytes) -> Entry:
    """The entry of a line; ValueError when it is none."""
    return _adapter().validate_json(line)


def hash_of(line: bytes) -> str:
    """sha256 of a line, without its line feed: what the next entry holds."""
    return sha256(line).hexdigest()


def month_of(entry: Entry, settings: Settings) -> Month:
    """The month as it was billed: its rules have the versions that were used, savings and baselines are left out."""
    return Month(
        period=entry.period,
        settings=settings,
        rules=rules_of(entry.rules),
        members=entry.members,
        charges=entry.charges,
        pools=entry.pools,
        splits=entry.splits,
        flows=entry.flows,
        true_ups=entry.true_ups,
        baselines=(),
        documents=entry.documents,
        savings=(),
        checks=(),
        withheld=entry.withheld,
        carried_forward=entry.carried_forward,
        fingerprints=entry.fingerprints,
        prior_months=entry.prior_months,
    )
