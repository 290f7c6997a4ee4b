"""Shapley value of a cost curve: each member pays the mean, over all orders of arrival, of what it adds to C(demand).

Shubik, M. (1962), Incentives, decentralized control, the assignment of joint costs and internal pricing. Management
Science 8, 325-343. Friedman, E., Moulin, H. (1999), Three methods to share joint costs or surplus. J. Economic Theory
87, 275-312 (the Shapley-Shubik method, beside serial cost sharing). Castro, J., Gómez, D., Tejada, J. (2009),
Polynomial calculation of the Shapley value based on sampling. Computers & Operations Research 36, 1726-1730.

A coalition costs C(the sum of its demands). What many members add depends on that sum alone, so equal demands are one
type, and a sampled order is taken in all its rotations at once: everyone then arrives once in each place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from math import comb, factorial, prod
from random import Random

from chargeback.charging.games.curves import Demands, PiecewiseLinear
from chargeback.charging.games.game import Game, subset_sums
from chargeback.charging.games.integer_curve import WholeCurve, whole_curve
from chargeback.charging.games.sampling import random_order, variance_of_mean
from chargeback.charging.games.shapley import SEED, Shapley, by_subsets

EXACT_PLAYERS = 16
MOST_STATES = 100_000
ORDERS = 50_000
LEAST_CIRCLES = 20


def along_curve(demands: Demands, curve: PiecewiseLinear) -> Shapley:
    """Shares, in the money of the curve, that add up to the cost of all demands (none below zero).

    Exact to 16 members with a demand, along a straight line, and where the demands are of few types; else estimated
    from random orders with a fixed seed. Members of equal demand have equal shares, and who asks for nothing pays
    nothing, in every case.
    """
    asking = {name: demand for name, demand in demands.items() if demand}
    line, wanted = whole_curve(curve, list(asking.values()))
    types = Counter(wanted)
    if not line.bends(sum(wanted)):
        shares, found = {q: Fraction(line.slopes[0] * q) for q in types}, Shapley({}, "additive")
    elif len(wanted) <= EXACT_PLAYERS:
        shares, found = _by_subsets(wanted, line), Shapley({}, "subsets")
    elif _states(types) <= MOST_STATES:
        shares, found = by_types(types, line), Shapley({}, "types")
    else:
        circles = max(LEAST_CIRCLES, -(-ORDERS // len(wanted)))
        shares, variance = by_circles(wanted, line, circles, SEED)
        spread = {name: variance[q] / line.scale**2 for name, q in zip(asking, wanted, strict=True)}
        found = Shapley({}, "sampled", spread, circles * len(wanted))
    paid = {name: shares[q] / line.scale for name, q in zip(asking, wanted, strict=True)}
    return Shapley(dict.fromkeys(demands, Fraction(0)) | paid, found.method, found.variance, found.orders)


def _by_subsets(wanted: Sequence[int], line: WholeCurve) -> dict[int, Fraction]:
    names = tuple(str(i) for i in range(len(wanted)))
    exact = by_subsets(Game(names, tuple(map(line, subset_sums(wanted)))))
    return {q: exact[name] for name, q in zip(names, wanted, strict=True)}


def _states(types: Mapping[int, int]) -> int:
    """How many coalitions differ, members of one demand being alike, times the types that each is counted for."""
    return len(types) * prod(count + 1 for count in types.values())


def by_types(types: Mapping[int, int], line: WholeCurve) -> dict[int, Fraction]:
    """The exact value by demand, of ``types`` (how many members have each demand).

    As by subsets, the coalitions with equally many members of each type being taken together: with s members in S,
    n! times a share is the sum of n (s-1)! (n-s-1)! C(S) over the S that hold the member, and (n-1)! C(N) for that of
    everyone, less the sum of s! (n-s-1)! C(S) over all S but that of everyone. Of the coalitions that hold k of m
    members of a type, k/m hold a given one.
    """
    n = sum(types.values())
    holding = [0, *(n * factorial(s - 1) * factorial(n - s - 1) for s in range(1, n)), factorial(n - 1)]
    spared = [*(factorial(s) * factorial(n - s - 1) for s in range(n)), 0]
    on = [0] * len(types)
    off = 0
    for counts, size, quantity, ways in _coalitions(types):
        cost = ways * line(quantity)
        off += cost * spared[size]
        weighted = cost * holding[size]
        for i, count in enumerate(counts):
            on[i] += count * weighted
    return {q: (Fraction(on[i], types[q]) - off) / factorial(n) for i, q in enumerate(types)}


def _coalitions(types: Mapping[int, int]) -> Iterator[tuple[tuple[int, ...], int, int, int]]:
    """(members of each type, members, demand, how many coalitions are so) for each way to choose by type."""
    states: list[tuple[tuple[int, ...], int, int, int]] = [((), 0, 0, 1)]
    for q, most in types.items():
        states = [
            ((*counts, k), size + k, quantity + k * q, ways * comb(most, k))
            for counts, size, quantity, ways in states
            for k in range(most + 1)
        ]
    return iter(states)


def by_circles(
    wanted: Sequence[int], line: WholeCurve, circles: int, seed: int
) -> tuple[dict[int, Fraction], dict[int, Fraction]]:
    """Share and variance by demand, estimated from so many random circles (two or more), each begun at every member.

    The mean over the rotations of a circle is one draw; members of equal demand share the mean of theirs. What is added
    along an order adds up to the cost of all, so the shares add up exactly too. The same seed gives the same shares.
    """
    chance = Random(seed)
    n = len(wanted)
    bends = line.bends(sum(wanted))
    sums: Counter[int] = Counter()
    squares: Counter[int] = Counter()
    for _ in range(circles):
        circle = [wanted[i] for i in random_order(n, chance)]
        drawn: Counter[int] = Counter()
        for q, added in zip(circle, added_around(circle, line.slopes[0], bends), strict=True):
            drawn[q] += added
        for q, added in drawn.items():
            sums[q] += added
            squares[q] += added * added
    types = Counter(wanted)
    shares = {q: Fraction(sums[q], circles * n * count) for q, count in types.items()}
    variance = {q: variance_of_mean(sums[q], squares[q], circles) / (n * count) ** 2 for q, count in types.items()}
    return shares, variance


def added_around(circle: Sequence[int], slope: int, bends: Sequence[tuple[int, int]]) -> list[int]:
    """For each demand of a circle, the sum over all its n rotations of what it adds on arriving.

    With P the sums of demands along two turns, a member at j arrives after the demand P[j] - P[r] in the rotation begun
    at r. C is ``slope`` times the demand and, for each bend, its change of slope times the demand above it: of the r
    for which something is above, found by bisection, only their number and the sum of P[r] are needed. Bends lie below
    the sum of all demands, so who arrives last always has one behind it.
    """
    n = len(circle)
    turns = [0, *accumulate((*circle, *circle))]
    below = [0, *accumulate(turns)]
    added = [n * slope * q for q in circle]
    for bend, change in bends:
        found = [bisect_left(turns, turn - bend) for turn in turns[n:]]
        for i, (low, high) in enumerate(pairwise(found)):
            first = i + 1
            above = (high - first) * (turns[n + i + 1] - bend) - below[high] + below[first]
            if low > first:
                above -= (low - first) * (turns[n + i] - bend) - below[low] + below[first]
            added[i] += change * above
    return added
