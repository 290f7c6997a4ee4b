"""The year's cost of a pool shared by hand: who has a row, versions that share in different ways, what a game's month
is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from chargeback.billing.true_up import year_context
from chargeback.model.facts import CoalitionCost, Level
from chargeback.model.pools import TrueUpRow
from chargeback.model.rules import Rule
from kit.builders import NOWHERE, charge, level
from kit.true_ups import FACTS, SETTINGS, rule, settled, shares

NONE = [0] * 11
JULY = date(2025, 7, 1)
NAMES = ("argenteuil", "cergy", "argenteuil+cergy")
GAME = replace(
    FACTS,
    coalitions=tuple(
        CoalitionCost(
            game="links",
            coalition=tuple(n.split("+")),
            cost=5000,
            valid_from=date(2020, 1, 1),
            valid_to=None,
            where=NOWHERE,
        )
        for n in NAMES
    ),
)


def two(first: Rule, second: Rule) -> Rule:
    return first.model_copy(update={"version": (*first.versions, *second.versions)})


def test_whoever_was_called_has_a_row() -> None:
    """1.00 for Argenteuil alone; Zed was called for 0.40, Bezons paid 0.30 in advance by F1, neither has a share: by
    name."""
    ruled = rule([{"shares": {"argenteuil": "1"}}])
    ctx = year_context(2025, SETTINGS, FACTS, {}, ())
    called = {"zed": 40, "argenteuil": 70}, {"bezons": 30}, {"bezons": ["F1"]}
    found, problems = settled(ruled, [60, 40, *NONE[1:]], ctx, *called)
    assert problems == ()
    assert found is not None
    assert found.rows == (
        TrueUpRow("argenteuil", 100, 70, 0, (), "argenteuil"),
        TrueUpRow("bezons", 0, 0, 30, documents=("F1",), payer_id="bezons", amounts=(30,)),
        TrueUpRow("zed", 0, 40, 0, (), "zed"),
    )
    assert (found.year, found.rule, found.pool, found.costs) == (2025, "network", "network", (60, 40, *NONE[1:]))
    assert [row.difference for row in found.rows] == [30, -30, -40]


def test_a_year_that_cannot_be_shared_says_why() -> None:
    """Nobody has the driver: no true-up."""
    ruled = rule([{"quantity": {"driver": "ports"}}])
    found, problems = settled(ruled, [100, *NONE], year_context(2025, SETTINGS, FACTS, {}, ()))
    assert (found, len(problems)) == (None, 1)


def test_what_other_rules_charged_in_the_year_is_a_key() -> None:
    """Argenteuil was charged 3.00 for storage in the year, Bezons 1.00: 4.00 are shared so."""
    used = {"argenteuil": 300, "bezons": 100}
    charges = [charge(cents, member_id=who, rule="storage", version=date(2025, 1, 1)) for who, cents in used.items()]
    ruled = rule([{"quantity": {"charges": ["storage"]}}])
    found, problems = settled(ruled, [400, *NONE], year_context(2025, SETTINGS, FACTS, {}, charges))
    assert (problems, shares(found)) == ((), {"argenteuil": 300, "bezons": 100})


def test_each_version_shares_its_days_in_its_way() -> None:
    """365.00: 181.00 of the days to June to Bezons by its key; then the game, where Argenteuil is alone from July:
    184.00."""
    keys = rule([{"shares": {"bezons": "1"}}], valid_to=JULY)
    game = rule([], method="shapley", game="links", valid_from=JULY)
    ctx = year_context(2025, SETTINGS, GAME, {}, ())
    found, problems = settled(two(keys, game), [36500, *NONE], ctx)
    assert (problems, shares(found)) == ((), {"argenteuil": 18400, "bezons": 18100})
    game, keys = rule([], method="shapley", game="links", valid_to=JULY), rule([{"equal": True}], valid_from=JULY)
    found, problems = settled(two(game, keys), [36500, *NONE], ctx)
    assert (problems, shares(found)) == ((), {"argenteuil": 9050 + 9200, "bezons": 9200, "cergy": 9050})
    assert found is not None
    assert [(s.version, s.amount) for s in found.splits] == [
        *[(date(2020, 1, 1), cents) for cents in (3100, 2800, 3100, 3000, 3100, 3000)],
        (JULY, 18400),
    ]


def test_a_game_that_begins_inside_a_month_has_its_days_of_the_cost() -> None:
    """From 16 June on, halves of the 15.00 of its days of June, the rest to Argenteuil alone; the version keeps its
    day."""
    begins = date(2025, 6, 16)
    keys, game = (
        rule([{"shares": {"bezons": "1"}}], valid_to=begins),
        rule([], method="shapley", game="links", valid_from=begins),
    )
    found, problems = settled(two(keys, game), [36500, *NONE], year_context(2025, SETTINGS, GAME, {}, ()))
    assert (problems, shares(found)) == ((), {"argenteuil": 750 + 18400, "bezons": 16600, "cergy": 750})
    assert found is not None
    assert [(s.version, s.amount, s.days) for s in found.splits][:3] == [
        (date(2020, 1, 1), 16600, 166),
        (begins, 1500, 30),
        (begins, 3100, 31),
    ]


def test_a_game_that_ends_inside_a_month_has_its_days_of_the_cost() -> None:
    """Until 15 June, in halves: 15.00 of June as the whole month would share it."""
    ends = date(2025, 6, 16)
    game = rule([], method="shapley", game="links", valid_to=ends)
    keys = rule([{"shares": {"bezons": "1"}}], valid_from=ends)
    found, problems = settled(two(game, keys), [36500, *NONE], year_context(2025, SETTINGS, GAME, {}, ()))
    assert (problems, shares(found)) == ((), {"argenteuil": 8300, "bezons": 19900, "cergy": 8300})
    assert found is not None
    assert [(s.amount, s.days, s.month_days) for s in found.splits][-2:] == [(1500, 30, 30), (19900, 199, 365)]


def test_a_cost_along_a_driver_is_shared_month_by_month() -> None:
    """6.00 a day. To June 100, 200 and 100: a sixth to each small one; from July 100 and 300: a sixth and the rest."""
    ruled = rule([], method="increments", quantity={"driver": "population"})
    found, problems = settled(ruled, [219000, *NONE], year_context(2025, SETTINGS, FACTS, {}, ()))
    assert (problems, shares(found)) == ((), {"argenteuil": 36500, "bezons": 164400, "cergy": 18100})


def test_a_game_without_costs_says_so_of_each_month() -> None:
    """Nobody's cost alone is known: no true-up, and a problem that has amount and currency."""
    game = rule([], method="shapley", game="links")
    found, problems = settled(game, [36500, *NONE], year_context(2025, SETTINGS, FACTS, {}, ()))
    assert (found, [" EUR in 2025-01" in str(p) for p in problems][:1]) == (None, [True])


def test_levels_of_a_year_are_weighed_by_day_whatever_the_version_says() -> None:
    """prorate = "none" of a month is no word on a year: Argenteuil has 100 all year, Bezons 365 on 73 days, a fifth of
    it: 73."""
    ends = date(2025, 3, 15)
    facts = replace(
        FACTS,
        drivers=(
            level("argenteuil", 100),
            Level(
                member_id="bezons",
                name="population",
                value=Decimal(365),
                valid_from=date(2025, 1, 1),
                valid_to=ends,
                where=NOWHERE,
            ),
        ),
    )
    ruled = rule([{"quantity": {"driver": "population"}}], prorate="none")
    found, problems = settled(ruled, [17300, *NONE], year_context(2025, SETTINGS, facts, {}, ()))
    assert (problems, shares(found)) == ((), {"argenteuil": 10000, "bezons": 7300})
