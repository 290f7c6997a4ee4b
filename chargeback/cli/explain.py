"""``explain``: words, JSON, or every usage row as CSV; all of it data, on stdout."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from chargeback.billing.charges_csv import charges_csv
from chargeback.cli.output import print_json, say
from chargeback.cli.progress import progress_bar
from chargeback.explain.evidence_by_month import all_rows
from chargeback.explain.explanation import Explanation, explain
from chargeback.explain.json_output import json_of
from chargeback.explain.text import local, text_of
from chargeback.explain.usage_rows import UsageRow
from chargeback.model.period import Period
from chargeback.workflows.session import loaded
from chargeback.workspace.inputs import Inputs, reports_folder
from chargeback.workspace.paths import OUT
from chargeback.workspace.reports.wording import read_wording

COLUMNS = (
    *("explained_line", "file", "line", "start", "end"),
    *("member_id", "resource_id", "meter", "quantity", "counted_seconds"),
)


def explain_month(
    root: Path, asked: str, period: Period | None, line: int | None, *, rows: bool, as_json: bool
) -> None:
    """Explain an issued document or a member's month."""
    with progress_bar() as progress, loaded(root, write=True, progress=progress) as (books, _):
        inputs = books.inputs
        found = explain(books, asked, period, line)
        say(*_stale(root, found))
        if rows:
            _print_rows(inputs, list(all_rows(books, found.lines)))
            return
    if as_json:
        print_json(json_of(found))
        return
    wording = read_wording(inputs.settings.locale, reports_folder(inputs), inputs.settings.currency)
    print("\n".join(text_of(found, wording)))


def _stale(root: Path, found: Explanation) -> list[str]:
    """Notice that the draft in out/ was made of other files, where it was."""
    drafted = root / OUT / str(found.month.period) / "charges.csv"
    if found.issued or not drafted.is_file():
        return []
    month = found.month
    if drafted.read_bytes() == charges_csv(month.charges, month.rules, month.period):
        return []
    return [
        f"the draft in {OUT}/{month.period} was made of other files: `chargeback run {month.period}` draws it up again"
    ]


def _print_rows(inputs: Inputs, every: list[tuple[int, UsageRow]]) -> None:
    """Every usage row behind the lines as CSV; a tag is a column."""
    tags = sorted({tag for _, row in every for tag in row.tags})
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow((*COLUMNS, *tags))
    writer.writerows((number, *_cells(row, inputs, tags)) for number, row in every)


def _cells(row: UsageRow, inputs: Inputs, tags: list[str]) -> list[object]:
    zone = inputs.settings.zone
    start, end = (
        local(row.start_us, zone).isoformat(),
        "" if row.end_us is None else local(row.end_us, zone).isoformat(),
    )
    named = (row.member_id, row.resource_id, row.meter, format(row.quantity, "f"))
    tagged = (row.tags.get(tag, "") for tag in tags)
    return [row.path, row.line or "", start, end, *named, row.counted_seconds or "", *tagged]
