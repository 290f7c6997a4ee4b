"""A document as Factur-X: what the XML says, read back and compared; lines, parties, payment, notes; the same bytes
again.

``CHARGEBACK_GOLDEN=write pytest tests/test_cii.py`` writes the golden XML anew; read the difference before it is
committed.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from facturx.parse_xml import parse_ubl_cii_xml

from chargeback.einvoice.cii import cii_data, cii_xml
from chargeback.einvoice.lines import PricedLine, number_text, priced, printed_order
from chargeback.einvoice.validation import findings
from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.money import euros
from chargeback.model.month import Month
from chargeback.model.settings import Operator
from chargeback.workspace.reports.wording import read_wording
from kit import einvoices
from kit import sample_month as months
from kit.paths import GOLDEN

FR, EN = read_wording("fr_FR"), read_wording("en_GB")
WORDINGS = {"fr": FR, "en": EN}
MONTH = einvoices.MONTH
ONE = Fraction(1)
PLAIN = str.maketrans("\u202f\u00a0", "  ")


def data(document: Document, month: Month = MONTH, language: str = "fr") -> dict[str, Any]:
    return cii_data(document, month, WORDINGS[language])


def billed(*charges: Charge, month: Month = MONTH, payer: str = "cergy") -> Document:
    """An issued document of a few charges, under the regime of the first."""
    regime = months.REGIMES[charges[0].vat]
    return months.issued(months.document(month.members[payer], regime, charges))


def with_version(rule_id: str, **fields: Any) -> Month:
    """The month with other terms of a rule's first version."""
    rule = MONTH.rules[rule_id]
    version = rule.version[0].model_copy(update=fields)
    changed = rule.model_copy(update={"version": (version, *rule.version[1:])})
    return replace(MONTH, rules={**MONTH.rules, rule_id: changed})


def only_line(document: Document, month: Month = MONTH, language: str = "fr") -> dict[str, Any]:
    """The one line of a document that has no finding, its text with plain spaces."""
    assert findings(cii_xml(document, month, WORDINGS[language]), document) == ()
    (line,) = data(document, month, language)["BG-25"]
    note = line.pop("BT-127-00")
    return line | {"note": note[0]["BT-127"].translate(PLAIN) if note else ""}


@pytest.mark.parametrize("language", WORDINGS)
@pytest.mark.parametrize("name", einvoices.DOCUMENTS)
def test_the_xml_is_the_golden_one(name: str, language: str) -> None:
    """Every kind of document, in French and in English, as it was judged good."""
    xml = cii_xml(einvoices.DOCUMENTS[name], MONTH, WORDINGS[language])
    path = GOLDEN / f"einvoice-{name}-{language}.xml"
    if os.environ.get("CHARGEBACK_GOLDEN") == "write":
        path.write_bytes(xml)
    assert xml.decode("utf-8") == path.read_bytes().decode("utf-8")


@pytest.mark.parametrize("name", einvoices.DOCUMENTS)
def test_the_library_reads_back_what_was_written(name: str) -> None:
    """Parsed by factur-x, the XML says field by field what was handed over: nothing is lost on the way."""
    document = einvoices.DOCUMENTS[name]
    given, read = data(document), parse_ubl_cii_xml(cii_xml(document, MONTH, FR))
    assert read.pop("BT-24") == "urn:cen.eu:en16931:2017"
    for line in given["BG-25"]:
        if not line["BT-127-00"]:
            del line["BT-127-00"]
    assert read == given


@pytest.mark.parametrize("name", einvoices.DOCUMENTS)
def test_the_xml_says_what_the_document_says(name: str) -> None:
    """Number, dates, parties, lines and totals are the document's, a credit note's with the opposite sign."""
    document = einvoices.DOCUMENTS[name]
    read = parse_ubl_cii_xml(cii_xml(document, MONTH, FR))
    sign = -1 if document.kind == "credit_note" else 1
    assert (read["BT-1"], read["BT-2"]) == (document.number, document.issue_date)
    assert read["BG-7"]["identifiers"] == {"0009": document.payer.siret}
    amounts = sorted(Decimal(line["BT-131"]) for line in read["BG-25"])
    assert amounts == sorted(euros(sign * line.amount) for line in document.lines)
    sums = tuple(Decimal(read[field]) for field in ("BT-106", "BT-109", "BT-110", "BT-112", "BT-115"))
    net, vat, gross = (euros(sign * cents) for cents in (document.net, document.vat, document.gross))
    assert sums == (net, net, vat, gross, gross)
    assert sum(amounts) == net
    assert net > 0


