"""Series that are added at each instant but seldom measured together; samples on few days."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chargeback.charging.metering.attribution import Question
from chargeback.charging.metering.instant_checks import (
    SampledDays,
    SharedInstants,
    instant_notices,
    instant_problems,
    sampled_days_notices,
)
from chargeback.charging.metering.timeline import Roster
from chargeback.model.facts import Facts, GroupMember
from chargeback.model.period import Span
from chargeback.model.problem import Notice
from kit.builders import LONG_AGO, NOWHERE, member
from kit.metered import FIRST, HERE, MONTH, REST, ask

SUM_OF_ALL = ask("max", combine="instant")
STEPPED = ask("max", combine="instant", step="5m")


def shared(question: Question = SUM_OF_ALL, **more: Any) -> SharedInstants:
    """Three series of member a that are all measured at 89 of 100 instants."""
    counts = {"unit": ("a", ""), "series": 3, "instants": 100, "complete": 89, "most": 3}
    return SharedInstants(question=question, **counts | more)


def test_series_that_share_no_instant_are_a_problem() -> None:
    """At most one of three is measured at a time: the sum of all would be one of them."""
    [problem] = instant_problems([shared(most=2), shared(most=1)], "2026-09")
    assert (problem.where, problem.code) == (HERE, "no-common-instant")
    assert problem.message == (
        "r adds q at each instant, but no two of the 3 series of a have one instant in common in 2026-09: say how far "
        'apart they are read with a step, as step = "5m"'
    )


@pytest.mark.parametrize(
    ("found", "whose"),
    [
        ({"unit": ("", "")}, "series have"),
        ({"unit": ("a", "vm")}, "series of a (vm) have"),
        ({"question": ask("max", combine="instant", per={"tag": "class"})}, "series of a (without class) have"),
    ],
    ids=["common peak", "resource", "tag"],
)
def test_the_unit_is_named_and_of_a_common_peak_nobody(found: dict[str, Any], whose: str) -> None:
    """The peak is one of all members together."""
    [problem] = instant_problems([shared(most=1, **found)], "2026-09")
    assert f"the 3 {whose} one instant" in problem.message


def test_with_a_step_no_shared_instant_is_a_notice_only() -> None:
    """The step is what the problem asks for."""
    alone = shared(STEPPED, most=1, complete=0)
    assert list(instant_problems([alone], "2026-09")) == []
    [notice] = instant_notices([alone], "2026-09")
    assert "measured at 0 of 100 instants only" in notice.message


def test_without_a_step_no_shared_instant_is_the_problem_only() -> None:
    """Nothing is said twice."""
    assert list(instant_notices([shared(most=1, complete=0)], "2026-09")) == []
    assert len(list(instant_notices([shared(most=2, complete=0)], "2026-09"))) == 1


@pytest.mark.parametrize(
    ("complete", "instants", "few"),
    [(89, 100, True), (90, 100, False), (91, 100, False), (8, 9, True), (0, 1, True), (1, 1, False), (899, 1000, True)],
)
def test_few_is_below_nine_in_ten(complete: int, instants: int, few: bool) -> None:
    """90 of 100 are enough, 8 of 9 are not."""
    assert len(list(instant_notices([shared(complete=complete, instants=instants)], "2026-09"))) == few


def test_of_many_units_the_first_is_named() -> None:
    """Each question has its own notice; of its units, those that are measured seldom count."""
    other = ask("max", rule="other", combine="instant")
    units = [
        shared(),
        shared(complete=100),
        shared(other, unit=("b", ""), instants=1, complete=0, series=2),
        shared(unit=("b", "")),
        shared(unit=("c", "")),
    ]
    first, second = instant_notices(units, "2026-09")
    assert first == Notice(
        HERE,
        "r adds q at each instant, but all 3 series of a are measured at 89 of 100 instants only in 2026-09: what is "
        "missing counts as nothing (2 more likewise)",
        "few-common-instants",
    )
    assert second.message == (
        "other adds q at each instant, but all 2 series of b are measured at 0 of 1 instant only in 2026-09: what is "
        "missing counts as nothing"
    )


def test_two_units_are_one_and_one_more() -> None:
    """The first is not counted among the others."""
    [notice] = instant_notices([shared(), shared(unit=("b", ""))], "2026-09")
    assert notice.message.endswith("counts as nothing (1 more likewise)")


MEAN = ask("mean")
ROSTER = Roster(
    Facts(
        members=(member("a"), member("b", valid_from=date(2026, 9, 30))),
        groups=(GroupMember("g", "a", LONG_AGO, date(2026, 9, 4), NOWHERE),),
    ),
    MONTH,
)


def few_days(*sampled: SampledDays) -> list[str]:
    """What is said of samples on some days."""
    return [notice.message for notice in sampled_days_notices(sampled, ROSTER, "2026-09")]


def test_samples_on_fewer_days_than_their_member_is_there() -> None:
    """29 of the thirty days of September; a series on all of them is no notice."""
    [notice] = sampled_days_notices(
        [SampledDays(MEAN, "a", "vm-0", 30), SampledDays(MEAN, "a", "vm-1", 29)], ROSTER, "2026-09"
    )
    assert notice == Notice(
        HERE,
        "r takes the plain mean of the samples of q; those of vm-1 (a) are of 29 of 30 days only in 2026-09: the mean "
        'is of those days; with a step, as step = "1h", a sample counts for its time',
        "samples-on-few-days",
    )


@pytest.mark.parametrize(
    ("question", "owner", "days"),
    [
        (MEAN, "a", 30),
        (MEAN, "b", 1),
        (MEAN, "nobody", 0),
        (ask("mean", covered=(FIRST,)), "a", 10),
        (ask("mean", covered=(Span(date(2026, 8, 30), date(2026, 9, 2)), REST)), "a", 21),
        (ask("mean", group="g"), "a", 3),
        (ask("mean", group="g"), "b", 0),
    ],
    ids=["whole", "joined late", "absent", "until the 11th", "two versions", "group", "not of the group"],
)
def test_only_days_of_presence_and_of_a_version_are_missed(question: Question, owner: str, days: int) -> None:
    """So many days are enough, one less is not."""
    assert few_days(SampledDays(question, owner, "vm", days)) == []
    if days:
        [message] = few_days(SampledDays(question, owner, "vm", days - 1))
        assert f"of {days - 1} of {days} day{'s' if days > 1 else ''} only" in message


def test_of_many_series_the_first_is_named() -> None:
    """Each question has its own notice, and counts the series that are not named."""
    other = ask("mean", slot="rate:1")
    days = [SampledDays(q, "a", f"vm-{n}", n) for n in (1, 2, 3, 30) for q in (MEAN, other)]
    one, two = few_days(*days[:-1])
    assert "those of vm-1 (a) are of 1 of 30 days only in 2026-09 (2 more series likewise): the" in one
    assert "those of vm-1 (a) are of 1 of 30 days only in 2026-09 (2 more series likewise): the" in two
    [message] = few_days(days[0], days[2])
    assert "(1 more series likewise)" in message
