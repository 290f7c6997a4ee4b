"""The ledger in the store: its entries, and the tables of documents, charges and rules that are made from them.

It is only ever added to. The entries are the truth; the other tables are for queries.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from chargeback.ledger.entries import (
    AFTER_ISSUE,
    CHANGING,
    CORRECTING,
    ISSUING,
    SUPPLEMENTARY,
    Entry,
    Link,
    hash_of,
    line_of,
    read_line,
)
from chargeback.ledger.entries import FIRST as NOTHING_BEFORE
from chargeback.ledger.numbering import Last, in_advance
from chargeback.ledger.projection import TABLES, StoreRow, rows_of
from chargeback.ledger.rule_terms import Terms, changed, needless
from chargeback.model.documents import DocumentKind
from chargeback.model.period import Period
from chargeback.model.problem import Place, Problem
from chargeback.model.rules import Rule
from chargeback.store.sql import statement

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class IssuedSummary:
    """Issued document in brief; amounts in cents."""

    number: str
    kind: DocumentKind
    payer_id: str
    regime: str
    issue_date: date
    due_date: date
    net: int
    vat: int
    gross: int


@dataclass(frozen=True, slots=True)
class WithheldSummary:
    """Document withheld when its period was issued and not issued to this day; amounts in cents."""

    kind: DocumentKind
    payer_id: str
    regime: str
    net: int
    vat: int
    gross: int


@dataclass(frozen=True, slots=True)
class PeriodStatus:
    """Status of a period. Documents are by series and number.

    Attributes:
        period: the month.
        issued_on: date of its documents; None while it is not issued.
        closed_on: date of its closing; None while it is open.
        documents: those that it issued.
        corrections: credit notes and new documents made since, oldest first.
        supplementary: documents issued since that had been withheld.
        withheld: documents that may still be issued, also once the period is closed.
        completed: whether, of a month issued in advance, what is known at its end was issued since.
    """

    period: Period
    issued_on: date | None
    closed_on: date | None
    documents: tuple[IssuedSummary, ...]
    corrections: tuple[IssuedSummary, ...] = ()
    supplementary: tuple[IssuedSummary, ...] = ()
    withheld: tuple[WithheldSummary, ...] = ()
    completed: bool = False

    @property
    def called_in_advance(self) -> bool:
        """Whether calls in advance alone are issued so far, before the last day of the period, and it is not closed."""
        early = self.issued_on is not None and in_advance(self.period, self.issued_on)
        return early and not self.completed and self.closed_on is None

    def to_complete(self, on: date) -> bool:
        """Whether an issue dated ``on`` issues what a call in advance left: all that is known at the end of the
        period."""
        return self.called_in_advance and not in_advance(self.period, on)

    @property
    def has_withheld(self) -> bool:
        """Whether withheld documents may still be issued."""
        return bool(self.withheld)

    @property
    def final(self) -> bool:
        """Whether a run may no longer write it."""
        return self.issued_on is not None or self.closed_on is not None


def period_status(con: DuckDBPyConnection, period: Period) -> PeriodStatus:
    """Status of a period."""
    entries = _rows(con, "of_period", period=str(period))
    on = {kind: entered for _, kind, entered in entries}
    documents, corrections, supplementary = (
        tuple(IssuedSummary(*row) for row in _rows(con, "documents_of_period", period=str(period), kinds=list(kinds)))
        for kinds in (ISSUING, CORRECTING, SUPPLEMENTARY)
    )
    withheld = tuple(WithheldSummary(*row) for row in _rows(con, "withheld_of_period", period=str(period)))
    completed = any(kind in SUPPLEMENTARY and not in_advance(period, entered) for _, kind, entered in entries)
    dates = on.get("issue"), on.get("close")
    return PeriodStatus(period, *dates, documents, corrections, supplementary, withheld, completed)


def entry_of_period(con: DuckDBPyConnection, period: Period) -> Entry | None:
    """First entry of a period: the one that says all that was billed. None where it was neither issued nor closed."""
    rows = _rows(con, "of_period", period=str(period))
    return _entry(con, rows[0][0]) if rows else None


def later_entries(con: DuckDBPyConnection, period: Period) -> list[Entry]:
    """Entries of documents of a period issued after it (withheld until then, or corrections), oldest first."""
    rows = _rows(con, "of_period", period=str(period))
    return [_entry(con, sequence) for sequence, kind, _ in rows if kind in AFTER_ISSUE]


def entries_of_period(con: DuckDBPyConnection, period: Period) -> list[Entry]:
    """Entries of a period that hold documents or charges, oldest first: its own one, then the later ones, those that
    waive included. Empty where it was neither issued nor closed."""
    rows = _rows(con, "of_period", period=str(period))
    return [_entry(con, sequence) for n, (sequence, kind, _) in enumerate(rows) if n == 0 or kind in CHANGING]


def periods_issued(con: DuckDBPyConnection) -> list[Period]:
    """Periods that have an entry, oldest first."""
    return [Period.parse(period) for (period,) in _rows(con, "periods")]


def closed_before(con: DuckDBPyConnection, period: Period) -> list[Period]:
    """Closed months before one, oldest first."""
    return [Period.parse(month) for (month,) in _rows(con, "closed", before=str(period))]


def entry_of_number(con: DuckDBPyConnection, number: str) -> Entry | None:
    """Entry that issued a document, by its number; None when no document has it."""
    rows = _rows(con, "period_of_number", number=number)
    return _entry(con, rows[0][1]) if rows else None


def entry_at(con: DuckDBPyConnection, sequence: int) -> Entry | None:
    """Entry by its sequence number; None when there is none."""
    return _entry(con, sequence) if 0 < sequence < last_link(con).sequence else None


def rows_issued(con: DuckDBPyConnection) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Rows (number, payer, period, date, due date, gross in cents) of every document, and the lines of the entries that
    corrected."""
    return _rows(con, "issued"), [content for (content,) in _rows(con, "correcting_lines")]


