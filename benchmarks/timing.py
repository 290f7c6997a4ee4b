"""Seconds of two ways to do one thing, taken in turn (A B A B …) so that a busy machine slows both alike."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

Work = Callable[[], object]
Timed = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Pair:
    """Median seconds of the floor and of ours; ``ratio`` is the median of the ratios of each turn."""

    floor: float
    ours: float
    ratio: float


def seconds(work: Work) -> float:
    """How long one call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_turn(floor: Timed, ours: Timed, turns: int) -> Pair:
    """Both once to warm up, then ``turns`` times each, one after the other; each returns its own seconds."""
    floor(), ours()
    taken = [(floor(), ours()) for _ in range(turns)]
    return Pair(median(a for a, _ in taken), median(b for _, b in taken), median(b / a for a, b in taken))


def timed(work: Work) -> Timed:
    """A call that returns its seconds."""
    return lambda: seconds(work)


def repeated(work: Work, turns: int) -> float:
    """Median seconds of some calls, after one to warm up."""
    work()
    return median(seconds(work) for _ in range(turns))
