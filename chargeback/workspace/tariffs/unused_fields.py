"""Unused fields: those that have no effect beside the others of their version, though their author expects one."""

from __future__ import annotations

from collections.abc import Iterator

from chargeback.model.versions import Version

CIVIL = "01-01"
GAMES = ("keys", "shapley", "nucleolus", "scrb")
CURVES = ("shapley", "serial", "increments")
Idle = tuple[str, str, str]


def idle(version: Version, key: str) -> Iterator[Idle]:
    """Every field without effect: (key, message, code)."""
    for field, message in (*_of_methods(version), *_of_others(version)):
        yield f"{key}.{field}", message, "bad-field"


def _of_methods(version: Version) -> Iterator[tuple[str, str]]:
    """Fields of another method."""
    for field, methods in (("game", GAMES), ("quantity", CURVES), ("curve", CURVES)):
        if getattr(version, field) and version.method not in methods:
            listed = f"{', '.join(methods[:-1])} and {methods[-1]}"
            yield field, f"{field} goes with the methods {listed}, not {version.method}: take it out, or correct method"
    if version.curve and version.method == "shapley" and version.quantity is None:
        yield "curve", "curve goes with a quantity: say what it is the cost of"


def _of_others(version: Version) -> Iterator[tuple[str, str]]:
    """Fields that qualify another field, which is not there."""
    if version.less_floor is not None and not version.less:
        yield "less_floor", "less_floor goes with less: name the rules whose charges come off the pool, or take it out"
    if version.unattributed is not None and not _counts_use(version):
        yield "unattributed", "unattributed goes with a key over a meter, and no key counts use here: take it out"
    if version.calls is not None and not version.by_instalments:
        message = 'calls goes with billing = "instalments": an actual cost is known once its month is over; take it out'
        yield "calls", message
    if version.year_starts != CIVIL and version.every == "month" and version.accumulate is None:
        yield "year_starts", "year_starts goes with every or accumulate, and all is of the month here: take it out"


def _counts_use(version: Version) -> bool:
    quantities = [*(key.quantity for key in version.keys), version.quantity]
    return any(part.meter for quantity in quantities if quantity is not None for part in quantity.parts)
