"""Whether a month's split is fair: games and cost curves beside what was charged, over days, tables and rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargeback.charging.context import Context
from chargeback.charging.fairness.report import fairness_reports
from chargeback.charging.fairness.stand_alone import stand_alone, unpriced
from chargeback.charging.games.curve_shapley import along_curve
from chargeback.charging.games.curves import PiecewiseLinear
from chargeback.charging.sharing.pool_shares import PoolCharges, share_pool
from chargeback.ledger.rule_terms import fingerprint
from chargeback.model.facts import CoalitionCost
from chargeback.model.fairness import Blocking, Division, Fairness
from chargeback.model.money import split
from chargeback.model.period import Span
from chargeback.model.pools import PoolSplit
from chargeback.model.problem import Notice, Place
from chargeback.model.rules import Rule
from kit.builders import member
from kit.pools import HALF, START, along, context, costs, levels, played, rule

UNHURRIED = settings(deadline=None)
DAM = {
    "f": "140826",
    "n": "163520",
    "p": "250096",
    "f+n": "301607",
    "n+p": "378821",
    "f+p": "367370",
    "f+n+p": "412584",
}
STEPS = [("10", "100"), ("30", "200"), ("1000", "1170")]


def shared(cents: int, ctx: Context, *rules: Rule) -> list[PoolCharges]:
    """The pools of some rules, of so many cents each, as they are shared."""
    found = [share_pool(of, cents, ctx) for of in rules]
    assert [one.problems for one in found] == [()] * len(found)
    return found


def looked_at(cents: int, ctx: Context, *rules: Rule) -> tuple[tuple[Fairness, ...], tuple[Notice, ...]]:
    """The reports on some rules, and what is warned of, sharing included."""
    found = shared(cents, ctx, *rules)
    splits = [one for each in found for one in each.splits]
    reports, notices = fairness_reports({of.id: of for of in rules}, splits, ctx)
    return reports, (*(n for each in found for n in each.notices), *notices)


def report(cents: int, ctx: Context, *rules: Rule) -> Fairness:
    """The one report on some rules."""
    (found,), _ = looked_at(cents, ctx, *rules)
    return found


def by_method(found: Fairness) -> dict[str, Division]:
    """The divisions by name."""
    return {division.method: division for division in found.divisions}


def beside(game: str = "fare", **fields: Any) -> Rule:
    """A rule that shares equally and names a game."""
    return rule({"keys": [{"equal": True}], "game": game} | fields)


# A game that is shared


def test_a_game_beside_what_was_charged() -> None:
    """Tennessee Valley: what was charged by Shapley, the other methods on the same amount, all seven coalitions
    asked."""
    ctx = context(*map(member, "fnp"), coalitions=costs(DAM))
    found = report(41258400, ctx, played("shapley"))
    assert found == Fairness(
        game="fare",
        curve=False,
        rules=("dam",),
        versions=(START,),
        pools=("dam",),
        method="shapley",
        amount=41258400,
        outside=0,
        players=("f", "n", "p"),
        alone={"f": Fraction(14082600), "n": Fraction(16352000), "p": Fraction(25009600)},
        together=Fraction(41258400),
        divisions=(
            Division("charged", {"f": 10075650, "n": 11782900, "p": 19399850}),
            Division("shapley", {"f": 10075650, "n": 11782900, "p": 19399850}),
            Division("nucleolus", {"f": 9354000, "n": 11623400, "p": 20281000}),
            Division("scrb", {"f": 9915730, "n": 11747554, "p": 19595116}),
            by_method(found)["proportional"],
        ),
        coalitions="all",
        coalitions_tested=7,
    )
    assert by_method(found)["proportional"].shares == split(41258400, found.alone)
    assert (found.charged.in_core, found.conclusive) == (True, True)


def test_keys_that_break_the_core_are_shown_so() -> None:
    """Two equal halves of 90: who alone would cost 25 pays 45, and the report says by how much."""
    ctx = context(coalitions=costs({"evan": "75", "brett": "25", "brett+evan": "90"}))
    found = report(9000, ctx, beside())
    assert found.method == "keys"
    assert found.charged.shares == {"brett": 4500, "evan": 4500}
    assert found.charged.blocking == (Blocking(("brett",), Fraction(4500), Fraction(2500)),)
    assert (found.charged.blocking_count, found.charged.in_core) == (1, False)
    assert found.saving("evan", found.charged) == 3000
    assert [(d.method, d.in_core) for d in found.divisions[1:]] == [
        ("shapley", True),
        ("nucleolus", True),
        ("scrb", True),
        ("proportional", True),
    ]


def test_charges_of_all_rules_of_a_game_add_up() -> None:
    """Two rules name one game: their pools, versions and charges together, the method of the larger; others are
    outside."""
    rules = [
        Rule.model_validate(one.model_dump() | {"id": name, "pool": name})
        for name, one in (("a", played("shapley")), ("b", beside(keys=[{"shares": {"evan": "1", "x": "3"}}])))
    ]
    ctx = context(
        member("evan"),
        member("brett"),
        member("x"),
        coalitions=costs({"evan": "75", "brett": "25", "brett+evan": "90"}),
    )
    splits = [s for of, cents in zip(rules, (9000, 400), strict=True) for s in share_pool(of, cents, ctx).splits]
    (found,), _ = fairness_reports({of.id: of for of in rules}, splits, ctx)
    assert (found.rules, found.pools, found.method) == (("a", "b"), ("a", "b"), "shapley")
    assert (found.amount, found.outside) == (9100, 300)
    assert found.charged.shares == {"brett": 2000, "evan": 7100}
    assert sum(by_method(found)["nucleolus"].shares.values()) == 9100


@pytest.mark.parametrize(("pool", "paid"), [(10000, 3500), (6000, 1500), (3000, 0)])
def test_what_less_takes_off_counts_too(pool: int, paid: int) -> None:
    """Each paid a fee of 15.00, with no fee of x: the service cost a player its fee and half of the balance."""
    ctx = context(
        *map(member, ("evan", "brett", "x")), coalitions=costs({"evan": "75", "brett": "25", "brett+evan": "90"})
    )
    ctx.charged["fee"] |= {"evan": 1500, "brett": 1500}
    found = report(pool, ctx, beside(less=["fee"], exclude=["x"]))
    assert found.charged.shares == {"evan": 1500 + paid, "brett": 1500 + paid}
    assert (found.rules, found.amount, found.outside) == (("dam", "fee"), pool, 0)
    assert {division.method: sum(division.shares.values()) for division in found.divisions}["nucleolus"] == pool


def test_a_fee_of_others_is_outside_and_counts_once() -> None:
    """x pays the fee only; a fee that two pools take off is one fee."""
    ctx = context(
        *map(member, ("evan", "brett", "x")), coalitions=costs({"evan": "75", "brett": "25", "brett+evan": "90"})
    )
    ctx.charged["fee"] |= {"evan": 1000, "x": 700}
    halves = [{"valid_to": HALF}, {"valid_from": HALF}]
    terms = {"keys": [{"equal": True}], "game": "fare", "less": ["fee"], "exclude": ["x"]}
    found = report(3700, ctx, rule(*(terms | half for half in halves)))
    assert found.charged.shares == {"evan": 2000, "brett": 1000}
    assert (found.amount, found.outside) == (3000, 700)


def test_the_method_of_equal_amounts_is_the_first_by_name() -> None:
    """Two halves of a month by two methods, the same amount each: one name is given, always the same."""
    of = rule(
        {"method": "shapley", "game": "fare", "valid_to": HALF},
        {"method": "nucleolus", "game": "fare", "valid_from": HALF},
    )
    ctx = context(coalitions=costs({"evan": "75", "brett": "25", "brett+evan": "90"}))
    found = report(9000, ctx, of)
    assert (found.method, found.versions) == ("nucleolus", (START, HALF))


def test_a_month_without_game_has_no_report() -> None:
    """No game named, nothing to say; nor where nothing was shared."""
    ctx = context(coalitions=costs({"evan": "75", "brett": "25", "brett+evan": "90"}))
    assert looked_at(9000, ctx, rule({"keys": [{"equal": True}]})) == ((), ())
    assert fairness_reports({"dam": beside()}, share_pool(beside(), 0, ctx).splits, ctx) == ((), ())


def test_a_refund_makes_nobody_object() -> None:
    """Of a pool below zero nobody pays more than alone."""
    ctx = context(coalitions=costs({"evan": "75", "brett": "25", "brett+evan": "90"}))
    found = report(-9000, ctx, beside())
    assert found.charged.shares == {"brett": -4500, "evan": -4500}
    assert [division.blocking_count for division in found.divisions] == [0] * 5


def test_at_most_ten_coalitions_are_kept() -> None:
    """Of fifteen that pay too much the ten worst are kept, and all are counted."""
    names = "abcd"
    table = {"+".join(some): str(len(some)) for size in range(1, 5) for some in combinations(names, size)}
    found = report(10000, context(*map(member, names), coalitions=costs(table)), beside())
    assert (len(found.charged.blocking), found.charged.blocking_count, found.coalitions_tested) == (10, 15, 15)
    assert found.charged.blocking[0].coalition == ("a", "b", "c", "d")


# Days


def test_costs_count_for_their_days() -> None:
    """A cost that changes on the 16th counts half a month each: 60 and 90 are 75."""
    table = {"evan": "60", "brett": "20", "brett+evan": "70"}
    later = {"evan": "90", "brett": "21", "brett+evan": "101"}
    ctx = context(coalitions=(*costs(table, until=HALF), *costs(later, since=HALF)))
    found = report(9000, ctx, beside())
    assert found.alone == {"brett": Fraction(2050), "evan": Fraction(7500)}
    assert (found.together, found.coalitions, found.coalitions_tested) == (8550, "all", 3)


def test_a_game_counts_for_the_days_on_which_it_is_named() -> None:
    """A version that names a game from the 16th on: half of the pool, half of the costs."""
    of = rule(
        {"keys": [{"equal": True}], "valid_to": HALF}, {"keys": [{"equal": True}], "game": "fare", "valid_from": HALF}
    )
    ctx = context(coalitions=costs({"evan": "75", "brett": "25", "brett+evan": "90"}))
    found = report(9000, ctx, of)
    assert (found.amount, found.together, found.versions) == (4500, 4500, (HALF,))
    assert found.alone == {"brett": Fraction(1250), "evan": Fraction(3750)}


def test_who_leaves_the_table_adds_nothing_after() -> None:
    """A player whose rows end on the 15th: from the 16th on a coalition costs what the others of it do."""
    table = costs({"a": "60", "b": "20", "c": "20", "a+b": "70", "a+c": "70", "b+c": "30", "a+b+c": "80"}, until=HALF)
    after = costs({"a": "60", "b": "20", "a+b": "70"}, since=HALF)
    found = report(9000, context(*map(member, "abc"), coalitions=(*table, *after)), beside())
    assert found.alone == {"a": Fraction(6000), "b": Fraction(2000), "c": Fraction(1000)}
    assert (found.together, found.coalitions) == (7500, "all")


def test_absent_and_excluded_members_do_not_play() -> None:
    """The players are those of the table who take part; coalitions with others are left out."""
    table = {"a": "60", "b": "20", "c": "20", "a+b": "70", "a+c": "70", "b+c": "30", "a+b+c": "80"}
    ctx = context(member("a"), member("b"), member("c", valid_to=date(2026, 9, 1)), coalitions=costs(table))
    assert report(9000, ctx, beside()).players == ("a", "b")
    everyone = context(*map(member, "abc"), coalitions=costs(table))
    assert report(9000, everyone, beside(exclude=["b"])).players == ("a", "c")


@st.composite
def tables(draw: st.DrawFn) -> tuple[CoalitionCost, ...]:
    """Rows of a game of three: each coalition with up to two costs, one after the other, with or without a gap."""
    rows = []
    for names in (c for size in (1, 2, 3) for c in combinations("abc", size)):
        for first, last in draw(st.sampled_from([(), ((0, 40),), ((0, 9), (9, 40)), ((0, 5), (12, 40)), ((3, 40),)])):
            begin, end = (date(2026, 8, 30) + timedelta(days=day) for day in (first, last))
            cost = draw(st.integers(0, 3000))
            rows.append(
                CoalitionCost(
                    game="fare",
                    coalition=names,
                    cost=cost,
                    valid_from=begin,
                    valid_to=end,
                    where=Place("standalone/costs.csv", 2),
                )
            )
    return tuple(rows)


def daily(rows: Sequence[CoalitionCost], names: tuple[str, ...], players: set[str], days: list[date]) -> int | None:
    """The cost of a coalition day by day: of those of its members whom the table names that day."""
    total = 0
    for day in days:
        today = {row.coalition: row.cost for row in rows if row.valid_from <= day and (row.valid_to or day) > day}
        known = {name for coalition in today for name in coalition} & players
        here = tuple(name for name in names if name in known)
        if here and here not in today:
            return None
        total += today.get(here, 0)
    return total


@UNHURRIED
@given(tables(), st.sampled_from([(1, 30), (5, 12), (16, 17)]))
def test_costs_over_days_are_those_of_each_day(rows: tuple[CoalitionCost, ...], days: tuple[int, int]) -> None:
    """Run by run or day by day, a coalition costs the same; it has a cost only where it has one on every day."""
    span = Span(date(2026, 9, days[0]), date(2026, 9, days[1]))
    every = [one.start for one in span.each()]
    found = stand_alone(rows, [span], "abc", 30)
    named = {
        name for day in every for row in rows if row.valid_from <= day < (row.valid_to or day) for name in row.coalition
    }
    assert set(found.players) | set(found.lacking) == named
    players = set(found.players)
    kept = [row for row in rows if set(row.coalition) <= players]
    for size in range(1, len(players) + 1):
        for names in combinations(found.players, size):
            wanted = daily(rows, names, players, every)
            if wanted is not None and (names in {r.coalition for r in kept} or found.game):
                assert found.costs[names] == wanted
            else:
                assert found.costs.get(names) == wanted or names not in found.costs
    assert (found.game is not None) == (
        unpriced(found) == 0 and all(daily(rows, n, players, every) is not None for n in found.costs)
    )


# Tables that price some coalitions


def test_a_table_of_some_coalitions() -> None:
    """Each alone, two clusters and all: those are asked; methods that need every coalition say so; proportional
    works."""
    table = {"a": "50", "b": "50", "c": "40", "d": "40", "a+b": "60", "c+d": "70", "a+b+c+d": "120"}
    found = report(12000, context(*map(member, "abcd"), coalitions=costs(table)), beside())
    assert (found.coalitions, found.coalitions_tested, found.together, found.not_subadditive) == (
        "table",
        7,
        12000,
        None,
    )
    assert found.charged.blocking == ()
    assert [(d.method, d.unsolved) for d in found.divisions if not d.shares] == [
        ("shapley", "Shapley needs the cost of every coalition, and 8 coalitions have none."),
        ("nucleolus", "Nucleolus needs the cost of every coalition, and 8 coalitions have none."),
        ("scrb", "Separable costs need the cost of all together, and of all but each one."),
    ]
    assert by_method(found)["proportional"].shares == {"a": 3333, "b": 3333, "c": 2667, "d": 2667}
    assert by_method(found)["proportional"].blocking == (Blocking(("a", "b"), Fraction(6666), Fraction(6000)),)


def test_separable_costs_need_few_coalitions() -> None:
    """All together, each alone and all but each: separable costs and remaining benefits need no more."""
    few = {"a": "50", "b": "50", "c": "40", "d": "40", "a+b+c": "100", "a+b+d": "100", "a+c+d": "90", "b+c+d": "90"}
    found = report(12000, context(*map(member, "abcd"), coalitions=costs(few | {"a+b+c+d": "120"})), beside())
    assert by_method(found)["scrb"].shares == {"a": 3500, "b": 3500, "c": 2500, "d": 2500}
    assert by_method(found)["shapley"].unsolved


def test_hundreds_of_members_in_a_table() -> None:
    """Three hundred members each alone, and one cluster that would do better: it is found at once."""
    names = [f"m{n:03d}" for n in range(300)]
    table = dict.fromkeys(names, "10") | {"+".join(names[:30]): "50"}
    found = report(150000, context(*map(member, names), coalitions=costs(table)), beside())
    assert found.charged.blocking == (Blocking(tuple(names[:30]), Fraction(15000), Fraction(5000)),)
    assert (found.coalitions_tested, found.together, len(found.players)) == (301, None, 300)


def test_a_member_who_is_never_alone_is_left_out() -> None:
    """Nothing says what c would pay by itself: a notice at its row, and its coalitions are left out with it."""
    last = CoalitionCost(
        game="fare",
        coalition=("b", "c"),
        cost=7000,
        valid_from=START,
        valid_to=None,
        where=Place("standalone/costs.csv", 9),
    )
    rows = (*costs({"a": "50", "b": "50", "a+b": "60"}), last)
    (found,), notices = looked_at(9000, context(*map(member, "abc"), coalitions=rows), beside())
    assert (found.players, found.outside, found.coalitions) == (("a", "b"), 3000, "all")
    message = (
        "game fare has no cost in 2026-09 for c alone: the fairness report leaves out its coalitions; "
        "add what it would cost by itself"
    )
    assert notices == (Notice(Place("standalone/costs.csv", 9), message, "never-alone"),)


def test_a_table_of_groups_alone_gives_no_report() -> None:
    """Where nobody has a cost alone there is nothing to compare: a notice that counts and names the first five."""
    names = "abcdef"
    reports, (notice,) = looked_at(
        9000, context(*map(member, names), coalitions=costs({"+".join(names): "60"})), beside()
    )
    assert (reports, notice.code, notice.count) == ((), "never-alone", 6)
    assert (
        "for a, b, c, d, e, … alone: the fairness report leaves out their coalitions; add what each" in notice.message
    )


# What is warned of


def test_members_dearer_together_are_reported() -> None:
    """The row of the two together, what it costs and what they cost apart; the shares are computed all the same."""
    last = CoalitionCost(
        game="fare",
        coalition=("brett", "evan"),
        cost=12000,
        valid_from=START,
        valid_to=None,
        where=Place("standalone/costs.csv", 7),
    )
    rows = (*costs({"evan": "75", "brett": "25"}), last)
    (found,), notices = looked_at(9000, context(coalitions=rows), played("shapley"))
    assert found.not_subadditive == (("brett",), ("evan",))
    message = (
        "game fare: brett and evan cost 120.00 EUR together in 2026-09, apart 100.00 EUR: "
        "the game is not subadditive, check these costs"
    )
    assert notices == (Notice(Place("standalone/costs.csv", 7), message, "not-subadditive"),)


def test_above_twelve_players_pairs_are_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two coalitions that are dearer together are looked for among few players only, as many as stated included."""
    ctx = context(coalitions=costs({"evan": "75", "brett": "25", "brett+evan": "120"}))
    monkeypatch.setattr("chargeback.charging.fairness.report.MOST_SUBADDITIVE", 2)
    assert report(9000, ctx, beside()).not_subadditive == (("brett",), ("evan",))
    monkeypatch.setattr("chargeback.charging.fairness.report.MOST_SUBADDITIVE", 1)
    (found,), notices = looked_at(9000, ctx, beside())
    assert (found.not_subadditive, notices) == (None, ())


