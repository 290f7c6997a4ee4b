"""Notices of costs that a workbook hides, in a hidden sheet or in hidden rows: they count as the others. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from chargeback.model.facts import Cost
from chargeback.model.money import euros
from chargeback.model.period import Period
from chargeback.model.problem import Notice, Place, counted


def hidden_costs(costs: Iterable[Cost], period: Period, currency: str) -> Iterator[Notice]:
    """Notice of each sheet with hidden costs of a month, at the first of them, with their sum."""
    found: dict[tuple[str, str, str], list[Cost]] = defaultdict(list)
    for cost in costs:
        if cost.hidden:
            found[cost.where.path, cost.where.cell.rpartition("!")[0], cost.hidden].append(cost)
    for (path, sheet, hidden), rows in sorted(found.items()):
        amount = f"{euros(sum(row.amount for row in rows))} {currency}"
        what = f'the sheet "{sheet}" is hidden' if hidden == "sheet" else f'rows of the sheet "{sheet}" are hidden'
        message = (
            f"{what}, and {counted(len(rows), 'cost')} of {period} on it, {amount} in all, "
            f"{'counts' if len(rows) == 1 else 'count'} as the others: show {'it' if hidden == 'sheet' else 'them'}, "
            "or take out what is not meant"
        )
        first = min(rows, key=lambda row: (len(row.where.cell), row.where.cell))
        yield Notice(Place(path, cell=first.where.cell), message, "hidden-costs", len(rows))
