"""Savings: this month shared against what each member would pay alone, by the ``baseline`` rules. Pure.

Baselines that replace a rule in common are compared together, so no charge is counted twice. VAT is that of the
documents of the month by itself: all members together pay what these bill, to the cent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from chargeback.model.charges import Charge
from chargeback.model.money import apportion
from chargeback.model.rules import Rule
from chargeback.model.settings import Regime
from chargeback.model.statements import MemberSavings, Saving
from chargeback.model.vat import vat_of

Pair = tuple[tuple[str, ...], tuple[str, ...]]  # baselines, rules that they replace together
Part = tuple[str, int]  # member, place of the comparison
REST = -1  # place of what no baseline replaces


@dataclass(frozen=True, slots=True)
class Amount:
    """Amount of a member in a comparison, in cents.

    Attributes:
        net: without VAT.
        vat: VAT.
    """

    net: int = 0
    vat: int = 0

    @property
    def gross(self) -> int:
        return self.net + self.vat


def comparisons(rules: Iterable[Rule]) -> list[Pair]:
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
    charges: Sequence[Charge],
    baselines: Sequence[Charge],
    rules: Sequence[Rule],
    regimes: Mapping[str, Regime],
    payers: Mapping[str, str],
    own: Collection[str] = (),
) -> tuple[MemberSavings, ...]:
    """The savings of every member who is charged or has a baseline, by member id.

    ``payers``: payer of each member who is charged; its document of a regime bills all its members, and a member alone
    has a document of its own. ``own``: members whose charges the operator bears itself.
    """
    pairs = comparisons(rules)
    replaced = {rule: place for place, (_, names) in enumerate(pairs) for rule in names}
    replacing = {rule: place for place, (names, _) in enumerate(pairs) for rule in names}
    together = _amounts(charges, replaced, regimes, payers)
    alone = _amounts(baselines, replacing, regimes, {})
    members = sorted({member for member, _ in (*together, *alone)})
    return tuple(_member(member, pairs, together, alone, member not in own) for member in members)


def _member(
    member: str, pairs: Sequence[Pair], together: Mapping[Part, Amount], alone: Mapping[Part, Amount], billed: bool
) -> MemberSavings:
    rest = together.get((member, REST), Amount())
    found = (
        _saving(pair, together.get((member, place)), alone.get((member, place))) for place, pair in enumerate(pairs)
    )
    rows = tuple(saving for saving in found if saving is not None)
    return MemberSavings(member, rows, rest.net, rest.gross, billed)


def _saving(pair: Pair, together: Amount | None, alone: Amount | None) -> Saving | None:
    if together is None and alone is None:
        return None
    mine, theirs = together or Amount(), alone or Amount()
    return Saving(
        baselines=pair[0],
        replaces=pair[1],
        alone_net=theirs.net,
        alone_gross=theirs.gross,
        together_net=mine.net,
        together_gross=mine.gross,
    )


def _amounts(
    charges: Iterable[Charge], place_of: Mapping[str, int], regimes: Mapping[str, Regime], payers: Mapping[str, str]
) -> dict[Part, Amount]:
    """Amounts of each part, with the VAT of each document cut over its parts."""
    bills: dict[tuple[str, str], dict[Part, int]] = defaultdict(lambda: defaultdict(int))
    for charge in charges:
        part = charge.member_id, place_of.get(charge.rule, REST)
        bills[payers.get(charge.member_id, charge.member_id), charge.vat][part] += charge.amount
    found: dict[Part, Amount] = defaultdict(Amount)
    for (_, name), nets in bills.items():
        taxes = _taxes(nets, regimes[name].rate) if name in regimes else {}
        for part, net in nets.items():
            found[part] = Amount(found[part].net + net, found[part].vat + taxes.get(part, 0))
    return dict(found)


def _taxes(nets: Mapping[Part, int], rate: Decimal) -> dict[Part, int]:
    """VAT of a document cut over its parts: each has its own, cut downwards or upwards so that they add up."""
    parts = {f"{n:09d}": part for n, part in enumerate(sorted(nets))}
    exact = {name: nets[part] * Fraction(rate) / 100 for name, part in parts.items()}
    taxes = apportion(vat_of(sum(nets.values()), rate), exact)
    return {part: taxes[name] for name, part in parts.items()}
