"""The same time of one series twice is found, wherever its rows are; ends that look inclusive are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargeback.charging.metering.attribution import Question
from chargeback.model.period import Span
from chargeback.model.problem import Place
from chargeback.model.quantity import Quantity
from chargeback.store.database import open_store
from chargeback.store.load.sync import synchronise
from chargeback.store.overlaps import TimeChecks, check_time
from kit.loading import PARIS, put, usage
from kit.slow import examples

SEPTEMBER = Span(date(2026, 9, 1), date(2026, 10, 1))
ZONE = ZoneInfo("Europe/Paris")


def ask(span: Span = SEPTEMBER, **quantity: Any) -> Question:
    """A question about the meter q by its time."""
    asked = Quantity.model_validate({"meter": "q", "measure": "integral", **quantity})
    return Question("hours", "rate:0", asked, None, frozenset(), span, (span,), Place("tariffs/hours.toml", 6))


def checked(files: dict[str, str | bytes], *questions: Question, span: Span = SEPTEMBER) -> TimeChecks:
    """What the check says of files."""
    with TemporaryDirectory() as folder, open_store(None, write=True) as store:
        root = put(Path(folder), files)
        report = synchronise(store, root, PARIS)
        assert report.problems == ()
        return check_time(store.connection, root, questions, span, ZONE, "2026-09")


def places(found: TimeChecks) -> list[str]:
    """Places of the problems."""
    return [str(problem.where) for problem in found.problems]


A_MONTH = "2026-09-01T00:00:00,2026-10-01T00:00:00,a,vm,q,2"


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [
        ("2026-09-02T00:00:00,2026-09-03T00:00:00,a,vm,q,2", True),
        ("2026-09-02T00:00:00,2026-09-03T00:00:00,b,vm,q,2", True),  # the series is the resource, whoever is named
        ("2026-09-30T23:59:59,2026-10-02T00:00:00,a,vm,q,2", True),
        ("2026-08-20T00:00:00,2026-09-01T00:00:00.000001,a,vm,q,2", True),  # it reaches into the month
        ("2026-10-01T00:00:00,2026-10-03T00:00:00,a,vm,q,2", False),
        ("2026-08-20T00:00:00,2026-09-01T00:00:00,a,vm,q,2", False),
        ("2026-09-02T00:00:00,2026-09-03T00:00:00,a,other,q,2", False),
        ("2026-09-02T00:00:00,2026-09-03T00:00:00,a,,q,2", False),
        ("2026-09-02T00:00:00,2026-09-03T00:00:00,a,vm,p,2", False),
        ("2026-09-02T00:00:00,,a,vm,q,2", False),  # a sample has no time without a step
    ],
)
def test_two_rows_of_a_series_overlap_where_one_begins_before_the_other_has_ended(other: str, overlaps: bool) -> None:
    """The later row by its start is the place, in whichever file it is, and it names the other one."""
    found = checked({"usage/a.csv": usage(A_MONTH), "usage/b.csv": usage(other)}, ask())
    first = other < A_MONTH
    assert places(found) == (["usage/a.csv:2" if first else "usage/b.csv:2"] if overlaps else [])
    assert all(("usage/b.csv:2" if first else "usage/a.csv:2") in problem.message for problem in found.problems)


def test_a_row_names_the_earlier_one_that_ends_last() -> None:
    """Not the one just before it: that has ended."""
    days = [f"2026-09-0{n}T00:00:00,2026-09-0{n + 1}T00:00:00,a,vm,q,2" for n in (2, 5)]
    rows = (A_MONTH, *days)
    found = checked({"usage/a.csv": usage(*rows)}, ask())
    assert [problem.message for problem in found.problems] == [
        f'resource "vm", meter "q": it starts at 2026-09-{day}T22:00:00Z, but usage/a.csv:2 lasts until '
        "2026-09-30T22:00:00Z, so hours would count that time twice: mend one of the two, or say "
        'overlap = "add" in tariffs/hours.toml:6'
        for day in ("01", "04")
    ]


def test_of_many_the_first_are_shown_and_the_others_counted() -> None:
    """120 intervals of an hour, each half an hour after the one before."""
    start = datetime(2026, 9, 1)
    times = [(start + n * timedelta(minutes=30)).isoformat() for n in range(122)]
    rows = [f"{a},{b},a,vm,q,1" for a, b in zip(times, times[2:], strict=False)]
    found = checked({"usage/a.csv": usage(*rows)}, ask())
    assert (len(found.problems), [p.message for p in found.problems if p.code == "more-rows"]) == (
        51,
        ['69 more rows of "q" overlap an earlier one'],
    )


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (ask(measure="mean"), 1),
        (ask(measure="sum", spread="time"), 1),
        (ask(measure="sum"), 0),
        (ask(measure="count"), 0),
        (ask(measure="max"), 0),
        (ask(overlap="add"), 0),
        (ask(where={"class": "x"}), 1),
        (ask(where={"class": "y"}), 0),
        (ask(where={"colour": "x"}), 0),
        (replace(ask(), answered=False), 0),
    ],
)
def test_only_what_is_counted_by_its_time_is_checked(question: Question, expected: int) -> None:
    """Rows of other tags, and meters whose overlaps are added, are left alone."""
    rows = (f"{A_MONTH},x", "2026-09-02T00:00:00,2026-09-03T00:00:00,a,vm,q,2,x")
    assert len(checked({"usage/a.csv": usage(*rows, tags=",class")}, question).problems) == expected


def test_two_tags_are_two_series_asked_for_or_not() -> None:
    """A disc of two classes."""
    rows = (f"{A_MONTH},x", "2026-09-02T00:00:00,2026-09-03T00:00:00,a,vm,q,2,y")
    assert checked({"usage/a.csv": usage(*rows, tags=",class")}, ask()).problems == ()


def test_with_a_step_a_sample_inside_an_interval_is_there_twice() -> None:
    """Samples never overlap each other: each lasts to the next at most."""
    rows = ("2026-09-02T00:00:00,2026-09-02T01:00:00,a,vm,q,2", "2026-09-02T00:30:00,,a,vm,q,2")
    assert places(checked({"usage/a.csv": usage(*rows)}, ask(step="1h"))) == ["usage/a.csv:3"]
    samples = [f"2026-09-02T00:{minute:02}:00,,a,vm,q,2" for minute in range(0, 60, 7)]
    assert checked({"usage/a.csv": usage(*samples)}, ask(step="1h")).problems == ()


INTERVALS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 6), st.sampled_from(("vm", "vn")), st.sampled_from("ab")),
    min_size=1,
    max_size=12,
    unique_by=lambda row: (row[0], row[2]),
)


@settings(deadline=None, max_examples=examples(10, 200))
@given(rows=INTERVALS, unit=st.sampled_from((60, 3600, 5)))
def test_rows_overlap_where_two_of_a_series_share_time(rows: Sequence[tuple[int, int, str, str]], unit: int) -> None:
    """Whether rows keep to a grid or not, and in whichever of two files they are."""
    start = datetime(2026, 9, 3)

    def row(place: int, length: int, series: str) -> str:
        begin, end = (start + timedelta(seconds=unit * n) for n in (place, place + length))
        return f"{begin.isoformat()},{end.isoformat()},a,{series},q,1"

    files: dict[str, str | bytes] = {
        f"usage/{name}.csv": usage(*(row(*one[:3]) for one in rows if one[3] == name)) for name in "ab"
    }
    wanted = 0
    for series in ("vm", "vn"):
        own = sorted((place, place + length) for place, length, name, _ in rows if name == series)
        wanted += sum(a < max(end for _, end in own[:n]) for n, (a, _) in enumerate(own) if n)
    assert len(checked(files, ask()).problems) == wanted


@pytest.mark.parametrize(
    ("ends", "inclusive"),
    [
        (("23:59:59", "23:59:59", "23:59:59"), 3),
        (("23:59:59.999", "23:59:59", "12:00:00"), 2),
        (("23:59:59", "23:59:58", "12:00:00"), 0),
        (("23:59:00", "12:00:00", "12:00:00"), 0),
        (("23:59:59", "12:00:00"), 0),
    ],
)
def test_ends_look_inclusive_where_most_rows_end_in_the_last_second(ends: tuple[str, ...], inclusive: int) -> None:
    """Of a minute on which another could start."""
    rows = [f"2026-09-0{n}T00:00:00,2026-09-0{n}T{end},a,vm,q,2" for n, end in enumerate(ends, 1)]
    notices = checked({"usage/a.csv": usage(*rows)}, ask()).notices
    assert [(notice.code, notice.count) for notice in notices] == ([("inclusive-ends", inclusive)] if inclusive else [])


def test_a_second_of_each_day_is_what_inclusive_ends_lose() -> None:
    """2 units for three seconds: 6/3600 of a unit-hour."""
    rows = [f"2026-09-0{n}T00:00:00,2026-09-0{n}T23:59:59,a,vm,q,2" for n in (1, 2, 3)]
    (notice,) = checked({"usage/a.csv": usage(*rows)}, ask()).notices
    assert str(notice.where) == "usage"
    assert "3 of 3 rows of q in 2026-09" in notice.message
    assert "0.001667 unit-hours" in notice.message


def test_intervals_that_follow_each_other_are_lawful_on_and_off_a_grid() -> None:
    """Days of the calendar, of which one has 25 hours."""
    october = Span(date(2026, 10, 1), date(2026, 11, 1))
    days = [f"2026-10-{day:02}T00:00:00" for day in range(1, 32)]
    rows = [f"{a},{b},a,vm,q,1" for a, b in pairwise(days)]
    assert checked({"usage/a.csv": usage(*rows)}, ask(october), span=october).problems == ()
