"""Repetitions: the same measurement twice, of one resource, meter, start and tags. Exact, in bounded memory.

A measurement without a resource is of its member. Starts on whole minutes become bits, one string of bits per series:
as many bits as rows means no repetition. The other starts, and series so many or so thin that bits would take more
room than keys, are grouped by key, which DuckDB can spill. Rows that name neither resource nor member are no series:
nothing says that two of them are the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback.model.period import EPOCH
from chargeback.model.problem import SHOWN_ALIKE, Place, Problem
from chargeback.store.database import LoadedFile
from chargeback.store.load.usage_records import lines_of_places
from chargeback.store.sql import statement
from chargeback.store.sql.quoting import identifier
from chargeback.workspace.files.cells import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MINUTE_US = 60_000_000
MOST_BITS = 8 * 160_000_000
BYTES_PER_KEY = 48
Slice = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Repetition:
    """Measurement that an earlier row has already.

    Attributes:
        file_id: content that repeats it.
        path: file of that content.
        row: its row there, from 1.
        first_path: file of the first measurement.
        first_row: its row there, from 1.
        resource_id: resource measured; None when the row names none.
        member_id: member named; None when the row names none.
        meter: meter of the measurement.
        start_us: its start, UTC microseconds.
        in_file: how many repetitions the file has in all.
    """

    file_id: int
    path: str
    row: int
    first_path: str
    first_row: int
    resource_id: str | None
    member_id: str | None
    meter: str
    start_us: int
    in_file: int


def repetitions(
    connection: DuckDBPyConnection, files: Iterable[LoadedFile], tag_columns: Iterable[str]
) -> list[Repetition]:
    """Repetitions in the files not yet checked, the first ones of each file; by file, then row."""
    files = tuple(files)
    tags = [identifier(column) for column in tag_columns]
    found: list[Repetition] = []
    for start, end in _spans(files):
        on_minutes = all(file.on_minutes for file in files if _touches(file, start, end))
        if any(_repeats(connection, tags, part, on_minutes) for part in _parts(connection, tags, start, end)):
            found += _repeated(connection, tags, start, end)
    return found


def _touches(file: LoadedFile, start: int, end: int) -> bool:
    return file.first_us is not None and file.last_us is not None and file.first_us < end and file.last_us >= start


def _spans(files: Iterable[LoadedFile]) -> list[Slice]:
    """Spans of time of the files not yet checked, in whole minutes, joined where they touch."""
    new = [f for f in files if not f.checked and f.first_us is not None and f.last_us is not None]
    bounds = sorted((f.first_us or 0, f.last_us or 0) for f in new)
    spans: list[Slice] = []
    for first, last in bounds:
        start, end = first - first % MINUTE_US, last - last % MINUTE_US + MINUTE_US
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


@dataclass(frozen=True, slots=True)
class _Part:
    """Part of a span of time, searched by bits or by keys."""

    start: int
    end: int
    by_bits: bool


def _parts(connection: DuckDBPyConnection, tags: list[str], start: int, end: int) -> Iterator[_Part]:
    """Parts of a span whose bits fit in memory; the whole span when keys take less room."""
    sql = statement("checks/count_series", tags=_list(tags))
    rows, series = connection.execute(sql, {"from_us": start, "to_us": end}).fetchall()[0]
    minutes = (end - start) // MINUTE_US
    if series * minutes // 8 > rows * BYTES_PER_KEY:
        yield _Part(start, end, False)
        return
    step = max(1, MOST_BITS // max(series, 1)) * MINUTE_US
    for at in range(start, end, step):
        yield _Part(at, min(at + step, end), True)


def _repeats(connection: DuckDBPyConnection, tags: list[str], part: _Part, on_minutes: bool) -> bool:
    """Whether a part has a measurement twice."""
    window = {"from_us": part.start, "to_us": part.end}
    if part.by_bits:
        sql = statement("checks/series_with_repeats", tags=_list(tags))
        minutes = (part.end - part.start) // MINUTE_US - 1
        if connection.execute(sql, {**window, "minutes": minutes}).fetchall():
            return True
        if on_minutes:
            return False
    sql = statement("checks/repeats_between_minutes", tags=_list(tags))
    return bool(connection.execute(sql, {**window, "minutes_too": not part.by_bits}).fetchall())


def _repeated(connection: DuckDBPyConnection, tags: list[str], start: int, end: int) -> list[Repetition]:
    same = " ".join(f"and measurements.{tag} is not distinct from keys.{tag}" for tag in tags)
    sql = statement("checks/repeated", tags=_list(tags), same_tags=same)
    rows = connection.execute(sql, {"from_us": start, "to_us": end, "most": SHOWN_ALIKE}).fetchall()
    return [Repetition(*row) for row in rows]


def _list(tags: list[str]) -> str:
    return "".join(f"{tag}, " for tag in tags)


def problems_of(root: Path, found: Iterable[Repetition]) -> list[Problem]:
    """Problems of repetitions, each at its line, with the place of the first measurement."""
    found = list(found)
    lines = _lines(root, found)
    problems = [_problem(repetition, lines) for repetition in found]
    return problems + _counts(found)


def _lines(root: Path, found: Sequence[Repetition]) -> dict[tuple[str, int], int]:
    own = [(repetition.path, repetition.row) for repetition in found]
    return lines_of_places(root, own + [(repetition.first_path, repetition.first_row) for repetition in found])


def _problem(repetition: Repetition, lines: dict[tuple[str, int], int]) -> Problem:
    start = (EPOCH + timedelta(microseconds=repetition.start_us)).replace(tzinfo=None).isoformat()
    who = (
        f"resource {quoted(repetition.resource_id)}"
        if repetition.resource_id is not None
        else f"member {quoted(repetition.member_id or '')}"
    )
    line = lines.get((repetition.first_path, repetition.first_row))
    same = "in this file" if repetition.first_path == repetition.path else f"in {repetition.first_path}"
    message = (
        f"{who}, meter {quoted(repetition.meter)}, start {start}Z stands already {same}, line {line}: "
        "take one of the two out"
    )
    return Problem(
        Place(repetition.path, lines.get((repetition.path, repetition.row))), message, "duplicate-measurement"
    )


def _counts(found: Iterable[Repetition]) -> list[Problem]:
    """Problem of each file that has more repetitions than are listed one by one."""
    listed: dict[str, int] = defaultdict(int)
    has: dict[str, int] = {}
    for repetition in found:
        listed[repetition.path] += 1
        has[repetition.path] = repetition.in_file
    return [
        Problem(
            Place(path),
            f"{has[path] - listed[path]} more measurements of this file stand already elsewhere",
            "more-rows",
        )
        for path in sorted(has)
        if has[path] > listed[path]
    ]
