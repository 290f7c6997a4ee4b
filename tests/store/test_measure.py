"""The measure statements: given rows, expected rows; no result is ever a binary float."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC as UTC_CLOCK
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chargeback.charging.metering.attribution import Question
from chargeback.charging.metering.timeline import cut_at
from chargeback.model.facts import Facts, GroupMember, Member, Resource
from chargeback.model.period import Period, Span
from chargeback.model.problem import Place
from chargeback.model.rules import Quantity
from chargeback.store.database import Store, open_store
from chargeback.store.load.loader import TAGGED
from chargeback.store.measure import measure, tag_columns
from chargeback.store.scan import Window, scan
from chargeback.store.sql import statement
from chargeback.store.sql.quoting import tag_column
from kit.paths import PACKAGE

UTC = ZoneInfo("UTC")
MONTH = Period(2026, 9).span
HERE = Place("x", 1)
SQL = PACKAGE / "store" / "sql"


def us(text: str) -> int:
    """UTC microseconds of a day, hour and minute of September 2026, as ``03T10:00``."""
    instant = datetime.fromisoformat(f"2026-09-{text}").replace(tzinfo=UTC_CLOCK)
    return int(instant.timestamp()) * 1_000_000


def member(name: str, start: date = date(2020, 1, 1), end: date | None = None) -> Member:
    """A member in force."""
    return Member(member_id=name, name=name.title(), kind="commune", valid_from=start, valid_to=end, where=HERE)


@pytest.fixture
def store() -> Iterator[Store]:
    """An empty temporary store with a tag column."""
    with open_store(None, write=True) as found:
        for table in TAGGED:
            found.connection.execute(statement("load/add_tag", table=table, column=tag_column("class")))
        yield found


def put(store: Store, *rows: tuple[Any, ...]) -> None:
    """Usage rows: start, end, member, resource, meter, quantity, class."""
    for start, end, who, what, meter, quantity, tag in rows:
        values = [us(start), us(end) if end else None, who, what, meter, Decimal(quantity), tag]
        store.connection.execute("insert into usage values (1, ?, ?, ?, ?, ?, ?, ?)", values)


def ask(measure_name: str, **more: Any) -> Question:
    """A question about the meter q over the whole month."""
    own = {k: more.pop(k) for k in ("per", "where", "combine") if k in more}
    quantity = Quantity.model_validate({"meter": "q", "measure": measure_name, **own})
    values = {"group": None, "exclude": frozenset(), "window": MONTH, "covered": (MONTH,), **more}
    return Question(rule=measure_name, slot="rate:0", quantity=quantity, where=HERE, **values)


def answers(store: Store, facts: Facts, *questions: Question) -> dict[str, dict[tuple[str, str], Fraction]]:
    """Values by question and unit."""
    found = measure(store.connection, questions, facts, MONTH, UTC, "2026-09")
    assert found.problems == ()
    return {q.rule: {unit: r.value for unit, r in found.answers[q.key].readings.items()} for q in questions}


ROWS = (
    ("01T00:00", "01T02:00", "a", "r1", "q", "3", "hdd"),
    ("02T00:00", "02T00:20", "a", "r1", "q", "1", "ssd"),
    ("03T00:00", "03T01:00", "b", None, "q", "-2.5", "hdd"),
    ("04T00:00", "04T01:00", None, "r9", "q", "7", None),
)
BOTH = Facts(members=(member("a"), member("b")))


def test_the_scan_gives_one_row_per_meter_owner_tags_and_part(store: Store) -> None:
    """Sums, counts, maxima and unit hours, exact; parts are numbered from 0 by the cuts."""
    put(store, *ROWS)
    window = Window(MONTH, cut_at(MONTH, [date(2026, 9, 2)]), UTC)
    cells = scan(store.connection, window, ("class",)).cells
    found = [(c.member_id, c.resource_id, c.part, c.tags, c.samples, c.intervals, c.total, c.unit_hours) for c in cells]
    assert sorted(found, key=str) == sorted(
        [
            ("a", "r1", 0, ("hdd",), 1, 1, Fraction(3), Fraction(6)),
            ("a", "r1", 1, ("ssd",), 1, 1, Fraction(1), Fraction(1, 3)),
            ("b", None, 1, ("hdd",), 1, 1, Fraction(-5, 2), Fraction(-5, 2)),
            (None, "r9", 1, (None,), 1, 1, Fraction(7), Fraction(7)),
        ],
        key=str,
    )


@pytest.mark.parametrize("cuts", [(), (2,), (2, 3, 4), tuple(range(2, 31))])
def test_a_row_falls_in_the_part_that_its_start_lies_in(store: Store, cuts: tuple[int, ...]) -> None:
    """Whatever the number of cuts, the search finds the part, bounds included at their start."""
    for day in range(1, 31):
        put(
            store,
            (f"{day:02d}T00:00", None, "a", None, "q", "1", None),
            (f"{day:02d}T23:59", None, "a", "r", "q", "1", None),
        )
    window = Window(MONTH, cut_at(MONTH, [date(2026, 9, day) for day in cuts]), UTC)
    cells = scan(store.connection, window, ()).cells
    found = {(c.part, c.resource_id): c.samples for c in cells}
    days = [part.days for part in window.parts]
    assert found == {(n, who): d for n, d in enumerate(days) for who in (None, "r")}


@pytest.mark.parametrize("few", [-1, 64])
def test_rows_that_last_alike_or_not_add_up_to_the_same(
    store: Store, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """However the rows are added, by duration first or one by one, microseconds and samples without end included."""
    monkeypatch.setattr("chargeback.store.scan.FEW_DURATIONS", few)
    lasting = [(hour + 1) * 60_000_000 + hour for hour in range(9)]
    for hour, duration in enumerate(lasting):
        start = us(f"01T{hour:02d}:00")
        values = [start, start + duration]
        store.connection.execute("insert into usage values (1, ?, ?, 'a', null, 'q', 0.3, null)", values)
    put(store, ("02T00:00", None, "a", None, "q", "5", None))
    (cell,) = scan(store.connection, Window(MONTH, (MONTH,), UTC), ()).cells
    assert (cell.samples, cell.intervals, cell.total, cell.highest) == (10, 9, Fraction(77, 10), 5)
    assert cell.unit_hours == Fraction(sum(lasting), 3_600_000_000) * Fraction(3, 10)


def test_every_measure_of_the_same_rows(store: Store) -> None:
    """Sum, integral, count, max, last and p95 of one meter, in one go."""
    put(store, *ROWS)
    found = answers(store, BOTH, *(ask(m) for m in ("sum", "integral", "count", "max", "last", "p95", "mean")))
    a, b = ("a", ""), ("b", "")
    assert found["sum"] == {a: 4, b: Fraction(-5, 2)}
    assert found["integral"] == {a: Fraction(19, 3), b: Fraction(-5, 2)}
    assert found["count"] == {a: 1, b: 0}
    assert found["max"] == {a: 3, b: Fraction(-5, 2)}
    assert found["last"] == {a: 1, b: Fraction(-5, 2)}
    assert found["p95"] == {a: 3, b: Fraction(-5, 2)}
    assert found["mean"] == {a: Fraction(19, 3) / 720, b: Fraction(-5, 2) / 720}


@pytest.mark.parametrize(("samples", "place"), [(1, 1), (19, 19), (20, 19), (21, 20), (40, 38), (100, 95)])
def test_the_95th_percentile_is_the_nearest_rank(store: Store, samples: int, place: int) -> None:
    """The ceil(0.95 n)-th smallest of n samples, in exact whole numbers."""
    put(
        store, *((f"{1 + n % 28:02d}T{n // 28:02d}:00", None, "a", None, "q", str(n + 1), None) for n in range(samples))
    )
    assert answers(store, BOTH, ask("p95"))["p95"] == {("a", ""): place}


def test_tags_select_rows_and_resources_are_measured_apart(store: Store) -> None:
    """where compares tags; per resource gives one reading each."""
    put(store, *ROWS)
    found = answers(store, BOTH, ask("sum", where={"class": "hdd"}), ask("max", per="resource"))
    assert found["sum"] == {("a", ""): 3, ("b", ""): Fraction(-5, 2)}
    assert found["max"] == {("a", "r1"): 3, ("b", ""): Fraction(-5, 2)}
    assert answers(store, BOTH, ask("sum", where={"colour": "red"}))["sum"] == {}


def test_a_resource_is_its_owners_of_the_day_and_a_named_member_comes_first(store: Store) -> None:
    """r9 moves on the 4th; a row that names b and a resource of a is b's; one that names a stranger is nobody's."""
    put(
        store,
        *ROWS[3:],
        ("03T00:00", None, None, "r9", "q", "1", None),
        ("05T00:00", None, "b", "r9", "q", "100", None),
    )
    put(store, ("05T00:00", None, "stranger", "r9", "q", "1000", None))
    owners = (
        Resource(resource_id="r9", member_id="b", valid_from=date(2026, 1, 1), valid_to=date(2026, 9, 4), where=HERE),
        Resource(resource_id="r9", member_id="a", valid_from=date(2026, 9, 4), valid_to=None, where=HERE),
    )
    facts = Facts(members=BOTH.members, resources=owners)
    found = measure(store.connection, [ask("sum")], facts, MONTH, UTC, "2026-09")
    answer = found.answers["sum", "rate:0"]
    assert {unit: r.value for unit, r in answer.readings.items()} == {("a", ""): 7, ("b", ""): 101}
    assert answer.unattributed == 1000
    assert [cell.member_id for cell in found.attribution.unattributed] == ["stranger"]


def test_only_members_in_force_and_in_the_group_are_counted(store: Store) -> None:
    """b is in the group from the 10th and leaves the body on the 20th."""
    put(store, *((f"{day:02d}T12:00", None, "b", None, "q", "1", None) for day in range(1, 31)))
    facts = Facts(
        members=(member("b", end=date(2026, 9, 20)),),
        groups=(GroupMember(group="g", member_id="b", valid_from=date(2026, 9, 10), valid_to=None, where=HERE),),
    )
    found = measure(store.connection, [ask("sum", group="g")], facts, MONTH, UTC, "2026-09")
    assert {u: r.value for u, r in found.answers["sum", "rate:0"].readings.items()} == {("b", ""): 10}
    assert sum(m.cell.samples for m in found.attribution.unpriced) == 9
    assert sum(c.samples for c in found.attribution.unattributed) == 11


def test_use_on_days_without_version_is_a_gap_and_not_counted(store: Store) -> None:
    """A rule in force until the 10th: nine days counted, the rest are told."""
    put(store, *((f"{day:02d}T12:00", None, "b", None, "q", "1", None) for day in range(1, 31)))
    asked = ask("sum", covered=(Span(date(2026, 9, 1), date(2026, 9, 10)),))
    found = measure(store.connection, [asked], BOTH, MONTH, UTC, "2026-09")
    assert found.answers["sum", "rate:0"].readings["b", ""].value == 9
    assert sum(m.cell.samples for m in found.attribution.uncovered["sum", "rate:0"]) == 21


def test_rows_of_an_instant_are_added_first_when_asked(store: Store) -> None:
    """Two links at the same instants: the largest sum is 5 + 4, not 5."""
    put(store, ("01T00:00", None, "a", "l1", "q", "5", None), ("01T00:00", None, "a", "l2", "q", "4", None))
    put(store, ("02T00:00", None, "a", "l1", "q", "1", None), ("02T00:00", None, "a", "l2", "q", "6", None))
    questions = [ask(m, combine="instant") for m in ("max", "last", "mean", "p95")]
    found = answers(store, BOTH, *questions)
    assert {name: values["a", ""] for name, values in found.items()} == {"max": 9, "last": 7, "mean": 8, "p95": 9}


def test_the_peak_is_the_earliest_instant_at_which_all_together_use_most(store: Store) -> None:
    """Two instants tie at 10: the first counts; b has nothing at it."""
    put(store, ("01T00:00", None, "a", None, "q", "10", None), ("02T00:00", None, "a", None, "q", "4", None))
    put(store, ("02T00:00", None, "b", None, "q", "6", None))
    assert answers(store, BOTH, ask("peak"))["peak"] == {("a", ""): 10, ("b", ""): 0}


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (ask("integral"), "integral-without-end"),
        (ask("mean"), "mean-of-mixed-rows"),
        (ask("max"), "several-series"),
        (ask("last"), "several-series"),
        (ask("p95"), "several-series"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.rule,
)
def test_rows_that_a_measure_does_not_allow_are_problems(store: Store, question: Question, code: str) -> None:
    """Hours need ends, a mean needs all or none, a maximum is of one series."""
    put(store, *ROWS[:1], ("05T00:00", None, "a", "r2", "q", "1", None))
    found = measure(store.connection, [question], BOTH, MONTH, UTC, "2026-09")
    assert {problem.code for problem in found.problems} >= {code}
    assert found.answers == {}


def test_the_largest_quantity_over_a_month_is_exact_or_raises(store: Store) -> None:
    """18 digits before the point and 9 after, for a whole month: no digit is lost."""
    put(store, ("01T00:00", "30T23:59", "a", None, "q", "999999999999999999.999999999", None))
    found = answers(store, BOTH, ask("integral"))["integral"]["a", ""]
    assert found == Fraction("999999999999999999.999999999") * (29 * 24 * 60 + 23 * 60 + 59) / 60


def test_sums_that_do_not_fit_raise_and_never_wrap(store: Store) -> None:
    """Ten million times the largest quantity is too much for 38 digits: an error, not a wrong sum."""
    import duckdb

    store.connection.execute(
        "insert into usage select 1, $start + i, $start + i + 2592000000000, 'a', null, 'q', "
        "999999999999999999.999999999::decimal(27, 9), null from range(100000) as t(i)",
        {"start": us("01T00:00")},
    )
    with pytest.raises(duckdb.Error):
        scan(store.connection, Window(MONTH, (MONTH,), UTC), ())


def test_tags_that_no_usage_has_are_not_read(store: Store) -> None:
    """Only tag columns that exist are asked of the store."""
    assert tag_columns(store.connection, [ask("sum", where={"class": "x", "colour": "y"})]) == ("class",)


CUT = {"rows": "usage", "part": "0", "tags": '"tag:class", '}
MEASURED = {"scan": CUT, "scan_by_row": CUT, "durations": {"rows": "usage", "percent": 100}}


def test_no_result_of_a_measure_is_a_binary_float(store: Store) -> None:
    """The types of every measure statement's columns: no DOUBLE, no FLOAT."""
    put(store, *ROWS)
    questions = [ask(m) for m in ("last", "p95", "peak")] + [ask("max", combine="instant")]
    measure(store.connection, questions, BOTH, MONTH, UTC, "2026-09")
    window = Window(MONTH, (MONTH,), UTC)
    start, end = window.bounds
    sql = {
        name: (
            statement(f"measure/{name}", **parts),
            {"from_us": start, "to_us": end},
        )
        for name, parts in MEASURED.items()
    }
    sql |= {n: (statement(f"measure/{n}"), {"questions": [0, 1, 2, 3]}) for n in ("p95", "last", "peak", "instants")}
    types = {
        name: {str(row[1]) for row in store.connection.execute(f"describe {text}", values).fetchall()}
        for name, (text, values) in sql.items()
    }
    assert {name for name, found in types.items() if found & {"DOUBLE", "FLOAT"}} == set()


@pytest.mark.parametrize("path", sorted(SQL.rglob("*.sql")), ids=lambda path: path.stem)
def test_every_statement_states_its_grain_what_it_reads_and_its_parameters(path: Path) -> None:
    """Three lines at the top of each file."""
    heads = [line.split(":")[0] for line in path.read_text(encoding="utf-8").splitlines()[:3]]
    assert heads == ["-- grain", "-- reads", "-- parameters"]
