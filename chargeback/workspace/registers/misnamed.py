"""Misnamed files: registers in another form or place, which nobody would read although somebody meant them to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from chargeback.model.problem import Place, Problem
from chargeback.workspace import paths
from chargeback.workspace.files.left_files import is_left_over

FORMS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".numbers", ".parquet", ".json")
STEMS = {register.removesuffix(".csv"): register for register in paths.REGISTERS}
IN_FOLDERS = {
    "usage": f"usage stands in a folder, not in one file: move it to {paths.USAGE}/",
    "costs": f"costs stands in a folder, not in one file: move it to {paths.COSTS}/",
    "payments": f"payments stand in a folder, not in one file: move it to {paths.PAYMENTS}/",
    "titres": f"titres stand in a folder, not in one file: move it to {paths.TITRES}/",
    "budget": f"budgets stand in a folder, not in one file: move it to {paths.BUDGET}/",
    "budgets": f"budgets stand in a folder, not in one file: move it to {paths.BUDGET}/",
}
LIKENESS = 0.8


def misnamed(root: Path) -> Iterator[Problem]:
    """Problem of each file with the name of a register, but in another form, and of each stray stand-alone cost."""
    for file in sorted(root.iterdir()):
        name = file.name.lower()
        if file.is_file() and file.name not in paths.REGISTERS and not is_left_over(Path(file.name)):
            message = _meant(name) if name.endswith(FORMS) else None
            if message:
                yield Problem(Place(file.name), message, "unknown-file")
    yield from _standalone(root)


def _meant(name: str) -> str | None:
    """Sentence about a file of the root, its name in small letters; None where it is not meant for the program."""
    stem = name.partition(".")[0]
    if stem in STEMS:
        register = STEMS[stem]
        return (
            f"only a file named {register} is read, with columns separated by commas: "
            "save it as that, or move it out of the workspace"
        )
    if stem in IN_FOLDERS:
        return IN_FOLDERS[stem]
    if stem == paths.STANDALONE:
        return f"only {paths.COALITIONS} is read, with columns separated by commas: save it as that"
    close = difflib.get_close_matches(name, paths.REGISTERS, 1, LIKENESS) if name.endswith(".csv") else []
    if close:
        return f"no register has this name: did you mean {close[0]}? Rename the file, or move it out of the workspace"
    return None


def _standalone(root: Path) -> Iterator[Problem]:
    for file in sorted((root / paths.STANDALONE).rglob("*")):
        path = file.relative_to(root)
        read = path.as_posix() == paths.COALITIONS or path.suffix.lower() == ".md"
        if file.is_file() and not read and not is_left_over(path):
            message = (
                f"only {paths.COALITIONS} is read, with columns separated by commas: "
                f"save it as that, or move it out of {paths.STANDALONE}/"
            )
            yield Problem(Place(path.as_posix()), message, "unknown-file")
