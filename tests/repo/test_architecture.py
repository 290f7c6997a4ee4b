"""Architecture: thirteen rooms in one line, arrows one way, and what each room may not do."""

from __future__ import annotations

from collections import defaultdict
from graphlib import TopologicalSorter

import pytest

from kit.modules import MODULES, calls, imported, ours, outside
from kit.paths import PACKAGE, TESTS

ROOMS = (
    ("model",),
    ("workspace", "charging"),
    ("sources", "billing", "store"),
    ("render", "ledger"),
    ("einvoice",),
    ("exports",),
    ("workflows",),
    ("explain",),
    ("cli",),
)
RANK = {room: rank for rank, rooms in enumerate(ROOMS) for room in rooms}
BESIDE = {"__init__.py", "__main__.py", "py.typed"}

FILES = {"pathlib", "os", "sys", "shutil", "subprocess", "tempfile"}
WORLD = FILES | {"duckdb", "polars", "reportlab", "openpyxl", "typer", "rich", "time"}
CLOCK = {"today", "now", "utcnow", "time"}
OPENS = {"open", "read_text", "write_text", "read_bytes", "write_bytes"}
ROUNDS = {"round", "quantize", "float"}
PURE = ("model", "charging", "billing")
PURE_OF_LEDGER = {
    *("ledger.credit_notes", "ledger.entries", "ledger.month_diff", "ledger.postings", "ledger.projection"),
    "ledger.remaining",
    "ledger.rule_terms",
}
KNOWS_DUCKDB = {"store", "ledger", "explain", "exports", "workflows", "cli"}


def room_of(name: str) -> str:
    """The room that a module is in."""
    return name.split(".")[0]


def pure(name: str) -> bool:
    """Whether a module turns values into values and nothing else."""
    return room_of(name) in PURE or name in PURE_OF_LEDGER


ARROWS = [(name, other) for name, path in MODULES.items() for other in sorted(ours(imported(path)) - {name})]
PURE_MODULES = [name for name in MODULES if pure(name)]


def test_the_package_is_the_rooms_and_nothing_else() -> None:
    """The top of the package has one folder per room, its entry points and the mark of its types."""
    found = {path.name for path in PACKAGE.iterdir() if path.name not in ("__pycache__", "_shipped")}
    assert found == {*RANK, *BESIDE}


def test_a_room_imports_only_rooms_to_its_left() -> None:
    """An arrow goes from a room to one of an earlier rank, or stays within the room; imports for types count."""
    back = [f"{a} → {b}" for a, b in ARROWS if room_of(a) != room_of(b) and RANK[room_of(a)] <= RANK[room_of(b)]]
    assert back == []


def test_nothing_imports_in_a_circle() -> None:
    """In the package and in each folder, the entries have an order in which each comes after those it imports."""
    for folder in sorted({name[:at] for name in MODULES for at, sign in enumerate(name) if sign == "."} | {""}):
        graph: dict[str, set[str]] = defaultdict(set)
        start = f"{folder}." if folder else ""
        for a, b in ARROWS:
            if a.startswith(start) and b.startswith(start):
                graph[a.removeprefix(start).split(".")[0]].add(b.removeprefix(start).split(".")[0])
        for entry, others in graph.items():
            others.discard(entry)
        assert list(TopologicalSorter(graph).static_order()) or not graph, folder


@pytest.mark.parametrize("name", PURE_MODULES)
def test_a_pure_module_touches_nothing(name: str) -> None:
    """No file, database, screen or clock, and no module that has one."""
    path = MODULES[name]
    assert outside(imported(path)) & WORLD == set()
    assert calls(path) & (CLOCK | OPENS | {"print"}) == set()
    assert [other for other in ours(imported(path)) if not pure(other)] == []


@pytest.mark.parametrize("name", [n for n in PURE_MODULES if n != "model.money"])
def test_nothing_rounds_outside_money(name: str) -> None:
    """Only ``model/money`` rounds."""
    assert calls(MODULES[name]) & ROUNDS == set()


def test_only_some_rooms_know_duckdb() -> None:
    """The workspace is files alone; what renders or makes XML takes values."""
    knowing = {room_of(name) for name, path in MODULES.items() if "duckdb" in outside(imported(path))}
    assert knowing <= KNOWS_DUCKDB


def test_only_a_file_of_sql_holds_sql() -> None:
    """A statement is in ``store/sql``; the exceptions begin or end a transaction or set up a connection."""
    assert [name for name, path in MODULES.items() if "read_text" in calls(path) and name == "store.sql"] == [
        "store.sql"
    ]


@pytest.mark.parametrize("room", [room for room in RANK if room != "cli"])
def test_only_the_command_line_prints(room: str) -> None:
    """Nothing but the command line knows Typer or Rich, or prints."""
    for name, path in MODULES.items():
        if room_of(name) == room:
            assert outside(imported(path)) & {"typer", "rich"} == set(), name
            assert "print" not in calls(path), name


@pytest.mark.parametrize("room", ["render", "einvoice"])
def test_what_is_rendered_takes_values(room: str) -> None:
    """What renders or makes XML opens no store and no ledger."""
    asked = {other for name, other in ARROWS if room_of(name) == room}
    assert {room_of(other) for other in asked} & {"store", "workflows"} == set()


def test_a_room_says_what_it_is() -> None:
    """Every folder has a docstring that says what it owns, what it does not, and where to start reading."""
    for name, path in MODULES.items():
        if path.stem == "__init__" and "." not in name:
            text = path.read_text(encoding="utf-8")
            assert all(f"{word}:" in text for word in ("Owns", "Does not own", "Start reading")), name


@pytest.mark.parametrize("shelf", sorted(path.name for path in TESTS.iterdir() if path.is_dir()))
def test_no_test_imports_another_test(shelf: str) -> None:
    """What several tests need is in ``kit`` or in the oracle; each file of tests stands alone."""
    others = {path.stem for path in TESTS.rglob("test_*.py")}
    for path in sorted((TESTS / shelf).rglob("*.py")):
        parts = {part for name in imported(path) for part in name.split(".")}
        assert parts & {*others, "tests", "conftest"} == set(), path


def test_helpers_are_in_the_kit() -> None:
    """A shelf holds tests and nothing else; helpers are in ``kit``, the second opinion in ``oracle``, the museum has
    its makers."""
    apart = {"kit", "oracle", "museum", "scenarios"}
    files = [path.relative_to(TESTS) for path in TESTS.rglob("*.py")]
    assert [str(f) for f in files if f.parts[0] not in apart and not f.name.startswith("test_")] == ["conftest.py"]
