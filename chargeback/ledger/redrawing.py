"""Redrawing: the document in the place of an issued invoice, with what is due of each amount today. Pure; cents.

What is due is what remains of the invoice, and what the month amounts to today less all that was billed for it,
wherever that is: adjustments that later months billed count, and a gift is not taken back. Where today's lines say
another amount than is due, a line of kind ``adjustment`` makes the difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from chargeback.billing.adjustments import BilledSoFar, DifferenceKey, key_of
from chargeback.billing.document_lines import lines_of
from chargeback.ledger.credit_notes import header
from chargeback.ledger.remaining import Remaining
from chargeback.model.charges import Charge, adjustment
from chargeback.model.documents import Document, Line
from chargeback.model.rules import Rule

Sums = Mapping[DifferenceKey, int]


def due_lines(
    rest: Remaining, today: Iterable[Line], billed: BilledSoFar, rules: Mapping[str, Rule], text: str
) -> tuple[Line, ...]:
    """Lines of the document in the place of an invoice; ``today``: those of its month as computed today.

    ``rest``: what remains of the invoice. Its lines of earlier months stay, with what remains of them. ``text``: why a
    line makes a difference.
    """
    lines = tuple(today)
    own = [charge for line in lines for charge in line.charges]
    rate = lines[0].rate if lines else rest.document.regime.rate
    sums, left = _sums(own), _left(rest)
    charges = []
    for key in sorted({*sums, *left}):
        of_key = [charge for charge in own if key_of(charge) == key]
        due = _due(sums.get(key, 0), left.get(key, 0), billed, key)
        charges += _amounting(of_key, due, sums.get(key, 0), _last(rest, key), text)
    return (*lines_of(charges, rules, lambda _: rate), *_earlier(rest, text))


def untouched(rest: Remaining) -> bool:
    """Whether nothing of an invoice was credited."""
    return rest.net == rest.document.net and rest.vat == rest.document.vat


def same_due(rest: Remaining, drawn: Document) -> bool:
    """Whether a document has the amounts that remain of an invoice, for the same payer and regime as printed.

    Where an amount is whole and today's, its charges must be the same too: another quantity is a difference.
    """
    if header(drawn) != header(rest.document):
        return False
    whole = {key for key, cents in _left(rest).items() if cents == _of_invoice(rest).get(key, 0)}
    adjusted = {key_of(c) for c in _own(drawn) if c.kind == "adjustment" and c.settles is None}
    amounts = {key: cents for key, cents in _left(rest).items() if cents}
    if amounts != {key: cents for key, cents in _sums(_own(drawn)).items() if cents}:
        return False
    compared = whole - adjusted
    return _charges(drawn, compared) == _charges(rest.document, compared)


def _own(document: Document) -> list[Charge]:
    return [c for line in document.lines if line.earlier_month is None for c in line.charges]


def _of_invoice(rest: Remaining) -> Sums:
    return _sums(_own(rest.document))


def _charges(document: Document, keys: Collection[DifferenceKey]) -> list[Charge]:
    """Charges of some members and rules, without their explanations."""
    own = (c for c in _own(document) if key_of(c) in keys)
    return [replace(c, reason="", settles=None, accumulated=False) for c in sorted(own, key=lambda c: c.order)]


def _due(today: int, left: int, billed: BilledSoFar, key: DifferenceKey) -> int:
    """Cents due on the new document; not below zero, unless the month is: another invoice gives the rest back."""
    due = left + today - billed.compared_with(key, today)
    return max(due, min(0, today))


def _amounting(own: list[Charge], due: int, today: int, before: Charge | None, text: str) -> list[Charge]:
    """Charges of today that amount to what is due of them; none where nothing is, and something was."""
    if due == today:
        return own
    like = own[0] if own else before
    assert like is not None, "an amount of an invoice has a charge"
    if not due:
        return []
    return [*own, adjustment(like.member_id, like.rule, like.version, due - today, like.vat, text)]


def _sums(charges: Iterable[Charge]) -> Sums:
    found: dict[DifferenceKey, int] = defaultdict(int)
    for charge in charges:
        found[key_of(charge)] += charge.amount
    return found


def _left(rest: Remaining) -> Sums:
    """Cents that remain of an invoice for its own month."""
    found: dict[DifferenceKey, int] = defaultdict(int)
    for line, own in zip(rest.document.lines, rest.charges, strict=True):
        for charge, cents in zip(line.charges, own, strict=True):
            if line.earlier_month is None:
                found[key_of(charge)] += cents
    return found


def _last(rest: Remaining, key: DifferenceKey) -> Charge | None:
    """Last charge of an invoice for a member, rule and regime."""
    own = [c for line in rest.document.lines if line.earlier_month is None for c in line.charges]
    return next((c for c in reversed(own) if key_of(c) == key), None)


def _earlier(rest: Remaining, text: str) -> Iterator[Line]:
    """Lines of earlier months with what remains of them; those of which nothing does are left out."""
    for line, own in zip(rest.document.lines, rest.charges, strict=True):
        if line.earlier_month is None:
            continue
        if own == tuple(charge.amount for charge in line.charges):
            yield line
        elif any(own):
            charges = tuple(_remaining(c, cents, text) for c, cents in zip(line.charges, own, strict=True))
            yield replace(
                line,
                kind="adjustment",
                quantity=None,
                unit_price=None,
                factor=Fraction(1),
                amount=sum(own),
                charges=charges,
            )


def _remaining(charge: Charge, cents: int, text: str) -> Charge:
    who = (charge.member_id, charge.rule, charge.version)
    return adjustment(*who, cents, charge.vat, text, adjusts=charge.adjusts, settles=charge.settles)
