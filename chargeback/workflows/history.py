"""History of a month: the months that it is compared with, and what is still owed on issued documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chargeback.billing.comparison import Comparison, compare, earlier
from chargeback.ledger.issued_months import after_corrections
from chargeback.ledger.receivables import IssuedAmount, balance, issued
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.store.database import periods_with_data
from chargeback.workflows.books import Books


def with_balance(month: Month, books: Books, on: date) -> Month:
    """A month with what is owed on a day on the documents of the ledger; as it is where nothing was ever issued.

    The aged balance also has the documents of the month that have their numbers, and are not in the ledger yet.
    """
    documents, payments = issued(books.store.connection), books.inputs.payments
    own = tuple(map(IssuedAmount.of, (d for d in month.documents if d.number)))
    before = balance(documents, payments, on) if documents else None
    aged = balance((*documents, *own), payments, on) if own else before
    return replace(month, balance=before, aged_balance=aged)


def compared(month: Month, books: Books) -> Comparison:
    """A month against those before it that have a cost or usage: as billed, or as a run would draw them up today.

    The books forget those months: each is compared and then needed no more.
    """
    con, settings = books.store.connection, books.inputs.settings
    known = periods_with_data(con, [(p, p.bounds(settings.zone)) for p in earlier(month.period)])

    def of(period: Period) -> Month:
        billed = after_corrections(con, period, settings)
        if billed is not None:
            return billed
        today = books.month(period)
        books.forget(period)
        return today

    return compare(month, known, of)
