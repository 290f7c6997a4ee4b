"""What was measured at each instant, where the readings of one step are one instant."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from chargeback.charging.metering.instants import instant_readings, instants_by_unit
from chargeback.model.quantity import Measure

A, B = ("a", ""), ("b", "")


def test_the_means_of_the_series_are_added() -> None:
    """Two series read once, 3 together, and two read three times, 10 together: 3 + 10/3."""
    found = instants_by_unit([("a", "", 0, 1, Decimal(3)), ("a", "", 0, 3, Decimal(10)), ("b", "", 5, 7, Decimal(1))])
    assert found == {A: {0: Fraction(19, 3)}, B: {5: Fraction(1, 7)}}


@pytest.mark.parametrize(("measure", "expected"), [("max", 20), ("last", 2), ("p95", 19)])
def test_a_measure_is_taken_over_the_instants(measure: Measure, expected: int) -> None:
    """Of twenty values the 19th in ascending order is the 95th percentile; the last is by time."""
    values = {n: Fraction(n) for n in range(1, 21) if n != 2} | {99: Fraction(2)}
    assert instant_readings(measure, {A: values})[A].value == expected


def test_each_owner_has_its_own_at_the_instant_when_all_together_use_most() -> None:
    """At 1 together 7, at 2 together 7 as well: the earlier one counts; who measured nothing then has zero."""
    found = {A: {1: Fraction(7), 2: Fraction(3)}, B: {2: Fraction(4), 3: Fraction(6)}}
    readings = instant_readings("peak", found)
    assert {unit: reading.value for unit, reading in readings.items()} == {A: 7, B: 0}


def test_the_peak_is_where_the_sum_is_greatest() -> None:
    """At 1 one of them has 5, more than either at 2, but at 2 together they have 3 + 4."""
    found = {A: {1: Fraction(5), 2: Fraction(3)}, B: {2: Fraction(4)}}
    assert [reading.value for reading in instant_readings("peak", found).values()] == [3, 4]


def test_of_a_hundred_and_one_instants_the_96th_is_the_95th_percentile() -> None:
    """95.95 is rounded up."""
    values = {n: Fraction(n) for n in range(1, 102)}
    assert instant_readings("p95", {A: values})[A].value == 96


def test_nothing_measured_is_no_reading() -> None:
    """Neither of a peak nor of a maximum."""
    assert instant_readings("peak", {}) == instant_readings("max", {}) == {}
