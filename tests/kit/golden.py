"""Golden files: compared, or written anew when asked."""

from __future__ import annotations

import os

from kit.paths import GOLDEN


def same_as_golden(name: str, text: str) -> None:
    """Compare with the golden file, or write it when asked."""
    path = GOLDEN / name
    if os.environ.get("CHARGEBACK_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
