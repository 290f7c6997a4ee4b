"""The arrows point one way: the pure chain knows no file, database, clock or screen, and nothing imports in a circle."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from kit.modules import MODULES, PURE, imported, ours

EDGES = {
    "duckdb",
    "polars",
    "reportlab",
    "openpyxl",
    "typer",
    "rich",
    "pathlib",
    "os",
    "sys",
    "time",
    "shutil",
    "subprocess",
}
CLOCK = {"today", "now", "utcnow", "time", "open", "print"}
KNOWS_THE_STORE = {"run", "history", "tables", "output", "measure", "year", "adjusting", "accruing", "proving"}
FOLDERS_THAT_KNOW_THE_STORE = {"load", "ledger", "explain", "commands"}


def calls(path: Path) -> set[str]:
    """The names of what a file calls."""
    found = [n.func for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
    return {f.id for f in found if isinstance(f, ast.Name)} | {f.attr for f in found if isinstance(f, ast.Attribute)}


@pytest.mark.parametrize("name", PURE)
def test_the_pure_chain_imports_only_pure_modules(name: str) -> None:
    """A pure module imports other pure modules and the standard library, none that touches the world."""
    names = imported(MODULES[name])
    assert ours(names) - set(PURE) == set()
    assert {n.split(".")[0] for n in names} & EDGES == set()


@pytest.mark.parametrize("name", PURE)
def test_the_pure_chain_reads_no_clock_and_prints_nothing(name: str) -> None:
    """No call to a clock, a file or the screen in a pure module."""
    assert calls(MODULES[name]) & CLOCK == set()


@pytest.mark.parametrize("name", [n for n in PURE if n != "money"])
def test_nothing_rounds_outside_money(name: str) -> None:
    """Only one module rounds: no round(), quantize() or float() in the rest of the pure chain."""
    assert calls(MODULES[name]) & {"round", "quantize", "float"} == set()


def test_only_the_run_and_its_edges_know_the_store() -> None:
    """Modules other than the edges import neither the store nor the loader."""
    knowing = {n for n, path in MODULES.items() if {"store", "load.loading"} & ours(imported(path))}
    assert {n for n in knowing if n.split(".")[0] not in FOLDERS_THAT_KNOW_THE_STORE} - KNOWS_THE_STORE == set()


def test_no_renderer_knows_where_its_values_come_from() -> None:
    """A renderer takes values and wording: it imports neither run, nor store, nor ledger."""
    asked = {n: ours(imported(path)) for n, path in MODULES.items() if n.startswith("render.")}
    outside = {
        f"{n} → {m}"
        for n, names in asked.items()
        for m in names
        if m.split(".")[0] in ("run", "store", "load", "commands")
    }
    assert outside == set()


def test_nothing_imports_in_a_circle() -> None:
    """The modules have an order in which each comes after those it imports."""
    graph = {name: ours(imported(path)) - {name} for name, path in MODULES.items()}
    assert len(list(TopologicalSorter(graph).static_order())) == len(MODULES)
