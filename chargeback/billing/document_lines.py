"""Lines of a document: charges of one beneficiary, rule, version and tier together; VAT on the total at each rate.
Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from chargeback.model.charges import Charge
from chargeback.model.documents import Document, Line, VatLine
from chargeback.model.money import added
from chargeback.model.rules import Rule
from chargeback.model.vat import by_rate, vat_of


def without_rate(_: Charge) -> Decimal:
    """VAT rate of a charge that no document bills: zero."""
    return Decimal("0.00")


def with_lines(document: Document, lines: tuple[Line, ...]) -> Document:
    """A document with other lines, its kind by their total, its VAT by the total at each rate."""
    net = sum(line.amount for line in lines)
    totals = by_rate((line.rate, line.amount) for line in lines)
    vats = tuple(VatLine(document.regime.at(rate), cents, vat_of(cents, rate)) for rate, cents in totals.items())
    return replace(document, kind="invoice" if net > 0 else "credit_note", lines=lines, vat_lines=vats)


def lines_of(
    charges: Iterable[Charge], rules: Mapping[str, Rule], rate_of: Callable[[Charge], Decimal]
) -> tuple[Line, ...]:
    """Lines by beneficiary, service, rule, version, tier (none comes last), kind and month adjusted.

    Resources are together; charges without amount and quantity are left out. ``rate_of``: VAT rate of a charge, the
    same for all charges of a month.
    """
    grouped: dict[tuple[str, str, str, date, bool, int, str, str], list[Charge]] = defaultdict(list)
    for c in charges:
        if c.amount or c.quantity:
            adjusted = "" if c.adjusts is None else str(c.adjusts)
            key = (c.member_id, rules[c.rule].service, c.rule, c.version, c.tier == 0, c.tier, c.kind, adjusted)
            grouped[key].append(c)
    return tuple(_line(grouped[key], key[1], rate_of(grouped[key][0])) for key in sorted(grouped))


def _total(charges: Iterable[Charge]) -> Fraction | None:
    quantities = [c.quantity for c in charges if c.quantity is not None]
    return added(quantities) if quantities else None


def _line(charges: Sequence[Charge], service: str, rate: Decimal) -> Line:
    first = charges[0]
    alone = len(charges) == 1
    return Line(
        beneficiary=first.member_id,
        service=service,
        rule=first.rule,
        version=first.version,
        kind=first.kind,
        tier=first.tier,
        quantity=first.quantity if alone else _total(charges),
        unit_price=first.unit_price,
        factor=first.factor,
        amount=first.amount if alone else sum(c.amount for c in charges),
        charges=tuple(charges),
        rate=rate,
    )
