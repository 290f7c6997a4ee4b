"""``credit`` and ``correct``: documents are shown first, and issued with ``--yes`` or by the answer on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chargeback.cli.output import agreed, aligned, as_reason, print_json, say
from chargeback.cli.progress import progress_bar
from chargeback.ledger.correction import (
    Correction,
    correction_of,
    credit_of,
    invoice_to_correct,
    numbered,
    record,
)
from chargeback.ledger.issuing import ledger_of
from chargeback.ledger.ledger_file import CORRECTIONS
from chargeback.ledger.remaining import CreditPart, Remaining, of_amount, of_lines, whole
from chargeback.model.documents import Document
from chargeback.model.money import euros
from chargeback.model.month import Month
from chargeback.model.problem import Problems, Refused
from chargeback.render.text.labels import line_label, member_name
from chargeback.store.input_hashes import input_hashes, page_hashes
from chargeback.workflows.documents import issued_document
from chargeback.workflows.rises import refuse_rises
from chargeback.workflows.session import loaded
from chargeback.workspace.inputs import own_reports, reports_folder
from chargeback.workspace.paths import OUT
from chargeback.workspace.reports.theme import read_theme
from chargeback.workspace.reports.wording import Wording, read_wording, wording_problems
from chargeback.workspace.settings.read import read_settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WHY = "a correction says why, the document prints it"
BY_ACT = "a gift is made by an act, which the document prints and the ledger keeps"


def credit_invoice(
    root: Path,
    number: str,
    chosen: Callable[[Remaining], CreditPart],
    reason: str,
    act: str,
    on: date,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    """Credit a part of an issued invoice; ``chosen`` takes it from what remains. Usage and rules are not read.

    ``act``: act that makes a gift; ``""`` for the credit of an error.
    """
    reason = as_reason(reason, WHY)
    printed = f"{reason} ({act})" if act else reason
    settings, problems = read_settings(root)
    if settings is None:
        raise Problems(problems)
    reports = own_reports(root, settings)
    if faults := wording_problems(reports):
        raise Problems(faults)
    wording = read_wording(settings.locale, reports, settings.currency)
    with ledger_of(root) as con:
        if con is None:
            raise Refused(f"nothing is issued in this workspace yet: no document has the number {number}")
        bill, rest = invoice_to_correct(con, number, settings)
        named = partial(_line_of, number, wording)
        correction = credit_of(bill, rest, chosen(rest), printed, named, act)
        _issue(con, root, correction, on, page_hashes(root, settings), wording, reports, yes=yes, as_json=as_json)


def act_of(kind: str, act: str) -> str:
    """Act of a gift, ``""`` for an error. Raises Refused for a gift without one, and for an act that makes none."""
    if kind == "goodwill":
        return as_reason(act, BY_ACT, "--act")
    if act:
        raise Refused("--act is of a gift: give --kind goodwill with it, or leave it out")
    return ""


def part_of(lines: Sequence[int], amount: int | None) -> Callable[[Remaining], CreditPart]:
    """Part to credit: some lines, an amount in cents with VAT, or else all that remains."""
    if lines:
        return lambda rest: of_lines(rest, lines)
    if amount is not None:
        return lambda rest: of_amount(rest, amount)
    return whole


def correct_invoice(root: Path, number: str, reason: str, on: date, *, yes: bool, as_json: bool) -> None:
    """Credit the rest of an issued invoice and bill its payer again, with today's data and the rules of its period."""
    reason = as_reason(reason, WHY)
    with progress_bar() as progress, loaded(root, write=True, progress=progress) as (books, _):
        inputs, con = books.inputs, books.store.connection
        settings, reports = inputs.settings, reports_folder(inputs)
        wording = read_wording(settings.locale, reports, settings.currency)
        bill, rest = invoice_to_correct(con, number, settings)
        refuse_rises(books, bill.document.period)
        now = books.month(bill.document.period)
        named = partial(_line_of, number, wording)
        elsewhere = wording.text("corrections.elsewhere")
        correction = correction_of(con, bill, rest, now, reason, named, elsewhere)
        hashes = input_hashes(inputs, books.store)
        _issue(con, root, correction, on, hashes, wording, reports, yes=yes, as_json=as_json)


def _line_of(number: str, wording: Wording, line: int) -> str:
    return wording.text("corrections.line", line=line, number=number)


