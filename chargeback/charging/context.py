"""Context of pricing and sharing: the month, who is present, levels, measured answers, charges so far."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from chargeback.charging.metering.answers import Answer, Reading
from chargeback.charging.metering.cells import MeteredUnit
from chargeback.charging.metering.seniority import Memberships
from chargeback.charging.metering.timeline import Levels, Roster, identities
from chargeback.model.charges import Charge
from chargeback.model.facts import Facts, Member
from chargeback.model.period import Period, Span, clip, months_of
from chargeback.model.pools import Instalment
from chargeback.model.rules import Quantity, Rule, regime_in
from chargeback.model.settings import Settings
from chargeback.model.succession import owners, predecessors
from chargeback.model.versions import Version

ZERO = Fraction(0)
EVERYBODY = ""


@dataclass(slots=True)
class Context:
    """Context: everything that a rule needs. It grows rule by rule.

    Attributes:
        period: month that is charged; December of a ``year``.
        settings: settings of the office.
        facts: rows of the registers.
        roster: who is present on which of the days.
        levels: drivers and subscriptions in time.
        answers: answers to the questions, by (rule, slot).
        year: civil year that is shared as one month would be, for a true-up; None: a month.
        called: instalment by pool that is shared in place of costs.
        charged: cents by rule and member, so far.
        memberships: unbroken runs of membership.
    """

    period: Period
    settings: Settings
    facts: Facts
    roster: Roster
    levels: Levels
    answers: Mapping[tuple[str, str], Answer]
    year: int | None = None
    called: Mapping[str, Instalment] = field(default_factory=dict)
    charged: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    memberships: Memberships = field(init=False)

    def __post_init__(self) -> None:
        self.memberships = Memberships(self.facts)

    @property
    def month(self) -> Span:
        """The days that are charged: those of the month, or of the year."""
        return self.period.span if self.year is None else Span(date(self.year, 1, 1), date(self.year + 1, 1, 1))

    @property
    def predecessors(self) -> dict[str, frozenset[str]]:
        """Predecessors of each member that has any by the end of the month."""
        return predecessors(self._members, self.period) if self._succeeded else {}

    @property
    def successors(self) -> dict[str, str]:
        """Successor of each member that had ended before the month began."""
        return owners(self._members, self.period) if self._succeeded else {}

    @property
    def _succeeded(self) -> bool:
        return any(member.successor for member in self.facts.members)

    @property
    def _members(self) -> dict[str, Member]:
        return identities(self.facts.members, self.period.span)

    @property
    def when(self) -> str:
        """Those days as problems name them: ``2026-10``, or ``2026``."""
        return str(self.period if self.year is None else self.year)

    def shares_of_months(self, span: Span, member: str) -> list[tuple[Fraction, date]]:
        """Months of ``span`` in which the member is present: the part of the month in ``span``, the first day of
        presence."""
        found = []
        for month in months_of(self.month):
            part, spans = clip(span.start, span.end, month), self.roster.members.get(member, ())
            here = [present for s in spans if (present := clip(s.start, s.end, month)) is not None]
            if part is not None and here:
                found.append((Fraction(part.days, month.days), here[0].start))
        return found

    def add(self, charges: Iterable[Charge]) -> None:
        """Take note of the charges of a rule."""
        for charge in charges:
            by_member = self.charged[charge.rule]
            by_member[charge.member_id] = by_member.get(charge.member_id, 0) + charge.amount

    def kind_of(self, member_id: str) -> str:
        """The kind of a member, as last in force in the month."""
        member = self.roster.identity.get(member_id)
        return member.kind if member else ""

    def regime(self, rule: Rule, version: Version, member_id: str) -> str:
        """The VAT regime of a version of a rule for a member."""
        own = version.vat or rule.vat
        return own if isinstance(own, str) else regime_in(own, member_id, self.kind_of(member_id))

    def charged_by(self, rules: Iterable[str]) -> dict[str, int]:
        """Cents charged to each member by some rules."""
        totals: dict[str, int] = defaultdict(int)
        for rule in rules:
            for member, cents in self.charged[rule].items():
                totals[member] += cents
        return dict(totals)

    def charged_by_rule(self, rules: Iterable[str]) -> dict[str, int]:
        """Cents charged to each member by some rules, and to all together under ``EVERYBODY``."""
        totals = self.charged_by(rules)
        return {**totals, EVERYBODY: sum(totals.values())}

    def charges_of(self, quantity: Quantity) -> dict[str, Fraction]:
        """Euros charged to each member by the rules that a quantity names."""
        totals = self.charged_by(quantity.charges or ())
        return {member: Fraction(cents, 100) for member, cents in totals.items()}

    def readings(
        self, rule: Rule, slot: str, quantity: Quantity, presence: Mapping[str, tuple[Span, ...]]
    ) -> dict[MeteredUnit, Reading]:
        """The quantity of each unit, levels as on the first day of presence; ``slot`` names the question."""
        if quantity.greatest is not None:
            return self._greatest(rule, slot, quantity, presence)
        if quantity.meter is not None:
            return dict(self.answers.get((rule.id, f"{slot}:0"), Answer({})).readings)
        if quantity.charges is not None:
            found = self.charges_of(quantity)
            return {(m, ""): Reading(v) for m, v in found.items() if m in presence}
        return {(m, ""): Reading(v) for m, v in self.levels.first(quantity, presence).items()}

    def _greatest(
        self, rule: Rule, slot: str, quantity: Quantity, presence: Mapping[str, tuple[Span, ...]]
    ) -> dict[MeteredUnit, Reading]:
        best: dict[MeteredUnit, Reading] = {}
        for number, part in enumerate(quantity.parts):
            if part.meter is not None:
                found = dict(self.answers.get((rule.id, f"{slot}:{number}"), Answer({})).readings)
            else:
                found = self.readings(rule, slot, part, presence)
            for unit, reading in found.items():
                if unit not in best or reading.value > best[unit].value:
                    best[unit] = Reading(reading.value)
        return best

    def runs(
        self, rule: Rule, slot: str, quantity: Quantity, member: str, spans: tuple[Span, ...]
    ) -> list[tuple[Fraction, int]]:
        """(value, days) of a level over days of presence; a meter among the greatest counts on each of them."""
        if quantity.greatest is None:
            return self.levels.runs(quantity, member, spans)
        days = [day for span in spans for day in span.each()]
        found = [self.readings(rule, slot, quantity, {member: (day,)}).get((member, "")) for day in days]
        return [(reading.value, 1) for reading in found if reading is not None]
