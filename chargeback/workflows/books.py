"""Books of a workspace: its inputs, its store and its months, each computed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, get_args

from chargeback.ledger.book import period_status
from chargeback.ledger.open_items import rate_borne
from chargeback.model.gc_pause import paused_gc
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.rules import Rule
from chargeback.workflows.brought_forward import brought_forward_to
from chargeback.workflows.measured_month import MeasuredMonth, billed_month, measured_month
from chargeback.workflows.true_up import true_ups_billed_in
from chargeback.workspace.inputs import Inputs

if TYPE_CHECKING:
    from chargeback.store.database import Store

Variant = Literal["brought_forward", "alone", "before_true_up", "in_advance"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)


@dataclass(frozen=True, slots=True)
class Books:
    """Books of a workspace: what every use case takes. A month is planned, measured and billed at most once.

    There are four ways to compute a month from today's data. Each raises Problems.

    - ``month``: as ``run`` draws it up. What earlier months bring forward is part of it until it is issued or closed.
    - ``month_alone``: apart from earlier months, every document drawn up whole; with the true-ups that it bills.
    - ``month_before_true_up``: the month alone, without those true-ups.
    - ``month_in_advance``: the month, or the month alone once it is final, without what is known at its end only.

    There are three ways to read an issued month from the ledger, in ``ledger/issued_months``: ``as_issued``,
    ``after_corrections`` (what members owe or owed) and ``last_computed`` (what the data must give again).

    Books are of one moment: a command that issues, closes or loads makes new ones to look again.

    Attributes:
        inputs: the files of the workspace, usage and costs apart.
        store: usage, costs and the ledger.
    """

    inputs: Inputs
    store: Store
    _measured: dict[Period, MeasuredMonth] = field(default_factory=dict, repr=False, compare=False)
    _billed: dict[tuple[Variant, Period], Month] = field(default_factory=dict, repr=False, compare=False)
    _borne: dict[tuple[str, Period], Decimal | None] = field(default_factory=dict, repr=False, compare=False)

    def month(self, period: Period) -> Month:
        """A month as ``run`` draws it up: with what earlier months bring forward, alone once it is issued or closed."""
        if period_status(self.store.connection, period).final:
            return self.month_alone(period)
        return self._once("brought_forward", period, self._with_brought_forward)

    def month_alone(self, period: Period) -> Month:
        """A month apart from earlier months, with the true-ups that it bills: every document is drawn up whole."""
        return self._once("alone", period, self._alone)

    def month_before_true_up(self, period: Period) -> Month:
        """A month alone, without the true-ups that it bills: what those of its own year count."""
        return self._once("before_true_up", period, self._before_true_up)

    def month_in_advance(self, period: Period) -> Month:
        """A month as ``month`` gives it, of whose own charges only those called in advance are made."""
        return self._once("in_advance", period, self._in_advance)

    def with_rules(self, rules: Sequence[Rule]) -> Books:
        """Books of the same data under other rules."""
        return Books(replace(self.inputs, rules=tuple(rules)), self.store)

    def forget(self, period: Period) -> None:
        """Let a month go that nothing asks for again: a year of months of a large body would fill the memory."""
        self._measured.pop(period, None)
        for variant in VARIANTS:
            self._billed.pop((variant, period), None)

    def _with_brought_forward(self, period: Period) -> Month:
        brought_forward = brought_forward_to(self, period)
        true_ups = true_ups_billed_in(self, period, brought_forward.adjustments)
        return billed_month(self._measured_once(period), self.inputs, true_ups, brought_forward, self._rates)

    def _in_advance(self, period: Period) -> Month:
        final = period_status(self.store.connection, period).final
        brought_forward = None if final else brought_forward_to(self, period)
        true_ups = true_ups_billed_in(self, period, brought_forward.adjustments if brought_forward else ())
        measured = self._measured_once(period)
        return billed_month(measured, self.inputs, true_ups, brought_forward, self._rates, in_advance=True)

    def _alone(self, period: Period) -> Month:
        true_ups = true_ups_billed_in(self, period)
        if not true_ups:
            return self.month_before_true_up(period)
        return billed_month(self._measured_once(period), self.inputs, true_ups, None, self._rates)

    def _before_true_up(self, period: Period) -> Month:
        return billed_month(self._measured_once(period), self.inputs, (), None, self._rates)

    def _rates(self, regime: str, month: Period) -> Decimal | None:
        key = (regime, month)
        if key not in self._borne:
            self._borne[key] = rate_borne(self.store.connection, regime, month)
        return self._borne[key]

    def _measured_once(self, period: Period) -> MeasuredMonth:
        if period not in self._measured:
            self._measured[period] = measured_month(self.inputs, self.store, period)
        return self._measured[period]

    def _once(self, variant: Variant, period: Period, compute: Callable[[Period], Month]) -> Month:
        key = (variant, period)
        if key not in self._billed:
            with paused_gc():
                self._billed[key] = compute(period)
        return self._billed[key]
