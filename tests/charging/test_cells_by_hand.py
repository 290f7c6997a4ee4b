"""Cells and the answers folded over them, in exact figures."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, Inexact
from fractions import Fraction

import pytest

from chargeback.charging.metering.answers import (
    Reading,
    additive_readings,
    amount_of_cells,
    cell_amount,
    cells_by_unit,
    level_reading,
    metered_unit_of,
)
from chargeback.charging.metering.attribution import Match
from chargeback.charging.metering.cells import Cell, exact_sum, hours_of, merge, merged, rational
from chargeback.model.period import Span
from chargeback.model.rules import Quantity
from kit.metered import FIRST, MONTH, PARTS, REST, ask, cell

ONE = Cell("q", "a", "vm", 1, ("hdd",), 2, 1, Decimal(5), Decimal(3), Decimal(7), Decimal(11), 13, Fraction(1, 2))
TWO = Cell("q", "a", "vm", 1, ("hdd",), 3, 2, Decimal(10), Decimal(4), Decimal(70), Decimal(1), 20, Fraction(1, 3))
BARE = Cell("q", "a", "vm", 1, ("hdd",), 0, 0, None, None, None, None)


def test_sums_and_counts_add_up_and_the_greater_is_the_greatest() -> None:
    """Each field of two cells; one without a value takes that of the other."""
    both = Cell(
        "q", "a", "vm", 1, ("hdd",), 5, 3, Decimal(15), Decimal(4), Decimal(77), Decimal(12), 33, Fraction(5, 6)
    )
    assert merge(ONE, TWO) == merge(TWO, ONE) == both
    assert merge(ONE, BARE) == merge(BARE, ONE) == ONE
    assert merge(BARE, BARE) == BARE


def test_a_merge_of_others_says_why_it_is_none() -> None:
    """Of another part."""
    with pytest.raises(ValueError, match=r"^only cells of the same series and part merge$"):
        merge(ONE, cell("a"))


def test_cells_of_a_series_and_part_become_one_where_the_first_stood() -> None:
    """Three of one series, and one that differs in meter, member, resource, tags or part each."""
    others = [
        Cell("z", "a", "vm", 1, ("hdd",), 1, 0, None, None, None, None),
        Cell("q", "b", "vm", 1, ("hdd",), 1, 0, None, None, None, None),
        Cell("q", "a", "wm", 1, ("hdd",), 1, 0, None, None, None, None),
        Cell("q", "a", "vm", 1, ("ssd",), 1, 0, None, None, None, None),
        Cell("q", "a", "vm", 0, ("hdd",), 1, 0, None, None, None, None),
    ]
    found = merged([others[0], ONE, *others[1:], TWO, BARE, TWO])
    assert found == [others[0], merge(merge(ONE, TWO), TWO), *others[1:]]


def test_no_digit_of_a_sum_is_lost() -> None:
    """A hundred digits are exact, more raise."""
    assert exact_sum([Decimal(10**99), None, Decimal(1)]) == 10**99 + 1
    with pytest.raises(Inexact):
        exact_sum([Decimal(10**100), Decimal(1)])
    assert exact_sum([]) == exact_sum([None]) == 0


@pytest.mark.parametrize(
    ("seconds", "microseconds", "hours"),
    [
        (Decimal(7200), None, Fraction(2)),
        (Decimal(7200), Decimal(0), Fraction(2)),
        (None, Decimal(36_000_000), Fraction(1, 100)),
        (Decimal(3600), Decimal(1), Fraction(3_600_000_001, 3_600_000_000)),
        (None, None, Fraction(0)),
    ],
)
def test_seconds_are_exact_hours(seconds: Decimal | None, microseconds: Decimal | None, hours: Fraction) -> None:
    """An hour has 3600 seconds and 3 600 000 000 microseconds."""
    assert hours_of(seconds, microseconds) == hours


def test_what_is_not_summed_is_nothing() -> None:
    """None as zero, and exact otherwise."""
    assert (rational(None), rational(Decimal("0.1")), rational(7)) == (0, Fraction(1, 10), 7)


def test_what_a_cell_says_of_itself() -> None:
    """Total 5, spread 5.5, fifteen rows with time in the part, the largest 3, 7 seconds and 11 microseconds."""
    assert (ONE.total, ONE.spread, ONE.rows, ONE.highest) == (5, Fraction(11, 2), 15, 3)
    assert ONE.unit_hours == Fraction(7_000_011, 3_600_000_000)
    assert (BARE.total, BARE.spread, BARE.rows, BARE.highest, BARE.unit_hours) == (0, 0, 0, 0, 0)


SPREAD = Quantity(meter="q", measure="sum", spread="time")
SUM = Quantity(meter="q", measure="sum")
HOURS = Quantity(meter="q", measure="integral")


@pytest.mark.parametrize(
    ("quantity", "one", "both"),
    [
        (SUM, Fraction(5), Fraction(15)),
        (SPREAD, Fraction(11, 2), Fraction(95, 6)),
        (HOURS, Fraction(7_000_011, 3_600_000_000), Fraction(77_000_012, 3_600_000_000)),
    ],
    ids=["sum", "spread", "integral"],
)
def test_the_amount_of_cells(quantity: Quantity, one: Fraction, both: Fraction) -> None:
    """Of one cell, of two, of none."""
    assert cell_amount(ONE, quantity) == amount_of_cells(iter([ONE]), quantity) == one
    assert amount_of_cells(iter([ONE, TWO]), quantity) == both
    assert amount_of_cells([], quantity) == 0


CELLS = (
    Match(cell("a", resource="vm", part=1, tag="hdd", total=1), "a"),
    Match(cell("a", resource=None, part=0, tag=None, total=2), "a"),
    Match(cell(None, resource="vm", part=1, tag="", total=4), "a"),
    Match(cell("b", resource="wm", part=0, tag="hdd", total=8), "b"),
)


@pytest.mark.parametrize(
    ("quantity", "sums"),
    [
        (SUM, {("a", ""): 7, ("b", ""): 8}),
        (ask(per="resource").quantity, {("a", "vm"): 5, ("a", ""): 2, ("b", "wm"): 8}),
        (ask(per={"tag": "class"}).quantity, {("a", "hdd"): 1, ("a", ""): 6, ("b", "hdd"): 8}),
        (ask(per={"tag": "zone"}).quantity, {("a", ""): 7, ("b", ""): 8}),
    ],
    ids=["member", "resource", "tag", "tag of no usage"],
)
def test_the_unit_is_the_member_a_resource_or_a_value(quantity: Quantity, sums: dict[tuple[str, str], int]) -> None:
    """What names none is measured together."""
    found = additive_readings(quantity, CELLS, PARTS, ("class",))
    assert {unit: reading.value for unit, reading in found.items()} == sums
    by_unit = cells_by_unit(quantity, CELLS, ("class",))
    assert {unit: sum(c.total for c in cells) for unit, cells in by_unit.items()} == sums


def test_a_tag_is_found_by_its_place() -> None:
    """The second of three."""
    several = cell()
    tagged = Match(Cell("q", "a", None, 0, ("x", "y", "z"), 1, 0, *[several.quantities] * 2, None, None), "a")
    unit = metered_unit_of(ask(per={"tag": "class"}).quantity, ("zone", "class", "app"))
    assert unit(tagged) == ("a", "y")


def test_a_sum_says_what_falls_on_each_part() -> None:
    """Two in the first part, one and four in the other, in the order of the parts; a single part is all of it."""
    found = additive_readings(SUM, CELLS, PARTS, ("class",))
    assert found["a", ""] == Reading(Fraction(7), ((FIRST, Fraction(2)), (REST, Fraction(5))))
    assert found["b", ""] == Reading(Fraction(8), ((FIRST, Fraction(8)),))


@pytest.mark.parametrize(
    ("days", "value"),
    [([FIRST], 2), ([REST], 5), ([FIRST, REST], 7), ([MONTH], 7), ([], 0), ([Span(FIRST.end, FIRST.end)], 0)],
)
def test_a_part_counts_for_the_days_in_which_it_begins(days: Sequence[Span], value: int) -> None:
    """The 11th is of the second part, and not of days that end with it."""
    reading = Reading(Fraction(7), ((FIRST, Fraction(2)), (REST, Fraction(5))))
    assert reading.within(iter(days)) == value
    assert Reading(Fraction(9)).within(days) == 0


LEVELS = (
    cell(resource="vm", samples=2, total=9, largest=Decimal(6)),
    cell(resource="vm", part=1, samples=3, total=2, largest=Decimal(1)),
    cell(resource="wm", part=1, samples=1, total=0, largest=Decimal(0)),
    cell(resource=None, part=1, samples=1, total=1, largest=Decimal(1)),
)


@pytest.mark.parametrize(("measure", "value"), [("max", 6), ("count", 2), ("mean", Fraction(12, 7))])
def test_levels_over_the_cells_of_a_unit(measure: str, value: Fraction) -> None:
    """The greatest of the maxima; each resource once, and rows without one not; twelve units of seven samples."""
    assert level_reading(ask(measure).quantity, LEVELS, Fraction(720)) == Reading(Fraction(value))


def test_a_mean_of_intervals_is_over_the_hours() -> None:
    """7200 and 3600 unit-seconds, three unit-hours, over 12 hours; a single row without an end makes it one of rows."""
    ended = [
        cell(samples=2, intervals=2, unit_seconds=Decimal(7200)),
        cell(part=1, intervals=1, unit_seconds=Decimal(3600)),
    ]
    mean = ask("mean").quantity
    assert level_reading(mean, ended, Fraction(12)).value == Fraction(1, 4)
    assert level_reading(mean, [*ended, cell(total=6)], Fraction(12)).value == 2
