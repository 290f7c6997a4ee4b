"""Rows as bytes: CSV like the files of the workspace (commas, UTF-8, LF), or JSON. Amounts are texts in both."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence

CsvRow = Mapping[str, str]


def as_csv(columns: Sequence[str], rows: Iterable[CsvRow]) -> bytes:
    """CSV of a header and the rows."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def as_json(columns: Sequence[str], rows: Iterable[CsvRow]) -> bytes:
    """JSON array of objects, with ``columns`` as their keys, in that order."""
    objects = [{column: row[column] for column in columns} for row in rows]
    return (json.dumps(objects, ensure_ascii=False, indent=2) + "\n").encode()
