"""Correct an issued invoice: a credit note, with or without a new document in its place, in one entry of the ledger.

It goes as issuing goes: numbers, files beside, ledger in one transaction, then the files in ``out/corrections`` and the
line. What was issued stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback.ledger.allotment import SETTINGS, needs
from chargeback.ledger.bills import Bill, alone, bill_of, issued_of_period
from chargeback.ledger.book import append, last_link
from chargeback.ledger.corrections import (
    Named,
    Part,
    Remaining,
    as_printed,
    credit_note,
    gives_back,
    remaining,
    replacement,
    replacing,
    whole,
)
from chargeback.ledger.entries import Entry, Number, correcting
from chargeback.ledger.issuing import PROGRAM, allotted, complete, entering
from chargeback.ledger.ledger_file import staged_correction, write_out
from chargeback.model import Settings
from chargeback.problem import Problems, Refused
from chargeback.reading.toml_lines import read_toml
from chargeback.result import Document, Month

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Render = Callable[[Month], bytes]


@dataclass(frozen=True, slots=True)
class Correction:
    """What would be issued by ``credit`` or ``correct`` (``kind``): the invoice and what remains of it, the credit and the
    document in its place, each a month with that document alone."""

    kind: str
    original: Bill
    rest: Remaining
    credit: Month | None
    reissued: Month | None = None

    @property
    def months(self) -> tuple[Month, ...]:
        """The credit, then the document in its place."""
        return tuple(month for month in (self.credit, self.reissued) if month is not None)

    @property
    def documents(self) -> tuple[Document, ...]:
        return tuple(document for month in self.months for document in month.documents)


def invoice_to_correct(con: DuckDBPyConnection, number: str, settings: Settings) -> tuple[Bill, Remaining]:
    """An issued invoice and what remains of it. Raises Refused for a number never given, and for a credit note."""
    bill = bill_of(con, number, settings)
    if bill is None:
        raise Refused(f"no document has the number {number}: give that of an issued invoice")
    if bill.document.kind == "credit_note":
        of = f", of {bill.document.preceding[0].number}" if gives_back(bill.document) else ""
        raise Refused(
            f"{number} is a credit note{of}: a credit is given on an invoice; bill again in a month that is open"
        )
    return bill, remaining(bill.document, issued_of_period(con, bill.document.period))


def credit_of(bill: Bill, rest: Remaining, part: Part, reason: str, named: Named) -> Correction:
    """The credit of a part of an invoice."""
    return Correction("credit", bill, rest, alone(credit_note(rest, part, reason, named), bill.month))


def correction_of(
    con: DuckDBPyConnection, bill: Bill, rest: Remaining, now: Month, reason: str, named: Named
) -> Correction:
    """The credit of all that remains of an invoice, and what its payer and regime come to in the month ``now``.

    Raises Refused when the invoice is as it would be today, or was replaced already.
    """
    original = bill.document
    key = (original.payer.member_id, original.regime.name)
    drawn = next((d for d in now.documents if (d.payer.member_id, d.regime.name) == key), None)
    number = original.number
    later = replacement(original, issued_of_period(con, original.period))
    if later is not None:
        raise Refused(f"{number} was corrected by {later.number} already: correct {later.number}")
    untouched = rest.net == original.net and rest.vat == original.vat
    if drawn is not None and untouched and as_printed(drawn) == as_printed(original):
        raise Refused(f"{number} is as it would be drawn up today: nothing to correct")
    if drawn is None and not rest.gross:
        raise Refused(f"{number} is credited in full and today its payer has no such document: nothing to correct")
    credit = alone(credit_note(rest, whole(rest), reason, named), bill.month) if rest.gross else None
    new = None if drawn is None else alone(replacing(drawn, original, reason), now)
    return Correction("correct", bill, rest, credit, new)


def check_date(correction: Correction, on: date) -> None:
    """Refuse a date before the invoice."""
    original = correction.original.document
    assert original.issue_date is not None, "an issued document has a date"
    if on < original.issue_date:
        raise Refused(
            f"{on} is before {original.issue_date}, the date of {original.number}: give --date or a later day"
        )


def numbered(
    con: DuckDBPyConnection, root: Path, correction: Correction, on: date
) -> tuple[Correction, tuple[Number, ...]]:
    """The correction with numbers and dates as they would be given now. Raises Problems and Refused, as issue does."""
    check_date(correction, on)
    joint = replace(correction.months[-1], documents=correction.documents)
    lacking = needs(joint, read_toml(root, SETTINGS)[1])
    if lacking:
        raise Problems(lacking)
    given, numbers = allotted(con, root, joint, on)
    months = iter(alone(d, month) for d, month in zip(given.documents, correction.months, strict=True))
    credit = next(months) if correction.credit else None
    return replace(correction, credit=credit, reissued=next(months, None)), numbers


def record(
    con: DuckDBPyConnection, root: Path, correction: Correction, on: date, inputs: Mapping[str, str], render: Render
) -> Correction:
    """Issue a correction, dated ``on``; ``render`` gives the file of the only document of a month. Raises as issue does."""
    link = last_link(con)
    folder = staged_correction(root, link.sequence)
    with entering(con, folder, link):
        done, numbers = numbered(con, root, correction, on)
        files = {f"{d.number}.pdf": render(month) for month in done.months for d in month.documents}
        write_out(folder, files)
        entry = correcting(done.kind, done.documents, done.reissued, on, link, PROGRAM)
        append(con, complete_entry(entry, numbers, inputs, files))
    complete(con, root, " and ".join(d.number for d in done.documents))
    return done


def complete_entry(
    entry: Entry, numbers: tuple[Number, ...], inputs: Mapping[str, str], files: Mapping[str, bytes]
) -> Entry:
    """An entry with its numbers, and the sha256 of its inputs and files."""
    hashes = {path: sha256(content).hexdigest() for path, content in sorted(files.items())}
    return replace(entry, numbers=numbers, inputs=dict(sorted(inputs.items())), files=hashes)
