"""Fields of an explanation through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from chargeback.cli.app import main


def printed_by_explain(capsys: pytest.CaptureFixture[str], root: Path, *words: str) -> str:
    """What explain prints, its spaces that do not break made plain."""
    capsys.readouterr()
    assert main(["-C", str(root), "explain", *words]) == 0
    return capsys.readouterr().out.replace("\u202f", " ").replace("\xa0", " ")


def field(text: str, label: str) -> list[str]:
    """The texts of the first field with a label."""
    lines = text.splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith(f"    {label} "))
    start = len(lines[first]) - len(lines[first][4:].lstrip().removeprefix(label).lstrip())
    own = [lines[first][start:]]
    for line in lines[first + 1 :]:
        if not line.startswith(" " * start) or not line.strip():
            break
        own.append(line[start:])
    return own
