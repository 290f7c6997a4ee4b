"""Transfers of an explained pool: the amounts that it received, and each pool upstream once. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from chargeback.billing.pool_flows import (
    PoolFlows,
    ServingVersion,
    reciprocal_groups,
    serving_versions,
    skipped_pools,
    upstream,
)
from chargeback.explain.field_text import Field, exact_money, exact_part, table
from chargeback.explain.json_values import Json
from chargeback.model.money import euros
from chargeback.model.month import Month
from chargeback.model.pools import Flow, Pool
from chargeback.render.text.labels import pool_label
from chargeback.render.text.pool_flows import method_of, pool_flows
from chargeback.workspace.reports.wording import Wording

SHOWN_COSTS = 5


def cost_rows(pool: Pool, wording: Wording) -> list[str]:
    """The first of the costs booked to a pool, with their file and line."""
    costs = sorted(pool.costs, key=lambda cost: cost.where.order)
    rows = [(str(c.where), wording.money(c.amount), c.label or c.account) for c in costs[:SHOWN_COSTS]]
    more = len(costs) - SHOWN_COSTS
    return [*table(rows, "lrl"), *([wording.plural("explain.pool.more", more)] if more > 0 else [])]


def transfer_fields(pool: str, month: Month, wording: Wording) -> Iterator[Field]:
    """Method, amounts that a pool received, cents that it has, each pool upstream; nothing without transfers."""
    pools = pool_flows(month)
    own = pools.get(pool)
    if own is None or not own.transfers_in:
        return
    yield Field("method", tuple(_method(own, month, wording)))
    yield Field("received", tuple(_received(own, pools, month, wording)), True)
    yield Field("held", (_held(own, wording),))
    for source in upstream(pools, pool):
        yield Field("source", tuple(_source(source, month, wording)), True, True)


def _method(own: PoolFlows, month: Month, wording: Wording) -> Iterator[str]:
    yield wording.text(f"explain.transfers.{method_of(month)}")
    pools = pool_flows(month)
    sources = {each.name for each in upstream(pools, own.name)}
    for group in reciprocal_groups(pools):
        if sources & set(group):
            names = ", ".join(pool_label(name, wording) for name in group)
            yield wording.plural("explain.transfers.together", len(group), pools=names)


def _listed(texts: Iterable[str], wording: Wording) -> str:
    return wording.text("common.list").join(texts)


def _part(flow: Flow, month: Month, wording: Wording) -> str:
    """Part of a flow: in per cent where that is exact, else as the rule's own numbers, or their mean over the days."""
    by = serving_versions(month, flow.source)
    part = exact_part(flow.proportion, wording)
    if len(by) != 1 or "/" not in part:
        return part
    own = by[0].version.to[flow.target]
    return f"{wording.number(own)}/{wording.number(Fraction(own) / flow.proportion)}"


def _received(own: PoolFlows, pools: Mapping[str, PoolFlows], month: Month, wording: Wording) -> list[str]:
    """Each transfer: its exact amount, the part, what the giving pool gives away."""
    rows = [
        (
            exact_money(flow.amount / 100, wording),
            "=",
            _part(flow, month, wording),
            "×",
            exact_money(pools[flow.source].exact / 100, wording),
            wording.text("explain.transfers.of", pool=pool_label(flow.source, wording)),
        )
        for flow in own.transfers_in
    ]
    return table(rows, "rlrlrl")


def _held(own: PoolFlows, wording: Wording) -> str:
    """Booked and received, and the cents that they become."""
    terms = [wording.money(own.pool.booked), *(exact_money(f.amount / 100, wording) for f in own.transfers_in)]
    key = "exact" if own.exact == own.pool.after_transfers else "cents"
    exact, amount = exact_money(own.exact / 100, wording), wording.money(own.pool.after_transfers)
    return wording.text(f"explain.transfers.{key}", sum=" + ".join(terms), exact=exact, amount=amount)


