"""Usage rows behind lines: read again by their cells, each with its file, its line and its time that is counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chargeback.charging.metering.cells import Cell
from chargeback.model.quantity import Quantity
from chargeback.store.by_row import all_tags, tag_names
from chargeback.store.load.usage_records import lines_of_places
from chargeback.store.scan import ALL_ROWS, Window
from chargeback.store.sql import statement
from chargeback.store.sql.quoting import tag_column

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Counted = tuple[Quantity, Sequence[Cell]]  # the cells that a line counts for a quantity
NEXT = (
    "lead(start_us) over (partition by resource_id, case when resource_id is null then member_id end, meter{tags} "
    "order by start_us)"
)


@dataclass(frozen=True, slots=True)
class UsageRow:
    """Usage row: one row of usage/.

    Attributes:
        path: file, within the workspace.
        line: line of the file, row of a Parquet file; None where it cannot be found any more.
        start_us: start, an instant in UTC microseconds.
        end_us: end, likewise; None for a sample without duration.
        counted_us: time of it that a line counts, microseconds; None where its time does not matter.
        member_id: member that the row names; '' for none.
        resource_id: resource that the row names; '' for none.
        quantity: as the file has it.
        tags: value by name of tag; absent ones left out.
    """

    path: str
    line: int | None
    start_us: int
    end_us: int | None
    counted_us: int | None
    member_id: str
    resource_id: str
    meter: str
    quantity: Decimal
    tags: Mapping[str, str]

    @property
    def counted_seconds(self) -> str | None:
        """The time of it that a line counts, in seconds; None where its time does not matter."""
        if self.counted_us is None:
            return None
        return format((Decimal(self.counted_us) / 1_000_000).normalize(), "f")

    @property
    def cut(self) -> bool:
        """Whether a line counts a part of its time only, or the time that a step gives to a sample."""
        return self.counted_us is not None and (self.end_us is None or self.counted_us != self.end_us - self.start_us)


@dataclass(frozen=True, slots=True)
class FoundRows:
    """Usage rows found for the cells of some lines, by the place of the line.

    Attributes:
        rows: the first rows of each, or all.
        counts: how many each has.
    """

    rows: Mapping[int, Sequence[UsageRow]]
    counts: Mapping[int, int]


def usage_rows(
    con: DuckDBPyConnection,
    root: Path,
    window: Window,
    tags: Sequence[str],
    counted: Sequence[Counted],
    most: int | None,
) -> FoundRows:
    """Rows of the cells of each of ``counted``, at most ``most`` of each; None: all.

    ``tags``: names of the tags of the cells, in their order.
    """
    if not counted:
        return FoundRows({}, {})
    _store_cells(con, window, tags, counted)
    every, names = all_tags(con), tag_names(con)
    start, end = window.bounds
    step = max(_step_us(quantity) for quantity, _ in counted)
    sql = statement(
        "explain/rows",
        from_us=start - step,
        to_us=end,
        reaching=f"{ALL_ROWS.reaching(window)} and start_us < {start - step}",
        next_us=NEXT.format(tags=every) if step else "cast(null as bigint)",
        all_tags=every,
        tags="".join(f" and b.{tag_column(tag)} is not distinct from u.{tag_column(tag)}" for tag in tags),
        shown="".join(f", once.{tag_column(tag)}" for tag in names),
    )
    found = con.execute(sql, {"most": most}).fetchall()
    return FoundRows(_by_place(found, root, names), {at: count for at, count, *_ in found})


def _step_us(quantity: Quantity) -> int:
    """The step that gives samples an end; 0 where they have none."""
    return quantity.step_us if quantity.by_time else 0


def _store_cells(con: DuckDBPyConnection, window: Window, tags: Sequence[str], counted: Sequence[Counted]) -> None:
    """Put the cells in a temporary table, each with the place of its line."""
    con.execute(statement("explain/cells", tags="".join(f", {tag_column(tag)} varchar" for tag in tags)))
    bounds = [window.instants(part) for part in window.parts]
    lists = {f"c{n}": list(column) for n, column in enumerate(zip(*_cells(bounds, counted), strict=True))}
    con.execute(statement("explain/add_cells", lists=", ".join(f"unnest(${name})" for name in lists)), lists)


def _cells(bounds: Sequence[tuple[int, int]], counted: Sequence[Counted]) -> Iterator[tuple[object, ...]]:
    for at, (quantity, cells) in enumerate(counted):
        time = (quantity.by_time, _step_us(quantity))
        for cell in cells:
            yield (at, cell.meter, cell.member_id, cell.resource_id, *time, *bounds[cell.part], *cell.tags)


def _by_place(found: Iterable[tuple[Any, ...]], root: Path, tags: Sequence[str]) -> dict[int, list[UsageRow]]:
    rows = list(found)
    lines = lines_of_places(root, ((path, place) for _, _, path, place, *_ in rows))
    result: dict[int, list[UsageRow]] = defaultdict(list)
    for at, _, path, place, start, end, time, member, resource, meter, quantity, *values in rows:
        named = {tag: value for tag, value in zip(tags, values, strict=True) if value is not None}
        line = lines.get((path, place))
        row = UsageRow(path, line, start, end, time, member or "", resource or "", meter, quantity, named)
        result[at].append(row)
    return dict(result)
