"""Calculation of a price that accumulates over the year: the use to date, less that of earlier months. Pure text."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from chargeback.charging.rating.pricing import price, year_start
from chargeback.explain.explained_line import Explained
from chargeback.explain.explanation import Explanation
from chargeback.explain.field_text import tidy
from chargeback.explain.free_units import member_free
from chargeback.model.charges import Charge
from chargeback.model.money import to_cents
from chargeback.render.text.labels import measured_unit
from chargeback.workspace.reports.wording import Wording


def accumulated(line: Explained, charge: Charge, found: Explanation, wording: Wording) -> Iterator[str]:
    """Use to date and to the end of last month, and the price of the line at each."""
    start = wording.date(year_start(line.version, found.month.period).first)
    before = sum((e.measured for e in line.evidence if e.of_earlier_months and e.measured is not None), Fraction(0))
    now = before + sum(
        (e.measured for e in line.evidence if not e.of_earlier_months and e.measured is not None), Fraction(0)
    )
    unit = measured_unit(line.rule, line.version, wording)
    values = {"start": start, "now": wording.number(now), "before": wording.number(before), "unit": unit}
    yield tidy("explain.calculation.accumulated", wording, **values)
    free = member_free(line, found)
    cents = [_price_of(line, charge, quantity, free) for quantity in (now, before)]
    if cents[0] - cents[1] == charge.amount:
        prices = {"now": wording.money(cents[0]), "before": wording.money(cents[1])}
        yield wording.text("explain.calculation.difference", amount=wording.money(charge.amount), **prices)


def _price_of(line: Explained, charge: Charge, quantity: Fraction, free: Fraction | None) -> int:
    """Cents of a tier (or its fee) for a use to date."""
    items = [i for i in price(line.version, quantity, free=free) if (i.tier, i.kind) == (charge.tier, charge.kind)]
    return sum(to_cents(i.units * Fraction(i.price)) for i in items)
