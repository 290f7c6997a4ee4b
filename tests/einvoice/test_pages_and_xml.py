"""The pages of an issued document and the XML inside say the same: each figure of the XML stands on the pages."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from lxml import etree

from chargeback.einvoice.cii import cii_xml
from chargeback.einvoice.pdfa import XML_NAME, embedded, invoice_xml, pdf_a3
from chargeback.einvoice.reader import ReadInvoice, read_invoice
from chargeback.model.documents import Document
from chargeback.render.pages.invoice import invoice_pdf
from chargeback.workspace.reports.theme import read_theme
from chargeback.workspace.reports.wording import Wording, read_wording
from kit import einvoices
from kit.pdf_text import whole

PLAIN = str.maketrans("\u202f\u00a0", "  ")
LOCALES = {"fr": read_wording("fr_FR"), "en": read_wording("en_GB")}


def read_back(document: Document, wording: Wording) -> tuple[str, ReadInvoice]:
    """The text of the pages of an issued file, and the invoice embedded in it."""
    assert document.issue_date is not None
    drawn = invoice_pdf(document, einvoices.MONTH, wording, read_theme())
    xml = cii_xml(document, einvoices.MONTH, wording)
    content = pdf_a3(drawn, (invoice_xml(xml),), document.issue_date)
    return whole(content), read_invoice(etree.fromstring(embedded(content)[XML_NAME]))


def as_printed(amount: str, wording: Wording) -> str:
    """An amount of the XML in the words of the page."""
    return wording.money(int(Decimal(amount) * 100)).translate(PLAIN)


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("name", einvoices.DOCUMENTS)
def test_the_totals_of_the_xml_are_those_of_the_page(name: str, language: str) -> None:
    """Net, VAT and gross stand behind their words on the page as they do in the XML: a total of other cents is no
    total."""
    wording = LOCALES[language]
    page, invoice = read_back(einvoices.DOCUMENTS[name], wording)
    totals = {key: as_printed(amount, wording) for key, amount in invoice.totals.items() if amount}
    gross = wording.text("invoice.totals.plain" if "contributions" in name else "invoice.totals.gross")
    figure = wording.text("invoice.amount_credited" if invoice.kind != "380" else "invoice.amount_due")
    assert f"{gross} {totals['GrandTotalAmount']}" in page
    assert f"{figure} {totals['DuePayableAmount']}" in page
    if "contributions" not in name:
        assert f"{wording.text('invoice.totals.net')} {totals['TaxBasisTotalAmount']}" in page
    if "services" in name:
        rate = f"{wording.percent(Decimal('0.20'), 2, trim=True)}".translate(PLAIN)
        told = wording.text("invoice.totals.vat", rate=rate, net=totals["TaxBasisTotalAmount"]).translate(PLAIN)
        assert f"{told} {totals['TaxTotalAmount']}" in page


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("name", einvoices.DOCUMENTS)
def test_the_lines_of_the_xml_are_those_of_the_page(name: str, language: str) -> None:
    """Every net amount of a line of the XML stands on the page as often at least."""
    wording = LOCALES[language]
    page, invoice = read_back(einvoices.DOCUMENTS[name], wording)
    nets = Counter(as_printed(line.net, wording) for line in invoice.lines)
    assert [(net, count) for net, count in nets.items() if page.count(net) < count] == []


@pytest.mark.parametrize("name", einvoices.DOCUMENTS)
def test_number_dates_and_references_of_the_xml_are_those_of_the_page(name: str) -> None:
    """Number, dates, documents corrected, identifiers and account of the XML are printed."""
    document = einvoices.DOCUMENTS[name]
    due = document.due_date if document.kind == "invoice" else None
    page, invoice = read_back(document, LOCALES["fr"])
    compact = page.replace(" ", "")
    said = [invoice.number, invoice.buyer.siret, invoice.seller.siret, invoice.iban, invoice.service_code]
    said += [number for number, _ in invoice.preceding]
    days = [document.issue_date, due, *(p.issue_date for p in document.preceding)]
    written = [invoice.issued, invoice.due, *(day for _, day in invoice.preceding)]
    assert [f"{day:%Y%m%d}" for day in days if day] == [day for day in written if day]
    printed = [LOCALES["fr"].date(day).translate(PLAIN).replace(" ", "") for day in days if day]
    assert [text for text in (*said, *printed) if text not in compact] == []
