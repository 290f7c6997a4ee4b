"""Sharing a cost curve over demands: serial cost sharing and the airport rule.

Moulin, H., Shenker, S. (1992), Serial cost sharing. Econometrica 60, 1009-1037.
Littlechild, S. C., Owen, G. (1973), A simple expression for the Shapley value in a special case. Management Science 20.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from chargeback.model.versions import AllocationMethod

ZERO = Fraction(0)
Curve = Callable[[Fraction], Fraction]  # the cost of a quantity
Demands = Mapping[str, Fraction]  # exact quantity by player


@dataclass(frozen=True, slots=True)
class PiecewiseLinear:
    """Piecewise linear cost curve from (0, 0).

    Attributes:
        points: (quantity, cost), quantities increasing above zero; linear between them.
    """

    points: tuple[tuple[Fraction, Fraction], ...]

    @property
    def end(self) -> Fraction:
        """The quantity up to which it is known."""
        return self.points[-1][0]

    def __call__(self, quantity: Fraction) -> Fraction:
        """The cost of a quantity from 0 to the end."""
        points = ((ZERO, ZERO), *self.points)
        after = max(1, bisect_left(points, quantity, key=lambda point: point[0]))
        (x0, y0), (x1, y1) = points[after - 1], points[after]
        return y0 + (y1 - y0) * (quantity - x0) / (x1 - x0)


def identity(quantity: Fraction) -> Fraction:
    """The curve C(q) = q, where no other is given."""
    return quantity


def serial(demands: Demands, curve: Curve = identity) -> dict[str, Fraction]:
    """Serial cost sharing: shares that add up to the cost of the sum of the demands (none below zero).

    Smallest demand first: each stage raises the players that want more to the same demand, and its cost is shared
    equally among them. So nobody pays for a cost that rises because others want more than itself; equal demands pay
    equally.
    """
    order = sorted(demands, key=lambda name: (demands[name], name))
    shares: dict[str, Fraction] = {}
    smaller = paid = before = ZERO
    for index, name in enumerate(order):
        among = len(order) - index
        cost = curve(smaller + among * demands[name])
        paid += (cost - before) / among
        before = cost
        smaller += demands[name]
        shares[name] = paid
    return shares


def increments(demands: Demands, curve: Curve = identity) -> dict[str, Fraction]:
    """The airport rule: each step up to a demand is paid equally by those who need it (no demand below zero).

    The shares add up to the cost of the greatest demand: the Shapley value of the game where a coalition costs what
    its greatest demand costs.
    """
    stopping = Counter(demands.values())
    among = len(demands) - stopping[ZERO]
    paid = {ZERO: ZERO}
    for low, high in pairwise(sorted({ZERO, *stopping})):
        paid[high] = paid[low] + (curve(high) - curve(low)) / among
        among -= stopping[high]
    return {name: paid[demand] for name, demand in demands.items()}


def demand_reached(method: AllocationMethod, demands: Collection[Fraction]) -> Fraction:
    """Up to which quantity a method reads the curve: the sum of the demands, or the greatest for increments."""
    return max(demands, default=ZERO) if method == "increments" else sum(demands, ZERO)
