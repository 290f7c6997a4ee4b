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
PLACES = (
    *(("2026-10", "Europe/Paris"), ("2026-03", "Europe/Paris")),
    *(("2026-10", "Europe/Paris"), ("2026-02", "America/Guadeloupe")),
)
MODELS = ("flat", "graduated", "volume", "package")
STEPS = ("5m", "300s", "45m", "1h", "12h", "24h")
SECONDS = (0, -1, 1, 5400, 9000, 12600, 43200, 86399, 86400)
LENGTHS = (1, 1200, 26100, 86400, 781200, 3542400)
POLLS = (1, 40, 299, 300, 1700, 3600, 43200, 90000, 400000)
MINUTES = (130, 150, 190, 210, 690, 730, 1410, 1450)
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
    {"meter": "mix", "measure": "integral", "overlap": "add"},
    {"meter": "mix", "measure": "mean", "overlap": "add"},
    {"meter": "mix", "measure": "sum", "spread": "time", "overlap": "add"},
)
POLLED: tuple[Rule, ...] = tuple(
    {"meter": meter, "measure": measure} for meter in ("cpu", "kw") for measure in ("integral", "mean", "peak")
) + tuple({"meter": "cpu", "measure": measure, "combine": "instant"} for measure in ("max", "last", "p95", "mean"))
GREATEST: tuple[Rule, ...] = (
    {"greatest": [{"driver": "agents"}, {"meter": "disk", "measure": "mean"}]},
    {"greatest": [{"constant": "2.5"}, {"meter": "cpu", "measure": "mean", "step": "12h"}]},
)
CURVE = [{"at": "6", "cost": "400"}, {"at": "30", "cost": "800.50"}, {"at": "90000", "cost": "5000"}]
QUANTITIES = (*APART, *OVERLAPPING, *POLLED, *GREATEST)
WHOLLY: dict[str, Rule] = {
    "disk": {"measure": "integral"},
    "heat": {"measure": "sum", "spread": "time"},
    "vm": {"measure": "integral", "overlap": "add"},
    "mix": {"measure": "integral", "overlap": "add", "step": "24h"},
    "cpu": {"measure": "integral", "step": "24h"},
    "kw": {"measure": "integral", "step": "24h"},
}
TIMED_KEYS: tuple[Rule, ...] = (
    {"meter": "cpu", "measure": "integral", "step": "1h"},
    {"meter": "cpu", "measure": "mean", "step": "12h"},
    {"meter": "disk", "measure": "integral", "where": {"class": "ssd"}},
    {"meter": "disk", "measure": "mean"},
    {"meter": "disk", "measure": "sum", "spread": "time"},
    {"meter": "cpu", "measure": "peak", "step": "5m"},
    {"meter": "cpu", "measure": "max", "combine": "instant", "step": "24h"},
    {"meter": "vm", "measure": "sum", "spread": "time", "overlap": "add"},
)


def midnights(world: World, before: int = 2, after: int = 2) -> list[datetime]:
    """The first instant of each day of the month, and of some before and after it."""
    days = [world.first + timedelta(days=n) for n in range(-before, world.days + after)]
    return [datetime.combine(day, time.min, ZoneInfo(world.zone)).astimezone(UTC) for day in days]


def changing(world: World) -> list[datetime]:
    """The first instant of each day of 23 or 25 hours."""
    return [begins for begins, ends in pairwise(midnights(world, 0, 1)) if ends - begins != timedelta(days=1)]


def moments(world: World) -> st.SearchStrategy[datetime]:
    """Instants about the month, often at its edges or on a day of 23 or 25 hours, now and then long before."""
    starts = midnights(world)
    edges = st.sampled_from([starts[2], starts[-2], *changing(world) * 2])
    long_ago = st.integers(-300, -1).map(lambda n: starts[2] + timedelta(days=n))
    days = st.one_of(edges, edges, st.sampled_from(starts), st.sampled_from(starts), long_ago)
    return st.builds(lambda day, second: day + timedelta(seconds=second), days, st.sampled_from(SECONDS))


def written(draw: Draw, moment: datetime, zone: str) -> str:
    """An instant in UTC, with its offset, or in local time; not so in the hour that comes twice."""
    local = moment.astimezone(ZoneInfo(zone))
    forms = [moment.strftime("%Y-%m-%dT%H:%M:%SZ"), local.isoformat()]
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        forms.append(local.replace(tzinfo=None).isoformat())
    return str(draw(st.sampled_from(forms)))


