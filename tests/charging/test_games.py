"""Fair division on published games, on its definitions, and on the properties that name each method."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, combinations, pairwise, permutations
from random import Random
from statistics import variance

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from chargeback.charging.games.core import objections_in_game, objections_in_table, slack
from chargeback.charging.games.curve_core import coalitions_tested, objections_along_curve
from chargeback.charging.games.curve_game import CurveGame, CurvePart
from chargeback.charging.games.curve_shapley import added_around, along_curve, by_circles, by_types
from chargeback.charging.games.curves import PiecewiseLinear, demand_reached, identity, increments, serial
from chargeback.charging.games.game import (
    Game,
    Unsolved,
    coalitions,
    coalitions_without_cost,
    game_of,
    is_additive,
    is_airport,
    subset_maxima,
    subset_sums,
)
from chargeback.charging.games.integer_curve import whole_curve
from chargeback.charging.games.nucleolus import airport_nucleolus, by_programmes, nucleolus
from chargeback.charging.games.properties import dearer_together, nucleolus_is_individually_rational
from chargeback.charging.games.sampling import random_order, standard_error
from chargeback.charging.games.scrb import scrb
from chargeback.charging.games.shapley import Shapley, by_permutations, by_subsets, costs_along, shapley
from chargeback.charging.games.simplex import BasisColumn, inverse, minimise
from chargeback.model.fairness import Blocking
from chargeback.model.money import split as in_cents
from oracle import games as oracle
from oracle.solve import maximum

Shares = dict[str, Fraction]
NAMES = "abcdefg"
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
SLOWLY = settings(deadline=None, max_examples=30)


def game(**costs: int) -> Game:
    """A game of players with names of one letter: ``game(a=1, b=2, ab=3)``."""
    return game_of(sorted({name for names in costs for name in names}), {tuple(k): v for k, v in costs.items()})


def shares(**values: object) -> Shares:
    """Shares by player, as rationals."""
    return {name: Fraction(str(value)) for name, value in values.items()}


TENNESSEE = game(n=163520, f=140826, p=250096, fn=301607, np=378821, fp=367370, fnp=412584)
SAVINGS = game(a=-2, b=-6, c=-5, ab=-15, ac=-1, bc=-18, abc=-14)
PELEG = game(a=10, b=10, c=10, ab=10, ac=20, bc=20, abc=28)
DEAR = game(a=10, b=4, ab=20)


@st.composite
def games(draw: st.DrawFn, least: int = 1, most: int = 5, low: int = -20, high: int = 100) -> Game:
    """Any game: the cost of each coalition is drawn by itself."""
    size = draw(st.integers(least, most))
    count = (1 << size) - 1
    costs = draw(st.lists(st.integers(low, high), min_size=count, max_size=count))
    return Game(tuple(NAMES[:size]), (0, *costs))


@st.composite
def games_with_a_core(draw: st.DrawFn) -> Game:
    """A game that a split is known for which no coalition would leave."""
    size = draw(st.integers(1, 5))
    paid = subset_sums(draw(st.lists(st.integers(0, 50), min_size=size, max_size=size)))
    spare = draw(st.lists(st.integers(0, 40), min_size=len(paid) - 2, max_size=len(paid) - 2))
    return Game(tuple(NAMES[:size]), tuple(p + s for p, s in zip(paid, [0, *spare, 0], strict=True)))


demand_lists = st.lists(st.fractions(0, 100, max_denominator=12), min_size=1, max_size=6)
curve_steps = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 90)), min_size=1, max_size=5)


def named(values: Sequence[Fraction]) -> Shares:
    """Demands of players a, b, c and so on."""
    return dict(zip(NAMES, values, strict=False))


def rising(steps: Sequence[tuple[int, int]]) -> PiecewiseLinear:
    """A curve that never falls, long enough for all demands drawn here."""
    points = accumulate(steps, lambda a, b: (a[0] + b[0], a[1] + b[1]))
    found = [(Fraction(x), Fraction(y)) for x, y in points]
    return PiecewiseLinear((*found, (found[-1][0] + 1000, found[-1][1] + 1000)))


def airport(alone: Sequence[int]) -> Game:
    """A coalition costs what the dearest of its players costs."""
    return Game(tuple(NAMES[: len(alone)]), tuple(subset_maxima(alone)))


def plus(first: Game, alone: Sequence[int]) -> Game:
    """A game in which each player also costs something of its own."""
    return Game(first.players, tuple(a + b for a, b in zip(first.costs, subset_sums(alone), strict=True)))


def excesses(of: Game, split: Mapping[str, Fraction]) -> list[Fraction]:
    """What each coalition pays above its cost, the least content first."""
    paid = {names: sum((split[name] for name in names), Fraction(0)) for names in coalitions(of.players)}
    costs = {of.names(mask): of.costs[mask] for mask in range(1, len(of.costs))}
    return sorted((paid[names] - costs[names] for names in paid), reverse=True)


def core_violations(of: Game, split: Mapping[str, Fraction]) -> list[Blocking]:
    """All the coalitions that object to a split, the worst first."""
    found, count = objections_in_game(of, split, shown=len(of.costs))
    assert len(found) == count
    return list(found)


# Games as values


def test_costs_are_found_by_mask() -> None:
    """The players are sorted; bit i of a mask is player i; the empty coalition costs nothing."""
    found = game_of(["b", "a"], {("a",): 3, ("b",): 5, ("a", "b"): 7})
    assert Game(("a", "b"), (0, 3, 5, 7)) == found
    assert (found.size, found.everyone, found.total, found.alone) == (2, 3, 7, (3, 5))
    assert [found.names(mask) for mask in range(4)] == [(), ("a",), ("b",), ("a", "b")]


def test_costs_of_strangers_are_left_out() -> None:
    """The game of some players reads only the coalitions of those players."""
    assert Game(("a",), (0, 3)) == game_of(["a"], {("a",): 3, ("b",): 5, ("a", "b"): 7})


def test_a_coalition_without_cost_is_no_game() -> None:
    """A game is never made from a table with a hole."""
    with pytest.raises(KeyError, match="b"):
        game_of(["a", "b"], {("a",): 3, ("a", "b"): 7})


def test_missing_coalitions_are_named_and_counted() -> None:
    """The first coalitions without a cost, small ones first, and how many there are in all."""
    costs = {("a",): 1, ("a", "b"): 2, ("x",): 3, ("a", "x"): 4}
    assert coalitions_without_cost(["c", "b", "a"], costs, 2) == ([("b",), ("c",)], 5)
    assert coalitions_without_cost(["a", "b", "c"], costs, 9) == (
        [("b",), ("c",), ("a", "c"), ("b", "c"), ("a", "b", "c")],
        5,
    )
    assert coalitions_without_cost(["a"], costs, 9) == ([], 0)


def test_missing_coalitions_of_many_members_are_counted_at_once() -> None:
    """Sixty members have more coalitions than can be walked through: only the first are looked at."""
    names = [f"m{n:02d}" for n in range(60)]
    assert coalitions_without_cost(names, {("m01",): 1}, 2) == ([("m00",), ("m02",)], 2**60 - 2)


def test_structure_is_seen() -> None:
    """Additive games cost the sum, airport games the greatest of what the players cost alone."""
    assert (is_additive(game(a=1, b=2, ab=3)), is_additive(game(a=1, b=2, ab=2))) == (True, False)
    assert (is_airport(game(a=1, b=2, ab=3)), is_airport(game(a=1, b=2, ab=2))) == (False, True)
    assert not is_airport(game(a=-1, b=2, ab=2))
    assert is_airport(game(a=0, b=0, ab=0))
    assert subset_maxima([5, 7, -1]) == [0, 5, 7, 7, -1, 5, 7, 7]


# Shapley


def test_shapley_of_the_tennessee_valley() -> None:
    """Straffin and Heaney 1981: navigation 117,829, flood control 100,756.5, power 193,998.5."""
    assert shares(n=117829, f="100756.5", p="193998.5") == shapley(TENNESSEE).shares


def test_shapley_of_nobody_and_of_one() -> None:
    """Nobody pays nothing, one alone pays all."""
    assert shapley(Game((), (0,))).shares == {}
    assert shares(a=7) == shapley(game(a=7)).shares


@UNHURRIED
@given(games())
def test_shapley_is_the_mean_over_all_orders(of: Game) -> None:
    """The share of a player is the mean, over all orders of arrival, of what it adds on arriving."""
    orders = list(permutations(range(of.size)))
    added = dict.fromkeys(of.players, 0)
    for order in orders:
        costs = [0, *costs_along(of, order)]
        for player, (before, after) in zip(order, pairwise(costs), strict=True):
            added[of.players[player]] += after - before
    assert {name: Fraction(total, len(orders)) for name, total in added.items()} == by_subsets(of)


@UNHURRIED
@given(games(most=6))
def test_shapley_shares_add_up(of: Game) -> None:
    """The shares add up to the cost of all, exactly."""
    assert of.total == sum(by_subsets(of).values())


@UNHURRIED
@given(games(4, 4), games(4, 4))
def test_shapley_of_a_sum_is_the_sum(one: Game, other: Game) -> None:
    """Sharing two games apart or together comes to the same."""
    both = Game(one.players, tuple(a + b for a, b in zip(one.costs, other.costs, strict=True)))
    apart = {name: by_subsets(one)[name] + by_subsets(other)[name] for name in one.players}
    assert apart == by_subsets(both)


def with_twins(of: Game) -> Game:
    """The game in which the last two players are alike: a coalition with one of them costs the same with either."""
    first, last = 1 << of.size - 2, 1 << of.size - 1
    costs = list(of.costs)
    for mask in range(len(costs)):
        if mask & first and not mask & last:
            costs[mask ^ first ^ last] = costs[mask]
    return Game(of.players, tuple(costs))


def with_dummy(of: Game, alone: int) -> Game:
    """The game with one player more, who adds what it costs alone to whomever it joins."""
    return Game((*of.players, "z"), (*of.costs, *(cost + alone for cost in of.costs)))


@UNHURRIED
@given(games(least=2).map(with_twins))
def test_alike_players_pay_alike(of: Game) -> None:
    """Players who cost the same in every company have equal shares, by every method for games."""
    one, other = of.players[-2:]
    for found in (by_subsets(of), nucleolus(of)):
        assert found[one] == found[other]


@UNHURRIED
@given(games(), st.integers(-20, 100))
def test_a_dummy_pays_what_it_costs_alone(of: Game, alone: int) -> None:
    """A player who adds the same to every company pays just that."""
    more = with_dummy(of, alone)
    for found in (by_subsets(more), nucleolus(more)):
        assert alone == found["z"]


@UNHURRIED
@given(st.lists(st.integers(0, 1000), min_size=1, max_size=7))
def test_shapley_of_an_airport_is_the_airport_rule(alone: list[int]) -> None:
    """Littlechild and Owen 1973: each step of the runway is paid equally by those who need it."""
    demands = {name: Fraction(cost) for name, cost in zip(NAMES, alone, strict=False)}
    assert increments(demands) == by_subsets(airport(alone))


def test_small_games_are_solved_by_subsets() -> None:
    """Up to twenty players the share is exact, whatever the game, and says so."""
    found = shapley(TENNESSEE)
    assert (found.method, found.variance, found.standard_error("n")) == ("subsets", {}, 0)


def test_large_games_are_solved_by_their_structure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit, additive and airport games are still exact and say how."""
    monkeypatch.setattr("chargeback.charging.games.shapley.EXACT_PLAYERS", 2)
    additive = Game(("a", "b", "c"), tuple(subset_sums([1, 2, 4])))
    assert ("additive", shares(a=1, b=2, c=4)) == (shapley(additive).method, shapley(additive).shares)
    runway = airport([6, 12, 42])
    assert ("airport", shares(a=2, b=5, c=35)) == (shapley(runway).method, shapley(runway).shares)


