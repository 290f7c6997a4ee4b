"""Results: the tables ``charges`` and ``documents`` of the store, from the last run of each period, for queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chargeback.billing.charges_csv import COLUMNS, row
from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.money import euros
from chargeback.model.month import Month
from chargeback.store.sql import statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@contextmanager
def recorded(con: DuckDBPyConnection, month: Month) -> Iterator[None]:
    """Put a month in the tables, in one transaction that commits only where the block ends well."""
    con.execute("begin transaction")
    try:
        for table in ("charges", "documents"):
            con.execute(statement(f"run/delete_{table}"), {"period": str(month.period)})
        _add(con, "charges", [_charge(c, month) for c in month.charges])
        _add(con, "documents", [_document(d) for d in month.drawn_up])
        yield
        con.execute("commit")
    except BaseException:
        con.execute("rollback")
        raise


def _charge(charge: Charge, month: Month) -> list[str]:
    """A row as in charges.csv, but of the month that bills an adjustment; its reason names the one that it corrects."""
    written = dict(zip(COLUMNS, row(charge, month.rules[charge.rule], month.period), strict=True))
    del written["reason_code"]
    return list((written | {"period": str(month.period)}).values())


def _document(document: Document) -> list[str]:
    amounts = (document.net, document.vat, document.gross)
    payer = document.payer.member_id
    return [str(document.period), document.kind, payer, document.regime.name, *(str(euros(a)) for a in amounts)]


def _add(con: DuckDBPyConnection, table: str, rows: Sequence[Sequence[str]]) -> None:
    if rows:
        columns = {f"c{n}": list(column) for n, column in enumerate(zip(*rows, strict=True))}
        con.execute(statement(f"run/add_{table}"), columns)
