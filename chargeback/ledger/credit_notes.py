"""Credit notes: the document that reverses a part of an issued invoice, and the one in its place. Pure; cents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from chargeback.ledger.remaining import CreditPart, Remaining, remaining, reverses_lines
from chargeback.model.charges import Charge
from chargeback.model.documents import Document, Line, Preceding, VatLine

Named = Callable[[int], str]  # the number of a line → what its charges say they correct


def credit_note(rest: Remaining, part: CreditPart, reason: str, named: Named) -> Document:
    """Credit note, without number or date, that reverses a part of an invoice."""
    invoice = rest.document
    assert invoice.issue_date is not None, "an issued document has a date"
    lines = tuple(
        _reversed(number, line, cents, named(number))
        for number, (line, cents) in enumerate(zip(invoice.lines, part.charges, strict=True), start=1)
        if any(cents)
    )
    nets = {rate: net for rate, net in rest.net_by_rate(part.charges).items() if net or part.vats[rate]}
    return Document(
        kind="credit_note",
        period=invoice.period,
        regime=invoice.regime,
        payer=invoice.payer,
        lines=lines,
        vat_lines=tuple(VatLine(invoice.regime.at(rate), -net, -part.vats[rate]) for rate, net in nets.items()),
        preceding=(Preceding(invoice.number, invoice.issue_date),),
        reason=reason,
    )


def _reversed(number: int, line: Line, cents: Sequence[int], text: str) -> Line:
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
        measured=None,
        allowance=None,
    )


def replacing(document: Document, original: Document, reason: str) -> Document:
    """Document drawn up today in the place of an issued one."""
    assert original.issue_date is not None, "an issued document has a date"
    return replace(document, preceding=(Preceding(original.number, original.issue_date),), reason=reason)


def replacement(original: Document, issued: Iterable[Document]) -> Document | None:
    """Document that replaced an issued one; None where none did."""
    named = (d for d in issued if not reverses_lines(d) and not d.reduction)
    return next(
        (d for d in named if any(p.number == original.number and not p.credited_net for p in d.preceding)), None
    )


def reducing(number: str, issued: Iterable[Document]) -> tuple[Document, ...]:
    """Credit notes of later months that take an amount off an invoice."""
    return tuple(d for d in issued if any(p.number == number and p.credited_net for p in d.preceding))


def still_due(issued: Sequence[Document]) -> tuple[Document, ...]:
    """Documents of a period that still ask for or credit something: without those credited in full and their
    credits."""
    undone = {d.number for d in issued if d.kind == "invoice" and not any(map(any, remaining(d, issued).charges))}
    return tuple(
        d for d in issued if d.number not in undone and not (reverses_lines(d) and d.preceding[0].number in undone)
    )


PRINTED = (
    *("name", "siret", "vat_number", "address", "postal_code", "city", "country", "service_code", "engagement"),
    "payment_days",
)


def as_printed(document: Document) -> tuple[object, ...]:
    """Everything of a document that a correction may change: payer as printed, regime, charges without their
    explanations."""
    charges = sorted((c for line in document.lines for c in line.charges), key=lambda c: c.order)
    return (
        *header(document),
        *(document.net, document.vat),
        tuple(replace(c, reason="", settles=None, accumulated=False) for c in charges),
    )


def header(document: Document) -> tuple[object, ...]:
    """Kind, payer as printed and regime of a document."""
    regime = document.regime
    return (
        document.kind,
        *(getattr(document.payer, name) for name in PRINTED),
        *(regime.category, regime.reason, regime.reason_code),
        tuple(line.regime.rate for line in document.vat_lines),
    )
