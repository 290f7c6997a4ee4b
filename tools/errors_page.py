"""docs/errors.md made from tests/museum: every mistake is built, run through the command line, and shown as it answers.

    python tools/errors_page.py            writes docs/errors.md
    python tools/errors_page.py --accept   takes what the program says now into tests/museum (read the difference)

A room of the museum is a file ``tests/museum/NUMBER-NAME.toml``: a title, an introduction and its mistakes. A mistake
is the workspace of ``tests/museum/base`` with a few changes, a command, what it says and its exit code.
"""

from __future__ import annotations

import contextlib
import difflib
import importlib.util
import io
import os
import re
import shutil
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chargeback.cli.app import main

ROOT = Path(__file__).parent.parent
MUSEUM = ROOT / "tests" / "museum"
BASE = MUSEUM / "base"
PAGE = ROOT / "docs" / "errors.md"
LONGEST_LINE = 240
MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Mistake:
    """One exhibit. ``before``: commands run on the whole workspace; then the changes are made and ``command`` is
    run."""

    code: str
    title: str
    explain: str
    command: str
    exit: int
    says: str
    before: tuple[str, ...]
    change: tuple[tuple[str, str, str], ...]
    append: tuple[tuple[str, str], ...]
    write: tuple[tuple[str, str], ...]
    delete: tuple[str, ...]
    encode: tuple[tuple[str, str], ...]
    made: str
    during: str
    shown: str

    @property
    def anchor(self) -> str:
        """Its heading as a link."""
        return re.sub(r"[^a-z0-9 -]", "", self.title.lower()).replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Room:
    """The mistakes of one subject."""

    path: Path
    title: str
    about: str
    mistakes: tuple[Mistake, ...]


def rooms() -> list[Room]:
    """The museum, room by room."""
    return [_room(path) for path in sorted(MUSEUM.glob("*.toml"))]


def _room(path: Path) -> Room:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return Room(path, content["title"], content["about"], tuple(_mistake(m) for m in content["mistake"]))


def _mistake(given: dict[str, Any]) -> Mistake:
    unknown = set(given) - set(Mistake.__dataclass_fields__)
    if unknown:
        raise ValueError(f"{given.get('title')}: unknown {', '.join(sorted(unknown))}")
    pairs = {name: tuple(map(tuple, given.get(name, ()))) for name in ("change", "append", "write", "encode")}
    return Mistake(
        code=given["code"],
        title=given["title"],
        explain=given["explain"],
        command=given.get("command", "check 2026-09"),
        exit=given.get("exit", 1),
        says=given.get("says", ""),
        before=tuple(given.get("before", ())),
        delete=tuple(given.get("delete", ())),
        made=given.get("made", ""),
        during=given.get("during", ""),
        shown=given.get("shown", ""),
        **pairs,
    )


