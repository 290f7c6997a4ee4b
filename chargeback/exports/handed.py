"""An issued document as it is handed over to finance: itself, the month that it rests on, its file. Values."""

from __future__ import annotations

from dataclasses import dataclass

from chargeback.result import Document, Line, Month

SIGN = {"invoice": 1, "credit_note": -1}


@dataclass(frozen=True, slots=True)
class Handed:
    """``month`` names the rules and members of the lines; ``path`` is that of the PDF in the workspace, with its sha256.

    ``original``: the invoice that a credit note gives back, None on all others.
    """

    document: Document
    month: Month
    path: str
    sha256: str
    original: Document | None = None

    @property
    def sign(self) -> int:
        """What makes the amounts of the document positive: −1 on a credit note."""
        return SIGN[self.document.kind]

    def service(self, line: Line) -> str:
        """The service of a line."""
        return self.month.rules[line.rule].service
