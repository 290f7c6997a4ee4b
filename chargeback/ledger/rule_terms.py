"""Terms of a rule version as the ledger keeps them: all that an amount is based on, and the hash of what may not
change.

The hash covers what moves an amount or its legal basis: quantity, keys, prices, tiers, bounds, VAT, the titles of the
references. Labels, units, services and links are left out, and so are ``valid_to``, which may be set later, the text
of ``retroactive``, and ``calls``, which says when documents may be issued. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from chargeback.model.month import Month, PriorMonth
from chargeback.model.period import Period, clip
from chargeback.model.problem import Place, Problem
from chargeback.model.rules import Rule, parts_of
from chargeback.model.versions import Version

MOVING = {"id", "kind", "vat", "group", "quantity", "pool"}
UNORDERED = ("references", "keys", "exclude", "less")


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of a rule version as it was used.

    Attributes:
        rule: id of the rule.
        version: first day of the version.
        valid_to: its end; None where it has none.
        sha256: hash of what moves an amount or its legal basis.
        where: file and line of the version.
        content: the rule with this version alone.
    """

    rule: str
    version: date
    valid_to: date | None
    sha256: str
    where: Place
    content: dict[str, Any]


def used(month: Month) -> tuple[Terms, ...]:
    """Terms of every version that a charge of the month is based on, transfers of its pools included.

    So are those of amounts brought forward, and of the prior months that they are based on.
    """
    charges = [*month.charges, *(c for d in month.drawn_up for n in d.lines if n.carried_from for c in n.charges)]
    versions = {(c.rule, c.version) for c in charges}
    every: tuple[Month | PriorMonth, ...] = (month, *month.prior_months)
    for of in every:
        versions |= {(c.rule, c.version) for c in of.charges} | {(s.rule, s.version) for s in of.splits}
        pools = {pool.name for pool in of.pools}
        for rule in month.rules.values():
            if rule.kind == "transfer" and rule.pool in pools:
                versions |= {(rule.id, version.valid_from) for version, _ in parts_of(rule, of.period.span)}
    return tuple(terms(month.rules[rule], start) for rule, start in sorted(versions))


def terms(rule: Rule, start: date) -> Terms:
    """Terms of the version of a rule that begins on ``start``."""
    number = next(n for n, v in enumerate(rule.versions) if v.valid_from == start)
    version = rule.versions[number]
    alone = rule.model_copy(update={"version": (version,)})
    content = alone.model_dump(mode="json", exclude_defaults=True)
    where = rule.where(f"version.{number}")
    return Terms(rule.id, start, version.valid_to, fingerprint(rule, version), where, content)


def rules_of(kept: Iterable[Terms]) -> dict[str, Rule]:
    """Rules by id, each with the versions that were kept; equal ones once."""
    found: dict[str, Rule] = {}
    for item in sorted(kept, key=lambda t: (t.rule, t.version)):
        alone = Rule.model_validate(item.content)
        before = found.get(item.rule)
        if before is None:
            lines = {"version.0": item.where.line or 1}
            found[item.rule] = alone.model_copy(update={"path": item.where.path, "lines": lines})
        elif before.versions[-1].valid_from != item.version:
            lines = before.lines | {f"version.{len(before.versions)}": item.where.line or 1}
            update = {"version": (*before.versions, *alone.versions), "lines": lines}
            found[item.rule] = before.model_copy(update=update)
    return found


