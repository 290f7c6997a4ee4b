"""PDF/A-3b file of pages and XML, the form of Factur-X (ISO 19005-3; Factur-X 1.09, chapter 6).

The pages are unchanged: only the catalogue, the Info dictionary, the XMP packet and the embedded files are written.
The same bytes and date give the same bytes.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import md5
from importlib.resources import files
from typing import Literal
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, String
from pikepdf.pdfa import check

XML_NAME = "factur-x.xml"
BEGIN = "\N{ZERO WIDTH NO-BREAK SPACE}"
FLAVOUR = "3b"
EXTENSION_RULE = "ISO_19005_3:6.6.2.3.1-1"
EXTENSION = {
    "fx": "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#",
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}
Relationship = Literal["Data", "Supplement"]
INFO = ("Title", "Subject", "Author", "Creator", "Producer")


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """Embedded file (ISO 19005-3, annex E).

    Attributes:
        name: file name.
        content: bytes.
        mime_type: media type.
        relationship: AFRelationship: ``Data`` for the invoice, ``Supplement`` for a detail.
        description: description for the reader.
    """

    name: str
    content: bytes
    mime_type: str
    relationship: Relationship
    description: str


def invoice_xml(content: bytes) -> EmbeddedFile:
    """Embedded file of the XML of an invoice, as Factur-X names it."""
    return EmbeddedFile(XML_NAME, content, "text/xml", "Data", "Factur-X")


def pdf_a3(pages: bytes, attachments: tuple[EmbeddedFile, ...], on: date) -> bytes:
    """Bytes of the pages with the files embedded, as PDF/A-3b, dated ``on`` (midnight UTC).

    ``pages`` is a PDF whose fonts are all embedded and whose catalogue names its language. Raises pikepdf.PdfError
    where it is no PDF.
    """
    with Pdf.open(io.BytesIO(pages)) as pdf:
        for page in pdf.pages:
            if Name.Trans in page.obj:
                del page.obj[Name.Trans]
        _write_metadata(pdf, on)
        _write_output_intent(pdf)
        _embed(pdf, attachments, on)
        out = io.BytesIO()
        pdf.save(
            out,
            min_version="1.7",
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
        return out.getvalue()


def _write_metadata(pdf: Pdf, on: date) -> None:
    """Info dictionary and XMP packet, which must agree (ISO 19005-3, 6.6.2)."""
    info = pdf.docinfo
    for name in ("CreationDate", "ModDate"):
        info[f"/{name}"] = String(f"D:{on:%Y%m%d}000000Z")
    if "/Trapped" in info:
        del info["/Trapped"]
    values = {name.lower(): escape(str(info.get(f"/{name}", ""))) for name in INFO}
    language = escape(str(pdf.Root.get(Name.Lang, "")))
    text = _template().format(begin=BEGIN, date=f"{on}T00:00:00Z", language=language, **values)
    stream = pdf.make_stream(text.encode(), Type=Name.Metadata, Subtype=Name.XML)
    pdf.Root.Metadata = stream


@cache
def _template() -> str:
    return (files(__package__) / "xmp.xml").read_text(encoding="utf-8")


@cache
def _srgb() -> bytes:
    """sRGB profile that comes with pikepdf."""
    return (files("pikepdf.pdfa") / "data" / "sRGB.icc").read_bytes()


def _write_output_intent(pdf: Pdf) -> None:
    """Output intent with the sRGB profile (ISO 19005-3, 6.2.3)."""
    profile = pdf.make_stream(_srgb(), N=3)
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB"),
        Info=String("sRGB IEC61966-2.1"),
        DestOutputProfile=profile,
    )
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])


def _embed(pdf: Pdf, attachments: tuple[EmbeddedFile, ...], on: date) -> None:
    """Files in the name tree of the catalogue, by name, and in its array of associated files (ISO 19005-3, 6.8)."""
    names = Array()
    specs = Array()
    for item in sorted(attachments, key=lambda a: a.name):
        spec = _file_spec(pdf, item, on)
        names.extend([String(item.name), spec])
        specs.append(spec)
    if attachments:
        pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=names))
        pdf.Root.AF = specs


def _file_spec(pdf: Pdf, item: EmbeddedFile, on: date) -> pikepdf.Object:
    stream = pdf.make_stream(item.content, Type=Name.EmbeddedFile, Subtype=Name(f"/{item.mime_type}"))
    checksum = md5(item.content, usedforsecurity=False).digest()
    stream.Params = Dictionary(
        Size=len(item.content), ModDate=String(f"D:{on:%Y%m%d}000000Z"), CheckSum=pikepdf.String(checksum)
    )
    spec = Dictionary(
        Type=Name.Filespec,
        F=String(item.name),
        UF=String(item.name),
        Desc=String(item.description),
        AFRelationship=Name(f"/{item.relationship}"),
        EF=Dictionary(F=stream, UF=stream),
    )
    return pdf.make_indirect(spec)


def embedded(content: bytes) -> Mapping[str, bytes]:
    """Files embedded in a PDF, by name."""
    with Pdf.open(io.BytesIO(content)) as pdf:
        return {name: pdf.attachments[name].get_file().read_bytes() for name in sorted(pdf.attachments)}


def pdfa_faults(content: bytes) -> tuple[str, ...]:
    """Faults of a file as PDF/A-3b: rule, place and text of each finding; () for a valid file.

    The check of pikepdf does not read extension schemas, so it refuses each namespace and property of Factur-X, and
    those of the schema itself: exactly these findings are expected, once each (the packet is ``xmp.xml``).
    """
    with Pdf.open(io.BytesIO(content)) as pdf:
        found = [(f.rule, f.message, f"{f.rule} at {f.where}: {f.message}") for f in check(pdf, FLAVOUR).findings]
    expected = Counter((EXTENSION_RULE, message) for message in _extension_messages())
    absent = expected - Counter((rule, message) for rule, message, _ in found)
    incomplete = tuple(f"the Factur-X properties are incomplete: {message}" for _, message in sorted(absent))
    return incomplete + tuple(text for rule, message, text in found if not expected[rule, message])


def _extension_messages() -> Iterator[str]:
    """Messages of the check on the namespaces and properties of the extension schema."""
    for prefix, address in EXTENSION.items():
        yield f"XMP namespace {prefix}={address} is not permitted"
    for name in (
        "fx:DocumentType",
        "fx:DocumentFileName",
        "fx:Version",
        "fx:ConformanceLevel",
        "pdfaExtension:schemas",
    ):
        yield f"XMP property {name} is not permitted"
