"""Charges drawn up as documents: one per payer and VAT regime; VAT on the total of the document. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from chargeback.charging.savings import vat_of
from chargeback.model import Member, Settings
from chargeback.money import added
from chargeback.period import Period
from chargeback.result import Charge, Document, Line, VatLine
from chargeback.rules import Rule


def payer_of(member: Member) -> str:
    """Who receives the documents of a member."""
    return member.payer or member.member_id


def is_operator(member: Member, settings: Settings) -> bool:
    """Whether a member is the operator itself, by SIREN: it is charged and shown, and gets no document."""
    return bool(member.siret) and member.siret[:9] == settings.operator.siren


def draw_up(
    charges: Sequence[Charge],
    members: Mapping[str, Member],
    rules: Mapping[str, Rule],
    settings: Settings,
    period: Period,
) -> tuple[Document, ...]:
    """The documents of a month, by payer and regime. A total of zero gives none; a negative one is a credit note."""
    grouped: dict[tuple[str, str], list[Charge]] = defaultdict(list)
    for charge in charges:
        grouped[payer_of(members[charge.member_id]), charge.vat].append(charge)
    documents = []
    for (payer, regime), own in sorted(grouped.items()):
        lines = lines_of(own, rules)
        net = sum(line.amount for line in lines)
        if net != 0 and not is_operator(members[payer], settings):
            family = settings.regimes[regime]
            vat = VatLine(family, net, vat_of(net, family.rate))
            kind = "invoice" if net > 0 else "credit_note"
            documents.append(Document(kind, period, family, members[payer], lines, (vat,)))
    return tuple(documents)


def lines_of(charges: Iterable[Charge], rules: Mapping[str, Rule]) -> tuple[Line, ...]:
    """Lines by beneficiary, service, rule, version, tier (none comes last) and kind, resources together; empty ones left out."""
    grouped: dict[tuple[str, str, str, date, bool, int, str], list[Charge]] = defaultdict(list)
    for c in charges:
        if c.amount or c.quantity:
            key = (c.member_id, rules[c.rule].service, c.rule, c.version, c.tier == 0, c.tier, c.kind)
            grouped[key].append(c)
    return tuple(_line(grouped[key], key[1]) for key in sorted(grouped))


def _total(charges: Iterable[Charge]) -> Fraction | None:
    quantities = [c.quantity for c in charges if c.quantity is not None]
    return added(quantities) if quantities else None


def _line(charges: Sequence[Charge], service: str) -> Line:
    first = charges[0]
    alone = len(charges) == 1
    return Line(
        beneficiary=first.member_id,
        service=service,
        rule=first.rule,
        version=first.version,
        kind=first.kind,
        tier=first.tier,
        quantity=first.quantity if alone else _total(charges),
        unit_price=first.unit_price,
        factor=first.factor,
        amount=first.amount if alone else sum(c.amount for c in charges),
        charges=tuple(charges),
    )
