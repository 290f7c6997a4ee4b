"""``budget/*.csv``: planned cost of a pool in a civil year, ``year,pool,amount``. All problems at once.

Whether a pool exists is known to the rules: see charging.sharing.instalments.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from chargeback.model.facts import Budget
from chargeback.model.problem import Problem
from chargeback.workspace.files.cells import cents, civil_year, quoted
from chargeback.workspace.files.csv_files import Columns
from chargeback.workspace.paths import BUDGET
from chargeback.workspace.registers.folders import RowFolder, repeated
from chargeback.workspace.registers.rows import RegisterRow

COLUMNS = Columns(("year", "pool", "amount"))
year = partial(civil_year, wrong="is not a year", expected="expected YYYY, as 2026")


def read_budgets(root: Path) -> tuple[tuple[Budget, ...], list[Problem]]:
    """Every budget, by file and line. A year and pool has one row in all files together."""
    budgets, problems = RowFolder(BUDGET, "budgets", COLUMNS, _budget).read(root)
    in_order = sorted(budgets, key=lambda b: b.where.order)
    return budgets, [*problems, *(_twice(*pair) for pair in repeated(in_order, lambda b: (b.year, b.pool)))]


def _budget(row: RegisterRow) -> Budget | None:
    found = Budget(row.read("year", year, 0), row.identifier("pool"), row.read("amount", cents, 0), row.where)
    return found if row.good else None


def _twice(before: Budget, budget: Budget) -> Problem:
    message = (
        f"the budget of pool {quoted(budget.pool)} for {budget.year} stands in {before.where} already: a pool has one "
        "amount a year, take one out or write their sum"
    )
    return Problem(budget.where, message, "budget-twice")
