"""Fair division on figures to check by hand: the core test, its search along a curve, and what a circle adds."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest

from chargeback.charging.games.core import objections_in_game, objections_in_table
from chargeback.charging.games.curve_core import coalitions_tested, objections_along_curve
from chargeback.charging.games.curve_game import CurveGame, CurvePart
from chargeback.charging.games.curve_shapley import added_around, along_curve
from chargeback.charging.games.curves import PiecewiseLinear
from chargeback.charging.games.game import Game, is_additive, is_airport
from chargeback.charging.games.properties import dearer_together
from chargeback.charging.games.scrb import by_separable_costs
from chargeback.charging.games.shapley import shapley
from chargeback.model.fairness import Blocking


def curve(*points: tuple[int, int]) -> PiecewiseLinear:
    """A cost curve through these points (quantity, cents)."""
    return PiecewiseLinear(tuple((Fraction(x), Fraction(y)) for x, y in points))


BENT = curve((20, 100), (60, 180), (2000, 1150))
CONVEX = curve((3, 9), (5, 25), (6, 36))


def along(
    players: str, wanted: Sequence[int | str], of: PiecewiseLinear, *, greatest: bool, level: str = "1"
) -> CurveGame:
    """The game of one curve for a month: what each player wants of it."""
    part = CurvePart(tuple(map(Fraction, wanted)), of, Fraction(level), greatest)
    return CurveGame(tuple(players), (part,))


def objection(names: str, pays: int, alone: int | str) -> Blocking:
    """A coalition, what it pays and what it would cost alone, in cents."""
    return Blocking(tuple(names), Fraction(pays), Fraction(alone))


# The core test


def test_who_is_not_charged_pays_nothing_and_who_pays_its_cost_does_not_object() -> None:
    """a pays 12 where alone it costs 10; b is not charged and costs nothing; both pay just what they cost together."""
    priced = [(("a",), Fraction(10)), (("b",), Fraction(0)), (("a", "b"), Fraction(12))]
    assert objections_in_table(priced, {"a": 12}) == ((objection("a", 12, 10),), 1)


def test_the_shown_objections_are_the_worst() -> None:
    """Three coalitions object, one is shown: of the two that pay 5 too much, the smaller."""
    priced = [(("a",), Fraction(8)), (("a", "b"), Fraction(15)), (("b",), Fraction(9))]
    assert objections_in_table(priced, {"a": 10, "b": 10}, shown=1) == ((objection("ab", 20, 15),), 3)
    priced[0] = (("a",), Fraction(5))
    assert objections_in_table(priced, {"a": 10, "b": 10}, shown=1) == ((objection("a", 10, 5),), 3)


@pytest.mark.parametrize(("rounded", "count"), [(0, 3), (1, 3), (2, 0)])
def test_a_cent_for_each_of_the_smaller_side_may_be_rounding(rounded: int, count: int) -> None:
    """Each pair of three pays 20 for 19: one rounding of the third member's share may be that cent, two surely."""
    pairs = [(("a", "b"), Fraction(19)), (("a", "c"), Fraction(19)), (("b", "c"), Fraction(19))]
    assert objections_in_table(pairs, {"a": 10, "b": 10, "c": 10}, 3, rounded)[1] == count


def test_a_game_may_count_in_parts_of_a_cent() -> None:
    """Over a month of 31 days a costs 310/31 of a cent alone, and pays 12; b has a credit of 2."""
    month = Game(("a", "b"), (0, 310, 0, 310))
    assert objections_in_game(month, {"a": 12, "b": -2}, 31) == ((objection("a", 12, 10),), 1)


# Its search along a curve

SHARED = along("abcdef", [40, 10, 10, 0, 0, 20], BENT, greatest=False)
PIPE = along("abcde", [10, 20, 30, 0, 5], BENT, greatest=True)


def test_the_search_asks_those_who_pay_most_for_a_unit_first() -> None:
    """d pays without any demand, c 6 a unit, b 5, a 1.875; f has a credit, and e, who is not charged, comes last."""
    found = objections_along_curve(SHARED, {"a": 75, "b": 50, "c": 60, "d": 1, "f": -10})
    assert found == (
        (
            objection("cd", 61, 50),
            objection("bcd", 111, 100),
            objection("c", 60, 50),
            objection("abcd", 186, 180),
            objection("d", 1, 0),
        ),
        5,
    )


