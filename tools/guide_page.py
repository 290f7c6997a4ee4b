"""The commands of docs/guide.md run one after the other in an empty folder, and what they say.

    python tools/guide_page.py      writes what the program says now into docs/guide.md (read the difference)

A block ``console`` holds commands after ``$`` and what each said. Between blocks, ``<!-- edit FILE | OLD | NEW -->``
changes a file as the text asks the reader to, ``<!-- write FILE -->`` before a block makes a file of the block. The
duration of a command and the day of closing are always the same in the page.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "guide.md"
STEP = re.compile(
    r"<!-- edit (?P<file>\S+) \| (?P<old>.*?) \| (?P<new>.*?) -->"
    r"|<!-- write (?P<path>\S+) -->\n+```\w*\n(?P<content>.*?)```"
    r"|```console\n(?P<block>.*?)```",
    re.DOTALL,
)
COMMAND = re.compile(r"^\$ (.+)$", re.MULTILINE)
ALWAYS = (
    (re.compile(r"\bin \d+(\.\d+)? s\b"), "in 9.5 s"),
    (re.compile(r"\b(closed(?: already)?,? on) \d{4}-\d\d-\d\d"), r"\1 2026-11-23"),
)


def played(text: str, folder: Path, say: Callable[[str, Path], str] | None = None) -> str:
    """The page with what its commands say when they are run in ``folder``, one after the other.

    ``say`` runs a command and gives what it says; without it each is a process of the shell.
    """
    say = said if say is None else say

    def step(found: re.Match[str]) -> str:
        if found["file"]:
            edit(folder / found["file"], found["old"], found["new"])
            return found[0]
        if found["path"]:
            (folder / found["path"]).parent.mkdir(exist_ok=True)
            (folder / found["path"]).write_text(found["content"], encoding="utf-8")
            return found[0]
        commands = COMMAND.findall(found["block"])
        return "```console\n" + "".join(f"$ {command}\n{always(say(command, folder))}" for command in commands) + "```"

    return STEP.sub(step, text)


def edit(file: Path, old: str, new: str) -> None:
    """Change the one place of a file that reads ``old``."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is found {text.count(old)} times in {file.name}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def said(command: str, folder: Path) -> str:
    """Everything a command prints, and its exit code when it is not 0."""
    search = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": search, "NO_COLOR": "1", "COLUMNS": "80"}
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    return done.stdout + (f"(exit code {done.returncode})\n" if done.returncode else "")


def always(text: str) -> str:
    """What a command says, with the duration and the day of the page."""
    for pattern, kept in ALWAYS:
        text = pattern.sub(kept, text)
    return text


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as empty:
        PAGE.write_text(played(PAGE.read_text(encoding="utf-8"), Path(empty)), encoding="utf-8")
