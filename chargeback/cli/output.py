"""Output of commands: words for the user on stderr, data for a program on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from chargeback.model.problem import Refused

LONGEST_REASON = 300


def say(*lines: str) -> None:
    """Words for the user, on stderr."""
    for line in lines:
        print(line, file=sys.stderr)


def print_json(value: Any) -> None:
    """Data for a program, on stdout."""
    print(json.dumps(value, ensure_ascii=False, indent=2))


def as_reason(text: str, why: str = "the ledger keeps why", option: str = "--reason") -> str:
    """A reason or act as it is kept and printed: one line of words. Raises Refused."""
    reason = " ".join(text.split())
    if not reason.isprintable() or not 3 <= len(reason) <= LONGEST_REASON:
        raise Refused(f"{why}: give {option} in 3 to {LONGEST_REASON} characters")
    return reason


def agreed(question: str) -> bool:
    """Whether somebody at a terminal answers a question with yes; False where nobody can answer."""
    if not sys.stdin.isatty():
        return False
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes", "o", "oui")


def aligned(rows: Sequence[Sequence[str]], texts: int) -> Iterable[str]:
    """Rows as lines of columns: the first ``texts`` to the left, the others to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [c.ljust(w) if i < texts else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))]
        yield "  ".join(cells).rstrip()
