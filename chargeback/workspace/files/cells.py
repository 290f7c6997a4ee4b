"""What a cell of a data file may hold: numbers, dates, periods, timestamps as text, each read exactly or refused.

Every reader gives a value or raises ``Wrong`` with the end of a sentence that begins with the column's name.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timezone
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from chargeback.model.period import EPOCH, MICROSECOND, Period

DIGITS = 18
QUANTITY_PLACES = 9
COST_PLACES = 2
NUMBER = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?", re.ASCII)
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
TIMESTAMP = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)(Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?",
    re.ASCII,
)
EARLIEST, LATEST = 1, 9999


class Wrong(Exception):
    """A cell that cannot be read: the kind of mistake, and the end of a sentence."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def plain(text: str) -> str:
    """Text as it may stand in one plain line: line breaks and control characters as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def quoted(text: str) -> str:
    return f'"{plain(text)}"'


def number(text: str, places: int) -> Decimal:
    """A number with at most 18 digits before the point and ``places`` after."""
    found = NUMBER.fullmatch(text)
    if found is None:
        raise Wrong("bad-number", _no_number(text, places))
    if found.group(2) and len(found.group(2)) > places:
        many = f"{quoted(text)} has {len(found.group(2))} decimals: at most {places} are allowed, nothing is rounded silently"
        raise Wrong("too-many-decimals", many)
    if len(found.group(1)) > DIGITS:
        raise Wrong("too-many-digits", f"{quoted(text)} has more than {DIGITS} digits before the point")
    return Decimal(text)


def _no_number(text: str, places: int) -> str:
    if not text:
        return f'is empty: expected a number, as "{"12.50" if places else "12"}"'
    hint = ""
    if NUMBER.fullmatch(text.replace(",", ".")):
        hint = "; write the point of decimals as ."
    elif NUMBER.fullmatch(re.sub(r"[\s_'\u2019]", "", text)):
        hint = "; take the spaces and separators out"
    return f"{quoted(text)} is not a number: expected digits, with a point before the decimals{hint}"


def cents(text: str) -> int:
    """An amount with at most 2 decimals, in cents."""
    return int(number(text, COST_PLACES).scaleb(2))


@lru_cache(maxsize=65536)
def iso_date(text: str) -> date:
    """A date ``YYYY-MM-DD``."""
    if not DATE.fullmatch(text):
        found = f"{quoted(text)} is not a date" if text else "is empty"
        raise Wrong("bad-date", f"{found}: expected YYYY-MM-DD, as 2026-01-31")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Wrong(
            "bad-date", f"{quoted(text)} is no day of the calendar: expected YYYY-MM-DD, as 2026-01-31"
        ) from None


def period(text: str) -> Period:
    """A month ``YYYY-MM``."""
    try:
        return Period.parse(text)
    except ValueError:
        found = f"{quoted(text)} is not a period" if text else "is empty"
        raise Wrong("bad-period", f"{found}: expected YYYY-MM, as 2026-01") from None


def instant_us(text: str, zone: ZoneInfo) -> int:
    """UTC microseconds of a timestamp; without ``Z`` or an offset it is read in ``zone``."""
    found = TIMESTAMP.fullmatch(text)
    if found is None:
        raise Wrong("bad-timestamp", _no_timestamp(text))
    try:
        local = datetime.fromisoformat(text if found.group(2) else found.group(1))
        if local.tzinfo is not None:
            return (local - EPOCH) // MICROSECOND
    except (ValueError, OverflowError):
        raise Wrong(
            "bad-timestamp", f"{quoted(text)} is no instant of the calendar: the day or the hour does not exist"
        ) from None
    return _in_zone(text, local, zone)


def _no_timestamp(text: str) -> str:
    found = f"{quoted(text)} is not a timestamp" if text else "is empty"
    return (
        f"{found}: expected YYYY-MM-DDTHH:MM[:SS[.ffffff]] with Z, an offset as +02:00 or nothing, as 2026-01-31T14:05Z"
    )


def _in_zone(text: str, local: datetime, zone: ZoneInfo) -> int:
    first = local.replace(tzinfo=zone, fold=0)
    second = local.replace(tzinfo=zone, fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    if before != after and before is not None and after is not None:
        word = "skips" if before < after else "repeats"
        one = local.replace(tzinfo=timezone(min(before, after))).isoformat(timespec="minutes")
        raise Wrong(
            "bad-timestamp",
            f"{quoted(text)} is in an hour that the clock change of {zone.key} {word}: write the offset or Z, as {one}",
        )
    return (first - EPOCH) // MICROSECOND
