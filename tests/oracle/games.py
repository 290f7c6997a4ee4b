"""Fair division: the shares that a game or a cost curve gives, as exact weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, pairwise, permutations
from typing import Any

from oracle.facts import number
from oracle.solve import Row, maximum

Costs = Mapping[frozenset[str], Fraction]
Weights = dict[str, Fraction]
NOBODY: frozenset[str] = frozenset()


def coalitions(players: Sequence[str]) -> Iterator[frozenset[str]]:
    """Every coalition but that of nobody."""
    for size in range(1, len(players) + 1):
        for some in combinations(players, size):
            yield frozenset(some)


def shapley(players: Sequence[str], costs: Costs) -> Weights:
    """The mean, over all orders of arrival, of what each adds on arriving (Shapley 1953)."""
    found = dict.fromkeys(players, Fraction(0))
    orders = list(permutations(players))
    for order in orders:
        for index, player in enumerate(order):
            before, after = frozenset(order[:index]), frozenset(order[: index + 1])
            found[player] += costs[after] - (costs[before] if before else Fraction(0))
    return {player: total / len(orders) for player, total in found.items()}


def scrb(players: Sequence[str], costs: Costs) -> Weights:
    """Separable costs, and the rest by what of its cost alone each has left, never below zero."""
    everyone = frozenset(players)
    rest = {player: everyone - {player} for player in players}
    separable = {p: costs[everyone] - (costs[rest[p]] if rest[p] else Fraction(0)) for p in players}
    benefit = {p: max(Fraction(0), costs[frozenset({p})] - separable[p]) for p in players}
    left = costs[everyone] - sum(separable.values(), Fraction(0))
    if not left:
        return separable
    total = sum(benefit.values(), Fraction(0))
    return {p: separable[p] + left * benefit[p] / total for p in players}


def nucleolus(players: Sequence[str], costs: Costs) -> Weights:
    """The split whose least content coalition is as content as can be, then the next (Schmeidler 1969).

    Among the splits where nobody pays more than alone; among all where there is none.
    """
    alone: list[Row] = [[*indicator(players, {p}, 0), costs[frozenset({p})]] for p in players]
    whole: Row = [*indicator(players, set(players), 0), costs[frozenset(players)]]
    if maximum([Fraction(0)] * (len(players) + 1), alone, [whole]) is None:
        alone = []
    settled: list[Row] = [whole]
    open_ = [s for s in coalitions(players) if len(s) < len(players)]
    point: Row = []
    while open_ or not point:
        content = [[*indicator(players, s, 1), costs[s]] for s in open_]
        goal = [Fraction(0)] * len(players) + [Fraction(bool(open_))]
        best, point = found(maximum(goal, [*alone, *content], settled if open_ else [*settled, unit(players)]))
        level = [Fraction(0)] * len(players) + [Fraction(1), best]
        tight = [s for s in open_ if most_content(players, costs, s, best, [*alone, *content], [*settled, level])]
        settled += [[*indicator(players, s, 0), costs[s] - best] for s in tight]
        open_ = [s for s in open_ if s not in tight]
    return dict(zip(players, point[:-1], strict=True))


def found(answer: tuple[Fraction, Row] | None) -> tuple[Fraction, Row]:
    """An answer that must exist."""
    assert answer is not None
    return answer


def unit(players: Sequence[str]) -> Row:
    """The last unknown set to zero."""
    return [Fraction(0)] * len(players) + [Fraction(1), Fraction(0)]


def indicator(players: Sequence[str], some: set[str] | frozenset[str], last: int) -> Row:
    """What a coalition pays, as coefficients of the players' shares and of one more unknown."""
    return [Fraction(player in some) for player in players] + [Fraction(last)]


def most_content(
    players: Sequence[str], costs: Costs, some: frozenset[str], best: Fraction, at_most: list[Row], equal: list[Row]
) -> bool:
    """Whether no best split leaves this coalition more content than the least."""
    goal = [-value for value in indicator(players, some, 0)]
    value, _ = found(maximum(goal, at_most, equal))
    return costs[some] + value == best


def curve_cost(curve: Sequence[Mapping[str, Any]] | None, quantity: Fraction) -> Fraction:
    """The cost of a quantity: linear between the points, from (0, 0); the quantity itself without a curve."""
    if curve is None:
        return quantity
    points = [(Fraction(0), Fraction(0)), *((number(p["at"]), number(p["cost"])) for p in curve)]
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 <= quantity <= x1:
            return y0 + (y1 - y0) * (quantity - x0) / (x1 - x0)
    raise AssertionError("the curve ends below the demand")


def serial(demands: Mapping[str, Fraction], curve: Sequence[Mapping[str, Any]] | None) -> Weights:
    """Serial cost sharing (Moulin and Shenker 1992): each step as if the greater demands were equal to it."""
    order = sorted(demands, key=lambda member: (demands[member], member))
    shares: Weights = {}
    paid = before = Fraction(0)
    for index, member in enumerate(order):
        smaller = sum((demands[m] for m in order[:index]), Fraction(0))
        step = curve_cost(curve, smaller + (len(order) - index) * demands[member])
        paid += (step - before) / (len(order) - index)
        before = step
        shares[member] = paid
    return shares


def increments(demands: Mapping[str, Fraction], curve: Sequence[Mapping[str, Any]] | None) -> Weights:
    """The airport rule (Littlechild and Owen 1973): each step is paid equally by those who reach it."""
    shares = dict.fromkeys(demands, Fraction(0))
    for low, high in pairwise([Fraction(0), *sorted(set(demands.values()))]):
        reach = [member for member, demand in demands.items() if demand >= high]
        for member in reach:
            shares[member] += (curve_cost(curve, high) - curve_cost(curve, low)) / len(reach)
    return shares


def shapley_on_curve(demands: Mapping[str, Fraction], curve: Sequence[Mapping[str, Any]] | None) -> Weights:
    """The Shapley value of the game where a coalition costs what the curve says of its demands, added (Shubik 1962)."""
    wanting = [member for member, demand in demands.items() if demand]
    wants = {some: sum((demands[member] for member in some), Fraction(0)) for some in coalitions(wanting)}
    costs = {some: curve_cost(curve, wanted) for some, wanted in wants.items()}
    return dict.fromkeys(demands, Fraction(0)) | (shapley(wanting, costs) if wanting else {})
