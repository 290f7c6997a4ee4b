"""Fairness report of a pool shared along a cost curve: a coalition by itself would pay C(its own demand). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

from chargeback.charging.context import Context
from chargeback.charging.fairness.divisions import CoreTest, as_charged, divided
from chargeback.charging.fairness.shared_parts import SharedPart, charged_by, errors_of, method_used
from chargeback.charging.fairness.stand_alone import MOST_SUBADDITIVE
from chargeback.charging.games.core import objections_in_game
from chargeback.charging.games.curve_core import coalitions_tested, objections_along_curve
from chargeback.charging.games.curve_game import CurveGame, CurvePart
from chargeback.charging.games.curves import PiecewiseLinear
from chargeback.charging.games.game import Unsolved
from chargeback.charging.games.nucleolus import airport_nucleolus, nucleolus
from chargeback.charging.games.properties import dearer_together
from chargeback.charging.sharing.curve_shares import curve_of, curve_weights, demands_of
from chargeback.charging.sharing.weights import Weights
from chargeback.model.fairness import Division, DivisionMethod, Fairness

ADDED: tuple[DivisionMethod, ...] = ("serial", "shapley", "proportional")
GREATEST: tuple[DivisionMethod, ...] = ("increments", "nucleolus", "proportional")
MOST_AIRPORT = 2_000
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class CurveDemand:
    """Part of a pool shared along a curve, with its demands.

    Attributes:
        part: the pool, its rule, version and days.
        demands: demand of each member, in units of the quantity, exact.
    """

    part: SharedPart
    demands: Mapping[str, Fraction]

    @property
    def greatest(self) -> bool:
        """Whether the greatest demand counts, and not their sum."""
        return self.part.version.method == "increments"


def curve_report(rule: str, shared: Sequence[SharedPart], ctx: Context) -> Fairness | None:
    """Report on the parts of a rule that share curves over one kind of demand; None where nobody has a demand.

    The money of a curve is that of a month: it counts for the days of the part. Without a curve the pool itself says
    what a unit costs: C(q) is q times the amount over the demand of all.
    """
    asked = [CurveDemand(p, demands_of(p.rule, p.version, p.span, p.presence, ctx)) for p in shared]
    players = tuple(sorted({name for each in asked for name, demand in each.demands.items() if demand}))
    if not players:
        return None
    game = CurveGame(players, tuple(_part(each, players) for each in asked))
    charged, outside = charged_by(shared, players)
    return Fairness(
        game=rule,
        curve=True,
        rules=(rule,),
        versions=tuple(sorted({part.version.valid_from for part in shared})),
        pools=tuple(sorted({part.split.pool for part in shared})),
        method=method_used(shared),
        amount=sum(charged.values()),
        outside=outside,
        players=players,
        alone=game.alone,
        together=game.together,
        divisions=tuple(_divisions(charged, asked, game)),
        coalitions="all" if game.table else "search",
        coalitions_tested=(1 << len(players)) - 1 if game.table else coalitions_tested(game),
        not_subadditive=dearer_together(game.table[0]) if game.table and len(players) <= MOST_SUBADDITIVE else None,
        conclusive=game.table is not None or game.proved,
    )


def _divisions(charged: Mapping[str, int], asked: Sequence[CurveDemand], game: CurveGame) -> Iterator[Division]:
    """Divisions: as charged, then the same amount by each method for this kind of demand."""
    parts, amount, test = [each.part for each in asked], sum(charged.values()), _test(game)
    yield as_charged(charged, len(parts), test, errors_of(parts, game.players))
    for method in GREATEST if asked[0].greatest else ADDED:
        yield divided(method, amount, partial(_weights, method, asked, game), test)


def _part(each: CurveDemand, players: Sequence[str]) -> CurvePart:
    wanted = tuple(each.demands.get(name, ZERO) for name in players)
    curve, days = curve_of(each.part.version), each.part.split
    if curve is not None:
        return CurvePart(wanted, curve, Fraction(100 * days.days, days.month_days), each.greatest)
    reach = max(wanted) if each.greatest else sum(wanted, ZERO)
    line = PiecewiseLinear(((reach or Fraction(1), reach or Fraction(1)),))
    return CurvePart(wanted, line, each.part.split.amount / (reach or Fraction(1)), each.greatest)


def _test(game: CurveGame) -> CoreTest:
    if game.table is None:
        return lambda shares, rounded: objections_along_curve(game, shares, rounded)
    of, unit = game.table
    return lambda shares, rounded: objections_in_game(of, shares, unit, rounded)


def _weights(method: DivisionMethod, asked: Sequence[CurveDemand], game: CurveGame) -> Weights:
    """Shares in cents by a method: those of each part, added."""
    if method == "proportional":
        return Weights(game.alone)
    if method == "nucleolus":
        return Weights(_nucleolus(game))
    values = dict.fromkeys(game.players, ZERO)
    variance: dict[str, Fraction] = {}
    for each, part in zip(asked, game.parts, strict=True):
        found = _of_part(method, each, part, game.players)
        for name in game.players:
            values[name] += part.level * found.values.get(name, ZERO)
            if name in found.variance:
                variance[name] = variance.get(name, ZERO) + part.level**2 * found.variance[name]
    return Weights(values, variance)


def _of_part(method: DivisionMethod, each: CurveDemand, part: CurvePart, players: Sequence[str]) -> Weights:
    """Shares of one part: those it was charged by, where this is the method used."""
    split = each.part.split
    if method != each.part.version.method:
        return curve_weights(method, dict(zip(players, part.wanted, strict=True)), part.curve)
    used = Weights(split.keys[0].values)
    scale = used.total / split.amount
    return Weights(used.values, {name: (error * scale) ** 2 for name, error in (split.standard_errors or {}).items()})


def _nucleolus(game: CurveGame) -> dict[str, Fraction]:
    """The nucleolus where the greatest demand counts: in closed form along a rising curve, else of the whole table."""
    if game.proved and len(game.players) <= MOST_AIRPORT:
        return airport_nucleolus(game.alone)
    if game.table is None:
        raise Unsolved(f"The nucleolus of {len(game.players)} members is not computed for these curves")
    of, unit = game.table
    return {name: share / unit for name, share in nucleolus(of).items()}
