"""How the fields of a rule are read: exact numbers, days, true; and any value as the user wrote it.

A reader gives a value or raises a mistake: a code, and what was expected. Who reads adds the name, the value and the
line.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

PRICE_DECIMALS = 12
DIGITS = 18
NUMBER = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?", re.ASCII)
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
LONGEST = 200
USAGE_COLUMNS = ("start", "end", "member_id", "resource_id", "meter", "quantity")


def mistake(code: str, text: str) -> PydanticCustomError:
    """What was expected of a field, or the end of a sentence about a table that does not hold together
    (``whole-table``)."""
    return PydanticCustomError("mistake", "{text}", {"code": code, "text": text})


def written(value: Any) -> str:
    """A value as it may stand in a sentence: as in the file, on one line, not too long."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, str):
        return f'"{value if len(value) <= LONGEST else value[:LONGEST] + "…"}"'
    if isinstance(value, dict):
        return "a table { … }"
    if isinstance(value, list | tuple):
        return "a list [ … ]"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def exact(value: Any) -> Decimal:
    """A number as written: at most 18 digits before the point and 12 after."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise mistake("bad-number", 'expected a number, as "12.50"')
    text = format(value, "f") if isinstance(value, Decimal) else str(value)
    found = NUMBER.fullmatch(text)
    if found is None:
        raise mistake("bad-number", f'expected a number, as "12.50"{_hint(text)}')
    if len(found.group(2) or "") > PRICE_DECIMALS:
        many = (
            f"it has {len(found.group(2))} decimals, at most {PRICE_DECIMALS} are allowed: nothing is rounded silently"
        )
        raise mistake("too-many-decimals", many)
    if len(found.group(1)) > DIGITS:
        raise mistake("too-many-digits", f"it has more than {DIGITS} digits before the point")
    return Decimal(text)


def _hint(text: str) -> str:
    if NUMBER.fullmatch(text.replace(",", ".")):
        return "; write the point of decimals as ."
    if NUMBER.fullmatch(re.sub(r"[\s_'’€%+]", "", text)):
        return "; digits alone, without spaces, separators or signs such as + € %"
    if re.fullmatch(r"-?[0-9.]+[eE][+-]?[0-9]+", text, re.ASCII):
        return "; write all its digits, without exponent"
    return ""


def day(value: Any) -> date:
    """A date, quoted or not."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and ISO_DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise mistake("bad-date", "expected a day of the calendar, as 2026-01-31") from None
    without = " without hour" if isinstance(value, datetime) else ""
    raise mistake("bad-date", f"expected a date{without}, as 2026-01-31")


def true(value: Any) -> bool:
    """True and nothing else."""
    if value is not True:
        raise mistake("bad-field", "expected true; leave it out otherwise")
    return True


def tag_name(value: Any) -> str:
    """The name of a tag: a column of the usage that is none of its own ones."""
    if not isinstance(value, str) or not value:
        raise mistake(
            "bad-field", 'expected the name of a tag between quotes, a column of your usage, as "application"'
        )
    if value in USAGE_COLUMNS:
        instead = f'; write per = "{value.removesuffix("_id")}"' if value in ("member_id", "resource_id") else ""
        raise mistake("bad-field", f"expected a tag, but that is a column that every usage has{instead}")
    return value


def regime_names(value: Any) -> str | dict[str, Any]:
    """The name of a VAT regime, or names by kind of member, with ``default`` and ``by_member``."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        by_member = value.get("by_member", {})
        names = [name for key, name in value.items() if key != "by_member"]
        if isinstance(by_member, dict) and all(isinstance(name, str) for name in (*names, *by_member.values())):
            return value
    table = 'or a table of regimes, as { default = "…", KIND = "…", by_member = { MEMBER = "…" } }'
    raise mistake("bad-field", f"expected the name of a VAT regime between quotes, {table}")


Exact = Annotated[Decimal, BeforeValidator(exact)]
Day = Annotated[date, BeforeValidator(day)]
Yes = Annotated[Literal[True], BeforeValidator(true)]
TagName = Annotated[str, BeforeValidator(tag_name)]
Regimes = Annotated[str | dict[str, Any], BeforeValidator(regime_names)]
