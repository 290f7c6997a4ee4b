"""A line that is explained, as a value."""

from __future__ import annotations

from dataclasses import dataclass

from chargeback.explain.evidence import Evidence
from chargeback.model.documents import Document, Line
from chargeback.model.month import Month
from chargeback.model.postings import PostingStatus
from chargeback.model.rules import Rule, Version
from chargeback.render.text.prior_months import adjusted_period


@dataclass(frozen=True, slots=True)
class BilledThen:
    """Cents billed for a month: on which document, '' where none bills it (yet); ``status`` of the amount in the ledger."""

    number: str
    status: PostingStatus
    amount: int


@dataclass(frozen=True, slots=True)
class Explained:
    """A line with its rule, and the usage it rests on. ``document`` None: no document bills it.

    ``month``: the one behind the line, that carried it where an earlier one did. ``today``: cents that the member's charges of the
    rule would come to today, when that is not what was billed. Of an adjustment, ``billed`` is what was billed for its month, and
    ``again`` are the lines of that month charged again.
    """

    number: int
    document: Document | None
    line: Line
    rule: Rule
    version: Version
    month: Month
    evidence: tuple[Evidence, ...] = ()
    today: int | None = None
    billed: tuple[BilledThen, ...] = ()
    again: tuple[Explained, ...] = ()

    @property
    def adjusts(self) -> bool:
        """Whether it is an adjustment of an earlier month, whose own lines charged again say how it comes about."""
        return adjusted_period(self.line) is not None
