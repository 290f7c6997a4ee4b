"""A rate that accumulates: the price of the use to date less the price of the use to the end of last month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from oracle.facts import Use, number
from oracle.level import Scope
from oracle.measure import Lot, attributed, measured_lots
from oracle.price import fees, prices, units
from oracle.rates import Charge
from oracle.span import cents, days_between, parts, year_first


def accumulated(scope: Scope, rule: dict[str, Any]) -> list[Charge]:
    """The month's charges, each tier and each fee apart, then what the bounds of the year change."""
    cut = parts(rule, scope.month)
    if not cut:
        return []
    version = cut[0].version
    start = year_first(scope.month, version.get("year_starts", "01-01"))
    before = days_between(start, scope.month.first)
    then, now = to_date(scope, rule, before), to_date(scope, rule, before + scope.month.days)
    found: list[Charge] = []
    for lot, quantity in now.items():
        old = parts_in_cents(version, then.get(lot, Fraction(0)))
        new = parts_in_cents(version, quantity)
        found += [Charge(lot[0], rule["id"], b - a) for a, b in zip(old, new, strict=True)]
    return found + bounds(scope, rule, version, (before, then), (before + scope.month.days, now))


def to_date(scope: Scope, rule: dict[str, Any], days: Sequence[date]) -> dict[Lot, Fraction]:
    """What each lot used on some days, whatever version was in force."""
    uses: list[Use] = attributed(scope.world, rule["quantity"], days, scope.group, scope.exclude)
    return measured_lots(uses, rule["quantity"], scope.month.hours)


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
        top_up = raised(scope, version, member, now) - raised(scope, version, member, then)
        rebate = lowered(version, member, now) - lowered(version, member, then)
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
    belongs = scope.group is not None and any(scope.world.present(member, day, scope.group) for day in days)
    if "minimum" not in version or (reached is None and not belongs):
        return 0
    return max(0, cents(number(version["minimum"])) - (reached or 0))


def lowered(version: dict[str, Any], member: str, dates: Dates) -> int:
    """What the maximum takes off to date, zero or below."""
    reached = total(version, member, dates[1])
    if "maximum" not in version or reached is None:
        return 0
    return min(0, cents(number(version["maximum"])) - reached)
