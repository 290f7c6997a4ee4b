"""SQL statements in files, one question each; identifiers and cuts are filled in from closed lists, values are parameters."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def _text(name: str) -> str:
    return (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8")


def statement(name: str, **parts: object) -> str:
    """The statement of ``chargeback/sql/NAME.sql``, with its ``{parts}`` (never values from a file) filled in."""
    text = _text(name)
    for key, value in parts.items():
        text = text.replace("{" + key + "}", str(value))
    return text
