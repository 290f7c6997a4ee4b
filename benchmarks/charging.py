"""Charges rated and shared, from facts to the bytes of charges.csv: a body of two hundred members, then one of
35,000."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.table import Line, rate
from benchmarks.timing import repeated, seconds
from benchmarks.workspace import MONTH
from chargeback.billing.charges_csv import charges_csv
from chargeback.billing.month import bill_month
from chargeback.charging.plan import plan_month
from chargeback.model.facts import Cost, Facts, Level, Member
from chargeback.model.gc_pause import paused_gc
from chargeback.model.problem import Place
from chargeback.model.rules import Rule
from chargeback.model.settings import Operator, Regime, Settings

RULES = 40
HERE = Place("benchmark")
ALWAYS = date(2020, 1, 1)
TIERS = [{"up_to": "1000", "price": "0.10"}, {"price": "0.05"}]
KEYS = [{"quantity": {"driver": "population"}, "weight": "0.7"}, {"equal": True, "weight": "0.3"}]
SETTINGS = Settings(
    Operator(name="A syndicate"), ZoneInfo("Europe/Paris"), regimes={"services": Regime("services", "S", Decimal(20))}
)


@dataclass(frozen=True, slots=True)
class Body:
    """Everything a month of so many members is computed from."""

    facts: Facts
    rules: tuple[Rule, ...]
    costs: tuple[Cost, ...]


def lines() -> Iterator[Line]:
    """Charges a second for a small body and a large one: the second finds a quadratic step."""
    small, large = body(200), body(35_000)
    count = charge(small)
    yield rate(
        "charges, rated and shared",
        f"200 × {RULES} rules",
        count,
        repeated(lambda: charge(small), 3),
        "charges",
        50_000,
    )
    found: list[int] = []
    taken = seconds(lambda: found.append(charge(large)))
    yield rate("charges, rated and shared", f"35,000 × {RULES} rules", found[0], taken, "charges", 50_000)


def charge(of: Body) -> int:
    """How many charges a month comes to, charges.csv written in memory; the collector is off, as in the run."""
    with paused_gc():
        ready = plan_month(MONTH, SETTINGS, of.facts, of.rules, of.costs)
        assert not ready.problems, ready.problems
        month = bill_month(ready, {}).month
        assert month is not None
        charges_csv(month.charges, month.rules, MONTH)
        return len(month.charges)


def body(members: int) -> Body:
    """So many members with a population each; half of the rules rate it, half share a pool by it."""
    names = [f"m{n:06d}" for n in range(members)]
    people = tuple(Member(name, name, "commune", ALWAYS, None, HERE) for name in names)
    levels = [Decimal(100 + n * 7919 % 1_801) for n in range(members)]
    drivers = tuple(Level(m, "population", v, ALWAYS, None, HERE) for m, v in zip(names, levels, strict=True))
    rules = tuple(_rule(number) for number in range(RULES))
    costs = tuple(Cost(MONTH, r.pool, "", "", 12_345_678 + n, "", HERE) for n, r in enumerate(rules) if r.pool)
    return Body(Facts(members=people, drivers=drivers), rules, costs)


def _rule(number: int) -> Rule:
    base: dict[str, Any] = {"id": f"r{number:02d}", "label": {"fr": "r"}, "service": "s", "vat": "services"}
    dated: dict[str, Any] = {"valid_from": ALWAYS, "references": [{"title": "A benchmark"}]}
    if number % 2:
        version = dated | {"keys": KEYS}
        return Rule.model_validate(base | {"kind": "allocation", "pool": f"p{number:02d}", "version": [version]})
    version = dated | {"model": "graduated", "tiers": TIERS}
    quantity = {"driver": "population"}
    return Rule.model_validate(base | {"kind": "rate", "quantity": quantity, "version": [version]})
