"""Fields of ``chargeback.toml``: a value as tomllib gives it, or FieldError with the end of a sentence.

Each annotated type at the end is a field as pydantic reads it. Texts are read with the readers of cells and rules.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, ValidationInfo

from chargeback.model.grammar import BadNumber, bad_id, bad_line, number_of, year_of
from chargeback.model.period import Period
from chargeback.model.problem import did_you_mean
from chargeback.workspace.files import cells
from chargeback.workspace.settings import identifiers
from chargeback.workspace.settings.series import bad_setting, checked

CATEGORIES = ("S", "E", "O")
OTHER_CATEGORIES = {
    "Z": "zero rated",
    "AE": "reverse charge",
    "K": "supply inside the European Union",
    "G": "export",
    "L": "Canary Islands",
    "M": "Ceuta and Melilla",
}


def shown(value: Any) -> str:
    """Value as a sentence shows it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return cells.quoted(value)
    return "a table" if isinstance(value, dict) else "an array" if isinstance(value, list) else str(value)


def text(value: Any) -> str:
    """Text on one line."""
    if not isinstance(value, str):
        raise bad_setting(f"{shown(value)} is not text: put it between quotes")
    if bad_line(value):
        raise bad_setting(f"{shown(value)} holds a line break or a control character: write it on one line")
    return value


def word(value: Any) -> str:
    """Identifier that is not empty."""
    if isinstance(value, str) and value.strip() and (wrong := bad_id(value)):
        raise wrong
    if not text(value).strip():
        raise bad_setting(f"{shown(value)} is empty: write a name, or take the field out")
    return str(value)


def words(value: Any) -> tuple[str, ...]:
    """Array of identifiers."""
    return tuple(map(word, value)) if isinstance(value, list) else texts(value)


def texts(value: Any) -> tuple[str, ...]:
    """Array of texts."""
    if not isinstance(value, list):
        raise bad_setting(f'{shown(value)} is not an array of texts: write it as ["...", "..."]')
    return tuple(text(item) for item in value)


def yes_or_no(value: Any) -> bool:
    """Boolean of TOML."""
    if not isinstance(value, bool):
        raise bad_setting(f"{shown(value)} is neither true nor false")
    return value


