"""Pool shares: the pool of an allocation cut over its versions by days, then shared by their keys, exactly. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from chargeback.charging.context import Context
from chargeback.charging.sharing.apportionment import BoundedShares, Infeasible, share_within_bounds
from chargeback.charging.sharing.keys import KeyValues, SharingKeys, key_values, taking_part
from chargeback.charging.sharing.method_shares import method_table
from chargeback.charging.sharing.pools import uncovered_days
from chargeback.charging.sharing.share_bounds import bound_text, bounds_in_cents
from chargeback.charging.sharing.share_charges import share_charges
from chargeback.charging.sharing.share_problems import (
    bound_below_zero,
    infeasible_bound,
    key_below_zero,
    less_without_cost,
    negative_share,
    zero_total,
)
from chargeback.model.charges import Charge
from chargeback.model.money import split, to_cents
from chargeback.model.period import Span
from chargeback.model.pools import KeyTable, PoolSplit
from chargeback.model.problem import Notice, Problem
from chargeback.model.rules import DatedVersion, Rule, parts_of
from chargeback.model.versions import Version

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class PoolCharges:
    """Result of sharing a pool.

    Attributes:
        charges: the members' shares.
        splits: how each part of the pool was shared.
        problems: why it cannot be shared.
        notices: what the user should know.
    """

    charges: tuple[Charge, ...] = ()
    splits: tuple[PoolSplit, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()


def share_pool(rule: Rule, pool_amount: int | None, ctx: Context) -> PoolCharges:
    """Share the cents of a rule's pool (None: no cost was booked or transferred to it)."""
    parts = parts_of(rule, ctx.month)
    if pool_amount is None:
        return PoolCharges(problems=tuple(less_without_cost(rule, parts, ctx)))
    if pool_amount == 0 and not any(v.less for v, _ in parts):
        return PoolCharges()
    if ctx.year is None and sum(span.days for _, span in parts) < ctx.month.days:
        return PoolCharges(problems=(uncovered_days(rule, pool_amount, ctx.period, ctx.settings),))
    by_days = split(pool_amount, {str(span.start): Fraction(span.days) for _, span in parts})
    found = [_share_part(rule, part, pool_amount, by_days[str(part[1].start)], parts, ctx) for part in parts]
    return PoolCharges(
        tuple(c for s in found for c in s.charges),
        tuple(p for s in found for p in s.splits),
        tuple(p for s in found for p in s.problems),
        tuple(n for s in found for n in s.notices),
    )


def _share_part(
    rule: Rule, part: DatedVersion, pool_amount: int, pool: int, parts: Sequence[DatedVersion], ctx: Context
) -> PoolCharges:
    version, span = part
    deducted = _less(version, span, parts, ctx)
    amount = pool - deducted
    if version.less_floor is not None:
        amount = max(amount, to_cents(Fraction(version.less_floor)))
    if amount == 0:
        return PoolCharges(
            splits=(_split(rule, part, pool_amount, amount, deducted, SharingKeys(), BoundedShares({}, {}), ctx),)
            if deducted
            else ()
        )
    found = _tables(rule, version, span, amount, ctx)
    if found.problems:
        return PoolCharges(problems=found.problems)
    weights = _combined(found.tables)
    if version.floor is not None and version.method == "keys":
        weights = dict.fromkeys(taking_part(rule, version, ctx), ZERO) | weights
    floors, caps = bounds_in_cents(rule, version, span, weights, ctx)
    below = (*bound_below_zero(rule, version, "floor", floors, ctx), *bound_below_zero(rule, version, "cap", caps, ctx))
    if below:
        return PoolCharges(problems=below)
    try:
        shares = share_within_bounds(amount, weights, floors, caps)
    except Infeasible as error:
        return PoolCharges(problems=(infeasible_bound(rule, version, amount, error, ctx),))
    except ArithmeticError:
        return PoolCharges(problems=(negative_share(rule, version, found.tables, ctx),))
    result = _split(rule, part, pool_amount, amount, deducted, found, shares, ctx)
    return PoolCharges(tuple(share_charges(rule, result, weights, ctx)), (result,), notices=found.notices)


def _split(
    rule: Rule,
    part: DatedVersion,
    pool_amount: int,
    amount: int,
    deducted: int,
    found: SharingKeys,
    shares: BoundedShares,
    ctx: Context,
) -> PoolSplit:
    """Split of a part; one that deductions leave nothing to share of has no shares."""
    version, span = part
    return PoolSplit(
        rule=rule.id,
        version=version.valid_from,
        pool=rule.pool or "",
        pool_amount=pool_amount,
        amount=amount,
        days=span.days,
        month_days=ctx.month.days,
        keys=found.tables,
        shares=shares.cents,
        floor=bound_text(version.floor),
        cap=bound_text(version.cap),
        binding=shares.binding,
        deducted=deducted,
        standard_errors=found.standard_errors,
        instalment=ctx.called.get(rule.pool or "") if ctx.year is None else None,
    )


def _less(version: Version, span: Span, parts: Sequence[DatedVersion], ctx: Context) -> int:
    """Cents of the rules named by ``less`` that are deducted from this part, split by days like the pool."""
    if not version.less:
        return 0
    total = sum(cents for rule in version.less for cents in ctx.charged[rule].values())
    return split(total, {str(s.start): Fraction(s.days) for _, s in parts})[str(span.start)]


def _tables(rule: Rule, version: Version, span: Span, amount: int, ctx: Context) -> SharingKeys:
    """Keys with the values of the members that take part; a value below zero or a key that adds up to zero is a
    problem."""
    presence = taking_part(rule, version, ctx)
    if version.method != "keys":
        return method_table(rule, version, span, amount, presence, ctx)
    tables = []
    problems = []
    for number, key in enumerate(version.keys):
        values = key_values(rule, version, span, key, number, presence, ctx)
        if key.negative == "zero":
            values = {member: max(value, ZERO) for member, value in values.items()}
        table = KeyTable(Fraction(key.weight), key.kind, key.name, dict(sorted(values.items())))
        tables.append(table)
        below = [*key_below_zero(rule, version, span, number, table, presence, ctx)] if table.weight else []
        problems += below
        if table.weight and table.total == 0 and not below:
            problems.append(zero_total(rule, version, number, amount, ctx))
    return SharingKeys(tuple(tables), tuple(problems))


def _combined(tables: Sequence[KeyTable]) -> KeyValues:
    """Weights in proportion to a member's parts of all keys, added exactly, as whole numbers of a common denominator.

    A single key gives its values themselves.
    """
    weighty = [table for table in tables if table.weight]
    if len(weighty) == 1:
        return dict(weighty[0].values)
    scales = [table.weight / table.total for table in weighty]
    of_scales = lcm(*(scale.denominator for scale in scales))
    of_values = lcm(*{value.denominator for table in weighty for value in table.values.values()})
    parts: dict[str, int] = {}
    for table, scale in zip(weighty, scales, strict=True):
        factor = scale.numerator * (of_scales // scale.denominator)
        for member, value in table.values.items():
            parts[member] = parts.get(member, 0) + value.numerator * (of_values // value.denominator) * factor
    return {member: Fraction(part) for member, part in parts.items()}
