"""Checks of instants: series that are never measured at one, or seldom; samples on few days. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from chargeback.charging.metering.attribution import Question
from chargeback.charging.metering.cells import MeteredUnit
from chargeback.charging.metering.measure_checks import who
from chargeback.charging.metering.timeline import Roster, common_spans, days_in
from chargeback.model.problem import Notice, Problem, counted

FEW = 90  # per cent of the instants


@dataclass(frozen=True, slots=True)
class SharedInstants:
    """Instants that the series of one unit, or of a common peak, share.

    Attributes:
        question: the question.
        unit: (member, resource or value of the tag); of a common peak ``("", "")``.
        series: number of series, two or more.
        instants: number of instants at which one of them has a reading.
        complete: number of those at which all have one.
        most: greatest number of series at one instant.
    """

    question: Question
    unit: MeteredUnit
    series: int
    instants: int
    complete: int
    most: int

    @property
    def whose(self) -> str:
        """Whose series, in words."""
        quantity = self.question.quantity
        return f" of {who(quantity, *self.unit)}" if self.unit[0] else ""


@dataclass(frozen=True, slots=True)
class SampledDays:
    """Days on which a series of samples has one.

    Attributes:
        question: the question that takes their mean.
        owner: member that bears them.
        series: resource that they name, or member where they name none.
        days: number of local days.
    """

    question: Question
    owner: str
    series: str
    days: int


def instant_problems(shared: Iterable[SharedInstants], period: str) -> Iterator[Problem]:
    """Problems of series without a step of which no two share an instant: each would be alone at each of them."""
    for each in shared:
        question = each.question
        if each.most == 1 and not question.quantity.step:
            message = (
                f"{question.rule} adds {question.quantity.meter} at each instant, but no two of the "
                f"{each.series} series{each.whose} have one instant in common in {period}: say how far apart they are "
                'read with a step, as step = "5m"'
            )
            yield Problem(question.where, message, "no-common-instant")


def instant_notices(shared: Iterable[SharedInstants], period: str) -> Iterator[Notice]:
    """Notices of series that are measured together at under 90 % of their instants; of many units, the first."""
    found: dict[tuple[str, str], list[SharedInstants]] = defaultdict(list)
    for each in shared:
        if (each.most > 1 or each.question.quantity.step) and 100 * each.complete < FEW * each.instants:
            found[each.question.key].append(each)
    for units in found.values():
        first, question = units[0], units[0].question
        message = (
            f"{question.rule} adds {question.quantity.meter} at each instant, but all {first.series} "
            f"series{first.whose} are measured at {first.complete} of {counted(first.instants, 'instant')} only in "
            f"{period}: what is missing counts as nothing"
        )
        message += f" ({len(units) - 1} more likewise)" if len(units) > 1 else ""
        yield Notice(question.where, message, "few-common-instants")


def sampled_days_notices(sampled: Iterable[SampledDays], roster: Roster, period: str) -> Iterator[Notice]:
    """Notices of series with samples on fewer days than their member is there: their mean is of those days alone."""
    found: dict[tuple[str, str], list[tuple[SampledDays, int]]] = defaultdict(list)
    for each in sampled:
        presence = common_spans(roster.of(each.question.group).get(each.owner, ()), each.question.covered)
        days = days_in(presence)
        if each.days < days:
            found[each.question.key].append((each, days))
    for series in found.values():
        (first, days), question = series[0], series[0][0].question
        more = f" ({len(series) - 1} more series likewise)" if len(series) > 1 else ""
        message = (
            f"{question.rule} takes the plain mean of the samples of {question.quantity.meter}; those of "
            f"{first.series} ({first.owner}) are of {first.days} of {counted(days, 'day')} only in {period}{more}: the "
            'mean is of those days; with a step, as step = "1h", a sample counts for its time'
        )
        yield Notice(question.where, message, "samples-on-few-days")
