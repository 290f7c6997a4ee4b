"""Conservation checks as formulas: each side is added up again from the other sheets."""

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
    """Checks of the month, then two of the sheet of members: it lists every charge and every document.

    With transfers, one of their sheet: the amount that remains in each pool is that of the sheet of pools.
    """
    charged = sum(charge.amount for charge in month.charges)
    gross = sum(document.gross for document in month.documents)
    transfers = [Check("transfers", 0, 0)] if pool_flows(month) else []
    return [*month.checks, *transfers, Check("members", charged, charged), Check("gross", gross, gross)]


def sides(check: Check, month: Month, book: Book, labels: SheetLabels) -> tuple[str, str] | None:
    """Formulas (expected, found) over the other sheets; None for a check that cannot be written as formulas."""
    if check.name == "savings" and not bills_itself(month):
        return None
    if check.name == "transfers":
        formula = _transfers(month, book)
        return ("0", formula) if len(formula) < MOST_FORMULA else None
    found = SIDES.get(check.name)
    return (found[0](book, labels), found[1](book, labels)) if found else None


def bills_itself(month: Month) -> bool:
    """Whether the documents of a month bill all its charges, each payer and regime once, and no other month's."""
    once = len({(d.payer.member_id, d.regime.name) for d in month.documents}) == len(month.documents)
    carried = (*month.carried_forward, *month.still_carried)
    return (
        once
        and not carried
        and all(n.kind != "adjustment" and not n.carried_from for d in month.documents for n in d.lines)
    )


def _transfers(month: Month, book: Book) -> str:
    """Difference between the sheet of transfers and that of pools, added up pool by pool."""
    gaps = [
        f"ABS(ROUND({total_of(book['transfers'], f'pool_{n}')}-({total_where(book['pools'], 'held', 'pool', name)}),2))"
        for n, name in enumerate(pool_flows(month))
    ]
    return "+".join(gaps)


def _total(table: str, key: str) -> Side:
    return lambda book, labels: total_of(book[table], key)


def _share_charges(book: Book, labels: SheetLabels) -> str:
    return total_where(book["charges"], "amount", "kind", labels.kinds["share"])


def _without_document(book: Book, labels: SheetLabels) -> str:
    return total_where(book["charges"], "amount", "document", labels.text("charges.no_document"))


def _own(book: Book, labels: SheetLabels) -> str:
    return total_where(book["charges"], "amount", "document", labels.text("charges.own"))


def _to_bill(book: Book, labels: SheetLabels) -> str:
    """All charges except the operator's own, and the amounts carried forward that are billed now."""
    charges = f"{total_of(book['charges'], 'amount')}-({_own(book, labels)})"
    return f"{charges}+{total_of(book['carried'], 'billed')}" if "carried" in book else charges


def _billed(book: Book, labels: SheetLabels) -> str:
    """Charges to bill that have a document or are carried forward."""
    return f"{_to_bill(book, labels)}-({_without_document(book, labels)})"


def _documents_and_carried(book: Book, labels: SheetLabels) -> str:
    """Documents of the month, and the amounts that it carries forward."""
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
    "savings": (_total("documents", "gross"), _total("savings", "billed")),
}
