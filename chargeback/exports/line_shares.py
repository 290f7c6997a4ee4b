"""Line shares: the lines of an issued document, cut over the invoices that it reduces. Pure; cents.

A credit note that reduces several invoices has the lines of each, and of the rest, which is paid out. The shares of
each invoice add up to the net and the VAT taken off it, those of a line to the line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from chargeback.exports.issued_document import IssuedDocument, Reduction
from chargeback.model.documents import Document, Line
from chargeback.model.money import split


@dataclass(frozen=True, slots=True)
class LineShare:
    """Share of a line in the reduction of one invoice by a credit note.

    Attributes:
        reduction: the reduction; None for an invoice, and for the part of a credit note that is paid out.
        number: number of the line, from 1.
        line: the line, with the net amount of the share in cents.
        vat: VAT of the share in cents.
    """

    reduction: Reduction | None
    number: int
    line: Line
    vat: int


def shares(issued: IssuedDocument) -> Iterator[LineShare]:
    """Shares of lines: each invoice that it reduces has its net and VAT. Shares of 0.00 are omitted."""
    document = issued.document
    rest = [line.amount for line in document.lines]
    vat = document.vat
    for reduction in issued.reductions:
        cents = _spread(-reduction.net, rest)
        yield from _line_shares(document, reduction, cents, -reduction.vat)
        rest = [before - own for before, own in zip(rest, cents, strict=True)]
        vat += reduction.vat
    yield from _line_shares(document, None, rest, vat)


def _line_shares(
    document: Document, reduction: Reduction | None, cents: Sequence[int], vat: int
) -> Iterator[LineShare]:
    taxes = spread_vat(vat, cents)
    for number, (line, own, tax) in enumerate(zip(document.lines, cents, taxes, strict=True), 1):
        if own:
            yield LineShare(reduction, number, line if own == line.amount else replace(line, amount=own), tax)


def _spread(cents: int, amounts: Sequence[int]) -> list[int]:
    """Cents spread over amounts in proportion, by largest remainder; no part is more than its amount."""
    if cents == sum(amounts):
        return list(amounts)
    weights = {f"{n:09d}": Fraction(amount) for n, amount in enumerate(amounts)}
    return [own for _, own in sorted(split(cents, weights).items())]


def spread_vat(vat: int, amounts: Sequence[int]) -> list[int]:
    """VAT spread over the amounts of lines, by largest remainder: it adds up to the cent."""
    if not vat:
        return [0] * len(amounts)
    if not sum(amounts):
        largest = max(range(len(amounts)), key=lambda n: abs(amounts[n]))
        return [vat if n == largest else 0 for n in range(len(amounts))]
    return _spread(vat, amounts)
