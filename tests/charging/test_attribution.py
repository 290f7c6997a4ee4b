"""Which member each cell belongs to, and which questions count it."""

from __future__ import annotations

from datetime import date

import pytest

from chargeback.charging.metering.attribution import Attribution, Match, Question, asks
from chargeback.charging.metering.cells import Cell
from chargeback.model.facts import Facts, GroupMember, Resource
from chargeback.model.period import Span
from kit.builders import LONG_AGO, NOWHERE, member
from kit.metered import (
    FIRST,
    REST,
    TAGS,
    ask,
    attributed,
    cell,
    owners,
    reaching,
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
    assert [m.cell for m in found.matches["r", "borne"]] == cells
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
