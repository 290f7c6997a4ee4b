"""Sharing between floors and caps: one factor times the key, held between both."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chargeback.charging.sharing.apportionment import BoundedShares, Infeasible, share_within_bounds


def frac(**values: str | int) -> dict[str, Fraction]:
    """Values by member, exact."""
    return {name: Fraction(value) for name, value in values.items()}


def test_what_a_cap_frees_is_spread_again_until_it_settles() -> None:
    """10,000 over 50, 24, 15, 9, 1.5 and 0.5 with a cap of 3,000: the second meets it only after the first."""
    weights = frac(a=50000, b=24000, c=15000, d=9000, e=1500, f=500)
    found = share_within_bounds(1000000, weights, {}, dict.fromkeys(weights, Fraction(300000)))
    assert found.cents == {"a": 300000, "b": 300000, "c": 230769, "d": 138462, "e": 23077, "f": 7692}
    assert found.binding == {"a": "cap", "b": "cap"}


def test_a_floor_is_paid_by_all_who_take_part_even_without_a_key() -> None:
    """Ten euros over 1, 0 and 99 with a floor of 2: the first two pay 2, the other the rest."""
    found = share_within_bounds(1000, frac(a=1, b=0, c=99), dict.fromkeys("abc", Fraction(200)), {})
    assert found.cents == {"a": 200, "b": 200, "c": 600}
    assert found.binding == {"a": "floor", "b": "floor"}


def test_equal_shares_capped_at_the_claim_are_constrained_equal_awards() -> None:
    """Gallastegui et al. 2003: 13,500 over claims 158, 299, 927, 2196, 4348, 6256, 13952."""
    claims = {f"c{n}": Fraction(c * 100) for n, c in enumerate((158, 299, 927, 2196, 4348, 6256, 13952))}
    found = share_within_bounds(1350000, dict.fromkeys(claims, Fraction(1)), {}, claims)
    assert list(found.cents.values()) == [15800, 29900, 92700, 219600, 330667, 330667, 330666]


def test_a_negative_pool_has_no_floor_and_its_caps_bound_what_is_received() -> None:
    """A refund of 10 over 8 and 2, at most 6 each."""
    found = share_within_bounds(
        -1000, frac(a=8, b=2), dict.fromkeys("ab", Fraction(500)), dict.fromkeys("ab", Fraction(600))
    )
    assert found.cents == {"a": -600, "b": -400}


@pytest.mark.parametrize(
    ("floors", "caps", "bound", "total"),
    [
        ({"a": 600, "b": 500}, {}, "floor", 1100),
        ({}, {"a": 400, "b": 500}, "cap", 900),
        ({"a": 300}, {"a": 200}, "floor", 300),
    ],
)
def test_bounds_that_cannot_hold_are_infeasible(
    floors: dict[str, int], caps: dict[str, int], bound: str, total: int
) -> None:
    """Floors above the pool, caps below it, or a floor above the member's own cap."""
    with pytest.raises(Infeasible) as error:
        share_within_bounds(1000, frac(a=1, b=1), frac(**floors), frac(**caps))
    assert (error.value.bound, error.value.total) == (bound, total)


def test_bounds_that_just_hold_are_feasible() -> None:
    """Floors that add up to the pool, caps that add up to the pool."""
    assert share_within_bounds(1000, frac(a=1, b=9), frac(a=600, b=400), {}).cents == {"a": 600, "b": 400}
    assert share_within_bounds(1000, frac(a=1, b=9), {}, frac(a=600, b=400)).cents == {"a": 600, "b": 400}


def test_without_bounds_the_key_alone_decides() -> None:
    """1.00 over 1, 2 and 4; nobody is held at anything, nor when there is nothing to share."""
    assert share_within_bounds(100, frac(a=1, b=2, c=4), {}, {}) == BoundedShares({"a": 14, "b": 29, "c": 57}, {})
    assert share_within_bounds(0, frac(a=1, b=2), frac(a=5), frac(b=7)) == BoundedShares({"a": 0, "b": 0}, {})


