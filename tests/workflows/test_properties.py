"""What is true of every month, tried on random worlds; and the program against the oracle, cent for cent.

How many worlds: see ``kit/slow``; at its last level other ones each time.
"""

from __future__ import annotations

import csv
import random
import tempfile
from collections import defaultdict
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chargeback.cli.app import main
from kit.random_workspace.base import World
from kit.random_workspace.fair import method_worlds, second_worlds, transfer_worlds
from kit.random_workspace.lasting import time_worlds
from kit.random_workspace.lasting_pairs import Range, jittered_pairs, mean_worlds, severed_pairs
from kit.random_workspace.pairs import cut_pairs, growing_pairs, joining_pairs, twin_worlds
from kit.random_workspace.rules import held
from kit.random_workspace.rules import worlds as first_worlds
from kit.random_workspace.tariffs import tariff_worlds
from kit.slow import ALL, examples
from oracle import bill

Sums = dict[tuple[str, str], int]
MILLIONTH = Decimal("0.000001")


def worlds_to_try(few: int, many: int) -> Callable[[Any], Any]:
    """So many worlds, always the same, ``many`` behind the switch; at its last level thirty times as many, other ones
    each time."""
    return settings(
        max_examples=examples(few, many, many * 30),
        derandomize=not ALL,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        print_blob=ALL,
    )


def run(root: Path, period: str) -> bytes:
    """The bytes of charges.csv after a run."""
    assert main(["-C", str(root), "run", period, "--no-documents"]) == 0
    return (root / "out" / period / "charges.csv").read_bytes()


def charged(world: World, order: random.Random | None = None, usage_files: int = 1) -> bytes:
    """The bytes of charges.csv of a world written and run from nothing."""
    with tempfile.TemporaryDirectory() as folder:
        return run(world.write(Path(folder) / "w", order, usage_files), world.period)


def summed(content: bytes) -> Sums:
    """Cents by member and rule, sums of zero left out."""
    totals: Sums = defaultdict(int)
    for row in csv.DictReader(content.decode().splitlines()):
        totals[row["member_id"], row["rule"]] += int(Decimal(row["amount"]).scaleb(2))
    return {name: total for name, total in totals.items() if total}


def agree(world: World) -> None:
    """The program and the oracle charge the same cents."""
    with tempfile.TemporaryDirectory() as folder:
        root = world.write(Path(folder) / "w")
        assert bill(root, world.period) == summed(run(root, world.period))


@worlds_to_try(12, 45)
@given(first_worlds())
def test_program_and_oracle_agree(world: World) -> None:
    """Rates and allocations: every charge of the program is that of the contract read literally."""
    agree(world)


@worlds_to_try(10, 36)
@given(second_worlds())
def test_program_and_oracle_agree_on_the_second_part(world: World) -> None:
    """Charges on charges, the greatest, the peak, the year to date, own bounds, the balance, the use of nobody."""
    agree(world)


@worlds_to_try(10, 36)
@given(tariff_worlds())
def test_program_and_oracle_agree_on_what_real_tariffs_need(world: World) -> None:
    """Prices by years of membership, by day, by meter, in cut months; caps by what all others are charged."""
    agree(world)


@worlds_to_try(4, 40)
@given(time_worlds())
def test_program_and_oracle_agree_on_what_lasts(world: World) -> None:
    """Intervals, readings that are spread and polls with a step count for the time that lies in each day."""
    agree(world)


@worlds_to_try(4, 12)
@given(transfer_worlds())
def test_program_and_oracle_agree_on_transfers(world: World) -> None:
    """What pools pass on to each other, by each of the three methods."""
    agree(world)


@worlds_to_try(4, 12)
@given(method_worlds())
def test_program_and_oracle_agree_on_methods(world: World) -> None:
    """Games and cost curves share as their definitions say."""
    agree(world)


@worlds_to_try(4, 10)
@given(first_worlds())
def test_shares_add_up_to_the_pool(world: World) -> None:
    """The shares of each pool add up to its cost, refunds too; nobody pays for a pool without cost."""
    sums = summed(charged(world))
    for rule in world.rules:
        if rule["kind"] == "allocation":
            shares = sum(cents for (_, name), cents in sums.items() if name == rule["id"])
            assert int(held(world, rule["pool"]).scaleb(2)) == shares


@worlds_to_try(4, 16)
@given(joining_pairs())
def test_who_joins_never_pays_a_price_that_ended_before(pair: tuple[World, World]) -> None:
    """Other terms of a version that ended before the member joined change nothing of what it pays."""
    paid = [{name: cents for name, cents in summed(charged(world)).items() if name[0] == "b"} for world in pair]
    assert paid[0] == paid[1]


