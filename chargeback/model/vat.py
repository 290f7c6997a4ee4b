"""VAT of an amount at the rate of a regime (EN 16931: on the total of a category)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from chargeback.model.money import to_cents


def vat_of(net: int, rate: Decimal) -> int:
    """VAT in cents on a total in cents, half away from zero; ``rate`` in per cent."""
    return to_cents(Fraction(net, 100) * Fraction(rate) / 100)