def test_large_games_without_structure_are_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit any other game is sampled, always alike, near the exact shares and adding up to the cost."""
    monkeypatch.setattr("chargeback.charging.games.shapley.EXACT_PLAYERS", 2)
    found = shapley(TENNESSEE)
    assert found.method == "sampled"
    assert found == shapley(TENNESSEE)
    assert TENNESSEE.total == sum(found.shares.values())
    exact = by_subsets(TENNESSEE)
    assert [n for n in exact if abs(found.shares[n] - exact[n]) > 4 * Fraction(found.standard_error(n))] == []


def test_another_seed_gives_other_shares() -> None:
    """The sample follows the seed and nothing else."""
    found = {
        seed: by_permutations(TENNESSEE.players, lambda o: costs_along(TENNESSEE, o), 50, seed).shares
        for seed in (1, 2)
    }
    assert found[1] != found[2]


def test_the_standard_error_is_that_of_the_mean() -> None:
    """The variance is that of the mean of what each player added along the orders drawn, n - 1 below."""
    drawn: list[dict[str, int]] = []

    def along(order: Sequence[int]) -> Iterable[int]:
        costs = list(costs_along(TENNESSEE, order))
        drawn.append({TENNESSEE.players[i]: b - a for i, (a, b) in zip(order, pairwise([0, *costs]), strict=True)})
        return costs

    found = by_permutations(TENNESSEE.players, along, 40, 7)
    for name in TENNESSEE.players:
        added = [Fraction(one[name]) for one in drawn]
        assert sum(added) / 40 == found.shares[name]
        assert variance(added) / 40 == found.variance[name]
    assert len(drawn) == 40


def test_every_order_is_drawn() -> None:
    """Each player comes first, and last, about as often as any other."""
    firsts: list[tuple[int, ...]] = []

    def along(order: Sequence[int]) -> Iterable[int]:
        firsts.append(tuple(order))
        return accumulate(1 for _ in order)

    by_permutations("abc", along, 600, 3)
    counts = [firsts.count(order) for order in permutations(range(3))]
    assert sum(counts) == 600
    assert [count for count in counts if not 60 <= count <= 140] == []


def test_who_adds_nothing_pays_nothing_of_a_sample() -> None:
    """A player who adds nothing along any order has a share of zero, without error."""
    of = with_dummy(TENNESSEE, 0)
    found = by_permutations(of.players, lambda order: costs_along(of, order), 20, 1)
    assert (found.shares["z"], found.variance["z"]) == (Fraction(0), Fraction(0))


def test_a_standard_error_is_a_square_root() -> None:
    """A variance of 2.25 is an error of 1.5 cents; a player without a variance has none."""
    found = Shapley(shares(a=3, b=1), "sampled", shares(a="2.25"))
    assert (found.standard_error("a"), found.standard_error("b")) == (Fraction("1.5"), Fraction(0))


# Nucleolus


def test_nucleolus_of_the_tennessee_valley() -> None:
    """Straffin and Heaney 1981: navigation 116,234, flood control 93,540, power 202,810."""
    assert shares(n=116234, f=93540, p=202810) == nucleolus(TENNESSEE)


def test_nucleolus_and_prenucleolus_of_a_savings_game() -> None:
    """The savings (2, 7, 5) where nobody may lose, (-1, 13, 2) over all splits."""
    assert shares(a=-2, b=-7, c=-5) == nucleolus(SAVINGS)
    assert shares(a=1, b=-13, c=-2) == by_programmes(SAVINGS, bounded=False)


def test_nobody_pays_more_than_alone() -> None:
    """Peleg and Sudhölter 2007, example 5.5.12: gains of 1, 1, 0; over all splits 3, 3, -4."""
    assert shares(a=9, b=9, c=10) == nucleolus(PELEG)
    assert shares(a=7, b=7, c=14) == by_programmes(PELEG, bounded=False)


def test_where_alone_is_cheaper_for_all() -> None:
    """No split lets everyone pay at most what alone costs: the nucleolus is over all splits."""
    assert (nucleolus_is_individually_rational(PELEG), nucleolus_is_individually_rational(DEAR)) == (True, False)
    assert shares(a=13, b=7) == nucleolus(DEAR)


def test_nucleolus_of_nobody_and_of_one() -> None:
    """Nobody pays nothing, one alone pays all."""
    assert nucleolus(Game((), (0,))) == {}
    assert shares(a=7) == nucleolus(game(a=7))


def test_nucleolus_of_two_saves_equally() -> None:
    """Two players share what they save equally, to the half cent."""
    assert shares(a="70.5", b="20.5") == nucleolus(game(a=75, b=25, ab=91))


@pytest.mark.parametrize(
    ("estate", "wanted"),
    [(100, ("100/3", "100/3", "100/3")), (200, ("50", "75", "75")), (300, ("50", "100", "150"))],
)
def test_nucleolus_of_a_bankruptcy(estate: int, wanted: tuple[str, str, str]) -> None:
    """Aumann and Maschler 1985: claims of 100, 200, 300 in the Talmud, on estates of 100, 200 and 300."""
    claims = {"a": 100, "b": 200, "c": 300}
    left = {names: max(0, estate - sum(claims[n] for n in "abc" if n not in names)) for names in coalitions("abc")}
    found = nucleolus(game_of("abc", {names: -value for names, value in left.items()}))
    assert {name: -Fraction(share) for name, share in zip("abc", wanted, strict=True)} == found


@UNHURRIED
@given(games(most=6))
def test_nucleolus_shares_add_up(of: Game) -> None:
    """The shares add up to the cost of all, exactly."""
    assert of.total == sum(nucleolus(of).values())


@UNHURRIED
@given(games())
def test_nucleolus_lets_nobody_pay_more_than_alone(of: Game) -> None:
    """Wherever a split lets everyone pay at most what alone costs, the nucleolus does."""
    assume(nucleolus_is_individually_rational(of))
    found = nucleolus(of)
    assert [name for name, alone in zip(of.players, of.alone, strict=True) if found[name] > alone] == []


@UNHURRIED
@given(games(least=2), st.booleans(), st.data())
def test_no_other_split_is_more_content(of: Game, bounded: bool, data: st.DataObject) -> None:
    """By definition: any other split, of those allowed, makes its least content coalitions less content."""
    bounded = bounded and nucleolus_is_individually_rational(of)
    found = by_programmes(of, bounded=bounded)
    moves = data.draw(st.lists(st.integers(-3, 3), min_size=of.size - 1, max_size=of.size - 1))
    assume(any(moves))
    step = data.draw(st.sampled_from((1, 2, 10, 1000)))
    by_name = zip(of.players, [*moves, -sum(moves)], strict=True)
    other = {name: found[name] + Fraction(move, step) for name, move in by_name}
    assume(not bounded or all(other[n] <= alone for n, alone in zip(of.players, of.alone, strict=True)))
    assert excesses(of, found) < excesses(of, other)


@UNHURRIED
@given(games_with_a_core())
def test_nucleolus_is_in_the_core(of: Game) -> None:
    """When some split leaves no coalition paying more than alone, the nucleolus is such a split."""
    assert core_violations(of, nucleolus(of)) == []


@SLOWLY
@given(games(least=2, most=4, low=0, high=30))
def test_nucleolus_is_in_the_core_wherever_there_is_one(of: Game) -> None:
    """Whether any split lets no coalition pay more than alone is asked of a linear programme of its own."""
    nothing = [Fraction(0)] * of.size
    rows = [
        [Fraction(mask >> i & 1) for i in range(of.size)] + [Fraction(of.costs[mask])]
        for mask in range(1, 1 << of.size)
    ]
    core = maximum(nothing, rows[:-1], rows[-1:]) is not None
    assert core == (core_violations(of, nucleolus(of)) == [])


@UNHURRIED
@given(demand_lists, curve_steps, curve_steps)
def test_shapley_of_a_curve_is_additive(
    demands: list[Fraction], one: list[tuple[int, int]], other: list[tuple[int, int]]
) -> None:
    """Sharing two curves apart or together comes to the same."""
    first, second = rising(one), rising(other)
    ends = sorted({x for curve in (first, second) for x, _ in curve.points if x <= min(first.end, second.end)})
    both = PiecewiseLinear(tuple((x, first(x) + second(x)) for x in ends))
    apart = [along_curve(named(demands), curve).shares for curve in (first, second)]
    assert {name: apart[0][name] + apart[1][name] for name in apart[0]} == along_curve(named(demands), both).shares


@UNHURRIED
@given(games(), st.lists(st.integers(-50, 50), min_size=5, max_size=5), st.integers(1, 9))
def test_nucleolus_follows_own_costs_and_units(of: Game, own: list[int], unit: int) -> None:
    """A cost of one's own comes on top of the share, and another unit of money changes nothing."""
    found = nucleolus(of)
    alone = own[: of.size]
    moved = {name: found[name] + cost for name, cost in zip(of.players, alone, strict=True)}
    assert moved == nucleolus(plus(of, alone))
    scaled = Game(of.players, tuple(cost * unit for cost in of.costs))
    assert {name: share * unit for name, share in found.items()} == nucleolus(scaled)


