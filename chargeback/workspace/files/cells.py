"""Cells of data files: numbers, amounts, dates, periods, timestamps and few other texts, each read exactly or refused.

A reader takes the text of a cell and gives its value, or raises FieldError with the end of a sentence that begins with
the name of the column. Settings read their texts with the same readers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timezone
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from chargeback.model.grammar import (
    DIGITS,
    SIGNIFICANT,
    BadNumber,
    FieldError,
    NumberSlip,
    day_of,
    number_of,
    significant,
    year_of,
)
from chargeback.model.period import EPOCH, MICROSECOND, Period
from chargeback.model.problem import plain

C = TypeVar("C", bound=str)
QUANTITY_PLACES = 9
COST_PLACES = 2
MOST_DAYS = 366
TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)(Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?",
    re.ASCII,
)
HINTS: dict[NumberSlip, str] = {
    "comma": "; write the point of decimals as .",
    "separators": "; take the spaces and separators out",
    "signs": "",
    "exponent": "",
    "other": "",
}


def quoted(text: str) -> str:
    """Text of the user in a sentence: between quotes, on one line."""
    return f'"{plain(text)}"'


def number(text: str, places: int) -> Decimal:
    """Number with at most 18 digits before the point and ``places`` after."""
    found = number_of(text, places)
    if isinstance(found, BadNumber):
        raise _bad_number(text, places, found)
    return found


def _bad_number(text: str, places: int, bad: BadNumber) -> FieldError:
    if bad.fault == "decimals":
        many = f"{quoted(text)} has {bad.decimals} decimals: at most {places} are allowed, nothing is rounded silently"
        return FieldError("too-many-decimals", many + _meant(text, places))
    if bad.fault == "digits":
        return FieldError("too-many-digits", f"{quoted(text)} has more than {DIGITS} digits before the point")
    if not text:
        return FieldError("bad-number", f'is empty: expected a number, as "{"12.50" if places else "12"}"')
    expected = f"expected digits, with a point before the decimals{HINTS[bad.slip]}{_meant(text, places)}"
    return FieldError("bad-number", f"{quoted(text)} is not a number: {expected}")


def _meant(text: str, places: int) -> str:
    """End of a sentence with the number that a program probably meant; '' for none."""
    meant = significant(text, places)
    return f"; with {SIGNIFICANT} significant digits it is {meant}: write that" if meant is not None else ""


def cents(text: str) -> int:
    """Amount with at most 2 decimals, in cents."""
    return int(number(text, COST_PLACES).scaleb(2))


@lru_cache(maxsize=65536)
def iso_date(text: str) -> date:
    """Date ``YYYY-MM-DD``."""
    found = day_of(text)
    if isinstance(found, date):
        return found
    wrong = "is no day of the calendar" if found == "calendar" else "is not a date"
    raise FieldError("bad-date", f"{_found(text, wrong)}: expected YYYY-MM-DD, as 2026-01-31")


def period(text: str) -> Period:
    """Month ``YYYY-MM``."""
    try:
        return Period.parse(text)
    except ValueError:
        wrong = _found(text, "is not a period")
        raise FieldError("bad-period", f"{wrong}: expected YYYY-MM, as 2026-01") from None


def civil_year(text: str, wrong: str, expected: str) -> int:
    """Civil year ``YYYY``; ``wrong`` and ``expected`` word what is said of another text."""
    year = year_of(text)
    if year is None:
        raise FieldError("bad-year", f"{_found(text, wrong)}: {expected}")
    return year


def _found(text: str, wrong: str) -> str:
    return f"{quoted(text)} {wrong}" if text else "is empty"


def days(text: str) -> int:
    """Whole number of days, at most a year."""
    if not re.fullmatch(r"[0-9]{1,3}", text, re.ASCII) or int(text) > MOST_DAYS:
        raise not_days(quoted(text))
    return int(text)


def not_days(shown: str) -> FieldError:
    """Mistake of a value that is no number of days."""
    return FieldError("bad-number", f"{shown} is not a number of days: write a whole number from 0 to {MOST_DAYS}")


def country(text: str) -> str:
    """Country: two capital letters, ISO 3166."""
    if not re.fullmatch(r"[A-Z]{2}", text, re.ASCII):
        raise FieldError("bad-country", f"{quoted(text)} is not a country: write its two letters, as FR")
    return text


def not_allowed(code: str, shown: str, allowed: Sequence[str]) -> FieldError:
    """Mistake of a value that is not one of a few words."""
    return FieldError(code, f"{shown} is not allowed: write {', '.join(allowed[:-1])} or {allowed[-1]}")


def choice(code: str, allowed: Sequence[C]) -> Callable[[str], C]:
    """Reader of a cell that is one of a few words, or empty."""

    def read(text: str) -> C:
        for word in allowed:
            if text == word:
                return word
        raise not_allowed(code, quoted(text), (*allowed, "nothing"))

    return read


def instant_us(text: str, zone: ZoneInfo) -> int:
    """Timestamp in UTC microseconds since 1970; without ``Z`` or an offset it is read in ``zone``."""
    found = TIMESTAMP.fullmatch(text)
    if found is None:
        raise FieldError("bad-timestamp", _no_timestamp(text))
    try:
        local = datetime.fromisoformat(text if found.group(2) else found.group(1))
        if local.tzinfo is not None:
            return (local - EPOCH) // MICROSECOND
    except (ValueError, OverflowError):
        raise FieldError(
            "bad-timestamp", f"{quoted(text)} is no instant of the calendar: the day or the hour does not exist"
        ) from None
    return _in_zone(text, local, zone)


def _no_timestamp(text: str) -> str:
    wrong = _found(text, "is not a timestamp")
    return (
        f"{wrong}: expected YYYY-MM-DDTHH:MM[:SS[.ffffff]] with Z, an offset as +02:00 or nothing, as 2026-01-31T14:05Z"
    )


def _in_zone(text: str, local: datetime, zone: ZoneInfo) -> int:
    first = local.replace(tzinfo=zone, fold=0)
    second = local.replace(tzinfo=zone, fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    if before != after and before is not None and after is not None:
        word = "skips" if before < after else "repeats"
        one = local.replace(tzinfo=timezone(min(before, after))).isoformat(timespec="minutes")
        raise FieldError(
            "bad-timestamp",
            f"{quoted(text)} is in an hour that the clock change of {zone.key} {word}: write the offset or Z, as {one}",
        )
    return (first - EPOCH) // MICROSECOND
