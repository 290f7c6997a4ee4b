"""Words for the user on stderr, data for a program on stdout."""

from __future__ import annotations

import json
import sys
from typing import Any


def say(*lines: str) -> None:
    """Words for the user, on stderr."""
    for line in lines:
        print(line, file=sys.stderr)


def print_json(value: Any) -> None:
    """Data for a program, on stdout."""
    print(json.dumps(value, ensure_ascii=False, indent=2))
