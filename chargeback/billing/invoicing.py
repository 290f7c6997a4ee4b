"""Invoicing: charges drawn up as documents, one per payer and VAT regime, VAT on the total of the document. Pure.

A document that is too small, or whose payer is billed by quarter or year, is carried forward. An adjustment below zero
is taken off the invoice that it adjusts: see ``credit_allocation``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from chargeback.billing.brought_forward import BroughtForward, OpenInvoice
from chargeback.billing.credit_allocation import CreditAllocation
from chargeback.model.charges import Charge
from chargeback.model.documents import CarriedForward, CarryReason, Document, Line, VatLine
from chargeback.model.facts import Member
from chargeback.model.money import added
from chargeback.model.period import Period
from chargeback.model.rules import Rule
from chargeback.model.settings import Regime, Settings
from chargeback.model.succession import carried_to, is_gone, payer_of, predecessors_of, successor_of
from chargeback.model.vat import vat_of

DocumentKey = tuple[str, str]
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class DocumentSet:
    """Documents of a month, by payer and regime.

    Attributes:
        documents: those that are billed.
        carried_forward: those that a later month bills.
        charges: charges of the month as the documents bill them, each adjustment with the invoice that it is for.
    """

    documents: tuple[Document, ...]
    carried_forward: tuple[Document, ...] = ()
    charges: tuple[Charge, ...] = ()


def is_operator(member: Member, settings: Settings) -> bool:
    """Whether a member is the operator itself, by SIREN. It is charged and shown, and gets no document."""
    return bool(member.siret) and member.siret[:9] == settings.operator.siren


def draw_up(
    charges: Sequence[Charge],
    members: Mapping[str, Member],
    rules: Mapping[str, Rule],
    settings: Settings,
    period: Period,
    brought_forward: BroughtForward | None = None,
) -> DocumentSet:
    """Documents of a month, by payer and regime. A total of zero gives none; a negative one is a credit note.

    ``brought_forward``: amounts brought forward; without them the month is drawn up by itself, and nothing is carried.
    """
    drawing = _Drawing(members, rules, settings, period, brought_forward)
    allocation = CreditAllocation(brought_forward or BroughtForward())
    kept = allocation.adjusted(charges)
    found = [drawing.adjusting(number, own, allocation) for number, own in allocation.adjusting.items()]
    billed = [*kept, *(c for own in allocation.adjusting.values() for c in own)]
    drawn = drawing.all_of(kept, found, allocation)
    return replace(drawn, charges=tuple(sorted(billed, key=lambda c: c.order)))


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What the documents of a month are drawn up from."""

    members: Mapping[str, Member]
    rules: Mapping[str, Rule]
    settings: Settings
    period: Period
    brought_forward: BroughtForward | None

    def all_of(self, charges: Iterable[Charge], found: Sequence[Document], allocation: CreditAllocation) -> DocumentSet:
        grouped: dict[DocumentKey, list[Charge]] = defaultdict(list)
        for charge in charges:
            grouped[payer_of(charge.member_id, self.members, self.period), charge.vat].append(charge)
        carried_before, drawn = self.carried_before(), {d.slug: d for d in found}
        carried: list[Document] = []
        for key in sorted({*grouped, *carried_before}):
            if not is_operator(self.payer(key, carried_before.get(key, ())), self.settings):
                document = self.document(key, grouped.get(key, []), carried_before.get(key, ()))
                if document is not None and document.carry_reason:
                    carried.append(document)
                elif document is not None:
                    document = self.credited(document, allocation)
                    twin = drawn.get(document.slug)
                    drawn[document.slug] = document if twin is None else joined(twin, document)
        ordered = sorted(drawn.values(), key=lambda d: (d.payer.member_id, d.regime.name, d.slug))
        return DocumentSet(tuple(ordered), tuple(carried))

    def carried_before(self) -> dict[DocumentKey, list[Document]]:
        """Documents that earlier months carried, by the payer of today and regime."""
        result: dict[DocumentKey, list[Document]] = defaultdict(list)
        for document in self.brought_forward.carried_forward if self.brought_forward else ():
            named = {line.beneficiary for line in document.lines}
            payer = carried_to(document.payer.member_id, named, self.members, self.period)
            result[payer, document.regime.name].append(document)
        return result

    def document(self, key: DocumentKey, charges: Sequence[Charge], carried: Sequence[Document]) -> Document | None:
        """Document of a payer and regime, None where there is none; one that is carried has this month's lines
        alone."""
        own = lines_of(charges, self.rules)
        before = tuple(replace(n, carried_from=n.carried_from or d.period) for d in carried for n in d.lines)
        net = sum(line.amount for line in (*own, *before))
        if self.brought_forward is not None and self.brought_forward.all_due:
            whole = self.with_carried(key, own, before, carried) if own or before else None
            return whole if net or whole is None else replace(whole, carry_reason="nothing")
        reason = self.carry_reason(key, net, carried) if self.brought_forward is not None else ""
        if reason:
            here = self.drawn(key, own, carried)
            return replace(here, carry_reason=reason) if here.net else None
        return self.with_carried(key, own, before, carried) if net else None

    def with_carried(
        self, key: DocumentKey, own: tuple[Line, ...], before: tuple[Line, ...], carried: Sequence[Document]
    ) -> Document:
        """Document with the lines of earlier months, and the carried amounts that it bills with them."""
        billed = [c for d in carried for c in (d.brought_forward or (CarriedForward(d.period, d.payer.member_id),))]
        return replace(self.drawn(key, (*own, *before), carried), brought_forward=tuple(dict.fromkeys(billed)))

    def payer(self, key: DocumentKey, carried: Sequence[Document]) -> Member:
        """Payer as members.csv has it; one that it no longer has, as in the carried documents."""
        known = self.members.get(key[0])
        return known if known is not None else carried[-1].payer

    def regime(self, name: str, carried: Sequence[Document]) -> Regime:
        """Regime as the settings have it; one that they no longer have, as in the carried documents."""
        known = self.settings.regimes.get(name)
        return known if known is not None else carried[-1].regime

    def drawn(self, key: DocumentKey, lines: tuple[Line, ...], carried: Sequence[Document] = ()) -> Document:
        """Document of some lines, without number."""
        payer, regime = self.payer(key, carried), self.regime(key[1], carried)
        return with_lines(Document("invoice", self.period, regime, payer, (), ()), lines)

    def carry_reason(self, key: DocumentKey, net: int, carried: Sequence[Document]) -> CarryReason:
        """Reason to carry the amount of a payer and regime; ``""`` when it is billed."""
        payer = self.payer(key, carried)
        if not is_due(payer.frequency or self.settings.frequency, self.period) and not is_gone(payer, self.period):
            return "frequency"
        if net == 0:
            return "nothing"
        gross = net + vat_of(net, self.regime(key[1], carried).rate)
        return "threshold" if 0 < gross < self.settings.threshold else ""

    def credited(self, document: Document, allocation: CreditAllocation) -> Document:
        """A document below zero with the invoices of its payer and family that it reduces, the latest first."""
        if document.net > 0:
            return document
        return allocation.off_latest(document, predecessors_of(document.payer.member_id, self.members, self.period))

    def adjusting(self, number: str, charges: Sequence[Charge], allocation: CreditAllocation) -> Document:
        """Credit note that takes adjustments off one issued invoice, at the rate of that invoice."""
        original = allocation.original(number)
        assert original is not None, "an adjustment is taken off an invoice that was asked for"
        payer = successor_of(original.payer_id, self.members, self.period)
        if payer not in self.members:
            payer = payer_of(charges[0].member_id, self.members, self.period)
        drawn = self.drawn((payer, charges[0].vat), ())
        own = replace(drawn, regime=self.as_printed(drawn.regime, original))
        return allocation.off(with_lines(own, lines_of(charges, self.rules)), number)

    def as_printed(self, regime: Regime, original: OpenInvoice) -> Regime:
        """Regime of a credit of an invoice: where the rate has changed, as the invoice printed it, in today's
        series."""
        if self.brought_forward is None or original.bears(regime.rate):
            return regime
        before = self.brought_forward.regime_printed(original.number) or regime
        return replace(before, invoice=regime.invoice, credit_note=regime.credit_note)


