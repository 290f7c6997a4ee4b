"""Which member each cell belongs to, and which questions count it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from chargeback.charging.metering.answers import Measured
from chargeback.charging.metering.attribution import Attribution, Match, Question, asks
from chargeback.charging.metering.cells import Cell
from chargeback.charging.metering.measure_checks import measure_problems, uncovered_use
from chargeback.model.facts import Facts, GroupMember, Resource
from chargeback.model.period import Span
from chargeback.model.problem import Place
from kit.builders import LONG_AGO, NOWHERE, member
from kit.metered import (
    AB,
    FIRST,
    HERE,
    PARTS,
    REST,
    SEPTEMBER,
    TAGS,
    ask,
    attributed,
    cell,
    owners,
    reaching,
    rule,
    unanswered,
)

CUT = date(2026, 9, 11)
FACTS = Facts(
    members=(member("a"), member("b", valid_to=CUT), member("c", valid_from=CUT)),
    groups=(GroupMember("g", "a", CUT, None, NOWHERE), GroupMember("g", "b", LONG_AGO, None, NOWHERE)),
    resources=(Resource("vm", "b", LONG_AGO, CUT, NOWHERE), Resource("vm", "c", CUT, None, NOWHERE)),
)


@pytest.mark.parametrize(
    ("of", "owner", "named"),
    [
        (cell("a"), "a", "a"),
        (cell("a", resource="vm"), "a", "a"),
        (cell(None, resource="vm"), "b", "b"),
        (cell(None, resource="vm", part=1), "c", "c"),
        (cell("b", part=1), None, "b"),
        (cell("c"), None, "c"),
        (cell(None, resource="other"), None, None),
        (cell(None), None, None),
    ],
    ids=["member", "member first", "resource", "new owner", "ended", "not begun", "unknown resource", "neither"],
)
def test_the_owner_is_the_member_named_else_that_of_the_resource(
    of: Cell, owner: str | None, named: str | None
) -> None:
    """If in force in the part; who is named may be out of force."""
    found = owners(FACTS)
    assert (found.of(of), found.named(of)) == (owner, named)


@pytest.mark.parametrize(
    ("group", "part", "members"), [(None, 0, "ab"), (None, 1, "ac"), ("g", 0, "b"), ("g", 1, "a"), ("none", 0, "")]
)
def test_who_is_present_in_a_part(group: str | None, part: int, members: str) -> None:
    """On its first day, the day after the last excluded; asked twice the same."""
    found = owners(FACTS)
    assert found.present(group, part) == found.present(group, part) == frozenset(members)


@pytest.mark.parametrize(
    ("question", "of", "part", "asked"),
    [
        (ask(), cell(), FIRST, True),
        (ask(), reaching(), FIRST, False),
        (ask("integral"), reaching(), FIRST, True),
        (ask(spread="time"), reaching(), FIRST, True),
        (ask(meter="z"), cell(), FIRST, False),
        (ask(window=FIRST), cell(), FIRST, True),
        (ask(window=FIRST), cell(), REST, False),
        (ask(window=REST), cell(), FIRST, False),
        (ask(where={"class": "hdd"}), cell(tag="hdd"), FIRST, True),
        (ask(where={"class": "hdd"}), cell(tag="ssd"), FIRST, False),
        (ask(where={"zone": "1"}), cell(tag="1"), FIRST, False),
    ],
)
def test_a_question_asks_for_its_meter_tags_and_window(question: Question, of: Cell, part: Span, asked: bool) -> None:
    """Without a row that starts in the part, only by time."""
    assert asks(question, of, TAGS, part) is asked


def counts(found: Attribution) -> dict[tuple[str, str], list[str]]:
    """Owners of the cells that each question counts."""
    return {key: [m.owner for m in matches] for key, matches in found.matches.items()}


def test_cells_that_differ_in_part_tags_or_rows_are_asked_for_apart() -> None:
    """Of six cells each question counts its own, though others of the meter come first."""
    cells = [cell(), cell(part=1), cell(tag="hdd"), cell(meter="z"), reaching(), cell()]
    questions = [
        ask(slot="all"),
        ask(slot="rest", window=REST, covered=(REST,)),
        ask(slot="hdd", where={"class": "hdd"}),
        ask("integral", slot="time"),
        ask(meter="z", slot="z"),
    ]
    found = attributed(cells, *questions)
    assert {slot: [cells.index(m.cell) for m in ms] for (_, slot), ms in found.matches.items()} == {
        "all": [0, 1, 2, 0],
        "rest": [1],
        "hdd": [2],
        "time": [0, 1, 2, 4, 0],
        "z": [3],
    }
    assert (found.unpriced, found.unattributed, dict(found.uncovered)) == ([], [], {})


def test_the_group_and_the_exclusions_decide_whose_use_counts() -> None:
    """In the first part only ``b`` is of the group; who is excluded is not counted."""
    cells = [cell("a"), cell("b"), cell("a", part=1)]
    questions = [ask(slot="g", group="g"), ask(slot="x", exclude=frozenset("a"))]
    found = attributed(cells, *questions, facts=FACTS)
    assert counts(found) == {("r", "g"): ["b", "a"], ("r", "x"): ["b"]}
    assert found.unpriced == [Match(cells[0], "a")]


def test_the_bearer_counts_for_itself_and_for_nobody() -> None:
    """Excluded or not, its own use counts, and so does use without a member in force, by the same question."""
    cells = [cell("a"), cell("b"), cell("c", samples=2), cell(None)]
    questions = [ask(slot="borne", exclude=frozenset("a"), bearer="a"), ask(slot="other")]
    found = attributed(cells, *questions, facts=FACTS)
    assert counts(found) == {("r", "borne"): ["a", "b", "a", "a"], ("r", "other"): ["a", "b"]}
    assert found.unattributed == cells[2:]
    assert dict(found.unattributed_by_question) == {("r", "borne"): cells[2:], ("r", "other"): cells[2:]}
    assert dict(found.not_in_force) == {"c": [cells[2]]}


def test_time_without_a_member_is_no_row_without_one() -> None:
    """It is named only where a question asks for it, and nobody is called out of force by it."""
    time, row = reaching("c"), reaching("c", meter="z")
    found = attributed([time, row], ask("integral"), ask(meter="z", slot="z"), facts=FACTS)
    assert (found.unattributed_time, found.unattributed, dict(found.not_in_force)) == ([time], [], {})
    assert dict(found.unattributed_by_question) == {("r", "rate:0"): [time]}
    assert counts(found) == {}


def test_time_that_no_rule_counts_is_no_use_without_a_price() -> None:
    """The row that starts is, once."""
    row = cell()
    found = attributed([row, reaching()])
    assert found.unpriced == [Match(row, "a")]


@pytest.mark.parametrize(
    ("other", "refused"),
    [
        (ask(rule="other"), 0),
        (unanswered(ask(rule="other")), 0),
        (ask(rule="other", bills=False), 1),
        (ask(rule="other", meter="z"), 1),
        (ask(rule="other", covered=(FIRST,)), 1),
        (ask(rule="other", exclude=frozenset("a")), 1),
        (ask(rule="other", where={"class": "hdd"}), 1),
    ],
    ids=["counted", "pool without cost", "baseline", "meter", "days", "excluded", "tags"],
)
def test_use_on_days_without_a_version_is_uncovered_where_nobody_bills_it(other: Question, refused: int) -> None:
    """What a rule of those days bills needs no other version."""
    found = attributed([cell(part=1)], ask(covered=(FIRST,)), other)
    assert len(found.uncovered["r", "rate:0"]) == refused
    assert found.matches["r", "rate:0"] == []


def test_answers_of_other_rows_replace_those_of_the_question_alone() -> None:
    """Of two questions the second is answered again."""
    first, second = ask(slot="1"), ask(slot="2")
    found = attributed([cell("a"), cell(None)], first, second)
    again = attributed([cell("b"), cell(None, samples=2)], first, second)
    found.answer_again(again, [second])
    assert counts(found) == {first.key: ["a"], second.key: ["b"]}
    assert [found.unattributed_by_question[q.key][0].samples for q in (first, second)] == [1, 2]


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
