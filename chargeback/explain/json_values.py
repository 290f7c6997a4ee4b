"""JSON values of explanations: amounts as euros, exact rationals as texts (``31/2``), absent values left out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from chargeback.model.money import euros

Json = dict[str, Any]


def given(content: Mapping[str, Any]) -> Json:
    """The values that are there: null is left out."""
    return {key: value for key, value in content.items() if value is not None}


def money(cents: int) -> str:
    """Cents as euros with two decimals."""
    return str(euros(cents))


def exact(value: Fraction | None) -> str | None:
    """An exact rational, as ``31/2``."""
    return None if value is None else str(value)
