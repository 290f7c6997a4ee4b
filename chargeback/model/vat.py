"""VAT of an amount at the rate of a regime (EN 16931: on the total of a category)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from chargeback.model.money import to_cents


def vat_of(net: int, rate: Decimal) -> int:
    """VAT in cents on a total in cents, half away from zero; ``rate`` in per cent."""
    return to_cents(Fraction(net, 100) * Fraction(rate) / 100)


@dataclass(frozen=True, slots=True)
class VatAmount:
    """VAT amount: a taxable amount at one rate with the VAT on it.

    Attributes:
        rate: VAT rate in per cent.
        net: cents without VAT.
        vat: cents of VAT.
    """

    rate: Decimal
    net: int
    vat: int


def by_rate(amounts: Iterable[tuple[Decimal, int]]) -> dict[Decimal, int]:
    """Cents net by rate, the lowest rate first. ``amounts``: pairs of rate and cents."""
    found: dict[Decimal, int] = {}
    for rate, cents in amounts:
        found[rate] = found.get(rate, 0) + cents
    return dict(sorted(found.items()))


def vat_by_rate(amounts: Iterable[tuple[Decimal, int]]) -> int:
    """VAT in cents on amounts at several rates: on the total of each rate (EN 16931 BG-23)."""
    return sum(vat_of(net, rate) for rate, net in by_rate(amounts).items())
