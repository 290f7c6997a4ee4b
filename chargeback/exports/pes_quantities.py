"""Quantities in five characters, the limit of the PES v2: as they are, in months for hours, or in thousands. Pure.

A quantity that is shown in another unit is exact to half a percent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from chargeback.model.money import rounded
from chargeback.workspace.reports.wording import Wording

LONGEST = 5
HOURS_OF_A_MONTH = 730
HOUR = "·h"
NEAR = Fraction(1, 200)


@dataclass(frozen=True, slots=True)
class Scaled:
    """Quantity of at most five characters.

    Attributes:
        quantity: digits.
        unit: unit, '' for none.
    """

    quantity: str
    unit: str


PIECE = Scaled("1", "")


def scaled(quantity: Fraction, unit: str, wording: Wording) -> Scaled:
    """Scaled quantity, above zero, to half a percent; ``PIECE`` where five characters are too few."""
    for factor, name in _scales(unit, wording):
        text = short(quantity / factor)
        if text:
            return Scaled(text, name)
    return PIECE


def _scales(unit: str, wording: Wording) -> Iterator[tuple[int, str]]:
    """(number of units, name) of each unit in which a quantity can be shown."""
    yield 1, unit
    hours, base = 1, unit
    if unit.endswith(HOUR):
        hours, base = HOURS_OF_A_MONTH, wording.text("exports.per_month", unit=unit.removesuffix(HOUR))
        yield hours, base
    for exponent, key in ((3, "thousands"), (6, "millions"), (9, "billions")):
        yield hours * 10**exponent, wording.text(f"exports.{key}", unit=base).rstrip()


def short(value: Fraction) -> str:
    """Value with as many decimals as five characters allow; '' where they are too few for half a percent."""
    for places in (3, 2, 1, 0):
        text = _plain(rounded(value, places))
        if len(text) <= LONGEST:
            return text if abs(Fraction(text) - value) <= value * NEAR else ""
    return ""


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
