"""Charges of an allocation: the pool cut over its versions by days, then shared by their keys, exactly. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from chargeback.charging.context import Context
from chargeback.charging.sharing.apportionment import BoundedShares, Infeasible, share_within_bounds
from chargeback.charging.sharing.keys import KeyValues, SharingKeys, key_values, taking_part
from chargeback.charging.sharing.method_shares import method_table
from chargeback.charging.sharing.pools import uncovered_days
from chargeback.model.charges import Charge
from chargeback.model.money import euros, rounded, split, to_cents
from chargeback.model.period import Span
from chargeback.model.pools import KeyTable, PoolSplit
from chargeback.model.problem import Notice, Place, Problem
from chargeback.model.rules import DatedVersion, DriverBound, Quantity, Rule, Version, parts_of

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class PoolCharges:
    """What sharing a pool gave: charges, how each part was split, what to tell, and what made it impossible."""

    charges: tuple[Charge, ...] = ()
    splits: tuple[PoolSplit, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()


def share_pool(rule: Rule, held: int | None, ctx: Context) -> PoolCharges:
    """Share the ``held`` cents of a rule's pool (None: no cost was booked or transferred to it)."""
    parts = parts_of(rule, ctx.month)
    if held is None:
        return PoolCharges(problems=tuple(_less_without_cost(rule, parts, ctx)))
    if held == 0 and not any(v.less for v, _ in parts):
        return PoolCharges()
    if ctx.year is None and sum(span.days for _, span in parts) < ctx.month.days:
        return PoolCharges(problems=(uncovered_days(rule, held, ctx.period, ctx.settings),))
    by_days = split(held, {str(span.start): Fraction(span.days) for _, span in parts})
    found = [_share_part(rule, part, held, by_days[str(part[1].start)], parts, ctx) for part in parts]
    return PoolCharges(
        tuple(c for s in found for c in s.charges),
        tuple(p for s in found for p in s.splits),
        tuple(p for s in found for p in s.problems),
        tuple(n for s in found for n in s.notices),
    )


def _less_without_cost(rule: Rule, parts: Sequence[DatedVersion], ctx: Context) -> Iterator[Problem]:
    for version, _ in parts:
        if version.less:
            message = (
                f"less takes charges off pool {rule.pool}, but the pool has no cost in {ctx.when}: "
                "book its cost, or leave less out"
            )
            yield Problem(_at(rule, version, "less"), message, "less-without-cost")


def _at(rule: Rule, version: Version, field: str) -> Place:
    return rule.where(f"version.{rule.versions.index(version)}.{field}")


def _share_part(
    rule: Rule, part: DatedVersion, held: int, pool: int, parts: Sequence[DatedVersion], ctx: Context
) -> PoolCharges:
    version, span = part
    less = _less(version, span, parts, ctx)
    amount = pool - less
    if version.less_floor is not None:
        amount = max(amount, to_cents(Fraction(version.less_floor)))
    if amount == 0:
        return PoolCharges(
            splits=(_split(rule, part, held, amount, less, SharingKeys(), BoundedShares({}, {}), ctx),) if less else ()
        )
    found = _tables(rule, version, span, amount, ctx)
    if found.problems:
        return PoolCharges(problems=found.problems)
    weights = _combined(found.tables)
    if version.floor is not None and version.method == "keys":
        weights = dict.fromkeys(taking_part(rule, version, ctx), ZERO) | weights
    try:
        shares = share_within_bounds(amount, weights, *_bounds(version, span, weights, ctx))
    except Infeasible as error:
        return PoolCharges(problems=(_infeasible(rule, version, amount, error, ctx),))
    except ArithmeticError:
        return PoolCharges(problems=(_negative_key(rule, version, found.tables, ctx),))
    result = _split(rule, part, held, amount, less, found, shares, ctx)
    return PoolCharges(tuple(_charges(rule, result, weights, ctx)), (result,), notices=found.notices)


