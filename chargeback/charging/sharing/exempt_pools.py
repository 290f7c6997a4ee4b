"""Exempt pools watched: what may take from a pool its exemption as cost-sharing (CGI, art. 261 B). Notices alone. Pure.

The article exempts services that a group renders to its members where each repays its exact part of the common cost.
It is for members that are exempt or out of scope for four fifths of their revenue, and for a group that serves its
members above all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from chargeback.charging.context import Context
from chargeback.charging.sharing.instalments import is_cost_sharing, regimes_of
from chargeback.model.charges import Charge
from chargeback.model.money import euros, short
from chargeback.model.pools import Pool
from chargeback.model.problem import Notice, counted
from chargeback.model.quantity import Quantity
from chargeback.model.rules import Rule, parts_of
from chargeback.model.versions import Version

GOODS = "607"  # purchases of goods for resale, in M57, M4 and the plan comptable général
TAXED_SHARE = Quantity(driver="taxed_share")
MOST_TAXED = Fraction(20)
MOST_LISTED = 3
TAXED = "S"


def exempt_pool_notices(
    rules: Sequence[Rule], pools: Iterable[Pool], charges: Sequence[Charge], ctx: Context
) -> Iterator[Notice]:
    """Notices of a month on each allocation that is exempt as cost-sharing: bounds and other tariffs in it, goods,
    members that are taxed themselves, services to others above half."""
    by_name = {pool.name: pool for pool in pools}
    known = {rule.id: rule for rule in rules}
    for rule in rules:
        versions = [version for version, _ in parts_of(rule, ctx.month)]
        if rule.kind == "allocation" and versions and any(map(is_cost_sharing, regimes_of(rule, ctx.settings))):
            yield from _bounds(rule, versions)
            yield from _tariffs(rule, versions, known, ctx)
            yield from _goods(rule, by_name.get(rule.pool or ""), ctx)
            yield from _taxed(rule, charges, ctx)
            yield from _others(rule, versions, rules, charges, ctx)


def _named(rule: Rule) -> str:
    return f"pool {rule.pool} of {rule.id} is exempt as cost-sharing"


def _bounds(rule: Rule, versions: Iterable[Version]) -> Iterator[Notice]:
    for version in versions:
        names = [name for name in ("floor", "cap") if getattr(version, name) is not None]
        if names:
            message = (
                f"{_named(rule)}, where each member repays its exact part of the cost: {' and '.join(names)} "
                f"{'make' if len(names) > 1 else 'makes'} shares other than that; take {_it(names)} out, or share the "
                "pool under another regime"
            )
            yield Notice(rule.where_in(version, names[0]), message, "exempt-pool-bounds")
            return


def _tariffs(rule: Rule, versions: Iterable[Version], known: Mapping[str, Rule], ctx: Context) -> Iterator[Notice]:
    """Tariffs under other regimes that pay for a part of the pool."""
    for version in versions:
        of = [known[name] for name in version.less if name in known]
        foreign = [r.id for r in of if not all(map(is_cost_sharing, regimes_of(r, ctx.settings)))]
        if foreign:
            message = (
                f"{_named(rule)}, where each member repays its exact part of the cost: less takes the charges of "
                f"{_listed(foreign)} off it, which {'are' if len(foreign) > 1 else 'is'} under another regime; book "
                f"what {_it(foreign)} {'cost' if len(foreign) > 1 else 'costs'} to a pool of its own"
            )
            yield Notice(rule.where_in(version, "less"), message, "exempt-pool-tariffs")
            return


def _goods(rule: Rule, pool: Pool | None, ctx: Context) -> Iterator[Notice]:
    goods = [cost for cost in (pool.costs if pool is not None else ()) if cost.account.startswith(GOODS)]
    if goods:
        message = (
            f"{_named(rule)}, which is for services: {counted(len(goods), 'cost')} on account {GOODS} (goods for "
            f"resale), {euros(sum(cost.amount for cost in goods)):,} {ctx.settings.currency} in all; book goods to a "
            "pool of their own, under a taxed regime"
        )
        yield Notice(min((cost.where for cost in goods), key=lambda where: where.order), message, "exempt-pool-goods")


def _taxed(rule: Rule, charges: Iterable[Charge], ctx: Context) -> Iterator[Notice]:
    """Members charged under the exemption that are taxed on more than a fifth of their revenue."""
    charged = {c.member_id for c in charges if c.rule == rule.id and is_cost_sharing(ctx.settings.regimes[c.vat])}
    shares = _taxed_shares(ctx)
    above = [name for name in sorted(charged) if shares.get(name, Fraction(0)) > MOST_TAXED]
    if above:
        texts = [f"{name} {short(shares[name])} %" for name in above]
        message = (
            f"{_named(rule)}, which is for members taxed on {MOST_TAXED} % of their revenue at most (driver "
            f"taxed_share): {_listed(texts)}; give {_it(above)} a regime of {'their' if len(above) > 1 else 'its'} own "
            "in vat, as by_member"
        )
        yield Notice(rule.where("vat"), message, "exempt-pool-taxed-member", len(above))


def _others(
    rule: Rule, versions: Iterable[Version], rules: Iterable[Rule], charges: Iterable[Charge], ctx: Context
) -> Iterator[Notice]:
    """Taxed charges of the pool's rules, but those of members that are taxed themselves, above half of all."""
    paying = {rule.id, *(r.id for r in rules if r.kind == "rate" and r.pool == rule.pool)}
    paying |= {name for version in versions for name in version.less}
    own = [c for c in charges if c.rule in paying]
    shares = _taxed_shares(ctx)
    outside = sum(
        c.amount
        for c in own
        if ctx.settings.regimes[c.vat].category == TAXED and shares.get(c.member_id, Fraction(0)) <= MOST_TAXED
    )
    whole = sum(c.amount for c in own)
    if 2 * outside > whole > 0:
        message = (
            f"{_named(rule)}, which is for a group that serves its members above all: {euros(outside):,} of "
            f"{euros(whole):,} {ctx.settings.currency} charged in {ctx.period} is taxed, more than half"
        )
        yield Notice(rule.where("vat"), message, "exempt-pool-others")


def _taxed_shares(ctx: Context) -> dict[str, Fraction]:
    """Taxed part of each member's revenue, in per cent, on its first day of presence."""
    return ctx.levels.first(TAXED_SHARE, ctx.roster.members)


def _it(names: Sequence[str]) -> str:
    return "them" if len(names) > 1 else "it"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_LISTED]) + (
        f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    )
