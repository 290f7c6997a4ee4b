"""How soon the command line answers, and how much memory a whole month takes: each in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.table import Line, count_text, limit, rate
from benchmarks.timing import repeated
from benchmarks.workspace import MONTH

RUN = """
import resource, sys, time
from chargeback.cli.app import main
started = time.perf_counter()
code = main(sys.argv[1:])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print("peak", peak // 1024 if sys.platform == "darwin" else peak, "seconds", time.perf_counter() - started)
sys.exit(code)
"""
HELP = [sys.executable, "-c", "from chargeback.cli.app import console; console()", "--help"]


def help_lines() -> Iterator[Line]:
    """``chargeback --help``."""
    taken = repeated(lambda: subprocess.run(HELP, check=True, capture_output=True), 7)
    yield limit("chargeback --help", "", taken, 0.3, "s")


def month_lines(root: Path, rows: int) -> Iterator[Line]:
    """The monthly run without documents, from a new store."""
    for name in ("chargeback.duckdb", "chargeback.duckdb.wal"):
        (root / name).unlink(missing_ok=True)
    command = [sys.executable, "-c", RUN, "-C", str(root), "run", str(MONTH), "--no-documents"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"peak (\d+) seconds ([0-9.]+)", said)
    assert found is not None, said
    of = f"{count_text(rows)} rows"
    yield rate("run from nothing, without documents", of, rows, float(found[2]), "rows")
    yield limit("its peak memory", of, int(found[1]) / 1024**2, 1, "GiB")
