"""Invoicing: charges drawn up as documents, one per payer and VAT regime, VAT on the total at each rate. Pure.

A document that is too small, or whose payer is billed by quarter or year, is carried forward. What reduces earlier
documents is in credit notes of its own: see ``credit_allocation``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from chargeback.billing.brought_forward import BroughtForward
from chargeback.billing.credit_allocation import CreditAllocation, Reduction
from chargeback.billing.document_lines import lines_of, with_lines
from chargeback.billing.reductions import DocumentKey, is_of_earlier, kind_of, lines_at_rates, month_of, waiting
from chargeback.model.charges import Charge
from chargeback.model.documents import CarriedForward, CarryReason, Document, Line, ReductionKind
from chargeback.model.facts import Member
from chargeback.model.period import Period
from chargeback.model.rules import Rule
from chargeback.model.settings import Regime, Settings
from chargeback.model.succession import carried_to, is_gone, owes, predecessors_of
from chargeback.model.vat import vat_by_rate

RateBorne = Callable[[str, Period], Decimal | None]  # regime, month → rate that its issued documents bear
NO_VAT = Decimal("0.00")
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


def not_borne(regime: str, month: Period) -> Decimal | None:
    """Rate of a month of which nothing is issued: none."""
    return None


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
    rate_borne: RateBorne = not_borne,
) -> DocumentSet:
    """Documents of a month, by payer and regime. A total of zero gives none; a negative one is a credit note.

    What reduces earlier documents is in credit notes of its own. ``brought_forward``: amounts brought forward; without
    them the month is drawn up by itself, and nothing is carried. ``rate_borne``: rates of issued months.
    """
    drawing = _Drawing(members, rules, settings, period, brought_forward, rate_borne)
    return drawing.all_of(sorted(charges, key=lambda c: c.order))


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What the documents of a month are drawn up from."""

    members: Mapping[str, Member]
    rules: Mapping[str, Rule]
    settings: Settings
    period: Period
    brought_forward: BroughtForward | None
    rate_borne: RateBorne

    def all_of(self, charges: Sequence[Charge]) -> DocumentSet:
        allocation = CreditAllocation(self.brought_forward or BroughtForward())
        carried_before = self.carried_before()
        kept, reductions = self.separated(charges, carried_before, allocation)
        drawn = list(self.reducing(reductions, allocation))
        grouped: dict[DocumentKey, list[Charge]] = defaultdict(list)
        for charge in kept:
            grouped[self.owes(charge), charge.vat].append(charge)
        carried: list[Document] = []
        for key in sorted({*grouped, *carried_before}):
            if not is_operator(self.payer(key, carried_before.get(key, ())), self.settings):
                document = self.document(key, grouped.get(key, []), carried_before.get(key, ()))
                if document is not None and document.carry_reason:
                    carried.append(document)
                elif document is not None:
                    drawn.append(self.credited(document, allocation))
        ordered = sorted(drawn, key=lambda d: (d.payer.member_id, d.regime.name, d.slug))
        every = sorted((*kept, *(r.charge for r in reductions)), key=lambda c: c.order)
        return DocumentSet(tuple(ordered), tuple(carried), tuple(every))

    def owes(self, charge: Charge) -> str:
        return owes(charge, self.members, self.period)

    def carried_before(self) -> dict[DocumentKey, list[Document]]:
        """Documents that earlier months carried, by the payer of today and regime."""
        result: dict[DocumentKey, list[Document]] = defaultdict(list)
        for document in self.brought_forward.carried_forward if self.brought_forward else ():
            named = {line.beneficiary for line in document.lines}
            payer = carried_to(document.payer.member_id, named, self.members, self.period)
            result[payer, document.regime.name].append(document)
        return result

    def separated(
        self, charges: Iterable[Charge], carried: Mapping[DocumentKey, Sequence[Document]], allocation: CreditAllocation
    ) -> tuple[list[Charge], list[Reduction]]:
        """Charges that the month bills, and reductions of earlier documents.

        A reduction of an amount that is still carried stays with it.
        """
        kept: list[Charge] = []
        reductions: list[Reduction] = []
        left = waiting(carried)
        for charge in charges:
            if charge.amount >= 0 or not is_of_earlier(charge):
                kept.append(self.naming(charge))
                continue
            payer = self.owes(charge)
            key = (payer, charge.vat, charge.member_id, charge.rule, charge.adjusts)
            here = min(-charge.amount, max(left.get(key, 0), 0))
            if here:
                left[key] -= here
                kept.append(replace(charge, amount=-here))
            if -charge.amount > here:
                rest = replace(charge, amount=charge.amount + here)
                rate = self.rate(charge.vat, month_of(charge))
                reductions += allocation.reduced(rest, self.predecessors(payer), rate)
        return kept, reductions

    def naming(self, charge: Charge) -> Charge:
        """A charge above zero for an earlier month with the invoice that billed that month."""
        if charge.adjusts is None or self.brought_forward is None:
            return charge
        numbers = self.brought_forward.invoices_of_month(charge.member_id, charge.vat, charge.adjusts)
        return replace(charge, original_invoice=numbers[0]) if numbers else charge

    def predecessors(self, payer: str) -> frozenset[str]:
        return predecessors_of(payer, self.members, self.period) | {payer}

    def reducing(self, reductions: Iterable[Reduction], allocation: CreditAllocation) -> Iterator[Document]:
        """Credit notes of reductions: one for each invoice that adjustments reduce, one for the true-ups of a payer and
        family, one for what no invoice takes."""
        grouped: dict[tuple[str, str, ReductionKind, str], list[Reduction]] = defaultdict(list)
        for each in reductions:
            charge, kind = each.charge, kind_of(each.charge)
            number = charge.original_invoice if kind == "adjustment" else ""
            grouped[self.owes(charge), charge.vat, kind, number].append(each)
        for (payer, regime, kind, _), own in sorted(grouped.items()):
            if not is_operator(self.members[payer], self.settings):
                blank = replace(self.blank((payer, regime)), reduction=kind)
                document = with_lines(blank, lines_at_rates(own, self.rules))
                yield document if kind == "refund" else allocation.credited(document, self.predecessors(payer))

    def document(self, key: DocumentKey, charges: Sequence[Charge], carried: Sequence[Document]) -> Document | None:
        """Document of a payer and regime, None where there is none; one that is carried has this month's lines
        alone."""
        own = self.lines(key[1], charges, key[0])
        before = tuple(self.carried_line(n, d) for d in carried for n in d.lines)
        net = sum(line.amount for line in (*own, *before))
        if self.brought_forward is not None and self.brought_forward.all_due:
            whole = self.with_carried(key, own, before, carried) if own or before else None
            return whole if net or whole is None else replace(whole, carry_reason="nothing")
        reason = self.carry_reason(key, (*own, *before), carried) if self.brought_forward is not None else ""
        if reason:
            here = self.drawn(key, own, carried)
            return replace(here, carry_reason=reason) if here.net else None
        return self.with_carried(key, own, before, carried) if net else None

    def lines(self, regime: str, charges: Sequence[Charge], payer: str) -> tuple[Line, ...]:
        """Lines of charges, each at the rate of its month."""
        rates = {month: self.rate(regime, month, payer) for month in {month_of(c) for c in charges}}
        return lines_of(charges, self.rules, lambda charge: rates[month_of(charge)])

    def carried_line(self, line: Line, document: Document) -> Line:
        """Line of an amount carried, at the rate of its month, or of the last day of the bill over several months."""
        carried = replace(line, carried_from=line.carried_from or document.period)
        regime = self.settings.regimes.get(document.regime.name)
        if regime is None or regime.change == "month" or line.charges[0].adjusts is not None:
            return carried
        last = self.term(document.payer.member_id, carried.carried_from or document.period)
        return replace(carried, rate=regime.rate_on(last.last_day))

    def rate(self, regime: str, month: Period | None, payer: str = "") -> Decimal:
        """VAT rate of a month, that of its last day. A rate without dates yields to the one that its documents bear.

        ``payer``: of a bill over several months of which the whole bears the rate of its last day, that day's.
        """
        of, known = month or self.period, self.settings.regimes.get(regime)
        if known is None or not known.rates:
            borne = self.rate_borne(regime, of)
            return borne if borne is not None else known.rate if known is not None else NO_VAT
        own = month is None and known.change == "period"
        return known.rate_on((self.term(payer, of) if own else of).last_day)

    def term(self, payer: str, month: Period) -> Period:
        """Last month of the bill of a payer that a month is in."""
        member = self.members.get(payer)
        length = MONTHS_OF[(member.frequency if member is not None else "") or self.settings.frequency]
        return Period(month.year, -(-month.month // length) * length)

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
        """Regime on the last day of the month; one that the settings no longer have, as in the carried documents."""
        known = self.settings.regimes.get(name)
        return known.on(self.period.last_day) if known is not None else carried[-1].regime

    def blank(self, key: DocumentKey, carried: Sequence[Document] = ()) -> Document:
        """Document of a payer and regime without lines."""
        return Document("invoice", self.period, self.regime(key[1], carried), self.payer(key, carried), (), ())

    def drawn(self, key: DocumentKey, lines: tuple[Line, ...], carried: Sequence[Document] = ()) -> Document:
        """Document of some lines, without number."""
        return with_lines(self.blank(key, carried), lines)

    def carry_reason(self, key: DocumentKey, lines: Sequence[Line], carried: Sequence[Document]) -> CarryReason:
        """Reason to carry the amount of a payer and regime; ``""`` when it is billed."""
        payer = self.payer(key, carried)
        if not is_due(payer.frequency or self.settings.frequency, self.period) and not is_gone(payer, self.period):
            return "frequency"
        net = sum(line.amount for line in lines)
        if net == 0:
            return "nothing"
        gross = net + vat_by_rate((line.rate, line.amount) for line in lines)
        return "threshold" if 0 < gross < self.settings.threshold else ""

    def credited(self, document: Document, allocation: CreditAllocation) -> Document:
        """A document below zero with the invoices of its payer and family that it reduces, the latest first."""
        if document.net > 0:
            return document
        return allocation.off_latest(document, self.predecessors(document.payer.member_id))


def still_carried(brought_forward: BroughtForward, drawn: DocumentSet) -> tuple[Document, ...]:
    """Documents that earlier months carried and that the documents of a month do not bill either."""
    billed = {(b.period, b.payer_id, d.regime.name) for d in drawn.documents for b in d.brought_forward}
    return tuple(
        d for d in brought_forward.carried_forward if (d.period, d.payer.member_id, d.regime.name) not in billed
    )


def is_due(frequency: str, period: Period) -> bool:
    """Whether a month is the last one of the span that a payer is billed for (civil quarters and years)."""
    return period.month % MONTHS_OF[frequency] == 0
