"""Allocation keys: the value of each key by member, over the days of one part of the month. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from chargeback.charging.context import Context
from chargeback.charging.metering.answers import Reading
from chargeback.charging.metering.cells import MeteredUnit
from chargeback.charging.metering.timeline import Presence, days_in
from chargeback.model.period import Span
from chargeback.model.pools import KeyTable
from chargeback.model.problem import Notice, Problem
from chargeback.model.rules import Quantity, Rule
from chargeback.model.versions import Key, Version

ZERO, ONE = Fraction(0), Fraction(1)
KeyValues = dict[str, Fraction]  # exact value by member


@dataclass(frozen=True, slots=True)
class SharingKeys:
    """Keys that a part of a pool is shared by.

    Attributes:
        tables: the keys, in the order of the rule; none with problems.
        problems: why it cannot be shared.
        notices: what the user should know.
        standard_errors: standard errors of the shares in cents, where the values are estimated; None: exact.
    """

    tables: tuple[KeyTable, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()
    standard_errors: dict[str, Fraction] | None = None


def question_slot(version: Version, key: int | str) -> str:
    """Name of the question that a key of a version asks of the usage."""
    return f"{version.valid_from}:{key}"


def taking_part(rule: Rule, version: Version, ctx: Context) -> Presence:
    """Members that take part: those (of the group) present in the month, less those excluded. Each pays the floor, if
    any."""
    return {m: s for m, s in ctx.roster.of(rule.group).items() if m not in version.exclude}


def key_values(
    rule: Rule, version: Version, span: Span, key: Key, number: int, presence: Presence, ctx: Context
) -> KeyValues:
    """Value of a key by member that takes part, times days of presence where it is prorated."""
    if key.quantity is not None:
        return quantity_values(rule, version, span, key.quantity, str(number), presence, ctx)
    base = dict.fromkeys(presence, ONE) if key.equal else {m: Fraction(v) for m, v in (key.shares or {}).items()}
    if version.prorate == "none":
        return {m: v for m, v in base.items() if m in presence}
    return {m: v * days_in(presence[m], span) for m, v in base.items() if m in presence and days_in(presence[m], span)}


def quantity_values(
    rule: Rule, version: Version, span: Span, quantity: Quantity, key: str, presence: Presence, ctx: Context
) -> KeyValues:
    """A quantity by member over a part; a level by day adds its value on each day of presence within the part."""
    name = question_slot(version, key)
    if quantity.kind == "meter" and version.by_instalments:
        return _of_last_year(version, ctx.readings(rule, name, quantity, presence), presence, ctx)
    if version.prorate == "none" or quantity.kind in ("meter", "charges"):
        return {member: r.value for (member, _), r in ctx.readings(rule, name, quantity, presence).items()}
    result: KeyValues = {}
    for member, spans in presence.items():
        within = tuple(Span(max(s.start, span.start), min(s.end, span.end)) for s in spans)
        runs = ctx.runs(rule, name, quantity, member, tuple(s for s in within if s.days))
        if runs:
            result[member] = sum((value * days for value, days in runs), ZERO)
    return result


def _of_last_year(
    version: Version, readings: Mapping[MeteredUnit, Reading], presence: Presence, ctx: Context
) -> KeyValues:
    """Use of last year: it counts for members that take part now, or succeeded those that did, and for the bearer of
    use without a member.
    """
    taking = {*presence, version.unattributed}
    successors = ctx.successors
    found: KeyValues = {}
    for (member, _), reading in readings.items():
        name = member if member in taking else successors.get(member, member)
        if name in taking:
            found[name] = found.get(name, ZERO) + reading.value
    return found
