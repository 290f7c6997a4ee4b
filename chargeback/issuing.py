"""Issue a month: numbers, documents, ledger, folder, in that order; and close it. Nothing issued ever changes.

The numbers are allotted and the entry is written in one transaction. Before it commits, every file lies complete in a
folder beside; after it, the folder takes its place and the line goes to ``out/ledger.jsonl``. See ledger_file for a crash.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback import __version__
from chargeback.allotment import SETTINGS, allot, check_date, needs
from chargeback.entries import Number, closing, entry_of
from chargeback.ledger import Standing, append, entry_of_period, given, last_link, last_of_series, standing
from chargeback.ledger_file import finish, staged, write_out
from chargeback.period import Period
from chargeback.problem import Problems, Refused
from chargeback.result import Month
from chargeback.toml_lines import read_toml

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PROGRAM = f"chargeback {__version__}"
Render = Callable[[Month], Mapping[str, bytes]]


def issue(
    con: DuckDBPyConnection, root: Path, month: Month, on: date, inputs: Mapping[str, str], render: Render
) -> Standing:
    """Issue a month that is not issued yet, dated ``on``. ``render`` gives the files of out/PERIOD for a numbered month.

    Raises Problems for what the documents lack, Refused for a date that may not be, a closed period, a number given before.
    Until the ledger's transaction commits nothing has changed; after it, what is interrupted is finished by the next command.
    """
    lacking = needs(month, read_toml(root, SETTINGS)[1])
    if lacking:
        raise Problems(lacking)
    if not month.documents:
        raise Refused(
            f"{month.period} has no document to issue: `chargeback close {month.period}` may close it as it is"
        )
    _record(con, root, month, on, inputs, render)
    _complete(con, root, month.period)
    return standing(con, month.period)


def _record(
    con: DuckDBPyConnection, root: Path, month: Month, on: date, inputs: Mapping[str, str], render: Render
) -> None:
    """All in one transaction; what it wrote beside goes with it when it fails."""
    folder = staged(root, month.period)
    con.execute("begin")
    try:
        if standing(con, month.period).final:
            raise Refused(f"{month.period} is issued or closed: nothing was changed")
        last = last_of_series(con)
        check_date(month, on, last)
        numbered, numbers = allot(month, on, last)
        _not_given(con, numbers)
        files = render(numbered)
        write_out(folder, files)
        entry = entry_of("issue", numbered, on, last_link(con), PROGRAM, inputs, files)
        append(con, replace(entry, numbers=numbers))
        con.execute("commit")
    except BaseException:
        _undo(con, month.period, folder)
        raise


def _undo(con: DuckDBPyConnection, period: Period, folder: Path) -> None:
    """Roll back, and drop the folder beside unless the ledger has the entry: an interrupt may come as it commits."""
    with suppress(Exception):
        con.execute("rollback")
    if not standing(con, period).final:
        shutil.rmtree(folder, ignore_errors=True)


def _not_given(con: DuckDBPyConnection, numbers: Sequence[Number]) -> None:
    for number, period in given(con, [n.number for n in numbers]):
        series = next(n.series for n in numbers if n.number == number)
        raise Refused(
            f"the number {number} was given already in {period}, by another series than {series}: let the templates in "
            f"{SETTINGS} begin with other letters"
        )


def _complete(con: DuckDBPyConnection, root: Path, period: Period) -> None:
    """What follows the transaction; a failure here changes nothing of what is issued."""
    try:
        finish(con, root)
    except OSError as error:
        raise Refused(
            f"{period} is in the ledger, but out/ could not be brought level ({(error.strerror or str(error)).lower()}): "
            "mend this and run any command, it will finish"
        ) from error


def close(
    con: DuckDBPyConnection,
    root: Path,
    period: Period,
    on: date,
    compute: Callable[[], tuple[Month, Mapping[str, str]]],
) -> Standing:
    """Close a period that is issued, or a month without any document: ``compute`` gives that month and its inputs' hashes.

    Raises Refused for a period with documents that are not issued.
    """
    issued = entry_of_period(con, period)
    if issued is None:
        month, inputs = compute()
        if month.documents:
            raise Refused(
                f"{period} is not issued: it has {len(month.documents)} documents to issue first, "
                f"`chargeback issue {period}`"
            )
        entry = entry_of("close", month, on, last_link(con), PROGRAM, inputs, {})
    else:
        entry = closing(period, max(on, issued.on), last_link(con), PROGRAM, issued.files)
    con.execute("begin")
    try:
        append(con, entry)
        con.execute("commit")
    except BaseException:
        with suppress(Exception):
            con.execute("rollback")
        raise
    _complete(con, root, period)
    return standing(con, period)
