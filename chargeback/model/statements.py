"""Statements: what a member pays and why, with its savings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from chargeback.model.documents import Document
from chargeback.model.facts import Member
from chargeback.model.period import Period
from chargeback.model.pools import KeyTableKind
from chargeback.model.receivables import Balance
from chargeback.model.versions import Version


@dataclass(frozen=True, slots=True)
class Saving:
    """Saving: one comparison of a member, baseline rules against the rules they replace.

    Attributes:
        baselines: ids of the baseline rules.
        replaces: ids of the rules that they replace.
        alone_net: cents of the baselines, net.
        alone_gross: the same, VAT included.
        together_net: cents of the rules replaced, net.
        together_gross: the same, VAT included.
    """

    baselines: tuple[str, ...]
    replaces: tuple[str, ...]
    alone_net: int
    alone_gross: int
    together_net: int
    together_gross: int


@dataclass(frozen=True, slots=True)
class MemberSavings:
    """Savings of one member: all its comparisons. A negative saving is a loss.

    Attributes:
        member_id: the member.
        rows: its comparisons.
        uncompared_net: cents of rules that no baseline replaces, net.
        uncompared_gross: the same, VAT included.
        billed: whether a document bills its charges; the operator bears its own.
    """

    member_id: str
    rows: tuple[Saving, ...]
    uncompared_net: int = 0
    uncompared_gross: int = 0
    billed: bool = True

    @property
    def alone_net(self) -> int:
        """Cents of all baselines, net."""
        return sum(r.alone_net for r in self.rows)

    @property
    def alone_gross(self) -> int:
        """Cents of all baselines, VAT included."""
        return sum(r.alone_gross for r in self.rows)

    @property
    def together_net(self) -> int:
        """Cents of all rules replaced, net."""
        return sum(r.together_net for r in self.rows)

    @property
    def together_gross(self) -> int:
        """Cents of all rules replaced, VAT included."""
        return sum(r.together_gross for r in self.rows)

    @property
    def billed_gross(self) -> int:
        """Cents that documents bill, VAT included; 0 where the operator bears them."""
        return self.together_gross + self.uncompared_gross if self.billed else 0

    @property
    def net(self) -> int:
        """Cents saved, net."""
        return self.alone_net - self.together_net

    @property
    def gross(self) -> int:
        """Cents saved, VAT included."""
        return self.alone_gross - self.together_gross


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """Row of a statement: one service. Cents, net.

    Attributes:
        service: name of the service.
        amount: this month.
        previous: last month; None where not known.
        year_to_date: from January to this month; None where not known.
    """

    service: str
    amount: int
    previous: int | None
    year_to_date: int | None


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Place of a member in one allocation key.

    Attributes:
        rule: id of the allocation.
        pool: name of the pool.
        pool_amount: cents shared by the key's split.
        weight: weight of the key among those of the split.
        kind: what the key counts.
        name: name of the driver, item, meter or game; ``""`` where there is none.
        value: the member's value, exact.
        total: sum of all values.
        share: cents of the member's share.
        rank: place of the value among all, 1 is the largest.
        values: all values, descending.
    """

    rule: str
    pool: str
    pool_amount: int
    weight: Fraction
    kind: KeyTableKind
    name: str
    value: Fraction
    total: Fraction
    share: int
    rank: int
    values: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class RuleChange:
    """Rule change: terms that change in the period after this one.

    Attributes:
        rule: id of the rule.
        on: day of the change.
        before: version that ends; None: the rule begins.
        after: version that begins; None: the rule ends.
    """

    rule: str
    on: date
    before: Version | None
    after: Version | None


@dataclass(frozen=True, slots=True)
class Statement:
    """Statement: what a member's deliberative body reads; amounts in cents.

    Attributes:
        member: the member.
        period: the month.
        net: total of the month, net.
        gross: total of the month, VAT included.
        previous_net: total of last month, net; None where not known.
        year_to_date: total from January to this month, net; None where not known.
        services: one row for each service.
        places: the member's place in each allocation key.
        savings: comparison with the baselines.
        changes: rules that change next month.
        counted_from: first month that ``year_to_date`` counts.
        balance: what the member owes on documents issued before; None where nothing ever was issued.
        taken_over: members that it succeeded before the month, whose amounts are among these.
        carried_forward: documents to pay that are not billed yet, of this month and of earlier ones.
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
