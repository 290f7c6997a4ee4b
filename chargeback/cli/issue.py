"""What ``issue`` and ``close`` say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chargeback.billing.brought_forward import BroughtForward
from chargeback.billing.issue_parts import within_scope
from chargeback.cli.issue_scope import check_term, nothing_of, scope_of
from chargeback.cli.output import as_reason, print_json, say
from chargeback.cli.progress import progress_bar
from chargeback.ledger.book import IssuedSummary, PeriodStatus, last_of_series
from chargeback.ledger.issuing import (
    close,
    close_without_documents,
    issue,
    ledger_of,
    status_and_unissued,
    status_of,
)
from chargeback.ledger.ledger_file import CORRECTIONS
from chargeback.ledger.numbering import check_day
from chargeback.ledger.open_items import PrintedRegimes, invoices_of_month, latest_invoices
from chargeback.ledger.open_periods import open_before
from chargeback.ledger.supplementary_issue import issue_supplementary, still_to_issue
from chargeback.ledger.unissued import (
    Unissued,
    carried_text,
    left_out_text,
    unissued_of,
    withheld_text,
    withhold_failing,
)
from chargeback.model.documents import Document
from chargeback.model.money import euros
from chargeback.model.month import Month
from chargeback.model.period import Period, Term
from chargeback.model.problem import Problem, Refused, counted, plain, shown
from chargeback.store.input_hashes import input_hashes
from chargeback.workflows.documents import Making, document_files, documents_alone, made_here, tried
from chargeback.workflows.history import compared, with_balance
from chargeback.workflows.monthly_run import compute_month
from chargeback.workflows.output import month_files
from chargeback.workflows.parallel import made_by
from chargeback.workflows.results import recorded
from chargeback.workflows.session import loaded
from chargeback.workspace.files.toml_lines import read_toml
from chargeback.workspace.inputs import Inputs, reports_folder
from chargeback.workspace.paths import SETTINGS

if TYPE_CHECKING:
    from chargeback.store.database import Store


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be issued: the month of a workspace, or what a quarter or year bills in its last month, on a day.

    By so many processes; ``skip_invalid``: failing documents are set aside; ``only``: a family or service, '' for all.
    """

    root: Path
    term: Term
    on: date
    jobs: int = 1
    skip_invalid: bool = False
    only: str = ""

    @property
    def period(self) -> Period:
        """The month whose documents are issued."""
        return self.term.last

    @property
    def whole(self) -> bool:
        """Whether all of the month is asked for."""
        return self.term.every == "month" and not self.only

    @property
    def making(self) -> Making:
        """How files are drawn: here, or by several processes."""
        return partial(made_by, jobs=self.jobs) if self.jobs > 1 else made_here


def issue_month(order: Order, *, as_json: bool) -> None:
    """Issue a month, a part of it, or what is left of it; a month that is issued whole stays as it is.

    Raises Refused at the end when documents were set aside because they fail.
    """
    period, (stands, left) = order.period, status_and_unissued(order.root, order.period)
    if stands.closed_on and not stands.issued_on:
        raise Refused(f"{period} was closed on {stands.closed_on} without any document: bill in a later month")
    done = stands.final and not stands.has_withheld
    if done and not order.whole:
        raise Refused(f"{period} is issued already: {_told(stands, left)}; nothing changed")
    why: tuple[Problem, ...] = ()
    if not done:
        check_day(period, order.on)
        stands, left, why = _issue(order, stands)
    if as_json:
        print_json(_summary(stands, left, done) | {"problems": [_problem(p) for p in why]})
    say(*shown(why))
    already, end = (" already", "; nothing changed") if done else ("", "")
    say(f"{period} is issued{already}: {_told(stands, left)}{end}")
    if left.carried_forward:
        say(carried_text(left.carried_forward))
    if left.left_out and stands.has_withheld:
        say(f"{left_out_text(len(left.left_out))}: `chargeback issue {period}` issues {_them(left.left_out)}")
    if why:
        raise Refused(
            f"{withheld_text(len(left.failing))}: mend, then `chargeback issue {period}` issues {_them(left.failing)}"
        )


def _them(documents: Sequence[Document]) -> str:
    return "them" if len(documents) > 1 else "it"


