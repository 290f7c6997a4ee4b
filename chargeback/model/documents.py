"""Documents: invoices and credit notes with their lines and VAT, in whole cents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from chargeback.model.charges import Charge
from chargeback.model.facts import Member
from chargeback.model.period import Period
from chargeback.model.settings import Regime

CarryReason = Literal["threshold", "frequency", "nothing", "left_out", ""]


@dataclass(frozen=True, slots=True)
class VatLine:
    """VAT of one category on the total of a document (EN 16931: half away from zero), in cents."""

    regime: Regime
    net: int
    vat: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document: charges of one beneficiary, rule, version, kind and tier together.

    ``quantity``, ``unit_price`` and ``factor`` are of the single charge; with several charges (one per resource) the
    quantity is their sum and ``unit_price`` the common price; the detail stands in the annex. ``corrects``: the number of
    the line of the original that a line of a correcting credit note gives back, charge by charge; 0 on all others.
    ``since``: the earlier month that charged it, when its amount was carried from there to this document.
    """

    beneficiary: str
    service: str
    rule: str
    version: date
    kind: str
    tier: int
    quantity: Fraction | None
    unit_price: Decimal | None
    factor: Fraction
    amount: int
    charges: tuple[Charge, ...]
    reverses: int = 0
    carried_from: Period | None = None

    @property
    def earlier_month(self) -> Period | None:
        """The earlier month that the line is for; None when it is for the month of its document."""
        return self.charges[0].adjusts or self.carried_from


@dataclass(frozen=True, slots=True)
class Preceding:
    """An issued document that another one corrects (EN 16931 BG-3): its number and date.

    ``net`` and ``vat`` (cents, not below zero): how much of it a credit note takes off as an amount. Both are 0 where the
    lines say what they give back (``Line.corrects``), and on a document in the place of another.
    """

    number: str
    issue_date: date
    credited_net: int = 0
    credited_vat: int = 0

    @property
    def credited_gross(self) -> int:
        return self.credited_net + self.credited_vat


@dataclass(frozen=True, slots=True)
class CarriedForward:
    """An amount that an earlier month did not bill, by its month and the payer it was then for; a document that bills it names it."""

    period: Period
    payer_id: str


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice or a credit note, draft while ``number`` is ''. One payer, one VAT regime (family), one period.

    Lines are as charged (a credit note has a negative total); ``net``, ``vat``, ``gross`` likewise, in cents.
    ``kind`` is ``invoice`` or ``credit_note``. ``preceding``: what it corrects, for the ``reason`` given. ``brings``: the
    carried amounts that it bills, as lines with ``since``. ``waits``: why a document that has no number is carried to a later
    month: ``threshold`` (too small), ``frequency`` (its payer is billed by quarter or year), ``nothing`` (it and what it would
    bring come to 0.00); ``left_out``: withheld because a part of the month was issued without it; '' on all others.
    """

    kind: str
    period: Period
    regime: Regime
    payer: Member
    lines: tuple[Line, ...]
    vat_lines: tuple[VatLine, ...]
    number: str = ""
    issue_date: date | None = None
    due_date: date | None = None
    preceding: tuple[Preceding, ...] = ()
    reason: str = ""
    brought_forward: tuple[CarriedForward, ...] = ()
    carry_reason: CarryReason = ""

    @property
    def net(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def vat(self) -> int:
        return sum(line.vat for line in self.vat_lines)

    @property
    def gross(self) -> int:
        return self.net + self.vat

    @property
    def sign(self) -> int:
        """Sign of the amounts of the document: 1 on an invoice, −1 on a credit note, which is printed as positive."""
        return -1 if self.kind == "credit_note" else 1

    @property
    def slug(self) -> str:
        """File name without extension: payer and family, as ``cergy-services``; with the invoice that an adjustment takes from."""
        own = f"{self.payer.member_id}-{self.regime.name}"
        return f"{own}-{self.preceding[0].number}" if self.is_adjustment_credit else own

    @property
    def is_adjustment_credit(self) -> bool:
        """Whether it is a credit note that takes adjustments off one invoice of the month they are for."""
        return len(self.preceding) == 1 and all(line.kind == "adjustment" and line.earlier_month for line in self.lines)
