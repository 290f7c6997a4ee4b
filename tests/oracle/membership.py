"""Years of membership, day by day from the registers, and the price list that holds in each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from oracle.facts import number
from oracle.level import Scope
from oracle.span import Part


def joined(scope: Scope, member: str, day: date) -> date:
    """The first day of the unbroken membership that a day belongs to, in the group where there is one."""
    while scope.world.present(member, day - timedelta(days=1), scope.group):
        day -= timedelta(days=1)
    return day


def anniversary(first: date, years: int) -> date:
    """The day that completes some years; 29 February comes round on 1 March where there is none."""
    try:
        return first.replace(year=first.year + years)
    except ValueError:
        return date(first.year + years, 3, 1)


def completed(first: date, day: date) -> int:
    """How many years are completed on a day."""
    years = 0
    while anniversary(first, years + 1) <= day:
        years += 1
    return years


def place(scope: Scope, member: str, part: Part, day: date) -> int:
    """Which of the price lists a member has on a day."""
    years = completed(joined(scope, member, day), day)
    lists = part.version["seniority"]
    return next(n for n, each in enumerate(lists) if "up_to" not in each or years < number(each["up_to"]))


def listed(part: Part, number_of_list: int) -> Part:
    """The version with one price list alone."""
    one = part.version["seniority"][number_of_list]
    terms = {name: value for name, value in part.version.items() if name != "seniority"}
    return Part(terms | {name: value for name, value in one.items() if name != "up_to"}, part.days)


def of_first_day(scope: Scope, member: str, part: Part) -> Part:
    """The version with the price list of the member's first day of presence in the month."""
    if "seniority" not in part.version:
        return part
    return listed(part, place(scope, member, part, scope.days(member)[0]))


def by_list(scope: Scope, member: str, part: Part) -> list[tuple[Part, Sequence[date]]]:
    """The version with each of its price lists, and the days of presence in the month on which it holds."""
    if "seniority" not in part.version:
        return [(part, scope.days(member))]
    places = {day: place(scope, member, part, day) for day in scope.days(member)}
    return [(listed(part, n), [day for day in places if places[day] == n]) for n in sorted(set(places.values()))]
