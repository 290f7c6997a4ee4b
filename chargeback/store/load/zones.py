"""Clock changes of a time zone as small lists that one SQL expression can look up.

Local time is cut into cells of 2^41 microseconds (25.4 days) from cell 430 (December 1999) on, each with at most one
clock change. Before local time ``starts[i]`` the offset is ``before[i]``, from ``ends[i]`` on it is ``after[i]``; in
between, local time is skipped or repeated. Local times outside the lists are read in Python. zoneinfo is the only
source.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from chargeback.model.period import EPOCH, MICROSECOND

CELL = 1 << 41
FIRST, LAST = 430, 1590  # to the year 2080; sql/load/macro_in_zone.sql knows the first
STEP = 1 << 39  # no zone changes its clocks twice in 6.4 days
FAR = 1 << 62


@dataclass(frozen=True, slots=True)
class OffsetChange:
    """Clock change.

    Attributes:
        start: first local time that is skipped or repeated, microseconds since 1970.
        end: first local time after them.
        before: offset before the change, in microseconds.
        after: offset after it.
    """

    start: int
    end: int
    before: int
    after: int


@lru_cache(maxsize=8)
def clock_changes(zone: ZoneInfo) -> dict[str, list[int]]:
    """Clock changes of a zone, microseconds: lists ``starts``, ``ends``, ``before``, ``after``, an element a cell."""
    changes = _changes(zone)
    lists: dict[str, list[int]] = {"starts": [], "ends": [], "before": [], "after": []}
    first = 0
    offset = _offset(zone, (FIRST - 1) * CELL)
    for cell in range(FIRST, LAST):
        while first < len(changes) and changes[first].end <= cell * CELL:
            offset = changes[first].after
            first += 1
        here = [change for change in changes[first : first + 2] if change.start < (cell + 1) * CELL]
        for name, value in zip(lists, _cell(here, offset), strict=True):
            lists[name].append(value)
    return lists


def _cell(here: list[OffsetChange], offset: int) -> tuple[int, int, int, int]:
    """Values of one cell; with two changes in it nothing is known, and the row is read in Python."""
    if len(here) > 1:
        return 0, FAR, offset, offset
    if here:
        return here[0].start, here[0].end, here[0].before, here[0].after
    return FAR, FAR, offset, offset


def _changes(zone: ZoneInfo) -> list[OffsetChange]:
    """Clock changes around the cells."""
    found = []
    old = _offset(zone, (FIRST - 1) * CELL)
    for at_us in range((FIRST - 1) * CELL + STEP, (LAST + 1) * CELL, STEP):
        new = _offset(zone, at_us)
        if new != old:
            at = _instant(zone, at_us - STEP, at_us, old)
            found.append(OffsetChange(at + min(old, new), at + max(old, new), old, new))
        old = new
    return found


def _offset(zone: ZoneInfo, at_us: int) -> int:
    offset = (EPOCH + timedelta(microseconds=at_us)).astimezone(zone).utcoffset()
    return (offset or timedelta()) // MICROSECOND


def _instant(zone: ZoneInfo, low: int, high: int, old: int) -> int:
    """Instant between two at which the offset stops being ``old``."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, middle) == old else (low, middle)
    return high
