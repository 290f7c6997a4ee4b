"""Explained line: a value."""

from __future__ import annotations

from dataclasses import dataclass

from chargeback.explain.evidence import Evidence
from chargeback.model.documents import Document, Line
from chargeback.model.month import Month
from chargeback.model.postings import PostingStatus
from chargeback.model.rules import Rule
from chargeback.model.versions import Version
from chargeback.render.text.prior_months import adjusted_period


@dataclass(frozen=True, slots=True)
class BilledThen:
    """Amount that was billed for a month before an adjustment of it.

    Attributes:
        number: of the document that bills it; '' where none bills it, or none yet.
        status: of the amount in the ledger.
        amount: cents.
    """

    number: str
    status: PostingStatus
    amount: int


@dataclass(frozen=True, slots=True)
class Explained:
    """Explained line: a line with its rule and the usage that it counts.

    Attributes:
        number: of the line in what is explained, from 1.
        document: that bills it; None where no document does.
        line: as it is billed.
        rule: that charged it.
        version: of the rule.
        month: that charged it; an earlier one where the line was carried forward.
        evidence: usage that it counts.
        today: cents of the member's charges of the rule as of today's data; None where they are as billed.
        billed: of an adjustment, the amounts billed for its month before.
        recomputed: of an adjustment, the lines of its month as of the data that it was computed from.
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
    recomputed: tuple[Explained, ...] = ()

    @property
    def adjusts(self) -> bool:
        """Whether it is an adjustment of an earlier month, which the recomputed lines of that month explain."""
        return adjusted_period(self.line) is not None
