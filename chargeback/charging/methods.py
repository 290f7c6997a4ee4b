"""Shares by a cooperative game or a cost curve: the weights by which the real pool is split. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from chargeback.charging.context import Context
from chargeback.charging.games.curves import PiecewiseLinear, identity, increments, reach, serial
from chargeback.charging.games.game import Costs, Game, Unsolved, game_of, missing
from chargeback.charging.games.nucleolus import nucleolus
from chargeback.charging.games.scrb import scrb
from chargeback.charging.games.shapley import shapley
from chargeback.charging.keys import Table, quantity_values
from chargeback.charging.timeline import Presence
from chargeback.money import euros, rounded
from chargeback.period import Span, in_force
from chargeback.problem import Place, Problem
from chargeback.result import KeyTable
from chargeback.rules import Quantity, Rule, Version

ZERO, ONE = Fraction(0), Fraction(1)
CURVES = ("serial", "increments")
STANDALONE = Place("standalone/costs.csv")
SHOWN = 20
Found = tuple[Table, list[Problem]]


def method_table(
    rule: Rule, version: Version, span: Span, amount: int, presence: Presence, ctx: Context
) -> tuple[list[KeyTable], list[Problem]]:
    """The weights of the members under ``version.method``, as a key of its own: its values are the euros of the game or
    of the curve that each bears, whatever ``amount`` (cents) the pool holds. Any problem leaves no table.
    """
    if version.method in CURVES and version.quantity is not None:
        name, by = version.quantity.name, "quantity"
        values, problems = _curve_shares(rule, version, span, version.quantity, presence, ctx)
    else:
        name, by = version.game or "", "game"
        values, problems = _game_shares(rule, version, span, name, presence, ctx)
    if not problems and sum(values.values(), ZERO) == 0:
        message = (
            f"pool {rule.pool} holds {euros(amount)} {ctx.settings.currency} in {ctx.period}, but its {version.method} shares "
            f"of {name or by} add up to zero over the members who take part: give it a cost, or share by another method"
        )
        problems = [Problem(_at(rule, version, by), message, "key-total-zero")]
    if problems:
        return [], problems
    return [KeyTable(ONE, version.method, name, dict(sorted(values.items())))], []


def _at(rule: Rule, version: Version, field: str) -> Place:
    return rule.where(f"version.{rule.versions.index(version)}.{field}")


# Games


def _game_shares(rule: Rule, version: Version, span: Span, name: str, presence: Presence, ctx: Context) -> Found:
    """The shares in euros of the members that the game's costs name, as they stand on the first day of the part."""
    costs = costs_in_force(name, span, ctx)
    players = sorted({member for coalition in costs for member in coalition} & presence.keys())
    problems = list(_without_cost(name, players, costs, span))
    if problems:
        return {}, problems
    try:
        shares = _solved(version.method, game_of(players, costs))
    except Unsolved as error:
        message = f"{version.method} gives no shares of game {name} in {ctx.period}: {error}; share by another method"
        return {}, [Problem(_at(rule, version, "method"), message, "no-shares")]
    return {member: share / 100 for member, share in shares.items()}, []


def costs_in_force(game: str, span: Span, ctx: Context) -> Costs:
    """The costs (cents) of the coalitions of a game on the first day of ``span``."""
    rows = (row for row in ctx.facts.coalitions if row.game == game)
    return {row.coalition: row.cost for row in rows if in_force(row.valid_from, row.valid_to, span.start)}


def _without_cost(name: str, players: list[str], costs: Costs, span: Span) -> Iterator[Problem]:
    """A problem for each of the first coalitions that have no cost, and one that counts them when they are more."""
    first, count = missing(players, costs, SHOWN)
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


def _solved(method: str, game: Game) -> Mapping[str, Fraction]:
    """Shares in cents; Unsolved where the method has none."""
    if method == "shapley":
        return shapley(game).shares
    return nucleolus(game) if method == "nucleolus" else scrb(game)


# Cost curves


def _curve_shares(
    rule: Rule, version: Version, span: Span, quantity: Quantity, presence: Presence, ctx: Context
) -> Found:
    """The shares in euros of the cost of the members' demands along the version's curve."""
    demands = _demands(rule, version, span, quantity, presence, ctx)
    problems = list(_unfit(rule, version, quantity, demands, ctx))
    if problems:
        return {}, problems
    curve = _curve(version) or identity
    return (serial if version.method == "serial" else increments)(demands, curve), []


def _curve(version: Version) -> PiecewiseLinear | None:
    points = tuple((Fraction(point.at), Fraction(point.cost)) for point in version.curve)
    return PiecewiseLinear(points) if points else None


def _demands(rule: Rule, version: Version, span: Span, quantity: Quantity, presence: Presence, ctx: Context) -> Table:
    """What each member asks of the curve; with ``prorate = "day"`` a level is its mean over the days of the part."""
    values = quantity_values(rule, version, span, quantity, "q", presence, ctx)
    if version.prorate == "none" or quantity.kind in ("meter", "charges"):
        return values
    return {member: value / span.days for member, value in values.items()}


def _unfit(rule: Rule, version: Version, quantity: Quantity, demands: Table, ctx: Context) -> Iterator[Problem]:
    """Demands that the method or the curve knows no cost for."""
    if not quantity.whole:
        yield Problem(_at(rule, version, "quantity"), 'a demand is of a member as a whole: per = "member"', "bad-field")
        return
    negative = sorted(member for member, demand in demands.items() if demand < 0)
    if negative:
        message = (
            f"the demand of {', '.join(negative[:5])} is below zero in {ctx.period}: "
            f"{version.method} shares the cost of demands from zero upwards"
        )
        yield Problem(_at(rule, version, "quantity"), message, "negative-demand")
        return
    curve, wanted = _curve(version), reach(version.method, demands.values())
    if curve is not None and curve.end < wanted:
        which = "the greatest demand" if version.method == "increments" else "the sum of the demands"
        message = (
            f"the curve of {rule.id} ends at {_shown(curve.end)}, below {which} in {ctx.period}, {_shown(wanted)}: "
            "add a point that reaches it"
        )
        yield Problem(_at(rule, version, "curve"), message, "curve-too-short")


def _shown(value: Fraction) -> str:
    """A value with at most 6 decimals, without trailing zeros."""
    text = format(rounded(value, 6), "f")
    return text.rstrip("0").rstrip(".")
