"""Overlaps: the same time of one series twice, in rows that are counted by their time; and ends that look inclusive.

Two rows of a series (a resource, or a member that names none; one meter and tags) overlap where one begins before the
other has ended. Most meters are read on a grid, which shows at a glance that no two can; only the others are sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chargeback.charging.metering.attribution import Question
from chargeback.model.money import short
from chargeback.model.period import EPOCH, Span
from chargeback.model.problem import SHOWN_ALIKE, Notice, Place, Problem, in_order
from chargeback.store.by_row import all_tags, tag_names
from chargeback.store.load.usage_records import lines_of_places
from chargeback.store.scan import ALL_ROWS, Window
from chargeback.store.sql import statement
from chargeback.store.sql.quoting import literal, tag_column
from chargeback.workspace.files.cells import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MS_PER_HOUR = 3_600_000
Rows = tuple[str, tuple[tuple[str, str], ...], bool]  # meter, tags asked for, whether samples have a time


@dataclass(frozen=True, slots=True)
class Overlap:
    """Overlap: a row that begins before an earlier one of its series has ended.

    Attributes:
        path: file of the row.
        row: its row there, from 1.
        earlier_path: file of the earlier row, of several the one that ends last.
        earlier_row: its row there, from 1.
        resource_id: resource of the series; None where the rows name none.
        member_id: member of the series, where the rows name no resource.
        start_us: start of the row, UTC microseconds.
        earlier_end_us: end of the earlier row.
        overlaps: how many rows of the meter do so.
    """

    path: str
    row: int
    earlier_path: str
    earlier_row: int
    resource_id: str | None
    member_id: str | None
    start_us: int
    earlier_end_us: int
    overlaps: int


@dataclass(frozen=True, slots=True)
class TimeChecks:
    """Checks of the time of rows: problems of rows that overlap, notices of ends that look inclusive."""

    problems: tuple[Problem, ...]
    notices: tuple[Notice, ...]


def check_time(
    con: DuckDBPyConnection, root: Path, questions: Iterable[Question], span: Span, zone: ZoneInfo, name: str
) -> TimeChecks:
    """Check the rows of some days that questions count by their time. ``name`` is how sentences call those days."""
    asked = [q for q in questions if q.quantity.by_time and q.answered]
    if not asked:
        return TimeChecks((), ())
    window = Window(span, (span,), zone)
    reaching = ALL_ROWS.reaching(window)
    start, end = window.bounds
    values = {"meters": sorted({q.quantity.meter for q in asked if q.quantity.meter}), "from_us": start, "to_us": end}
    found = con.execute(statement("checks/regular", reaching=reaching), values).fetchall()
    irregular = {meter for meter, regular, *_ in found if not regular}
    by_rows: dict[Rows, Question] = {}
    for question in asked:
        quantity = question.quantity
        if quantity.meter in irregular and quantity.overlap is None:
            rows = (quantity.meter or "", tuple(sorted(quantity.where.items())), bool(quantity.step))
            by_rows.setdefault(rows, question)
    overlaps = {rows: _overlaps(con, rows, window) for rows in by_rows}
    lines = _lines(root, [overlap for each in overlaps.values() for overlap in each])
    problems = {p for rows, each in overlaps.items() for p in _problems(rows[0], each, by_rows[rows], lines)}
    inclusive = [(meter, *counts) for meter, _, *counts in found]
    return TimeChecks(in_order(problems), tuple(_inclusive(inclusive, name)))


def _overlaps(con: DuckDBPyConnection, rows: Rows, window: Window) -> list[Overlap]:
    """The first rows of a meter that begin before an earlier one of their series has ended."""
    meter, where, samples = rows
    known = tag_names(con)
    if any(tag not in known for tag, _ in where):
        return []
    tags = [tag_column(tag) for tag in known]
    sql = statement(
        "checks/overlapping",
        reaching=ALL_ROWS.reaching(window),
        where="".join(f" and {tag_column(tag)} = {literal(value)}" for tag, value in where),
        tags=all_tags(con),
        same_tags=" ".join(f"and series.{tag} is not distinct from meeting.{tag}" for tag in tags),
    )
    start, end = window.bounds
    values = {"meter": meter, "from_us": start, "to_us": end, "samples": samples, "most": SHOWN_ALIKE}
    return [Overlap(*row) for row in con.execute(sql, values).fetchall()]


def _lines(root: Path, found: Sequence[Overlap]) -> dict[tuple[str, int], int]:
    own = [(overlap.path, overlap.row) for overlap in found]
    return lines_of_places(root, own + [(overlap.earlier_path, overlap.earlier_row) for overlap in found])


def _problems(
    meter: str, found: list[Overlap], question: Question, lines: Mapping[tuple[str, int], int]
) -> Iterator[Problem]:
    for each in found:
        who = f"member {quoted(each.member_id or '')}"
        who = f"resource {quoted(each.resource_id)}" if each.resource_id is not None else who
        earlier = Place(each.earlier_path, lines.get((each.earlier_path, each.earlier_row)))
        message = (
            f"{who}, meter {quoted(meter)}: it starts at {_written(each.start_us)}, but {earlier} lasts until "
            f"{_written(each.earlier_end_us)}, so {question.rule} would count that time twice: mend one of the two, or "
            f'say overlap = "add" in {question.where}'
        )
        yield Problem(Place(each.path, lines.get((each.path, each.row))), message, "overlapping-intervals")
    if found and found[0].overlaps > len(found):
        more = found[0].overlaps - len(found)
        yield Problem(Place("usage"), f"{more} more rows of {quoted(meter)} overlap an earlier one", "more-rows")


def _written(instant_us: int) -> str:
    return f"{(EPOCH + timedelta(microseconds=instant_us)).replace(tzinfo=None).isoformat()}Z"


def _inclusive(found: Iterable[tuple[str, int, int, int]], name: str) -> Iterator[Notice]:
    """Notices of meters most of whose rows start on a whole minute and end in the last second of one."""
    for meter, intervals, inclusive, lost in found:
        if 2 * inclusive > intervals:
            message = (
                f"{inclusive} of {intervals} rows of {meter} in {name} start on a whole minute and end within its last "
                f"second, as 23:59:59: inclusive ends? An end is the first instant that does not count any more: with "
                f"the next whole minute they would count {short(Fraction(lost) / MS_PER_HOUR)} unit-hours more"
            )
            yield Notice(Place("usage"), message, "inclusive-ends", inclusive)