def test_a_nucleolus_over_all_splits_is_reported() -> None:
    """Where alone is cheaper for all the method still shares, and the notice says over which splits, at the method."""
    ctx = context(coalitions=costs({"evan": "75", "brett": "25", "brett+evan": "120"}))
    (found,) = shared(12000, ctx, played("nucleolus"))
    message = (
        "game fare costs 120.00 EUR together in 2026-09, more than its members alone, 100.00 EUR: no split lets "
        "each pay "
        "at most its cost alone, so the nucleolus is taken over all splits"
    )
    assert found.notices == (Notice(Place("tariffs/dam.toml", 11), message, "nucleolus-over-all-splits"),)
    assert shared(12000, ctx, played("shapley"))[0].notices == ()
    even = context(coalitions=costs({"evan": "75", "brett": "25", "brett+evan": "100"}))
    assert shared(12000, even, played("nucleolus"))[0].notices == ()


def test_methods_without_shares_say_why() -> None:
    """Costs alone of zero cannot be proportional to; a rest without any benefit has no separable costs."""
    zero = report(9000, context(coalitions=costs({"evan": "0", "brett": "0", "brett+evan": "90"})), beside())
    assert by_method(zero)["proportional"].unsolved == "The proportional shares add up to zero."
    assert by_method(zero)["proportional"].shares == {}
    table = {"a": "1", "b": "1", "c": "1", "a+b": "1", "a+c": "1", "b+c": "1", "a+b+c": "2"}
    rest = report(9000, context(*map(member, "abc"), coalitions=costs(table)), beside())
    assert by_method(rest)["scrb"].unsolved == (
        "separable costs leave a rest, and no member has a remaining benefit to share it by."
    )


