"""Shared parts: the pools of a month as they were shared, with rule, version, days, who took part, cents. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from chargeback.charging.context import Context
from chargeback.charging.games.sampling import standard_error
from chargeback.charging.metering.timeline import Presence
from chargeback.charging.sharing.keys import taking_part
from chargeback.model.period import Span
from chargeback.model.pools import PoolSplit
from chargeback.model.rules import Rule, parts_of
from chargeback.model.versions import AllocationMethod, Version


@dataclass(frozen=True, slots=True)
class SharedPart:
    """Shared part: a pool, or its part under one version, and how it was shared.

    Attributes:
        rule: the allocation.
        version: its version.
        span: days of the version in the month.
        split: how it was shared, in cents.
        presence: days of presence of each member that took part.
    """

    rule: Rule
    version: Version
    span: Span
    split: PoolSplit
    presence: Presence


def shared_parts(rules: Mapping[str, Rule], splits: Iterable[PoolSplit], ctx: Context) -> Iterator[SharedPart]:
    """Every split by a game or a cost curve, or compared with one, with its rule, version and days.

    A split that deductions leave nothing to share of counts only beside a game, whose charges they are.
    """
    for split in splits:
        rule = rules[split.rule]
        for version, span in parts_of(rule, ctx.month):
            something = split.amount or (split.deducted and version.game is not None)
            compared = version.game is not None or version.quantity is not None
            if compared and version.valid_from == split.version and something:
                yield SharedPart(rule, version, span, split, taking_part(rule, version, ctx))


def charged_by(parts: Iterable[SharedPart], players: Collection[str]) -> tuple[dict[str, int], int]:
    """Cents that each player was charged, and cents that the other members were charged together."""
    paid = dict.fromkeys(players, 0)
    outside = 0
    for part in parts:
        for member, cents in part.split.shares.items():
            if member in paid:
                paid[member] += cents
            else:
                outside += cents
    return paid, outside


def taken_off(parts: Iterable[SharedPart]) -> tuple[str, ...]:
    """Ids of the rules whose charges are deducted from the pools first: they charge for the same costs."""
    return tuple(sorted({rule for part in parts for rule in part.version.less}))


def with_tariffs(charged: Mapping[str, int], outside: int, tariffs: Mapping[str, int]) -> tuple[dict[str, int], int]:
    """Cents charged to players and to others, with the charges of the ``tariffs`` deducted first (cents by member)."""
    paid = {player: cents + tariffs.get(player, 0) for player, cents in charged.items()}
    return paid, outside + sum(cents for member, cents in tariffs.items() if member not in charged)


def method_used(parts: Sequence[SharedPart]) -> AllocationMethod:
    """Method used; of several, the one that shared most."""
    shared: Counter[AllocationMethod] = Counter()
    for part in parts:
        shared[part.version.method] += abs(part.split.amount)
    return min(shared, key=lambda method: (-shared[method], method))


def errors_of(parts: Iterable[SharedPart], players: Collection[str]) -> dict[str, Fraction] | None:
    """Standard errors in cents of the amounts charged, where a part of them was estimated; None where all are exact."""
    squares: dict[str, Fraction] = {}
    for part in parts:
        for member, error in (part.split.standard_errors or {}).items():
            squares[member] = squares.get(member, Fraction(0)) + error * error
    found = {name: standard_error(squares[name]) for name in players if name in squares}
    return found or None
