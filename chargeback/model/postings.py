"""Postings: charges with the month that each is for and the document that bills it. Values; whole cents, net of VAT."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

from chargeback.model.charges import Charge, ChargeKind
from chargeback.model.documents import Document
from chargeback.model.period import Period

PostingStatus = Literal[
    "issued", "carried_forward", "withheld", "waived", "without_document", "operator", "offset", "draft"
]
STATUSES: tuple[PostingStatus, ...] = get_args(PostingStatus)


@dataclass(frozen=True, slots=True)
class Posting:
    """Posting: a charge, the month that it is for, and the document that bills it.

    A line that reverses another one is posted for the month, as the kind and under the year of the line that it
    reverses.

    Attributes:
        charge: the charge, its amount in cents.
        month: month that it is for: the one that it adjusts or was carried from, else that of its document.
        status: ``issued`` in a numbered document, ``carried_forward`` to a later month, ``withheld`` when its month
            was issued, ``waived`` by an act, ``without_document`` as the ledger keeps a charge that no document bills,
            ``operator`` for one that the operator bears itself, ``offset`` for one whose document would amount to
            0.00, or ``draft``.
        kind: kind of the charge, or of the one that it reverses.
        settles: civil year whose true-up the charge, or the one that it reverses, bills; None on all others.
        service: service of its line; ``""`` without a document.
        number: number of the document that bills it; ``""`` while none does.
        carried_from: month that carried the amount to its document; None elsewhere.
        posted_before: whether that month has posted the amount already, so that it does not count again.
        goodwill: whether it is a credit given on purpose: the data of the month did not ask for it.
        rate: VAT rate of its line in per cent; 0 without a document.
        reverses: number of the document whose line it reverses; ``""`` elsewhere.
        document: document that the charge was drawn up in, as it was then; None where there is none.
        act: act that gives up a claim, or makes a gift; ``""`` on all others.
    """

    charge: Charge
    month: Period
    status: PostingStatus
    kind: ChargeKind
    settles: int | None = None
    service: str = ""
    number: str = ""
    carried_from: Period | None = None
    posted_before: bool = False
    goodwill: bool = False
    rate: Decimal = Decimal("0.00")
    reverses: str = ""
    document: Document | None = None
    act: str = ""

    @property
    def amount(self) -> int:
        """Cents."""
        return self.charge.amount

    @property
    def adjusts_month(self) -> bool:
        """Whether it corrects an earlier month."""
        return self.charge.adjusts is not None


def undocumented(charge: Charge, period: Period, status: PostingStatus) -> Posting:
    """Posting of a charge of ``period`` that no document bills."""
    return Posting(charge, charge.adjusts or period, status, charge.kind, charge.settles)
