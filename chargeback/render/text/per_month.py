"""What is worked out once a month, not once a document: kept for the last few months asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from chargeback.model.month import Month

Result = TypeVar("Result")
MOST_MONTHS = 64


class PerMonth(Generic[Result]):
    """What was made of each month, told by its identity: a document may rest on several months, turn by turn."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Month, Result]] = {}

    def of(self, month: Month, make: Callable[[Month], Result]) -> Result:
        """What ``make`` gives for a month, made now or before."""
        found = self._kept.get(id(month))
        if found is not None:
            return found[1]
        if len(self._kept) >= MOST_MONTHS:
            self._kept.clear()
        self._kept[id(month)] = (month, made := make(month))
        return made
