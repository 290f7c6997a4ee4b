"""Issue what was set aside: documents of an issued month, drawn up from today's data, in an entry of their own.

It goes as a correction goes: numbers, files beside, ledger in one transaction, then the files in ``out/corrections`` and the
line. The folder of the month stays as it was issued.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback.ledger.allotment import SETTINGS, check_day, needs
from chargeback.ledger.bills import issued_of_period, last_drawn
from chargeback.ledger.book import Standing, append, last_link, standing
from chargeback.ledger.correcting import complete_entry
from chargeback.ledger.differences import differences
from chargeback.ledger.entries import FURTHER, correcting
from chargeback.ledger.issuing import PROGRAM, Render, allotted, complete, entering
from chargeback.ledger.ledger_file import staged_correction, write_out
from chargeback.problem import Problems, Refused
from chargeback.reading.toml_lines import read_toml
from chargeback.result import Document, Month

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def left_to_issue(con: DuckDBPyConnection, month: Month) -> Month:
    """The month as computed today with the documents alone that are not issued yet.

    Raises Refused when what is issued of it would not be as it was billed, or nothing is left.
    """
    period, before = month.period, last_drawn(con, month.period, month.settings)
    assert before is not None, "an issued period has an entry"
    issued = {_key(d) for d in issued_of_period(con, period)}
    left = tuple(d for d in month.documents if _key(d) not in issued)
    rest = _without(month, left)
    if not differences(_without(before, before.aside), rest).nothing:
        raise Refused(
            f"{period} was issued and would differ today in more than what was set aside: `chargeback run {period}` shows "
            f"what; put that back, then `chargeback issue {period}` issues the rest"
        )
    if not left:
        raise Refused(
            f'what was set aside of {period} comes to no document today: `chargeback close {period} --reason "…"` ends it'
        )
    return replace(month, documents=left)


def _without(month: Month, documents: Iterable[Document]) -> Month:
    """A month less some documents and their charges."""
    gone = {_key(d) for d in documents}
    charges = {id(c) for d in month.drawn_up if _key(d) in gone for line in d.lines for c in line.charges}
    return replace(
        month,
        documents=tuple(d for d in month.documents if _key(d) not in gone),
        aside=(),
        charges=tuple(c for c in month.charges if id(c) not in charges),
    )


def _key(document: Document) -> tuple[str, str]:
    return (document.payer.member_id, document.regime.name)


def issue_further(
    con: DuckDBPyConnection, root: Path, month: Month, on: date, inputs: Mapping[str, str], render: Render
) -> Standing:
    """Issue the documents of ``left_to_issue``, less those set aside again, dated ``on``; ``render`` gives their files.

    Raises Problems and Refused, as ``issue`` does; until the ledger's transaction commits nothing has changed.
    """
    check_day(month.period, on)
    lacking = needs(month, read_toml(root, SETTINGS)[1])
    if lacking:
        raise Problems(lacking)
    link = last_link(con)
    folder = staged_correction(root, link.sequence)
    with entering(con, folder, link):
        if not standing(con, month.period).waiting:
            raise Refused(f"{month.period} has no document set aside: nothing was changed")
        numbered, numbers = allotted(con, root, month, on)
        files = render(numbered)
        write_out(folder, files)
        entry = correcting(FURTHER, numbered.documents, numbered, on, link, PROGRAM)
        append(con, complete_entry(entry, numbers, inputs, files))
    complete(con, root, month.period)
    return standing(con, month.period)
