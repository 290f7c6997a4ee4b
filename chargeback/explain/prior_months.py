"""Months of the lines of a document: the one that charged a line, the one that an adjustment corrects, recomputed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chargeback.explain.explained_line import BilledThen
from chargeback.ledger.book import entry_of_number, entry_of_period, period_status
from chargeback.ledger.issued_months import as_issued
from chargeback.model.documents import Document, Line
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.pools import Pool
from chargeback.model.settings import Settings
from chargeback.render.text.prior_months import adjusted_period, charging_month, recomputed_month
from chargeback.store.sql import statement

if TYPE_CHECKING:
    from chargeback.store.database import Store

LAST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class LineMonths:
    """Months of the lines of a month, of which some are of earlier months.

    Attributes:
        month: whose documents bill the lines.
    """

    store: Store
    settings: Settings
    month: Month

    def charging_month(self, line: Line) -> Month:
        """Month that charged a line: that of its document, or the earlier one that carried it forward, as issued."""
        if line.carried_from is None:
            return self.month
        known = as_issued(self.store.connection, self.settings, line.carried_from)
        return known if known is not None else charging_month(line.carried_from, self.month)

    def recomputed_month(self, line: Line) -> Month:
        """The month that an adjustment corrects, recomputed; the costs of its pools with their places."""
        month = recomputed_month(line, self.month)
        return replace(month, pools=tuple(self._with_costs(pool, month.period) for pool in month.pools))

    def _with_costs(self, pool: Pool, period: Period) -> Pool:
        """A pool with its costs, where these are still the ones that it was recomputed with."""
        costs = tuple(cost for cost in self.store.costs(period) if cost.pool == pool.name)
        return replace(pool, costs=costs) if sum(cost.amount for cost in costs) == pool.booked else pool

    def billed_before(self, line: Line, document: Document | None) -> tuple[BilledThen, ...]:
        """Amounts that were billed for the month of an adjustment before it; none for other lines."""
        adjusted = adjusted_period(line)
        if adjusted is None:
            return ()
        key = {"member_id": line.beneficiary, "rule": line.rule, "regime": line.charges[0].vat, "period": str(adjusted)}
        rows = self.store.connection.execute(
            statement("explain/billed_then"), {**key, "before": self._entry(line, document)}
        ).fetchall()
        return tuple(BilledThen(number, status, int(amount)) for number, status, amount in rows)

    def _entry(self, line: Line, document: Document | None) -> int:
        """Number of the entry that billed an adjustment or carried it forward; past the last one for a draft."""
        con = self.store.connection
        if line.carried_from is not None:
            carried_by = entry_of_period(con, line.carried_from)
            return carried_by.sequence if carried_by is not None else LAST
        if document is not None and document.number:
            entry = entry_of_number(con, document.number)
        else:
            entry = entry_of_period(con, self.month.period) if period_status(con, self.month.period).final else None
        return entry.sequence if entry is not None else LAST