def test_the_same_document_gives_the_same_bytes() -> None:
    """Written twice, byte by byte the same."""
    document = einvoices.DOCUMENTS["services-invoice"]
    assert cii_xml(document, MONTH, FR) == cii_xml(document, einvoices.complete_month(), read_wording("fr_FR"))


def test_a_draft_has_no_xml() -> None:
    """What has no number yet is no electronic invoice."""
    with pytest.raises(ValueError, match="a draft has no electronic invoice"):
        cii_xml(months.draft(MONTH, "cergy", "services"), MONTH, FR)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("services-invoice", "380"), ("contributions-credit-note", "381"), ("cost-sharing-refund", "262")],
)
def test_the_type_says_what_kind_of_document_it_is(name: str, kind: str) -> None:
    """An invoice, a credit note that names its original, and one of a whole period, which names its contract
    instead."""
    found = data(einvoices.DOCUMENTS[name])
    assert found["BT-3"] == kind
    assert found.get("BT-12") == ("Délibération 2025-12-12 n° 7" if kind == "262" else None)
    original = [{"BT-25": "F2026-00007", "BT-26": date(2026, 10, 12)}]
    assert found.get("BG-3") == (original if kind == "381" else None)


def test_a_usage_is_quantity_and_price() -> None:
    """A charge that is its product to the cent shows both, with the unit's code."""
    line = only_line(billed(months.priced("cergy", "object-storage", Fraction("2400.5"), Decimal("0.015"), tier=3)))
    shown = {key: line[key] for key in ("BT-129", "BT-130", "BT-146", "BT-131", "note")}
    assert shown == {"BT-129": "2400.5", "BT-130": "E34", "BT-146": "0.015", "BT-131": "36.01", "note": ""}
    assert "BT-149" not in line


def test_a_small_price_has_a_base_quantity() -> None:
    """A price of more than six decimals is written for more than one unit."""
    charge = months.priced("cergy", "object-storage", Fraction(125_000_000), Decimal("0.0000012345"), tier=1)
    line = only_line(billed(charge))
    assert (line["BT-129"], line["BT-146"], line["BT-149"]) == ("125000000", "0.012345", "10000")
    assert line["BT-131"] == "154.31"


def test_a_quantity_that_four_decimals_cannot_tell_is_one_amount() -> None:
    """Where the quantity cut to four decimals would give another cent, the line is 1 × its amount, the product in the
    note."""
    line = only_line(billed(months.priced("cergy", "rack-units", Fraction(1, 3), Decimal("1234567.89"))))
    assert (line["BT-129"], line["BT-130"], line["BT-146"], line["BT-131"]) == ("1", "C62", "411522.63", "411522.63")
    assert line["note"] == "0,333333 U × 1 234 567,89 € = 411 522,63 €"


def test_resources_rounded_apart_are_one_amount() -> None:
    """Charges whose cents do not add up to the product of their sum: 1 × the amount, with what it is made of."""
    price = Decimal("0.0105")
    charges = [months.priced("cergy", "vcpu-hours", ONE, price, resource_id=f"vm-{n}") for n in range(3)]
    line = only_line(billed(*charges))
    assert (line["BT-129"], line["BT-131"]) == ("3", "0.03")
    charges = [months.priced("cergy", "vcpu-hours", Fraction(3, 2), price, resource_id=f"vm-{n}") for n in range(3)]
    line = only_line(billed(*charges))
    assert (line["BT-129"], line["BT-146"], line["BT-131"]) == ("1", "0.06", "0.06")
    assert line["note"] == "3 ressources, détail en annexe : 4,5 vCPU·h × 0,0105 €"


