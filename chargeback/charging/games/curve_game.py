"""Game of a cost curve: a coalition costs C of the demands of its players, their sum or the greatest of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm
from operator import add

from chargeback.charging.games.curves import PiecewiseLinear
from chargeback.charging.games.game import Game, subset_maxima, subset_sums
from chargeback.charging.games.integer_curve import whole_curve

MOST_PLAYERS = 16
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class CurvePart:
    """Part of a curve game: some days of a month.

    Attributes:
        wanted: demand of each player, in the order of the players, exact.
        curve: cost curve.
        level: cents that a unit of the curve's money counts.
        greatest: whether a coalition needs the greatest of its demands (capacity that all can use), and not their sum.
    """

    wanted: tuple[Fraction, ...]
    curve: PiecewiseLinear
    level: Fraction
    greatest: bool

    @property
    def reach(self) -> Fraction:
        """The demand of all together."""
        return self.joined(self.wanted)

    def joined(self, demands: Collection[Fraction]) -> Fraction:
        """The demand of a coalition with these demands."""
        return max(demands, default=ZERO) if self.greatest else sum(demands, ZERO)

    def cost(self, demand: Fraction) -> Fraction:
        """The cost of a demand, in cents."""
        return self.level * self.curve(demand)

    @property
    def proved(self) -> bool:
        """Whether the coalitions that ``curve_core`` tests decide for all.

        They do along a rising curve where the greatest demand counts, along a concave one where the sum does.
        """
        line, _ = whole_curve(self.curve, self.wanted)
        upto = self.reach * line.per
        slopes = [slope for end, slope in zip(line.ends, line.slopes, strict=False) if end < upto]
        return all(s >= 0 for s in slopes) if self.greatest else sorted(slopes, reverse=True) == slopes


@dataclass(frozen=True)
class CurveGame:
    """Curve game of a month.

    Attributes:
        players: ids of the players, sorted.
        parts: parts of the month; their costs add up.
    """

    players: tuple[str, ...]
    parts: tuple[CurvePart, ...]

    @property
    def alone(self) -> dict[str, Fraction]:
        """The cost of each player's own demand, in cents."""
        return {
            name: sum((part.cost(part.joined([part.wanted[i]])) for part in self.parts), ZERO)
            for i, name in enumerate(self.players)
        }

    @property
    def together(self) -> Fraction:
        """The cost of all demands, in cents."""
        return sum((part.cost(part.reach) for part in self.parts), ZERO)

    @cached_property
    def proved(self) -> bool:
        """Whether a search decides for all coalitions; of several curves it is not proved."""
        return len(self.parts) == 1 and self.parts[0].proved

    @cached_property
    def table(self) -> tuple[Game, int] | None:
        """The cost of every coalition in 1/unit of a cent, and that unit; None above MOST_PLAYERS players."""
        if len(self.players) > MOST_PLAYERS:
            return None
        lines = [whole_curve(part.curve, part.wanted) for part in self.parts]
        levels = [part.level / line.scale for part, (line, _) in zip(self.parts, lines, strict=True)]
        unit = lcm(*(level.denominator for level in levels))
        total = [0] * (1 << len(self.players))
        for part, (line, wanted), level in zip(self.parts, lines, levels, strict=True):
            joined = subset_maxima(wanted) if part.greatest else subset_sums(wanted)
            total = list(map(add, total, map(int(level * unit).__mul__, map(line, joined))))
        return Game(self.players, tuple(total)), unit
