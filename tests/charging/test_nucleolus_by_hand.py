"""The nucleolus on figures to check by hand: runways, and the steps of the exact simplex under it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from chargeback.charging.games.game import Game
from chargeback.charging.games.nucleolus import airport_nucleolus, by_programmes, nucleolus
from chargeback.charging.games.simplex import BasisColumn, Inverse, _least, _leaving, inverse, minimise

UNIT = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


def test_a_runway_of_three_is_paid_in_the_order_of_cost_not_of_name() -> None:
    """Alone 2, 10 and 20: the first pays half of 2, the second half of the 9 then left of 10, the last the other
    14.50."""
    found = airport_nucleolus({"z": 2, "x": 10, "y": 20})
    assert found == {"z": Fraction(1), "x": Fraction(9, 2), "y": Fraction(29, 2)}


def test_a_runway_of_five_is_paid_group_by_group() -> None:
    """Alone 4, 20, 29, 100 and 200: 2; then half of 18 and a third of 27, 9 each; half of the 80 left of 100; the
    rest."""
    found = airport_nucleolus({"e": 4, "d": 20, "c": 29, "b": 100, "a": 200})
    assert found == {"e": 2, "d": 9, "c": 9, "b": 40, "a": 140}
    assert airport_nucleolus({"d": 2, "c": 10, "b": 20, "a": 40}) == {
        "d": Fraction(1),
        "c": Fraction(9, 2),
        "b": Fraction(29, 4),
        "a": Fraction(109, 4),
    }


def test_the_programmes_go_on_from_half_a_cent() -> None:
    """The same by programmes, alone 3, 20 and 40: 1.5, then half of the 18.5 left of 20, then the rest of 40."""
    runway = Game(("a", "b", "c"), (0, 3, 20, 20, 40, 40, 40, 40))
    wanted = {"a": Fraction(3, 2), "b": Fraction(37, 4), "c": Fraction(117, 4)}
    assert by_programmes(runway, bounded=True) == wanted
    assert airport_nucleolus(dict(zip("abc", runway.alone, strict=True))) == wanted


def test_a_game_at_the_limit_is_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two of at most two who save 10 together save 5 each, though theirs is no runway."""
    monkeypatch.setattr("chargeback.charging.games.nucleolus.MOST_PLAYERS", 2)
    assert nucleolus(Game(("a", "b"), (0, 75, 25, 90))) == {"a": 70, "b": 20}


def test_who_is_bound_by_the_same_rate_pays_alike() -> None:
    """Alone 6, 9 and 12: half of 6 and a third of 9 are both 3, so the first two pay 3 each and the last 6."""
    assert airport_nucleolus({"c": 6, "b": 9, "a": 12}) == {"c": 3, "b": 3, "a": 6}


def test_the_inverse_of_a_basis_has_its_own_determinant() -> None:
    """Half of one column; the unit matrix as it is; two columns exchanged; 2 and 1 over 1 and 1."""
    assert inverse([(2,)]) == Inverse([[1]], 2)
    assert inverse(UNIT) == Inverse(UNIT, 1)
    assert inverse([(0, 1), (1, 0)]) == Inverse([[0, 1], [1, 0]], 1)
    assert inverse([(2, 1), (1, 1)]) == Inverse([[1, -1], [-1, 2]], 1)


def test_the_row_with_the_least_ratio_is_found_without_a_division() -> None:
    """1/2 is less than 3/5, 4/2 less than 3/1; of 2/4 and 1/2 both are least."""
    assert _least([0, 1], [2, 5], [1, 3]) == [0]
    assert _least([0, 1], [1, 2], [3, 4]) == [1]
    assert _least([0, 1, 2], [4, 2, 1], [2, 1, 1]) == [0, 1]


def test_of_two_that_reach_zero_together_the_helper_leaves_first() -> None:
    """Both ratios are one: the second is first along the first column of the start, unless the first is a helper."""
    now = Inverse([[1, 1], [0, 1]], 1)
    start = [(1, 0), (0, 1)]
    plain = [BasisColumn((1, 0), 1), BasisColumn((0, 1), 2)]
    helped = [BasisColumn((1, 0), 1, helper=True), BasisColumn((0, 1), 2)]
    assert _leaving(plain, now, [1, 1], start) == 1
    assert _leaving(helped, now, [1, 1], start) == 0


def test_a_cost_without_a_least_value_is_reported() -> None:
    """Where no multiplier falls as the cheaper column grows, the cost falls for ever."""
    with pytest.raises(ArithmeticError, match=r"^the cost has no least value$"):
        minimise([BasisColumn((1,), 0)], lambda column: 0, lambda prices, determinant: BasisColumn((-1,), 1))
