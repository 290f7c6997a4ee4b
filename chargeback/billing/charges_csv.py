"""``charges.csv`` of a month: one row per charge, in the order and with the columns of the contract."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from fractions import Fraction
from operator import attrgetter

from chargeback.model.charges import Charge
from chargeback.model.money import euros_text, fixed
from chargeback.model.period import Period
from chargeback.model.rules import Rule

COLUMNS = (
    *("period", "member_id", "rule", "version", "kind", "tier", "resource_id", "quantity", "unit"),
    *("unit_price", "factor", "amount", "vat", "reason", "reason_code"),
)
NO_PRODUCT = ("share", "minimum", "maximum", "fee", "adjustment")


def charges_csv(charges: Iterable[Charge], rules: dict[str, Rule], period: Period) -> bytes:
    """Bytes of charges.csv: LF, UTF-8, sorted by member, rule, version, tier, kind, resource."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row(c, rules[c.rule], period) for c in sorted(charges, key=attrgetter("order")))
    return text.getvalue().encode()


def row(charge: Charge, rule: Rule, period: Period) -> list[str]:
    """Row of a charge, as texts; an adjustment is of the month that it adjusts.

    Where no product gives the amount, quantity and unit price are empty, or 0 for fees and bounds.
    """
    twelfth = charge.span_amount is not None
    unit_price = "" if twelfth or charge.unit_price is None or charge.kind in NO_PRODUCT else str(charge.unit_price)
    quantity = "" if charge.quantity is None or (twelfth and charge.kind == "usage") else fixed(charge.quantity, 6)
    return [
        str(charge.adjusts or period),
        charge.member_id,
        charge.rule,
        str(charge.version),
        charge.kind,
        str(charge.tier) if charge.tier else "",
        charge.resource_id,
        quantity,
        rule.unit.code if rule.unit else "",
        unit_price,
        _factor(charge.factor),
        euros_text(charge.amount),
        charge.vat,
        charge.reason or _reason(charge),
        charge.reason_code,
    ]


def _reason(charge: Charge) -> str:
    return "" if charge.span_amount is None else f"part of {euros_text(charge.span_amount)}"


def _factor(factor: Fraction) -> str:
    return "" if factor == 1 else f"{factor.numerator}/{factor.denominator}"
