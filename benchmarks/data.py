"""Usage of any size, the same bytes each time: machines measured through October 2026, by formula, not by chance.

A machine has four meters and a class. Rows stand as a collector writes them: by time, then by machine. With a row each
five minutes, as in the trace of the sample, ten million rows are 280 machines; with a row each hour they are 3,356.
"""

from __future__ import annotations

from pathlib import Path

FIRST = "2026-09-30 22:00:00"  # UTC: the first instant of October 2026 in Paris
METERS = ("vcpu", "memory_gib", "storage_gib", "traffic_gb")
MINUTES = 745 * 60  # October in Paris is an hour longer
FIVE_MINUTES, HOUR = 5, 60
PER_FILE = 10_000_000
FORM = {"parquet": "(format parquet)", "csv": "(format csv, header)"}
STAMP = {"parquet": "(({}) at time zone 'UTC')", "csv": "strftime({}, '%Y-%m-%dT%H:%M:%SZ')"}


def machines(rows: int, step: int) -> int:
    """How many machines, measured each ``step`` minutes, make so many rows."""
    return -(-rows // (MINUTES // step * len(METERS)))


def machine(number: int) -> str:
    """The resource_id of a machine."""
    return f"machine-{number:06d}"


def usage_files(folder: Path, rows: int, kind: str, step: int = FIVE_MINUTES) -> list[Path]:
    """The usage as ``parquet`` or ``csv`` files of at most ten million rows; files that are there already are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    firsts = range(0, rows, PER_FILE)
    files = [folder / f"usage-{number:03d}.{kind}" for number, _ in enumerate(firsts)]
    for file, first in zip(files, firsts, strict=True):
        if not file.exists():
            _write(file, range(first, min(first + PER_FILE, rows)), machines(rows, step), kind, step)
    return files


def _write(file: Path, rows: range, count: int, kind: str, step: int) -> None:
    import duckdb

    start = f"timestamp '{FIRST}' + to_minutes(n // {count * len(METERS)} * {step})"
    number = f"(n // {len(METERS)}) % {count}"
    query = f"""
        select
            {STAMP[kind].format(start)} as "start",
            {STAMP[kind].format(f"{start} + to_minutes({step})")} as "end",
            cast(null as varchar) as member_id,
            format('machine-{{:06d}}', {number}) as resource_id,
            {list(METERS)}[n % {len(METERS)} + 1] as meter,
            cast((n * 7919 + 13) % 1000003 as decimal(9, 0)) * cast(0.001 as decimal(4, 3)) as quantity,
            ['gold', 'silver', 'bronze'][{number} % 3 + 1] as class
        from range({rows.start}, {rows.stop}) as rows (n)
    """
    new = file.with_suffix(".new")
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        con.execute(f"copy ({query}) to '{new}' {FORM[kind]}")
    new.rename(file)
