"""``chargeback init``: a new workspace from the shipped example, rules and wording copied in."""

from __future__ import annotations

import shutil
from pathlib import Path

from chargeback.model.problem import Refused
from chargeback.workspace.paths import OUT, REPORTS, SETTINGS, STORE, TARIFFS
from chargeback.workspace.shipped import shipped

NOT_COPIED = shutil.ignore_patterns(OUT, f"{STORE}*", "year", "__pycache__", ".*", "fonts")


def new_workspace(target: Path) -> Path:
    """Copy the example to ``target``, which must be new or empty; raises Refused otherwise."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Refused(f"{target} is not empty: name a new folder for the workspace")
    shutil.copytree(shipped("sample_data"), target, ignore=NOT_COPIED, dirs_exist_ok=True)
    for folder in (TARIFFS, REPORTS):
        shutil.copytree(shipped(folder), target / folder, ignore=NOT_COPIED)
    settings = target / SETTINGS
    settings.write_text(without_table(settings.read_text(encoding="utf-8"), "paths"), encoding="utf-8")
    return target


def without_table(text: str, name: str) -> str:
    """A TOML text without one of its tables, and without the comments right above it."""
    kept: list[str] = []
    inside = False
    for line in text.splitlines(keepends=True):
        if line.startswith("["):
            inside = line.strip().split("#")[0].strip() == f"[{name}]"
            while inside and kept and kept[-1].startswith("#"):
                kept.pop()
        if not inside:
            kept.append(line)
    return "".join(kept)
