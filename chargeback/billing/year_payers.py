"""Year payers: who owes what a member's year amounts to, month by month. Pure.

A month is owed by the payer of its last day of presence, and by its successor where it has ended since. A share that is
known for the year only is cut by the days of presence in the months of each payer, by largest remainder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from chargeback.charging.metering.timeline import identities
from chargeback.model.facts import Facts, Member
from chargeback.model.money import split
from chargeback.model.period import Period, Span, clip, months_of
from chargeback.model.succession import payer_of, successor_of


@dataclass(frozen=True, slots=True)
class YearPayers:
    """Year payers of the members.

    Attributes:
        facts: members as the register has them.
        billed_in: month that bills what they owe.
    """

    facts: Facts
    billed_in: Period
    _members: dict[Period, Mapping[str, Member]] = field(default_factory=dict, repr=False, compare=False)

    def members(self, month: Period) -> Mapping[str, Member]:
        """Members as last in force in a month, by id."""
        if month not in self._members:
            self._members[month] = identities(self.facts.members, month.span)
        return self._members[month]

    def current(self, payer_id: str) -> str:
        """Payer, or its successor where it has ended when the year is billed."""
        return successor_of(payer_id, self.members(self.billed_in), self.billed_in)

    def of_month(self, member_id: str, month: Period) -> str:
        """Payer of a member for a month."""
        return self.current(payer_of(member_id, self.members(month), month))

    def cut(self, cents: int, member_id: str, days: Span) -> dict[str, int]:
        """Cents of a member by payer, for the days of a year that they are for."""
        weights: dict[str, Fraction] = {}
        rows = [m for m in self.facts.members if m.member_id == member_id]
        for span in months_of(days):
            present = [clip(m.valid_from, m.valid_to, span) for m in rows]
            count = sum(each.days for each in present if each is not None)
            if count:
                payer = self.of_month(member_id, Period.parse(str(span.start)[:7]))
                weights[payer] = weights.get(payer, Fraction(0)) + count
        if not weights:
            last = Period.parse(str(months_of(days)[-1].start)[:7])
            return {self.of_month(member_id, last): cents}
        return split(cents, weights)
