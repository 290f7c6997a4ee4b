"""docs/cli.md made from the program's own ``--help``.

python tools/cli_page.py        writes docs/cli.md
"""

from __future__ import annotations

import contextlib
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from chargeback.cli.app import main

PAGE = Path(__file__).parent.parent / "docs" / "cli.md"
NARROW = {"COLUMNS": "80", "NO_COLOR": "1"}
INTRODUCTION = """\
# The command line

What `--help` says, command by command. [The guide](guide.md) shows each of them at work.

Data go to stdout, words to stderr. The exit code is 0 when it is done, 1 when there are problems in the data or the
rules (each is one line, `path:line: message`, see [errors](errors.md)) or when an operation is refused, 2 when the
command is written wrongly. `-C DIR` stands before the command: `chargeback -C my-workspace run 2026-10`.
"""


def help_of(*command: str) -> str:
    """What ``chargeback COMMAND --help`` prints on a page of 80 characters."""
    said = io.StringIO()
    with patch.dict(os.environ, NARROW), contextlib.redirect_stdout(said):
        main([*(word for words in command for word in words.split()), "--help"])
    return said.getvalue()


def commands(of: str = "") -> list[str]:
    """The names of the commands, as the program lists them; those of a group follow it, as ``export journal``."""
    listed = help_of(of).partition("Commands:\n")[2]
    names = [f"{of} {name}".strip() for name in re.findall(r"^  ([a-z][a-z-]*)", listed, flags=re.MULTILINE)]
    return [each for name in names for each in (name, *commands(name))]


def page() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, *_sections()])


def _sections() -> Iterator[str]:
    for command in ("", *commands()):
        name = f"chargeback {command}".strip()
        yield f"## {name}\n\n```text\n{help_of(command).rstrip()}\n```\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
