"""Charges drawn up as documents: one per payer and VAT regime; VAT on the total of the document. Pure.

What an invoice does not bill yet (too small, or its payer is billed by quarter or year) is carried. An adjustment below zero is
taken off the invoice that it adjusts: see crediting.
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
from chargeback.model.documents import CarriedForward, Document, Line, VatLine
from chargeback.model.facts import Member
from chargeback.model.money import added
from chargeback.model.period import Period
from chargeback.model.rules import Rule
from chargeback.model.settings import Regime, Settings
from chargeback.model.succession import is_gone, payer_of, predecessors_of, successor_of
from chargeback.model.vat import vat_of

DocumentKey = tuple[str, str]
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class DocumentSet:
    """The documents of a month, and those that are carried to a later one; both by payer and regime.

    ``charges``: those of the month as the documents bill them, each adjustment with the invoice that it is for.
    """

    documents: tuple[Document, ...]
    carried_forward: tuple[Document, ...] = ()
    charges: tuple[Charge, ...] = ()


def is_operator(member: Member, settings: Settings) -> bool:
    """Whether a member is the operator itself, by SIREN: it is charged and shown, and gets no document."""
    return bool(member.siret) and member.siret[:9] == settings.operator.siren


def draw_up(
    charges: Sequence[Charge],
    members: Mapping[str, Member],
    rules: Mapping[str, Rule],
    settings: Settings,
    period: Period,
    brought: BroughtForward | None = None,
) -> DocumentSet:
    """The documents of a month, by payer and regime. A total of zero gives none; a negative one is a credit note.

    ``brought``: what earlier months bring; without it the month is drawn up by itself, and nothing is carried.
    """
    drawing = _Drawing(members, rules, settings, period, brought)
    credits = CreditAllocation(brought or BroughtForward())
    kept = credits.adjusted(charges)
    found = [drawing.adjusting(number, own, credits) for number, own in credits.adjusting.items()]
    billed = [*kept, *(c for own in credits.adjusting.values() for c in own)]
    drawn = drawing.all_of(kept, found, credits)
    return replace(drawn, charges=tuple(sorted(billed, key=lambda c: c.order)))


@dataclass(frozen=True, slots=True)
class _Drawing:
    members: Mapping[str, Member]
    rules: Mapping[str, Rule]
    settings: Settings
    period: Period
    brought: BroughtForward | None

    def all_of(self, charges: Iterable[Charge], found: Sequence[Document], credits: CreditAllocation) -> DocumentSet:
        grouped: dict[DocumentKey, list[Charge]] = defaultdict(list)
        for charge in charges:
            grouped[payer_of(charge.member_id, self.members, self.period), charge.vat].append(charge)
        waiting, drawn = self.waiting(), {d.slug: d for d in found}
        carried: list[Document] = []
        for key in sorted({*grouped, *waiting}):
            if not is_operator(self.payer(key, waiting.get(key, ())), self.settings):
                document = self.document(key, grouped.get(key, []), waiting.get(key, ()))
                if document is not None and document.carry_reason:
                    carried.append(document)
                elif document is not None:
                    document = self.credited(document, credits)
                    twin = drawn.get(document.slug)
                    drawn[document.slug] = document if twin is None else joined(twin, document)
        ordered = sorted(drawn.values(), key=lambda d: (d.payer.member_id, d.regime.name, d.slug))
        return DocumentSet(tuple(ordered), tuple(carried))

    def waiting(self) -> dict[DocumentKey, list[Document]]:
        """What earlier months carried, by the payer of today and regime."""
        result: dict[DocumentKey, list[Document]] = defaultdict(list)
        for document in self.brought.carried_forward if self.brought else ():
            payer = successor_of(document.payer.member_id, self.members, self.period)
            result[payer, document.regime.name].append(document)
        return result

    def document(self, key: DocumentKey, charges: Sequence[Charge], waiting: Sequence[Document]) -> Document | None:
        """The document of a payer and regime; one that ``waits`` has the lines of this month alone; None where there is none."""
        own = lines_of(charges, self.rules)
        before = tuple(replace(n, carried_from=n.carried_from or d.period) for d in waiting for n in d.lines)
        net = sum(line.amount for line in (*own, *before))
        if self.brought is not None and self.brought.all_due:
            whole = self.bringing(key, own, before, waiting) if own or before else None
            return whole if net or whole is None else replace(whole, carry_reason="nothing")
        waits = self.waits(key, net, waiting) if self.brought is not None else ""
        if waits:
            here = self.drawn(key, own, waiting)
            return replace(here, carry_reason=waits) if here.net else None
        return self.bringing(key, own, before, waiting) if net else None

    def bringing(
        self, key: DocumentKey, own: tuple[Line, ...], before: tuple[Line, ...], waiting: Sequence[Document]
    ) -> Document:
        brings = [c for d in waiting for c in (d.brought_forward or (CarriedForward(d.period, d.payer.member_id),))]
        return replace(self.drawn(key, (*own, *before), waiting), brought_forward=tuple(dict.fromkeys(brings)))

    def payer(self, key: DocumentKey, waiting: Sequence[Document]) -> Member:
        """Who pays; of one that members.csv does not have any more, what the documents say that wait."""
        known = self.members.get(key[0])
        return known if known is not None else waiting[-1].payer

    def regime(self, name: str, waiting: Sequence[Document]) -> Regime:
        """A regime of the settings; of one that they do not have any more, what the documents say that wait."""
        known = self.settings.regimes.get(name)
        return known if known is not None else waiting[-1].regime

    def drawn(self, key: DocumentKey, lines: tuple[Line, ...], waiting: Sequence[Document] = ()) -> Document:
        payer, regime = self.payer(key, waiting), self.regime(key[1], waiting)
        return with_lines(Document("", self.period, regime, payer, (), ()), lines)

    def waits(self, key: DocumentKey, net: int, waiting: Sequence[Document]) -> str:
        """Why the amount of a payer and regime is carried; '' when it is billed."""
        payer = self.payer(key, waiting)
        if not is_due(payer.frequency or self.settings.frequency, self.period) and not is_gone(payer, self.period):
            return "frequency"
        if net == 0:
            return "nothing"
        gross = net + vat_of(net, self.regime(key[1], waiting).rate)
        return "threshold" if 0 < gross < self.settings.threshold else ""

    def credited(self, document: Document, credits: CreditAllocation) -> Document:
        """A document below zero with the invoices of its payer and family that it reduces, the latest first."""
        if document.net > 0:
            return document
        return credits.off_latest(document, predecessors_of(document.payer.member_id, self.members, self.period))

    def adjusting(self, number: str, charges: Sequence[Charge], credits: CreditAllocation) -> Document:
        """The credit note that takes adjustments off one issued invoice, at the rate of that."""
        original = credits.original(number)
        assert original is not None, "an adjustment is taken off an invoice that was asked for"
        heir = successor_of(original.payer_id, self.members, self.period)
        if heir not in self.members:
            heir = payer_of(charges[0].member_id, self.members, self.period)
        drawn = self.drawn((heir, charges[0].vat), ())
        own = replace(drawn, regime=self.as_printed(drawn.regime, original))
        return credits.off(with_lines(own, lines_of(charges, self.rules)), number)

    def as_printed(self, regime: Regime, original: OpenInvoice) -> Regime:
        """The regime of a credit of an invoice: where its rate is another since, as the invoice printed it, in the series of today."""
        if self.brought is None or original.bears(regime.rate):
            return regime
        before = self.brought.regime_printed(original.number) or regime
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
    taken = replace(first, net=first.net + second.net, vat=first.vat + second.vat)
    return replace(
        one, lines=(*one.lines, *other.lines), vat_lines=(VatLine(one.regime, net, vat),), preceding=(taken,)
    )


def still_carried(brought: BroughtForward, drawn: DocumentSet) -> tuple[Document, ...]:
    """What earlier months carried and the documents of a month do not bill either."""
    billed = {(b.period, b.payer_id, d.regime.name) for d in drawn.documents for b in d.brought_forward}
    return tuple(d for d in brought.carried_forward if (d.period, d.payer.member_id, d.regime.name) not in billed)


def is_due(frequency: str, period: Period) -> bool:
    """Whether a month is the last one of the span that a payer is billed for (civil quarters and years)."""
    return period.month % MONTHS_OF[frequency] == 0


def lines_of(charges: Iterable[Charge], rules: Mapping[str, Rule]) -> tuple[Line, ...]:
    """Lines by beneficiary, service, rule, version, tier (none comes last), kind and month adjusted, resources together; empty ones left out."""
    grouped: dict[tuple[str, str, str, date, bool, int, str, str], list[Charge]] = defaultdict(list)
    for c in charges:
        if c.amount or c.quantity:
            of = "" if c.adjusts is None else str(c.adjusts)
            key = (c.member_id, rules[c.rule].service, c.rule, c.version, c.tier == 0, c.tier, c.kind, of)
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
