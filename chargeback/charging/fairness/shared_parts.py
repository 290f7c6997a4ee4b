"""The parts of a month's pools as they were shared: rule, version, days, who took part, cents. Pure."""

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
from chargeback.model.rules import AllocationMethod, Rule, Version, parts_of


@dataclass(frozen=True, slots=True)
class SharedPart:
    """A pool, or its part under one version, with what it was shared by."""

    rule: Rule
    version: Version
    span: Span
    split: PoolSplit
    presence: Presence


def shared_parts(rules: Mapping[str, Rule], splits: Iterable[PoolSplit], ctx: Context) -> Iterator[SharedPart]:
    """Every split by, or beside, a game or a cost curve, with its rule, version and days; one that other charges have paid
    whole only beside a game, to which they count.
    """
    for split in splits:
        rule = rules[split.rule]
        for version, span in parts_of(rule, ctx.month):
            something = split.amount or (split.deducted and version.game is not None)
            looked_at = version.game is not None or version.quantity is not None
            if looked_at and version.valid_from == split.version and something:
                yield SharedPart(rule, version, span, split, taking_part(rule, version, ctx))


def charged_by(parts: Iterable[SharedPart], players: Collection[str]) -> tuple[dict[str, int], int]:
    """What the players were charged together, cents by player, and what the other members were."""
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
    """The rules whose charges come off the pools first: what they charge is for the same costs."""
    return tuple(sorted({rule for part in parts for rule in part.version.less}))


def with_tariffs(charged: Mapping[str, int], outside: int, tariffs: Mapping[str, int]) -> tuple[dict[str, int], int]:
    """What players and others were charged, with what the ``tariffs`` taken off first brought, cents by member."""
    paid = {player: cents + tariffs.get(player, 0) for player, cents in charged.items()}
    return paid, outside + sum(cents for member, cents in tariffs.items() if member not in charged)


def method_used(parts: Sequence[SharedPart]) -> AllocationMethod:
    """The method used; of several, the one that shared most."""
    shared: Counter[AllocationMethod] = Counter()
    for part in parts:
        shared[part.version.method] += abs(part.split.amount)
    return min(shared, key=lambda method: (-shared[method], method))


def errors_of(parts: Iterable[SharedPart], players: Collection[str]) -> dict[str, Fraction] | None:
    """The standard errors in cents of what was charged, where a part of it was estimated."""
    squares: dict[str, Fraction] = {}
    for part in parts:
        for member, error in (part.split.standard_errors or {}).items():
            squares[member] = squares.get(member, Fraction(0)) + error * error
    found = {name: standard_error(squares[name]) for name in players if name in squares}
    return found or None
