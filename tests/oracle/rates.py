"""The charges of a rate in a month: quantities through the versions in force, then the bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from oracle.facts import number
from oracle.included import free
from oracle.level import Scope, first_value, value
from oracle.measure import ADDITIVE, attributed, measured_lots
from oracle.membership import by_list, of_first_day
from oracle.price import fees, prices, units
from oracle.span import Part, cents, hours_of, month_part, parts, split


@dataclass(frozen=True)
class Charge:
    """What a member pays, in cents, and the quantity that the charge shows.

    ``part`` says which version of the month it comes from; a bound belongs to the last that states it. A tier that was
    not ``reached`` is no charge: it only says that something was measured.
    """

    member: str
    rule: str
    cents: int
    quantity: Fraction = Fraction(0)
    part: int | None = None
    reached: bool = True


def rate(scope: Scope, rule: dict[str, Any]) -> list[Charge]:
    """The charges of a rate that does not accumulate."""
    cut = parts(rule, scope.month)
    found: list[Charge] = []
    if cut:
        quantity = rule["quantity"]
        if quantity.get("measure") in ADDITIVE:
            found = additive(scope, rule, cut)
        elif "meter" in quantity:
            uses = attributed(scope.world, quantity, days_covered(cut), scope.group, scope.exclude)
            for (member, _), total in measured_lots(uses, quantity, hours_covered(scope, cut)).items():
                for index, part in enumerate(cut):
                    found += whole(scope, rule, member, index, part, total)
        else:
            found = level(scope, rule, cut)
        found += bounds(scope, rule, cut, found)
    found = [borne_by_the_month(scope, cut, charge) for charge in found]
    return found + capped_by_others(scope, rule, cut, found)


def borne_by_the_month(scope: Scope, cut: list[Part], charge: Charge) -> Charge:
    """The month's part of the cents of a charge computed for a span."""
    version = cut[0].version
    every = version.get("every", "month")
    part = month_part(charge.cents, every, version.get("year_starts", "01-01"), scope.month)
    shown = charge.quantity if every == "month" else Fraction(0)
    return replace(charge, cents=part, quantity=shown)


def days_covered(cut: list[Part]) -> list[date]:
    """The days on which a version is in force: a rule measures the use of its own days only."""
    return [day for part in cut for day in part.days]


def hours_covered(scope: Scope, cut: list[Part]) -> Fraction:
    """The hours of those days: a mean is that of the hours that the rule covers."""
    return hours_of(days_covered(cut), scope.world.zone)


def reached(part: Part, amount: Fraction) -> bool:
    """Whether a price applies: a flat or package price always, the price of a tier when something is in it."""
    return "tiers" not in part.version or amount != 0


def share_of_days(scope: Scope, part: Part) -> Fraction:
    """The days of a version over those of the month."""
    return Fraction(len(part.days), len(scope.month.days))


def additive(scope: Scope, rule: dict[str, Any], cut: list[Part]) -> list[Charge]:
    """A sum or an integral: each version prices the whole month and counts for what fell under it."""
    quantity = rule["quantity"]
    uses = attributed(scope.world, quantity, days_covered(cut), scope.group, scope.exclude)
    found: list[Charge] = []
    for lot, total in measured_lots(uses, quantity, scope.month.hours).items():
        for index, stated in enumerate(cut):
            part = free(scope, rule, of_first_day(scope, lot[0], stated), lot[0])
            here = [use for use in uses if use.day in part.days]
            own = measured_lots(here, quantity, scope.month.hours).get(lot, Fraction(0))
            if total > 0:
                priced, weight = units(part.version, total), own / total
            else:
                priced, weight = units(part.version, own), Fraction(1)
            for tier, amount in enumerate(priced):
                charge = cents(amount * weight * prices(part.version)[tier])
                found.append(Charge(lot[0], rule["id"], charge, amount * weight, index, reached(part, amount)))
            found += tier_fees(scope, rule, lot[0], index, part, [Fraction(amount > 0) for amount in priced])
    return found


def tier_fees(
    scope: Scope, rule: dict[str, Any], member: str, index: int, part: Part, entered: list[Fraction]
) -> list[Charge]:
    """The fees of the tiers entered; ``entered`` is 1 for a tier entered.

    A fee counts for the days of the version, on a meter prorated by day for the days of presence among them.
    """
    weight = share_of_days(scope, part)
    if "meter" in rule["quantity"] and part.version.get("prorate") == "day":
        weight = Fraction(len(set(part.days) & set(scope.days(member))), len(scope.month.days))
    return [
        Charge(member, rule["id"], cents(fee * days * weight), part=index)
        for fee, days in zip(fees(part.version), entered, strict=True)
        if fee and days
    ]


