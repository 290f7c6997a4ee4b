"""The walk of a command through the package: the modules that it enters, in order, and its ways back.

    python tools/walk.py            the walks of docs/architecture.md: a month through run, a document through issue
    python tools/walk.py COMMAND    that of another command, as "check 2026-09", in the workspace of the museum

A module is entered when one of its functions is called; what an import executes counts for nothing. A way back is a
call from a room to one that it may not import: it happens only where a function was handed over. A generator that is
asked for its next value is no way back. The order of the rooms is that of tests/repo/test_architecture.py.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import chargeback

ROOT = Path(__file__).parent.parent
PACKAGE = Path(chargeback.__file__).parent
WORKSPACE = ROOT / "tests" / "museum" / "base"
RUN = ("run 2026-09",)
ISSUE = (*RUN, "issue 2026-09 --date 2026-10-05")
IMPORTING = ""


def rooms() -> tuple[tuple[str, ...], ...]:
    """Rooms in order, those of one rank together: the table of the test of architecture."""
    for node in ast.parse((ROOT / "tests/repo/test_architecture.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "ROOMS":
            found: tuple[tuple[str, ...], ...] = ast.literal_eval(node.value)
            return found
    raise LookupError("no table of rooms")


@dataclass(slots=True)
class Walk:
    """What a command entered.

    Attributes:
        modules: names within the package, in the order in which they were first entered.
        back: (module that called, module called) of each way back, in the order in which they were first taken.
        stack: modules whose functions run at the moment, the innermost last; IMPORTING while a module is imported.
    """

    ranks: dict[str, int]
    modules: dict[str, None] = field(default_factory=dict)
    back: dict[tuple[str, str], None] = field(default_factory=dict)
    stack: list[str] = field(default_factory=list)

    def see(self, frame: FrameType, event: str, argument: object) -> None:
        """Take note of a call; the profile function of the interpreter."""
        if event not in ("call", "return") or not frame.f_code.co_filename.startswith(str(PACKAGE)):
            return
        if event == "return":
            if self.stack:
                self.stack.pop()
            return
        importing = frame.f_code.co_name == "<module>" or (self.stack and self.stack[-1] == IMPORTING)
        name = IMPORTING if importing else name_of(frame.f_code.co_filename)
        if name:
            self.modules.setdefault(name)
            if self.stack and self._is_back(self.stack[-1], name) and not frame.f_code.co_flags & inspect.CO_GENERATOR:
                self.back.setdefault((self.stack[-1], name))
        self.stack.append(name)

    def _is_back(self, caller: str, called: str) -> bool:
        """Whether a call goes to a room that the caller's may not import."""
        one, other = room_of(caller), room_of(called)
        return one != other and self.ranks[one] <= self.ranks[other]


def name_of(path: str) -> str:
    """Dotted name of a module within the package; of a folder for its ``__init__``."""
    parts = Path(path).relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(name: str) -> str:
    """Room that a module is in."""
    return name.split(".")[0]


def walked(commands: Sequence[str]) -> Walk:
    """Walk of the last of some commands, run one after the other in a new workspace."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "workspace"
        shutil.copytree(WORKSPACE, root)
        for command in commands[:-1]:
            _answered(command, root, Walk({}))
        walk = Walk({room: rank for rank, several in enumerate(rooms()) for room in several})
        _answered(commands[-1], root, walk)
        return walk


def _answered(command: str, root: Path, walk: Walk) -> None:
    """Run a command in a workspace, with a look at every call when the walk has an order of rooms."""
    from chargeback.cli.app import main

    here = Path.cwd()
    os.chdir(root)
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            sys.setprofile(walk.see if walk.ranks else None)
            code = main(command.split())
    finally:
        sys.setprofile(None)
        os.chdir(here)
    if code:
        raise SystemExit(f"{command}: {said.getvalue()}")


def lines(walk: Walk) -> Iterator[str]:
    """A walk in words: a line for each room, its modules in the order in which they were first entered."""
    entered: dict[str, list[str]] = {}
    for name in walk.modules:
        entered.setdefault(room_of(name), []).append(name.partition(".")[2])
    for room in sorted(entered, key=lambda room: walk.ranks[room], reverse=True):
        yield f"{room}: {' · '.join(entered[room])}"
    yield f"{len(walk.modules)} modules, {len(walk.back)} ways back"
    yield from (f"back: {a} → {b}" for a, b in walk.back)


if __name__ == "__main__":
    for walked_by in [sys.argv[1:]] if sys.argv[1:] else [RUN, ISSUE]:
        print(walked_by[-1], *lines(walked(walked_by)), sep="\n    ")
