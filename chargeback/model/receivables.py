"""What is owed on the documents issued: each with its credits and payments on a day, and how late it is. Values; cents.

Payments are told beside the charges and are never part of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chargeback.model.period import Period
from chargeback.model.problem import Place

BUCKETS = ("not_due", "to_30", "to_60", "to_90", "over_90")
DAYS = (0, 30, 60, 90)


@dataclass(frozen=True, slots=True)
class Payment:
    """What was received for a document on a day: a row of payments/. Negative: what was paid back."""

    invoice: str
    on: date
    amount: int
    where: Place


@dataclass(frozen=True, slots=True)
class Receivable:
    """An issued document on a day. ``gross`` is its own, ``credited`` what later credit notes gave back of it, above zero."""

    number: str
    payer_id: str
    period: Period
    issue_date: date
    due_date: date
    gross: int
    credited: int
    paid: int

    @property
    def open(self) -> int:
        """What is still owed; below zero, what the operator owes."""
        return self.gross - self.credited - self.paid

    def days_late(self, on: date) -> int:
        """Days since it was due; 0 when it is not due yet, or nothing of it is owed."""
        return max(0, (on - self.due_date).days) if self.open > 0 else 0

    def bucket(self, on: date) -> str:
        """The column of an aged balance where it stands; ``credit`` for what the operator owes."""
        late = self.days_late(on)
        return "credit" if self.open < 0 else BUCKETS[sum(late > most for most in DAYS)]


@dataclass(frozen=True, slots=True)
class Balance:
    """The documents that are not settled on a day, by payer, date and number."""

    on: date
    rows: tuple[Receivable, ...]

    def of(self, *payer_ids: str) -> Balance:
        """Those of a payer, or of several together."""
        return Balance(self.on, tuple(row for row in self.rows if row.payer_id in payer_ids))

    @property
    def open(self) -> int:
        return sum(row.open for row in self.rows)

    @property
    def late(self) -> tuple[Receivable, ...]:
        """Those that are late, the oldest first."""
        return tuple(sorted((r for r in self.rows if r.days_late(self.on)), key=lambda r: (r.due_date, r.number)))
