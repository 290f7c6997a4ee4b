"""Shares by a cost game or a cost curve: the weights by which the real pool is split. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from chargeback.charging.context import Context
from chargeback.charging.games.game import CoalitionCosts, Game, Unsolved, coalitions_without_cost, game_of
from chargeback.charging.games.nucleolus import nucleolus
from chargeback.charging.games.properties import nucleolus_is_individually_rational
from chargeback.charging.games.scrb import scrb
from chargeback.charging.games.shapley import shapley
from chargeback.charging.metering.timeline import Presence
from chargeback.charging.sharing.curve_shares import curve_of, curve_weights, demands_of, shares_curve, unfit_demands
from chargeback.charging.sharing.keys import SharingKeys
from chargeback.charging.sharing.weights import Weights
from chargeback.model.money import euros, rounded
from chargeback.model.period import Span, in_force
from chargeback.model.pools import KeyTable
from chargeback.model.problem import Notice, Place, Problem
from chargeback.model.rules import Rule
from chargeback.model.versions import AllocationMethod, Version

ONE = Fraction(1)
STANDALONE = Place("standalone/costs.csv")
SHOWN = 20


@dataclass(frozen=True, slots=True)
class _MethodWeights:
    """Weights by a method, or the problems that leave none.

    Attributes:
        weights: in euros of the game or curve.
        problems: why there are none.
        notices: what the user should know.
    """

    weights: Weights
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()


def method_table(
    rule: Rule, version: Version, span: Span, amount: int, presence: Presence, ctx: Context
) -> SharingKeys:
    """Weights of the members under ``version.method``, as a key: its values are euros of the game or the curve.

    They do not depend on the ``amount`` (cents) to share. Any problem leaves no key.
    """
    on_curve = shares_curve(version) and version.quantity is not None
    name = version.quantity.name if on_curve and version.quantity else version.game or ""
    shares = _curve_shares if on_curve else _game_shares
    found = shares(rule, version, span, presence, ctx)
    problems = found.problems
    if not problems and found.weights.total == 0:
        by = "quantity" if on_curve else "game"
        nobody = not on_curve and not found.weights.values
        why = _no_player(name, span) if nobody else _nothing(version, name or by)
        problems = (_zero(rule, version, amount, by, why, ctx),)
    if problems:
        return SharingKeys(problems=problems)
    table = KeyTable(ONE, version.method, name, dict(sorted(found.weights.values.items())))
    errors = found.weights.standard_errors(amount)
    notices = (*found.notices, *_estimated(rule, version, found.weights, errors, amount, ctx))
    return SharingKeys((table,), (), notices, errors)


def _nothing(version: Version, name: str) -> str:
    return f"its {version.method} shares of {name} add up to zero over the members who take part: give it a cost"


def _no_player(game: str, span: Span) -> str:
    return (
        f"game {game} has no cost in force on {span.start} for any member who takes part: "
        "date its costs in standalone/costs.csv"
    )


def _zero(rule: Rule, version: Version, amount: int, field: str, why: str, ctx: Context) -> Problem:
    content = f"{euros(amount)} {ctx.settings.currency} in {ctx.when}"
    message = f"pool {rule.pool} holds {content}, but {why}, or share by another method"
    return Problem(rule.where_in(version, field), message, "key-total-zero")


def _estimated(
    rule: Rule, version: Version, weights: Weights, errors: dict[str, Fraction] | None, amount: int, ctx: Context
) -> Iterator[Notice]:
    """Notice that shares are estimated, with the size of the sample and the greatest standard error."""
    if errors:
        most = min(errors, key=lambda name: (-errors[name], name))
        currency = ctx.settings.currency
        message = (
            f"the shapley shares of {rule.id} in {ctx.when} are estimated from {weights.orders} orders of arrival of "
            f"{len(errors)} members: the standard error is at most {rounded(errors[most] / 100, 2)} {currency} "
            f"({most}), "
            f"of {euros(amount)} {currency} that they add up to exactly"
        )
        yield Notice(rule.where_in(version, "method"), message, "estimated-shares", len(errors))


def _curve_shares(rule: Rule, version: Version, span: Span, presence: Presence, ctx: Context) -> _MethodWeights:
    """Shares in euros of the cost of the members' demands along the version's curve."""
    demands = demands_of(rule, version, span, presence, ctx)
    problems = tuple(unfit_demands(rule, version, demands, ctx))
    if problems:
        return _MethodWeights(Weights({}), problems)
    return _MethodWeights(curve_weights(version.method, demands, curve_of(version)))


def _game_shares(rule: Rule, version: Version, span: Span, presence: Presence, ctx: Context) -> _MethodWeights:
    """Shares in euros of the members that the game's costs name on the first day of the part."""
    name = version.game or ""
    costs = costs_in_force(name, span, ctx)
    players = sorted({member for coalition in costs for member in coalition} & presence.keys())
    problems = tuple(_without_cost(name, players, costs, span))
    if problems:
        return _MethodWeights(Weights({}), problems)
    game = game_of(players, costs)
    try:
        weights = _solved(version.method, game)
    except Unsolved as error:
        message = f"{version.method} gives no shares of game {name} in {ctx.when}: {error}; share by another method"
        return _MethodWeights(Weights({}), (Problem(rule.where_in(version, "method"), message, "no-shares"),))
    return _MethodWeights(weights, (), tuple(_over_all_splits(rule, version, game, ctx)))


