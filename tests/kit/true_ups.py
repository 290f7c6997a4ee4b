"""Years made by hand for the true-up of a pool."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from chargeback.billing.true_up import CalledFunds, true_up
from chargeback.billing.year_payers import YearPayers
from chargeback.charging.context import Context
from chargeback.model.facts import Facts
from chargeback.model.period import Period
from chargeback.model.pools import TrueUp
from chargeback.model.problem import Problem
from chargeback.model.rules import Rule
from chargeback.model.settings import Operator, Settings
from kit.builders import level, member

SETTINGS = Settings(Operator(), ZoneInfo("Europe/Paris"))


def rule(keys: object, **terms: object) -> Rule:
    version = {"valid_from": date(2020, 1, 1), "references": [{"title": "Decision"}], "keys": keys, **terms}
    content = {"id": "network", "label": {"fr": "Réseau"}, "kind": "allocation", "vat": "x", "pool": "network"}
    return Rule.model_validate(content | {"version": [version | {"billing": "instalments"}]})


def shares(found: TrueUp | None) -> dict[str, int]:
    """Cents of each member, whoever pays them."""
    assert found is not None
    found_by_member: dict[str, int] = {}
    for row in found.rows:
        found_by_member[row.member_id] = found_by_member.get(row.member_id, 0) + row.share
    return found_by_member


def settled(
    rule: Rule,
    costs: Sequence[int],
    ctx: Context,
    instalments: Mapping[str, int] | None = None,
    prefinanced: Mapping[str, int] | None = None,
    documents: Mapping[str, Sequence[str]] | None = None,
) -> tuple[TrueUp | None, tuple[Problem, ...]]:
    """True-up of a pool that the last month of its year bills, of members that were called themselves."""
    called = CalledFunds(
        {(who, who): cents for who, cents in (instalments or {}).items()},
        {(who, who): cents for who, cents in (prefinanced or {}).items()},
        {
            (who, who): dict.fromkeys(numbers, (prefinanced or {}).get(who, 0))
            for who, numbers in (documents or {}).items()
        },
    )
    year = ctx.month.start.year
    return true_up(rule, costs, called, ctx, YearPayers(ctx.facts, Period(year, 12)))


LEFT = member("cergy", valid_to=date(2025, 7, 1))


FACTS = Facts(
    members=(member("argenteuil"), member("bezons"), LEFT),
    drivers=(
        level("argenteuil", 100),
        level("bezons", 200, valid_to=date(2025, 7, 1)),
        level("bezons", 300, valid_from=date(2025, 7, 1)),
        level("cergy", 100),
    ),
)
