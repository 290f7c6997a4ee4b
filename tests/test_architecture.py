"""The arrows point one way: the pure chain knows no file, database, clock or screen."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "chargeback"
PURE = (
    *(
        "money",
        "period",
        "problem",
        "model",
        "rules",
        "rule_fields",
        "rule_errors",
        "rule_checks",
        "rating",
        "allocation",
        "transfers",
        "timeline",
    ),
    *(
        "usage",
        "context",
        "rates",
        "accumulation",
        "shares",
        "keys",
        "methods",
        "order",
        "pools",
        "questions",
        "checks",
    ),
    *("savings", "invoicing", "statements", "result", "engine", "charge_files", "comparison"),
    *("terms", "entries", "differences", "calculation"),
)
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


def imported(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("name", PURE)
def test_the_pure_chain_imports_only_pure_modules(name: str) -> None:
    """A pure module imports other pure modules and the standard library, none that touches the world."""
    ours = {n.split(".")[1] for n in imported(PACKAGE / f"{name}.py") if n.startswith("chargeback.")}
    others = {n.split(".")[0] for n in imported(PACKAGE / f"{name}.py") if not n.startswith("chargeback")}
    assert ours - set(PURE) - {"games"} == set()
    assert others & EDGES == set()


@pytest.mark.parametrize("name", PURE)
def test_the_pure_chain_reads_no_clock_and_prints_nothing(name: str) -> None:
    """No call to a clock, a file or the screen in a pure module."""
    tree = ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = {f.id for f in calls if isinstance(f, ast.Name)} | {f.attr for f in calls if isinstance(f, ast.Attribute)}
    assert named & CLOCK == set()


def test_only_the_run_and_the_commands_know_store_and_renderers() -> None:
    """Modules other than the edges import neither the store nor the loader."""
    knowing = {p.stem for p in PACKAGE.glob("*.py") if {"chargeback.store", "chargeback.loading"} & imported(p)}
    assert (
        knowing
        - {
            "explain_commands",
            "loader",
            "usage_files",
            "duplicates",
            "run",
            "commands",
            "loading",
            "store",
            "output",
            "issuing",
            "ledger",
            "explain",
            "history",
            "tables",
        }
        == set()
    )


def test_no_rounding_outside_money() -> None:
    """Only one module rounds: no round(), quantize() or float() elsewhere in the package's money path."""
    offenders = []
    for name in PURE:
        if name == "money":
            continue
        tree = ast.parse((PACKAGE / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                if called in ("round", "quantize", "float"):
                    offenders.append((name, node.lineno))
    assert offenders == []
