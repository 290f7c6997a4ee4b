"""What is below zero taken off issued invoices: an adjustment off the invoice it adjusts, a month off the latest ones. Pure; cents.

No invoice gives back more than remains of it; what finds no invoice stays where it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from chargeback.brought import Brought, Open
from chargeback.charging.savings import vat_of
from chargeback.result import Charge, Document, Preceding


@dataclass(slots=True)
class Credits:
    """The invoices that a month reduces, and what of each is left as it goes.

    ``adjusting``: by number of an invoice, the adjustments that are taken off it.
    """

    brought: Brought
    adjusting: dict[str, list[Charge]] = field(default_factory=lambda: defaultdict(list))
    _opens: dict[str, Open] = field(default_factory=dict)
    _left: dict[str, int] = field(default_factory=dict)

    def adjusted(self, charges: Iterable[Charge]) -> list[Charge]:
        """The charges without the adjustments below zero that an invoice of their month can give back; others name theirs."""
        kept: list[Charge] = []
        for charge in sorted(charges, key=lambda c: c.order):
            if charge.of is None:
                kept.append(charge)
                continue
            invoices = self._known(self.brought.billing(charge.member_id, charge.vat, charge.of))
            if charge.amount >= 0:
                kept.append(replace(charge, original=invoices[0].number) if invoices else charge)
                continue
            for invoice in invoices:
                charge = self._off(charge, invoice.number)
            if charge.amount:
                kept.append(charge)
        return kept

    def _off(self, charge: Charge, number: str) -> Charge:
        """What of an adjustment the invoice cannot give back."""
        cents = min(-charge.amount, self._left[number])
        if cents:
            self.adjusting[number].append(replace(charge, amount=-cents, original=number))
            self._left[number] -= cents
            charge = replace(charge, amount=charge.amount + cents)
        return charge

    def _known(self, invoices: Sequence[Open]) -> Sequence[Open]:
        for invoice in invoices:
            self._opens.setdefault(invoice.number, invoice)
            self._left.setdefault(invoice.number, invoice.net)
        return invoices

    def original(self, number: str) -> Open:
        """An invoice by its number."""
        return self._opens[number]

    def taken(self, number: str, net: int, rate: Decimal) -> Preceding:
        """What a credit note takes off one invoice: the VAT of all its credits together stays that of their total."""
        invoice = self._opens[number]
        if net == invoice.net:
            vat = invoice.vat
        else:
            vat = vat_of(invoice.given_net + net, rate) - invoice.given_vat
            vat = min(max(vat, 0), invoice.vat)
        return Preceding(invoice.number, invoice.issue_date, net, vat)

    def off_latest(self, document: Document, payers: Collection[str]) -> tuple[Preceding, ...]:
        """The invoices that a document below zero reduces, the latest first, back to its amount; none where none remain."""
        due, result = -document.net, []
        for invoice in self._known(self.brought.latest(payers, document.regime.name)):
            net = min(due, self._left[invoice.number])
            if net:
                result.append(self._amount_off(invoice, net, document.regime.rate))
                self._left[invoice.number] -= net
                due -= net
        return tuple(result)

    def _amount_off(self, invoice: Open, net: int, rate: Decimal) -> Preceding:
        vat_left = invoice.vat
        if self.adjusting.get(invoice.number):
            adjusted = -sum(c.amount for c in self.adjusting[invoice.number])
            vat_left -= self.taken(invoice.number, adjusted, rate).vat
        vat = vat_left if net == self._left[invoice.number] else min(max(vat_of(net, rate), 0), vat_left)
        return Preceding(invoice.number, invoice.issue_date, net, vat)
