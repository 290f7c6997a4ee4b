"""Accruals: what a year used and no document of its exercice bills, by month, payer, rule and account. Pure; cents, net of VAT.

A charge is of the year of the month that it is for, wherever it is billed: an adjustment of December, or an amount that December
carried, billed in March is of the year before, and so is the true-up of that year. A document dated after 31 December reverses
what was accrued for it: its number and date stand in the row. What is not issued yet has none. Where ``titres/`` has the titre of
a document, its exercice decides and not the date: what January issues on the exercice before needs no accrual.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from chargeback.billing.true_up import settled_year
from chargeback.exports.accounts import AccountQuery, accounts_of
from chargeback.exports.issued_document import exercice
from chargeback.model.documents import Document, Line
from chargeback.model.facts import Member, Titre
from chargeback.model.money import euros_text
from chargeback.model.settings import Account

COLUMNS = (
    *("year", "period", "payer_id", "payer", "kind", "rule", "service", "regime", "account", "nature", "function"),
    *("amount", "reversed_by", "reversed_on"),
)


@dataclass(frozen=True, slots=True)
class Accrual:
    """A net amount of a year (cents; below zero, to give back) that its documents do not bill.

    ``period``: the month that it is for, as ``2026-11``; of a true-up the year. ``number`` and ``issued_on``: the document that
    bills it, '' and None while none does.
    """

    period: str
    payer: Member
    rule: str
    service: str
    regime: str
    amount: int
    number: str = ""
    issued_on: date | None = None

    @property
    def asked(self) -> AccountQuery:
        """The revenue that it is."""
        return AccountQuery("revenue", self.regime, self.payer.kind, self.rule, self.service)


def accrued(year: int, document: Document, titres: Mapping[str, Titre]) -> Iterator[Accrual]:
    """What a document, or what is to be one, bills of a year; nothing when it is of the exercice of that year or before."""
    if document.issue_date is not None and exercice(document.number, document.issue_date, titres) <= year:
        return
    for line in document.lines:
        period = _period(document, line)
        if line.amount and period[:4] == str(year):
            yield Accrual(
                period,
                document.payer,
                line.rule,
                line.service,
                document.regime.name,
                line.amount,
                document.number,
                document.issue_date,
            )


def _period(document: Document, line: Line) -> str:
    """The month that a line is for; of a true-up its year, also where a later document bills what was carried of it."""
    if line.kind == "adjustment" and line.charges[0].adjusts is None:
        year = settled_year(line.charges[0].reason)
        if year is not None:
            return str(year)
    return str(line.earlier_month or document.period)


def added(every: Iterable[Accrual]) -> list[Accrual]:
    """One for each month, payer, regime, rule and document; those that come to 0.00 are left out."""
    first: dict[tuple[str, ...], Accrual] = {}
    amounts: dict[tuple[str, ...], int] = defaultdict(int)
    for one in every:
        key = (one.period, one.payer.member_id, one.regime, one.rule, one.number)
        first.setdefault(key, one)
        amounts[key] += one.amount
    return [replace(first[key], amount=cents) for key, cents in sorted(amounts.items()) if cents]


def rows(year: int, made: Sequence[Accrual], accounts: Sequence[Account]) -> list[dict[str, str]]:
    """A row for each. Raises Problems for accounts where there are some."""
    found = accounts_of([one.asked for one in made], accounts) if accounts else {}
    return [_row(year, one, found.get(one.asked)) for one in made]


def _row(year: int, one: Accrual, account: Account | None) -> dict[str, str]:
    return {
        "year": str(year),
        "period": one.period,
        "payer_id": one.payer.member_id,
        "payer": one.payer.name,
        "kind": one.payer.kind,
        "rule": one.rule,
        "service": one.service,
        "regime": one.regime,
        "account": account.account if account else "",
        "nature": (account.nature or account.account) if account else "",
        "function": account.function if account else "",
        "amount": euros_text(one.amount),
        "reversed_by": one.number,
        "reversed_on": str(one.issued_on) if one.issued_on else "",
    }
