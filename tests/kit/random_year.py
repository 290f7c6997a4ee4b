"""Small random years: the files of a workspace as they stand when each month is computed, with what happens in between.

A year begins in August to October 2025 and goes on until what it left is billed. Nothing here knows the program.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st

from kit.issuable_scenarios import OPERATOR, siret
from kit.random_workspace.base import Row, csv_text, following, rule_text
from kit.random_workspace.rules import rule, version

Rule = dict[str, Any]
T = TypeVar("T")
YEAR = 2025
LONG_AGO = "2020-01-01"
WHY = {"reason": "Délibération du comité", "ground": "regularisation"}
NAMES = ("a", "b", "c", "d", "e")
LATER_DAYS = (9, 20)  # of a month, from 0, on which a version may begin: ``a`` uses something under each
OWN = "op"  # the operator as a member of itself
MEMBERS = (
    *("member_id", "name", "kind", "siret", "address", "postal_code", "city", "payer", "successor", "frequency"),
    *("valid_from", "valid_to"),
)
LEVELS = ("member_id", "driver", "value", "valid_from", "valid_to")
USAGE = ("start", "end", "member_id", "resource_id", "meter", "quantity")
COSTS = ("period", "pool", "account", "label", "amount", "document")
REGIMES = """
[vat.services]
category = "S"
rate = "20.00"

[vat.contributions]
category = "O"
reason = "Contribution statutaire, hors champ d'application de la TVA"
reason_code = "VATEX-EU-O"
invoice = "C{year}-{sequence:05d}"

[vat.cost-sharing]
category = "E"
rate = "0.00"
reason = "Exonération, article 261 B du CGI"
reason_code = "VATEX-EU-132-1F"

[[accounts]]
account = "7588"

