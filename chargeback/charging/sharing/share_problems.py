"""Problems of sharing a pool: keys without value, bounds that cannot be met, deductions without cost. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from chargeback.charging.context import Context
from chargeback.charging.metering.rule_quantities import rows_below_zero
from chargeback.charging.metering.timeline import Presence, common_spans, days_in
from chargeback.charging.sharing.apportionment import Infeasible
from chargeback.charging.sharing.share_bounds import bound_text
from chargeback.model.money import euros, rounded, short
from chargeback.model.period import Span
from chargeback.model.pools import BoundKind, KeyTable
from chargeback.model.problem import Problem
from chargeback.model.rules import DatedVersion, Quantity, Rule
from chargeback.model.versions import DriverBound, Version


def less_without_cost(rule: Rule, parts: Sequence[DatedVersion], ctx: Context) -> Iterator[Problem]:
    """Problems of deductions (``less``) from a pool without cost."""
    for version, _ in parts:
        if version.less:
            message = (
                f"less takes charges off pool {rule.pool}, but the pool has no cost in {ctx.when}: "
                "book its cost, or leave less out"
            )
            yield Problem(rule.where_in(version, "less"), message, "less-without-cost")


def zero_total(rule: Rule, version: Version, number: int, amount: int, ctx: Context) -> Problem:
    """Problem of a key that adds up to zero over the members that take part."""
    key = version.keys[number]
    if version.by_instalments and ctx.year is None and key.kind == "meter":
        return _no_use_last_year(rule, version, number, amount, ctx)
    message = (
        f"pool {rule.pool} holds {euros(amount)} {ctx.settings.currency} in {ctx.when}, but its key "
        f"{key.name or key.kind} adds up to zero over the members who take part: give the key values, or share by "
        "another"
    )
    return Problem(rule.where_in(version, f"keys.{number}"), message, "key-total-zero")


def key_below_zero(
    rule: Rule, version: Version, span: Span, number: int, table: KeyTable, presence: Presence, ctx: Context
) -> Iterator[Problem]:
    """Problems of the values of a key below zero, one for each member; ``table``: the key over ``span``."""
    key = version.keys[number]
    for member, value in table.values.items():
        if value < 0:
            days = common_spans(presence.get(member, ()), (span,))
            by_day = version.prorate == "day" and table.kind not in ("meter", "charges") and days
            own = value / days_in(days) if by_day else value
            rows = rows_below_zero(key.quantity, member, ctx.facts, ctx.month) if key.quantity is not None else ""
            message = (
                f"the key {table.name or table.kind} of pool {rule.pool} is {short(own)} for {member} in {ctx.when}"
                f"{rows}: a key value is zero or more; correct it, or let it count as zero with "
                'negative = "zero" in the key'
            )
            yield Problem(rule.where_in(version, f"keys.{number}"), message, "below-zero")


def bound_below_zero(
    rule: Rule, version: Version, kind: BoundKind, bounds: Mapping[str, Fraction], ctx: Context
) -> Iterator[Problem]:
    """Problems of the floors or caps of members that a driver states below zero; ``bounds`` in cents."""
    stated = getattr(version, kind)
    for member, cents in sorted(bounds.items()) if isinstance(stated, DriverBound) else ():
        if cents < 0:
            rows = rows_below_zero(Quantity(driver=stated.driver), member, ctx.facts, ctx.month)
            message = (
                f"the {kind} of pool {rule.pool}, the driver {stated.driver}, is below zero for {member} in {ctx.when}"
                f"{rows}: a {kind} is an amount of zero or more; correct the value"
            )
            yield Problem(rule.where_in(version, kind), message, "below-zero")


def _no_use_last_year(rule: Rule, version: Version, number: int, amount: int, ctx: Context) -> Problem:
    """Problem of an instalment shared by a meter without use in the year before."""
    message = (
        f"pool {rule.pool} calls {euros(amount)} {ctx.settings.currency} in {ctx.when} on its budget, but there is no "
        "use of "
        f"{version.keys[number].name} in {ctx.period.year - 1} by those who take part: load it, or write "
        'shares = { MEMBER = "60", OTHER = "40" } in place of the meter for this year'
    )
    return Problem(rule.where_in(version, f"keys.{number}"), message, "no-use-last-year")


def infeasible_bound(rule: Rule, version: Version, amount: int, error: Infeasible, ctx: Context) -> Problem:
    """Problem of a floor or a cap that cannot be met."""
    side = "more" if error.bound == "floor" else "less"
    total = rounded(error.total / 100, 2)
    message = (
        f"pool {rule.pool} holds {euros(amount)} {ctx.settings.currency} in {ctx.when}, but with the {error.bound} "
        f"{bound_text(getattr(version, error.bound))} the members pay {side}, {total}: change the {error.bound}"
    )
    return Problem(rule.where_in(version, error.bound), message, "infeasible-bound")


def negative_share(rule: Rule, version: Version, tables: Sequence[KeyTable], ctx: Context) -> Problem:
    """Problem of shares of a game below zero between a floor and a cap."""
    negative = sorted({m for table in tables for m, v in table.values.items() if v < 0})
    message = (
        f"the {version.method} shares of pool {rule.pool} are below zero for {', '.join(negative[:5])} in {ctx.when}: "
        "a share below zero cannot be held between a floor and a cap; take the bound out, or share by another method"
    )
    return Problem(rule.where_in(version, "method"), message, "negative-share")
