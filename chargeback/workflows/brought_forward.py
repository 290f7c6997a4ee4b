"""Brought forward, wired: adjustments, carried amounts and invoices that may be reduced, for an open month."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from chargeback.billing.brought_forward import BroughtForward
from chargeback.billing.prior_months import prior_months_of
from chargeback.charging.metering.timeline import identities
from chargeback.ledger.issued_months import as_issued
from chargeback.ledger.open_items import billed_amounts, invoices_of_month, open_invoices, still_carried
from chargeback.ledger.open_periods import before_first, carried_for_nobody, open_months
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.settings import Settings
from chargeback.workflows.adjustments import adjusted
from chargeback.workflows.months import Months

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def brought_forward_to(months: Months, period: Period) -> BroughtForward:
    """What earlier months bring forward to one that is neither issued nor closed. Raises Problems of closed months."""
    con, settings = months.store.connection, months.inputs.settings
    found = adjusted(months, period)
    waiting = still_carried(con, period, settings)
    members = identities(months.inputs.facts.members, period.span)
    left = carried_for_nobody(waiting, members, period) if settings.threshold else ()
    then = partial(as_issued, con, settings)
    return replace(
        reducible(con),
        adjustments=found.charges,
        carried_forward=waiting,
        fingerprints=found.fingerprints,
        notices=(*found.notices, *before_first(con, period, settings), *open_months(con, period, settings.zone), *left),
        prior_months=tuple(prior_months_of(found.charges, waiting, months.month_alone, then)),
    )


def carried_to(con: DuckDBPyConnection, period: Period, settings: Settings) -> BroughtForward:
    """Amounts that earlier months carry to one that was issued in advance, with the invoices that may be reduced; its
    adjustments were billed then."""
    waiting = still_carried(con, period, settings)
    then = partial(as_issued, con, settings)
    return replace(
        reducible(con),
        carried_forward=waiting,
        prior_months=tuple(prior_months_of((), waiting, _no_month, then)),
    )


def _no_month(period: Period) -> Month:
    raise AssertionError(f"nothing of {period} is adjusted")


def reducible(con: DuckDBPyConnection) -> BroughtForward:
    """The issued invoices that a document below zero may reduce, and nothing else of earlier months."""
    return BroughtForward(
        open_invoices=partial(open_invoices, con),
        billed_amounts=partial(billed_amounts, con),
        invoices_of_month=partial(invoices_of_month, con),
    )
