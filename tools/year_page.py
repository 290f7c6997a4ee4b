"""The commands of docs/year.md run one after the other over the deliveries of sample_data/year, and what they say.

    python tools/year_page.py      writes what the program says now into docs/year.md (read the difference)

The blocks are those of guide_page. A command of chargeback runs in this process, so that a year takes a minute: what it
prints goes through what stands after ``|`` or ``>``. How long it took is always the same in the page.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from guide_page import COMMAND, STEP, edit

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "year.md"
DELIVERIES = Path("sample_data/year/deliveries")
TOOK = (re.compile(r"\bin \d+(\.\d+)? s\b"), "in 0.5 s")

Hook = Callable[[str, Path], None]


def nothing(command: str, folder: Path) -> None:
    """Done before each command."""


def played(text: str, folder: Path, before: Hook = nothing) -> str:
    """The page with what its commands say when they are run in ``folder``, one after the other."""
    shutil.copytree(ROOT / DELIVERIES, folder / DELIVERIES)

    def step(found: re.Match[str]) -> str:
        if found["file"]:
            edit(folder / found["file"], found["old"], found["new"])
        elif found["path"]:
            (folder / found["path"]).parent.mkdir(exist_ok=True)
            (folder / found["path"]).write_text(found["content"], encoding="utf-8")
        else:
            return f"```console\n{''.join(answers(COMMAND.findall(found['block']), folder, before))}```"
        return found[0]

    return STEP.sub(step, text)


def answers(commands: list[str], folder: Path, before: Hook) -> Iterator[str]:
    """Each command with what it says."""
    for command in commands:
        before(command, folder)
        yield f"$ {command}\n{said(command, folder)}"


def said(command: str, folder: Path) -> str:
    """Everything a command prints, and its exit code when it is not 0."""
    words, mark, rest = re.fullmatch(r"(.*?)(?: ([|>]) (.*))?", command).groups()  # type: ignore[union-attr]
    if not command.startswith("chargeback "):
        code, text, told = by_shell(command, folder, "")
    else:
        code, text, told = in_here(shlex.split(words)[1:], folder, apart=bool(mark))
        if mark:
            text = by_shell(rest if mark == "|" else f"cat > {rest}", folder, text)[1]
    return TOOK[0].sub(TOOK[1], told + text) + (f"(exit code {code})\n" if code else "")


def by_shell(command: str, folder: Path, given: str) -> tuple[int, str, str]:
    """Exit code and text of a command of the shell that reads ``given``."""
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    return done.returncode, done.stdout, ""


def in_here(arguments: list[str], folder: Path, *, apart: bool) -> tuple[int, str, str]:
    """Exit code, data and words of a command of chargeback; data and words as they come, unless they are wanted
    apart."""
    from chargeback.cli.app import main

    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    told = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) if apart else out
    kept = {name: os.environ.get(name) for name in ("NO_COLOR", "COLUMNS")}
    os.environ.update(NO_COLOR="1", COLUMNS="80")
    try:
        with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(told):
            code = main(arguments)
    finally:
        for name, value in kept.items():
            os.environ.pop(name)
            os.environ.update({} if value is None else {name: value})
    out.seek(0)
    told.seek(0)
    return code, out.read(), told.read() if apart else ""


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as empty:
        PAGE.write_text(played(PAGE.read_text(encoding="utf-8"), Path(empty)), encoding="utf-8")
