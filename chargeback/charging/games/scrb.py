"""Separable costs, remaining benefits: the rule of multipurpose water projects.

Each player pays what it adds to all the others (its separable cost); what is left is shared by what of its cost alone
each then still saves (its remaining benefit). Inter-Agency Committee on Water Resources (1958); Straffin, P. and
Heaney, J. (1981), Game theory and the Tennessee Valley Authority; Young, H. P., Okada, N., Hashimoto, T. (1982), Cost
allocation in water resources development.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from chargeback.charging.games.game import Game, Unsolved


def scrb(game: Game) -> dict[str, Fraction]:
    """Shares in cents that add up to the cost of all.

    A remaining benefit below zero counts as zero, as long as another is above: who adds more than it costs alone has
    nothing left to bear a part with. Where none is above zero the benefits are losses and are taken as they are.
    Unsolved when something is left and all remaining benefits are zero.
    """
    others = [game.costs[game.everyone ^ 1 << i] for i in range(game.size)]
    return by_separable_costs(game.players, game.total, game.alone, others)


def by_separable_costs(
    players: Sequence[str], total: int, alone: Sequence[int], others: Sequence[int]
) -> dict[str, Fraction]:
    """The same from the few costs it needs: of all, of each player alone, and of all others but each."""
    separable = [total - cost for cost in others]
    left = total - sum(separable)
    if left == 0:
        return {name: Fraction(cost) for name, cost in zip(players, separable, strict=True)}
    benefits = _remaining([cost - own for cost, own in zip(alone, separable, strict=True)])
    whole = sum(benefits)
    if whole == 0:
        raise Unsolved("separable costs leave a rest, and no member has a remaining benefit to share it by")
    return {name: own + Fraction(left * b, whole) for name, own, b in zip(players, separable, benefits, strict=True)}


def _remaining(benefits: Sequence[int]) -> list[int]:
    return [max(0, b) for b in benefits] if any(b > 0 for b in benefits) else list(benefits)
