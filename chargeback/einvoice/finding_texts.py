"""Findings in words: the rule, the field by number and name, and the row or setting to mend, as problems of the workspace.

The words of the common rules stand in ``finding_texts.toml``; of the others, the rule's own text is shown.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from chargeback.einvoice.finding import FATAL, Finding
from chargeback.einvoice.lines import printed_order
from chargeback.model.documents import Document
from chargeback.model.month import Month
from chargeback.model.problem import Place, Problem
from chargeback.workspace.files.toml_lines import line_at

SETTINGS = "chargeback.toml"
REPORT = "this is a fault of the program: please report it with this line"
TABLES = {"operator": "operator", "numbering": "numbering", "billing": "billing"}
OURS = ("CB-", "XML", "XSD")
NOT_LISTED = "the value is not of the official list of codes"
UNKNOWN_CODE = re.compile(r"^Value of .* is not allowed")
LINE = re.compile(r"IncludedSupplyChainTradeLineItem\[([0-9]+)\]")


@dataclass(frozen=True, slots=True)
class InvoiceField:
    """A field of EN 16931: its number, what it is called, what it comes from, and the end of its path."""

    number: str
    name: str
    of: str
    path: str


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule in words; ``field`` and ``of`` are '' where the finding says it, ``mend`` '' where only we can mend it."""

    says: str
    mend: str = ""
    field: str = ""
    of: str = ""


def problems(
    found: Iterable[Finding],
    document: Document,
    month: Month,
) -> list[Problem]:
    """Fatal findings of a document as problems, at the row, the rule or the line of chargeback.toml to mend."""
    return [_problem(finding, document, month) for finding in found if finding.severity == FATAL]


def _problem(finding: Finding, document: Document, month: Month) -> Problem:
    words = texts()[1].get(finding.rule) or RuleText(NOT_LISTED if UNKNOWN_CODE.search(finding.text) else finding.text)
    field = field_of(finding)
    of = words.of or (field.of if field else "program")
    named = f"{finding.rule}, {field.number} {field.name}" if field else finding.rule
    detail = f": {finding.text}" if finding.text != words.says and finding.rule.startswith(OURS) else ""
    mend = _remedy(words.mend, of, document)
    message = f"{_named(document, of)} would not be accepted: {words.says} ({named}){detail}; {mend}"
    return Problem(_place(of, finding, document, month), message, "einvoice-refused")


def _named(document: Document, of: str) -> str:
    """The document by what stays the same when it is issued again: payer and family, not the number it would have had.

    What is wrong in a setting or a rule is so for every payer: it is said once for a family.
    """
    kind = "credit note" if document.kind == "credit_note" else "document"
    if of in TABLES or of in ("regime", "rule"):
        return f"the {kind}s under [vat.{document.regime.name}]"
    return f"the {kind} for {document.payer.member_id} under [vat.{document.regime.name}]"


def _remedy(mend: str, of: str, document: Document) -> str:
    if of == "program":
        return REPORT
    where = {"payer": "in this row", "regime": f"in [vat.{document.regime.name}]", "rule": "in this rule"}
    place = where.get(of) or (f"in [{TABLES[of]}]" if of in TABLES else "")
    return f"{mend or 'correct it'} {place}".rstrip()


def field_of(finding: Finding) -> InvoiceField | None:
    """The field that a finding is about: by its path, else by its rule, else the first one that its text names."""
    fields, rules = texts()
    path = re.sub(r"\[[0-9]+\]", "", finding.path)
    by_path = max((f for f in fields.values() if path.endswith(f.path)), key=lambda f: len(f.path), default=None)
    words = rules.get(finding.rule)
    if words and words.field:
        return fields[words.field]
    if by_path is not None:
        return by_path
    named = re.search(r"\bBT-[0-9]+\b", finding.text)
    return fields.get(named[0]) if named else None


def _place(of: str, finding: Finding, document: Document, month: Month) -> Place:
    """The row or setting to mend; the payer's row where only the document can be named."""
    lines = month.settings.lines
    if of == "regime":
        return Place(SETTINGS, line_at(lines, f"vat.{document.regime.name}"))
    if of in TABLES:
        return Place(SETTINGS, line_at(lines, TABLES[of]))
    if of == "wording":
        return Place(month.settings.reports or "reports")
    at = LINE.search(finding.path)
    if of == "rule" and at is not None:
        line = list(printed_order(document, month))[int(at[1]) - 1]
        return month.rules[line.rule].where("unit")
    return document.payer.where


@cache
def texts() -> tuple[dict[str, InvoiceField], dict[str, RuleText]]:
    """The fields by number and the rules by name."""
    read = tomllib.loads((files("chargeback.einvoice") / "finding_texts.toml").read_text(encoding="utf-8"))
    fields = {number: InvoiceField(number, **values) for number, values in read["fields"].items()}
    return fields, {rule: RuleText(**values) for rule, values in read["rules"].items()}
