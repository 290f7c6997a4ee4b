"""The journal: each issued document and each payment as a double entry that adds up to zero. Pure; cents, debits above zero.

A document puts its total on the payer's receivable, against revenue by account and the VAT collected. A credit has the
opposite signs by itself. A payment goes from the receivable to the bank. Accounts come from ``[[accounts]]``; a receivable,
VAT or bank without a row has no number, only its name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chargeback.exports.accounts import AccountQuery, accounts_of, of_document, revenue
from chargeback.exports.issued_document import IssuedDocument
from chargeback.exports.pretitres import object_of
from chargeback.model.facts import Member
from chargeback.model.money import euros_text
from chargeback.model.period import Period
from chargeback.model.receivables import Payment
from chargeback.model.settings import Account
from chargeback.workspace.reports.wording import Wording

COLUMNS = (
    *("entry", "date", "document", "period", "payer_id", "payer", "text", "side", "account", "auxiliary"),
    *("debit", "credit", "currency"),
)
AccountsByQuery = Mapping[AccountQuery, Account]


@dataclass(frozen=True, slots=True)
class JournalPosting:
    """An amount on an account ('' where the table has none): a debit above zero, a credit below.

    ``side`` is ``receivable``, ``revenue``, ``vat`` or ``bank``; ``auxiliary`` the payer of a receivable.
    """

    side: str
    account: str
    amount: int
    auxiliary: str = ""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """Postings of one day that add up to zero, of an issued document or (``paid``) of a payment of it."""

    on: date
    document: str
    period: Period
    payer: Member
    text: str
    postings: tuple[JournalPosting, ...]
    paid: bool = False


def journal_entries(
    handed: Sequence[IssuedDocument], payments: Iterable[Payment], rows: Sequence[Account], wording: Wording
) -> list[JournalEntry]:
    """The entries of documents and of their payments, by date, documents first. Raises Problems for accounts."""
    by_number = {one.document.number: one for one in handed}
    paid = [p for p in payments if p.invoice in by_number]
    found = accounts_of([asked for one in handed for asked in _asked(one, bool(paid))], rows)
    made = [_of_document(one, found, wording) for one in handed]
    made += [_of_payment(p, by_number[p.invoice], found, wording) for p in sorted(paid, key=_order)]
    return sorted(made, key=lambda entry: entry.on)


def _order(payment: Payment) -> tuple[str, date, int]:
    return (payment.invoice, payment.on, payment.amount)


def _asked(handed: IssuedDocument, paid: bool) -> Iterator[AccountQuery]:
    yield from (revenue(handed, line) for line in handed.document.lines if line.amount)
    yield from (of_document(handed, of) for of in ("receivable", "vat", *(("bank",) if paid else ())))


def _of_document(handed: IssuedDocument, found: AccountsByQuery, wording: Wording) -> JournalEntry:
    document = handed.document
    assert document.issue_date is not None, "an issued document has a date"
    by_account: dict[str, int] = defaultdict(int)
    for line in document.lines:
        if line.amount:
            by_account[found[revenue(handed, line)].account] -= line.amount
    receivable, vat = (found[of_document(handed, of)].account for of in ("receivable", "vat"))
    postings = (
        JournalPosting("receivable", receivable, document.gross, document.payer.member_id),
        *(JournalPosting("revenue", account, amount) for account, amount in sorted(by_account.items())),
        JournalPosting("vat", vat, -document.vat),
    )
    text = object_of(document, wording)
    kept = tuple(p for p in postings if p.amount)
    return JournalEntry(document.issue_date, document.number, document.period, document.payer, text, kept)


def _of_payment(payment: Payment, handed: IssuedDocument, found: AccountsByQuery, wording: Wording) -> JournalEntry:
    document = handed.document
    postings = (
        JournalPosting("bank", found[of_document(handed, "bank")].account, payment.amount),
        JournalPosting(
            "receivable", found[of_document(handed, "receivable")].account, -payment.amount, document.payer.member_id
        ),
    )
    text = wording.text("exports.payment" if payment.amount > 0 else "exports.refund", number=document.number)
    return JournalEntry(payment.on, document.number, document.period, document.payer, text, postings, paid=True)


def rows(made: Iterable[JournalEntry], currency: str) -> Iterator[dict[str, str]]:
    """A row per posting; ``entry`` counts the entries from 1."""
    for number, entry in enumerate(made, start=1):
        for posting in entry.postings:
            yield {
                "entry": str(number),
                "date": str(entry.on),
                "document": entry.document,
                "period": str(entry.period),
                "payer_id": entry.payer.member_id,
                "payer": entry.payer.name,
                "text": entry.text,
                "side": posting.side,
                "account": posting.account or posting.side,
                "auxiliary": posting.auxiliary,
                "debit": euros_text(posting.amount) if posting.amount > 0 else "",
                "credit": euros_text(-posting.amount) if posting.amount < 0 else "",
                "currency": currency,
            }