@SLOWLY
@given(games(most=3))
def test_methods_agree_with_the_second_opinion(of: Game) -> None:
    """The slow oracle, written from the contract's text, finds the same shares."""
    costs = {frozenset(of.names(mask)): Fraction(of.costs[mask]) for mask in range(1, len(of.costs))}
    assert oracle.shapley(of.players, costs) == by_subsets(of)
    assert oracle.nucleolus(of.players, costs) == nucleolus(of)


@UNHURRIED
@given(st.lists(st.integers(0, 1000), min_size=1, max_size=7))
def test_nucleolus_of_an_airport(alone: list[int]) -> None:
    """Littlechild 1974: the closed form gives what the programmes give."""
    costs = dict(zip(NAMES, alone, strict=False))
    assert by_programmes(airport(alone), bounded=True) == airport_nucleolus(costs)


def test_large_airports_have_a_nucleolus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit an airport game is solved in closed form; any other game is refused with a sentence."""
    monkeypatch.setattr("chargeback.charging.games.nucleolus.MOST_PLAYERS", 2)
    assert shares(a=3, b=3, c=6) == nucleolus(airport([6, 9, 12]))
    with pytest.raises(Unsolved, match="nucleolus of 3 players is not computed, at most 2"):
        nucleolus(TENNESSEE)


def test_twelve_members_have_an_exact_nucleolus() -> None:
    """Twelve members that save by thirds when together: equal members, equal shares, to the fraction of a cent."""
    names = tuple("abcdefghijkl")
    found = nucleolus(Game(names, tuple(100 * mask.bit_count() - mask.bit_count() ** 2 for mask in range(1 << 12))))
    assert dict.fromkeys(names, Fraction(88)) == found


# Separable costs, remaining benefits


def test_scrb_of_the_tennessee_valley() -> None:
    """Separable costs 45,214, 33,763 and 110,977; the rest by what each then still saves."""
    found = scrb(TENNESSEE)
    assert in_cents(41258400, found) == {"n": 11747554, "f": 9915730, "p": 19595116}
    assert TENNESSEE.total == sum(found.values())
    assert 45214 + Fraction(222630 * 118306, 364488) == found["n"]


def test_scrb_of_two_travellers() -> None:
    """Horngren: alone 75 and 25, together 90, give 70 and 20."""
    assert shares(a=70, b=20) == scrb(game(a=75, b=25, ab=90))


def test_scrb_without_a_rest() -> None:
    """Where separable costs cover all, each pays its own."""
    assert shares(a=1, b=2, c=4) == scrb(Game(("a", "b", "c"), tuple(subset_sums([1, 2, 4]))))
    assert scrb(Game((), (0,))) == {}


def test_scrb_counts_no_benefit_below_zero() -> None:
    """Who adds more than it costs alone bears its separable cost, and no part of the rest, nor a credit of it."""
    of = game(a=10, b=10, c=1, ab=12, ac=11, bc=11, abc=18)
    assert [of.total - of.costs[of.everyone ^ 1 << i] for i in range(3)] == [7, 7, 6]
    assert shares(a=6, b=6, c=6) == scrb(of)


def test_scrb_of_losses_alone() -> None:
    """Where everyone is dearer together, the losses are shared as benefits would be."""
    assert shares(a=13, b=7) == scrb(DEAR)


def test_scrb_without_any_benefit() -> None:
    """A rest that nobody has a remaining benefit for is refused with a sentence."""
    with pytest.raises(Unsolved, match="no member has a remaining benefit"):
        scrb(game(a=1, b=1, c=1, ab=1, ac=1, bc=1, abc=2))


@UNHURRIED
@given(games())
def test_scrb_shares_add_up(of: Game) -> None:
    """The shares add up to the cost of all, exactly, wherever there are shares."""
    try:
        found = scrb(of)
    except Unsolved:
        assume(False)
    assert of.total == sum(found.values())


@UNHURRIED
@given(games_with_a_core())
def test_scrb_lets_nobody_pay_more_than_alone(of: Game) -> None:
    """Where no coalition need pay more than alone, each pays between its separable cost and its cost alone."""
    found = scrb(of)
    for i, name in enumerate(of.players):
        assert of.total - of.costs[of.everyone ^ 1 << i] <= found[name] <= of.alone[i]


# Cost curves

CONVEX = PiecewiseLinear(tuple((Fraction(x), Fraction(y)) for x, y in ((3, 9), (5, 25), (6, 36))))


def test_a_curve_is_linear_between_its_points() -> None:
    """From (0, 0), through each point, to the last."""
    found = [CONVEX(Fraction(q)) for q in (0, "1.5", 3, 4, 5, "5.5", 6)]
    assert [Fraction(c) for c in (0, "4.5", 9, 17, 25, "30.5", 36)] == found
    assert Fraction(6) == CONVEX.end


def test_serial_shares_of_a_convex_curve() -> None:
    """Demands 1, 2, 3 along C(3) = 9, C(5) = 25, C(6) = 36: a third of 9, then half of 16 more, then 11 more."""
    assert shares(s=3, m=11, l=22) == serial(shares(s=1, m=2, l=3), CONVEX)


def test_serial_shares_without_a_curve_are_the_demands() -> None:
    """C(q) = q gives each its demand."""
    assert shares(a=3, b=0, c="2.5") == serial(shares(a=3, b=0, c="2.5"))


def test_airport_shares() -> None:
    """Ibn Ezra's problem: an estate of 120 claimed 120, 60, 40 and 30."""
    found = increments(shares(judah=30, levi=40, simeon=60, reuben=120))
    assert (
        shares(judah="7.5")
        | {
            "levi": Fraction(65, 6),
            "simeon": Fraction(125, 6),
            "reuben": Fraction(485, 6),
        }
        == found
    )


