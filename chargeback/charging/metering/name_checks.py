"""Checks of mistyped names: a meter, tag or item of a rule that nothing has, while an unused one is nearly the same.
Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from chargeback.charging.metering.answers import Measured
from chargeback.charging.metering.rule_quantities import items_named, meters_named
from chargeback.model.facts import Facts
from chargeback.model.problem import Problem
from chargeback.model.rules import Rule

LIKENESS = 0.85


def mistyped_items(rules: Sequence[Rule], facts: Facts) -> Iterator[Problem]:
    """Problems of items that nobody ever had, while one of nearly that name is in no rule."""
    known = {row.name for row in facts.subscriptions}
    unpriced = sorted(known - {item for _, _, item in items_named(rules)})
    for rule, key, item in items_named(rules):
        close = get_close_matches(item, unpriced, n=1, cutoff=LIKENESS) if item not in known else []
        if close:
            message = (
                f'unknown item "{item}": subscriptions.csv does not name it, and no rule prices "{close[0]}"; is it '
                "meant?"
            )
            yield Problem(rule.where(key), message, "unknown-item")


def mistyped_meters(measured: Measured, rules: Sequence[Rule], meters: Iterable[str]) -> Iterator[Problem]:
    """Problems of meters that no usage at all has, while unpriced usage has one of nearly that name."""
    known = set(meters)
    unpriced = sorted({m.cell.meter for m in measured.attribution.unpriced})
    for rule, key, meter in meters_named(rules):
        close = get_close_matches(meter, unpriced, n=1, cutoff=LIKENESS) if meter not in known else []
        if close:
            message = f'unknown meter "{meter}": no usage has it, and no rule prices "{close[0]}"; is it meant?'
            yield Problem(rule.where(key), message, "unknown-meter")


def mistyped_tags(rules: Iterable[Rule], tags: Iterable[str]) -> Iterator[Problem]:
    """Problems of tags that no usage has, while the usage has one of nearly that name."""
    known = sorted(tags)
    for rule in rules:
        tag = rule.quantity.tag if rule.quantity else ""
        close = get_close_matches(tag, known, n=1, cutoff=LIKENESS) if tag and tag not in known else []
        if close:
            message = f'unknown tag "{tag}": no usage has it, but some has "{close[0]}"; is it meant?'
            yield Problem(rule.where("quantity"), message, "unknown-tag")
