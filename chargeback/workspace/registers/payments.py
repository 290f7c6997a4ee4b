"""``payments/*.csv``: what was received for issued documents, ``invoice,date,amount``. All problems at once.

Whether a document was issued is known to the ledger: see ledger.receivables.
"""

from __future__ import annotations

from pathlib import Path

from chargeback.model.problem import Place, Problem
from chargeback.model.receivables import Payment
from chargeback.workspace.files.cells import cents, iso_date
from chargeback.workspace.files.csv_files import Columns, open_table
from chargeback.workspace.registers.rows import RegisterRow

FOLDER = "payments"
COLUMNS = Columns(("invoice", "date", "amount"))


def read_payments(root: Path) -> tuple[tuple[Payment, ...], list[Problem]]:
    """Every payment, by file and line; none where there is no folder."""
    problems = _misplaced(root)
    payments: list[Payment] = []
    for path in sorted((root / FOLDER).rglob("*.csv")):
        if not path.name.startswith("."):
            payments += _file(root, path.relative_to(root).as_posix(), problems)
    return tuple(payments), problems


def _misplaced(root: Path) -> list[Problem]:
    """Files that nobody would read although somebody meant them to be."""
    problems = []
    if (root / f"{FOLDER}.csv").exists():
        message = f"{FOLDER} stand in a folder, not in one file: move it to {FOLDER}/"
        problems.append(Problem(Place(f"{FOLDER}.csv"), message, "unknown-file"))
    for path in sorted((root / FOLDER).rglob("*")):
        if path.is_file() and not path.name.startswith(".") and path.suffix.lower() not in (".csv", ".md"):
            message = f"payments are read from CSV files: save it as CSV, or move it out of {FOLDER}/"
            problems.append(Problem(Place(path.relative_to(root).as_posix()), message, "unknown-file"))
    return problems


def _file(root: Path, path: str, problems: list[Problem]) -> list[Payment]:
    table = open_table(root, path, COLUMNS, problems)
    if table is None:
        return []
    rows = RegisterRow(path, table.header, problems).rows(table.rows())
    return [payment for payment in map(_payment, rows) if payment is not None]


def _payment(row: RegisterRow) -> Payment | None:
    invoice = row.text("invoice")
    on = row.optional("date", iso_date, None)
    if not row.cell("date"):
        row.text("date")
    amount = row.read("amount", cents, 0)
    if row.good and amount == 0:
        row.problem("amount is 0: a payment is of an amount, below zero when it was paid back", "zero-payment")
    return Payment(invoice, on, amount, row.where) if row.good and on is not None else None
