"""Issuing a month: numbers, documents, ledger, folder, in that order; and closing it. Nothing issued ever changes.

The numbers are allotted and the entry is written in one transaction. Before it commits, every file lies complete in a
folder beside. After it, the folder takes its place and the line is added to ``out/ledger.jsonl``. See ``ledger_file``
for a crash.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback import __version__
from chargeback.ledger.book import (
    PeriodStatus,
    WithheldSummary,
    append,
    entry_of_period,
    given,
    last_link,
    last_of_series,
    period_status,
)
from chargeback.ledger.entries import AllottedNumber, Entry, Link, closing, entry_of
from chargeback.ledger.ledger_file import CORRECTIONS, SHOWN, finish, staged, sync_ledger, write_out
from chargeback.ledger.numbering import allot, check_day, check_series, needs
from chargeback.ledger.reconciliation import compared_today
from chargeback.ledger.unissued import Unissued, carried_text, unissued_of, withheld_text
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.problem import Problems, Refused
from chargeback.workspace.files.toml_lines import read_toml
from chargeback.workspace.paths import OUT, SETTINGS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PROGRAM = f"chargeback {__version__}"
Render = Callable[[Month], Mapping[str, bytes]]


def issue(
    con: DuckDBPyConnection,
    root: Path,
    month: Month,
    on: date,
    inputs: Mapping[str, str],
    render: Render,
    *,
    carrying: bool = False,
) -> PeriodStatus:
    """Status of a month after issuing it, dated ``on``. ``render`` gives the files of out/PERIOD for a numbered month.

    ``carrying``: it may have no document, as calls in advance of a quarter are issued with its last month.

    Raises Problems for what the documents lack, Refused for a date that may not be, a closed period, a number given
    before. Until the ledger's transaction commits nothing has changed; what is interrupted after it is finished by the
    next command.
    """
    check_day(month, on)
    lacking = needs(month, read_toml(root, SETTINGS)[1])
    if lacking:
        raise Problems(lacking)
    if not month.documents and not carrying:
        raise Refused(_no_document(month))
    _record(con, root, month, on, inputs, render)
    complete(con, root, month.period)
    return period_status(con, month.period)


def _no_document(month: Month) -> str:
    why = ""
    if month.carried_forward:
        why = f" ({carried_text(month.carried_forward, month.settings.threshold, month.settings.frequency)})"
    return f"{month.period} has no document to issue{why}: `chargeback close {month.period}` may close it as it is"


def _record(
    con: DuckDBPyConnection, root: Path, month: Month, on: date, inputs: Mapping[str, str], render: Render
) -> None:
    folder, link = staged(root, month.period), last_link(con)
    with entering(con, folder, link):
        if period_status(con, month.period).final:
            raise Refused(f"{month.period} is issued or closed: nothing was changed")
        numbered, numbers = allotted(con, root, month, on)
        files = render(numbered)
        write_out(folder, files)
        entry = entry_of("issue", numbered, on, link, PROGRAM, inputs, files)
        append(con, replace(entry, numbers=numbers))


def allotted(con: DuckDBPyConnection, root: Path, month: Month, on: date) -> tuple[Month, tuple[AllottedNumber, ...]]:
    """Month with its documents numbered and dated as they would be now, and the numbers. Raises Refused."""
    last = last_of_series(con)
    check_series(month, on, last)
    numbered, numbers = allot(month, on, last)
    not_given(con, root, numbers)
    return numbered, numbers


@contextmanager
def entering(con: DuckDBPyConnection, folder: Path, link: Link) -> Iterator[None]:
    """Transaction for the entry at ``link``. When it fails, the files written in ``folder`` beside are removed.

    They stay when the ledger has the entry: an interrupt may come as it commits.
    """
    con.execute("begin")
    try:
        yield
        con.execute("commit")
    except BaseException:
        with suppress(Exception):
            con.execute("rollback")
        if last_link(con).sequence == link.sequence:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def not_given(con: DuckDBPyConnection, root: Path, numbers: Sequence[AllottedNumber]) -> None:
    """Refuse numbers given before: by another series, or by a ledger that was lost while its documents lie in out/."""
    for number, period in given(con, [n.number for n in numbers]):
        series = next(n.series for n in numbers if n.number == number)
        raise Refused(
            f"the number {number} was given already in {period}, by another series than {series}: let the templates in "
            f"{SETTINGS} begin with other letters"
        )
    for folder in (*sorted((root / OUT).glob("*/invoices")), root / OUT / CORRECTIONS):
        for new in numbers:
            path = folder / f"{new.number}.pdf"
            if path.is_file():
                raise Refused(
                    f"{path.relative_to(root).as_posix()} is there but the ledger does not know its "
                    f"number: put {SHOWN} back from a copy, the ledger is restored from it"
                )


def complete(con: DuckDBPyConnection, root: Path, what: object) -> None:
    """Finish what follows the transaction; a failure here changes nothing that is issued."""
    try:
        finish(con, root)
    except OSError as error:
        raise Refused(
            f"{what} is in the ledger, but out/ could not be brought level ({(error.strerror or str(error)).lower()}): "
            "mend this and run any command, it will finish"
        ) from error


def close(
    con: DuckDBPyConnection,
    root: Path,
    period: Period,
    on: date,
    reason: str = "",
    *,
    inputs: Mapping[str, str] | None = None,
    fingerprint: str = "",
) -> PeriodStatus:
    """Status of a period after closing it; the closing is not dated before the documents.

    ``inputs`` and ``fingerprint``: those of the day, where the period was issued in advance.

    Raises Refused while documents are withheld, unless a ``reason`` says why they are not issued yet: they stay to
    bill.
    """
    withheld = period_status(con, period).withheld
    if withheld and not reason:
        raise Refused(_still_withheld(con, period, withheld))
    issued = entry_of_period(con, period)
    if issued is None:
        raise Refused(f"{period} is not issued: `chargeback issue {period}` comes first")
    entry = closing(period, max(on, issued.entry_date), last_link(con), PROGRAM, issued.files, reason)
    if fingerprint:
        entry = replace(entry, inputs=dict(sorted((inputs or {}).items())), fingerprints={str(period): fingerprint})
    return enter_alone(con, root, entry)


def _still_withheld(con: DuckDBPyConnection, period: Period, withheld: Sequence[WithheldSummary]) -> str:
    """Message why a period is not closed, and the command that issues the rest."""
    named = ", ".join(f"{d.payer_id} under [vat.{d.regime}]" for d in withheld[:3])
    more = f" and {len(withheld) - 3} more" if len(withheld) > 3 else ""
    mend = "mend, then " if unissued_of(con, period).failing else ""
    them, they = ("them", "they stay") if len(withheld) > 1 else ("it", "it stays")
    return (
        f"{period} cannot be closed: {withheld_text(len(withheld))} and not issued ({named}{more}); "
        f"{mend}`chargeback issue "
        f"{period}` issues {them}, or say with --reason why {they} to bill after the closing"
    )


def close_without_documents(
    con: DuckDBPyConnection, root: Path, month: Month, on: date, inputs: Mapping[str, str]
) -> PeriodStatus:
    """Status of a month after closing it, with what it carries, where it has no document to issue. Raises Refused where
    it has some."""
    if month.documents:
        count = len(month.documents)
        wait = f"its {count} documents are" if count > 1 else "its document is"
        raise Refused(
            f"{month.period} cannot be closed: {wait} not issued; `chargeback issue {month.period}` comes first"
        )
    return enter_alone(con, root, entry_of("close", month, on, last_link(con), PROGRAM, inputs, {}))


def enter_alone(con: DuckDBPyConnection, root: Path, entry: Entry) -> PeriodStatus:
    """Status of a period after an entry that issues no document."""
    con.execute("begin")
    try:
        append(con, entry)
        con.execute("commit")
    except BaseException:
        with suppress(Exception):
            con.execute("rollback")
        raise
    complete(con, root, entry.period)
    return period_status(con, entry.period)


def refuse_other_than_billed(con: DuckDBPyConnection, month: Month) -> None:
    """Refuse a month that was issued or closed and would amount to something else today, as its run does."""
    if period_status(con, month.period).final and not compared_today(con, month).nothing:
        raise Refused(
            f"{month.period} was {state_text(period_status(con, month.period))} and would differ today: "
            f"`chargeback run {month.period}` shows what"
        )


def state_text(status: PeriodStatus) -> str:
    """Status of a final period, as the end of a sentence: issued on, closed on."""
    if status.issued_on is None:
        return f"closed on {status.closed_on} without documents"
    withheld = f", {withheld_text(len(status.withheld))}," if status.withheld else ""
    closed = f" and closed on {status.closed_on}" if status.closed_on else ""
    return f"issued on {status.issued_on}{withheld}{closed}".rstrip(",")


@contextmanager
def ledger_of(root: Path) -> Iterator[DuckDBPyConnection | None]:
    """Ledger of a workspace, in sync with its file, whatever state the other files are in; None where there is none."""
    from chargeback.store.database import open_store
    from chargeback.workspace.paths import STORE

    kept = (root / STORE).is_file() or (root / SHOWN).is_file()
    if not kept or not (root / SETTINGS).is_file():
        yield None
        return
    with open_store(root / STORE, write=True) as store:
        sync_ledger(store.connection, root, write=True)
        yield store.connection


def status_of(root: Path, period: Period) -> PeriodStatus:
    """Status of a period of a workspace."""
    return status_and_unissued(root, period)[0]


def status_and_unissued(root: Path, period: Period) -> tuple[PeriodStatus, Unissued]:
    """Status of a period of a workspace, and its unissued documents."""
    with ledger_of(root) as con:
        if con is None:
            return PeriodStatus(period, None, None, ()), Unissued()
        status = period_status(con, period)
        return status, unissued_of(con, period) if status.final else Unissued()
