"""Issued documents as they are exported: the document, the month of its lines, its file, its reductions. Values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chargeback.model.documents import Document
from chargeback.model.facts import Titre
from chargeback.model.month import Month


@dataclass(frozen=True, slots=True)
class Reduction:
    """Reduction of one invoice by a credit note.

    Attributes:
        number: number of the invoice.
        issue_date: date of the invoice.
        net: net amount taken off it, in cents above zero.
        vat: VAT taken off it, in cents above zero.
        in_full: whether nothing of the invoice remains after it.
    """

    number: str
    issue_date: date
    net: int
    vat: int
    in_full: bool


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """Issued document.

    Attributes:
        document: the document.
        month: month with the rules and members of its lines.
        path: path of its PDF in the workspace.
        sha256: SHA-256 of the PDF, in hexadecimal.
        reductions: invoices that a credit note reduces; the rest of the credit note is paid out. () for an invoice.
        entry: number of the entry of the ledger that issued it.
        goodwill: whether it is a credit given on purpose, a remise gracieuse.
    """

    document: Document
    month: Month
    path: str
    sha256: str
    reductions: tuple[Reduction, ...] = ()
    entry: int = 0
    goodwill: bool = False

    def exercice(self, titres: Mapping[str, Titre]) -> int:
        """Exercice of the document."""
        assert self.document.issue_date is not None, "an issued document has a date"
        return exercice(self.document.number, self.document.issue_date, titres)

    def is_prior_year(self, reduction: Reduction | None, titres: Mapping[str, Titre]) -> bool:
        """Whether a reduction is of an invoice of an earlier exercice than that of the credit note."""
        if reduction is None:
            return False
        return exercice(reduction.number, reduction.issue_date, titres) < self.exercice(titres)


def exercice(number: str, on: date, titres: Mapping[str, Titre]) -> int:
    """Exercice (financial year) of an issued document: that of its titre where ``titres/`` has it, else of its date."""
    return titres[number].year if number in titres else on.year