def test_days_of_a_cut_month_are_one_amount() -> None:
    """With a factor of days, the line is 1 × its amount, and the note says the whole product."""
    charge = months.priced("cergy", "rack-units", Fraction(12), Decimal("42.50"), factor=Fraction(16, 31))
    line = only_line(billed(charge))
    assert (line["BT-129"], line["BT-146"]) == ("1", "263.23")
    assert line["note"] == "12 U × 42,50 € × 16/31 = 263,23 €"


@pytest.mark.parametrize(
    ("language", "note"),
    [("fr", "−1 200,00 € × 60 ÷ 100 parts = −720,00 €"), ("en", "−€1,200.00 × 60 ÷ 100 parts = −€720.00")],
)
def test_a_share_is_one_amount_with_its_key(language: str, note: str) -> None:
    """A share is 1 × its amount; the note has pool, key value and key total, in the language of the document."""
    line = data(einvoices.invoice("gonesse", "cost-sharing"), language=language)["BG-25"][1]
    assert (line["BT-129"], line["BT-130"], line["BT-146"]) == ("-1", "C62", "720.00")
    assert line["BT-127-00"][0]["BT-127"].translate(PLAIN) == note


def test_part_of_a_year_is_one_amount() -> None:
    """A twelfth is 1 × its cents, with the year's product in the note."""
    document = einvoices.invoice("cergy", "contributions")
    line = next(n for n in data(document)["BG-25"] if n["BT-155"] == "adhesion" and n["BT-129"] == "1")
    assert line["BT-127-00"][0]["BT-127"].translate(PLAIN).startswith("70 906 hab. × 0,50 € = 35 453,00 € par an")


def test_a_rebate_in_an_invoice_is_minus_one() -> None:
    """What gives money back in a positive document has quantity −1 and a positive price, never a price below zero."""
    line = data(einvoices.DOCUMENTS["cost-sharing-invoice"])["BG-25"][1]
    assert (line["BT-129"], line["BT-146"], line["BT-131"]) == ("-1", "720.00", "-720.00")


def test_a_credit_note_is_positive() -> None:
    """What was billed is given back as positive amounts; what was a rebate is negative there."""
    lines = data(einvoices.DOCUMENTS["cost-sharing-credit-note"])["BG-25"]
    assert [(n["BT-129"], n["BT-146"], n["BT-131"]) for n in lines] == [
        ("1", "1073.21", "1073.21"),
        ("-1", "720.00", "-720.00"),
    ]
    usage = data(einvoices.DOCUMENTS["services-credit-note"])["BG-25"][0]
    assert (usage["BT-129"], usage["BT-146"], usage["BT-131"]) == ("1000", "0.021", "21.00")


def test_a_discount_has_a_positive_price() -> None:
    """A price below zero turns the sign of the quantity."""
    discount = months.priced("cergy", "rack-units", Fraction(10), Decimal("-1.50"))
    rack = months.priced("cergy", "vcpu-hours", Fraction(10000), Decimal("0.0105"))
    document = billed(discount, rack)
    assert findings(cii_xml(document, MONTH, FR), document) == ()
    line = next(n for n in data(document)["BG-25"] if n["BT-155"] == "rack-units")
    assert (line["BT-129"], line["BT-146"], line["BT-131"]) == ("-10", "1.50", "-15.00")


def test_packages_count_packages() -> None:
    """A price for packages is for pieces: the unit of the meter would be wrong by the size of the package."""
    month = with_version("rack-units", model="package", package_size=Decimal(50))
    line = only_line(billed(months.priced("cergy", "rack-units", Fraction(3), Decimal("7.50")), month=month), month)
    assert (line["BT-129"], line["BT-130"], line["BT-131"]) == ("3", "C62", "22.50")


@pytest.mark.parametrize("sign", [1, -1])
def test_every_line_of_the_month_is_its_product(sign: int) -> None:
    """Whatever the charge, what is written multiplies to the amount of the line, with figures of the allowed length."""
    for document in MONTH.documents:
        for line in printed_order(document, MONTH):
            terms = priced(line, sign, MONTH)
            assert terms.cents == sign * line.amount
            assert terms.price >= 0
            assert terms == PricedLine(round(terms.quantity, 4), round(terms.price, 6), terms.base, terms.unit)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ("1000", 0, "1000"),
        ("1E+3", 0, "1000"),
        ("2.50", 0, "2.5"),
        ("5", 2, "5.00"),
        ("0.0105", 2, "0.0105"),
        ("0", 2, "0.00"),
    ],
)
def test_a_number_is_written_in_digits(value: str, places: int, text: str) -> None:
    """No exponent, no zeros that say nothing."""
    assert number_text(Decimal(value), places) == text


