"""``budget/*.csv``: what a pool is meant to cost in a civil year, ``year,pool,amount``. All problems at once.

Whether a pool exists is known to the rules: see charging.instalments.
"""

from __future__ import annotations

import re
from pathlib import Path

from chargeback.model.facts import Budget
from chargeback.model.problem import Place, Problem
from chargeback.workspace.files.cells import Wrong, cents, quoted
from chargeback.workspace.files.csv_files import Columns, open_table
from chargeback.workspace.registers.rows import RegisterRow

FOLDER = "budget"
COLUMNS = Columns(("year", "pool", "amount"))
YEAR = re.compile(r"[1-9][0-9]{3}", re.ASCII)


def read_budgets(root: Path) -> tuple[tuple[Budget, ...], list[Problem]]:
    """Every budget, by file and line; none where there is no folder. A year and pool stand once in all files together."""
    problems = _misplaced(root)
    budgets: list[Budget] = []
    for path in sorted((root / FOLDER).rglob("*.csv")):
        if not path.name.startswith("."):
            budgets += _file(root, path.relative_to(root).as_posix(), problems)
    return tuple(budgets), [*problems, *_twice(budgets)]


def year(text: str) -> int:
    """A civil year ``YYYY``."""
    if not YEAR.fullmatch(text):
        found = f"{quoted(text)} is not a year" if text else "is empty"
        raise Wrong("bad-year", f"{found}: expected YYYY, as 2026")
    return int(text)


def _misplaced(root: Path) -> list[Problem]:
    """Files that nobody would read although somebody meant them to be."""
    problems = []
    for name in (f"{FOLDER}.csv", f"{FOLDER}s.csv"):
        if (root / name).exists():
            message = f"budgets stand in a folder, not in one file: move it to {FOLDER}/"
            problems.append(Problem(Place(name), message, "unknown-file"))
    for path in sorted((root / FOLDER).rglob("*")):
        if path.is_file() and not path.name.startswith(".") and path.suffix.lower() not in (".csv", ".md"):
            message = f"budgets are read from CSV files: save it as CSV, or move it out of {FOLDER}/"
            problems.append(Problem(Place(path.relative_to(root).as_posix()), message, "unknown-file"))
    return problems


def _file(root: Path, path: str, problems: list[Problem]) -> list[Budget]:
    table = open_table(root, path, COLUMNS, problems)
    if table is None:
        return []
    rows = RegisterRow(path, table.header, problems).rows(table.rows())
    return [budget for budget in map(_budget, rows) if budget is not None]


def _budget(row: RegisterRow) -> Budget | None:
    found = Budget(row.read("year", year, 0), row.text("pool"), row.read("amount", cents, 0), row.where)
    return found if row.good else None


def _twice(budgets: list[Budget]) -> list[Problem]:
    first: dict[tuple[int, str], Budget] = {}
    problems = []
    for budget in sorted(budgets, key=lambda b: b.where.order):
        before = first.setdefault((budget.year, budget.pool), budget)
        if before is not budget:
            message = (
                f"the budget of pool {quoted(budget.pool)} for {budget.year} stands in {before.where} already: a pool has one "
                "amount a year, take one out or write their sum"
            )
            problems.append(Problem(budget.where, message, "budget-twice"))
    return problems
