"""True-up of a year: its actual cost shared once, less what each member was called for. Pure; whole cents.

Meters count the use of the whole year. Drivers, equal and fixed shares are weighted by the days of presence. A game or
a cost curve shares each month's days of the cost among the members of the month. The shares add up to the cost by
largest remainder: what is called in all, the true-up included, is the cost to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from chargeback.billing.year_payers import YearPayers
from chargeback.charging.context import Context
from chargeback.charging.metering.answers import Answer
from chargeback.charging.metering.timeline import Levels, Roster
from chargeback.charging.questions import answers_over_months, year_span
from chargeback.charging.sharing.instalments import MONTHS
from chargeback.charging.sharing.pool_shares import PoolCharges, share_pool
from chargeback.model.charges import Charge, adjustment
from chargeback.model.facts import Facts, Member
from chargeback.model.money import euros, split
from chargeback.model.period import Period, Span, clip, months_of
from chargeback.model.pools import PoolSplit, TrueUp, TrueUpRow
from chargeback.model.problem import Problem
from chargeback.model.rules import Rule, parts_of
from chargeback.model.settings import Settings

Fund = Literal["instalments", "prefinanced", "still_to_bill", "waived"]
Debt = tuple[str, str]  # member, payer


@dataclass(slots=True)
class CalledFunds:
    """Funds called of members in a year before its true-up, each by member and payer.

    Attributes:
        instalments: cents of the instalments.
        prefinanced: cents charged by the rates that pay the pool in advance.
        documents: cents of both on each document that billed them, by its number, in order; nothing else that it bills.
        still_to_bill: cents of both whose documents were withheld.
        waived: cents of both that were given up by an act.
    """

    instalments: dict[Debt, int] = field(default_factory=dict)
    prefinanced: dict[Debt, int] = field(default_factory=dict)
    documents: dict[Debt, dict[str, int]] = field(default_factory=dict)
    still_to_bill: dict[Debt, int] = field(default_factory=dict)
    waived: dict[Debt, int] = field(default_factory=dict)

    def add(self, charge: Charge, fund: Fund, number: str, payer_id: str) -> None:
        """Count a charge of a payer, billed by the document ``number`` (``""`` for none)."""
        funds: dict[Debt, int] = getattr(self, fund)
        debt = (charge.member_id, payer_id)
        funds[debt] = funds.get(debt, 0) + charge.amount
        if number:
            amounts = self.documents.setdefault(debt, {})
            amounts[number] = amounts.get(number, 0) + charge.amount

    @property
    def debts(self) -> set[Debt]:
        """Members and payers of whom anything was called, withheld or given up."""
        return {*self.instalments, *self.prefinanced, *self.still_to_bill, *self.waived}


def prefinancing(pool: str, rules: Iterable[Rule]) -> tuple[str, ...]:
    """Rates whose charges pay a pool in advance, by id."""
    return tuple(sorted(rule.id for rule in rules if rule.kind == "rate" and rule.pool == pool))


def year_context(
    year: int, settings: Settings, facts: Facts, answers: Mapping[tuple[str, str], Answer], charges: Iterable[Charge]
) -> Context:
    """Context of the year's sharing; ``charges``: those of the year that keys count."""
    ctx = Context(
        period=Period(year, MONTHS),
        settings=settings,
        facts=facts,
        roster=Roster(facts, year_span(year)),
        levels=Levels.of(facts),
        answers=answers_over_months(answers),
        year=year,
    )
    ctx.add(charges)
    return ctx


def true_up(
    rule: Rule, costs: Sequence[int], called: CalledFunds, ctx: Context, payers: YearPayers
) -> tuple[TrueUp | None, tuple[Problem, ...]]:
    """True-up of the pool of ``rule``, or the problems of sharing it.

    ``costs``: cents that the pool held in each month of the year. ``payers``: who owes the shares.
    """
    shared = list(_shared(rule, sum(costs), ctx))
    problems = tuple(problem for part in shared for problem in part.problems)
    if problems:
        return None, problems
    splits = tuple(each for part in shared for each in part.splits)
    shares = _owed(rule, splits, ctx, payers)
    rows = (
        TrueUpRow(
            debt[0],
            shares.get(debt, 0),
            called.instalments.get(debt, 0),
            called.prefinanced.get(debt, 0),
            tuple(called.documents.get(debt, ())),
            debt[1],
            called.still_to_bill.get(debt, 0),
            called.waived.get(debt, 0),
            tuple(called.documents.get(debt, {}).values()),
        )
        for debt in sorted({*shares, *called.debts})
    )
    year = ctx.month.start.year
    return TrueUp(year, rule.id, rule.pool or "", tuple(costs), splits, tuple(rows)), ()


