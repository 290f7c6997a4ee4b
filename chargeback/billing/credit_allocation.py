"""Credit allocation: amounts below zero are taken off issued invoices. Pure; cents.

An adjustment is taken off the invoice that billed its month; a month below zero off the latest invoices. No invoice is
credited more than remains of it; what finds no invoice stays with its document. The VAT of all credits of an invoice
together is that of their total, and the last takes the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from chargeback.billing.brought_forward import BroughtForward, OpenInvoice
from chargeback.model.charges import Charge
from chargeback.model.documents import Document, Preceding, VatLine
from chargeback.model.vat import vat_of


@dataclass(slots=True)
class CreditAllocation:
    """Credit allocation of a month, invoice by invoice as the documents are drawn up.

    Attributes:
        brought: what is brought forward; it knows the open invoices.
        spent: cents net and VAT that other documents of the month take off an invoice, by number.
        adjusting: adjustments that are taken off an invoice, by number.
    """

    brought_forward: BroughtForward
    spent: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    adjusting: dict[str, list[Charge]] = field(default_factory=lambda: defaultdict(list))
    _opens: dict[str, OpenInvoice] = field(default_factory=dict)
    _net_left: dict[str, int] = field(default_factory=dict)

    def adjusted(self, charges: Iterable[Charge]) -> list[Charge]:
        """Charges without the adjustments below zero that invoices of their month take; the others name their
        invoice."""
        kept: list[Charge] = []
        for charge in sorted(charges, key=lambda c: c.order):
            invoices = self.billing(charge)
            if charge.amount >= 0:
                kept.append(replace(charge, original_invoice=invoices[0].number) if invoices else charge)
                continue
            for invoice in invoices:
                charge = self._off(charge, invoice.number)
            if charge.amount:
                kept.append(charge)
        return kept

    def billing(self, charge: Charge) -> Sequence[OpenInvoice]:
        """Open invoices that billed the member for the month of an adjustment, the one of the month first."""
        return (
            self._known(self.brought_forward.invoices_of(charge.member_id, charge.vat, charge.adjusts))
            if charge.adjusts
            else ()
        )

    def _off(self, charge: Charge, number: str) -> Charge:
        """Rest of an adjustment after an invoice has taken what it can."""
        cents = min(-charge.amount, self._net_left[number])
        if cents > 0:
            self.adjusting[number].append(replace(charge, amount=-cents, original_invoice=number))
            self._net_left[number] -= cents
            charge = replace(charge, amount=charge.amount + cents)
        return charge

    def _known(self, invoices: Sequence[OpenInvoice]) -> Sequence[OpenInvoice]:
        for invoice in invoices:
            if invoice.number not in self._opens:
                net, vat = self.spent.get(invoice.number, (0, 0))
                self._opens[invoice.number] = _less(invoice, net, vat)
                self._net_left[invoice.number] = invoice.net - net
        return invoices

    def original(self, number: str) -> OpenInvoice | None:
        """Open invoice by its number, with what remains of it now; None when no charge has asked for it."""
        return self._opens.get(number)

    def off(self, document: Document, number: str) -> Document:
        """A document below zero as a credit note on one invoice. That net remains of the invoice: ``adjusted`` saw
        to it."""
        invoice = self._opens[number]
        vat = _vat(invoice, -document.net, document.regime.rate)
        taken = self._take(invoice, -document.net, vat)
        return replace(document, vat_lines=(VatLine(document.regime, document.net, -vat),), preceding=(taken,))

    def off_latest(self, document: Document, payers: Collection[str]) -> Document:
        """A document below zero with the invoices that it reduces, the latest first, up to its amount.

        The VAT of the invoices together is that of the document, as far as it is covered. An invoice whose whole net is
        credited loses all its VAT, unless rounding would make the total more than one cent too high.
        """
        found = self._covering(-document.net, payers, document.regime.name)
        wanted, given, preceding = -document.vat, 0, []
        for invoice, net in found:
            whole = net == invoice.net and given + invoice.vat <= wanted + 1
            vat = invoice.vat if whole else min(max(wanted - given, 0), invoice.vat)
            given += vat
            preceding.append(self._take(invoice, net, vat))
        covered = sum(p.credited_net for p in preceding) == -document.net
        total = given if covered else max(wanted, given)
        return replace(
            document, vat_lines=(VatLine(document.regime, document.net, -total),), preceding=tuple(preceding)
        )

    def _covering(self, due: int, payers: Collection[str], regime: str) -> list[tuple[OpenInvoice, int]]:
        """Latest invoices of some payers, each with the net that is taken off it."""
        result = []
        for invoice in self._known(self.brought_forward.latest_invoices(payers, regime)):
            net = min(due, self._net_left[invoice.number])
            if net > 0:
                result.append((self._opens[invoice.number], net))
                due -= net
        return result

    def _take(self, invoice: OpenInvoice, net: int, vat: int) -> Preceding:
        self._opens[invoice.number] = _less(invoice, net, vat)
        self._net_left[invoice.number] = invoice.net - net
        return Preceding(invoice.number, invoice.issue_date, net, vat)


def _less(invoice: OpenInvoice, net: int, vat: int) -> OpenInvoice:
    """Open invoice after one more credit."""
    return replace(
        invoice,
        net=invoice.net - net,
        vat=invoice.vat - vat,
        credited_net=invoice.credited_net + net,
        credited_vat=invoice.credited_vat + vat,
    )


def _vat(invoice: OpenInvoice, net: int, rate: Decimal) -> int:
    """VAT of one more credit of an invoice."""
    if net == invoice.net:
        return invoice.vat
    return min(max(vat_of(invoice.credited_net + net, rate) - invoice.credited_vat, 0), invoice.vat)
