"""Core test (Gillies 1959): the coalitions that pay more than they would by themselves, and so object to a split.

A split without objection is in the core. With few players all coalitions are tested; of a table, those that it prices;
along a cost curve, those that a search finds (``curve_core``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import lcm
from operator import sub

from chargeback.charging.games.game import Game, subset_sums
from chargeback.model.fairness import Blocking, Coalition
from chargeback.model.money import added

SHOWN = 10
Payments = Mapping[str, Fraction] | Mapping[str, int]  # cents by player
Objections = tuple[tuple[Blocking, ...], int]  # the worst blocking coalitions first, and how many there are in all


def objections_in_game(game: Game, shares: Payments, unit: int = 1, rounded: int = 0, shown: int = SHOWN) -> Objections:
    """The coalitions that pay more than they would alone: the worst ``shown`` first, and how many there are in all.

    The costs of the game count 1/``unit`` of a cent. ``shares`` in cents by player, a missing one paying nothing; they
    are taken as they are, whatever they add up to. All coalitions are tested, that of everyone included. An excess that
    rounding the shares to cents (``rounded`` times) can explain by itself is no objection: see ``slack``.
    """
    paid = [Fraction(shares.get(name, 0)) * unit for name in game.players]
    scale = lcm(*(share.denominator for share in paid))
    sums = subset_sums([int(share * scale) for share in paid])
    over = list(map(sub, sums, map(scale.__mul__, game.costs)))
    units = scale * unit
    least = [max(1, units * slack(size, game.size, rounded)) for size in range(game.size + 1)]
    masks = [mask for mask, excess in enumerate(over) if excess > 0 and excess >= least[mask.bit_count()]]
    last = sorted((over[mask] for mask in masks), reverse=True)[:shown][-1:] or [0]
    found = (
        Blocking(game.names(mask), Fraction(sums[mask], units), Fraction(game.costs[mask], unit))
        for mask in masks
        if over[mask] >= last[0]
    )
    return _worst(found, shown), len(masks)


def objections_in_table(
    priced: Iterable[tuple[Coalition, Fraction]],
    shares: Payments,
    players: int = 0,
    rounded: int = 0,
    shown: int = SHOWN,
) -> Objections:
    """The same, of coalitions of so many ``players``, given with their cost alone in cents.

    Where a coalition without a price can at best split into priced ones, it pays too much only if one of those does:
    then testing the priced ones decides for all.
    """
    paid = ((names, added(Fraction(shares.get(name, 0)) for name in names), cost) for names, cost in priced)
    found = [
        Blocking(names, pays, cost)
        for names, pays, cost in paid
        if pays > cost and pays - cost >= slack(len(names), players, rounded)
    ]
    return _worst(found, shown), len(found)


def slack(size: int, players: int, rounded: int) -> int:
    """Cents below which an excess may be rounding alone: each share is off by less than a cent, each time.

    The cents that some pay too much the others pay too little, so the smaller side bounds both; all together are never
    off.
    """
    return rounded * min(size, max(0, players - size))


def _worst(found: Iterable[Blocking], shown: int) -> tuple[Blocking, ...]:
    return tuple(sorted(found, key=lambda b: (-b.excess, len(b.coalition), b.coalition))[:shown])
