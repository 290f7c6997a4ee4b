"""The proof of a year, wired: every pool whose charges must equal its cost, against the ledger and what is not issued yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chargeback.billing.adjustments import BilledSoFar, differences
from chargeback.billing.proof import (
    Proof,
    ProofPart,
    of_true_up,
    parts_at_cost,
    parts_by_instalments,
    parts_of_true_up,
    paying,
    proven,
    shares_of,
    taken_first,
)
from chargeback.billing.true_up import adjustments
from chargeback.ledger.book import period_status
from chargeback.ledger.year_postings import draft_postings, newest_by_id, status_without_document
from chargeback.model.period import Period
from chargeback.model.pools import TrueUp
from chargeback.model.postings import Posting, undocumented
from chargeback.model.problem import Refused
from chargeback.model.rules import Rule
from chargeback.workflows.true_up import MonthOf, charges_of, costs_of, counted, months_of_year, true_ups
from chargeback.workspace.inputs import Inputs

if TYPE_CHECKING:
    from chargeback.store.database import Store


def proofs(inputs: Inputs, store: Store, year: int, month_of: MonthOf) -> tuple[tuple[TrueUp, ...], tuple[Proof, ...]]:
    """The true-ups of a year, and the proof of each of its pools, both by pool. ``month_of`` gives a month by itself.

    Raises Problems, and Refused where no pool of the year is exempt as cost-sharing or called by instalments.
    """
    rules = proven(inputs.rules, inputs.settings, year)
    if not rules:
        raise Refused(
            f"no pool is under an exempt cost-sharing regime or called by instalments in {year}: there is nothing to prove"
        )
    names = counted(rules, inputs.rules).union(*(paying(rule, inputs.rules, year) for rule in rules))
    charged = charges_of(inputs, store, year, names, month_of)
    found = true_ups(inputs, store, year, month_of, charged)
    by_rule = {each.rule: each for each in found}
    costs = costs_of(inputs, store, year)
    proving = _Proving(inputs, store, year, month_of, charged)
    made = []
    for rule in rules:
        held = tuple(of_month.get(rule.pool or "", 0) for of_month in costs)
        parts, waiting = proving.settled(rule, by_rule[rule.id]) if rule.id in by_rule else proving.at_cost(rule, held)
        made.append(Proof(year, rule.pool or "", rule.id, rule.id in by_rule, held, parts, waiting))
    return found, tuple(made)


@dataclass(frozen=True, slots=True)
class _Proving:
    inputs: Inputs
    store: Store
    year: int
    month_of: MonthOf
    postings: Sequence[Posting]

    def settled(self, rule: Rule, found: TrueUp) -> tuple[tuple[ProofPart, ...], int]:
        """How a pool called by instalments was billed, and what waits: what its true-up comes to today and did not when billed."""
        settings, rules = self.inputs.settings, self.inputs.rules
        parts = [*parts_by_instalments(rule, rules, self.year, self.postings, settings)]
        month, to_come = self.billed_in(rule), [*self.to_come(rule, found)]
        if month is None:
            return (*parts, *parts_of_true_up(to_come, settings)), 0
        settled = [*of_true_up(rule, self.year, month, self.postings)]
        rows = differences(month, _billed(settled), _billed(to_come))
        return (*parts, *parts_of_true_up(settled, settings)), sum(row.amount for row in rows)

    def billed_in(self, rule: Rule) -> Period | None:
        """The month that billed the true-up of the year; None while none has."""
        for each in self.postings:
            if each.charge.rule == rule.id and each.settles == self.year:
                return each.month
        named = self.inputs.settings.true_ups.get(self.year)
        return named if named is not None and period_status(self.store.connection, named).final else None

    def to_come(self, rule: Rule, found: TrueUp) -> Iterator[Posting]:
        """The charges and credits of a true-up that no month has billed yet."""
        settings = self.inputs.settings
        month = settings.true_ups.get(self.year, Period(self.year + 1, 1))
        members = newest_by_id(self.inputs.facts.members)
        for charge in adjustments(found, rule, members):
            borne = status_without_document(charge, members, settings, month) == "operator"
            yield undocumented(charge, month, "operator" if borne else "draft")

    def at_cost(self, rule: Rule, costs: Sequence[int]) -> tuple[tuple[ProofPart, ...], int]:
        """How a pool shared at its cost each month was billed, and what waits: of a month that is not as it would be today."""
        settings, waiting = self.inputs.settings, 0
        parts = tuple(parts_at_cost(rule, self.year, self.postings, settings))
        for month, cost in zip(months_of_year(self.year), costs, strict=True):
            own = [each for each in self.postings if each.month == month]
            billed = sum(part.amount for part in parts_at_cost(rule, self.year, own, settings))
            if billed != cost and period_status(self.store.connection, month).final:
                waiting += self.still_to_bill(rule, month, own)
        return parts, waiting

    def still_to_bill(self, rule: Rule, month: Period, own: Sequence[Posting]) -> int:
        """What an issued month comes to today for a pool and no document bills, ``own`` its charges."""
        others = paying(rule, self.inputs.rules, self.year) - {rule.id}
        today = [*draft_postings(self.month_of(month), {rule.id, *others})]
        shares = (_billed(shares_of(rule, self.year, of)) for of in (own, today))
        before = (_billed(each for each in of if each.charge.rule in others) for of in (own, today))
        first: dict[str, int] = defaultdict(int)
        for row in differences(month, *before):
            first[row.rule] += row.amount
        return sum(row.amount for row in differences(month, *shares)) + taken_first(rule, month, first)


def _billed(postings: Iterable[Posting]) -> BilledSoFar:
    """Amounts of some postings, by member, rule and regime."""
    found = BilledSoFar()
    for posting in postings:
        found.add(posting.charge, goodwill=posting.goodwill)
    return found