def test_airport_shares_of_equal_and_of_no_demands() -> None:
    """Equal demands pay equally, no demand pays nothing, and nobody is no mistake."""
    assert shares(a=0, b=3, c=3) == increments(shares(a=0, b=6, c=6))
    assert shares(a=0) == increments(shares(a=0))
    assert (increments({}), serial({})) == ({}, {})


def test_how_far_a_method_reads_the_curve() -> None:
    """Serial sharing reads it to the sum of the demands, increments to the greatest."""
    demands = [Fraction(2), Fraction(5)]
    assert (demand_reached("serial", demands), demand_reached("increments", demands)) == (7, 5)
    assert (demand_reached("serial", []), demand_reached("increments", [])) == (0, 0)


@UNHURRIED
@given(demand_lists, curve_steps)
def test_shares_of_a_curve_add_up(demands: list[Fraction], steps: list[tuple[int, int]]) -> None:
    """Serial shares add up to the cost of all demands together, airport shares to that of the greatest."""
    curve = rising(steps)
    assert curve(sum(demands, Fraction(0))) == sum(serial(named(demands), curve).values())
    assert curve(max(demands)) == sum(increments(named(demands), curve).values())


@UNHURRIED
@given(demand_lists, curve_steps)
def test_more_demand_never_pays_less(demands: list[Fraction], steps: list[tuple[int, int]]) -> None:
    """Along a curve that never falls, shares are never below zero and follow the order of the demands."""
    curve = rising(steps)
    for method in (serial, increments):
        found = method(named(demands), curve)
        in_order = sorted(found, key=lambda name: (named(demands)[name], found[name]))
        assert sorted(found.values()) == [found[name] for name in in_order]
        assert min(found.values()) >= 0


