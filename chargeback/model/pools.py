"""Pools: costs of the month, how they were shared, transfers, instalments and the true-up of a year."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from chargeback.model.facts import Cost
from chargeback.model.money import added


@dataclass(frozen=True, slots=True)
class Instalment:
    """What is called of a pool in a month: the ``number``-th twelfth (``amount``, cents) of its budget of the year (cents)."""

    year: int
    number: int
    budget: int
    amount: int


@dataclass(frozen=True, slots=True)
class KeyTable:
    """One key of a split: its weight among the keys, what it counts, each member's value and the total.

    ``kind`` is ``driver``, ``subscription``, ``meter``, ``constant``, ``charges``, ``greatest``, ``equal``, ``shares`` or a
    game method (``shapley`` ...); ``name`` is the driver's, item's or meter's name ('' when there is none).
    """

    weight: Fraction
    kind: str
    name: str
    values: dict[str, Fraction]
    total: Fraction = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", added(self.values.values()))


@dataclass(frozen=True, slots=True)
class PoolSplit:
    """How one pool (or its part under one version, ``days`` of ``month_days``) was shared. Amounts in cents.

    ``shares`` adds up to ``amount`` exactly. ``bound`` names the members held at a floor or a cap.
    ``less`` is what the charges of other rules brought and came off the pool first.
    ``instalment``: what of a budget is shared here in place of costs; ``pool_amount`` is then its amount.
    ``errors``: the standard error of each share, in cents, where the key was estimated from a sample (a Shapley value of
    many members); None where it is exact. The shares add up exactly in both cases.
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
    binding: dict[str, str] | None = None
    deducted: int = 0
    standard_errors: dict[str, Fraction] | None = None
    instalment: Instalment | None = None


@dataclass(frozen=True, slots=True)
class TrueUpRow:
    """A member in the true-up of a pool, in cents: its share of the year's cost, what it was called for, and by which documents."""

    member_id: str
    share: int
    instalments: int
    prefinanced: int
    documents: tuple[str, ...] = ()

    @property
    def difference(self) -> int:
        """What is left to bill; below zero, to give back."""
        return self.share - self.instalments - self.prefinanced


@dataclass(frozen=True, slots=True)
class TrueUp:
    """The true-up of a pool for a civil year: what it held in each month (cents), how the sum was shared, a row per member."""

    year: int
    rule: str
    pool: str
    costs: tuple[int, ...]
    splits: tuple[PoolSplit, ...]
    rows: tuple[TrueUpRow, ...]

    @property
    def cost(self) -> int:
        return sum(self.costs)

    @property
    def instalments(self) -> int:
        return sum(row.instalments for row in self.rows)

    @property
    def prefinanced(self) -> int:
        return sum(row.prefinanced for row in self.rows)

    @property
    def billed(self) -> int:
        """The charges and credits of the true-up together."""
        return sum(row.difference for row in self.rows)

    @property
    def gap(self) -> int:
        """The cost less all that is called of the members: zero."""
        return self.cost - self.instalments - self.prefinanced - self.billed


@dataclass(frozen=True, slots=True)
class Pool:
    """A cost pool of the month: what was booked (cents), and what it holds after transfers.

    ``final``: it serves no other pool, so what it holds is shared among the members; under an ``instalment`` the twelfth of
    its budget is shared instead, and what it holds waits for the true-up of the year.
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
    """What a pool gave another one: ``amount`` in exact cents, ``part`` of what it gave away (the parts of a source add up to 1).

    ``step``: the place of the source in the order of ``step-down``, from 1; 0 where all pools are emptied at once.
    """

    source: str
    target: str
    amount: Fraction
    proportion: Fraction
    step: int = 0