def test_lines_of_others_name_their_beneficiary() -> None:
    """On a document paid for another member, the note says for whom."""
    charge = months.priced("ecouen", "object-storage", Fraction(850), Decimal("0.021"), tier=1)
    assert only_line(billed(charge, payer="argenteuil"))["note"] == "Pour le compte de : Commune d'Écouen"
    assert only_line(billed(charge, payer="argenteuil"), language="en")["note"] == "On behalf of: Commune d'Écouen"


@pytest.mark.parametrize(("regime", "vat"), [("services", True), ("cost-sharing", True), ("contributions", False)])
def test_vat_numbers_are_where_vat_is(regime: str, vat: bool) -> None:
    """Taxed and exempt documents show the VAT numbers that are known; those out of scope show none (BR-O-02)."""
    document = einvoices.INVOICES[regime]
    taxable = replace(document, payer=replace(document.payer, vat_number="FR40303265045", siret="30326504500019"))
    found = data(taxable)
    assert found["BG-4"].get("vat_identifier") == ("FR13990000010" if vat else None)
    assert found["BG-7"].get("vat_identifier") == ("FR40303265045" if vat else None)


def test_parties_are_found_by_siren_and_siret() -> None:
    """SIREN as legal identifier and electronic address, SIRET as the other; a long address on three lines."""
    payer = replace(einvoices.INVOICES["services"].payer, address=("Mairie", "Bât. A", "1 rue Haute", "BP 12"))
    party = data(replace(einvoices.INVOICES["services"], payer=payer))["BG-7"]
    assert party == {
        "name": "Commune de Cergy",
        "country_code": "FR",
        "identifiers": {"0009": "99100002700011"},
        "legal_identifier": "991000027",
        "legal_identifier_schemeid": "0002",
        "einvoicing_addr": "991000027",
        "einvoicing_addr_schemeid": "0225",
        "addr_l1": "Mairie",
        "addr_l2": "Bât. A",
        "addr_l3": "1 rue Haute, BP 12",
        "postcode": "95800",
        "city": "Cergy",
    }


def test_the_references_of_the_payer_are_there() -> None:
    """Service code and engagement, where the payer has some."""
    found = data(einvoices.INVOICES["services"])
    assert (found["BT-10"], found["BT-13"]) == ("DSI-2026", "EJ-104233")
    assert {"BT-10", "BT-13"} & data(einvoices.INVOICES["contributions"]).keys() == set()


def test_an_invoice_says_where_and_when_to_pay() -> None:
    """Account, BIC, payee, what to quote, due date; a hospital's fifty days are in the date."""
    found = data(einvoices.invoice("hopital", "services"))
    fields = ("BT-9", "BT-81", "BT-83", "BT-84", "BT-85", "BT-86", "BG-10")
    assert {field: found[field] for field in fields} == {
        "BT-9": date(2026, 12, 25),
        "BT-81": "58",
        "BT-83": "F2026-00012",
        "BT-84": "FR7699999000010000012345014",
        "BT-85": "Trésorerie de l'Exemple",
        "BT-86": "EXEMFRPP",
        "BG-10": {"name": "Trésorerie de l'Exemple"},
    }


def test_a_credit_note_asks_for_nothing() -> None:
    """No account, no due date; how it is settled, and why it was drawn up."""
    found = data(einvoices.DOCUMENTS["services-credit-note"])
    assert {"BT-9", "BT-81", "BT-84", "BG-10"} & found.keys() == set()
    assert found["BT-20"] == "À déduire de vos prochains règlements ou à rembourser"
    assert {"BT-22": "Motif : Relevé corrigé"} in found["BG-1"]


