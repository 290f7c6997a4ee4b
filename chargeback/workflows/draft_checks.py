"""Draft checks: what would keep the documents of a month from being issued, found before they have numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from chargeback.ledger.book import last_of_series, period_status
from chargeback.ledger.numbering import SeriesYears, allot, operator_needs, payer_needs
from chargeback.model.documents import Document
from chargeback.model.month import Month
from chargeback.model.problem import Notice
from chargeback.workflows.books import Books
from chargeback.workspace.inputs import reports_folder
from chargeback.workspace.reports.wording import read_wording


def draft_notices(month: Month, books: Books) -> tuple[Notice, ...]:
    """Notices of the rules of electronic invoices that a document would not meet, each once, by place.

    Each payer and each form of a document is tried once.

    Documents of a final month, and those that lack what ``issue_needs`` names already, are not tried.
    """
    if period_status(books.store.connection, month.period).final or operator_needs(month, month.settings.lines):
        return ()
    complete = each_form(d for d in month.documents if not any(payer_needs(d.payer)))
    last = last_of_series(books.store.connection)
    found = _refusals(replace(month, documents=complete), last, reports_folder(books.inputs))
    return tuple(sorted(dict.fromkeys(found), key=lambda n: (n.where.order, n.message)))


def each_form(documents: Iterable[Document]) -> tuple[Document, ...]:
    """Documents that show each payer, and each form of a document, at least once: one per fault is enough to name it.

    A form is the kind, the VAT regime, the rules whose lines it has with their kinds, and whether it corrects others.
    """
    payers: set[str] = set()
    forms: set[object] = set()
    found: list[Document] = []
    for document in documents:
        head = (document.kind, document.regime.name, bool(document.preceding))
        own = {(*head, line.rule, line.kind, line.version, line.amount < 0) for line in document.lines}
        if document.payer.member_id not in payers or not own <= forms:
            payers.add(document.payer.member_id)
            forms |= own
            found.append(document)
    return tuple(found)


def _refusals(month: Month, last: SeriesYears, reports: Path | None) -> Iterator[Notice]:
    if not month.documents:
        return
    from chargeback.einvoice.cii import cii_xml
    from chargeback.einvoice.finding_texts import problems
    from chargeback.einvoice.validation import findings

    wording = read_wording(month.settings.locale, reports, month.settings.currency)
    final = month.period.end - timedelta(days=1)
    numbered, _ = allot(month, max([final, *(given.on for given in last.values())]), last)
    for document in numbered.documents:
        for problem in problems(findings(cii_xml(document, numbered, wording), document), document, numbered):
            yield Notice(problem.where, f"before issue: {problem.message}", problem.code)
