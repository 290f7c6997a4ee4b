"""Cells merge by series and part: exactly, in any order and any grouping; answers are folds over them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargeback.charging.metering.answers import additive_readings, amount_of_cells, cells_by_unit, level_reading
from chargeback.charging.metering.attribution import Match
from chargeback.charging.metering.cells import Cell, merge, merged
from chargeback.model.period import Span
from chargeback.model.rules import Quantity

PARTS = (Span(date(2026, 9, 1), date(2026, 9, 11)), Span(date(2026, 9, 11), date(2026, 10, 1)))
HOURS = Fraction(720)
QUANTITIES = st.integers(-(10**27) + 1, 10**27 - 1).map(lambda n: Decimal(n).scaleb(-9))


@st.composite
def row_cells(draw: st.DrawFn, *, ended: bool | None = None) -> Cell:
    """The cell of one usage row; ``ended``: whether it has an end (None: perhaps)."""
    quantity = draw(QUANTITIES)
    lasting = draw(st.integers(1, 31 * 86_400 * 10**6)) if ended or (ended is None and draw(st.booleans())) else None
    seconds, rest = divmod(lasting, 10**6) if lasting is not None else (None, None)
    return Cell(
        meter="q",
        member_id=draw(st.sampled_from(("a", "b", None))),
        resource_id=draw(st.sampled_from(("r1", "r2", None))),
        part=draw(st.sampled_from((0, 1))),
        tags=(draw(st.sampled_from(("hdd", None))),),
        samples=1,
        intervals=int(lasting is not None),
        quantities=quantity,
        largest=quantity,
        unit_seconds=None if seconds is None else quantity * seconds,
        unit_microseconds=None if rest is None else quantity * rest,
    )


def by_key(cells: Sequence[Cell]) -> dict[tuple[object, int], Cell]:
    """The cells by series and part; each only once."""
    found = {(cell.series, cell.part): cell for cell in cells}
    assert len(found) == len(cells)
    return found


@settings(deadline=None)
@given(
    cells=st.lists(row_cells(), max_size=12),
    cut=st.lists(st.integers(0, 2), min_size=12, max_size=12),
    dice=st.randoms(),
)
def test_cells_of_rows_split_in_any_way_merge_into_the_same(cells: list[Cell], cut: list[int], dice: Random) -> None:
    """Rows in three files, each merged by itself, the files then merged in any order: as all rows at once."""
    files = [[cell for cell, file in zip(cells, cut, strict=False) if file == n] for n in range(3)]
    dice.shuffle(files)
    for file in files:
        dice.shuffle(file)
    once = by_key(merged(cells))
    assert by_key(merged(cell for file in files for cell in merged(file))) == once
    assert sum(cell.samples for cell in once.values()) == len(cells)


@settings(deadline=None)
@given(
    first=row_cells(),
    more=st.lists(row_cells(), min_size=2, max_size=2),
)
def test_a_merge_does_not_depend_on_the_order(first: Cell, more: list[Cell]) -> None:
    """Two cells the one way or the other, three cells from the left or from the right."""
    one, two, three = (_of_series(cell, first) for cell in (first, *more))
    assert merge(one, two) == merge(two, one)
    assert merge(merge(one, two), three) == merge(one, merge(two, three))


def _of_series(cell: Cell, like: Cell) -> Cell:
    values = (cell.samples, cell.intervals, cell.quantities, cell.largest, cell.unit_seconds, cell.unit_microseconds)
    return Cell(like.meter, like.member_id, like.resource_id, like.part, like.tags, *values)


@settings(deadline=None)
@given(cells=st.lists(row_cells(ended=True), min_size=1, max_size=12))
@pytest.mark.parametrize("per", ["member", "resource", {"tag": "class"}], ids=str)
def test_answers_are_the_same_over_rows_and_over_merged_cells(per: object, cells: list[Cell]) -> None:
    """Sum, integral, max, count and mean: folds, whatever was merged before."""
    for measure in ("sum", "integral", "max", "count", "mean"):
        quantity = Quantity.model_validate({"meter": "q", "measure": measure, "per": per})
        assert answered(quantity, merged(cells)) == answered(quantity, cells)


@settings(deadline=None)
@given(cells=st.lists(row_cells(ended=False), min_size=1, max_size=12))
def test_the_mean_of_samples_is_the_same_over_merged_cells(cells: list[Cell]) -> None:
    """Rows without end: their sum over their number."""
    quantity = Quantity(meter="q", measure="mean")
    assert answered(quantity, merged(cells)) == answered(quantity, cells)


def answered(quantity: Quantity, cells: Sequence[Cell]) -> object:
    """The readings of all cells, those without a member to ``x``."""
    matches = [Match(cell, cell.member_id or "x") for cell in cells]
    if quantity.measure in ("sum", "integral"):
        return additive_readings(quantity, matches, PARTS, ("class",)), amount_of_cells(cells, quantity)
    units = cells_by_unit(quantity, matches, ("class",))
    return {unit: level_reading(quantity, own, HOURS) for unit, own in units.items()}


@pytest.mark.parametrize("other", [("q", "b", None, 0, ()), ("q", "a", None, 1, ()), ("p", "a", None, 0, ())], ids=str)
def test_cells_of_other_series_or_parts_do_not_merge(other: tuple[str, str, None, int, tuple[()]]) -> None:
    """Another member, another part, another meter: a mistake of the caller."""
    values = (1, 0, Decimal(1), Decimal(1), None, None)
    with pytest.raises(ValueError, match="same series and part"):
        merge(Cell("q", "a", None, 0, (), *values), Cell(*other, *values))
