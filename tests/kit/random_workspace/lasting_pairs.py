"""Worlds of use that lasts, of which something certain can be said: what is cut in two, read a bit later, or a mean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from kit.random_workspace.base import Row, World
from kit.random_workspace.facts import numbers, signed
from kit.random_workspace.lasting import STEPS, counting, daily, midnights, moment_of, of_a_series, timed_rates
from kit.random_workspace.rules import Rule, allocations, bare, costs, rule, times, version, with_keys

Draw = Any
Range = tuple[Decimal, Decimal]
LASTS: tuple[Rule, ...] = (
    {"meter": "disk", "measure": "integral"},
    {"meter": "disk", "measure": "mean"},
    {"meter": "heat", "measure": "sum", "spread": "time"},
)
OF_THE_GRID: tuple[Rule, ...] = (
    {"meter": "cpu", "measure": "peak"},
    *({"meter": "cpu", "measure": measure, "combine": "instant"} for measure in ("max", "last", "p95")),
)
SIZES = {"s": 1, "m": 60, "h": 3600}


@st.composite
def ruled(draw: Draw, world: World, quantities: Sequence[Rule], whole: bool = False) -> World:
    """The world with rates on some quantities, a pool shared by them, and what counts the days of no version; where it
    is ``whole``, rates without such days."""
    world = world.having(costs=draw(costs(world.period, ("p",))))
    found = [draw(timed_rates(world, f"rate-{n}", each, whole)) for n, each in enumerate(quantities)]
    keys = [each for each in quantities if each["meter"] != "heat"]
    rest = [] if whole else counting(found)
    found.append(draw(allocations(world, "share-p", "p", meters=keys)))
    world = with_keys(world, [*found, *rest])
    return world.having(usage=[*world.rows["usage"], *daily(world)])


@st.composite
def intervals(draw: Draw, world: World, meter: str, resource: str) -> list[tuple[Row, list[Row]]]:
    """Intervals of a resource, and each of them in two that touch, cut anywhere, or as it was.

    Each of the two has its quantity; of ``heat``, which is spread, the part of it in proportion to time.
    """
    found = []
    for start, end, *_ in draw(of_a_series(world, "disk", "", resource, "ssd")):
        begins = moment_of(start, world.zone)
        whole = (moment_of(end, world.zone) - begins) // timedelta(seconds=1)
        each = Decimal(draw(numbers(0, 40)))

        def row(starts: str, ends: str, size: int, each: Decimal = each) -> Row:
            quantity = format(each * size if meter == "heat" else each, "f")
            return (starts, ends, "", resource, meter, quantity, "ssd")

        part = draw(st.integers(0, whole - 1))
        between = (begins + timedelta(seconds=part)).isoformat()
        two = [row(start, between, part), row(between, end, whole - part)]
        found.append((row(start, end, whole), two if part else [row(start, end, whole)]))
    return found


@st.composite
def severed_pairs(draw: Draw) -> tuple[World, World]:
    """A world of intervals, and the same where some of them are cut in two, anywhere."""
    world: World = draw(bare(uses=0))
    rows: list[tuple[Row, list[Row]]] = []
    for meter in ("disk", "heat"):
        for resource in draw(st.lists(st.sampled_from(("r1", "r2", "r9")), min_size=1, max_size=2, unique=True)):
            rows += draw(intervals(world, meter, resource))
    world = draw(ruled(world, LASTS))
    others = world.rows["usage"]
    cut = [part for _, parts in rows for part in parts]
    return world.having(usage=[*others, *(row for row, _ in rows)]), world.having(usage=[*others, *cut])


@st.composite
def readings(draw: Draw, world: World, step: int, resource: str, tag: str) -> list[tuple[Row, Row]]:
    """Readings of a series, one or two in a step, and each of them again at another second of its step."""
    starts = midnights(world, 1, 1)
    member = draw(st.sampled_from(("", "a", "b")))
    found: list[tuple[Row, Row]] = []
    places = st.tuples(st.integers(0, len(starts) - 2), st.sampled_from((0, 1, 7, -1)))
    for day, place in draw(st.lists(places, min_size=1, max_size=4, unique_by=lambda each: each[0])):
        length = (starts[day + 1] - starts[day]) // timedelta(seconds=1)
        begins = place % -(-length // step) * step
        offsets = st.lists(st.integers(0, min(step, length - begins) - 1), min_size=2, max_size=2, unique=True)
        for taken, again in list(zip(draw(offsets), draw(offsets), strict=True))[: draw(st.integers(1, 2))]:
            rest = ("", member, resource, "cpu", draw(numbers(0, 400)), tag)
            first, second = (starts[day] + timedelta(seconds=begins + offset) for offset in (taken, again))
            found.append(((first.isoformat(), *rest), (second.isoformat(), *rest)))
    return found


@st.composite
def jittered_pairs(draw: Draw) -> tuple[World, World]:
    """A world of readings on the grid of a step, and the same where each was taken at another second of its step."""
    world: World = draw(bare(uses=0))
    step = draw(st.sampled_from(STEPS))
    names = st.tuples(st.sampled_from(("r1", "r2", "r3")), st.sampled_from(("", "ssd", "hdd")))
    rows: list[tuple[Row, Row]] = []
    for resource, tag in draw(st.lists(names, min_size=1, max_size=4, unique=True)):
        rows += draw(readings(world, int(step[:-1]) * SIZES[step[-1]], resource, tag))
    quantities = [each | {"step": step} for each in OF_THE_GRID]
    world = draw(ruled(world, quantities, whole=True))
    before, after = ([*world.rows["usage"], *(pair[n] for pair in rows)] for n in (0, 1))
    return world.having(usage=before), world.having(usage=after)


@st.composite
def covering(draw: Draw, world: World) -> list[Row]:
    """Rows of two things that ``a`` has all the month: intervals that touch, and polls each half a day."""
    first, after = midnights(world, 1, 2)[0], midnights(world, 1, 2)[-1]
    value = st.one_of(numbers(0, 400), signed(400, 3))
    rows: list[Row] = []
    begins = first
    while begins < after:
        ends = begins + timedelta(seconds=draw(st.integers(200_000, 2_000_000)))
        rows.append((begins.isoformat(), ends.isoformat(), "a", "whole", "disk", draw(value), ""))
        begins = ends
    cycle = draw(st.lists(value, min_size=1, max_size=3))
    for n in range((after - first) // timedelta(hours=12)):
        start = (first + n * timedelta(hours=12)).isoformat()
        rows.append((start, "", "a", "whole", "cpu", cycle[n % len(cycle)], ""))
    return rows


@st.composite
def mean_worlds(draw: Draw) -> tuple[World, dict[tuple[str, str], Range]]:
    """A world of means of resources, and the least and the greatest that the mean of each can be, by meter.

    Where something is not there all the time, what is not there counts as zero.
    """
    world: World = draw(bare(uses=0))
    rows = draw(covering(world))
    for meter in ("disk", "cpu"):
        for resource in ("r1", "r2"):
            rows += draw(of_a_series(world, meter, "", resource, ""))
    values: dict[tuple[str, str], list[Decimal]] = {}
    for *_, resource, meter, quantity, _tag in rows:
        zero = [] if resource == "whole" else [Decimal(0)]
        values.setdefault((meter, resource), zero).append(Decimal(quantity))
    step = draw(st.sampled_from(("12h", "24h")))
    terms: Rule = {"model": "flat", "price": "1.00"}
    found = []
    for meter, more in (("disk", {}), ("cpu", {"step": step})):
        cut = draw(times(world))
        versions = [version(*span, **terms) for span in draw(st.sampled_from((cut, cut[1:] or cut, cut[:-1] or cut)))]
        quantity = {"meter": meter, "measure": "mean", "per": "resource", **more}
        found.append(rule("rate", meter, versions, quantity=quantity))
    world = with_keys(world, [*found, *counting(found)]).having(usage=rows)
    return world, {name: (min(some), max(some)) for name, some in values.items()}