def numbers_given(con: DuckDBPyConnection) -> list[tuple[str, str, int, int, date, int]]:
    """Rows (number, series, year, place, date, entry) of every number, by series, year and place."""
    return [(n, series, year, place, on, entry) for n, series, year, place, on, entry in _rows(con, "numbers")]


def _entry(con: DuckDBPyConnection, sequence: int) -> Entry:
    ((content,),) = _rows(con, "content", sequence=sequence)
    return read_line(content.encode())


def last_of_series(con: DuckDBPyConnection) -> dict[tuple[str, int], Last]:
    """Last number and date of every series and year."""
    return {(series, year): Last(place, on) for series, year, place, on in _rows(con, "last_of_series")}


def given(con: DuckDBPyConnection, numbers: Sequence[str]) -> list[tuple[str, str]]:
    """Rows (number, period) of those numbers that were given already."""
    return [(number, period) for number, period in _rows(con, "numbers_taken", numbers=list(numbers))]


def last_link(con: DuckDBPyConnection) -> Link:
    """Link at which the next entry is added."""
    entries = _rows(con, "entries")
    return Link(entries[-1][0] + 1, entries[-1][1]) if entries else Link(1, NOTHING_BEFORE)


def hashes(con: DuckDBPyConnection) -> list[str]:
    """Hashes (sha256) of every entry's line, oldest first."""
    return [sha256 for _, sha256 in _rows(con, "entries")]


def lines_after(con: DuckDBPyConnection, sequence: int) -> Iterator[bytes]:
    """Lines of the entries after one, oldest first."""
    return (content.encode() for (content,) in _rows(con, "lines", after=sequence))


def changed_rules(con: DuckDBPyConnection, rules: Iterable[Rule]) -> list[Problem]:
    """Problems of rules that a closed period used and that have changed, each at its file and line; cheap where nothing
    is closed."""
    kept = [
        (Period.parse(period), Terms(rule, version, valid_to, sha256, Place(path, line), json.loads(content)))
        for period, rule, version, valid_to, sha256, path, line, content in _rows(con, "rules_of_closed")
    ]
    known = tuple(rules)
    return [*(changed(kept, known) if kept else ()), *needless({period for period, _ in kept}, known)]


def versions_used(con: DuckDBPyConnection) -> set[tuple[str, date]]:
    """Rule versions that an entry is based on: rule, first day of the version."""
    return {(rule, version) for rule, version in _rows(con, "versions_used")}


def append(con: DuckDBPyConnection, entry: Entry) -> bytes:
    """Line of an entry that is added, within the transaction of the caller."""
    line = line_of(entry)
    add_line(con, entry, line)
    return line


def add_line(con: DuckDBPyConnection, entry: Entry, line: bytes) -> None:
    """Add an entry with its line, byte for byte, and the rows of the tables made from it."""
    values = {
        "sequence": entry.sequence,
        "kind": entry.kind,
        "period": str(entry.period),
        "entered": entry.entry_date,
        "previous_hash": entry.previous_hash,
        "sha256": hash_of(line),
        "content": line.decode(),
    }
    con.execute(statement("ledger/add_entry"), values)
    for table, found in rows_of(entry).items():
        _add(con, table, TABLES[table], found)


def _add(con: DuckDBPyConnection, table: str, columns: Sequence[str], rows: Sequence[StoreRow]) -> None:
    """Insert rows as one list per column: one statement, however many."""
    if rows:
        lists = dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))
        con.execute(statement(f"ledger/add_{table}"), lists)


def _rows(con: DuckDBPyConnection, name: str, **values: object) -> list[tuple[Any, ...]]:
    return con.execute(statement(f"ledger/{name}"), values or None).fetchall()
