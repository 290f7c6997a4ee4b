"""``out/ledger.jsonl`` and the ledger of the store kept the same; what a crash left is finished or dropped.

Issuing writes the documents in a folder beside (``out/.PERIOD.issued``), then commits the ledger's transaction; then
the folder takes the place of ``out/PERIOD``, and the line is added to the file. A crash before the transaction leaves a
folder that nothing refers to: it is dropped. A crash after it leaves a folder or a line still to come: both are
finished here.

Documents issued after their month (corrections, documents that had been withheld) take the same steps: their files lie
in ``out/.corrections.ENTRY.issued``, then move one by one to ``out/corrections``.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback.ledger.book import add_line, entry_at, entry_of_period, hashes, lines_after
from chargeback.ledger.entries import AFTER_ISSUE, FIRST, Entry, hash_of, read_line
from chargeback.model.period import Period
from chargeback.model.problem import Refused
from chargeback.workspace.paths import LEDGER, OUT

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SHOWN = f"{OUT}/{LEDGER}"
CORRECTIONS = "corrections"
UNFINISHED = re.compile(r"\.([0-9]{4}-[0-9]{2})\.(issued|old|new)")
UNFINISHED_CORRECTION = re.compile(r"\.corrections\.([0-9]+)\.issued")


def sync_ledger(con: DuckDBPyConnection, root: Path, *, write: bool) -> None:
    """Bring the ledger and its file in sync, and finish what an interrupted issue left.

    Without ``write`` the file is only read (into a temporary store). Raises Refused when the two contradict each other.
    """
    restore(con, root / OUT / LEDGER)
    if write:
        finish(con, root)


def finish(con: DuckDBPyConnection, root: Path) -> None:
    """Move folders that were written to their place, and write the lines that the file does not have."""
    out = root / OUT
    for name in sorted((p.name for p in out.glob(".*.*")), key=_old_last):
        found = UNFINISHED.fullmatch(name)
        if found:
            _finish_folder(con, out, out / name, Period.parse(found.group(1)), found.group(2))
        correction = UNFINISHED_CORRECTION.fullmatch(name)
        if correction:
            _finish_correction(con, out / name, int(correction.group(1)))
    write_lines(con, out / LEDGER)


def _old_last(name: str) -> tuple[bool, str]:
    """Sort key of folders: what was written before what it replaces."""
    return (name.endswith(".old"), name)


def _finish_folder(con: DuckDBPyConnection, out: Path, folder: Path, period: Period, state: str) -> None:
    final = out / str(period)
    if state == "issued":
        _finish_issued(con, folder, final, period)
    elif state == "old" and not final.exists() and not staged(out.parent, period).exists():
        folder.rename(final)
    else:
        shutil.rmtree(folder, ignore_errors=True)


def _finish_issued(con: DuckDBPyConnection, folder: Path, final: Path, period: Period) -> None:
    entry = entry_of_period(con, period)
    if entry is None or entry.kind != "issue":
        shutil.rmtree(folder)
    elif holds(folder, entry.files):
        put_in_place(folder, final)
    else:
        raise Refused(
            f"{period} is issued, but its documents in {OUT}/{folder.name} are not whole: put that folder back from a "
            "copy, or move it away"
        )


def _finish_correction(con: DuckDBPyConnection, folder: Path, sequence: int) -> None:
    """Move each file of a later entry to its place, unless it is there already; drop the others."""
    entry, final = entry_at(con, sequence), folder.with_name(CORRECTIONS)
    if entry is not None and entry.kind in AFTER_ISSUE:
        for path, content_hash in entry.files.items():
            if holds(folder, {path: content_hash}):
                (final / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).replace(final / path)
                folder_to_disk((final / path).parent)
            elif not holds(final, {path: content_hash}):
                raise Refused(
                    f"{path} is issued, but it is not whole in {OUT}/{folder.name}: put that folder back from a "
                    "copy, or "
                    "move it away"
                )
    shutil.rmtree(folder, ignore_errors=True)


def holds(folder: Path, files: Mapping[str, str]) -> bool:
    """Whether a folder has files of these paths and sha256, whatever else it has."""
    return all((folder / p).is_file() and sha256((folder / p).read_bytes()).hexdigest() == h for p, h in files.items())


def staged(root: Path, period: Period) -> Path:
    """Folder in which the documents of an issue are written first."""
    return root / OUT / f".{period}.issued"


def staged_correction(root: Path, sequence: int) -> Path:
    """Folder in which documents issued after their month are written first; ``sequence``: the number of their entry."""
    return root / OUT / f".{CORRECTIONS}.{sequence}.issued"


def write_out(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files in a new folder, and to the disk itself, so that no crash of the machine loses what the ledger
    says. An entry without documents has no folder."""
    shutil.rmtree(folder, ignore_errors=True)
    if not files:
        return
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            file.write(content)
            os.fsync(file.fileno())
    for part in (folder, *(p for p in folder.rglob("*") if p.is_dir())):
        folder_to_disk(part)


