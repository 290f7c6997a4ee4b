"""Random registers and usage about one month: who comes and goes, what changes, what is measured when."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from kit.random_workspace.base import LONG_AGO, REGISTERS, Row, World

Draw = Any
METERS = ("gb", "kw", "port", "vm")
SECONDS = (0, -1, 1, 43200, 5400, 9000, 12600, 79201)


def numbers(low: int, high: int, places: int = 3) -> st.SearchStrategy[str]:
    """Exact decimals as text, from ``low`` to ``high``, often whole, seldom zero."""
    whole = st.integers(max(low, 1), high).map(str)
    scale = 10**places
    cut = st.integers(max(low * scale, 1), high * scale).map(lambda n: format(Decimal(n).scaleb(-places), "f"))
    return st.one_of(whole, cut, cut, st.just(str(low))) if low <= 0 else st.one_of(whole, cut)


def signed(size: int, places: int) -> st.SearchStrategy[str]:
    """Exact decimals of either sign."""
    return st.one_of(numbers(0, size, places), numbers(0, size, places).map(lambda text: f"-{text}"))


def validities(first: date, days: int) -> st.SearchStrategy[tuple[tuple[str, str], ...]]:
    """Times around a month: all of it, until or from a day of it, with a hole in it, before it, after it."""
    inside = st.integers(1, days - 1).map(lambda n: (first + timedelta(days=n)).isoformat())
    holes = st.tuples(inside, inside).filter(lambda two: two[0] < two[1])
    return st.one_of(
        st.just(((LONG_AGO, ""),)),
        inside.map(lambda day: ((day, ""),)),
        inside.map(lambda day: ((LONG_AGO, day),)),
        holes.map(lambda two: ((LONG_AGO, two[0]), (two[1], ""))),
        holes.map(lambda two: (two,)),
        st.just(((LONG_AGO, first.isoformat()),)),
        st.just((((first + timedelta(days=days)).isoformat(), ""),)),
    )


@st.composite
def registers(draw: Draw, first: date, days: int, size: int) -> dict[str, tuple[Row, ...]]:
    """Members who come and go, a group, drivers that change, subscriptions that add up, resources that move.

    Member ``a`` is always in force, in the group, and has a value of every driver: no key adds up to zero.
    """
    others = [chr(ord("b") + n) for n in range(size - 1)]
    times = validities(first, days)
    rows: dict[str, list[Row]] = {name: [] for name in REGISTERS}
    rows["members"].append(("a", "A", "commune", LONG_AGO, ""))
    rows["groups"].append(("g", "a", LONG_AGO, ""))
    rows["drivers"] += [("a", name, "7", LONG_AGO, "2020-02-01") for name in ("high", "low")]
    rows["subscriptions"].append(("a", "seats", draw(numbers(1, 40)), LONG_AGO, ""))
    for name in ("agents", "people"):
        rows["drivers"].append(("a", name, draw(numbers(1, 900)), LONG_AGO, ""))
    for member in others:
        rows["members"] += [(member, member.upper(), "commune", *time) for time in draw(times)]
        if draw(st.booleans()):
            rows["groups"] += [("g", member, *time) for time in draw(times)]
        for name in ("agents", "people"):
            rows["drivers"] += levels(draw, member, name, times, numbers(0, 900))
        rows["drivers"] += [(member, "high", draw(numbers(6, 90)), LONG_AGO, "")] if draw(st.booleans()) else []
    for member in ["a", *others]:
        rows["drivers"] += [(member, "low", draw(numbers(0, 5, 9)), "2020-02-01", "")] if draw(st.booleans()) else []
        for _ in range(draw(st.integers(0, 2))):
            rows["subscriptions"] += levels(draw, member, "seats", times, numbers(0, 40))
    for resource in ("r1", "r2", "r3"):
        owned = [(draw(st.sampled_from(["a", *others])), *time) for time in draw(times)]
        rows["resources"] += [(name, *each) for name in (resource, beside(resource)) for each in owned]
    return {name: tuple(some) for name, some in rows.items()}


def beside(resource: str) -> str:
    """The port beside another: it has the same owners and is read at the same instants."""
    return f"{resource}-beside"


def levels(draw: Draw, member: str, name: str, times: Any, values: Any) -> list[Row]:
    """A level of a member: nothing, or a value for each of its times."""
    if not draw(st.booleans()):
        return []
    return [(member, name, draw(values), *time) for time in draw(times)]


def stamps(zone: str, first: date, days: int) -> st.SearchStrategy[str]:
    """Starts about the month: some hour of a day, the first instant of a day, the last of the day before."""
    place = ZoneInfo(zone)

    def stamp(drawn: tuple[int, int, str]) -> str:
        day, second, form = drawn
        midnight = datetime.combine(first + timedelta(days=day), datetime.min.time(), tzinfo=place)
        moment = midnight.astimezone(ZoneInfo("UTC")) + timedelta(seconds=second)
        if form == "utc":
            return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        local = moment.astimezone(place)
        return local.replace(tzinfo=None).isoformat() if form == "naive" else local.isoformat()

    naive = st.tuples(st.integers(0, days), st.sampled_from(SECONDS[:5]), st.just("naive"))
    stated = st.tuples(
        st.one_of(st.integers(0, days), st.integers(-300, days)),
        st.sampled_from(SECONDS),
        st.sampled_from(("utc", "offset")),
    )
    return st.one_of(naive, stated).map(stamp)


@st.composite
def usage(draw: Draw, world: World, size: int) -> tuple[Row, ...]:
    """Rows of four meters: ``gb`` to add up, with corrections; ``kw`` samples of a member; ``port`` samples of
    resources, each with the port beside it; ``vm`` intervals, which may overlap. No two rows of one series start at the
    same instant."""
    members = [row[0] for row in world.rows["members"]] + ["nobody"]
    starts = stamps(world.zone, world.first, world.days)
    seen: set[tuple[str, str, float]] = set()
    rows: list[Row] = []
    for _ in range(draw(st.integers(size // 3, size))):
        start, meter = draw(starts), draw(st.sampled_from(METERS))
        member = draw(st.sampled_from(members))
        resource = "" if meter == "kw" else draw(st.sampled_from(("r1", "r2", "r3", "r9")))
        if meter != "kw" and draw(st.booleans()):
            member = ""
        moment = datetime.fromisoformat(start)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(world.zone))
        if (meter, resource or member, moment.timestamp()) in seen:
            continue
        seen.add((meter, resource or member, moment.timestamp()))
        quantity = draw(numbers(0, 400, draw(st.sampled_from((0, 3, 9)))))
        if meter == "gb" and draw(st.integers(0, 3)) == 3:
            quantity = f"-{quantity}"
        hours = draw(st.sampled_from(("0.1", "1", "7.25", "100", "1000")))
        end = (moment + timedelta(hours=float(hours))).isoformat() if meter == "vm" else ""
        tag = draw(st.sampled_from(("", "ssd", "hdd")))
        rows.append((start, end, member, resource, meter, quantity, tag))
        if meter == "port":
            rows.append((start, end, member, beside(resource), meter, f"1{quantity}", tag))
    return tuple(rows)


def use_of_a(world: World) -> tuple[Row, ...]:
    """A row of each meter on each day of the month, so that no key by meter adds up to zero."""
    zone = ZoneInfo(world.zone)
    rows = []
    for day in range(world.days):
        start = datetime.combine(world.first + timedelta(days=day), datetime.min.time(), tzinfo=zone)
        start += timedelta(hours=12, minutes=7)
        end = start + timedelta(hours=3)
        ports = (("port", "base"), ("port", beside("base")))
        for meter, resource in (("gb", "base"), ("kw", ""), *ports, ("vm", "base")):
            stop = end.isoformat() if meter == "vm" else ""
            rows.append((start.isoformat(), stop, "a", resource, meter, str(41 + day % 5), "ssd"))
    return tuple(rows)
