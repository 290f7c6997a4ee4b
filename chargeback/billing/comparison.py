"""Comparison with the months before: charges of each member by service, last month and in the year to date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass

from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.problem import Problems
from chargeback.model.succession import owners

ByService = dict[str, dict[str, int]]  # member → service → cents


@dataclass(frozen=True, slots=True)
class Comparison:
    """Comparison: cents by member and service. Charges of members that are gone count for their successors.

    Attributes:
        previous: those of last month; None where that is not known.
        year_to_date: those of the year up to the month, included; None where no month before it is known.
        counted_from: first month of the year to date.
    """

    previous: ByService | None = None
    year_to_date: ByService | None = None
    counted_from: Period | None = None


def earlier(period: Period) -> list[Period]:
    """Months that a month is compared with: those of its year before it; in January the one before."""
    months = [Period(period.year, n) for n in range(1, period.month)]
    return months if months else [period.previous]


def compare(month: Month, known: Container[Period], compute: Callable[[Period], Month]) -> Comparison:
    """Comparison from the ``known`` months as ``compute`` gives them; one that raises Problems is left out."""
    found: dict[Period, ByService] = {}
    successors = owners(month.members, month.period)
    for period in earlier(month.period):
        if period in known:
            totals = _of(period, compute, successors)
            if totals is not None:
                found[period] = totals
    of_year = {period: totals for period, totals in found.items() if period.year == month.period.year}
    if not of_year:
        return Comparison(found.get(month.period.previous))
    year = _added([*of_year.values(), by_service(month, successors)])
    return Comparison(found.get(month.period.previous), year, min(of_year))


def by_service(month: Month, successors: Mapping[str, str]) -> ByService:
    """Cents by member and service of a month; charges of a key of ``successors`` count for its successor."""
    totals: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for charge in month.charges:
        member = successors.get(charge.member_id, charge.member_id)
        totals[member][month.rules[charge.rule].service] += charge.amount
    return {member: dict(services) for member, services in totals.items()}


def _of(period: Period, compute: Callable[[Period], Month], successors: Mapping[str, str]) -> ByService | None:
    try:
        return by_service(compute(period), successors)
    except Problems:
        return None


def _added(months: list[ByService]) -> ByService:
    total: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for month in months:
        for member, services in month.items():
            for service, cents in services.items():
                total[member][service] += cents
    return {member: dict(services) for member, services in total.items()}
