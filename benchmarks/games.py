"""Fair division against a plain floor: Shapley value of two hundred members along a curve, nucleolus of twelve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate
from random import Random

from benchmarks.table import Line, against, limit
from benchmarks.timing import in_turn, repeated, timed
from chargeback.charging.games.core import objections_in_game
from chargeback.charging.games.curve_shapley import along_curve
from chargeback.charging.games.curves import PiecewiseLinear
from chargeback.charging.games.game import Game, subset_sums
from chargeback.charging.games.integer_curve import whole_curve
from chargeback.charging.games.nucleolus import nucleolus
from chargeback.charging.games.properties import dearer_together
from chargeback.charging.games.shapley import by_permutations, by_subsets

MEMBERS, ORDERS = 200, 10_000
SLOPES = (10, 7, 5, 3, 2)


def lines() -> Iterator[Line]:
    """Sampled and exact Shapley values, the nucleolus, the core test, the search for two dearer together."""
    demands, curve = many(MEMBERS)
    found = along_curve(demands, curve)
    plain = timed(lambda: one_by_one(demands, curve))
    pair = in_turn(plain, timed(lambda: along_curve(demands, curve)), 3)
    yield against(
        f"Shapley along a curve, {found.orders:,} orders", f"{MEMBERS} members, floor {ORDERS:,} orders", pair, 1
    )
    yield limit("the same", f"{MEMBERS} members", pair.ours, 0.3, "s")
    for players, most in ((12, 1.4), (16, None)):
        game = concave(players)
        yield limit("nucleolus", f"{players} members", repeated(lambda g=game: nucleolus(g), 3), most, "s")  # type: ignore[misc]
    sixteen = concave(16)
    yield limit("Shapley by subsets", "16 members", repeated(lambda: by_subsets(sixteen), 3), None, "s")
    shares = by_subsets(sixteen)
    yield limit(
        "core test of a split", "65,535 coalitions", repeated(lambda: objections_in_game(sixteen, shares), 3), None, "s"
    )
    twelve = concave(12)
    yield limit("two that are dearer together", "12 members", repeated(lambda: dearer_together(twelve), 3), None, "s")


def many(count: int) -> tuple[dict[str, Fraction], PiecewiseLinear]:
    """So many members of different demands, and a curve of five slopes that reaches their sum."""
    chance = Random(count)
    demands = {f"m{n:03d}": Fraction(chance.randint(1, 1_000)) for n in range(count)}
    step = Fraction(sum(demands.values()), len(SLOPES))
    costs = accumulate(slope * step for slope in SLOPES)
    return demands, PiecewiseLinear(tuple((step * n, cost) for n, cost in enumerate(costs, 1)))


def one_by_one(demands: dict[str, Fraction], curve: PiecewiseLinear) -> None:
    """The floor: as many random orders as were asked for, member by member, as the method is defined."""
    line, wanted = whole_curve(curve, list(demands.values()))

    def along(order: Sequence[int]) -> list[int]:
        return [line(quantity) for quantity in accumulate(wanted[i] for i in order)]

    by_permutations(list(demands), along, ORDERS, 1)


def concave(players: int) -> Game:
    """A game in which company makes everything cheaper, no two players being alike."""
    chance = Random(players)
    sums = subset_sums([chance.randint(1, 1_000) for _ in range(players)])
    return Game(tuple(f"m{n:02d}" for n in range(players)), tuple(int(total**0.7 * 1_000) for total in sums))
