"""Pools: costs of the month, how they were shared, transfers, instalments and the true-up of a year."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from chargeback.model.facts import Cost
from chargeback.model.money import added
from chargeback.model.period import Period
from chargeback.model.versions import AllocationMethod, KeyKind

BoundKind = Literal["floor", "cap"]
KeyTableKind = Literal[KeyKind, AllocationMethod]


@dataclass(frozen=True, slots=True)
class Instalment:
    """Instalment: the twelfth of a pool's budget that is called in a month.

    Attributes:
        year: civil year of the budget.
        number: number of the twelfth, from 1 to 12.
        budget: cents of the year.
        amount: cents of the twelfth.
    """

    year: int
    number: int
    budget: int
    amount: int


@dataclass(frozen=True, slots=True)
class KeyTable:
    """Allocation key of a split, with the value of each member.

    Attributes:
        weight: weight among the keys of the split, exact.
        kind: what it counts, or the method of its game or curve.
        name: name of the driver, item, meter or game; ``""`` where there is none.
        values: exact value by member; for a method, euros.
        total: sum of the values.
    """

    weight: Fraction
    kind: KeyTableKind
    name: str
    values: dict[str, Fraction]
    total: Fraction = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", added(self.values.values()))


@dataclass(frozen=True, slots=True)
class PoolSplit:
    """Split: how one pool, or its part under one version, was shared. The shares add up to the amount exactly.

    Attributes:
        rule: id of the allocation.
        version: first day of its version.
        pool: name of the pool.
        pool_amount: cents of the whole pool, or of the instalment called in its place.
        amount: cents shared here: the part of the pool under the version, less what is deducted.
        days: days of the version in the month.
        month_days: days of the month (of the year, in a true-up).
        keys: allocation keys, in the order of the rule.
        shares: cents by member.
        floor: least share of each member as the rule states it, an amount in euros or the name of a driver; ``""``:
            none.
        cap: greatest share, likewise.
        binding: members whose share is at a floor or a cap, with that bound.
        deducted: cents that other rules charge for the same pool, deducted first.
        standard_errors: standard error of each share in cents, where the key is estimated from a sample (a Shapley
            value of many members); None where it is exact.
        instalment: instalment that is shared in place of costs; None: costs.
        month: month that it is for, in the true-up of a pool that is shared month by month; None elsewhere.
    """

    rule: str
    version: date
    pool: str
    pool_amount: int
    amount: int
    days: int
    month_days: int
    keys: tuple[KeyTable, ...]
    shares: dict[str, int]
    floor: str = ""
    cap: str = ""
    binding: dict[str, BoundKind] | None = None
    deducted: int = 0
    standard_errors: dict[str, Fraction] | None = None
    instalment: Instalment | None = None
    month: Period | None = None


@dataclass(frozen=True, slots=True)
class TrueUpRow:
    """Row of a true-up: one member and one payer.

    Attributes:
        member_id: the member.
        share: cents of its share of the year's cost.
        instalments: cents that instalments called.
        prefinanced: cents that it paid in advance by charges of other rules.
        documents: numbers of the documents that called the instalments.
        payer_id: who was called for it and owes its part of the share; ``""``: the payer of today.
        still_to_bill: cents of both that are still to bill, as their documents were withheld.
        waived: cents of both that were given up by an act.
        amounts: cents of both on each of the documents, whatever else it bills.
    """

    member_id: str
    share: int
    instalments: int
    prefinanced: int
    documents: tuple[str, ...] = ()
    payer_id: str = ""
    still_to_bill: int = 0
    waived: int = 0
    amounts: tuple[int, ...] = ()

    @property
    def called(self) -> tuple[tuple[str, int], ...]:
        """Documents that called instalments and payments in advance, each with the cents of these."""
        return tuple(zip(self.documents, self.amounts, strict=True))

    @property
    def apart(self) -> int:
        """Cents that were not called and that the true-up does not bill either: others bill them, or nobody does."""
        return self.still_to_bill + self.waived

    @property
    def difference(self) -> int:
        """Cents to bill; below zero, to credit."""
        return self.share - self.instalments - self.prefinanced - self.apart


@dataclass(frozen=True, slots=True)
class TrueUp:
    """True-up: the settlement of a pool for a civil year.

    Attributes:
        year: civil year.
        rule: id of the allocation.
        pool: name of the pool.
        costs: cents of each month, from January.
        splits: how their sum was shared.
        rows: one row for each member.
    """

    year: int
    rule: str
    pool: str
    costs: tuple[int, ...]
    splits: tuple[PoolSplit, ...]
    rows: tuple[TrueUpRow, ...]

    @property
    def cost(self) -> int:
        """Cents of the year."""
        return sum(self.costs)

    @property
    def instalments(self) -> int:
        """Cents that instalments called of all members."""
        return sum(row.instalments for row in self.rows)

    @property
    def prefinanced(self) -> int:
        """Cents that all members paid in advance."""
        return sum(row.prefinanced for row in self.rows)

    @property
    def apart(self) -> int:
        """Cents that are still to bill of all members, or were given up."""
        return sum(row.apart for row in self.rows)

    @property
    def billed(self) -> int:
        """Cents of the charges and credits of the true-up together."""
        return sum(row.difference for row in self.rows)

    @property
    def gap(self) -> int:
        """Cents of the cost less all that members are billed, or would be but for an act: zero."""
        return self.cost - self.instalments - self.prefinanced - self.apart - self.billed


@dataclass(frozen=True, slots=True)
class Pool:
    """Cost pool of the month.

    Attributes:
        name: its name.
        booked: cents of its own costs.
        after_transfers: cents after transfers between pools.
        costs: rows of costs/ booked to it.
        final: whether it serves no other pool, so that its cost is shared among the members.
        instalment: instalment that is shared in place of its cost, which is settled by the true-up of the year; None:
            its cost is shared.
    """

    name: str
    booked: int
    after_transfers: int
    costs: tuple[Cost, ...]
    final: bool = True
    instalment: Instalment | None = None

    @property
    def to_share(self) -> int:
        """Cents shared among the members this month."""
        return self.after_transfers if self.instalment is None else self.instalment.amount


@dataclass(frozen=True, slots=True)
class Flow:
    """Flow: a transfer of cost from one pool to another.

    Attributes:
        source: name of the pool that serves.
        target: name of the pool that is served.
        amount: cents, exact.
        proportion: part of the cost of the source; those of a source add up to 1.
        step: place of the source in the order of ``step-down``, from 1; 0 where all pools are emptied at once.
    """

    source: str
    target: str
    amount: Fraction
    proportion: Fraction
    step: int = 0
