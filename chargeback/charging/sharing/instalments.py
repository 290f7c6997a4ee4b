"""Instalments: twelfths of a yearly budget in place of a month's costs, and prefinancing of pools by rates. Pure;
cents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from itertools import pairwise

from chargeback.model.facts import Facts
from chargeback.model.money import instalments
from chargeback.model.period import Period, Span
from chargeback.model.pools import Instalment
from chargeback.model.problem import Notice, Place, Problem
from chargeback.model.rules import Rule, parts_of
from chargeback.model.settings import Regime, Settings

COST_SHARING = "VATEX-EU-132-1F"
MONTHS = 12


@dataclass(frozen=True, slots=True)
class InstalmentCalls:
    """Instalments called in a month.

    Attributes:
        by_pool: instalment of each pool that is called.
        problems: pools that are called without a budget.
    """

    by_pool: Mapping[str, Instalment]
    problems: tuple[Problem, ...] = ()


def calls_instalments(rule: Rule, days: Span) -> bool:
    """Whether an allocation calls a budget by twelfths on some of the days."""
    return rule.kind == "allocation" and any(version.by_instalments for version, _ in parts_of(rule, days))


def called_in_advance(rule: Rule, days: Span) -> bool:
    """Whether all that a rule charges on some days is called at their start."""
    parts = parts_of(rule, days)
    return rule.kind == "allocation" and bool(parts) and all(version.calls == "advance" for version, _ in parts)


def charged_at_the_end(rules: Iterable[Rule], days: Span) -> Iterator[Rule]:
    """Rules that may charge members for some days and are not called in advance: what they charge is known at the end
    of the days."""
    for rule in rules:
        if rule.kind in ("rate", "allocation") and parts_of(rule, days) and not called_in_advance(rule, days):
            yield rule


def instalments_called(rules: Iterable[Rule], facts: Facts, period: Period) -> InstalmentCalls:
    """Call the month's twelfth of the budget of each pool whose version of the month says so."""
    budgets = {(b.year, b.pool): b.amount for b in facts.budgets}
    found: dict[str, Instalment] = {}
    problems: list[Problem] = []
    for rule in rules:
        if calls_instalments(rule, period.span):
            pool = rule.pool or ""
            budget = budgets.get((period.year, pool))
            if budget is None:
                problems.append(_missing(rule, period))
            else:
                amount = instalments(budget, MONTHS)[period.month - 1]
                found[pool] = Instalment(period.year, period.month, budget, amount)
    return InstalmentCalls(found, tuple(problems))


def _missing(rule: Rule, period: Period) -> Problem:
    message = (
        f"pool {rule.pool} is called by instalments in {period}, but budget/ has no amount for it in {period.year}: "
        "add the "
        f"row {period.year},{rule.pool},AMOUNT to a file of budget/"
    )
    calling = next(version for version, _ in parts_of(rule, period.span) if version.by_instalments)
    return Problem(rule.where_in(calling, "billing"), message, "budget-missing")


def instalment_problems(rules: Sequence[Rule], facts: Facts, settings: Settings) -> list[Problem]:
    """Problems of budgets of pools that are not called, and of rates that prefinance a pool without true-up."""
    return [
        *_budgets(rules, facts),
        *(p for rule in rules if rule.kind == "allocation" for p in _changes(rule)),
        *(p for rule in rules if rule.kind == "rate" and rule.pool for p in _prefinancing(rule, rules, settings)),
    ]


def _budgets(rules: Sequence[Rule], facts: Facts) -> Iterator[Problem]:
    shared = sorted({r.pool for r in rules if r.kind == "allocation" and r.pool})
    serving = {r.pool: r for r in rules if r.kind == "transfer"}
    for budget in facts.budgets:
        if budget.pool in shared:
            continue
        if budget.pool in serving:
            message = (
                f"pool {budget.pool} is given a budget, but it serves other pools ({serving[budget.pool].id}) and no "
                "member is "
                "called for it: give their budgets to the pools that members share"
            )
            yield Problem(budget.where, message, "budget-of-serving-pool")
            continue
        close = get_close_matches(budget.pool, shared, n=1)
        hint = f'did you mean "{close[0]}"?' if close else f"known: {', '.join(shared[:20]) or 'none'}"
        yield Problem(budget.where, f'unknown pool "{budget.pool}": no allocation takes it; {hint}', "unknown-pool")


def _changes(rule: Rule) -> Iterator[Problem]:
    """Problems of versions that change the billing of a pool inside a civil year: a year has one true-up or none."""
    for number, (before, after) in enumerate(pairwise(rule.versions), start=1):
        last = before.valid_to - timedelta(days=1) if before.valid_to else after.valid_from
        if before.billing != after.billing and last.year == after.valid_from.year:
            message = (
                f"billing changes from {before.billing} to {after.billing} on {after.valid_from}, inside a year: a "
                "true-up is "
                f"of a civil year, let the version that changes it begin on {after.valid_from.year + 1}-01-01"
            )
            yield Problem(rule.where(f"version.{number}.billing"), message, "billing-changed-in-year")


