"""Difference of a month computed today from what was billed: by member and rule, and by document. Pure; cents.

Amounts of earlier months on its documents (adjustments, amounts brought forward) are no charges of the month, and left
out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.month import Month


@dataclass(frozen=True, slots=True)
class ChargeDiff:
    """Charges of one member and rule that are not as billed. With equal amounts, quantities or terms differ. Where a
    credit reversed a part of what was billed, only the amounts are compared.

    Attributes:
        member_id: the member.
        rule: id of the rule.
        billed: cents billed.
        recomputed: cents computed today.
    """

    member_id: str
    rule: str
    billed: int
    recomputed: int

    @property
    def amount(self) -> int:
        """Cents recomputed less billed."""
        return self.recomputed - self.billed


@dataclass(frozen=True, slots=True)
class DocumentDiff:
    """Documents of a payer and regime whose totals are not as billed, though their charges may be.

    Attributes:
        payer_id: the payer.
        regime: name of the VAT regime.
        number: number of the first document billed, its credits beside it; ``""`` where there is none.
        billed: cents billed, VAT included.
        recomputed: cents computed today, VAT included.
    """

    payer_id: str
    regime: str
    number: str
    billed: int
    recomputed: int


@dataclass(frozen=True, slots=True)
class MonthDiff:
    """Everything of a month that is not as billed.

    Attributes:
        charges: by member and rule.
        documents: by payer and regime.
    """

    charges: tuple[ChargeDiff, ...]
    documents: tuple[DocumentDiff, ...]

    @property
    def nothing(self) -> bool:
        """Whether the month is as billed."""
        return not self.charges and not self.documents


def same(billed: Iterable[Charge], recomputed: Iterable[Charge]) -> bool:
    """Whether charges are as billed; their explanations do not count."""
    return _by_rule(billed) == _by_rule(recomputed)


def month_diff(billed: Month, recomputed: Month) -> MonthDiff:
    """Difference of a month if it were billed today."""
    return MonthDiff(tuple(_charges(billed, recomputed)), tuple(_documents(billed, recomputed)))


def _charges(billed: Month, recomputed: Month) -> Iterable[ChargeDiff]:
    old, new = _by_rule(billed.charges), _by_rule(recomputed.charges)
    credited = {(n.beneficiary, n.rule) for d in billed.documents for n in d.lines if n.reverses}
    for key in sorted({*old, *new}):
        before, after = old.get(key, []), new.get(key, [])
        amounts = sum(c.amount for c in before), sum(c.amount for c in after)
        if (amounts[0] != amounts[1]) if key in credited else (before != after):
            yield ChargeDiff(*key, *amounts)


def _by_rule(charges: Iterable[Charge]) -> Mapping[tuple[str, str], list[Charge]]:
    found: dict[tuple[str, str], list[Charge]] = defaultdict(list)
    for charge in _whole_settlements(c for c in charges if c.adjusts is None):
        found[charge.member_id, charge.rule].append(replace(charge.unexplained, owed_by=""))
    return found


def _whole_settlements(charges: Iterable[Charge]) -> list[Charge]:
    """Charges in order, those of a true-up that are taken off several invoices added up by who owes them."""
    found: list[Charge] = []
    settled: dict[tuple[object, ...], Charge] = {}
    for charge in charges:
        if charge.settles is None:
            found.append(charge)
        else:
            key = (charge.member_id, charge.rule, charge.version, charge.settles, charge.owed_by)
            before = settled.get(key)
            amount = charge.amount + (before.amount if before is not None else 0)
            settled[key] = replace(charge, amount=amount, original_invoice="")
    return sorted([*found, *settled.values()], key=lambda c: (c.order, c.owed_by, c.amount))


def _documents(billed: Month, recomputed: Month) -> Iterable[DocumentDiff]:
    old, new = _by_payer(billed.drawn_up), _by_payer(recomputed.drawn_up)
    for key in sorted({*old, *new}):
        before, after = old.get(key, []), new.get(key, [])
        totals = _totals if _whole(before) else _own
        if totals(before) != totals(after):
            number = before[0].number if before else ""
            yield DocumentDiff(*key, number, sum(d.gross for d in before), sum(d.gross for d in after))


def _by_payer(documents: Iterable[Document]) -> Mapping[tuple[str, str], list[Document]]:
    found: dict[tuple[str, str], list[Document]] = defaultdict(list)
    for document in documents:
        if not document.reduction and any(line.earlier_month is None for line in document.lines):
            found[document.payer.member_id, document.regime.name].append(document)
    return found


def _whole(documents: Sequence[Document]) -> bool:
    """Whether there is one document of the month alone, beside its credits: then its VAT is that of the month."""
    own = all(line.earlier_month is None for d in documents for line in d.lines)
    return own and sum(1 for d in documents if not any(line.reverses for line in d.lines)) < 2


def _own(documents: Sequence[Document]) -> tuple[object, ...]:
    """Net and category of the lines that are of the month of their documents."""
    if not documents:
        return ()
    net = sum(line.amount for d in documents for line in d.lines if line.earlier_month is None)
    return (net, documents[0].regime.category)


def _totals(documents: Sequence[Document]) -> tuple[object, ...]:
    """Side, net, VAT and category of a document, with its credits."""
    if not documents:
        return ()
    net = sum(d.net for d in documents)
    return (net > 0, net, sum(d.vat for d in documents), documents[0].regime.category)
