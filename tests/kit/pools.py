"""Pools shared by a method: members, costs, rules and context made by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from chargeback.charging.context import Context
from chargeback.charging.metering.answers import Answer
from chargeback.charging.metering.timeline import Levels, Roster
from chargeback.charging.sharing.method_shares import method_table
from chargeback.model.facts import CoalitionCost, Facts, Level, Member
from chargeback.model.period import Period
from chargeback.model.pools import KeyTable
from chargeback.model.problem import Place, Problem
from chargeback.model.rules import Rule, parts_of
from chargeback.model.settings import Operator, Settings
from kit.builders import level, member

PERIOD = Period(2026, 9)


START = date(2026, 1, 1)


HALF = date(2026, 9, 16)


TABLE = Place("standalone/costs.csv")


LINES = {
    "version": 8,
    "version.0": 8,
    "version.0.method": 11,
    "version.0.game": 12,
    "version.0.quantity": 13,
    "version.0.curve": 14,
}


def rule(*versions: dict[str, Any], group: str | None = None) -> Rule:
    """An allocation of the pool ``dam``; the fields of each version come on top of its reference."""
    base = {"valid_from": START, "references": [{"title": "Deliberation"}]}
    fields = {"id": "dam", "label": {"en": "Dam"}, "kind": "allocation", "vat": "services", "pool": "dam"}
    return Rule.model_validate(
        fields | {"group": group, "version": [base | v for v in versions], "path": "tariffs/dam.toml", "lines": LINES}
    )


def played(method: str, **fields: Any) -> Rule:
    """A rule of one version that shares the game ``fare``."""
    return rule({"method": method, "game": "fare"} | fields)


def along(method: str, curve: Iterable[tuple[str, str]] = (), **fields: Any) -> Rule:
    """A rule of one version that shares a cost curve over the driver ``kw``."""
    points = [{"at": at, "cost": cost} for at, cost in curve]
    return rule({"method": method, "quantity": {"driver": "kw"}, "curve": points} | fields)


def costs(
    table: dict[str, str], game: str = "fare", since: date = START, until: date | None = None
) -> tuple[CoalitionCost, ...]:
    """Rows of standalone/costs.csv: euros by coalition."""
    return tuple(
        CoalitionCost(
            game=game,
            coalition=tuple(names.split("+")),
            cost=int(Decimal(cost) * 100),
            valid_from=since,
            valid_to=until,
            where=TABLE,
        )
        for names, cost in table.items()
    )


def levels(**values: str) -> tuple[Level, ...]:
    """Values of the driver ``kw`` by member."""
    return tuple(level(name, v, name="kw") for name, v in values.items())


def context(*members: Member, answers: dict[tuple[str, str], Answer] | None = None, **facts: Any) -> Context:
    """What a rule looks things up in, in September 2026."""
    known = Facts(members=members or (member("evan"), member("brett")), **facts)
    settings = Settings(operator=Operator(), zone=ZoneInfo("Europe/Paris"))
    roster, levels = Roster(known, PERIOD.span), Levels.of(known)
    return Context(PERIOD, settings, known, roster, levels, answers or {})


def table(of: Rule, ctx: Context, number: int = 0) -> tuple[list[KeyTable], list[Problem]]:
    """The table of a version of a rule for a pool of 100.00."""
    version, span = parts_of(of, PERIOD.span)[number]
    presence = {m: s for m, s in ctx.roster.of(of.group).items() if m not in version.exclude}
    found = method_table(of, version, span, 10000, presence, ctx)
    return list(found.tables), list(found.problems)


def values(of: Rule, ctx: Context, number: int = 0) -> dict[str, Fraction]:
    """The weights of a version of a rule, where there is no problem."""
    (found,), problems = table(of, ctx, number)
    assert problems == []
    return found.values


def problems(of: Rule, ctx: Context) -> list[Problem]:
    """The problems of a rule, which then gives no table."""
    tables, found = table(of, ctx)
    assert tables == []
    return found
