"""Included units of each member's own, fees by presence and levels by day, on numbers to check by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargeback.charging.context import Context
from chargeback.charging.metering.answers import Answer, Reading
from chargeback.charging.rating.included import included_below_zero
from chargeback.charging.rating.rate_charges import rate_charges
from chargeback.model.facts import Level
from chargeback.model.period import Period, Span
from chargeback.model.problem import Place
from chargeback.model.rules import Rule
from kit.builders import member
from kit.pools import HALF, START, context

GB = {"meter": "gb", "measure": "sum"}
LINES = {"subscription": "line", "times": "20"}
ELEVENTH = date(2026, 9, 11)
PARTS = ((Span(date(2026, 9, 1), ELEVENTH), Fraction(40)), (Span(ELEVENTH, date(2026, 10, 1)), Fraction(60)))


def rate(quantity: dict[str, Any], *versions: dict[str, Any], **fields: Any) -> Rule:
    """A rate; the fields of each version come on top of a flat price of 2.00 since January."""
    base = {"valid_from": START, "references": [{"title": "Deliberation"}], "model": "flat", "price": "2.00"}
    head = {"id": "r", "label": {"en": "R"}, "kind": "rate", "vat": "services", "quantity": quantity}
    return Rule.model_validate(head | fields | {"version": [base | v for v in versions]})


def lines(value: str, since: date = START, until: date | None = None, name: str = "line") -> Level:
    """A row of subscriptions.csv of ``a``."""
    return Level("a", name, Decimal(value), since, until, Place("subscriptions.csv", 2))


def month(*rows: Level, joins: date = START, use: str = "0") -> Context:
    """September 2026: ``a`` with its subscriptions, and what it used."""
    answers = {("r", "rate:0"): Answer({("a", ""): Reading(Fraction(use), ())})}
    return context(member("a", valid_from=joins), subscriptions=rows, answers=answers)


def charged(rule: Rule, ctx: Context) -> list[tuple[str, Fraction | None, Fraction, int]]:
    """Kind, quantity, factor and cents of each charge."""
    return [(c.kind, c.quantity, c.factor, c.amount) for c in rate_charges(rule, ctx)]


@pytest.mark.parametrize(
    ("prorate", "joins", "units"),
    [
        ("none", START, 100 - 20 * 3),
        ("none", HALF, 100 - 20 * 5),
        ("day", START, 100 - 20 * 4),
        ("day", HALF, 100 - 20 * 5),
    ],
)
def test_a_meter_has_the_lines_of_the_first_day_or_by_day_their_mean(prorate: str, joins: date, units: int) -> None:
    """3 lines, 5 from the 16th on: 60 or 100 free; the mean of the month is 4 lines, that of its second half 5."""
    ctx = month(lines("3"), lines("2", HALF), joins=joins, use="100")
    assert charged(rate(GB, {"included": LINES, "prorate": prorate}), ctx) == [
        ("usage", Fraction(units), Fraction(1), units * 200)
    ]


def test_days_without_a_line_have_nothing_free() -> None:
    """5 lines from the 16th on: nothing on the first day, by day the mean counts 15 of 30 days."""
    ctx = month(lines("5", HALF), use="100")
    assert charged(rate(GB, {"included": LINES}), ctx)[0][1] == 100
    assert charged(rate(GB, {"included": LINES, "prorate": "day"}), ctx)[0][1] == 50


def test_times_is_one_where_it_is_left_out() -> None:
    """3 lines, 3 units free."""
    assert charged(rate(GB, {"included": {"subscription": "line"}}), month(lines("3"), use="5"))[0][1] == 2


def test_a_level_by_day_has_the_allowance_of_each_day() -> None:
    """7 licences; 1 box for 10 days, 3 for 20, two licences each: 5 × 10 and 1 × 20 over 30 days."""
    boxes = [lines("1", START, ELEVENTH, "box"), lines("3", ELEVENTH, None, "box")]
    rule = rate({"constant": "7"}, {"included": {"subscription": "box", "times": "2"}, "prorate": "day"})
    assert charged(rule, month(*boxes)) == [("usage", Fraction(70, 30), Fraction(1), 467)]


def test_a_cut_month_prices_each_day_by_its_version() -> None:
    """10 units at 3.00 for 10 days, at 6.00 for 20; who joins on the 16th has 15 days at 6.00 and no line at 3.00."""
    rule = rate(
        {"constant": "10"},
        {"price": "3.00", "prorate": "day", "valid_to": ELEVENTH},
        {"price": "6.00", "prorate": "day", "valid_from": ELEVENTH},
    )
    whole, joins = charged(rule, month()), charged(rule, month(joins=HALF))
    assert whole == [("usage", Fraction(10, 3), 1, 1000), ("usage", Fraction(20, 3), 1, 4000)]
    assert joins == [("usage", Fraction(5), 1, 3000)]


def test_the_fee_of_a_level_follows_the_days_in_its_tier_under_each_version() -> None:
    """30.00 in the first version for 10 days, 60.00 in the second for 20 of 30: 10.00 and 40.00, factors 1/3, 2/3."""
    tiers = [{"tiers": [{"price": "0", "fee": fee}], "model": "graduated", "price": None} for fee in ("30", "60")]
    rule = rate(
        {"constant": "10"},
        tiers[0] | {"prorate": "day", "valid_to": ELEVENTH},
        tiers[1] | {"prorate": "day", "valid_from": ELEVENTH},
    )
    fees = [c for c in charged(rule, month()) if c[0] == "fee"]
    assert fees == [("fee", 0, Fraction(1, 3), 1000), ("fee", 0, Fraction(2, 3), 4000)]


@pytest.mark.parametrize("quantity", [GB, {"meter": "gb", "measure": "max"}], ids=["sum", "max"])
def test_the_fee_of_a_meter_follows_the_days_of_presence(quantity: dict[str, Any]) -> None:
    """15 of 30 days by day, all of them without; a version that ended before has no fee."""
    fee = {"model": "graduated", "price": None, "tiers": [{"price": "1.00", "fee": "60.00"}]}
    ctx = month(joins=HALF, use="4")

    def fees(*versions: dict[str, Any]) -> list[tuple[Fraction, int]]:
        return [(f, cents) for kind, _, f, cents in charged(rate(quantity, *versions), ctx) if kind == "fee"]

    assert fees(fee | {"prorate": "day"}) == [(Fraction(1, 2), 3000)]
    assert fees(fee) == [(Fraction(1), 6000)]
    by_day = fee | {"prorate": "day"}
    assert fees(by_day | {"valid_to": ELEVENTH}, by_day | {"valid_from": ELEVENTH}) == [(Fraction(1, 2), 3000)]


def test_what_is_counted_below_zero_is_named_with_its_row() -> None:
    """A line too many was taken back; what it is from the 16th of September on is no matter in August."""
    found = [*included_below_zero([rate(GB, {"included": LINES})], month(lines("-2")).facts, Period(2026, 9))]
    message = (
        "included counts line, which is -2 for a in 2026-09 (subscriptions.csv:2): a free quantity is zero or more; "
        "correct the value in the register"
    )
    assert [(p.message, p.code) for p in found] == [(message, "below-zero")]
    after = month(lines("-2", HALF)).facts
    assert [*included_below_zero([rate(GB, {"included": LINES})], after, Period(2026, 8))] == []


@given(st.lists(st.tuples(st.integers(2, 30), st.integers(0, 400)), max_size=4), st.lists(st.integers(2, 30)))
def test_a_cut_at_equal_terms_changes_nothing_before_rounding(
    changes: Sequence[tuple[int, int]], cuts: Sequence[int]
) -> None:
    """The units of each tier, the days of each fee and the exact amount of a level by day are those of one version."""
    tiers = {"model": "graduated", "price": None, "tiers": [{"up_to": "100", "price": "3", "fee": "9"}, {"price": "2"}]}
    terms: dict[str, Any] = tiers | {"included": LINES | {"times": "2"}, "prorate": "day"}
    dated = sorted(dict(changes).items())
    starts = [date(2026, 9, 1), *(date(2026, 9, day) for day, _ in dated)]
    seats = [
        Level("a", "seat", Decimal(value), start, end, Place("subscriptions.csv", 3))
        for start, end, value in zip(starts, [*starts[1:], None], [50, *(v for _, v in dated)], strict=True)
    ]
    ctx = month(*seats, lines("3"), lines("2", HALF))
    edges: list[Any] = [START, *(date(2026, 9, day) for day in sorted(set(cuts))), None]
    versions = [terms | {"valid_from": a, "valid_to": b} for a, b in pairwise(edges)]

    def exact(rule: Rule) -> dict[tuple[str, int], Fraction]:
        found: dict[tuple[str, int], Fraction] = {}
        for c in rate_charges(rule, ctx):
            units = c.factor if c.kind == "fee" else (c.quantity or Fraction(0)) * c.factor
            found[c.kind, c.tier] = found.get((c.kind, c.tier), Fraction(0)) + units
        return found

    assert exact(rate({"subscription": "seat"}, *versions)) == exact(rate({"subscription": "seat"}, terms))


def counted(rule: Rule, ctx: Context) -> list[tuple[Fraction | None, Fraction | None, Fraction | None]]:
    """What was measured, what of it is free of charge, and what is billed, of each charge."""
    return [(c.measured, c.allowance, c.quantity) for c in rate_charges(rule, ctx)]


def test_a_charge_says_what_was_measured_and_what_of_it_is_free() -> None:
    """100 measured, 60 free, 40 billed; of tiers the first says so, a correction and a plain price say nothing."""
    tiers = {"model": "graduated", "price": None, "tiers": [{"up_to": "10", "price": "2"}, {"price": "1"}]}
    ctx = month(lines("3"), use="100")
    assert counted(rate(GB, {"included": LINES}), ctx) == [(100, 60, 40)]
    assert counted(rate(GB, {"included": LINES} | tiers), ctx) == [(100, 60, 10), (None, None, 30)]
    assert counted(rate(GB, {"included": "25"}), ctx) == [(100, 25, 75)]
    assert counted(rate(GB, {"included": LINES}), month(lines("3"), use="-1")) == [(None, None, -1)]
    assert counted(rate(GB, {"included": LINES}), month(use="7")) == [(None, None, 7)]
    assert counted(rate(GB, {}), ctx) == [(None, None, 100)]


def test_a_charge_by_packages_says_what_was_measured() -> None:
    """101 are three packages of 50, 100 less 60 are one."""
    packages = {"model": "package", "package_size": "50"}
    assert counted(rate(GB, packages), month(use="101")) == [(101, 0, 3)]
    assert counted(rate(GB, packages | {"included": LINES}), month(lines("3"), use="100")) == [(100, 60, 1)]


def test_what_was_measured_of_a_level_is_that_of_its_days() -> None:
    """7 licences; 1 box for 10 days, 3 for 20, two licences each: 7 measured, 14/3 free, 7/3 billed; who joins on the
    16th has half of 7 and of 6."""
    boxes = [lines("1", START, ELEVENTH, "box"), lines("3", ELEVENTH, None, "box")]
    rule = rate({"constant": "7"}, {"included": {"subscription": "box", "times": "2"}, "prorate": "day"})
    assert counted(rule, month(*boxes)) == [(7, Fraction(14, 3), Fraction(7, 3))]
    assert counted(rule, month(*boxes, joins=HALF)) == [(Fraction(7, 2), 3, Fraction(1, 2))]


def test_each_version_of_a_cut_month_says_its_part_of_what_was_measured() -> None:
    """100 units, 40 under the first version: 60 free are 24 and 36. A level without days is that of the month."""
    old, new = {"valid_to": ELEVENTH, "included": "60"}, {"valid_from": ELEVENTH, "included": "60"}
    reading = Reading(Fraction(100), PARTS)
    ctx = context(member("a"), answers={("r", "rate:0"): Answer({("a", ""): reading})})
    assert counted(rate(GB, old, new), ctx) == [(40, 24, 16), (60, 36, 24)]
    assert counted(rate({"constant": "100"}, old, new), month()) == [(100, 60, 40), (100, 60, 40)]
