"""``verify``: everything issued is checked against the ledger, the ledger against itself; one line per check on stdout."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chargeback.cli.output import print_json, say
from chargeback.cli.progress import progress_bar
from chargeback.ledger.book import (
    entries_of_period,
    entry_of_period,
    later_entries,
    period_status,
    periods_issued,
)
from chargeback.ledger.entries import REDRAWING, Entry
from chargeback.ledger.issued_months import last_computed
from chargeback.ledger.issuing import PROGRAM
from chargeback.ledger.ledger_file import restore
from chargeback.ledger.month_diff import month_diff
from chargeback.ledger.reconciliation import accounted
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
from chargeback.store.input_hashes import input_hashes
from chargeback.workflows.documents import issued_document
from chargeback.workflows.monthly_run import compute_month
from chargeback.workflows.session import loaded
from chargeback.workspace.inputs import Inputs, own_reports
from chargeback.workspace.paths import LEDGER, OUT, SETTINGS, STORE
from chargeback.workspace.reports.theme import read_theme
from chargeback.workspace.reports.wording import read_wording
from chargeback.workspace.settings.read import read_settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from chargeback.store.database import Store


def verify(root: Path, period: Period | None, *, as_json: bool) -> None:
    """Check one period, or all of them; Refused when anything is not as it was issued."""
    settings, problems = read_settings(root)
    if settings is None:
        raise Problems(problems)
    found = list(_checks(root, settings, period, say_each=not as_json))
    wrong = [check for check in found if check.faults]
    if as_json:
        print_json({"holds": not wrong, "checks": [_as_json(c) for c in found]})
    if wrong:
        count = sum(len(check.faults) for check in wrong)
        rest = f"; {counted(count - 1, 'more difference')}" if count > 1 else ""
        raise Refused(f"not as issued: {wrong[0].name}, {wrong[0]}{rest}")
    say("all is as it was issued")


def _checks(root: Path, settings: Settings, period: Period | None, *, say_each: bool) -> Iterator[Verified]:
    """Every check, printed as it is done."""
    for check in _every(root, settings, period):
        if say_each:
            print(f"{'!!' if check.faults else 'ok'}  {check.name:<9}  {check}", flush=True)
            for fault in check.faults[1:]:
                print(f"{'':15}{fault}", flush=True)
        yield check


def _every(root: Path, settings: Settings, period: Period | None) -> Iterator[Verified]:
    from chargeback.store.database import open_store

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
        yield from _of_data(con, root, settings, periods)


def _of_files(con: DuckDBPyConnection, root: Path, periods: list[Period]) -> Iterator[Verified]:
    """Files of each month, and of all corrections together."""
    for period in periods:
        entry = entry_of_period(con, period)
        if entry is not None and entry.kind == "issue":
            yield files(root, [entry])
    corrections = [entry for period in periods_issued(con) for entry in later_entries(con, period)]
    if corrections:
        yield files(root, corrections)


def _of_data(con: DuckDBPyConnection, root: Path, settings: Settings, periods: list[Period]) -> Iterator[Verified]:
    """Charges from the inputs, documents from the ledger."""
    now: dict[str, str] = {}
    try:
        with progress_bar() as progress, loaded(root, write=False, progress=progress) as (inputs, store, _):
            now = input_hashes(inputs, store)
            for period in periods:
                yield _of_charges(con, inputs, store, period, now)
    except Problems as error:
        message = (
            f"not computed again, as the workspace has {counted(len(error.problems), 'problem')}: {error.problems[0]}"
        )
        yield Verified("charges", "", "", (message,))
    for period in periods:
        for own in entries_of_period(con, period):
            if own.documents:
                yield documents(con, root, own, settings, says, _drawing(root, settings, own, now))


def _of_charges(con: DuckDBPyConnection, inputs: Inputs, store: Store, period: Period, now: dict[str, str]) -> Verified:
    entry, before = entry_of_period(con, period), last_computed(con, period, inputs.settings)
    assert entry is not None
    assert before is not None
    later = [own for own in later_entries(con, period) if own.kind in REDRAWING]
    computed = compute_month(inputs, store, period).month
    closed = period_status(con, period).closed_on is not None
    compared = accounted(con, computed) if closed else month_diff(before, computed)
    return charges(later[-1] if later else entry, compared, len(before.charges), now, PROGRAM)


def _drawing(root: Path, settings: Settings, entry: Entry, now: dict[str, str]) -> Draw | None:
    """What draws a document as on the day it was issued; None when the program, the settings or the wording changed."""
    folder = settings.reports or "reports"
    own = {path: content for path, content in entry.inputs.items() if path == SETTINGS or path.startswith(f"{folder}/")}
    if entry.program != PROGRAM or not own or changed_inputs(own, now):
        return None
    reports = own_reports(root, settings)
    wording, theme = read_wording(settings.locale, reports, settings.currency), read_theme(reports)

    def draw(document: Document, month: Month) -> bytes:
        return issued_document(document, month, wording, theme)

    return draw


def says(content: bytes, document: Document) -> Iterator[str]:
    """Where the XML in an issued file does not say what the ledger says of the document."""
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


def _as_json(check: Verified) -> dict[str, Any]:
    return {
        "check": check.name,
        "about": check.about,
        "holds": not check.faults,
        "faults": list(check.faults),
        "notes": list(check.notes),
    }
