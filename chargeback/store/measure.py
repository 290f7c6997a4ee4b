"""Measure: one scan of the usage for all sums, integrals, maxima and counts of all rules, one more each for the rest.

Only this step touches many rows. It returns a small exact table; everything after is pure Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chargeback.charging.metering.answers import (
    Answer,
    Measured,
    Reading,
    additive_readings,
    amount_of_cells,
    cells_by_unit,
    level_reading,
    metered_unit_of,
)
from chargeback.charging.metering.attribution import Attribution, Match, Ownership, Question, attribute
from chargeback.charging.metering.cells import ADDITIVE, BY_ROW, Cell, MeteredUnit, merged, rational
from chargeback.charging.metering.measure_checks import measure_problems
from chargeback.charging.metering.timeline import Roster, cut_at
from chargeback.model.facts import Facts
from chargeback.model.period import HOUR_US, Span, instant
from chargeback.store.sql import statement
from chargeback.store.sql.quoting import TAG, tag_column

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FEW_DURATIONS = 64
SAMPLED_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class Window:
    """Days of usage, cut into parts, with their instants in UTC microseconds."""

    span: Span
    parts: tuple[Span, ...]
    zone: ZoneInfo

    @property
    def bounds(self) -> tuple[int, int]:
        return instant(self.span.start, self.zone), instant(self.span.end, self.zone)

    @property
    def part_sql(self) -> str:
        """An expression for the number of the part a row starts in."""
        return _search([instant(part.start, self.zone) for part in self.parts[1:]], 0)

    @property
    def hours(self) -> Fraction:
        start, end = self.bounds
        return Fraction(end - start, HOUR_US)


def _search(starts: Sequence[int], first: int) -> str:
    """A binary search as nested CASE: few comparisons a row, however many parts."""
    if not starts:
        return str(first)
    middle = len(starts) // 2
    below, above = _search(starts[:middle], first), _search(starts[middle + 1 :], first + middle + 1)
    return f"case when start_us < {starts[middle]} then {below} else {above} end"


def edges(facts: Facts, questions: Iterable[Question]) -> set[date]:
    """The days on which an owner, a group or a version changes."""
    asked = tuple(questions)
    groups = {q.group for q in asked}
    rows = [(m.valid_from, m.valid_to) for m in facts.members]
    rows += [(r.valid_from, r.valid_to) for r in facts.resources]
    rows += [(g.valid_from, g.valid_to) for g in facts.groups if g.group in groups]
    days = {day for row in rows for day in row if day is not None}
    return days | {d for q in asked for s in (q.window, *q.covered) for d in (s.start, s.end)}


def measure(
    con: DuckDBPyConnection, questions: Sequence[Question], facts: Facts, span: Span, zone: ZoneInfo, name: str
) -> Measured:
    """Answer all questions about the usage of some days. ``name`` is how problems call those days (``2026-10``)."""
    window = Window(span, cut_at(span, edges(facts, questions)), zone)
    tags = tag_columns(con, questions)
    owners = Ownership(facts, Roster(facts, span), window.parts)
    found = attribute(merged(scan(con, window, tags)), questions, owners, tags)
    problems = [p for q in questions for p in measure_problems(q, found.matches[q.key], tags, name)]
    if problems:
        return Measured({}, found, window.parts, tags, tuple(problems))
    answers = {q.key: _answer(q, found, window, tags) for q in questions}
    answers |= _by_row(con, [q for q in questions if _needs_rows(q)], found, window, tags)
    return Measured(answers, found, window.parts, tags)


def tag_columns(con: DuckDBPyConnection, questions: Iterable[Question]) -> tuple[str, ...]:
    """The tags that some question asks for, or is measured apart by, and the usage has."""
    asked = {tag for q in questions for tag in (*q.quantity.where, q.quantity.tag) if tag}
    if not asked:
        return ()
    columns = con.execute("select * from usage limit 0").description or []
    return tuple(sorted(asked & {name.removeprefix(TAG) for name, *_ in columns if name.startswith(TAG)}))


def scan(con: DuckDBPyConnection, window: Window, tags: Sequence[str]) -> list[Cell]:
    """The one scan: every cell of the window, exact."""
    columns = "".join(f"{tag_column(tag)}, " for tag in tags)
    name = "measure/scan" if _few_durations(con, window) else "measure/scan_by_row"
    sql = statement(name, part=window.part_sql, tags=columns)
    start, end = window.bounds
    rows = con.execute(sql, {"from_us": start, "to_us": end}).fetchall()
    n = 4 + len(tags)
    return [Cell(row[0], row[1], row[2], row[3], row[4:n], *row[n:]) for row in rows]


def _few_durations(con: DuckDBPyConnection, window: Window) -> bool:
    """Whether the rows last much alike, by a sample: it decides how they are added, never what they add up to."""
    start, end = window.bounds
    rows = con.execute("select count(*) from usage").fetchall()[0][0]
    sql = statement("measure/durations", percent=min(100, 100 * SAMPLED_ROWS // max(rows, 1) + 1))
    durations: int = con.execute(sql, {"from_us": start, "to_us": end}).fetchall()[0][0]
    return durations <= FEW_DURATIONS


def _needs_rows(question: Question) -> bool:
    return question.quantity.measure in BY_ROW or question.quantity.combine == "instant"


def _answer(question: Question, found: Attribution, window: Window, tags: Sequence[str]) -> Answer:
    """The answer from the cells alone; measures by row are filled in after."""
    quantity, matches = question.quantity, found.matches[question.key]
    nobody = amount_of_cells(found.unattributed_by_question[question.key], quantity)
    if quantity.measure in ADDITIVE:
        return Answer(additive_readings(quantity, matches, window.parts, tags), nobody)
    if quantity.measure in BY_ROW:
        return Answer({}, nobody)
    cells = cells_by_unit(quantity, matches, tags)
    return Answer({unit: level_reading(quantity, rows, window.hours) for unit, rows in cells.items()}, nobody)


Rows = list[tuple[int, str, str, Reading]]


def _by_row(
    con: DuckDBPyConnection, questions: Sequence[Question], found: Attribution, window: Window, tags: Sequence[str]
) -> dict[tuple[str, str], Answer]:
    """p95, last, peak, and what is combined at each instant: the measures that look at rows again."""
    if not questions:
        return {}
    _ask(con, questions, found, window, tags)
    numbers = dict(enumerate(questions))
    answers = {q.key: _answer(q, found, window, tags) for q in questions}
    readings: dict[tuple[str, str], dict[MeteredUnit, Reading]] = {}
    for number, owner, unit, reading in _sampled(con, numbers):
        readings.setdefault(numbers[number].key, {})[owner, unit] = reading
    return {k: Answer({**a.readings, **readings.get(k, {})}, a.unattributed) for k, a in answers.items()}


def _ask(
    con: DuckDBPyConnection, questions: Sequence[Question], found: Attribution, window: Window, tags: Sequence[str]
) -> None:
    """Lay down whose each cell is, for the questions by row, as a small temporary table."""
    rows = [row for n, q in enumerate(questions) for row in _asked(n, q, found.matches[q.key], tags)]
    columns = "".join(f", {tag_column(tag)} varchar" for tag in tags)
    con.execute(
        "create or replace temp table asked (question integer, combine boolean, meter varchar, member_id varchar, "
        f"resource_id varchar, part integer, owner varchar, unit varchar{columns})"
    )
    lists = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(8 + len(tags))]
    names = [f"c{i}" for i in range(len(lists))]
    con.execute(
        f"insert into asked select {', '.join(f'unnest(${n})' for n in names)}", dict(zip(names, lists, strict=True))
    )
    equal = "".join(f" and a.{tag_column(tag)} is not distinct from u.{tag_column(tag)}" for tag in tags)
    start, end = window.bounds
    part = window.part_sql.replace("start_us", "u.start_us")
    con.execute(statement("measure/samples", from_us=start, to_us=end, part=part, tags=equal))


def _asked(
    number: int, question: Question, matches: Iterable[Match], tags: Sequence[str]
) -> Iterable[tuple[object, ...]]:
    combine = question.quantity.combine == "instant"
    unit_by = metered_unit_of(question.quantity, tags)
    for match in matches:
        if question.quantity.measure == "mean" and match.cell.intervals:
            continue  # an integral, which adds up by itself
        cell, (owner, unit) = match.cell, unit_by(match)
        yield (number, combine, cell.meter, cell.member_id, cell.resource_id, cell.part, owner, unit, *cell.tags)


def _sampled(con: DuckDBPyConnection, questions: Mapping[int, Question]) -> Rows:
    of = {
        m: [n for n, q in questions.items() if q.quantity.measure == m] for m in ("p95", "last", "peak", "max", "mean")
    }
    rows: Rows = []
    for name in ("p95", "last"):
        if of[name]:
            rows += [(n, o, u, Reading(rational(v))) for n, o, u, v in _run(con, name, of[name])]
    if of["peak"]:
        rows += [(n, o, "", Reading(rational(v))) for n, o, v in _run(con, "peak", of["peak"])]
    if of["max"]:
        rows += [(n, o, u, Reading(rational(v))) for n, o, u, v, _, _ in _run(con, "instants", of["max"])]
    if of["mean"]:
        means = _run(con, "instants", of["mean"])
        rows += [(n, o, u, Reading(rational(total) / samples)) for n, o, u, _, total, samples in means]
    return rows


def _run(con: DuckDBPyConnection, name: str, questions: list[int]) -> list[tuple[Any, ...]]:
    return con.execute(statement(f"measure/{name}"), {"questions": questions}).fetchall()