def moment_of(text: str, zone: str) -> datetime:
    """The instant that is written, in UTC."""
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


@st.composite
def of_a_series(
    draw: Draw, world: World, meter: str, member: str, resource: str, tag: str, near: datetime | None = None
) -> list[Row]:
    """Rows one after the other, with gaps or not: ``disk`` lasts, most of ``cpu`` are polls, the others are both;
    often they begin near an instant."""
    moment = draw(moments(world))
    if near and draw(st.integers(0, 3)):
        moment = near + timedelta(seconds=draw(st.sampled_from((0, 0, 1, 100, 3000, 3600, -7, -40000))))
    rows: list[Row] = []
    for _ in range(draw(st.integers(1, 5))):
        poll = draw(st.integers(0, 3)) < {"disk": 0, "heat": 1, "mix": 2, "cpu": 3}[meter]
        ends = moment + timedelta(seconds=draw(st.sampled_from(POLLS if poll else LENGTHS)))
        end = "" if poll else written(draw, ends, world.zone)
        sign = "-" if meter == "heat" and not draw(st.integers(0, 3)) else ""
        quantity = sign + draw(numbers(0, 400, draw(st.sampled_from((0, 3, 9)))))
        rows.append((written(draw, moment, world.zone), end, member, resource, meter, quantity, tag))
        moment = ends if poll else ends + timedelta(seconds=draw(st.sampled_from(GAPS)))
    return rows


@st.composite
def when_clocks_change(draw: Draw, world: World) -> list[Row]:
    """High polls of two series of ``a`` on days of 23 or 25 hours, in the hour that comes twice or far after it."""
    rows: list[Row] = []
    for begins in changing(world):
        for resource in ("p3", "p4"):
            for minutes in draw(st.lists(st.sampled_from(MINUTES), min_size=1, max_size=2, unique=True)):
                start = written(draw, begins + timedelta(minutes=minutes), world.zone)
                rows.append((start, "", "a", resource, "cpu", draw(numbers(300, 900)), "other"))
    return rows


@st.composite
def lasting(draw: Draw, world: World) -> list[Row]:
    """Rows of ``disk``, ``heat`` and ``cpu``, no two of a series at a time, and of ``mix``, where they may overlap. All
    rows of a series name the same member; some polls name nobody, and some series are always of ``a``."""
    members = [*sorted({row[0] for row in world.rows["members"]}), "nobody", "", ""]
    names = st.tuples(st.sampled_from(("r1", "r1", "r2", "r3", "")), st.sampled_from(("", "", "ssd", "hdd")))
    near = draw(moments(world))
    rows: list[Row] = []
    for meter in ("disk", "heat", "cpu"):
        for resource, tag in draw(st.lists(names, min_size=2, max_size=4, unique=True)):
            member = "" if resource and draw(st.booleans()) else draw(st.sampled_from(members))
            rows += draw(of_a_series(world, meter, member, resource, tag, near))
    for member, resource in (("", ""), ("a", "p1"), ("a", "p2")):
        rows += draw(of_a_series(world, "cpu", member, resource, "other", near))
    rows += draw(when_clocks_change(world))
    two = [row for _ in range(2) for row in draw(of_a_series(world, "mix", "", "r1", ""))]
    return [*rows, *{moment_of(row[0], world.zone): row for row in two}.values()]


def daily(world: World) -> list[Row]:
    """A row of ``disk`` and of ``cpu`` of ``a`` on each day of the month, so that no key by them adds up to zero."""
    rows: list[Row] = []
    for day, begins in enumerate(midnights(world, 0, 0)):
        start, end = (begins + timedelta(hours=hours, minutes=7) for hours in (12, 15))
        rows.append((start.isoformat(), end.isoformat(), "a", "base", "disk", str(41 + day % 5), "ssd"))
        rows.append((start.isoformat(), "", "a", "base", "cpu", str(33 + day % 7), "ssd"))
    return rows


