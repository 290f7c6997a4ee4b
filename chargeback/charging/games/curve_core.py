"""Core test along a cost curve with many players: a search of the coalitions with the largest excess.

Where the sum of the demands counts and the curve is concave, the search is exact. Ordered by what is paid for a unit of
demand, dearest first, the first players with a demand Q in all pay F(Q), the most that any coalition of that demand
pays; F is linear between one prefix and the next, C concave, so F - C is greatest at a prefix. Where the greatest
demand counts and the curve rises, a coalition pays at most what all those of no greater demand pay, at the same cost:
again a prefix, by demand. For any other curve prefixes are only likely, and random coalitions are tested beside them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from heapq import nsmallest
from random import Random

from chargeback.charging.games.core import SHOWN, Objections, slack
from chargeback.charging.games.curve_game import CurveGame
from chargeback.model.fairness import Blocking, Coalition

RANDOM = 200
SEED = 1959
ZERO = Fraction(0)
Candidate = tuple[Fraction, Fraction, int, Callable[[], Coalition]]  # pays and costs (cents), size, players


def objections_along_curve(
    of: CurveGame, shares: Mapping[str, int], rounded: int = 0, shown: int = SHOWN
) -> Objections:
    """The coalitions found that pay more than they would alone, the worst first, and how many; as
    ``core.among_all``."""
    paid = [Fraction(shares.get(name, 0)) for name in of.players]
    worst = [
        (alone - pays, size, number, pays, alone, names)
        for number, (pays, alone, size, names) in enumerate(_candidates(of, paid))
        if pays > alone and pays - alone >= slack(size, len(paid), rounded)
    ]
    first = nsmallest(shown, worst, key=lambda found: found[:3])
    return tuple(Blocking(names(), pays, alone) for _, _, _, pays, alone, names in first), len(worst)


def coalitions_tested(of: CurveGame) -> int:
    """How many coalitions a search tests: each player, each prefix of two or more, and random ones."""
    return 2 * len(of.players) - 1 + (0 if of.proved else RANDOM)


def _candidates(of: CurveGame, paid: Sequence[Fraction]) -> Iterator[Candidate]:
    """(pays, alone, size, names) of each coalition of the search."""
    for i, cost in enumerate(of.alone.values()):
        yield paid[i], cost, 1, lambda i=i: (of.players[i],)  # type: ignore[misc]
    yield from _prefixes(of, paid, _order(of, paid))
    if not of.proved:
        yield from _random(of, paid)


def _order(of: CurveGame, paid: Sequence[Fraction]) -> list[int]:
    """Players in the order in which a blocking coalition would take them."""
    wanted = [sum(demands, ZERO) for demands in zip(*(part.wanted for part in of.parts), strict=True)]
    if all(part.greatest for part in of.parts):
        return sorted(range(len(paid)), key=lambda i: (paid[i] <= 0, wanted[i], i))
    return sorted(range(len(paid)), key=lambda i: (_place(paid[i], wanted[i]), -(paid[i] / (wanted[i] or 1)), i))


def _place(pays: Fraction, wanted: Fraction) -> int:
    """Who pays without any demand comes first, who is paid without one last."""
    return 1 if wanted else 0 if pays > 0 else 2


def _prefixes(of: CurveGame, paid: Sequence[Fraction], order: Sequence[int]) -> Iterator[Candidate]:
    """The first two of the order, the first three, and so on to all: each in the time of one step."""
    pays = ZERO
    demands = [ZERO] * len(of.parts)
    for size, i in enumerate(order, 1):
        pays += paid[i]
        demands = [part.joined((demand, part.wanted[i])) for part, demand in zip(of.parts, demands, strict=True)]
        if size > 1:
            alone = sum((part.cost(demand) for part, demand in zip(of.parts, demands, strict=True)), ZERO)
            yield pays, alone, size, lambda size=size: _names(of, order[:size])  # type: ignore[misc]


def _random(of: CurveGame, paid: Sequence[Fraction]) -> Iterator[Candidate]:
    """Coalitions to which each player belongs or not by chance, the same in every run."""
    chance = Random(SEED)
    for _ in range(RANDOM):
        bits = chance.getrandbits(len(paid))
        some = [i for i in range(len(paid)) if bits >> i & 1]
        alone = sum((part.cost(part.joined([part.wanted[i] for i in some])) for part in of.parts), ZERO)
        yield sum((paid[i] for i in some), ZERO), alone, len(some), lambda some=some: _names(of, some)  # type: ignore[misc]


def _names(of: CurveGame, some: Sequence[int]) -> Coalition:
    return tuple(sorted(of.players[i] for i in some))
