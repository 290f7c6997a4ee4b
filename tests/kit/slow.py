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
