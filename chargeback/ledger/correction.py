"""Correction of an issued invoice: a credit note, with or without a new document in its place, in one entry of the
ledger.

The steps are those of issuing: numbers, files in a folder beside, the ledger in one transaction, then the files in
``out/corrections`` and the line. What was issued stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from chargeback.billing.adjustments import BilledSoFar
from chargeback.billing.document_lines import with_lines
from chargeback.ledger.billed_so_far import billed_so_far
from chargeback.ledger.book import append, last_link
from chargeback.ledger.credit_notes import Named, as_printed, credit_note, reducing, replacement, replacing
from chargeback.ledger.entries import AllottedNumber, Entry, correcting
from chargeback.ledger.issued_months import (
    IssuedDocumentMonth,
    alone,
    document_month,
    documents_naming,
    issued_of_period,
)
from chargeback.ledger.issuing import PROGRAM, allotted, complete, entering
from chargeback.ledger.ledger_file import staged_correction, write_out
from chargeback.ledger.numbering import needs
from chargeback.ledger.redrawing import due_lines, same_due, untouched
from chargeback.ledger.remaining import CreditPart, Remaining, remaining, reverses_lines, whole
from chargeback.model.documents import Document
from chargeback.model.money import euros
from chargeback.model.month import Month
from chargeback.model.problem import Problems, Refused
from chargeback.model.settings import Settings
from chargeback.model.succession import payer_of, successor_of
from chargeback.workspace.files.toml_lines import read_toml
from chargeback.workspace.paths import SETTINGS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CorrectionKind = Literal["credit", "goodwill", "correct"]
RenderCorrection = Callable[[Month], bytes]


@dataclass(frozen=True, slots=True)
class Correction:
    """Correction as it would be issued.

    Attributes:
        kind: ``credit`` of an error, ``goodwill`` (a gift), or ``correct`` where the invoice is drawn up anew.
        original: the invoice, with its month.
        rest: what remains of the invoice.
        credit: month with the credit note as its only document; None where nothing remains to be credited.
        reissued: month with the new document as its only one; None where there is none.
        carried: month whose only carried document is the new one, as it is below the threshold; None elsewhere.
        act: act that makes a gift; ``""`` for all others.
    """

    kind: CorrectionKind
    original: IssuedDocumentMonth
    rest: Remaining
    credit: Month | None
    reissued: Month | None = None
    carried: Month | None = None
    act: str = ""

    @property
    def months(self) -> tuple[Month, ...]:
        """Months of the credit, then of the document in its place."""
        return tuple(month for month in (self.credit, self.reissued) if month is not None)

    @property
    def documents(self) -> tuple[Document, ...]:
        """Credit, then the document in its place."""
        return tuple(document for month in self.months for document in month.documents)


def invoice_to_correct(
    con: DuckDBPyConnection, number: str, settings: Settings
) -> tuple[IssuedDocumentMonth, Remaining]:
    """Issued invoice and what remains of it. Raises Refused for a number never given, and for a credit note."""
    bill = document_month(con, number, settings)
    if bill is None:
        raise Refused(f"no document has the number {number}: give that of an issued invoice")
    if bill.document.kind == "credit_note":
        of = f", of {bill.document.preceding[0].number}" if bill.document.preceding else ""
        raise Refused(
            f"{number} is a credit note{of}: a credit is given on an invoice; bill again in a month that is open"
        )
    return bill, remaining(bill.document, documents_naming(con, bill.document))


def credit_of(
    bill: IssuedDocumentMonth, rest: Remaining, part: CreditPart, reason: str, named: Named, act: str = ""
) -> Correction:
    """Credit of a part of an invoice: a gift where an ``act`` makes it, else of an error."""
    credit = alone(credit_note(rest, part, reason, named), bill.month)
    return Correction("goodwill" if act else "credit", bill, rest, credit, act=act)


def correction_of(
    con: DuckDBPyConnection,
    bill: IssuedDocumentMonth,
    rest: Remaining,
    now: Month,
    reason: str,
    named: Named,
    text: str = "",
) -> Correction:
    """Credit of all that remains of an invoice, and the document that its payer and regime have in the month ``now``,
    less what was billed for it elsewhere. ``text``: what a line says that makes the difference.

    Raises Refused when nothing differs, when the invoice was replaced already, or is reduced by a credit of a later
    month.
    """
    original, issued = bill.document, issued_of_period(con, bill.document.period)
    number, later = original.number, replacement(original, issued)
    if later is not None:
        raise Refused(f"{number} was corrected by {later.number} already: correct {later.number}")
    _not_reduced(original, documents_naming(con, original))
    billed = billed_so_far(con, (original.period,), instalments=True).get(original.period, BilledSoFar())
    drawn = _drawn_again(rest, issued, now, billed, text)
    _differs(rest, drawn)
    credit = alone(credit_note(rest, whole(rest), reason, named), bill.month) if rest.gross else None
    kept = replace(now, prior_months=bill.month.prior_months)
    if drawn is not None and 0 < drawn.gross < now.settings.threshold:
        return Correction("correct", bill, rest, credit, carried=_carrying(drawn, kept, credit))
    new = None if drawn is None else alone(replacing(drawn, original, reason), kept)
    return Correction("correct", bill, rest, credit, new)


def _carrying(drawn: Document, now: Month, credit: Month | None) -> Month:
    """Month that carries a document below the threshold. Raises Refused where it would be carried alone."""
    if credit is None:
        raise Refused(
            f"{euros(drawn.gross)} would be billed, below the threshold of {euros(now.settings.threshold)}: nothing to "
            "correct"
        )
    carried = replace(drawn, brought_forward=(), carry_reason="threshold")
    return replace(alone(carried, now), documents=(), carried_forward=(carried,))


def _differs(rest: Remaining, drawn: Document | None) -> None:
    """Refuse a correction of an invoice of which everything that remains is as it would be drawn up today."""
    original = rest.document
    if drawn is None:
        if rest.gross:
            return
        raise Refused(
            f"{original.number} is credited in full and today its payer has no such document: nothing to correct"
        )
    if untouched(rest) and as_printed(drawn) == as_printed(original):
        raise Refused(f"{original.number} is as it would be drawn up today: nothing to correct")
    if same_due(rest, drawn):
        raise Refused(
            f"{original.number} is as it would be drawn up today, with what was billed and credited elsewhere: nothing "
            "to correct"
        )


def _not_reduced(original: Document, issued: Iterable[Document]) -> None:
    """Refuse an invoice that a credit of another month reduces: billed again in full, that credit would be lost."""
    for credit in reducing(original.number, issued):
        raise Refused(
            f"{original.number} is reduced by {credit.number}, a credit of {credit.period}, so it is not drawn up "
            "again: once "
            f"{original.period} is closed, the next open month bills what differs"
        )


def _drawn_again(
    rest: Remaining, issued: Iterable[Document], now: Month, billed: BilledSoFar, text: str
) -> Document | None:
    """Document of the payer and regime of an invoice in the month ``now``, without the services that other documents of
    it bill, with what is due of it. The lines of earlier months stay. None where nothing is left."""
    original = rest.document
    elsewhere = {
        line.service for d in _beside(original, tuple(issued)) for line in d.lines if line.earlier_month is None
    }
    drawn = _today(original, now)
    own = tuple(n for n in drawn.lines if n.service not in elsewhere) if drawn is not None else ()
    lines = due_lines(rest, own, billed, now.rules, text)
    payer = now.members.get(original.payer.member_id, original.payer) if drawn is None else drawn.payer
    regime = original.regime if drawn is None else drawn.regime
    again = with_lines(
        Document("invoice", original.period, regime, payer, (), (), brought_forward=original.brought_forward), lines
    )
    return again if again.net else None


def _today(original: Document, now: Month) -> Document | None:
    """Document of the payer and regime of an invoice in the month ``now``. Where others have taken over from the payer,
    the lines that are for its beneficiaries."""
    drawn = {_key(d): d for d in now.documents}
    payer = original.payer.member_id
    if _key(original) in drawn or successor_of(payer, now.members, now.period) == payer:
        return drawn.get(_key(original))
    theirs = drawn.get((payer_of(payer, now.members, now.period), original.regime.name))
    named = {line.beneficiary for line in original.lines}
    lines = tuple(line for line in theirs.lines if line.beneficiary in named) if theirs is not None else ()
    return with_lines(theirs, lines) if theirs is not None and lines else None


def _beside(original: Document, issued: Sequence[Document]) -> Iterator[Document]:
    """Other documents of the same payer and regime that bill a part of the month, if they are not replaced."""
    for document in issued:
        same = _key(document) == _key(original) and document.number != original.number
        if same and not reverses_lines(document) and replacement(document, issued) is None:
            yield document


def _key(document: Document) -> tuple[str, str]:
    return (document.payer.member_id, document.regime.name)


def check_date(correction: Correction, on: date) -> None:
    """Refuse a date before that of the invoice."""
    original = correction.original.document
    assert original.issue_date is not None, "an issued document has a date"
    if on < original.issue_date:
        raise Refused(
            f"{on} is before {original.issue_date}, the date of {original.number}: give --date or a later day"
        )


def numbered(
    con: DuckDBPyConnection, root: Path, correction: Correction, on: date
) -> tuple[Correction, tuple[AllottedNumber, ...]]:
    """Correction with the numbers and dates that it would get now, and these numbers. Raises Problems and Refused, as
    ``issue`` does."""
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
    con: DuckDBPyConnection,
    root: Path,
    correction: Correction,
    on: date,
    inputs: Mapping[str, str],
    render: RenderCorrection,
) -> Correction:
    """Correction issued, dated ``on``. ``render`` gives the file of the only document of a month. Raises as ``issue``
    does."""
    link = last_link(con)
    folder = staged_correction(root, link.sequence)
    with entering(con, folder, link):
        done, numbers = numbered(con, root, correction, on)
        files = {f"{d.number}.pdf": render(month) for month in done.months for d in month.documents}
        write_out(folder, files)
        entry = correcting(done.kind, done.documents, done.reissued or done.carried, on, link, PROGRAM)
        carried = done.carried.carried_forward if done.carried else ()
        entry = replace(entry, act=done.act, carried_forward=carried)
        append(con, complete_entry(entry, numbers, inputs, files))
    complete(con, root, " and ".join(d.number for d in done.documents))
    return done


def complete_entry(
    entry: Entry, numbers: tuple[AllottedNumber, ...], inputs: Mapping[str, str], files: Mapping[str, bytes]
) -> Entry:
    """Entry with its numbers, and the sha256 of its inputs and files."""
    hashes = {path: sha256(content).hexdigest() for path, content in sorted(files.items())}
    return replace(entry, numbers=numbers, inputs=dict(sorted(inputs.items())), files=hashes)
