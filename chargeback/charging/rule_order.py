"""Order in which rules are charged: a rule comes after those whose charges it needs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter

from chargeback.model.prices import Others
from chargeback.model.problem import Problem
from chargeback.model.rules import Quantity, Rule


def needed_rules(rule: Rule) -> list[tuple[str, str]]:
    """Rules whose charges a rule needs, each with the key that names it."""
    return sorted(set(_needs(rule)))


def _needs(rule: Rule) -> Iterator[tuple[str, str]]:
    yield from _of(rule.quantity, "quantity")
    for number, version in enumerate(rule.versions):
        key = f"version.{number}"
        yield from _of(version.quantity, f"{key}.quantity")
        for name in version.less:
            yield name, f"{key}.less"
        if isinstance(version.maximum, Others):
            for name in version.maximum.others:
                yield name, f"{key}.maximum"
        for index, part in enumerate(version.keys):
            yield from _of(part.quantity, f"{key}.keys.{index}")


def _of(quantity: Quantity | None, key: str) -> Iterator[tuple[str, str]]:
    for part in quantity.parts if quantity else ():
        for name in part.charges or ():
            yield name, key


def unknown_charges(rules: Mapping[str, Rule]) -> Iterator[Problem]:
    """Problems of charges asked of a rule that does not exist, or that charges nobody."""
    billing = sorted(name for name, rule in rules.items() if rule.kind in ("rate", "allocation"))
    for rule in rules.values():
        for name, key in needed_rules(rule):
            if name not in billing:
                message = f'charges of "{name}", which is no rule that charges{_known(name, billing)}'
                yield Problem(rule.where(key), message, "unknown-rule")


def _known(name: str, billing: list[str]) -> str:
    close = get_close_matches(name, billing, n=1)
    return f'; did you mean "{close[0]}"?' if close else f": expected one of {', '.join(billing) or 'none'}"


def in_charging_order(rules: Iterable[Rule]) -> tuple[list[Rule], list[Problem]]:
    """Rules in an order in which each comes after those it needs; a circle is a problem that names it."""
    by_id = {rule.id: rule for rule in sorted(rules, key=lambda r: r.id)}
    graph = {name: sorted({n for n, _ in needed_rules(rule) if n in by_id}) for name, rule in by_id.items()}
    try:
        return [by_id[name] for name in TopologicalSorter(graph).static_order()], []
    except CycleError as error:
        circle = sorted(set(error.args[1]))
        first = by_id[circle[0]]
        message = (
            f"the rules {', '.join(circle)} charge for each other in a circle, so none of them has an answer: let one "
            "of them price something else"
            if len(circle) > 1
            else f"{circle[0]} charges for its own charges, so it has no answer: let it name other rules"
        )
        key = next(key for name, key in needed_rules(first) if name in circle)
        return [], [Problem(first.where(key), message, "charges-in-a-circle")]
