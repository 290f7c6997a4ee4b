"""Keys and bounds of a pool: no value below zero, no share outside the pool, and the values of a cut month."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chargeback.charging.metering.answers import Answer, Reading
from chargeback.charging.sharing.pool_shares import share_pool
from chargeback.model.facts import GroupMember, Level
from chargeback.model.problem import Place, Problem
from kit.builders import member
from kit.pools import HALF, START, TABLE, context, levels, rule

KW: dict[str, Any] = {"quantity": {"driver": "kw"}}
EQUAL: dict[str, Any] = {"equal": True}
PLACE = Place("tariffs/dam.toml", 8)


def row(line: int, name: str, value: str, *days: Any) -> Level:
    """A row of the driver ``kw`` at a line of drivers.csv."""
    return Level(name, "kw", Decimal(value), days[0] if days else START, None, Place("drivers.csv", line))


def used(**values: str) -> dict[tuple[str, str], Answer]:
    """What was measured for the only key of a version."""
    readings = {(name, ""): Reading(Fraction(value)) for name, value in values.items()}
    return {("dam", f"{START}:0:0"): Answer(readings)}


def refused(message: str) -> tuple[Problem, ...]:
    """One problem at the rule."""
    return (Problem(PLACE, message, "below-zero"),)


MEND = 'a key value is zero or more; correct it, or let it count as zero with negative = "zero" in the key'


def test_a_driver_below_zero_names_key_member_value_and_row() -> None:
    """The value is that of the first day, not times the days of the month."""
    ctx = context(drivers=(row(2, "evan", "10"), row(3, "brett", "-9.99")))
    found = share_pool(rule({"keys": [KW]}), 10000, ctx)
    wanted = f"the key kw of pool dam is -9.99 for brett in 2026-09 (drivers.csv:3): {MEND}"
    assert (found.problems, found.charges) == (refused(wanted), ())


def test_a_level_by_day_below_zero_is_named_by_its_mean() -> None:
    """-9.99 on each day of presence, not -299.70."""
    ctx = context(drivers=(row(2, "evan", "10"), row(3, "brett", "-9.99")))
    found = share_pool(rule({"keys": [KW], "prorate": "day"}), 10000, ctx)
    assert found.problems == refused(f"the key kw of pool dam is -9.99 for brett in 2026-09 (drivers.csv:3): {MEND}")


def test_use_below_zero_is_refused_also_by_day() -> None:
    """What was measured is not divided by days."""
    key = {"quantity": {"meter": "gb", "measure": "sum"}}
    ctx = context(answers=used(evan="10", brett="-3"))
    found = share_pool(rule({"keys": [key], "prorate": "day"}), 10000, ctx)
    assert found.problems == refused(f"the key gb of pool dam is -3 for brett in 2026-09: {MEND}")


def test_charges_below_zero_are_refused() -> None:
    """A credit of other rules is a key value like any other."""
    ctx = context()
    ctx.charged["compute"] = {"evan": 500, "brett": -120}
    found = share_pool(rule({"keys": [{"quantity": {"charges": ["compute"]}}]}), 10000, ctx)
    assert found.problems == refused(f"the key charges of pool dam is -1.2 for brett in 2026-09: {MEND}")


def test_each_member_is_named_and_a_key_that_cancels_out_is_not_said_twice() -> None:
    """One problem for each member below zero, none about the total of zero that follows."""
    ctx = context(*map(member, "abc"), drivers=levels(a="2", b="-1", c="-1"))
    found = share_pool(rule({"keys": [KW]}), 10000, ctx)
    assert [p.message.partition(" of pool dam is ")[2][:8] for p in found.problems] == ["-1 for b", "-1 for c"]


def test_a_key_without_weight_moves_nothing() -> None:
    """Below zero in a key of weight zero is no problem."""
    keys = [{**KW, "weight": "0"}, {**EQUAL, "weight": "1"}]
    found = share_pool(rule({"keys": keys}), 10000, context(drivers=levels(evan="2", brett="-1")))
    assert [(c.member_id, c.amount) for c in found.charges] == [("brett", 5000), ("evan", 5000)]


def test_what_was_given_back_counts_as_zero_in_each_part() -> None:
    """-5 from the 16th on counts as zero there, 5 before it counts in full; the table shows what counted."""
    key = {**KW, "negative": "zero"}
    ctx = context(drivers=(row(2, "evan", "5"), row(3, "brett", "5"), row(4, "brett", "-10", HALF)))
    by_day = {"keys": [key], "prorate": "day"}
    found = share_pool(rule(by_day | {"valid_to": HALF}, by_day | {"valid_from": HALF}), 10000, ctx)
    assert [split.shares for split in found.splits] == [{"brett": 2500, "evan": 2500}, {"brett": 0, "evan": 5000}]
    assert found.splits[1].keys[0].values == {"brett": Fraction(0), "evan": Fraction(75)}


def test_all_below_zero_leaves_a_key_that_adds_up_to_zero() -> None:
    """Money never vanishes: the pool is not lost."""
    ctx = context(drivers=levels(evan="-1", brett="-2"))
    found = share_pool(rule({"keys": [{**KW, "negative": "zero"}]}), 10000, ctx)
    assert [p.code for p in found.problems] == ["key-total-zero"]


def test_a_floor_and_a_cap_of_a_driver_below_zero_are_refused() -> None:
    """At the bound, with the member and the row; a member without a value has no bound."""
    ctx = context(drivers=(row(2, "evan", "60"), row(3, "brett", "-1")))
    for kind in ("floor", "cap"):
        found = share_pool(rule({"keys": [EQUAL], kind: {"driver": "kw"}}), 10000, ctx)
        wanted = (
            f"the {kind} of pool dam, the driver kw, is below zero for brett in 2026-09 (drivers.csv:3): "
            f"a {kind} is an amount of zero or more; correct the value"
        )
        assert (found.problems, found.charges) == (refused(wanted), ())


def test_a_bound_of_a_group_is_read_on_the_first_day_in_the_group() -> None:
    """60.00 on the 16th, when ``evan`` joins the group, not the 10.00 of the 1st."""
    groups = (GroupMember("g", "evan", HALF, None, TABLE), GroupMember("g", "brett", START, None, TABLE))
    ctx = context(groups=groups, drivers=(row(2, "evan", "10"), row(3, "evan", "50", HALF)))
    found = share_pool(rule({"keys": [EQUAL], "cap": {"driver": "kw"}}, group="g"), 20000, ctx)
    assert [(c.member_id, c.amount) for c in found.charges] == [("brett", 14000), ("evan", 6000)]


@given(
    st.integers(-(10**6), 10**6).filter(bool),
    st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 50)), min_size=1, max_size=6),
    st.booleans(),
)
def test_shares_stay_between_nothing_and_the_pool(pool: int, rows: list[tuple[int, int]], cut: bool) -> None:
    """Keys that are not negative, or count as zero, never charge more than the pool, nor pay anybody."""
    names = [f"m{n}" for n in range(len(rows))]
    ctx = context(*map(member, names), drivers=levels(**{n: str(v) for n, (v, _) in zip(names, rows, strict=True)}))
    agreed = {n: str(share) for n, (_, share) in zip(names, rows, strict=True)}
    keys = [{**KW, "negative": "zero", "weight": "0.6"}, {"shares": agreed, "weight": "0.4"}]
    versions = [{"keys": keys, "valid_to": HALF}, {"keys": keys, "valid_from": HALF}] if cut else [{"keys": keys}]
    found = share_pool(rule(*versions), pool, ctx)
    if not found.problems:
        assert sum(c.amount for c in found.charges) == pool
        assert all(min(0, pool) <= c.amount <= max(0, pool) for c in found.charges)
