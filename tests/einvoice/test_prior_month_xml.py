"""What the electronic invoice says of earlier months: the days of a line, the invoice it adjusts, a note as on the
page; and that it is accepted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from chargeback.einvoice.cii import cii_data, cii_xml
from chargeback.einvoice.lines import line_data
from chargeback.einvoice.reader import NAMES
from chargeback.einvoice.validation import findings
from chargeback.model.documents import Document, Preceding
from chargeback.model.month import Month
from chargeback.model.pools import TrueUp, TrueUpRow
from chargeback.model.vat import VatAmount
from chargeback.workspace.reports.wording import read_wording
from kit import sample_month as months
from kit.prior_months_document import (
    AUGUST,
    ISSUED,
    SEPTEMBER,
    adjustment,
    again,
    carried,
    credit,
    document,
    machines,
    month,
    shared,
    then,
)

RATE = Decimal("20.00")

FR, EN = read_wording("fr_FR"), read_wording("en_GB")
PLAIN = str.maketrans("\u202f\u00a0", "  ")
LATE = adjustment(SEPTEMBER, 1050, 735, "usage", original_invoice="F2026-00007")
TRUE_UP = months.charge("cergy", "backbone", 1200, "adjustment", reason="true-up 2025, in English", settles=2025)
SETTLED = TrueUp(
    year=2025,
    rule="backbone",
    pool="network-backbone",
    costs=(100000,),
    splits=(),
    rows=(TrueUpRow(member_id="cergy", share=30000, instalments=28800, prefinanced=0, documents=()),),
)
TAKEN = adjustment(SEPTEMBER, 1050, 1365, "rules", original_invoice="F2026-00007")
SHARE = months.charge("cergy", "backbone", 10000, "share")
DOCUMENTS = {
    "upward": (document(machines(2000), LATE), month(again(machines(1000)))),
    "downward": (
        credit(TAKEN, preceding=(Preceding("F2026-00007", ISSUED, (VatAmount(RATE, 315, 63),)),)),
        month(again(machines(600), machines(400, "vm-0002"))),
    ),
    "carried": (document(lines=carried(AUGUST, SHARE)), month(then(AUGUST, shared(50000, 10, 31, 200, 10000)))),
    "true-up": (document(TRUE_UP), month(true_ups=(SETTLED,))),
}


def lines(found: Document, of: Month, language: str = "fr") -> list[dict[str, Any]]:
    return line_data(found, of, {"fr": FR, "en": EN}[language])


def note(line: dict[str, Any]) -> str:
    return "".join(n["BT-127"] for n in line["BT-127-00"]).translate(PLAIN)


def days(line: dict[str, Any]) -> tuple[str, str] | None:
    """First and last day of a line; None where they are the document's."""
    return (str(line["BT-134"]), str(line["BT-135"])) if "BT-134" in line else None


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_of_earlier_months_is_accepted(name: str, language: str) -> None:
    """Schema, EN 16931, BR-FR and our own checks have nothing to say, not even a warning."""
    found, of = DOCUMENTS[name]
    assert findings(cii_xml(found, of, {"fr": FR, "en": EN}[language]), found) == ()


def test_an_upward_adjustment_has_its_days_its_invoice_and_the_words_of_the_page() -> None:
    """BG-26, BT-128 and BT-127 of the adjustment; the line of the month has none of the two first."""
    own, late = lines(*DOCUMENTS["upward"])
    assert (days(own), own.get("BT-128")) == (None, None)
    assert days(late) == ("2026-09-01", "2026-09-30")
    assert late["BT-128"] == {"OI": "F2026-00007"}
    assert late["BT-153"] == "Machines virtuelles, calcul, régularisation de septembre 2026"
    assert (
        note(late)
        == """Régularisation de septembre 2026, facture n° F2026-00007
Recalculé 10,50 €, facturé 7,35 € : 3,15 €
Motif : relevés reçus ou corrigés après la facturation.
vm-0001 : 1 000 vCPU·h × 0,0105 € = 10,50 €"""
    )