def _source(own: PoolFlows, month: Month, wording: Wording) -> Iterator[str]:
    """What a serving pool gives away, as an equation; to whom and by which rule; the costs booked to it."""
    terms = [wording.money(own.pool.booked)] if own.pool.booked or not own.transfers_in else []
    terms += [f"{_part(f, month, wording)} × {pool_label(f.source, wording)}" for f in own.transfers_in]
    given = exact_money(own.exact / 100, wording)
    name = pool_label(own.name, wording)
    alone = "booked" if not own.transfers_in else "equation"
    yield wording.text(f"explain.transfers.{alone}", pool=name, sum=" + ".join(terms), amount=given)
    yield f"  {_given(own, month, wording)}"
    for each in serving_versions(month, own.name):
        yield f"  {_rule(each, month, wording)}"
    yield from (f"  {text}" for text in cost_rows(own.pool, wording))


def _rule(by: ServingVersion, month: Month, wording: Wording) -> str:
    """Rule by which a pool serves others, with file and line, references, and its days where they are not the month."""
    named = wording.text("explain.rule.place", rule=by.rule.id, version=by.version.valid_from, place=by.place)
    titles = _listed((r.title for r in by.version.references), wording)
    if by.days == month.period.span:
        return f"{named}, {titles}"
    counts = {"days": by.days.days, "month_days": month.period.days}
    return f"{named}, {titles}, {wording.text('explain.transfers.days', **counts)}"


def _given(own: PoolFlows, month: Month, wording: Wording) -> str:
    """To whom, in which part, and whom the method leaves out."""
    parts = (
        wording.text("explain.transfers.part", part=_part(flow, month, wording), pool=pool_label(flow.target, wording))
        for flow in own.transfers_out
    )
    key = "given_at" if own.step else "given"
    text = wording.text(f"explain.transfers.{key}", step=own.step, parts=_listed(parts, wording))
    excluded = [pool_label(name, wording) for name in skipped_pools(month, own.name)]
    if not excluded:
        return text
    return wording.plural("explain.transfers.left_out", len(excluded), given=text, pools=", ".join(excluded))


def received_json(pool: str, month: Month) -> list[Json]:
    """Flows into a pool as JSON values: amounts are exact euros, parts are of one."""
    own = pool_flows(month).get(pool)
    return [_flow(flow) for flow in own.transfers_in] if own else []


def _flow(flow: Flow) -> Json:
    content: Json = {"from": flow.source, "part": str(flow.proportion), "exact": str(flow.amount / 100)}
    return content | ({"step": flow.step} if flow.step else {})


def transfers_json(shared: Iterable[str], month: Month) -> Json | None:
    """The method, and each pool upstream of those ``shared``, once; None where nothing was received."""
    pools = pool_flows(month)
    named = {each.name for pool in shared if pool in pools for each in upstream(pools, pool)}
    sources = [each for each in pools.values() if each.name in named]
    if not sources:
        return None
    groups = {name: group for group in reciprocal_groups(pools) for name in group}
    return {
        "method": method_of(month),
        "pools": [_pool(each, groups.get(each.name, []), month) for each in sources],
    }


def _pool(own: PoolFlows, together: list[str], month: Month) -> Json:
    return {
        "name": own.name,
        "booked": str(euros(own.pool.booked)),
        "received": [_flow(flow) for flow in own.transfers_in],
        "given_away": str(own.exact / 100),
        "solved_together": together,
        "to": {flow.target: str(flow.proportion) for flow in own.transfers_out},
        "left_out": skipped_pools(month, own.name),
        "rules": [_serving(each) for each in serving_versions(month, own.name)],
        "costs": [{"place": str(c.where), "amount": str(euros(c.amount)), "label": c.label} for c in own.pool.costs],
    }


def _serving(by: ServingVersion) -> Json:
    return {
        "rule": by.rule.id,
        "version": str(by.version.valid_from),
        "place": str(by.place),
        "references": [r.model_dump(mode="json", exclude_defaults=True) for r in by.version.references],
        "days": {"from": str(by.days.start), "to": str(by.days.end)},
        "to": {pool: str(Fraction(part)) for pool, part in by.version.to.items()},
    }
