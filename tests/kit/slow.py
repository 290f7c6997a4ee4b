"""How much is tried: a part of each by default, more behind the switch ``CHARGEBACK_SLOW``. The one place that reads
it.

Nothing set: what a newcomer waits for; every property runs, on a few worlds, years and seeds.
``CHARGEBACK_SLOW=1``: what ``.ci/run`` tries. ``CHARGEBACK_SLOW=all``: a night, other random worlds each time.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest

T = TypeVar("T")

LEVELS = {"": 0, "0": 0, "1": 1, "all": 2}
LEVEL = LEVELS[os.environ.get("CHARGEBACK_SLOW", "")]
SLOW, ALL = LEVEL >= 1, LEVEL >= 2
REASONS = {
    "slow": "tried with CHARGEBACK_SLOW=1, as .ci/run does",
    "slowest": "tried with CHARGEBACK_SLOW=all",
}
WANTED = {"slow": SLOW, "slowest": ALL}

slow = pytest.mark.slow
slowest = pytest.mark.slowest


def examples(default: int, slow: int, everything: int | None = None) -> int:
    """How many examples of a property are tried, at each level."""
    return (default, slow, slow if everything is None else everything)[LEVEL]


def seeds(default: int, slow: int, everything: int | None = None) -> range:
    """The seeds of random worlds and years that are tried, at each level."""
    return range(examples(default, slow, everything))


def some(cases: Sequence[T], every: int) -> list[T]:
    """Each ``every``-th case by default, the first among them; all of them behind the switch."""
    return list(cases if SLOW else cases[::every])


def skipped(item: pytest.Item) -> pytest.MarkDecorator | None:
    """A mark to skip a test that is not wanted at this level; None for one that is."""
    reasons = [REASONS[name] for name in WANTED if item.get_closest_marker(name) and not WANTED[name]]
    return pytest.mark.skip(reason=reasons[-1]) if reasons else None


def sampled(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Tests with many cases, a part of these by default: every second of more than 10, every third of more than 40.

    What is asked for by name or with ``-k`` has few cases, and all of them run.
    """
    if SLOW:
        return list(items)
    cases: dict[tuple[object, str], list[pytest.Item]] = {}
    for item in items:
        cases.setdefault((item.path, getattr(item, "originalname", item.name)), []).append(item)
    kept = {id(item) for own in cases.values() for item in own[:: 3 if len(own) > 40 else 2 if len(own) > 10 else 1]}
    return [item for item in items if id(item) in kept]
