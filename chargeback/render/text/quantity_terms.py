"""Text of a quantity: its source, its measure, how time is counted, its conditions; what was measured of it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from chargeback.model.documents import Line
from chargeback.model.money import added
from chargeback.model.quantity import Quantity
from chargeback.model.rules import Rule
from chargeback.model.versions import Version
from chargeback.render.text.labels import TABLES, measured_unit, priced_unit, tiered, version_of
from chargeback.workspace.reports.wording import Wording

ZERO = Fraction(0)


def quantity_text(quantity: Quantity, wording: Wording, version: Version) -> str:
    """Text of a quantity: its source, its measure, its conditions, its tag."""
    if quantity.kind == "greatest":
        name = ", ".join(quantity_text(part, wording, version) for part in quantity.parts)
    elif quantity.kind == "charges":
        name = ", ".join(quantity.charges or ())
    elif quantity.kind == "constant":
        name = wording.number(quantity.constant or Decimal(0))
    else:
        name = wording.label(TABLES[quantity.kind], quantity.name)
    measure = wording.text(f"basis.measures.{quantity.measure}") if quantity.measure else ""
    text = wording.text(f"basis.quantity_of.{quantity.kind}", name=name, measure=measure)
    if quantity.where:
        tags = ", ".join(f"{tag} = {value}" for tag, value in sorted(quantity.where.items()))
        text = wording.text("basis.quantity_of.where", what=text, tags=tags)
    if quantity.meter and quantity.tag:
        text = wording.text("basis.quantity_of.per_tag", what=text, tag=quantity.tag)
    how = ", ".join(_how(quantity, wording))
    text = wording.text("basis.how.text", what=text, how=how) if how else text
    levels = quantity.kind not in ("meter", "charges")
    daily = version.prorate == "day" and levels
    return wording.text("basis.quantity_of.daily", what=text) if daily else text


def measured_text(line: Line, rule: Rule, wording: Wording) -> str:
    """What was measured, how much of it is free of charge and what is billed; '' where all that is measured is billed.

    Of several tiers each line has the quantity that it bills.
    """
    counted = [charge for charge in line.charges if charge.measured is not None]
    if not counted:
        return ""
    version, unit = version_of(rule, line), measured_unit(rule, version_of(rule, line), wording)
    measured, allowance = added(c.measured or ZERO for c in counted), added(c.allowance or ZERO for c in counted)
    parts = [wording.text("invoice.line.measured", quantity=f"{wording.number(measured)} {unit}".rstrip())]
    if allowance:
        parts.append(wording.text("invoice.line.allowance", quantity=f"{wording.number(allowance)} {unit}".rstrip()))
    if not tiered(version, line) and line.quantity is not None:
        quantity = f"{wording.number(line.quantity)} {priced_unit(rule, version, wording)}".rstrip()
        parts.append(wording.text("invoice.line.billed", quantity=quantity))
    return wording.text("common.list").join(parts)


def _how(quantity: Quantity, wording: Wording) -> Iterator[str]:
    """How time is counted: what is added at each instant, spread, or counted twice; how long a sample lasts."""
    if quantity.combine:
        yield wording.text("basis.how.combine")
    if quantity.spread:
        yield wording.text("basis.how.spread")
    if quantity.overlap:
        yield wording.text("basis.how.overlap")
    if quantity.step:
        number, unit = quantity.step[:-1], {"s": "s", "m": "min", "h": "h"}[quantity.step[-1]]
        key = "basis.how.grid" if quantity.at_instants else "basis.how.step"
        yield wording.text(key, step=f"{number} {unit}")
