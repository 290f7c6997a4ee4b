"""The proof of a year: what each pool cost, how members were billed for it and where that stands. Pure; whole cents, net of VAT.

A charge is of the year of the month that it is for, wherever it is billed: an adjustment of December billed in March is of the
year before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from chargeback.billing.true_up import beginning, prefinancing
from chargeback.charging.questions import year_span
from chargeback.charging.sharing.instalments import by_instalments, is_cost_sharing, regimes_of
from chargeback.model.charges import Charge
from chargeback.model.money import split
from chargeback.model.period import Period, Span
from chargeback.model.rules import Rule, parts_of
from chargeback.model.settings import Settings

ISSUED, CARRIED, ASIDE, OWN, OFFSET, DRAFT = "issued", "carried", "aside", "own", "offset", "draft"
WHERE = (ISSUED, CARRIED, ASIDE, OWN, OFFSET, DRAFT)
COLUMNS = ("called", "prefinanced", "adjusted", "true_up", "credited")


@dataclass(frozen=True, slots=True)
class Billed:
    """A charge and where it stands.

    ``month``: the one it is for, that it adjusts or was carried from, else that of its document. ``where``: ``issued`` in the
    document ``number``, ``carried`` to a later month, set ``aside``, the operator's ``own``, ``offset`` (its document comes to
    0.00), or a ``draft``. ``kind`` and ``reason`` are those of what it gives back, if it does; ``goodwill``: given back by
    ``credit``, which changes nothing of what the month comes to.
    """

    charge: Charge
    month: Period
    where: str
    kind: str
    reason: str
    number: str = ""
    goodwill: bool = False

    @property
    def amount(self) -> int:
        return self.charge.amount

    @property
    def late(self) -> bool:
        """Whether it adjusts an earlier month."""
        return self.charge.adjusts is not None

    def settles(self, year: int) -> bool:
        """Whether it bills the true-up of a year, or gives back a part of that."""
        return self.kind == "adjustment" and not self.late and self.reason.startswith(beginning(year))


@dataclass(frozen=True, slots=True)
class ProofPart:
    """Cents of a pool: how they were billed (one of ``COLUMNS``), where they stand, and whether exempt as cost-sharing."""

    column: str
    where: str
    exempt: bool
    amount: int


@dataclass(frozen=True, slots=True)
class Proof:
    """The cost of a pool in the months of a year (cents), what was billed for it, and what is still to be.

    ``waiting``: differences that no document bills yet; below zero, to give back.
    """

    year: int
    pool: str
    rule: str
    instalments: bool
    costs: tuple[int, ...]
    parts: tuple[ProofPart, ...] = field(repr=False)
    still_carried: int = 0

    @property
    def cost(self) -> int:
        return sum(self.costs)

    @property
    def billed(self) -> int:
        return sum(part.amount for part in self.parts)

    @property
    def exempt(self) -> int:
        """What of it was billed under an exempt cost-sharing regime."""
        return sum(part.amount for part in self.parts if part.exempt)

    @property
    def gap(self) -> int:
        """The cost less all that is billed and all that waits: zero."""
        return self.cost - self.billed - self.still_carried

    def by(self, column: str) -> int:
        """What was billed in one way."""
        return sum(part.amount for part in self.parts if part.column == column)

    def at(self, where: str) -> int:
        """What of it stands in one place."""
        return sum(part.amount for part in self.parts if part.where == where)


def proven(rules: Iterable[Rule], settings: Settings, year: int) -> list[Rule]:
    """The allocations of a year whose pool has a proof, by pool: those exempt as cost-sharing, and those called by instalments."""
    days = year_span(year)
    found = [
        rule
        for rule in rules
        if rule.kind == "allocation"
        and parts_of(rule, days)
        and (by_instalments(rule, days) or any(map(is_cost_sharing, regimes_of(rule, settings))))
    ]
    return sorted(found, key=lambda rule: rule.pool or "")


def paying(rule: Rule, rules: Iterable[Rule], year: int) -> set[str]:
    """The rules whose charges pay for a pool: its own, the rates that pay it in advance, those that come off it first."""
    first = {name for version, _ in parts_of(rule, year_span(year)) for name in version.less}
    return {rule.id, *prefinancing(rule.pool or "", rules), *first}


def parts_by_instalments(
    rule: Rule, rules: Iterable[Rule], year: int, charged: Iterable[Billed], settings: Settings
) -> Iterator[ProofPart]:
    """How a pool called by instalments was billed, the true-up left out; what ``credit`` gave back is called again by that."""
    ahead = prefinancing(rule.pool or "", rules)
    for each in charged:
        if each.month.year == year and each.charge.rule in ahead:
            yield _part("adjusted" if each.late else "prefinanced", each, settings)
        elif each.month.year == year and each.charge.rule == rule.id and each.kind == "share":
            yield _part("called", each, settings)


def parts_of_true_up(charged: Iterable[Billed], settings: Settings) -> Iterator[ProofPart]:
    """How the charges of a true-up were billed, or will be."""
    return (_part("credited" if each.goodwill else "true_up", each, settings) for each in charged)


def of_true_up(rule: Rule, year: int, month: Period, charged: Iterable[Billed]) -> Iterator[Billed]:
    """What was billed of the true-up of a year by its month, and what later months adjusted of that."""
    always = by_instalments(rule, month.span)
    for each in charged:
        own = each.charge.rule == rule.id
        if own and (each.settles(year) or (always and each.late and each.month == month)):
            yield each


def parts_at_cost(rule: Rule, year: int, charged: Sequence[Billed], settings: Settings) -> Iterator[ProofPart]:
    """How a pool shared at its cost each month was billed."""
    for each in shares_of(rule, year, charged):
        yield _part(_column(each, "called"), each, settings)
    for month in sorted({each.month for each in charged if each.month.year == year}):
        yield from _paid_first(rule, month, charged, settings)


def shares_of(rule: Rule, year: int, charged: Iterable[Billed]) -> Iterator[Billed]:
    """The shares of the months of a year, and what adjusts them; a true-up of the year before is none."""
    for each in charged:
        if each.charge.rule == rule.id and each.month.year == year and (each.late or each.kind != "adjustment"):
            yield each


def _paid_first(rule: Rule, month: Period, charged: Iterable[Billed], settings: Settings) -> Iterator[ProofPart]:
    """What the charges of other rules brought and came off the pool of a month; a version has its days of it."""
    of_month = [each for each in charged if each.month == month]
    for version, span in parts_of(rule, month.span):
        own = [_part(_column(e, "prefinanced"), e, settings) for e in of_month if e.charge.rule in version.less]
        yield from _scaled(own, _of_days(rule, month, span, sum(part.amount for part in own)))


def taken_first(rule: Rule, month: Period, brought: Mapping[str, int]) -> int:
    """What of the charges of other rules (cents by rule) comes off the pool of a month."""
    return sum(
        _of_days(rule, month, span, sum(brought.get(name, 0) for name in version.less))
        for version, span in parts_of(rule, month.span)
    )


def _of_days(rule: Rule, month: Period, days: Span, cents: int) -> int:
    """The part of a month's cents that some days bear, as its versions cut it."""
    weights = {str(span.start): Fraction(span.days) for _, span in parts_of(rule, month.span)}
    return split(cents, weights)[str(days.start)]


