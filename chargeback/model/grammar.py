"""Grammar of identifiers, lines, numbers, days and years as users write them: in rules, settings, registers, costs and
usage alike.

An identifier holds no control or invisible character, and no space at its ends; a line (a name, a label, a line of an
address) no control character. A number is digits, with a point before its decimals and a minus before it when it is
below zero: no exponent, no separator, no other sign. A day is ``YYYY-MM-DD``, a year ``YYYY``. What the user reads
about a number or a day is worded where it is read.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Literal

from chargeback.model.problem import plain

NUMBER = re.compile(r"-?([0-9]+)(?:\.([0-9]+))?", re.ASCII)
EXPONENT = re.compile(r"-?[0-9.]+[eE][+-]?[0-9]+", re.ASCII)
SEPARATORS = re.compile(r"[\s_'\u2019]")
SIGNS = re.compile(r"[\s_'\u2019€%+]")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
YEAR = re.compile(r"[1-9][0-9]{3}", re.ASCII)
DIGITS = 18
SIGNIFICANT = 15
CONTROLS = ("Cc", "Zl", "Zp", "Cs")
INVISIBLE = (*CONTROLS, "Cf")
NO_CHARACTERS = "\ufffe\uffff"

NumberFault = Literal["form", "decimals", "digits"]
NumberSlip = Literal["comma", "separators", "signs", "exponent", "other"]
DayFault = Literal["form", "calendar"]


class FieldError(ValueError):
    """Field or cell that cannot be read.

    Attributes:
        code: kind of mistake, a key of docs/errors.md.
    """

    def __init__(self, code: str, message: str) -> None:
        """``message`` is the end of a sentence that begins with the name of the field."""
        self.code = code
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class BadNumber:
    """Text that is not a number of the contract.

    Attributes:
        fault: its form, too many decimals, or too many digits before the point.
        decimals: how many decimals it has, when they are too many.
        slip: how a number was probably meant, when it is none.
    """

    fault: NumberFault
    decimals: int = 0
    slip: NumberSlip = "other"


def bad_id(text: str) -> FieldError | None:
    """Mistake of an identifier that another one resembles; None for a right one.

    A space, of whatever kind, at its ends and control or invisible characters anywhere are mistakes.
    """
    if text.isprintable() and text == text.strip():
        return None
    clean = "".join(c for c in text if not _is(c, INVISIBLE)).strip()
    if clean == text:
        return None
    wrong = "has a space at its ends" if clean == text.strip() else "holds a control or invisible character"
    mend = f'write "{plain(clean)}", which it resembles' if clean else "write a name"
    return FieldError("bad-id", f'"{plain(text)}" {wrong}: {mend}')


def bad_line(text: str) -> FieldError | None:
    """Mistake of a name, a label or a line of an address that holds a control character; None for a right one."""
    if text.isprintable() or not any(_is(c, CONTROLS) for c in text):
        return None
    return FieldError("bad-line", f'"{plain(text)}" holds a line break or a control character: write it on one line')


def _is(character: str, categories: tuple[str, ...]) -> bool:
    return character in NO_CHARACTERS or unicodedata.category(character) in categories


def is_number(text: str) -> bool:
    """Whether a text has the form of a number, however long."""
    return NUMBER.fullmatch(text) is not None


def number_of(text: str, places: int, digits: int = DIGITS) -> Decimal | BadNumber:
    """Exact decimal of a text with at most ``digits`` digits before the point and ``places`` after it."""
    found = NUMBER.fullmatch(text)
    if found is None:
        return BadNumber("form", slip=_slip(text))
    if found.group(2) and len(found.group(2)) > places:
        return BadNumber("decimals", len(found.group(2)))
    if len(found.group(1)) > digits:
        return BadNumber("digits")
    return Decimal(text)


def significant(text: str, places: int, digits: int = SIGNIFICANT) -> str | None:
    """Number that a text would be with ``digits`` significant digits, as a spreadsheet shows it; None for none.

    A text that has no such number with at most ``places`` decimals, or is no number but for an exponent, gives None.
    """
    if not is_number(text) and not EXPONENT.fullmatch(text):
        return None
    try:
        number = Context(digits, ROUND_HALF_EVEN).create_decimal(text)
    except InvalidOperation:
        return None
    if abs(number.adjusted()) > 2 * DIGITS:
        return None
    shown = without_zeros(format(number, "f"))
    return shown if isinstance(number_of(shown, places), Decimal) else None


def without_zeros(digits: str) -> str:
    """Number without needless zeros after the point."""
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _slip(text: str) -> NumberSlip:
    """What makes a text no number, when it would be one without."""
    if is_number(text.replace(",", ".")):
        return "comma"
    if is_number(SEPARATORS.sub("", text)):
        return "separators"
    if is_number(SIGNS.sub("", text)):
        return "signs"
    return "exponent" if EXPONENT.fullmatch(text) else "other"


def day_of(text: str) -> date | DayFault:
    """Day of a text ``YYYY-MM-DD``; else whether its form is wrong, or the calendar has no such day."""
    if not DAY.fullmatch(text):
        return "form"
    try:
        return date.fromisoformat(text)
    except ValueError:
        return "calendar"


def year_of(text: str) -> int | None:
    """Civil year of a text ``YYYY``; None when it is none."""
    return int(text) if YEAR.fullmatch(text) else None
