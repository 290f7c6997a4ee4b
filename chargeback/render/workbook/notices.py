"""Sheet of notices: place and sentence of each."""

from __future__ import annotations

from chargeback.model.month import Month
from chargeback.model.problem import plain
from chargeback.render.workbook.labels import ColumnSpec, SheetLabels
from chargeback.render.workbook.tables import SheetTable

COLUMNS: tuple[ColumnSpec, ...] = (("place", "text"), ("count", "count"), ("notice", "text"))


def notices_table(month: Month, labels: SheetLabels) -> SheetTable:
    """Table of the notices, in their order."""
    rows = [(plain(str(n.where)), n.count, plain(n.message)) for n in month.notices]
    return labels.table("notices", labels.columns("notices", COLUMNS, ()), rows, frozen=1)