def _owed(rule: Rule, splits: Iterable[PoolSplit], ctx: Context, payers: YearPayers) -> dict[Debt, int]:
    """Shares by member and payer: each split is owed for its own days, those of a month or of a version in the year."""
    found: dict[Debt, int] = {}
    for each in splits:
        span = _days_of(rule, each, ctx)
        for member, cents in each.shares.items():
            for payer, own in payers.cut(cents, member, span).items():
                found[member, payer] = found.get((member, payer), 0) + own
    return found


def _shared(rule: Rule, cost: int, ctx: Context) -> Iterator[PoolCharges]:
    """Shares of the year's cost: by keys at once; by a game or a curve, which days do not weigh, month by month."""
    parts = parts_of(rule, ctx.month)
    if all(version.method == "keys" for version, _ in parts):
        yield share_pool(_by_day(rule), cost, ctx)
        return
    of_parts = split(cost, {str(span.start): Fraction(span.days) for _, span in parts})
    for version, span in parts:
        alone = rule.model_copy(update={"version": (version,)})
        if version.method == "keys":
            yield share_pool(_by_day(alone), of_parts[str(span.start)], ctx)
        else:
            months = [clip(span.start, span.end, month) for month in months_of(span)]
            days = {str(m.start): Fraction(m.days) for m in months if m is not None}
            of_months = split(of_parts[str(span.start)], days)
            for first, cents in sorted(of_months.items()):
                yield _of_month(alone, cents, Period.parse(first[:7]), ctx)


def _days_of(rule: Rule, each: PoolSplit, ctx: Context) -> Span:
    """Days of the year that a split is for."""
    if each.month is not None:
        return each.month.span
    return next((span for version, span in parts_of(rule, ctx.month) if version.valid_from == each.version), ctx.month)


def _of_month(rule: Rule, cents: int, month: Period, ctx: Context) -> PoolCharges:
    """Shares of a part of the year's cost as a month would share it, by the rule's only version."""
    (version,) = rule.versions
    whole = version.model_copy(update={"valid_from": month.first, "valid_to": month.end, "billing": "costs"})
    roster = Roster(ctx.facts, month.span)
    own = Context(month, ctx.settings, ctx.facts, roster, ctx.levels, {})
    shared = share_pool(rule.model_copy(update={"version": (whole,)}), cents, own)
    splits = tuple(replace(each, version=version.valid_from, month=month) for each in shared.splits)
    return replace(shared, splits=splits)


def _by_day(rule: Rule) -> Rule:
    """The rule with every level weighted by days. In a month the first day is enough; in a year it is not."""
    versions = tuple(version.model_copy(update={"prorate": "day"}) for version in rule.versions)
    return rule.model_copy(update={"version": versions})


def adjustments(found: TrueUp, rule: Rule, members: Mapping[str, Member]) -> Iterator[Charge]:
    """Charges and credits of a true-up: one for each member and payer, leavers included, with a difference to
    bill."""
    version = parts_of(rule, year_span(found.year))[-1][0]
    for row in found.rows:
        if row.difference:
            regime = rule.regime_of(version, row.member_id, members[row.member_id].kind)
            who = (row.member_id, rule.id, version.valid_from)
            why = reason(found, row)
            yield adjustment(*who, row.difference, regime, why, settles=found.year, owed_by=row.payer_id)


def reason(found: TrueUp, row: TrueUpRow) -> str:
    """Explanation of a charge: the share of the year's cost, less what was called, and by which documents."""
    named = (f"{number} {euros(cents)}" for number, cents in row.called)
    by = f" ({', '.join(named)})" if row.documents else ""
    prefinanced = f", paid in advance {euros(row.prefinanced)}" if row.prefinanced else ""
    prefinanced += f", still to bill {euros(row.still_to_bill)}" if row.still_to_bill else ""
    prefinanced += f", given up {euros(row.waived)}" if row.waived else ""
    return (
        f"true-up {found.year}, {found.pool} {euros(found.cost)}: share {euros(row.share)}, instalments "
        f"{euros(row.instalments)}{prefinanced}{by}"
    )