def _issue(
    con: DuckDBPyConnection,
    root: Path,
    correction: Correction,
    on: date,
    inputs: Mapping[str, str],
    wording: Wording,
    reports: Path | None,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    """Show what would be issued, ask, issue."""
    would, _ = numbered(con, root, correction, on)
    issued = yes or (not as_json and _agreed(would, wording))
    if issued:
        would = record(con, root, correction, on, inputs, partial(_drawn, wording, reports))
    if as_json:
        print_json(_summary(would, issued))
    elif yes:
        print("\n".join(_preview(would, wording)))
    say(_issued_text(would) if issued else "nothing is issued: add --yes to issue it")


def _agreed(would: Correction, wording: Wording) -> bool:
    """Print what would be issued, and ask where somebody can answer."""
    print("\n".join(_preview(would, wording)), flush=True)
    return agreed("issue it?")


def _drawn(wording: Wording, reports: Path | None, month: Month) -> bytes:
    (document,) = month.documents
    return issued_document(document, month, wording, read_theme(reports))


def _issued_text(done: Correction) -> str:
    named = " and ".join(d.number for d in done.documents)
    where = ", ".join(f"{OUT}/{CORRECTIONS}/{d.number}.pdf" for d in done.documents)
    return f"{named} {'are' if len(done.documents) > 1 else 'is'} issued: {where}"


def _preview(would: Correction, wording: Wording) -> Iterator[str]:
    """Each document with its lines and totals, and what then remains of the original."""
    for month in would.months:
        (document,) = month.documents
        yield from _document(document, month, wording)
        yield ""
    original, gross = would.original.document, sum(d.gross for d in would.documents)
    remaining = would.rest.gross + (would.credit.documents[0].gross if would.credit else 0)
    yield f"{original.number} was {_money(original.gross)} with VAT; {_money(remaining)} of it remains after this"
    if would.carried is not None:
        yield from _carried(would)
    elif would.reissued is not None:
        more = f"{_money(abs(gross))} {'more' if gross > 0 else 'less'} than before" if gross else "the same as before"
        yield f"the payer owes {more}"


def _carried(would: Correction) -> Iterator[str]:
    """Sentence on the amount in the place of the invoice that is too small to be billed alone."""
    assert would.carried is not None, "there is an amount to carry"
    (document,) = would.carried.carried_forward
    threshold = would.carried.settings.threshold
    yield (
        f"{_money(document.gross)} with VAT are due in its place, below the threshold of {_money(threshold)}: carried "
        "to the next document"
    )


def _document(document: Document, month: Month, wording: Wording) -> Iterator[str]:
    sign = document.sign
    of = document.preceding[0]
    what = "credit note" if document.kind == "credit_note" else "invoice"
    verb = "on" if any(line.reverses for line in document.lines) else "in the place of"
    yield f"{what} {document.number} of {document.issue_date}, {verb} {of.number} of {of.issue_date}"
    yield f"{document.payer.name} ({document.payer.member_id}), {document.months}: {document.reason}"
    rows = [("line", "what", "member", "net")]
    for place, line in enumerate(document.lines, start=1):
        label = line_label(line, month.rules[line.rule], wording)
        rows.append(
            (str(line.reverses or place), label, member_name(month, line.beneficiary), _money(sign * line.amount))
        )
    rows += [("", "net", "", _money(sign * document.net)), ("", "VAT", "", _money(sign * document.vat))]
    yield from aligned([*rows, ("", "total", "", _money(sign * document.gross))], 3)


def _money(cents: int) -> str:
    return str(euros(cents))


def _summary(done: Correction, issued: bool) -> dict[str, Any]:
    original = done.original.document
    credited = done.credit.documents[0].gross if done.credit else 0
    carried = done.carried.carried_forward if done.carried else ()
    return {
        "issued": issued,
        "kind": done.kind,
        "act": done.act,
        "original": original.number,
        "remains": _money(done.rest.gross + credited),
        "documents": [_of_document(d, issued) for d in done.documents],
        "carried": _money(sum(d.gross for d in carried)),
    }


def _of_document(document: Document, issued: bool) -> dict[str, Any]:
    """A document; its number is the one it has, or would have now."""
    amounts = {"net": document.net, "vat": document.vat, "gross": document.gross}
    return {
        "number": document.number,
        "kind": document.kind,
        "payer": document.payer.member_id,
        "regime": document.regime.name,
        "issue_date": str(document.issue_date),
        "corrects": [p.number for p in document.preceding],
        "reason": document.reason,
        **{name: _money(cents) for name, cents in amounts.items()},
        "file": f"{CORRECTIONS}/{document.number}.pdf" if issued else None,
    }
