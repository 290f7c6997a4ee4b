"""What earlier months bring to a month before it is drawn up: adjustments, carried amounts, invoices that may be reduced. Values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.month import PriorMonth
from chargeback.model.period import Period
from chargeback.model.problem import Notice
from chargeback.model.settings import Regime
from chargeback.model.vat import vat_of


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An issued invoice, and what of it no credit note has taken off: net and VAT, cents; ``given_*``: what all took off so far."""

    number: str
    issue_date: date
    payer_id: str
    net: int
    vat: int
    credited_net: int = 0
    credited_vat: int = 0

    def bears(self, rate: Decimal) -> bool:
        """Whether the VAT of the whole invoice is that of a rate (in per cent)."""
        return vat_of(self.net + self.credited_net, rate) == self.vat + self.credited_vat


def _none(*_: object) -> Sequence[OpenInvoice]:
    return ()


def _as_today(_: str) -> Regime | None:
    return None


@dataclass(frozen=True, slots=True)
class BroughtForward:
    """What earlier months bring. Amounts in cents.

    ``adjustments``: charges with ``of``, their month. ``carried``: documents of earlier months that no document has billed yet.
    ``billing(member_id, regime, month)``: the invoices that billed a member for a month and are not given back whole, the one
    of the month first (asked for adjustments alone); ``latest(payer_ids, regime)``: those of some payers, the latest first (asked
    only for what is below zero), at the rate of today alone. ``printed(number)``: the regime as an invoice at another rate printed
    it; None: as it is today. ``all_due``: what waits was decided before, and all of this is billed; what comes to 0.00 is then
    carried with all its lines. ``bases``: what each month that was looked at rests on today. ``earlier``: what the adjustments
    and the carried lines rest on, for their pages. ``notices``: what is not as it was when a month was closed,
    late rows among it, and months that nobody closed.
    """

    adjustments: tuple[Charge, ...] = ()
    carried_forward: tuple[Document, ...] = ()
    invoices_of: Callable[[str, str, Period], Sequence[OpenInvoice]] = _none
    latest_invoices: Callable[[Collection[str], str], Sequence[OpenInvoice]] = _none
    regime_printed: Callable[[str], Regime | None] = _as_today
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    all_due: bool = False
    prior_months: tuple[PriorMonth, ...] = ()
    notices: tuple[Notice, ...] = ()
