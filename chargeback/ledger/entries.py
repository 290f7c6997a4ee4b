"""Entries of the ledger as values, and as the lines of ``out/ledger.jsonl``: one entry, one line of JSON. Pure.

Each entry holds the sha256 of the line before it, so that nothing can be removed or altered unseen, and the sha256 of
every file that it issued. It says all that was billed: documents with their lines and charges, pools, keys, the terms
of the rules. Amounts are cents; exact rationals are texts, as ``31/2``. docs/ledger.md describes each field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Literal

from pydantic import TypeAdapter

from chargeback.ledger.rule_terms import Terms, rules_of, used
from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.facts import Member
from chargeback.model.month import Month, PriorMonth
from chargeback.model.period import Period
from chargeback.model.pools import Flow, Pool, PoolSplit, TrueUp
from chargeback.model.settings import Settings

EntryKind = Literal["issue", "supplementary", "close", "waive", "credit", "goodwill", "correct"]

FIRST = "0" * 64
FORMAT = 1
ISSUING: tuple[EntryKind, ...] = ("issue",)
SUPPLEMENTARY: tuple[EntryKind, ...] = ("supplementary",)
WAIVING: tuple[EntryKind, ...] = ("waive",)
CORRECTING: tuple[EntryKind, ...] = ("credit", "goodwill", "correct")
REDRAWING: tuple[EntryKind, ...] = ("correct", "supplementary")  # documents drawn up from the data of their day
UNSETTLING: tuple[EntryKind, ...] = (*REDRAWING, "credit")  # what was billed may no longer be what the data give
AFTER_ISSUE: tuple[EntryKind, ...] = (*SUPPLEMENTARY, *CORRECTING)  # documents whose files lie in out/corrections
CHANGING: tuple[EntryKind, ...] = (*AFTER_ISSUE, *WAIVING)  # what becomes of the charges of an issued month


@dataclass(frozen=True, slots=True)
class AllottedNumber:
    """Number of a document, with its place in its series.

    Attributes:
        number: the number as printed.
        series: template that made it.
        year: civil year of the issue date.
        sequence: place in the series and year, from 1 without a gap.
    """

    number: str
    series: str
    year: int
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Entry of the ledger. Every field but the first seven may be absent from a line: its default holds then.

    A credit is based on the rules and pools of the entry that it corrects and repeats none. A ``correct`` or a
    ``supplementary`` entry has those of its new documents.

    Attributes:
        format: version of the format of the line.
        sequence: number of the entry, from 1.
        kind: what it records: a month issued, documents issued later for it, a month closed, claims given up, an
            invoice credited for an error or as a gift, or credited and issued anew.
        period: month that it is of.
        entry_date: date of its documents, or of the closing.
        previous_hash: sha256 of the line before, without its line feed; 64 zeros in the first entry.
        program: name and version of the program that wrote it.
        inputs: sha256 of every file of the workspace that the amounts are based on, by path.
        files: sha256 of every file issued, by path in ``out/PERIOD`` (in ``out/corrections`` for later documents).
        numbers: numbers given, in the order of the documents.
        documents: documents issued.
        charges_without_document: charges that no document bills.
        pools: cost pools of the month.
        splits: how each pool was shared.
        flows: what pools gave to others.
        true_ups: true-ups that the month bills.
        members: members and payers named, by id, as last in force in the month.
        rules: terms of the rule versions that the amounts are based on.
        withheld: documents of the month that are not issued with the others and have no number. Those of the last
            ``issue``, ``supplementary`` or ``waive`` entry of a period are withheld to this day.
        carried_forward: documents without number whose amounts a later month bills.
        fingerprints: fingerprint of the inputs of this month and of each month that it settled, by month; ``""`` for a
            month of which a difference is not billed yet.
        prior_months: what lines of earlier months are based on, as far as their pages show it.
        reason: why a month is closed while documents are withheld.
        act: act of the operator that gives up the claims of ``waived``, or makes a gift.
        waived: documents without number that are never billed, nor adjusted.
    """

    format: int = FORMAT
    sequence: int
    kind: EntryKind
    period: Period
    entry_date: date
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
    act: str = ""
    waived: tuple[Document, ...] = ()

    @property
    def charges(self) -> tuple[Charge, ...]:
        """Charges of the entry's month, billed or not, in the order of charges.csv, without amounts brought forward."""
        drawn = (*self.documents, *self.withheld, *self.carried_forward)
        billed = [c for d in drawn for line in d.lines if line.carried_from is None for c in line.charges]
        return tuple(sorted([*billed, *self.charges_without_document], key=lambda c: c.order))


