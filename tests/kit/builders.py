"""Builders by keyword of what tests are made of: members, levels, charges, lines, documents, months; plain values where
a test says none.

A field that a class gets is added here, not in every test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from chargeback.model.charges import Charge
from chargeback.model.documents import Document, Line, VatLine
from chargeback.model.facts import Level, Member
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.problem import Place
from chargeback.model.rules import Rule
from chargeback.model.settings import Regime, Settings
from chargeback.model.vat import by_rate, vat_of

LONG_AGO = date(2020, 1, 1)
NOWHERE = Place("x.csv", 1)
ONE = Fraction(1)


def member(member_id: str, *, valid_from: date = LONG_AGO, valid_to: date | None = None, **more: Any) -> Member:
    """A row of members.csv: a commune called by its id, in force since long ago, unless said otherwise."""
    head = {"name": member_id, "kind": "commune", "where": Place("members.csv", 2)}
    return Member(member_id=member_id, valid_from=valid_from, valid_to=valid_to, **head | more)


def level(
    member_id: str,
    value: int | str,
    *,
    name: str = "population",
    valid_from: date = LONG_AGO,
    valid_to: date | None = None,
) -> Level:
    """A row of drivers.csv or subscriptions.csv."""
    return Level(
        member_id=member_id, name=name, value=Decimal(value), valid_from=valid_from, valid_to=valid_to, where=NOWHERE
    )


def charge(
    amount: int,
    *,
    member_id: str,
    rule: str,
    version: date = LONG_AGO,
    adjusts: Period | None = None,
    vat: str = "services",
    **more: Any,
) -> Charge:
    """A charge of some cents that counts nothing; with ``adjusts`` an adjustment of that month."""
    head = {
        "kind": "usage" if adjusts is None else "adjustment",
        "tier": 0,
        "resource_id": "",
        "quantity": None,
        "unit_price": None,
        "factor": ONE,
    }
    return Charge(
        amount=amount, member_id=member_id, rule=rule, version=version, adjusts=adjusts, vat=vat, **head | more
    )


def line(charges: Sequence[Charge], *, service: str = "cloud", **more: Any) -> Line:
    """The line of charges of one member, rule, version, kind and tier: their sum."""
    first = charges[0]
    quantities = [c.quantity for c in charges if c.quantity is not None]
    return Line(
        beneficiary=first.member_id,
        service=service,
        rule=first.rule,
        version=first.version,
        kind=first.kind,
        tier=first.tier,
        quantity=sum(quantities, Fraction(0)) if quantities else None,
        unit_price=first.unit_price,
        factor=first.factor,
        amount=sum(c.amount for c in charges),
        charges=tuple(charges),
        **more,
    )


def document(
    lines: Sequence[Line], *, period: Period, payer: Member, regime: Regime, vat: int | None = None, **more: Any
) -> Document:
    """A document of some lines, an invoice when above zero; lines without a rate have that of the regime.

    VAT is on the total at each rate, unless given as ``vat`` (cents, of a document at one rate).
    """
    rated = tuple(n if n.rate else replace(n, rate=regime.rate) for n in lines)
    totals = by_rate((n.rate, n.amount) for n in rated)
    assert vat is None or len(totals) == 1, "the VAT of several rates is worked out"
    taxes = (VatLine(regime.at(rate), net, vat_of(net, rate) if vat is None else vat) for rate, net in totals.items())
    head = {"kind": "invoice" if sum(totals.values()) > 0 else "credit_note", "vat_lines": tuple(taxes)}
    return Document(period=period, regime=regime, payer=payer, lines=rated, **head | more)


def month(
    *, period: Period, settings: Settings, rules: Mapping[str, Rule], members: Mapping[str, Member], **more: Any
) -> Month:
    """A month with what is given, and nothing else in it."""
    parts = ("charges", "pools", "splits", "baselines", "documents", "savings", "checks")
    empty: dict[str, Any] = dict.fromkeys(parts, ())
    return Month(period=period, settings=settings, rules=dict(rules), members=dict(members), **empty | more)
