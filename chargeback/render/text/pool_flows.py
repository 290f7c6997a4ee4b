"""How each pool came to hold its amount, worked back from the flows of the month: booked, received, given away. Pure.

Amounts are exact cents; those ``shown`` are whole ones that still add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from chargeback.model.money import apportion, to_cents
from chargeback.model.month import Month
from chargeback.model.period import Span
from chargeback.model.pools import Flow, Pool
from chargeback.model.problem import Place
from chargeback.model.rules import Rule, Version, parts_of
from chargeback.render.text.per_month import PerMonth


@dataclass(frozen=True, slots=True)
class PoolFlows:
    """A pool with what it received and what it gave away, itself included where it serves itself.

    ``shown`` is what it received in whole cents, by source; ``whole`` is all that it gave away, in the cents so shown.
    """

    pool: Pool
    received: tuple[Flow, ...]
    given: tuple[Flow, ...]
    shown: Mapping[str, int]
    whole: int = 0

    @property
    def name(self) -> str:
        return self.pool.name

    @property
    def step(self) -> int:
        """Its place in the order of step-down, from 1; 0 where there is none."""
        return self.given[0].step if self.given else 0

    @property
    def exact(self) -> Fraction:
        """Booked and received, in exact cents: what a serving pool gives away, what a final pool holds before cents."""
        return self.pool.booked + _amount(self.received)

    @property
    def balanced(self) -> bool:
        """Whether what came in went out, or is what the pool holds to the cent."""
        return _balanced(self.pool, self.received, self.given)


def _amount(flows: Iterable[Flow]) -> Fraction:
    return sum((flow.amount for flow in flows), Fraction(0))


def _balanced(pool: Pool, received: Iterable[Flow], given: Iterable[Flow]) -> bool:
    left = pool.booked + _amount(received) - _amount(given)
    return abs(left - pool.held) < 1 if pool.final else left == 0


def pool_flows(month: Month) -> Mapping[str, PoolFlows]:
    """The pools that give or receive something: those that serve others first, in their order, then the final ones by name.

    Worked out once a month, not once a document.
    """
    return _known.of(month, _all_filled)


_known: PerMonth[Mapping[str, PoolFlows]] = PerMonth()


def _all_filled(month: Month) -> dict[str, PoolFlows]:
    flows = sorted((f for f in month.flows if f.amount), key=lambda flow: (flow.step, flow.source, flow.target))
    taking_part = {flow.source for flow in flows} | {flow.target for flow in flows}
    found = [_filled(pool, flows) for pool in month.pools if pool.name in taking_part]
    whole = {each.name: sum(other.shown.get(each.name, 0) for other in found) for each in found}
    ordered = sorted(found, key=lambda f: (f.pool.final, f.step, f.name))
    return {each.name: replace(each, whole=whole[each.name]) for each in ordered}


def _filled(pool: Pool, flows: Iterable[Flow]) -> PoolFlows:
    received = tuple(flow for flow in flows if flow.target == pool.name)
    given = tuple(flow for flow in flows if flow.source == pool.name)
    return PoolFlows(pool, received, given, _shown(pool, received))


def _shown(pool: Pool, received: Iterable[Flow]) -> dict[str, int]:
    """What a pool received, by source, in whole cents, each less than a cent from the exact amount.

    What a final pool received is split by largest remainder, so that it and what was booked add up to what the pool
    holds. What goes to a pool that serves others is rounded half away from zero.
    """
    amounts = {flow.source: flow.amount for flow in received}
    if pool.final and amounts and _balanced(pool, received, ()):
        return apportion(pool.held - pool.booked, amounts)
    return {source: to_cents(amount / 100) for source, amount in amounts.items()}


def method_of(month: Month) -> str:
    """direct, step-down or reciprocal: what the flows show, and what is set where they are the same either way."""
    pools = pool_flows(month)
    if any(each.step for each in pools.values()):
        return "step-down"
    if any(each.given and each.received for each in pools.values()):
        return "reciprocal"
    if any(skipped_pools(month, name) for name in pools):
        return "direct"
    return "direct" if month.settings.transfer_method == "direct" else "reciprocal"


def upstream(pools: Mapping[str, PoolFlows], name: str) -> list[PoolFlows]:
    """The pools that a pool received from, and those that they received from, each once, in the order of ``pools``."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        sources = {flow.source for flow in pools[waiting.pop()].received}
        waiting += sorted(sources - found)
        found |= sources
    return [each for each in pools.values() if each.name in found]


def reciprocal_groups(pools: Mapping[str, PoolFlows]) -> list[list[str]]:
    """The pools that what they give comes back to, with those through which it does: each such group is solved together."""
    behind = {name: {each.name for each in upstream(pools, name)} for name in pools}
    groups = ([other for other in pools if other in behind[name] and name in behind[other]] for name in pools)
    return [group for group, name in zip(groups, pools, strict=True) if group and group[0] == name]


@dataclass(frozen=True, slots=True)
class ServingVersion:
    """A version by which a pool serves others, on days of the month."""

    rule: Rule
    version: Version
    days: Span

    @property
    def place(self) -> Place:
        """The line at which the version begins."""
        return self.rule.where(f"version.{self.rule.versions.index(self.version)}")


def serving_versions(month: Month, pool: str) -> list[ServingVersion]:
    """The versions of the month by which a pool serves others, by date; none for a final pool."""
    rules = [r for r in month.rules.values() if r.kind == "transfer" and r.pool == pool]
    return [
        ServingVersion(rule, version, days) for rule in rules for version, days in parts_of(rule, month.period.span)
    ]


def skipped_pools(month: Month, pool: str) -> list[str]:
    """The pools that a serving pool names and gives nothing to: the method does not go back to them."""
    given = {flow.target for flow in month.flows if flow.source == pool}
    named = {target for each in serving_versions(month, pool) for target, part in each.version.to.items() if part}
    return sorted(named - given)
