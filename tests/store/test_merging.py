"""Usage measured place by place and merged: the cells and answers of one scan, however the rows are split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargeback.charging.metering.attribution import Question
from chargeback.charging.metering.cells import Cell, merged
from chargeback.charging.metering.timeline import cut_at
from chargeback.model.facts import Facts, Member
from chargeback.model.period import Period, instant
from chargeback.model.problem import Place
from chargeback.model.rules import Quantity
from chargeback.store.database import Store, open_store
from chargeback.store.measure import measure
from chargeback.store.scan import Window, scan
from kit.slow import examples

UTC = ZoneInfo("UTC")
MONTH = Period(2026, 9).span
WINDOW = Window(MONTH, cut_at(MONTH, [date(2026, 9, 2)]), UTC)
HERE = Place("x", 1)
HOUR = 3_600_000_000
FACTS = Facts(
    members=tuple(
        Member(member_id=name, name=name, kind="commune", valid_from=date(2020, 1, 1), valid_to=None, where=HERE)
        for name in ("a", "b")
    )
)

Row = tuple[int, int | None, str, Decimal]  # start, end, member, quantity
ROWS = st.tuples(
    st.integers(0, 47).map(lambda hour: instant(MONTH.start, UTC) + hour * HOUR),
    st.none(),
    st.sampled_from(("a", "b")),
    st.integers(-3, 3).map(Decimal),
)
SPLITS = st.lists(st.tuples(ROWS, st.integers(0, 2)), min_size=1, max_size=25)
BY_ROW = [
    ("last", False),
    ("p95", False),
    ("last", True),
    ("p95", True),
    ("max", True),
    ("mean", True),
    ("peak", False),
]


@pytest.fixture(scope="module")
def store() -> Iterable[Store]:
    """A temporary store, filled anew by each example."""
    with open_store(None, write=True) as found:
        yield found


def fill(store: Store, rows: Iterable[Row]) -> None:
    """These rows and no others."""
    store.connection.execute("delete from usage")
    for start, end, member, quantity in rows:
        store.connection.execute("insert into usage values (1, ?, ?, ?, null, 'q', ?)", [start, end, member, quantity])


def places(split: Sequence[tuple[Row, int]]) -> list[list[Row]]:
    """The rows of each place."""
    return [[row for row, place in split if place == n] for n in range(3)]


@settings(max_examples=examples(8, 25), deadline=None)
@given(split=SPLITS, lasting=st.lists(st.integers(0, 5) | st.none(), min_size=25, max_size=25))
def test_scans_of_each_place_merge_into_the_scan_of_all(
    store: Store, split: list[tuple[Row, int]], lasting: list[int | None]
) -> None:
    """Samples and intervals of two members over two parts, in three places."""
    ends = [
        None if hours is None else row[0] + hours * HOUR + hours
        for (row, _), hours in zip(split, lasting, strict=False)
    ]
    split = [((row[0], end, row[2], row[3]), place) for (row, place), end in zip(split, ends, strict=True)]
    cells: list[Cell] = []
    for rows in places(split):
        fill(store, rows)
        cells += scan(store.connection, WINDOW, ()).cells
    fill(store, (row for row, _ in split))
    whole = scan(store.connection, WINDOW, ()).cells
    assert sorted(merged(cells), key=_key) == sorted(whole, key=_key)


def _key(cell: Cell) -> tuple[str, int]:
    return (str(cell.series), cell.part)


@settings(max_examples=examples(8, 25), deadline=None)
@given(split=SPLITS)
def test_measures_by_row_merge_by_what_places_exchange(store: Store, split: list[tuple[Row, int]]) -> None:
    """What ``cells`` says is exchanged, made in each place and merged, gives the answers of the statements over all
    rows."""
    fill(store, (row for row, _ in split))
    questions = {asked: _question(*asked) for asked in BY_ROW}
    found = measure(store.connection, list(questions.values()), FACTS, MONTH, UTC, "2026-09")
    assert {problem.code for problem in found.problems} <= {"no-common-instant"}
    for asked, question in questions.items():
        readings = {member: r.value for (member, _), r in found.answers[question.key].readings.items()}
        assert readings == _finished(*asked, places(split)), asked


def _question(name: str, combined: bool) -> Question:
    quantity = Quantity(meter="q", measure=name, combine="instant" if combined else None)  # type: ignore[arg-type]
    return Question(f"{name}-{combined}", "rate:0", quantity, None, frozenset(), MONTH, (MONTH,), HERE)


def _finished(name: str, combined: bool, places: Sequence[Sequence[Row]]) -> dict[str, Fraction]:
    """The answer by member, from what the places exchange alone."""
    sums = _added(_sums(rows) for rows in places)
    if name == "peak":
        return _peak(sums)
    samples = [[(start, member, q) for (member, start), q in sums.items()]] if combined else _samples(places)
    if name == "last":
        return _latest({(m, s, q) for own in samples for m, s, q in _latest_rows(own)})
    counts: Counter[tuple[str, Decimal]] = sum((Counter((m, q) for _, m, q in own) for own in samples), Counter())
    by_member = {m: sorted(Counter({q: n for (who, q), n in counts.items() if who == m}).elements()) for m in "ab"}
    of = {
        "max": max,
        "mean": lambda qs: Fraction(sum(qs)) / len(qs),
        "p95": lambda qs: qs[(95 * len(qs) + 99) // 100 - 1],
    }
    return {member: Fraction(of[name](values)) for member, values in by_member.items() if values}


def _latest_rows(samples: Iterable[tuple[int, str, Decimal]]) -> set[tuple[str, int, Decimal]]:
    """The latest sample of each member: by start, then by quantity."""
    own = sorted((member, start, quantity) for start, member, quantity in samples)
    return {(member, *rest) for member, *rest in {row[0]: row for row in own}.values()}  # type: ignore[misc]


def _latest(rows: Iterable[tuple[str, int, Decimal]]) -> dict[str, Fraction]:
    return {member: Fraction(quantity) for member, _, quantity in sorted(rows)}


def _samples(places: Sequence[Sequence[Row]]) -> list[list[tuple[int, str, Decimal]]]:
    return [[(start, member, quantity) for start, _, member, quantity in rows] for rows in places]


def _sums(rows: Iterable[Row]) -> dict[tuple[str, int], Decimal]:
    return _added({(member, start): quantity} for start, _, member, quantity in rows)


def _added(each: Iterable[Mapping[tuple[str, int], Decimal]]) -> dict[tuple[str, int], Decimal]:
    found: dict[tuple[str, int], Decimal] = {}
    for sums in each:
        for key, quantity in sums.items():
            found[key] = found.get(key, Decimal(0)) + quantity
    return found


def _peak(sums: Mapping[tuple[str, int], Decimal]) -> dict[str, Fraction]:
    together: dict[int, Decimal] = {}
    for (_, start), quantity in sums.items():
        together[start] = together.get(start, Decimal(0)) + quantity
    at = min(together, key=lambda start: (-together[start], start))
    return {member: Fraction(sums.get((member, at), 0)) for member, _ in sums}
