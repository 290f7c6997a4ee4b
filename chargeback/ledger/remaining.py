"""What remains of an issued invoice after its credits, and the parts of it that a credit may take. Pure; cents.

A credit is kept charge by charge, so that what remains is known to the cent for every line. The VAT of all credits of
an invoice together is that of their total: it never exceeds the invoice's, and the last takes the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

from chargeback.model.documents import Document, Preceding
from chargeback.model.money import euros, split, to_cents
from chargeback.model.period import Period
from chargeback.model.problem import Refused
from chargeback.model.vat import vat_of

ByCharge = tuple[tuple[int, ...], ...]  # cents, by line and charge of the invoice


@dataclass(frozen=True, slots=True)
class Remaining:
    """What remains of an issued invoice after its credits.

    Attributes:
        document: the invoice.
        charges: cents net that remain, by line and charge.
        vat: cents of VAT that remain.
    """

    document: Document
    charges: ByCharge
    vat: int

    @property
    def net(self) -> int:
        return sum(map(sum, self.charges))

    @property
    def gross(self) -> int:
        return self.net + self.vat

    @property
    def credited(self) -> tuple[int, int]:
        """Cents net and VAT of all credits."""
        return self.document.net - self.net, self.document.vat - self.vat


@dataclass(frozen=True, slots=True)
class CreditPart:
    """Part of an invoice that a credit takes; positive on a plain invoice.

    Attributes:
        charges: cents net, by line and charge.
        vat: cents of VAT.
    """

    charges: ByCharge
    vat: int


def reverses_lines(document: Document) -> bool:
    """Whether a document reverses lines of an issued one, as ``credit`` and ``correct`` make it."""
    return any(line.reverses for line in document.lines)


def remaining(invoice: Document, issued: Iterable[Document]) -> Remaining:
    """What remains of an invoice after the credit notes, among the ``issued`` documents, on its lines or on an amount
    of it."""
    rest = Remaining(invoice, tuple(tuple(c.amount for c in line.charges) for line in invoice.lines), invoice.vat)
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
    return replace(rest, charges=tuple(map(tuple, kept)), vat=rest.vat + credit.vat)


def _without_amount(rest: Remaining, credit: Document, named: Preceding) -> Remaining:
    """Rest after an amount, taken off the charges that the credit adjusts as far as it does, then off all in
    proportion."""
    kept = [list(own) for own in rest.charges]
    due = named.credited_net
    for key, cents in _adjusts(credit).items():
        for number, line in enumerate(rest.document.lines):
            for place, charge in enumerate(line.charges):
                if key == (charge.member_id, charge.rule, line.earlier_month or rest.document.period):
                    taken = max(0, min(cents, due, kept[number][place]))
                    kept[number][place] -= taken
                    cents, due = cents - taken, due - taken
    rest = replace(rest, charges=tuple(map(tuple, kept)), vat=rest.vat - named.credited_vat)
    if due:
        shares = _shared(rest, due)
        rest = replace(rest, charges=tuple(_less(own, off) for own, off in zip(rest.charges, shares, strict=True)))
    return rest


def _adjusts(credit: Document) -> dict[tuple[str, str, Period | None], int]:
    """Cents that a credit note on one invoice takes off each member, rule and month; empty for one of a whole month."""
    found: dict[tuple[str, str, Period | None], int] = {}
    for charge in (c for line in credit.lines for c in line.charges if credit.is_adjustment_credit):
        key = (charge.member_id, charge.rule, charge.adjusts)
        found[key] = found.get(key, 0) - charge.amount
    return found


def _less(own: Sequence[int], off: Sequence[int]) -> tuple[int, ...]:
    return tuple(a - b for a, b in zip(own, off, strict=True))


def whole(rest: Remaining) -> CreditPart:
    """Part that is all that remains. Raises Refused when nothing does."""
    if not rest.gross:
        raise Refused(f"{rest.document.number} is credited in full already: nothing of it remains")
    return CreditPart(rest.charges, rest.vat)


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
    if net == rest.net:
        return CreditPart(charges, rest.vat)
    credited_net, credited_vat = rest.credited
    vat = vat_of(credited_net + net, rest.document.regime.rate) - credited_vat
    return CreditPart(charges, min(max(vat, 0), rest.vat))


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
    net = _net_of(rest, gross)
    shares = _shared(rest, net)
    return CreditPart(shares, gross - net)


def _net_of(rest: Remaining, gross: int) -> int:
    """Net in an amount: its VAT completes that of all credits to the VAT within their total. Some net stays for the
    last credit."""
    rate = Fraction(rest.document.regime.rate)
    credited_net, credited_vat = rest.credited
    total = Fraction(credited_net + credited_vat + gross, 100)
    vat = to_cents(total * rate / (100 + rate)) - credited_vat
    net = gross - vat
    net = min(max(net, 1, gross - rest.vat), rest.net - 1, gross)
    if net < 1 or gross - net > rest.vat:
        raise Refused(
            f"{euros(gross)} is too little to tell net from VAT in what remains of {rest.document.number}: credit the "
            f"{euros(rest.gross)} that remain"
        )
    return net


def _shared(rest: Remaining, net: int) -> ByCharge:
    """Net by line and charge, in proportion to what remains of each, by largest remainder."""
    flat = [cents for own in rest.charges for cents in own]
    width = len(str(len(flat)))
    weights = {f"{place:0{width}d}": Fraction(cents) for place, cents in enumerate(flat)}
    shares = iter([cents for _, cents in sorted(split(net, weights).items())])
    return tuple(tuple(islice(shares, len(own))) for own in rest.charges)
