"""A quantity through included, tiers and packages."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from oracle.facts import number


def tiers(version: dict[str, Any]) -> list[dict[str, Any]]:
    """The tiers of a version; a flat price and a package price are one tier without a bound."""
    return version["tiers"] if version["model"] in ("graduated", "volume") else [{"price": version["price"]}]


def prices(version: dict[str, Any]) -> list[Fraction]:
    """The unit price of each tier."""
    return [number(tier["price"]) for tier in tiers(version)]


def fees(version: dict[str, Any]) -> list[Fraction]:
    """The fee of each tier, zero where none is stated."""
    return [number(tier.get("fee", 0)) for tier in tiers(version)]


def packages(quantity: Fraction, size: Fraction) -> Fraction:
    """Started packages; a correction undoes the packages of its size."""
    started = -(-abs(quantity) // size)
    return Fraction(started if quantity >= 0 else -started)


def units(version: dict[str, Any], quantity: Fraction) -> list[Fraction]:
    """What is priced in each tier. A negative quantity is priced in the first, without what is included."""
    if quantity >= 0:
        quantity = max(Fraction(0), quantity - number(version.get("included", 0)))
    if version["model"] == "package":
        return [packages(quantity, number(version["package_size"]))]
    found = [Fraction(0)] * len(tiers(version))
    if quantity < 0 or version["model"] == "flat":
        found[0] = quantity
        return found
    bounds = [number(tier["up_to"]) for tier in tiers(version)[:-1]]
    if version["model"] == "volume":
        found[sum(1 for bound in bounds if bound < quantity)] = quantity
        return found
    below = Fraction(0)
    for index, bound in enumerate([*bounds, max([quantity, *bounds])]):
        found[index] = max(Fraction(0), min(quantity, bound) - below)
        below = bound
    return found
