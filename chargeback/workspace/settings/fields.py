"""How each field of ``chargeback.toml`` is read: a value as tomllib gives it, or ValueError with the end of a sentence."""

from __future__ import annotations

import difflib
import re
import zoneinfo
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from chargeback.model.period import Period

CATEGORIES = ("S", "E", "O")
OTHER_CATEGORIES = {
    "Z": "zero rated",
    "AE": "reverse charge",
    "K": "supply inside the European Union",
    "G": "export",
    "L": "Canary Islands",
    "M": "Ceuta and Melilla",
}
MOST_DAYS = 366


def text(value: Any) -> str:
    """Text, on one line."""
    if not isinstance(value, str):
        raise ValueError(f"{shown(value)} is not text: put it between quotes")
    if any(ord(c) < 32 or 127 <= ord(c) < 160 for c in value):
        raise ValueError(f"{shown(value)} holds a line break or a control character: write it on one line")
    return value


def word(value: Any) -> str:
    """Text that is not empty, without spaces around it."""
    if not text(value) or value != value.strip():
        raise ValueError(f"{shown(value)} is empty or has spaces around it: write it without, or take the field out")
    return str(value)


def shown(value: Any) -> str:
    """A value as it may stand in a sentence."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(c if c.isprintable() else repr(c)[1:-1] for c in value) + '"'
    return "a table" if isinstance(value, dict) else "an array" if isinstance(value, list) else str(value)


def texts(value: Any) -> tuple[str, ...]:
    """An array of texts."""
    if not isinstance(value, list):
        raise ValueError(f'{shown(value)} is not an array of texts: write it as ["...", "..."]')
    return tuple(text(item) for item in value)


def yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{shown(value)} is neither true nor false")
    return value


def days(value: Any) -> int:
    """A whole number of days."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_DAYS:
        raise ValueError(f"{shown(value)} is not a number of days: write a whole number from 0 to {MOST_DAYS}")
    return value


def decimal(value: Any, digits: int, places: int, as_in: str) -> Decimal:
    """A number not below zero, quoted or not."""
    written = value if isinstance(value, str) else format(value, "f") if isinstance(value, Decimal) else str(value)
    pattern = rf"[0-9]{{1,{digits}}}(\.[0-9]{{1,{places}}})?"
    if isinstance(value, bool | dict | list) or not re.fullmatch(pattern, written, re.ASCII):
        raise ValueError(f'{shown(value)} is not a number with at most {places} decimals, as "{as_in}"')
    return Decimal(written)


def rate(value: Any) -> Decimal:
    """A VAT rate in percent."""
    percent = decimal(value, 3, 2, "20.00")
    if percent > 100:
        raise ValueError(f'{shown(value)} is more than 100 percent: write the rate in percent, as "20.00"')
    return percent


def amount(value: Any) -> Decimal:
    """Euros and cents."""
    return decimal(value, 18, 2, "15.00")


def category(value: Any) -> str:
    """S, E or O; the other categories of UNTDID 5305 are refused by name."""
    if value in CATEGORIES:
        return str(value)
    known = f" ({OTHER_CATEGORIES[value]})" if isinstance(value, str) and value in OTHER_CATEGORIES else ""
    raise ValueError(f"{shown(value)}{known} is not billed here: allowed are S (taxed), E (exempt), O (out of scope)")


def reason_code(value: Any) -> str:
    """A code of the VATEX list."""
    if not re.fullmatch(r"VATEX-[A-Z0-9]+(-[A-Z0-9]+)*", text(value), re.ASCII):
        raise ValueError(f"{shown(value)} is not a VATEX code, as VATEX-EU-O or VATEX-EU-132-1F")
    return str(value)


def country(value: Any) -> str:
    """Two capital letters, ISO 3166."""
    if not re.fullmatch(r"[A-Z]{2}", text(value), re.ASCII):
        raise ValueError(f"{shown(value)} is not a country: write its two letters, as FR")
    return str(value)


def currency(value: Any) -> str:
    """An ISO 4217 currency that counts in hundredths."""
    from babel import Locale
    from babel.numbers import get_currency_precision

    if text(value) not in Locale("en").currencies:
        raise ValueError(f"{shown(value)} is not a currency: write its three letters, as EUR")
    if get_currency_precision(value) != 2:
        raise ValueError(f"{shown(value)} has no hundredths: amounts are counted with two decimals")
    return str(value)


def zone(value: Any) -> ZoneInfo:
    """A time zone of the IANA list."""
    try:
        if text(value) not in zoneinfo.available_timezones():
            raise ValueError
        return ZoneInfo(value)
    except ValueError:
        close = difflib.get_close_matches(str(value), sorted(zoneinfo.available_timezones()), 3)
        hint = f"; did you mean {' or '.join(close)}?" if close else ""
        raise ValueError(f"{shown(value)} is not a time zone: write its name, as Europe/Paris{hint}") from None


def locale(value: Any) -> str:
    """A French or an English locale."""
    from babel.localedata import exists

    if not re.fullmatch(r"(fr|en)_[A-Z]{2}", text(value), re.ASCII) or not exists(value):
        raise ValueError(
            f"{shown(value)} is not a language of the documents: write fr_FR, en_GB or another fr_ or en_ locale"
        )
    return str(value)


def one_of(*allowed: str) -> Callable[[Any], str]:
    """One of a few words."""

    def parse(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"{shown(value)} is not allowed: write {', '.join(allowed[:-1])} or {allowed[-1]}")
        return str(value)

    return parse


def checked_text(check: Callable[[str], str]) -> Callable[[Any], str]:
    """Text that passes ``check``."""
    return lambda value: check(text(value))


def identifier(check: Callable[[str], str]) -> Callable[[Any], str]:
    """An identifier with check digits; an empty one is none."""
    return lambda value: check(text(value)) if text(value) else ""


def year(value: Any) -> int:
    """A civil year, four digits."""
    if not re.fullmatch(r"[1-9][0-9]{3}", str(value), re.ASCII):
        raise ValueError(f"{shown(value)} is not a year: write its four digits, as 2026")
    return int(value)


def month_after(year: int, value: Any) -> Period:
    """A month after a year is over."""
    try:
        found = Period.parse(text(value))
    except ValueError:
        raise ValueError(f'{shown(value)} is not a month: write the month that bills it, as "{year + 1}-02"') from None
    if found.year <= year:
        raise ValueError(f'{shown(value)} is before {year} is over: its true-up is billed from "{year + 1}-01" on')
    return found