[[accounts]]
of = "prior-year-reduction"
account = "673"
"""


class Dice(Protocol):
    """Where chance comes from."""

    def between(self, low: int, high: int) -> int: ...

    def one(self, some: Sequence[T]) -> T: ...

    def coin(self) -> bool: ...


@dataclass(frozen=True)
class Seeded:
    """Chance from a seed: years far from each other."""

    random: random.Random

    def between(self, low: int, high: int) -> int:
        return self.random.randint(low, high)

    def one(self, some: Sequence[T]) -> T:
        return some[self.random.randrange(len(some))]

    def coin(self) -> bool:
        return self.random.random() < 0.5


@dataclass(frozen=True)
class Drawn:
    """Chance from hypothesis: a year that fails is made as small as it can be."""

    draw: Any

    def between(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(low, high)))

    def one(self, some: Sequence[T]) -> T:
        return some[self.draw(st.integers(0, len(some) - 1))]

    def coin(self) -> bool:
        return bool(self.draw(st.booleans()))


@dataclass(frozen=True)
class Year:
    """The months of a year in their order, and all files of the workspace at each of them, by path.

    ``events``: what happened, for who reads a failure.
    """

    months: tuple[str, ...]
    steps: tuple[Mapping[str, str], ...] = field(repr=False)
    events: tuple[str, ...] = ()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(f"{self.events} {self.steps[-1].keys()}")

    def __hash__(self) -> int:
        return hash((self.months, self.events, tuple(tuple(sorted(step.items())) for step in self.steps)))


def after(month: str, count: int = 1) -> str:
    """The month so many months later."""
    number = int(month[:4]) * 12 + int(month[5:]) - 1 + count
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def first(month: str) -> date:
    return date.fromisoformat(month + "-01")


def last(month: str) -> date:
    return following(first(month)) - timedelta(days=1)


WHEN = (None, None, "next", "year")  # a rule is adjusted


@dataclass
class Book:
    """A workspace while it is being written: rows by file, rules by id."""

    months: tuple[str, ...]
    true_up: str | None
    eventful: str  # the last month before which something happens
    billing: dict[str, str] = field(default_factory=dict)
    members: list[dict[str, str]] = field(default_factory=list)
    drivers: list[Row] = field(default_factory=list)
    usage: dict[str, list[Row]] = field(default_factory=dict)
    costs: dict[str, list[Row]] = field(default_factory=dict)
    budgets: list[Row] = field(default_factory=list)
    rules: dict[str, Rule] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)

    @property
    def start(self) -> date:
        """The day from which there are rules."""
        return first(self.months[0])

    def files(self) -> dict[str, str]:
        """Every file, by path."""
        rows = [tuple(row[name] for name in MEMBERS) for row in self.members]
        found = {"chargeback.toml": self.settings(), "members.csv": csv_text(MEMBERS, rows, None)}
        found["drivers.csv"] = csv_text(LEVELS, self.drivers, None)
        if self.budgets:
            found["budget/budget.csv"] = csv_text(("year", "pool", "amount"), self.budgets, None)
        found |= {f"usage/{name}.csv": csv_text(USAGE, some, None) for name, some in self.usage.items()}
        found |= {f"costs/{name}.csv": csv_text(COSTS, some, None) for name, some in self.costs.items()}
        return found | {f"tariffs/{name}.toml": rule_text(each) for name, each in self.rules.items()}

    def settings(self) -> str:
        """chargeback.toml; the operator is the member ``op`` where there is one."""
        billing = {"currency": "EUR", "timezone": "Europe/Paris", "locale": "fr_FR", **self.billing}
        text = OPERATOR + "[billing]\n" + "".join(f'{name} = "{value}"\n' for name, value in billing.items())
        named = f'\n[true_up]\n{YEAR} = "{self.true_up}"\n' if self.true_up else ""
        return text + REGIMES + named

    def current(self, member: str) -> dict[str, str]:
        """The open row of a member."""
        return next(row for row in self.members if row["member_id"] == member and not row["valid_to"])

    def open_members(self) -> list[str]:
        """Those that may still change: in force without end, but ``a``, who stays as it is."""
        return [row["member_id"] for row in self.members if not row["valid_to"] and row["member_id"] not in ("a", OWN)]

    def change(self, member: str, on: date, **values: str) -> None:
        """From a day on, other values in the row of a member."""
        row = self.current(member)
        if date.fromisoformat(row["valid_from"]) == on:
            row.update(values)
            return
        row["valid_to"] = on.isoformat()
        self.members.append({**row, "valid_to": "", "valid_from": on.isoformat(), **values})

    def end(self, member: str, on: date, successor: str = "") -> None:
        """The member is no more from a day on."""
        self.current(member).update(valid_to=on.isoformat(), successor=successor)

    def join(self, member: str, on: str, agents: int, **values: str) -> None:
        """A member from a day on, with its agents."""
        number = len({row["siret"] for row in self.members}) + 10
        row = dict.fromkeys(MEMBERS, "") | {"member_id": member, "name": member.upper(), "kind": "commune"}
        row |= {"siret": siret(number), "address": "1 rue Haute", "postal_code": "95000", "city": "Cergy"}
        self.members.append(row | {"valid_from": on} | values)
        self.drivers.append((member, "agents", str(agents), on, ""))

    def new_name(self) -> str:
        known = {row["member_id"] for row in self.members}
        return next(name for n in range(1, 100) if (name := f"n{n}") not in known)


def use(day: date, hour: int, member: str, meter: str, quantity: int, minute: int = 0) -> Row:
    """A row of usage/."""
    return (f"{day.isoformat()}T{hour:02d}:{minute:02d}", "", member, "", meter, str(quantity))


# What rules there are.


def priced(dice: Dice, most: int = 3000) -> Rule:
    """How a rate prices: flat, or by two tiers, sometimes with a minimum."""
    price = str(dice.between(1, most) / 1000)
    least = {"minimum": str(dice.between(1, 60))} if dice.between(0, 3) == 3 else {}
    if dice.coin():
        return {"model": "flat", "price": price, **least}
    tiers = [{"up_to": str(dice.between(5, 60)), "price": price}, {"price": "0.377"}]
    return {"model": "graduated", "tiers": tiers, **least}


def shared(dice: Dice, metered: bool) -> Rule:
    """How an allocation shares: keys that never come to nothing, as ``a`` has a part of each."""
    ports = {"quantity": {"meter": "port", "measure": "sum"}}
    agents = {"quantity": {"driver": "agents"}}
    choices = [[agents], [{"equal": True}], [{**agents, "weight": "0.7"}, {"equal": True, "weight": "0.3"}]]
    if metered:
        choices += [[ports], [{**ports, "weight": "0.35"}, {**agents, "weight": "0.65"}]]
    prorate = {"prorate": "day"} if dice.coin() else {}
    return {"keys": dice.one(choices), **prorate}


def adjusting(dice: Dice) -> Rule:
    """When a rate is adjusted, and from what amount on."""
    when = dice.one((None, None, "next", "year"))
    return {"adjust": when, "adjust_min": None if when == "year" else dice.one((None, None, "0.00", "7.50"))}


def write_rules(dice: Dice, book: Book) -> None:
    """Two to six rules: a taxed rate, an exempt pool, and as may be a rate that comes off it first, a pool by
    instalments, a rate that pays that one in advance, a pool that serves the others."""
    rates: list[Rule] = [write_use(dice, book)]
    if dice.between(0, 3) == 3:
        rates.append(write_lease(dice, book))
    write_pools(dice, book, [each["id"] for each in rates[1:]])
    if book.budgets and dice.coin():
        rates.append(write_ports(dice, book))
    for each in rates:
        book.rules[each["id"]] = each
    if dice.between(0, 3) == 3:
        to = {"net": "2", "dc": "1"} if book.budgets else {"net": "1"}
        serving = rule("transfer", "cool", [version(book.start, None, to=to)], pool="cool")
        book.rules["cool"] = {name: value for name, value in serving.items() if name not in ("vat", "service")}


def write_use(dice: Dice, book: Book) -> Rule:
    """A rate by use, sometimes of the year to date, under a regime that the kind of the member may change."""
    to_date = {"accumulate": "year"} if dice.between(0, 3) == 3 else {}
    by_kind = {"default": "services", "epci": "contributions"}
    return rule(
        "rate",
        "use",
        [version(book.start, None, **priced(dice), **to_date)],
        quantity={"meter": "gb", "measure": "sum"},
        vat=dice.one(("services", by_kind)),
        service="hosting",
        **adjusting(dice),
    )


def write_lease(dice: Dice, book: Book) -> Rule:
    """A price per month, quarter or year, the same for each member; it comes off the pool ``net``."""
    every = dice.one((None, "quarter", "year"))
    terms = {"model": "flat", "price": str(dice.between(1, 900) / 100), "every": every}
    prorate = {"prorate": "day"} if dice.coin() else {}
    versions = [version(book.start, None, **terms, **prorate)]
    return rule("rate", "lease", versions, quantity={"constant": "1"}, vat="cost-sharing", service="network")


def write_ports(dice: Dice, book: Book) -> Rule:
    """A rate by use that pays the pool ``dc`` in advance."""
    versions = [version(book.start, None, **priced(dice, 400))]
    ports = {"meter": "port", "measure": "sum"}
    return rule("rate", "ports", versions, quantity=ports, vat="cost-sharing", pool="dc", adjust=dice.one(WHEN))


def write_pools(dice: Dice, book: Book, less: list[str]) -> None:
    """The pool that is shared each month, and where there is a budget the one that is called by twelfths."""
    terms = [shared(dice, metered=True) | ({"less": less} if less else {})]
    calls = {"billing": "instalments", **shared(dice, metered=bool(book.usage.get("2024")))}
    for name, each in zip(("net", "dc") if book.budgets else ("net",), [*terms, calls], strict=False):
        when = dice.one(WHEN) if name == "net" else None
        versions = [version(book.start, None, **each)]
        book.rules[name] = rule(
            "allocation", name, versions, pool=name, vat="cost-sharing", service="network", adjust=when
        )


# What happens between two months. Each takes the book as it is before month ``now`` of its months.

Event = Callable[[Dice, Book, int], None]


def earlier(dice: Dice, book: Book, now: int) -> str:
    """A month before this one."""
    return book.months[dice.between(0, now - 1)]


def a_day(dice: Dice, month: str) -> date:
    """A day of a month, often the first."""
    return first(month) + timedelta(days=dice.one((0, 0, *LATER_DAYS)))


def late_rows(dice: Dice, book: Book, now: int) -> None:
    """Use of an earlier month arrives, or a correction below zero of it."""
    month, member = earlier(dice, book, now), dice.one(sorted({r["member_id"] for r in book.members}))
    quantity = dice.one((1, 4, 50, -1, -3, -60))
    minute = len(book.events)
    rows = [use(last(month), 5, member, "gb", quantity, minute)]
    if dice.coin():
        rows.append(use(last(month), 5, member, "port", abs(quantity), minute))
    book.usage[f"late-{now}-{len(book.usage)}"] = rows
    book.events.append(f"{quantity} gb of {member} in {month}, late")


def corrected_file(dice: Dice, book: Book, now: int) -> None:
    """The file of an earlier month is put again with other quantities; one row may be gone."""
    month = earlier(dice, book, now)
    factor = dice.one((1, 2, 3))
    rows = [(*row[:-1], str(int(row[-1]) * factor)) for row in book.usage[month]]
    keep = dice.between(0, len(rows))
    book.usage[month] = [row for at, row in enumerate(rows) if at != keep or row[2] == "a"]
    book.events.append(f"file of {month} corrected: times {factor}, without row {keep}")


def late_cost(dice: Dice, book: Book, now: int) -> None:
    """A bill, or a refund, of an earlier month."""
    month, pool = earlier(dice, book, now), dice.one(pools(book))
    amount = dice.one(("0.01", "33.33", "500.00", "-12.10", "-700.01"))
    book.costs.setdefault(f"late-{now}", []).append(
        (month, pool, "6110", "Late", amount, f"L-{now}-{len(book.events)}")
    )
    book.events.append(f"{amount} in {pool} of {month}, late")


def joining(dice: Dice, book: Book, now: int) -> None:
    """A member from this month on, or known too late."""
    month = dice.one((book.months[now], book.months[now - 1]))
    name = book.new_name()
    book.join(name, a_day(dice, month).isoformat(), dice.between(1, 300))
    book.events.append(f"{name} joins in {month}")


def leaving(dice: Dice, book: Book, now: int) -> None:
    """A member that stays no longer; who takes over, if anybody does, is ``a``."""
    there = book.open_members()
    if there:
        name, on = dice.one(there), a_day(dice, book.months[now])
        if date.fromisoformat(book.current(name)["valid_from"]) < on:
            book.end(name, on, dice.one(("", "a")))
            book.events.append(f"{name} leaves on {on}")


def merging(dice: Dice, book: Book, now: int) -> None:
    """Two members end, a new one begins and takes over."""
    on = first(book.months[now])
    there = [n for n in book.open_members() if date.fromisoformat(book.current(n)["valid_from"]) < on]
    if len(there) >= 2:
        name = book.new_name()
        for one in there[:2]:
            book.end(one, on, name)
        book.join(name, on.isoformat(), dice.between(1, 300))
        book.events.append(f"{there[:2]} become {name} on {on}")


def other_payer(dice: Dice, book: Book, now: int) -> None:
    """A member whose documents ``a`` receives from this month on, or no more."""
    there = book.open_members()
    if there:
        name, on = dice.one(there), first(book.months[now])
        if date.fromisoformat(book.current(name)["valid_from"]) <= on:
            payer = "" if book.current(name)["payer"] else "a"
            book.change(name, on, payer=payer)
            book.events.append(f"the payer of {name} is {payer or name} from {on} on")


def other_kind(dice: Dice, book: Book, now: int) -> None:
    """A member that is an EPCI, as is found out too late: its regime changes."""
    there = book.open_members()
    if there:
        name, on = dice.one(there), first(earlier(dice, book, now))
        if date.fromisoformat(book.current(name)["valid_from"]) <= on:
            book.change(name, on, kind="epci")
            book.events.append(f"{name} is an epci from {on} on")


def other_level(dice: Dice, book: Book, now: int) -> None:
    """Agents that are other than was said, from an earlier month on."""
    at = dice.between(0, len(book.drivers) - 1)
    member, name, value, start, end = book.drivers[at]
    on = first(earlier(dice, book, now))
    if not end and date.fromisoformat(start) < on:
        book.drivers[at] = (member, name, value, start, on.isoformat())
        book.drivers.append((member, name, str(int(value) + dice.between(1, 90)), on.isoformat(), ""))
        book.events.append(f"other agents of {member} from {on} on")


def retroactive(dice: Dice, book: Book, now: int) -> None:
    """A version that was voted with effect in an earlier month; where use is of the year to date, on its first day."""
    name = dice.one(sorted(n for n in book.rules if n != "cool"))
    *earlier_ones, last_one = book.rules[name]["version"]
    month = earlier(dice, book, now)
    on = first(month) if "accumulate" in last_one else a_day(dice, month)
    if last_one["valid_from"] < on:
        late = version(on, None, **other_terms(dice, name, last_one), retroactive=WHY)
        versions = [*earlier_ones, {**last_one, "valid_to": on}, late]
        book.rules[name] = {**book.rules[name], "version": versions}
        book.events.append(f"a version of {name} with effect on {on}")


def other_terms(dice: Dice, name: str, before: Rule) -> Rule:
    """Other prices or keys, on the same footing."""
    kept = {field: before[field] for field in ("billing", "less", "accumulate", "every", "prorate") if field in before}
    if name in ("net", "dc"):
        return kept | shared(dice, metered=name == "net")
    return kept | ({"model": "flat", "price": "3.21"} if name == "lease" else priced(dice, 400))


def pools(book: Book) -> list[str]:
    """The pools that have costs."""
    return ["net", *(["dc"] if book.budgets else []), *(["cool"] if "cool" in book.rules else [])]


EVENTS: tuple[Event, ...] = (
    *(late_rows, late_rows, corrected_file, late_cost, late_cost, joining, leaving, merging),
    *(other_payer, other_kind, other_level, retroactive),
)


def month_rows(dice: Dice, book: Book, month: str) -> None:
    """What a month used and cost: a row or two of each member, a bill of each pool."""
    rows = [use(first(month) + timedelta(days=day), 12, "a", "port", 7) for day in (0, *LATER_DAYS)]
    rows.append(use(first(month), 12, "a", "gb", 3))
    for member in NAMES[1:]:
        for meter in dice.one(((), ("gb",), ("port",), ("gb", "port"))):
            day = first(month) + timedelta(days=dice.one((0, 14, 27)))
            rows.append(use(day, 8, member, meter, dice.between(1, 80)))
    book.usage[month] = rows
    amounts = ("0.00" if "lease" not in book.rules else "17.17", "100.00", "1234.56", "999.99", "-45.67")
    book.costs[month] = [(month, pool, "6110", "Bill", dice.one(amounts), f"D-{pool}") for pool in pools(book)]


def year(dice: Dice) -> Year:
    """A year of three to five months, the months of the next until all is billed, and what happens in between."""
    instalments = dice.coin()
    begin = f"{YEAR}-{dice.between(8, 10):02d}"
    billed_in = f"{YEAR + 1}-{dice.one((1, 1, 2)):02d}"
    year_billed = billed_in if instalments else f"{YEAR + 1}-01"
    late = dice.between(0, 3) == 3  # something happens after the year was billed; two months settle it
    end = after(year_billed, 3 if late else 1)
    months = tuple(m for n in range(12) if (m := after(begin, n)) <= end)
    book = Book(months, billed_in if instalments else None, after(year_billed, int(late)))
    threshold = dice.one(("", "15.00", "200.00"))
    book.billing |= {"threshold": threshold} if threshold else {}
    if dice.between(0, 5) == 5:
        book.billing["frequency"] = "quarter"
    if dice.between(0, 2) == 2:
        book.billing["adjust_min"] = dice.one(("1.00", "25.00"))
    write_members(dice, book)
    if instalments:
        book.budgets = [(str(each), "dc", dice.one(("0.00", "1200.07", "6000.00"))) for each in (YEAR, YEAR + 1)]
        if dice.coin():
            book.usage["2024"] = [use(date(2024, 11, 4), 9, m, "port", n + 2) for n, m in enumerate(NAMES[:3])]
    write_rules(dice, book)
    return Year(months, tuple(steps(dice, book)), tuple(book.events))


@cache
def seeded(seed: int) -> Year:
    """The year of a seed."""
    return year(Seeded(random.Random(seed)))


@st.composite
def years(draw: Any) -> Year:
    """Any year."""
    return year(Drawn(draw))


def write_members(dice: Dice, book: Book) -> None:
    """Three to five members, the operator sometimes among them; one may be billed by quarter, one be paid for by
    ``a``."""
    for name in NAMES[: dice.between(3, 5)]:
        quarter = dice.one(("quarter", "month", "")) if name == "b" else ""
        payer = "a" if name == "c" and dice.between(0, 2) == 2 else ""
        book.join(name, LONG_AGO, dice.between(1, 300), frequency=quarter, payer=payer)
    if dice.between(0, 2) == 2:
        book.join(OWN, LONG_AGO, dice.between(1, 90), siret="99000001000019")


def steps(dice: Dice, book: Book) -> Sequence[Mapping[str, str]]:
    """The files at each month; nothing happens before the first and once the year is settled."""
    found = []
    for now, month in enumerate(book.months):
        month_rows(dice, book, month)
        if now and month <= book.eventful:
            for event in [dice.one(EVENTS) for _ in range(dice.between(0, 3))]:
                event(dice, book, now)
        book.events.append(f"— {month}")
        found.append(book.files())
    return found
