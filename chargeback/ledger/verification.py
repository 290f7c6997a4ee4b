"""Verification: whether what was issued is still as issued: chain, numbers, files, inputs, charges, documents.

Nothing is written. Each check gives what is not as it should be, in words, the first first. The checks are based on
``out/ledger.jsonl`` alone: it is read into a temporary store, and the workspace's own store is compared with that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback.billing.charges_csv import charges_csv
from chargeback.ledger.book import hashes, numbers_given
from chargeback.ledger.entries import Entry, month_of
from chargeback.ledger.issued_months import document_month
from chargeback.ledger.ledger_file import CORRECTIONS, SHOWN
from chargeback.ledger.month_diff import MonthDiff
from chargeback.ledger.projection import TABLES
from chargeback.model.documents import Document
from chargeback.model.money import euros
from chargeback.model.month import Month
from chargeback.model.problem import counted
from chargeback.model.settings import Settings
from chargeback.store.sql import statement
from chargeback.workspace.files.left_files import is_left_over
from chargeback.workspace.paths import LEDGER, OUT

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Draw = Callable[[Document, Month], bytes]
Says = Callable[[bytes, Document], Iterable[str]]
FROM_STORE = "take chargeback.duckdb away and it is made again from the workspace"


@dataclass(frozen=True, slots=True)
class Verified:
    """Check and what it found.

    Attributes:
        name: what is checked.
        about: the month, folder or numbers that it is about; ``""`` for all.
        holds: what is so when there is no fault.
        faults: what is not as it should be.
        notes: remarks that are no faults.
    """

    name: str
    about: str
    holds: str
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        what = f"{self.about}: " if self.about else ""
        return what + (self.faults[0] if self.faults else "; ".join((self.holds, *self.notes)))


def chain(con: DuckDBPyConnection, stored: DuckDBPyConnection | None) -> Verified:
    """Check that the entries follow each other, which they did to be read, and that the store holds the same."""
    known = hashes(con)
    faults = [] if stored is None else list(_contradictions(con, stored))
    notes = () if stored is not None else ("chargeback.duckdb is not there to be compared",)
    entries = f"{len(known)} {'entries' if len(known) > 1 else 'entry'}"
    return Verified("ledger", "", f"{entries}, each with the hash of the one before", tuple(faults), notes)


def _contradictions(con: DuckDBPyConnection, stored: DuckDBPyConnection) -> Iterator[str]:
    ours, theirs = hashes(con), hashes(stored)
    counts = f"{SHOWN} has {len(ours)} entries and chargeback.duckdb {len(theirs)}"
    if ours != theirs:
        place = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=False), start=1) if a != b), 0)
        if place:
            yield (
                f"{SHOWN}:{place} is not the entry that chargeback.duckdb holds: put the file back from a copy, or "
                f"{FROM_STORE}"
            )
        elif len(ours) < len(theirs):
            yield f"{counts}: any other command writes the missing lines"
        else:
            yield f"{counts}: any other command reads the missing lines"
        return
    for table in TABLES:
        query = statement(f"ledger/whole_{table}")
        if con.execute(query).fetchall() != stored.execute(query).fetchall():
            yield f"the table ledger.{table} of chargeback.duckdb is not what the entries say: {FROM_STORE}"


def numbers(con: DuckDBPyConnection) -> Verified:
    """Check that the numbers of each series and year have no gap and their dates follow them."""
    given = numbers_given(con)
    series = [(key, list(group)) for key, group in groupby(given, key=lambda n: (n[1], n[2]))]
    faults = [fault for (name, year), own in series for fault in _series(f"{name} of {year}", own)]
    what = f"{counted(len(given), 'number')} in {len(series)} series, no gap, dates in their order"
    return Verified("numbers", "", what, tuple(faults))


def _series(name: str, given: list[tuple[str, str, int, int, date, int]]) -> Iterator[str]:
    last: date | None = None
    for expected, (number, _, _, place, on, _) in enumerate(given, start=1):
        if place != expected:
            yield f"in the series {name}, number {expected} is missing: {number} is the next"
            return
        if last is not None and on < last:
            yield f"in the series {name}, {number} is dated {on}, before the number that it follows ({last})"
        last = on


def files(root: Path, entries: Iterable[Entry]) -> Verified:
    """Check that every file issued by some entries of one folder is there, unaltered, and no other."""
    expected = {path: content for entry in entries for path, content in entry.files.items()}
    folder = root / OUT / folder_of(next(iter(entries)))
    found = [path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file()]
    there = {path.as_posix(): folder / path for path in found if not is_left_over(path)}
    shown = folder.relative_to(root).as_posix()
    faults = [f"{shown}/{path} is missing: put it back from a copy" for path in sorted(expected.keys() - there.keys())]
    for path in sorted(expected.keys() & there.keys()):
        if sha256(there[path].read_bytes()).hexdigest() != expected[path]:
            faults.append(f"{shown}/{path} was altered after it was issued: put it back from a copy")
    faults += [f"{shown}/{path} was not issued: take it away" for path in sorted(there.keys() - expected.keys())]
    return Verified("files", shown, f"{counted(len(expected), 'file')} as issued", tuple(faults))


def folder_of(entry: Entry) -> str:
    """Folder of out/ where the files of an entry lie."""
    return str(entry.period) if entry.kind == "issue" else CORRECTIONS


def changed_inputs(recorded: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Files that a month was made of and that are gone or have changed, in words."""
    gone = [f"{path} is gone" for path in sorted(recorded.keys() - now.keys())]
    return gone + [f"{path} has changed" for path in sorted(recorded) if path in now and now[path] != recorded[path]]


