"""Questions to the usage of a month: one for each meter quantity of a rate, one for each meter key of an allocation.
Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from chargeback.charging.metering.answers import Answer, Reading
from chargeback.charging.metering.attribution import Question
from chargeback.charging.metering.cells import ADDITIVE
from chargeback.charging.rating.accumulation import BEFORE
from chargeback.charging.rating.pricing import year_start
from chargeback.charging.rating.rate_charges import SLOT
from chargeback.charging.sharing.keys import question_slot
from chargeback.model.period import Period, Span, clip, months_of
from chargeback.model.rules import Quantity, Rule, parts_of
from chargeback.model.versions import Version

SEEN = "seen "
APART = " in "
COUNTED = "counted "


def month_questions(rules: Iterable[Rule], to_share: Mapping[str, int], period: Period) -> list[Question]:
    """Questions about the month; an allocation is answered only when its pool has cents to share (``to_share``, by
    pool)."""
    result: list[Question] = []
    for rule in rules:
        if rule.kind in ("rate", "baseline"):
            result += _rate(rule, period)
        elif rule.kind == "allocation":
            shares = to_share.get(rule.pool or "") or _takes_less(rule, period)
            asked = _allocation(rule, period)
            result += asked if shares else map(_unanswered, asked)
    return result


def _unanswered(question: Question) -> Question:
    """Question that only says which use its rule counts: nothing is measured for it."""
    counted = Quantity(meter=question.quantity.meter, measure="count", where=question.quantity.where)
    return replace(question, slot=f"{COUNTED}{question.slot}", quantity=counted, answered=False)


def prior_questions(rules: Iterable[Rule], period: Period) -> dict[Span, list[Question]]:
    """Questions about days before the month, by those days.

    The year to date is asked for rules that accumulate, the last civil year for keys of pools called by instalments.
    """
    result = _of_last_year(rules, period)
    for rule in rules:
        for version, _ in parts_of(rule, period.span):
            first = year_start(version, period).first
            if version.accumulate and first < period.first and rule.quantity is not None:
                span = Span(first, period.first)
                result.setdefault(span, []).extend(_ask(rule, BEFORE, rule.quantity, span, (span,)))
    return result


def _of_last_year(rules: Iterable[Rule], period: Period) -> dict[Span, list[Question]]:
    result: dict[Span, list[Question]] = {}
    for rule in rules:
        for version, _ in parts_of(rule, period.span) if rule.kind == "allocation" else ():
            if version.by_instalments:
                for span, asked in key_questions(rule, version, year_span(period.year - 1)).items():
                    result.setdefault(span, []).extend(asked)
    return result


def year_span(year: int) -> Span:
    """The days of a civil year."""
    return Span(date(year, 1, 1), date(year + 1, 1, 1))


def year_questions(rule: Rule, year: int) -> dict[Span, list[Question]]:
    """Questions of the keys of an allocation about a civil year, each version about its own days of it."""
    result: dict[Span, list[Question]] = {}
    for version, span in parts_of(rule, year_span(year)):
        for days, asked in key_questions(rule, version, span).items():
            result.setdefault(days, []).extend(asked)
    return result


def key_questions(rule: Rule, version: Version, days: Span) -> dict[Span, list[Question]]:
    """Questions of the keys of a version about some days, by the days they are asked about.

    A sum or an integral is asked once. Other measures are asked month by month, and ``answers_over_months`` adds them
    up.
    """
    months = [part for month in months_of(days) if (part := clip(days.start, days.end, month)) is not None]
    result: dict[Span, list[Question]] = {}
    for question in _keys(rule, version, days):
        if question.quantity.measure in ADDITIVE:
            result.setdefault(days, []).append(question)
        else:
            for month in months:
                slot = f"{question.slot}{APART}{month.start}"
                asked = replace(question, slot=slot, window=month, covered=(month,))
                result.setdefault(month, []).append(asked)
    return result


def answers_over_months(answers: Mapping[tuple[str, str], Answer]) -> dict[tuple[str, str], Answer]:
    """Answers, those asked month by month added up."""
    result: dict[tuple[str, str], Answer] = {}
    for (rule, asked), answer in answers.items():
        name, _, month = asked.partition(APART)
        before = result.get((rule, name)) if month else None
        result[rule, name] = answer if before is None else _added(before, answer)
    return result


def _added(one: Answer, other: Answer) -> Answer:
    readings = {unit: Reading(reading.value) for unit, reading in one.readings.items()}
    for unit, reading in other.readings.items():
        readings[unit] = Reading(reading.value + (readings[unit].value if unit in readings else 0))
    return Answer(readings, one.unattributed + other.unattributed)


def _takes_less(rule: Rule, period: Period) -> bool:
    return rule.pool is not None and any(version.less for version, _ in parts_of(rule, period.span))


def _ask(
    rule: Rule,
    name: str,
    quantity: Quantity,
    window: Span,
    covered: tuple[Span, ...],
    key: str = "quantity",
    version: Version | None = None,
) -> Iterator[Question]:
    for number, part in enumerate(quantity.parts):
        if part.meter is not None:
            yield Question(
                rule=rule.id,
                slot=f"{name}:{number}",
                quantity=part,
                group=rule.group,
                exclude=frozenset(version.exclude if version else ()),
                window=window,
                covered=covered,
                where=rule.where(key),
                bearer=(version.unattributed or "") if version else "",
                bills=rule.kind != "baseline",
            )


def _rate(rule: Rule, period: Period) -> Iterator[Question]:
    if rule.quantity is not None:
        covered = tuple(span for _, span in parts_of(rule, period.span))
        yield from _ask(rule, SLOT, rule.quantity, period.span, covered)


def _allocation(rule: Rule, period: Period) -> Iterator[Question]:
    """Questions of an allocation. Under instalments the month's use is asked too: it counts at the end of the year."""
    for version, span in parts_of(rule, period.span):
        for question in _keys(rule, version, span):
            yield replace(question, slot=f"{SEEN}{question.slot}") if version.by_instalments else question


def _keys(rule: Rule, version: Version, span: Span) -> Iterator[Question]:
    at = f"version.{rule.versions.index(version)}"
    if version.quantity is not None:
        yield from _ask(rule, question_slot(version, "q"), version.quantity, span, (span,), f"{at}.quantity", version)
    for number, key in enumerate(version.keys):
        if key.quantity is not None:
            path = f"{at}.keys.{number}.quantity"
            yield from _ask(rule, question_slot(version, number), key.quantity, span, (span,), path, version)
