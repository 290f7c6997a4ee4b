"""Charges of a month, rule by rule in the order in which keys need them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chargeback.charging.context import Context
from chargeback.charging.metering.answers import Answer
from chargeback.charging.plan import MonthPlan
from chargeback.charging.rating.accumulation import accumulated_charges, accumulates
from chargeback.charging.rating.rate_charges import rate_charges
from chargeback.charging.rule_order import in_charging_order
from chargeback.charging.sharing.pool_shares import share_pool
from chargeback.model.charges import Charge
from chargeback.model.pools import PoolSplit
from chargeback.model.problem import Notice, Problem

Answers = Mapping[tuple[str, str], Answer]  # by the key of their question, (rule, slot)


def charge_rules(ready: MonthPlan, ctx: Context) -> tuple[list[Charge], list[PoolSplit], list[Problem], list[Notice]]:
    """Charge all rates and share all pools of a month: charges, splits, problems and notices.

    ``ctx`` takes note of the charges of each rule, for those after it.
    """
    charges: list[Charge] = []
    splits: list[PoolSplit] = []
    problems: list[Problem] = []
    notices: list[Notice] = []
    for rule in in_charging_order(ready.rules)[0]:
        found: Sequence[Charge] = ()
        if rule.kind == "rate":
            found = accumulated_charges(rule, ctx) if accumulates(rule, ctx.month) else rate_charges(rule, ctx)
        elif rule.kind == "allocation":
            shared = share_pool(rule, ready.pools.to_share.get(rule.pool or ""), ctx)
            found = shared.charges
            splits += shared.splits
            problems += shared.problems
            notices += shared.notices
        ctx.add(found)
        charges += found
    return charges, splits, problems, notices
