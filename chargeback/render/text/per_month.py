"""Memoised per month: a result that is computed once a month, not once a document, kept for the last few months."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from chargeback.model.month import Month

Result = TypeVar("Result")
MOST_MONTHS = 64


class PerMonth(Generic[Result]):
    """Memo of one result per month, by the identity of the month: a document may depend on several months in turn."""

    def __init__(self) -> None:
        self._memo: dict[int, tuple[Month, Result]] = {}

    def of(self, month: Month, compute: Callable[[Month], Result]) -> Result:
        """Result of ``compute`` for a month: the one in the memo, else computed now. The memo is emptied when full."""
        found = self._memo.get(id(month))
        if found is not None:
            return found[1]
        if len(self._memo) >= MOST_MONTHS:
            self._memo.clear()
        self._memo[id(month)] = (month, result := compute(month))
        return result
