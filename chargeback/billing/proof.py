"""Proof of a year: the cost of each pool against what was billed for it, and what the gap is made of. Pure.

Amounts are whole cents, net of VAT. A posting is of the year of the month that it is for, wherever it is billed: an
adjustment of December billed in March is of the year before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal, get_args

from chargeback.billing.true_up import prefinancing
from chargeback.charging.questions import year_span
from chargeback.charging.sharing.instalments import calls_instalments, is_cost_sharing, regimes_of
from chargeback.model.money import split
from chargeback.model.period import Period, Span
from chargeback.model.postings import Posting, PostingStatus
from chargeback.model.rules import Rule, parts_of
from chargeback.model.settings import Settings

ProofColumn = Literal["called", "prefinanced", "adjusted", "true_up", "credited"]
GapPart = Literal["still_to_bill", "not_issued", "goodwill", "waived", "waiting", "unexplained"]
COLUMNS: tuple[ProofColumn, ...] = get_args(ProofColumn)
BILLED: tuple[PostingStatus, ...] = ("issued", "operator", "offset")


@dataclass(frozen=True, slots=True)
class ProofPart:
    """Part of a proof: cents charged for a pool.

    Attributes:
        column: how they were charged.
        status: what became of them.
        exempt: whether their regime is exempt as cost-sharing.
        amount: cents.
        act: act that gives them up, or makes a gift of them.
    """

    column: ProofColumn
    status: PostingStatus
    exempt: bool
    amount: int
    act: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """Proof of a pool for a civil year.

    Attributes:
        year: the year.
        pool: name of the pool.
        rule: id of the allocation that shares it.
        instalments: whether it is called by instalments.
        costs: cents that the pool held in each of the twelve months.
        parts: all that was charged for it, billed or not.
        unbilled: cents of the differences that no document bills yet; below zero, to credit.
    """

    year: int
    pool: str
    rule: str
    instalments: bool
    costs: tuple[int, ...]
    parts: tuple[ProofPart, ...] = field(repr=False)
    unbilled: int = 0

    @property
    def cost(self) -> int:
        """Cents of the year."""
        return sum(self.costs)

    @property
    def charged(self) -> int:
        """Cents charged for it in all, whatever became of them."""
        return sum(part.amount for part in self.parts)

    @property
    def billed(self) -> int:
        """Cents on issued documents, gifts taken off; those that the operator bears or that offset others included."""
        return sum(self.at(status) for status in BILLED)

    @property
    def carried(self) -> int:
        """Cents carried to a later document."""
        return self.at("carried_forward")

    @property
    def exempt(self) -> int:
        """Cents of it that were charged under an exempt cost-sharing regime."""
        return sum(part.amount for part in self.parts if part.exempt)

    @property
    def gap(self) -> int:
        """Cost less all that is billed and carried, in cents."""
        return self.cost - self.billed - self.carried

    @property
    def gap_parts(self) -> dict[GapPart, int]:
        """Cents that the gap is made of, each with its sign; they add up to it."""
        known: dict[GapPart, int] = {
            "still_to_bill": self.at("withheld"),
            "not_issued": self.at("draft"),
            "goodwill": -self.by("credited"),
            "waived": self.at("waived"),
            "waiting": self.unbilled,
        }
        return {**known, "unexplained": self.gap - sum(known.values())}

    @property
    def equal(self) -> bool:
        """Whether all of the cost is billed or carried, and nothing is left to bill, given or given up."""
        return not any(self.gap_parts.values())

    @property
    def acts(self) -> dict[tuple[GapPart, str], int]:
        """Cents waived, and given as goodwill, by act; in their order."""
        found: dict[tuple[GapPart, str], int] = {}
        for part in self.parts:
            kind: GapPart = "waived" if part.status == "waived" else "goodwill"
            if part.status == "waived" or part.column == "credited":
                cents = part.amount if kind == "waived" else -part.amount
                found[kind, part.act] = found.get((kind, part.act), 0) + cents
        return found

    def by(self, column: ProofColumn) -> int:
        """Cents charged in one way."""
        return sum(part.amount for part in self.parts if part.column == column)

    def at(self, status: PostingStatus) -> int:
        """Cents of one status."""
        return sum(part.amount for part in self.parts if part.status == status)


def proven(rules: Iterable[Rule], settings: Settings, year: int) -> list[Rule]:
    """Allocations of a year whose pool has a proof, by pool: exempt as cost-sharing, or called by instalments."""
    days = year_span(year)
    found = [
        rule
        for rule in rules
        if rule.kind == "allocation"
        and parts_of(rule, days)
        and (calls_instalments(rule, days) or any(map(is_cost_sharing, regimes_of(rule, settings))))
    ]
    return sorted(found, key=lambda rule: rule.pool or "")


def paying(rule: Rule, rules: Iterable[Rule], year: int) -> set[str]:
    """Ids of the rules that pay for a pool: its own, the rates that pay it in advance, those that come off it first."""
    first = {name for version, _ in parts_of(rule, year_span(year)) for name in version.less}
    return {rule.id, *prefinancing(rule.pool or "", rules), *first}


def parts_by_instalments(
    rule: Rule, rules: Iterable[Rule], year: int, postings: Iterable[Posting], settings: Settings
) -> Iterator[ProofPart]:
    """Parts of a pool called by instalments, without its true-up."""
    ahead = prefinancing(rule.pool or "", rules)
    for posting in postings:
        if posting.month.year == year and posting.charge.rule in ahead:
            yield _part(_column(posting, "prefinanced"), posting, settings)
        elif posting.month.year == year and posting.charge.rule == rule.id and posting.kind == "share":
            yield _part(_column(posting, "called"), posting, settings)


def parts_of_true_up(postings: Iterable[Posting], settings: Settings) -> Iterator[ProofPart]:
    """Parts that a true-up billed, or will bill."""
    return (_part("credited" if posting.goodwill else "true_up", posting, settings) for posting in postings)


def of_true_up(rule: Rule, year: int, month: Period, postings: Iterable[Posting]) -> Iterator[Posting]:
    """Postings of the true-up of a year, billed by ``month``, and of later adjustments of it."""
    always = calls_instalments(rule, month.span)
    for posting in postings:
        adjusts_it = always and posting.adjusts_month and posting.month == month
        if posting.charge.rule == rule.id and (posting.settles == year or adjusts_it):
            yield posting


def parts_at_cost(rule: Rule, year: int, postings: Sequence[Posting], settings: Settings) -> Iterator[ProofPart]:
    """Parts of a pool that is shared at its cost each month."""
    for posting in shares_of(rule, year, postings):
        yield _part(_column(posting, "called"), posting, settings)
    for month in sorted({posting.month for posting in postings if posting.month.year == year}):
        yield from _paid_first(rule, month, postings, settings)


def shares_of(rule: Rule, year: int, postings: Iterable[Posting]) -> Iterator[Posting]:
    """Shares of the months of a year and their adjustments, without the true-up of the year before."""
    for posting in postings:
        share = posting.adjusts_month or posting.kind != "adjustment"
        if posting.charge.rule == rule.id and posting.month.year == year and share:
            yield posting


def _paid_first(rule: Rule, month: Period, postings: Sequence[Posting], settings: Settings) -> Iterator[ProofPart]:
    """Parts by the charges of other rules that come off the pool of a month; each version has its days of it."""
    of_month = [posting for posting in postings if posting.month == month]
    for version, span in parts_of(rule, month.span):
        own = [_part(_column(p, "prefinanced"), p, settings) for p in of_month if p.charge.rule in version.less]
        yield from _scaled(own, _of_days(rule, month, span, sum(part.amount for part in own)))


def taken_first(rule: Rule, month: Period, charged: Mapping[str, int]) -> int:
    """Cents of the charges of other rules (``charged``, cents by rule) that come off the pool of a month."""
    return sum(
        _of_days(rule, month, span, sum(charged.get(name, 0) for name in version.less))
        for version, span in parts_of(rule, month.span)
    )


def _of_days(rule: Rule, month: Period, days: Span, cents: int) -> int:
    """Cents of a month that some of its days bear, as the versions of a rule cut it."""
    weights = {str(span.start): Fraction(span.days) for _, span in parts_of(rule, month.span)}
    return split(cents, weights)[str(days.start)]


def _scaled(parts: Sequence[ProofPart], cents: int) -> Iterable[ProofPart]:
    """Parts in proportion, so that they add up to some cents."""
    if cents == sum(part.amount for part in parts):
        return parts
    shares = split(cents, {f"{n:09d}": Fraction(part.amount) for n, part in enumerate(parts)})
    return [replace(part, amount=shares[f"{n:09d}"]) for n, part in enumerate(parts)]


def _column(posting: Posting, own: ProofColumn) -> ProofColumn:
    return "credited" if posting.goodwill else "adjusted" if posting.adjusts_month else own


def _part(column: ProofColumn, posting: Posting, settings: Settings) -> ProofPart:
    regime = settings.regimes.get(posting.charge.vat)
    exempt = regime is not None and is_cost_sharing(regime)
    return ProofPart(column, posting.status, exempt, posting.amount, posting.act)


Figures = dict[str, list[int]]  # cents of each proof, by the name of a column


def beside_cost(proven: Sequence[Proof]) -> Figures:
    """Cost of each pool, cents billed and carried, the gap, and what it is made of; without parts that no gap has."""
    parts = {name: [p.gap_parts[name] for p in proven] for name in get_args(GapPart)}
    return {
        "cost": [p.cost for p in proven],
        "billed": [p.billed for p in proven],
        **_taken({"carried_forward": [p.carried for p in proven]}),
        "gap": [p.gap for p in proven],
        **_taken(parts),
    }


def ways_charged(proven: Sequence[Proof]) -> Figures:
    """Cents charged for each pool in each way."""
    return {
        "instalments": [p.by("called") if p.instalments else 0 for p in proven],
        "shares": [0 if p.instalments else p.by("called") for p in proven],
        **{column: [p.by(column) for p in proven] for column in COLUMNS[1:]},
    }


def how_charged(proven: Sequence[Proof]) -> Figures:
    """Cents charged for each pool, by way and in all, of which borne by the operator or set off, and the exempt ones
    where these are not all; without ways that were not taken."""
    exempt, charged = [p.exempt for p in proven], [p.charged for p in proven]
    apart = _taken({status: [p.at(status) for p in proven] for status in BILLED[1:]})
    return {
        **_taken(ways_charged(proven)),
        "charged": charged,
        **apart,
        **({"exempt": exempt} if exempt != charged else {}),
    }


def _taken(figures: Figures) -> Figures:
    return {name: column for name, column in figures.items() if any(column)}
