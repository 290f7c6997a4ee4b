"""One function prices any quantity: each model on numbers an accountant can check by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargeback.charging.rating.pricing import (
    DayRun,
    borne_by_month,
    bound_cents,
    month_of_span,
    price,
    price_by_day,
    rebate,
    top_up,
    year_start,
)
from chargeback.model.period import Period
from chargeback.model.versions import Version

TIERS = [
    {"up_to": "100", "price": "0.30", "fee": "5"},
    {"up_to": "200", "price": "0.20"},
    {"price": "0.10", "fee": "7"},
]


def version(**terms: Any) -> Version:
    """A version in force since 2026."""
    return Version.model_validate({"valid_from": date(2026, 1, 1), "references": [{"title": "Délibération"}], **terms})


def items(terms: Version, quantity: str) -> list[tuple[str, int, str, str]]:
    """Kind, tier, units and price of each item."""
    return [(i.kind, i.tier, str(i.units), str(i.price)) for i in price(terms, Fraction(quantity))]


def test_a_flat_price_has_one_item_even_for_nothing() -> None:
    """Units and price as they are; zero is still a line."""
    assert items(version(model="flat", price="0.021"), "2.5") == [("usage", 1, "5/2", "0.021")]
    assert items(version(model="flat", price="0.021"), "0") == [("usage", 1, "0", "0.021")]


def test_graduated_tiers_price_each_slice_and_close_on_their_upper_bound() -> None:
    """100 is still in the first tier; 100.5 enters the second; the third has a fee of its own."""
    terms = version(model="graduated", tiers=TIERS)
    assert items(terms, "100") == [("usage", 1, "100", "0.30"), ("fee", 1, "1", "5")]
    assert items(terms, "100.5")[2:] == [("usage", 2, "1/2", "0.20")]
    assert items(terms, "250")[2:] == [("usage", 2, "100", "0.20"), ("usage", 3, "50", "0.10"), ("fee", 3, "1", "7")]
    assert items(terms, "0") == []


def test_a_volume_price_is_that_of_the_tier_reached_with_its_fee_only() -> None:
    """Everything at the price of the tier reached: 200 costs 40, 201 costs 20.10 and the fee."""
    terms = version(model="volume", tiers=TIERS)
    assert items(terms, "200") == [("usage", 2, "200", "0.20")]
    assert items(terms, "201") == [("usage", 3, "201", "0.10"), ("fee", 3, "1", "7")]
    assert items(terms, "0") == []


@pytest.mark.parametrize(
    ("quantity", "packages"), [("0", "0"), ("0.5", "1"), ("1", "1"), ("1000", "1"), ("1000.001", "2"), ("4500", "5")]
)
def test_a_package_is_paid_as_soon_as_it_is_started(quantity: str, packages: str) -> None:
    """Packages of 1,000, counted started."""
    terms = version(model="package", price="5.00", package_size="1000")
    assert items(terms, quantity) == [("usage", 1, packages, "5.00")]


def test_the_included_quantity_comes_off_before_tiers_and_packages() -> None:
    """100 free: 120 leaves 20; 1,100 leaves one package; 99 leaves nothing."""
    assert items(version(model="flat", price="1", included="100"), "120") == [("usage", 1, "20", "1")]
    assert items(version(model="package", price="5", package_size="1000", included="100"), "1100")[0][2] == "1"
    assert items(version(model="graduated", tiers=TIERS, included="100"), "99") == []


def test_a_correction_is_priced_in_the_first_tier_without_included_or_fee() -> None:
    """-150 units at 0.30, not over two tiers; a package is given back as it was taken."""
    terms = version(model="graduated", tiers=TIERS, included="10")
    assert items(terms, "-150") == [("usage", 1, "-150", "0.30")]
    assert items(version(model="package", price="5", package_size="1000"), "-1200") == [("usage", 1, "-2", "5")]


def test_a_level_by_day_is_the_mean_over_the_days_of_the_whole_month() -> None:
    """900 for 10 days and 1,500 for 20 of 30: tier 1 on all days, the fee of tier 2 on 20."""
    terms = version(
        model="graduated", tiers=[{"up_to": "1000", "price": "0.10", "fee": "12"}, {"price": "0.05", "fee": "30"}]
    )
    found = price_by_day(terms, [DayRun(Fraction(900), 10), DayRun(Fraction(1500), 20)], 30)
    assert [(i.kind, i.tier, i.units, i.price) for i in found] == [
        ("usage", 1, Fraction(2900, 3), Decimal("0.10")),
        ("fee", 1, Fraction(1), Decimal(12)),
        ("usage", 2, Fraction(1000, 3), Decimal("0.05")),
        ("fee", 2, Fraction(2, 3), Decimal(30)),
    ]
    assert sum(item.amount for item in found) == Fraction(290, 3) + 12 + Fraction(50, 3) + 20


LISTS = [
    {"up_to": "1", "tiers": TIERS},
    {"up_to": "3", "price": "0.25"},
    {"tiers": [{"up_to": "50", "price": "0.15", "fee": "3"}, {"price": "0.05"}]},
]


def test_the_tiers_of_price_lists_are_numbered_one_after_the_other() -> None:
    """Three tiers in the first year, one in the two that follow: 60 units after them are priced in tiers 5 and 6."""
    terms = version(model="graduated", seniority=LISTS)
    found = [[(i.kind, i.tier, str(i.units), str(i.price)) for i in price(terms, Fraction(60), n)] for n in range(3)]
    assert found == [
        [("usage", 1, "60", "0.30"), ("fee", 1, "1", "5")],
        [("usage", 4, "60", "0.25")],
        [("usage", 5, "50", "0.15"), ("fee", 5, "1", "3"), ("usage", 6, "10", "0.05")],
    ]


def test_a_month_of_days_under_two_price_lists() -> None:
    """60 units all month, 10 of 30 days by the third list; who left and came back pays by the first on the other 20."""
    terms = version(model="graduated", seniority=LISTS)
    found = price_by_day(terms, [DayRun(Fraction(60), 10, 2), DayRun(Fraction(60), 20)], 30)
    assert [(i.kind, i.tier, i.units, i.price) for i in found] == [
        ("usage", 1, Fraction(40), Decimal("0.30")),
        ("fee", 1, Fraction(2, 3), Decimal(5)),
        ("usage", 5, Fraction(50, 3), Decimal("0.15")),
        ("fee", 5, Fraction(1, 3), Decimal(3)),
        ("usage", 6, Fraction(10, 3), Decimal("0.05")),
    ]


@given(st.fractions(0, 500, max_denominator=100), st.fractions(0, 500, max_denominator=100))
def test_more_use_never_costs_less_under_graduated_prices(first: Fraction, more: Fraction) -> None:
    """Monotone: the amount of a larger quantity is not smaller."""
    terms = version(model="graduated", tiers=TIERS, included="20")
    amounts = [sum(i.amount for i in price(terms, q)) for q in (first, first + more)]
    assert amounts[0] <= amounts[1]


@given(st.fractions(0, 500, max_denominator=100))
def test_graduated_units_add_up_to_what_is_not_included(quantity: Fraction) -> None:
    """No unit is lost or counted twice between the tiers."""
    terms = version(model="graduated", tiers=TIERS, included="20")
    units = sum(i.units for i in price(terms, quantity) if i.kind == "usage")
    assert units == max(Fraction(0), quantity - 20)


def test_a_span_is_borne_by_its_months_wherever_the_year_starts() -> None:
    """A year from 1 April: March is its twelfth month; quarters from December: March is the first of one."""
    yearly = version(model="flat", price="500", every="year", year_starts="04-01")
    quarterly = version(model="flat", price="100", every="quarter", year_starts="12-01")
    assert month_of_span(yearly, Period(2027, 3)) == (11, 12)
    assert borne_by_month(50000, yearly, Period(2027, 3)) == 4166
    assert month_of_span(quarterly, Period(2027, 3)) == (0, 3)
    assert borne_by_month(10000, quarterly, Period(2027, 3)) == 3334
    assert year_start(yearly, Period(2027, 3)) == Period(2026, 4)
    assert year_start(yearly, Period(2027, 4)) == Period(2027, 4)


def test_bounds_are_put_in_cents_once_and_met_from_their_own_side() -> None:
    """31 for 15 days of 31 and 62 for 16: 47.00; a minimum tops up, a maximum takes off."""
    assert bound_cents([(Decimal(31), Fraction(15, 31)), (Decimal(62), Fraction(16, 31))]) == 4700
    assert [top_up(100, charged) for charged in (99, 100, 101, -5)] == [1, 0, 0, 105]
    assert [rebate(100, charged) for charged in (99, 100, 101)] == [0, 0, -1]
