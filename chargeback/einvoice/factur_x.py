"""A numbered document as Factur-X: XML from the frozen document, pages and XML in one PDF/A-3b file, all of it checked."""

from __future__ import annotations

from collections.abc import Iterator

from chargeback.einvoice.cii import cii_xml
from chargeback.einvoice.finding import FATAL
from chargeback.einvoice.pdfa import faults, invoice_xml, pdf_a3
from chargeback.einvoice.validation import findings
from chargeback.problem import Problem, Problems
from chargeback.result import Document, Month
from chargeback.wording import Wording


def factur_x(pages: bytes, document: Document, month: Month, wording: Wording) -> bytes:
    """The file to issue, from the drawn ``pages``. Raises Problems, at the payer's row, for a document that no rule accepts."""
    if document.issue_date is None:
        raise ValueError(f"{document.slug} has no date: only a document that is issued is a Factur-X")
    xml = cii_xml(document, month, wording)
    content = pdf_a3(pages, (invoice_xml(xml),), document.issue_date)
    problems = [*_of_xml(xml, document), *_of_file(content, document)]
    if problems:
        raise Problems(problems)
    return content


def _of_xml(xml: bytes, document: Document) -> Iterator[Problem]:
    """What the schema, the rules of EN 16931 and BR-FR-CTC and our own checks find."""
    for finding in findings(xml, document):
        if finding.severity == FATAL:
            message = f"{_named(document)} breaks {finding.rule} at {finding.path or 'the document'}: {finding.text}"
            yield Problem(document.payer.where, message, f"invoice-{finding.rule.lower()}")


def _of_file(content: bytes, document: Document) -> Iterator[Problem]:
    for fault in faults(content):
        message = f"{_named(document)} would be no PDF/A-3b: {fault}"
        yield Problem(document.payer.where, message, "invoice-pdf-a")


def _named(document: Document) -> str:
    kind = "the credit note" if document.kind == "credit_note" else "the invoice"
    return f"{kind} under [vat.{document.regime.name}] for {document.payer.member_id}"
