"""Charges of a split: one for each member with a share, and its explanation. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from chargeback.charging.context import Context
from chargeback.charging.sharing.keys import KeyValues
from chargeback.model.charges import Charge
from chargeback.model.money import euros, short
from chargeback.model.pools import PoolSplit
from chargeback.model.rules import Rule

ZERO = Fraction(0)


def share_charges(rule: Rule, result: PoolSplit, weights: KeyValues, ctx: Context) -> Iterator[Charge]:
    """Charges of a split, by member; one of zero cents only where the member has a weight."""
    reason = _reasons(result)
    factor = Fraction(result.days, result.month_days)
    version = rule.on(result.version)
    assert version is not None, "a split is of a version of its rule"
    for member, cents in sorted(result.shares.items()):
        if cents or weights.get(member):
            yield Charge(
                member_id=member,
                rule=rule.id,
                version=result.version,
                kind="share",
                tier=0,
                resource_id="",
                quantity=None,
                unit_price=None,
                factor=factor,
                amount=cents,
                vat=ctx.regime(rule, version, member),
                reason=reason(member),
            )


def _reasons(result: PoolSplit) -> Callable[[str], str]:
    """Explanation for a member: pool, then each key with its value of the total, and its weight where there are
    several."""
    called = result.instalment
    of = f", instalment {called.number}/12 of the budget of {called.year} {euros(called.budget)}," if called else ""
    pool = f"{result.pool}{of} {euros(result.amount)}: "
    several = len(result.keys) > 1
    tails = [f"/{short(k.total)}" + (f" x {short(k.weight)}" if several else "") for k in result.keys]
    heads = [f"{key.name or key.kind} " for key in result.keys]
    parts = list(zip(heads, result.keys, tails, strict=True))
    binding, errors = result.binding or {}, result.standard_errors or {}

    def reason(member: str) -> str:
        keys = [f"{head}{short(key.values.get(member, ZERO))}{tail}" for head, key, tail in parts]
        bound = f"; held at the {binding[member]}" if member in binding else ""
        sure = f"; estimated, standard error {short(errors[member] / 100)}" if member in errors else ""
        return pool + " + ".join(keys) + sure + bound

    return reason
