"""Notices of usage: rows, sums and hours that are billed to nobody, in exact figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from chargeback.charging.metering.answers import Answer, Measured
from chargeback.charging.metering.attribution import Attribution, Question
from chargeback.charging.metering.cells import Cell, Piece
from chargeback.charging.metering.usage_notices import (
    beyond_month,
    moved_shares,
    time_of_nobody,
    untagged_use,
    usage_notices,
)
from chargeback.model.facts import Facts, Member
from chargeback.model.pools import KeyTable, PoolSplit
from chargeback.model.problem import Notice, Place
from chargeback.model.rules import Rule
from kit.builders import LONG_AGO, member, month
from kit.metered import AB, HERE, PARTS, SEPTEMBER, TAGS, ask, attributed, cell, reaching, rule
from kit.sample_month import SETTINGS

USAGE = Place("usage")
MERGED = date(2026, 9, 11)
SUCCEEDED = {
    "old": member("old", valid_to=MERGED, successor="new"),
    "new": member("new", valid_from=MERGED),
    "gone": member("gone", valid_to=MERGED),
    "open": member("open", successor="new"),
}


def measured(found: Attribution) -> Measured:
    """What was measured, without answers."""
    return Measured({}, found, PARTS, TAGS)


def noticed(
    cells: Sequence[Cell], *rules: Rule, members: Mapping[str, Member] = SUCCEEDED, meters: Sequence[str] = ("q",)
) -> list[Notice]:
    """Notices of cells that no question counts."""
    found = attributed(cells, facts=Facts(members=tuple(members.values())))
    return list(usage_notices(measured(found), rules, SEPTEMBER, meters, members))


def test_rows_without_a_member_are_added_by_meter() -> None:
    """Two and three rows of q, 1.5 and 2 units; one of z; the meters in the order of their names."""
    cells = [
        cell(None, meter="z", total=4),
        cell(None, samples=2, total="1.5"),
        cell("x", part=1, samples=3, total=2),
        reaching(None, 7),
    ]
    assert noticed(cells) == [
        Notice(
            USAGE,
            "5 rows of q (3.5 in all) without a member in force in 2026-09: billed to nobody",
            "unattributed-usage",
            5,
        ),
        Notice(
            USAGE,
            "1 row of z (4 in all) without a member in force in 2026-09: billed to nobody",
            "unattributed-usage",
            1,
        ),
    ]


def test_rows_that_no_rule_counts_are_added_by_meter() -> None:
    """Five rows of two members, three and a half units; time that only reaches into a part is no row."""
    cells = [cell("new", part=1, samples=2, total="1.5"), cell("open", samples=3, total=2), reaching("open", 7)]
    assert noticed(cells) == [
        Notice(USAGE, "5 rows of q (3.5 in all) that no rule counts in 2026-09: billed to nobody", "unpriced-usage", 5)
    ]


def test_a_meter_that_no_usage_has_is_named_at_its_key() -> None:
    """Of two rules the one whose meter is unknown, at its quantity."""
    known = rule("known")
    unknown = rule("unknown", quantity={"meter": "z", "measure": "max"}, lines={"quantity": 4, "id": 1})
    assert noticed([], known, unknown, meters=("q", "p")) == [
        Notice(Place("tariffs/unknown.toml", 4), 'no usage of any month has the meter "z"', "meter-without-usage")
    ]


def test_a_successor_is_named_for_rows_after_the_end() -> None:
    """Two rows on the day of the merger and after it, and not the three of another meter."""
    late = [cell("old", part=1, samples=2), cell("old", part=1, samples=3, meter="z"), cell("gone", part=1)]
    q, z = noticed(late)
    assert q.message == (
        "3 rows of q (2 in all) without a member in force in 2026-09: billed to nobody; 2 rows of old, which new took "
        "over from on 2026-09-11: let the usage, or resources.csv, name new from then on"
    )
    assert z.message.partition("; ")[2].startswith("3 rows of old, ")


def test_two_successors_are_named_one_after_the_other() -> None:
    """In the order of the members that have ended."""
    two = SUCCEEDED | {"early": member("early", valid_to=MERGED, successor="open")}
    [notice] = noticed([cell("old", part=1), cell("early", part=1)], members=two)
    assert "; 1 row of early, which open took over" in notice.message
    assert "name open from then on; 1 row of old, which new took over" in notice.message


@pytest.mark.parametrize(
    ("name", "part", "starts"),
    [("gone", 1, LONG_AGO), ("unknown", 1, LONG_AGO), ("old", 0, date(2026, 9, 11))],
    ids=["no successor", "no member", "before it began"],
)
def test_rows_that_no_successor_took_over_name_none(name: str, part: int, starts: date) -> None:
    """A member without successor, an unknown one, one that had not begun and has no rows after its end."""
    old = member("old", valid_from=starts, valid_to=date(2026, 9, 20), successor="new")
    [notice] = noticed([cell(name, part=part)], members=SUCCEEDED | {"old": old} if name == "old" else SUCCEEDED)
    assert notice.message.endswith("billed to nobody")


def test_without_members_no_successor_is_named() -> None:
    """The default knows nobody."""
    found = attributed([cell("old", part=1)], facts=Facts(members=tuple(SUCCEEDED.values())))
    [notice] = usage_notices(measured(found), [], SEPTEMBER, ["q"])
    assert notice.message.endswith("billed to nobody")


def test_time_of_nobody_is_in_unit_hours() -> None:
    """Three rows of two cells with 2 units for an hour each, six unit-hours; each meter for itself, in order."""
    found = Attribution()
    found.unattributed_time += [reaching(None, 5, meter="z"), reaching(None), reaching("x", 2, part=1)]
    assert list(time_of_nobody(measured(found), SEPTEMBER)) == [
        Notice(
            USAGE,
            f"{rows} rows of {meter} with time on days of 2026-09 without a member in force: {hours} unit-hours are "
            "billed to nobody",
            "time-of-nobody",
            rows,
        )
        for meter, rows, hours in (("q", 3, 6), ("z", 5, 10))
    ]


def piece(of: Cell, rows: int, total: int, later: Fraction) -> Piece:
    """Rows that leave the month, in the part of their start."""
    return Piece(of, False, rows, Fraction(total), later)


A, B = cell("a"), cell("b", part=1)
LEAVING = [piece(A, 2, 10, Fraction(5, 2)), piece(A, 1, 4, Fraction(1)), piece(B, 3, 6, Fraction(3))]


def left(*questions: Question, leaving: Sequence[Piece] = LEAVING) -> list[Notice]:
    """Notices of sums of a and b."""
    return list(beyond_month(questions, attributed([A, B], *questions), leaving, "2026-09"))


def test_sums_of_rows_that_end_after_the_month() -> None:
    """Six rows of twenty units, of which 2.5, 1 and 3 by time; with ``b`` excluded three of fourteen."""
    both, one = left(ask(), ask(slot="rate:1", exclude=frozenset({"b"})))
    assert both == Notice(
        HERE,
        "r counts 6 rows of q (20 in all) whole in 2026-09, by start, but by time 6.5 of it lies after the month: "
        'spread = "time" cuts such rows',
        "sum-beyond-month",
        6,
    )
    assert (one.count, "(14 in all)" in one.message, "time 3.5 of it" in one.message) == (3, True, True)


@pytest.mark.parametrize(
    "question",
    [ask("integral"), ask(spread="time"), ask("max"), ask(meter="z"), ask(exclude=frozenset("ab"))],
    ids=["integral", "spread", "max", "meter", "excluded"],
)
def test_what_is_cut_by_time_or_not_counted_says_nothing(question: Question) -> None:
    """Only sums that count a row whole; a question after it is still asked."""
    assert left(question) == []
    assert [n.count for n in left(question, ask(slot="rate:1"))] == [6]


def test_rows_that_end_in_the_month_say_nothing() -> None:
    """No piece at all, one of a series that nobody counts, or one of another part."""
    assert left(ask(), leaving=[]) == []
    assert left(ask(), leaving=[piece(cell("c"), 1, 1, Fraction(1)), piece(cell("a", part=1), 1, 1, Fraction(1))]) == []


TAGGED = [
    cell("a", tag="hdd", samples=9),
    cell("a", samples=2, total="1.5"),
    cell("b", samples=3, total=2),
    cell("b", tag="", total=8),
]


def untagged(**per: Any) -> list[Notice]:
    """Notices of use without the tag class."""
    questions = [ask(**per), ask(rule="whole", slot="rate:1")]
    return list(untagged_use(questions, measured(attributed(TAGGED, *questions)), SEPTEMBER))


def test_use_without_the_tag_is_added_over_the_members() -> None:
    """Two, three and one rows, 11.5 units, of both members; an empty value is none, and a member has no tag."""
    assert untagged(per={"tag": "class"}) == [
        Notice(
            HERE,
            '6 rows of q (11.5 in all) without the tag "class" in 2026-09: r prices those of each member together, as '
            "one more value of the tag",
            "usage-without-tag",
            6,
        )
    ]
    assert untagged() == untagged(per="resource") == []


def test_a_tag_that_no_usage_has_is_missing_from_all() -> None:
    """All fifteen rows."""
    [notice] = untagged(per={"tag": "zone"})
    assert (notice.count, "15 rows of q (12.5 in all)" in notice.message) == (15, True)
    assert untagged(meter="z", per={"tag": "zone"}) == []


def split(*keys: KeyTable, pool: str = "dam") -> PoolSplit:
    """A split of 100.00 under the version of long ago."""
    return PoolSplit("r", LONG_AGO, pool, 10_000, 10_000, 30, 30, keys, {})


def key(weight: Fraction = Fraction(1), kind: Any = "meter", values: Sequence[int] = (3, 1)) -> KeyTable:
    """A key of 3 and 1, or other values."""
    return KeyTable(weight, kind, "q", {f"m{n}": Fraction(v) for n, v in enumerate(values)})


def moved(*keys: KeyTable, lost: Mapping[int, int], **terms: Any) -> list[Notice]:
    """Notices of shares that use without a member moved, by number of the key."""
    shares = rule(
        "r",
        "allocation",
        pool="dam",
        versions=[{"keys": [{"quantity": {"meter": "q", "measure": "sum"}, "weight": "1"}], **terms}],
        lines={"pool": 5, "id": 1},
    )
    found = month(
        period=SEPTEMBER, settings=SETTINGS, rules={"r": shares}, members={}, splits=(split(*keys, pool="weir"),)
    )
    answers = {("r", f"{LONG_AGO}:{n}:0"): Answer({}, Fraction(value)) for n, value in lost.items()}
    return list(moved_shares(found, answers))


def test_shares_that_use_without_a_member_moved() -> None:
    """One of 4 + 1 units of half of 100.00 is 10.00; of the other half, four of eight, 25.00."""
    half = Fraction(1, 2)
    first, second = moved(key(half), key(half), lost={0: 1, 1: 4})
    assert first == Notice(
        Place("tariffs/r.toml", 5),
        "pool weir is shared by q in 2026-09: 1 of it without a member, which moved 10.00 EUR to the others",
        "moved-by-unattributed",
    )
    assert "4 of it without a member, which moved 25.00 EUR" in second.message


@pytest.mark.parametrize(
    ("keys", "lost"),
    [([key(kind="driver")], {0: 1}), ([key()], {0: 0}), ([key()], {})],
    ids=["driver", "nothing lost", "no answer"],
)
def test_what_moves_no_share_says_nothing(keys: Sequence[KeyTable], lost: Mapping[int, int]) -> None:
    """A key of a driver, use that all has a member, a key that is not answered; the next key is still asked."""
    assert moved(*keys, lost=lost) == []
    assert len(moved(*keys, key(), lost={**lost, 1: 1})) == 1


def test_use_that_the_operator_bears_moves_nothing() -> None:
    """The bearer has a share of its own."""
    assert moved(key(), lost={0: 1}, unattributed="m0") == []


def test_use_that_cancels_the_rest_moved_nothing() -> None:
    """Minus four of four: nothing is shared by it; minus three of four moves minus 300.00."""
    [notice] = moved(key(), lost={0: -4})
    assert "moved 0.00 EUR" in notice.message
    [notice] = moved(key(), lost={0: -3})
    assert "moved -300.00 EUR" in notice.message


def test_nothing_measured_is_no_notice() -> None:
    """No cell, no question, no rule."""
    nothing = measured(attributed([], facts=AB))
    assert [*usage_notices(nothing, [], SEPTEMBER, []), *time_of_nobody(nothing, SEPTEMBER)] == []
