"""Receivables: what is owed on issued documents on a day, by credits and payments, and how late it is. Values; cents.

Payments are shown beside the charges and are never part of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from chargeback.model.period import Period
from chargeback.model.problem import Place

Bucket = Literal["not_due", "to_30", "to_60", "to_90", "over_90", "credit"]

PaymentKind = Literal["payment", "written-off", "extinguished"]
PAYMENT_KINDS: tuple[PaymentKind, ...] = get_args(PaymentKind)
BUCKETS: tuple[Bucket, ...] = ("not_due", "to_30", "to_60", "to_90", "over_90")
DAYS = (0, 30, 60, 90)


@dataclass(frozen=True, slots=True)
class Payment:
    """Payment of a document, or what will never be paid of it; one row of payments/.

    Attributes:
        invoice: number of the document.
        on: day of receipt, or of the act that gives the amount up.
        amount: cents; below zero: a refund, or an amount that is taken back.
        where: place of the row.
        kind: payment; or an amount that will never be paid: written off as irrecoverable (admission en non-valeur), or
            a debt that is extinguished by law or judgment (créance éteinte).
    """

    invoice: str
    on: date
    amount: int
    where: Place
    kind: PaymentKind = "payment"

    @property
    def is_cash(self) -> bool:
        """Whether it was received, or paid back."""
        return self.kind == "payment"


@dataclass(frozen=True, slots=True)
class Receivable:
    """Receivable: an issued document on a day. Cents, VAT included.

    Attributes:
        number: number of the document.
        payer_id: member that owes it.
        period: month that it bills.
        issue_date: date of issue.
        due_date: last day of payment.
        gross: its total.
        credited: what later credit notes credit of it, above zero.
        paid: what was received for it.
        given_up: what will never be paid of it.
    """

    number: str
    payer_id: str
    period: Period
    issue_date: date
    due_date: date
    gross: int
    credited: int
    paid: int
    given_up: int = 0

    @property
    def open(self) -> int:
        """Cents still owed; below zero, owed by the operator."""
        return self.gross - self.credited - self.paid - self.given_up

    def days_late(self, on: date) -> int:
        """Days after the due date; 0 when it is not due yet, or nothing of it is owed."""
        return max(0, (on - self.due_date).days) if self.open > 0 else 0

    def bucket(self, on: date) -> Bucket:
        """Its column of an aged balance; ``credit`` for what the operator owes."""
        late = self.days_late(on)
        return "credit" if self.open < 0 else BUCKETS[sum(late > most for most in DAYS)]


@dataclass(frozen=True, slots=True)
class Balance:
    """Balance: the documents that are not settled on a day.

    Attributes:
        on: the day.
        rows: receivables by payer, date and number.
    """

    on: date
    rows: tuple[Receivable, ...]

    def of(self, *payer_ids: str) -> Balance:
        """The balance of a payer, or of several together."""
        return Balance(self.on, tuple(row for row in self.rows if row.payer_id in payer_ids))

    @property
    def open(self) -> int:
        """Cents still owed on all of them."""
        return sum(row.open for row in self.rows)

    @property
    def late(self) -> tuple[Receivable, ...]:
        """The receivables that are late, the oldest first."""
        return tuple(sorted((r for r in self.rows if r.days_late(self.on)), key=lambda r: (r.due_date, r.number)))
