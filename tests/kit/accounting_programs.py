"""Programs of accounting that read the exports: hledger and beancount."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def checked(program: str, folder: Path, *contents: bytes) -> tuple[int, str]:
    """The exit code and the words of a real program on a book that includes each content, in this order, as a file of
    its own; hledger reads in the encoding of the locale: UTF-8."""
    path = folder / f"book.{program}"
    for number, content in enumerate(contents):
        (folder / f"part-{number}.{program}").write_bytes(content)
    name = '"part-{}.{}"' if program == "beancount" else "part-{}.{}"
    included = [f"include {name.format(number, program)}\n" for number in range(len(contents))]
    path.write_text("".join(included), encoding="utf-8")
    beside = Path(sys.executable).with_name("bean-check")
    command = {
        "hledger": ["hledger", "-f", str(path), "check", "--strict"],
        "beancount": [str(beside), "--no-cache", str(path)],
    }[program]
    locale = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=locale)
    return done.returncode, done.stdout + done.stderr


def needs(program: str) -> None:
    """Skip where hledger, a package of Debian, is not installed; CI has it, so there the test fails. bean-check is a
    requirement of tests."""
    if program == "hledger" and shutil.which("hledger") is None and not os.environ.get("CHARGEBACK_CI"):
        pytest.skip("hledger is not installed here: apt-get install hledger")