@pytest.mark.parametrize(("iban", "bic", "payee"), [("", "", ""), ("FR7699999000010000012345014", "", "")])
def test_payment_details_that_are_not_known_are_left_out(iban: str, bic: str, payee: str) -> None:
    """Without IBAN no means of payment; without payee the account is in the name of who bills."""
    operator: Operator = replace(months.OPERATOR, iban=iban, bic=bic, payee=payee)
    month = replace(MONTH, settings=replace(MONTH.settings, operator=operator))
    document = einvoices.INVOICES["services"]
    found = data(document, month)
    assert findings(cii_xml(document, month, FR), document) == ()
    assert found.get("BT-84") == (iban or None)
    assert found.get("BT-85") == (months.OPERATOR.name if iban else None)
    assert {"BT-86", "BG-10"} & found.keys() == set()


DUE = {
    ("fr", "payment"): "TVA acquittée sur les encaissements.",
    ("fr", "invoice"): "Option pour le paiement de la taxe d'après les débits.",
    ("en", "payment"): "VAT due on payment.",
}


@pytest.mark.parametrize(("language", "due"), DUE)
def test_a_taxed_document_says_when_the_vat_falls_due(language: str, due: str) -> None:
    """On payment, or on the invoice by option: as a code (BT-8) and in words (TXD)."""
    document = einvoices.INVOICES["services"]
    document = replace(document, regime=replace(document.regime, tax_point=due))
    found = data(document, language=language)
    assert found["BT-8"] == due
    assert {"BT-22": DUE[language, due], "BT-21": "TXD"} in found["BG-1"]
    assert findings(cii_xml(document, MONTH, WORDINGS[language]), document) == ()
    code = "72" if due == "payment" else "5"
    assert f"<ram:DueDateTypeCode>{code}</ram:DueDateTypeCode>".encode() in cii_xml(document, MONTH, FR)


@pytest.mark.parametrize("regime", ["cost-sharing", "contributions"])
def test_an_untaxed_document_says_nothing_of_when_vat_falls_due(regime: str) -> None:
    """Without VAT there is no point in time for it."""
    found = data(einvoices.INVOICES[regime])
    assert "BT-8" not in found
    assert [note.get("BT-21") for note in found["BG-1"]] == [None, "PMT", "PMD", "AAB"]


@pytest.mark.parametrize(
    ("language", "regime", "title", "penalty"),
    [
        ("fr", "services", "Facture", "En cas de retard de paiement : intérêts moratoires"),
        ("fr", "contributions", "Appel de contribution", "Sans pénalités de retard."),
        ("en", "services", "Invoice", "Late payment: interest at the rate"),
        ("en", "contributions", "Call for contribution", "No penalties for late payment."),
    ],
)
def test_title_and_late_payment_follow_the_regime(language: str, regime: str, title: str, penalty: str) -> None:
    """A contribution is called for, not invoiced, and bears no penalty; the coded notes say so all the same
    (BR-FR-05)."""
    notes = data(einvoices.INVOICES[regime], language=language)["BG-1"]
    assert notes[0] == {"BT-22": title}
    (found,) = [note["BT-22"] for note in notes if note.get("BT-21") == "PMD"]
    assert found.startswith(penalty)


def test_the_exemption_is_shown_in_words_and_code() -> None:
    """The text of the regime and its code of the VATEX list; a taxed document has none."""
    (exempt,) = data(einvoices.INVOICES["cost-sharing"])["BG-23"]
    assert exempt == {
        "BT-116": "353.21",
        "BT-117": "0.00",
        "BT-118": "E",
        "BT-119": "0.00",
        "BT-120": "Exonération de TVA, article 261 B du CGI",
        "BT-121": "VATEX-EU-132-1F",
    }
    (outside,) = data(einvoices.INVOICES["contributions"])["BG-23"]
    assert (outside["BT-118"], "BT-119" in outside, outside["BT-121"]) == ("O", False, "VATEX-EU-O")
    (taxed,) = data(einvoices.INVOICES["services"])["BG-23"]
    assert taxed == {"BT-116": "813.14", "BT-117": "162.63", "BT-118": "S", "BT-119": "20.00"}


def test_the_month_is_the_period_of_supply() -> None:
    """First and last day of the month; the last one stands for the delivery."""
    found = data(einvoices.INVOICES["services"])
    assert (found["BT-73"], found["BT-74"], found["BT-72"]) == (
        date(2026, 10, 1),
        date(2026, 10, 31),
        date(2026, 10, 31),
    )
