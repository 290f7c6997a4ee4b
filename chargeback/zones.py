"""The clock changes of a time zone as small lists that one SQL expression can look up.

Local time since 1970 is cut into cells of 2^40 microseconds (12.7 days), each with at most one clock change: before
local time ``starts[i]`` the offset ``before[i]`` holds, from ``ends[i]`` on ``after[i]``; in between, local time is skipped or repeated.
zoneinfo is the only source of the rules, in SQL and in Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from chargeback.period import EPOCH, MICROSECOND

CELL = 1 << 40
CELLS = 3_160  # to the year 2080; later local times are read in Python
FAR = 1 << 62


@dataclass(frozen=True, slots=True)
class Change:
    """A clock change: the local times that are skipped or repeated, half-open, and the offsets around it."""

    start: int
    end: int
    before: int
    after: int


@lru_cache(maxsize=8)
def clock_changes(zone: ZoneInfo) -> dict[str, list[int]]:
    """Lists ``starts``, ``ends``, ``before``, ``after``, one element per cell, in microseconds."""
    changes = _changes(zone)
    lists: dict[str, list[int]] = {"starts": [], "ends": [], "before": [], "after": []}
    first = 0
    offset = _offset(zone, -CELL)
    for cell in range(CELLS):
        while first < len(changes) and changes[first].end <= cell * CELL:
            offset = changes[first].after
            first += 1
        here = [change for change in changes[first : first + 2] if change.start < (cell + 1) * CELL]
        row = _cell(here, offset)
        for name, value in zip(lists, row, strict=True):
            lists[name].append(value)
    return lists


def _cell(here: list[Change], offset: int) -> tuple[int, int, int, int]:
    """One cell; with two changes in it nothing is known, and the row is read in Python."""
    if len(here) > 1:
        return 0, FAR, offset, offset
    if here:
        return here[0].start, here[0].end, here[0].before, here[0].after
    return FAR, FAR, offset, offset


def _changes(zone: ZoneInfo) -> list[Change]:
    """Every clock change from 1970 to the last cell."""
    found = []
    old = _offset(zone, -CELL)
    for cell in range(CELLS + 1):
        new = _offset(zone, cell * CELL)
        if new != old:
            at = _instant(zone, (cell - 1) * CELL, cell * CELL, old)
            found.append(Change(at + min(old, new), at + max(old, new), old, new))
        old = new
    return found


def _offset(zone: ZoneInfo, at_us: int) -> int:
    offset = (EPOCH + timedelta(microseconds=at_us)).astimezone(zone).utcoffset()
    return (offset or timedelta()) // MICROSECOND


def _instant(zone: ZoneInfo, low: int, high: int, old: int) -> int:
    """The instant between two at which the offset stops being ``old``."""
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, middle) == old else (low, middle)
    return high
