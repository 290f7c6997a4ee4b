"""Charges: one billed line each, net of VAT, in whole cents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from chargeback.model.period import Period

KINDS = ("usage", "fee", "minimum", "maximum", "share", "adjustment")


@dataclass(frozen=True, slots=True)
class AdjustmentBasis:
    """What an adjustment rests on, in cents, for its member, rule, regime and month: what was ``billed`` up to now, and what it
    comes to ``now``.

    ``cause``: what is not as it was, as keys of the wording, in their order: ``usage``, ``costs``, ``registers``, ``rules``;
    none where that is not known.
    """

    billed: int
    recomputed: int
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Charge:
    """One billed line: one member × one rule version × one tier (× one resource).

    ``amount`` (cents) is quantity × unit_price × factor, rounded once. ``unit_price`` is None where no product gives
    the amount (shares, twelfths, fees, bounds). ``quantity`` None: nothing to count. ``tier`` counts from 1, 0: no tier.
    ``span_amount`` is the amount of the whole span (cents) when the rule is priced by year or quarter. ``of``: the earlier
    month that an adjustment brings to what it comes to today; None for a charge of its own month. Of such an adjustment,
    ``compared`` says what it rests on (its amount may be a part of the difference, where several invoices give it back), and
    ``original`` is the number of the invoice that billed the month, '' where none did; the draw-up fills it in.
    """

    member_id: str
    rule: str
    version: date
    kind: str
    tier: int
    resource_id: str
    quantity: Fraction | None
    unit_price: Decimal | None
    factor: Fraction
    amount: int
    vat: str
    reason: str = ""
    span_amount: int | None = None
    adjusts: Period | None = None
    original_invoice: str = ""
    adjustment_basis: AdjustmentBasis | None = None

    @property
    def order(self) -> tuple[str, str, date, int, str, str, str]:
        """Sort key of charges.csv."""
        of = "" if self.adjusts is None else f"{self.adjusts} {self.original_invoice}"
        return (self.member_id, self.rule, self.version, self.tier, self.kind, self.resource_id, of)


def adjustment(
    member_id: str,
    rule: str,
    version: date,
    amount: int,
    vat: str,
    reason: str,
    of: Period | None = None,
    compared: AdjustmentBasis | None = None,
) -> Charge:
    """A charge that brings what was billed to what it should be: an amount (cents) that no product gives."""
    head = (member_id, rule, version, "adjustment", 0, "", None, None, Fraction(1))
    return Charge(*head, amount, vat, reason, adjusts=of, adjustment_basis=compared)
