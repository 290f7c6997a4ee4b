"""Weights of a method: one for each member, with its variance where it is estimated. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from chargeback.charging.games.sampling import standard_error
from chargeback.model.money import added


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights by member.

    Attributes:
        values: weight of each member, exact or an estimate.
        variance: variance of each estimate; empty where the weights are exact.
        orders: number of random orders of arrival that they are estimated from; 0 where exact.
    """

    values: Mapping[str, Fraction]
    variance: Mapping[str, Fraction] = field(default_factory=dict)
    orders: int = 0

    @property
    def total(self) -> Fraction:
        """Sum of the weights, exact in every case."""
        return added(self.values.values())

    def standard_errors(self, amount: int) -> dict[str, Fraction] | None:
        """The standard error in cents of each share of an amount; None where the weights are exact."""
        if not self.variance:
            return None
        scale = (amount / self.total) ** 2
        return {name: standard_error(variance * scale) for name, variance in self.variance.items()}
