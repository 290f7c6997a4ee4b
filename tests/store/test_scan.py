"""The scan of some days: the time of every row, in each part in which it lies, to the microsecond."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest

from chargeback.charging.metering.cells import Cell
from chargeback.charging.metering.timeline import cut_at
from chargeback.model.period import EPOCH, HOUR_US, Span
from chargeback.store.database import Store, open_store
from chargeback.store.load.sync import synchronise
from chargeback.store.scan import ALL_ROWS, UsageRows, Window, scan, search
from kit.loading import PARIS, put, usage

ZONE = ZoneInfo("Europe/Paris")
SEPTEMBER = Span(date(2026, 9, 1), date(2026, 10, 1))
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Row:
    """A row of member a, local time, in units; each of a resource of its own."""

    start: datetime
    end: datetime
    quantity: int


ROWS = (
    Row(datetime(2026, 9, 2), datetime(2026, 9, 2, 6), 1),
    Row(datetime(2026, 9, 2, 12), datetime(2026, 9, 4, 18, 0, 0, 1), 2),
    Row(datetime(2026, 8, 31, 23), datetime(2026, 9, 2), 3),
    Row(datetime(2026, 9, 29), datetime(2026, 10, 2, 7), 4),
    Row(datetime(2026, 8, 20), datetime(2026, 10, 12), 5),
    Row(datetime(2026, 8, 30), datetime(2026, 9, 1), 6),
    Row(datetime(2026, 8, 30), datetime(2026, 9, 1, 0, 0, 0, 1), 7),
    Row(datetime(2026, 9, 30), datetime(2026, 10, 1), 8),
    Row(datetime(2026, 9, 30), datetime(2026, 10, 1, 0, 0, 0, 1), 9),
    Row(datetime(2026, 9, 3), datetime(2026, 9, 5), 10),
    Row(datetime(2026, 9, 4, 23), datetime(2026, 9, 21), 11),
    Row(datetime(2026, 10, 1), datetime(2026, 10, 1, 1), 12),
    Row(datetime(2026, 9, 9), datetime(2026, 9, 10, 0, 0, 0, 1), 13),
    Row(datetime(2026, 9, 5), datetime(2026, 9, 6), 14),
)
WRITTEN = [f"{r.start.isoformat()},{r.end.isoformat()},a,r{n:02},q,{r.quantity}" for n, r in enumerate(ROWS)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store of these rows, with their months' edges."""
    root: Path = put(tmp_path_factory.mktemp("scan"), {"usage/u.csv": usage(*WRITTEN)})
    with open_store(None, write=True) as found:
        assert synchronise(found, root, PARIS).problems == ()
        yield found


def cut(span: Span, *days: int) -> Window:
    """Days of September, cut at some of them."""
    return Window(span, cut_at(span, [date(2026, 9, day) for day in days]), ZONE)


