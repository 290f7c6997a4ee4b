"""Data files of a workspace: the files of ``usage/`` and ``costs/``, each with the sha256 of its content."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from chargeback.model.problem import Place, Problem, unreadable
from chargeback.store.database import FileKind
from chargeback.workspace.files.left_files import is_left_over
from chargeback.workspace.paths import BUDGET, COSTS, PAYMENTS, STANDALONE, TITRES, USAGE

KINDS: dict[FileKind, tuple[str, ...]] = {"usage": (".csv", ".parquet"), "costs": (".csv", ".xlsx")}
FOLDERS = (USAGE, COSTS, STANDALONE, PAYMENTS, TITRES, BUDGET)
NOT_DATA = (".md",)
BLOCK = 1 << 20
BESIDE_QUOTES = (b' "', b'" ', b'\t"', b'"\t')


@dataclass(frozen=True, slots=True)
class DataFile:
    """File of ``usage/`` or ``costs/``.

    Attributes:
        kind: folder that the file is of.
        path: the file, relative to the workspace, with ``/``.
        sha256: hash of its bytes.
        size: in bytes.
        stamp: when the file was last changed, in nanoseconds; read before its content was.
        odd_quotes: whether a quote is beside a space, which readers of CSV understand differently.
    """

    kind: FileKind
    path: str
    sha256: str
    size: int
    stamp: int = 0
    odd_quotes: bool = False

    def is_as_before(self, root: Path) -> bool:
        """Whether the file was not written to after its sha256 was taken."""
        now = (root / self.path).stat()
        return (now.st_size, now.st_mtime_ns) == (self.size, self.stamp)

    @property
    def suffix(self) -> str:
        return os.path.splitext(self.path)[1].lower()


def data_files(root: Path) -> tuple[list[DataFile], list[Problem]]:
    """Data files by path, and a problem of each file that would not be read."""
    files: list[tuple[FileKind, Path]] = []
    problems = list(_misnamed(root))
    for kind, suffixes in KINDS.items():
        for path in sorted((root / kind).rglob("*")):
            if is_left_over(path.relative_to(root)) or path.suffix.lower() in NOT_DATA:
                continue
            if not path.is_file():
                problems += [_link(_name(root, path))] if path.is_symlink() else []
            elif problem := _bad_name(_name(root, path)):
                problems.append(problem)
            elif path.suffix.lower() in suffixes:
                files.append((kind, path))
            else:
                problems.append(_stray(kind, _name(root, path), suffixes))
    hashed, unreadable = _hashed(root, files)
    return hashed, problems + unreadable


def _misnamed(root: Path) -> Iterator[Problem]:
    """Folders that would not be read although somebody meant them to be, and files in the place of folders."""
    for path in sorted(root.iterdir()):
        close = get_close_matches(path.name.lower(), FOLDERS, 1, 0.8)
        if path.name in FOLDERS and not path.is_dir():
            message = "this is a file, where a folder is expected: move it away, and put the folder in its place"
            yield Problem(Place(path.name), message, "unknown-file")
        elif path.is_dir() and path.name not in FOLDERS and close:
            message = (
                f"no folder of this name is read: did you mean {close[0]}/? Rename it, or move it out of the workspace"
            )
            yield Problem(Place(f"{path.name}/"), message, "unknown-file")


def _link(path: str) -> Problem:
    message = "a link to a folder, or to nothing, is not followed: put the files themselves here"
    return Problem(Place(path), message, "unknown-file")


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def _bad_name(path: str) -> Problem | None:
    """Problem of a name that cannot be printed, or that is not the same on every system."""
    if path.isprintable() and "\\" not in path:
        return None
    shown = path.encode("ascii", "backslashreplace").decode("ascii")
    shown = re.sub(r"[\x00-\x1f\x7f]", lambda c: f"\\x{ord(c.group()):02x}", shown)
    message = "the name of the file holds a control character, a backslash or bytes that are no UTF-8: rename it"
    return Problem(Place(shown), message, "unknown-file")


def _stray(kind: str, path: str, suffixes: Iterable[str]) -> Problem:
    message = (
        f"a file of this kind is not read: {kind}/ takes {' and '.join(suffixes)} files; convert it or move it away"
    )
    return Problem(Place(path), message, "unknown-file")


def _hashed(root: Path, files: list[tuple[FileKind, Path]]) -> tuple[list[DataFile], list[Problem]]:
    found: list[DataFile] = []
    problems: list[Problem] = []
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for (kind, path), digest in zip(files, pool.map(_digest, (path for _, path in files)), strict=True):
            if isinstance(digest, OSError):
                problems.append(unreadable(_name(root, path), digest))
            else:
                found.append(DataFile(kind, _name(root, path), *digest))
    return sorted(found, key=lambda file: file.path), problems


def _digest(path: Path) -> tuple[str, int, int, bool] | OSError:
    digest, size, last, odd = hashlib.sha256(), 0, b"", False
    try:
        with path.open("rb") as handle:
            stamp = os.fstat(handle.fileno()).st_mtime_ns
            while block := handle.read(BLOCK):
                digest.update(block)
                odd = odd or _odd_quotes(last + block)
                last = block[-1:]
                size += len(block)
    except OSError as error:
        return error
    return digest.hexdigest(), size, stamp, odd


def _odd_quotes(data: bytes) -> bool:
    return b'"' in data and (b" " in data or b"\t" in data) and any(pair in data for pair in BESIDE_QUOTES)
