"""Documents issued as Factur-X, validated, against their plain pages: what the law and the machines add; and how many a
second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path

from benchmarks.table import Line, against, limit, rate
from benchmarks.timing import in_turn
from benchmarks.workspace import MONTH
from chargeback.einvoice.cii import cii_xml
from chargeback.einvoice.pdfa import invoice_xml, pdf_a3, pdfa_faults
from chargeback.einvoice.validation import findings
from chargeback.ledger.numbering import allot
from chargeback.model.documents import Document
from chargeback.model.facts import Member
from chargeback.model.month import Month
from chargeback.model.settings import Operator
from chargeback.render.pages.invoice import invoice_pdf
from chargeback.workflows.documents import issued_document
from chargeback.workflows.monthly_run import compute_month
from chargeback.workflows.session import loaded
from chargeback.workspace.reports.theme import read_theme
from chargeback.workspace.reports.wording import read_wording

SAMPLE = Path(__file__).parent.parent / "sample_data"
ON = date(2026, 11, 5)
DOCUMENTS = 24
TURNS = 3
AIM = 25
ADDRESS, POSTAL_CODE, CITY = ("1 rue de la Mairie",), "95000", "Exempleville"


def lines() -> Iterator[Line]:
    """Documents of the sample's month, numbered, their payers with an invented address and SIRET; processor time of one
    core."""
    with loaded(SAMPLE, write=False) as (inputs, store, _):
        month = issuable(compute_month(inputs, store, MONTH).month)
    wording, theme = read_wording(month.settings.locale), read_theme()
    drawn = {d.number: invoice_pdf(d, month, wording, theme) for d in month.documents}
    xml = {d.number: cii_xml(d, month, wording) for d in month.documents}
    whole = {d.number: pdf_a3(drawn[d.number], (invoice_xml(xml[d.number]),), ON) for d in month.documents}

    def busy(work: Callable[[Document], object]) -> float:
        started = time.process_time()
        for document in month.documents:
            work(document)
        return time.process_time() - started

    of = f"{len(month.documents)} documents"
    pair = in_turn(
        lambda: busy(lambda d: invoice_pdf(d, month, wording, theme)),
        lambda: busy(lambda d: issued_document(d, month, wording, theme)),
        TURNS,
    )
    yield against("Factur-X, validated", f"{of}, floor the page", pair)
    yield rate("the same, of one core", of, len(month.documents), pair.ours, "documents", AIM)
    parts = {
        "of it the XML": lambda d: cii_xml(d, month, wording),
        "of it its rules": lambda d: findings(xml[d.number], d),
        "of it one PDF/A-3b": lambda d: pdf_a3(drawn[d.number], (invoice_xml(xml[d.number]),), ON),
        "of it its check": lambda d: pdfa_faults(whole[d.number]),
    }
    for what, work in parts.items():
        yield limit(what, "a document", busy(work) / len(month.documents) * 1000, None, "ms")


def issuable(month: Month) -> Month:
    """The first documents of a month, numbered, with all that documents need (numbers of nobody, valid check
    digits)."""
    numbers = count(1)
    payers: dict[str, Member] = {}
    documents: list[Document] = []
    for document in month.documents[:DOCUMENTS]:
        own = payers.setdefault(document.payer.member_id, _complete(document.payer, next(numbers)))
        documents.append(replace(document, payer=own))
    settings = replace(month.settings, operator=_operator(month.settings.operator))
    return allot(replace(month, settings=settings, documents=tuple(documents)), ON, {})[0]


def _complete(payer: Member, number: int) -> Member:
    return replace(
        payer,
        siret=payer.siret or siret(number),
        address=payer.address or ADDRESS,
        postal_code=payer.postal_code or POSTAL_CODE,
        city=payer.city or CITY,
    )


def _operator(operator: Operator) -> Operator:
    return replace(
        operator,
        siren="990000010",
        siret="99000001000019",
        vat_number="FR13990000010",
        address=ADDRESS,
        postal_code=POSTAL_CODE,
        city=CITY,
    )


def siret(number: int) -> str:
    """An invented SIRET."""
    from stdnum.luhn import calc_check_digit

    siren = f"9910{number:04d}"
    establishment = f"{siren}{calc_check_digit(siren)}0001"
    return establishment + str(calc_check_digit(establishment))
