"""Units free of charge of the member of a line, where ``included`` counts what it has. Pure."""

from __future__ import annotations

from fractions import Fraction

from chargeback.charging.metering.timeline import Levels, Roster
from chargeback.charging.rating.included import free_in_month
from chargeback.explain.explained_line import Explained
from chargeback.explain.explanation import Explanation
from chargeback.explain.field_text import tidy
from chargeback.model.versions import IncludedQuantity
from chargeback.render.text.labels import measured_unit
from chargeback.render.text.version_terms import free_each
from chargeback.workspace.reports.wording import Wording


def member_free(line: Explained, found: Explanation) -> Fraction | None:
    """Units of the month free of charge; None: the number of the version, or those of each day of a level by day."""
    rule, version = line.rule, line.version
    metered = rule.quantity is not None and rule.quantity.kind in ("meter", "charges")
    if version.prorate == "day" and not metered:
        return None
    presence = Roster(found.facts, found.month.period.span).of(rule.group)
    return free_in_month(rule, version, line.line.beneficiary, presence, Levels.of(found.facts))


def included_text(line: Explained, found: Explanation, wording: Wording) -> str:
    """Units free of charge: the number of the version, or so many for each of what the member has."""
    rule, version = line.rule, line.version
    unit, included = measured_unit(rule, version, wording), version.included
    if not isinstance(included, IncludedQuantity):
        return tidy("explain.quantity.included", wording, quantity=wording.number(included), unit=unit)
    each, free = free_each(included, unit, wording), member_free(line, found)
    if free is None:
        return wording.text("explain.quantity.included_daily", free=each)
    quantity = f"{wording.number(free)} {unit}".rstrip()
    return wording.text("explain.quantity.included_each", free=each, quantity=quantity)
