"""Checks of the names in rules against registers, settings and other rules. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from chargeback.charging.metering.name_checks import LIKENESS
from chargeback.charging.metering.timeline import Levels
from chargeback.model.facts import Facts
from chargeback.model.problem import Problem
from chargeback.model.rules import Quantity, Rule, regime_in, regime_kinds
from chargeback.model.settings import Settings
from chargeback.model.versions import DriverBound, IncludedQuantity, Version

NameKind = tuple[str, str, str]  # what is named, where it was searched for, code of the problem
REGIME: NameKind = ("VAT regime", "chargeback.toml has no [vat.*] of this name", "unknown-regime")
GROUP: NameKind = ("group", "groups.csv does not name it", "unknown-group")
MEMBER: NameKind = ("member", "members.csv does not name it", "unknown-member")
DRIVER: NameKind = ("driver", "drivers.csv does not name it", "unknown-driver")
POOL: NameKind = ("pool", "no allocation or transfer takes it", "unknown-pool")
GAME: NameKind = ("game", "standalone/costs.csv does not name it", "unknown-game")
REPLACED: NameKind = ("rule", "no rate or allocation has this id", "unknown-rule")


def check_rules(rules: Sequence[Rule], facts: Facts, settings: Settings) -> list[Problem]:
    """Problems of unknown regimes, groups, members, drivers, games, rules and pools in all rules."""
    known = KnownNames(facts, settings, rules)
    return [problem for rule in rules for problem in _check(rule, known)]


class KnownNames:
    """Names that rules may use, sorted.

    Attributes:
        regimes: VAT regimes of the settings.
        groups: groups of groups.csv.
        members: members of members.csv.
        drivers: drivers of drivers.csv.
        games: games of standalone/costs.csv.
        pools: pools that an allocation or a transfer takes.
        kinds: kind of each member, as last in force.
        every_kind: kinds that a member has or had.
        rules: ids of rates and allocations.
    """

    def __init__(self, facts: Facts, settings: Settings, rules: Sequence[Rule]) -> None:
        self.regimes = sorted(settings.regimes)
        self.groups = sorted({g.group for g in facts.groups})
        self.members = sorted({m.member_id for m in facts.members})
        self.drivers = Levels.of(facts).names("driver")
        self.games = sorted({c.game for c in facts.coalitions})
        self.pools = sorted({r.pool for r in rules if r.pool and r.kind in ("allocation", "transfer")})
        self.kinds = {m.member_id: m.kind for m in sorted(facts.members, key=lambda m: m.valid_from)}
        self.every_kind = {m.kind for m in facts.members}
        self.rules = sorted(r.id for r in rules if r.kind in ("rate", "allocation"))


def _unknown(rule: Rule, key: str, kind: NameKind, name: str, known: Sequence[str]) -> Iterator[Problem]:
    if name in known:
        return
    what, where, code = kind
    close = get_close_matches(name, known, n=1)
    listed = ", ".join(known[:20]) + (", …" if len(known) > 20 else "")
    hint = f'did you mean "{close[0]}"?' if close else f"known: {listed or 'none'}"
    yield Problem(rule.where(key), f'unknown {what} "{name}": {where}; {hint}', code)


def _check(rule: Rule, known: KnownNames) -> Iterator[Problem]:
    for key, name in _regimes(rule):
        yield from _unknown(rule, key, REGIME, name, known.regimes)
    yield from _mistyped_kinds(rule, known)
    yield from _without_regime(rule, known)
    if rule.group is not None:
        yield from _unknown(rule, "group", GROUP, rule.group, known.groups)
    for key, own in rule.regimes():
        for member in own.get("by_member", {}) if isinstance(own, dict) else ():
            yield from _unknown(rule, key, MEMBER, member, known.members)
    for name in rule.replaces:
        yield from _unknown(rule, "replaces", REPLACED, name, known.rules)
    for key, name in _drivers(rule):
        yield from _unknown(rule, key, DRIVER, name, known.drivers)
    for number, version in enumerate(rule.versions):
        yield from _version(rule, version, f"version.{number}", known)


def _regimes(rule: Rule) -> Iterator[tuple[str, str]]:
    for key, own in rule.regimes():
        if isinstance(own, str):
            yield key, own
            continue
        for kind, name in own.items():
            names = name.values() if isinstance(name, dict) else [name]
            yield from ((f"{key}.{kind}", str(regime)) for regime in names)


def _mistyped_kinds(rule: Rule, known: KnownNames) -> Iterator[Problem]:
    """Kinds of a table of regimes that no member has, while a member has one of nearly that name."""
    like = {kind.casefold(): kind for kind in sorted(known.every_kind)}
    named = [(f"{key}.{kind}", kind) for key, own in rule.regimes() for kind in regime_kinds(own)]
    for key, kind in named:
        close = get_close_matches(kind.casefold(), like, n=1, cutoff=LIKENESS) if kind not in known.every_kind else []
        if close:
            message = (
                f'vat names the kind "{kind}", which no member has: its regime would bill nobody, and members of kind '
                f'"{like[close[0]]}" would have another; did you mean "{like[close[0]]}"?'
            )
            yield Problem(rule.where(key), message, "unknown-kind")


def _without_regime(rule: Rule, known: KnownNames) -> Iterator[Problem]:
    """Members whose kind a table of regimes leaves out, when it has no default."""
    for key, own in rule.regimes():
        lacking = sorted({kind for member, kind in known.kinds.items() if not regime_in(own, member, kind)})
        if lacking:
            message = (
                f"vat says nothing of members of kind {', '.join(lacking)}: add default, or a regime for each of these "
                "kinds"
            )
            yield Problem(rule.where(key), message, "missing-field")


def _version(rule: Rule, version: Version, key: str, known: KnownNames) -> Iterator[Problem]:
    for name in version.exclude:
        yield from _unknown(rule, f"{key}.exclude", MEMBER, name, known.members)
    for number, part in enumerate(version.keys):
        for name in part.shares or ():
            yield from _unknown(rule, f"{key}.keys.{number}.shares", MEMBER, name, known.members)
    if version.unattributed is not None:
        yield from _unknown(rule, f"{key}.unattributed", MEMBER, version.unattributed, known.members)
    for name in version.to:
        yield from _unknown(rule, f"{key}.to", POOL, name, known.pools)
    if version.game is not None:
        yield from _unknown(rule, f"{key}.game", GAME, version.game, known.games)


def _drivers(rule: Rule) -> Iterator[tuple[str, str]]:
    yield from _of(rule.quantity, "quantity")
    for number, version in enumerate(rule.versions):
        yield from _of(version.quantity, f"version.{number}.quantity")
        if isinstance(version.included, IncludedQuantity):
            yield from _of(version.included.quantity, f"version.{number}.included")
        for index, part in enumerate(version.keys):
            yield from _of(part.quantity, f"version.{number}.keys.{index}")
        for bound in ("floor", "cap"):
            value = getattr(version, bound)
            if isinstance(value, DriverBound):
                yield f"version.{number}.{bound}", value.driver


def _of(quantity: Quantity | None, key: str) -> Iterator[tuple[str, str]]:
    for part in quantity.parts if quantity else ():
        if part.driver is not None:
            yield key, part.driver
