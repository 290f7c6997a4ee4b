"""Open periods: months between those of the ledger that nobody closed, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chargeback.ledger.book import closed_before, period_status, periods_issued
from chargeback.ledger.ledger_file import SHOWN
from chargeback.model.documents import Document
from chargeback.model.facts import Member
from chargeback.model.money import euros
from chargeback.model.period import Period
from chargeback.model.problem import Notice, Place
from chargeback.model.settings import Settings
from chargeback.model.succession import carried_to, is_gone
from chargeback.store.database import periods_with_data

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST = 3
DECEMBER = 12


def open_months(con: DuckDBPyConnection, period: Period, zone: ZoneInfo) -> Iterator[Notice]:
    """Notices of months before one that are issued and not closed, or that have data and were never issued."""
    months = open_before(con, period)
    if not months:
        return
    issued = [month for month in months if period_status(con, month).issued_on is not None]
    if issued:
        verb, them = ("are", "they are") if len(issued) > 1 else ("is", "it is")
        yield _notice(
            f"{_named(issued)} {verb} issued and not closed: what comes late for "
            f"{'them' if len(issued) > 1 else 'it'} is "
            f"adjusted once {them} closed, as `chargeback close {issued[0]}` does",
            issued,
        )
    silent = periods_with_data(con, [(month, month.bounds(zone)) for month in months if month not in issued])
    if silent:
        verb, them = ("have", "were") if len(silent) > 1 else ("has", "was")
        yield _notice(
            f"{_named(silent)} {verb} usage or costs and {them} never issued, while an earlier month was: "
            f"`chargeback issue {silent[0]}`, or `chargeback close {silent[0]}` where there is nothing to bill",
            silent,
        )


def before_first(con: DuckDBPyConnection, period: Period, settings: Settings) -> Iterator[Notice]:
    """Notice of months with data in the year of the first month of the ledger and before it: nothing bills them.

    It is given in that year, and in the month that bills its true-up.
    """
    first = min(periods_issued(con), default=period)
    if first >= period or (period.year != first.year and settings.true_ups.get(first.year) != period):
        return
    months = [Period(first.year, number) for number in range(1, first.month)]
    used = periods_with_data(con, [(month, month.bounds(settings.zone)) for month in months])
    if used:
        have, are, them = ("have", "are", "them") if len(used) > 1 else ("has", "is", "it")
        yield Notice(
            Place(SHOWN),
            f"{_named(used)} {have} usage or costs and {are} before {first}, the first month that was issued: nothing "
            f"bills {them}, but keys over the whole year count {them}",
            "before-first-month",
            len(used),
        )


def carried_for_nobody(
    documents: Iterable[Document], members: Mapping[str, Member], period: Period
) -> Iterator[Notice]:
    """Notice, in December, of amounts carried for payers that are gone: below the threshold no document bills them."""
    if period.month != DECEMBER:
        return
    left = [d for d in documents if _gone(d, members, period)]
    if left:
        named = ", ".join(f"{d.payer.member_id} {euros(d.net):,} of {d.period}" for d in left[:MOST])
        more = f" and {len(left) - MOST} more" if len(left) > MOST else ""
        are = "amounts are" if len(left) > 1 else "amount is"
        yield Notice(
            Place(SHOWN),
            f"{len(left)} {are} carried for payers that left, {euros(sum(d.net for d in left)):,} net in all, and "
            f"below the threshold no document bills them: {named}{more}",
            "carried-for-nobody",
            len(left),
        )


def _gone(document: Document, members: Mapping[str, Member], period: Period) -> bool:
    named = {line.beneficiary for line in document.lines}
    payer = members.get(carried_to(document.payer.member_id, named, members, period))
    return payer is not None and is_gone(payer, period)


def _notice(message: str, months: Sequence[Period]) -> Notice:
    return Notice(Place(SHOWN), message, "month-left-open", len(months))


def _named(months: Sequence[Period]) -> str:
    more = f" and {len(months) - MOST} more" if len(months) > MOST else ""
    return ", ".join(map(str, months[:MOST])) + more


def open_before(con: DuckDBPyConnection, period: Period) -> tuple[Period, ...]:
    """Months before one, from the first that the ledger has, that are not closed."""
    closed = set(closed_before(con, period))
    month, found = min(periods_issued(con), default=period), []
    while month < period:
        if month not in closed:
            found.append(month)
        month = month.next
    return tuple(found)