@dataclass(frozen=True, slots=True)
class Link:
    """Link of the chain: the place of an entry.

    Attributes:
        sequence: number of the entry.
        previous_hash: sha256 of the line before.
    """

    sequence: int
    previous_hash: str


def withheld_of(entries: Iterable[Entry]) -> tuple[Document, ...]:
    """Documents of a period that are withheld to this day; ``entries``: all of the period's documents, oldest first."""
    return [entry.withheld for entry in entries if entry.kind not in CORRECTING][-1]


def waived_of(entries: Iterable[Entry]) -> tuple[Document, ...]:
    """Documents of a period whose claims were given up."""
    return tuple(document for entry in entries for document in entry.waived)


def entry_of(
    kind: EntryKind,
    month: Month,
    on: date,
    link: Link,
    program: str,
    inputs: Mapping[str, str],
    files: Mapping[str, bytes],
) -> Entry:
    """Entry of a month that is issued, with numbered documents and files as written, or closed without documents."""
    billed = {id(c) for d in month.drawn_up for line in d.lines for c in line.charges}
    members = {c.member_id for c in month.charges} | {d.payer.member_id for d in month.drawn_up}
    members |= {line.beneficiary for d in month.drawn_up for line in d.lines}
    return Entry(
        sequence=link.sequence,
        kind=kind,
        period=month.period,
        entry_date=on,
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
    """Entry that closes an issued period; ``files``: those it was issued with."""
    return Entry(
        sequence=link.sequence,
        kind="close",
        period=period,
        entry_date=on,
        previous_hash=link.previous_hash,
        program=program,
        files=dict(files),
        reason=reason,
    )


def correcting(
    kind: EntryKind, documents: Sequence[Document], now: Month | None, on: date, link: Link, program: str
) -> Entry:
    """Entry of numbered documents issued after their month; files and inputs are still to come.

    ``now``: the month that new documents are based on, with these alone and what is still withheld; None for a credit.
    """
    entry = Entry(
        sequence=link.sequence,
        kind=kind,
        period=documents[0].period,
        entry_date=on,
        previous_hash=link.previous_hash,
        program=program,
        documents=tuple(documents),
    )
    return entry if now is None else _with_basis(entry, now)


def _with_basis(entry: Entry, now: Month) -> Entry:
    """An entry with what its documents, and those of a month that are withheld, are based on."""
    charges = tuple(c for d in now.drawn_up for line in d.lines for c in line.charges)
    rules = {c.rule for c in charges}
    splits = tuple(s for s in now.splits if s.rule in rules)
    documents = (*entry.documents, *now.withheld)
    named = {c.member_id for d in documents for line in d.lines for c in line.charges}
    named |= {d.payer.member_id for d in documents}
    return replace(
        entry,
        pools=now.pools,
        splits=splits,
        flows=now.flows,
        true_ups=now.true_ups,
        members={m: now.members[m] for m in sorted(named) if m in now.members},
        rules=used(replace(now, charges=charges, splits=splits)),
        withheld=now.withheld,
        prior_months=now.prior_months,
    )


@cache
def _adapter() -> TypeAdapter[Entry]:
    return TypeAdapter(Entry)


def line_of(entry: Entry) -> bytes:
    """Line of an entry: JSON without the line feed."""
    return _adapter().dump_json(entry)


def read_line(line: bytes) -> Entry:
    """Entry of a line. Raises ValueError when the line is not one."""
    return _adapter().validate_json(line)


def hash_of(line: bytes) -> str:
    """Hash of a line as it is stored, without its line feed: the sha256 that the next entry holds."""
    return sha256(line).hexdigest()


def month_of(entry: Entry, settings: Settings) -> Month:
    """Month as it was billed: its rules have the versions that were used, savings and baselines are left out."""
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
