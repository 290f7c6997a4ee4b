"""Charges: one billed line each, net of VAT, in whole cents."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

from chargeback.model.period import Period

ChargeKind = Literal["usage", "fee", "minimum", "maximum", "share", "adjustment"]
Cause = Literal["usage", "costs", "registers", "rules"]

ReasonCode = Literal["share", "part", "accumulated", "adjustment", "true_up", "credit", ""]

KINDS: tuple[ChargeKind, ...] = get_args(ChargeKind)
CAUSES: tuple[Cause, ...] = get_args(Cause)


@dataclass(frozen=True, slots=True)
class AdjustmentBasis:
    """Basis of an adjustment: the two amounts that it is the difference of, for its member, rule, regime and month.

    Attributes:
        billed: cents billed for the month so far.
        recomputed: cents that the month amounts to, computed again.
        causes: what has changed since the month was billed, in the order of ``CAUSES``; empty where that is not known.
        explanation: the same in words, with the names of files.
    """

    billed: int
    recomputed: int
    causes: tuple[Cause, ...] = ()
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """Charge: one billed line of one member, rule version and tier (and resource, where resources are charged apart).

    Attributes:
        member_id: member that benefits.
        rule: id of the rule.
        version: first day of the version of the rule.
        kind: what the amount is.
        tier: number of the tier, from 1; 0 where there is none.
        resource_id: resource that was used; ``""`` where resources are charged together.
        quantity: exact quantity; None where there is nothing to count.
        unit_price: price of one unit; None where no product gives the amount (shares, twelfths, bounds, adjustments).
        factor: exact part of the month (or multiplier) that the product is multiplied by.
        amount: cents, net: quantity × unit_price × factor, rounded once.
        vat: name of the VAT regime.
        reason: explanation for the reader, of an amount that no product gives. No code decides by it.
        span_amount: cents of the whole year or quarter, where the rule is priced by one; None elsewhere.
        adjusts: earlier month that an adjustment corrects; None for a charge of its own month.
        original_invoice: number of the invoice that billed the month adjusted; ``""`` where none did. On a credit of a
            true-up, that of the invoice that it is taken off.
        owed_by: member that owes it, where that is not the payer of the month of its document: who owed the earlier
            month or year; ``""`` elsewhere.
        adjustment_basis: amounts that an adjustment compares. The charge may be a part of their difference, where
            several invoices are credited.
        settles: civil year whose true-up the charge bills; None on all others, also on a credit of such a charge.
        accumulated: whether the amount is the year to date less the year up to the month before, so that the quantity
            and price of the month alone do not give it.
        measured: exact quantity measured, on the first use of a unit, where what is billed is another: where units are
            free of charge, or counted by packages; None on all others.
        allowance: units of it free of charge; None where ``measured`` is.
    """

    member_id: str
    rule: str
    version: date
    kind: ChargeKind
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
    settles: int | None = None
    accumulated: bool = False
    owed_by: str = ""
    measured: Fraction | None = None
    allowance: Fraction | None = None

    @property
    def reason_code(self) -> ReasonCode:
        """Code of why no product of quantity and price gives the amount; ``""`` where one does, and for bounds.

        ``share`` of a pool, ``part`` of the amount of a year or quarter, ``accumulated`` over the year, ``adjustment``
        of an earlier month, ``true_up`` of a year, ``credit`` of a line.
        """
        if self.kind == "share":
            return "share"
        if self.kind == "adjustment":
            return "adjustment" if self.adjusts is not None else "true_up" if self.settles is not None else "credit"
        return "accumulated" if self.accumulated else "part" if self.span_amount is not None else ""

    @property
    def unexplained(self) -> Charge:
        """The charge without what only explains its amount."""
        return replace(self, reason="", settles=None, accumulated=False, measured=None, allowance=None)

    @property
    def order(self) -> tuple[str, str, date, int, str, str, str]:
        """Sort key of charges.csv."""
        adjusted = self.original_invoice if self.adjusts is None else f"{self.adjusts} {self.original_invoice}"
        return (self.member_id, self.rule, self.version, self.tier, self.kind, self.resource_id, adjusted)


def adjustment(
    member_id: str,
    rule: str,
    version: date,
    amount: int,
    vat: str,
    reason: str,
    *,
    adjusts: Period | None = None,
    basis: AdjustmentBasis | None = None,
    settles: int | None = None,
    owed_by: str = "",
) -> Charge:
    """Adjustment: a charge of ``amount`` (cents, below zero to credit) that no product of quantity and price gives.

    ``adjusts`` and ``basis`` are given for an earlier month, ``settles`` for the true-up of a year,
    ``owed_by`` where another than the payer of today owes it.
    """
    return Charge(
        member_id=member_id,
        rule=rule,
        version=version,
        kind="adjustment",
        tier=0,
        resource_id="",
        quantity=None,
        unit_price=None,
        factor=Fraction(1),
        amount=amount,
        vat=vat,
        reason=reason,
        adjusts=adjusts,
        adjustment_basis=basis,
        settles=settles,
        owed_by=owed_by,
    )
