"""The months before a month, as they were billed when they are issued, else as they would be today."""

from __future__ import annotations

from chargeback.charging.comparison import Comparison, compare, earlier
from chargeback.inputs import Inputs
from chargeback.ledger.bills import billed
from chargeback.period import Period
from chargeback.result import Month
from chargeback.run import compute
from chargeback.store import Store
from chargeback.tables import periods_with_data


def compared(month: Month, inputs: Inputs, store: Store) -> Comparison:
    """A month against those before it that have a cost or usage."""
    con, settings = store.connection, inputs.settings
    known = periods_with_data(con, [(p, p.bounds(settings.zone)) for p in earlier(month.period)])

    def of(period: Period) -> Month:
        return billed(con, period, settings) or compute(inputs, store, period).month

    return compare(month, known, of)
