"""Apportionment of a pool: weights to cents, with floors and caps. Pure; amounts in whole cents, weights exact
rationals.

Shares are one factor times the key, limited by floor and cap; the factor is found exactly, so that the shares add up to
the pool. With equal keys and a cap at the claim this is constrained equal awards (Aumann & Maschler 1985).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from chargeback.model.money import added, apportion, split
from chargeback.model.pools import BoundKind

ZERO = Fraction(0)
Bounds = Mapping[str, Fraction]  # cents by member; a missing member has no bound


@dataclass(frozen=True, slots=True)
class Infeasible(Exception):
    """Raised when floors exceed the pool, or caps do not reach it.

    Attributes:
        bound: which of them.
        total: their sum in cents, exact.
    """

    bound: BoundKind
    total: Fraction


@dataclass(frozen=True, slots=True)
class BoundedShares:
    """Shares between bounds.

    Attributes:
        cents: whole cents by member; they add up to the pool.
        binding: members whose share is at a floor or a cap, with that bound.
    """

    cents: dict[str, int]
    binding: dict[str, BoundKind]


def share_within_bounds(pool: int, weights: Mapping[str, Fraction], floors: Bounds, caps: Bounds) -> BoundedShares:
    """Share ``pool`` cents by ``weights`` between ``floors`` and ``caps``.

    A negative pool knows no floor, and its caps bound the absolute value. A floor above the member's own cap is
    infeasible. Raises Infeasible; ZeroDivisionError when the weights add up to zero.
    """
    lower = floors if pool > 0 else {}
    if not lower and not caps:
        return BoundedShares(split(pool, weights), {})
    if pool == 0:
        return BoundedShares(dict.fromkeys(weights, 0), {})
    if any(weight < 0 for weight in weights.values()):
        raise ArithmeticError("a negative key cannot be held between bounds")
    size = abs(pool)
    factor = _factor(size, weights, lower, caps)
    quotas = {name: _limited(factor * weight, name, lower, caps) for name, weight in weights.items()}
    sign = 1 if pool > 0 else -1
    cents = {name: sign * amount for name, amount in apportion(size, quotas).items()}
    return BoundedShares(cents, dict(_at_bounds(factor, weights, lower, caps)))


def _limited(value: Fraction, name: str, floors: Bounds, caps: Bounds) -> Fraction:
    value = max(value, floors.get(name, ZERO))
    return min(value, caps[name]) if name in caps else value


def _at_bounds(
    factor: Fraction, weights: Mapping[str, Fraction], floors: Bounds, caps: Bounds
) -> list[tuple[str, BoundKind]]:
    binding: list[tuple[str, BoundKind]] = []
    for name, weight in weights.items():
        if name in caps and factor * weight > caps[name]:
            binding.append((name, "cap"))
        elif factor * weight < floors.get(name, ZERO):
            binding.append((name, "floor"))
    return binding


def _factor(size: int, weights: Mapping[str, Fraction], floors: Bounds, caps: Bounds) -> Fraction:
    """Factor at which the limited shares add up to ``size``: one sweep over the points where a bound begins or ends to
    bind."""
    base = added(_limited(ZERO, name, floors, caps) for name in weights)
    _check_own(weights, floors, caps)
    if base > size:
        raise Infeasible("floor", base)
    events: list[tuple[Fraction, Fraction]] = []
    for name, weight in weights.items():
        if weight > 0:
            events.append((floors.get(name, ZERO) / weight, weight))
            if name in caps:
                events.append((caps[name] / weight, -weight))
    return _sweep(size, base, sorted(events))


def _check_own(weights: Mapping[str, Fraction], floors: Bounds, caps: Bounds) -> None:
    for name in weights:
        if name in caps and floors.get(name, ZERO) > caps[name]:
            raise Infeasible("floor", floors[name])


def _sweep(size: int, base: Fraction, events: list[tuple[Fraction, Fraction]]) -> Fraction:
    reached, slope, at = base, ZERO, ZERO
    for point, change in events:
        following = reached + slope * (point - at)
        if following >= size and slope > 0:
            return at + (size - reached) / slope
        reached, at, slope = following, point, slope + change
    if slope > 0:
        return at + (size - reached) / slope
    if reached == size:
        return at
    raise Infeasible("cap", reached)
