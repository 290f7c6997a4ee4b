"""Measures that look at rows again: the last, the 95th percentile, the common peak, what is added at each instant."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from chargeback.charging.metering.answers import Reading, metered_unit_of
from chargeback.charging.metering.attribution import Attribution, Match, Question
from chargeback.charging.metering.cells import MeteredUnit, rational
from chargeback.charging.metering.instant_checks import SampledDays, SharedInstants
from chargeback.charging.metering.instants import instant_readings, instants_by_unit
from chargeback.model.quantity import Measure, Quantity
from chargeback.store.scan import Window
from chargeback.store.sql import statement
from chargeback.store.sql.quoting import TAG, tag_column

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

QuestionKey = tuple[str, str]
Readings = dict[MeteredUnit, Reading]


STATEMENTS: dict[str, tuple[Measure, ...]] = {
    "p95": ("p95",),
    "last": ("last",),
    "peak": ("peak",),
    "instants": ("max", "mean"),
}


def needs_rows(quantity: Quantity) -> bool:
    """Whether a measure looks at rows again."""
    return quantity.measure in ("last", "p95") or quantity.at_instants


class RowMeasures:
    """Measures by row of some questions, whose cells are laid down as small temporary tables when it is made."""

    def __init__(
        self,
        con: DuckDBPyConnection,
        questions: Sequence[Question],
        found: Attribution,
        window: Window,
        tags: Sequence[str],
    ) -> None:
        self._con, self._questions, self._tags = con, questions, tags
        self._asked = [row for n, q in enumerate(questions) for row in _asked(n, q, found.matches[q.key], tags)]
        self._parts: dict[str, str | int] = {"midnight": window.midnight_sql, "tags": all_tags(con)}
        self._ask(window)

    def _ask(self, window: Window) -> None:
        columns = "".join(f", {tag_column(tag)} varchar" for tag in self._tags)
        self._con.execute(statement("measure/asked", tags=columns))
        if self._asked:
            lists = {f"c{n}": list(column) for n, column in enumerate(zip(*self._asked, strict=True))}
            names = ", ".join(f"unnest(${name})" for name in lists)
            self._con.execute(statement("measure/add_asked", lists=names), lists)
        equal = "".join(f" and a.{tag_column(tag)} is not distinct from u.{tag_column(tag)}" for tag in self._tags)
        start, end = window.bounds
        part = window.part_sql.replace("start_us", "u.start_us")
        bounds = {"from_us": start, "to_us": end}
        own = "".join(f", u.{tag_column(tag)}" for tag in tag_names(self._con))
        self._con.execute(statement("measure/matched", **bounds, part=part, equal=equal, own_tags=own))
        self._con.execute(statement("measure/instant_sums", **self._parts))
        self._con.execute(statement("measure/samples"))

    def readings(self) -> dict[QuestionKey, Readings]:
        """Readings by question, of those that look at rows."""
        found: dict[QuestionKey, Readings] = {}
        for number, unit, reading in (*self._sampled(), *self._in_steps()):
            found.setdefault(self._questions[number].key, {})[unit] = reading
        return found

    def shared_instants(self) -> list[SharedInstants]:
        """Instants shared by several series, of questions that add what is measured at one."""
        peaks = self._numbers(lambda quantity: quantity.measure == "peak")
        steps = self._numbers(lambda quantity: bool(quantity.step))
        values = {"peaks": peaks, "steps": steps}
        rows = self._con.execute(statement("measure/present_series"), values).fetchall()
        found: dict[tuple[int, MeteredUnit], dict[int, int]] = defaultdict(dict)
        for number, owner, unit, present, instants in rows:
            found[number, (owner, unit)][present] = instants
        series: Counter[tuple[int, MeteredUnit]] = Counter()
        for number, owner, unit, count in self._series():
            series[number, ("", "") if number in peaks else (owner, unit)] += count
        return [
            SharedInstants(self._questions[number], unit, count, sum(seen.values()), seen.get(count, 0), max(seen))
            for (number, unit), seen in sorted(found.items())
            if (count := series[number, unit]) > 1
        ]

    def _numbers(self, wanted: Callable[[Quantity], bool]) -> list[int]:
        return [n for n, question in enumerate(self._questions) if wanted(question.quantity)]

    def _series(self) -> Iterable[tuple[int, str, str, int]]:
        """How many series each question adds, by owner and unit: its cells, where no tag tells them further apart."""
        if len(self._tags) < len(tag_names(self._con)):
            return self._con.execute(statement("measure/series", tags=self._parts["tags"])).fetchall()
        found: dict[tuple[int, str, str], set[object]] = defaultdict(set)
        for number, at_instants, _, _, member, resource, _, owner, unit, *tags in self._asked:
            if at_instants:
                found[number, owner, unit].add((resource, member if resource is None else None, *tags))
        return [(*key, len(series)) for key, series in found.items()]

    def sampled_days(self) -> list[SampledDays]:
        """Days with samples of each series whose plain mean is taken."""
        numbers = self._numbers(plain_mean)
        sql = statement("measure/sampled_days", **self._parts)
        rows = self._con.execute(sql, {"questions": numbers}).fetchall() if numbers else []
        return [SampledDays(self._questions[n], owner, rs or m or "", days) for n, owner, rs, m, *_, days in rows]

    def _sampled(self) -> Iterator[tuple[int, MeteredUnit, Reading]]:
        without = {n: q.quantity for n, q in enumerate(self._questions) if not q.quantity.step}
        for name, measures in STATEMENTS.items():
            numbers = [n for n, q in without.items() if q.measure in measures and needs_rows(q)]
            rows = self._con.execute(statement(f"measure/{name}"), {"questions": numbers}).fetchall() if numbers else []
            for number, owner, unit, *values in rows:
                yield number, (owner, unit), _reading(self._questions[number].quantity, values)

    def _in_steps(self) -> Iterator[tuple[int, MeteredUnit, Reading]]:
        for number, question in enumerate(self._questions):
            measure = question.quantity.measure
            if question.quantity.step and measure is not None:
                rows = self._con.execute(statement("measure/in_steps"), {"question": number}).fetchall()
                for unit, reading in instant_readings(measure, instants_by_unit(rows)).items():
                    yield number, unit, reading


def plain_mean(quantity: Quantity) -> bool:
    """Whether the plain mean of samples is taken, where rows have no end."""
    return quantity.measure == "mean" and not quantity.step


def _reading(quantity: Quantity, values: Sequence[Any]) -> Reading:
    """Reading of a row: the quantity alone, or the highest, the total and the number of samples."""
    if len(values) == 1:
        return Reading(rational(values[0]))
    highest, total, samples = values
    return Reading(rational(highest) if quantity.measure == "max" else rational(total) / samples)


def _asked(number: int, question: Question, matches: Iterable[Match], tags: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    quantity = question.quantity
    unit_by = metered_unit_of(quantity, tags)
    for match in matches:
        if quantity.measure == "mean" and (match.cell.intervals or not match.cell.samples):
            continue  # an integral, which adds up by itself
        cell, (owner, unit) = match.cell, unit_by(match)
        named = (cell.meter, cell.member_id, cell.resource_id, cell.part)
        yield (number, quantity.at_instants, quantity.step_us, *named, owner, unit, *cell.tags)


def tag_names(con: DuckDBPyConnection) -> list[str]:
    """Every tag of the usage."""
    return [name.removeprefix(TAG) for (name,) in con.execute(statement("load/tag_columns")).fetchall()]


def all_tags(con: DuckDBPyConnection) -> str:
    """Columns of all tags of the usage, each after a comma."""
    return "".join(f", {tag_column(tag)}" for tag in tag_names(con))
