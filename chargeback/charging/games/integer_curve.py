"""A cost curve on whole numbers, for the many sums that fair division takes along it. Exact: only the units change."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import lcm

from chargeback.charging.games.curves import PiecewiseLinear


@dataclass(frozen=True, slots=True)
class WholeCurve:
    """Cost curve on whole numbers.

    Attributes:
        ends: quantities of its points in 1/``per`` of a unit, 0 first.
        costs: costs of its points in 1/``scale`` of a unit of money, 0 first.
        slopes: cost a unit of quantity; ``slopes[i]`` from ``ends[i]`` on.
        per: number of parts that a unit of quantity is divided into.
        scale: number of parts that a unit of money is divided into.
    """

    ends: tuple[int, ...]
    costs: tuple[int, ...]
    slopes: tuple[int, ...]
    per: int
    scale: int

    def __call__(self, quantity: int) -> int:
        """The cost of a quantity from 0 to the last point."""
        at = max(0, bisect_left(self.ends, quantity) - 1)
        return self.costs[at] + self.slopes[at] * (quantity - self.ends[at])

    def bends(self, upto: int) -> list[tuple[int, int]]:
        """(quantity, change of slope) where it bends above zero and below ``upto``; without any it is a straight
        line."""
        inner = zip(self.ends[1:], pairwise(self.slopes), strict=False)
        return [(end, after - before) for end, (before, after) in inner if end < upto and after != before]


def whole_curve(curve: PiecewiseLinear, demands: Collection[Fraction]) -> tuple[WholeCurve, list[int]]:
    """A curve in units in which its points, the demands and all costs are whole numbers; the demands in those units."""
    xs = [Fraction(0), *(x for x, _ in curve.points)]
    ys = [Fraction(0), *(y for _, y in curve.points)]
    per = lcm(*(x.denominator for x in (*xs, *demands)))
    ends = [int(x * per) for x in xs]
    slopes = [(y1 - y0) / (x1 - x0) for (x0, x1), (y0, y1) in zip(pairwise(ends), pairwise(ys), strict=True)]
    scale = lcm(*(value.denominator for value in (*ys, *slopes)))
    costs, steep = tuple(int(y * scale) for y in ys), tuple(int(slope * scale) for slope in slopes)
    return WholeCurve(tuple(ends), costs, steep, per, scale), [int(demand * per) for demand in demands]
