"""Month: everything that a run computes, as frozen values.

Amounts are whole cents, net of VAT unless said otherwise. Quantities and key values are exact rationals.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.facts import Member
from chargeback.model.fairness import Fairness
from chargeback.model.period import Period
from chargeback.model.pools import Flow, Pool, PoolSplit, TrueUp
from chargeback.model.problem import Notice
from chargeback.model.receivables import Balance
from chargeback.model.rules import Rule
from chargeback.model.settings import Settings
from chargeback.model.statements import MemberSavings

CheckName = Literal[
    "booked", "pools", "shares", "documents", "lines", "true_up", "transfers", "members", "gross", "savings"
]


@dataclass(frozen=True, slots=True)
class Check:
    """Conservation check: two amounts that must be equal.

    Attributes:
        name: key of the wording.
        expected: cents.
        found: cents.
    """

    name: CheckName
    expected: int
    found: int

    @property
    def holds(self) -> bool:
        """Whether both sides are equal."""
        return self.expected == self.found


@dataclass(frozen=True, slots=True)
class PriorMonth:
    """Prior month: the basis of lines of an earlier month, which the pages of the document that bills them show.

    Attributes:
        period: the earlier month.
        charges: for adjustments, the charges computed again.
        pools: its cost pools.
        splits: how they were shared.
        flows: transfers between them.
        recomputed: False: as billed then, for lines that were carried; True: as computed today, for adjustments.
        true_ups: true-ups that the month billed.
        carried_from: month that computed the adjustments, and carried them; None for those of the month itself.
    """

    period: Period
    charges: tuple[Charge, ...] = ()
    pools: tuple[Pool, ...] = ()
    splits: tuple[PoolSplit, ...] = ()
    flows: tuple[Flow, ...] = ()
    recomputed: bool = False
    true_ups: tuple[TrueUp, ...] = ()
    carried_from: Period | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """Month: everything that was computed for it.

    Attributes:
        period: the month.
        settings: settings that it was computed with.
        rules: rules by id, baselines included.
        members: members by id, as last in force in the month.
        charges: charges of all documents, billed, withheld or carried.
        pools: cost pools after transfers.
        splits: how the pools were shared.
        baselines: charges of the baseline rules; compared, never billed.
        documents: documents that it bills.
        savings: comparison with the baselines, by member.
        checks: conservation checks.
        notices: what the user should know.
        flows: transfers between pools.
        fairness: fairness reports.
        balance: what is owed on documents issued before; None where nothing ever was issued.
        withheld: documents of an issued month that were not issued with the others; they have no number.
        waived: documents of an issued month whose claims were given up by an act; never billed.
        true_ups: true-ups that it bills.
        carried_forward: documents of the month that a later one bills. A line with ``carried_from`` is of the month it
            names.
        fingerprints: sha256 of the inputs of each month that was adjusted, or compared, by month.
        prior_months: basis of the lines of earlier months, carried ones and adjustments.
        still_carried: documents that earlier months carried and this one does not bill either; empty for an issued
            month.
        aged_balance: what is owed on all that is issued by a day, its own documents included; None where nothing is.
    """

    period: Period
    settings: Settings
    rules: dict[str, Rule]
    members: dict[str, Member]
    charges: tuple[Charge, ...]
    pools: tuple[Pool, ...]
    splits: tuple[PoolSplit, ...]
    baselines: tuple[Charge, ...]
    documents: tuple[Document, ...]
    savings: tuple[MemberSavings, ...]
    checks: tuple[Check, ...]
    notices: tuple[Notice, ...] = ()
    flows: tuple[Flow, ...] = ()
    fairness: tuple[Fairness, ...] = ()
    balance: Balance | None = None
    withheld: tuple[Document, ...] = ()
    true_ups: tuple[TrueUp, ...] = ()
    carried_forward: tuple[Document, ...] = ()
    fingerprints: dict[str, str] = field(default_factory=dict)
    prior_months: tuple[PriorMonth, ...] = ()
    still_carried: tuple[Document, ...] = ()
    waived: tuple[Document, ...] = ()
    aged_balance: Balance | None = None

    @property
    def drawn_up(self) -> tuple[Document, ...]:
        """Every document of the month, those withheld, waived or carried forward included, by payer and regime."""
        if not self.withheld and not self.carried_forward and not self.waived:
            return self.documents
        every = (*self.documents, *self.withheld, *self.waived, *self.carried_forward)
        return tuple(sorted(every, key=lambda d: (d.payer.member_id, d.regime.name, d.slug)))
