"""An issued document as PDF/A-3b with its XML inside: the same bytes each time, and a check that is shown failing
files."""

from __future__ import annotations

import io
from datetime import date

import pikepdf
import pytest
from pikepdf import Name, Pdf

from chargeback.einvoice.pdfa import EmbeddedFile, embedded, invoice_xml, pdf_a3, pdfa_faults
from chargeback.render.pdf.draw import PdfMetadata, pdf
from chargeback.render.pdf.page import PageSheet, styles_of
from chargeback.workspace.reports.theme import read_theme

ON = date(2026, 11, 5)
XML = b"<?xml version='1.0' encoding='UTF-8'?><facture/>"


def pages() -> bytes:
    """One page with a text in each weight, drawn as the documents are."""
    theme = read_theme(None)
    styles = styles_of(theme)
    sheet = PageSheet(theme, styles, lambda _: None)
    sheet.open()
    for row, style in enumerate((styles.body, styles.strong, styles.small_medium)):
        sheet.text(60, 80 + 20 * row, "Cergy & Osny : 1\N{NARROW NO-BREAK SPACE}234,56\N{NO-BREAK SPACE}€", style)
    return pdf(sheet, PdfMetadata("F2026-00001", "Facture <1>", "Syndicat & Cie", "fr-FR"), lambda *_: None)


@pytest.fixture(scope="module")
def issued() -> bytes:
    return pdf_a3(pages(), (invoice_xml(XML),), ON)


def changed(content: bytes, change: object) -> bytes:
    """The file after one change of its objects."""
    out = io.BytesIO()
    with Pdf.open(io.BytesIO(content)) as opened:
        change(opened)  # type: ignore[operator]
        opened.save(out, deterministic_id=True)
    return out.getvalue()


def test_an_issued_document_is_pdf_a_3b(issued: bytes) -> None:
    """The check finds nothing, though the pages alone are no PDF/A."""
    assert pdfa_faults(issued) == ()
    assert any("OutputIntent" in fault or "output intent" in fault.lower() for fault in pdfa_faults(pages()))


def test_the_same_pages_and_xml_give_the_same_bytes(issued: bytes) -> None:
    """Nothing of the clock or of chance enters the file; another date or another XML gives another."""
    assert pdf_a3(pages(), (invoice_xml(XML),), ON) == issued
    assert pdf_a3(pages(), (invoice_xml(XML),), date(2026, 11, 6)) != issued
    assert pdf_a3(pages(), (invoice_xml(XML + b" "),), ON) != issued


def test_the_xml_comes_out_as_it_went_in(issued: bytes) -> None:
    """It is embedded as factur-x.xml, of type text/xml, as the data of the document."""
    assert embedded(issued) == {"factur-x.xml": XML}
    with Pdf.open(io.BytesIO(issued)) as opened:
        (spec,) = opened.Root.AF
        assert (spec.AFRelationship, spec.EF.F.Subtype) == (Name.Data, Name("/text/xml"))
        assert spec.EF.F.Params.Size == len(XML)


def test_a_detail_rides_along_as_a_supplement() -> None:
    """Two embedded files are both associated with the document, in the order of their names."""
    detail = EmbeddedFile("detail.csv", b"a,b\n1,2\n", "text/csv", "Supplement", "Relevés")
    both = pdf_a3(pages(), (invoice_xml(XML), detail), ON)
    assert embedded(both) == {"detail.csv": b"a,b\n1,2\n", "factur-x.xml": XML}
    assert pdfa_faults(both) == ()
    with Pdf.open(io.BytesIO(both)) as opened:
        assert [str(spec.UF) for spec in opened.Root.AF] == ["detail.csv", "factur-x.xml"]


def test_the_file_says_what_it_is(issued: bytes) -> None:
    """Title, dates and profile stand in the XMP as in the Info dictionary, whatever characters they have."""
    with Pdf.open(io.BytesIO(issued)) as opened:
        packet = opened.Root.Metadata.read_bytes().decode()
        assert str(opened.docinfo["/CreationDate"]) == "D:20261105000000Z"
        assert (str(opened.docinfo["/Title"]), str(opened.docinfo["/Author"])) == ("F2026-00001", "Syndicat & Cie")
    for said in ("Facture &lt;1&gt;", "Syndicat &amp; Cie", "2026-11-05T00:00:00Z", "EN 16931", "fr-FR"):
        assert said in packet


def _no_intent(opened: Pdf) -> None:
    del opened.Root.OutputIntents


def _no_profile(opened: Pdf) -> None:
    text = opened.Root.Metadata.read_bytes().replace(b"<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>", b"")
    opened.Root.Metadata.write(text)


def _script(opened: Pdf) -> None:
    opened.Root.OpenAction = pikepdf.Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def _loose_file(opened: Pdf) -> None:
    del opened.Root.AF


@pytest.mark.parametrize("change", [_no_intent, _no_profile, _script, _loose_file])
def test_the_check_finds_what_is_wrong(issued: bytes, change: object) -> None:
    """A check that passed everything would be none: each of these files is found out."""
    assert pdfa_faults(changed(issued, change)) != ()


def test_something_else_in_the_xmp_is_not_excused(issued: bytes) -> None:
    """Only the Factur-X properties are expected; one more namespace is a fault."""

    def another(opened: Pdf) -> None:
        text = opened.Root.Metadata.read_bytes()
        extra = b'<rdf:Description rdf:about="" xmlns:q="urn:q"><q:a>1</q:a></rdf:Description></rdf:RDF>'
        opened.Root.Metadata.write(text.replace(b"</rdf:RDF>", extra))

    assert any("urn:q" in fault for fault in pdfa_faults(changed(issued, another)))