def test_a_game_beside_keys_is_no_term_of_the_bill() -> None:
    """Naming a game beside keys changes no hash of a version, naming another under a method does."""

    def hashed(of: Rule) -> str:
        return fingerprint(of, of.versions[0])

    assert hashed(beside()) == hashed(rule({"keys": [{"equal": True}]}))
    assert hashed(played("shapley")) != hashed(played("shapley", game="other"))


# Curves


def demanding(**demands: str) -> Context:
    """Members with a demand in kW each."""
    return context(*map(member, demands), drivers=levels(**demands))


def test_a_curve_of_the_sum_beside_what_was_charged() -> None:
    """C of each demand alone; serial, Shapley and proportional on the same amount; equal members pay alike."""
    found = report(20000, demanding(a="10", b="10", c="10"), along("serial", STEPS))
    assert found == Fairness(
        game="dam",
        curve=True,
        rules=("dam",),
        versions=(START,),
        pools=("dam",),
        method="serial",
        amount=20000,
        outside=0,
        players=("a", "b", "c"),
        alone=dict.fromkeys("abc", Fraction(10000)),
        together=Fraction(20000),
        divisions=tuple(
            Division(method, {"a": 6667, "b": 6667, "c": 6666})
            for method in ("charged", "serial", "shapley", "proportional")
        ),
        coalitions="all",
        coalitions_tested=7,
    )


