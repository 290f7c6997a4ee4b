"""Rules in force on a day, and what changes from one day to another. Pure.

Two versions differ by their terms, as the ledger compares them (``ledger/rule_terms``): whatever moves an amount or its
legal basis. The way a number is written, the order of keys and the link of a reference change nothing. The reason for
which a version is retroactive is compared too, though it moves no amount.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from chargeback.ledger.rule_terms import moving
from chargeback.model.rules import Rule
from chargeback.model.versions import Version


@dataclass(frozen=True, slots=True)
class InForce:
    """A rule and the version of it that is in force."""

    rule: Rule
    version: Version


@dataclass(frozen=True, slots=True)
class Outside:
    """Rule without a version in force.

    Attributes:
        ended: ``valid_to`` of the version before.
        begins: first day of the next version.
    """

    rule: Rule
    ended: date | None
    begins: date | None


@dataclass(frozen=True, slots=True)
class Listing:
    """The rules on a day, by service and id."""

    day: date
    in_force: tuple[InForce, ...]
    outside: tuple[Outside, ...]

    @property
    def rules(self) -> dict[str, Rule]:
        """All of them, by id."""
        found = [each.rule for each in self.in_force] + [each.rule for each in self.outside]
        return {rule.id: rule for rule in found}


@dataclass(frozen=True, slots=True)
class Changed:
    """A rule in force on both days under other terms: the names of the fields of a version that differ."""

    rule: Rule
    before: Version
    after: Version
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between the rules of two days: those that begin, those that end, those that change."""

    first: date
    second: date
    begin: tuple[InForce, ...]
    end: tuple[InForce, ...]
    changed: tuple[Changed, ...]


def on_day(rules: Iterable[Rule], day: date) -> Listing:
    """The rules in force on a day, and those that are not."""
    in_force: list[InForce] = []
    outside: list[Outside] = []
    for rule in by_service(rules):
        version = rule.on(day)
        if version is None:
            outside.append(_outside(rule, day))
        else:
            in_force.append(InForce(rule, version))
    return Listing(day, tuple(in_force), tuple(outside))


def by_service(rules: Iterable[Rule]) -> list[Rule]:
    """Rules sorted by service, then id; those without service last."""
    return sorted(rules, key=lambda rule: (not rule.service, rule.service, rule.id))


def _outside(rule: Rule, day: date) -> Outside:
    ended = max((v.valid_to for v in rule.versions if v.valid_to is not None and v.valid_to <= day), default=None)
    begins = min((v.valid_from for v in rule.versions if v.valid_from > day), default=None)
    return Outside(rule, ended, begins)


def between(rules: Iterable[Rule], first: date, second: date) -> Changes:
    """What changes from the first day to the second; rules that do not change are left out."""
    begin: list[InForce] = []
    end: list[InForce] = []
    changed: list[Changed] = []
    for rule in by_service(rules):
        before, after = rule.on(first), rule.on(second)
        if before is None and after is not None:
            begin.append(InForce(rule, after))
        elif before is not None and after is None:
            end.append(InForce(rule, before))
        elif before is not None and after is not None:
            fields = _differing(rule, before, after)
            changed += [Changed(rule, before, after, fields)] if fields else []
    return Changes(first, second, tuple(begin), tuple(end), tuple(changed))


def _differing(rule: Rule, before: Version, after: Version) -> tuple[str, ...]:
    """The fields that differ, in the order in which a version declares them."""
    old, new = (terms_of(rule, version) for version in (before, after))
    names = (name for name in Version.model_fields if name not in ("valid_from", "valid_to"))
    return tuple(name for name in names if old.get(name) != new.get(name))


def terms_of(rule: Rule, version: Version) -> dict[str, Any]:
    """Terms of a version by field: whatever moves an amount or its legal basis, why it is retroactive, and when it
    is called."""
    reason = version.retroactive
    beside = {"retroactive": reason if isinstance(reason, str) else reason.model_dump(), "calls": version.calls}
    return moving(rule, version) | {name: value for name, value in beside.items() if value}
