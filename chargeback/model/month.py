"""What a run comes to, as frozen values: charges, pools and their keys, documents, statements, savings.

Amounts are whole cents, net of VAT unless said otherwise. Quantities and key values are exact rationals.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from chargeback.model.facts import Cost, Member, Regime, Settings
from chargeback.model.fairness import Fairness
from chargeback.model.money import added
from chargeback.model.period import Period
from chargeback.model.problem import Notice
from chargeback.model.receivables import Balance
from chargeback.model.rules import Rule, Version

KINDS = ("usage", "fee", "minimum", "maximum", "share", "adjustment")


@dataclass(frozen=True, slots=True)
class Compared:
    """What an adjustment rests on, in cents, for its member, rule, regime and month: what was ``billed`` up to now, and what it
    comes to ``now``.

    ``cause``: what is not as it was, as keys of the wording, in their order: ``usage``, ``costs``, ``registers``, ``rules``;
    none where that is not known.
    """

    billed: int
    now: int
    cause: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Charge:
    """One billed line: one member × one rule version × one tier (× one resource).

    ``amount`` (cents) is quantity × unit_price × factor, rounded once. ``unit_price`` is None where no product gives
    the amount (shares, twelfths, fees, bounds). ``quantity`` None: nothing to count. ``tier`` counts from 1, 0: no tier.
    ``span_amount`` is the amount of the whole span (cents) when the rule is priced by year or quarter. ``of``: the earlier
    month that an adjustment brings to what it comes to today; None for a charge of its own month. Of such an adjustment,
    ``compared`` says what it rests on (its amount may be a part of the difference, where several invoices give it back), and
    ``original`` is the number of the invoice that billed the month, '' where none did; the draw-up fills it in.
    """

    member_id: str
    rule: str
    version: date
    kind: str
    tier: int
    resource_id: str
    quantity: Fraction | None
    unit_price: Decimal | None
    factor: Fraction
    amount: int
    vat: str
    reason: str = ""
    span_amount: int | None = None
    of: Period | None = None
    original: str = ""
    compared: Compared | None = None

    @property
    def order(self) -> tuple[str, str, date, int, str, str, str]:
        """Sort key of charges.csv."""
        of = "" if self.of is None else f"{self.of} {self.original}"
        return (self.member_id, self.rule, self.version, self.tier, self.kind, self.resource_id, of)


def adjustment(
    member_id: str,
    rule: str,
    version: date,
    amount: int,
    vat: str,
    reason: str,
    of: Period | None = None,
    compared: Compared | None = None,
) -> Charge:
    """A charge that brings what was billed to what it should be: an amount (cents) that no product gives."""
    head = (member_id, rule, version, "adjustment", 0, "", None, None, Fraction(1))
    return Charge(*head, amount, vat, reason, of=of, compared=compared)


@dataclass(frozen=True, slots=True)
class Instalment:
    """What is called of a pool in a month: the ``number``-th twelfth (``amount``, cents) of its budget of the year (cents)."""

    year: int
    number: int
    budget: int
    amount: int


@dataclass(frozen=True, slots=True)
class KeyTable:
    """One key of a split: its weight among the keys, what it counts, each member's value and the total.

    ``kind`` is ``driver``, ``subscription``, ``meter``, ``constant``, ``charges``, ``greatest``, ``equal``, ``shares`` or a
    game method (``shapley`` ...); ``name`` is the driver's, item's or meter's name ('' when there is none).
    """

    weight: Fraction
    kind: str
    name: str
    values: dict[str, Fraction]
    total: Fraction = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", added(self.values.values()))


@dataclass(frozen=True, slots=True)
class PoolSplit:
    """How one pool (or its part under one version, ``days`` of ``month_days``) was shared. Amounts in cents.

    ``shares`` adds up to ``amount`` exactly. ``bound`` names the members held at a floor or a cap.
    ``less`` is what the charges of other rules brought and came off the pool first.
    ``instalment``: what of a budget is shared here in place of costs; ``pool_amount`` is then its amount.
    ``errors``: the standard error of each share, in cents, where the key was estimated from a sample (a Shapley value of
    many members); None where it is exact. The shares add up exactly in both cases.
    """

    rule: str
    version: date
    pool: str
    pool_amount: int
    amount: int
    days: int
    month_days: int
    keys: tuple[KeyTable, ...]
    shares: dict[str, int]
    floor: str = ""
    cap: str = ""
    bound: dict[str, str] | None = None
    less: int = 0
    errors: dict[str, Fraction] | None = None
    instalment: Instalment | None = None


@dataclass(frozen=True, slots=True)
class TrueUpRow:
    """A member in the true-up of a pool, in cents: its share of the year's cost, what it was called for, and by which documents."""

    member_id: str
    share: int
    instalments: int
    prefinanced: int
    documents: tuple[str, ...] = ()

    @property
    def difference(self) -> int:
        """What is left to bill; below zero, to give back."""
        return self.share - self.instalments - self.prefinanced


