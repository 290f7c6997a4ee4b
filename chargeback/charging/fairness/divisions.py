"""Divisions of the same amount by several methods, in whole cents, each with the coalitions that object to it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from chargeback.charging.fairness.stand_alone import StandAlone, unpriced
from chargeback.charging.games.core import Objections
from chargeback.charging.games.game import Unsolved
from chargeback.charging.games.nucleolus import nucleolus
from chargeback.charging.games.scrb import by_separable_costs
from chargeback.charging.games.shapley import shapley
from chargeback.charging.sharing.weights import Weights
from chargeback.model.fairness import CHARGED, Division, DivisionMethod
from chargeback.model.money import split
from chargeback.model.problem import counted

GAME_METHODS: tuple[DivisionMethod, ...] = ("shapley", "nucleolus", "scrb", "proportional")
CoreTest = Callable[[Mapping[str, int], int], Objections]  # of shares in cents, each rounded so many times


def as_charged(shares: Mapping[str, int], rounded: int, test: CoreTest, errors: dict[str, Fraction] | None) -> Division:
    """Division as charged: each share is the sum of ``rounded`` shares in whole cents."""
    blocking, blocked = test(shares, rounded)
    return Division(CHARGED, dict(shares), blocking, blocked, errors)


def divided(method: DivisionMethod, amount: int, weights: Callable[[], Weights], test: CoreTest) -> Division:
    """Division of an amount of cents by a method, by largest remainder; without shares, and the reason, where it has
    none."""
    try:
        found = weights()
        shares = split(amount, found.values)
    except Unsolved as error:
        return Division(method, {}, unsolved=f"{error}.")
    except ZeroDivisionError:
        return Division(method, {}, unsolved=f"The {method} shares add up to zero.")
    blocking, blocked = test(shares, 1)
    return Division(method, shares, blocking, blocked, found.standard_errors(amount))


def game_weights(method: DivisionMethod, of: StandAlone) -> Weights:
    """Shares of a game by one of GAME_METHODS. Raises Unsolved where the method or the table gives none."""
    if method == "proportional":
        return Weights(of.alone)
    if method == "scrb":
        return Weights(_scrb(of))
    if of.game is None:
        missing = counted(unpriced(of), "coalition")
        raise Unsolved(f"{method.capitalize()} needs the cost of every coalition, and {missing} have none")
    if method == "nucleolus":
        return Weights(nucleolus(of.game))
    found = shapley(of.game)
    return Weights(found.shares, found.variance, found.orders)


def _scrb(of: StandAlone) -> dict[str, Fraction]:
    """Separable costs, remaining benefits, where the table has the costs they need."""
    everyone = of.players
    others = [tuple(other for other in everyone if other != name) for name in everyone]
    if any(coalition and coalition not in of.costs for coalition in (everyone, *others)):
        raise Unsolved("Separable costs need the cost of all together, and of all but each one")
    alone = [of.costs[name,] for name in everyone]
    return by_separable_costs(everyone, of.costs[everyone], alone, [of.costs.get(c, 0) for c in others])
