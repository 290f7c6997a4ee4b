"""Pool flows of a month, memoised per month: the values of ``billing.pool_flows`` that pages, sheets and text share."""

from __future__ import annotations

from collections.abc import Mapping

from chargeback.billing import pool_flows as flows
from chargeback.billing.pool_flows import PoolFlows
from chargeback.model.month import Month
from chargeback.model.settings import TransferMethod
from chargeback.render.text.per_month import PerMonth

_flows: PerMonth[Mapping[str, PoolFlows]] = PerMonth()


def pool_flows(month: Month) -> Mapping[str, PoolFlows]:
    """Flows of the pools of a month that give or receive something, by name (see ``billing.pool_flows``)."""
    return _flows.of(month, flows.pool_flows)


def method_of(month: Month) -> TransferMethod:
    """Method of the transfers of a month."""
    return flows.transfer_method(month, pool_flows(month))