def test_a_curve_of_the_greatest_beside_what_was_charged() -> None:
    """Capacity that all can use: increments, the nucleolus in closed form and proportional; who asks for nothing is
    out."""
    ctx = demanding(a="6", b="12", c="42", zero="0")
    found = report(4200, ctx, along("increments", [("42", "42")]))
    assert found.players == ("a", "b", "c")
    assert found.alone == {"a": Fraction(600), "b": Fraction(1200), "c": Fraction(4200)}
    assert {d.method: d.shares for d in found.divisions} == {
        "charged": {"a": 200, "b": 500, "c": 3500},
        "increments": {"a": 200, "b": 500, "c": 3500},
        "nucleolus": {"a": 300, "b": 450, "c": 3450},
        "proportional": {"a": 420, "b": 840, "c": 2940},
    }
    assert [d.blocking_count for d in found.divisions] == [0, 0, 0, 1]
    assert by_method(found)["proportional"].blocking[0].coalition == ("a", "b")


def test_without_a_curve_the_pool_says_what_a_unit_costs() -> None:
    """C(q) = q is no money: a unit costs the pool over the demand of all, so that together costs the pool."""
    ctx = demanding(a="6", b="12", c="42")
    found = report(8400, ctx, along("increments"))
    assert (found.together, found.alone["a"]) == (8400, 1200)
    summed = report(12000, ctx, along("serial"))
    assert summed.alone == {"a": Fraction(1200), "b": Fraction(2400), "c": Fraction(8400)}
    assert [d.blocking_count for d in summed.divisions] == [0, 0, 0, 0]


