"""SQL: statements in files, one question each, with their grain and parameters in the head of the file.

Owns: every statement of the program, by folder: schema, load, measure, checks, run, ledger, explain. Identifiers and
    cuts are filled in from closed lists; values are parameters.
Does not own: what a caller makes of the rows.
Start reading: ``measure/scan.sql``, the one scan over the rows of a month.
"""

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
