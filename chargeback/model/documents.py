"""Documents: invoices and credit notes with their lines and VAT, in whole cents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from chargeback.model.charges import Charge, ChargeKind
from chargeback.model.facts import Member
from chargeback.model.period import Period
from chargeback.model.settings import Regime
from chargeback.model.vat import VatAmount

DocumentKind = Literal["invoice", "credit_note"]
ReductionKind = Literal["adjustment", "true_up", "refund", ""]
CarryReason = Literal["threshold", "frequency", "nothing", "left_out", ""]


@dataclass(frozen=True, slots=True)
class VatLine:
    """VAT breakdown: the VAT of one category on the total of a document (EN 16931 BG-23), half away from zero.

    Attributes:
        regime: VAT regime, with its category and rate.
        net: taxable amount, in cents.
        vat: VAT on it, in cents.
    """

    regime: Regime
    net: int
    vat: int


@dataclass(frozen=True, slots=True)
class Line:
    """Line of a document: charges of one beneficiary, rule, version, kind and tier together.

    Attributes:
        beneficiary: member that benefits.
        service: name of the service.
        rule: id of the rule.
        version: first day of the version of the rule.
        kind: what the amount is, as of its charges.
        tier: number of the tier, from 1; 0 where there is none.
        quantity: exact quantity, of several charges (one for each resource) their sum; None: nothing to count.
        unit_price: euros a unit, common to the charges; None where no product gives the amount.
        factor: exact part of the month that the product is multiplied by.
        amount: cents, net: the sum of the charges.
        charges: the charges, which the annex shows one by one.
        reverses: on a correcting credit note, number of the line of the original that it reverses charge by charge;
            0 on all other lines.
        carried_from: earlier month that charged it, where its amount was carried from there to this document.
        rate: VAT rate in per cent, that of the month that it is for.
    """

    beneficiary: str
    service: str
    rule: str
    version: date
    kind: ChargeKind
    tier: int
    quantity: Fraction | None
    unit_price: Decimal | None
    factor: Fraction
    amount: int
    charges: tuple[Charge, ...]
    reverses: int = 0
    carried_from: Period | None = None
    rate: Decimal = Decimal("0.00")

    @property
    def earlier_month(self) -> Period | None:
        """The earlier month that the line is for; None when it is for the month of its document."""
        return self.charges[0].adjusts or self.carried_from


def is_offset(line: Line) -> bool:
    """Whether a line, in the document in the place of an invoice, counts what was billed or given elsewhere."""
    first = line.charges[0]
    return line.kind == "adjustment" and not line.reverses and first.adjusts is None and first.settles is None


@dataclass(frozen=True, slots=True)
class Preceding:
    """Preceding invoice reference (EN 16931 BG-3): an issued document that another one corrects.

    The amounts are 0 where lines say what they reverse (``Line.reverses``), and on a document in place of another.

    Attributes:
        number: number of the issued document.
        issue_date: date of the issued document.
        credited: amounts that a credit note credits of it, by rate; none below zero.
    """

    number: str
    issue_date: date
    credited: tuple[VatAmount, ...] = ()

    @property
    def credited_net(self) -> int:
        """Cents credited, net."""
        return sum(amount.net for amount in self.credited)

    @property
    def credited_vat(self) -> int:
        """Cents of VAT credited."""
        return sum(amount.vat for amount in self.credited)

    @property
    def credited_gross(self) -> int:
        """Cents credited, VAT included."""
        return self.credited_net + self.credited_vat


@dataclass(frozen=True, slots=True)
class CarriedForward:
    """Amount carried forward: what an earlier month did not bill. The document that bills it names it.

    Attributes:
        period: month that carried it.
        payer_id: member that was its payer then.
    """

    period: Period
    payer_id: str


@dataclass(frozen=True, slots=True)
class Document:
    """Document: an invoice or a credit note, of one payer, one VAT regime (family) and one period.

    Lines are as charged, so a credit note has negative amounts; ``net``, ``vat`` and ``gross`` likewise, in cents.

    Attributes:
        kind: invoice or credit note.
        period: month that it bills.
        regime: VAT regime of all its lines of the month.
        payer: member that receives it, as last in force.
        lines: what it bills, those of carried amounts included.
        vat_lines: VAT by category.
        number: number given when it is issued; ``""``: a draft.
        issue_date: date of issue; None: a draft.
        due_date: last day of payment; None: a draft, or nothing to pay.
        preceding: issued documents that it corrects.
        reason: why it corrects them, in the words of the user.
        brought_forward: carried amounts that it bills, as lines with ``carried_from``.
        reduction: what a credit note takes back of earlier documents: ``adjustment`` (of one invoice, for a closed
            month), ``true_up`` (of the invoices of a year), ``refund`` (of no invoice: it is paid out); ``""`` on all
            others.
        carry_reason: why a document without number is carried to a later month: ``threshold`` (too small),
            ``frequency`` (its payer is billed by quarter or year), ``nothing`` (with what it would bring forward it
            amounts to 0.00); ``left_out``: withheld, as a part of the month was issued without it; ``""`` on all
            others.
    """

    kind: DocumentKind
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
    reduction: ReductionKind = ""

    @property
    def net(self) -> int:
        """Total without VAT, in cents."""
        return sum(line.amount for line in self.lines)

    @property
    def vat(self) -> int:
        """VAT, in cents."""
        return sum(line.vat for line in self.vat_lines)

    @property
    def gross(self) -> int:
        """Total with VAT, in cents."""
        return self.net + self.vat

    @property
    def first_month(self) -> Period:
        """First month that it bills: that of its earliest line that was carried forward, else its own."""
        return min((line.carried_from for line in self.lines if line.carried_from is not None), default=self.period)

    @property
    def months(self) -> str:
        """Months that it bills: ``2026-12``, or the interval ``2026-10/2026-12`` (ISO 8601)."""
        return str(self.period) if self.first_month >= self.period else f"{self.first_month}/{self.period}"

    @property
    def sign(self) -> int:
        """Sign of the amounts of the document: 1 on an invoice, −1 on a credit note, which is printed as positive."""
        return -1 if self.kind == "credit_note" else 1

    @property
    def slug(self) -> str:
        """File name without extension: payer and family, as ``cergy-services``; of a reduction with what it reduces."""
        own = f"{self.payer.member_id}-{self.regime.name}"
        what = self.preceding[0].number if self.reduction == "adjustment" else self.reduction
        return f"{own}-{what.replace('_', '-')}" if what else own

    @property
    def reduces_lines_named(self) -> bool:
        """Whether its charges say which invoice each reduces (``Charge.original_invoice``)."""
        return self.reduction in ("adjustment", "true_up")
