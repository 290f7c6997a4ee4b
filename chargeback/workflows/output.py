"""What a run writes: ``out/PERIOD/``, built in a folder beside and swapped in at the end, and the tables of the store."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback import __version__
from chargeback.billing.charges_csv import charges_csv
from chargeback.model.month import Month

if TYPE_CHECKING:
    from chargeback.model.facts import Settings
    from chargeback.store.database import Store
    from chargeback.workspace.inputs import Inputs

OUT = "out"
SETTINGS = "chargeback.toml"
PAYMENTS = "payments"
BUDGET = "budget"


def month_files(month: Month, hashes: Mapping[str, str]) -> dict[str, bytes]:
    """charges.csv and run.json: what every run writes, documents or not."""
    return {
        "charges.csv": charges_csv(month.charges, month.rules, month.period),
        "run.json": run_json(month, hashes),
    }


def run_json(month: Month, hashes: Mapping[str, str]) -> bytes:
    """The program's version, the period and the sha256 of every input."""
    content = {
        "program": f"chargeback {__version__}",
        "period": str(month.period),
        "inputs": dict(sorted(hashes.items())),
    }
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def input_hashes(inputs: Inputs, store: Store) -> dict[str, str]:
    """sha256 of every file that the result depends on, by its path in the workspace; usage and costs as loaded."""
    root, settings = inputs.root, inputs.settings
    names = [
        *(f"{n}.csv" for n in ("members", "groups", "drivers", "subscriptions", "resources")),
        "standalone/costs.csv",
    ]
    files = {name: root / name for name in names} | _within(root, settings.tariffs or "tariffs")
    files |= _within(root, PAYMENTS) | _within(root, BUDGET)
    return _hashes(files) | page_hashes(root, settings) | {file.path: file.sha256 for file in store.files()}


def page_hashes(root: Path, settings: Settings) -> dict[str, str]:
    """sha256 of what the pages of a document depend on beside its values: chargeback.toml, wording and theme."""
    return _hashes({SETTINGS: root / SETTINGS} | _within(root, settings.reports or "reports"))


def _within(root: Path, folder: str) -> dict[str, Path]:
    """The files of a folder, by their path in the workspace."""
    paths = sorted(p for p in (root / folder).rglob("*") if p.is_file() and not p.name.startswith("."))
    return {f"{folder}/{p.relative_to(root / folder).as_posix()}": p for p in paths}


def _hashes(files: Mapping[str, Path]) -> dict[str, str]:
    return {name: sha256(path.read_bytes()).hexdigest() for name, path in files.items() if path.is_file()}


def swap_in(root: Path, name: str, files: Mapping[str, bytes]) -> Path:
    """Write ``files`` as ``out/NAME``: whole or not at all; what was there before goes when the new one stands."""
    out = root / OUT
    new, old, final = out / f".{name}.new", out / f".{name}.old", out / name
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    try:
        for path, content in files.items():
            target = new / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        with suppress(OSError):
            out.rmdir()  # when it is empty
        raise
    if final.exists():
        final.rename(old)
    new.rename(final)
    shutil.rmtree(old, ignore_errors=True)
    return final
