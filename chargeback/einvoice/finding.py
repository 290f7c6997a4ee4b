"""What a check finds in an electronic invoice, as a value."""

from __future__ import annotations

from dataclasses import dataclass

FATAL, WARNING = "fatal", "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a document does not meet. ``rule`` is its official name (``BR-CO-17``) or ours (``CB-VAT``).

    ``severity`` is ``fatal`` or ``warning``; ``path`` leads to the element in the XML, without namespaces;
    ``text`` is what the rule itself says, in its own language.
    """

    rule: str
    severity: str
    path: str
    text: str
