"""Transfers between cost pools, before any member is charged: direct, step-down or reciprocal, in exact rationals.

Reciprocal services are solved as simultaneous equations (Horngren, Cost Accounting, ch. 15); the sums that reach the
final pools are put in cents by largest remainder, so the total cost is conserved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from chargeback.model.money import added, apportion
from chargeback.model.pools import Flow
from chargeback.model.settings import TransferMethod

ZERO = Fraction(0)
Services = Mapping[str, Mapping[str, Fraction]]  # proportion by serving pool and pool served


class NoExit(Exception):
    """Raised for pools whose cost never reaches a final pool: they only serve each other, or pools already emptied.

    Attributes:
        pools: their names, sorted.
    """

    def __init__(self, pools: Iterable[str]) -> None:
        self.pools = tuple(sorted(pools))
        super().__init__(", ".join(self.pools))


@dataclass(frozen=True, slots=True)
class Transferred:
    """Transferred costs.

    Attributes:
        to_final_pools: cents of each final pool; they add up to all costs.
        flows: transfers between pools.
    """

    to_final_pools: dict[str, int]
    flows: tuple[Flow, ...]


def normalised(to: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Proportions that add up to 1, zero ones left out."""
    total = added(to.values())
    return {pool: part / total for pool, part in to.items() if part}


def transfer(
    booked: Mapping[str, int], services: Services, method: TransferMethod, order: Sequence[str]
) -> Transferred:
    """Transfer the cents of the pools that serve others to the final pools.

    ``booked`` cents by pool; ``services`` the proportions by serving pool (see ``normalised``); ``method`` is direct,
    step-down (in ``order``) or reciprocal. Raises NoExit.
    """
    if method == "reciprocal":
        flows = _reciprocal(booked, services)
    else:
        flows = _in_turn(booked, services, order, direct=method == "direct")
    content = {pool: Fraction(cents) for pool, cents in booked.items() if pool not in services}
    for flow in flows:
        if flow.target not in services:
            content[flow.target] = content.get(flow.target, ZERO) + flow.amount
    total = sum(booked.values())
    return Transferred(_in_cents(total, content), tuple(flows))


def _in_cents(total: int, content: Mapping[str, Fraction]) -> dict[str, int]:
    if added(content.values()) != total:
        raise AssertionError("transfers conserve the total cost")
    return apportion(total, content)


def _in_turn(booked: Mapping[str, int], services: Services, order: Sequence[str], *, direct: bool) -> list[Flow]:
    """Empty the serving pools one after the other; one already emptied (all of them, when direct) receives nothing."""
    content = {pool: Fraction(cents) for pool, cents in booked.items()}
    flows: list[Flow] = []
    turn = sorted(services) if direct else list(order)
    closed = set(services) if direct else set()
    for step, pool in enumerate(turn, start=1):
        closed.add(pool)
        open_to = {target: part for target, part in services[pool].items() if target not in closed}
        amount = content.pop(pool, ZERO)
        if amount and not open_to:
            raise NoExit([pool])
        for target, part in sorted(normalised(open_to).items()):
            flows.append(Flow(pool, target, amount * part, part, 0 if direct else step))
            content[target] = content.get(target, ZERO) + amount * part
    return flows


def _reciprocal(booked: Mapping[str, int], services: Services) -> list[Flow]:
    """x = own cost + Σ what other serving pools send: solved exactly; then each sends x by its proportions."""
    pools = sorted(services)
    _check_exits(services)
    matrix = [[Fraction(p == q) - services[q].get(p, ZERO) for q in pools] for p in pools]
    gross = solve_exactly(matrix, [Fraction(booked.get(p, 0)) for p in pools])
    return [
        Flow(pool, target, amount * part, part)
        for pool, amount in zip(pools, gross, strict=True)
        for target, part in sorted(services[pool].items())
        if amount
    ]


def _check_exits(services: Services) -> None:
    """Every serving pool must lead, in some steps, to a pool that serves no other."""
    leading = {pool for pool, to in services.items() if any(target not in services for target in to)}
    while more := {p for p, to in services.items() if p not in leading and any(t in leading for t in to)}:
        leading |= more
    stuck = set(services) - leading
    if stuck:
        raise NoExit(stuck)


def solve_exactly(matrix: Sequence[Sequence[Fraction]], right: Sequence[Fraction]) -> list[Fraction]:
    """Gauss-Jordan elimination in rationals; the matrix is regular once every pool has an exit."""
    rows = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    for i in range(len(rows)):
        pivot = next(r for r in range(i, len(rows)) if rows[r][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for r in range(len(rows)):
            if r != i and rows[r][i]:
                factor = rows[r][i]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[i], strict=True)]
    return [row[-1] for row in rows]