def test_a_downward_adjustment_names_its_invoice_as_the_document_it_corrects() -> None:
    """BG-3 names it: the line has its days and says the amounts as the page does, as charged."""
    found, of = DOCUMENTS["downward"]
    (line,) = lines(found, of)
    assert (days(line), line.get("BT-128"), line["BT-131"]) == (("2026-09-01", "2026-09-30"), None, "3.15")
    assert (
        note(line)
        == """Régularisation de septembre 2026
Recalculé 10,50 €, facturé 13,65 € : −3,15 €
Motif : tarif modifié après la facturation.
2 ressources, détail en annexe : 1 000 vCPU·h × 0,0105 €"""
    )


def test_a_carried_line_has_the_days_and_the_calculation_of_its_month() -> None:
    """August, not October."""
    (line,) = lines(*DOCUMENTS["carried"])
    assert days(line) == ("2026-08-01", "2026-08-31")
    assert note(line) == "Report d'août 2026\n500,00 € × 200 agents ÷ 1 000 agents = 100,00 €"


def test_the_period_is_all_the_months_that_a_document_bills() -> None:
    """BG-14 from August, which was carried, to October; the day of supply is the last one. What adjusts or settles
    earlier months is not of the period."""
    spans = {
        name: tuple(str(cii_data(*DOCUMENTS[name], FR)[term]) for term in ("BT-73", "BT-74", "BT-72"))
        for name in DOCUMENTS
    }
    own = ("2026-10-01", "2026-10-31", "2026-10-31")
    assert spans == {
        "upward": own,
        "downward": own,
        "carried": ("2026-08-01", "2026-10-31", "2026-10-31"),
        "true-up": own,
    }
    both = document(machines(2000), lines=(*carried(SEPTEMBER, machines(20)), *carried(AUGUST, machines(10))))
    assert (both.first_month, both.months) == (AUGUST, "2026-08/2026-10")
    assert document(machines(2000)).months == "2026-10"


def test_a_true_up_has_the_days_of_its_year() -> None:
    """From 1 January to 31 December of the year that is settled."""
    (line,) = lines(*DOCUMENTS["true-up"])
    assert days(line) == ("2025-01-01", "2025-12-31")
    assert note(line).startswith("Quote-part de l'année 2025, 300,00 € de 1 000,00 €")


def test_a_carried_true_up_has_the_days_of_its_year_too() -> None:
    """The month that carried it is in the note."""
    found = document(lines=carried(AUGUST, TRUE_UP))
    (line,) = lines(found, month(then(AUGUST, true_ups=(SETTLED,))))
    assert days(line) == ("2025-01-01", "2025-12-31")
    assert note(line).startswith("Report d'août 2026\nQuote-part de l'année 2025, 300,00 €")


def test_a_long_calculation_is_left_to_the_page() -> None:
    """Thirteen tiers and machines: the note keeps what is compared and why."""
    parts = [months.charge("cergy", "vcpu-hours", 100, tier=n) for n in range(1, 14)]
    (_, late) = lines(document(machines(2000), LATE), month(again(*parts)))
    assert note(late).endswith("Motif : relevés reçus ou corrigés après la facturation.")


def test_the_lines_are_in_the_order_of_the_page() -> None:
    """Those of the month, then those carried, though the rule is the same; each keeps its number."""
    found = document(machines(2000), LATE, lines=carried(AUGUST, machines(10)))
    told = lines(found, month(again(machines(1000)), then(AUGUST)))
    assert [line["BT-131"] for line in told] == ["21.00", "3.15", "0.11"]
    assert [found.lines[int(line["BT-126"]) - 1].amount for line in told] == [2100, 315, 11]


def test_the_xml_holds_the_days_and_the_invoice_of_a_line() -> None:
    """As written in the file."""
    found, of = DOCUMENTS["upward"]
    root = etree.fromstring(cii_xml(found, of, FR))
    line = "//ram:IncludedSupplyChainTradeLineItem[2]/ram:SpecifiedLineTradeSettlement"
    texts = [
        root.xpath(f"string({line}/{path})", namespaces=NAMES)
        for path in (
            "ram:BillingSpecifiedPeriod/ram:StartDateTime/udt:DateTimeString",
            "ram:BillingSpecifiedPeriod/ram:EndDateTime/udt:DateTimeString",
            "ram:AdditionalReferencedDocument/ram:IssuerAssignedID",
            "ram:AdditionalReferencedDocument/ram:TypeCode",
            "ram:AdditionalReferencedDocument/ram:ReferenceTypeCode",
        )
    ]
    assert texts == ["20260901", "20260930", "F2026-00007", "130", "OI"]
