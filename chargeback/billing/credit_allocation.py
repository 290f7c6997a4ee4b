"""Credit allocation: amounts below zero are taken off issued invoices, at the rate that these bore. Pure; cents.

A reduction of a closed month or of a year is taken off what was billed of its rule to its payer: for the same member
and month (or year) first, then for the member, then of the rule, then off other invoices of the family, always the
latest first. A month below zero by itself is taken off the latest invoices. No invoice is credited more than remains of
it; what finds no invoice is refunded.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from chargeback.billing.brought_forward import BilledAmount, BroughtForward, OpenInvoice, OpenRate
from chargeback.model.charges import Charge
from chargeback.model.documents import Document, Line, Preceding, VatLine
from chargeback.model.vat import VatAmount, by_rate, vat_of

Slot = tuple[str, Decimal]  # number of an invoice and one of its rates


@dataclass(frozen=True, slots=True)
class Reduction:
    """Reduction: the part of a charge below zero that one invoice takes, or that no invoice takes.

    Attributes:
        charge: the part, with the number of the invoice; its amount is below zero.
        rate: VAT rate in per cent.
    """

    charge: Charge
    rate: Decimal


@dataclass(slots=True)
class CreditAllocation:
    """Credit allocation of a month, charge by charge, then document by document as they are drawn up.

    Attributes:
        brought_forward: what is brought forward; it knows the open invoices.
        spent: amounts that other documents of the month take off an invoice, by its number.
    """

    brought_forward: BroughtForward
    spent: Mapping[str, Sequence[VatAmount]] = field(default_factory=dict)
    _known: dict[tuple[frozenset[str], str], tuple[str, ...]] = field(default_factory=dict)
    _invoices: dict[str, OpenInvoice] = field(default_factory=dict)
    _open: dict[Slot, OpenRate] = field(default_factory=dict)
    _net_left: dict[Slot, int] = field(default_factory=dict)
    _billed: dict[tuple[frozenset[str], str], list[BilledAmount]] = field(default_factory=dict)

    def reduced(self, charge: Charge, payers: frozenset[str], rate: Decimal) -> list[Reduction]:
        """Parts of a charge below zero, by the invoice of ``payers`` that takes each; the last may have none.

        ``rate``: that of a part without invoice.
        """
        numbers = self.invoices(payers, charge.vat)
        due = -charge.amount
        taken: dict[Slot, int] = {}
        for slot, most in (*self._of_rule(charge, payers, numbers), *self._of_family(numbers)):
            cents = min(due - sum(taken.values()), most, self._net_left[slot])
            if cents > 0:
                taken[slot] = taken.get(slot, 0) + cents
                self._net_left[slot] -= cents
        self._less(charge, payers, taken)
        parts = [Reduction(_part(charge, cents, number), at) for (number, at), cents in taken.items()]
        rest = due - sum(taken.values())
        return [*parts, Reduction(_part(charge, rest, ""), rate)] if rest else parts

    def invoices(self, payers: frozenset[str], regime: str) -> tuple[str, ...]:
        """Numbers of the open invoices of some payers under a regime, the latest first."""
        key = (payers, regime)
        if key not in self._known:
            found = self.brought_forward.open_invoices(payers, regime)
            self._known[key] = tuple(invoice.number for invoice in found)
            for invoice in found:
                self._learn(invoice)
        return self._known[key]

    def _learn(self, invoice: OpenInvoice) -> None:
        if invoice.number in self._invoices:
            return
        self._invoices[invoice.number] = invoice
        spent = {amount.rate: amount for amount in self.spent.get(invoice.number, ())}
        for rate in invoice.rates:
            before = spent.get(rate.rate)
            left = rate if before is None else rate.less(before.net, before.vat)
            self._open[invoice.number, rate.rate] = left
            self._net_left[invoice.number, rate.rate] = left.net

    def _of_rule(self, charge: Charge, payers: frozenset[str], numbers: Collection[str]) -> Iterator[tuple[Slot, int]]:
        """What was billed of the rule of a charge, the nearest to the charge first, and how much remains of it."""
        key = (payers, charge.rule)
        if key not in self._billed:
            self._billed[key] = list(self.brought_forward.billed_amounts(payers, charge.rule))
        known = [amount for amount in self._billed[key] if amount.number in numbers]
        for amount in sorted(known, key=lambda a: _distance(charge, a)):
            yield (amount.number, amount.rate), amount.net

    def _of_family(self, numbers: Iterable[str]) -> Iterator[tuple[Slot, int]]:
        """All that remains of each invoice, at each of its rates."""
        for number in numbers:
            for rate in self._invoices[number].rates:
                yield (number, rate.rate), self._net_left[number, rate.rate]

    def _less(self, charge: Charge, payers: frozenset[str], taken: Mapping[Slot, int]) -> None:
        """Count what a charge has taken off the amounts billed of its rule, the nearest first."""
        left = dict(taken)
        billed = self._billed[payers, charge.rule]
        for place in sorted(range(len(billed)), key=lambda n: (_distance(charge, billed[n]), n)):
            amount = billed[place]
            cents = min(amount.net, left.get((amount.number, amount.rate), 0))
            if cents > 0:
                left[amount.number, amount.rate] -= cents
                billed[place] = replace(amount, net=amount.net - cents)

    def credited(self, document: Document, payers: frozenset[str]) -> Document:
        """A document of reductions as a credit note on the invoices that its charges name."""
        numbers = self.invoices(payers, document.regime.name)
        nets = _named(document)
        latest = {rate: {n: own[n] for n in numbers if n in own} for rate, own in nets.items()}
        return self._with_credits(document, latest)

    def are_open(self, document: Document, payers: frozenset[str]) -> bool:
        """Whether all invoices that the charges of a document of reductions name are open."""
        numbers = self.invoices(payers, document.regime.name)
        return all(number in numbers for own in _named(document).values() for number in own)

    def reserve(self, document: Document) -> None:
        """Keep what a document of reductions takes off open invoices from the documents that take the latest."""
        for rate, own in _named(document).items():
            for number, cents in own.items():
                self._net_left[number, rate] -= cents

    def off_latest(self, document: Document, payers: frozenset[str]) -> Document:
        """A document below zero with the invoices that it reduces, the latest first, up to its amount."""
        numbers = self.invoices(payers, document.regime.name)
        due, nets = -document.net, {}
        for rate, net in net_by_rate(document.lines).items():
            nets[rate] = self._covering(rate, min(due, -net), numbers)
            due -= sum(nets[rate].values())
        return self._with_credits(document, nets)

    def _covering(self, rate: Decimal, due: int, numbers: Iterable[str]) -> dict[str, int]:
        """Latest invoices that bear a rate, each with the net that is taken off it."""
        found = {}
        for number in numbers:
            cents = min(due, self._net_left.get((number, rate), 0))
            if cents > 0:
                found[number] = cents
                self._net_left[number, rate] -= cents
                due -= cents
        return found

    def _with_credits(self, document: Document, nets: Mapping[Decimal, Mapping[str, int]]) -> Document:
        """A document below zero with what it takes off each invoice: cents net, by rate and number."""
        preceding: dict[str, Preceding] = {}
        vat_lines = []
        for rate, net in net_by_rate(document.lines).items():
            own = nets.get(rate, {})
            vats = self._vats(rate, own)
            for number, cents in own.items():
                before = preceding.get(number) or Preceding(number, self._invoices[number].issue_date)
                credit = VatAmount(rate, cents, vats[number])
                preceding[number] = replace(before, credited=(*before.credited, credit))
                self._open[number, rate] = self._open[number, rate].less(cents, vats[number])
            wanted, given = -vat_of(net, rate), sum(vats.values())
            covered = sum(own.values()) == -net
            vat_lines.append(VatLine(document.regime.at(rate), net, -(given if covered else max(wanted, given))))
        return replace(document, vat_lines=tuple(vat_lines), preceding=tuple(preceding.values()))

    def _vats(self, rate: Decimal, nets: Mapping[str, int]) -> dict[str, int]:
        """VAT of what a document takes off each invoice at a rate.

        Of one invoice, see ``OpenRate.vat_of``. The VAT of several together is that of their total. An invoice whose
        whole net is credited loses all its VAT, unless rounding would make the total more than one cent too high; the
        others share what is left by their net.
        """
        if len(nets) == 1:
            return {number: self._open[number, rate].vat_of(cents) for number, cents in nets.items()}
        wanted, net, given, found = vat_of(sum(nets.values()), rate), 0, 0, {}
        whole = {number for number, cents in nets.items() if cents == self._open[number, rate].net}
        for number in sorted(nets, key=lambda each: each not in whole):
            net += nets[number]
            most = self._open[number, rate].vat
            goal = wanted if number in whole else vat_of(net, rate)
            fits = number in whole and given + most <= wanted + 1
            found[number] = most if fits else min(max(goal - given, 0), most)
            given += found[number]
        return found


def net_by_rate(lines: Iterable[Line]) -> dict[Decimal, int]:
    """Cents net of lines by VAT rate, the lowest first."""
    return by_rate((line.rate, line.amount) for line in lines)


def _named(document: Document) -> dict[Decimal, dict[str, int]]:
    """Cents net that the charges of a document of reductions take off each invoice, by rate and number."""
    nets: dict[Decimal, dict[str, int]] = {}
    for line in document.lines:
        for charge in line.charges:
            of_rate = nets.setdefault(line.rate, {})
            of_rate[charge.original_invoice] = of_rate.get(charge.original_invoice, 0) - charge.amount
    return nets


def _part(charge: Charge, cents: int, number: str) -> Charge:
    return replace(charge, amount=-cents, original_invoice=number)


def _distance(charge: Charge, amount: BilledAmount) -> int:
    """Distance of a billed amount from a reduction: of its member and month or year, of its member, of its rule."""
    if amount.member_id != charge.member_id:
        return 2
    near = amount.month == charge.adjusts if charge.adjusts is not None else amount.month.year == charge.settles
    return 0 if near else 1
