"""Years made by hand for the true-up of a pool."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from chargeback.model.facts import Facts
from chargeback.model.pools import TrueUp
from chargeback.model.rules import Rule
from chargeback.model.settings import Operator, Settings
from kit.builders import level, member

SETTINGS = Settings(Operator(), ZoneInfo("Europe/Paris"))


def rule(keys: object, **terms: object) -> Rule:
    version = {"valid_from": date(2020, 1, 1), "references": [{"title": "Decision"}], "keys": keys, **terms}
    content = {"id": "network", "label": {"fr": "Réseau"}, "kind": "allocation", "vat": "x", "pool": "network"}
    return Rule.model_validate(content | {"version": [version | {"billing": "instalments"}]})


def shares(found: TrueUp | None) -> dict[str, int]:
    assert found is not None
    return {row.member_id: row.share for row in found.rows}


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
