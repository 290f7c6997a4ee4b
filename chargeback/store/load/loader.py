"""Loader: files into the store and out of it, each in one transaction, all of a file or nothing of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chargeback.model.grammar import FieldError, bad_id
from chargeback.model.period import DAY_US, EPOCH, Period
from chargeback.model.problem import Place, Problem
from chargeback.store.database import Store
from chargeback.store.load import usage_files
from chargeback.store.load.cost_files import CostRow, read_costs
from chargeback.store.load.folder import DataFile
from chargeback.store.load.usage_files import BadFile, UsageFile
from chargeback.store.sql import statement
from chargeback.store.sql.quoting import TAG, identifier
from chargeback.workspace.files.cells import quoted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Progress = Callable[[str, int, int], None]
"""Called with what is done (a path, a step), how much of it is done, and how much there is in all."""

FIRST, LAST = date(1, 1, 2).toordinal(), date(9999, 12, 1).toordinal()
TAGGED = ("usage", "crossing")
MOST_DAYS = 1_100
PROGRESS_EVERY = 0.2  # seconds


@contextmanager
def transaction(connection: DuckDBPyConnection) -> Iterator[None]:
    """Transaction: all of the block or nothing, also when it is interrupted."""
    connection.execute("begin")
    try:
        yield
        connection.execute("commit")
    except BaseException:
        _roll_back(connection)
        raise


def _roll_back(connection: DuckDBPyConnection) -> None:
    import duckdb

    try:
        connection.execute("rollback")
    except duckdb.Error:
        return  # DuckDB has rolled back already


@dataclass(slots=True)
class Loader:
    """Load under way.

    Attributes:
        connection: connection of the store.
        root: folder of the workspace.
        zone: time zone of timestamps without an offset.
        progress: called while files are read; None where nobody watches.
        total: bytes to read in all.
        known_tags: tags of the files that stay or have been loaded.
        problems: problems of the files so far.
        read: paths of the files loaded so far.
        rows: how many rows they have.
        done: bytes read so far.
    """

    connection: DuckDBPyConnection
    root: Path
    zone: ZoneInfo
    progress: Progress | None
    total: int
    known_tags: set[str]
    problems: list[Problem] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    rows: int = 0
    done: int = 0

    def __post_init__(self) -> None:
        usage_files.prepare(self.connection, self.progress is not None)

    def do(self, name: str, **values: Any) -> list[tuple[Any, ...]]:
        """Rows of a statement of sql/load."""
        return self.connection.execute(statement(f"load/{name}"), values or None).fetchall()

    def rename(self, files: Sequence[tuple[int, str]]) -> None:
        """Give contents, by their file_id, new paths."""
        if files:
            with transaction(self.connection):
                for file_id, path in files:
                    self.do("rename_file", file_id=file_id, path=path)

    def take_out(self, file_ids: Iterable[int]) -> None:
        """Take contents out of the store."""
        file_ids = list(file_ids)
        if file_ids:
            with transaction(self.connection):
                self.delete(file_ids)

    def delete(self, file_ids: Iterable[int]) -> None:
        for file_id in file_ids:
            for name in ("delete_usage", "delete_crossing", "delete_costs", "delete_file"):
                self.do(name, file_id=file_id)

    def finish_check(self, repeating: Iterable[int]) -> None:
        """Mark the new files as checked; contents that repeat a measurement are taken out."""
        with transaction(self.connection):
            self.delete(repeating)
            self.do("mark_checked")

    def load(self, file: DataFile, old: Sequence[int]) -> None:
        """Load one file in place of the old contents of its path; with problems, only take the old ones out."""
        try:
            with self.watched(file):
                self.usage(file, old) if file.kind == "usage" else self.costs(file, old)
            self.read.append(file.path)
        except BadFile as bad:
            self.problems += bad.problems
            self.take_out(old)
        except FileNotFoundError:
            self.problems.append(_changed(file))
            self.take_out(old)
        self.done += file.size

    @contextmanager
    def watched(self, file: DataFile) -> Iterator[None]:
        """Report the progress of a file while DuckDB reads it."""
        if self.progress is None:
            yield
            return
        stop = threading.Event()
        watcher = threading.Thread(target=self.watch, args=(file, stop), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            stop.set()
            watcher.join()
            self.progress(file.path, self.done + file.size, self.total)

    def watch(self, file: DataFile, stop: threading.Event) -> None:
        """Report the progress of a file from time to time, until ``stop`` is set."""
        assert self.progress is not None
        done = 0.0
        while True:
            done = max(done, min(self.connection.query_progress(), 99.0))
            self.progress(file.path, self.done + int(file.size * done / 100), self.total)
            if stop.wait(PROGRESS_EVERY):
                return

    def usage(self, file: DataFile, old: Sequence[int]) -> None:
        """Load a usage file by SQL; when SQL refuses it, Python names its problems or makes a plain copy."""
        source = usage_files.opened(self.connection, self.root, file.path)
        self.add_tags(source)
        plainly_quoted = source.types is not None or not file.odd_quotes
        if plainly_quoted and self.put_in(file, source, source, old) is None:
            return
        problems = usage_files.problems_of(self.connection, source, self.zone)
        if problems:
            raise BadFile(problems)
        with usage_files.plain(self.connection, source, self.zone) as copy:
            failure = self.put_in(file, source, copy, old)
        if failure is not None:
            raise BadFile([usage_files.not_loaded(file.path, failure)]) from failure

    def put_in(self, file: DataFile, source: UsageFile, readable: UsageFile, old: Sequence[int]) -> Exception | None:
        """Load a content by the first reading that takes every row, in place of the old ones; else the failure."""
        import duckdb

        failure: Exception | None = None
        for reading in usage_files.readings(readable):
            try:
                with transaction(self.connection):
                    self.delete(old)
                    self.insert(file, source, readable, reading)
                self.known_tags |= set(source.tags)
                return None
            except duckdb.Error as error:
                if not usage_files.of_the_file(error):
                    raise
                failure = error
            except FieldError as error:
                return error
        return failure

    def insert(self, file: DataFile, source: UsageFile, readable: UsageFile, reading: dict[str, str]) -> None:
        """Insert the measurements of a usage file, and its row in ``files``. Raises FieldError for a wrong name."""
        file_id = self.do("next_file_id")[0][0]
        usage_files.insert(self.connection, readable, file_id, self.zone, reading)
        self.check_names(source, file_id)
        rows, first, last, until, on_minutes = self.do("usage_stats", file_id=file_id)[0]
        if rows:
            self.add_crossing(file_id, range(first // DAY_US, last // DAY_US + 1))
        instants = {"first_us": first, "last_us": last, "until_us": until, "on_minutes": on_minutes}
        self.enter(file, file_id, rows, tags=list(source.tags), checked=rows == 0, **instants)

    def add_crossing(self, file_id: int, days: range) -> None:
        """Add the rows of a file that go past the end of the month of their start to the table of them.

        ``days``: days of UTC on which they start; where they are very many, those that have a row are looked up.
        """
        few = len(days) <= MOST_DAYS
        for month in _months(days if few else (day for (day,) in self.do("start_days", file_id=file_id))):
            start, end = month.bounds(self.zone)
            self.do("add_crossing", file_id=file_id, from_us=start, edge_us=end)

    def check_names(self, source: UsageFile, file_id: int) -> None:
        """Raise the mistake of the first identifier, meter or tag of a file that the contract does not allow."""
        columns = ", ".join(map(identifier, (*usage_files.NAMES, *(TAG + tag for tag in source.tags))))
        rows = self.connection.execute(statement("load/names", columns=columns), {"file_id": file_id}).fetchall()
        for wrong in (bad_id(name) for (name,) in rows):
            if wrong:
                raise wrong

    def add_tags(self, file: UsageFile) -> None:
        """Add a column for each new tag. Columns of DuckDB are without case, so tags may not differ in case only."""
        have = {column.lower(): column for column in Store(self.connection).tag_columns()} if file.tags else {}
        for tag in file.tags:
            column = TAG + tag
            before = have.get(column.lower())
            if before is None:
                for table in TAGGED:
                    self.connection.execute(statement("load/add_tag", table=table, column=identifier(column)))
            elif before != column and before.removeprefix(TAG) in self.known_tags:
                other = quoted(before.removeprefix(TAG))
                message = f"the tag {quoted(tag)} differs from {other} of another file in case only: write both alike"
                raise BadFile([Problem(Place(file.path, 1), message, "tags-differ-in-case")])
            elif before != column:
                names = {"column": identifier(before), "new": identifier(column)}
                for table in TAGGED:
                    self.connection.execute(statement("load/rename_tag", table=table, **names))

    def enter(self, file: DataFile, file_id: int, rows: int, **values: Any) -> None:
        """Insert the row of a file in ``files``. Raises BadFile when somebody wrote to the file meanwhile."""
        if not file.is_as_before(self.root):
            raise BadFile([_changed(file)])
        instants = dict.fromkeys(("first_us", "last_us", "until_us"))
        values = {"tags": [], **instants, "on_minutes": True, "checked": True} | values
        values |= {"file_id": file_id, "kind": file.kind, "path": file.path, "sha256": file.sha256, "rows": rows}
        self.do("insert_file", zone=self.zone.key, **values)
        self.rows += rows

    def costs(self, file: DataFile, old: Sequence[int]) -> None:
        """Load a cost file."""
        costs, problems = read_costs(self.root, file.path)
        if problems:
            raise BadFile(problems)
        with transaction(self.connection):
            self.delete(old)
            file_id = self.do("next_file_id")[0][0]
            if costs:
                self.do("insert_costs", file_id=file_id, **_lists(costs))
            self.enter(file, file_id, len(costs))


def _changed(file: DataFile) -> Problem:
    return Problem(Place(file.path), "the file changed while it was read: run again when it is at rest", "changed-file")


def _months(days: Iterable[int]) -> list[Period]:
    """Months that days of UTC, counted from 1970, may lie in, in any time zone."""
    places = {place for day in days for place in range(day - 1, day + 2)}
    dates = [date.fromordinal(place) for place in (EPOCH.toordinal() + p for p in places) if FIRST <= place < LAST]
    return sorted({Period(day.year, day.month) for day in dates})


def _lists(costs: Sequence[CostRow]) -> dict[str, list[Any]]:
    return {
        "lines": [cost.line for cost in costs],
        "cells": [cost.cell for cost in costs],
        "periods": [cost.period for cost in costs],
        "pools": [cost.pool for cost in costs],
        "accounts": [cost.account for cost in costs],
        "labels": [cost.label for cost in costs],
        "cents": [str(cost.cents) for cost in costs],
        "documents": [cost.document for cost in costs],
        "hidden": [cost.hidden for cost in costs],
    }
