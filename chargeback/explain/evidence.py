"""Usage evidence: the usage rows behind a line of a document, with their file and line.

Owner and rule of a row are decided once, by the scan and the attribution that billing uses. Here the cells that a line
counts are only read again, row by row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chargeback.charging.metering.answers import Measured, cell_amount, metered_unit_of
from chargeback.charging.metering.attribution import Match, Question
from chargeback.charging.metering.cells import ADDITIVE
from chargeback.charging.metering.timeline import identities
from chargeback.charging.questions import month_questions, prior_questions
from chargeback.charging.rating.rate_charges import SLOT
from chargeback.explain.usage_rows import FoundRows, UsageRow, usage_rows
from chargeback.model.documents import Line
from chargeback.model.facts import Facts
from chargeback.model.period import Period, Span, clip
from chargeback.model.rules import Rule
from chargeback.model.succession import predecessors
from chargeback.model.versions import Version
from chargeback.store.measure import measure
from chargeback.store.scan import Window

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FIRST_ROWS = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence of a line for one quantity: how much was measured, how many rows, the first of them.

    Attributes:
        question: quantity that was asked of the usage.
        measured: exact quantity; None where several resources have one that cannot be added.
        of_version: part of a sum or integral on the days of the line's version; None for other measures.
        rows: number of rows.
        first: the first rows.
        same_rows_as: number of an earlier line with the same rows; 0 for none.
        of_earlier_months: whether the rows are of earlier months, which an accumulated price counts.
        of_predecessors: whether the rows are of members that this one took over from.
    """

    question: Question
    measured: Fraction | None
    of_version: Fraction | None
    rows: int
    first: tuple[UsageRow, ...] = ()
    same_rows_as: int = 0
    of_earlier_months: bool = False
    of_predecessors: bool = False


@dataclass(frozen=True, slots=True)
class _LineUsage:
    """Cells that a line counts for one question, in one window of days."""

    place: int
    question: Question
    matches: tuple[Match, ...]
    measured: Fraction | None
    of_earlier_months: bool
    of_predecessors: bool


class UsageEvidence:
    """Usage evidence of the lines of a month: measured once, then read line by line.

    Lines are named by a place, any number: a line and each line recomputed for it have one of their own.
    """

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

    def by_line(self, lines: Mapping[int, Line]) -> dict[int, list[Evidence]]:
        """Evidence of each line by its place, with the first rows."""
        found: dict[int, list[Evidence]] = defaultdict(list)
        for span, (asked, measured) in self._measured.items():
            every = list(self._line_usage(lines, span, asked, measured))
            distinct, places = _distinct_usage(every)
            rows = self._rows(span, measured, distinct, FIRST_ROWS)
            for each, at in zip(every, places, strict=True):
                evidence = Evidence(
                    each.question,
                    each.measured,
                    _of_version(each),
                    rows.counts.get(at, 0),
                    tuple(rows.rows.get(at, ())),
                    distinct[at].place if distinct[at].place != each.place else 0,
                    each.of_earlier_months,
                    each.of_predecessors,
                )
                found[each.place].append(evidence)
        return dict(found)

    def rows(self, lines: Mapping[int, Line]) -> Iterator[tuple[int, UsageRow]]:
        """Every row behind the lines, once, with the place of the first line that counts it."""
        for span, (asked, measured) in sorted(self._measured.items()):
            distinct, _ = _distinct_usage(list(self._line_usage(lines, span, asked, measured)))
            for at, rows in sorted(self._rows(span, measured, distinct, None).rows.items()):
                yield from ((distinct[at].place, row) for row in rows)

    def _line_usage(
        self, lines: Mapping[int, Line], span: Span, asked: Sequence[Question], measured: Measured
    ) -> Iterator[_LineUsage]:
        for place, line in sorted(lines.items()):
            for question in asked:
                if question.rule == line.rule and self._asked_by(question, line):
                    for owners, predecessors in self._owners(line):
                        matches = tuple(self._matches(line, question, measured, owners))
                        if matches:
                            value = _value(line, question, measured, owners)
                            earlier_months = predecessors or span != self._period.span
                            yield _LineUsage(place, question, matches, value, earlier_months, predecessors)

    def _owners(self, line: Line) -> Iterator[tuple[frozenset[str], bool]]:
        """Owners whose use a line counts: its member; apart from it, where the year accumulates, its predecessors."""
        yield frozenset((line.beneficiary,)), False
        predecessors = self._predecessors.get(line.beneficiary)
        if predecessors and _version(self._rules[line.rule], line).accumulate:
            yield predecessors, True

    def _asked_by(self, question: Question, line: Line) -> bool:
        if self._rules[line.rule].kind == "allocation":
            return question.slot.startswith(f"{line.version}:")
        return True

    def _matches(self, line: Line, question: Question, measured: Measured, owners: frozenset[str]) -> Iterator[Match]:
        """Cells of some owners that a line counts.

        All of them for a bound or a share; else those of its resources, or of its values of the tag. Of a sum or
        integral only those on the days of its version.
        """
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

    def _rows(self, span: Span, measured: Measured, distinct: Sequence[_LineUsage], most: int | None) -> FoundRows:
        """Rows of each by its index in ``distinct``; at most ``most`` of each."""
        window = Window(span, measured.parts, self._zone)
        counted = [(each.question.quantity, [match.cell for match in each.matches]) for each in distinct]
        return usage_rows(self._con, self._root, window, measured.tags, counted, most)


def _distinct_usage(every: Sequence[_LineUsage]) -> tuple[list[_LineUsage], list[int]]:
    """Those with cells of their own, and for each of ``every`` the index of the one with its cells."""
    seen: dict[frozenset[object], int] = {}
    distinct: list[_LineUsage] = []
    indexes: list[int] = []
    for each in every:
        quantity = each.question.quantity
        time = (quantity.by_time, quantity.step_us)
        cells = frozenset((m.cell.series, m.cell.part, *time) for m in each.matches)
        if cells not in seen:
            seen[cells] = len(distinct)
            distinct.append(each)
        indexes.append(seen[cells])
    return distinct, indexes


def _of_version(usage: _LineUsage) -> Fraction | None:
    quantity = usage.question.quantity
    if quantity.measure not in ADDITIVE:
        return None
    return sum((cell_amount(m.cell, quantity) for m in usage.matches), Fraction(0))


def _version(rule: Rule, line: Line) -> Version:
    return next(v for v in rule.versions if v.valid_from == line.version)


def _value(line: Line, question: Question, measured: Measured, owners: frozenset[str]) -> Fraction | None:
    """Measured quantity of a line: of all its resources together, where they can be added."""
    answer = measured.answers.get(question.key)
    units, whole = {c.resource_id for c in line.charges}, line.kind not in ("usage", "fee")
    readings = answer.readings.items() if answer else ()
    values = [r.value for (member, what), r in readings if member in owners and (whole or what in units)]
    if len(values) == 1 or (values and question.quantity.measure in ADDITIVE):
        return sum(values, Fraction(0))
    return None
