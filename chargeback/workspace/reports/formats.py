"""Formats of numbers, money and dates of a locale. Values are exact: they are quantised first, half away from zero.

Babel knows the marks of the locale; the digits are laid out here, because its own formatting rounds half-even and
is too slow for a page of amounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from babel import Locale
from babel.numbers import get_currency_symbol

from chargeback.model.money import euros, rounded

MINUS = "\u2212"
SHOWN_PLACES = 6


@dataclass(frozen=True, slots=True)
class Formats:
    """Marks of a locale and currency.

    Attributes:
        locale: name of the locale, as ``fr_FR``.
        decimal: mark before the decimals.
        group: mark between thousands.
        money_prefix: text before an amount in the currency.
        money_suffix: text after it.
        percent_suffix: text after a percentage.
        months: names of the months, from January.
    """

    locale: str
    decimal: str
    group: str
    money_prefix: str
    money_suffix: str
    percent_suffix: str
    months: tuple[str, ...]

    def digits(self, value: Decimal) -> str:
        """Decimal with all its places: 1 204,50."""
        whole, _, places = format(abs(value), "f").partition(".")
        text = f"{int(whole):,}".replace(",", self.group)
        sign = MINUS if value < 0 else ""
        return f"{sign}{text}{self.decimal}{places}" if places else f"{sign}{text}"

    def number(self, value: Fraction | Decimal | int, places: int = SHOWN_PLACES, trim: bool = True) -> str:
        """Value with at most ``places`` decimals; with ``trim`` False, with exactly as many."""
        shown = rounded(Fraction(value), places)
        return self.digits(without_zeros(shown) if trim else shown)

    def amount(self, value: Decimal, sign: bool = False) -> str:
        """Amount in the currency with all its places; with ``sign``, a plus before one above zero."""
        text = self.digits(abs(value))
        mark = MINUS if value < 0 else "+" if sign and value > 0 else ""
        return f"{mark}{self.money_prefix}{text}{self.money_suffix}"

    def money(self, cents: int, sign: bool = False) -> str:
        """Whole cents: 1 204,01 €."""
        return self.amount(euros(cents), sign)

    def unit_price(self, price: Decimal) -> str:
        """Price as written, with two decimals at least: 0,021 €."""
        shown = without_zeros(price)
        exponent = shown.as_tuple().exponent
        return self.amount(shown if isinstance(exponent, int) and exponent <= -2 else shown.quantize(Decimal("0.01")))

    def percent(self, share: Fraction | Decimal, places: int = 1, trim: bool = False) -> str:
        """Share of one as a percentage: Fraction(1, 8) is 12,5 %."""
        return self.number(Fraction(share) * 100, places, trim) + self.percent_suffix


def without_zeros(value: Decimal) -> Decimal:
    """Value without zeros at the end of its decimals: 12.500 is 12.5, 100 stays 100."""
    shown = value.normalize() if value else Decimal(0)
    exponent = shown.as_tuple().exponent
    return shown.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else shown


@lru_cache(maxsize=16)
def formats_of(locale: str, currency: str) -> Formats:
    """Formats of ``fr_FR`` or ``en_GB`` and a currency. Raises ValueError for a locale that Babel does not know."""
    known = Locale.parse(locale)
    symbols = known.number_symbols["latn"]
    money = known.currency_formats["standard"]
    symbol = get_currency_symbol(currency, locale=known)
    return Formats(
        locale=str(known),
        decimal=symbols["decimal"],
        group=symbols["group"],
        money_prefix=money.prefix[0].replace("\u00a4", symbol),
        money_suffix=money.suffix[0].replace("\u00a4", symbol),
        percent_suffix=known.percent_formats[None].suffix[0],
        months=tuple(known.months["format"]["wide"][n] for n in range(1, 13)),
    )