def whole(scope: Scope, rule: dict[str, Any], member: str, index: int, part: Part, quantity: Fraction) -> list[Charge]:
    """A quantity of the whole month, shown whole by each version, each counting for its days."""
    part = free(scope, rule, of_first_day(scope, member, part), member)
    priced = units(part.version, quantity)
    entered = [Fraction(amount > 0) for amount in priced]
    return weighted(scope, rule, member, index, part, priced) + tier_fees(scope, rule, member, index, part, entered)


def weighted(
    scope: Scope, rule: dict[str, Any], member: str, index: int, part: Part, priced: list[Fraction]
) -> list[Charge]:
    """One charge for each tier: units x price x the version's share of the days."""
    weight = share_of_days(scope, part)
    return [
        Charge(member, rule["id"], cents(amount * price * weight), amount, index, reached(part, amount))
        for amount, price in zip(priced, prices(part.version), strict=True)
    ]


def level(scope: Scope, rule: dict[str, Any], cut: list[Part]) -> list[Charge]:
    """A driver, a subscription, a constant, charges or the greatest of several."""
    quantity = rule["quantity"]
    found: list[Charge] = []
    for member in scope.members():
        for index, part in enumerate(cut):
            if part.version.get("prorate") == "day" and "charges" not in quantity:
                for one, listed_days in by_list(scope, member, part):
                    present = [day for day in listed_days if day in part.days]
                    found += by_day(scope, rule, member, index, one, present)
                continue
            first = first_value(scope, quantity, member)
            if first is not None:
                found += whole(scope, rule, member, index, part, first)
    return found


def by_day(
    scope: Scope, rule: dict[str, Any], member: str, index: int, part: Part, present: Sequence[date]
) -> list[Charge]:
    """The value of each day of presence under the version goes through its terms, for one of the days of the month."""
    days = len(scope.month.days)
    stated = [(day, value(scope, rule["quantity"], member, day)) for day in present]
    priced = [units(free(scope, rule, part, member, d).version, each) for d, each in stated if each is not None]
    if not priced:
        return []
    tiers = [[amounts[n] for amounts in priced] for n in range(len(priced[0]))]
    found = []
    for tier, price, fee in zip(tiers, prices(part.version), fees(part.version), strict=True):
        quantity = sum(tier, Fraction(0)) / days
        entered = Fraction(sum(1 for amount in tier if amount > 0), days)
        is_reached = any(reached(part, amount) for amount in tier)
        found.append(Charge(member, rule["id"], cents(quantity * price), quantity, index, is_reached))
        if fee and entered:
            found.append(Charge(member, rule["id"], cents(fee * entered), part=index))
    return found


def bounds(scope: Scope, rule: dict[str, Any], cut: list[Part], found: list[Charge]) -> list[Charge]:
    """Top-ups to the minimum and rebates to the maximum, of the charges of the versions that state one."""
    added: list[Charge] = []
    measured = {charge.member for charge in found}
    due = measured | (set(scope.members()) if scope.group is not None else set())
    for side, members in (("minimum", due), ("maximum", measured)):
        stating = [i for i, part in enumerate(cut) if side in part.version and not by_others(part, side)]
        for member in sorted(members) if stating else []:
            bound = cents(sum((bound_of(scope, cut[i], side, member) for i in stating), Fraction(0)))
            total = sum(c.cents for c in found if c.member == member and c.part in stating)
            if total < bound if side == "minimum" else total > bound:
                added.append(Charge(member, rule["id"], bound - total, part=stating[-1]))
    return added


def by_others(part: Part, side: str) -> bool:
    """Whether a version's bound is what the other members are charged."""
    return isinstance(part.version.get(side), dict)


def capped_by_others(scope: Scope, rule: dict[str, Any], cut: list[Part], found: list[Charge]) -> list[Charge]:
    """Rebates to what the rules named charge all other members this month, of what the month bears."""
    stating = [index for index, part in enumerate(cut) if by_others(part, "maximum")]
    added: list[Charge] = []
    for member in sorted({charge.member for charge in found}) if stating else []:
        most = 0
        for index in stating:
            names = cut[index].version["maximum"]["others"]
            others = sum(c for (who, name), c in scope.charged.items() if name in names and who != member)
            most += split(max(0, others), {n: Fraction(len(part.days)) for n, part in enumerate(cut)})[index]
        own = sum(charge.cents for charge in found if charge.member == member and charge.part in stating)
        if own > most:
            added.append(Charge(member, rule["id"], most - own, part=stating[-1]))
    return added


def bound_of(scope: Scope, part: Part, side: str, member: str) -> Fraction:
    """A version's bound for its days, with prorate the days of membership among them."""
    days = len(part.days)
    if part.version.get("prorate") == "day":
        days = len(set(part.days) & set(scope.days(member)))
    return number(part.version[side]) * Fraction(days, len(scope.month.days))
