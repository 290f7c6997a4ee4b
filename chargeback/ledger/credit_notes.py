"""What credits leave of an issued invoice, and the credit note that gives back all of it, some lines, or an amount. Pure; cents.

A credit is kept charge by charge, so what remains is known to the cent for every line. The VAT of a credit is what brings
the VAT of all credits of the invoice to that of their total: together they never exceed it, and the last takes the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

from chargeback.model.charges import Charge
from chargeback.model.documents import Document, Line, Preceding, VatLine
from chargeback.model.money import euros, split, to_cents
from chargeback.model.period import Period
from chargeback.model.problem import Refused
from chargeback.model.vat import vat_of

ByCharge = tuple[tuple[int, ...], ...]  # cents, by line and charge of the invoice
Named = Callable[[int], str]  # the number of a line → what its charges say they correct


@dataclass(frozen=True, slots=True)
class Remaining:
    """What of an issued invoice no credit has given back: net by line and charge, and VAT."""

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
    def given(self) -> tuple[int, int]:
        """Net and VAT of all credits."""
        return self.document.net - self.net, self.document.vat - self.vat


@dataclass(frozen=True, slots=True)
class CreditPart:
    """What a credit takes of what remains: net by line and charge, and VAT; all of them positive on a plain invoice."""

    charges: ByCharge
    vat: int


def reverses_lines(document: Document) -> bool:
    """Whether a document gives back lines of an issued one, as ``credit`` and ``correct`` make it."""
    return any(line.reverses for line in document.lines)


def remaining(invoice: Document, issued: Iterable[Document]) -> Remaining:
    """What remains of an invoice after those credit notes, of all documents ``issued``, that give back lines or an amount of it."""
    rest = Remaining(invoice, tuple(tuple(c.amount for c in line.charges) for line in invoice.lines), invoice.vat)
    for credit in issued:
        for named in credit.preceding:
            if named.number == invoice.number:
                rest = _without_lines(rest, credit) if reverses_lines(credit) else _without_amount(rest, credit, named)
    return rest


def _without_lines(rest: Remaining, credit: Document) -> Remaining:
    left = [list(own) for own in rest.charges]
    for line in credit.lines:
        own = left[line.reverses - 1]
        left[line.reverses - 1] = [a + c.amount for a, c in zip(own, line.charges, strict=True)]
    return replace(rest, charges=tuple(map(tuple, left)), vat=rest.vat + credit.vat)


def _without_amount(rest: Remaining, credit: Document, named: Preceding) -> Remaining:
    """An amount is taken off the charges that the credit adjusts, as far as it does, then off all in proportion."""
    left = [list(own) for own in rest.charges]
    due = named.net
    for key, cents in _adjusts(credit).items():
        for number, line in enumerate(rest.document.lines):
            for place, charge in enumerate(line.charges):
                if key == (charge.member_id, charge.rule, line.earlier_month or rest.document.period):
                    taken = max(0, min(cents, due, left[number][place]))
                    left[number][place] -= taken
                    cents, due = cents - taken, due - taken
    rest = replace(rest, charges=tuple(map(tuple, left)), vat=rest.vat - named.vat)
    if due:
        shares = _shared(rest, due)
        rest = replace(rest, charges=tuple(_less(own, off) for own, off in zip(rest.charges, shares, strict=True)))
    return rest


def _adjusts(credit: Document) -> dict[tuple[str, str, Period | None], int]:
    """What a credit note on one invoice takes off each member, rule and month; nothing of one that is of a month as a whole."""
    found: dict[tuple[str, str, Period | None], int] = {}
    for charge in (c for line in credit.lines for c in line.charges if credit.is_adjustment_credit):
        key = (charge.member_id, charge.rule, charge.adjusts)
        found[key] = found.get(key, 0) - charge.amount
    return found


def _less(own: Sequence[int], off: Sequence[int]) -> tuple[int, ...]:
    return tuple(a - b for a, b in zip(own, off, strict=True))


def whole(rest: Remaining) -> CreditPart:
    """All that remains. Raises Refused when nothing does."""
    if not rest.gross:
        raise Refused(f"{rest.document.number} is credited in full already: nothing of it remains")
    return CreditPart(rest.charges, rest.vat)


def of_lines(rest: Remaining, numbers: Sequence[int]) -> CreditPart:
    """All that remains of some lines, by their numbers from 1. Raises Refused."""
    name, count = rest.document.number, len(rest.document.lines)
    for number in numbers:
        if not 1 <= number <= count:
            raise Refused(f"{name} has {count} line{'s' if count > 1 else ''}: --line {number} is none of them")
        left = sum(rest.charges[number - 1])
        if left <= 0:
            raise Refused(f"line {number} of {name} {_nothing(rest, number)}")
    charges = tuple(own if number in numbers else (0,) * len(own) for number, own in enumerate(rest.charges, start=1))
    return _with_vat(rest, charges)


def _nothing(rest: Remaining, number: int) -> str:
    """Why a line cannot be credited."""
    if rest.document.lines[number - 1].amount <= 0:
        return (
            "takes nothing from the payer, so it cannot be given back: credit the lines that it reduces, or an amount"
        )
    return "is credited in full already: nothing of it remains"


def _with_vat(rest: Remaining, charges: ByCharge) -> CreditPart:
    net = sum(map(sum, charges))
    if net > rest.net:
        raise Refused(
            f"these lines come to {euros(net)} and only {euros(rest.net)} net of {rest.document.number} remains, as other "
            "lines or credits reduce it: credit an amount, or all that remains"
        )
    if net == rest.net:
        return CreditPart(charges, rest.vat)
    given_net, given_vat = rest.given
    vat = vat_of(given_net + net, rest.document.regime.rate) - given_vat
    return CreditPart(charges, min(max(vat, 0), rest.vat))


def of_amount(rest: Remaining, gross: int) -> CreditPart:
    """An amount, VAT included, of what remains, over its charges in proportion. Raises Refused."""
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
    """The net in an amount: its VAT brings that of all credits to the VAT within their total; some net stays for the last."""
    rate = Fraction(rest.document.regime.rate)
    given_net, given_vat = rest.given
    total = Fraction(given_net + given_vat + gross, 100)
    vat = to_cents(total * rate / (100 + rate)) - given_vat
    net = gross - vat
    net = min(max(net, 1, gross - rest.vat), rest.net - 1, gross)
    if net < 1 or gross - net > rest.vat:
        raise Refused(
            f"{euros(gross)} is too little to tell net from VAT in what remains of {rest.document.number}: credit the "
            f"{euros(rest.gross)} that remain"
        )
    return net


def _shared(rest: Remaining, net: int) -> ByCharge:
    """Net over the charges, in proportion to what remains of each, by largest remainder."""
    flat = [cents for own in rest.charges for cents in own]
    width = len(str(len(flat)))
    weights = {f"{place:0{width}d}": Fraction(cents) for place, cents in enumerate(flat)}
    shares = iter([cents for _, cents in sorted(split(net, weights).items())])
    return tuple(tuple(islice(shares, len(own))) for own in rest.charges)


def credit_note(rest: Remaining, part: CreditPart, reason: str, named: Named) -> Document:
    """The credit note, without number or date, that gives back a part of an invoice."""
    invoice = rest.document
    assert invoice.issue_date is not None, "an issued document has a date"
    lines = tuple(
        _given_back(number, line, cents, named(number))
        for number, (line, cents) in enumerate(zip(invoice.lines, part.charges, strict=True), start=1)
        if any(cents)
    )
    net = sum(line.amount for line in lines)
    return Document(
        kind="credit_note",
        period=invoice.period,
        regime=invoice.regime,
        payer=invoice.payer,
        lines=lines,
        vat_lines=(VatLine(invoice.regime, net, -part.vat),),
        preceding=(Preceding(invoice.number, invoice.issue_date),),
        reason=reason,
    )


def _given_back(number: int, line: Line, cents: Sequence[int], text: str) -> Line:
    charges = tuple(_adjusted(charge, -own, text) for charge, own in zip(line.charges, cents, strict=True))
    return replace(
        line,
        kind="adjustment",
        quantity=None,
        unit_price=None,
        factor=Fraction(1),
        amount=sum(c.amount for c in charges),
        charges=charges,
        reverses=number,
    )


def _adjusted(charge: Charge, cents: int, text: str) -> Charge:
    return replace(
        charge,
        kind="adjustment",
        quantity=None,
        unit_price=None,
        factor=Fraction(1),
        amount=cents,
        reason=text,
        span_amount=None,
        settles=None,
        accumulated=False,
    )


def replacing(document: Document, original: Document, reason: str) -> Document:
    """A document drawn up today in the place of an issued one."""
    assert original.issue_date is not None, "an issued document has a date"
    return replace(document, preceding=(Preceding(original.number, original.issue_date),), reason=reason)


def replacement(original: Document, issued: Iterable[Document]) -> Document | None:
    """The document that replaced an issued one, if one did."""
    named = (d for d in issued if not reverses_lines(d) and not d.is_adjustment_credit)
    return next((d for d in named if any(p.number == original.number and not p.net for p in d.preceding)), None)


def reducing(number: str, issued: Iterable[Document]) -> tuple[Document, ...]:
    """The credit notes of later months that take an amount off an invoice."""
    return tuple(d for d in issued if any(p.number == number and p.net for p in d.preceding))


def still_due(issued: Sequence[Document]) -> tuple[Document, ...]:
    """The documents of a period that still ask for or give something: without those given back in full and their credits."""
    undone = {d.number for d in issued if d.kind == "invoice" and not any(map(any, remaining(d, issued).charges))}
    return tuple(
        d for d in issued if d.number not in undone and not (reverses_lines(d) and d.preceding[0].number in undone)
    )


PRINTED = (
    *("name", "siret", "vat_number", "address", "postal_code", "city", "country", "service_code", "engagement"),
    "payment_days",
)


def as_printed(document: Document) -> tuple[object, ...]:
    """All that a correction may change of a document: the payer as printed, the regime, the charges but their words."""
    regime = document.regime
    charges = sorted((c for line in document.lines for c in line.charges), key=lambda c: c.order)
    return (
        document.kind,
        *(getattr(document.payer, name) for name in PRINTED),
        *(regime.category, regime.rate, regime.reason, regime.reason_code, document.net, document.vat),
        tuple(replace(c, reason="", settles=None, accumulated=False) for c in charges),
    )
