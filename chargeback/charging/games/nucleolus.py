"""Nucleolus: the split whose least content coalition is as content as can be, then the next, and so on.

Schmeidler, D. (1969), The nucleolus of a characteristic function game. SIAM J. Appl. Math. 17, 1163-1170.
Kopelowitz, A. (1967), Computation of the kernels of simple games and the nucleolus of n-person games (one linear
programme after another). Littlechild, S. C. (1974), A simple expression for the nucleolus in a special case (airports).

A coalition's content is what it saves: its cost alone less what it pays. Each stage raises the least content t of the
coalitions still open as far as it goes, by a linear programme over (split, t). Its dual has a column per coalition and
few rows: coalitions with a positive multiplier are settled for good, and with them all those that depend on them
linearly. At most n - 1 stages leave one split.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import lcm
from operator import sub

from chargeback.charging.games.game import Game, Unsolved, is_airport, subset_sums
from chargeback.charging.games.properties import nucleolus_is_individually_rational
from chargeback.charging.games.simplex import BasisColumn, Optimum, Vector, inverse, minimise

MOST_PLAYERS = 16


def nucleolus(game: Game) -> dict[str, Fraction]:
    """Shares in cents that add up to the cost of all, exact.

    Over the splits where nobody pays more than alone; where there is none, over all splits (the prenucleolus).
    Above ``MOST_PLAYERS`` players only airport games are solved; Unsolved for the others.
    """
    if game.size > MOST_PLAYERS:
        if not is_airport(game):
            raise Unsolved(f"the nucleolus of {game.size} players is not computed, at most {MOST_PLAYERS}")
        return airport_nucleolus(dict(zip(game.players, game.alone, strict=True)))
    return by_programmes(game, bounded=nucleolus_is_individually_rational(game))


def airport_nucleolus(costs: Mapping[str, int] | Mapping[str, Fraction]) -> dict[str, Fraction]:
    """The nucleolus of the game where a coalition costs what its dearest player costs (none below zero).

    The players in order of cost pay in groups: each of the first i pays the least c_i / (i + 1), i short of the last;
    the others go on with what they cost less what the group has paid. The last pays the rest.
    """
    order = sorted(costs, key=lambda name: (costs[name], name))
    shares: dict[str, Fraction] = {}
    paid = Fraction(0)
    while len(shares) < len(order) - 1:
        done = len(shares)
        rates = [(costs[name] - paid) / (i + 2) for i, name in enumerate(order[done:-1])]
        least = min(rates)
        group = order[done : done + len(rates) - rates[::-1].index(least)]
        shares |= dict.fromkeys(group, least)
        paid += least * len(group)
    return shares | {name: costs[name] - paid for name in order[len(shares) :]}


def by_programmes(game: Game, *, bounded: bool) -> dict[str, Fraction]:
    """The nucleolus by linear programmes, over the splits where nobody pays more than alone if ``bounded``."""
    split = [Fraction(game.total)][: game.size]
    settled = {game.everyone: Fraction(game.total)}
    tight = [_column(game, 1 << i, 1) for i in range(game.size - 1)]
    while tight:
        scale = lcm(*(level.denominator for level in settled.values()))
        best = _stage(game, settled, tight, scale, bounded)
        split = [Fraction(price, best.determinant * scale) for price in best.prices[:-1]]
        weighty, tight = _parted(best)
        settled |= {mask: sum((split[i] for i in _bits(mask)), Fraction(0)) for mask in weighty[1:]}
    return dict(zip(game.players, split, strict=True))


def _parted(best: Optimum) -> tuple[list[int], list[BasisColumn]]:
    """Of the basis, less what was settled before: coalitions with a multiplier above zero, and columns at zero.

    The former depend linearly on each other and on what was settled, in one way: all but one of them say it all.
    """
    found = [(c, m) for c, m in zip(best.columns, best.multipliers, strict=True) if not c.free]
    return [c.label for c, m in found if m > 0], [c for c, m in found if m == 0]


def _stage(
    game: Game, settled: Mapping[int, Fraction], tight: Sequence[BasisColumn], scale: int, bounded: bool
) -> Optimum:
    """Raise the least content of the coalitions that do not depend on the settled ones as far as it goes.

    A helper column makes the first basis; it is driven out first. Prices come out as (split, t) times ``scale``.
    """
    helper = BasisColumn((0,) * game.size + (1,), 0, helper=True)
    basis = [*(_column(game, mask, 0, free=True) for mask in settled), *tight, helper]
    open_ = _undetermined(basis, len(settled), len(tight))
    bounds = [mask for mask in open_ if mask & (mask - 1) == 0] if bounded else []
    nothing = [0] * len(game.costs)
    first = minimise(basis, lambda column: int(column.helper), _entering(game, open_, bounds, nothing))
    costs = [cost * scale for cost in game.costs]
    paid = {mask: int(level * scale) for mask, level in settled.items()}
    return minimise(
        first.columns,
        lambda column: paid[column.label] if column.free else costs[column.label],
        _entering(game, open_, bounds, costs),
    )


def _undetermined(basis: Sequence[BasisColumn], first: int, count: int) -> list[int]:
    """The coalitions that have a part outside the settled ones: a coordinate along one of the ``count`` tight
    columns."""
    rows = inverse([column.vector for column in basis]).rows[first : first + count]
    parts = [subset_sums(row[:-1]) for row in rows]
    return [mask for mask, along in enumerate(zip(*parts, strict=True)) if any(along)]


def _entering(
    game: Game, open_: Sequence[int], bounds: Sequence[int], costs: Sequence[int]
) -> Callable[[Vector, int], BasisColumn | None]:
    """Which coalition breaks its bound most at given prices: what it pays, and t where it is open, above its cost."""

    def enter(prices: Vector, determinant: int) -> BasisColumn | None:
        over = list(map(sub, subset_sums(prices[:-1]), map(determinant.__mul__, costs)))
        least = prices[-1]
        candidates = [(over[mask] + least, 1, mask) for mask in (max(open_, key=over.__getitem__),)]
        candidates += [(over[mask], 0, mask) for mask in bounds]
        most, last, mask = max(candidates)
        return _column(game, mask, last) if most > 0 else None

    return enter


def _column(game: Game, mask: int, last: int, *, free: bool = False) -> BasisColumn:
    """What a coalition pays; ``last`` is 1 where t comes on top."""
    return BasisColumn((*(mask >> i & 1 for i in range(game.size)), last), mask, free=free)


def _bits(mask: int) -> Iterator[int]:
    return (i for i in range(mask.bit_length()) if mask >> i & 1)
