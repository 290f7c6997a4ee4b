"""Books: whatever a command asks, no month is planned, measured or billed twice."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chargeback.model.period import Period
from chargeback.model.problem import Problems
from chargeback.workflows import measured_month
from chargeback.workflows.books import Books
from chargeback.workflows.session import loaded
from kit.late_office import Office, put, usage, workspace
from kit.slow import slow, some
from kit.undrawn import undrawn

YEAR = [f"2026-{month:02d}" for month in range(1, 13)]
CLOSED = ("2026-01", "2026-02", "2026-12")
BACKUP = """id = "backup"
label = { fr = "backup", en = "backup" }
service = "shared"
kind = "allocation"
vat = "cost-sharing"
pool = "tapes"

[[version]]
valid_from = 2026-01-01
references = [{ title = "Decision 2" }]
billing = "instalments"
keys = [{ quantity = { driver = "population" } }]
"""
COUNTED = ("plan_month", "measure", "bill_month")
COMMANDS = {
    "check": "check 2027-01",
    "run": "run 2027-01",
    "run of a draft of the year": "run 2026-06",
    "run of an issued month": "run 2026-01",
    "issue": "issue 2027-01 --date 2027-02-05",
    "adjustments": "adjustments 2027-01",
    "true-up": "true-up 2026",
    "explain": "explain cergy --period 2027-01",
    "explain an issued month": "explain cergy --period 2026-01",
    "export accruals": "export accruals 2026",
    "verify": "verify",
}
REFUSED = {"run of an issued month", "verify"}  # 2026-01 has a row that came late


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A year with two pools, of which one is called by instalments and trued up in January.

    Three months are closed and the first of them has a late row; the others are drafts.
    """
    root = workspace(tmp_path_factory.mktemp("year"), *YEAR, "2027-01")
    (root / "tariffs" / "backup.toml").write_text(BACKUP, encoding="utf-8")
    (root / "budget").mkdir()
    (root / "budget" / "2026.csv").write_text(
        "year,pool,amount\n2026,tapes,1200.00\n2027,tapes,1200.00\n", encoding="utf-8"
    )
    put(root, costs__tapes="period,pool,account,label,amount,document\n2026-03,tapes,611,Tapes,900.00,T-1\n")
    with (root / "chargeback.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[true_up]\n2026 = "2027-01"\n\n[true_up.since]\ntapes = "2026-12"\n')
    return root


@pytest.fixture
def root(year: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A copy of the year, its three months closed; the late row is there."""
    undrawn(monkeypatch)
    if not (year / "out").exists():
        Office(year, capsys).close(*CLOSED)
        put(year, usage__late=usage("2026-01", ("cergy", "7"), day="20"))
    return Path(shutil.copytree(year, tmp_path / "copy"))


def counting(monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[object, ...]]:
    """How often each month was planned, measured and billed; a bill by whether true-ups and earlier months count."""
    calls: Counter[tuple[object, ...]] = Counter()

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            if name == "bill_month":
                key: tuple[object, ...] = (
                    given[0].period,
                    bool(named.get("true_ups")),
                    named.get("brought_forward") is not None,
                )
            else:
                key = (given[0],) if name == "plan_month" else (given[3], given[5])
            calls[name, *key] += 1
            return function(*given, **named)

        return call

    for name in COUNTED:
        monkeypatch.setattr(measured_month, name, counted(name, getattr(measured_month, name)))
    return calls


@slow
@pytest.mark.parametrize("what", some(list(COMMANDS), 4))
def test_a_command_computes_no_month_twice(
    what: str, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every month that a command needs is planned and measured once, and billed once in each of its ways."""
    calls = counting(monkeypatch)
    code, _, err = Office(root, capsys).says(*COMMANDS[what].split())
    assert code == (1 if what in REFUSED else 0), err
    assert calls
    assert {call: times for call, times in calls.items() if times > 1} == {}


@slow
def test_the_ways_to_a_month(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """January bills a true-up and a late row: both with what is brought forward, the true-up alone, or neither."""
    calls = counting(monkeypatch)
    january, march = Period(2027, 1), Period(2026, 3)
    with loaded(root, write=False) as (books, _):
        whole, alone, before = (way(january) for way in (books.month, books.month_alone, books.month_before_true_up))
        assert calls["measure", january.span, str(january)] == 1
        assert books.month_before_true_up(march) is books.month_alone(march)
        assert books.month(january) is whole
    assert [bool(month.true_ups) for month in (whole, alone, before)] == [True, True, False]
    late = [[c.adjusts for c in month.charges if c.rule == "storage" and c.adjusts] for month in (whole, alone, before)]
    assert late == [[Period(2026, 1)], [], []]


def test_a_month_that_is_forgotten_is_computed_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The books let a month go whole: its measure and every bill."""
    march = Period(2026, 3)
    with loaded(root, write=False) as (books, _):
        before = books.month_alone(march)
        books.forget(march)
        calls = counting(monkeypatch)
        assert books.month_alone(march) == before
        assert calls["plan_month", march] == calls["bill_month", march, False, False] == 1


def test_a_month_with_a_problem_is_not_kept(root: Path) -> None:
    """What raises is raised again: books hold months, no half of one."""
    (root / "costs" / "2026-05.csv").write_text("period,pool,account,label,amount,document\n", encoding="utf-8")
    put(root, costs__wrong="period,pool,account,label,amount,document\n2026-05,unknown,611,What,1.00,W-1\n")
    with loaded(root, write=False) as (books, _):
        assert isinstance(books, Books)
        for _ in range(2):
            with pytest.raises(Problems):
                books.month(Period(2026, 5))
