"""SQL statements in files, one question each.

Owns: every statement of the program, by folder: schema, load, measure, checks, run, ledger, explain.
Does not own: what a caller makes of the rows.
Start reading: ``measure/scan.sql``, the one scan over the rows of a month.

Values are bound as parameters; only parts are filled in as text.

The header of a file, its comment lines at the top, names its parts: ``-- parts: {tags}: tag columns``. A part is a
fragment of the program (a number, an expression from a closed list) or a name quoted by ``store.sql.quoting``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path

PART = re.compile(r"\{([a-z][a-z_]*)\}")
PARTS = "-- parts:"


@dataclass(frozen=True, slots=True)
class Template:
    """SQL file: its statement without the header.

    Attributes:
        body: the statement, with ``{part}`` where a part is filled in.
        parts: names of the parts that the header declares.
    """

    body: str
    parts: frozenset[str]


@cache
def template(name: str) -> Template:
    """Template of ``store/sql/NAME.sql``."""
    lines = (Path(__file__).parent / f"{name}.sql").read_text(encoding="utf-8").splitlines(keepends=True)
    header = list(takewhile(lambda line: line.startswith("--"), lines))
    declared = header[next((n for n, line in enumerate(header) if line.startswith(PARTS)), len(header)) :]
    return Template("".join(lines[len(header) :]), frozenset(PART.findall("".join(declared))))


def statement(name: str, **parts: str | int) -> str:
    """Statement of ``store/sql/NAME.sql`` with its parts filled in, each once: no part is looked for in another.

    Raises ValueError when the parts given, those declared in the header and those used are not the same.
    """
    found = template(name)
    used = set(PART.findall(found.body))
    if not set(parts) == found.parts == used:
        declared = f"declares the parts {sorted(found.parts)}, uses {sorted(used)} and is given {sorted(parts)}"
        raise ValueError(f"store/sql/{name}.sql {declared}")
    return PART.sub(lambda match: str(parts[match.group(1)]), found.body)
