"""Input hashes: sha256 of every file that a result depends on, by its path in the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback.workspace.files.left_files import is_left_over
from chargeback.workspace.paths import BUDGET, COALITIONS, PAYMENTS, REGISTERS, REPORTS, SETTINGS, TARIFFS

if TYPE_CHECKING:
    from chargeback.model.settings import Settings
    from chargeback.store.database import Store
    from chargeback.workspace.inputs import Inputs


def input_hashes(inputs: Inputs, store: Store) -> dict[str, str]:
    """Hashes of every file that the amounts of a month depend on; usage and costs as loaded."""
    root, settings = inputs.root, inputs.settings
    files = {name: root / name for name in (*REGISTERS, COALITIONS)} | _within(root, settings.tariffs or TARIFFS)
    files |= _within(root, PAYMENTS) | _within(root, BUDGET)
    return _hashes(files) | page_hashes(root, settings) | {file.path: file.sha256 for file in store.files()}


def page_hashes(root: Path, settings: Settings) -> dict[str, str]:
    """Hashes of the files that the pages of a document depend on beside its values: chargeback.toml, wording, theme."""
    return _hashes({SETTINGS: root / SETTINGS} | _within(root, settings.reports or REPORTS))


def _within(root: Path, folder: str) -> dict[str, Path]:
    """Files of a folder, by their path in the workspace."""
    within = root / folder
    paths = sorted(p for p in within.rglob("*") if p.is_file() and not is_left_over(p.relative_to(within)))
    return {f"{folder}/{p.relative_to(within).as_posix()}": p for p in paths}


def _hashes(files: Mapping[str, Path]) -> dict[str, str]:
    return {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items() if path.is_file()}
