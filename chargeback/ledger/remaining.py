"""What remains of an issued invoice after its credits, and the parts of it that a credit may take. Pure; cents.

A credit is kept charge by charge, so that what remains is known to the cent for every line. The VAT of all credits of
an invoice together is that of their total: it never exceeds the invoice's, and the last takes the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import islice

from chargeback.billing.brought_forward import OpenRate
from chargeback.model.charges import Charge
from chargeback.model.documents import Document, Preceding
from chargeback.model.money import euros, split, to_cents
from chargeback.model.period import Period
from chargeback.model.problem import Refused
from chargeback.model.vat import VatAmount, by_rate

ByCharge = tuple[tuple[int, ...], ...]  # cents, by line and charge of the invoice


@dataclass(frozen=True, slots=True)
class Remaining:
    """What remains of an issued invoice after its credits.

    Attributes:
        document: the invoice.
        charges: cents net that remain, by line and charge.
        vats: cents of VAT that remain, by rate.
    """

    document: Document
    charges: ByCharge
    vats: Mapping[Decimal, int]

    @property
    def net(self) -> int:
        return sum(map(sum, self.charges))

    @property
    def vat(self) -> int:
        return sum(self.vats.values())

    @property
    def gross(self) -> int:
        return self.net + self.vat

    def net_by_rate(self, charges: ByCharge | None = None) -> dict[Decimal, int]:
        """Cents net by rate, of what remains or of a part of it."""
        own = self.charges if charges is None else charges
        return by_rate((line.rate, sum(cents)) for line, cents in zip(self.document.lines, own, strict=True))

    def at(self, rate: Decimal) -> OpenRate:
        """What remains at one rate."""
        net, vat = self.net_by_rate()[rate], self.vats[rate]
        before = next(line for line in self.document.vat_lines if line.regime.rate == rate)
        return OpenRate(rate, net, vat, before.net - net, before.vat - vat)


@dataclass(frozen=True, slots=True)
class CreditPart:
    """Part of an invoice that a credit takes; positive on a plain invoice.

    Attributes:
        charges: cents net, by line and charge.
        vats: cents of VAT by rate.
    """

    charges: ByCharge
    vats: Mapping[Decimal, int]

    @property
    def vat(self) -> int:
        return sum(self.vats.values())


def reverses_lines(document: Document) -> bool:
    """Whether a document reverses lines of an issued one, as ``credit`` and ``correct`` make it."""
    return any(line.reverses for line in document.lines)


def remaining(invoice: Document, issued: Iterable[Document]) -> Remaining:
    """What remains of an invoice after the credit notes, among the ``issued`` documents, on its lines or on an amount
    of it."""
    charges = tuple(tuple(c.amount for c in line.charges) for line in invoice.lines)
    rest = Remaining(invoice, charges, {line.regime.rate: line.vat for line in invoice.vat_lines})
    for credit in issued:
        for named in credit.preceding:
            if named.number == invoice.number:
                rest = _without_lines(rest, credit) if reverses_lines(credit) else _without_amount(rest, credit, named)
    return rest


def _without_lines(rest: Remaining, credit: Document) -> Remaining:
    kept = [list(own) for own in rest.charges]
    for line in credit.lines:
        own = kept[line.reverses - 1]
        kept[line.reverses - 1] = [a + c.amount for a, c in zip(own, line.charges, strict=True)]
    credited = {line.regime.rate: -line.vat for line in credit.vat_lines}
    return replace(rest, charges=tuple(map(tuple, kept)), vats=_minus(rest.vats, credited))


def _minus(vats: Mapping[Decimal, int], credited: Mapping[Decimal, int]) -> dict[Decimal, int]:
    return {rate: cents - credited.get(rate, 0) for rate, cents in vats.items()}


def _without_amount(rest: Remaining, credit: Document, named: Preceding) -> Remaining:
    """Rest after the amounts that a credit takes off, at each rate off the charges that it reduces as far as it does,
    then off all in proportion."""
    for amount in named.credited:
        rest = _without_rate(rest, credit, named.number, amount)
    return rest


def _without_rate(rest: Remaining, credit: Document, number: str, amount: VatAmount) -> Remaining:
    kept = [list(own) for own in rest.charges]
    due = amount.net
    for reduction, cents in _reductions(credit, number, amount.rate):
        for place, line in enumerate(rest.document.lines):
            for at, charge in enumerate(line.charges):
                month = line.earlier_month or rest.document.period
                if line.rate == amount.rate and _is_reduced(charge, month, reduction):
                    taken = max(0, min(cents, due, kept[place][at]))
                    kept[place][at] -= taken
                    cents, due = cents - taken, due - taken
    rest = replace(rest, charges=tuple(map(tuple, kept)), vats=_minus(rest.vats, {amount.rate: amount.vat}))
    if due:
        shares = _shared(rest, due, amount.rate)
        rest = replace(rest, charges=tuple(_less(own, off) for own, off in zip(rest.charges, shares, strict=True)))
    return rest


def _reductions(credit: Document, number: str, rate: Decimal) -> list[tuple[Charge, int]]:
    """Charges of a credit note that reduce an invoice at a rate, with their cents; none of a month below zero."""
    if not credit.reduces_lines_named:
        return []
    own = (line for line in credit.lines if line.rate == rate)
    return [(c, -c.amount) for line in own for c in line.charges if c.original_invoice == number]


def _is_reduced(charge: Charge, month: Period, reduction: Charge) -> bool:
    """Whether a charge for a month is what a reduction takes back: of the same member, rule, and month or year."""
    if (charge.member_id, charge.rule) != (reduction.member_id, reduction.rule):
        return False
    return month == reduction.adjusts if reduction.adjusts is not None else month.year == reduction.settles


def _less(own: Sequence[int], off: Sequence[int]) -> tuple[int, ...]:
    return tuple(a - b for a, b in zip(own, off, strict=True))


def whole(rest: Remaining) -> CreditPart:
    """Part that is all that remains. Raises Refused when nothing does."""
    if not rest.gross:
        raise Refused(f"{rest.document.number} is credited in full already: nothing of it remains")
    return CreditPart(rest.charges, rest.vats)


def of_lines(rest: Remaining, numbers: Sequence[int]) -> CreditPart:
    """Part that is all that remains of some lines, by their numbers from 1. Raises Refused."""
    name, count = rest.document.number, len(rest.document.lines)
    for number in numbers:
        if not 1 <= number <= count:
            raise Refused(f"{name} has {count} line{'s' if count > 1 else ''}: --line {number} is none of them")
        if sum(rest.charges[number - 1]) <= 0:
            raise Refused(f"line {number} of {name} {_nothing(rest, number)}")
    charges = tuple(own if number in numbers else (0,) * len(own) for number, own in enumerate(rest.charges, start=1))
    return _with_vat(rest, charges)


def _nothing(rest: Remaining, number: int) -> str:
    """Reason why a line cannot be credited, as the end of a sentence."""
    if rest.document.lines[number - 1].amount <= 0:
        return (
            "takes nothing from the payer, so it cannot be given back: credit the lines that it reduces, or an amount"
        )
    return "is credited in full already: nothing of it remains"


def _with_vat(rest: Remaining, charges: ByCharge) -> CreditPart:
    net = sum(map(sum, charges))
    if net > rest.net:
        raise Refused(
            f"these lines come to {euros(net)} and only {euros(rest.net)} net of {rest.document.number} remains, as "
            "other "
            "lines or credits reduce it: credit an amount, or all that remains"
        )
    nets = rest.net_by_rate(charges)
    vats = {rate: rest.at(rate).vat_of(cents) for rate, cents in nets.items()}
    return CreditPart(charges, rest.vats if net == rest.net else vats)


def of_amount(rest: Remaining, gross: int) -> CreditPart:
    """Part that is an amount, VAT included, over the charges in proportion. Raises Refused."""
    name = rest.document.number
    if gross <= 0:
        raise Refused("a credit is of an amount above zero: give --amount as what is given back, VAT included")
    if gross > rest.gross:
        already = rest.document.gross - rest.gross
        credited = f", as {euros(already)} is credited already" if already else ""
        raise Refused(f"{euros(gross)} is more than remains of {name}, {euros(rest.gross)} VAT included{credited}")
    if gross == rest.gross:
        return whole(rest)
    charges = [[0] * len(line.charges) for line in rest.document.lines]
    vats = dict.fromkeys(rest.vats, 0)
    for rate, cents in _gross_by_rate(rest, gross).items():
        net = _net_of(rest, rest.at(rate), cents) if cents else 0
        vats[rate] = cents - net
        for own, more in zip(charges, _shared(rest, net, rate), strict=True):
            own[:] = [a + b for a, b in zip(own, more, strict=True)]
    return CreditPart(tuple(map(tuple, charges)), vats)


def _gross_by_rate(rest: Remaining, gross: int) -> dict[Decimal, int]:
    """An amount over the rates of an invoice, in proportion to what remains at each, by largest remainder."""
    weights = {f"{rate:09.4f}": Fraction(net + rest.vats[rate]) for rate, net in rest.net_by_rate().items()}
    shares = split(gross, weights)
    return {rate: shares[f"{rate:09.4f}"] for rate in rest.vats}


def _net_of(rest: Remaining, at: OpenRate, gross: int) -> int:
    """Net in an amount at a rate: its VAT completes that of all credits to the VAT within their total. Some net stays
    for the last credit."""
    rate = Fraction(at.rate)
    total = Fraction(at.credited_net + at.credited_vat + gross, 100)
    vat = to_cents(total * rate / (100 + rate)) - at.credited_vat
    net = gross - vat
    net = min(max(net, 1, gross - at.vat), at.net - 1, gross)
    if net < 1 or gross - net > at.vat:
        raise Refused(
            f"{euros(gross)} is too little to tell net from VAT in what remains of {rest.document.number}: credit the "
            f"{euros(rest.gross)} that remain"
        )
    return net


def _shared(rest: Remaining, net: int, rate: Decimal) -> ByCharge:
    """Net by line and charge, in proportion to what remains of each at a rate, by largest remainder."""
    sides = zip(rest.document.lines, rest.charges, strict=True)
    flat = [cents if line.rate == rate else 0 for line, own in sides for cents in own]
    width = len(str(len(flat)))
    weights = {f"{place:0{width}d}": Fraction(cents) for place, cents in enumerate(flat)}
    shares = iter([cents for _, cents in sorted(split(net, weights).items())])
    return tuple(tuple(islice(shares, len(own))) for own in rest.charges)
