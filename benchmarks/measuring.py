"""Measure against DuckDB's plain group-by on the same table, rows and keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.table import Line, against, count_text
from benchmarks.timing import in_turn, timed
from benchmarks.workspace import BY_ROW, CUT, MONTH, QUANTITIES, WHOLE, rule_files
from chargeback.charging.plan import MonthPlan, plan_month
from chargeback.store.measure import measure
from chargeback.store.overlaps import check_time
from chargeback.workflows.session import loaded
from chargeback.workspace.tariffs.read import read_rules

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from chargeback.workspace.inputs import Inputs

PLAIN = """
    select meter, member_id, resource_id, "tag:class", sum(quantity)
    from usage
    where start_us >= $from_us and start_us < $to_us
    group by all
"""
TURNS = 5


def lines(root: Path, rows: int, spaced: str = "") -> Iterator[Line]:
    """Sums, integrals, means, maxima and counts at once; a month that a version cuts; a percentile more."""
    of = f"{count_text(rows)} rows{spaced}, {len(QUANTITIES)} rules"
    with loaded(root, write=True) as (books, _):
        inputs, con = books.inputs, books.store.connection
        whole = _plan(root, inputs, QUANTITIES, WHOLE)
        cut = _plan(root, inputs, QUANTITIES, CUT)
        percentile = _plan(root, inputs, QUANTITIES | BY_ROW, WHOLE)
        yield _line("measure, whole month", of, con, whole, 1.15)
        yield _line("measure, month cut by a version", of, con, cut, 1.4)
        yield _line("measure, whole month and a 95th percentile", of, con, percentile, None)
        yield _checked(of, con, root, whole)


def _checked(of: str, con: DuckDBPyConnection, root: Path, ready: MonthPlan) -> Line:
    """The search for rows that overlap, of the meters that are counted by their time."""
    zone, span = ready.settings.zone, ready.period.span
    start, end = ready.period.bounds(zone)
    pair = in_turn(
        timed(lambda: con.execute(PLAIN, {"from_us": start, "to_us": end}).fetchall()),
        timed(lambda: check_time(con, root, ready.questions, span, zone, str(ready.period))),
        TURNS,
    )
    return against("check of overlaps, whole month", of, pair, None)


def _plan(root: Path, inputs: Inputs, quantities: dict[str, str], days: tuple[str, ...]) -> MonthPlan:
    rule_files(root / "other-tariffs", quantities, days)
    rules, problems = read_rules(root / "other-tariffs", "other-tariffs")
    ready = plan_month(MONTH, inputs.settings, inputs.facts, rules, ())
    assert not problems, problems
    assert not ready.problems, ready.problems
    return ready


def _line(what: str, of: str, con: DuckDBPyConnection, ready: MonthPlan, most: float | None) -> Line:
    zone, span = ready.settings.zone, ready.period.span
    start, end = ready.period.bounds(zone)
    window = {"from_us": start, "to_us": end}
    pair = in_turn(
        timed(lambda: con.execute(PLAIN, window).fetchall()),
        timed(lambda: measure(con, ready.questions, ready.facts, span, zone, str(ready.period))),
        TURNS,
    )
    return against(what, of, pair, most)
