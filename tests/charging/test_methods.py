"""Pools shared by a game or a cost curve: who plays, on which costs, and what stands in the way."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from chargeback.charging.context import Context
from chargeback.charging.metering.answers import Answer, Reading
from chargeback.charging.sharing.pool_shares import PoolCharges, share_pool
from chargeback.model.facts import GroupMember
from chargeback.model.pools import KeyTable
from chargeback.model.problem import Place, Problem
from chargeback.model.rules import Rule
from kit.builders import member
from kit.pools import (
    HALF,
    PERIOD,
    START,
    TABLE,
    along,
    context,
    costs,
    levels,
    played,
    problems,
    rule,
    table,
    values,
)

TRAVELLERS = {"evan": "75", "brett": "25", "brett+evan": "90"}


def shared(of: Rule, cents: int, ctx: Context) -> dict[str, int]:
    """What each member is charged of a pool."""
    found: PoolCharges = share_pool(of, cents, ctx)
    assert found.problems == ()
    return {c.member_id: c.amount for c in found.charges}


# Games


@pytest.mark.parametrize("method", ["shapley", "nucleolus", "scrb"])
def test_a_game_is_a_key_of_its_own(method: str) -> None:
    """The table has weight one, the method as its kind, the game as its name, and the euros of the game as values."""
    wanted = KeyTable(Fraction(1), method, "fare", {"brett": Fraction(20), "evan": Fraction(70)})
    assert table(played(method), context(coalitions=costs(TRAVELLERS))) == ([wanted], [])


def test_methods_differ() -> None:
    """Each method name runs its own method: three splits of one game."""
    dam = {"f": "140826", "n": "163520", "p": "250096", "f+n": "301607", "n+p": "378821", "f+p": "367370"}
    ctx = context(*map(member, "fnp"), coalitions=costs(dam | {"f+n+p": "412584"}))
    found = {method: values(played(method), ctx)["n"] for method in ("shapley", "nucleolus", "scrb")}
    assert found == {
        "shapley": Fraction(117829),
        "nucleolus": Fraction(116234),
        "scrb": 45214 + Fraction(222630 * 118306, 364488),
    }


def test_a_pool_is_split_by_the_shares_of_the_game() -> None:
    """The game says how, the accounts say how much: a pool of 0.10 by 70 and 20."""
    assert shared(played("shapley"), 10, context(coalitions=costs(TRAVELLERS))) == {"brett": 2, "evan": 8}


def test_who_is_no_player_pays_nothing() -> None:
    """A member that the game does not name has no share, not even a floor."""
    ctx = context(member("evan"), member("brett"), member("carol"), coalitions=costs(TRAVELLERS))
    assert shared(played("shapley", floor="3.00"), 1000, ctx) == {"brett": 300, "evan": 700}


def test_the_absent_and_the_excluded_do_not_play() -> None:
    """Players are the members present in the month, less the excluded: the game is that of those who remain."""
    three = TRAVELLERS | {"carol": "60", "brett+carol": "70", "carol+evan": "80", "brett+carol+evan": "120"}
    both = (member("evan"), member("brett"))
    left = context(*both, member("carol", valid_to=PERIOD.first), coalitions=costs(three))
    stays = context(*both, member("carol", valid_from=HALF), coalitions=costs(three))
    assert values(played("shapley"), left) == {"brett": Fraction(20), "evan": Fraction(70)}
    assert values(played("shapley", exclude=["carol"]), stays) == {"brett": Fraction(20), "evan": Fraction(70)}
    assert sorted(values(played("shapley"), stays)) == ["brett", "carol", "evan"]


def test_only_the_group_plays() -> None:
    """A rule of a group shares the game among the members of the group."""
    group = (GroupMember(group="g", member_id="evan", valid_from=START, valid_to=None, where=Place("groups.csv", 2)),)
    ctx = context(groups=group, coalitions=costs(TRAVELLERS))
    of = rule({"method": "shapley", "game": "fare"}, group="g")
    assert values(of, ctx) == {"evan": Fraction(75)}


def test_other_games_do_not_matter() -> None:
    """Only the rows of the game that the version names are read."""
    more = costs({"brett": "1", "carol": "2", "brett+carol": "3"}, game="other")
    ctx = context(member("evan"), member("brett"), member("carol"), coalitions=costs(TRAVELLERS) + more)
    assert values(played("shapley"), ctx) == {"brett": Fraction(20), "evan": Fraction(70)}


def test_costs_are_those_of_the_first_day_of_the_part() -> None:
    """A game whose costs change on the day a version starts is read anew for it, and not before."""
    new = costs({"evan": "50", "brett": "50", "brett+evan": "80"}, since=HALF)
    ctx = context(coalitions=costs(TRAVELLERS, until=HALF) + new)
    game = {"method": "shapley", "game": "fare"}
    of = rule(game | {"valid_to": HALF}, game | {"valid_from": HALF})
    assert [values(of, ctx, part)["evan"] for part in (0, 1)] == [Fraction(70), Fraction(40)]
    assert values(rule(game), ctx)["evan"] == Fraction(70)


def test_days_of_presence_do_not_weigh_a_game() -> None:
    """Who joins in the middle of the month plays in full, with prorate or without."""
    ctx = context(member("evan"), member("brett", valid_from=HALF), coalitions=costs(TRAVELLERS))
    assert values(played("shapley", prorate="day"), ctx) == {"brett": Fraction(20), "evan": Fraction(70)}


def test_a_share_below_zero_is_a_credit() -> None:
    """A member whose company saves the others more than all it costs is paid for it."""
    dear = {"a": "2", "b": "6", "c": "5", "a+b": "15", "a+c": "1", "b+c": "18", "a+b+c": "14"}
    losses = {names: str(-Decimal(value)) for names, value in dear.items()}
    ctx = context(*map(member, "abc"), coalitions=costs(losses | {"a+b+c": "14", "a": "30", "b": "30", "c": "-18"}))
    found = shared(played("nucleolus"), 1400, ctx)
    assert sum(found.values()) == 1400
    assert found["c"] < 0


def test_a_coalition_without_cost_is_a_problem() -> None:
    """It stands at the table of costs and names the game, the day and the coalition."""
    ctx = context(coalitions=costs({"evan": "75", "brett": "25"}))
    message = (
        "game fare has no cost on 2026-09-01 for the coalition brett+evan: every coalition of its players needs one"
    )
    assert problems(played("shapley"), ctx) == [Problem(TABLE, message, "coalition-without-cost")]


def test_coalitions_of_strangers_need_no_cost() -> None:
    """A coalition with a member who does not play is not asked for, and does not stand in for another."""
    ctx = context(coalitions=costs(TRAVELLERS | {"brett+zoe": "1", "zoe": "2"}))
    assert values(played("scrb"), ctx) == {"brett": Fraction(20), "evan": Fraction(70)}


def test_many_coalitions_without_cost_are_counted() -> None:
    """The first twenty are named, then how many there are: a table of thirty members is not walked through."""
    names = [f"m{n:02d}" for n in range(30)]
    ctx = context(*map(member, names), coalitions=costs({"+".join(names): "100"}))
    found = problems(played("shapley"), ctx)
    assert {(p.where, p.code) for p in found} == {(TABLE, "coalition-without-cost")}
    assert [p.message.split(":")[0] for p in found] == [
        *(f"game fare has no cost on 2026-09-01 for the coalition {name}" for name in names[:20]),
        "game fare has 30 players on 2026-09-01 and no cost for 1073741822 of their coalitions",
    ]


def test_a_game_that_costs_nothing_cannot_share_a_pool() -> None:
    """Shares that add up to zero under a pool with cost: pool, game and period are named, at the game."""
    ctx = context(coalitions=costs({"evan": "5", "brett": "5", "brett+evan": "0"}))
    message = (
        "pool dam holds 100.00 EUR in 2026-09, but its shapley shares of fare add up to zero over the members who "
        "take part: give it a cost, or share by another method"
    )
    wanted = [Problem(Place("tariffs/dam.toml", 12), message, "key-total-zero")]
    assert problems(played("shapley"), ctx) == wanted


@pytest.mark.parametrize("method", ["shapley", "nucleolus", "scrb"])
def test_a_game_without_players_cannot_share_a_pool(method: str) -> None:
    """No costs in force, or none of the members in the month: money never vanishes."""
    ctx = context(coalitions=costs(TRAVELLERS, until=PERIOD.first))
    message = (
        "pool dam holds 100.00 EUR in 2026-09, but game fare has no cost in force on 2026-09-01 for any member "
        "who takes "
        "part: date its costs in standalone/costs.csv, or share by another method"
    )
    assert problems(played(method), ctx) == [Problem(Place("tariffs/dam.toml", 12), message, "key-total-zero")]


def test_a_game_that_a_method_cannot_share_is_a_problem() -> None:
    """Separable costs that leave a rest nobody has a benefit for: the method is named, and another proposed."""
    flat = {"a": "1", "b": "1", "c": "1", "a+b": "1", "a+c": "1", "b+c": "1", "a+b+c": "2"}
    ctx = context(*map(member, "abc"), coalitions=costs(flat))
    message = (
        "scrb gives no shares of game fare in 2026-09: separable costs leave a rest, and no member has a remaining "
        "benefit to share it by; share by another method"
    )
    assert problems(played("scrb"), ctx) == [Problem(Place("tariffs/dam.toml", 11), message, "no-shares")]


# Cost curves

CONVEX = (("3", "9"), ("5", "25"), ("6", "36"))


def test_serial_shares_of_a_driver() -> None:
    """Demands of 1, 2 and 3 along a convex curve, as a key named after the driver."""
    ctx = context(*map(member, "sml"), drivers=levels(s="1", m="2", l="3"))
    wanted = KeyTable(Fraction(1), "serial", "kw", {"l": Fraction(22), "m": Fraction(11), "s": Fraction(3)})
    assert table(along("serial", CONVEX), ctx) == ([wanted], [])


def test_increments_of_a_driver_without_a_curve() -> None:
    """Without a curve a demand costs itself: 1 and 3 pay 1/2 and 5/2; who has no demand has no share."""
    ctx = context(*map(member, "abz"), drivers=levels(a="1", b="3"))
    assert values(along("increments"), ctx) == {"a": Fraction(1, 2), "b": Fraction(5, 2)}


def test_a_meter_is_read_for_the_version() -> None:
    """A measured demand is the answer to the question of the version, whatever prorate says."""
    readings = {("evan", ""): Reading(Fraction(4)), ("brett", ""): Reading(Fraction(2))}
    quantity = {"meter": "tb", "measure": "max"}
    for prorate in ("none", "day"):
        of = rule({"method": "increments", "quantity": quantity, "prorate": prorate})
        ctx = context(answers={("dam", "2026-01-01:q:0"): Answer(readings)})
        assert values(of, ctx) == {"brett": Fraction(1), "evan": Fraction(3)}


def test_charges_are_demands_in_full() -> None:
    """What other rules charged is a demand as it is, whatever prorate says."""
    of = rule({"method": "serial", "quantity": {"charges": ["vcpu"]}, "prorate": "day"})
    ctx = context()
    ctx.charged["vcpu"] = {"evan": 1250, "brett": 250}
    assert values(of, ctx) == {"brett": Fraction("2.5"), "evan": Fraction("12.5")}


def test_a_level_by_day_is_its_mean_over_the_part() -> None:
    """With prorate by day, 4 kW for the second half of the month demand 2; without, the first day of presence
    decides."""
    ctx = context(member("evan"), member("brett", valid_from=HALF), drivers=levels(evan="2", brett="4"))
    assert values(along("serial", prorate="day"), ctx) == {"brett": Fraction(2), "evan": Fraction(2)}
    assert values(along("serial"), ctx) == {"brett": Fraction(4), "evan": Fraction(2)}


def test_a_curve_that_ends_below_the_demand_is_a_problem() -> None:
    """Serial sharing needs the curve up to the sum of the demands, increments up to the greatest."""
    ctx = context(*map(member, "ab"), drivers=levels(a="5", b="2.5"))
    message = "the curve of dam ends at 6, below the sum of the demands in 2026-09, 7.5: add a point that reaches it"
    wanted = [Problem(Place("tariffs/dam.toml", 14), message, "curve-too-short")]
    assert problems(along("serial", CONVEX), ctx) == wanted
    assert sum(values(along("increments", CONVEX), ctx).values()) == 25
    short = problems(along("increments", CONVEX[:1]), ctx)
    assert [p.message.split(" in ")[0] for p in short] == ["the curve of dam ends at 3, below the greatest demand"]


def test_a_curve_may_end_at_the_demand() -> None:
    """A demand equal to the last point is within the curve."""
    ctx = context(*map(member, "ab"), drivers=levels(a="3", b="3"))
    assert values(along("serial", CONVEX), ctx) == {"a": Fraction(18), "b": Fraction(18)}


def test_a_demand_below_zero_is_a_problem() -> None:
    """A cost curve says nothing of demands below zero: the members are named."""
    ctx = context(*map(member, "abc"), drivers=levels(c="-1", b="-2", a="0"))
    message = "the demand of b, c is below zero in 2026-09: serial shares the cost of demands from zero upwards"
    wanted = [Problem(Place("tariffs/dam.toml", 13), message, "negative-demand")]
    assert problems(along("serial", CONVEX), ctx) == wanted


def test_demands_of_zero_cannot_share_a_pool() -> None:
    """Demands that add up to zero under a pool with cost: pool and driver are named, at the quantity."""
    ctx = context(*map(member, "ab"), drivers=levels(a="0", b="0"))
    (found,) = problems(along("increments", CONVEX), ctx)
    assert (found.where, found.code) == (Place("tariffs/dam.toml", 13), "key-total-zero")
    assert "pool dam holds 100.00 EUR in 2026-09, but its increments shares of kw add up to zero" in found.message


def test_a_quantity_without_a_name_is_called_quantity() -> None:
    """Demands by charges have no name of their own: the problem says quantity."""
    of = rule({"method": "serial", "quantity": {"charges": ["vcpu"]}})
    assert "its serial shares of quantity add up to zero" in problems(of, context())[0].message


def test_a_demand_is_of_a_member_as_a_whole() -> None:
    """A quantity by resource would give a member several demands."""
    quantity = {"meter": "tb", "measure": "max", "per": "resource"}
    found = problems(rule({"method": "serial", "quantity": quantity}), context())
    message = 'a demand is of a member as a whole: per = "member"'
    assert found == [Problem(Place("tariffs/dam.toml", 13), message, "bad-field")]


def test_a_problem_leaves_the_pool_unshared() -> None:
    """What stands in the way of a method is told, and nothing is charged."""
    found = share_pool(played("shapley"), 10000, context(coalitions=costs({"evan": "75", "brett": "25"})))
    assert (found.charges, found.splits) == ((), ())
    assert [problem.code for problem in found.problems] == ["coalition-without-cost"]
