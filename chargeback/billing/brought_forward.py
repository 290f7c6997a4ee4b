"""Brought forward: amounts of earlier months that a month bills, and invoices that it may reduce. Values; cents."""

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
    """Open invoice: an issued invoice and what remains of it after its credit notes.

    Attributes:
        number: number of the invoice.
        issue_date: its date.
        payer_id: its payer.
        net: cents net that remain.
        vat: cents of VAT that remain.
        credited_net: cents net that credit notes have taken off so far.
        credited_vat: cents of VAT that they have taken off.
    """

    number: str
    issue_date: date
    payer_id: str
    net: int
    vat: int
    credited_net: int = 0
    credited_vat: int = 0

    def bears(self, rate: Decimal) -> bool:
        """Whether the VAT of the whole invoice is that of a rate (per cent)."""
        return vat_of(self.net + self.credited_net, rate) == self.vat + self.credited_vat


def _none(*_: object) -> Sequence[OpenInvoice]:
    return ()


def _as_today(_: str) -> Regime | None:
    return None


@dataclass(frozen=True, slots=True)
class BroughtForward:
    """Brought forward to a month.

    Attributes:
        adjustments: charges that adjust closed months.
        carried_forward: documents that earlier months carried and that no document has billed yet.
        invoices_of: (member, regime, month) → the open invoices that billed the member for the month, that of the month
            first. Asked for adjustments alone.
        latest_invoices: (payers, regime) → their open invoices at the rate of today, the latest first. Asked only for
            amounts below zero.
        regime_printed: number → the regime as that invoice printed it; None where it is as today.
        fingerprints: fingerprint of the inputs of each month that was compared, by month.
        all_due: whether all carried documents are billed now, whatever their amount. What amounts to 0.00 is then
            carried with all its lines.
        prior_months: what adjustments and carried lines are based on, for their pages.
        notices: changes since a month was closed, and months that nobody closed.
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
