"""Journal: each issued document and each payment as a double entry that balances. Pure; cents, debits above zero.

A document debits the receivable of the payer with its total, and credits revenue by account and the VAT collected. A
credit note has the opposite signs by itself; what it takes off an invoice of an earlier exercice has an account of its
own. A payment debits the bank and credits the receivable; what will never be paid debits bad debt in place of the bank.
Accounts are those of ``[[accounts]]``; a receivable, VAT or bank without a row has no number, only its name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chargeback.exports.accounts import AccountQuery, accounts_of, of_document
from chargeback.exports.issued_document import IssuedDocument
from chargeback.exports.line_shares import shares
from chargeback.exports.pretitres import account_query, object_of
from chargeback.model.facts import Member, Titre
from chargeback.model.money import euros_text
from chargeback.model.receivables import Payment
from chargeback.model.settings import PURPOSES, Account, AccountPurpose
from chargeback.workspace.reports.wording import Wording

COLUMNS = (
    *("entry", "date", "document", "period", "payer_id", "payer", "text", "side", "account", "auxiliary"),
    *("debit", "credit", "currency"),
)
AccountsByQuery = Mapping[AccountQuery, Account]


@dataclass(frozen=True, slots=True)
class JournalPosting:
    """Posting of an entry.

    Attributes:
        side: side of the entry.
        account: number of the account; '' where ``[[accounts]]`` has none.
        amount: cents: a debit above zero, a credit below.
        auxiliary: auxiliary account: the payer of a receivable; '' on other sides.
    """

    side: AccountPurpose
    account: str
    amount: int
    auxiliary: str = ""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """Journal entry: postings that add up to zero.

    Attributes:
        on: date.
        document: number of the issued document.
        period: months of the document: ``2026-12``, or ``2026-10/2026-12``.
        payer: payer of the document.
        text: description.
        postings: postings, none of zero.
        is_payment: whether it is of a payment of the document, not of the document itself.
    """

    on: date
    document: str
    period: str
    payer: Member
    text: str
    postings: tuple[JournalPosting, ...]
    is_payment: bool = False


def journal_entries(
    documents: Sequence[IssuedDocument],
    payments: Iterable[Payment],
    rows: Sequence[Account],
    titres: Mapping[str, Titre],
    wording: Wording,
) -> list[JournalEntry]:
    """Entries of documents and of their payments, by date, documents first. ``titres`` are by number of the document.

    Raises Problems for accounts that are missing and for ambiguous rows of ``[[accounts]]``.
    """
    by_number = {issued.document.number: issued for issued in documents}
    own = [payment for payment in payments if payment.invoice in by_number]
    queries = [query for issued in documents for query in _queries(issued, titres)]
    queries += [of_document(by_number[payment.invoice], side_of(payment)) for payment in own]
    accounts = accounts_of(queries, rows)
    entries = [_of_document(issued, accounts, titres, wording) for issued in documents]
    entries += [
        _of_payment(payment, by_number[payment.invoice], accounts, wording) for payment in sorted(own, key=_order)
    ]
    return sorted(entries, key=lambda entry: entry.on)


def _order(payment: Payment) -> tuple[str, date, int, str]:
    return (payment.invoice, payment.on, payment.amount, payment.kind)


def _place(posting: tuple[AccountPurpose, str]) -> tuple[int, str]:
    """Place of an amount of lines in its entry: revenue first, by account."""
    side, account = posting
    return PURPOSES.index(side), account


def side_of(payment: Payment) -> AccountPurpose:
    """Side of the entry against the receivable: the bank, or bad debt for what will never be paid."""
    return "bank" if payment.is_cash else "bad-debt"


def _queries(issued: IssuedDocument, titres: Mapping[str, Titre]) -> Iterator[AccountQuery]:
    yield from (account_query(issued, share, titres) for share in shares(issued))
    yield of_document(issued, "receivable")
    yield of_document(issued, "vat")


def _of_document(
    issued: IssuedDocument, accounts: AccountsByQuery, titres: Mapping[str, Titre], wording: Wording
) -> JournalEntry:
    document = issued.document
    assert document.issue_date is not None, "an issued document has a date"
    by_account: dict[tuple[AccountPurpose, str], int] = defaultdict(int)
    for share in shares(issued):
        query = account_query(issued, share, titres)
        by_account[query.purpose, accounts[query].account] -= share.line.amount
    receivable = accounts[of_document(issued, "receivable")].account
    vat = accounts[of_document(issued, "vat")].account
    postings = (
        JournalPosting("receivable", receivable, document.gross, document.payer.member_id),
        *(JournalPosting(side, account, by_account[side, account]) for side, account in sorted(by_account, key=_place)),
        JournalPosting("vat", vat, -document.vat),
    )
    text = object_of(document, wording)
    kept = tuple(p for p in postings if p.amount)
    return JournalEntry(document.issue_date, document.number, document.months, document.payer, text, kept)


def _of_payment(payment: Payment, issued: IssuedDocument, accounts: AccountsByQuery, wording: Wording) -> JournalEntry:
    document = issued.document
    side = side_of(payment)
    other = accounts[of_document(issued, side)].account
    receivable = accounts[of_document(issued, "receivable")].account
    postings = (
        JournalPosting(side, other, payment.amount),
        JournalPosting("receivable", receivable, -payment.amount, document.payer.member_id),
    )
    text = wording.text(f"exports.{_text_of(payment)}", number=document.number)
    return JournalEntry(payment.on, document.number, document.months, document.payer, text, postings, is_payment=True)


def _text_of(payment: Payment) -> str:
    """Key of the text of a payment."""
    if payment.is_cash:
        return "payment" if payment.amount > 0 else "refund"
    return payment.kind.replace("-", "_")


def rows(entries: Iterable[JournalEntry], currency: str) -> Iterator[dict[str, str]]:
    """Rows of the journal in CSV, one per posting; ``entry`` is the number of the entry, from 1."""
    for number, entry in enumerate(entries, start=1):
        for posting in entry.postings:
            yield {
                "entry": str(number),
                "date": str(entry.on),
                "document": entry.document,
                "period": entry.period,
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
