"""Seniority: completed years of unbroken membership, and the price list of a version that they give. Pure.

A run of membership is unbroken validity in members.csv, and in groups.csv for a rule with a group. Rows that touch are
one run; a member that leaves and returns begins anew. After a 29 February a year is completed on 1 March.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from chargeback.charging.metering.timeline import Presence, Roster, cut_at
from chargeback.model.facts import Facts
from chargeback.model.period import Span
from chargeback.model.versions import Version

EVER = Span(date.min, date.max)


class Memberships:
    """Memberships: the unbroken runs of all members, by group; computed when first asked for."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._roster: Roster | None = None
        self._runs: dict[str | None, Presence] = {}

    def of(self, group: str | None) -> Presence:
        """The runs of each member, in a group when one is named."""
        if self._roster is None:
            self._roster = Roster(self._facts, EVER)
        if group not in self._runs:
            self._runs[group] = self._roster.of(group)
        return self._runs[group]


def completed_years(joined: date, day: date) -> int:
    """Whole years from ``joined`` to ``day``: the first one is completed on the anniversary."""
    return day.year - joined.year - ((day.month, day.day) < (joined.month, joined.day))


def list_on(version: Version, runs: Iterable[Span], day: date) -> int:
    """Place of a member's price list in the version's ``seniority`` on a day of one of its runs, from 0."""
    joined = next(run.start for run in runs if run.start <= day < run.end)
    years = completed_years(joined, day)
    return next(n for n, each in enumerate(version.seniority) if each.up_to is None or years < each.up_to)


def by_list(version: Version, runs: Sequence[Span], spans: Iterable[Span]) -> Iterator[tuple[Span, int]]:
    """Days of presence cut where a member moves to another price list, each part with the place of its list."""
    for span in spans:
        years = range(span.start.year, span.end.year + 1)
        for part in cut_at(span, [_anniversary(run.start, year) for run in runs for year in years]):
            yield part, list_on(version, runs, part.start)


def _anniversary(joined: date, year: int) -> date:
    """Day of a calendar year on which a year of membership is completed."""
    if (joined.month, joined.day) == (2, 29) and not isleap(year):
        return date(year, 3, 1)
    return date(year, joined.month, joined.day)
