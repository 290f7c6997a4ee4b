"""``titres/*.csv``: the titre that the finance software gave each issued document, ``invoice,year,bordereau,titre``. All problems at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path

from chargeback.model.facts import Titre
from chargeback.model.problem import Place, Problem
from chargeback.workspace.files.cells import Wrong, quoted
from chargeback.workspace.files.csv_files import Columns, open_table
from chargeback.workspace.registers.rows import RegisterRow

FOLDER = "titres"
COLUMNS = Columns(("invoice", "year", "bordereau", "titre"))
LONGEST = 20


def read_titres(root: Path) -> tuple[tuple[Titre, ...], list[Problem]]:
    """Every titre, by file and line; none where there is no folder. The second of two rows for one document is a problem."""
    problems = _misplaced(root)
    titres: list[Titre] = []
    for path in sorted((root / FOLDER).rglob("*.csv")):
        if not path.name.startswith("."):
            titres += _file(root, path.relative_to(root).as_posix(), problems)
    problems += _twice(titres)
    return tuple(titres), problems


def titre_problems(titres: Sequence[Titre], numbers: Iterable[str]) -> list[Problem]:
    """Titres of what was never issued; ``numbers``: those of the documents of the ledger."""
    known = set(numbers)
    problems = []
    for titre in titres:
        if titre.invoice not in known:
            close = difflib.get_close_matches(titre.invoice, sorted(known), 1)
            hint = f"; did you mean {close[0]}?" if close else ""
            message = f"invoice {quoted(titre.invoice)} is the number of no issued document: correct it, or take the row out{hint}"
            problems.append(Problem(titre.where, message, "unknown-invoice"))
    return problems


def _misplaced(root: Path) -> list[Problem]:
    """Files that nobody would read although somebody meant them to be."""
    problems = []
    if (root / f"{FOLDER}.csv").exists():
        message = f"{FOLDER} stand in a folder, not in one file: move it to {FOLDER}/"
        problems.append(Problem(Place(f"{FOLDER}.csv"), message, "unknown-file"))
    for path in sorted((root / FOLDER).rglob("*")):
        if path.is_file() and not path.name.startswith(".") and path.suffix.lower() not in (".csv", ".md"):
            message = f"titres are read from CSV files: save it as CSV, or move it out of {FOLDER}/"
            problems.append(Problem(Place(path.relative_to(root).as_posix()), message, "unknown-file"))
    return problems


def _file(root: Path, path: str, problems: list[Problem]) -> list[Titre]:
    table = open_table(root, path, COLUMNS, problems)
    if table is None:
        return []
    rows = RegisterRow(path, table.header, problems).rows(table.rows())
    return [titre for titre in map(_titre, rows) if titre is not None]


def _titre(row: RegisterRow) -> Titre | None:
    invoice = row.text("invoice")
    year = row.read("year", _exercice, 0)
    bordereau, titre = (row.read(column, _reference, "") for column in ("bordereau", "titre"))
    return Titre(invoice, year, bordereau, titre, row.where) if row.good else None


def _exercice(text: str) -> int:
    """An exercice, as 2026."""
    if len(text) != 4 or not (text.isascii() and text.isdigit()) or text < "1900":
        found = f"{quoted(text)} is no year" if text else "is empty"
        raise Wrong("bad-year", f"{found}: write the exercice of the titre with four digits, as 2026")
    return int(text)


def _reference(text: str) -> str:
    """The number of a bordereau or a titre: letters, digits and - / . without spaces."""
    if not text:
        raise Wrong("empty-cell", "is empty: every row needs one")
    if len(text) > LONGEST or not all(c.isascii() and (c.isalnum() or c in "-/.") for c in text):
        raise Wrong(
            "bad-reference",
            f"{quoted(text)} is no number of the finance software: write its letters and digits, at most {LONGEST}",
        )
    return text


def _twice(titres: Iterable[Titre]) -> list[Problem]:
    """A document is one titre; a titre may take several documents, as a rôle does."""
    problems = []
    first: dict[str, Titre] = {}
    for titre in titres:
        before = first.setdefault(titre.invoice, titre)
        if before is not titre:
            message = f"{titre.invoice} has the titre {before.titre} of {before.year} in {before.where} already: one document is one titre, take one row out"
            problems.append(Problem(titre.where, message, "titre-twice"))
    return problems
