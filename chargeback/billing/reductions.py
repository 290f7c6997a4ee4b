"""Reductions of earlier documents: which charges they are, and the lines of the credit notes that hold them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial

from chargeback.billing.credit_allocation import Reduction
from chargeback.billing.document_lines import lines_of
from chargeback.model.charges import Charge
from chargeback.model.documents import Document, Line, ReductionKind
from chargeback.model.period import Period
from chargeback.model.rules import Rule

DocumentKey = tuple[str, str]  # payer, regime
WaitingKey = tuple[str, str, str, str, Period | None]  # payer, regime, member, rule, month
DECEMBER = 12


def is_of_earlier(charge: Charge) -> bool:
    """Whether a charge is for an earlier month, or settles a year."""
    return charge.adjusts is not None or charge.settles is not None


def month_of(charge: Charge) -> Period | None:
    """Earlier month that a charge is for, or the last one of the year that it settles; None: that of its document."""
    return charge.adjusts or (None if charge.settles is None else Period(charge.settles, DECEMBER))


def kind_of(charge: Charge) -> ReductionKind:
    """Kind of the credit note that holds a reduction."""
    if not charge.original_invoice:
        return "refund"
    return "adjustment" if charge.settles is None else "true_up"


def waiting(carried: Mapping[DocumentKey, Sequence[Document]]) -> dict[WaitingKey, int]:
    """Cents that are carried, by payer, regime, member, rule and month."""
    found: dict[WaitingKey, int] = defaultdict(int)
    for (payer, regime), documents in carried.items():
        for document in documents:
            for line in document.lines:
                month = line.earlier_month or document.period
                found[payer, regime, line.beneficiary, line.rule, month] += line.amount
    return found


def lines_at_rates(reductions: Sequence[Reduction], rules: Mapping[str, Rule]) -> tuple[Line, ...]:
    """Lines of reductions, those of each rate apart."""
    found: list[Line] = []
    for rate in sorted({each.rate for each in reductions}):
        found += lines_of([each.charge for each in reductions if each.rate == rate], rules, partial(_always, rate))
    return tuple(found)


def _always(rate: Decimal, _: Charge) -> Decimal:
    return rate
