"""Closed months against what they come to today, wired: the adjustments that an open month bills."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chargeback.inputs import Inputs
from chargeback.period import Period
from chargeback.result import Charge, Month

if TYPE_CHECKING:
    from chargeback.store import Store

MonthOf = Callable[[Period], Month]


def adjustments(
    inputs: Inputs, store: Store, period: Period, month_of: MonthOf
) -> tuple[tuple[Charge, ...], dict[str, str]]:
    """The adjustments of closed months that a month bills, and what each month rests on today, by month.

    ``month_of`` computes a month by itself.
    """
    return (), {}
