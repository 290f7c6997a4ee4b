"""Adjustments: what closed months amount to today less what was billed for them, by member, rule and VAT regime. Pure.

Amounts are whole cents, net. The amount that the data gave and the amount that remains billed differ where a credit was
given on purpose (goodwill): such a credit is neither billed again nor given twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Literal

from chargeback.charging.sharing.instalments import calls_instalments
from chargeback.model.charges import AdjustmentBasis, Cause, Charge, ChargeKind, adjustment
from chargeback.model.money import euros, to_cents
from chargeback.model.period import Period
from chargeback.model.postings import Posting
from chargeback.model.rules import Rule
from chargeback.model.settings import Settings

Treatment = Literal["billed", "year_end", "below_minimum"]
DifferenceKey = tuple[str, str, str]  # member, rule, regime


@dataclass(slots=True)
class BilledSoFar:
    """Amounts charged for a month so far, in cents, each by member, rule and regime.

    Attributes:
        computed: as the data gave them when they were drawn up.
        after_goodwill: the same less the credits given on purpose.
        versions: first day of the latest rule version that charged.
    """

    computed: dict[DifferenceKey, int] = field(default_factory=lambda: defaultdict(int))
    after_goodwill: dict[DifferenceKey, int] = field(default_factory=lambda: defaultdict(int))
    versions: dict[DifferenceKey, date] = field(default_factory=dict)

    def add(self, charge: Charge, *, goodwill: bool = False) -> None:
        """Count a charge; ``goodwill``: it credits what the data did not ask for."""
        key = key_of(charge)
        self.after_goodwill[key] += charge.amount
        if not goodwill:
            self.computed[key] += charge.amount
        self.versions[key] = max(charge.version, self.versions.get(key, charge.version))

    def count(self, posting: Posting) -> None:
        """Count a posting; one that is waived is never billed, as if it were credited on purpose at once."""
        self.add(posting.charge, goodwill=posting.goodwill)
        if posting.status == "waived":
            self.add(replace(posting.charge, amount=-posting.amount), goodwill=True)

    def compared_with(self, key: DifferenceKey, today: int) -> int:
        """Cents with which the amount of today is compared: those computed when billed, or those that goodwill left of
        them.

        Between the two nothing is due: the credit covers the difference already, and is not reversed either.
        """
        computed, after_goodwill = self.computed.get(key, 0), self.after_goodwill.get(key, 0)
        return min(max(today, min(computed, after_goodwill)), max(computed, after_goodwill))


@dataclass(frozen=True, slots=True)
class Difference:
    """Difference: what a closed month amounts to today for a member, rule and regime, less what was billed.

    Attributes:
        month: the closed month.
        member_id: member charged.
        rule: id of the rule.
        regime: name of the VAT regime.
        version: first day of the rule version of today; of a charge that is no more, of the latest one billed.
        billed: cents billed so far.
        recomputed: cents that the month amounts to today.
        causes: what has changed since the month was billed.
        explanation: the same in words, with the names of files.
        treatment: whether the month that is drawn up bills it, or it is pending until the end of the year or until
            it is larger.
        owed_by: payer of the member in the month: who owes the difference, or gets it back; ``""``: the payer of today.
    """

    month: Period
    member_id: str
    rule: str
    regime: str
    version: date
    billed: int
    recomputed: int
    causes: tuple[Cause, ...] = ()
    explanation: str = ""
    treatment: Treatment = "billed"
    owed_by: str = ""

    @property
    def amount(self) -> int:
        """Cents to bill; below zero to credit."""
        return self.recomputed - self.billed

    @property
    def key(self) -> DifferenceKey:
        """Member, rule and regime."""
        return self.member_id, self.rule, self.regime

    @property
    def charge(self) -> Charge:
        """Charge that bills it."""
        basis = AdjustmentBasis(self.billed, self.recomputed, self.causes, self.explanation)
        who = (self.member_id, self.rule, self.version)
        why = reason(self)
        return adjustment(*who, self.amount, self.regime, why, adjusts=self.month, basis=basis, owed_by=self.owed_by)


def key_of(charge: Charge) -> DifferenceKey:
    """Member, rule and regime of a charge."""
    return charge.member_id, charge.rule, charge.vat


def is_instalment(charge: Charge, rules: Mapping[str, Rule], kind: ChargeKind | None = None) -> bool:
    """Whether a charge is an instalment, which the true-up of its year corrects; ``kind``: its kind, if not its own."""
    rule = rules.get(charge.rule)
    if rule is None or (kind or charge.kind) != "share" or rule.kind != "allocation":
        return False
    return any(v.by_instalments for v in rule.versions if v.valid_from == charge.version)


def billed_today(charges: Iterable[Charge], rules: Mapping[str, Rule]) -> BilledSoFar:
    """Amounts of a month computed today, instalments left out."""
    found = BilledSoFar()
    for charge in charges:
        if not is_instalment(charge, rules):
            found.add(charge)
    return found


def differences(month: Period, before: BilledSoFar, today: BilledSoFar) -> tuple[Difference, ...]:
    """Differences of a month, by member, rule and regime; equal amounts give none."""
    rows = []
    for key in sorted({*before.computed, *today.computed}):
        amount = today.computed.get(key, 0)
        billed = before.compared_with(key, amount)
        if amount != billed:
            version = today.versions.get(key) or before.versions[key]
            rows.append(Difference(month, *key, version, billed, amount))
    return tuple(rows)


def treated(
    rows: Iterable[Difference], rules: Mapping[str, Rule], settings: Settings, years_due: Collection[int]
) -> tuple[Difference, ...]:
    """Differences with their treatment. ``years_due``: years whose differences are billed now, however small.

    What corrects a true-up is not held back either: no later true-up settles its year.
    """
    first = [replace(row, treatment=_by_year(row, rules, years_due)) for row in rows]
    totals: dict[DifferenceKey, int] = defaultdict(int)
    for row in first:
        if row.treatment == "billed":
            totals[row.key] += row.amount
    return tuple(
        replace(row, treatment="below_minimum")
        if row.treatment == "billed"
        and row.month.year not in years_due
        and not of_true_up(row, rules)
        and abs(totals[row.key]) < minimum(rules.get(row.rule), settings)
        else row
        for row in first
    )


def of_true_up(row: Difference, rules: Mapping[str, Rule]) -> bool:
    """Whether a difference corrects a true-up: a pool called by instalments only differs in the month of one."""
    rule = rules.get(row.rule)
    return rule is not None and calls_instalments(rule, row.month.span)


def _by_year(row: Difference, rules: Mapping[str, Rule], years_due: Collection[int]) -> Treatment:
    """Treatment by the year of the month alone. Where a true-up is corrected, its year is over."""
    rule = rules.get(row.rule)
    if rule is None or rule.adjusted != "year" or of_true_up(row, rules):
        return "billed"
    return "billed" if row.month.year in years_due else "year_end"


def minimum(rule: Rule | None, settings: Settings) -> int:
    """Smallest difference (cents) that is billed before its year is over."""
    own = rule.adjust_min if rule is not None else None
    return settings.adjust_min if own is None else to_cents(Fraction(own))


def charges(rows: Iterable[Difference]) -> Iterator[Charge]:
    """Charges of the differences that are billed."""
    return (row.charge for row in rows if row.treatment == "billed")


def reason(row: Difference) -> str:
    """Explanation of an adjustment: both amounts, and what has changed."""
    why = f": {row.explanation}" if row.explanation else ""
    return f"{row.month} recomputed {euros(row.recomputed)}, billed {euros(row.billed)}{why}"


def pending(rows: Sequence[Difference], month: Period) -> bool:
    """Whether a difference of a month is not billed yet."""
    return any(row.month == month and row.treatment != "billed" for row in rows)