def _scaled(parts: Sequence[ProofPart], cents: int) -> Iterable[ProofPart]:
    """Parts in proportion, so that they add up to some cents."""
    if cents == sum(part.amount for part in parts):
        return parts
    shares = split(cents, {f"{n:09d}": Fraction(part.amount) for n, part in enumerate(parts)})
    return [replace(part, amount=shares[f"{n:09d}"]) for n, part in enumerate(parts)]


def _column(each: Billed, own: str) -> str:
    return "credited" if each.goodwill else "adjusted" if each.late else own


def _part(column: str, each: Billed, settings: Settings) -> ProofPart:
    regime = settings.regimes.get(each.charge.vat)
    return ProofPart(column, each.where, regime is not None and is_cost_sharing(regime), each.amount)


Figures = dict[str, list[int]]  # cents of each proof, by the name of a column


def ways_billed(proven: Sequence[Proof]) -> Figures:
    """What was billed for each pool in each way, and what waits to be."""
    return {
        "instalments": [p.by("called") if p.instalments else 0 for p in proven],
        "shares": [0 if p.instalments else p.by("called") for p in proven],
        **{column: [p.by(column) for p in proven] for column in COLUMNS[1:]},
        "waiting": [p.still_carried for p in proven],
    }


def how_billed(proven: Sequence[Proof]) -> Figures:
    """The cost of each pool, what was billed for it in each way, what waits, the gap; without ways that were not taken."""
    return {"cost": [p.cost for p in proven], **_taken(ways_billed(proven)), "gap": [p.gap for p in proven]}


def where_billed(proven: Sequence[Proof]) -> Figures:
    """What was billed for each pool, where it stands, and what of it is exempt where that is not all; without empty places."""
    places = _taken({where: [p.at(where) for p in proven] for where in WHERE})
    exempt = [p.exempt for p in proven]
    billed = [p.billed for p in proven]
    return {"billed": billed, **places, **({"exempt": exempt} if exempt != billed else {})}


def _taken(figures: Figures) -> Figures:
    return {name: column for name, column in figures.items() if any(column)}
