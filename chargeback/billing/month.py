"""The pure chain of a month: plan what to measure; then charge, share, draw up and check. No file, database or
clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chargeback.billing.brought_forward import BroughtForward
from chargeback.billing.invoicing import DocumentSet, RateBorne, draw_up, is_operator, not_borne, still_carried
from chargeback.billing.savings import savings
from chargeback.billing.true_up import adjustments
from chargeback.charging.charge_parts import Answers, charge_rules
from chargeback.charging.context import Context
from chargeback.charging.fairness.report import fairness_reports
from chargeback.charging.metering.timeline import Levels, Roster, identities
from chargeback.charging.plan import MonthPlan
from chargeback.charging.questions import answers_over_months
from chargeback.charging.rating.rate_charges import rate_charges
from chargeback.charging.sharing.exempt_pools import exempt_pool_notices
from chargeback.charging.sharing.instalments import called_in_advance, prefinancing_notices
from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.facts import Member
from chargeback.model.money import euros
from chargeback.model.month import Check, Month
from chargeback.model.period import Period
from chargeback.model.pools import Pool, PoolSplit, TrueUp
from chargeback.model.problem import Notice, Place, Problem
from chargeback.model.settings import Settings
from chargeback.model.statements import MemberSavings
from chargeback.model.succession import owes, payer_of

FAULT = "this is a fault of the program, not of the workspace: nothing is written, report it"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of billing a month.

    Attributes:
        month: the month; None where the problems allow none.
        problems: why it cannot be billed.
    """

    month: Month | None
    problems: tuple[Problem, ...] = ()


def bill_month(
    ready: MonthPlan,
    answers: Answers,
    notices: Sequence[Notice] = (),
    true_ups: Sequence[TrueUp] = (),
    brought_forward: BroughtForward | None = None,
    *,
    rate_borne: RateBorne = not_borne,
    in_advance: bool = False,
) -> Outcome:
    """The month charged, its pools shared, its documents drawn up, and everything checked to add up.

    ``true_ups``: those that the month bills. ``brought_forward``: amounts brought forward; without them the month is by
    itself. ``rate_borne``: VAT rates of issued months. ``in_advance``: of the month itself only what is called in
    advance is charged.
    """
    ctx = Context(
        period=ready.period,
        settings=ready.settings,
        facts=ready.facts,
        roster=Roster(ready.facts, ready.period.span),
        levels=Levels.of(ready.facts),
        answers=answers_over_months(answers),
        called={pool.name: pool.instalment for pool in ready.pools.pools if pool.instalment is not None},
    )
    known = [rule for rule in ready.rules if not in_advance or called_in_advance(rule, ready.period.span)]
    charges, splits, problems, found = charge_rules(replace(ready, rules=tuple(known)), ctx)
    if problems:
        return Outcome(None, tuple(problems))
    baselines = [c for rule in ready.rules if rule.kind == "baseline" for c in rate_charges(rule, ctx)]
    found += prefinancing_notices(ready.rules, ready.settings, ready.period)
    found += exempt_pool_notices(ready.rules, ready.pools.pools, charges, ctx)
    month = _month(ready, ctx, charges, splits, baselines, (*notices, *found), true_ups, brought_forward, rate_borne)
    return Outcome(month, tuple(_breaches(month)))


def _month(
    ready: MonthPlan,
    ctx: Context,
    charges: Iterable[Charge],
    splits: Iterable[PoolSplit],
    baselines: Iterable[Charge],
    notices: Sequence[Notice],
    true_ups: Sequence[TrueUp],
    brought_forward: BroughtForward | None,
    rate_borne: RateBorne,
) -> Month:
    alone = tuple(sorted(baselines, key=lambda c: c.order))
    rules = {rule.id: rule for rule in ready.rules}
    members = identities(ready.facts.members, ready.period.span)
    of_month = sorted(charges, key=lambda c: c.order)
    adjusted = [c for found in true_ups for c in adjustments(found, rules[found.rule], members)]
    earlier_months = brought_forward.adjustments if brought_forward is not None else ()
    every = sorted([*of_month, *adjusted, *earlier_months], key=lambda c: c.order)
    drawn = draw_up(every, members, rules, ready.settings, ready.period, brought_forward, rate_borne)
    billable = _billable(drawn.charges, members, ready.settings, ready.period)
    saved, saved_check = _savings(ready, of_month, alone, members)
    shared = tuple(sorted(splits, key=lambda s: (s.rule, s.version)))
    fair, warned = fairness_reports(rules, shared, ctx)
    own_checks = _checks(drawn.charges, ready.pools.pools, shared, drawn, billable)
    return Month(
        period=ready.period,
        settings=ready.settings,
        rules=rules,
        members=members,
        charges=drawn.charges,
        pools=ready.pools.pools,
        splits=shared,
        baselines=alone,
        documents=drawn.documents,
        savings=saved,
        checks=(*own_checks, *_year_checks(true_ups, adjusted), *saved_check),
        notices=(*notices, *warned),
        flows=ready.pools.flows,
        fairness=fair,
        true_ups=tuple(true_ups),
        carried_forward=drawn.carried_forward,
        fingerprints=dict(brought_forward.fingerprints) if brought_forward is not None else {},
        prior_months=brought_forward.prior_months if brought_forward is not None else (),
        still_carried=still_carried(brought_forward, drawn) if brought_forward is not None else (),
    )


