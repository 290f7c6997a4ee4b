"""Instants in steps: what was measured at each instant, where readings of one step are one instant. Pure.

A series' value in a step is the mean of its readings there, so sums over series are rationals: they are added here and
not in the store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from chargeback.charging.metering.answers import Reading
from chargeback.charging.metering.cells import MeteredUnit
from chargeback.model.quantity import Measure

InstantSum = tuple[str, str, int, int, Decimal]  # owner, unit, start of the step, readings of a series in it, their sum
ByInstant = Mapping[int, Fraction]


def instants_by_unit(sums: Iterable[InstantSum]) -> dict[MeteredUnit, dict[int, Fraction]]:
    """The quantity of each unit at each instant: the means of its series, added."""
    found: dict[MeteredUnit, dict[int, Fraction]] = defaultdict(dict)
    for owner, unit, start, readings, total in sums:
        values = found[owner, unit]
        values[start] = values.get(start, 0) + Fraction(total) / readings
    return dict(found)


def instant_readings(measure: Measure, found: Mapping[MeteredUnit, ByInstant]) -> dict[MeteredUnit, Reading]:
    """The max, last, 95th percentile (nearest rank) of each unit over its instants, or its part of the common peak."""
    if measure == "peak":
        return _at_the_peak(found)
    return {unit: Reading(_measured(measure, values)) for unit, values in found.items()}


def _measured(measure: Measure, values: ByInstant) -> Fraction:
    if measure == "last":
        return values[max(values)]
    ranked = sorted(values.values())
    return ranked[-1] if measure == "max" else ranked[-(-95 * len(ranked) // 100) - 1]


def _at_the_peak(found: Mapping[MeteredUnit, ByInstant]) -> dict[MeteredUnit, Reading]:
    """The quantity of each unit at the instant at which all together is greatest (a tie: the earliest)."""
    together: dict[int, Fraction] = defaultdict(Fraction)
    for values in found.values():
        for start, value in values.items():
            together[start] += value
    peak = min(together, key=lambda start: (-together[start], start), default=0)
    return {unit: Reading(values.get(peak, Fraction(0))) for unit, values in found.items()}
