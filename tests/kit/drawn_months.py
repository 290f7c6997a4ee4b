"""Months drawn up by hand: charges, what earlier months bring, and the documents."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from chargeback.billing.brought_forward import BilledAmount, BroughtForward, OpenInvoice, OpenRate
from chargeback.billing.invoicing import DocumentSet, draw_up
from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.facts import Member
from chargeback.model.period import Period
from chargeback.model.rules import Rule
from chargeback.model.settings import Operator, Regime, Settings
from chargeback.model.vat import vat_of
from kit import builders
from kit.builders import member

MARCH, APRIL, MAY, JUNE = (Period(2026, month) for month in (3, 4, 5, 6))
TAXED, OUT = Regime("services", "S", Decimal("20.00")), Regime("contributions", "O")
SETTINGS = Settings(
    Operator(siren="990000010"), ZoneInfo("Europe/Paris"), regimes={r.name: r for r in (TAXED, OUT)}, threshold=1500
)


def rule(name: str, service: str) -> Rule:
    return Rule.model_validate(
        {
            "id": name,
            "kind": "rate",
            "label": {"fr": name, "en": name},
            "service": service,
            "vat": "services",
            "quantity": {"constant": "1"},
            "version": [
                {"valid_from": date(2020, 1, 1), "references": [{"title": "d"}], "model": "flat", "price": "1"}
            ],
        }
    )


RULES = {r.id: r for r in (rule("racks", "datacenter"), rule("links", "network"))}


MEMBERS = {m.member_id: m for m in map(member, ("auvers", "bezons", "cergy"))}


def charge(
    amount: int, of: Period | None = None, *, who: str = "auvers", rule: str = "racks", vat: str = "services"
) -> Charge:
    """A charge of some cents; with ``of`` an adjustment of that month."""
    return builders.charge(amount, member_id=who, rule=rule, adjusts=of, vat=vat)


def drawn(
    charges: Sequence[Charge],
    brought: BroughtForward | None = None,
    *,
    period: Period = APRIL,
    settings: Settings = SETTINGS,
    members: Mapping[str, Member] = MEMBERS,
) -> DocumentSet:
    return draw_up(charges, members, RULES, settings, period, brought)


def told(documents: Sequence[Document]) -> list[tuple[str, str, int, int, str]]:
    """(payer, regime, net, VAT, why it waits) of documents."""
    return [(d.payer.member_id, d.regime.name, d.net, d.vat, d.carry_reason) for d in documents]


def waiting(*amounts: int, period: Period = MARCH, who: str = "auvers", settings: Settings = SETTINGS) -> Document:
    """What a month carried: the document that would have been drawn up."""
    quarterly = {who: replace(MEMBERS.get(who, member(who)), frequency="year")}
    found = drawn(
        [charge(a, who=who) for a in amounts], BroughtForward(), period=period, members=quarterly, settings=settings
    )
    (document,) = found.carried_forward
    return replace(document, payer=member(who))


def invoice(
    number: str,
    net: int,
    vat: int | None = None,
    given: tuple[int, int] = (0, 0),
    *,
    rate: Decimal = TAXED.rate,
    payer: str = "auvers",
) -> OpenInvoice:
    """What remains of an invoice at one rate, 20 % unless said; its VAT that of its whole unless said."""
    left = vat_of(net, rate) if vat is None else vat
    return OpenInvoice(number, date(2026, 4, 5), payer, (OpenRate(rate, net, left, *given),))


@dataclass(frozen=True)
class Book:
    """Invoices by what they billed, all of each for one member and month, and the latest of any payer.

    Attributes:
        of: (member, regime, month) → the invoices that billed it, the latest first. They billed any rule.
        last: open invoices that are later than those of ``of``, or their order, the latest first.
    """

    of: Mapping[tuple[str, str, Period], Sequence[OpenInvoice]]
    last: Sequence[OpenInvoice] = ()

    def open(self, payers: Collection[str], regime: str) -> Sequence[OpenInvoice]:
        own = (each for (_, vat, _), found in self.of.items() if vat == regime for each in found)
        return tuple({each.number: each for each in (*self.last, *own)}.values())

    def billed(self, payers: Collection[str], rule: str) -> Sequence[BilledAmount]:
        asked = [(who, month, each) for (who, _, month), found in self.of.items() for each in found]
        return [BilledAmount(o.number, who, month, r.rate, r.net) for who, month, o in asked for r in o.rates]

    def numbers(self, who: str, regime: str, month: Period) -> Sequence[str]:
        return [each.number for each in self.of.get((who, regime, month), ())]

    def brought(self, **more: object) -> BroughtForward:
        whole = BroughtForward(open_invoices=self.open, billed_amounts=self.billed, invoices_of_month=self.numbers)
        return replace(whole, **more)  # type: ignore[arg-type]


def taken(documents: Sequence[Document]) -> list[tuple[int, int, list[tuple[str, int, int]]]]:
    """(net, VAT, invoices credited with net and VAT) of documents."""
    return [(d.net, d.vat, [(p.number, p.credited_net, p.credited_vat) for p in d.preceding]) for d in documents]