def _split(
    rule: Rule,
    part: DatedVersion,
    held: int,
    amount: int,
    less: int,
    found: SharingKeys,
    shares: BoundedShares,
    ctx: Context,
) -> PoolSplit:
    """What is kept of how a part was shared; one that other charges have paid whole is kept too, without shares."""
    version, span = part
    return PoolSplit(
        rule=rule.id,
        version=version.valid_from,
        pool=rule.pool or "",
        pool_amount=held,
        amount=amount,
        days=span.days,
        month_days=ctx.month.days,
        keys=found.tables,
        shares=shares.cents,
        floor=_shown_bound(version.floor),
        cap=_shown_bound(version.cap),
        binding=shares.binding,
        deducted=less,
        standard_errors=found.standard_errors,
        instalment=ctx.called.get(rule.pool or "") if ctx.year is None else None,
    )


def _less(version: Version, span: Span, parts: Sequence[DatedVersion], ctx: Context) -> int:
    """What the charges of the rules named by ``less`` take off this part, split by days like the pool."""
    if not version.less:
        return 0
    total = sum(cents for rule in version.less for cents in ctx.charged[rule].values())
    return split(total, {str(s.start): Fraction(s.days) for _, s in parts})[str(span.start)]


def _shown_bound(bound: object) -> str:
    return bound.driver if isinstance(bound, DriverBound) else "" if bound is None else str(bound)


def _tables(rule: Rule, version: Version, span: Span, amount: int, ctx: Context) -> SharingKeys:
    """The values of each key over the members who take part; a key that adds up to nothing is a problem."""
    presence = taking_part(rule, version, ctx)
    if version.method != "keys":
        return method_table(rule, version, span, amount, presence, ctx)
    tables = []
    problems = []
    for number, key in enumerate(version.keys):
        values = key_values(rule, version, span, key, number, presence, ctx)
        table = KeyTable(Fraction(key.weight), key.kind, key.name, dict(sorted(values.items())))
        tables.append(table)
        if table.weight and table.total == 0:
            problems.append(_zero_total(rule, version, number, amount, ctx))
    return SharingKeys(tuple(tables), tuple(problems))


def _zero_total(rule: Rule, version: Version, number: int, amount: int, ctx: Context) -> Problem:
    key = version.keys[number]
    if version.by_instalments and ctx.year is None and key.kind == "meter":
        return _no_use_last_year(rule, version, number, amount, ctx)
    message = (
        f"pool {rule.pool} holds {euros(amount)} {ctx.settings.currency} in {ctx.when}, but its key "
        f"{key.name or key.kind} adds up to zero over the members who take part: give the key values, or share by another"
    )
    return Problem(_at(rule, version, f"keys.{number}"), message, "key-total-zero")


def _no_use_last_year(rule: Rule, version: Version, number: int, amount: int, ctx: Context) -> Problem:
    message = (
        f"pool {rule.pool} calls {euros(amount)} {ctx.settings.currency} in {ctx.when} on its budget, but there is no use of "
        f"{version.keys[number].name} in {ctx.period.year - 1} by those who take part: load it, or write "
        'shares = { MEMBER = "60", OTHER = "40" } in place of the meter for this year'
    )
    return Problem(_at(rule, version, f"keys.{number}"), message, "no-use-last-year")