def days(value: Any) -> int:
    """Whole number of days, unquoted."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= cells.MOST_DAYS:
        raise cells.not_days(shown(value))
    return value


def number(value: Any, digits: int, places: int, example: str) -> Decimal:
    """Number not below zero, quoted or not."""
    written = format(value, "f") if isinstance(value, Decimal) else str(value)
    found = number_of(written, places, digits)
    if isinstance(value, bool | dict | list) or isinstance(found, BadNumber) or written.startswith("-"):
        raise bad_setting(f'{shown(value)} is not a number with at most {places} decimals, as "{example}"')
    return found


def rate(value: Any) -> Decimal:
    """VAT rate in percent."""
    percent = number(value, 3, 2, "20.00")
    if percent > 100:
        raise bad_setting(f'{shown(value)} is more than 100 percent: write the rate in percent, as "20.00"')
    return percent


def amount(value: Any) -> int:
    """Amount of euros with at most 2 decimals, in cents."""
    return int(number(value, 18, 2, "15.00") * 100)


def category(value: Any) -> str:
    """VAT category S, E or O; the other categories of UNTDID 5305 are refused by name."""
    if value in CATEGORIES:
        return str(value)
    known = f" ({OTHER_CATEGORIES[value]})" if isinstance(value, str) and value in OTHER_CATEGORIES else ""
    raise bad_setting(f"{shown(value)}{known} is not billed here: allowed are S (taxed), E (exempt), O (out of scope)")


def reason_code(value: Any) -> str:
    """Code of the VATEX list, why no VAT is charged."""
    if not re.fullmatch(r"VATEX-[A-Z0-9]+(-[A-Z0-9]+)*", text(value), re.ASCII):
        raise bad_setting(f"{shown(value)} is not a VATEX code, as VATEX-EU-O or VATEX-EU-132-1F")
    return str(value)


def currency(value: Any) -> str:
    """ISO 4217 currency that counts in hundredths."""
    from babel import Locale
    from babel.numbers import get_currency_precision

    if text(value) not in Locale("en").currencies:
        raise bad_setting(f"{shown(value)} is not a currency: write its three letters, as EUR")
    if get_currency_precision(value) != 2:
        raise bad_setting(f"{shown(value)} has no hundredths: amounts are counted with two decimals")
    return str(value)


def zone(value: Any) -> ZoneInfo:
    """Time zone of the IANA list."""
    try:
        if text(value) not in zoneinfo.available_timezones():
            raise ValueError
        return ZoneInfo(value)
    except ValueError:
        hint = did_you_mean(str(value), zoneinfo.available_timezones(), 3)
        raise bad_setting(f"{shown(value)} is not a time zone: write its name, as Europe/Paris{hint}") from None


def locale(value: Any) -> str:
    """French or English locale."""
    from babel.localedata import exists

    if not re.fullmatch(r"(fr|en)_[A-Z]{2}", text(value), re.ASCII) or not exists(value):
        raise bad_setting(
            f"{shown(value)} is not a language of the documents: write fr_FR, en_GB or another fr_ or en_ locale"
        )
    return str(value)


def one_of(*allowed: str) -> BeforeValidator:
    """One of a few words."""

    def read(value: Any) -> str:
        if value not in allowed:
            raise cells.not_allowed("bad-setting", shown(value), allowed)
        return str(value)

    return BeforeValidator(read)


def of_text(read: Callable[[str], str]) -> BeforeValidator:
    """Text that a reader of texts finds right."""
    return BeforeValidator(lambda value: read(text(value)))


def identifier(check: Callable[[str], str]) -> BeforeValidator:
    """Identifier with check digits; an empty text stays empty."""
    return of_text(lambda value: check(value) if value else "")


def folder(value: Any, info: ValidationInfo) -> str:
    """Path of a folder that exists, from the root of the workspace, which is the context of the validation."""
    path, root = text(value), info.context
    assert isinstance(root, Path)
    if not (root / path).is_dir():
        raise bad_setting(f'there is no folder "{path}"; the path is taken from the folder of chargeback.toml')
    return path


@dataclass(frozen=True, slots=True)
class CalledSince:
    """Months since which pools are called by instalments, by pool."""

    months: dict[str, Period]


def true_up(pair: Any) -> tuple[int, Period] | CalledSince:
    """Year and the month that bills its true-up, which is after the year is over: name and value of a field. Under
    ``since``, the months since which pools are called."""
    name, value = pair
    if name == "since":
        return called_since(value)
    year = year_of(name)
    if year is None:
        raise bad_setting(f"{shown(name)} is not a year: write its four digits, as 2026")
    try:
        found = Period.parse(text(value))
    except ValueError:
        raise bad_setting(f'{shown(value)} is not a month: write the month that bills it, as "{year + 1}-02"') from None
    if found.year <= year:
        raise bad_setting(f'{shown(value)} is before {year} is over: its true-up is billed from "{year + 1}-01" on')
    return year, found


def called_since(value: Any) -> CalledSince:
    """Months of ``[true_up.since]``, by pool."""
    if not isinstance(value, dict):
        raise bad_setting('it is a table of pools: write [true_up.since] and below it, as network = "2026-11"')
    found = {}
    for pool, month in value.items():
        try:
            found[pool] = Period.parse(text(month))
        except ValueError:
            raise bad_setting(
                f'{shown(month)} of {pool} is no month: write the first one called, as "2026-11"'
            ) from None
    return CalledSince(found)


SettingText = Annotated[str, BeforeValidator(text)]
Word = Annotated[str, BeforeValidator(word)]
SettingTexts = Annotated[tuple[str, ...], BeforeValidator(texts)]
Words = Annotated[tuple[str, ...], BeforeValidator(words)]
YesOrNo = Annotated[bool, BeforeValidator(yes_or_no)]
Days = Annotated[int, BeforeValidator(days)]
Rate = Annotated[Decimal, BeforeValidator(rate)]
Amount = Annotated[int, BeforeValidator(amount)]
Category = Annotated[Literal["", "S", "E", "O"], BeforeValidator(category)]
ReasonCode = Annotated[str, BeforeValidator(reason_code)]
Country = Annotated[str, of_text(cells.country)]
Currency = Annotated[str, BeforeValidator(currency)]
Zone = Annotated[ZoneInfo, BeforeValidator(zone)]
Locale = Annotated[str, BeforeValidator(locale)]
NumberTemplate = Annotated[str, of_text(checked)]
Siren = Annotated[str, identifier(identifiers.siren)]
Siret = Annotated[str, identifier(identifiers.siret)]
VatNumber = Annotated[str, identifier(identifiers.vat_number)]
Iban = Annotated[str, identifier(identifiers.iban)]
Bic = Annotated[str, identifier(identifiers.bic)]
Folder = Annotated[str, BeforeValidator(folder)]
TrueUpField = Annotated[Any, BeforeValidator(true_up)]
