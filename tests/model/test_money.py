"""Exact money: rounding half away from zero, splits that always add up."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargeback.model.money import (
    added,
    apportion,
    euros,
    euros_text,
    fixed,
    instalments,
    product_cents,
    rounded,
    split,
    to_cents,
)

names = st.text("abcdef", min_size=1, max_size=3)
weights = st.dictionaries(names, st.fractions(0, 1000, max_denominator=60), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("amount", "cents"),
    [("0.005", 1), ("-0.005", -1), ("0.0049999", 0), ("1.005", 101), ("-2.675", -268), ("0", 0), ("1/3", 33)],
)
def test_half_a_cent_rounds_away_from_zero(amount: str, cents: int) -> None:
    """The one rounding function, on exact rationals."""
    assert to_cents(Fraction(amount)) == cents


def test_shown_values_round_half_away_from_zero() -> None:
    """Showing a rational with some decimals follows the same rule."""
    assert [rounded(Fraction(n, 2), 0) for n in (1, -1, 3, 5)] == [Decimal(1), Decimal(-1), Decimal(2), Decimal(3)]
    assert str(rounded(Fraction(2, 3), 6)) == "0.666667"
    assert str(euros(-5)) == "-0.05"


@pytest.mark.parametrize(
    ("factors", "cents"),
    [
        (("12", "45.50", "15/31"), 26419),
        (("-12", "45.50", "15/31"), -26419),
        (("5/2", "0.01"), 3),
        (("-5/2", "0.01"), -3),
        (("2.4999", "0.01"), 2),
        (("0", "45.50"), 0),
        (("1000",), 100000),
    ],
)
def test_a_product_is_rounded_once(factors: tuple[str, ...], cents: int) -> None:
    """12 servers at 45.50 for 15 days of 31 are 264.1935... EUR; half a cent goes away from zero, on both sides."""
    assert product_cents(*map(Fraction, factors)) == cents
    assert product_cents(*map(Fraction, reversed(factors))) == cents


@pytest.mark.parametrize(
    ("cents", "text"),
    [(0, "0.00"), (1, "0.01"), (-1, "-0.01"), (5, "0.05"), (100, "1.00"), (-120, "-1.20"), (12345, "123.45")],
)
def test_cents_are_written_as_euros_with_two_decimals(cents: int, text: str) -> None:
    """A cent is 0.01; the sign stands before the euros even where they are none."""
    assert euros_text(cents) == text


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ("5/2", 6, "2.500000"),
        ("3", 6, "3.000000"),
        ("-7", 1, "-7.0"),
        ("1/3", 2, "0.33"),
        ("2/3", 2, "0.67"),
        ("-1/8", 2, "-0.13"),
        ("1/200", 2, "0.01"),
        ("-1/1000", 2, "0.00"),
        ("-4001/4", 3, "-1000.250"),
    ],
)
def test_a_quantity_is_written_with_all_its_decimals(value: str, places: int, text: str) -> None:
    """Half away from zero at the last decimal; what rounds to nothing has no sign."""
    assert fixed(Fraction(value), places) == text


def test_rationals_add_up_exactly_whatever_their_denominators() -> None:
    """A third, a third, a half and minus a sixth are one; of nothing the sum is the rational zero."""
    assert added(map(Fraction, ("1/3", "1/3", "1/2", "-1/6"))) == 1
    assert added([Fraction(5, 2), Fraction(7, 2), Fraction(9, 4)]) == Fraction(33, 4)
    assert repr(added([])) == "Fraction(0, 1)"


def test_a_split_gives_the_cents_left_to_the_largest_remainders() -> None:
    """100 over 1, 2 and 4: quotas 14.28, 28.57 and 57.14, so the one cent left goes to the second."""
    assert split(100, {"a": Fraction(1), "b": Fraction(2), "c": Fraction(4)}) == {"a": 14, "b": 29, "c": 57}


def test_ties_go_to_the_first_name_by_code_point() -> None:
    """Three equal weights and 100 cents; capitals come before small letters."""
    assert split(100, {"b": Fraction(1), "a": Fraction(1), "Z": Fraction(1)}) == {"b": 33, "a": 33, "Z": 34}


def test_no_weight_drifts_as_under_a_divisor_method() -> None:
    """Of 10 cents, 90 % are 9; Jefferson's method would give all ten to the large one, a whole cent above its quota."""
    keys = {"large": Fraction(90)} | {f"small{n}": Fraction(1) for n in range(10)}
    jefferson = dict.fromkeys(keys, 0)
    for _ in range(10):
        jefferson[max(keys, key=lambda name: keys[name] / (jefferson[name] + 1))] += 1
    assert jefferson["large"] == 10
    assert split(10, keys) == dict.fromkeys(keys, 0) | {"large": 9, "small0": 1}


