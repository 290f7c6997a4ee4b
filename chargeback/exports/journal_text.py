"""Journal as plain-text accounting, hledger and Beancount, and the declarations of its accounts. Pure.

The declarations are a file of their own, so that the journals of any months load together: both programs want each
account declared once.

An account is its side, then its number and its payer as sub-accounts: ``assets:receivable:4141:cergy``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

from chargeback.exports.journal import JournalEntry, JournalPosting
from chargeback.model.money import euros_text
from chargeback.model.settings import AccountPurpose

HLEDGER: dict[AccountPurpose, str] = {
    "prior-year-reduction": "expenses:prior-year-reductions",
    "bad-debt": "expenses:bad-debt",
    "receivable": "assets:receivable",
    "revenue": "revenues",
    "vat": "liabilities:vat",
    "bank": "assets:bank",
}
BEANCOUNT: dict[AccountPurpose, str] = {
    "prior-year-reduction": "Expenses:Prior-Year-Reductions",
    "bad-debt": "Expenses:Bad-Debt",
    "receivable": "Assets:Receivable",
    "revenue": "Income",
    "vat": "Liabilities:Vat",
    "bank": "Assets:Bank",
}
AS_IS = re.compile(r"[a-z0-9][a-z0-9-]*")
LINK = re.compile(r"[A-Za-z0-9_/.-]+")
DIGEST = 8


def hledger(entries: Sequence[JournalEntry], currency: str) -> bytes:
    """Journal that ``hledger check --strict`` accepts beside its declarations (hledger manual, "Journal")."""
    return _text(_hledger(entries, currency))


def account_names(entries: Iterable[JournalEntry]) -> list[str]:
    """Names of the accounts of some entries, as hledger has them."""
    return sorted({_hledger_name(p) for e in entries for p in e.postings})


def hledger_accounts(entries: Sequence[JournalEntry], currency: str) -> bytes:
    """Declarations of the commodity and of every account of some entries."""
    names = account_names(entries)
    return _text([f"commodity 1000.00 {currency}", *(f"account {name}" for name in names)])


def _hledger(entries: Sequence[JournalEntry], currency: str) -> Iterator[str]:
    for number, entry in enumerate(entries):
        if number:
            yield ""
        yield f"{entry.on} * ({_bare(entry.document)}) {_bare(entry.payer.name)} | {_bare(entry.text)}"
        yield from _postings(entry, _hledger_name, currency, "    ")


def _hledger_name(posting: JournalPosting) -> str:
    return _joined(HLEDGER[posting.side], posting)


def _bare(text: str) -> str:
    """Text without the characters that separate the fields of a line of hledger: ``;``, ``|``, parentheses."""
    return " ".join(text.translate(str.maketrans(";|()", ",/[]")).split())


def beancount(entries: Sequence[JournalEntry], currency: str) -> bytes:
    """Ledger that ``bean-check`` accepts beside its accounts (Beancount language syntax)."""
    return _text(_beancount(entries, currency))


def beancount_accounts(entries: Sequence[JournalEntry], currency: str) -> bytes:
    """Every account of some entries, opened once on the first day of all of them."""
    first = min((entry.on for entry in entries), default=None)
    names = sorted({_beancount_name(p) for e in entries for p in e.postings})
    opened = (f"{first} open {name} {currency}" for name in names)
    return _text([f'option "operating_currency" "{currency}"', *opened])


def _beancount(entries: Sequence[JournalEntry], currency: str) -> Iterator[str]:
    for number, entry in enumerate(entries):
        link = f" ^{entry.document}" if LINK.fullmatch(entry.document) else ""
        if number:
            yield ""
        yield f'{entry.on} * "{_escaped(entry.payer.name)}" "{_escaped(entry.text)}"{link}'
        yield f'  document: "{_escaped(entry.document)}"'
        yield f'  period: "{entry.period}"'
        yield from _postings(entry, _beancount_name, currency, "  ")


def _beancount_name(posting: JournalPosting) -> str:
    return ":".join(part[:1].upper() + part[1:] for part in _joined(BEANCOUNT[posting.side], posting).split(":"))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _joined(side: str, posting: JournalPosting) -> str:
    """Name of an account: its side, its number and its payer, each as a component."""
    return ":".join([side, *(component(part) for part in (posting.account, posting.auxiliary) if part)])


def component(text: str) -> str:
    """Component of the name of an account that both programs accept, distinct for distinct texts.

    Small letters, digits and - are unchanged. In any other text the characters that are not allowed become -, and the
    first digits of its SHA-256 are added.
    """
    if AS_IS.fullmatch(text):
        return text
    allowed = re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")
    return "-".join(part for part in (allowed, sha256(text.encode()).hexdigest()[:DIGEST]) if part)


def _postings(
    entry: JournalEntry, name_of: Callable[[JournalPosting], str], currency: str, indent: str
) -> Iterator[str]:
    """Lines of the postings, accounts aligned to the left, amounts to the right."""
    lines = [(name_of(p), euros_text(p.amount)) for p in entry.postings]
    names, amounts = (max(len(line[n]) for line in lines) for n in (0, 1))
    for name, amount in lines:
        yield f"{indent}{name:<{names}}  {amount:>{amounts}} {currency}"


def _text(lines: Iterable[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()
