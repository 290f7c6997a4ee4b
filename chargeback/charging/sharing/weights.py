"""What a method shares by: a weight for each member, and how sure it is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from chargeback.charging.games.sampling import standard_error
from chargeback.model.money import added

Values = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights by member. Where they are estimated: the ``variance`` of each, and from how many random ``orders``."""

    values: Values
    variance: Values = field(default_factory=dict)
    orders: int = 0

    @property
    def total(self) -> Fraction:
        """What the weights add up to, exact in every case."""
        return added(self.values.values())

    def standard_errors(self, amount: int) -> dict[str, Fraction] | None:
        """The standard error in cents of each share of an amount; None where the weights are exact."""
        if not self.variance:
            return None
        scale = (amount / self.total) ** 2
        return {name: standard_error(variance * scale) for name, variance in self.variance.items()}
