"""Line shares: the lines of an issued document, cut over the invoices that it reduces. Pure; cents.

A credit note that reduces several invoices has the lines of each, and of the rest, which is paid out. The shares of
each invoice add up to the net and the VAT taken off it, those of a line to the line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from chargeback.exports.issued_document import IssuedDocument, Reduction
from chargeback.model.documents import Document, Line
from chargeback.model.money import split
from chargeback.model.vat import VatAmount


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
    vats = {line.regime.rate: line.vat for line in document.vat_lines}
    for reduction in issued.reductions:
        taken = _taken(document, reduction)
        cents = _of_reduction(document, reduction, taken, rest)
        yield from _line_shares(document, reduction, cents, {amount.rate: -amount.vat for amount in taken})
        rest = [before - own for before, own in zip(rest, cents, strict=True)]
        vats |= {amount.rate: vats[amount.rate] + amount.vat for amount in taken}
    yield from _line_shares(document, None, rest, vats)


def _taken(document: Document, reduction: Reduction) -> tuple[VatAmount, ...]:
    """Amounts by rate that a credit note takes off one invoice: those that it names, or all of a reversal of lines."""
    named = next((p.credited for p in document.preceding if p.number == reduction.number), ())
    if not named and len(document.vat_lines) == 1:
        return (VatAmount(document.vat_lines[0].regime.rate, reduction.net, reduction.vat),)
    return named or tuple(VatAmount(line.regime.rate, -line.net, -line.vat) for line in document.vat_lines)


def _of_reduction(
    document: Document, reduction: Reduction, taken: Iterable[VatAmount], rest: Sequence[int]
) -> list[int]:
    """Cents of each line that reduce one invoice: those that name it, else at each rate one line after the other."""
    if document.reduces_lines_named:
        number = reduction.number
        return [sum(c.amount for c in line.charges if c.original_invoice == number) for line in document.lines]
    found = [0] * len(rest)
    for amount in taken:
        own = [n for n, line in enumerate(document.lines) if line.rate == amount.rate]
        for n, cents in zip(own, _filled(-amount.net, [rest[n] for n in own]), strict=True):
            found[n] = cents
    return found


def _line_shares(
    document: Document, reduction: Reduction | None, cents: Sequence[int], vats: Mapping[Decimal, int]
) -> Iterator[LineShare]:
    taxes = [0] * len(cents)
    for rate, vat in vats.items():
        own = [n for n, line in enumerate(document.lines) if line.rate == rate]
        for n, tax in zip(own, spread_vat(vat, [cents[n] for n in own]), strict=True):
            taxes[n] = tax
    for number, (line, own_cents, tax) in enumerate(zip(document.lines, cents, taxes, strict=True), 1):
        if own_cents:
            yield LineShare(
                reduction, number, line if own_cents == line.amount else replace(line, amount=own_cents), tax
            )


def _filled(cents: int, amounts: Sequence[int]) -> list[int]:
    """Cents taken from amounts, one after the other, each up to its own; those of the other sign only with all the
    rest, so that no part of a line is more than the line."""
    if cents == sum(amounts):
        return list(amounts)
    found, left = [], cents
    for amount in amounts:
        part = min(left, amount) if cents > 0 else max(left, amount)
        found.append(part if amount * cents > 0 else 0)
        left -= found[-1]
    return found


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
