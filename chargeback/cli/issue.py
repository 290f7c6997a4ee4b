"""``issue`` and ``close``: what is issued, what is left, what is closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from chargeback.cli.claims import json_of, table
from chargeback.cli.output import agreed, as_reason, print_json, say
from chargeback.cli.progress import progress_bar
from chargeback.ledger.book import IssuedSummary
from chargeback.ledger.claims import claims_of
from chargeback.ledger.issuing import ledger_of, status_and_unissued
from chargeback.ledger.ledger_file import CORRECTIONS
from chargeback.ledger.open_periods import open_before
from chargeback.ledger.unissued import Unissued, carried_text, left_out_text, withheld_text
from chargeback.model.documents import Document
from chargeback.model.money import euros
from chargeback.model.period import Period
from chargeback.model.problem import Problem, Refused, counted, plain, shown
from chargeback.workflows.issue import IssueOrder, IssueResult, close_period, issue_documents


def issue_month(order: IssueOrder, *, as_json: bool) -> None:
    """Issue a month, a part of it, or what is left of it; a month that is issued whole stays as it is.

    Raises Refused at the end where documents were withheld because they may not be issued.
    """
    period, result = order.period, IssueResult(*status_and_unissued(order.root, order.period))
    status = result.status
    if status.closed_on and not status.issued_on:
        raise Refused(f"{period} was closed on {status.closed_on} without any document: bill in a later month")
    done = status.final and not status.has_withheld and not status.to_complete(order.on)
    if done and not order.whole:
        raise Refused(f"{period} is issued already: {_issued_text(result)}; nothing changed")
    if not done:
        with progress_bar() as progress:
            result = issue_documents(order, status, progress)
        done = result.status == status
    if as_json:
        print_json(_summary(result, done) | {"problems": [_problem(p) for p in result.problems]})
    say(*shown(result.problems))
    already, end = (" already", "; nothing changed") if done else ("", "")
    say(f"{period} is issued{already}: {_issued_text(result)}{end}")
    unissued = result.unissued
    if unissued.carried_forward:
        say(carried_text(unissued.carried_forward))
    if unissued.left_out and result.status.has_withheld:
        say(f"{left_out_text(len(unissued.left_out))}: `chargeback issue {period}` issues {_them(unissued.left_out)}")
    if result.problems:
        raise Refused(
            f"{withheld_text(len(unissued.failing))}: mend, then `chargeback issue {period}` issues "
            f"{_them(unissued.failing)}"
        )


def _them(documents: Sequence[Document]) -> str:
    return "them" if len(documents) > 1 else "it"


def _issued_text(result: IssueResult) -> str:
    """How many documents, their numbers and date; how many of the period have no number."""
    status, unissued = result.status, result.unissued
    closed = f", closed on {status.closed_on}" if status.closed_on else ""
    corrected = f", corrected since by {', '.join(_ranges(status.corrections))}" if status.corrections else ""
    supplementary = f", and since then {', '.join(_ranges(status.supplementary))}" if status.supplementary else ""
    withheld = f", {withheld_text(len(unissued.failing))}" if unissued.failing else ""
    withheld += f", {left_out_text(len(unissued.left_out))}" if unissued.left_out else ""
    withheld += f", {counted(len(unissued.waived), 'document')} given up" if unissued.waived else ""
    count, ranges = counted(len(status.documents), "document"), ", ".join(_ranges(status.documents))
    return f"{count} dated {status.issued_on}, {ranges}{supplementary}{withheld}{closed}{corrected}"


def _ranges(documents: Iterable[IssuedSummary]) -> list[str]:
    """First and last number of each run of the same beginning."""
    runs: list[list[str]] = []
    for document in documents:
        stem = document.number.rstrip("0123456789")
        if runs and runs[-1][0].rstrip("0123456789") == stem:
            runs[-1][1:] = [document.number]
        else:
            runs.append([document.number])
    return [" to ".join(run) for run in runs]


def _summary(result: IssueResult, already: bool) -> dict[str, Any]:
    status, unissued = result.status, result.unissued
    return {
        "period": str(status.period),
        "issued": str(status.issued_on),
        "closed": str(status.closed_on) if status.closed_on else None,
        "already": already,
        "documents": [
            *(_document(d, "invoices") for d in status.documents),
            *(_document(d, CORRECTIONS) for d in status.supplementary),
        ],
        "aside": [_unnumbered(d) for d in unissued.failing],
        "later": [_unnumbered(d) for d in unissued.left_out],
        "still_to_bill": [json_of(claim) for claim in claims_of(unissued.withheld)],
        "waived": [json_of(claim) for claim in claims_of(unissued.waived)],
        "carried": [_unnumbered(d) | {"waits": d.carry_reason} for d in unissued.carried_forward],
        "corrections": [_document(d, CORRECTIONS) for d in status.corrections],
    }


def _document(d: IssuedSummary, folder: str) -> dict[str, str]:
    return {
        "number": d.number,
        "kind": d.kind,
        "payer": d.payer_id,
        "regime": d.regime,
        "issue_date": str(d.issue_date),
        "due_date": str(d.due_date),
        "net": str(euros(d.net)),
        "vat": str(euros(d.vat)),
        "gross": str(euros(d.gross)),
        "file": f"{folder}/{d.number}.pdf",
    }


def _unnumbered(d: Document) -> dict[str, str]:
    amounts = {"net": d.net, "vat": d.vat, "gross": d.gross}
    return {
        "kind": d.kind,
        "payer": d.payer.member_id,
        "regime": d.regime.name,
        **{name: str(euros(cents)) for name, cents in amounts.items()},
    }


def _problem(problem: Problem) -> dict[str, str]:
    return {"where": str(problem.where), "message": plain(problem.message), "code": problem.code}


def close_month(root: Path, period: Period, on: date, reason: str, *, yes: bool, as_json: bool) -> None:
    """Close a period; one that is closed stays as it is.

    ``reason``: why withheld documents are not issued; what they leave still to bill is shown first, then asked.
    """
    status, unissued = status_and_unissued(root, period)
    done = status.closed_on is not None
    if not done:
        words = as_reason(reason) if reason else ""
        if words and unissued.withheld and not _agreed(period, unissued, yes=yes, as_json=as_json):
            if as_json:
                print_json(_summary(IssueResult(status, unissued), done))
            say(f"{period} is not closed: add --yes to close it")
            return
        with progress_bar() as progress:
            status = close_period(root, period, on, status, words, progress)
        unissued = status_and_unissued(root, period)[1]
    if as_json:
        print_json(_summary(IssueResult(status, unissued), done))
    already = " already" if done else ""
    say(f"{period} is closed{already}, on {status.closed_on}: nothing of it can change")
    if unissued.withheld:
        say(_still_to_bill(period, unissued))
    if unissued.carried_forward:
        say(carried_text(unissued.carried_forward))
    if not done:
        say(*_not_closed(root, period))


def _agreed(period: Period, unissued: Unissued, *, yes: bool, as_json: bool) -> bool:
    """Print what a closing leaves still to bill; whether it is closed all the same."""
    if not as_json:
        print("\n".join([f"{period}, still to bill:", *table(claims_of(unissued.withheld))]), flush=True)
    return yes or (not as_json and agreed("close it?"))


def _still_to_bill(period: Period, unissued: Unissued) -> str:
    """Sentence on what a closed month has still to bill, and the commands that end it."""
    net = euros(sum(d.net for d in unissued.withheld))
    count = counted(len(unissued.withheld), "document")
    them = _them(unissued.withheld)
    return (
        f"{count} of {net:,} net still to bill: `chargeback issue {period}` issues {them}, "
        f'`chargeback waive {period} --act "…"` gives {them} up'
    )


def _not_closed(root: Path, period: Period) -> Iterable[str]:
    """Notice that earlier months stay open, which is allowed."""
    with ledger_of(root) as con:
        before = open_before(con, period) if con is not None else ()
    if before:
        more = f" and {len(before) - 3} more" if len(before) > 3 else ""
        verb, come = ("are", "come") if len(before) > 1 else ("is", "comes")
        yield f"notice: {', '.join(map(str, before[:3]))}{more} {come} before it and {verb} not closed"
