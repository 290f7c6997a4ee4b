"""Puts the shipped rules, wording and sample into the wheel: tracked files only, so nothing a run wrote goes along."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("tariffs", "reports", "sample_data")
NOT_SHIPPED = "sample_data/year/"  # read in the repository, beside docs/year.md
WRITTEN_BY_A_RUN = ("out", "chargeback.duckdb", "chargeback.duckdb.wal", "__pycache__")


class ShippedFiles(BuildHookInterface[Any]):
    """Maps tariffs/, reports/ and sample_data/ to chargeback/_shipped/ in the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files; an editable install finds them in the repository."""
        if version == "editable":
            return
        root = Path(self.root)
        for path in tracked(root):
            build_data["force_include"][str(root / path)] = f"chargeback/_shipped/{path}"


def tracked(root: Path) -> list[str]:
    """The shipped files that git tracks; where there is no repository (a source archive), those no run has written."""
    return [path for path in found(root) if not path.startswith(NOT_SHIPPED)]


def found(root: Path) -> list[str]:
    """The files of the shipped folders, by path from the root of the repository."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--", *FOLDERS]
    try:
        listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        listed = ""
    if listed:
        return sorted(name for name in listed.split("\0") if name and (root / name).is_file())
    files = (path.relative_to(root) for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in files if not set(path.parts) & set(WRITTEN_BY_A_RUN))
