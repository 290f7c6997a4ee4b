"""What the rules ask of the usage of a month: one question per meter quantity of a rate, and per key of an allocation. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from chargeback.charging.accumulation import BEFORE
from chargeback.charging.context import parts_of
from chargeback.charging.keys import slot
from chargeback.charging.rates import SLOT
from chargeback.charging.rating import year_start
from chargeback.charging.usage import Question
from chargeback.period import Period, Span
from chargeback.rules import Quantity, Rule, Version


def questions(rules: Iterable[Rule], held: Mapping[str, int], period: Period) -> list[Question]:
    """The questions about the month; an allocation asks only when its pool holds something to share."""
    result: list[Question] = []
    for rule in rules:
        if rule.kind in ("rate", "baseline"):
            result += _rate(rule, period)
        elif rule.kind == "allocation" and (held.get(rule.pool or "") or _takes_less(rule, period)):
            result += _allocation(rule, period)
    return result


def earlier(rules: Iterable[Rule], period: Period) -> dict[Span, list[Question]]:
    """The questions about the year before the month, for the rules that accumulate, by the days they are about."""
    result: dict[Span, list[Question]] = {}
    for rule in rules:
        for version, _ in parts_of(rule, period.span):
            first = year_start(version, period).first
            if version.accumulate and first < period.first and rule.quantity is not None:
                span = Span(first, period.first)
                result.setdefault(span, []).extend(_ask(rule, BEFORE, rule.quantity, span, (span,)))
    return result


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
            )


def _rate(rule: Rule, period: Period) -> Iterator[Question]:
    if rule.quantity is not None:
        covered = tuple(span for _, span in parts_of(rule, period.span))
        yield from _ask(rule, SLOT, rule.quantity, period.span, covered)


def _allocation(rule: Rule, period: Period) -> Iterator[Question]:
    for version, span in parts_of(rule, period.span):
        at = f"version.{rule.versions.index(version)}"
        if version.quantity is not None:
            yield from _ask(rule, slot(version, "q"), version.quantity, span, (span,), f"{at}.quantity", version)
        for number, key in enumerate(version.keys):
            if key.quantity is not None:
                path = f"{at}.keys.{number}.quantity"
                yield from _ask(rule, slot(version, number), key.quantity, span, (span,), path, version)