@UNHURRIED
@given(demand_lists, curve_steps, st.fractions(0, 50, max_denominator=6))
def test_a_greater_demand_of_others_is_theirs_alone(
    demands: list[Fraction], steps: list[tuple[int, int]], more: Fraction
) -> None:
    """Moulin and Shenker 1992: what the greatest demand asks more changes nobody else's serial share."""
    curve = rising(steps)
    order = sorted(named(demands), key=lambda name: named(demands)[name])
    before = serial(named(demands), curve)
    after = serial(named(demands) | {order[-1]: named(demands)[order[-1]] + more}, curve)
    assert {name: before[name] for name in order[:-1]} == {name: after[name] for name in order[:-1]}


@UNHURRIED
@given(demand_lists, curve_steps)
def test_curves_agree_with_the_second_opinion(demands: list[Fraction], steps: list[tuple[int, int]]) -> None:
    """The slow oracle finds the same serial and airport shares."""
    curve = rising(steps)
    points = [{"at": str(x), "cost": str(y)} for x, y in curve.points]
    assert oracle.serial(named(demands), points) == serial(named(demands), curve)
    assert oracle.increments(named(demands), points) == increments(named(demands), curve)
    assert oracle.increments(named(demands), None) == increments(named(demands), identity)


# What a game or a split satisfies


def test_coalitions_that_pay_too_much() -> None:
    """Navigation and flood control pay for power: both together, and each, are found, the worst first."""
    found = core_violations(TENNESSEE, shares(n=200000, f=150000, p=62584))
    assert [
        Blocking(("f", "n"), Fraction(350000), Fraction(301607)),
        Blocking(("n",), Fraction(200000), Fraction(163520)),
        Blocking(("f",), Fraction(150000), Fraction(140826)),
    ] == found
    assert [one.excess for one in found] == [48393, 36480, 9174]


def test_a_split_in_the_core() -> None:
    """At their very cost no coalition pays too much; a member without a share pays nothing."""
    assert core_violations(TENNESSEE, shapley(TENNESSEE).shares) == []
    assert core_violations(game(a=1, b=0, ab=1), shares(a=1)) == []
    assert [Blocking(("a",), Fraction("0.5"), Fraction(0))] == core_violations(game(a=0, b=1, ab=1), shares(a="0.5"))


@UNHURRIED
@given(games(), st.lists(st.fractions(-20, 60, max_denominator=7), min_size=5, max_size=5))
def test_violations_are_those_of_all_coalitions(of: Game, paid: list[Fraction]) -> None:
    """Each coalition whose share is above its cost is found, no other."""
    split = dict(zip(of.players, paid, strict=False))
    over = [excess for excess in excesses(of, split) if excess > 0]
    assert over == [violation.excess for violation in core_violations(of, split)]


