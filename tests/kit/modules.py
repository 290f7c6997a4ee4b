"""Modules of the package and what each imports."""

from __future__ import annotations

import ast
from pathlib import Path

from kit.paths import ROOT

PACKAGE = ROOT / "chargeback"


VALUES = (
    "money",
    "period",
    "problem",
    "model",
    "rule_fields",
    "price_lists",
    "rules",
    "quantity",
    "fairness",
    "balance",
    "result",
    "brought",
)


LEDGER = (
    "ledger.terms",
    "ledger.entries",
    "ledger.corrections",
    "ledger.differences",
    "explain.calculation",
    "explain.rule_life",
)


def name_of(path: Path) -> str:
    """The dotted name of a module within the package."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py")) if path.stem != "__init__"}


PURE = tuple(n for n in MODULES if n in VALUES or n.startswith("charging.") or n in LEDGER)


def imported(path: Path, *, anywhere: bool = True) -> set[str]:
    """The modules that a file imports; with ``anywhere`` also inside functions and for types only."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if anywhere else iter(tree.body)
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def ours(names: set[str]) -> set[str]:
    """Those that are modules of the package, by their name within it."""
    return {n.removeprefix("chargeback.") for n in names} & set(MODULES)