def folder_to_disk(folder: Path) -> None:
    """The names in a folder to the disk; systems that have no such call do it by themselves."""
    if os.name == "posix":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def put_in_place(folder: Path, final: Path) -> None:
    """Rename a folder to ``final``; what was there is removed once the new one is in place."""
    old = final.with_name(f".{final.name}.old")
    if final.exists():
        shutil.rmtree(old, ignore_errors=True)
        final.rename(old)
    folder.rename(final)
    shutil.rmtree(old, ignore_errors=True)


def ledger_in_sync(con: DuckDBPyConnection, root: Path) -> bool:
    """Whether the ledger and its file hold the same entries already."""
    return hashes(con) == [hash_of(line.rstrip(b"\n")) for line in _lines(root / OUT / LEDGER)]


def restore(con: DuckDBPyConnection, path: Path) -> None:
    """Entries of the file that the ledger has not are added to it; what both have must be the same."""
    known = hashes(con)
    previous = FIRST
    missing: list[tuple[Entry, bytes]] = []
    for number, line in enumerate(_lines(path), start=1):
        if number <= len(known):
            if line.endswith(b"\n") and hash_of(line[:-1]) != known[number - 1]:
                raise Refused(_contradiction(number))
            previous = known[number - 1]
        else:
            entry = _entry(line, number, previous)
            missing.append((entry, line.rstrip(b"\n")))
            previous = hash_of(line.rstrip(b"\n"))
    if missing:
        _add(con, missing)


def _add(con: DuckDBPyConnection, entries: Iterable[tuple[Entry, bytes]]) -> None:
    con.execute("begin")
    try:
        for entry, line in entries:
            add_line(con, entry, line)
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise


def _lines(path: Path) -> Iterable[bytes]:
    """The lines of the file with their ends; none when there is no file."""
    if not path.is_file():
        return
    with path.open("rb") as file:
        yield from file


def _entry(line: bytes, number: int, previous: str) -> Entry:
    try:
        entry = read_line(line)
    except ValueError:
        raise Refused(
            f"{SHOWN}:{number}: this line is not whole: put the file back from a copy, or take the line out if its "
            "entry "
            "was never used"
        ) from None
    if entry.sequence != number or entry.previous_hash != previous:
        raise Refused(
            f"{SHOWN}:{number}: this entry does not follow the one before, a line was altered or taken out: put the "
            "file "
            "back from a copy"
        )
    return entry


def _contradiction(number: int) -> str:
    return (
        f"{SHOWN}:{number}: this entry is not the one that chargeback.duckdb holds: put the file back from a copy; "
        "if the "
        "file is right, move chargeback.duckdb away and it is made again from the workspace"
    )


def write_lines(con: DuckDBPyConnection, path: Path) -> None:
    """Add to the file the entries that it has not; a line that a crash cut short is written again."""
    lines, whole, size = _state(path)
    missing = list(lines_after(con, lines))
    if not missing:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("r+b" if path.is_file() else "wb") as file:
        if whole < size:
            file.truncate(whole)
        file.seek(whole)
        file.write(b"".join(line + b"\n" for line in missing))
        os.fsync(file.fileno())


def _state(path: Path) -> tuple[int, int, int]:
    """(whole lines, bytes of the whole lines, bytes of the file)."""
    lines = whole = size = 0
    for line in _lines(path):
        size += len(line)
        if line.endswith(b"\n"):
            lines, whole = lines + 1, size
    return lines, whole, size
