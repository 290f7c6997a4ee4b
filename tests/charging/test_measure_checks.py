"""What the rows do not allow: hours without an end, mixed means, several series; use on days without a version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from chargeback.charging.metering.answers import Measured
from chargeback.charging.metering.attribution import Match, Question
from chargeback.charging.metering.cells import Cell
from chargeback.charging.metering.measure_checks import measure_problems, uncovered_use
from chargeback.model.problem import Place
from kit.metered import AB, FIRST, HERE, PARTS, SEPTEMBER, TAGS, ask, attributed, cell, reaching, rule

CUT = date(2026, 9, 11)


def problems(question: Question, *cells: Cell) -> list[str]:
    """Messages of what the rows do not allow, with their code."""
    matches = [Match(each, each.member_id or "x") for each in cells]
    found = list(measure_problems(question, matches, TAGS, "2026-09"))
    assert {p.where for p in found} <= {HERE}
    return [f"{p.code}: {p.message}" for p in found]


def test_hours_need_an_end() -> None:
    """Two of three rows of ``a`` and one of two of ``b`` have none."""
    cells = [cell("b", samples=2, intervals=1), cell("a", samples=2, intervals=1), cell("a"), cell("c", intervals=1)]
    end = "without end in 2026-09: give every row an end, or use another measure"
    assert problems(ask("integral"), *cells) == [
        f"integral-without-end: r takes the integral of q over time, but finds 2 rows of a {end}",
        f"integral-without-end: r takes the integral of q over time, but finds 1 row of b {end}",
    ]
    assert problems(ask("sum"), *cells) == []


@pytest.mark.parametrize(
    ("per", "tag", "whose"),
    [
        ("resource", None, "a (vm)"),
        ("member", "hdd", "a"),
        ({"tag": "class"}, "hdd", "a (class = hdd)"),
        ({"tag": "class"}, None, "a (without class)"),
    ],
    ids=["resource", "member", "tag", "without"],
)
def test_the_unit_without_an_end_is_named(per: object, tag: str | None, whose: str) -> None:
    """The member, with what is measured apart."""
    [message] = problems(ask("integral", per=per), cell(resource="vm", tag=tag))
    assert f"finds 1 row of {whose} without end" in message


@pytest.mark.parametrize(
    ("cells", "ended", "without"),
    [
        ([cell(samples=5, intervals=2)], "2 rows", 3),
        ([cell(samples=2, intervals=2), cell()], "2 rows", 1),
        ([cell(), reaching(rows=4)], "4 rows", 1),
        ([cell(samples=2, intervals=1), reaching(rows=4)], "1 row", 1),
        ([cell(samples=2)], "", 0),
        ([cell(samples=2, intervals=2)], "", 0),
    ],
    ids=["one cell", "two", "reaching", "own rows first", "samples", "intervals"],
)
def test_a_mean_is_of_intervals_or_of_samples(cells: Sequence[Cell], ended: str, without: int) -> None:
    """Rows that only reach into the days count where none starts with an end."""
    mixed = (
        f"mean-of-mixed-rows: r takes the mean of q for a over {ended} with an end and {without} without in 2026-09: "
        "give all of them an end, or none"
    )
    assert problems(ask("mean"), *cells) == ([mixed] if ended else [])


@pytest.mark.parametrize(
    ("question", "intervals", "several"),
    [
        *[(ask(measure), 0, True) for measure in ("max", "last", "p95", "mean")],
        *[(ask(measure), 0, False) for measure in ("sum", "count", "peak")],
        (ask("max"), 1, True),
        (ask("mean"), 1, False),
        (ask("max", combine="instant"), 0, False),
        (ask("max", per="resource"), 0, False),
        (ask("max", per={"tag": "class"}), 0, True),
    ],
)
def test_levels_are_of_one_series(question: Question, intervals: int, several: bool) -> None:
    """Two resources are two series, unless they are measured apart or added at each instant."""
    found = problems(question, *(cell(resource=name, intervals=intervals) for name in ("vm", None)))
    assert [each.partition(":")[0] for each in found] == ["several-series"] * several
    assert problems(question, *(cell(resource="vm", intervals=intervals, part=n) for n in (0, 1))) == []


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (("vm", None), "2 resources in 2026-09 ((no resource), vm)"),
        (("4", "3", "2", "1"), "4 resources in 2026-09 (1, 2, 3, 4)"),
        (("5", "4", "3", "2", "1"), "5 resources in 2026-09 (1, 2, 3, 4, …)"),
    ],
)
def test_four_series_are_named(names: Sequence[str | None], shown: str) -> None:
    """In the order of their names; of more an ellipsis."""
    assert problems(ask("max"), *(cell(resource=name) for name in names)) == [
        f"several-series: r takes the max of q of one series, but a has {shown}: measure them apart with per = "
        '"resource", or add them at each instant with combine = "instant", and a step, as step = "5m", where they are '
        "read seconds apart"
    ]


def test_use_without_a_version_is_dated_and_counted() -> None:
    """Two rows and two that reach in, from the 11th; the place is where the version ended."""
    old = rule("old", versions=[{"valid_to": CUT}], lines={"version.0.valid_to": 7, "version.0.valid_from": 6})
    questions = [ask(rule="none", covered=PARTS), ask("integral", rule="old", covered=(FIRST,), where={})]
    late = [cell(part=1), reaching(part=1, rows=2), cell("b", part=1, intervals=1)]
    found = attributed(late, questions[1])
    [problem] = uncovered_use(questions, Measured({}, found, PARTS, TAGS), {"old": old}, SEPTEMBER)
    assert (problem.where, problem.code) == (Place("tariffs/old.toml", 7), "use-without-version")
    assert problem.message == (
        "old has no version in force from 2026-09-11 in 2026-09, but the usage has 4 rows of q on days without one "
        "that no other rule counts: date a version to cover them"
    )


def test_the_earliest_day_without_a_version_is_named() -> None:
    """Of both parts the first."""
    question = replace(ask(rule="old"), covered=())
    found = attributed([cell(part=1), cell(part=0)], question, facts=AB)
    [problem] = uncovered_use([question], Measured({}, found, PARTS, TAGS), {"old": rule("old")}, SEPTEMBER)
    assert "no version in force from 2026-09-01 in 2026-09, but the usage has 2 rows" in problem.message