def costs_in_force(game: str, span: Span, ctx: Context) -> CoalitionCosts:
    """Costs in cents of the coalitions of a game on the first day of ``span``."""
    rows = (row for row in ctx.facts.coalitions if row.game == game)
    return {row.coalition: row.cost for row in rows if in_force(row.valid_from, row.valid_to, span.start)}


def _without_cost(name: str, players: list[str], costs: CoalitionCosts, span: Span) -> Iterator[Problem]:
    """Problems of coalitions without cost: one for each of the first, and a count when there are more."""
    first, count = coalitions_without_cost(players, costs, SHOWN)
    for coalition in first:
        message = (
            f"game {name} has no cost on {span.start} for the coalition {'+'.join(coalition)}: "
            "every coalition of its players needs one"
        )
        yield Problem(STANDALONE, message, "coalition-without-cost")
    if count > len(first):
        message = (
            f"game {name} has {len(players)} players on {span.start} and no cost for {count} of their coalitions: "
            "give every one a cost, or exclude members from the rule"
        )
        yield Problem(STANDALONE, message, "coalition-without-cost")


def _solved(method: AllocationMethod, game: Game) -> Weights:
    """Shares in euros. Raises Unsolved where the method gives none."""
    if method == "shapley":
        found = shapley(game)
        return Weights(_in_euros(found.shares), {n: v / 10_000 for n, v in found.variance.items()}, found.orders)
    return Weights(_in_euros(nucleolus(game) if method == "nucleolus" else scrb(game)))


def _in_euros(cents: Mapping[str, Fraction]) -> dict[str, Fraction]:
    return {member: share / 100 for member, share in cents.items()}


def _over_all_splits(rule: Rule, version: Version, game: Game, ctx: Context) -> Iterator[Notice]:
    """Notice that the nucleolus is over all splits, as none lets each member pay at most its cost alone."""
    if version.method == "nucleolus" and not nucleolus_is_individually_rational(game):
        currency = ctx.settings.currency
        message = (
            f"game {version.game} costs {euros(game.total)} {currency} together in {ctx.when}, more than its members "
            f"alone, {euros(sum(game.alone))} {currency}: no split lets each pay at most its cost alone, so the "
            "nucleolus "
            "is taken over all splits"
        )
        yield Notice(rule.where_in(version, "method"), message, "nucleolus-over-all-splits")
