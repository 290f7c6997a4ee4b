"""Notices of rules priced by resource or tag whose cents, rounded apart, add up to another amount than they would
together. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction

from chargeback.model.charges import Charge
from chargeback.model.money import euros, to_cents
from chargeback.model.month import Month
from chargeback.model.problem import Notice
from chargeback.model.rules import Rule

MOVED_CENTS = 100
MOVED_PART = Fraction(1, 100)
PRICED = ("usage", "fee")
BOUNDS = ("minimum", "maximum")


def half_cents(month: Month) -> Iterator[Notice]:
    """Notice of each rule and member of which rounding apart moves more than 1 % and more than 1.00 of the charge."""
    found: dict[tuple[str, str], list[Charge]] = defaultdict(list)
    for charge in month.charges:
        if charge.adjusts is None and charge.settles is None and charge.kind in (*PRICED, *BOUNDS):
            found[charge.rule, charge.member_id].append(charge)
    for (name, member), charges in sorted(found.items()):
        rule = month.rules[name]
        together = _together(charges) if _apart(rule) else None
        charged = sum(charge.amount for charge in charges)
        if together is not None and abs(charged - together) > max(Fraction(MOVED_CENTS), MOVED_PART * abs(charged)):
            yield Notice(rule.where("quantity"), _message(month, rule, member, charges, together), "half-cents")


def _apart(rule: Rule) -> bool:
    return rule.quantity is not None and not rule.quantity.whole


def _together(charges: Iterable[Charge]) -> Fraction | None:
    """Exact cents of the charges of a rule and member before rounding, held by the bound that was met; None where a
    charge is no product of quantity and price."""
    exact = Fraction(0)
    charges = list(charges)
    for charge in charges:
        if charge.kind in PRICED:
            if charge.quantity is None or charge.unit_price is None:
                return None
            if charge.accumulated or charge.span_amount is not None:
                return None
            exact += charge.quantity * Fraction(charge.unit_price) * charge.factor * 100
    charged = sum(charge.amount for charge in charges)
    kinds = {charge.kind for charge in charges}
    exact = max(exact, Fraction(charged)) if "minimum" in kinds else exact
    return min(exact, Fraction(charged)) if "maximum" in kinds else exact


def _message(month: Month, rule: Rule, member: str, charges: Iterable[Charge], together: Fraction) -> str:
    currency, tag = month.settings.currency, rule.quantity.tag if rule.quantity else ""
    charges = list(charges)
    units = len({charge.resource_id for charge in charges if charge.kind in PRICED})
    each = f'value of the tag "{tag}"' if tag else "resource"
    return (
        f"{rule.id} charges {member} {euros(sum(c.amount for c in charges))} {currency} in {month.period}, put in "
        f"cents for each {each} ({units:,} of them); together, put in cents once, it would be "
        f"{euros(to_cents(together / 100))} {currency}: price the member as a whole, or a larger unit"
    )
