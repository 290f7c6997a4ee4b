"""Statements: what a member pays and why, with its savings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from chargeback.model.documents import Document
from chargeback.model.facts import Member
from chargeback.model.period import Period
from chargeback.model.receivables import Balance
from chargeback.model.rules import Version


@dataclass(frozen=True, slots=True)
class Saving:
    """One comparison of a member: baseline rules against the charges of the rules they replace, in cents."""

    baselines: tuple[str, ...]
    replaces: tuple[str, ...]
    alone_net: int
    alone_gross: int
    together_net: int
    together_gross: int


@dataclass(frozen=True, slots=True)
class MemberSavings:
    """All comparisons of one member. A negative saving is a loss. Rules that no baseline replaces are in ``uncompared_net``."""

    member_id: str
    rows: tuple[Saving, ...]
    uncompared_net: int = 0

    @property
    def alone_net(self) -> int:
        return sum(r.alone_net for r in self.rows)

    @property
    def alone_gross(self) -> int:
        return sum(r.alone_gross for r in self.rows)

    @property
    def together_net(self) -> int:
        return sum(r.together_net for r in self.rows)

    @property
    def together_gross(self) -> int:
        return sum(r.together_gross for r in self.rows)

    @property
    def net(self) -> int:
        """Saved, net of VAT."""
        return self.alone_net - self.together_net

    @property
    def gross(self) -> int:
        """Saved, VAT included."""
        return self.alone_gross - self.together_gross


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service of a member: this month, last month, since January (cents, net); None where not known."""

    service: str
    amount: int
    previous: int | None
    year_to_date: int | None


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """A member's place in one key: its value, the total, its rank (1 is the largest) among all values, descending."""

    rule: str
    pool: str
    pool_amount: int
    weight: Fraction
    kind: str
    name: str
    value: Fraction
    total: Fraction
    share: int
    rank: int
    values: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule whose terms change in the period after this one: versions that end and begin (None: nothing)."""

    rule: str
    on: date
    before: Version | None
    after: Version | None


@dataclass(frozen=True, slots=True)
class Statement:
    """What a member's deliberative body reads: what we pay and why, against last month, our keys, our savings.

    ``since``: the first month that ``year_to_date`` counts. ``balance``: what the member owes on documents issued before.
    ``taken_over``: the members it succeeded before the month whose amounts are among these. ``carried``: what it pays and no
    document bills yet, of this month and of earlier ones.
    """

    member: Member
    period: Period
    net: int
    gross: int
    previous_net: int | None
    year_to_date: int | None
    services: tuple[ServiceRow, ...]
    places: tuple[KeyPlace, ...]
    savings: MemberSavings
    changes: tuple[RuleChange, ...]
    counted_from: Period | None = None
    balance: Balance | None = None
    taken_over: tuple[Member, ...] = ()
    carried_forward: tuple[Document, ...] = ()
