"""Cost pools of the month: costs booked, transferred between pools, and to be shared. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from fractions import Fraction

from chargeback.charging.sharing.transfers import NoExit, normalised, transfer
from chargeback.model.facts import Cost
from chargeback.model.money import euros
from chargeback.model.period import Period
from chargeback.model.pools import Flow, Instalment, Pool
from chargeback.model.problem import Place, Problem
from chargeback.model.rules import Rule, parts_of
from chargeback.model.settings import Settings


@dataclass(frozen=True, slots=True)
class Pools:
    """Pools of a month.

    Attributes:
        pools: the pools, by name.
        flows: transfers between them.
        problems: why they cannot be filled; then there are no pools.
    """

    pools: tuple[Pool, ...] = ()
    flows: tuple[Flow, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def to_share(self) -> dict[str, int]:
        """Cents to share by pool, without those that only serve others."""
        return {pool.name: pool.to_share for pool in self.pools if pool.final}

    def called(self, of: Mapping[str, Instalment]) -> Pools:
        """The same pools with the instalments of some in place of their costs; pools without any cost are added."""
        known = {pool.name: pool for pool in self.pools} | {n: Pool(n, 0, 0, ()) for n in of if n not in self._names}
        pools = (replace(p, instalment=of[n]) if n in of else p for n, p in sorted(known.items()))
        return replace(self, pools=tuple(pools)) if of else self

    @property
    def _names(self) -> set[str]:
        return {pool.name for pool in self.pools}


def fill_pools(costs: Iterable[Cost], rules: Sequence[Rule], settings: Settings, period: Period) -> Pools:
    """Book the costs of the month to their pools, and transfer those of pools that serve others."""
    booked: dict[str, list[Cost]] = defaultdict(list)
    for cost in costs:
        booked[cost.pool].append(cost)
    cents = {pool: sum(c.amount for c in rows) for pool, rows in sorted(booked.items())}
    serving = {rule.pool or "": rule for rule in rules if rule.kind == "transfer"}
    problems = [*_untaken(booked, rules), *_twice(rules), *_order(serving, settings)]
    services = _services(serving, period)
    problems += [
        uncovered_days(serving[p], c, period, settings)
        for p, c in cents.items()
        if c and p in serving.keys() - services
    ]
    if problems:
        return Pools(problems=tuple(problems))
    try:
        order = [pool for pool in settings.transfer_order if pool in services]
        done = transfer(cents, services, settings.transfer_method, order)
    except NoExit as error:
        return Pools(problems=(_no_exit(error, serving, period),))
    stuck = [pool for pool, cents_left in done.to_final_pools.items() if cents_left and pool in serving]
    if stuck:
        return Pools(
            problems=tuple(uncovered_days(serving[pool], done.to_final_pools[pool], period, settings) for pool in stuck)
        )
    names = sorted({*cents, *done.to_final_pools, *(f.target for f in done.flows)})
    pools = (
        Pool(n, cents.get(n, 0), done.to_final_pools.get(n, 0), tuple(booked.get(n, ())), n not in services)
        for n in names
    )
    return Pools(tuple(pools), done.flows)


def _services(serving: dict[str, Rule], period: Period) -> dict[str, dict[str, Fraction]]:
    """Proportions of each serving pool: those of its versions, each × its days; none when a day has no version."""
    services: dict[str, dict[str, Fraction]] = {}
    for pool, rule in sorted(serving.items()):
        parts = parts_of(rule, period.span)
        mixed: dict[str, Fraction] = defaultdict(Fraction)
        for version, span in parts:
            for target, part in normalised({p: Fraction(v) for p, v in version.to.items()}).items():
                mixed[target] += part * Fraction(span.days, period.days)
        if sum(span.days for _, span in parts) == period.days:
            services[pool] = dict(mixed)
    return services


def uncovered_days(rule: Rule, amount: int, period: Period, settings: Settings) -> Problem:
    """Problem of a pool with ``amount`` cents on days when no version of its rule is in force."""
    covered = {day.start for _, span in parts_of(rule, period.span) for day in span.each()}
    missing = [day.start for day in period.span.each() if day.start not in covered]
    message = (
        f"pool {rule.pool} holds {euros(amount)} {settings.currency} in {period}, but no version of {rule.id} is in "
        "force "
        f"{_days(missing)}: date a version to cover them"
    )
    return Problem(rule.near(missing[0]), message, "days-without-version")


def _days(days: Sequence[date]) -> str:
    if len(days) == 1:
        return f"on {days[0]}"
    return f"on {len(days)} of its days, from {days[0]} to {days[-1]}"


def _untaken(booked: dict[str, list[Cost]], rules: Sequence[Rule]) -> Iterator[Problem]:
    taken = sorted({rule.pool for rule in rules if rule.pool and rule.kind in ("allocation", "transfer")})
    for pool, costs in booked.items():
        if pool not in taken:
            close = get_close_matches(pool, taken, n=1)
            meant = f'; did you mean "{close[0]}"?' if close else f"; pools taken: {', '.join(taken) or 'none'}"
            for cost in costs:
                message = f'no allocation or transfer takes pool "{pool}", so {euros(cost.amount)} would be lost{meant}'
                yield Problem(cost.where, message, "untaken-pool")


def _twice(rules: Sequence[Rule]) -> Iterator[Problem]:
    first: dict[str, Rule] = {}
    for rule in sorted(rules, key=lambda r: r.path):
        if rule.kind in ("allocation", "transfer") and rule.pool:
            other = first.setdefault(rule.pool, rule)
            if other is not rule:
                message = f"pool {rule.pool} is already taken by {other.id} ({other.path}): make this a version of it"
                yield Problem(rule.where("pool"), message, "pool-taken-twice")


def _order(serving: dict[str, Rule], settings: Settings) -> Iterator[Problem]:
    if settings.transfer_method != "step-down":
        return
    for pool, rule in sorted(serving.items()):
        if pool not in settings.transfer_order:
            message = (
                f'pool {pool} serves others but is missing from order in [transfers] of chargeback.toml: add "{pool}"'
            )
            yield Problem(rule.where("pool"), message, "missing-from-order")
    for pool in settings.transfer_order:
        if pool not in serving:
            message = f'order of [transfers] names "{pool}", a pool that serves no other: take it out'
            yield Problem(Place("chargeback.toml"), message, "unknown-pool")


def _no_exit(error: NoExit, serving: dict[str, Rule], period: Period) -> Problem:
    rule = min((serving[pool] for pool in error.pools), key=lambda r: r.path)
    names = ", ".join(error.pools)
    message = f"the cost of {names} never reaches a pool that is shared in {period}: let one of them serve such a pool"
    return Problem(rule.where("version.0.to"), message, "no-exit")
