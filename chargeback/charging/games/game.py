"""Cost game: the cost of each coalition of its players by itself. A coalition is a bit mask over the players."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from chargeback.model.fairness import Coalition

CoalitionCosts = Mapping[Coalition, int]  # cents, or a fraction of them, by coalition


class Unsolved(ArithmeticError):
    """A method gives no split of this game; the message says why, without full stop."""


@dataclass(frozen=True, slots=True)
class Game:
    """Game: the cost of every coalition.

    Attributes:
        players: ids of the players, ascending by code point.
        costs: cost of each coalition in whole cents (or a fraction of them): ``costs[mask]`` is that of the players
            whose bits are set in ``mask``, ``costs[0]`` is 0.
    """

    players: tuple[str, ...]
    costs: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many players."""
        return len(self.players)

    @property
    def everyone(self) -> int:
        """The mask of all players."""
        return len(self.costs) - 1

    @property
    def total(self) -> int:
        """What all players together cost."""
        return self.costs[-1]

    @property
    def alone(self) -> tuple[int, ...]:
        """What each player costs alone, in the order of the players."""
        return tuple(self.costs[1 << i] for i in range(self.size))

    def names(self, mask: int) -> Coalition:
        """The players of a coalition."""
        return tuple(name for i, name in enumerate(self.players) if mask >> i & 1)


def coalitions(players: Sequence[str]) -> Iterator[Coalition]:
    """Every coalition but the empty one, small ones first; of sorted players, each is sorted."""
    return chain.from_iterable(combinations(players, size) for size in range(1, len(players) + 1))


def game_of(players: Sequence[str], costs: CoalitionCosts) -> Game:
    """The game of some players; ``costs`` by sorted coalition, in cents. KeyError: a coalition without a cost."""
    names = tuple(sorted(players))
    bit = {name: 1 << i for i, name in enumerate(names)}
    table = [0] * (1 << len(names))
    for coalition in coalitions(names):
        table[sum(bit[name] for name in coalition)] = costs[coalition]
    return Game(names, tuple(table))


def coalitions_without_cost(players: Sequence[str], costs: CoalitionCosts, most: int) -> tuple[list[Coalition], int]:
    """Coalitions of the players that have no cost: the first ``most``, small ones first, and how many in all.

    It tests no more coalitions than there are costs, and ``most``: a table of few costs may name many players.
    """
    names = sorted(players)
    among = set(names)
    found = sum(1 for coalition in costs if among.issuperset(coalition))
    count = (1 << len(names)) - 1 - found
    shown: list[Coalition] = []
    for coalition in coalitions(names):
        if len(shown) == min(most, count):
            break
        if coalition not in costs:
            shown.append(coalition)
    return shown, count


def subset_sums(values: Sequence[int]) -> list[int]:
    """The sum of the values of each coalition, by mask."""
    sums = [0]
    for value in values:
        sums += [value + before for before in sums]
    return sums


def subset_maxima(values: Sequence[int]) -> list[int]:
    """The greatest of the values of each coalition, by mask; 0 for the empty one."""
    maxima = [0]
    for value in values:
        maxima += [value, *(max(value, before) for before in maxima[1:])]
    return maxima


def is_additive(game: Game) -> bool:
    """Whether each coalition costs the sum of what its players cost alone: there is nothing to share."""
    return subset_sums(game.alone) == list(game.costs)


def is_airport(game: Game) -> bool:
    """Whether each coalition costs what the dearest of its players costs alone, as a runway does (Littlechild & Owen
    1973)."""
    return all(cost >= 0 for cost in game.alone) and subset_maxima(game.alone) == list(game.costs)
