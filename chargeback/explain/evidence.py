"""The usage rows behind a line of a document, with their file and line: the engine's own attribution, read back.

Whose a row is and what it counts for is decided where it is decided for billing: the scan, its parts, ``sort_out``. Here
the cells that a line rests on are only looked up again, row by row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chargeback.charging.metering.answers import Measured, cell_amount, metered_unit_of
from chargeback.charging.metering.attribution import Match, Question
from chargeback.charging.metering.cells import ADDITIVE
from chargeback.charging.metering.timeline import identities
from chargeback.charging.questions import month_questions, prior_questions
from chargeback.charging.rating.rate_charges import SLOT
from chargeback.model.documents import Line
from chargeback.model.facts import Facts
from chargeback.model.period import Period, Span, clip
from chargeback.model.rules import Rule, Version
from chargeback.model.succession import predecessors
from chargeback.store.load.usage_records import lines_of_rows
from chargeback.store.measure import TAG, Window, measure, quoted
from chargeback.store.sql import statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FIRST_ROWS = 5


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One row of usage/; ``line`` is that of its file (for Parquet the row). Instants in UTC microseconds."""

    path: str
    line: int | None
    start_us: int
    end_us: int | None
    member_id: str
    resource_id: str
    meter: str
    quantity: Decimal
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a line rests on, of one quantity: how much was measured, how many rows, the first of them.

    ``own``: of a sum or integral, what fell on the days of the line's version.
    ``same_as``: the number of an earlier line that rests on the same rows (0: none). ``before``: rows of earlier months
    that an accumulated price counts. ``taken_over``: those are rows of members that this one took over from.
    """

    question: Question
    measured: Fraction | None
    own: Fraction | None
    rows: int
    first: tuple[UsageRow, ...] = ()
    same_as: int = 0
    before: bool = False
    taken_over: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    """The cells of one line and question, in one window."""

    line: int
    question: Question
    matches: tuple[Match, ...]
    measured: Fraction | None
    before: bool
    taken_over: bool


class Behind:
    """The usage behind the lines of a month: measured once, then read by line."""

    def __init__(
        self, con: DuckDBPyConnection, root: Path, facts: Facts, zone: ZoneInfo, period: Period, rules: Iterable[Rule]
    ) -> None:
        self._con, self._root, self._zone, self._period = con, root, zone, period
        self._predecessors = predecessors(identities(facts.members, period.span), period)
        self._rules = {rule.id: rule for rule in rules}
        pools = {rule.pool or "": 1 for rule in self._rules.values()}
        windows = {period.span: month_questions(self._rules.values(), pools, period)}
        windows |= prior_questions(self._rules.values(), period)
        self._measured = {
            span: (asked, measure(con, asked, facts, span, zone, str(period)))
            for span, asked in windows.items()
            if asked
        }

    def of(self, lines: Mapping[int, Line]) -> dict[int, list[Evidence]]:
        """The evidence of each line, by its number, with the first rows."""
        found: dict[int, list[Evidence]] = defaultdict(list)
        for span, (asked, measured) in self._measured.items():
            every = list(self._asked(lines, span, asked, measured))
            fresh, same = _distinct(every)
            counts = self._counts(fresh)
            first = self._rows(span, measured, fresh, FIRST_ROWS)
            for number, each in enumerate(every):
                at = same[number]
                evidence = Evidence(
                    each.question,
                    each.measured,
                    _own(each),
                    counts[at],
                    tuple(first.get(at, ())),
                    fresh[at].line if fresh[at].line != each.line else 0,
                    each.before,
                    each.taken_over,
                )
                found[each.line].append(evidence)
        return dict(found)

    def rows(self, lines: Mapping[int, Line]) -> Iterator[tuple[int, UsageRow]]:
        """Every row behind the lines, once, with the number of the first line it is behind."""
        for span, (asked, measured) in sorted(self._measured.items()):
            fresh, _ = _distinct(list(self._asked(lines, span, asked, measured)))
            for at, rows in sorted(self._rows(span, measured, fresh, None).items()):
                yield from ((fresh[at].line, row) for row in rows)

    def _asked(
        self, lines: Mapping[int, Line], span: Span, asked: Sequence[Question], measured: Measured
    ) -> Iterator[_Asked]:
        for number, line in sorted(lines.items()):
            for question in asked:
                if question.rule == line.rule and self._of_version(question, line):
                    for owners, theirs in self._owners(line):
                        matches = tuple(self._matches(line, question, measured, owners))
                        if matches:
                            value = _value(line, question, measured, owners)
                            yield _Asked(number, question, matches, value, theirs or span != self._period.span, theirs)

    def _owners(self, line: Line) -> Iterator[tuple[frozenset[str], bool]]:
        """Whose use a line counts: its member's, and apart, where the year accumulates, that of those it took over from."""
        yield frozenset((line.beneficiary,)), False
        before = self._predecessors.get(line.beneficiary)
        if before and _version(self._rules[line.rule], line).accumulate:
            yield before, True

    def _of_version(self, question: Question, line: Line) -> bool:
        if self._rules[line.rule].kind == "allocation":
            return question.slot.startswith(f"{line.version}:")
        return True

    def _matches(self, line: Line, question: Question, measured: Measured, owners: frozenset[str]) -> Iterator[Match]:
        """The cells of some owners that a line counts: its member's (all of them, for a bound or a share), its resources' or those of its values of
        the tag, and of a sum or integral those of its version's days."""
        units, whole = {c.resource_id for c in line.charges}, line.kind not in ("usage", "fee")
        unit_by = metered_unit_of(question.quantity, measured.tags)
        days = self._days(line, question)
        for match in measured.attribution.matches.get(question.key, ()):
            start = measured.parts[match.cell.part].start
            own = match.owner in owners and (whole or unit_by(match)[1] in units)
            if own and (days is None or days.start <= start < days.end):
                yield match

    def _days(self, line: Line, question: Question) -> Span | None:
        version = _version(self._rules[line.rule], line)
        own = question.slot.startswith(f"{SLOT}:") and question.quantity.measure in ADDITIVE
        if not own or line.kind not in ("usage",):
            return None
        return clip(version.valid_from, version.valid_to, self._period.span)

    def _counts(self, asked: Sequence[_Asked]) -> list[int]:
        return [sum(m.cell.samples for m in each.matches) for each in asked]

    def _rows(
        self, span: Span, measured: Measured, asked: Sequence[_Asked], most: int | None
    ) -> dict[int, list[UsageRow]]:
        """The rows of each, by its place in ``asked``; at most ``most`` of each."""
        if not asked:
            return {}
        self._lay_down(asked, measured.tags)
        tags = _tags(self._con)
        window = Window(span, measured.parts, self._zone)
        start, end = window.bounds
        sql = statement(
            "explain/rows",
            from_us=start,
            to_us=end,
            part=window.part_sql.replace("start_us", "u.start_us"),
            tags="".join(f" and b.{quoted(t)} is not distinct from u.{quoted(t)}" for t in measured.tags),
            shown="".join(f", matched.{quoted(t)}" for t in tags),
        )
        return self._placed(self._con.execute(sql, {"most": most}).fetchall(), tags)

    def _lay_down(self, asked: Sequence[_Asked], tags: Sequence[str]) -> None:
        columns = "".join(f", {quoted(tag)} varchar" for tag in tags)
        self._con.execute(statement("explain/cells", tags=columns))
        rows = [
            (number, c.meter, c.member_id, c.resource_id, c.part, *c.tags)
            for number, each in enumerate(asked)
            for c in (match.cell for match in each.matches)
        ]
        lists = {f"c{i}": list(column) for i, column in enumerate(zip(*rows, strict=True))}
        self._con.execute(statement("explain/add_cells", lists=", ".join(f"unnest(${n})" for n in lists)), lists)

    def _placed(self, rows: Iterable[tuple[Any, ...]], tags: Sequence[str]) -> dict[int, list[UsageRow]]:
        found = list(rows)
        by_path: dict[str, set[int]] = defaultdict(set)
        for row in found:
            by_path[row[1]].add(row[2])
        lines = {path: lines_of_rows(self._root, path, places) for path, places in by_path.items()}
        result: dict[int, list[UsageRow]] = defaultdict(list)
        for at, path, place, start, end, member, resource, meter, quantity, *values in found:
            named = {t: v for t, v in zip(tags, values, strict=True) if v is not None}
            line = lines[path].get(place)
            result[at].append(UsageRow(path, line, start, end, member or "", resource or "", meter, quantity, named))
        return dict(result)


