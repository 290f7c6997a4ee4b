"""Fairness report of a month as frozen values: who pays what, and what each coalition would pay by itself.

Amounts charged are whole cents; stand-alone costs are exact rationals of cents (they may follow the days of a month).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from chargeback.model.versions import AllocationMethod

Coalition = tuple[str, ...]  # ids of its players, sorted
DivisionMethod = Literal["charged", "proportional", "shapley", "nucleolus", "scrb", "serial", "increments"]
CoalitionsTested = Literal["all", "table", "search"]

CHARGED: DivisionMethod = "charged"


@dataclass(frozen=True, slots=True)
class Blocking:
    """Blocking coalition: one that pays more than it would by itself, an objection to a split (Gillies 1959).

    Attributes:
        coalition: its players.
        pays: cents that it pays, exact.
        alone: cents that it would pay by itself, exact.
    """

    coalition: Coalition
    pays: Fraction
    alone: Fraction

    @property
    def excess(self) -> Fraction:
        """Cents that it would save by itself, above zero."""
        return self.pays - self.alone


@dataclass(frozen=True, slots=True)
class Division:
    """Division: one way to share the same amount.

    Attributes:
        method: how it is shared; ``charged`` is as billed.
        shares: cents by player; empty where the method gives none.
        blocking: blocking coalitions, the worst first, at most a few.
        blocking_count: number of blocking coalitions among those tested; one whose excess may be the rounding to cents
            alone does not count.
        standard_errors: standard error in cents by player, where the shares are estimated from a sample.
        unsolved: why the method gives no shares, in a sentence; ``""`` where it does.
    """

    method: DivisionMethod
    shares: dict[str, int]
    blocking: tuple[Blocking, ...] = ()
    blocking_count: int = 0
    standard_errors: dict[str, Fraction] | None = None
    unsolved: str = ""

    @property
    def in_core(self) -> bool:
        """Whether no coalition tested pays more than it would by itself."""
        return bool(self.shares) and not self.blocking_count


@dataclass(frozen=True, slots=True)
class Fairness:
    """Fairness of what was charged for a cost game or along a cost curve.

    Attributes:
        game: name of the game; id of the rule for a curve.
        curve: whether it is a cost curve.
        rules: ids of the rules that share it, and of those whose charges are deducted first; sorted.
        versions: first days of their versions; sorted.
        pools: names of the pools; sorted.
        method: method that was used; of several the one that shared most.
        amount: cents that the players were charged together.
        outside: cents that other members were charged for the same pools.
        players: ids of the players; sorted.
        alone: stand-alone cost of each player, in cents, exact.
        together: cost of all players together, in cents, exact; None: the table does not say.
        divisions: ways to share the amount; the first is as charged.
        coalitions: which coalitions were tested: all, those of the table, or those of a search.
        coalitions_tested: how many coalitions were tested.
        not_subadditive: two coalitions that cost more together than apart; None where there are none, or where they
            were not searched for.
        conclusive: whether no other coalition can object where none of those tested does.
    """

    game: str
    curve: bool
    rules: tuple[str, ...]
    versions: tuple[date, ...]
    pools: tuple[str, ...]
    method: AllocationMethod
    amount: int
    outside: int
    players: tuple[str, ...]
    alone: dict[str, Fraction]
    together: Fraction | None
    divisions: tuple[Division, ...]
    coalitions: CoalitionsTested
    coalitions_tested: int
    not_subadditive: tuple[Coalition, Coalition] | None = None
    conclusive: bool = True

    @property
    def charged(self) -> Division:
        """The division as charged."""
        return self.divisions[0]

    def saving(self, player: str, division: Division) -> Fraction:
        """Cents that a player saves under a division against its stand-alone cost; below zero it loses."""
        return self.alone[player] - division.shares.get(player, 0)
