"""Factur-X file of a numbered document: its pages and its XML in one PDF/A-3b file, all of it checked."""

from __future__ import annotations

from collections.abc import Iterator

from chargeback.einvoice.cii import cii_xml
from chargeback.einvoice.finding_texts import problems
from chargeback.einvoice.pdfa import invoice_xml, pdf_a3, pdfa_faults
from chargeback.einvoice.validation import findings
from chargeback.model.documents import Document
from chargeback.model.month import Month
from chargeback.model.problem import Problem, Problems
from chargeback.workspace.reports.wording import Wording


def factur_x(pages: bytes, document: Document, month: Month, wording: Wording) -> bytes:
    """Bytes of the file to issue, from the drawn ``pages``.

    Raises Problems where a rule refuses the document, each at the row or setting to correct, and ValueError for a
    document without date.
    """
    if document.issue_date is None:
        raise ValueError(f"{document.slug} has no date: only a document that is issued is a Factur-X")
    xml = cii_xml(document, month, wording)
    content = pdf_a3(pages, (invoice_xml(xml),), document.issue_date)
    found = [*problems(findings(xml, document), document, month), *_file_problems(content, document)]
    if found:
        raise Problems(found)
    return content


def _file_problems(content: bytes, document: Document) -> Iterator[Problem]:
    for fault in pdfa_faults(content):
        message = f"{_named(document)} would be no PDF/A-3b: {fault}"
        yield Problem(document.payer.where, message, "einvoice-refused")


def _named(document: Document) -> str:
    kind = "the credit note" if document.kind == "credit_note" else "the invoice"
    return f"{kind} under [vat.{document.regime.name}] for {document.payer.member_id}"