@st.composite
def narrowed(draw: Draw, quantity: Rule) -> Rule:
    """The quantity with a step for polls, and now and then priced apart, of some rows only, or where intervals add."""
    quantity = dict(quantity)
    if "greatest" in quantity:
        return quantity
    per: tuple[Rule, ...] = ({}, {"per": CLASS}, {"per": "resource"})
    allowed = 1 if quantity["measure"] == "peak" else 2 if "combine" in quantity else 3
    quantity |= draw(st.sampled_from(per[:allowed]))
    if quantity["meter"] in ("cpu", "kw", "mix") and "spread" not in quantity:
        quantity = {"step": draw(st.sampled_from(STEPS)), **quantity}
    elif (quantity["measure"] in ("integral", "mean") or "spread" in quantity) and draw(st.booleans()):
        quantity["overlap"] = "add"
    where = draw(st.sampled_from((None, None, None, "ssd", "hdd")))
    return quantity | ({"where": {"class": where}} if where else {})


@st.composite
def timed_rates(draw: Draw, world: World, name: str, quantity: Rule, whole: bool = False) -> Rule:
    """A rate that counts by time. The year may be accumulated; unless it is to be ``whole``, versions may cover a part
    of the month only."""
    quantity = draw(narrowed(quantity))
    cut = draw(times(world))
    more: Rule = {}
    adds = quantity.get("measure") in ("sum", "integral")
    if adds and not draw(st.integers(0, 3)):
        cut, more = [(cut[0][0], None)], {"accumulate": "year", "year_starts": draw(maybe(st.just("04-01")))}
    elif "meter" in quantity and not whole:
        cut = draw(st.sampled_from((cut, cut[1:] or cut, cut[:-1] or cut, cut[::2])))
    if "per" not in quantity:
        more |= draw(own_allowance())
    models = draw(st.sampled_from(((), (), MODELS)))
    price = terms((draw(st.sampled_from(models)),)) if models else st.just({"model": "flat", "price": "1.00"})
    prorate = maybe(st.just("day"))
    versions = [version(*span, **{**draw(price), **more, "prorate": draw(prorate)}) for span in cut]
    return rule("rate", name, versions, quantity=quantity, group=draw(st.sampled_from((None, None, "g"))))


def counting(rules: Sequence[Rule]) -> list[Rule]:
    """A rate for each meter of some rates, always in force, that counts all the time of all rows: so a day on which one
    of those has no version is no mistake."""
    meters = sorted({each["quantity"]["meter"] for each in rules if "meter" in each["quantity"]})
    always = version(LONG_AGO, None, model="flat", price="0.50")
    return [rule("rate", f"all-{meter}", [always], quantity={"meter": meter, **WHOLLY[meter]}) for meter in meters]


def shared_by_time(draw: Draw, allocation: Rule) -> Rule:
    """The allocation, where in some versions ``a`` bears what nobody used, or a mean is priced along a curve."""
    keys = [key for key in (*TIMED_KEYS[:2], *TIMED_KEYS) if key["measure"] in ("integral", "mean", "sum")]
    versions = []
    for each in allocation["version"]:
        kind = draw(st.sampled_from(("plain", "borne", "curve")))
        if kind != "plain":
            each = {name: value for name, value in each.items() if name not in ("keys", "floor", "cap")}
        if kind == "borne":
            each |= {"unattributed": "a", "keys": [{"quantity": draw(st.sampled_from(keys)), "weight": "1"}]}
        if kind == "curve":
            means = [key for key in keys if key["measure"] == "mean"]
            each |= {"method": draw(st.sampled_from(("serial", "increments"))), "curve": CURVE}
            each |= {"quantity": draw(st.sampled_from(means))}
        versions.append(each)
    return {**allocation, "version": versions}


@st.composite
def time_worlds(draw: Draw) -> World:
    """A world of rates and allocations that count what lasts for the time that lies in each day: each quantity once."""
    world: World = draw(bare(uses=9, places=PLACES))
    world = world.having(usage=[*world.rows["usage"], *draw(lasting(world))])
    pools = draw(st.sampled_from((("p",), ("p", "q"), ())))
    world = world.having(costs=draw(costs(world.period, pools)))
    rates = [draw(timed_rates(world, f"rate-{n}", each)) for n, each in enumerate(QUANTITIES)]
    shares = []
    for pool in pools:
        share = draw(allocations(world, f"share-{pool}", pool, meters=TIMED_KEYS))
        shares.append(shared_by_time(draw, share) if held(world, pool) else share)
    world = with_keys(world, [*rates, *counting(rates), *shares])
    return world.having(usage=[*world.rows["usage"], *(daily(world) if pools else ())])
