"""Amounts billed so far for months of the ledger, by member, rule and regime; whole cents, net."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from chargeback.billing.adjustments import BilledSoFar, is_instalment
from chargeback.ledger.book import entries_of_period
from chargeback.ledger.postings import postings_of_period
from chargeback.ledger.rule_terms import rules_of
from chargeback.model.period import Period
from chargeback.store.sql import statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def billed_so_far(
    con: DuckDBPyConnection, months: Collection[Period], *, instalments: bool = False
) -> dict[Period, BilledSoFar]:
    """Amounts billed for each of some months, by its own entries and by adjustments of later ones.

    ``instalments``: whether instalments count; else they are left out, as the true-up of their year settles them.

    What was carried to a later document or withheld counts: it will be billed. What was waived never is: it counts as
    a credit given on purpose. Only periods with an amount for the months are read.
    """
    found: dict[Period, BilledSoFar] = {}
    names = [str(month) for month in months]
    for (name,) in con.execute(statement("ledger/periods_with_amounts_for"), {"months": names}).fetchall():
        period = Period.parse(name)
        entries = entries_of_period(con, period)
        rules = rules_of(terms for entry in entries for terms in entry.rules)
        for posting in postings_of_period(entries):
            left_out = not instalments and is_instalment(posting.charge, rules, posting.kind)
            if posting.month not in months or left_out:
                continue
            billed = found.setdefault(posting.month, BilledSoFar())
            if not posting.posted_before:
                billed.count(posting)
            elif posting.status == "waived":
                billed.add(replace(posting.charge, amount=-posting.amount), goodwill=True)
    return found
