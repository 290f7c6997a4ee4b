"""A part of what a month bills: a family, a service, or the payers billed by quarter or year; the rest is left for later. Pure.

What waits for a later month (threshold, frequency) was decided before, on whole documents.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chargeback.billing.brought_forward import BroughtForward
from chargeback.billing.credit_allocation import CreditAllocation
from chargeback.billing.invoicing import draw_up, with_lines
from chargeback.model.charges import Charge
from chargeback.model.documents import Document, Line
from chargeback.model.month import Month
from chargeback.model.settings import Settings
from chargeback.model.succession import payer_of, predecessors_of

LEFT_OUT = "later"
PartKey = tuple[str, str, str]  # payer, regime, service


@dataclass(frozen=True, slots=True)
class IssueScope:
    """What is issued of a month: every field that is given must fit. ``frequency``: how often the payer is billed."""

    regime: str = ""
    service: str = ""
    frequency: str = ""

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


def within_scope(month: Month, part: IssueScope, brought: BroughtForward) -> Month:
    """A month that issues a part of its documents, the others ``aside`` for later; a document may be cut in two by its lines.

    What comes to 0.00 has no document of its own: it stays with the other side of the cut. ``brought`` knows the invoices that a
    side below zero reduces.
    """
    issued: list[Document] = []
    later: list[Document] = []
    cut: list[tuple[Document, tuple[Line, ...], tuple[Line, ...]]] = []
    for document in month.documents:
        inside = tuple(n for n in document.lines if part.has(document, n, month.settings))
        outside = tuple(n for n in document.lines if not part.has(document, n, month.settings))
        if not _net(inside):
            later.append(document)
        elif not _net(outside):
            issued.append(document)
        else:
            cut.append((document, inside, outside))
    credits = CreditAllocation(brought, spent=_spent(issued))
    issued += [_side(document, inside, month, credits) for document, inside, _ in cut]
    later += [_side(document, outside, month, credits) for document, _, outside in cut]
    aside = (*month.withheld, *(replace(d, carry_reason=LEFT_OUT) for d in in_order(later)))
    return replace(month, documents=in_order(issued), withheld=aside)


def in_order(documents: Iterable[Document]) -> tuple[Document, ...]:
    """By payer, then regime."""
    return tuple(sorted(documents, key=lambda d: (d.payer.member_id, d.regime.name, d.slug)))


def _net(lines: Iterable[Line]) -> int:
    return sum(line.amount for line in lines)


def _spent(documents: Iterable[Document]) -> dict[str, tuple[int, int]]:
    """Net and VAT that documents take off each invoice."""
    spent: dict[str, tuple[int, int]] = {}
    for taken in (p for d in documents for p in d.preceding):
        net, vat = spent.get(taken.number, (0, 0))
        spent[taken.number] = net + taken.net, vat + taken.vat
    return spent


def _side(document: Document, lines: tuple[Line, ...], month: Month, credits: CreditAllocation) -> Document:
    """One side of a document that is cut, with the carried amounts that it bills and the invoices that it reduces."""
    months = {line.carried_from for line in lines}
    brings = tuple(carried for carried in document.brought_forward if carried.period in months)
    side = replace(with_lines(document, lines), brought_forward=brings, preceding=())
    if side.net > 0:
        return side
    if document.is_adjustment_credit:
        for line in lines:
            credits.billing(line.charges[0])
        if credits.original(document.preceding[0].number) is not None:
            return credits.off(side, document.preceding[0].number)
    return credits.off_latest(side, predecessors_of(side.payer.member_id, month.members, month.period))


def split_charges(
    month: Month, issued: Collection[Document], aside: Iterable[Document]
) -> tuple[tuple[Charge, ...], tuple[Charge, ...]]:
    """The own charges of a month, computed by itself: those that are not issued yet, and the others.

    A document set aside leaves all of its payer and regime, but the services that were issued of them.
    """
    done = {(d.payer.member_id, d.regime.name, line.service) for d in issued for line in d.lines if is_own(line)}
    waiting = {(d.payer.member_id, d.regime.name) for d in aside if not d.is_adjustment_credit}
    left: list[Charge] = []
    rest: list[Charge] = []
    for charge in month.charges:
        key = _key(charge, month)
        (left if key[:2] in waiting and key not in done else rest).append(charge)
    return tuple(left), tuple(rest)


def is_own(line: Line) -> bool:
    """Whether a line is of the month of its document, neither carried to it nor an adjustment of an earlier month."""
    return line.earlier_month is None


def _key(charge: Charge, month: Month) -> PartKey:
    payer = payer_of(charge.member_id, month.members, month.period)
    return (payer, charge.vat, month.rules[charge.rule].service)


def redrawn(month: Month, own: Sequence[Charge], aside: Sequence[Document], brought: BroughtForward) -> Month:
    """The documents of what was set aside: own charges as computed today, and what earlier months brought to it as it was.

    What comes to 0.00 stays aside. ``brought`` knows the invoices that may be reduced today.
    """
    earlier = [replace(d, lines=tuple(n for n in d.lines if n.carried_from)) for d in aside]
    adjustments = [c for d in aside for n in d.lines if not n.carried_from for c in n.charges if c.adjusts is not None]
    carried = tuple(d for d in earlier if d.lines)
    drawn = draw_up(
        [*own, *adjustments],
        month.members,
        month.rules,
        month.settings,
        month.period,
        replace(brought, carried_forward=carried, all_due=True),
    )
    return replace(month, documents=drawn.documents, withheld=drawn.carried_forward)


def frequencies(documents: Iterable[Document], settings: Settings) -> Mapping[str, int]:
    """How many documents there are of payers by how often these are billed."""
    found: dict[str, int] = {}
    for document in documents:
        name = document.payer.frequency or settings.frequency
        found[name] = found.get(name, 0) + 1
    return found