def _distinct(asked: Sequence[_Asked]) -> tuple[list[_Asked], dict[int, int]]:
    """Those that rest on rows of their own, and for each the place of the first with the same rows."""
    seen: dict[frozenset[object], int] = {}
    fresh: list[_Asked] = []
    same: dict[int, int] = {}
    for number, each in enumerate(asked):
        cells = frozenset(
            (m.cell.meter, m.cell.member_id, m.cell.resource_id, m.cell.part, m.cell.tags) for m in each.matches
        )
        if cells not in seen:
            seen[cells] = len(fresh)
            fresh.append(each)
        same[number] = seen[cells]
    return fresh, same


def _own(asked: _Asked) -> Fraction | None:
    quantity = asked.question.quantity
    if quantity.measure not in ADDITIVE:
        return None
    return sum((cell_amount(m.cell, quantity) for m in asked.matches), Fraction(0))


def _version(rule: Rule, line: Line) -> Version:
    return next(v for v in rule.versions if v.valid_from == line.version)


def _value(line: Line, question: Question, measured: Measured, owners: frozenset[str]) -> Fraction | None:
    """What was measured for the line: of all its resources together, for a sum or integral that may be added."""
    answer = measured.answers.get(question.key)
    units, whole = {c.resource_id for c in line.charges}, line.kind not in ("usage", "fee")
    readings = answer.readings.items() if answer else ()
    values = [r.value for (member, what), r in readings if member in owners and (whole or what in units)]
    if len(values) == 1 or (values and question.quantity.measure in ADDITIVE):
        return sum(values, Fraction(0))
    return None


def _tags(con: DuckDBPyConnection) -> list[str]:
    """Every tag that the usage has."""
    rows = con.execute("select column_name from information_schema.columns where table_name = 'usage'").fetchall()
    return sorted(name.removeprefix(TAG) for (name,) in rows if name.startswith(TAG))
