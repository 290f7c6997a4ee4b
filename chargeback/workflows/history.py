"""What a month is told beside: the months before it, as billed or as they would be today, and what is still owed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chargeback.billing.comparison import Comparison, compare, earlier
from chargeback.ledger.issued_months import after_corrections
from chargeback.ledger.receivables import balance, issued
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.store.database import Store, periods_with_data
from chargeback.workflows.monthly_run import compute_month
from chargeback.workspace.inputs import Inputs


def with_balance(month: Month, inputs: Inputs, store: Store, on: date) -> Month:
    """A month with what is owed on a day on the documents of the ledger; as it is where nothing was ever issued."""
    documents = issued(store.connection)
    return replace(month, balance=balance(documents, inputs.payments, on)) if documents else month


def compared(month: Month, inputs: Inputs, store: Store) -> Comparison:
    """A month against those before it that have a cost or usage."""
    con, settings = store.connection, inputs.settings
    known = periods_with_data(con, [(p, p.bounds(settings.zone)) for p in earlier(month.period)])

    def of(period: Period) -> Month:
        return after_corrections(con, period, settings) or compute_month(inputs, store, period).month

    return compare(month, known, of)