def test_shapley_on_a_curve_shares_a_pool() -> None:
    """Demands 1, 2 and 3 along a convex curve give 39/6, 12 and 105/6 of 36 euros, as weights of the pool."""
    convex = [("3", "9"), ("5", "25"), ("6", "36")]
    (found,) = shared(3600, demanding(s="1", m="2", l="3"), along("shapley", convex))
    assert found.splits[0].shares == {"s": 650, "m": 1200, "l": 1750}
    assert (found.splits[0].keys[0].kind, found.splits[0].keys[0].name, found.splits[0].standard_errors) == (
        "shapley",
        "kw",
        None,
    )
    line = shared(3600, demanding(s="1", m="2", l="3"), along("shapley"))
    assert line[0].splits[0].shares == {"s": 600, "m": 1200, "l": 1800}


def test_a_cut_month_adds_the_costs_of_its_parts() -> None:
    """Two versions of fifteen days: each curve counts for its days, shares of both are added; the report says it."""
    of = rule(
        {"method": "serial", "quantity": {"driver": "kw"}, "curve": [{"at": "60", "cost": "60"}], "valid_to": HALF},
        {"method": "serial", "quantity": {"driver": "kw"}, "curve": [{"at": "60", "cost": "180"}], "valid_from": HALF},
    )
    found = report(12000, demanding(a="10", b="50"), of)
    assert found.alone == {"a": Fraction(2000), "b": Fraction(10000)}
    assert (found.together, found.versions, found.conclusive) == (12000, (START, HALF), True)
    assert [d.shares for d in found.divisions] == [{"a": 2000, "b": 10000}] * 4