def regimes_of(rule: Rule, settings: Settings) -> list[Regime]:
    """VAT regimes that the charges of a rule may have."""
    given = [own if isinstance(own, dict) else {"default": own} for _, own in rule.regimes()]
    values = [value for table in given for value in table.values()]
    names = [name for value in values for name in (value.values() if isinstance(value, dict) else [value])]
    return [settings.regimes[name] for name in dict.fromkeys(names) if name in settings.regimes]


def is_cost_sharing(regime: Regime) -> bool:
    """Whether it exempts the sharing of common costs (CGI art. 261 B): sums must equal each member's share of the
    cost."""
    return regime.category == "E" and regime.reason_code in ("", COST_SHARING)


def _prefinancing(rule: Rule, rules: Sequence[Rule], settings: Settings) -> Iterator[Problem]:
    """Problems of the pool of a rate: it must be exempt cost sharing, and shared among members with a true-up."""
    regimes = regimes_of(rule, settings)
    if regimes and not any(is_cost_sharing(regime) for regime in regimes):
        message = (
            f"pool of a rate names what its charges pay in advance, under an exempt cost-sharing regime (category E); "
            f"{regimes[0].name} is of category {regimes[0].category}: take pool out, or correct vat"
        )
        yield Problem(rule.where("pool"), message, "bad-prefinancing")
    sharing = next((r for r in rules if r.kind == "allocation" and r.pool == rule.pool), None)
    if sharing is None:
        yield _not_shared(rule, rules)
    elif not any(version.by_instalments for version in sharing.versions):
        message = (
            f"{rule.id} pays pool {rule.pool} in advance, but {sharing.id} shares its actual costs each month, so they "
            "would be "
            f'billed twice: write billing = "instalments" in {sharing.path}, with a budget of 0 when nothing else is '
            "called"
        )
        yield Problem(rule.where("pool"), message, "bad-prefinancing")
    for other in rules:
        for version in other.versions:
            if rule.id in version.less:
                message = (
                    f"{rule.id} pays pool {rule.pool} in advance and its charges come off pool {other.pool} by less of "
                    f"{other.id}: they count once, take pool or less out"
                )
                yield Problem(rule.where("pool"), message, "bad-prefinancing")


def _not_shared(rule: Rule, rules: Sequence[Rule]) -> Problem:
    if any(r.kind == "transfer" and r.pool == rule.pool for r in rules):
        message = f"pool {rule.pool} serves other pools, so no member shares it: name the pool that members share"
        return Problem(rule.where("pool"), message, "bad-prefinancing")
    shared = sorted({r.pool for r in rules if r.kind == "allocation" and r.pool})
    close = get_close_matches(rule.pool or "", shared, n=1)
    hint = f'did you mean "{close[0]}"?' if close else f"known: {', '.join(shared[:20]) or 'none'}"
    return Problem(rule.where("pool"), f'unknown pool "{rule.pool}": no allocation takes it; {hint}', "unknown-pool")


def prefinancing_notices(rules: Iterable[Rule], settings: Settings, period: Period) -> Iterator[Notice]:
    """Notices of rates under a cost-sharing regime without a pool: nothing shows that they equal a share of a cost."""
    for rule in rules:
        of = [regime.name for regime in regimes_of(rule, settings) if is_cost_sharing(regime)]
        if rule.kind == "rate" and not rule.pool and of and parts_of(rule, period.span):
            message = (
                f"{rule.id} is exempt as {of[0]}, but a price is no share of a cost: name the pool that it pays in "
                "advance, as "
                'pool = "…", so that the true-up of the year makes both equal'
            )
            yield Notice(rule.where("vat"), message, "rate-without-pool")


def true_up_problems(settings: Settings, rules: Sequence[Rule]) -> Iterator[Problem]:
    """Problems of years of [true_up], and of pools of [true_up.since], without a pool called by instalments."""
    for year, period in sorted(settings.true_ups.items()):
        span = Span(Period(year, 1).first, Period(year, MONTHS).end)
        if not any(calls_instalments(rule, span) for rule in rules):
            message = (
                f'true_up {year} = "{period}" of chargeback.toml, but no pool is called by instalments in {year}: take '
                "it out, or "
                'write billing = "instalments" in the rule of the pool'
            )
            yield Problem(Place("chargeback.toml"), message, "nothing-to-true-up")
    called = sorted({rule.pool or "" for rule in rules if any(v.by_instalments for v in rule.versions)})
    for pool in sorted(settings.called_since):
        if pool not in called:
            close = get_close_matches(pool, called, n=1)
            hint = f'did you mean "{close[0]}"?' if close else f"known: {', '.join(called) or 'none'}"
            message = f"[true_up.since] names {pool}, and no pool of that name is called by instalments: {hint}"
            place = Place("chargeback.toml", settings.lines.get(f"true_up.since.{pool}"))
            yield Problem(place, message, "unknown-pool")
