"""What a run comes to, as frozen values: charges, pools and their keys, documents, statements, savings.

Amounts are whole cents, net of VAT unless said otherwise. Quantities and key values are exact rationals.
"""

from __future__ import annotations

from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True)
class Check:
    """A conservation check: ``name`` is a key of the wording, both sides in cents; it holds when they are equal."""

    name: str
    expected: int
    found: int

    @property
    def holds(self) -> bool:
        return self.expected == self.found


@dataclass(frozen=True, slots=True)
class PriorMonth:
    """What lines of an earlier month rest on: what the pages of a document that bills them show of that month.

    As it was billed then, for lines that were carried; ``again``: as it comes to today, for adjustments, whose charges computed
    again are ``charges``. ``since``: the month that carried such adjustments, and to which it came to this; None for those of
    the month itself.
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
    """Everything a month comes to. ``rules`` by id (baselines included); ``members`` by id, as last in force in the month.

    ``balance``: what is owed on documents issued before; None where nothing ever was. ``aside``: documents of an issued
    month that were not issued with the others; they have no number, their charges are among the month's. ``carried``:
    documents of the month that are not billed in it but carried to a later one; their charges are the month's too, while a line
    with ``since`` is of the month it says. ``bases``: what each month that was adjusted (or looked at) rests on, as a sha256.
    ``earlier``: what the lines of earlier months rest on, carried ones and adjustments. ``waiting``: documents that earlier months
    carried and that this month does not bill either; not known of an issued month.
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

    @property
    def drawn_up(self) -> tuple[Document, ...]:
        """Every document of the month, set aside, carried or neither, by payer and regime."""
        if not self.withheld and not self.carried_forward:
            return self.documents
        every = (*self.documents, *self.withheld, *self.carried_forward)
        return tuple(sorted(every, key=lambda d: (d.payer.member_id, d.regime.name, d.slug)))
