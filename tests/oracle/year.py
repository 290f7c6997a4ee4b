"""The year: what closed months come to today, what was billed for them, and so what an open month adjusts and trues up.

It follows the contract's words: recomputed less billed, by month, member, rule and regime; in the next month, or once
the year is over; a difference that is too small waits; instalments are left to the true-up of the year.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from oracle.facts import World, number, read, table
from oracle.level import Scope
from oracle.month import charges_of
from oracle.pools import pools
from oracle.share import allocation
from oracle.span import Month, days_between, hours_of, month_of

Who = tuple[str, str, str]  # member, rule, regime
Cents = dict[Who, int]
ByMonth = dict[str, Cents]


@dataclass
class Books:
    """What was billed for each month, in cents, true-ups apart, and the months that are closed."""

    billed: ByMonth = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    trued: ByMonth = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    closed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Opened:
    """What an open month bills: its own charges, its true-up, and adjustments by the month they are for."""

    own: Cents
    trued: Cents
    adjusted: ByMonth

    def entered(self, books: Books, period: str) -> None:
        """Bill it, and close the month."""
        books.closed.append(period)
        for month, cents in [(period, self.own), *self.adjusted.items()]:
            for who, amount in cents.items():
                where = books.trued if month != period and who in books.trued[month] else books.billed
                where[month][who] += amount
        for who, amount in self.trued.items():
            books.trued[period][who] += amount


@dataclass(frozen=True)
class Workspace:
    """A workspace read: the world, its settings, kind of a member in a month, rules by id."""

    world: World
    settings: Mapping[str, Any]
    kinds: tuple[dict[str, str], ...]

    @property
    def rules(self) -> dict[str, dict[str, Any]]:
        return {rule["id"]: rule for rule in self.world.rules}

    def regime(self, rule: str, member: str, period: str) -> str:
        """The regime of a member: by its kind as last in force in the month, or last before it."""
        vat = self.rules[rule]["vat"]
        if isinstance(vat, str):
            return vat
        end = month_of(period, self.world.zone).days[-1].isoformat()
        rows = [row for row in self.kinds if row["member_id"] == member]
        there = [row for row in rows if row["valid_from"] <= end] or rows
        kind = max(there, key=lambda row: row["valid_from"])["kind"]
        return str(vat.get("by_member", {}).get(member) or vat.get(kind) or vat["default"])

    def true_up_of(self, year: int) -> str | None:
        """The month that bills the true-up of a year."""
        named: str | None = self.settings.get("true_up", {}).get(str(year))
        return named

    def trued_in(self, period: str) -> list[int]:
        """The years whose true-up a month bills."""
        return [int(year) for year, month in self.settings.get("true_up", {}).items() if month == period]


def workspace(folder: Path) -> Workspace:
    """The workspace of a folder."""
    settings = tomllib.loads((folder / "chargeback.toml").read_text(encoding="utf-8"))
    return Workspace(read(folder), settings, tuple(table(folder / "members.csv")))


def opened(folder: Path, period: str, books: Books) -> Opened:
    """What a month bills beside what was billed before."""
    here = workspace(folder)
    adjusted = adjustments(here, period, books)
    return Opened(own(here, period), true_up(here, period, books, adjusted), adjusted)


def own(here: Workspace, period: str) -> Cents:
    """What a month comes to by itself, without a true-up."""
    found: Cents = defaultdict(int)
    for charge in charges_of(here.world, period):
        found[charge.member, charge.rule, here.regime(charge.rule, charge.member, period)] += charge.cents
    return without_zeros(found)


def without_zeros(cents: Mapping[Who, int]) -> Cents:
    return {who: amount for who, amount in sorted(cents.items()) if amount}


def instalments(here: Workspace) -> list[dict[str, Any]]:
    """The allocations that call a budget."""
    rules = here.world.rules
    return [r for r in rules if any(v.get("billing") == "instalments" for v in r["version"])]


# The true-up.


def true_up(here: Workspace, period: str, books: Books, adjusted: ByMonth) -> Cents:
    """The year's cost shared once, less all that was called for it, what this month adjusts included."""
    found: Cents = {}
    for year in here.trued_in(period):
        for rule in instalments(here):
            ahead = [r["id"] for r in here.world.rules if r["kind"] == "rate" and r.get("pool") == rule["pool"]]
            called: dict[str, int] = defaultdict(int)
            for month_cents in (books.billed, adjusted):
                for month, cents in month_cents.items():
                    for (member, name, _), amount in cents.items():
                        if month[:4] == str(year) and name in (rule["id"], *ahead):
                            called[member] += amount
            shares = shares_of_year(here.world, rule, year)
            for member in {*shares, *called}:
                difference = shares.get(member, 0) - called.get(member, 0)
                found[member, rule["id"], here.regime(rule["id"], member, f"{year}-12")] = difference
    return without_zeros(found)


