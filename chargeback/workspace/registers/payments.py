"""``payments/*.csv``: payments of issued documents, and what will never be paid of them. All problems at once.

Whether a document was issued is known to the ledger: see ledger.receivables.
"""

from __future__ import annotations

from pathlib import Path

from chargeback.model.problem import Problem
from chargeback.model.receivables import PAYMENT_KINDS, Payment
from chargeback.workspace.files.cells import cents, choice, iso_date
from chargeback.workspace.files.csv_files import Columns
from chargeback.workspace.paths import PAYMENTS
from chargeback.workspace.registers.folders import RowFolder
from chargeback.workspace.registers.rows import RegisterRow

COLUMNS = Columns(("invoice", "date", "amount"), optional=("kind",))


def read_payments(root: Path) -> tuple[tuple[Payment, ...], list[Problem]]:
    """Every payment, by file and line."""
    return RowFolder(PAYMENTS, "payments", COLUMNS, _payment).read(root)


def _payment(row: RegisterRow) -> Payment | None:
    invoice = row.identifier("invoice")
    on = row.optional("date", iso_date, None)
    if not row.cell("date"):
        row.identifier("date")
    amount = row.read("amount", cents, 0)
    kind = row.optional("kind", choice("bad-payment-kind", PAYMENT_KINDS), PAYMENT_KINDS[0])
    if row.good and amount == 0:
        row.problem("amount is 0: a payment is of an amount, below zero when it was paid back", "zero-payment")
    return Payment(invoice, on, amount, row.where, kind) if row.good and on is not None else None
