"""Verification, wired: files against the ledger, the ledger against itself, charges against today's data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback.ledger.book import entries_of_period, entry_of_period, later_entries, period_status, periods_issued
from chargeback.ledger.entries import REDRAWING, Entry
from chargeback.ledger.issued_months import last_computed
from chargeback.ledger.issuing import PROGRAM
from chargeback.ledger.ledger_file import restore
from chargeback.ledger.month_diff import month_diff
from chargeback.ledger.reconciliation import accounted, by_amounts
from chargeback.ledger.verification import (
    Draw,
    Verified,
    chain,
    changed_inputs,
    charges,
    documents,
    files,
    no_ledger,
    numbers,
)
from chargeback.model.documents import Document
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.problem import Problems, Refused, counted
from chargeback.model.settings import Settings
from chargeback.store.database import open_store
from chargeback.store.input_hashes import input_hashes
from chargeback.store.load.loader import Progress
from chargeback.workflows.books import Books
from chargeback.workflows.documents import issued_document
from chargeback.workflows.session import loaded
from chargeback.workspace.inputs import own_reports
from chargeback.workspace.paths import LEDGER, OUT, SETTINGS, STORE
from chargeback.workspace.reports.theme import read_theme
from chargeback.workspace.reports.wording import read_wording

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def verified(
    root: Path, settings: Settings, period: Period | None, progress: Progress | None = None
) -> Iterator[Verified]:
    """Every check of a period or of all, as it is done; nothing is written. Raises Refused where nothing is issued."""
    if not (root / OUT / LEDGER).is_file():
        raise Refused(no_ledger(root))
    with ExitStack() as stack:
        con = stack.enter_context(open_store(None, write=True)).connection
        restore(con, root / OUT / LEDGER)
        with ExitStack() as own:
            there = (root / STORE).is_file()
            stored = own.enter_context(open_store(root / STORE, write=False)).connection if there else None
            yield chain(con, stored)
        yield numbers(con)
        periods = [p for p in periods_issued(con) if period in (None, p)]
        if period is not None and not periods:
            raise Refused(f"{period} is not issued: there is nothing of it to verify")
        yield from _of_files(con, root, periods)
        yield from _of_data(con, root, settings, periods, progress)


def _of_files(con: DuckDBPyConnection, root: Path, periods: list[Period]) -> Iterator[Verified]:
    """Files of each month, and of all corrections together."""
    for period in periods:
        entry = entry_of_period(con, period)
        if entry is not None and entry.kind == "issue":
            yield files(root, [entry])
    corrections = [entry for period in periods_issued(con) for entry in later_entries(con, period)]
    if corrections:
        yield files(root, corrections)


def _of_data(
    con: DuckDBPyConnection, root: Path, settings: Settings, periods: list[Period], progress: Progress | None
) -> Iterator[Verified]:
    """Charges from the inputs, documents from the ledger."""
    now: dict[str, str] = {}
    try:
        with loaded(root, write=False, progress=progress) as (books, _):
            now = input_hashes(books.inputs, books.store)
            for period in periods:
                yield _of_charges(con, books, period, now)
                books.forget(period)
    except Problems as error:
        message = (
            f"not computed again, as the workspace has {counted(len(error.problems), 'problem')}: {error.problems[0]}"
        )
        yield Verified("charges", "", "", (message,))
    for period in periods:
        for own in entries_of_period(con, period):
            if own.documents:
                yield documents(con, root, own, settings, xml_differences, _drawing(root, settings, own, now))


def _of_charges(con: DuckDBPyConnection, books: Books, period: Period, now: dict[str, str]) -> Verified:
    entry, before = entry_of_period(con, period), last_computed(con, period, books.inputs.settings)
    assert entry is not None
    assert before is not None
    later = [own for own in later_entries(con, period) if own.kind in REDRAWING]
    status = period_status(con, period)
    today = books.month_in_advance(period) if status.called_in_advance else books.month(period)
    diff = accounted(con, today) if by_amounts(con, period) else month_diff(before, today)
    return charges(later[-1] if later else entry, diff, len(before.charges), now, PROGRAM)


def _drawing(root: Path, settings: Settings, entry: Entry, now: dict[str, str]) -> Draw | None:
    """Drawing of a document as on the day of issue; None where program, settings or wording changed."""
    folder = settings.reports or "reports"
    own = {path: content for path, content in entry.inputs.items() if path == SETTINGS or path.startswith(f"{folder}/")}
    if entry.program != PROGRAM or not own or changed_inputs(own, now):
        return None
    reports = own_reports(root, settings)
    wording, theme = read_wording(settings.locale, reports, settings.currency), read_theme(reports)

    def draw(document: Document, month: Month) -> bytes:
        return issued_document(document, month, wording, theme)

    return draw


def xml_differences(content: bytes, document: Document) -> Iterator[str]:
    """Where the XML in an issued file is not what the ledger has of the document."""
    from lxml import etree

    from chargeback.einvoice.own_checks import document_findings
    from chargeback.einvoice.pdfa import XML_NAME, embedded
    from chargeback.einvoice.reader import read_invoice

    try:
        xml = embedded(content).get(XML_NAME)
    except Exception as error:  # a damaged file fails in as many ways as there are bytes
        yield f"the file cannot be read: {type(error).__name__}"
        return
    if xml is None:
        yield "the file has no factur-x.xml"
        return
    for finding in document_findings(read_invoice(etree.fromstring(xml)), document):
        yield finding.text
