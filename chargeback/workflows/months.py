"""Months of a workspace, as the use cases that make up a month ask for them; ``Books`` gives each one once.

What a month bills of a year or of earlier months is computed from other months. Those use cases (``true_up``,
``adjustments``, ``brought_forward``) take ``Months``, so that ``books`` can depend on them without a circle.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.rules import Rule
from chargeback.workspace.inputs import Inputs

if TYPE_CHECKING:
    from chargeback.store.database import Store


class Months(Protocol):
    """Months of a workspace, with the inputs and the store that they are computed from. Each raises Problems."""

    @property
    def inputs(self) -> Inputs:
        """The files of the workspace, usage and costs apart."""

    @property
    def store(self) -> Store:
        """Usage, costs and the ledger."""

    def with_rules(self, rules: Sequence[Rule]) -> Months:
        """Months from the same data under other rules."""

    def month_alone(self, period: Period) -> Month:
        """A month apart from earlier months; see ``Books``."""

    def month_before_true_up(self, period: Period) -> Month:
        """A month alone, without the true-ups that it bills; see ``Books``."""