def with_lines(document: Document, lines: tuple[Line, ...]) -> Document:
    """A document with other lines, its kind and VAT by their total."""
    net = sum(line.amount for line in lines)
    vat = VatLine(document.regime, net, vat_of(net, document.regime.rate))
    return replace(document, kind="invoice" if net > 0 else "credit_note", lines=lines, vat_lines=(vat,))


def joined(one: Document, other: Document) -> Document:
    """Two credit notes on the same invoice as one."""
    net, vat = one.net + other.net, one.vat + other.vat
    (first,), (second,) = one.preceding, other.preceding
    taken = replace(
        first,
        credited_net=first.credited_net + second.credited_net,
        credited_vat=first.credited_vat + second.credited_vat,
    )
    return replace(
        one, lines=(*one.lines, *other.lines), vat_lines=(VatLine(one.regime, net, vat),), preceding=(taken,)
    )


def still_carried(brought_forward: BroughtForward, drawn: DocumentSet) -> tuple[Document, ...]:
    """Documents that earlier months carried and that the documents of a month do not bill either."""
    billed = {(b.period, b.payer_id, d.regime.name) for d in drawn.documents for b in d.brought_forward}
    return tuple(
        d for d in brought_forward.carried_forward if (d.period, d.payer.member_id, d.regime.name) not in billed
    )


def is_due(frequency: str, period: Period) -> bool:
    """Whether a month is the last one of the span that a payer is billed for (civil quarters and years)."""
    return period.month % MONTHS_OF[frequency] == 0


def lines_of(charges: Iterable[Charge], rules: Mapping[str, Rule]) -> tuple[Line, ...]:
    """Lines by beneficiary, service, rule, version, tier (none comes last), kind and month adjusted.

    Resources are together; charges without amount and quantity are left out.
    """
    grouped: dict[tuple[str, str, str, date, bool, int, str, str], list[Charge]] = defaultdict(list)
    for c in charges:
        if c.amount or c.quantity:
            adjusted = "" if c.adjusts is None else str(c.adjusts)
            key = (c.member_id, rules[c.rule].service, c.rule, c.version, c.tier == 0, c.tier, c.kind, adjusted)
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