@UNHURRIED
@given(games(), st.lists(st.integers(-20, 60), min_size=5, max_size=5), st.integers(1, 4))
def test_the_worst_coalitions_are_shown_and_all_are_counted(of: Game, paid: list[int], shown: int) -> None:
    """The first of the sorted objections, how many there are, the same from a table of coalitions and in another
    unit."""
    split = dict(zip(of.players, paid, strict=False))
    every = core_violations(of, shares(**split))
    assert (tuple(every[:shown]), len(every)) == objections_in_game(of, split, shown=shown)
    table = [(of.names(mask), Fraction(of.costs[mask])) for mask in range(1, len(of.costs))]
    assert (tuple(every[:shown]), len(every)) == objections_in_table(table, split, shown=shown)
    finer = Game(of.players, tuple(cost * 31 for cost in of.costs))
    assert (tuple(every[:shown]), len(every)) == objections_in_game(finer, split, 31, shown=shown)


def test_what_rounding_alone_explains_is_no_objection() -> None:
    """An excess below a cent for each member of the smaller side, each time, is left out; all together are never
    off."""
    thirds = game(a=10, b=10, c=10, ab=19, ac=19, bc=19, abc=20)
    in_cents = {"a": 10, "b": 10, "c": 10}
    assert [slack(size, 3, 2) for size in range(4)] == [0, 2, 2, 0]
    assert objections_in_game(thirds, in_cents)[1] == 4
    assert objections_in_game(thirds, in_cents, rounded=1)[1] == 4
    found, count = objections_in_game(thirds, in_cents, rounded=2)
    assert ([one.coalition for one in found], count) == ([("a", "b", "c")], 1)
    table = [(thirds.names(mask), Fraction(thirds.costs[mask])) for mask in range(1, 8)]
    assert (found, count) == objections_in_table(table, in_cents, 3, rounded=2)


@UNHURRIED
@given(games(low=0, high=30))
def test_subadditive_means_no_pair_is_dearer_together(of: Game) -> None:
    """Two coalitions without a common player cost no more together than apart, and else such a pair is named."""
    costs = {of.names(mask): of.costs[mask] for mask in range(1, len(of.costs))}
    dearer = [
        {a, b}
        for a, b in combinations(costs, 2)
        if not set(a) & set(b) and costs[tuple(sorted(a + b))] > costs[a] + costs[b]
    ]
    found = dearer_together(of)
    assert (not dearer) == (found is None)
    assert found is None or set(found) in dearer


# The Shapley value of a curve

BENT = PiecewiseLinear(tuple((Fraction(x), Fraction(y)) for x, y in ((20, 100), (60, 180), (2000, 1150))))


def test_shapley_of_a_curve() -> None:
    """Demands 1, 2, 3 along C(3) = 9, C(5) = 25, C(6) = 36: by hand 39/6, 72/6 and 105/6 over the six orders."""
    found = along_curve(shares(s=1, m=2, l=3), CONVEX)
    assert (found.method, found.variance, found.orders) == ("subsets", {}, 0)
    assert shares(s="6.5", m=12, l="17.5") == found.shares


@UNHURRIED
@given(demand_lists, curve_steps)
def test_shapley_of_a_curve_is_that_of_its_game(demands: list[Fraction], steps: list[tuple[int, int]]) -> None:
    """The second opinion, over all orders of arrival, finds the same; who asks for nothing pays nothing."""
    curve = rising(steps)
    points = [{"at": str(x), "cost": str(y)} for x, y in curve.points]
    found = along_curve(named(demands), curve).shares
    assert oracle.shapley_on_curve(named(demands), points) == found
    assert curve(sum(demands, Fraction(0))) == sum(found.values())
    assert [found[name] for name, demand in named(demands).items() if not demand] == [0] * demands.count(Fraction(0))


@UNHURRIED
@given(demand_lists, st.fractions(0, 9, max_denominator=7))
def test_along_a_straight_line_each_pays_its_demand(demands: list[Fraction], price: Fraction) -> None:
    """Where a unit costs the same whoever asks for it, the value is proportional, and bends beyond the demand do not
    matter."""
    end = sum(demands, Fraction(1))
    curve = PiecewiseLinear(((end, price * end), (end + 1, price * end + 77)))
    found = along_curve(named(demands), curve)
    assert found.method == "additive"
    assert {name: price * demand for name, demand in named(demands).items()} == found.shares


@UNHURRIED
@given(st.lists(st.sampled_from([3, 10, 25]), min_size=1, max_size=7))
def test_alike_members_are_counted_by_type(wanted: list[int]) -> None:
    """Counting by type gives what counting every coalition gives."""
    line, _ = whole_curve(BENT, [Fraction(q) for q in wanted])
    exact = by_subsets(Game(tuple(NAMES[: len(wanted)]), tuple(map(line, subset_sums(wanted)))))
    found = by_types(Counter(wanted), line)
    assert [exact[NAMES[i]] for i in range(len(wanted))] == [found[q] for q in wanted]


def test_many_members_of_few_demands_are_exact() -> None:
    """Two hundred members of two demands: equal demands pay equally, to the fraction, and all add up."""
    demands = {f"m{n:03d}": Fraction(3 if n % 4 else 10) for n in range(200)}
    found = along_curve(demands, BENT)
    assert (found.method, found.variance) == ("types", {})
    assert len(set(found.shares.values())) == 2
    assert BENT(sum(demands.values())) == sum(found.shares.values())
    assert found.shares["m000"] > found.shares["m001"] > 0


def many(count: int) -> Shares:
    """So many members, each with a demand of its own but the last two, who ask for the same, and one who asks for
    nothing."""
    demands = {f"m{n:03d}": Fraction(1 + n * 7 % 64) + Fraction(n % 2, 2) for n in range(count)}
    return demands | {"y": Fraction(9), "z": Fraction(9), "zero": Fraction(0)}


def test_many_members_of_many_demands_are_sampled() -> None:
    """Above the limits the value is estimated, always alike: the total is exact, equal demands pay equally, none pays
    nothing."""
    demands = many(40)
    found = along_curve(demands, BENT)
    assert found == along_curve(demands, BENT)
    assert (found.method, found.orders) == ("sampled", 1191 * 42)
    assert BENT(sum(demands.values())) == sum(found.shares.values())
    assert found.shares["y"] == found.shares["z"]
    assert found.variance["y"] == found.variance["z"] > 0
    assert (found.shares["zero"], "zero" in found.variance) == (0, False)


