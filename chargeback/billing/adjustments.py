"""Closed months against what they come to today: the difference of each member, rule and VAT regime, and what becomes of it. Pure.

Amounts are whole cents, net. What the data last gave and what is left of it may differ, where a credit was given on purpose:
such a credit is neither billed again nor given twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from chargeback.charging.sharing.instalments import by_instalments
from chargeback.model.charges import AdjustmentBasis, Charge, adjustment
from chargeback.model.money import euros, to_cents
from chargeback.model.period import Period
from chargeback.model.rules import Rule
from chargeback.model.settings import Settings

BILLED, YEAR, LEAST = "billed", "year", "least"  # what becomes of a difference
FATES = (BILLED, YEAR, LEAST)
DifferenceKey = tuple[str, str, str]  # member, rule, regime
Named = Callable[[DifferenceKey], str]


@dataclass(slots=True)
class Held:
    """What was charged for a month by member, rule and regime, in cents, and by which version at the latest.

    ``drawn``: as it was drawn up from the data; ``kept``: less what was given back on purpose.
    """

    drawn: dict[DifferenceKey, int] = field(default_factory=lambda: defaultdict(int))
    kept: dict[DifferenceKey, int] = field(default_factory=lambda: defaultdict(int))
    versions: dict[DifferenceKey, date] = field(default_factory=dict)

    def add(self, charge: Charge, *, on_purpose: bool = False) -> None:
        """Count a charge; ``on_purpose``: it gives back what the data did not ask for."""
        key = key_of(charge)
        self.kept[key] += charge.amount
        if not on_purpose:
            self.drawn[key] += charge.amount
        self.versions[key] = max(charge.version, self.versions.get(key, charge.version))


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference: what a member was ``billed`` by a rule under a regime for a closed month, and what it comes to ``now`` (cents).

    ``cause``: what is not as it was, as in ``Compared``; ``why``: the same in words. ``fate``: ``billed`` in the month that is
    drawn up, left to the ``year``, or below the ``least`` that is billed by itself.
    """

    month: Period
    member_id: str
    rule: str
    regime: str
    version: date
    billed: int
    recomputed: int
    causes: tuple[str, ...] = ()
    reason: str = ""
    treatment: str = BILLED

    @property
    def amount(self) -> int:
        """What is to bill, below zero to give back."""
        return self.recomputed - self.billed

    @property
    def key(self) -> DifferenceKey:
        return self.member_id, self.rule, self.regime

    @property
    def charge(self) -> Charge:
        """The charge that bills it."""
        compared = AdjustmentBasis(self.billed, self.recomputed, self.causes)
        who = (self.member_id, self.rule, self.version)
        return adjustment(*who, self.amount, self.regime, reason(self), self.month, compared)


def key_of(charge: Charge) -> DifferenceKey:
    """What a difference is of: member, rule and regime."""
    return charge.member_id, charge.rule, charge.vat


def is_instalment(charge: Charge, rules: Mapping[str, Rule]) -> bool:
    """Whether a charge is an instalment, which the true-up of its year brings to what it should be."""
    rule = rules.get(charge.rule)
    if rule is None or charge.kind != "share" or rule.kind != "allocation":
        return False
    return any(v.by_instalments for v in rule.versions if v.valid_from == charge.version)


def held_now(charges: Iterable[Charge], rules: Mapping[str, Rule]) -> Held:
    """What a month comes to, instalments left out."""
    found = Held()
    for charge in charges:
        if not is_instalment(charge, rules):
            found.add(charge)
    return found


def differences(month: Period, held: Held, now: Held) -> tuple[Difference, ...]:
    """What is not as billed, by member, rule and regime."""
    rows = []
    for key in sorted({*held.drawn, *now.drawn}):
        today = now.drawn.get(key, 0)
        billed = _billed(held.drawn.get(key, 0), held.kept.get(key, 0), today)
        if today != billed:
            version = now.versions.get(key) or held.versions[key]
            rows.append(Difference(month, *key, version, billed, today))
    return tuple(rows)


def _billed(drawn: int, kept: int, now: int) -> int:
    """What the amount of today is compared with: what was drawn up, or what is left of it after credits given on purpose.

    Between the two nothing is due: the credit covers the difference already, and is not taken back either.
    """
    return min(max(now, min(drawn, kept)), max(drawn, kept))


def settled(
    rows: Iterable[Difference], rules: Mapping[str, Rule], settings: Settings, over: Collection[int]
) -> tuple[Difference, ...]:
    """What becomes of each difference. ``over``: the years whose differences are due, however small."""
    told = [replace(row, treatment=_fate(row, rules, over)) for row in rows]
    totals: dict[DifferenceKey, int] = defaultdict(int)
    for row in told:
        if row.treatment == BILLED:
            totals[row.key] += row.amount
    return tuple(
        replace(row, treatment=LEAST)
        if row.treatment == BILLED
        and row.month.year not in over
        and abs(totals[row.key]) < minimum(rules.get(row.rule), settings)
        else row
        for row in told
    )


def _fate(row: Difference, rules: Mapping[str, Rule], over: Collection[int]) -> str:
    """A pool called by instalments has no difference in a month but that of the true-up it billed: the year of that is over."""
    rule = rules.get(row.rule)
    if rule is None or rule.adjusted != "year" or by_instalments(rule, row.month.span):
        return BILLED
    return BILLED if row.month.year in over else YEAR


def minimum(rule: Rule | None, settings: Settings) -> int:
    """The smallest difference that is billed before the year is over, in cents."""
    own = rule.adjust_min if rule is not None else None
    return settings.adjust_min if own is None else to_cents(Fraction(own))


def charges(rows: Iterable[Difference]) -> Iterator[Charge]:
    """The charges of the differences that are billed."""
    return (row.charge for row in rows if row.treatment == BILLED)


def reason(row: Difference) -> str:
    """What it comes to now, what was billed, and why."""
    why = f": {row.reason}" if row.reason else ""
    return f"{row.month} recomputed {euros(row.recomputed)}, billed {euros(row.billed)}{why}"


def pending(rows: Sequence[Difference], month: Period) -> bool:
    """Whether something of a month still waits."""
    return any(row.month == month and row.treatment != BILLED for row in rows)
