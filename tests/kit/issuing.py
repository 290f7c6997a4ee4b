"""Issue and close through the command line, and crashes at every step."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from chargeback.cli.app import main

PERIOD = "2026-09"


ON = "2026-10-05"


def issue(root: Path, on: str = ON, period: str = PERIOD) -> int:
    """Issue a month dated ``on``."""
    return main(["-C", str(root), "issue", period, "--date", on])


def entries(root: Path) -> list[dict[str, Any]]:
    """The entries of ledger.jsonl."""
    return [json.loads(line) for line in (root / "out/ledger.jsonl").read_bytes().splitlines()]


def numbers(root: Path) -> list[str]:
    """Every number given, in the order of the ledger."""
    return [d["number"] for entry in entries(root) for d in entry["documents"]]


def state(folder: Path) -> dict[str, str]:
    """sha256 of every file under a folder, the workbook left out (its bytes hold its own clock)."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".xlsx")
    return {p.relative_to(folder).as_posix(): sha256(p.read_bytes()).hexdigest() for p in files}


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def other_month(root: Path) -> Path:
    """A workspace where August has the use and costs of September."""
    usage = (root / "usage/h.csv").read_text(encoding="utf-8").replace("2026-09-", "2026-08-")
    (root / "usage/august.csv").write_text(usage, encoding="utf-8")
    costs = (root / "costs/2026-09.csv").read_text(encoding="utf-8").replace("2026-09", "2026-08")
    (root / "costs/2026-08.csv").write_text(costs, encoding="utf-8")
    return root


class Crash(BaseException):
    """Raised where a test makes the program end."""


def crashing(after: bool, whole: Callable[..., Any]) -> Callable[..., Any]:
    """A function that ends the program, once it has done its work when ``after``."""

    def crash(*args: Any, **values: Any) -> Any:
        if after:
            whole(*args, **values)
        raise Crash

    return crash
