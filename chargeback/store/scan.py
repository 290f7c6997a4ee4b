"""Scan of the usage of some days: its cells, exact, and the pieces of the rows whose time goes past their part.

The scan counts a row whole in the part of its start. Few rows go past the end of their part; they are read once more,
and what of their time lies in other parts is moved there. Rows that go past the end of their month are kept in a table
of their own when they are loaded, so that no month reads the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chargeback.charging.metering.cells import EXACT, Cell, Piece, merged
from chargeback.model.period import HOUR_US, Span, instant
from chargeback.store.sql import statement
from chargeback.store.sql.quoting import tag_column

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FEW_DURATIONS = 64
FEW_EDGES = 8
SAMPLED_ROWS = 200_000
SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Window:
    """Days of usage, cut into parts, with their instants in UTC microseconds."""

    span: Span
    parts: tuple[Span, ...]
    zone: ZoneInfo

    @property
    def bounds(self) -> tuple[int, int]:
        return self.instants(self.span)

    def instants(self, days: Span) -> tuple[int, int]:
        """First instant of some days and the first after them."""
        return instant(days.start, self.zone), instant(days.end, self.zone)

    @property
    def part_sql(self) -> str:
        """An expression for the number of the part a row starts in."""
        return search([self.instants(part)[0] for part in self.parts[1:]], list(range(len(self.parts))))

    @property
    def end_sql(self) -> str:
        """An expression for the end of the part a row starts in."""
        ends = [self.instants(part)[1] for part in self.parts]
        return search(ends[:-1], ends)

    @property
    def midnight_sql(self) -> str:
        """An expression for the local midnight before a row starts, as an instant."""
        days = [self.span.start + timedelta(days=n) for n in range(self.span.days)]
        midnights = [instant(day, self.zone) for day in days]
        return search(midnights[1:], midnights)

    def hours(self, days: Span) -> Fraction:
        """Hours of some days."""
        start, end = self.instants(days)
        return Fraction(end - start, HOUR_US)


def search(starts: Sequence[int], values: Sequence[int]) -> str:
    """A binary search for the value of the last start not after a row's, as nested CASE: few comparisons a row.

    ``values``: one more than ``starts``, the first for rows before all of them.
    """
    if not starts:
        return str(values[0])
    middle = len(starts) // 2
    below, above = search(starts[:middle], values[: middle + 1]), search(starts[middle + 1 :], values[middle + 1 :])
    return f"case when start_us < {starts[middle]} then {below} else {above} end"


@dataclass(frozen=True, slots=True)
class UsageRows:
    """Usage rows to scan: all of them, or those of some meters in which a step gives every sample an end.

    Attributes:
        table: table of the rows, by which a row is found by its start.
        crossing: table of those that go past the end of their month; the same one where ``table`` is small.
    """

    table: str = "usage"
    crossing: str = "crossing"

    def leaving(self, window: Window) -> str:
        """A relation of the rows that start in a window and go past the end of their part."""
        start, end = window.bounds
        inside = [window.instants(part)[0] for part in window.parts[1:]]
        if window.span.end.day != 1 or len(inside) > FEW_EDGES:
            return f"{self.table} where start_us >= {start} and start_us < {end} and end_us > {window.end_sql}"
        last = f"{self.crossing} where start_us >= {max([start, *inside])} and start_us < {end} and end_us > {end}"
        if not inside:
            return last
        across = " or ".join(f"start_us < {edge} and end_us > {edge}" for edge in inside)
        within = f"start_us >= {start} and start_us < {end} and ({across})"
        return f"(select * from {self.table} where {within} union all by name select * from {last})"

    def reaching(self, window: Window) -> str:
        """A relation of the rows that start before a window and reach into it."""
        start, _ = window.bounds
        table = self.crossing if window.span.start.day == 1 else self.table
        return f"{table} where start_us < {start} and end_us > {start}"


ALL_ROWS = UsageRows()


@dataclass(frozen=True, slots=True)
class Scanned:
    """Scan of a window.

    Attributes:
        cells: cells of all rows, merged with the pieces.
        leaving: pieces, in the part of their start, of rows that go past the end of the window.
    """

    cells: list[Cell]
    leaving: tuple[Piece, ...]


def scan(con: DuckDBPyConnection, window: Window, tags: Sequence[str], rows: UsageRows = ALL_ROWS) -> Scanned:
    """The one scan: every cell of the window, exact, each with the time that lies in its part."""
    columns = "".join(f"{tag_column(tag)}, " for tag in tags)
    name = "measure/scan" if _few_durations(con, window, rows) else "measure/scan_by_row"
    sql = statement(name, rows=rows.table, part=window.part_sql, tags=columns)
    start, end = window.bounds
    n = 4 + len(tags)
    found = con.execute(sql, {"from_us": start, "to_us": end}).fetchall()
    cells = [Cell(row[0], row[1], row[2], row[3], row[4:n], *row[n:]) for row in found]
    pieces = list(_pieces(con, window, tags, rows))
    return Scanned(merged((*cells, *(p.cell for p in pieces))), tuple(p for p in pieces if p.later))


def _few_durations(con: DuckDBPyConnection, window: Window, rows: UsageRows) -> bool:
    """Whether the rows last much alike, by a sample: it decides how they are added, never what they add up to."""
    start, end = window.bounds
    count = con.execute(f"select count(*) from {rows.table}").fetchall()[0][0]
    percent = min(100, 100 * SAMPLED_ROWS // max(count, 1) + 1)
    sql = statement("measure/durations", rows=rows.table, percent=percent)
    durations: int = con.execute(sql, {"from_us": start, "to_us": end}).fetchall()[0][0]
    return durations <= FEW_DURATIONS


def _pieces(con: DuckDBPyConnection, window: Window, tags: Sequence[str], rows: UsageRows) -> Iterator[Piece]:
    """Pieces of the rows that leave the part of their start, and of those that reach into the window."""
    start, end = window.bounds
    if rows == ALL_ROWS and _keeps_to_its_months(con, window):
        return
    columns = "".join(f"{tag_column(tag)}, " for tag in tags)
    relations = {"leaving": rows.leaving(window), "reaching": rows.reaching(window)}
    sql = statement("measure/pieces", **relations, tags=columns)
    bounds = [window.instants(part) for part in window.parts]
    values = {"from_us": start, "to_us": end, "froms": [a for a, _ in bounds], "tos": [b for _, b in bounds]}
    n = 4 + len(tags)
    for row in con.execute(sql, values).fetchall():
        yield _piece(row[:n], *row[n:])


def _keeps_to_its_months(con: DuckDBPyConnection, window: Window) -> bool:
    """Whether a window of whole months is one part and no row crosses its edges: most are."""
    if len(window.parts) > 1 or (window.span.start.day, window.span.end.day) != (1, 1):
        return False
    start, end = window.bounds
    found = con.execute(statement("measure/crosses"), {"from_us": start, "to_us": end}).fetchall()
    return not found[0][0]


def _piece(
    series: Sequence[Any], reaches: bool, duration: int, moved: int, later: int, rows: int, total: Decimal
) -> Piece:
    """Piece of rows that all last ``duration`` and move the time ``moved``, in microseconds."""
    meter, member, resource, part, *tags = series
    seconds, micros = divmod(moved, SECOND_US)
    cell = Cell(
        meter=meter,
        member_id=member,
        resource_id=resource,
        part=part,
        tags=tuple(tags),
        samples=0,
        intervals=0,
        quantities=None,
        largest=None,
        unit_seconds=EXACT.multiply(total, Decimal(seconds)),
        unit_microseconds=EXACT.multiply(total, Decimal(micros)),
        reaching=rows if reaches else 0,
        moved=Fraction(total) * Fraction(moved, duration),
    )
    return Piece(cell, reaches, rows, Fraction(total), Fraction(total) * Fraction(later, duration))