def build(mistake: Mistake, root: Path) -> Path:
    """The workspace of a mistake in the new folder ``root``."""
    shutil.copytree(BASE, root)
    for command in mistake.before:
        code, _, told = answer(command, root)
        if code:
            raise AssertionError(f"{mistake.title}: {command}: {told}")
    for path in mistake.delete:
        shutil.rmtree(root / path) if (root / path).is_dir() else (root / path).unlink()
    for path, found, put in mistake.change:
        text = (root / path).read_text(encoding="utf-8")
        if text.count(found) != 1:
            raise AssertionError(f"{mistake.title}: {found!r} stands {text.count(found)} times in {path}")
        _put(root / path, text.replace(found, put))
    for path, text in mistake.append:
        _put(root / path, (root / path).read_text(encoding="utf-8") + text)
    for path, text in mistake.write:
        _put(root / path, text)
    for path, encoding in mistake.encode:
        (root / path).write_bytes((root / path).read_text(encoding="utf-8").encode(encoding))
    if mistake.made:
        _maker(mistake.made)(root)
    return root


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def _maker(name: str) -> Callable[[Path], Any]:
    """A function of tests/museum/made.py, for what cannot be written as text; a context for what lasts meanwhile."""
    spec = importlib.util.spec_from_file_location("made", MUSEUM / "made.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[Path], Any] = getattr(module, name)
    return found


def answer(command: str, root: Path) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command run in a workspace."""
    out, err = io.StringIO(), io.StringIO()
    here = Path.cwd()
    os.chdir(root)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(command.split())
    finally:
        os.chdir(here)
    return code, out.getvalue(), err.getvalue()


def said(mistake: Mistake, root: Path, command: str = "") -> tuple[int, str, str]:
    """What the program answers to a mistake built in ``root``, to its own command or another one."""
    meanwhile = _maker(mistake.during)(root) if mistake.during else contextlib.nullcontext()
    with meanwhile:
        return answer(command or mistake.command, root)


def page(museum: Sequence[Room]) -> str:
    """The whole of docs/errors.md."""
    return "\n".join([*_head(museum), *(line for room in museum for line in _shown_room(room))]) + "\n"


def _head(museum: Sequence[Room]) -> Iterator[str]:
    yield "# Errors and notices"
    yield ""
    yield "Every mistake that the program knows, with what it says and how to mend it. This page is made by"
    yield (
        "`python tools/errors_page.py` from the examples of `tests/museum`: each is a small workspace with one mistake,"
    )
    yield "run through the real command, and the tests compare every line."
    yield ""
    yield (
        "A *problem* stops the command before anything is written; the exit code is 1. It is one line, `path:line: "
        "message`,"
    )
    yield (
        "the path relative to the workspace; in a workbook the place is `file.xlsx:Sheet!C7`. All problems of all "
        "files are"
    )
    yield (
        "shown at once, sorted by place; after 50 of one kind only their number. A *notice* stops nothing: `check` "
        "shows"
    )
    yield "them, `run` says how many there are. A *refusal* is one sentence about something that cannot be done now."
    yield ""
    yield "## Index"
    yield ""
    index: dict[str, list[Mistake]] = defaultdict(list)
    for room in museum:
        for mistake in room.mistakes:
            index[mistake.code].append(mistake)
    for code, mistakes in sorted(index.items()):
        links = " · ".join(f"[{m.title}](#{m.anchor})" for m in mistakes)
        yield f"- `{code}`: {links}"


def _shown_room(room: Room) -> Iterator[str]:
    yield from ("", f"## {room.title}", "", room.about)
    for mistake in room.mistakes:
        yield from ("", f"### {mistake.title}", "", mistake.explain, "")
        difference = mistake.shown.strip("\n").split("\n") if mistake.shown else list(_difference(mistake))
        if difference:
            yield from ("```diff", *difference, "```")
        yield "```console"
        yield from (f"$ chargeback {command}" for command in (*mistake.before, mistake.command))
        yield from _some(mistake.says.strip("\n").split("\n"))
        yield "```"


def _some(lines: Sequence[str]) -> Iterator[str]:
    """The lines of an answer, the many alike left out."""
    if len(lines) <= MOST_LINES:
        yield from lines
    else:
        yield from (*lines[:3], f"[{len(lines) - 4} lines more]", lines[-1])


def _difference(mistake: Mistake) -> Iterator[str]:
    """The lines that differ from the whole workspace, file by file."""
    with tempfile.TemporaryDirectory() as folder:
        root = build(mistake_without_commands(mistake), Path(folder) / "w")
        names = {p.relative_to(top).as_posix() for top in (BASE, root) for p in top.rglob("*") if p.is_file()}
        for name in sorted(names):
            before, after = _lines(BASE / name), _lines(root / name)
            if before != after:
                yield f"# {name}" if (root / name).exists() else f"# {name} is deleted"
                yield from _changed(before, after) if (root / name).exists() else ()


def mistake_without_commands(mistake: Mistake) -> Mistake:
    """The same changes on a workspace that nothing was run in."""
    return Mistake(**{name: getattr(mistake, name) for name in Mistake.__dataclass_fields__} | {"before": ()})


def _lines(path: Path) -> list[str]:
    return path.read_bytes().decode("utf-8", "replace").splitlines() if path.is_file() else []


def _changed(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """Lines taken out and put in, the long and the many cut."""
    lines = [
        line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + " …"
        for line in difflib.unified_diff(before, after, lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
    return lines if len(lines) <= MOST_LINES else [*lines[:MOST_LINES], f"… and {len(lines) - MOST_LINES} lines more"]


def accept(room: Room) -> None:
    """Put what the program says now, and its exit code, into the file of a room."""
    head, *blocks = re.split(r"(?m)^(?=\[\[mistake\]\]$)", room.path.read_text(encoding="utf-8"))
    written = [head]
    for mistake, block in zip(room.mistakes, blocks, strict=True):
        with tempfile.TemporaryDirectory() as folder:
            code, _, told = said(mistake, build(mistake, Path(folder) / "w"))
        rest = re.sub(r"(?ms)^(exit = \d+\n)?says = '''\n.*?'''\n", "", block).rstrip("\n")
        written.append(rest + (f"\nexit = {code}" if code != 1 else "") + f"\nsays = '''\n{told}'''\n\n")
    room.path.write_text("".join(written).rstrip("\n") + "\n", encoding="utf-8")


def run(arguments: Sequence[str]) -> None:
    """Write the page, or accept what is said now."""
    if "--accept" in arguments:
        for room in rooms():
            accept(room)
    PAGE.write_text(page(rooms()), encoding="utf-8")


if __name__ == "__main__":
    run(sys.argv[1:])
