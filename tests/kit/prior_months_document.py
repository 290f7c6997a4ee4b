"""A document with lines of earlier months, by hand: adjustments of two months, a carried month, and their basis.

October 2026 of the sample month; Cergy is billed 10 seats more of September than it was, and August was carried.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from chargeback.billing.document_lines import lines_of, with_lines
from chargeback.model.charges import AdjustmentBasis, Charge
from chargeback.model.documents import Document, Line, Preceding
from chargeback.model.month import Month, PriorMonth
from chargeback.model.period import Period
from chargeback.model.pools import Pool, PoolSplit
from kit import einvoices
from kit import sample_month as months

AUGUST, SEPTEMBER, OCTOBER = Period(2026, 8), Period(2026, 9), months.PERIOD
PRICE = Decimal("0.0105")
ISSUED = date(2026, 10, 12)


def machines(hours: int, resource: str = "vm-0001", member: str = "cergy") -> Charge:
    """Hours of a machine, at 0.0105 each."""
    return months.priced(member, "vcpu-hours", Fraction(hours), PRICE, resource_id=resource)


def adjustment(
    of: Period, now: int, billed: int, *cause: str, rule: str = "vcpu-hours", member: str = "cergy", **more: Any
) -> Charge:
    """An adjustment of a month: its amount now less what was billed, in cents, unless ``amount`` says a part."""
    fields = {
        "reason": f"{of} recomputed, in English",
        "adjusts": of,
        "adjustment_basis": AdjustmentBasis(billed, now, cause),
        **more,
    }
    amount = fields.pop("amount", now - billed)
    return months.charge(member, rule, amount, "adjustment", **fields)


def shared(amount: int, days: int, month_days: int, ours: int, share: int) -> PoolSplit:
    """The shared network by one key, in which Cergy has ``ours`` of 1,000 employees."""
    keys = (months.key("1", "driver", "headcount", {"cergy": ours, "hopital": 1000 - ours}),)
    shares = {"cergy": share, "hopital": amount - share}
    return PoolSplit(
        rule="backbone",
        version=months.START,
        pool="network-backbone",
        pool_amount=2 * amount,
        amount=amount,
        days=days,
        month_days=month_days,
        keys=keys,
        shares=shares,
    )


def carried(since: Period, *charges: Charge) -> tuple[Line, ...]:
    """The lines of charges that a month carried."""
    return tuple(replace(line, carried_from=since) for line in rated(charges))


def rated(charges: tuple[Charge, ...]) -> tuple[Line, ...]:
    """Lines of charges at the rates of their regimes."""
    return lines_of(charges, months.RULES, lambda charge: months.REGIMES[charge.vat].rate)


def document(*charges: Charge, lines: tuple[Line, ...] = (), number: str = "F2026-00012") -> Document:
    """An issued document of Cergy's charges of October and of carried ``lines``."""
    member = einvoices.MONTH.members[(charges or lines[0].charges)[0].member_id]
    regime = months.REGIMES[(charges or lines[0].charges)[0].vat]
    made = with_lines(
        Document(kind="", period=OCTOBER, regime=regime, payer=member, lines=(), vat_lines=()),
        (*rated(charges), *lines),
    )
    found = months.issued(made, number)
    return found if found.kind == "invoice" else replace(found, due_date=None)


def credit(*charges: Charge, preceding: tuple[Preceding, ...]) -> Document:
    """An issued credit note on some invoices; of adjustments and one invoice, a reduction of that one."""
    made = replace(document(*charges, number="A2026-00003"), preceding=preceding)
    adjusts = len(preceding) == 1 and all(n.kind == "adjustment" and n.earlier_month for n in made.lines)
    return replace(made, reduction="adjustment" if adjusts else "")


def month(*earlier: PriorMonth, **more: Any) -> Month:
    """October with what lines of earlier months are based on."""
    return replace(einvoices.MONTH, prior_months=earlier, **more)


def again(*charges: Charge, of: Period = SEPTEMBER, splits: tuple[PoolSplit, ...] = (), **more: Any) -> PriorMonth:
    """A month charged again."""
    pools = tuple(Pool(s.pool, s.pool_amount, s.pool_amount, ()) for s in splits)
    return PriorMonth(of, charges, pools, splits, recomputed=True, **more)


def then(of: Period, *splits: PoolSplit, **more: Any) -> PriorMonth:
    """A month as it was charged."""
    pools = tuple(Pool(s.pool, s.pool_amount, s.pool_amount, ()) for s in splits)
    return PriorMonth(of, (), pools, splits, **more)
