"""Fields of a rule: exact numbers, days, true; and any value as the user wrote it.

A reader gives a value or raises FieldError: a code, and what was expected. The caller adds the name, the value and
the line.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from chargeback.model.grammar import DIGITS, BadNumber, FieldError, NumberSlip, day_of, number_of
from chargeback.model.period import step_us

PRICE_DECIMALS = 12
HINTS: dict[NumberSlip, str] = {
    "comma": "; write the point of decimals as .",
    "separators": "; digits alone, without spaces, separators or signs such as + € %",
    "signs": "; digits alone, without spaces, separators or signs such as + € %",
    "exponent": "; write all its digits, without exponent",
    "other": "",
}
LONGEST = 200
USAGE_COLUMNS = ("start", "end", "member_id", "resource_id", "meter", "quantity")


def mistake(code: str, text: str) -> FieldError:
    """Mistake in a field: what was expected, or the end of a sentence about a table whose fields contradict."""
    return FieldError(code, text)


def written(value: Any) -> str:
    """Value as a sentence shows it: as in the file, on one line, not too long."""
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
    found = number_of(text, PRICE_DECIMALS)
    if isinstance(found, BadNumber):
        raise _bad_number(found)
    return found


def _bad_number(bad: BadNumber) -> FieldError:
    if bad.fault == "form":
        return mistake("bad-number", f'expected a number, as "12.50"{HINTS[bad.slip]}')
    if bad.fault == "digits":
        return mistake("too-many-digits", f"it has more than {DIGITS} digits before the point")
    many = f"it has {bad.decimals} decimals, at most {PRICE_DECIMALS} are allowed: nothing is rounded silently"
    return mistake("too-many-decimals", many)


def day(value: Any) -> date:
    """A date, quoted or not."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    found = day_of(value) if isinstance(value, str) else "form"
    if isinstance(found, date):
        return found
    if found == "calendar":
        raise mistake("bad-date", "expected a day of the calendar, as 2026-01-31")
    without = " without hour" if isinstance(value, datetime) else ""
    raise mistake("bad-date", f"expected a date{without}, as 2026-01-31")


def true(value: Any) -> bool:
    """True and nothing else."""
    if value is not True:
        raise mistake("bad-field", "expected true; leave it out otherwise")
    return True


def tag_name(value: Any) -> str:
    """Name of a tag: a column of the usage beside the six that every usage has."""
    if not isinstance(value, str) or not value:
        raise mistake(
            "bad-field", 'expected the name of a tag between quotes, a column of your usage, as "application"'
        )
    if value in USAGE_COLUMNS:
        instead = f'; write per = "{value.removesuffix("_id")}"' if value in ("member_id", "resource_id") else ""
        raise mistake("bad-field", f"expected a tag, but that is a column that every usage has{instead}")
    return value


def step(value: Any) -> str:
    """A step of time that divides a day: a whole number of seconds, minutes or hours."""
    expected = mistake("bad-step", 'expected seconds, minutes or hours that divide a day, as "30s", "5m" or "1h"')
    if not isinstance(value, str):
        raise expected
    try:
        step_us(value)
    except ValueError:
        raise expected from None
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
StepText = Annotated[str, BeforeValidator(step)]
TagName = Annotated[str, BeforeValidator(tag_name)]
Regimes = Annotated[str | dict[str, Any], BeforeValidator(regime_names)]
