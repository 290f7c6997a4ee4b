"""Mistakes of the user as values: a Problem stops the run, a Notice is counted and shown.

Both are one plain line, ``path:line: message``. The path is relative to the workspace, with ``/``;
for a workbook the line is ``Sheet!C7``. They are collected and shown together, sorted by place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches


def plain(text: str) -> str:
    """Text fit for one plain line: line breaks, control and invisible characters as escapes."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def counted(number: int, what: str) -> str:
    """``1 row``, ``2 rows``."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


@dataclass(frozen=True, slots=True)
class Place:
    """Place in a file of the workspace.

    Attributes:
        path: file, relative to the workspace, with ``/``.
        line: line of the file, from 1; None: the file as a whole.
        cell: cell of a workbook, as ``Sheet!C7``; ``""`` in other files.
    """

    path: str
    line: int | None = None
    cell: str = ""

    def __str__(self) -> str:
        if self.cell:
            return f"{self.path}:{self.cell}"
        return self.path if self.line is None else f"{self.path}:{self.line}"

    @property
    def order(self) -> tuple[str, int, str]:
        """Sort key: path, then line, then cell."""
        return (self.path, self.line or 0, self.cell)


@dataclass(frozen=True, slots=True)
class Problem:
    """Problem: a mistake that stops the run.

    Attributes:
        where: place of the mistake.
        message: what was found, what was expected, and the remedy, in one sentence or two.
        code: kind of mistake, as ``bad-number``; it groups similar problems and is the key of docs/errors.md.
    """

    where: Place
    message: str
    code: str

    def __str__(self) -> str:
        return plain(f"{self.where}: {self.message}")


@dataclass(frozen=True, slots=True)
class Notice:
    """Notice: something the user should know that stops nothing.

    Attributes:
        where: place that it is about.
        message: the notice in one sentence or two.
        code: kind of notice; it groups similar notices.
        count: number of rows, members or documents that it is about.
    """

    where: Place
    message: str
    code: str
    count: int = 1

    def __str__(self) -> str:
        return plain(f"{self.where}: {self.message}")


def unreadable(path: str, error: OSError) -> Problem:
    """Problem of a file that the system refuses to read."""
    if isinstance(error, IsADirectoryError):
        message = "this is a folder, where a file is expected: move it away, and put the file in its place"
    else:
        why = (error.strerror or str(error)).lower()
        message = f"the file cannot be read ({why}): look at its rights, or put it back from a copy"
    return Problem(Place(path), message, "unreadable-file")


class Refused(Exception):
    """An operation refused, in one sentence for the user (the database is in use, the period is closed)."""

    def __str__(self) -> str:
        return plain(super().__str__())


class Problems(Refused):
    """Raised at the edge when problems stop an operation.

    Attributes:
        problems: all of them, in order of place and message.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = in_order(problems)
        super().__init__(f"{len(self.problems)} problem(s)")


SHOWN_ALIKE = 50


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems sorted by place, then message; equal ones once."""
    return tuple(sorted(set(problems), key=lambda p: (p.where.order, p.message)))


def shown(problems: Iterable[Problem], most: int = SHOWN_ALIKE) -> list[str]:
    """Lines to print: at most ``most`` problems of one kind, then a count of the rest."""
    lines: list[str] = []
    seen: dict[str, int] = {}
    for problem in in_order(problems):
        seen[problem.code] = seen.get(problem.code, 0) + 1
        if seen[problem.code] <= most:
            lines.append(str(problem))
    lines += [f"... and {n - most} more of the kind {code}" for code, n in sorted(seen.items()) if n > most]
    return lines


def did_you_mean(name: str, known: Iterable[str], most: int = 1, *, quote: Callable[[str], str] = str) -> str:
    """End of a sentence with the ``most`` known names that are closest to an unknown one; '' when none is close."""
    close = get_close_matches(name, list(known), most)
    return f"; did you mean {' or '.join(map(quote, close))}?" if close else ""
