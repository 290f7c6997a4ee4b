"""Levels: what a member has on a day, a driver, a subscription, a constant, its charges, the greatest of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from oracle.facts import Dated, World
from oracle.measure import attributed, measured_lots
from oracle.span import Month

Charged = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Scope:
    """Whom a rule is about in a month, and what other rules charged before it."""

    world: World
    month: Month
    group: str | None
    exclude: tuple[str, ...]
    charged: Charged
    known: dict[str, list[date]] = field(default_factory=dict, compare=False)

    def days(self, member: str) -> list[date]:
        """The days of the month on which the member is in force and in the group."""
        if member not in self.known:
            found = [day for day in self.month.days if self.world.present(member, day, self.group)]
            self.known[member] = [] if member in self.exclude else found
        return self.known[member]

    def members(self) -> list[str]:
        """The members present on at least one day of the month."""
        return [member for member in self.world.member_ids() if self.days(member)]


def stated(rows: Sequence[Dated], member: str, name: str, day: date) -> Fraction | None:
    """The sum of what a register says of a member on a day; None where it says nothing."""
    values = [row.value for row in rows if row.member == member and row.name == name and row.on(day)]
    return sum(values, Fraction(0)) if values else None


def own_charges(scope: Scope, member: str, rules: Sequence[str]) -> Fraction | None:
    """The member's net charges of some rules this month, in euros; None where there is none."""
    found = [scope.charged[member, rule] for rule in rules if (member, rule) in scope.charged]
    return Fraction(sum(found), 100) if found else None


def value(scope: Scope, quantity: dict[str, Any], member: str, day: date) -> Fraction | None:
    """What a member has on a day; a meter or charges in it are those of the month. None for nothing."""
    if "driver" in quantity:
        return stated(scope.world.drivers, member, quantity["driver"], day)
    if "subscription" in quantity:
        return stated(scope.world.subscriptions, member, quantity["subscription"], day)
    if "constant" in quantity:
        return Fraction(str(quantity["constant"]))
    if "charges" in quantity:
        return own_charges(scope, member, quantity["charges"])
    if "greatest" in quantity:
        values = [value(scope, one, member, day) for one in quantity["greatest"]]
        return max((v for v in values if v is not None), default=None)
    uses = attributed(scope.world, quantity, scope.month.days, scope.group, scope.exclude)
    return measured_lots(uses, quantity, scope.month.hours).get((member, ""))


def first_value(scope: Scope, quantity: dict[str, Any], member: str) -> Fraction | None:
    """What a member has on its first day of presence in the month."""
    days = scope.days(member)
    return value(scope, quantity, member, days[0]) if days else None
