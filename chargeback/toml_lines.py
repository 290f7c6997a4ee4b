"""TOML files read with the line of every key, which tomllib does not keep.

Keys are dotted paths as in the file: ``operator.siren``, ``vat.services.rate``; an element of an array carries its index
from 0: ``version.0.price``, ``version.1.tiers.0.up_to``. Numbers with a point are read as exact decimals; ``1e3``, ``inf`` and the like stay text, which no field takes as a number.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from chargeback.problem import Place, Problem

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
PLAIN_NUMBER = re.compile(r"-?[0-9]+\.[0-9]+")
WHERE = re.compile(r"\s*\(at (?:line ([0-9]+), column [0-9]+|end of document)\)")


def lines_of(text: str) -> dict[str, int]:
    """Line (from 1) of each dotted key of a valid TOML text; a parent stands where it is first named."""
    scan = _Scan(text)
    while scan.skip(BLANK):
        if text.startswith("[", scan.at):
            scan.header()
        else:
            scan.pair(scan.table)
    return scan.lines


def line_at(lines: dict[str, int], key: str) -> int | None:
    """Line of ``key``, else of its nearest parent in the file, else None."""
    while key:
        if key in lines:
            return lines[key]
        key = key.rpartition(".")[0]
    return None


def read_toml(root: Path, path: str) -> tuple[dict[str, Any] | None, dict[str, int], list[Problem]]:
    """A TOML file of the workspace: its values and the line of each key; None and a problem when it cannot be read."""
    try:
        text = (root / path).read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        message = "the file is not in UTF-8: save it again with the encoding UTF-8"
        return None, {}, [Problem(Place(path), message, "not-utf-8")]
    except OSError as error:
        return None, {}, [Problem(Place(path), f"the file cannot be read: {error.strerror}", "unreadable-file")]
    try:
        values = tomllib.loads(text, parse_float=_as_written)
    except tomllib.TOMLDecodeError as error:
        return None, {}, [_not_toml(path, text, str(error))]
    return values, lines_of(text), []


def _as_written(number: str) -> Decimal | str:
    """An exact decimal; a number with an exponent, a sign + or underscores stays text, and is refused where it is read."""
    return Decimal(number) if PLAIN_NUMBER.fullmatch(number) else number


def _not_toml(path: str, text: str, found: str) -> Problem:
    at = WHERE.search(found)
    line = int(at.group(1)) if at and at.group(1) else text.rstrip("\n").count("\n") + 1
    said = WHERE.sub("", found)
    return Problem(Place(path, line), f"the file is not valid TOML: {said}; correct this line", "not-toml")


@dataclass(slots=True)
class _Scan:
    """A walk through a TOML text; ``at`` is the position, ``table`` the dotted path of the table it stands in."""

    text: str
    at: int = 0
    table: str = ""
    lines: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    _line: int = 1
    _counted: int = 0

    def line(self) -> int:
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        return self._line

    def skip(self, pattern: re.Pattern[str]) -> bool:
        """Past ``pattern`` if it is here; whether anything is left."""
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
        """A dotted key, split."""
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
        """The path of ``parts`` under ``parent``; inside an array of tables, in its last element."""
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
            self.skip(BARE_VALUE)

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
        """Past blanks and a comma; past ``bracket`` and True when it is here."""
        self.skip(BLANK)
        if self.text.startswith(",", self.at):
            self.at += 1
            self.skip(BLANK)
        if self.text.startswith(bracket, self.at):
            self.at += 1
            return True
        return False
