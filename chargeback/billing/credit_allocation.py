"""What is below zero taken off issued invoices: an adjustment off the invoice it adjusts, a month off the latest ones. Pure; cents.

No invoice gives back more than remains of it; what finds no invoice stays where it is. The VAT of all credits of an invoice
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
    """The invoices that a month reduces, and what of each is left as it goes.

    ``spent``: by number, the net and VAT that other documents of the month take. ``adjusting``: by number of an invoice, the
    adjustments that are taken off it.
    """

    brought: BroughtForward
    spent: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    adjusting: dict[str, list[Charge]] = field(default_factory=lambda: defaultdict(list))
    _opens: dict[str, OpenInvoice] = field(default_factory=dict)
    _left: dict[str, int] = field(default_factory=dict)

    def adjusted(self, charges: Iterable[Charge]) -> list[Charge]:
        """The charges without the adjustments below zero that an invoice of their month can give back; others name theirs."""
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
        """The invoices that billed its member for the month of an adjustment, the one of the month first."""
        return (
            self._known(self.brought.invoices_of(charge.member_id, charge.vat, charge.adjusts))
            if charge.adjusts
            else ()
        )

    def _off(self, charge: Charge, number: str) -> Charge:
        """What of an adjustment the invoice cannot give back."""
        cents = min(-charge.amount, self._left[number])
        if cents > 0:
            self.adjusting[number].append(replace(charge, amount=-cents, original_invoice=number))
            self._left[number] -= cents
            charge = replace(charge, amount=charge.amount + cents)
        return charge

    def _known(self, invoices: Sequence[OpenInvoice]) -> Sequence[OpenInvoice]:
        for invoice in invoices:
            if invoice.number not in self._opens:
                net, vat = self.spent.get(invoice.number, (0, 0))
                self._opens[invoice.number] = _less(invoice, net, vat)
                self._left[invoice.number] = invoice.net - net
        return invoices

    def original(self, number: str) -> OpenInvoice | None:
        """An invoice by its number, with what is left of it now; None when nothing asked for it yet."""
        return self._opens.get(number)

    def off(self, document: Document, number: str) -> Document:
        """A document below zero as a credit note on one invoice; ``adjusted`` (or the caller) knows that its net is left."""
        invoice = self._opens[number]
        vat = _vat(invoice, -document.net, document.regime.rate)
        taken = self._take(invoice, -document.net, vat)
        return replace(document, vat_lines=(VatLine(document.regime, document.net, -vat),), preceding=(taken,))

    def off_latest(self, document: Document, payers: Collection[str]) -> Document:
        """A document below zero with the invoices that it reduces, the latest first, back to its amount; none where none remain.

        The VAT of the invoices together is that of the document, as far as it is covered; it is all that is left of those whose
        net is given back whole, unless these were rounded up so often that it came to more than a cent above that.
        """
        found = self._covering(-document.net, payers, document.regime.name)
        wanted, given, preceding = -document.vat, 0, []
        for invoice, net in found:
            whole = net == invoice.net and given + invoice.vat <= wanted + 1
            vat = invoice.vat if whole else min(max(wanted - given, 0), invoice.vat)
            given += vat
            preceding.append(self._take(invoice, net, vat))
        covered = sum(p.net for p in preceding) == -document.net
        total = given if covered else max(wanted, given)
        return replace(
            document, vat_lines=(VatLine(document.regime, document.net, -total),), preceding=tuple(preceding)
        )

    def _covering(self, due: int, payers: Collection[str], regime: str) -> list[tuple[OpenInvoice, int]]:
        """The latest invoices of some payers, each with the net that is taken off it."""
        result = []
        for invoice in self._known(self.brought.latest_invoices(payers, regime)):
            net = min(due, self._left[invoice.number])
            if net > 0:
                result.append((self._opens[invoice.number], net))
                due -= net
        return result

    def _take(self, invoice: OpenInvoice, net: int, vat: int) -> Preceding:
        self._opens[invoice.number] = _less(invoice, net, vat)
        self._left[invoice.number] = invoice.net - net
        return Preceding(invoice.number, invoice.issue_date, net, vat)


def _less(invoice: OpenInvoice, net: int, vat: int) -> OpenInvoice:
    """An invoice after one more credit."""
    return replace(
        invoice,
        net=invoice.net - net,
        vat=invoice.vat - vat,
        credited_net=invoice.credited_net + net,
        credited_vat=invoice.credited_vat + vat,
    )


def _vat(invoice: OpenInvoice, net: int, rate: Decimal) -> int:
    """The VAT of one more credit of an invoice."""
    if net == invoice.net:
        return invoice.vat
    return min(max(vat_of(invoice.credited_net + net, rate) - invoice.credited_vat, 0), invoice.vat)
