"""Proof of a year, wired: every pool whose charges must equal its cost, from the ledger and from drafts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

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
from chargeback.model.settings import Settings
from chargeback.workflows.books import Books
from chargeback.workflows.true_up import charges_of, costs_of, counted, months_of_year, true_ups


def proofs(books: Books, year: int) -> tuple[tuple[TrueUp, ...], tuple[Proof, ...]]:
    """True-ups of a year, and the proof of each of its pools, both by pool.

    Raises Problems, and Refused where no pool of the year is exempt as cost-sharing or called by instalments.
    """
    inputs = books.inputs
    rules = proven(inputs.rules, inputs.settings, year)
    if not rules:
        raise Refused(
            f"no pool is under an exempt cost-sharing regime or called by instalments in {year}: there is nothing to "
            "prove"
        )
    names = counted(rules, inputs.rules).union(*(paying(rule, inputs.rules, year) for rule in rules))
    charged = charges_of(books, year, names)
    found = true_ups(books, year, charged)
    by_rule = {each.rule: each for each in found}
    costs = costs_of(inputs, books.store, year)
    proving = _Proving(books, year, charged)
    made = []
    for rule in rules:
        of_pool = tuple(of_month.get(rule.pool or "", 0) for of_month in costs)
        if rule.id in by_rule:
            parts, waiting = proving.settled(rule, by_rule[rule.id])
        else:
            parts, waiting = proving.at_cost(rule, of_pool)
        made.append(Proof(year, rule.pool or "", rule.id, rule.id in by_rule, of_pool, parts, waiting))
    return found, tuple(made)


@dataclass(frozen=True, slots=True)
class _Proving:
    """Proof of a year in the making.

    Attributes:
        postings: every charge of the pools and of the rates that pay them, as billed or drafted.
    """

    books: Books
    year: int
    postings: Sequence[Posting]

    @property
    def settings(self) -> Settings:
        """The settings of the workspace."""
        return self.books.inputs.settings

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule of the workspace."""
        return self.books.inputs.rules

    def final(self, month: Period) -> bool:
        """Whether a month is issued or closed."""
        return period_status(self.books.store.connection, month).final

    def settled(self, rule: Rule, found: TrueUp) -> tuple[tuple[ProofPart, ...], int]:
        """Parts of a pool called by instalments, and the cents that wait: today's true-up less the one billed."""
        settings = self.settings
        parts = [*parts_by_instalments(rule, self.rules, self.year, self.postings, settings)]
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
        named = self.settings.true_ups.get(self.year)
        return named if named is not None and self.final(named) else None

    def to_come(self, rule: Rule, found: TrueUp) -> Iterator[Posting]:
        """Charges and credits of a true-up that no month has billed yet."""
        month = self.settings.true_ups.get(self.year, Period(self.year + 1, 1))
        members = newest_by_id(self.books.inputs.facts.members)
        for charge in adjustments(found, rule, members):
            borne = status_without_document(charge, members, self.settings, month) == "operator"
            yield undocumented(charge, month, "operator" if borne else "draft")

    def at_cost(self, rule: Rule, costs: Sequence[int]) -> tuple[tuple[ProofPart, ...], int]:
        """Parts of a pool shared at its cost each month, and the cents that wait: of months that differ today."""
        settings, waiting = self.settings, 0
        parts = tuple(parts_at_cost(rule, self.year, self.postings, settings))
        for month, cost in zip(months_of_year(self.year), costs, strict=True):
            own = [each for each in self.postings if each.month == month]
            billed = sum(part.amount for part in parts_at_cost(rule, self.year, own, settings))
            if billed != cost and self.final(month):
                waiting += self.still_to_bill(rule, month, own)
        return parts, waiting

    def still_to_bill(self, rule: Rule, month: Period, own: Sequence[Posting]) -> int:
        """Cents of a pool that an issued month amounts to today and no document bills; ``own``: its charges."""
        others = paying(rule, self.rules, self.year) - {rule.id}
        today = [*draft_postings(self.books.month_before_true_up(month), {rule.id, *others})]
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
        found.count(posting)
    return found
