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
from chargeback.model.vat import vat_of


@dataclass(frozen=True, slots=True)
class OpenRate:
    """Open amount of an invoice at one rate: what remains of it after credit notes.

    Attributes:
        rate: VAT rate in per cent.
        net: cents net that remain.
        vat: cents of VAT that remain.
        credited_net: cents net that credit notes have taken off so far.
        credited_vat: cents of VAT that they have taken off.
    """

    rate: Decimal
    net: int
    vat: int
    credited_net: int = 0
    credited_vat: int = 0

    def less(self, net: int, vat: int) -> OpenRate:
        """The amount after one more credit."""
        return OpenRate(self.rate, self.net - net, self.vat - vat, self.credited_net + net, self.credited_vat + vat)

    def vat_of(self, net: int) -> int:
        """VAT of one more credit of ``net`` cents.

        The VAT of all credits together is that of their total; the last one takes the rest.
        """
        if net == self.net:
            return self.vat
        return min(max(vat_of(self.credited_net + net, self.rate) - self.credited_vat, 0), self.vat)


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """Open invoice: an issued invoice and what remains of it after its credit notes.

    Attributes:
        number: number of the invoice.
        issue_date: its date.
        payer_id: its payer.
        rates: what remains at each of its rates.
    """

    number: str
    issue_date: date
    payer_id: str
    rates: tuple[OpenRate, ...]

    @property
    def net(self) -> int:
        """Cents net that remain."""
        return sum(each.net for each in self.rates)


@dataclass(frozen=True, slots=True)
class BilledAmount:
    """Billed amount: what remains of an invoice for one member, rule and month at one rate.

    Attributes:
        number: number of the invoice.
        member_id: member that benefits.
        month: month that it is for.
        rate: VAT rate in per cent.
        net: cents net that remain.
    """

    number: str
    member_id: str
    month: Period
    rate: Decimal
    net: int


def _no_invoices(payers: Collection[str], regime: str) -> Sequence[OpenInvoice]:
    return ()


def _no_amounts(payers: Collection[str], rule: str) -> Sequence[BilledAmount]:
    return ()


def _no_numbers(member_id: str, regime: str, month: Period) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class BroughtForward:
    """Brought forward to a month.

    Attributes:
        adjustments: charges that adjust closed months.
        carried_forward: documents that earlier months carried and that no document has billed yet.
        open_invoices: (payers, regime) → their open invoices, the latest first. Asked only for amounts below zero.
        billed_amounts: (payers, rule) → what their open invoices billed of the rule, the latest first; likewise.
        invoices_of_month: (member, regime, month) → numbers of the invoices that billed the member for the month,
            that of the month first. Asked for adjustments above zero.
        fingerprints: fingerprint of the inputs of each month that was compared, by month.
        all_due: whether all carried documents are billed now, whatever their amount. What amounts to 0.00 is then
            carried with all its lines.
        prior_months: what adjustments and carried lines are based on, for their pages.
        notices: changes since a month was closed, and months that nobody closed.
    """

    adjustments: tuple[Charge, ...] = ()
    carried_forward: tuple[Document, ...] = ()
    open_invoices: Callable[[Collection[str], str], Sequence[OpenInvoice]] = _no_invoices
    billed_amounts: Callable[[Collection[str], str], Sequence[BilledAmount]] = _no_amounts
    invoices_of_month: Callable[[str, str, Period], Sequence[str]] = _no_numbers
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    all_due: bool = False
    prior_months: tuple[PriorMonth, ...] = ()
    notices: tuple[Notice, ...] = ()
