"""Dated fields of ``[vat.*]`` in ``chargeback.toml``: rates and reasons with their first days, as arrays of tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator

from chargeback.model.problem import did_you_mean
from chargeback.model.settings import DatedRate, DatedReason
from chargeback.workspace.settings.fields import rate, reason_code, shown, text
from chargeback.workspace.settings.series import bad_setting

Dated = TypeVar("Dated", DatedRate, DatedReason)
RATE_EXAMPLE = '{ valid_from = 2014-01-01, rate = "20.00" }'
REASON_EXAMPLE = '{ valid_from = 2026-09-01, text = "…", code = "VATEX-EU-O" }'


def rates(value: Any) -> tuple[DatedRate, ...]:
    """Rates by their first day, earliest first."""
    rows = tables(value, ("valid_from", "rate"), ("valid_from", "rate"), RATE_EXAMPLE)
    found = [DatedRate(day(row["valid_from"]), rate(row["rate"])) for row in rows]
    return in_order(found)


def reasons(value: Any) -> tuple[DatedReason, ...]:
    """Reasons by their first day, earliest first."""
    rows = tables(value, ("valid_from", "text"), ("valid_from", "text", "code"), REASON_EXAMPLE)
    found = [
        DatedReason(day(row["valid_from"]), text(row["text"]), reason_code(row["code"]) if "code" in row else "")
        for row in rows
    ]
    return in_order(found)


def tables(value: Any, required: Sequence[str], known: Sequence[str], example: str) -> list[dict[str, Any]]:
    """Tables of an array that is not empty, each with its required fields and none but the known ones."""
    if not isinstance(value, list) or not value or not all(isinstance(row, dict) for row in value):
        raise bad_setting(f"{shown(value)} is not an array of tables: write it as [{example}]")
    for row in value:
        for name in row:
            if name not in known:
                raise bad_setting(f"has the unknown field {name}{did_you_mean(name, known)}")
        for name in required:
            if name not in row:
                raise bad_setting(f"has a row without {name}: write each as {example}")
    return value


def day(value: Any) -> date:
    """Date of TOML, unquoted."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise bad_setting(f"{shown(value)} is not a date: write the first day without quotes, as 2014-01-01")
    return value


def in_order(found: Sequence[Dated]) -> tuple[Dated, ...]:
    """Values whose first days increase."""
    for before, after in pairwise(found):
        if after.valid_from <= before.valid_from:
            raise bad_setting(f"{after.valid_from} is not after {before.valid_from}: write the earliest first")
    return tuple(found)


Rates = Annotated[tuple[DatedRate, ...], BeforeValidator(rates)]
Reasons = Annotated[tuple[DatedReason, ...], BeforeValidator(reasons)]