def _combined(tables: Sequence[KeyTable]) -> KeyValues:
    """Weights in proportion to a member's parts of all keys, added exactly, as whole numbers of a common denominator.

    One key stands for itself: its values are the weights.
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


def _bounds(version: Version, span: Span, weights: KeyValues, ctx: Context) -> tuple[KeyValues, KeyValues]:
    """Floors and caps in exact cents; they follow the days of a cut month."""
    share_of_days = Fraction(span.days, ctx.month.days)

    def each(bound: object) -> KeyValues:
        if bound is None:
            return {}
        if ctx.year is not None:
            return _of_year(bound, span, weights, ctx)
        if not isinstance(bound, DriverBound):
            return {m: Fraction(str(bound)) * 100 * share_of_days for m in weights}
        quantity = Quantity(driver=bound.driver)
        spans = ctx.roster.members
        values = {m: ctx.levels.on(quantity, m, spans[m][0].start) for m in weights if m in spans}
        return {m: v * 100 * share_of_days for m, v in values.items() if v is not None}

    return each(version.floor), each(version.cap)


def _of_year(bound: object, span: Span, weights: KeyValues, ctx: Context) -> KeyValues:
    """A monthly bound over the months of a year in which each member is present, in cents; none where a month has no value."""
    found: KeyValues = {}
    for member in weights:
        total: Fraction | None = ZERO
        for part, first in ctx.shares_of_months(span, member):
            own = (
                ctx.levels.on(Quantity(driver=bound.driver), member, first)
                if isinstance(bound, DriverBound)
                else Fraction(str(bound))
            )
            total = None if own is None or total is None else total + own * 100 * part
        if total is not None:
            found[member] = total
    return found


def _infeasible(rule: Rule, version: Version, amount: int, error: Infeasible, ctx: Context) -> Problem:
    side = "more" if error.bound == "floor" else "less"
    total = rounded(error.total / 100, 2)
    message = (
        f"pool {rule.pool} holds {euros(amount)} {ctx.settings.currency} in {ctx.when}, but with the {error.bound} "
        f"{_shown_bound(getattr(version, error.bound))} the members pay {side}, {total}: change the {error.bound}"
    )
    return Problem(_at(rule, version, error.bound), message, "infeasible-bound")


def _negative_key(rule: Rule, version: Version, tables: Sequence[KeyTable], ctx: Context) -> Problem:
    negative = sorted({m for table in tables for m, v in table.values.items() if v < 0})
    message = (
        f"the key of pool {rule.pool} is below zero for {', '.join(negative[:5])} in {ctx.when}: "
        "a negative key cannot be held between a floor and a cap"
    )
    return Problem(_at(rule, version, "keys"), message, "negative-key")


def _charges(rule: Rule, result: PoolSplit, weights: KeyValues, ctx: Context) -> Iterator[Charge]:
    reason = _reasons(result)
    factor = Fraction(result.days, result.month_days)
    for member, cents in sorted(result.shares.items()):
        if cents or weights.get(member):
            yield Charge(
                member_id=member,
                rule=rule.id,
                version=result.version,
                kind="share",
                tier=0,
                resource_id="",
                quantity=None,
                unit_price=None,
                factor=factor,
                amount=cents,
                vat=ctx.regime(rule, member),
                reason=reason(member),
            )


def _reasons(result: PoolSplit) -> Callable[[str], str]:
    """For a member: pool, then each key with the member's value of the total, and its weight where there are several."""
    called = result.instalment
    of = f", instalment {called.number}/12 of the budget of {called.year} {euros(called.budget)}," if called else ""
    pool = f"{result.pool}{of} {euros(result.amount)}: "
    several = len(result.keys) > 1
    tails = [f"/{_plain(k.total)}" + (f" x {_plain(k.weight)}" if several else "") for k in result.keys]
    heads = [f"{key.name or key.kind} " for key in result.keys]
    parts = list(zip(heads, result.keys, tails, strict=True))
    bound, errors = result.binding or {}, result.standard_errors or {}

    def reason(member: str) -> str:
        keys = [f"{head}{_plain(key.values.get(member, ZERO))}{tail}" for head, key, tail in parts]
        held = f"; held at the {bound[member]}" if member in bound else ""
        sure = f"; estimated, standard error {_plain(errors[member] / 100)}" if member in errors else ""
        return pool + " + ".join(keys) + sure + held

    return reason


def _plain(value: Fraction) -> str:
    """A value with at most 6 decimals, without trailing zeros."""
    if value.denominator == 1:
        return str(value.numerator)
    text = format(rounded(value, 6), "f").rstrip("0")
    return text.rstrip(".") if "." in text else text
