"""Separable costs, remaining benefits: the rule of multipurpose water projects.

Each player pays what it adds to the cost of all the others (its separable cost). The rest is shared in proportion to
the remaining benefits: the cost of each player alone less its separable cost. Inter-Agency Committee on Water Resources
(1958); Straffin, P. and Heaney, J. (1981), Game theory and the Tennessee Valley Authority; Young, H. P., Okada, N.,
Hashimoto, T. (1982), Cost allocation in water resources development.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from chargeback.charging.games.game import Game, Unsolved


def scrb(game: Game) -> dict[str, Fraction]:
    """Shares in cents that add up to the cost of all.

    A remaining benefit below zero counts as zero, as long as another is above zero: a player that adds more than it
    costs alone bears no part of the rest. Where none is above zero the benefits are losses and are taken as they are.
    Raises Unsolved when there is a rest and all remaining benefits are zero.
    """
    others = [game.costs[game.everyone ^ 1 << i] for i in range(game.size)]
    return by_separable_costs(game.players, game.total, game.alone, others)


def by_separable_costs(
    players: Sequence[str], total: int, alone: Sequence[int], others: Sequence[int]
) -> dict[str, Fraction]:
    """The same from the few costs that it needs: of all, of each player alone, and of all but each player."""
    separable = [total - cost for cost in others]
    rest = total - sum(separable)
    if rest == 0:
        return {name: Fraction(cost) for name, cost in zip(players, separable, strict=True)}
    benefits = _remaining([cost - own for cost, own in zip(alone, separable, strict=True)])
    whole = sum(benefits)
    if whole == 0:
        raise Unsolved("separable costs leave a rest, and no member has a remaining benefit to share it by")
    return {name: own + Fraction(rest * b, whole) for name, own, b in zip(players, separable, benefits, strict=True)}


def _remaining(benefits: Sequence[int]) -> list[int]:
    return [max(0, b) for b in benefits] if any(b > 0 for b in benefits) else list(benefits)
