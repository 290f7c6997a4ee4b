"""Months with a game made by hand: three purposes of a dam, neighbours who share a network, sixty communes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import combinations

from chargeback.model.fairness import Blocking, Coalition, Division, Fairness
from chargeback.model.money import split
from chargeback.model.month import Month
from kit import sample_month as months

DAM: dict[Coalition, int] = {
    ("navigation",): 16352000,
    ("flood-control",): 14082600,
    ("power",): 25009600,
    ("flood-control", "navigation"): 30160700,
    ("navigation", "power"): 37882100,
    ("flood-control", "power"): 36737000,
    ("flood-control", "navigation", "power"): 41258400,
}
SHAPLEY = {"flood-control": 10075650, "navigation": 11782900, "power": 19399850}
NUCLEOLUS = {"flood-control": 9354000, "navigation": 11623400, "power": 20281000}
SCRB = {"flood-control": 9915730, "navigation": 11747554, "power": 19595116}


def blocking(shares: Mapping[str, int], costs: Mapping[Coalition, int]) -> list[Blocking]:
    """The coalitions that pay more than their cost, the worst first."""
    paid = {coalition: sum(shares[p] for p in coalition) for coalition in costs}
    found = [Blocking(c, Fraction(paid[c]), Fraction(cost)) for c, cost in costs.items() if paid[c] > cost]
    return sorted(found, key=lambda b: (-b.excess, len(b.coalition), b.coalition))


def division(method: str, shares: Mapping[str, int], costs: Mapping[Coalition, int], **more: object) -> Division:
    """A way to share, with the groups that it makes pay too much; at most ten are kept."""
    found = blocking(shares, costs)
    return Division(method, dict(shares), tuple(found[:10]), len(found), **more)  # type: ignore[arg-type]


def dam(shares: Mapping[str, int] = SHAPLEY, method: str = "shapley") -> Fairness:
    """The dam of the Tennessee Valley (Ransmeier 1942; Straffin and Heaney 1981), thousand dollars taken as euros."""
    alone = {p: Fraction(cost) for (p, *rest), cost in DAM.items() if not rest}
    others = {
        "proportional": split(41258400, alone),
        "shapley": SHAPLEY,
        "nucleolus": NUCLEOLUS,
        "scrb": SCRB,
    }
    return Fairness(
        game="dam",
        curve=False,
        rules=("backbone",),
        versions=(date(2026, 1, 1),),
        pools=("network-backbone",),
        method=method,
        amount=sum(shares.values()),
        outside=0,
        players=tuple(sorted(alone)),
        alone=alone,
        together=Fraction(41258400),
        divisions=(division("charged", shares, DAM), *(division(m, s, DAM) for m, s in others.items())),
        coalitions="all",
        coalitions_tested=len(DAM),
    )


def purposes() -> dict[str, object]:
    """The members of the dam."""
    names = {"flood-control": "Protection contre les crues", "navigation": "Navigation", "power": "Électricité"}
    return {name: months.member(name, label) for name, label in names.items()}


def with_games(*games: Fairness, members: Mapping[str, object] | None = None) -> Month:
    """The month made by hand with games; their members are added."""
    base = months.month()
    known = {**base.members, **purposes(), **(members or {})}
    return replace(base, members=known, fairness=games)  # type: ignore[arg-type]


def many(names: Sequence[str], *, looked_how: str = "all") -> tuple[Fairness, dict[str, object]]:
    """Members who share what the square root of their size costs; shares by size alone, so that small ones gain
    most."""
    ids = [f"m{n:03}" for n in range(len(names))]
    alone = {p: Fraction(1_000_000 + 70_000 * (n % 7) + 9_001 * n) for n, p in enumerate(ids)}
    amount = int(sum(alone.values()) * 3 // 5)
    equal = split(amount, dict.fromkeys(ids, Fraction(1)))
    costs = {(p,): int(alone[p]) for p in ids} | dict.fromkeys(combinations(ids[:5], 2), 1150000)
    costs[tuple(ids)] = amount
    others = {m: split(amount, alone) for m in ("proportional", "shapley", "nucleolus", "scrb")}
    found = dam()
    made = replace(
        found,
        game="hosting",
        players=tuple(ids),
        alone=alone,
        together=Fraction(amount),
        amount=amount,
        method="keys",
        coalitions=looked_how,
        coalitions_tested=2 ** min(len(ids), 16) - 1,
        divisions=(division("charged", equal, costs), *(division(m, s, costs) for m, s in others.items())),
    )
    return made, {p: months.member(p, name) for p, name in zip(ids, names, strict=True)}
