"""Identifiers with check digits: SIREN, SIRET, VAT number, IBAN, BIC. Spaces inside them are accepted and taken out.

Each function gives the compact identifier, or raises FieldError with what is wrong, as the end of a sentence.
python-stdnum is imported where it is used.
"""

from __future__ import annotations

import re

from chargeback.model.grammar import FieldError


def siren(text: str) -> str:
    """SIREN: nine digits, the last a Luhn check digit."""
    from stdnum.fr import siren as kind

    return _valid(kind, text, "a SIREN: nine digits, the last of them a check digit")


def siret(text: str) -> str:
    """SIRET: fourteen digits, a SIREN, five digits of the establishment, the last a check digit."""
    from stdnum.fr import siret as kind

    return _valid(kind, text, "a SIRET: fourteen digits, the last of them a check digit")


def vat_number(text: str) -> str:
    """VAT number of the European Union with its country, as FR40303265045; of another country, as it is."""
    from stdnum.eu import vat as kind

    compact = re.sub(r"[ .]", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}[0-9A-Z+*]{2,15}", compact, re.ASCII):
        form = "two letters of the country, then the number, as FR40303265045"
        raise FieldError("bad-identifier", f'"{text}" is not a VAT number: {form}')
    country = compact[:2].lower()
    if country in kind.MEMBER_STATES or country == "el":
        _valid(kind, compact, "a VAT number: its check digits or its length are wrong")
    return compact


def iban(text: str) -> str:
    """IBAN, with its check digits."""
    from stdnum import iban as kind

    return _valid(kind, text, "an IBAN: its check digits or its length are wrong")


def bic(text: str) -> str:
    """BIC of 8 or 11 characters."""
    from stdnum import bic as kind

    return _valid(kind, text, "a BIC: 8 or 11 characters, as BDFEFRPP")


def _valid(kind: object, text: str, expected: str) -> str:
    from stdnum.exceptions import ValidationError

    try:
        return str(kind.validate(text))  # type: ignore[attr-defined]
    except ValidationError:
        raise FieldError("bad-identifier", f'"{text}" is not {expected}') from None
