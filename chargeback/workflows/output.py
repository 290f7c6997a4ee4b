"""Output of a run: ``out/PERIOD/``, built in a folder beside it and swapped in at the end."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from chargeback import __version__
from chargeback.billing.charges_csv import charges_csv
from chargeback.model.month import Month
from chargeback.workspace.paths import OUT


def month_files(month: Month, hashes: Mapping[str, str]) -> dict[str, bytes]:
    """charges.csv and run.json, which every run writes, with documents or without."""
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


def swap_in(root: Path, name: str, files: Mapping[str, bytes]) -> Path:
    """Write ``files`` as ``out/NAME``, whole or not at all; the folder before goes once the new one is in its place."""
    out = root / OUT
    new, old, final = out / f".{name}.new", out / f".{name}.old", out / name
    for unfinished in (new, old):
        shutil.rmtree(unfinished, ignore_errors=True)
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
