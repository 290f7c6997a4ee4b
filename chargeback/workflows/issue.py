"""Issue, wired: a month, a part of it, or what is left of it, numbered and dated; and the closing of a period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from chargeback.billing.issue_parts import IssueScope, within_scope
from chargeback.charging.metering.timeline import identities
from chargeback.ledger.book import PeriodStatus, last_of_series, period_status
from chargeback.ledger.fingerprints import Fingerprints
from chargeback.ledger.issuing import close, close_without_documents, issue, ledger_of
from chargeback.ledger.numbering import in_advance
from chargeback.ledger.supplementary_issue import issue_supplementary, still_to_bill, still_to_issue
from chargeback.ledger.unissued import Unissued, unissued_of, withhold_failing
from chargeback.model.month import Month
from chargeback.model.period import Period, Term
from chargeback.model.problem import Problem, Refused
from chargeback.store.input_hashes import input_hashes
from chargeback.store.load.loader import Progress
from chargeback.workflows.books import Books
from chargeback.workflows.brought_forward import reducible
from chargeback.workflows.documents import Making, document_files, documents_alone, made_here, tried
from chargeback.workflows.history import compared, with_balance
from chargeback.workflows.issue_in_advance import check_advance, check_complete, completed
from chargeback.workflows.issue_scope import check_term, nothing_of, scope_of
from chargeback.workflows.output import month_files
from chargeback.workflows.parallel import made_by
from chargeback.workflows.results import recorded
from chargeback.workflows.session import loaded
from chargeback.workspace.files.toml_lines import read_toml
from chargeback.workspace.inputs import reports_folder
from chargeback.workspace.paths import SETTINGS


@dataclass(frozen=True, slots=True)
class IssueOrder:
    """Order to issue a month of a workspace, or what a quarter or year bills in its last month.

    Attributes:
        root: folder of the workspace.
        term: month, quarter or year.
        on: date of the documents.
        jobs: processes that draw and check.
        skip_invalid: whether documents that may not be issued are withheld and the others issued.
        only: regime or service; '' for all.
        within: month of a quarter or year called in advance whose amounts are carried to the last; None: that last.
    """

    root: Path
    term: Term
    on: date
    jobs: int = 1
    skip_invalid: bool = False
    only: str = ""
    within: Period | None = None

    @property
    def period(self) -> Period:
        """The month whose documents are issued."""
        return self.within or self.term.last

    @property
    def whole(self) -> bool:
        """Whether all of the month is asked for."""
        return self.term.every == "month" and not self.only

    @property
    def making(self) -> Making:
        """How files are drawn: here, or by several processes."""
        return partial(made_by, jobs=self.jobs) if self.jobs > 1 else made_here


@dataclass(frozen=True, slots=True)
class IssueResult:
    """Result of an issue.

    Attributes:
        status: of the period after it.
        unissued: documents of the period that have no number.
        problems: why documents were withheld.
    """

    status: PeriodStatus
    unissued: Unissued
    problems: tuple[Problem, ...] = ()


def issue_documents(order: IssueOrder, status: PeriodStatus, progress: Progress | None = None) -> IssueResult:
    """Number, draw and enter the documents that are ordered; ``status`` of the period before. All or nothing.

    Raises Problems of the workspace and of documents that may not be issued, Refused where there is none to issue.
    """
    with loaded(order.root, write=True, progress=progress) as (books, _):
        scope = scope_of(order.term, order.only, books.inputs)
        check_advance(order.term, order.on, scope, books.inputs)
        for month in order.term.months[:-1]:
            before = period_status(books.store.connection, month)
            if in_advance(month, order.on) and not before.final:
                _issued(replace(order, within=month), before, books, scope, progress)
                books = Books(books.inputs, books.store)
        check_term(books.store.connection, order.term, books.inputs)
        return _issued(order, status, books, scope, progress)


def _issued(
    order: IssueOrder, status: PeriodStatus, books: Books, scope: IssueScope, progress: Progress | None
) -> IssueResult:
    """Issue the documents of a scope in the month of an order."""
    root, period, on = order.root, order.period, order.on
    con, reports = books.store.connection, reports_folder(books.inputs)
    hashes = input_hashes(books.inputs, books.store)
    month = _to_issue(order, status, books, scope)
    if not month.documents and not month.carried_forward and status.to_complete(on):
        return IssueResult(status, unissued_of(con, period))
    problems: tuple[Problem, ...] = ()
    if order.skip_invalid:
        trial = partial(tried, reports=reports, progress=progress, made=order.making)
        month, problems = withhold_failing(month, on, last_of_series(con), read_toml(root, SETTINGS)[1], trial)
    if status.final:
        draw = partial(documents_alone, reports=reports, progress=progress, made=order.making)
        after = issue_supplementary(con, root, month, on, hashes, draw)
        return IssueResult(after, unissued_of(con, period), problems)
    comparison = compared(month, books)

    def render(numbered: Month) -> Mapping[str, bytes]:
        written, owed = month_files(numbered, hashes), with_balance(numbered, books, on)
        return written | document_files(owed, comparison, reports, progress, order.making)

    after = issue(con, root, month, on, hashes, render, carrying=order.within is not None)
    with recorded(con, month):
        return IssueResult(after, Unissued.of(month.withheld, month.carried_forward), problems)


def _to_issue(order: IssueOrder, status: PeriodStatus, books: Books, scope: IssueScope) -> Month:
    """The month with the documents that are issued now; those that are left for later are withheld."""
    con, inputs, period = books.store.connection, books.inputs, order.period
    invoices = reducible(con)
    if status.closed_on and status.has_withheld:
        members = identities(inputs.facts.members, period.span)
        month = still_to_bill(con, period, inputs.settings, members, invoices)
    else:
        early, rest = in_advance(period, order.on), status.to_complete(order.on)
        month = completed(books, period) if rest else books.month_in_advance(period) if early else books.month(period)
        month = still_to_issue(con, month, invoices) if status.has_withheld and not rest else month
    if scope.whole or not month.documents:
        return month
    found = within_scope(month, scope, invoices)
    if not found.documents and order.within is None:
        raise Refused(nothing_of(order.term, order.only, found.withheld, supplementary=status.has_withheld))
    return found


def close_period(
    root: Path, period: Period, on: date, status: PeriodStatus, reason: str, progress: Progress | None = None
) -> PeriodStatus:
    """Close a period that is issued, or one that has no document; its status after it.

    ``reason``: why documents that are withheld stay to bill. Raises Problems and Refused.
    """
    if status.issued_on:
        if status.called_in_advance:
            return _closed_after_calls(root, status, on, reason, progress)
        with ledger_of(root) as con:
            assert con is not None, "an issued period has a ledger"
            return close(con, root, period, on, reason)
    with loaded(root, write=True, progress=progress) as (books, _):
        hashes = input_hashes(books.inputs, books.store)
        return close_without_documents(books.store.connection, root, books.month(period), on, hashes)


def _closed_after_calls(
    root: Path, status: PeriodStatus, on: date, reason: str, progress: Progress | None
) -> PeriodStatus:
    """Close a period issued in advance that left nothing to its end, as it is on the day: no usage of it came late."""
    with loaded(root, write=True, progress=progress) as (books, _):
        period = status.period
        check_complete(books, period, on)
        settled = {"inputs": input_hashes(books.inputs, books.store)}
        fingerprint = str(Fingerprints(books.inputs, books.store).of(period))
        return close(books.store.connection, root, period, on, reason, **settled, fingerprint=fingerprint)
