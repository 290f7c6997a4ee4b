"""Time: the pieces of an interval that lie in each day, how long a sample lasts, and the grid of a step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from oracle.facts import Use, World
from oracle.span import midnight

SECONDS = {"s": 1, "m": 60, "h": 3600}


def matches(use: Use, quantity: dict[str, Any]) -> bool:
    """The meter asked for, with the tags asked for."""
    where = quantity.get("where", {})
    return use.meter == quantity["meter"] and all(use.tags.get(tag) == text for tag, text in where.items())


def by_time(quantity: dict[str, Any]) -> bool:
    """Whether an interval counts for the time that lies in a day, and not whole on the day of its start."""
    return quantity["measure"] in ("integral", "mean") or quantity.get("spread") == "time"


def step_of(quantity: dict[str, Any]) -> int | None:
    """The step in microseconds, None for none."""
    text = quantity.get("step")
    return int(text[:-1]) * SECONDS[text[-1]] * 1_000_000 if text else None


def counted(world: World, quantity: dict[str, Any], days: Sequence[date]) -> Iterator[Use]:
    """What counts on some days: the rows that start on one, or the pieces of time that lie in one."""
    step = step_of(quantity)
    for use in world.uses:
        if matches(use, quantity):
            end = end_of(world, use, step) if by_time(quantity) else None
            if end is not None:
                yield from pieces(world, replace(use, end=end), days, quantity.get("spread") == "time")
            elif use.day in days:
                yield use if step is None else replace(use, start=start_of_step(world, use, step))


def end_of(world: World, use: Use, step: int | None) -> int | None:
    """The end of a row; of a sample with a step its start plus the step, at most the next row of its series."""
    if use.end is not None or step is None:
        return use.end
    following = [start for start in world.starts.get(use.series, ()) if start > use.start]
    return min([use.start + step, *following])


def pieces(world: World, use: Use, days: Sequence[date], spread: bool) -> Iterator[Use]:
    """The parts of an interval that lie in each of some days, with the owner of that day.

    A piece has the quantity of the whole; where it is ``spread``, the part of it that its time is of the whole.
    """
    assert use.end is not None
    for day in days:
        begins = max(use.start, midnight(day, world.zone))
        ends = min(use.end, midnight(day + timedelta(days=1), world.zone))
        if begins < ends:
            part = Fraction(ends - begins, use.end - use.start) if spread else Fraction(1)
            owner = world.owner(use, day)
            yield replace(use, start=begins, end=ends, day=day, quantity=use.quantity * part, owner=owner)


def start_of_step(world: World, use: Use, step: int) -> int:
    """The start of the step that a row starts in, in real time from the midnight of its day."""
    begins = midnight(use.day, world.zone)
    return begins + (use.start - begins) // step * step
