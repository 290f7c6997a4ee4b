"""What is free of charge: a number, or so many for each of what a member has."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from oracle.facts import number
from oracle.level import Scope, first_value, value
from oracle.span import Part


def free(scope: Scope, rule: dict[str, Any], part: Part, member: str, day: date | None = None) -> Part:
    """The version with the free quantity of a member in numbers: that of the first day of presence in the month.

    With a level by day that of the ``day``; of a meter prorated by day the mean over the days of presence.
    """
    stated = part.version.get("included")
    if not isinstance(stated, dict):
        return part
    counted = {name: what for name, what in stated.items() if name != "times"}
    days = scope.days(member)
    if day is not None:
        units = value(scope, counted, member, day)
    elif "meter" in rule["quantity"] and part.version.get("prorate") == "day" and days:
        found = [value(scope, counted, member, each) or Fraction(0) for each in days]
        units = sum(found, Fraction(0)) / len(days)
    else:
        units = first_value(scope, counted, member)
    return Part(part.version | {"included": (units or Fraction(0)) * number(stated.get("times", 1))}, part.days)
