"""An issued document as it is handed over to finance: itself, the month that it rests on, its file, what it takes off. Values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chargeback.model.documents import Document
from chargeback.model.facts import Titre
from chargeback.model.month import Month

SIGN = {"invoice": 1, "credit_note": -1}


@dataclass(frozen=True, slots=True)
class Reduction:
    """What a credit note takes off one invoice: net and VAT, cents above zero; ``whole``: nothing of that remains after it."""

    number: str
    issue_date: date
    net: int
    vat: int
    whole: bool


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """``month`` names the rules and members of the lines; ``path`` is that of the PDF in the workspace, with its sha256.

    ``takes``: the invoices that a credit note reduces, none on all others; what it leaves is paid out.
    """

    document: Document
    month: Month
    path: str
    sha256: str
    reductions: tuple[Reduction, ...] = ()

    @property
    def sign(self) -> int:
        """What makes the amounts of the document positive: −1 on a credit note."""
        return SIGN[self.document.kind]


def exercice(number: str, on: date, titres: Mapping[str, Titre]) -> int:
    """The exercice of an issued document: that of its titre when ``titres/`` has it, else the year of its date."""
    return titres[number].year if number in titres else on.year