def _checks(
    charges: Sequence[Charge], pools: Sequence[Pool], splits: Sequence[PoolSplit], drawn: DocumentSet, billable: int
) -> Iterator[Check]:
    """Both sides of every identity, in cents.

    Costs booked = pools after transfers; pools shared = shares; pools shared = charges of shares; ``billable`` charges
    + amounts brought forward = documents + documents carried forward; charges of lines = documents.
    """
    yield Check("booked", sum(p.booked for p in pools), sum(p.after_transfers for p in pools if p.final))
    yield Check("pools", sum(s.amount for s in splits), sum(sum(s.shares.values()) for s in splits))
    yield Check("shares", sum(s.amount for s in splits), sum(c.amount for c in charges if c.kind == "share"))
    documents = (*drawn.documents, *drawn.carried_forward)
    net, brought_forward = (
        sum(d.net for d in documents),
        sum(n.amount for d in documents for n in d.lines if n.carried_from),
    )
    yield Check("documents", billable + brought_forward, net)
    lines = sum(charge.amount for d in documents for line in d.lines for charge in line.charges)
    yield Check("lines", lines, net)


def _billable(charges: Iterable[Charge], members: Mapping[str, Member], settings: Settings, period: Period) -> int:
    """Cents of the charges that documents bill: all but those that the operator bears itself."""
    return sum(c.amount for c in charges if not is_operator(members[owes(c, members, period)], settings))


def _own(charges: Iterable[Charge], members: Mapping[str, Member], settings: Settings, period: Period) -> set[str]:
    """Members whose charges the operator bears itself."""
    names = {c.member_id for c in charges}
    return {name for name in names if is_operator(members[payer_of(name, members, period)], settings)}


def _savings(
    ready: MonthPlan, charges: Sequence[Charge], alone: Sequence[Charge], members: Mapping[str, Member]
) -> tuple[tuple[MemberSavings, ...], tuple[Check, ...]]:
    """Savings of the members, and the check that they pay together what the documents of the month by itself bill.

    Where nothing is compared no document is drawn up for it, and there is no check.
    """
    rules, settings = ready.rules, ready.settings
    documents: tuple[Document, ...] = ()
    if any(rule.kind == "baseline" for rule in rules):
        documents = draw_up(charges, members, {rule.id: rule for rule in rules}, settings, ready.period).documents
    payers = {c.member_id: payer_of(c.member_id, members, ready.period) for c in charges}
    regimes = {name: regime.on(ready.period.last_day) for name, regime in settings.regimes.items()}
    saved = savings(charges, alone, rules, regimes, payers, _own(charges, members, settings, ready.period))
    billed = sum(document.gross for document in documents)
    check = Check("savings", billed, sum(one.billed_gross for one in saved))
    return saved, (check,) if any(one.rows for one in saved) else ()


def _year_checks(true_ups: Sequence[TrueUp], adjusted: Sequence[Charge]) -> Iterator[Check]:
    """Check that the cost of the year = instalments + paid in advance + charges and credits of the true-up."""
    if true_ups:
        called = sum(t.instalments + t.prefinanced + t.apart for t in true_ups)
        yield Check("true_up", sum(t.cost for t in true_ups), called + sum(c.amount for c in adjusted))


def _breaches(month: Month) -> Iterator[Problem]:
    """Problems of checks that do not hold, with the figures, and of pools not shared to the cent: both stop the run."""
    shared: dict[str, int] = defaultdict(int)
    for split in month.splits:
        shared[split.pool] += sum(split.shares.values()) + split.deducted
    stopped = {s.pool for s in month.splits if month.rules[s.rule].on(s.version) and _floored(month, s)}
    for pool in month.pools:
        if pool.final and pool.name in shared and pool.name not in stopped and shared[pool.name] != pool.to_share:
            message = (
                f"pool {pool.name} holds {euros(pool.to_share)} but {euros(shared[pool.name])} were shared: {FAULT}"
            )
            yield Problem(Place(f"out/{month.period}"), message, "not-conserved")
    for check in month.checks:
        if not check.holds:
            message = (
                f"{check.name} do not add up: expected {euros(check.expected)}, found {euros(check.found)}; {FAULT}"
            )
            yield Problem(Place(f"out/{month.period}"), message, "not-conserved")


def _floored(month: Month, split: PoolSplit) -> bool:
    version = month.rules[split.rule].on(split.version)
    return version is not None and version.less_floor is not None
