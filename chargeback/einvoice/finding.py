"""Findings of the checks of an electronic invoice, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["fatal", "warning"]
FATAL: Final = "fatal"
WARNING: Final = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """Finding: a rule that an electronic invoice does not meet.

    Attributes:
        rule: official name of the rule (``BR-CO-17``), or ours (``CB-VAT``).
        severity: ``fatal`` for a rule that must be met, ``warning`` for one that should be.
        path: path of the element in the XML, without namespaces.
        text: text of the rule, in its own language.
    """

    rule: str
    severity: Severity
    path: str
    text: str
