"""Savings: this month shared against what each member would pay alone, by the ``baseline`` rules. Pure.

Baselines that replace a rule in common are compared together, so no charge is counted twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from chargeback.model.charges import Charge
from chargeback.model.rules import Rule
from chargeback.model.settings import Regime
from chargeback.model.statements import MemberSavings, Saving
from chargeback.model.vat import vat_of

ByRule = dict[str, dict[str, dict[str, int]]]  # member → rule → regime → cents


def comparisons(rules: Iterable[Rule]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """(baselines, rules they replace together), sorted; baselines with a replaced rule in common are one comparison."""
    groups: list[tuple[set[str], set[str]]] = []
    for rule in sorted((r for r in rules if r.kind == "baseline"), key=lambda r: r.id):
        own = ({rule.id}, set(rule.replaces))
        for other in [g for g in groups if g[1] & own[1]]:
            groups.remove(other)
            own = (own[0] | other[0], own[1] | other[1])
        groups.append(own)
    return sorted((tuple(sorted(b)), tuple(sorted(r))) for b, r in groups)


def savings(
    charges: Sequence[Charge], baselines: Sequence[Charge], rules: Sequence[Rule], regimes: Mapping[str, Regime]
) -> tuple[MemberSavings, ...]:
    """The savings of every member who is charged or has a baseline, by member id."""
    pairs = comparisons(rules)
    compared = {rule for _, replaced in pairs for rule in replaced}
    together, alone = _by_rule(c for c in charges if c.rule in compared), _by_rule(baselines)
    rest: dict[str, int] = defaultdict(int)
    for charge in charges:
        rest[charge.member_id] += 0 if charge.rule in compared else charge.amount
    result = []
    for member in sorted({*rest, *alone}):
        mine, theirs = together.get(member, {}), alone.get(member, {})
        rows = [_saving(pair, mine, theirs, regimes) for pair in pairs]
        result.append(MemberSavings(member, tuple(row for row in rows if row is not None), rest.get(member, 0)))
    return tuple(result)


def _by_rule(charges: Iterable[Charge]) -> ByRule:
    found: ByRule = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for charge in charges:
        found[charge.member_id][charge.rule][charge.vat] += charge.amount
    return found


def _saving(
    pair: tuple[tuple[str, ...], tuple[str, ...]],
    together: Mapping[str, Mapping[str, int]],
    alone: Mapping[str, Mapping[str, int]],
    regimes: Mapping[str, Regime],
) -> Saving | None:
    baselines, replaced = pair
    if not any(rule in alone for rule in baselines) and not any(rule in together for rule in replaced):
        return None
    net_alone, gross_alone = _sums(baselines, alone, regimes)
    net_together, gross_together = _sums(replaced, together, regimes)
    return Saving(baselines, replaced, net_alone, gross_alone, net_together, gross_together)


def _sums(
    names: Iterable[str], by_rule: Mapping[str, Mapping[str, int]], regimes: Mapping[str, Regime]
) -> tuple[int, int]:
    """Net and gross cents of some rules, VAT on the total of each regime."""
    by_regime: dict[str, int] = defaultdict(int)
    for name in names:
        for regime, cents in by_rule.get(name, {}).items():
            by_regime[regime] += cents
    net = sum(by_regime.values())
    return net, net + sum(vat_of(cents, regimes[r].rate) for r, cents in by_regime.items() if r in regimes)
