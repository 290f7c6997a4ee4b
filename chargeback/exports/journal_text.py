"""The journal as plain-text accounting: hledger and Beancount, with every account and commodity declared. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256

from chargeback.exports.journal import JournalEntry, JournalPosting
from chargeback.model.money import euros_text

HLEDGER = {"receivable": "assets:receivable", "revenue": "revenues", "vat": "liabilities:vat", "bank": "assets:bank"}
BEANCOUNT = {"receivable": "Assets:Receivable", "revenue": "Income", "vat": "Liabilities:Vat", "bank": "Assets:Bank"}
AS_IS = re.compile(r"[a-z0-9][a-z0-9-]*")
LINK = re.compile(r"[A-Za-z0-9_/.-]+")
MARK = 8


def hledger(made: Sequence[JournalEntry], currency: str) -> bytes:
    """A journal that ``hledger check --strict`` takes."""
    return _text(_hledger(made, currency))


def _hledger(made: Sequence[JournalEntry], currency: str) -> Iterator[str]:
    yield f"commodity 1000.00 {currency}"
    yield from (f"account {name}" for name in sorted({_hledger_name(p) for e in made for p in e.postings}))
    for entry in made:
        yield ""
        yield f"{entry.on} * ({_bare(entry.document)}) {_bare(entry.payer.name)} | {_bare(entry.text)}"
        yield from _postings(entry, _hledger_name, currency, "    ")


def _hledger_name(posting: JournalPosting) -> str:
    return _joined(HLEDGER[posting.side], posting)


def _bare(text: str) -> str:
    """Text without what divides a line of hledger."""
    return " ".join(text.translate(str.maketrans(";|()", ",/[]")).split())


def beancount(made: Sequence[JournalEntry], currency: str) -> bytes:
    """A ledger that ``bean-check`` takes: each account is opened on the first day."""
    return _text(_beancount(made, currency))


def _beancount(made: Sequence[JournalEntry], currency: str) -> Iterator[str]:
    yield f'option "operating_currency" "{currency}"'
    first = min((entry.on for entry in made), default=None)
    for name in sorted({_beancount_name(p) for e in made for p in e.postings}):
        yield f"{first} open {name} {currency}"
    for entry in made:
        link = f" ^{entry.document}" if LINK.fullmatch(entry.document) else ""
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
    """Side, number and payer, each as one part of a name."""
    return ":".join([side, *(component(part) for part in (posting.account, posting.auxiliary) if part)])


def component(text: str) -> str:
    """A part of an account's name that both programs take, and that no other text gives.

    Small letters, digits and - stay as they are; of anything else what cannot stay becomes -, and a mark of the text is added.
    """
    if AS_IS.fullmatch(text):
        return text
    kept = re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")
    return "-".join(part for part in (kept, sha256(text.encode()).hexdigest()[:MARK]) if part)


def _postings(
    entry: JournalEntry, name_of: Callable[[JournalPosting], str], currency: str, indent: str
) -> Iterator[str]:
    """Names to the left, amounts to the right."""
    lines = [(name_of(p), euros_text(p.amount)) for p in entry.postings]
    wide, far = (max(len(line[n]) for line in lines) for n in (0, 1))
    for name, amount in lines:
        yield f"{indent}{name:<{wide}}  {amount:>{far}} {currency}"


def _text(lines: Iterable[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()
