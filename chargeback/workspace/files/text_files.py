"""Text files of a workspace: UTF-8, with or without a byte order mark."""

from __future__ import annotations

from pathlib import Path

from chargeback.model.problem import Place, Problem, unreadable


def text_of(file: Path, path: str) -> str | Problem:
    """Text of a file, its line ends as they are; a Problem at ``path`` when it cannot be read."""
    try:
        data = file.read_bytes()
    except OSError as error:
        return unreadable(path, error)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return not_utf8(path, data.count(b"\n", 0, error.start) + 1)


def not_utf8(path: str, line: int) -> Problem:
    """Problem of a file in another encoding, first seen on a line."""
    message = "the file is not in UTF-8 (first seen on this line): save it again with the encoding UTF-8"
    return Problem(Place(path, line), message, "not-utf-8")
