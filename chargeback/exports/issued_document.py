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
    """

    document: Document
    month: Month
    path: str
    sha256: str
    reductions: tuple[Reduction, ...] = ()


def exercice(number: str, on: date, titres: Mapping[str, Titre]) -> int:
    """Exercice (financial year) of an issued document: that of its titre where ``titres/`` has it, else of its date."""
    return titres[number].year if number in titres else on.year