@dataclass(frozen=True, slots=True)
class TrueUp:
    """The true-up of a pool for a civil year: what it held in each month (cents), how the sum was shared, a row per member."""

    year: int
    rule: str
    pool: str
    costs: tuple[int, ...]
    splits: tuple[PoolSplit, ...]
    rows: tuple[TrueUpRow, ...]

    @property
    def cost(self) -> int:
        return sum(self.costs)

    @property
    def instalments(self) -> int:
        return sum(row.instalments for row in self.rows)

    @property
    def prefinanced(self) -> int:
        return sum(row.prefinanced for row in self.rows)

    @property
    def billed(self) -> int:
        """The charges and credits of the true-up together."""
        return sum(row.difference for row in self.rows)

    @property
    def gap(self) -> int:
        """The cost less all that is called of the members: zero."""
        return self.cost - self.instalments - self.prefinanced - self.billed


@dataclass(frozen=True, slots=True)
class Pool:
    """A cost pool of the month: what was booked (cents), and what it holds after transfers.

    ``final``: it serves no other pool, so what it holds is shared among the members; under an ``instalment`` the twelfth of
    its budget is shared instead, and what it holds waits for the true-up of the year.
    """

    name: str
    booked: int
    held: int
    costs: tuple[Cost, ...]
    final: bool = True
    instalment: Instalment | None = None

    @property
    def to_share(self) -> int:
        """Cents shared among the members this month."""
        return self.held if self.instalment is None else self.instalment.amount


@dataclass(frozen=True, slots=True)
class Flow:
    """What a pool gave another one: ``amount`` in exact cents, ``part`` of what it gave away (the parts of a source add up to 1).

    ``step``: the place of the source in the order of ``step-down``, from 1; 0 where all pools are emptied at once.
    """

    source: str
    target: str
    amount: Fraction
    part: Fraction
    step: int = 0


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
    corrects: int = 0
    since: Period | None = None

    @property
    def of(self) -> Period | None:
        """The earlier month that the line is for; None when it is for the month of its document."""
        return self.charges[0].of or self.since


@dataclass(frozen=True, slots=True)
class Preceding:
    """An issued document that another one corrects (EN 16931 BG-3): its number and date.

    ``net`` and ``vat`` (cents, not below zero): how much of it a credit note takes off as an amount. Both are 0 where the
    lines say what they give back (``Line.corrects``), and on a document in the place of another.
    """

    number: str
    issue_date: date
    net: int = 0
    vat: int = 0

    @property
    def gross(self) -> int:
        return self.net + self.vat


@dataclass(frozen=True, slots=True)
class Carried:
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
    bring come to 0.00); '' on all others.
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
    brings: tuple[Carried, ...] = ()
    waits: str = ""

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
    def slug(self) -> str:
        """File name without extension: payer and family, as ``cergy-services``; with the invoice that an adjustment takes from."""
        own = f"{self.payer.member_id}-{self.regime.name}"
        return f"{own}-{self.preceding[0].number}" if self.adjusts else own

    @property
    def adjusts(self) -> bool:
        """Whether it is a credit note that takes adjustments off one invoice of the month they are for."""
        return len(self.preceding) == 1 and all(line.kind == "adjustment" and line.of for line in self.lines)


@dataclass(frozen=True, slots=True)
class Saving:
    """One comparison of a member: baseline rules against the charges of the rules they replace, in cents."""

    baselines: tuple[str, ...]
    replaces: tuple[str, ...]
    alone_net: int
    alone_gross: int
    together_net: int
    together_gross: int


