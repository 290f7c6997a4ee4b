"""Proof of a year: the cost of each pool against what was billed for it, by how and where it was billed. Pure.

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
from chargeback.model.postings import STATUSES, Posting, PostingStatus
from chargeback.model.rules import Rule, parts_of
from chargeback.model.settings import Settings

ProofColumn = Literal["called", "prefinanced", "adjusted", "true_up", "credited"]
COLUMNS: tuple[ProofColumn, ...] = get_args(ProofColumn)


@dataclass(frozen=True, slots=True)
class ProofPart:
    """Part of a proof: cents billed for a pool.

    Attributes:
        column: how they were billed.
        status: what became of them.
        exempt: whether their regime is exempt as cost-sharing.
        amount: cents.
    """

    column: ProofColumn
    status: PostingStatus
    exempt: bool
    amount: int


@dataclass(frozen=True, slots=True)
class Proof:
    """Proof of a pool for a civil year.

    Attributes:
        year: the year.
        pool: name of the pool.
        rule: id of the allocation that shares it.
        instalments: whether it is called by instalments.
        costs: cents that the pool held in each of the twelve months.
        parts: all that was billed for it.
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
    def billed(self) -> int:
        """Cents billed for it in all."""
        return sum(part.amount for part in self.parts)

    @property
    def exempt(self) -> int:
        """Cents of it that were billed under an exempt cost-sharing regime."""
        return sum(part.amount for part in self.parts if part.exempt)

    @property
    def gap(self) -> int:
        """Cost less all that is billed and all that is still to be, in cents: zero."""
        return self.cost - self.billed - self.unbilled

    def by(self, column: ProofColumn) -> int:
        """Cents billed in one way."""
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
    """Parts of a pool called by instalments, without its true-up; that calls again what ``credit`` reversed."""
    ahead = prefinancing(rule.pool or "", rules)
    for posting in postings:
        if posting.month.year == year and posting.charge.rule in ahead:
            yield _part("adjusted" if posting.adjusts_month else "prefinanced", posting, settings)
        elif posting.month.year == year and posting.charge.rule == rule.id and posting.kind == "share":
            yield _part("called", posting, settings)


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
    return ProofPart(column, posting.status, regime is not None and is_cost_sharing(regime), posting.amount)


Figures = dict[str, list[int]]  # cents of each proof, by the name of a column


def ways_billed(proven: Sequence[Proof]) -> Figures:
    """Cents billed for each pool in each way, and still to be billed (``waiting``)."""
    return {
        "instalments": [p.by("called") if p.instalments else 0 for p in proven],
        "shares": [0 if p.instalments else p.by("called") for p in proven],
        **{column: [p.by(column) for p in proven] for column in COLUMNS[1:]},
        "waiting": [p.unbilled for p in proven],
    }


def how_billed(proven: Sequence[Proof]) -> Figures:
    """Cost of each pool, cents billed in each way, still to be billed, and the gap; without ways that were not
    taken."""
    return {"cost": [p.cost for p in proven], **_taken(ways_billed(proven)), "gap": [p.gap for p in proven]}


def where_billed(proven: Sequence[Proof]) -> Figures:
    """Cents billed for each pool, by status, and the exempt ones where these are not all; without empty statuses."""
    by_status = _taken({status: [p.at(status) for p in proven] for status in STATUSES})
    exempt = [p.exempt for p in proven]
    billed = [p.billed for p in proven]
    return {"billed": billed, **by_status, **({"exempt": exempt} if exempt != billed else {})}


def _taken(figures: Figures) -> Figures:
    return {name: column for name, column in figures.items() if any(column)}
