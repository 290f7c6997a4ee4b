"""First rows: the file and line of the first usage row of each group of cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chargeback.charging.metering.cells import Cell
from chargeback.model.period import Span, instant
from chargeback.model.problem import Place
from chargeback.store.load.usage_records import line_of
from chargeback.store.sql import statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Group = Sequence[tuple[Cell, Span]]


def first_places(con: DuckDBPyConnection, root: Path, groups: Sequence[Group], zone: ZoneInfo) -> Mapping[int, Place]:
    """Place of the first row, by file and line, of each group of cells, by the number of the group.

    A row is of a cell when it names its series and starts in its part; a group without such a row has no place.
    """
    cells = [(number, cell, span) for number, group in enumerate(groups) for cell, span in group]
    lists: dict[str, list[Any]] = {
        "numbers": [number for number, _, _ in cells],
        "meters": [cell.meter for _, cell, _ in cells],
        "members": [cell.member_id for _, cell, _ in cells],
        "resources": [cell.resource_id for _, cell, _ in cells],
        "froms": [instant(span.start, zone) for _, _, span in cells],
        "tos": [instant(span.end, zone) for _, _, span in cells],
    }
    rows = con.execute(statement("explain/first_rows"), lists).fetchall()
    return {number: Place(path, line_of(root, path, row)) for number, path, row in rows}