@worlds_to_try(4, 10)
@given(st.one_of(second_worlds(), time_worlds()), st.randoms(use_true_random=False))
def test_order_changes_nothing(world: World, order: random.Random) -> None:
    """Files, rows, columns, members, rules and versions in another order give the same bytes."""
    assert charged(world) == charged(world, order)


@worlds_to_try(4, 10)
@given(st.one_of(first_worlds(), time_worlds()), st.integers(2, 4))
def test_usage_in_several_files_changes_nothing(world: World, files: int) -> None:
    """The same rows in one file or in several give the same bytes."""
    assert charged(world) == charged(world, usage_files=files)


@worlds_to_try(2, 4)
@given(first_worlds(), st.randoms(use_true_random=False))
def test_history_changes_nothing(world: World, order: random.Random) -> None:
    """A rerun, a store that knew other usage before, and a new store give the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        root = world.write(Path(folder) / "w")
        first = run(root, world.period)
        assert run(root, world.period) == first
        usage = root / "usage" / "rows.csv"
        if usage.exists():
            kept = usage.read_text(encoding="utf-8")
            header, *rows = kept.splitlines(keepends=True)
            usage.write_text("".join([header, *rows[::2]]), encoding="utf-8")
            run_or_refuse(root, world.period)
            usage.write_text(kept, encoding="utf-8")
        assert run(root, world.period) == first
        (root / "chargeback.duckdb").unlink()
        assert run(root, world.period) == first


def run_or_refuse(root: Path, period: str) -> int:
    """A run that may come to a Problem, since half of the usage is not there."""
    return main(["-C", str(root), "run", period, "--no-documents"])


@worlds_to_try(4, 12)
@given(cut_pairs())
def test_a_cut_at_equal_terms_changes_nothing(pair: tuple[World, World]) -> None:
    """A month cut by versions of equal terms charges the same, where exact amounts are whole cents."""
    whole, cut = pair
    assert summed(charged(whole)) == summed(charged(cut))


@worlds_to_try(4, 16)
@given(severed_pairs())
def test_an_interval_cut_in_two_changes_nothing(pair: tuple[World, World]) -> None:
    """Two intervals that touch charge as the one that they were: each with its quantity, or with the part of a sum that
    is spread over time."""
    whole, severed = pair
    assert summed(charged(whole)) == summed(charged(severed))


@worlds_to_try(4, 16)
@given(jittered_pairs())
def test_readings_move_freely_within_their_step(pair: tuple[World, World]) -> None:
    """On the grid of a step it does not matter at which second of it a reading was taken."""
    read, later = pair
    assert summed(charged(read)) == summed(charged(later))


@worlds_to_try(4, 16)
@given(mean_worlds())
def test_a_mean_is_among_its_values(drawn: tuple[World, dict[tuple[str, str], Range]]) -> None:
    """A mean of a resource lies between its least and its greatest value, zero where it is not there all the time."""
    world, ranges = drawn
    rows = csv.DictReader(charged(world).decode().splitlines())
    means = {(row["rule"], row["resource_id"], row["quantity"]) for row in rows if row["resource_id"]}
    assert {(meter, "whole") for meter in ("disk", "cpu")} <= {(rule, resource) for rule, resource, _ in means}
    for meter, resource, mean in means:
        least, most = (value.quantize(MILLIONTH, ROUND_HALF_UP) for value in ranges[meter, resource])
        assert least <= Decimal(mean) <= most


@worlds_to_try(4, 12)
@given(growing_pairs())
def test_more_use_never_costs_less(pair: tuple[World, World]) -> None:
    """Under graduated prices, a member who uses more pays as much or more, and the others pay the same."""
    less, more = (summed(charged(world)) for world in pair)
    used = set(pair[1].rows["usage"]) - set(pair[0].rows["usage"])
    [member] = {row[2] for row in used}
    for name in less.keys() | more.keys():
        if name[0] == member:
            assert less.get(name, 0) <= more.get(name, 0)
        else:
            assert less.get(name, 0) == more.get(name, 0)


@worlds_to_try(4, 12)
@given(twin_worlds())
def test_equal_members_pay_equally(world: World) -> None:
    """Two members alike in everything pay the same, up to the cent of a tie in each part of a shared pool."""
    sums = summed(charged(world))
    for rule in world.rules:
        first, second = (sums.get((member, rule["id"]), 0) for member in ("c", "cc"))
        ties = len(rule["version"]) if rule["kind"] == "allocation" else 0
        assert abs(first - second) <= ties
        if rule["kind"] == "allocation" and abs(first) < abs(second):
            pytest.fail(f"the cent of a tie went to the second: {first} and {second}")