def _issue(order: Order, stands: PeriodStatus) -> tuple[PeriodStatus, Unissued, tuple[Problem, ...]]:
    """Where the period then stands, what of it has no number, and why documents were set aside."""
    root, period, on = order.root, order.period, order.on
    with progress_bar() as progress, loaded(root, write=True, progress=progress) as (inputs, store, _):
        con, reports, hashes = store.connection, reports_folder(inputs), input_hashes(inputs, store)
        month = _to_issue(order, stands, inputs, store)
        why: tuple[Problem, ...] = ()
        if order.skip_invalid:
            trial = partial(tried, reports=reports, progress=progress, made=order.making)
            month, why = withhold_failing(month, on, last_of_series(con), read_toml(root, SETTINGS)[1], trial)
        if stands.has_withheld:
            draw = partial(documents_alone, reports=reports, progress=progress, made=order.making)
            after = issue_supplementary(con, root, month, on, hashes, draw)
            return after, unissued_of(con, period), why
        before = compared(month, inputs, store)

        def render(numbered: Month) -> Mapping[str, bytes]:
            written = month_files(numbered, hashes)
            return written | document_files(numbered, before, reports, progress, order.making)

        after = issue(con, root, month, on, hashes, render)
        with recorded(con, month):
            return after, Unissued.of(month.withheld, month.carried_forward), why


def _to_issue(order: Order, stands: PeriodStatus, inputs: Inputs, store: Store) -> Month:
    """The month with the documents that are to be issued now, those of it that are left for later aside."""
    con, settings = store.connection, inputs.settings
    part = scope_of(order.term, order.only, inputs)
    check_term(con, order.term, inputs)
    month = with_balance(compute_month(inputs, store, order.period).month, inputs, store, order.on)
    opens = BroughtForward(
        invoices_of=partial(invoices_of_month, con, settings),
        latest_invoices=partial(latest_invoices, con, settings),
        regime_printed=PrintedRegimes(con),
    )
    if stands.has_withheld:
        month = still_to_issue(con, month, opens)
    if part.whole or not month.documents:
        return month
    found = within_scope(month, part, opens)
    if not found.documents:
        raise Refused(nothing_of(order.term, order.only, found.withheld, further=stands.has_withheld))
    return found


def _told(stands: PeriodStatus, left: Unissued) -> str:
    """How many documents, their numbers and date; what of the period has no number."""
    closed = f", closed on {stands.closed_on}" if stands.closed_on else ""
    since = f", corrected since by {', '.join(_ranges(stands.corrections))}" if stands.corrections else ""
    further = f", and since then {', '.join(_ranges(stands.supplementary))}" if stands.supplementary else ""
    aside = f", {withheld_text(len(left.failing))}" if left.failing else ""
    aside += f", {left_out_text(len(left.left_out))}" if left.left_out else ""
    count, ranges = counted(len(stands.documents), "document"), ", ".join(_ranges(stands.documents))
    return f"{count} dated {stands.issued_on}, {ranges}{further}{aside}{closed}{since}"


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


def _summary(stands: PeriodStatus, left: Unissued, already: bool) -> dict[str, Any]:
    return {
        "period": str(stands.period),
        "issued": str(stands.issued_on),
        "closed": str(stands.closed_on) if stands.closed_on else None,
        "already": already,
        "documents": [
            *(_document(d, "invoices") for d in stands.documents),
            *(_document(d, CORRECTIONS) for d in stands.supplementary),
        ],
        "aside": [_unnumbered(d) for d in left.failing],
        "later": [_unnumbered(d) for d in left.left_out],
        "carried": [_unnumbered(d) | {"waits": d.carry_reason} for d in left.carried_forward],
        "corrections": [_document(d, CORRECTIONS) for d in stands.corrections],
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


def close_month(root: Path, period: Period, on: date, reason: str, *, as_json: bool) -> None:
    """Close a period; one that is closed stays as it is. ``reason``: why documents set aside will not be issued."""
    stands = status_of(root, period)
    done = stands.closed_on is not None
    if not done:
        stands = _close(root, period, on, stands, as_reason(reason) if reason else "")
    left = status_and_unissued(root, period)[1]
    if as_json:
        print_json(_summary(stands, left, done))
    already = " already" if done else ""
    say(f"{period} is closed{already}, on {stands.closed_on}: nothing of it can change")
    if left.carried_forward:
        say(carried_text(left.carried_forward))
    if not done:
        say(*_not_closed(root, period))


def _not_closed(root: Path, period: Period) -> Iterable[str]:
    """That earlier months stay open: allowed, and told."""
    with ledger_of(root) as con:
        before = open_before(con, period) if con is not None else ()
    if before:
        more = f" and {len(before) - 3} more" if len(before) > 3 else ""
        verb, come = ("are", "come") if len(before) > 1 else ("is", "comes")
        yield f"notice: {', '.join(map(str, before[:3]))}{more} {come} before it and {verb} not closed"


def _close(root: Path, period: Period, on: date, stands: PeriodStatus, reason: str) -> PeriodStatus:
    if stands.issued_on:
        with ledger_of(root) as con:
            assert con is not None, "an issued period has a ledger"
            return close(con, root, period, on, reason)
    with progress_bar() as progress, loaded(root, write=True, progress=progress) as (inputs, store, _):
        month = compute_month(inputs, store, period).month
        return close_without_documents(store.connection, root, month, on, input_hashes(inputs, store))