def test_a_sample_is_near_the_exact_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of members that can be counted exactly, no estimate is further off than four standard errors."""
    demands = {name: demand for name, demand in many(10).items() if demand}
    exact = along_curve(demands, BENT)
    monkeypatch.setattr("chargeback.charging.games.curve_shapley.EXACT_PLAYERS", 2)
    monkeypatch.setattr("chargeback.charging.games.curve_shapley.MOST_STATES", 2)
    found = along_curve(demands, BENT)
    assert (exact.method, found.method) == ("subsets", "sampled")
    errors = {name: found.standard_error(name) for name in demands}
    assert [n for n in demands if abs(found.shares[n] - exact.shares[n]) > 4 * errors[n]] == []
    assert min(errors.values()) > 0


def test_an_estimate_follows_the_unit_of_money() -> None:
    """A seventh of the cost gives a seventh of each share, and a forty-ninth of each variance."""
    demands = many(20)
    seventh = PiecewiseLinear(tuple((x, y / 7) for x, y in BENT.points))
    whole_, part = along_curve(demands, BENT), along_curve(demands, seventh)
    assert {name: share / 7 for name, share in whole_.shares.items()} == part.shares
    assert {name: variance_ / 49 for name, variance_ in whole_.variance.items()} == part.variance


@UNHURRIED
@given(st.lists(st.integers(1, 30), min_size=1, max_size=9))
def test_a_circle_is_all_its_rotations(circle: list[int]) -> None:
    """What is added around a circle is what each adds in the orders begun at every member, added."""
    line, wanted = whole_curve(BENT, [Fraction(q) for q in circle])
    added = [0] * len(wanted)
    for start in range(len(wanted)):
        order = [*range(start, len(wanted)), *range(start)]
        costs = [line(q) for q in accumulate(wanted[i] for i in order)]
        for i, (before, after) in zip(order, pairwise([0, *costs]), strict=True):
            added[i] += after - before
    assert added == added_around(wanted, line.slopes[0], line.bends(sum(wanted)))


def test_the_error_of_a_sample_is_that_of_its_circles() -> None:
    """The variance is that of the mean of the circles drawn, members of one demand taken together."""
    line, wanted = whole_curve(BENT, [Fraction(q) for q in (5, 12, 12, 40)])
    shares_, spread = by_circles(wanted, line, 3, 7)
    chance = Random(7)
    drawn: dict[int, list[Fraction]] = {5: [], 12: [], 40: []}
    for _ in range(3):
        circle = [wanted[i] for i in random_order(4, chance)]
        around = list(zip(circle, added_around(circle, line.slopes[0], line.bends(69)), strict=True))
        for q, values in drawn.items():
            mine = [Fraction(added, 4) for other, added in around if other == q]
            values.append(sum(mine, Fraction(0)) / len(mine))
    assert {q: sum(values, Fraction(0)) / 3 for q, values in drawn.items()} == shares_
    assert {q: variance(values) / 3 for q, values in drawn.items()} == spread


def test_a_curve_in_whole_numbers_is_the_same_curve() -> None:
    """At its points, between them, at zero and at the end; the bends below a quantity are told."""
    curve = PiecewiseLinear(((Fraction(1, 2), Fraction(3)), (Fraction(2), Fraction(4)), (Fraction(3), Fraction(14, 3))))
    demands = [Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(7, 4), Fraction(2), Fraction(3)]
    line, wanted = whole_curve(curve, demands)
    assert [curve(demand) for demand in demands] == [Fraction(line(q), line.scale) for q in wanted]
    assert (line.per, wanted) == (12, [0, 4, 6, 21, 24, 36])
    assert [end for end, _ in line.bends(36)] == [6]
    assert (line.bends(6), [end for end, _ in line.bends(7)]) == ([], [6])


def test_random_orders_are_those_of_the_seed() -> None:
    """The same generator gives the same orders in every version of Python, and every order comes up."""
    assert random_order(6, Random(1953)) == [5, 0, 2, 1, 4, 3]
    chance = Random(5)
    orders = Counter(tuple(random_order(3, chance)) for _ in range(600))
    assert sorted(orders) == sorted(permutations(range(3)))
    assert [count for count in orders.values() if not 60 <= count <= 140] == []


def test_a_standard_error_is_rounded_upwards() -> None:
    """To the next millionth; a whole root stays what it is."""
    found = [standard_error(Fraction(v)) for v in (0, 4, 2, Fraction(9, 4))]
    assert [Fraction(v) for v in (0, 2, "1.414214", "1.5")] == found
    assert standard_error(Fraction(1, 10**14)) == Fraction(1, 10**6)


# The core along a curve

CONCAVE = PiecewiseLinear(tuple((Fraction(x), Fraction(y)) for x, y in ((10, 100), (40, 220), (400, 580), (900, 700))))


def curve_game(demands: Sequence[Fraction], curve: PiecewiseLinear, *, greatest: bool, level: int = 1) -> CurveGame:
    """The game of a curve among players a, b, c and so on."""
    part = CurvePart(tuple(demands), curve, Fraction(level), greatest)
    return CurveGame(tuple(NAMES[: len(demands)]), (part,))


@UNHURRIED
@given(demand_lists, curve_steps, st.booleans())
def test_the_game_of_a_curve(demands: list[Fraction], steps: list[tuple[int, int]], greatest: bool) -> None:
    """A coalition costs the curve of its demands, added or the greatest; each part of a month adds its cost."""
    curve = rising(steps)
    one = curve_game(demands, curve, greatest=greatest).parts[0]
    other = CurvePart(tuple(reversed(demands)), curve, Fraction(3, 7), greatest)
    of = CurveGame(tuple(NAMES[: len(demands)]), (one, other))
    assert of.table is not None
    table, unit = of.table
    join = (lambda some: max(some)) if greatest else (lambda some: sum(some, Fraction(0)))
    for names in coalitions(of.players):
        some = [of.players.index(name) for name in names]
        wanted = curve(join([demands[i] for i in some]))
        wanted += Fraction(3, 7) * curve(join([demands[-1 - i] for i in some]))
        assert wanted * unit == table.costs[sum(1 << i for i in some)]
    assert (of.together * unit, {n: c * unit for n, c in of.alone.items()}) == (
        table.total,
        dict(zip(of.players, table.alone, strict=True)),
    )


@UNHURRIED
@given(
    st.lists(st.fractions(0, 100, max_denominator=4), min_size=1, max_size=7),
    st.lists(st.integers(-20, 400), min_size=7, max_size=7),
    st.booleans(),
)
def test_a_search_decides_for_all_where_it_is_proved(demands: list[Fraction], paid: list[int], greatest: bool) -> None:
    """Along a concave curve, or a rising one of the greatest demand, the worst coalition of all is among those
    found."""
    of = curve_game(demands, CONCAVE, greatest=greatest)
    split = dict(zip(of.players, paid, strict=False))
    assert of.proved
    assert of.table is not None
    every, _ = objections_in_game(of.table[0], split, of.table[1])
    found, count = objections_along_curve(of, split)
    assert (count > 0) == bool(every)
    assert [b.excess for b in found[:1]] == [b.excess for b in every[:1]]
    assert coalitions_tested(of) == 2 * len(demands) - 1


def test_where_nothing_is_proved_chance_is_asked_too() -> None:
    """A curve that gets steeper: prefixes and singles find nothing here, a random coalition does; all found are
    true."""
    of = curve_game([Fraction(q) for q in (1, 1, 2, 2, 3)], CONVEX_TO_NINE, greatest=False)
    assert not of.proved
    assert coalitions_tested(of) == 9 + 200
    split = {"a": 8, "b": 1, "c": 20, "d": 8, "e": 30}
    assert of.table is not None
    every, _ = objections_in_game(of.table[0], split, of.table[1], shown=99)
    found, count = objections_along_curve(of, split, shown=999)
    assert {b.coalition for b in found} == {b.coalition for b in every}
    assert count >= len(every) > 0


CONVEX_TO_NINE = PiecewiseLinear(tuple((Fraction(x), Fraction(y)) for x, y in ((3, 9), (6, 36), (9, 81))))


def test_what_is_proved_of_a_curve() -> None:
    """Concave for sums, rising for the greatest, up to the demand of all; two curves together prove nothing."""
    two = [Fraction(2), Fraction(1)]
    falling = PiecewiseLinear(((Fraction(1), Fraction(5)), (Fraction(9), Fraction(1))))
    proofs = [
        (curve_game(two, CONVEX, greatest=False).proved, True),
        (curve_game([*two, Fraction(1)], CONVEX, greatest=False).proved, False),
        (curve_game([*two, Fraction(1)], CONVEX, greatest=True).proved, True),
        (curve_game(two, falling, greatest=True).proved, False),
        (curve_game(two, falling, greatest=False).proved, True),
        (CurveGame(("a", "b"), curve_game(two, CONCAVE, greatest=True).parts * 2).proved, False),
    ]
    assert [wanted for _, wanted in proofs] == [found for found, _ in proofs]


def test_a_search_leaves_out_what_rounding_explains() -> None:
    """A cent too much for one of four, or for three, is an objection when it was rounded once; not for two, or after
    two roundings."""
    of = curve_game([Fraction(10)] * 4, CONCAVE, greatest=False)
    exact = dict.fromkeys("abcd", 55)
    assert (of.together, objections_along_curve(of, exact)) == (220, ((), 0))
    found, count = objections_along_curve(of, {"a": 101, "b": 40, "c": 40, "d": 39}, rounded=1)
    assert ([b.coalition for b in found], count) == ([("a",), ("a", "b", "c")], 2)
    assert objections_along_curve(of, {"a": 101, "b": 40, "c": 40, "d": 39}, rounded=2) == ((), 0)


def test_a_large_body_has_a_search_without_a_quadratic_step() -> None:
    """Twenty thousand members are searched; the coalition found holds all who pay too much for what they ask."""
    players = tuple(f"m{n:05d}" for n in range(20_000))
    wanted = tuple(Fraction(1 + n % 7) for n in range(20_000))
    line = PiecewiseLinear(((Fraction(100_000), Fraction(100_000)),))
    of = CurveGame(players, (CurvePart(wanted, line, Fraction(1), False),))
    paid = {name: int(q) + (n < 3) for n, (name, q) in enumerate(zip(players, wanted, strict=True))}
    found, count = objections_along_curve(of, paid)
    assert found[0] == Blocking(players[:3], Fraction(9), Fraction(6))
    assert count > 3
    assert (of.table, of.proved) == (None, True)


# The programmes


def columns(*vectors: tuple[int, ...]) -> list[BasisColumn]:
    """Columns labelled by number."""
    return [BasisColumn(vector, number) for number, vector in enumerate(vectors)]


def test_an_inverse_is_exact() -> None:
    """The inverse comes as whole numbers over a determinant above zero, whatever the order of the columns."""
    found = inverse([(0, 2), (3, 0)])
    assert (found.rows, found.determinant) == ([[0, 3], [2, 0]], 6)
    assert found.times((0, 2)) == [6, 0]
    assert found.times((3, 0)) == [0, 6]


def test_the_best_basis_is_found() -> None:
    """Of three ways to make the target the cheapest is taken."""
    ways = columns((1, 0), (0, 1), (-1, 2), (-1, 1))
    prices = [0, 10, 12, 4]

    def enter(at: Sequence[int], determinant: int) -> BasisColumn | None:
        worth = [sum(a * b for a, b in zip(at, way.vector, strict=True)) for way in ways]
        better = [way for way in ways if worth[way.label] > determinant * prices[way.label]]
        return better[0] if better else None

    found = minimise(ways[:2], lambda column: prices[column.label], enter)
    assert ([c.label for c in found.columns], found.multipliers, found.determinant) == ([0, 3], [1, 1], 1)
    assert found.prices == [0, 4]


def test_a_cost_without_least_value_is_an_error() -> None:
    """A column that lowers the cost for ever is no answer."""
    ways = columns((1, 0), (0, 1))
    with pytest.raises(ArithmeticError, match="no least value"):
        minimise(ways, lambda column: 0, lambda prices, determinant: BasisColumn((-1, 0), 2))
