"""Shapley value: each player pays the mean, over all orders of arrival, of what it adds on arriving.

Shapley, L. S. (1953), A value for n-person games. Contributions to the Theory of Games II, 307-317.
Castro, J., Gómez, D., Tejada, J. (2009), Polynomial calculation of the Shapley value based on sampling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import accumulate
from math import factorial
from operator import add, mul, sub
from random import Random
from typing import Literal

from chargeback.charging.games.curves import increments
from chargeback.charging.games.game import Game, is_additive, is_airport
from chargeback.charging.games.sampling import random_order, standard_error, variance_of_mean

EXACT_PLAYERS = 20
PERMUTATIONS = 10_000
SEED = 1953
ShapleyMethod = Literal["subsets", "types", "additive", "airport", "sampled"]


@dataclass(frozen=True, slots=True)
class Shapley:
    """Shapley value of a game.

    Attributes:
        shares: cents by player, exact rationals; they add up to the cost of all.
        method: how they were computed: exactly, unless ``sampled``.
        variance: cents², by player, of an estimate; empty when the shares are exact.
        orders: number of random orders drawn; 0 when the shares are exact.
    """

    shares: dict[str, Fraction]
    method: ShapleyMethod
    variance: dict[str, Fraction] = field(default_factory=dict)
    orders: int = 0

    def standard_error(self, player: str) -> Fraction:
        """The standard error of a player's share, in cents, to the next millionth upwards: 0 when it is exact."""
        return standard_error(self.variance.get(player, Fraction(0)))


def shapley(game: Game) -> Shapley:
    """The Shapley value: exact by subsets to 20 players; above, by the game's structure, else sampled with a fixed
    seed."""
    if game.size <= EXACT_PLAYERS:
        return Shapley(by_subsets(game), "subsets")
    alone = {name: Fraction(cost) for name, cost in zip(game.players, game.alone, strict=True)}
    if is_additive(game):
        return Shapley(alone, "additive")
    if is_airport(game):
        return Shapley(increments(alone), "airport")
    return by_permutations(game.players, lambda order: costs_along(game, order), PERMUTATIONS, SEED)


def by_subsets(game: Game) -> dict[str, Fraction]:
    """The exact value, over all coalitions: 2^(n+1) additions of integers.

    With s players in S, n! times the share of i is the sum of n (s-1)! (n-s-1)! c(S) over the S that hold i, and
    n! c(N) / n for that of everyone, less the sum of s! (n-s-1)! c(S) over all S but that of everyone.
    """
    n = game.size
    if n == 0:
        return {}
    holding = [0, *(n * factorial(s - 1) * factorial(n - s - 1) for s in range(1, n)), factorial(n - 1)]
    spared = [*(factorial(s) * factorial(n - s - 1) for s in range(n)), 0]
    sizes = [mask.bit_count() for mask in range(len(game.costs))]
    off = sum(map(mul, game.costs, map(spared.__getitem__, sizes)))
    on = _by_player(list(map(mul, game.costs, map(holding.__getitem__, sizes))), n)
    return {name: Fraction(on[i] - off, factorial(n)) for i, name in enumerate(game.players)}


def _by_player(values: list[int], players: int) -> list[int]:
    """For each player, the sum of the values of the coalitions that hold it."""
    sums = []
    for _ in range(players):
        half = len(values) // 2
        without, having = values[:half], values[half:]
        sums.append(sum(having))
        values = list(map(add, without, having))
    return sums[::-1]


def costs_along(game: Game, order: Sequence[int]) -> Iterable[int]:
    """The costs of the coalitions that grow by one player at a time, in the order given."""
    return map(game.costs.__getitem__, accumulate(1 << i for i in order))


def by_permutations(
    players: Sequence[str], along: Callable[[Sequence[int]], Iterable[int]], permutations: int, seed: int
) -> Shapley:
    """The value estimated over random orders of arrival, two or more; the same seed gives the same shares.

    ``along`` gives the costs, in cents, of the coalitions that grow along an order of the players' numbers. What is
    added along an order adds up to the cost of all, so the shares add up exactly too.
    """
    chance = Random(seed)
    n = len(players)
    sums, squares = [0] * n, [0] * n
    for _ in range(permutations):
        order = random_order(n, chance)
        costs = list(along(order))
        for player, added in zip(order, map(sub, costs, [0, *costs]), strict=False):
            if added:
                sums[player] += added
                squares[player] += added * added
    return Shapley(
        {name: Fraction(sums[i], permutations) for i, name in enumerate(players)},
        "sampled",
        {name: variance_of_mean(sums[i], squares[i], permutations) for i, name in enumerate(players)},
        permutations,
    )
