"""Accruals: what a year used and no document of that year bills, by month, payer, rule and account. Pure; cents, net of VAT.

A document dated after 31 December reverses what was accrued for it: its number and date stand in the row. What is not issued
yet has none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from chargeback.exports.accounts import accounts_of, revenue
from chargeback.exports.handed import Handed
from chargeback.model import Account
from chargeback.money import euros_text

COLUMNS = (
    *("year", "period", "payer_id", "payer", "kind", "rule", "service", "regime", "account", "nature", "function"),
    *("amount", "reversed_by", "reversed_on"),
)


@dataclass(frozen=True, slots=True)
class Accrual:
    """A net amount of a year that its documents do not bill."""

    handed: Handed
    rule: str
    account: Account | None
    amount: int


def accrued(year: int, handed: Iterable[Handed]) -> list[Handed]:
    """The documents, or drafts, of months of the year that are not dated in it or before."""
    return [
        one for one in handed if one.document.period.year == year and (one.document.issue_date or date.max).year > year
    ]


def accruals(handed: Sequence[Handed], rows: Sequence[Account]) -> list[Accrual]:
    """What each document or draft comes to by rule and account. Raises Problems for accounts where there are some."""
    asked = [revenue(one, line) for one in handed for line in one.document.lines if line.amount]
    found = accounts_of(asked, rows) if rows else {}
    made: list[Accrual] = []
    for one in handed:
        amounts: dict[str, int] = defaultdict(int)
        account: dict[str, Account | None] = {}
        for line in one.document.lines:
            amounts[line.rule] += line.amount
            account[line.rule] = found.get(revenue(one, line))
        made += [Accrual(one, rule, account[rule], cents) for rule, cents in sorted(amounts.items()) if cents]
    return sorted(made, key=_order)


def _order(accrual: Accrual) -> tuple[object, ...]:
    document = accrual.handed.document
    return (document.period, document.payer.member_id, document.regime.name, accrual.rule)


def rows(year: int, made: Iterable[Accrual]) -> Iterator[dict[str, str]]:
    """A row for each."""
    for one in made:
        document, account = one.handed.document, one.account
        yield {
            "year": str(year),
            "period": str(document.period),
            "payer_id": document.payer.member_id,
            "payer": document.payer.name,
            "kind": document.payer.kind,
            "rule": one.rule,
            "service": one.handed.month.rules[one.rule].service,
            "regime": document.regime.name,
            "account": account.account if account else "",
            "nature": (account.nature or account.account) if account else "",
            "function": account.function if account else "",
            "amount": euros_text(one.amount),
            "reversed_by": document.number,
            "reversed_on": str(document.issue_date) if document.issue_date else "",
        }