def test_where_the_greatest_demand_counts_the_search_goes_by_demand() -> None:
    """A pipe is as large as the largest demand: d needs none of it and a 10, yet they pay 61 for what costs 50."""
    found = objections_along_curve(PIPE, {"a": 60, "b": 45, "c": 14, "d": 1})
    assert found == (
        (objection("ad", 61, 50), objection("a", 60, 50), objection("abd", 106, 100), objection("d", 1, 0)),
        4,
    )


def test_the_search_shows_the_worst_and_counts_all() -> None:
    """Of the five objections two are shown; half a cent is one, unless shares were rounded."""
    assert objections_along_curve(SHARED, {"a": 75, "b": 50, "c": 60, "d": 1, "f": -10}, shown=2) == (
        (objection("cd", 61, 50), objection("bcd", 111, 100)),
        5,
    )
    cheaper = along("ab", [10, 10], BENT, greatest=False, level="0.99")
    assert objections_along_curve(cheaper, {"a": 50, "b": 49}) == ((objection("a", 50, "49.5"),), 1)
    assert objections_along_curve(cheaper, {"a": 50, "b": 49}, rounded=1) == ((), 0)


def test_chance_is_the_same_in_every_run() -> None:
    """Twenty players along a convex curve: the random coalitions found today are found tomorrow."""
    names = "abcdefghijklmnopqrst"
    steep = curve((100, 100), (300, 900))
    of = along(names, list(range(1, 21)), steep, greatest=False)
    paid = {name: 20 + 7 * i % 13 for i, name in enumerate(names)}
    found, count = objections_along_curve(of, paid, shown=1000)
    assert (found, count) == objections_along_curve(of, paid, shown=1000)
    assert [one for one in found if one.pays != sum(paid[name] for name in one.coalition)] == []
    assert count > len(names)


def test_how_many_coalitions_a_search_looks_at() -> None:
    """Six players and five prefixes of two or more; 200 random coalitions beside them where the curve is not
    concave."""
    assert (SHARED.proved, coalitions_tested(SHARED)) == (True, 11)
    convex = along("abc", [1, 2, 3], CONVEX, greatest=False)
    assert (convex.proved, coalitions_tested(convex)) == (False, 205)


def test_what_proves_a_search() -> None:
    """Where the greatest demand counts a level stretch will do; where demands add up, no bend upwards below their
    sum."""
    assert along("ab", [5, 20], curve((10, 100), (20, 100)), greatest=True).proved
    assert not along("ab", [5, 20], curve((10, 100), (20, 99)), greatest=True).proved
    upwards = curve((2, 2), (3, 8))
    assert along("ab", [1, 1], upwards, greatest=False).proved
    assert not along("ab", [1, "1.5"], upwards, greatest=False).proved


def test_the_table_of_a_curve_counts_in_parts_of_a_cent(monkeypatch: pytest.MonkeyPatch) -> None:
    """3 units cost 2 along the curve and half of that in the month: 1, 2 and 3 units are 2, 4 and 6 sixths of a
    cent."""
    line = curve((3, 2), (9, 90))
    two = along("ab", [1, 2], line, greatest=False, level="1/2")
    monkeypatch.setattr("chargeback.charging.games.curve_game.MOST_PLAYERS", 2)
    assert two.table == (Game(("a", "b"), (0, 2, 4, 6)), 6)
    assert along("abc", [1, 1, 1], line, greatest=False).table is None


def test_nobody_wants_nothing() -> None:
    """The demand of a coalition without members is zero, whether demands add up or the greatest counts."""
    assert [of.parts[0].joined([]) for of in (SHARED, PIPE)] == [0, 0]
    assert [of.parts[0].reach for of in (SHARED, PIPE)] == [80, 30]
    assert [of.together for of in (SHARED, PIPE)] == [190, 120]


# The Shapley value of a curve


