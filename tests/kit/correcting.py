"""Credit and correct through the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from chargeback.cli.app import main
from kit.issuing import edit

LATER = "2026-10-09"


FIRM = "F2026-00003"  # 12.01 and 2.99 net, 18.00 with VAT


ERROR = ("--kind", "error")
GIFT = ("--kind", "goodwill", "--act", "Decision 7")


def credit(root: Path, number: str, *words: str, on: str = LATER, kind: Sequence[str] = ERROR) -> int:
    """A credit, issued."""
    why = ("--reason", "a wrong reading", "--date", on, "--yes")
    return main(["-C", str(root), "credit", number, *kind, *why, *words])


def correct(root: Path, number: str, on: str = LATER) -> int:
    """A correction, issued."""
    return main(["-C", str(root), "correct", number, "--reason", "a wrong reading", "--date", on, "--yes"])


def read_again(root: Path) -> None:
    """The reading of the firm was 90 hours: 135.00 net, 162.00 with VAT."""
    edit(root / "usage/h.csv", "8.005", "90")
