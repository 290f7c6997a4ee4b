"""Included units: a number that is not negative, or so many for each of what a member has, pooled for the member."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from chargeback.model.rules import Rule
from chargeback.model.versions import Version


def included_sense(rule: Rule, version: Version, key: str) -> Iterator[tuple[str, str, str]]:
    """Mistakes in ``included``: (key, message, code)."""
    included = version.included
    if isinstance(included, Decimal):
        if included < 0:
            yield f"{key}.included", f"included is {included}: a free quantity is not negative", "bad-field"
        return
    if included.times < 0:
        message = f"times of included is {included.times}: a free quantity is not negative"
        yield f"{key}.included", message, "bad-field"
    if rule.quantity is not None and not rule.quantity.whole:
        message = (
            "included by a driver or a subscription is pooled for the member, and what is priced apart by per would "
            'need an order: write per = "member", or give included a number'
        )
        yield f"{key}.included", message, "bad-field"