def fingerprint(rule: Rule, version: Version) -> str:
    """sha256 of what moves an amount or its legal basis, however it is written (``0.10`` is ``0.1``)."""
    text = json.dumps(moving(rule, version), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def moving(rule: Rule, version: Version) -> dict[str, Any]:
    """Fields that move an amount or its legal basis, by name; defaults are left out, so that new fields change
    no hash."""
    plain = as_filed(rule, version)
    for name in UNORDERED:
        if name in plain:
            plain[name] = sorted(plain[name], key=lambda item: json.dumps(item, sort_keys=True))
    return plain


def as_filed(rule: Rule, version: Version) -> dict[str, Any]:
    """The same fields in the order of the file."""
    content = rule.model_dump(include=MOVING, exclude_defaults=True)
    compared = {"game"} if version.method == "keys" else set()  # beside keys a game is compared, it moves nothing
    content |= version.model_dump(exclude={"valid_to", "retroactive", "calls", *compared}, exclude_defaults=True)
    content["references"] = [{"title": r.title, "enforceable_on": r.enforceable_on} for r in version.references]
    plain: dict[str, Any] = _plain(content)
    return plain


def _plain(value: Any) -> Any:
    """Value for JSON, written one way only."""
    if isinstance(value, Decimal):
        return format(value.normalize() if value else Decimal(0), "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def changed(kept: Iterable[tuple[Period, Terms]], rules: Iterable[Rule]) -> list[Problem]:
    """Problems of terms that a closed period used and that have changed, each at its file and line.

    ``kept``: pairs of the closed period and the terms.
    """
    present = {rule.id: rule for rule in rules}
    problems: list[Problem] = []
    seen: set[tuple[object, ...]] = set()
    for period, item in sorted(kept, key=lambda k: (k[1].rule, k[1].version, k[0])):
        for problem in _changed(period, item, present.get(item.rule)):
            key = (item.rule, item.version, problem.where)
            if key not in seen:
                seen.add(key)
                problems.append(problem)
    return problems


def _changed(period: Period, item: Terms, rule: Rule | None) -> list[Problem]:
    named = f"the version of {item.version} of {item.rule}, by which the closed {period} was billed,"
    if rule is None:
        message = f"{named} is gone with its file: put the file back; to end a rule, give it a valid_to"
        return [Problem(item.where, message, "closed-rule-changed")]
    version = next((v for v in rule.versions if v.valid_from == item.version), None)
    if version is None:
        message = f"{named} is gone: put it back as it was; new terms are a new [[version]]"
        return [Problem(rule.where("version"), message, "closed-rule-changed")]
    found = _ended(period, item, rule, version)
    if fingerprint(rule, version) == item.sha256:
        return found
    return [*found, *_fields(period, item, rule, version)]


def _ended(period: Period, item: Terms, rule: Rule, version: Version) -> list[Problem]:
    """Problems of a valid_to that changes on which days of a closed period the version was in force.

    A version that says it is retroactive may cut the one before it: the closed period is then adjusted.
    """
    before = clip(item.version, item.valid_to, period.span)
    after = clip(version.valid_from, version.valid_to, period.span)
    if before == after or any(v.retroactive and v.valid_from == version.valid_to for v in rule.versions):
        return []
    was = f"was {item.valid_to}" if item.valid_to else "was not set"
    message = (
        f"valid_to of the version of {item.version} of {rule.id} {was} when {period}, now closed, was billed: put it "
        f"back, or let the version end on {period.end} or later; terms that reach back are a new [[version]] from "
        "that day "
        'that says why, as retroactive = "…"'
    )
    return [Problem(_at(rule, version, "valid_to"), message, "closed-rule-changed")]


def needless(closed: Collection[Period], rules: Iterable[Rule]) -> Iterator[Problem]:
    """Problems of versions that say they are retroactive and are not: every act they name is enforceable by their first
    day, and no closed period ends after it."""
    last = max(closed, default=None)
    for rule in rules:
        for version in rule.versions:
            dated = [r.enforceable_on for r in version.references if r.enforceable_on is not None]
            reaches = last is not None and last.end > version.valid_from
            if version.retroactive and dated and max(dated) <= version.valid_from and not reaches:
                message = (
                    f"retroactive does nothing: the acts that the version names are enforceable on {max(dated)}, it "
                    "begins on "
                    f"{version.valid_from}, and no closed period is after that; take it out"
                )
                yield Problem(_at(rule, version, "retroactive"), message, "bad-field")


def _fields(period: Period, item: Terms, rule: Rule, version: Version) -> list[Problem]:
    billed = rules_of([item])[item.rule]
    old, new = moving(billed, billed.versions[0]), moving(rule, version)
    filed = as_filed(rule, version)
    problems = []
    for name in sorted(n for n in {*old, *new} if old.get(n) != new.get(n)):
        message = (
            f"{name} of the version of {item.version} of {rule.id} is {_shown(new.get(name))}, but the closed {period} "
            f"was billed with {_shown(old.get(name))}: put it back, and give new terms as a new [[version]]"
        )
        path = ".".join((name, *_differing(old.get(name), filed.get(name))))
        of_rule = name in MOVING and (name != "quantity" or rule.quantity is not None)
        where = rule.where(path) if of_rule else _at(rule, version, path)
        problems.append(Problem(where, message, "closed-rule-changed"))
    return problems


def _differing(old: Any, new: Any) -> list[str]:
    """Path within a field to the first part that has changed; empty where a part is gone."""
    if isinstance(old, dict) and isinstance(new, dict):
        name = next((n for n in new if n not in old or old[n] != new[n]), None)
        return [] if name is None else [name, *_differing(old.get(name), new[name])]
    if isinstance(old, list) and isinstance(new, list):
        gone = [item for item in old if item not in new]
        number = next((n for n, item in enumerate(new) if item not in old), None)
        return [] if number is None else [str(number), *_differing(gone[0] if gone else None, new[number])]
    return []


def _at(rule: Rule, version: Version, field: str) -> Place:
    return rule.where(f"version.{rule.versions.index(version)}.{field}")


def _shown(value: Any) -> str:
    """Value in a sentence; long ones are cut."""
    if value is None:
        return "not set"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 200 else f"{text[:200]}…"