def test_two_kinds_of_curve_are_two_games() -> None:
    """Half a month by the sum, half by the greatest: two reports of one rule, each on its own days."""
    of = rule(
        {"method": "serial", "quantity": {"driver": "kw"}, "valid_to": HALF},
        {"method": "increments", "quantity": {"driver": "kw"}, "valid_from": HALF},
    )
    reports, _ = looked_at(12000, demanding(a="10", b="50"), of)
    assert [(r.game, r.method, r.amount) for r in reports] == [("dam", "serial", 6000), ("dam", "increments", 6000)]


def large(count: int) -> Context:
    """So many members, each with a demand of its own."""
    return demanding(**{f"m{n:02d}": str(1 + n) for n in range(count)})


def test_many_members_on_a_concave_curve() -> None:
    """Above sixteen members the coalitions with most reason to object are searched, and decide for all."""
    ctx = large(20)
    found = report(38000, ctx, along("serial", STEPS))
    assert (found.coalitions, found.coalitions_tested, found.conclusive, found.not_subadditive) == (
        "search",
        39,
        True,
        None,
    )
    assert found.together == 38000
    assert [(d.method, d.blocking_count) for d in found.divisions] == [
        ("charged", 0),
        ("serial", 0),
        ("shapley", 0),
        ("proportional", 0),
    ]


