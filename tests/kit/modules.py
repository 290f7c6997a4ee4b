"""Modules of the package: what each imports, at any depth and for types too, and what it calls."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from kit.paths import PACKAGE


def name_of(path: Path) -> str:
    """The dotted name of a module within the package; of a folder for its ``__init__``."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py")) if path.parent != PACKAGE}


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imported(path: Path) -> frozenset[str]:
    """The dotted names that a file imports: at its top, inside functions, and for types only."""
    names: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


def ours(names: frozenset[str]) -> set[str]:
    """Those that are modules of the package (a folder only where the name is its ``__init__``), by their name within
    it."""
    return {n.removeprefix("chargeback.") for n in names} & {
        m for m in MODULES if MODULES[m].stem != "__init__" or m == "store.sql"
    }


def outside(names: frozenset[str]) -> set[str]:
    """The libraries among them, by the first part of their name."""
    return {n.split(".")[0] for n in names} - {"chargeback"}


def calls(path: Path) -> set[str]:
    """The names of what a file calls."""
    found = [n.func for n in ast.walk(tree_of(path)) if isinstance(n, ast.Call)]
    return {f.id for f in found if isinstance(f, ast.Name)} | {f.attr for f in found if isinstance(f, ast.Attribute)}
