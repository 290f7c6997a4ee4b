"""Checks of what was measured: measures that the rows do not allow, use on days without a version. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from chargeback.charging.metering.answers import Measured, cells_by_unit
from chargeback.charging.metering.attribution import Match, Question
from chargeback.model.period import Period
from chargeback.model.problem import Problem, counted
from chargeback.model.rules import Quantity, Rule

ONE_SERIES = ("max", "last", "p95", "mean")


def measure_problems(
    question: Question, matches: Iterable[Match], tags: Sequence[str], period: str
) -> Iterator[Problem]:
    """Problems of measures that the rows do not allow: rows without end for hours, several series where one is
    meant."""
    quantity = question.quantity
    for (member, value), cells in sorted(cells_by_unit(quantity, matches, tags).items()):
        whose = who(quantity, member, value)
        without = sum(c.samples - c.intervals for c in cells)
        intervals = sum(c.intervals for c in cells) or sum(c.reaching for c in cells)
        if quantity.measure == "integral" and without:
            yield Problem(question.where, _no_end(question, whose, without, period), "integral-without-end")
        if quantity.measure == "mean" and without and intervals:
            message = (
                f"{question.rule} takes the mean of {quantity.meter} for {whose} over {counted(intervals, 'row')} with "
                "an end and "
                f"{without} without in {period}: give all of them an end, or none"
            )
            yield Problem(question.where, message, "mean-of-mixed-rows")
        series = {c.resource_id for c in cells}
        instant = quantity.combine == "instant" or quantity.per == "resource"
        sampled = quantity.measure in ONE_SERIES and not (quantity.measure == "mean" and not without)
        if sampled and not instant and len(series) > 1:
            yield Problem(question.where, _two_series(question, whose, series, period), "several-series")


def who(quantity: Quantity, member: str, value: str) -> str:
    """Member, with the resource or the value of the tag that is measured apart."""
    if quantity.tag:
        return f"{member} ({quantity.tag} = {value})" if value else f"{member} (without {quantity.tag})"
    return f"{member} ({value})" if value else member


def _no_end(question: Question, who: str, rows: int, period: str) -> str:
    return (
        f"{question.rule} takes the integral of {question.quantity.meter} over time, but finds {counted(rows, 'row')} "
        f"of {who} "
        f"without end in {period}: give every row an end, or use another measure"
    )


def _two_series(question: Question, who: str, series: set[str | None], period: str) -> str:
    names = sorted(name or "(no resource)" for name in series)
    shown = ", ".join(names[:4]) + (", …" if len(names) > 4 else "")
    return (
        f"{question.rule} takes the {question.quantity.measure} of {question.quantity.meter} of one series, but "
        f"{who} has {len(names)} resources in {period} ({shown}): measure them apart with "
        'per = "resource", or add them at each instant with combine = "instant", and a step, as step = "5m", where '
        "they are read seconds apart"
    )


def uncovered_use(
    asked: Iterable[Question], measured: Measured, rules: Mapping[str, Rule], period: Period
) -> Iterator[Problem]:
    """Problems of use on days when no version of its rule is in force, and that no other rule counts."""
    for question in asked:
        matches = measured.attribution.uncovered.get(question.key, [])
        if matches:
            rows = sum(m.cell.rows for m in matches)
            first = min(measured.parts[m.cell.part].start for m in matches)
            rule = rules[question.rule]
            message = (
                f"{rule.id} has no version in force from {first} in {period}, but the usage has {counted(rows, 'row')} "
                "of "
                f"{question.quantity.meter} on days without one that no other rule counts: date a version to cover them"
            )
            yield Problem(rule.near(first), message, "use-without-version")
