"""Measure: one scan of the usage for all sums, integrals, maxima and counts of all rules, one more each for the rest.

Only this step touches many rows. It returns a small exact table; everything after is pure Python.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chargeback.charging.metering.answers import (
    Answer,
    Measured,
    additive_readings,
    amount_of_cells,
    cells_by_unit,
    level_reading,
)
from chargeback.charging.metering.attribution import Attribution, Ownership, Question, attribute
from chargeback.charging.metering.cells import ADDITIVE
from chargeback.charging.metering.instant_checks import instant_notices, instant_problems, sampled_days_notices
from chargeback.charging.metering.measure_checks import measure_problems
from chargeback.charging.metering.timeline import Roster, cut_at
from chargeback.charging.metering.usage_notices import beyond_month
from chargeback.model.facts import Facts
from chargeback.model.period import Span
from chargeback.model.problem import Notice
from chargeback.store.by_row import RowMeasures, all_tags, needs_rows, plain_mean, tag_names
from chargeback.store.scan import ALL_ROWS, UsageRows, Window, scan
from chargeback.store.sql import statement
from chargeback.store.sql.quoting import literal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

STEPPED = UsageRows("stepped", "stepped")


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
    roster = Roster(facts, span)
    owners = Ownership(facts, roster, window.parts)
    scanned = scan(con, window, tags)
    found = attribute(scanned.cells, questions, owners, tags)
    for stepped, asked in _stepped(con, questions, window):
        found.answer_again(attribute(scan(con, window, tags, stepped).cells, asked, owners, tags), asked)
    problems = [p for q in questions for p in measure_problems(q, found.matches[q.key], tags, name)]
    if problems:
        return Measured({}, found, window.parts, tags, tuple(problems))
    answers = {q.key: _answer(q, found, window, tags) for q in questions}
    notices: list[Notice] = [*beyond_month(questions, found, scanned.leaving, name)]
    by_row = [q for q in questions if needs_rows(q.quantity) or _has_samples(q, found)]
    if by_row:
        rows = RowMeasures(con, by_row, found, window, tags)
        shared = rows.shared_instants()
        problems += instant_problems(shared, name)
        notices += [*instant_notices(shared, name), *sampled_days_notices(rows.sampled_days(), roster, name)]
        for key, readings in rows.readings().items():
            answers[key] = Answer({**answers[key].readings, **readings}, answers[key].unattributed)
    return Measured(answers, found, window.parts, tags, tuple(problems), tuple(notices))


def _has_samples(question: Question, found: Attribution) -> bool:
    """Whether the plain mean of samples is asked for, and there are some."""
    cells = (match.cell for match in found.matches[question.key])
    return plain_mean(question.quantity) and any(cell.intervals < cell.samples for cell in cells)


def _stepped(
    con: DuckDBPyConnection, questions: Iterable[Question], window: Window
) -> Iterator[tuple[UsageRows, list[Question]]]:
    """The rows of each step in turn, in which samples have an end, with the questions that count them by time."""
    by_step: dict[int, list[Question]] = defaultdict(list)
    for question in questions:
        if question.quantity.by_time and question.quantity.step:
            by_step[question.quantity.step_us].append(question)
    for step, asked in sorted(by_step.items()):
        yield stepped_rows(con, window, step, {q.quantity.meter or "" for q in asked}), asked


def stepped_rows(con: DuckDBPyConnection, window: Window, step: int, meters: Iterable[str]) -> UsageRows:
    """Rows of some meters in which a sample lasts for a step, in a temporary table that replaces the one before."""
    start, end = window.bounds
    listed = f"[{', '.join(literal(meter) for meter in sorted(meters))}]"
    within = {"from_us": start, "to_us": end, "step_us": step}
    parts = {"meters": listed, "tags": all_tags(con), "reaching": ALL_ROWS.reaching(window)}
    con.execute(statement("measure/stepped", **within, **parts))
    return STEPPED


def tag_columns(con: DuckDBPyConnection, questions: Iterable[Question]) -> tuple[str, ...]:
    """The tags that some question asks for, or is measured apart by, and the usage has."""
    asked = {tag for q in questions for tag in (*q.quantity.where, q.quantity.tag) if tag}
    if not asked:
        return ()
    return tuple(sorted(asked & set(tag_names(con))))


def _answer(question: Question, found: Attribution, window: Window, tags: Sequence[str]) -> Answer:
    """The answer from the cells alone; measures by row are filled in after."""
    quantity, matches = question.quantity, found.matches[question.key]
    nobody = amount_of_cells(found.unattributed_by_question[question.key], quantity)
    if quantity.measure in ADDITIVE:
        return Answer(additive_readings(quantity, matches, window.parts, tags), nobody)
    if quantity.measure in ("last", "p95", "peak"):
        return Answer({}, nobody)
    hours = sum((window.hours(days) for days in question.covered), Fraction(0))
    cells = cells_by_unit(quantity, matches, tags)
    return Answer({unit: level_reading(quantity, rows, hours) for unit, rows in cells.items()}, nobody)
