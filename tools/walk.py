"""The walk of a command through the package: the modules that it enters, in order, and its ways back.

    python tools/walk.py            writes two walks into docs/architecture.md: a month through run, a document through
                                    issue (read the difference)
    python tools/walk.py COMMAND    prints that of another command, as "check 2026-09"

The workspace is that of the museum. A module is entered when one of its functions is called; what an import executes
counts for nothing. A way back is a call from a room to one that it may not import: it happens only where a function was
handed over. A generator that is asked for its next value is no way back. The order of the rooms is that of
tests/repo/test_architecture.py.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import io
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import chargeback

sys.path.insert(0, str(Path(__file__).parent))
from wrap_docs import wrapped

ROOT = Path(__file__).parent.parent
PACKAGE = Path(chargeback.__file__).parent
WORKSPACE = ROOT / "tests" / "museum" / "base"
PAGE = ROOT / "docs" / "architecture.md"
RUN = ("run 2026-09",)
ISSUE = (*RUN, "issue 2026-09 --date 2026-10-05")
PLACE = re.compile(r"(<!-- walk -->\n).*?(<!-- end -->)", re.DOTALL)
IMPORTING = ""


def table(name: str) -> Any:
    """Constant of the test of architecture, as ROOMS: the rooms in order, those of one rank together."""
    for node in ast.parse((ROOT / "tests/repo/test_architecture.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name:
            return ast.literal_eval(node.value)
    raise LookupError(name)


@dataclass(slots=True)
class Walk:
    """What a command entered.

    Attributes:
        modules: names within the package, in the order in which they were first entered.
        calls: (module that called, module called) of each call from a room to another; generators are left out.
        stack: modules whose functions run at the moment, the innermost last; IMPORTING while a module is imported.
    """

    ranks: dict[str, int]
    modules: dict[str, None] = field(default_factory=dict)
    calls: dict[tuple[str, str], None] = field(default_factory=dict)
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
            caller = self.stack[-1] if self.stack else name
            if room_of(caller) != room_of(name) and not frame.f_code.co_flags & inspect.CO_GENERATOR:
                self.calls.setdefault((caller, name))
        self.stack.append(name)

    @property
    def arrows(self) -> int:
        """How many pairs of rooms call each other, one way or the other."""
        return len({(room_of(caller), room_of(called)) for caller, called in self.calls})

    @property
    def back(self) -> list[tuple[str, str]]:
        """Calls from a room to one that it may not import."""
        return [(a, b) for a, b in self.calls if self.ranks[room_of(a)] <= self.ranks[room_of(b)]]


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
        walk = Walk({room: rank for rank, several in enumerate(table("ROOMS")) for room in several})
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


def shown(walk: Walk) -> str:
    """Walk as a list of Markdown: an item for each room, its modules in the order in which they were first entered."""
    entered: dict[str, list[str]] = {}
    for name in walk.modules:
        entered.setdefault(room_of(name), []).append(f"`{name.partition('.')[2].replace('.', '/')}`")
    in_order = sorted(entered, key=lambda room: -walk.ranks[room])
    items = [f"- `{room}/`: {' '.join(entered[room])}" for room in in_order]
    back = ", ".join(f"`{a}` → `{b}`".replace(".", "/") for a, b in walk.back)
    total = f"{len(walk.modules)} modules in {len(entered)} rooms, {walk.arrows} arrows between rooms"
    return wrapped("\n".join([*items, "", f"{total}; ways back: {back or 'none'}.", ""]))


def run(command: Sequence[str]) -> None:
    """Print the walk of a command, or write the two of the page."""
    if command:
        print(shown(walked(command)))
        return
    walks = iter([shown(walked(RUN)), shown(walked(ISSUE))])
    page = PLACE.sub(lambda place: f"{place[1]}\n{next(walks)}\n{place[2]}", PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    run(sys.argv[1:])
