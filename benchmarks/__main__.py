"""``python -m benchmarks``: a table of what was measured, on stdout."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import charging, drawing, games, issuing, loading, measuring, starting, yearly
from benchmarks.data import HOUR
from benchmarks.table import Line, markdown
from benchmarks.workspace import workspace

SIZES = (1_000_000, 10_000_000)
LIBRARIES = ("duckdb", "reportlab")


def main() -> None:
    """Measure what was asked for and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES, help="rows of usage: 1000000 10000000 by default")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=tuple(PARTS), help="some of the measures")
    parser.add_argument("--folder", type=Path, help="where generated data are kept; a temporary folder by default")
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="chargeback-benchmarks-") as folder:
        lines = []
        for part in asked.only:
            for line in PARTS[part](asked.folder or Path(folder), asked.rows):
                print(" · ".join(cell for cell in line.cells if cell), file=sys.stderr, flush=True)
                lines.append(line)
    print(f"{machine()}\n\n{markdown(lines)}")


def machine() -> str:
    """What it was measured on."""
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    load = f", load average {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"Python {platform.python_version()}, {libraries}, {os.cpu_count()} processors{load}"


def _measure(folder: Path, sizes: list[int]) -> Iterator[Line]:
    for rows in sizes:
        yield from measuring.lines(workspace(folder / f"{rows}", rows), rows)
    rows = min(sizes)
    yield from measuring.lines(workspace(folder / f"{rows}-hourly", rows, step=HOUR), rows, " an hour apart")


def _load(folder: Path, sizes: list[int]) -> Iterator[Line]:
    for rows in sizes:
        parquet = workspace(folder / f"{rows}", rows)
        yield from loading.lines(parquet, workspace(folder / f"{rows}-csv", rows, "csv"), rows)


def _month(folder: Path, sizes: list[int]) -> Iterator[Line]:
    for rows in sizes:
        yield from starting.month_lines(workspace(folder / f"{rows}", rows), rows)


PARTS: dict[str, Callable[[Path, list[int]], Iterator[Line]]] = {
    # A child process starts with the peak memory of its parent: what counts memory comes before what fills it.
    "start": lambda folder, sizes: starting.help_lines(),
    "month": _month,
    "measure": _measure,
    "load": _load,
    "charge": lambda folder, sizes: charging.lines(),
    "games": lambda folder, sizes: games.lines(),
    "draw": lambda folder, sizes: drawing.lines(),
    "issue": lambda folder, sizes: issuing.lines(),
    "year": lambda folder, sizes: yearly.lines(folder),
}


if __name__ == "__main__":
    main()
