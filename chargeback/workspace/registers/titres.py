"""``titres/*.csv``: titre of each issued document in the finance software, ``invoice,year,bordereau,titre``.

All problems at once. A document has one titre; a titre may be of several documents, as a rôle is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from chargeback.model.facts import Titre
from chargeback.model.grammar import FieldError
from chargeback.model.problem import Problem, did_you_mean
from chargeback.workspace.files.cells import civil_year, quoted
from chargeback.workspace.files.csv_files import Columns
from chargeback.workspace.paths import TITRES
from chargeback.workspace.registers.folders import RowFolder, repeated
from chargeback.workspace.registers.rows import RegisterRow

COLUMNS = Columns(("invoice", "year", "bordereau", "titre"))
FIRST_YEAR = 1900
LONGEST = 20
EXPECTED_YEAR = "write the exercice of the titre with four digits, as 2026"
year = partial(civil_year, wrong="is no year", expected=EXPECTED_YEAR)


def read_titres(root: Path) -> tuple[tuple[Titre, ...], list[Problem]]:
    """Every titre, by file and line. The second of two rows of one document is a problem."""
    titres, problems = RowFolder(TITRES, "titres", COLUMNS, _titre).read(root)
    return titres, [*problems, *(_twice(*pair) for pair in repeated(titres, lambda t: t.invoice))]


def titre_problems(titres: Sequence[Titre], numbers: Iterable[str]) -> list[Problem]:
    """Titres of documents that were never issued; ``numbers``: those of the documents of the ledger."""
    known = set(numbers)
    return [_unknown(titre, known) for titre in titres if titre.invoice not in known]


def _unknown(titre: Titre, known: Iterable[str]) -> Problem:
    message = (
        f"invoice {quoted(titre.invoice)} is the number of no issued document: correct it, or take the row out"
        f"{did_you_mean(titre.invoice, known)}"
    )
    return Problem(titre.where, message, "unknown-invoice")


def _titre(row: RegisterRow) -> Titre | None:
    invoice = row.identifier("invoice")
    exercice = row.read("year", _exercice, 0)
    bordereau, titre = (row.read(column, _reference, "") for column in ("bordereau", "titre"))
    return Titre(invoice, exercice, bordereau, titre, row.where) if row.good else None


def _exercice(text: str) -> int:
    """Exercice, the civil year of the accounts."""
    found = year(text)
    if found < FIRST_YEAR:
        raise FieldError("bad-year", f"{quoted(text)} is no year: {EXPECTED_YEAR}")
    return found


def _reference(text: str) -> str:
    """Number of a bordereau or a titre: letters, digits and - / . without spaces."""
    if not text:
        raise FieldError("empty-cell", "is empty: every row needs one")
    if len(text) > LONGEST or not all(c.isascii() and (c.isalnum() or c in "-/.") for c in text):
        raise FieldError(
            "bad-reference",
            f"{quoted(text)} is no number of the finance software: write its letters and digits, at most {LONGEST}",
        )
    return text


def _twice(before: Titre, titre: Titre) -> Problem:
    message = (
        f"{titre.invoice} has the titre {before.titre} of {before.year} in {before.where} already: "
        "one document is one titre, take one row out"
    )
    return Problem(titre.where, message, "titre-twice")
