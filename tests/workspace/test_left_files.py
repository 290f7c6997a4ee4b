"""Files that a desktop leaves are passed over everywhere; a register in another form never is."""

from __future__ import annotations

from pathlib import Path

import pytest

from chargeback.workspace.inputs import read_inputs
from chargeback.workspace.registers.titres import read_titres
from kit.loading import load, put

LEFT = ("Thumbs.db", "desktop.ini", "Desktop.ini", ".DS_Store", "~$costs.xlsx", "~$members.csv", "._u.csv")
FOLDERS = ("", "usage/", "costs/", "payments/", "titres/", "budget/", "standalone/", "tariffs/", "reports/fr/")


def problems(root: Path) -> dict[str, str]:
    """Code of each problem that names a file that should not be there, by its path."""
    put(root, {"chargeback.toml": "", "members.csv": "member_id,name,kind,valid_from\na,A,c,2020-01-01\n"})
    (root / "tariffs").mkdir(exist_ok=True)
    found = [*read_inputs(root).problems, *load(root).problems, *read_titres(root)[1]]
    return {p.where.path: p.code for p in found}


@pytest.mark.parametrize("folder", FOLDERS)
def test_files_of_a_desktop_are_passed_over(tmp_path: Path, folder: str) -> None:
    """In no folder is one of them read, or in the way."""
    put(tmp_path, {f"{folder}{name}": b"\x00\xff" for name in LEFT} | {f"{folder}__MACOSX/x.csv": b"\x00"})
    assert problems(tmp_path) == {}


@pytest.mark.parametrize(
    "name",
    [
        *("groups.xlsx", "members.txt", "members.csv.txt", "drivers.CSV", "Resources.ods", "subscriptions.tsv"),
        *("usage.parquet", "costs.xlsx", "payments.csv", "titres.xlsx", "budget.xlsx", "budgets.csv", "standalone.csv"),
        *("standalone/cost.csv", "standalone/costs.xlsx", "standalone/deep/costs.csv", "payments/p.xlsx", "driver.csv"),
    ],
)
def test_a_register_in_another_form_is_a_problem(tmp_path: Path, name: str) -> None:
    """It is named, and nothing else is."""
    put(tmp_path, {name: "x\n"})
    assert problems(tmp_path) == {name: "unknown-file"}


@pytest.mark.parametrize("name", ["notes.txt", "members.pdf", "members.md", "README.md", "standalone/README.md"])
def test_other_files_are_left_alone(tmp_path: Path, name: str) -> None:
    """What is not of the name of a register is nobody's business."""
    put(tmp_path, {name: "x\n"})
    assert problems(tmp_path) == {}


def test_payments_in_capital_letters_are_read(tmp_path: Path) -> None:
    """The end of a name is without case, as in usage/ and costs/."""
    put(tmp_path, {"payments/P.CSV": "invoice,date,amount\n F-1,2026-01-01,1\n"})
    assert problems(tmp_path) == {"payments/P.CSV": "bad-id"}
