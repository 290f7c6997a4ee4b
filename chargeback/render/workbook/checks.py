"""The conservation checks as formulas: each side is added up again from the other sheets."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chargeback.model.month import Check, Month
from chargeback.render.text.pool_flows import pool_flows
from chargeback.render.workbook.labels import SheetLabels
from chargeback.render.workbook.tables import Tables, total_of, total_where

Book = Mapping[str, Tables]
Side = Callable[[Book, SheetLabels], str]
MOST_FORMULA = 8000


def checks_of(month: Month) -> list[Check]:
    """The checks of the month, then two of the sheet of members: it shows every charge and every document.

    With transfers, one of their sheet: what it leaves in each pool is what the pool holds.
    """
    charged = sum(charge.amount for charge in month.charges)
    gross = sum(document.gross for document in month.documents)
    transfers = [Check("transfers", 0, 0)] if pool_flows(month) else []
    return [*month.checks, *transfers, Check("members", charged, charged), Check("gross", gross, gross)]


def sides(check: Check, month: Month, book: Book, words: SheetLabels) -> tuple[str, str] | None:
    """Expected and found as formulas over the other sheets; None for a check that they cannot repeat."""
    if check.name == "transfers":
        formula = _transfers(month, book)
        return ("0", formula) if len(formula) < MOST_FORMULA else None
    found = SIDES.get(check.name)
    return (found[0](book, words), found[1](book, words)) if found else None


def _transfers(month: Month, book: Book) -> str:
    """By how much, pool by pool, the sheet of transfers and that of pools differ."""
    gaps = [
        f"ABS(ROUND({total_of(book['transfers'], f'pool_{n}')}-({total_where(book['pools'], 'held', 'pool', name)}),2))"
        for n, name in enumerate(pool_flows(month))
    ]
    return "+".join(gaps)


def _total(table: str, key: str) -> Side:
    return lambda book, words: total_of(book[table], key)


def _share_charges(book: Book, words: SheetLabels) -> str:
    return total_where(book["charges"], "amount", "kind", words.kinds["share"])


def _without_document(book: Book, words: SheetLabels) -> str:
    return total_where(book["charges"], "amount", "document", words.text("charges.no_document"))


def _own(book: Book, words: SheetLabels) -> str:
    return total_where(book["charges"], "amount", "document", words.text("charges.own"))


def _to_bill(book: Book, words: SheetLabels) -> str:
    """All charges but the operator's own, and what was carried before and is billed now."""
    charges = f"{total_of(book['charges'], 'amount')}-({_own(book, words)})"
    return f"{charges}+{total_of(book['carried'], 'billed')}" if "carried" in book else charges


def _billed(book: Book, words: SheetLabels) -> str:
    """The same, of what documents bear or is carried."""
    return f"{_to_bill(book, words)}-({_without_document(book, words)})"


def _documents_and_carried(book: Book, words: SheetLabels) -> str:
    """The documents of the month, and what it carries."""
    net = total_of(book["documents"], "net")
    return f"{net}+{total_of(book['carried'], 'added')}" if "carried" in book else net


SIDES: dict[str, tuple[Side, Side]] = {
    "booked": (_total("pools", "cost"), _total("pools", "held")),
    "pools": (_total("pools", "split"), _total("pools", "share")),
    "shares": (_total("pools", "split"), _share_charges),
    "documents": (_to_bill, _documents_and_carried),
    "lines": (_billed, _documents_and_carried),
    "members": (_total("charges", "amount"), _total("members", "charged")),
    "gross": (_total("documents", "gross"), _total("members", "gross")),
}
