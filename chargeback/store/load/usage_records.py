"""Records of a usage file, read in Python: problems of wrong rows, lines of records, a plain copy.

The load itself is one SQL statement (``usage_files``); here the rows that it refuses are named.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from chargeback.model.grammar import FieldError, bad_id
from chargeback.model.period import EPOCH
from chargeback.model.problem import SHOWN_ALIKE, Place, Problem, plain
from chargeback.workspace.files.cells import QUANTITY_PLACES, instant_us, number
from chargeback.workspace.files.csv_files import (
    BrokenQuotes,
    Columns,
    CsvLine,
    header_problems,
    records,
    width_problem,
)
from chargeback.workspace.files.text_files import not_utf8

USAGE = Columns(("start", "end", "member_id", "resource_id", "meter", "quantity"), tags=True)
NOT_NAMES = ("start", "end", "quantity")


@dataclass(slots=True)
class RowProblems:
    """Problems of one file: the first of each kind one by one, the others as a count."""

    path: str
    found: list[Problem] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, problem: Problem) -> None:
        self.counts[problem.code] += 1
        if self.counts[problem.code] <= SHOWN_ALIKE:
            self.found.append(problem)

    def problems(self) -> list[Problem]:
        more = [
            Problem(Place(self.path), f"{count - SHOWN_ALIKE} more rows of the kind {code} in this file", "more-rows")
            for code, count in sorted(self.counts.items())
            if count > SHOWN_ALIKE
        ]
        return self.found + more


@contextmanager
def opened(path: Path) -> Iterator[TextIO]:
    """CSV file as text, its line ends untouched."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        yield handle


def csv_beginning(root: Path, path: str, columns: Columns) -> tuple[list[str], list[str], list[Problem]]:
    """Names of the columns of a CSV file, its first record, and the problems of the names."""
    try:
        with opened(root / path) as handle:
            lines = records(handle)
            _, header = next(lines, (1, []))
            with suppress(BrokenQuotes):
                return header, next(lines, (2, []))[1], header_problems(path, header, columns)
            return header, [], header_problems(path, header, columns)
    except BrokenQuotes as broken:
        return [], [], [broken.problem(path)]
    except UnicodeDecodeError:
        return [], [], [not_utf8(path, first_bad_line(root / path))]


def first_bad_line(path: Path) -> int:
    """First line of a file that is not UTF-8."""
    with path.open("rb") as handle:
        for line, data in enumerate(handle, 1):
            try:
                data.decode("utf-8")
            except UnicodeDecodeError:
                return line
    return 1


def csv_problems(root: Path, path: str, header: Sequence[str], zone: ZoneInfo) -> list[Problem]:
    """Problems of every wrong row of a CSV file."""
    found = RowProblems(path)
    try:
        with opened(root / path) as handle:
            lines = records(handle)
            next(lines, None)
            for line, cells in lines:
                row = _trimmed(cells, len(header))
                if len(row) == len(header):
                    _add(found, line, dict(zip(header, row, strict=True)), zone)
                else:
                    found.add(width_problem(path, line, cells, header))
    except BrokenQuotes as broken:
        found.add(broken.problem(path))
    except UnicodeDecodeError:
        found.add(not_utf8(path, first_bad_line(root / path)))
    return found.problems()


def row_problems(path: str, header: Sequence[str], rows: Iterable[Sequence[str]], zone: ZoneInfo) -> list[Problem]:
    """Problems of every wrong row of a file without lines; rows are counted from 1."""
    found = RowProblems(path)
    for row, cells in enumerate(rows, 1):
        _add(found, row, dict(zip(header, cells, strict=True)), zone)
    return found.problems()


def _add(found: RowProblems, line: int, cells: dict[str, str], zone: ZoneInfo) -> None:
    for code, message in mistakes(cells, zone):
        row = plain(",".join(cells.values()))
        found.add(Problem(Place(found.path, line), f"{message} (row: {row})", code))


def mistakes(cells: dict[str, str], zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    """Mistakes of one measurement: (code, sentence)."""
    instants: dict[str, int] = {}
    for column in ("start", "end") if cells["end"] else ("start",):
        try:
            instants[column] = instant_us(cells[column], zone)
        except FieldError as wrong:
            yield wrong.code, f"{column} {wrong}"
    if "start" in instants and instants.get("end", instants["start"] + 1) <= instants["start"]:
        yield (
            "end-before-start",
            f"end {cells['end']} is not after start {cells['start']}: an interval lasts; leave end empty for a sample",
        )
    if not cells["meter"]:
        yield "empty-cell", "meter is empty: every measurement says what it measures"
    for column, text in cells.items():
        bad = bad_id(text) if column not in NOT_NAMES else None
        if bad:
            yield bad.code, f"{column} {bad}"
    try:
        number(cells["quantity"], QUANTITY_PLACES)
    except FieldError as wrong:
        yield wrong.code, f"quantity {wrong}"


def plain_copy(lines: Iterable[Sequence[str]], header: Sequence[str], zone: ZoneInfo, to: Path) -> None:
    """Write the right rows of a file as CSV of the plainest form, instants in UTC, which SQL reads in any case."""
    with to.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(header)
        for cells in lines:
            row = dict(zip(header, cells, strict=True))
            for column in ("start", "end"):
                row[column] = _in_utc(row[column], zone) if row[column] else ""
            writer.writerow(row.values())


def _in_utc(written: str, zone: ZoneInfo) -> str:
    moment = (EPOCH + timedelta(microseconds=instant_us(written, zone))).astimezone(UTC)
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _trimmed(cells: list[str], width: int) -> list[str]:
    """Row without the one empty cell that some programs add at its end."""
    return cells[:-1] if len(cells) == width + 1 and not cells[-1] else cells


def csv_rows(path: Path, width: int) -> Iterator[list[str]]:
    """Records of a CSV file after its header."""
    with opened(path) as handle:
        lines = records(handle)
        next(lines, None)
        for _, cells in lines:
            yield _trimmed(cells, width)


def lines_of_rows(root: Path, path: str, rows: Iterable[int]) -> dict[int, int]:
    """The physical line on which each record (from 1, the header not counted) begins; for Parquet the row itself.

    A file without quotes and blank lines has one record per line, so nothing is parsed.
    """
    wanted = set(rows)
    if not path.lower().endswith(".csv"):
        return {row: row for row in wanted}
    if _one_record_per_line(root / path):
        return {row: row + 1 for row in wanted}
    found: dict[int, int] = {}
    with opened(root / path) as handle, suppress(BrokenQuotes):
        found.update(_picked(records(handle), wanted))
    return found


def lines_of_places(root: Path, places: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """The physical line of each place, a path and a record of it; places that cannot be found are left out."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for path, row in places:
        wanted[path].add(row)
    return {(path, row): line for path, rows in wanted.items() for row, line in lines_of_rows(root, path, rows).items()}


def _picked(lines: Iterator[CsvLine], wanted: set[int]) -> Iterator[tuple[int, int]]:
    last = max(wanted, default=0)
    for row, (line, _) in enumerate(lines):
        if row in wanted:
            yield row, line
        if row >= last:
            return


def _one_record_per_line(path: Path) -> bool:
    before = b"\n"
    with path.open("rb") as handle:
        while block := handle.read(1 << 20):
            seen = before + block
            if b'"' in block or b"\n\n" in seen or b"\n\r" in seen or block.count(b"\r") > seen.count(b"\r\n"):
                return False
            before = block[-2:]
    return True


def line_of(root: Path, path: str, row: int) -> int | None:
    """Line of one record of a usage file; None when the file has no such record."""
    return lines_of_rows(root, path, [row]).get(row)
