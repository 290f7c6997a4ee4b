"""Fairness reports of a month: cost games and cost curves beside what was charged for them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial

from chargeback.charging.context import Context
from chargeback.charging.fairness.curve_report import curve_report
from chargeback.charging.fairness.divisions import GAME_METHODS, CoreTest, as_charged, divided, game_weights
from chargeback.charging.fairness.shared_parts import (
    SharedPart,
    charged_by,
    errors_of,
    method_used,
    shared_parts,
    taken_off,
    with_tariffs,
)
from chargeback.charging.fairness.stand_alone import MOST_SUBADDITIVE, StandAlone, stand_alone
from chargeback.charging.games.core import objections_in_game, objections_in_table
from chargeback.charging.games.properties import dearer_together
from chargeback.charging.metering.timeline import merged_spans
from chargeback.charging.sharing.curve_shares import shares_curve
from chargeback.model.facts import CoalitionCost
from chargeback.model.fairness import Coalition, Fairness
from chargeback.model.money import rounded
from chargeback.model.pools import PoolSplit
from chargeback.model.problem import Notice, Place
from chargeback.model.rules import Rule


def fairness_reports(
    rules: Mapping[str, Rule], splits: Iterable[PoolSplit], ctx: Context
) -> tuple[tuple[Fairness, ...], tuple[Notice, ...]]:
    """Reports on each game that a pool was shared by, or compared with, and on each rule with a cost curve; and
    notices.

    The amount charged for a game is the shares of the rules whose version names it, over all its days and pools, and
    the charges that are deducted from these pools first (``less``): a service costs its members both. A curve is of its
    own rule; one of the greatest demand is another game than one of the sum of demands.
    """
    by_game: dict[str, list[SharedPart]] = defaultdict(list)
    by_curve: dict[tuple[str, bool], list[SharedPart]] = defaultdict(list)
    for part in shared_parts(rules, splits, ctx):
        if part.version.game is not None:
            by_game[part.version.game].append(part)
        elif shares_curve(part.version):
            by_curve[part.rule.id, part.version.method == "increments"].append(part)
    reports, notices = _of_games(by_game, ctx)
    curves = (curve_report(rule, parts, ctx) for (rule, _), parts in sorted(by_curve.items()))
    return (*reports, *(report for report in curves if report is not None)), tuple(notices)


def _of_games(by_game: Mapping[str, Sequence[SharedPart]], ctx: Context) -> tuple[list[Fairness], list[Notice]]:
    reports: list[Fairness] = []
    notices: list[Notice] = []
    for name, parts in sorted(by_game.items()):
        rows = [row for row in ctx.facts.coalitions if row.game == name]
        present = {member for part in parts for member in part.presence}
        costs = stand_alone(rows, merged_spans(part.span for part in parts), present, ctx.month.days)
        notices += _never_alone(name, costs, rows, ctx)
        if costs.players:
            report = _of_game(name, parts, costs, ctx)
            reports.append(report)
            notices += _dearer(report, costs, rows, ctx)
    return reports, notices


def _of_game(name: str, parts: Sequence[SharedPart], costs: StandAlone, ctx: Context) -> Fairness:
    tariffs = taken_off(parts)
    charged, outside = with_tariffs(*charged_by(parts, costs.players), ctx.charged_by(tariffs))
    amount, test = sum(charged.values()), _test(costs)
    divisions = [as_charged(charged, len(parts), test, errors_of(parts, costs.players))]
    divisions += [divided(method, amount, partial(game_weights, method, costs), test) for method in GAME_METHODS]
    return Fairness(
        game=name,
        curve=False,
        rules=tuple(sorted({*tariffs, *(part.rule.id for part in parts)})),
        versions=tuple(sorted({part.version.valid_from for part in parts})),
        pools=tuple(sorted({part.split.pool for part in parts})),
        method=method_used(parts),
        amount=amount,
        outside=outside,
        players=costs.players,
        alone=costs.alone,
        together=costs.together,
        divisions=tuple(divisions),
        coalitions="all" if costs.game else "table",
        coalitions_tested=len(costs.costs),
        not_subadditive=dearer_together(costs.game) if costs.game and costs.game.size <= MOST_SUBADDITIVE else None,
    )


def _test(costs: StandAlone) -> CoreTest:
    """Core test of a game: of all coalitions, or of those of the table."""
    if costs.game is not None:
        game, unit = costs.game, costs.unit
        return lambda shares, rounded: objections_in_game(game, shares, unit, rounded)
    priced = [(names, Fraction(cost, costs.unit)) for names, cost in costs.costs.items()]
    return lambda shares, rounded: objections_in_table(priced, shares, len(costs.players), rounded)


def _never_alone(name: str, costs: StandAlone, rows: Sequence[CoalitionCost], ctx: Context) -> Iterator[Notice]:
    """Notice of members that the table names with others only, so that their stand-alone cost is unknown."""
    if costs.lacking:
        where = min((r.where for r in rows if set(r.coalition) & set(costs.lacking)), key=lambda place: place.order)
        names = ", ".join(costs.lacking[:5]) + (", …" if len(costs.lacking) > 5 else "")
        message = (
            f"game {name} has no cost in {ctx.period} for {names} alone: the fairness report leaves out "
            f"{'its coalitions' if len(costs.lacking) == 1 else 'their coalitions'}; add what "
            f"{'it' if len(costs.lacking) == 1 else 'each'} would cost by itself"
        )
        yield Notice(where, message, "never-alone", len(costs.lacking))


def _dearer(report: Fairness, costs: StandAlone, rows: Sequence[CoalitionCost], ctx: Context) -> Iterator[Notice]:
    """Notice of two coalitions that cost more together than apart: a wrong table, or a union that does not pay."""
    if report.not_subadditive is None:
        return
    first, second = report.not_subadditive
    both = tuple(sorted((*first, *second)))
    where = next((r.where for r in rows if r.coalition == both), Place("standalone/costs.csv"))
    currency = ctx.settings.currency
    together, apart = _shown(both, costs), _shown(first, costs, second)
    message = (
        f"game {report.game}: {'+'.join(first)} and {'+'.join(second)} cost {together} {currency} together in "
        f"{ctx.period}, apart {apart} {currency}: the game is not subadditive, check these costs"
    )
    yield Notice(where, message, "not-subadditive")


def _shown(coalition: Coalition, costs: StandAlone, other: Coalition = ()) -> str:
    cents = Fraction(costs.costs[coalition] + costs.costs.get(other, 0), costs.unit)
    return str(rounded(cents / 100, 2))
