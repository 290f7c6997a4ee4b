"""Pool flows: how each pool came to its amount, from the transfers of the month: booked, received, given away. Pure.

Amounts are exact cents; those named ``cents`` are whole ones that still add up. The methods are those of cost
accounting for service departments: direct, step-down, reciprocal (simultaneous equations).
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
from chargeback.model.rules import Rule, parts_of
from chargeback.model.settings import TransferMethod
from chargeback.model.versions import Version


@dataclass(frozen=True, slots=True)
class PoolFlows:
    """Flows of a pool: what it received from other pools and what it gave away, itself included where it serves itself.

    Attributes:
        pool: the pool.
        transfers_in: flows to it, in exact cents.
        transfers_out: flows from it, in exact cents.
        cents_in: amount received in whole cents, by source.
        cents_out: all that it gave away, in the whole cents of the receivers' ``cents_in``.
    """

    pool: Pool
    transfers_in: tuple[Flow, ...]
    transfers_out: tuple[Flow, ...]
    cents_in: Mapping[str, int]
    cents_out: int = 0

    @property
    def name(self) -> str:
        return self.pool.name

    @property
    def step(self) -> int:
        """Place in the order of step-down, from 1; 0 where there is none."""
        return self.transfers_out[0].step if self.transfers_out else 0

    @property
    def exact(self) -> Fraction:
        """Amount booked and received, in exact cents: given away by a serving pool, shared by a final one."""
        return self.pool.booked + _amount(self.transfers_in)

    @property
    def balanced(self) -> bool:
        """Whether a serving pool gave away all that it received, and a final one holds it to the cent."""
        return _balanced(self.pool, self.transfers_in, self.transfers_out)


def _amount(flows: Iterable[Flow]) -> Fraction:
    return sum((flow.amount for flow in flows), Fraction(0))


def _balanced(pool: Pool, transfers_in: Iterable[Flow], transfers_out: Iterable[Flow]) -> bool:
    balance = pool.booked + _amount(transfers_in) - _amount(transfers_out)
    return abs(balance - pool.after_transfers) < 1 if pool.final else balance == 0


def pool_flows(month: Month) -> dict[str, PoolFlows]:
    """Flows of the pools that give or receive, by name: serving pools first, in their order, then final ones."""
    flows = sorted((f for f in month.flows if f.amount), key=lambda flow: (flow.step, flow.source, flow.target))
    taking_part = {flow.source for flow in flows} | {flow.target for flow in flows}
    found = [_of_pool(pool, flows) for pool in month.pools if pool.name in taking_part]
    cents_out = {each.name: sum(other.cents_in.get(each.name, 0) for other in found) for each in found}
    ordered = sorted(found, key=lambda f: (f.pool.final, f.step, f.name))
    return {each.name: replace(each, cents_out=cents_out[each.name]) for each in ordered}


def _of_pool(pool: Pool, flows: Iterable[Flow]) -> PoolFlows:
    transfers_in = tuple(flow for flow in flows if flow.target == pool.name)
    transfers_out = tuple(flow for flow in flows if flow.source == pool.name)
    return PoolFlows(pool, transfers_in, transfers_out, _cents_in(pool, transfers_in))


def _cents_in(pool: Pool, transfers_in: Iterable[Flow]) -> dict[str, int]:
    """Amounts received by a pool, by source, in whole cents, each less than a cent from the exact amount.

    Those of a final pool are apportioned by largest remainder, so that they and the amount booked add up to the amount
    of the pool. Those of a serving pool are rounded half away from zero.
    """
    amounts = {flow.source: flow.amount for flow in transfers_in}
    if pool.final and amounts and _balanced(pool, transfers_in, ()):
        return apportion(pool.after_transfers - pool.booked, amounts)
    return {source: to_cents(amount / 100) for source, amount in amounts.items()}


def transfer_method(month: Month, pools: Mapping[str, PoolFlows]) -> TransferMethod:
    """Method of the transfers: the one that the flows show, else the setting where every method gives the same."""
    if any(each.step for each in pools.values()):
        return "step-down"
    if any(each.transfers_out and each.transfers_in for each in pools.values()):
        return "reciprocal"
    if any(skipped_pools(month, name) for name in pools):
        return "direct"
    return "direct" if month.settings.transfer_method == "direct" else "reciprocal"


def upstream(pools: Mapping[str, PoolFlows], name: str) -> list[PoolFlows]:
    """Pools that a pool received from, directly or through others, each once, in the order of ``pools``."""
    found: set[str] = set()
    pending = [name]
    while pending:
        sources = {flow.source for flow in pools[pending.pop()].transfers_in}
        pending += sorted(sources - found)
        found |= sources
    return [each for each in pools.values() if each.name in found]


def reciprocal_groups(pools: Mapping[str, PoolFlows]) -> list[list[str]]:
    """Groups of pools that serve each other, directly or through others: each group is solved together."""
    sources = {name: {each.name for each in upstream(pools, name)} for name in pools}
    groups = ([other for other in pools if other in sources[name] and name in sources[other]] for name in pools)
    return [group for group, name in zip(groups, pools, strict=True) if group and group[0] == name]


@dataclass(frozen=True, slots=True)
class ServingVersion:
    """Serving version: a version by which a pool serves others.

    Attributes:
        rule: transfer rule.
        version: version of the rule.
        days: days of the month on which it is in force.
    """

    rule: Rule
    version: Version
    days: Span

    @property
    def place(self) -> Place:
        """Line of the tariff file at which the version begins."""
        return self.rule.where(f"version.{self.rule.versions.index(self.version)}")


def serving_versions(month: Month, pool: str) -> list[ServingVersion]:
    """Versions of the month by which a pool serves others, by date; none for a final pool."""
    rules = [r for r in month.rules.values() if r.kind == "transfer" and r.pool == pool]
    return [
        ServingVersion(rule, version, days) for rule in rules for version, days in parts_of(rule, month.period.span)
    ]


def skipped_pools(month: Month, pool: str) -> list[str]:
    """Pools that a serving pool names and gives nothing to, because the method does not serve back."""
    served = {flow.target for flow in month.flows if flow.source == pool}
    named = {target for each in serving_versions(month, pool) for target, part in each.version.to.items() if part}
    return sorted(named - served)