def test_many_members_on_another_curve() -> None:
    """Along a curve that is nowhere concave chance is asked too, and the report does not claim to be certain."""
    found = report(25000, large(20), along("serial", [("100", "50"), ("210", "250")]))
    assert (found.coalitions, found.coalitions_tested, found.conclusive) == ("search", 239, False)
    assert found.charged.blocking[0].coalition == found.players[14:]


def test_many_members_of_the_greatest_demand() -> None:
    """The nucleolus of many along a rising curve has a closed form; along another none is computed, and it says so."""
    found = report(20000, large(20), along("increments", [("20", "200")]))
    assert sum(by_method(found)["nucleolus"].shares.values()) == 20000
    assert (found.coalitions, found.conclusive) == ("search", True)
    falling = report(20000, large(20), along("increments", [("10", "300"), ("20", "200")]))
    assert by_method(falling)["nucleolus"].unsolved == "The nucleolus of 20 members is not computed for these curves."
    few = report(20000, demanding(a="5", b="15"), along("increments", [("10", "300"), ("20", "200")]))
    assert by_method(few)["nucleolus"].shares == {"a": 6000, "b": 14000}


def test_nobody_who_asks_for_anything_gives_no_report() -> None:
    """A rule whose demands have gone since, as split by hand, has nothing to compare."""
    of = along("serial", STEPS)
    (part,) = shared(1000, demanding(a="1"), of)[0].splits
    assert fairness_reports({"dam": of}, [part], demanding(a="0")) == ((), ())


