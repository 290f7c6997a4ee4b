"""The workspace read as it stands: every dated row, every use, every rule, numbers as exact fractions."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
USAGE_COLUMNS = {"start", "end", "member_id", "resource_id", "meter", "quantity"}


def number(value: object) -> Fraction:
    """An exact number from what a file holds: text, an integer or a decimal."""
    return Fraction(str(value))


@dataclass(frozen=True)
class Dated:
    """A fact of a member for a time: ``first`` included, ``end`` excluded, None for open."""

    member: str
    name: str
    value: Fraction
    first: date
    end: date | None

    def on(self, day: date) -> bool:
        """Whether it holds on a day."""
        return self.first <= day and (self.end is None or day < self.end)


@dataclass(frozen=True)
class Use:
    """One usage row, or a piece of one; ``owner`` is the member it leads to, who is in force that day, or None."""

    start: int
    end: int | None
    day: date
    named: str
    resource: str
    meter: str
    quantity: Fraction
    tags: dict[str, str]
    owner: str | None

    @property
    def hours(self) -> Fraction:
        """The hours of [start, end)."""
        assert self.end is not None
        return Fraction(self.end - self.start, 3_600_000_000)

    @property
    def series(self) -> tuple[str, ...]:
        """What it is a reading of: the resource, or the member that names none, by meter and all tags; () for
        neither."""
        if not self.resource and not self.named:
            return ()
        tags = [part for tag in sorted(self.tags.items()) for part in tag]
        return (self.resource, "" if self.resource else self.named, self.meter, *tags)


@dataclass(frozen=True)
class Coalition:
    """The cost of a coalition of a game, in euros, for a time."""

    game: str
    members: frozenset[str]
    cost: Fraction
    first: date
    end: date | None


@dataclass(frozen=True)
class World:
    """A workspace, read. ``costs`` are (period, pool, cents); ``budgets`` the cents of a year and pool.

    ``successors``: who takes over from a member, and the first day without it.
    """

    zone: ZoneInfo
    members: tuple[Dated, ...]
    groups: tuple[Dated, ...]
    drivers: tuple[Dated, ...]
    subscriptions: tuple[Dated, ...]
    resources: tuple[Dated, ...]
    uses: tuple[Use, ...]
    costs: tuple[tuple[str, str, int], ...]
    budgets: dict[tuple[int, str], int]
    coalitions: tuple[Coalition, ...]
    rules: tuple[dict[str, Any], ...]
    transfers: dict[str, Any]
    successors: dict[str, tuple[str, date]]

    @cached_property
    def starts(self) -> dict[tuple[str, ...], list[int]]:
        """The starts of the rows of each series, of any month and file."""
        found: dict[tuple[str, ...], list[int]] = {}
        for row in self.uses:
            if row.series:
                found.setdefault(row.series, []).append(row.start)
        return found

    def owner(self, row: Use, day: date) -> str | None:
        """The member that a row leads to on a day."""
        return owner(row.named, row.resource, day, self.members, self.resources)

    def member_ids(self) -> list[str]:
        """Every member, in order of code points."""
        return sorted({row.member for row in self.members})

    def taken_over(self, member: str, day: date) -> set[str]:
        """Everybody that a member has taken over from by a day, directly or through others that are gone themselves by
        then."""
        found = {name for name, (heir, end) in self.successors.items() if heir == member and end <= day}
        return found | {earlier for name in found for earlier in self.taken_over(name, day)}

    def present(self, member: str, day: date, group: str | None) -> bool:
        """In force on a day and, where a group is asked for, in the group on that day."""
        if not any(row.on(day) for row in self.members if row.member == member):
            return False
        rows = [row for row in self.groups if row.member == member and row.name == group]
        return group is None or any(row.on(day) for row in rows)


def table(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file, nothing when it is not there."""
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)


def day_or_open(text: str | None) -> date | None:
    """A date, or None for an open end."""
    return date.fromisoformat(text) if text else None


def dated(path: Path, name: str, value: str) -> tuple[Dated, ...]:
    """The rows of an effective-dated register; ``name`` and ``value`` say the columns, '' for none."""
    return tuple(
        Dated(
            row["member_id"],
            row[name] if name else "",
            number(row[value]) if value else Fraction(1),
            date.fromisoformat(row["valid_from"]),
            day_or_open(row.get("valid_to")),
        )
        for row in table(path)
    )


def instant(text: str, zone: ZoneInfo) -> tuple[int, date]:
    """UTC microseconds of a timestamp, and its day in the workspace's time zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    microseconds = (moment.astimezone(UTC) - EPOCH) // timedelta(microseconds=1)
    return microseconds, moment.astimezone(zone).date()


def owner(named: str, resource: str, day: date, members: Iterable[Dated], resources: Iterable[Dated]) -> str | None:
    """The member a row names, else the owner of its resource that day; None unless in force that day."""
    found = named or next((r.member for r in resources if r.name == resource and r.on(day)), "")
    return found if any(m.member == found and m.on(day) for m in members) else None


def use(row: dict[str, str], zone: ZoneInfo, members: Iterable[Dated], resources: Iterable[Dated]) -> Use:
    """One row of a usage file."""
    row = {"member_id": "", "resource_id": "", "end": ""} | row
    start, day = instant(row["start"], zone)
    return Use(
        start=start,
        end=instant(row["end"], zone)[0] if row["end"] else None,
        day=day,
        named=row["member_id"],
        resource=row["resource_id"],
        meter=row["meter"],
        quantity=number(row["quantity"]),
        tags={name: text for name, text in row.items() if name not in USAGE_COLUMNS and text},
        owner=owner(row["member_id"], row["resource_id"], day, members, resources),
    )


def coalition(row: dict[str, str]) -> Coalition:
    """One row of standalone/costs.csv."""
    return Coalition(
        row["game"],
        frozenset(row["coalition"].split("+")),
        number(row["cost"]),
        date.fromisoformat(row["valid_from"]),
        day_or_open(row.get("valid_to")),
    )


def read(folder: Path) -> World:
    """The whole workspace."""
    settings = tomllib.loads((folder / "chargeback.toml").read_text(encoding="utf-8"), parse_float=Decimal)
    zone = ZoneInfo(settings["billing"]["timezone"])
    members = dated(folder / "members.csv", "", "")
    resources = dated(folder / "resources.csv", "resource_id", "")
    tariffs = folder / settings.get("paths", {}).get("tariffs", "tariffs")
    return World(
        zone=zone,
        members=members,
        groups=dated(folder / "groups.csv", "group", ""),
        drivers=dated(folder / "drivers.csv", "driver", "value"),
        subscriptions=dated(folder / "subscriptions.csv", "item", "quantity"),
        resources=resources,
        uses=tuple(
            use(row, zone, members, resources)
            for path in sorted((folder / "usage").glob("*.csv"))
            for row in table(path)
        ),
        costs=tuple(
            (row["period"], row["pool"], int(number(row["amount"]) * 100))
            for path in sorted((folder / "costs").glob("*.csv"))
            for row in table(path)
        ),
        budgets={
            (int(row["year"]), row["pool"]): int(number(row["amount"]) * 100)
            for path in sorted((folder / "budget").glob("*.csv"))
            for row in table(path)
        },
        coalitions=tuple(coalition(row) for row in table(folder / "standalone" / "costs.csv")),
        rules=tuple(
            tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
            for path in sorted(tariffs.glob("*.toml"))
        ),
        transfers=settings.get("transfers", {}),
        successors={
            row["member_id"]: (row["successor"], date.fromisoformat(row["valid_to"]))
            for row in table(folder / "members.csv")
            if row.get("successor")
        },
    )