def test_what_three_members_add_around_a_circle() -> None:
    """Demands 1, 2 and 3 begun at each: 1 adds 3, 11 and 8, 2 adds 6, 6 and 19, 3 adds 27, 19 and 9; 36 each time."""
    assert added_around([1, 2, 3], 3, [(3, 5), (5, 3)]) == [22, 31, 55]


def test_along_a_straight_line_a_unit_costs_the_same_for_all() -> None:
    """3 units cost a cent, and the bend lies beyond what all want: 2 and 3 units cost 2/3 of a cent and 1."""
    line = curve((6, 2), (10, 100))
    found = along_curve({"a": Fraction(2), "b": Fraction(0), "c": Fraction(3)}, line)
    assert (found.method, found.shares) == ("additive", {"a": Fraction(2, 3), "b": Fraction(0), "c": Fraction(1)})


def test_up_to_its_limits_the_value_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three members of at most three by subsets; four of two demands, 2 x 4 x 2 states, by types; one state less, by
    sample."""
    four = {name: Fraction(demand) for name, demand in zip("abcd", (1, 1, 1, 2), strict=True)}
    three = {name: four[name] for name in "abd"}
    exact = {name: along_curve(demands, CONVEX).shares for name, demands in (("three", three), ("four", four))}
    monkeypatch.setattr("chargeback.charging.games.curve_shapley.EXACT_PLAYERS", 3)
    monkeypatch.setattr("chargeback.charging.games.curve_shapley.MOST_STATES", 16)
    by_subsets, by_types = along_curve(three, CONVEX), along_curve(four, CONVEX)
    assert (by_subsets.method, by_subsets.shares) == ("subsets", exact["three"])
    assert (by_types.method, by_types.shares) == ("types", exact["four"])
    monkeypatch.setattr("chargeback.charging.games.curve_shapley.MOST_STATES", 15)
    assert along_curve(four, CONVEX).method == "sampled"


def test_a_game_at_the_limit_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three alike, 6 each alone, 3 more when all are together, of at most three players: 7 each, by subsets."""
    monkeypatch.setattr("chargeback.charging.games.shapley.EXACT_PLAYERS", 3)
    found = shapley(Game(("a", "b", "c"), (0, 6, 6, 12, 6, 12, 12, 21)))
    assert (found.method, found.shares) == ("subsets", {"a": Fraction(7), "b": Fraction(7), "c": Fraction(7)})


# Separable costs, remaining benefits


def test_a_benefit_of_a_cent_is_a_benefit() -> None:
    """Separable costs of 6 each, 2 left of 20: a alone still saves, 1 of its 7, and bears both; c's loss of 3 is not
    counted."""
    assert by_separable_costs("abc", 20, [7, 6, 3], [14, 14, 14]) == {"a": 8, "b": 6, "c": 6}


def test_a_benefit_of_nothing_is_none() -> None:
    """Separable costs of 8, 8 and 9, 5 more than the 20: only c is dearer than alone, by 4, so what is too much is
    taken off c."""
    assert by_separable_costs("abc", 20, [8, 8, 5], [12, 12, 11]) == {"a": 8, "b": 8, "c": 4}


# What a table of costs says


def test_the_first_two_that_are_dearer_together_are_named() -> None:
    """Adding up is not dearer; a cent more is: of a pair, of one beside the others, and of the last beside a pair."""
    assert dearer_together(Game(("a", "b", "c"), (0, 10, 1, 11, 2, 12, 3, 13))) is None
    assert dearer_together(Game(("a", "b"), (0, 10, 1, 12))) == (("a",), ("b",))
    assert dearer_together(Game(("a", "b", "c"), (0, 5, 6, 11, 7, 12, 13, 19))) == (("a",), ("b", "c"))
    assert dearer_together(Game(("a", "b", "c"), (0, 6, 6, 11, 7, 13, 13, 19))) == (("a", "b"), ("c",))


def test_the_game_of_nobody_is_of_every_kind() -> None:
    """Nobody costs nothing: the sum of no costs, and their greatest."""
    nobody = Game((), (0,))
    assert (is_additive(nobody), is_airport(nobody)) == (True, True)