def shares_of_year(world: World, rule: dict[str, Any], year: int) -> dict[str, int]:
    """What the pool held in all months of the year, shared by the keys of the year, levels weighted by days."""
    cost = 0
    for at in range(1, 13):
        cost += pools(world, month_of(f"{year}-{at:02d}", world.zone)).get(rule["pool"], 0)
    versions = [
        {k: v for k, v in version.items() if k != "billing"} | {"prorate": "day"} for version in rule["version"]
    ]
    days = days_between(date(year, 1, 1), date(year + 1, 1, 1))
    whole = Scope(world, Month(days[0], days, hours_of(days, world.zone)), rule.get("group"), (), {})
    return {c.member: c.cents for c in allocation(whole, {**rule, "version": versions}, cost)}


# Adjustments.


def adjustments(here: Workspace, period: str, books: Books) -> ByMonth:
    """Recomputed less billed of closed months, those that the month bills, by the month they are for."""
    differing = {month: difference(here, month, books) for month in books.closed if month < period}
    totals: dict[Who, int] = defaultdict(int)
    for cents in differing.values():
        for who, amount in cents.items():
            totals[who] += amount
    found: ByMonth = {}
    for month, cents in differing.items():
        billed = {who: a for who, a in cents.items() if due(here, who[1], totals[who], month, period, books)}
        if billed:
            found[month] = billed
    return found


def difference(here: Workspace, month: str, books: Books) -> Cents:
    """What a closed month comes to today less what was billed for it."""
    calling = {rule["id"] for rule in instalments(here)}
    found: Cents = defaultdict(int)
    for who, amount in own(here, month).items():
        found[who] += amount
    for who, amount in books.billed[month].items():
        found[who] -= amount
    found = {who: amount for who, amount in found.items() if who[1] not in calling}
    if here.trued_in(month):
        for who, amount in true_up(here, month, books, {}).items():
            found[who] = amount - books.trued[month].get(who, 0)
        for who, amount in books.trued[month].items():
            found.setdefault(who, -amount)
    return without_zeros(found)


def due(here: Workspace, rule: str, total: int, month: str, period: str, books: Books) -> bool:
    """Whether a difference of a month is billed in the open month; ``total``: that of all months for member, rule and
    regime."""
    if year_is_billed(here, int(month[:4]), period, books.closed):
        return True
    known = here.rules[rule]
    trued = known in instalments(here)  # what a true-up comes to later is of a year that is over
    if not trued and known.get("adjust", "year" if known["kind"] == "allocation" else "next") == "year":
        return False
    least = number(known.get("adjust_min", here.settings["billing"].get("adjust_min", 0))) * 100
    return abs(total) >= least


def year_is_billed(here: Workspace, year: int, period: str, closed: Iterable[str]) -> bool:
    """Whether all differences of a year are billed in a month: in the one of its true-up or a later one, else in any of
    a later year."""
    if f"{year}-12" not in closed or int(period[:4]) <= year:
        return False
    named = here.true_up_of(year)
    return named is None or period >= named
