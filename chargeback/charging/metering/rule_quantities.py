"""Quantities that a rule names: its own and those of its versions, the meters and items among them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chargeback.model.facts import Facts
from chargeback.model.period import Span, clip
from chargeback.model.rules import Quantity, Rule
from chargeback.model.versions import IncludedQuantity


def rule_quantities(rule: Rule) -> Iterator[tuple[str, Quantity]]:
    """Every quantity of a rule and of its versions, with its key."""
    if rule.quantity is not None:
        yield "quantity", rule.quantity
    for number, version in enumerate(rule.versions):
        if isinstance(version.included, IncludedQuantity):
            yield f"version.{number}.included", version.included.quantity
        if version.quantity is not None:
            yield f"version.{number}.quantity", version.quantity
        for index, key in enumerate(version.keys):
            if key.quantity is not None:
                yield f"version.{number}.keys.{index}.quantity", key.quantity


def longest_step(rules: Iterable[Rule]) -> int:
    """The longest step that a rule gives to its samples, in microseconds; 0 where none does."""
    steps = (part.step_us for rule in rules for _, quantity in rule_quantities(rule) for part in quantity.parts)
    return max(steps, default=0)


def meters_named(rules: Iterable[Rule]) -> Iterator[tuple[Rule, str, str]]:
    """Every meter of a rule, once, with the key that names it first."""
    for rule in rules:
        named = [(part.meter, key) for key, quantity in rule_quantities(rule) for part in quantity.parts]
        first = {meter: key for meter, key in reversed(named) if meter}
        yield from ((rule, key, meter) for meter, key in sorted(first.items()))


def items_named(rules: Iterable[Rule]) -> Iterator[tuple[Rule, str, str]]:
    """Every item that a rule names, once, with the key that names it first."""
    for rule in rules:
        seen: set[str] = set()
        for key, quantity in rule_quantities(rule):
            for part in quantity.parts:
                if part.subscription and part.subscription not in seen:
                    seen.add(part.subscription)
                    yield rule, key, part.subscription


def rows_below_zero(quantity: Quantity, member: str, facts: Facts, days: Span) -> str:
    """Rows below zero of a member in the registers that a quantity counts, as `` (drivers.csv:3)``; ``""`` for none."""
    drivers = {part.driver for part in quantity.parts}
    items = {part.subscription for part in quantity.parts}
    rows = [row for row in facts.drivers if row.name in drivers]
    rows += [row for row in facts.subscriptions if row.name in items]
    below = [row for row in rows if row.member_id == member and row.value < 0]
    places = [str(row.where) for row in below if clip(row.valid_from, row.valid_to, days) is not None]
    return f" ({', '.join(places)})" if places else ""
