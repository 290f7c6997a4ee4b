"""Synchronisation of the store with the folder, by content: removed files are taken out, new ones are loaded.

Each path is one transaction: the old content out, the new one in. A file with a problem has nothing in the store.
Files loaded before an interruption stay, and the next load continues from there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from chargeback.model.problem import Place, Problem
from chargeback.model.settings import Settings
from chargeback.store.database import LoadedFile, Store
from chargeback.store.load import duplicates
from chargeback.store.load.folder import DataFile, data_files
from chargeback.store.load.loader import Loader, Progress


@dataclass(frozen=True, slots=True)
class LoadReport:
    """Report of a load.

    Attributes:
        read: paths of the files loaded now.
        unchanged: paths of the files that were in the store.
        removed: paths whose content was taken out.
        renamed: old and new path of a content.
        rows: how many rows were loaded.
        problems: problems of all files.
    """

    read: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    rows: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """Plan of a load.

    Attributes:
        removed: contents to take out.
        new: files to load.
        renamed: contents whose file has another path now.
        unchanged: contents that stay.
        copies: files with the same content, the first one before the other.
    """

    removed: tuple[LoadedFile, ...]
    new: tuple[DataFile, ...]
    renamed: tuple[tuple[LoadedFile, DataFile], ...]
    unchanged: tuple[LoadedFile, ...]
    copies: tuple[tuple[DataFile, DataFile], ...]


def plan(loaded: Iterable[LoadedFile], present: Iterable[DataFile], zone: str) -> LoadPlan:
    """Plan of a load: a content is unchanged when its kind, its sha256 and the zone it was read in are the same."""
    first: dict[tuple[str, str], DataFile] = {}
    copies = []
    for file in present:
        original = first.setdefault((file.kind, file.sha256), file)
        if original is not file:
            copies.append((original, file))
    removed, renamed, unchanged = [], [], []
    new = dict(first)
    for content in loaded:
        here = new.pop((content.kind, content.sha256), None) if content.zone == zone else None
        if here is None:
            removed.append(content)
        elif here.path == content.path:
            unchanged.append(content)
        else:
            renamed.append((content, here))
    return LoadPlan(tuple(removed), tuple(new.values()), tuple(renamed), tuple(unchanged), tuple(copies))


def is_in_sync(store: Store, root: Path, settings: Settings) -> bool:
    """Whether the store has the content of the folder, checked, so that nothing would have to be written."""
    present, problems = data_files(root)
    todo = plan(store.files(), present, settings.zone.key)
    changes = (*todo.removed, *todo.new, *todo.renamed, *todo.copies, *problems)
    return not changes and all(file.checked for file in todo.unchanged)


def synchronise(store: Store, root: Path, settings: Settings, progress: Progress | None = None) -> LoadReport:
    """Synchronise the store with ``usage/`` and ``costs/``; every problem of every file is in the report.

    ``progress`` is called with a path and the bytes done of the bytes to read. Raises Refused when the disk is full.
    """
    present, problems = data_files(root)
    todo = plan(store.files(), present, settings.zone.key)
    kept = (*todo.unchanged, *(content for content, _ in todo.renamed))
    tags = {tag for content in kept for tag in content.tags}
    loader = Loader(store.connection, root, settings.zone, progress, sum(file.size for file in todo.new), tags)
    _carry_out(loader, todo)
    problems += loader.problems
    problems += _repetitions(store, root, loader)
    problems += _copies(store, todo)
    return LoadReport(
        read=tuple(sorted(loader.read)),
        unchanged=tuple(file.path for file in todo.unchanged),
        removed=tuple(sorted({file.path for file in todo.removed} - {file.path for file in present})),
        renamed=tuple((content.path, file.path) for content, file in todo.renamed),
        rows=loader.rows,
        problems=tuple(problems),
    )


def _carry_out(loader: Loader, todo: LoadPlan) -> None:
    """Carry out the plan, one transaction per path."""
    coming = {file.path for file in todo.new}
    old: dict[str, list[LoadedFile]] = defaultdict(list)
    for content in todo.removed:
        old[content.path].append(content)
    loader.rename([(content.file_id, file.path) for content, file in todo.renamed])
    loader.take_out(content.file_id for content in todo.removed if content.path not in coming)
    for file in todo.new:
        loader.load(file, [content.file_id for content in old[file.path]])


def _repetitions(store: Store, root: Path, loader: Loader) -> list[Problem]:
    """Repetitions in the new files; the files that repeat a measurement are taken out again."""
    files = store.usage_files()
    if all(file.checked for file in files):
        return []
    found = duplicates.repetitions(store.connection, files, store.tag_columns())
    problems = duplicates.problems_of(root, found)
    loader.finish_check({repetition.file_id for repetition in found})
    return problems


def _copies(store: Store, todo: LoadPlan) -> list[Problem]:
    """Problem of the second of two files with the same content, unless it has no row."""
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
