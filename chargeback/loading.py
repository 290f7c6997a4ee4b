"""The store brought level with the folder, by content: what is gone is taken out, what is new is put in.

One transaction per path: the old content out, the new one in. A file with a problem leaves nothing of itself in the
store; what was loaded before an interruption stays, and the next load goes on from there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from chargeback import duplicates, usage_files
from chargeback.cost_files import CostRow, read_costs
from chargeback.folder import DataFile, data_files
from chargeback.model import Settings
from chargeback.parquet_files import identifier
from chargeback.problem import Place, Problem
from chargeback.sql import statement
from chargeback.store import LoadedFile, Store
from chargeback.usage_files import BadFile, UsageFile

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did. ``read``: files loaded now; ``rows``: their rows; ``renamed``: (old, new) names of one content."""

    read: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    rows: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to change. ``gone``: contents to take out; ``new``: files to read; ``renamed``: contents under a new name."""

    gone: tuple[LoadedFile, ...]
    new: tuple[DataFile, ...]
    renamed: tuple[tuple[LoadedFile, DataFile], ...]
    unchanged: tuple[LoadedFile, ...]
    copies: tuple[tuple[DataFile, DataFile], ...]


def plan(loaded: Iterable[LoadedFile], present: Iterable[DataFile], zone: str) -> Plan:
    """Compare contents: a file is the same when its kind, its sha256 and the zone it was read in are."""
    first: dict[tuple[str, str], DataFile] = {}
    copies = []
    for file in present:
        original = first.setdefault((file.kind, file.sha256), file)
        if original is not file:
            copies.append((original, file))
    gone, renamed, unchanged = [], [], []
    new = dict(first)
    for content in loaded:
        here = new.pop((content.kind, content.sha256), None) if content.zone == zone else None
        if here is None:
            gone.append(content)
        elif here.path == content.path:
            unchanged.append(content)
        else:
            renamed.append((content, here))
    return Plan(tuple(gone), tuple(new.values()), tuple(renamed), tuple(unchanged), tuple(copies))


def is_level(store: Store, root: Path, settings: Settings) -> bool:
    """Whether the store holds what the folder does, checked, so that nothing would have to be written."""
    present, problems = data_files(root)
    todo = plan(store.files(), present, settings.zone.key)
    changes = (*todo.gone, *todo.new, *todo.renamed, *todo.copies, *problems)
    return not changes and all(file.checked for file in todo.unchanged)


def bring_level(store: Store, root: Path, settings: Settings, progress: Progress | None = None) -> LoadReport:
    """Bring the store level with ``usage/`` and ``costs/``; every problem of every file is in the report.

    ``progress`` is called with a path and the bytes done of the bytes to read. Raises Refused when the disk is full.
    """
    present, problems = data_files(root)
    todo = plan(store.files(), present, settings.zone.key)
    load = _Load(store.connection, root, settings.zone, progress or (lambda path, done, total: None))
    load.problems += problems
    load.run(todo)
    load.problems += _copies(store, root, todo)
    return LoadReport(
        read=tuple(sorted(load.read)),
        unchanged=tuple(file.path for file in todo.unchanged),
        removed=tuple(sorted({file.path for file in todo.gone} - {file.path for file in present})),
        renamed=tuple((content.path, file.path) for content, file in todo.renamed),
        rows=load.rows,
        problems=tuple(load.problems),
    )


@contextmanager
def transaction(connection: DuckDBPyConnection) -> Iterator[None]:
    """All or nothing, an interruption included."""
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
class _Load:
    """One load under way."""

    connection: DuckDBPyConnection
    root: Path
    zone: ZoneInfo
    progress: Progress
    problems: list[Problem] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    rows: int = 0

    def run(self, todo: Plan) -> None:
        usage_files.prepare(self.connection)
        self.rename(todo)
        replaced = self.replaced(todo)
        total = sum(file.size for file in todo.new)
        done = 0
        for file in todo.new:
            self.progress(file.path, done, total)
            self.one(file, replaced.get(file.path, []))
            done += file.size
            self.progress(file.path, done, total)
        self.check()

    def rename(self, todo: Plan) -> None:
        if not todo.renamed:
            return
        with transaction(self.connection):
            for content, file in todo.renamed:
                self.do("rename_file", file_id=content.file_id, path=file.path)

    def replaced(self, todo: Plan) -> dict[str, list[LoadedFile]]:
        """The old contents by path where a new content comes; the others are taken out here."""
        coming = {file.path for file in todo.new}
        by_path: dict[str, list[LoadedFile]] = defaultdict(list)
        for content in todo.gone:
            by_path[content.path].append(content)
        gone = [content for content in todo.gone if content.path not in coming]
        if gone:
            with transaction(self.connection):
                for content in gone:
                    self.take_out(content.file_id)
        return by_path

    def do(self, name: str, **values: Any) -> list[tuple[Any, ...]]:
        """Run a statement of sql/load."""
        return self.connection.execute(statement(f"load/{name}"), values or None).fetchall()

    def take_out(self, file_id: int) -> None:
        for name in ("delete_usage", "delete_costs", "delete_file"):
            self.do(name, file_id=file_id)

    def one(self, file: DataFile, old: Sequence[LoadedFile]) -> None:
        """One file: the old contents out, the new one in; with problems, only the old ones out."""
        try:
            self.usage(file, old) if file.kind == "usage" else self.costs(file, old)
            self.read.append(file.path)
        except BadFile as bad:
            self.problems += bad.problems
            if old:
                with transaction(self.connection):
                    for content in old:
                        self.take_out(content.file_id)

    def usage(self, file: DataFile, old: Sequence[LoadedFile]) -> None:
        import duckdb

        source = usage_files.opened(self.connection, self.root, file.path)
        try:
            self.put_in(file, source, source, old)
            return
        except duckdb.Error as error:
            if not usage_files.of_the_file(error):
                raise
        problems = usage_files.problems_of(self.connection, source, self.zone)
        if problems:
            raise BadFile(problems)
        try:
            with usage_files.plain(self.connection, source, self.zone) as copy:
                self.put_in(file, source, copy, old)
        except duckdb.Error as error:
            if not usage_files.of_the_file(error):
                raise
            raise BadFile([usage_files.not_loaded(file.path, error)]) from error

    def put_in(self, file: DataFile, source: UsageFile, readable: UsageFile, old: Sequence[LoadedFile]) -> None:
        self.add_tags(source.tags)
        with transaction(self.connection):
            for content in old:
                self.take_out(content.file_id)
            file_id = self.do("next_file_id")[0][0]
            usage_files.insert(self.connection, readable, file_id, self.zone)
            rows, first, last, on_minutes = self.do("usage_stats", file_id=file_id)[0]
            self.enter(
                file,
                file_id,
                rows,
                tags=list(source.tags),
                first_us=first,
                last_us=last,
                on_minutes=on_minutes,
                checked=rows == 0,
            )
        self.rows += rows

    def add_tags(self, tags: Iterable[str]) -> None:
        have = {column for (column,) in self.do("tag_columns")}
        for tag in tags:
            if f"tag:{tag}" not in have:
                self.connection.execute(statement("load/add_tag", column=identifier(f"tag:{tag}")))

    def enter(self, file: DataFile, file_id: int, rows: int, **values: Any) -> None:
        """The row of a file in ``files``."""
        values = {"tags": [], "first_us": None, "last_us": None, "on_minutes": True, "checked": True} | values
        values |= {"file_id": file_id, "kind": file.kind, "path": file.path, "sha256": file.sha256, "rows": rows}
        self.do("insert_file", zone=self.zone.key, **values)

    def costs(self, file: DataFile, old: Sequence[LoadedFile]) -> None:
        costs, problems = read_costs(self.root, file.path)
        if problems:
            raise BadFile(problems)
        with transaction(self.connection):
            for content in old:
                self.take_out(content.file_id)
            file_id = self.do("next_file_id")[0][0]
            if costs:
                self.do("insert_costs", file_id=file_id, **_lists(costs))
            self.enter(file, file_id, len(costs))
        self.rows += len(costs)

    def check(self) -> None:
        """Look for repetitions in what is new; the files that repeat are taken out again."""
        files = Store(self.connection).usage_files()
        if all(file.checked for file in files):
            return
        columns = [column for (column,) in self.do("tag_columns")]
        found = duplicates.repetitions(self.connection, files, columns)
        self.problems += duplicates.problems_of(self.root, found)
        with transaction(self.connection):
            for file_id in {repetition.file_id for repetition in found}:
                self.take_out(file_id)
            self.do("mark_checked")


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
    }


def _copies(store: Store, root: Path, todo: Plan) -> list[Problem]:
    """The same content under two names: a problem at the second, unless it holds no row."""
    rows = {(file.kind, file.sha256): file.rows for file in store.files()}
    return [
        Problem(
            Place(copy.path),
            f"the file is a copy of {original.path}: every row would count twice; take one of the two out",
            "copy-of-a-file",
        )
        for original, copy in todo.copies
        if rows.get((copy.kind, copy.sha256)) != 0
    ]
