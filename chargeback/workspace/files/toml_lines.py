"""TOML files read with the line of every key, which tomllib does not keep.

Keys are dotted paths as in the file: ``operator.siren``, ``vat.services.rate``. An element of an array has its index
from 0: ``version.0.price``, ``version.1.tiers.0.up_to``. Numbers with a point are read as exact decimals; ``1e3``,
``inf`` and the like stay text, which no field takes as a number.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from chargeback.model.grammar import is_number
from chargeback.model.problem import Place, Problem
from chargeback.workspace.files.text_files import text_of
from chargeback.workspace.files.toml_errors import why_not_toml

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
BARE_VALUE = re.compile(r"[^,\]}#\n]+")
STRINGS = (
    re.compile(r'"""(?:\\.|(?!""").)*"{3,5}', re.DOTALL),
    re.compile(r"'''(?:(?!''').)*'{3,5}", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\\n])*"'),
    re.compile(r"'[^'\n]*'"),
)
BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)+")
SPACE = re.compile(r"[ \t]*")
DATE_OR_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-|[0-9]{2}:", re.ASCII)
WHERE = re.compile(r"\s*\(at (?:line ([0-9]+), column ([0-9]+)|end of document)\)")


def lines_of(text: str) -> dict[str, int]:
    """Line (from 1) of each dotted key of a valid TOML text; a parent has the line where it is first named."""
    return _scanned(text).lines


def _scanned(text: str) -> _Scan:
    scan = _Scan(text)
    while scan.skip(BLANK):
        if text.startswith("[", scan.at):
            scan.header()
        else:
            scan.pair(scan.table)
    return scan


def line_at(lines: dict[str, int], key: str) -> int | None:
    """Line of ``key``, else of its nearest parent in the file, else None."""
    while key:
        if key in lines:
            return lines[key]
        key = key.rpartition(".")[0]
    return None


def read_toml(root: Path, path: str) -> tuple[dict[str, Any] | None, dict[str, int], list[Problem]]:
    """Values of a TOML file of the workspace and the line of each key; None and a problem when it cannot be read."""
    text = toml_text(root / path, path)
    if isinstance(text, Problem):
        return None, {}, [text]
    values = toml_values(text, path)
    return (None, {}, [values]) if isinstance(values, Problem) else (values, lines_of(text), [])


def toml_text(file: Path, path: str) -> str | Problem:
    """Text of a TOML file, lines ended by LF; a problem at ``path`` when it cannot be read."""
    text = text_of(file, path)
    return text if isinstance(text, Problem) else text.replace("\r\n", "\n")


def toml_values(text: str, path: str) -> dict[str, Any] | Problem:
    """Values of a TOML text; a problem with its line when it is not valid."""
    try:
        values = tomllib.loads(text, parse_float=_as_written)
        _scanned(text)  # as deep as the brackets of the text
        return values
    except tomllib.TOMLDecodeError as error:
        return _not_toml(path, text, str(error))
    except RecursionError:
        message = "the file holds hundreds of brackets within each other: take the needless ones out"
        return Problem(Place(path, 1), message, "not-toml")
    except ValueError:
        message = "the file holds a number of thousands of digits: a number has at most 18 digits before the point"
        return Problem(Place(path, _longest_line(text)), message, "not-toml")


def odd_numbers(text: str) -> dict[str, str]:
    """Values without quotes that are numbers for TOML but not for the contract, by key: ``1_000``, ``+5``, ``1e3``."""
    scan = _scanned(text)
    return {key: value for key, value in scan.bare.items() if not _is_plain(value)}


def _is_plain(value: str) -> bool:
    return value in ("true", "false") or is_number(value) or DATE_OR_TIME.match(value) is not None


def _longest_line(text: str) -> int:
    lines = text.split("\n")
    return max(range(len(lines)), key=lambda n: len(lines[n])) + 1


def _as_written(number: str) -> Decimal | str:
    """Exact decimal; a number with an exponent, a sign + or underscores stays text, and is refused where it is read."""
    return Decimal(number) if is_number(number) else number


def _not_toml(path: str, text: str, found: str) -> Problem:
    at = WHERE.search(found)
    line = int(at.group(1)) if at and at.group(1) else text.rstrip("\n").count("\n") + 1
    column = int(at.group(2)) if at and at.group(2) else 1
    why = why_not_toml(WHERE.sub("", found), text.split("\n")[line - 1][column - 1 :])
    return Problem(Place(path, line), f"the file is not valid TOML: {why}", "not-toml")


@dataclass(slots=True)
class _Scan:
    """Walk through a TOML text.

    Attributes:
        at: position in the text.
        table: dotted path of the table that the position is in.
        lines: line of each key passed.
        counts: how many elements each array of tables has so far.
        bare: values without quotes, as written.
    """

    text: str
    at: int = 0
    table: str = ""
    lines: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    bare: dict[str, str] = field(default_factory=dict)
    _line: int = 1
    _counted: int = 0

    def line(self) -> int:
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def skip(self, pattern: re.Pattern[str]) -> bool:
        """Move past ``pattern`` if it is here; whether the text goes on."""
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return self.at < len(self.text)

    def string(self) -> str | None:
        for pattern in STRINGS:
            found = pattern.match(self.text, self.at)
            if found:
                self.at = found.end()
                return found.group()
        return None

    def key(self) -> list[str]:
        """Parts of a dotted key."""
        parts: list[str] = []
        while True:
            self.skip(SPACE)
            quoted = self.string()
            if quoted is None:
                bare = BARE_KEY.match(self.text, self.at)
                assert bare is not None, "the text was parsed before"
                self.at = bare.end()
                parts.append(bare.group())
            else:
                parts += tomllib.loads(f"{quoted} = 0")
            self.skip(SPACE)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def name(self, parent: str, parts: list[str], line: int) -> str:
        """Path of ``parts`` under ``parent``; inside an array of tables, in its last element."""
        path = parent
        for index, part in enumerate(parts):
            path = f"{path}.{part}" if path else part
            self.lines.setdefault(path, line)
            if path in self.counts and index < len(parts) - 1:
                path = f"{path}.{self.counts[path] - 1}"
        return path

    def header(self) -> None:
        """``[a.b]`` or ``[[a.b]]``."""
        line = self.line()
        array = self.text.startswith("[[", self.at)
        self.at += 2 if array else 1
        path = self.name("", self.key(), line)
        self.at += 2 if array else 1
        if array:
            count = self.counts.get(path, 0)
            self.counts[path] = count + 1
            path = f"{path}.{count}"
            self.lines[path] = line
        self.table = path

    def pair(self, parent: str) -> None:
        """``key = value``."""
        line = self.line()
        path = self.name(parent, self.key(), line)
        self.at += 1
        self.skip(SPACE)
        self.value(path)

    def value(self, path: str) -> None:
        if self.string() is not None:
            return
        if self.text.startswith("[", self.at):
            self.array(path)
        elif self.text.startswith("{", self.at):
            self.inline_table(path)
        else:
            start = self.at
            self.skip(BARE_VALUE)
            self.bare[path] = self.text[start : self.at].strip()

    def array(self, path: str) -> None:
        self.at += 1
        index = 0
        while not self.closed("]"):
            self.lines[f"{path}.{index}"] = self.line()
            self.value(f"{path}.{index}")
            index += 1

    def inline_table(self, path: str) -> None:
        self.at += 1
        while not self.closed("}"):
            self.pair(path)

    def closed(self, bracket: str) -> bool:
        """Move past blanks and a comma; whether ``bracket`` is here, and then past it."""
        self.skip(BLANK)
        if self.text.startswith(",", self.at):
            self.at += 1
            self.skip(BLANK)
        if self.text.startswith(bracket, self.at):
            self.at += 1
            return True
        return False
