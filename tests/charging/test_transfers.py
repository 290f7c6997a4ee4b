"""Pools that serve other pools: direct, step-down, reciprocal, always conserving the total."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargeback.charging.sharing.transfers import NoExit, _in_cents, normalised, solve_exactly, transfer
from chargeback.model.pools import Flow

SERVICES = {
    "s1": normalised({"p1": Fraction(50), "p2": Fraction(30), "s2": Fraction(20)}),
    "s2": normalised({"p1": Fraction(30), "p2": Fraction(65), "s1": Fraction(5)}),
}
BOOKED = {"p1": 100000, "p2": 200000, "s1": 10000, "s2": 5000}


def test_reciprocal_services_are_solved_exactly() -> None:
    """s1 = 10,000 + 5 % of s2 and s2 = 5,000 + 20 % of s1: what each really costs, in cents."""
    done = transfer(BOOKED, SERVICES, "reciprocal", ())
    s1 = Fraction(10250) / (1 - Fraction(1, 100))
    assert Flow("s1", "p1", s1 / 2, Fraction(1, 2)) in done.flows
    assert done.to_final_pools == {"p1": 107298, "p2": 207702}


def test_a_pool_may_serve_itself_when_services_are_reciprocal() -> None:
    """Serving itself changes nothing of what the others receive."""
    own = {"s1": normalised({"s1": Fraction(20), "p1": Fraction(60), "p2": Fraction(20)})}
    plain = {"s1": normalised({"p1": Fraction(60), "p2": Fraction(20)})}
    booked = {"s1": 1001}
    assert (
        transfer(booked, own, "reciprocal", ()).to_final_pools
        == transfer(booked, plain, "reciprocal", ()).to_final_pools
    )


def test_the_direct_method_ignores_what_serving_pools_do_for_each_other() -> None:
    """s1 goes 5:3 and s2 30:65 to the final pools."""
    done = transfer(BOOKED, SERVICES, "direct", ())
    assert done.to_final_pools == {"p1": 100000 + 6250 + 1579, "p2": 200000 + 3750 + 3421}
    assert done.flows == (
        Flow("s1", "p1", Fraction(6250), Fraction(5, 8)),
        Flow("s1", "p2", Fraction(3750), Fraction(3, 8)),
        Flow("s2", "p1", Fraction(30000, 19), Fraction(6, 19)),
        Flow("s2", "p2", Fraction(65000, 19), Fraction(13, 19)),
    )


def test_step_down_empties_pools_in_order_and_gives_nothing_back() -> None:
    """s2 first: 5 % of it goes to s1, which then keeps nothing for s2."""
    done = transfer(BOOKED, SERVICES, "step-down", ("s2", "s1"))
    s1 = Fraction(10000) + Fraction(250)
    assert Flow("s2", "s1", Fraction(250), Fraction(5, 100), 1) in done.flows
    assert Flow("s1", "p1", s1 * 5 / 8, Fraction(5, 8), 2) in done.flows
    assert sum(done.to_final_pools.values()) == sum(BOOKED.values())


def test_pools_that_only_serve_each_other_have_no_exit() -> None:
    """The loop is named."""
    loop = {"a": {"b": Fraction(1)}, "b": {"a": Fraction(1)}, "c": {"p": Fraction(1)}}
    with pytest.raises(NoExit, match=r"^a, b$") as error:
        transfer({"a": 1}, loop, "reciprocal", ())
    assert error.value.pools == ("a", "b")


def test_a_long_way_out_is_a_way_out() -> None:
    """Stores serve the workshop, the workshop the garage, only the garage a final pool: all 60.00 end there."""
    chain = {"stores": {"shop": Fraction(1)}, "shop": {"garage": Fraction(1)}, "garage": {"bus": Fraction(1)}}
    done = transfer({"stores": 1000, "shop": 2000, "garage": 3000}, chain, "reciprocal", ())
    assert done.to_final_pools == {"bus": 6000}
    assert [(flow.source, flow.amount) for flow in done.flows] == [("garage", 6000), ("shop", 3000), ("stores", 1000)]


@pytest.mark.parametrize("method", ["direct", "step-down", "reciprocal"])
def test_a_pool_without_cost_of_its_own_sends_what_it_received(method: str) -> None:
    """Nothing is booked on s2 and p2: s2 passes on the 5.00 it has from s1, which the direct method does not give
    it."""
    services = {
        "s1": {"s2": Fraction(1, 4), "p1": Fraction(1, 2), "p2": Fraction(1, 4)},
        "s2": {"p1": Fraction(1, 5), "p2": Fraction(4, 5)},
    }
    done = transfer({"p1": 100, "s1": 2000}, services, method, ("s1", "s2"))
    held = {"p1": 1433, "p2": 667} if method == "direct" else {"p1": 1200, "p2": 900}
    assert done.to_final_pools == held
    assert sum((flow.amount for flow in done.flows if flow.source == "s2"), Fraction(0)) == (
        0 if method == "direct" else 500
    )


def test_a_cent_lost_between_pools_stops_the_month() -> None:
    """What the final pools hold is what was booked, or nothing is charged."""
    assert _in_cents(1000, {"p1": Fraction(2000, 3), "p2": Fraction(1000, 3)}) == {"p1": 667, "p2": 333}
    with pytest.raises(AssertionError, match=r"^transfers conserve the total cost$"):
        _in_cents(1001, {"p1": Fraction(2000, 3), "p2": Fraction(1000, 3)})


def test_step_down_with_nowhere_left_to_go_is_refused() -> None:
    """The last pool in the order serves only pools already emptied."""
    with pytest.raises(NoExit):
        transfer({"a": 1, "b": 1}, {"a": {"b": Fraction(1)}, "b": {"a": Fraction(1)}}, "step-down", ("a", "b"))


def test_equations_are_solved_whatever_their_order() -> None:
    """A zero on the diagonal is no obstacle."""
    matrix = [[Fraction(0), Fraction(2)], [Fraction(3), Fraction(1)]]
    assert solve_exactly(matrix, [Fraction(4), Fraction(11)]) == [Fraction(3), Fraction(2)]


@given(
    st.dictionaries(st.sampled_from(["s1", "s2", "s3", "p1", "p2"]), st.integers(-(10**6), 10**6)),
    st.lists(st.integers(0, 9), min_size=15, max_size=15),
    st.sampled_from(["direct", "step-down", "reciprocal"]),
)
def test_the_total_cost_is_conserved(booked: dict[str, int], parts: list[int], method: str) -> None:
    """Whatever serves whom, the cents in the final pools are the cents booked."""
    pools = ["s1", "s2", "s3", "p1", "p2"]
    services = {}
    for number, pool in enumerate(pools[:3]):
        row = dict(zip(pools, parts[5 * number : 5 * number + 5], strict=True)) | {"p1": 1}
        row[pool] = 0
        services[pool] = normalised({name: Fraction(v) for name, v in row.items()})
    done = transfer(booked, services, method, ("s1", "s2", "s3"))
    assert sum(done.to_final_pools.values()) == sum(booked.values())