def inside(row: Row, days: Span) -> int:
    """Microseconds of a row that lie in some days."""
    first, after = (datetime(d.year, d.month, d.day) for d in (days.start, days.end))
    return max(0, (min(row.end, after) - max(row.start, first)) // MICROSECOND)


def hours(microseconds: int) -> Fraction:
    """Microseconds as hours."""
    return Fraction(microseconds, HOUR_US)


WINDOWS = [
    cut(SEPTEMBER),
    cut(SEPTEMBER, 3),
    cut(SEPTEMBER, 3, 5, 10),
    cut(SEPTEMBER, *range(3, 11)),
    cut(SEPTEMBER, *range(3, 12)),
    cut(Span(date(2026, 9, 2), date(2026, 9, 5))),
    cut(Span(date(2026, 9, 1), date(2026, 9, 10)), 5),
    cut(Span(date(2026, 9, 5), date(2026, 10, 1)), 21),
    cut(Span(date(2026, 9, 5), date(2026, 10, 1))),
    cut(Span(date(2026, 8, 1), date(2026, 10, 1)), 1, 2),
    cut(Span(date(2026, 7, 1), date(2026, 8, 1))),
]


@pytest.mark.parametrize("window", WINDOWS, ids=lambda w: f"{w.span.start:%m%d}-{w.span.end:%m%d}-{len(w.parts)}")
def test_the_time_of_a_row_is_in_every_part_in_which_it_lies(store: Store, window: Window) -> None:
    """Unit-hours, rows, and quantities whole or by time, of each resource and part; nothing else has a cell."""
    wanted = {}
    for n, row in enumerate(ROWS):
        length = (row.end - row.start) // MICROSECOND
        for place, part in enumerate(window.parts):
            time = inside(row, part)
            starts = part.start <= row.start.date() < part.end
            if time:
                spread = row.quantity * Fraction(time, length)
                whole = row.quantity if starts else 0
                wanted[f"r{n:02}", place] = (starts, not starts, whole, spread, row.quantity * hours(time))
    found = {
        (c.resource_id, c.part): (c.samples, c.reaching, c.total, c.spread, c.unit_hours)
        for c in scan(store.connection, window, ()).cells
    }
    assert found == wanted


@pytest.mark.parametrize("window", WINDOWS, ids=lambda w: f"{w.span.start:%m%d}-{w.span.end:%m%d}-{len(w.parts)}")
def test_what_lies_after_the_window_is_told_by_the_part_of_the_start(store: Store, window: Window) -> None:
    """Of rows that start in the window: how many, how much, and how much of it comes later."""
    first, after = window.span.start, window.span.end
    wanted = []
    for n, row in enumerate(ROWS):
        later = max(0, (row.end - datetime(after.year, after.month, after.day)) // MICROSECOND)
        if first <= row.start.date() < after and later:
            [place] = [i for i, p in enumerate(window.parts) if p.start <= row.start.date() < p.end]
            part_of_it = row.quantity * Fraction(later, (row.end - row.start) // MICROSECOND)
            wanted.append((f"r{n:02}", place, False, 1, row.quantity, part_of_it))
    found = [
        (p.cell.resource_id, p.cell.part, p.reaches, p.rows, p.total, p.later)
        for p in scan(store.connection, window, ()).leaving
    ]
    assert sorted(found, key=str) == wanted


def test_a_piece_keeps_whole_seconds_and_microseconds_apart() -> None:
    """Three units for 1.5 seconds before midnight and 0.25 after it: 0.25 are moved, with both tags in their places."""
    row = "2026-09-02T23:59:58.500000,2026-09-03T00:00:01.250000,a,vm,q,3,hdd,x"
    with TemporaryDirectory() as folder, open_store(None, write=True) as found:
        root = put(Path(folder), {"usage/u.csv": usage(row, tags=",class,zone")})
        assert synchronise(found, root, PARIS).problems == ()
        cells = scan(found.connection, cut(SEPTEMBER, 3), ("zone", "class")).cells
    before, after = sorted(cells, key=lambda c: c.part)
    assert after == Cell(
        "q", "a", "vm", 1, ("x", "hdd"), 0, 0, None, None, Decimal(3), Decimal(750_000), 1, Fraction(15, 11)
    )
    assert (before.tags, before.samples, before.intervals, before.reaching) == (("x", "hdd"), 1, 1, 0)
    assert (before.moved, before.unit_hours) == (Fraction(-15, 11), Fraction(9, 7200))


@pytest.mark.parametrize(
    ("window", "cells", "later"),
    [
        (cut(SEPTEMBER), [(2, 0, 2)], []),
        (cut(Span(date(2026, 9, 2), date(2026, 10, 1))), [(1, 1, Fraction(3, 2))], []),
        (cut(Span(date(2026, 9, 1), date(2026, 9, 2))), [(1, 0, Fraction(1, 2))], [Fraction(1, 2)]),
        (cut(Span(date(2026, 9, 2), date(2026, 9, 30))), [(0, 1, Fraction(1, 2))], []),
    ],
    ids=["month", "from the 2nd", "the 1st", "between"],
)
def test_rows_that_keep_to_their_month_are_cut_at_other_days(
    window: Window, cells: list[tuple[object, ...]], later: list[Fraction]
) -> None:
    """From noon to noon of the next day, and to the end of the month; samples that last past it are cut there."""
    rows = ("2026-09-01T12:00:00,2026-09-02T12:00:00,a,vm,q,1", "2026-09-30T12:00:00,2026-10-01T00:00:00,a,vm,q,1")
    with TemporaryDirectory() as folder, open_store(None, write=True) as found:
        assert synchronise(found, put(Path(folder), {"usage/u.csv": usage(*rows)}), PARIS).problems == ()
        once = scan(found.connection, window, ())
        assert [(c.samples, c.reaching, c.spread) for c in once.cells] == cells
        assert [piece.later for piece in once.leaving] == later
        longer = f"select * replace (end_us + {12 * HOUR_US} as end_us) from usage"
        found.connection.execute(f"create table stepped as {longer}")
        stepped = scan(found.connection, cut(SEPTEMBER), (), UsageRows("stepped", "stepped"))
        assert [(piece.rows, piece.later) for piece in stepped.leaving] == [(1, Fraction(1, 2))]


@pytest.mark.parametrize(
    ("starts", "values"), [([], [5]), ([10], [5, 6]), ([10, 20], [5, 6, 7]), ([10, 20, 30, 40], [5, 6, 7, 8, 9])]
)
def test_the_search_finds_the_last_start_not_after_a_row(
    store: Store, starts: Sequence[int], values: Sequence[int]
) -> None:
    """Before the first start the first value, on a start its own."""
    at = (0, 9, 10, 19, 20, 29, 30, 39, 40, 99)
    rows = ", ".join(f"({n})" for n in at)
    found = store.connection.execute(f"select {search(starts, values)} from (values {rows}) as t(start_us)").fetchall()
    assert [value for (value,) in found] == [values[sum(start <= n for start in starts)] for n in at]


def test_the_search_compares_few_times() -> None:
    """Halves: of seven starts three comparisons in a row."""
    assert search([1, 2, 3], [0, 1, 2, 3]) == (
        "case when start_us < 2 then case when start_us < 1 then 0 else 1 end "
        "else case when start_us < 3 then 2 else 3 end end"
    )


def test_days_have_the_hours_of_their_zone() -> None:
    """October has 745, the day on which clocks go forward 23."""
    october = Window(Span(date(2026, 10, 1), date(2026, 11, 1)), (), ZONE)
    assert october.hours(october.span) == 745
    assert october.hours(Span(date(2026, 3, 29), date(2026, 3, 30))) == 23
    first, after = october.bounds
    assert EPOCH + timedelta(microseconds=first) == datetime(2026, 9, 30, 22, tzinfo=EPOCH.tzinfo)
    assert EPOCH + timedelta(microseconds=after) == datetime(2026, 10, 31, 23, tzinfo=EPOCH.tzinfo)


def test_the_midnight_before_a_row_is_that_of_its_zone(store: Store) -> None:
    """Of the three days on which clocks go back, the second has 25 hours; a start at midnight is its own."""
    window = Window(Span(date(2026, 10, 24), date(2026, 10, 27)), (), ZONE)
    first, after = window.bounds
    starts = (0, 23, 24, 48, 49, 72)
    rows = ", ".join(f"({first + n * HOUR_US})" for n in starts)
    sql = f"select {window.midnight_sql} from (values {rows}) as t(start_us)"
    found = [(at - first) // HOUR_US for (at,) in store.connection.execute(sql).fetchall()]
    assert found == [0, 0, 24, 24, 49, 49]
    assert after - first == 73 * HOUR_US


def test_few_rows_are_read_twice() -> None:
    """Whole months read the table of rows that leave theirs; other days, or more than eight cuts, all rows."""
    assert UsageRows("usage", "crossing") == ALL_ROWS
    rows = UsageRows("r", "c")
    first, after = WINDOWS[0].bounds
    third = WINDOWS[1].instants(WINDOWS[1].parts[1])[0]
    assert rows.leaving(WINDOWS[0]) == (f"c where start_us >= {first} and start_us < {after} and end_us > {after}")
    assert rows.leaving(WINDOWS[1]) == (
        f"(select * from r where start_us >= {first} and start_us < {after} and (start_us < {third} and end_us > "
        f"{third}) union all by name select * from c where start_us >= {third} and start_us < {after} and end_us > "
        f"{after})"
    )
    assert [rows.leaving(window).partition(" where")[0] for window in WINDOWS[3:6]] == ["(select * from r", "r", "r"]
    assert [rows.reaching(window) for window in WINDOWS[:1]] == [f"c where start_us < {first} and end_us > {first}"]
    assert rows.reaching(WINDOWS[7]).startswith("r where ")
