"""Accruals: what a year used and no document of its exercice bills, by month, payer, rule and account. Pure; cents, net
of VAT.

A posting is of the year of the month that it is for, wherever it is billed: an adjustment of December, or an amount
that December carried, billed in March is of the year before, and so is the true-up of that year. A document dated after
31 December reverses the accrual: its number and date are in the row. What is not issued yet has none. Where ``titres/``
has the titre of a document, its exercice decides and not the date: what January issues on the exercice before needs no
accrual.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from chargeback.exports.accounts import AccountQuery, accounts_of
from chargeback.exports.issued_document import exercice
from chargeback.model.facts import Member, Titre
from chargeback.model.money import euros_text
from chargeback.model.postings import Posting
from chargeback.model.settings import Account

COLUMNS = (
    *("year", "period", "payer_id", "payer", "kind", "rule", "service", "regime", "account", "nature", "function"),
    *("amount", "reversed_by", "reversed_on"),
)


@dataclass(frozen=True, slots=True)
class Accrual:
    """Accrual: a net amount of a year that its documents do not bill.

    Attributes:
        period: month that it is for, as ``2026-11``; of a true-up the year.
        payer: who is to pay it.
        rule: id of the rule.
        service: service of the line.
        regime: name of the VAT regime.
        amount: cents; below zero, to credit.
        number: document that bills it; ``""`` while none does.
        issued_on: date of that document; None while there is none.
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
        """Query for the account of the revenue that it is."""
        return AccountQuery("revenue", self.regime, self.payer.kind, self.rule, self.service)


def accrued(year: int, postings: Iterable[Posting], titres: Mapping[str, Titre]) -> Iterator[Accrual]:
    """Accruals of a year among postings of documents; none for documents of the exercice of that year or before."""
    for posting in postings:
        document, period = posting.document, str(posting.settles or posting.month)
        if document is None or not posting.amount or period[:4] != str(year):
            continue
        on = document.issue_date
        if on is None or exercice(document.number, on, titres) > year:
            yield Accrual(
                period=period,
                payer=document.payer,
                rule=posting.charge.rule,
                service=posting.service,
                regime=document.regime.name,
                amount=posting.amount,
                number=document.number,
                issued_on=on,
            )


def added(every: Iterable[Accrual]) -> list[Accrual]:
    """Accruals added up by month, payer, regime, rule and document; without those that amount to 0.00."""
    first: dict[tuple[str, ...], Accrual] = {}
    amounts: dict[tuple[str, ...], int] = defaultdict(int)
    for one in every:
        key = (one.period, one.payer.member_id, one.regime, one.rule, one.number)
        first.setdefault(key, one)
        amounts[key] += one.amount
    return [replace(first[key], amount=cents) for key, cents in sorted(amounts.items()) if cents]


def rows(year: int, made: Sequence[Accrual], accounts: Sequence[Account]) -> list[dict[str, str]]:
    """Rows of the export. Raises Problems for accounts that are missing, where there are some."""
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
