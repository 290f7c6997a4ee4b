"""The months before, for comparison: what each member paid by service last month and since January."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from chargeback.period import Period
from chargeback.problem import Problems
from chargeback.result import Month
from chargeback.statements import ByService, by_service


@dataclass(frozen=True, slots=True)
class Comparison:
    """Cents by member and service; None where the months cannot be computed or hold nothing."""

    previous: ByService | None = None
    year_to_date: ByService | None = None


def compare(month: Month, compute: Callable[[Period], Month]) -> Comparison:
    """Last month and the year to date, each earlier month as ``compute`` gives it (it may raise Problems).

    The year to date is known when every month since January that has anything can be computed.
    """
    earlier = [Period(month.period.year, n) for n in range(1, month.period.month)]
    periods = earlier if month.period.previous in earlier else [*earlier, month.period.previous]
    known = {period: _of(period, compute) for period in periods}
    previous = known[month.period.previous]
    since = [known[period] for period in earlier]
    year = _added([by_service(month.charges, month.rules), *(m for m in since if m)]) if any(since) else None
    return Comparison(previous or None, year)


def _of(period: Period, compute: Callable[[Period], Month]) -> ByService | None:
    try:
        month = compute(period)
    except Problems:
        return None
    return by_service(month.charges, month.rules)


def _added(months: list[ByService]) -> ByService:
    total: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for month in months:
        for member, services in month.items():
            for service, cents in services.items():
                total[member][service] += cents
    return {member: dict(services) for member, services in total.items()}
