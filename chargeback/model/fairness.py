"""What the fairness report of a month says, as frozen values: who pays what, what each group would pay by itself.

Amounts charged are whole cents; stand-alone costs are exact rationals of cents (they may follow the days of a month).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

Coalition = tuple[str, ...]
CHARGED = "charged"


@dataclass(frozen=True, slots=True)
class Blocking:
    """A coalition that pays more than it would by itself, so that it had better leave: an objection to a split (Gillies 1959)."""

    coalition: Coalition
    pays: Fraction
    alone: Fraction

    @property
    def excess(self) -> Fraction:
        """What it would save by itself, in cents, above zero."""
        return self.pays - self.alone


@dataclass(frozen=True, slots=True)
class Division:
    """One way to share the same amount: ``method`` is ``charged`` (as billed), or a game method, or ``proportional``.

    ``shares`` (cents by player) is empty when the method gives none: ``unsolved`` says why, in a sentence. ``blocking``: the
    worst coalitions first, at most a few; ``blocked`` how many there are among those looked at, less those whose excess may
    be the rounding to cents alone. ``errors``: standard error in cents by player, where the shares are sampled.
    """

    method: str
    shares: dict[str, int]
    blocking: tuple[Blocking, ...] = ()
    blocking_count: int = 0
    standard_errors: dict[str, Fraction] | None = None
    unsolved: str = ""

    @property
    def in_core(self) -> bool:
        """Whether no coalition looked at pays more than it would by itself."""
        return bool(self.shares) and not self.blocking_count


@dataclass(frozen=True, slots=True)
class Fairness:
    """A game beside what was charged for it. ``divisions`` begins with ``charged``; the players are sorted.

    ``amount`` is what the players were charged together; ``outside`` what other members paid for the same pools.
    ``alone``: the stand-alone cost of each player; ``together``: that of all of them (None: the table does not say).
    ``looked_at`` coalitions of ``looked_how``: ``all`` of them, those of the ``table``, or those of a ``search``;
    ``certain`` whether no other coalition can have an objection where these have none.
    ``dearer``: two coalitions that cost more together than apart, so that the game is not subadditive; None where there are
    none, or where they were not looked for (``looked_how`` not ``all``).
    """

    game: str
    curve: bool
    rules: tuple[str, ...]
    versions: tuple[date, ...]
    pools: tuple[str, ...]
    method: str
    amount: int
    outside: int
    players: tuple[str, ...]
    alone: dict[str, Fraction]
    together: Fraction | None
    divisions: tuple[Division, ...]
    coalitions: str
    coalitions_tested: int
    not_subadditive: tuple[Coalition, Coalition] | None = None
    conclusive: bool = True

    @property
    def charged(self) -> Division:
        """What was charged."""
        return self.divisions[0]

    def saving(self, player: str, division: Division) -> Fraction:
        """What a player saves under a division against its stand-alone cost, in cents; below zero it loses."""
        return self.alone[player] - division.shares.get(player, 0)
