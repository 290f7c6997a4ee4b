"""Reconciliation: a closed month against all that was billed for it, by its own documents, later adjustments and
corrections.

It is what adjustments compare, so that a month that is adjusted is as billed. Instalments are left to the true-up of
their year.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from chargeback.billing.adjustments import BilledSoFar, DifferenceKey, billed_today, key_of
from chargeback.billing.adjustments import differences as rows_of
from chargeback.ledger.billed_so_far import billed_so_far
from chargeback.ledger.book import later_entries, period_status
from chargeback.ledger.issued_months import after_corrections, last_computed
from chargeback.ledger.month_diff import ChargeDiff, DocumentDiff, MonthDiff, month_diff
from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.succession import payer_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def compared_today(con: DuckDBPyConnection, now: Month) -> MonthDiff:
    """Difference of an issued or closed month from what was billed for it; of one that is not closed and of which
    nothing was given, from its own documents after their credits."""
    if by_amounts(con, now.period):
        return accounted(con, now)
    before = after_corrections(con, now.period, now.settings)
    assert before is not None, "an issued period has an entry"
    return month_diff(before, now)


def by_amounts(con: DuckDBPyConnection, period: Period) -> bool:
    """Whether a month is compared by its amounts: it is closed, or it has a gift beside its documents."""
    closed = period_status(con, period).closed_on is not None
    return closed or any(entry.kind == "goodwill" for entry in later_entries(con, period))


def accounted(con: DuckDBPyConnection, now: Month) -> MonthDiff:
    """Difference of a closed month, computed by itself today, from what was billed: amounts, and documents of other
    VAT.

    Who receives a document is settled when the month is closed, and so is what makes no other amount.
    """
    before = last_computed(con, now.period, now.settings)
    assert before is not None, "a closed period has an entry"
    billed = billed_so_far(con, (now.period,)).get(now.period, BilledSoFar())
    found: dict[tuple[str, str], ChargeDiff] = {}
    for row in rows_of(now.period, billed, billed_today(now.charges, now.rules)):
        other = found.get(row.key[:2], ChargeDiff(*row.key[:2], 0, 0))
        found[row.key[:2]] = ChargeDiff(*row.key[:2], other.billed + row.billed, other.recomputed + row.recomputed)
    adjusted = {_document(key, now) for key in _moved(before.charges, now.charges) if key[:2] not in found}
    documents = (
        d for d in month_diff(before, now).documents if (d.payer_id, d.regime) not in adjusted and _same(d, before, now)
    )
    return MonthDiff(tuple(d for _, d in sorted(found.items())), tuple(documents))


def _same(found: DocumentDiff, before: Month, now: Month) -> bool:
    """Whether a payer and regime were billed for the members for whom they would be today."""
    return _for(found, before.drawn_up) == _for(found, now.drawn_up)


def _for(found: DocumentDiff, documents: Iterable[Document]) -> set[str]:
    own = (d for d in documents if (d.payer.member_id, d.regime.name) == (found.payer_id, found.regime))
    return {line.beneficiary for d in own for line in d.lines if line.earlier_month is None}


def _moved(before: Iterable[Charge], now: Iterable[Charge]) -> set[DifferenceKey]:
    """Members, rules and regimes whose amount is not the one that was drawn up: adjusted since, or left to a
    true-up."""
    old, new = _sums(before), _sums(now)
    return {key for key in {*old, *new} if old.get(key, 0) != new.get(key, 0)}


def _sums(charges: Iterable[Charge]) -> Mapping[DifferenceKey, int]:
    found: dict[DifferenceKey, int] = {}
    for charge in charges:
        if charge.adjusts is None:
            found[key_of(charge)] = found.get(key_of(charge), 0) + charge.amount
    return found


def _document(key: DifferenceKey, now: Month) -> tuple[str, str]:
    """Payer and regime whose document bills a member."""
    member = key[0]
    return (payer_of(member, now.members, now.period) if member in now.members else member), key[2]
