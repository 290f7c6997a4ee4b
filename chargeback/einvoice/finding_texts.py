"""Finding texts: a finding as a problem of the workspace, with its rule, its field and the row or setting to correct.

The names of fields and the texts of common rules are in ``finding_texts.toml``; other rules have their own text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from chargeback.einvoice.finding import FATAL, Finding
from chargeback.einvoice.lines import printed_order
from chargeback.model.documents import Document
from chargeback.model.month import Month
from chargeback.model.problem import Place, Problem
from chargeback.workspace.files.toml_lines import line_at

Origin = Literal["operator", "numbering", "billing", "regime", "payer", "rule", "wording", "program"]
SETTINGS = "chargeback.toml"
REPORT = "this is a fault of the program: please report it with this line"
TABLES = {"operator": "operator", "numbering": "numbering", "billing": "billing"}
OURS = ("CB-", "XML", "XSD")
NOT_LISTED = "the value is not of the official list of codes"
UNKNOWN_CODE = re.compile(r"^Value of .* is not allowed")
LINE = re.compile(r"IncludedSupplyChainTradeLineItem\[([0-9]+)\]")


@dataclass(frozen=True, slots=True)
class InvoiceField:
    """Field of EN 16931.

    Attributes:
        number: number, as ``BT-31``.
        name: name for the reader.
        origin: origin of its value.
        path: end of its path in the XML.
    """

    number: str
    name: str
    origin: Origin
    path: str


@dataclass(frozen=True, slots=True)
class RuleText:
    """Text of a rule.

    Attributes:
        text: sentence on the fault.
        remedy: correction to make; '' for a fault of the program, or for a general one.
        field: number of the field; '' where the finding itself leads to it.
        origin: origin of the fault; '' for that of the field.
    """

    text: str
    remedy: str = ""
    field: str = ""
    origin: Origin | Literal[""] = ""


def problems(
    found: Iterable[Finding],
    document: Document,
    month: Month,
) -> list[Problem]:
    """Problems of the fatal findings on a document, each at the row, rule or line of chargeback.toml to correct."""
    return [_problem(finding, document, month) for finding in found if finding.severity == FATAL]


def _problem(finding: Finding, document: Document, month: Month) -> Problem:
    rule = texts()[1].get(finding.rule) or RuleText(NOT_LISTED if UNKNOWN_CODE.search(finding.text) else finding.text)
    field = field_of(finding)
    origin = rule.origin or (field.origin if field else "program")
    named = f"{finding.rule}, {field.number} {field.name}" if field else finding.rule
    detail = f": {finding.text}" if finding.text != rule.text and finding.rule.startswith(OURS) else ""
    remedy = _remedy(rule.remedy, origin, document)
    message = f"{_named(document, origin)} would not be accepted: {rule.text} ({named}){detail}; {remedy}"
    return Problem(_place(origin, finding, document, month), message, "einvoice-refused")


def _named(document: Document, origin: Origin) -> str:
    """Name of a document that is the same when it is issued again: its payer and regime, not its number.

    A fault in a setting or a rule concerns every payer: it is reported once for a regime.
    """
    kind = "credit note" if document.kind == "credit_note" else "document"
    if origin in TABLES or origin in ("regime", "rule"):
        return f"the {kind}s under [vat.{document.regime.name}]"
    return f"the {kind} for {document.payer.member_id} under [vat.{document.regime.name}]"


def _remedy(remedy: str, origin: Origin, document: Document) -> str:
    if origin == "program":
        return REPORT
    where = {"payer": "in this row", "regime": f"in [vat.{document.regime.name}]", "rule": "in this rule"}
    place = where.get(origin) or (f"in [{TABLES[origin]}]" if origin in TABLES else "")
    return f"{remedy or 'correct it'} {place}".rstrip()


def field_of(finding: Finding) -> InvoiceField | None:
    """Field of a finding: that of its rule, else of its path, else the first one that its text names; None for none."""
    fields, rules = texts()
    path = re.sub(r"\[[0-9]+\]", "", finding.path)
    by_path = max((f for f in fields.values() if path.endswith(f.path)), key=lambda f: len(f.path), default=None)
    rule = rules.get(finding.rule)
    if rule and rule.field:
        return fields[rule.field]
    if by_path is not None:
        return by_path
    named = re.search(r"\bBT-[0-9]+\b", finding.text)
    return fields.get(named[0]) if named else None


def _place(origin: Origin, finding: Finding, document: Document, month: Month) -> Place:
    """Row or setting to correct; the row of the payer where the origin has none of its own."""
    lines = month.settings.lines
    if origin == "regime":
        return Place(SETTINGS, line_at(lines, f"vat.{document.regime.name}"))
    if origin in TABLES:
        return Place(SETTINGS, line_at(lines, TABLES[origin]))
    if origin == "wording":
        return Place(month.settings.reports or "reports")
    at = LINE.search(finding.path)
    if origin == "rule" and at is not None:
        line = list(printed_order(document, month))[int(at[1]) - 1]
        return month.rules[line.rule].where("unit")
    return document.payer.where


@cache
def texts() -> tuple[dict[str, InvoiceField], dict[str, RuleText]]:
    """(fields by number, texts of rules by name)."""
    read = tomllib.loads((files("chargeback.einvoice") / "finding_texts.toml").read_text(encoding="utf-8"))
    fields = {number: InvoiceField(number, **values) for number, values in read["fields"].items()}
    return fields, {rule: RuleText(**values) for rule, values in read["rules"].items()}
