"""Random use that lasts: intervals, meter readings and polls over the edges of days, months and owners; and rules that
count it by time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from kit.random_workspace.base import LONG_AGO, Row, World
from kit.random_workspace.facts import numbers
from kit.random_workspace.rules import (
    CLASS,
    Rule,
    allocations,
    bare,
    costs,
    held,
    maybe,
    own_allowance,
    rule,
    terms,
    times,
    version,
    with_keys,
)

Draw = Any
MODELS = ("flat", "graduated", "volume", "package")
STEPS = ("5m", "300s", "45m", "1h", "12h", "24h")
SECONDS = (0, -1, 1, 5400, 9000, 12600, 43200, 86399, 86400)
LENGTHS = (1, 1200, 26100, 86400, 781200, 3542400)
POLLS = (1, 299, 300, 3600, 43200, 90000, 400000)
GAPS = (0, 0, 1, 6000, 259200)
APART: tuple[Rule, ...] = (
    {"meter": "disk", "measure": "integral"},
    {"meter": "disk", "measure": "mean"},
    {"meter": "disk", "measure": "sum", "spread": "time"},
    {"meter": "disk", "measure": "sum"},
    {"meter": "disk", "measure": "count"},
    {"meter": "heat", "measure": "sum", "spread": "time"},
    {"meter": "heat", "measure": "sum"},
)
OVERLAPPING: tuple[Rule, ...] = (
    {"meter": "vm", "measure": "integral", "overlap": "add"},
    {"meter": "vm", "measure": "mean", "overlap": "add"},
    {"meter": "vm", "measure": "sum", "spread": "time", "overlap": "add"},
)
POLLED: tuple[Rule, ...] = tuple(
    {"meter": meter, "measure": measure} for meter in ("cpu", "kw") for measure in ("integral", "mean", "peak")
) + tuple({"meter": "cpu", "measure": measure, "combine": "instant"} for measure in ("max", "last", "p95", "mean"))
GREATEST: tuple[Rule, ...] = (
    {"greatest": [{"driver": "agents"}, {"meter": "disk", "measure": "mean"}]},
    {"greatest": [{"constant": "2.5"}, {"meter": "cpu", "measure": "mean", "step": "12h"}]},
)
QUANTITIES = (*APART, *OVERLAPPING, *POLLED, *GREATEST)
TIMED_KEYS: tuple[Rule, ...] = (
    {"meter": "disk", "measure": "integral"},
    {"meter": "disk", "measure": "mean"},
    {"meter": "disk", "measure": "sum", "spread": "time"},
    {"meter": "cpu", "measure": "integral", "step": "1h"},
    {"meter": "cpu", "measure": "mean", "step": "12h", "where": {"class": "ssd"}},
    {"meter": "cpu", "measure": "peak", "step": "5m"},
    {"meter": "cpu", "measure": "max", "combine": "instant", "step": "24h"},
    {"meter": "vm", "measure": "sum", "spread": "time", "overlap": "add"},
)


def midnights(world: World, before: int = 2, after: int = 2) -> list[datetime]:
    """The first instant of each day of the month, and of some before and after it."""
    days = [world.first + timedelta(days=n) for n in range(-before, world.days + after)]
    return [datetime.combine(day, time.min, ZoneInfo(world.zone)).astimezone(UTC) for day in days]


def moments(world: World) -> st.SearchStrategy[datetime]:
    """Instants about the month, often at its edges or on a day of 23 or 25 hours, now and then long before."""
    starts = midnights(world)
    changing = [begins for begins, ends in pairwise(starts) if ends - begins != timedelta(days=1)]
    days = st.one_of(st.sampled_from([starts[2], starts[-2], *changing]), st.sampled_from(starts))
    long_ago = st.integers(-300, -1).map(lambda n: starts[2] + timedelta(days=n))
    near = st.integers(0, 5).flatmap(lambda n: days if n else long_ago)
    return st.builds(lambda day, second: day + timedelta(seconds=second), near, st.sampled_from(SECONDS))


def written(draw: Draw, moment: datetime, zone: str) -> str:
    """An instant in UTC, with its offset, or in local time; not so in the hour that comes twice."""
    local = moment.astimezone(ZoneInfo(zone))
    forms = [moment.strftime("%Y-%m-%dT%H:%M:%SZ"), local.isoformat()]
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        forms.append(local.replace(tzinfo=None).isoformat())
    return str(draw(st.sampled_from(forms)))


@st.composite
def of_a_series(draw: Draw, world: World, meter: str, member: str, resource: str, tag: str) -> list[Row]:
    """Rows one after the other, with gaps or without: ``disk`` lasts, most of ``cpu`` are polls, ``heat`` is both."""
    moment = draw(moments(world))
    rows: list[Row] = []
    for _ in range(draw(st.integers(1, 4))):
        poll = draw(st.integers(0, 3)) < {"disk": 0, "heat": 1, "cpu": 3}[meter]
        ends = moment + timedelta(seconds=draw(st.sampled_from(POLLS if poll else LENGTHS)))
        end = "" if poll else written(draw, ends, world.zone)
        sign = "-" if meter == "heat" and not draw(st.integers(0, 3)) else ""
        quantity = sign + draw(numbers(0, 400, draw(st.sampled_from((0, 3, 9)))))
        rows.append((written(draw, moment, world.zone), end, member, resource, meter, quantity, tag))
        moment = ends if poll else ends + timedelta(seconds=draw(st.sampled_from(GAPS)))
    return rows


@st.composite
def lasting(draw: Draw, world: World) -> list[Row]:
    """Rows of ``disk``, ``heat`` and ``cpu``: no two intervals of a series overlap, each names the same member."""
    members = [*sorted({row[0] for row in world.rows["members"]}), "nobody", ""]
    names = st.tuples(st.sampled_from(("r1", "r2", "r3", "r9", "")), st.sampled_from(("", "ssd", "hdd")))
    rows: list[Row] = []
    for meter in ("disk", "heat", "cpu"):
        for resource, tag in draw(st.lists(names, min_size=1, max_size=3, unique=True)):
            member = "" if resource and draw(st.booleans()) else draw(st.sampled_from(members))
            rows += draw(of_a_series(world, meter, member, resource, tag))
    return rows


def daily(world: World) -> list[Row]:
    """A row of ``disk`` and of ``cpu`` of ``a`` on each day of the month, so that no key by them adds up to zero."""
    rows: list[Row] = []
    for day, begins in enumerate(midnights(world, 0, 0)):
        start, end = (begins + timedelta(hours=hours, minutes=7) for hours in (12, 15))
        rows.append((start.isoformat(), end.isoformat(), "a", "base", "disk", str(41 + day % 5), "ssd"))
        rows.append((start.isoformat(), "", "a", "base", "cpu", str(33 + day % 7), "ssd"))
    return rows


@st.composite
def timed(draw: Draw, among: Sequence[Rule]) -> Rule:
    """A quantity that is counted by time, by steps, or by the start of what lasts; polls have a step in any case."""
    quantity = dict(draw(st.sampled_from(among)))
    if "greatest" in quantity:
        return quantity
    per: tuple[Rule, ...] = ({}, {"per": CLASS}, {"per": "resource"})
    allowed = 1 if quantity["measure"] == "peak" else 2 if "combine" in quantity else 3
    quantity |= draw(st.sampled_from(per[:allowed]))
    if quantity["meter"] in ("cpu", "kw"):
        quantity = {"step": draw(st.sampled_from(STEPS)), **quantity}
    elif (quantity["measure"] in ("integral", "mean") or "spread" in quantity) and draw(st.booleans()):
        quantity["overlap"] = "add"
    where = draw(maybe(st.sampled_from(("ssd", "hdd"))))
    return quantity | ({"where": {"class": where}} if where else {})


@st.composite
def timed_rates(draw: Draw, world: World, name: str, among: Sequence[Rule] = QUANTITIES) -> Rule:
    """A rate that counts by time; its versions may cover a part of the month, or the year is accumulated."""
    quantity = draw(timed(among))
    cut = draw(times(world))
    more: Rule = {}
    adds = quantity.get("measure") in ("sum", "integral")
    if adds and not draw(st.integers(0, 3)):
        cut, more = [(cut[0][0], None)], {"accumulate": "year", "year_starts": draw(maybe(st.just("04-01")))}
    elif "meter" in quantity:
        cut = draw(st.sampled_from((cut, cut[1:] or cut, cut[:-1] or cut, cut[::2])))
    model = draw(st.sampled_from(MODELS))
    if "per" not in quantity:
        more |= draw(own_allowance())
    prorate = maybe(st.just("day"))
    versions = [version(*span, **{**draw(terms((model,))), **more, "prorate": draw(prorate)}) for span in cut]
    return rule("rate", name, versions, quantity=quantity, group=draw(maybe(st.just("g"))))


def counting(quantities: Sequence[Rule]) -> list[Rule]:
    """A rate for each of some quantities, so that a day on which other rules have no version is no mistake."""
    terms_ = version(LONG_AGO, None, model="flat", price="0.50")
    return [rule("rate", f"all-{each['meter']}", [terms_], quantity=each) for each in quantities]


def borne(draw: Draw, allocation: Rule) -> Rule:
    """The allocation, where ``a`` bears what nobody used in some versions."""
    keys = [key for key in TIMED_KEYS if key["measure"] in ("integral", "mean", "sum")]
    versions = []
    for each in allocation["version"]:
        if "cap" not in each and draw(st.booleans()):
            each = {**each, "unattributed": "a", "keys": [{"quantity": draw(st.sampled_from(keys)), "weight": "1"}]}
        versions.append(each)
    return {**allocation, "version": versions}


@st.composite
def time_worlds(draw: Draw) -> World:
    """A world of rates and allocations that count what lasts for the time that lies in each day."""
    world: World = draw(bare(uses=9))
    world = world.having(usage=[*world.rows["usage"], *draw(lasting(world))])
    pools = draw(st.sampled_from(((), ("p",), ("p", "q"))))
    world = world.having(costs=draw(costs(world.period, pools)))
    rates = [draw(timed_rates(world, f"rate-{n}")) for n in range(draw(st.integers(0 if pools else 1, 4)))]
    shares = []
    for pool in pools:
        share = draw(allocations(world, f"share-{pool}", pool, meters=TIMED_KEYS))
        shares.append(borne(draw, share) if held(world, pool) else share)
    meters = sorted({each["quantity"]["meter"] for each in rates if "meter" in each["quantity"]})
    rates += counting([{"meter": meter, "measure": "count"} for meter in meters])
    world = with_keys(world, [*rates, *shares])
    return world.having(usage=[*world.rows["usage"], *(daily(world) if pools else ())])