def test_a_cent_is_a_pool() -> None:
    """One cent over 1 and 9: the floor of one cent gives it to a, the cap of nothing for b too."""
    assert share_within_bounds(1, frac(a=1, b=9), frac(a=1), {}).cents == {"a": 1, "b": 0}
    assert share_within_bounds(1, frac(a=1, b=9), {}, frac(b=0)).cents == {"a": 1, "b": 0}


def test_who_meets_a_bound_of_itself_is_not_held_at_it() -> None:
    """5.00 each of 10.00, with a cap or a floor of 5.00, is what the key says: no bound did it."""
    assert share_within_bounds(1000, frac(a=1, b=1), {}, frac(a=500)).binding == {}
    assert share_within_bounds(1000, frac(a=1, b=1), frac(a=500), {}).binding == {}


def test_the_last_cap_reached_holds_nobody_while_a_floor_does() -> None:
    """b pays its floor of 4.00, and the 6.00 that are left are just what a may pay: only b is held."""
    found = share_within_bounds(1000, frac(a=1, b="1/10"), frac(b=400), frac(a=600))
    assert (found.cents, found.binding) == ({"a": 600, "b": 400}, {"b": "floor"})


def test_floors_that_are_caps_and_make_up_the_pool_leave_nothing_to_find() -> None:
    """a must pay 6.00 and no more, b has no key and pays the floor of 4.00: 10.00, whatever the factor."""
    assert share_within_bounds(1000, frac(a=1, b=0), frac(a=600, b=400), frac(a=600)).cents == {"a": 600, "b": 400}


def test_keys_below_one_are_keys() -> None:
    """Parts of 80 %, 10 % and 10 % of 10.00, the first at most 6.00: the others bear 2.00 each."""
    found = share_within_bounds(1000, frac(a="0.8", b="0.1", c="0.1"), {}, frac(a=600))
    assert (found.cents, found.binding) == ({"a": 600, "b": 200, "c": 200}, {"a": "cap"})
    assert share_within_bounds(1000, frac(a="0.4", b="0.1"), {}, frac(a=900, b=500)).cents == {"a": 800, "b": 200}


def test_a_negative_key_is_not_held_between_bounds() -> None:
    """There is no single factor that holds it; a pool of nothing needs none."""
    with pytest.raises(ArithmeticError, match=r"^a negative key cannot be held between bounds$"):
        share_within_bounds(1000, frac(a=-1, b=9), {}, frac(a=600))
    assert share_within_bounds(0, frac(a=-1, b=9), {}, frac(a=600)).cents == {"a": 0, "b": 0}


@given(
    st.integers(1, 10**7),
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 10**5), st.integers(0, 10**7)), min_size=1, max_size=8),
)
def test_held_shares_add_up_within_their_bounds_and_follow_one_factor(
    pool: int, rows: list[tuple[int, int, int]]
) -> None:
    """Every feasible sharing adds up, keeps each bound, and orders the free members like their keys."""
    weights = {f"m{n}": Fraction(w) for n, (w, _, _) in enumerate(rows)}
    floors = {f"m{n}": Fraction(f) for n, (_, f, _) in enumerate(rows)}
    caps = {f"m{n}": Fraction(f + c) for n, (_, f, c) in enumerate(rows)}
    try:
        found = share_within_bounds(pool, weights, floors, caps)
    except Infeasible:
        most = sum(caps[m] if weights[m] else floors[m] for m in weights)
        assert not sum(floors.values()) <= pool <= most
        return
    assume(weights)
    assert sum(found.cents.values()) == pool
    assert [m for m in weights if not floors[m] <= found.cents[m] <= caps[m]] == []
    free = [m for m in weights if m not in found.binding and weights[m]]
    ratios = [Fraction(found.cents[m]) / weights[m] for m in free]
    slack = max((1 / weights[m] for m in free), default=Fraction(0))
    assert not ratios or max(ratios) - min(ratios) <= 2 * slack