@dataclass(frozen=True, slots=True)
class MemberSavings:
    """All comparisons of one member. A negative saving is a loss. Rules that no baseline replaces are in ``uncompared_net``."""

    member_id: str
    rows: tuple[Saving, ...]
    uncompared_net: int = 0

    @property
    def alone_net(self) -> int:
        return sum(r.alone_net for r in self.rows)

    @property
    def alone_gross(self) -> int:
        return sum(r.alone_gross for r in self.rows)

    @property
    def together_net(self) -> int:
        return sum(r.together_net for r in self.rows)

    @property
    def together_gross(self) -> int:
        return sum(r.together_gross for r in self.rows)

    @property
    def net(self) -> int:
        """Saved, net of VAT."""
        return self.alone_net - self.together_net

    @property
    def gross(self) -> int:
        """Saved, VAT included."""
        return self.alone_gross - self.together_gross


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service of a member: this month, last month, since January (cents, net); None where not known."""

    service: str
    amount: int
    previous: int | None
    year_to_date: int | None


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """A member's place in one key: its value, the total, its rank (1 is the largest) among all values, descending."""

    rule: str
    pool: str
    pool_amount: int
    weight: Fraction
    kind: str
    name: str
    value: Fraction
    total: Fraction
    share: int
    rank: int
    values: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A rule whose terms change in the period after this one: versions that end and begin (None: nothing)."""

    rule: str
    on: date
    before: Version | None
    after: Version | None


@dataclass(frozen=True, slots=True)
class Statement:
    """What a member's deliberative body reads: what we pay and why, against last month, our keys, our savings.

    ``since``: the first month that ``year_to_date`` counts. ``balance``: what the member owes on documents issued before.
    ``taken_over``: the members it succeeded before the month whose amounts are among these. ``carried``: what it pays and no
    document bills yet, of this month and of earlier ones.
    """

    member: Member
    period: Period
    net: int
    gross: int
    previous_net: int | None
    year_to_date: int | None
    services: tuple[ServiceRow, ...]
    places: tuple[KeyPlace, ...]
    savings: MemberSavings
    changes: tuple[Change, ...]
    since: Period | None = None
    balance: Balance | None = None
    taken_over: tuple[Member, ...] = ()
    carried: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A conservation check: ``name`` is a key of the wording, both sides in cents; it holds when they are equal."""

    name: str
    expected: int
    found: int

    @property
    def holds(self) -> bool:
        return self.expected == self.found


@dataclass(frozen=True, slots=True)
class Earlier:
    """What lines of an earlier month rest on: what the pages of a document that bills them show of that month.

    As it was billed then, for lines that were carried; ``again``: as it comes to today, for adjustments, whose charges computed
    again are ``charges``. ``since``: the month that carried such adjustments, and to which it came to this; None for those of
    the month itself.
    """

    period: Period
    charges: tuple[Charge, ...] = ()
    pools: tuple[Pool, ...] = ()
    splits: tuple[PoolSplit, ...] = ()
    flows: tuple[Flow, ...] = ()
    again: bool = False
    true_ups: tuple[TrueUp, ...] = ()
    since: Period | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """Everything a month comes to. ``rules`` by id (baselines included); ``members`` by id, as last in force in the month.

    ``balance``: what is owed on documents issued before; None where nothing ever was. ``aside``: documents of an issued
    month that were not issued with the others; they have no number, their charges are among the month's. ``carried``:
    documents of the month that are not billed in it but carried to a later one; their charges are the month's too, while a line
    with ``since`` is of the month it says. ``bases``: what each month that was adjusted (or looked at) rests on, as a sha256.
    ``earlier``: what the lines of earlier months rest on, carried ones and adjustments. ``waiting``: documents that earlier months
    carried and that this month does not bill either; not known of an issued month.
    """

    period: Period
    settings: Settings
    rules: dict[str, Rule]
    members: dict[str, Member]
    charges: tuple[Charge, ...]
    pools: tuple[Pool, ...]
    splits: tuple[PoolSplit, ...]
    baselines: tuple[Charge, ...]
    documents: tuple[Document, ...]
    savings: tuple[MemberSavings, ...]
    checks: tuple[Check, ...]
    notices: tuple[Notice, ...] = ()
    flows: tuple[Flow, ...] = ()
    fairness: tuple[Fairness, ...] = ()
    balance: Balance | None = None
    aside: tuple[Document, ...] = ()
    true_ups: tuple[TrueUp, ...] = ()
    carried: tuple[Document, ...] = ()
    bases: dict[str, str] = field(default_factory=dict)
    earlier: tuple[Earlier, ...] = ()
    waiting: tuple[Document, ...] = ()

    @property
    def drawn_up(self) -> tuple[Document, ...]:
        """Every document of the month, set aside, carried or neither, by payer and regime."""
        if not self.aside and not self.carried:
            return self.documents
        every = (*self.documents, *self.aside, *self.carried)
        return tuple(sorted(every, key=lambda d: (d.payer.member_id, d.regime.name, d.slug)))
