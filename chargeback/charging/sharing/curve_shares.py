"""Shares along a cost curve: the demand of each member, and the weights by a method. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from chargeback.charging.context import Context
from chargeback.charging.games.curve_shapley import along_curve
from chargeback.charging.games.curves import PiecewiseLinear, demand_reached, identity, increments, serial
from chargeback.charging.metering.timeline import Presence
from chargeback.charging.sharing.keys import KeyValues, quantity_values
from chargeback.charging.sharing.weights import Weights
from chargeback.model.fairness import DivisionMethod
from chargeback.model.money import short
from chargeback.model.period import Span
from chargeback.model.problem import Problem
from chargeback.model.rules import Quantity, Rule
from chargeback.model.versions import AllocationMethod, Version


def shares_curve(version: Version) -> bool:
    """Whether a version shares its pool along a cost curve of a quantity."""
    return version.method in ("shapley", "serial", "increments") and version.quantity is not None


def curve_weights(
    method: DivisionMethod | AllocationMethod, demands: Mapping[str, Fraction], curve: PiecewiseLinear | None
) -> Weights:
    """Shares of the cost of some demands (none below zero), in the money of the curve; without one C(q) = q."""
    if method == "serial":
        return Weights(serial(demands, curve or identity))
    if method == "increments":
        return Weights(increments(demands, curve or identity))
    if curve is None:
        return Weights(demands)
    found = along_curve(demands, curve)
    return Weights(found.shares, found.variance, found.orders)


def demands_of(rule: Rule, version: Version, span: Span, presence: Presence, ctx: Context) -> KeyValues:
    """Demand of each member, in units of the quantity; with ``prorate = "day"`` a level is its mean over the days."""
    quantity = version.quantity
    assert quantity is not None
    values = quantity_values(rule, version, span, quantity, "q", presence, ctx)
    if version.prorate == "none" or quantity.kind in ("meter", "charges"):
        return values
    return {member: value / span.days for member, value in values.items()}


def curve_of(version: Version) -> PiecewiseLinear | None:
    """The curve of a version, in euros; None: C(q) = q."""
    points = tuple((Fraction(point.at), Fraction(point.cost)) for point in version.curve)
    return PiecewiseLinear(points) if points else None


def unfit_demands(rule: Rule, version: Version, demands: KeyValues, ctx: Context) -> Iterator[Problem]:
    """Problems of demands for which the method or the curve gives no cost."""
    quantity = version.quantity or Quantity()
    if not quantity.whole:
        message = 'a demand is of a member as a whole: per = "member"'
        yield Problem(rule.where_in(version, "quantity"), message, "bad-field")
        return
    negative = sorted(member for member, demand in demands.items() if demand < 0)
    if negative:
        message = (
            f"the demand of {', '.join(negative[:5])} is below zero in {ctx.when}: "
            f"{version.method} shares the cost of demands from zero upwards"
        )
        yield Problem(rule.where_in(version, "quantity"), message, "negative-demand")
        return
    curve, wanted = curve_of(version), demand_reached(version.method, demands.values())
    if curve is not None and curve.end < wanted:
        which = "the greatest demand" if version.method == "increments" else "the sum of the demands"
        message = (
            f"the curve of {rule.id} ends at {short(curve.end)}, below {which} in {ctx.when}, {short(wanted)}: "
            "add a point that reaches it"
        )
        yield Problem(rule.where_in(version, "curve"), message, "curve-too-short")