def test_a_cent_more_may_be_a_cent_less_for_somebody() -> None:
    """The Alabama paradox, the known price of largest remainder: 10 over 6, 6 and 2, then 11."""
    keys = {"a": Fraction(6), "b": Fraction(6), "c": Fraction(2)}
    assert split(10, keys) == {"a": 4, "b": 4, "c": 2}
    assert split(11, keys) == {"a": 5, "b": 5, "c": 1}


def test_a_weight_of_zero_gets_no_cent_left_over() -> None:
    """Its name comes first and a cent is left: it goes to a remainder, not to it; also beside a negative weight."""
    assert split(1, {"a": Fraction(0), "b": Fraction(1), "c": Fraction(1)}) == {"a": 0, "b": 1, "c": 0}
    assert split(1, {"a": Fraction(0), "b": Fraction(3, 2), "c": Fraction(-1, 2)}) == {"a": 0, "b": 2, "c": -1}


def test_a_negative_total_is_all_weights_negated() -> None:
    """Weights of the other sign are the same key."""
    keys = {"a": Fraction(5), "b": Fraction(-2), "c": Fraction(0), "d": Fraction(1, 3)}
    assert split(1000, {name: -weight for name, weight in keys.items()}) == split(1000, keys)
    assert split(-1000, {name: -weight for name, weight in keys.items()}) == split(-1000, keys)


def test_a_refund_is_split_like_the_cost_it_undoes() -> None:
    """The split of minus the pool is minus the split of the pool."""
    keys = {"a": Fraction(3), "b": Fraction(7), "c": Fraction(1, 3)}
    assert split(-1001, keys) == {name: -cents for name, cents in split(1001, keys).items()}


def test_a_split_over_nothing_is_refused_unless_there_is_nothing_to_split() -> None:
    """Weights that add up to zero lose no money silently."""
    with pytest.raises(ZeroDivisionError, match=r"^weights add up to zero$"):
        split(1, {"a": Fraction(0)})
    assert split(0, {"a": Fraction(0)}) == {"a": 0}


def test_negative_weights_are_shared_as_long_as_their_total_is_not_zero() -> None:
    """A member whose key is below zero receives; the rest add up."""
    assert split(7, {"a": Fraction(-1), "b": Fraction(3, 2)}) == {"a": -14, "b": 21}
    assert split(7, {"a": Fraction(-3), "b": Fraction(1)}) == {"a": 11, "b": -4}


@given(st.integers(-(10**9), 10**9), weights)
def test_a_split_adds_up_and_stays_within_a_cent_of_its_quota(cents: int, keys: dict[str, Fraction]) -> None:
    """The shares add up to the pool, and none is a cent or more away from its exact quota."""
    total = sum(keys.values())
    if total == 0:
        return
    shares = split(cents, keys)
    assert sum(shares.values()) == cents
    assert [n for n in keys if abs(shares[n] - cents * keys[n] / total) >= 1] == []
    assert [n for n in keys if keys[n] == 0 and shares[n] != 0] == []


@given(st.integers(-(10**9), 10**9), weights, st.fractions(Fraction(1, 100), 100))
def test_a_split_knows_only_proportions(cents: int, keys: dict[str, Fraction], factor: Fraction) -> None:
    """All weights times the same number, in any order: the same shares."""
    if sum(keys.values()):
        scaled = {name: keys[name] * factor for name in reversed(list(keys))}
        assert split(cents, scaled) == split(cents, keys)


def test_apportion_keeps_whole_quotas() -> None:
    """Quotas that are whole cents stay as they are; the rest fall by remainder."""
    assert apportion(10, {"a": Fraction(3), "b": Fraction(7, 2), "c": Fraction(7, 2)}) == {"a": 3, "b": 4, "c": 3}


@given(st.integers(-(10**7), 10**7), st.sampled_from([1, 3, 12]))
def test_instalments_add_up_earliest_first(cents: int, parts: int) -> None:
    """The months of a year bear its cents, never more than a cent apart, the larger ones first."""
    months = list(instalments(cents, parts))
    assert sum(months) == cents
    assert sorted(months, key=abs, reverse=True) == months
    assert max(months) - min(months) <= 1


def test_a_yearly_price_of_980_is_81_67_eight_times() -> None:
    """Dartmouth's 980.00 a year: 81.67 from January to August, then 81.66."""
    assert list(instalments(98000, 12)) == [8167] * 8 + [8166] * 4


def test_the_instalments_of_a_credit_are_those_of_the_charge_given_back() -> None:
    """Minus 10.00 over a quarter: -3.34, then -3.33 twice; nothing is nothing each month."""
    assert list(instalments(-1000, 3)) == [-334, -333, -333]
    assert list(instalments(0, 3)) == [0, 0, 0]


def test_of_equal_quotas_the_first_name_gets_the_cent() -> None:
    """apportion and split break ties alike."""
    assert apportion(3, {"b": Fraction(3, 2), "a": Fraction(3, 2)}) == {"b": 1, "a": 2}
