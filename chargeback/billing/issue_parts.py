"""Issue parts: a family, a service, or the payers billed by quarter or year are issued, the rest is withheld. Pure.

What a later month bills (threshold, frequency) was decided before, on whole documents.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from chargeback.billing.brought_forward import BroughtForward
from chargeback.billing.credit_allocation import CreditAllocation
from chargeback.billing.document_lines import with_lines
from chargeback.billing.invoicing import DocumentSet, RateBorne, draw_up
from chargeback.billing.reductions import is_of_earlier
from chargeback.charging.sharing.instalments import called_in_advance
from chargeback.model.charges import Charge
from chargeback.model.documents import CarryReason, Document, Line
from chargeback.model.facts import MemberFrequency
from chargeback.model.month import Month
from chargeback.model.settings import Settings
from chargeback.model.succession import owes, predecessors_of
from chargeback.model.vat import VatAmount

LEFT_OUT: CarryReason = "left_out"
PartKey = tuple[str, str, str]  # payer, regime, service


@dataclass(frozen=True, slots=True)
class IssueScope:
    """Scope of an issue: every field that is given must fit.

    Attributes:
        regime: name of the VAT regime.
        service: service of the lines.
        frequency: how often the payer is billed: ``month``, ``quarter`` or ``year``.
    """

    regime: str = ""
    service: str = ""
    frequency: MemberFrequency = ""

    @property
    def whole(self) -> bool:
        """Whether it is the whole month."""
        return not (self.regime or self.service or self.frequency)

    def has(self, document: Document, line: Line, settings: Settings) -> bool:
        """Whether a line of a document belongs to it."""
        if self.regime and document.regime.name != self.regime:
            return False
        if self.frequency and (document.payer.frequency or settings.frequency) != self.frequency:
            return False
        return not self.service or line.service == self.service


def within_scope(month: Month, scope: IssueScope, brought_forward: BroughtForward) -> Month:
    """A month that issues the documents of a scope and withholds the others; a document may be cut in two by its lines.

    A side of the cut that amounts to 0.00 is no document: it stays with the other side. ``brought_forward`` knows the
    invoices that a side below zero reduces.
    """
    issued: list[Document] = []
    later: list[Document] = []
    cut: list[tuple[Document, tuple[Line, ...], tuple[Line, ...]]] = []
    for document in month.documents:
        inside = tuple(n for n in document.lines if scope.has(document, n, month.settings))
        outside = tuple(n for n in document.lines if not scope.has(document, n, month.settings))
        if not _net(inside):
            later.append(document)
        elif not _net(outside):
            issued.append(document)
        else:
            cut.append((document, inside, outside))
    allocation = CreditAllocation(brought_forward, spent=_spent(issued))
    for document, _, _ in cut:
        if document.reduces_lines_named and allocation.are_open(document, _payers(document, month)):
            allocation.reserve(document)
    issued += [_side(document, inside, month, allocation) for document, inside, _ in cut]
    later += [_side(document, outside, month, allocation) for document, _, outside in cut]
    withheld = (*month.withheld, *(replace(d, carry_reason=LEFT_OUT) for d in in_order(later)))
    return replace(month, documents=in_order(issued), withheld=withheld)


def in_order(documents: Iterable[Document]) -> tuple[Document, ...]:
    """Documents by payer, then regime."""
    return tuple(sorted(documents, key=lambda d: (d.payer.member_id, d.regime.name, d.slug)))


def _net(lines: Iterable[Line]) -> int:
    return sum(line.amount for line in lines)


def _spent(documents: Iterable[Document]) -> dict[str, tuple[VatAmount, ...]]:
    """Amounts that documents take off each invoice, by its number; one for each rate."""
    spent: dict[str, dict[Decimal, VatAmount]] = {}
    for taken in (p for d in documents for p in d.preceding):
        own = spent.setdefault(taken.number, {})
        for amount in taken.credited:
            before = own.get(amount.rate, VatAmount(amount.rate, 0, 0))
            own[amount.rate] = VatAmount(amount.rate, before.net + amount.net, before.vat + amount.vat)
    return {number: tuple(own.values()) for number, own in spent.items()}


def _side(document: Document, lines: tuple[Line, ...], month: Month, allocation: CreditAllocation) -> Document:
    """Document of some lines of one that is cut, with the carried amounts that it bills and the invoices that it
    reduces: those that its charges name while they are open, else the latest."""
    months = {line.carried_from for line in lines}
    billed = tuple(carried for carried in document.brought_forward if carried.period in months)
    side = replace(with_lines(document, lines), brought_forward=billed, preceding=())
    if side.net > 0 or side.reduction == "refund":
        return side
    payers = _payers(side, month)
    if side.reduction and allocation.are_open(side, payers):
        return allocation.credited(side, payers)
    return allocation.off_latest(side, payers)


def _payers(document: Document, month: Month) -> frozenset[str]:
    return predecessors_of(document.payer.member_id, month.members, month.period)


def split_charges(
    month: Month, issued: Collection[Document], withheld: Iterable[Document]
) -> tuple[tuple[Charge, ...], tuple[Charge, ...]]:
    """Charges of a month computed by itself: those that are not issued yet, and the others.

    A withheld document is for all charges of its payer and regime but the services that were issued of them.
    """
    done = {(d.payer.member_id, d.regime.name, line.service) for d in issued for line in d.lines if is_own(line)}
    pending = {(d.payer.member_id, d.regime.name) for d in withheld if not d.reduction}
    unissued: list[Charge] = []
    rest: list[Charge] = []
    for charge in month.charges:
        key = _key(charge, month)
        (unissued if key[:2] in pending and key not in done else rest).append(charge)
    return tuple(unissued), tuple(rest)


def charges_at_the_end(month: Month, withheld: Iterable[Document]) -> tuple[Charge, ...]:
    """Charges of a month issued in advance that are not issued, those of earlier months apart: what is known at its
    end, and what withheld documents are for."""
    pending = {(d.payer.member_id, d.regime.name) for d in withheld if not d.reduction}
    called = called_rules(month)
    own = (c for c in month.charges if not is_of_earlier(c))
    return tuple(c for c in own if c.rule not in called or _key(c, month)[:2] in pending)


def is_own(line: Line) -> bool:
    """Whether a line is of the month of its document, neither carried to it nor an adjustment of an earlier month."""
    return line.earlier_month is None


def _key(charge: Charge, month: Month) -> PartKey:
    payer = owes(charge, month.members, month.period)
    return (payer, charge.vat, month.rules[charge.rule].service)


def redrawn(
    month: Month,
    own: Sequence[Charge],
    withheld: Sequence[Document],
    brought_forward: BroughtForward,
    rate_borne: RateBorne,
) -> Month:
    """Withheld documents drawn up again: own charges as computed today, amounts brought forward as they were.

    A document that amounts to 0.00 stays withheld. ``brought_forward`` knows the invoices that may be reduced today,
    ``rate_borne`` the rates of issued months.
    """
    drawn = _drawn(month, own, withheld, replace(brought_forward, carried_forward=(), all_due=True), rate_borne)
    return replace(month, documents=drawn.documents, withheld=drawn.carried_forward)


def drawn_at_the_end(
    month: Month,
    own: Sequence[Charge],
    withheld: Sequence[Document],
    brought_forward: BroughtForward,
    rate_borne: RateBorne,
) -> Month:
    """Documents of what a month issued in advance left to its end: ``own`` charges, withheld documents and amounts
    ``brought_forward``. What is not due yet is carried forward, as in any month."""
    drawn = _drawn(month, own, withheld, brought_forward, rate_borne)
    issued = called_rules(month) - {charge.rule for charge in own}
    return replace(
        month,
        charges=drawn.charges,
        splits=tuple(split for split in month.splits if split.rule not in issued),
        documents=drawn.documents,
        carried_forward=drawn.carried_forward,
        withheld=(),
        true_ups=(),
    )


def called_rules(month: Month) -> set[str]:
    """Ids of the rules that are called in advance in a month."""
    return {rule.id for rule in month.rules.values() if called_in_advance(rule, month.period.span)}


def _drawn(
    month: Month,
    own: Sequence[Charge],
    withheld: Sequence[Document],
    brought_forward: BroughtForward,
    rate_borne: RateBorne,
) -> DocumentSet:
    earlier = [replace(d, lines=tuple(n for n in d.lines if n.carried_from)) for d in withheld]
    adjustments = [c for d in withheld for n in d.lines if not n.carried_from for c in n.charges if is_of_earlier(c)]
    of_month = (c for c in own if not is_of_earlier(c))  # a true-up is billed as it was withheld, and once
    carried = (*brought_forward.carried_forward, *(d for d in earlier if d.lines))
    return draw_up(
        [*of_month, *adjustments],
        month.members,
        month.rules,
        month.settings,
        month.period,
        replace(brought_forward, carried_forward=carried),
        rate_borne,
    )
