"""A rate that accumulates: the price of the use to date less the price of the use to the end of last month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from oracle.facts import Use, number
from oracle.included import free
from oracle.level import Scope
from oracle.measure import Lot, attributed, measured_lots
from oracle.price import fees, prices, units
from oracle.rates import Charge
from oracle.span import Part, cents, days_between, parts, year_first


def accumulated(scope: Scope, rule: dict[str, Any]) -> list[Charge]:
    """The month's charges, each tier and each fee apart, then what the bounds of the year change."""
    cut = parts(rule, scope.month)
    if not cut:
        return []
    version = cut[0].version
    start = year_first(scope.month, version.get("year_starts", "01-01"))
    before = days_between(start, scope.month.first)
    alone = to_date(scope, rule, before), to_date(scope, rule, before + scope.month.days)
    then, now = with_predecessors(scope, alone[0], alone[1]), with_predecessors(scope, alone[1], alone[1])
    found: list[Charge] = []
    for lot, quantity in now.items():
        own = free(scope, rule, cut[0], lot[0]).version
        old = parts_in_cents(own, then.get(lot, Fraction(0)))
        new = parts_in_cents(own, quantity)
        found += [Charge(lot[0], rule["id"], b - a) for a, b in zip(old, new, strict=True)]
    return found + bounds(scope, rule, version, (before, then), (before + scope.month.days, now))


def to_date(scope: Scope, rule: dict[str, Any], days: Sequence[date]) -> dict[Lot, Fraction]:
    """What each lot used on some days, whatever version was in force."""
    uses: list[Use] = attributed(scope.world, rule["quantity"], days, scope.group, scope.exclude)
    return measured_lots(uses, rule["quantity"], scope.month.hours)


def with_predecessors(scope: Scope, own: dict[Lot, Fraction], theirs: dict[Lot, Fraction]) -> dict[Lot, Fraction]:
    """What each member used, and to its last day each of those it has taken over from by the end of the month."""
    found = dict(own)
    for member in scope.world.member_ids():
        for (name, what), quantity in theirs.items():
            if name in scope.world.taken_over(member, end_of(scope)):
                found[member, what] = found.get((member, what), Fraction(0)) + quantity
    return found


def end_of(scope: Scope) -> date:
    """The day after the month."""
    return scope.month.days[-1] + timedelta(days=1)


def parts_in_cents(version: dict[str, Any], quantity: Fraction) -> list[int]:
    """The cents of each tier, then of each fee."""
    priced = units(version, quantity)
    usage = [cents(amount * price) for amount, price in zip(priced, prices(version), strict=True)]
    return usage + [cents(fee) if amount > 0 else 0 for amount, fee in zip(priced, fees(version), strict=True)]


Dates = tuple[Sequence[date], dict[Lot, Fraction]]


def bounds(scope: Scope, rule: dict[str, Any], version: dict[str, Any], then: Dates, now: Dates) -> list[Charge]:
    """The top-up and the rebate of the year to date, less those to the end of last month."""
    found: list[Charge] = []
    for member in scope.world.member_ids():
        own = free(scope, rule, Part(version, scope.month.days), member).version
        top_up = raised(scope, own, member, now) - raised(scope, own, member, then)
        rebate = lowered(own, member, now) - lowered(own, member, then)
        found += [Charge(member, rule["id"], change) for change in (top_up, rebate) if change]
    return found


def total(version: dict[str, Any], member: str, used: dict[Lot, Fraction]) -> int | None:
    """A member's charges to date, all resources; None without use."""
    lots = [sum(parts_in_cents(version, quantity)) for lot, quantity in used.items() if lot[0] == member]
    return sum(lots) if lots else None


def raised(scope: Scope, version: dict[str, Any], member: str, dates: Dates) -> int:
    """What the minimum adds to date: due from the first use, with a group from the first day of membership."""
    days, used = dates
    reached = total(version, member, used)
    theirs = (*days, *scope.month.days)
    belongs = scope.group is not None and (
        any(scope.world.present(member, day, scope.group) for day in days)
        or any(
            scope.world.present(name, day, scope.group)
            for name in scope.world.taken_over(member, end_of(scope))
            for day in theirs
        )
    )
    if "minimum" not in version or (reached is None and not belongs):
        return 0
    return max(0, cents(number(version["minimum"])) - (reached or 0))


def lowered(version: dict[str, Any], member: str, dates: Dates) -> int:
    """What the maximum takes off to date, zero or below."""
    reached = total(version, member, dates[1])
    if "maximum" not in version or reached is None:
        return 0
    return min(0, cents(number(version["maximum"])) - reached)