def charges(entry: Entry, compared: MonthDiff, count: int, now: Mapping[str, str], program: str) -> Verified:
    """Check that the charges computed again from the inputs are those billed. Changes are named with a
    difference."""
    about, changed = str(entry.period), changed_inputs(entry.inputs, now)
    holds = f"{counted(count, 'charge')} computed again, as billed"
    if compared.nothing:
        notes = (f"{_listed(changed)} since, without effect",) if changed else ()
        return Verified("charges", about, holds, notes=notes)
    why = f"as {_listed(changed)} since" if changed else _why(entry, now, program)
    return Verified("charges", about, holds, (f"{_first(compared)} ({why}): `chargeback run {about}` shows all",))


def _why(entry: Entry, now: Mapping[str, str], program: str) -> str:
    added = sorted(now.keys() - entry.inputs.keys())
    if added:
        return (
            f"every file is as it was, {added[0]} was added since"
            if len(added) == 1
            else f"{len(added)} files were added since, {added[0]} the first"
        )
    if entry.program != program:
        return f"every file is as it was: {entry.program} billed, this is {program}"
    return "every file is as it was"


def _first(compared: MonthDiff) -> str:
    for d in compared.charges:
        if d.billed == d.recomputed:
            return f"{d.rule} for {d.member_id} was billed {euros(d.billed)} by other quantities or terms than today's"
        return f"{d.rule} for {d.member_id} was billed {euros(d.billed)} and comes to {euros(d.recomputed)} today"
    drawn = compared.documents[0]
    named = drawn.number or f"a document of {drawn.payer_id} under {drawn.regime}"
    return f"{named} was billed {euros(drawn.billed)} with VAT and comes to {euros(drawn.recomputed)} today"


def _listed(changed: list[str]) -> str:
    more = f" and {counted(len(changed) - 2, 'more file')}" if len(changed) > 2 else ""
    return ", ".join(changed[:2]) + more


def documents(
    con: DuckDBPyConnection, root: Path, entry: Entry, settings: Settings, says: Says, draw: Draw | None
) -> Verified:
    """Check that each document's file says what the ledger says, and is drawn again to the byte where ``draw`` is
    given."""
    faults, about = [], _about(entry)
    for document in entry.documents:
        path = f"{document.number}.pdf" if entry.kind != "issue" else f"invoices/{document.number}.pdf"
        file = root / OUT / folder_of(entry) / path
        if file.is_file():
            faults += [f"{document.number}: {text}" for text in says(file.read_bytes(), document)]
        if draw is not None and not faults:
            bill = document_month(con, document.number, settings)
            assert bill is not None, "a document of the ledger has its number"
            month = month_of(entry, settings) if entry.kind == "issue" else bill.month
            if sha256(draw(document, month)).hexdigest() != entry.files[path]:
                faults.append(
                    f"{document.number} drawn again from the ledger is not the same file, byte for byte: the file is "
                    "the one "
                    "issued, but the program, its libraries or fonts are not those of that day"
                )
    faults += list(_charge_file(entry, settings))
    how = "drawn again byte for byte" if draw else "as the ledger says"
    notes = () if draw else ("not drawn again, as the program, chargeback.toml or the wording is not that of the day",)
    return Verified("documents", about, f"{counted(len(entry.documents), 'document')}, {how}", tuple(faults), notes)


def _about(entry: Entry) -> str:
    """What an entry issued, in short: its month, or its numbers."""
    if entry.kind == "issue":
        return folder_of(entry)
    numbers = [d.number for d in entry.documents]
    return (
        f"{numbers[0]} to {numbers[-1]}" if entry.kind == "supplementary" and len(numbers) > 1 else ", ".join(numbers)
    )


def _charge_file(entry: Entry, settings: Settings) -> Iterator[str]:
    """Fault of a charges.csv that the entry does not give."""
    written = entry.files.get("charges.csv")
    if entry.kind == "issue" and written is not None:
        month = month_of(entry, settings)
        if sha256(charges_csv(month.charges, month.rules, month.period)).hexdigest() != written:
            yield f"{OUT}/{entry.period}/charges.csv is not what the ledger gives"


def no_ledger(root: Path) -> str:
    """Reason why there is nothing to verify."""
    numbered = sorted((root / OUT).glob("*/invoices/*.pdf"))
    if not (root / OUT / LEDGER).is_file() and any(p.stem[-1:].isdigit() for p in numbered):
        return f"{SHOWN} is missing: put it back from a copy, it says what was issued"
    return "nothing is issued in this workspace: there is nothing to verify"
