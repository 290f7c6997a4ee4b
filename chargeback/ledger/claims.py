"""Claims: what an issued period has still to bill, and the act that gives it up. Cents.

Closing a period gives nothing up: a claim ends by a document or by an act of the operator, kept in an entry of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback.ledger.book import PeriodStatus, last_link, period_status
from chargeback.ledger.entries import Entry, Link
from chargeback.ledger.issuing import PROGRAM, enter_alone
from chargeback.ledger.unissued import unissued_of
from chargeback.model.documents import Document
from chargeback.model.period import Period
from chargeback.model.problem import Refused

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Claim:
    """Claim: an amount that a payer is still to be billed, or that was given up.

    Attributes:
        payer: member that it is asked of.
        regime: name of the VAT regime (family).
        months: months that it is for, oldest first.
        net: cents.
        vat: cents.
    """

    payer: str
    regime: str
    months: tuple[Period, ...]
    net: int
    vat: int


def claims_of(documents: Iterable[Document]) -> tuple[Claim, ...]:
    """Claims of documents without number, in their order."""
    return tuple(Claim(d.payer.member_id, d.regime.name, tuple(sorted(_months(d))), d.net, d.vat) for d in documents)


def _months(document: Document) -> set[Period]:
    return {line.earlier_month or document.period for line in document.lines}


def to_waive(con: DuckDBPyConnection, period: Period, payer: str) -> tuple[Document, ...]:
    """Documents of a period that are still to bill, those of one payer where it is named. Raises Refused where there
    are none."""
    documents = unissued_of(con, period).withheld
    found = tuple(d for d in documents if payer in ("", d.payer.member_id))
    if not found:
        of = f" of {payer}" if payer else ""
        names = ", ".join(dict.fromkeys(d.payer.member_id for d in documents))
        others = f": still to bill is what is due by {names}" if names else ": nothing was changed"
        raise Refused(f"{period} has no document{of} that is still to bill{others}")
    return found


def waive(
    con: DuckDBPyConnection, root: Path, period: Period, documents: Sequence[Document], act: str, on: date
) -> PeriodStatus:
    """Status of a period after giving up the claims of some of its withheld documents. Raises Refused for a day before
    that of the issue."""
    status = period_status(con, period)
    assert status.issued_on is not None, "a document is withheld when its period is issued"
    if on < status.issued_on:
        raise Refused(f"{on} is before {status.issued_on}, when {period} was issued: give --date or a later day")
    rest = [d for d in unissued_of(con, period).withheld if d not in documents]
    return enter_alone(con, root, _entry(period, on, last_link(con), act, documents, rest))


def _entry(
    period: Period, on: date, link: Link, act: str, waived: Iterable[Document], withheld: Iterable[Document]
) -> Entry:
    """Entry that gives up claims; ``withheld``: the documents that stay to bill."""
    return Entry(
        sequence=link.sequence,
        kind="waive",
        period=period,
        entry_date=on,
        previous_hash=link.previous_hash,
        program=PROGRAM,
        withheld=tuple(withheld),
        act=act,
        waived=tuple(waived),
    )