# Estimated shares

BENT = [("20", "100"), ("60", "180"), ("2000", "1150")]


def estimated() -> tuple[Context, Rule]:
    """Thirty members of different demands, shared by Shapley along a curve."""
    return large(30), along("shapley", BENT)


def test_standard_errors_are_kept_with_the_split() -> None:
    """In cents of the pool, by member, beside shares that add up exactly; the reason of each charge says its own."""
    ctx, of = estimated()
    (found,) = shared(100000, ctx, of)
    part: PoolSplit = found.splits[0]
    curve = PiecewiseLinear(tuple((Fraction(x), Fraction(y)) for x, y in BENT))
    exact = along_curve({f"m{n:02d}": Fraction(1 + n) for n in range(30)}, curve)
    assert sum(part.shares.values()) == 100000
    assert part.standard_errors is not None
    assert sorted(part.standard_errors) == sorted(part.shares)
    total = sum(exact.shares.values())
    squares = {m: error**2 * total**2 / 10**10 for m, error in part.standard_errors.items()}
    assert [
        m for m, square in squares.items() if not exact.variance[m] <= square < exact.variance[m] * Fraction(1001, 1000)
    ] == []
    charge = next(c for c in found.charges if c.member_id == "m29")
    assert charge.reason.startswith("dam 1000.00: kw ")
    assert f"; estimated, standard error {float(part.standard_errors['m29'] / 100):.6f}".rstrip("0") in charge.reason


def test_the_notice_says_how_sure_the_shares_are() -> None:
    """How many orders and members, the largest standard error and whose, the amount that is exact; at the method."""
    ctx, of = estimated()
    (found,) = shared(100000, ctx, of)
    errors = found.splits[0].standard_errors
    assert errors is not None
    most = max(errors, key=lambda name: errors[name])
    (notice,) = found.notices
    assert (notice.where, notice.code, notice.count) == (Place("tariffs/dam.toml", 11), "estimated-shares", 30)
    assert notice.message == (
        "the shapley shares of dam in 2026-09 are estimated from 50010 orders of arrival of 30 members: the "
        "standard error "
        f"is at most {float(errors[most] / 100):.2f} EUR ({most}), of 1000.00 EUR that they add up to exactly"
    )


def test_an_estimate_is_reported_as_it_was_charged() -> None:
    """The report shows the same shares for what was charged and for Shapley, with the same standard errors."""
    ctx, of = estimated()
    found = report(100000, ctx, of)
    charged, shapley = found.charged, by_method(found)["shapley"]
    assert charged.shares == shapley.shares
    assert charged.standard_errors is not None
    assert shapley.standard_errors is not None
    assert max(abs(charged.standard_errors[m] - shapley.standard_errors[m]) for m in found.players) <= Fraction(
        2, 10**6
    )
    assert by_method(found)["serial"].standard_errors is None
    other = report(100000, ctx, along("serial", BENT))
    assert (other.charged.standard_errors, by_method(other)["shapley"].shares) == (None, shapley.shares)
    assert by_method(other)["shapley"].standard_errors is not None
