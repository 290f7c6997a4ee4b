"""Stand-alone costs of the coalitions of a game, over the days on which the game is shared. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from operator import add

from chargeback.charging.games.game import CoalitionCosts, Game, game_of, subset_sums
from chargeback.charging.metering.timeline import cut_at
from chargeback.model.facts import CoalitionCost
from chargeback.model.fairness import Coalition
from chargeback.model.period import Span, in_force

MOST_PLAYERS = 20
MOST_SUBADDITIVE = 12


@dataclass(frozen=True, slots=True)
class StandAlone:
    """Stand-alone costs of the coalitions that have one on every day; each player alone is among them.

    Attributes:
        players: ids of the players, sorted.
        unit: number of units that make a cent.
        costs: cost by coalition, in 1/``unit`` of a cent.
        game: the same as a game, when all coalitions have a cost; None otherwise.
        lacking: members that the table names, but never alone; they do not play.
    """

    players: tuple[str, ...]
    unit: int
    costs: Mapping[Coalition, int]
    game: Game | None
    lacking: tuple[str, ...] = ()

    def cents(self, coalition: Coalition) -> Fraction | None:
        """The cost of a coalition in cents; None where it has none."""
        cost = self.costs.get(coalition)
        return None if cost is None else Fraction(cost, self.unit)

    @property
    def alone(self) -> dict[str, Fraction]:
        """The cost of each player alone, in cents."""
        return {name: Fraction(self.costs[name,], self.unit) for name in self.players}

    @property
    def together(self) -> Fraction | None:
        """The cost of all players together, in cents."""
        return self.cents(self.players)


@dataclass(frozen=True, slots=True)
class _Run:
    """Run of days on which the table does not change.

    Attributes:
        days: number of days.
        names: members that the table names.
        costs: cents a month by coalition.
    """

    days: int
    names: frozenset[str]
    costs: CoalitionCosts


def stand_alone(
    rows: Sequence[CoalitionCost], spans: Iterable[Span], among: Collection[str], month_days: int
) -> StandAlone:
    """Stand-alone costs of a game (``rows`` of it) on the days of ``spans``, in a month of ``month_days``.

    A cost is that of a whole month; each day counts for its part of it, at the cost in force on it. A player whom the
    table does not name on some days adds nothing to any coalition on those. Costs of members not ``among`` the given
    ones are left out.
    """
    runs = list(_runs(rows, spans, among))
    lacking = {name for run in runs for name in run.names if (name,) not in run.costs}
    if lacking:
        runs = list(_runs(rows, spans, set(among) - lacking))
    players = tuple(sorted({name for run in runs for name in run.names}))
    game = _whole(players, runs)
    if game is not None:
        costs = {game.names(mask): cost for mask, cost in enumerate(game.costs) if mask}
    else:
        named = {players, *(coalition for run in runs for coalition in run.costs)}
        found = {coalition: _over(coalition, runs) for coalition in sorted(named, key=lambda c: (len(c), c))}
        costs = {coalition: cost for coalition, cost in found.items() if cost is not None}
    return StandAlone(players, month_days, costs, game, tuple(sorted(lacking)))


def _runs(rows: Sequence[CoalitionCost], spans: Iterable[Span], among: Collection[str]) -> Iterator[_Run]:
    kept = [row for row in rows if all(name in among for name in row.coalition)]
    named = set(among)
    changes = {day for row in rows for day in (row.valid_from, row.valid_to) if day is not None}
    for span in spans:
        for run in cut_at(span, changes):
            costs = {r.coalition: r.cost for r in kept if in_force(r.valid_from, r.valid_to, run.start)}
            here = (r.coalition for r in rows if in_force(r.valid_from, r.valid_to, run.start))
            yield _Run(run.days, frozenset(named.intersection(name for c in here for name in c)), costs)


def _over(coalition: Coalition, runs: Iterable[_Run]) -> int | None:
    """The cost of a coalition over all days, each in cents; None when it has none on some day."""
    total = 0
    for run in runs:
        present = tuple(name for name in coalition if name in run.names)
        if present and present not in run.costs:
            return None
        total += run.days * run.costs.get(present, 0)
    return total


def _whole(players: Sequence[str], runs: Sequence[_Run]) -> Game | None:
    """The game over all days, when every coalition has its cost on each of them."""
    if len(players) > MOST_PLAYERS or any(len(run.costs) != (1 << len(run.names)) - 1 for run in runs):
        return None
    total = [0] * (1 << len(players))
    for run in runs:
        of = game_of(sorted(run.names), run.costs)
        bits = {name: 1 << i for i, name in enumerate(of.players)}
        masks = subset_sums([bits.get(name, 0) for name in players])
        total = list(map(add, total, (run.days * of.costs[mask] for mask in masks)))
    return Game(tuple(players), tuple(total))


def unpriced(of: StandAlone) -> int:
    """How many coalitions of the players have no cost."""
    return (1 << len(of.players)) - 1 - len(of.costs)
