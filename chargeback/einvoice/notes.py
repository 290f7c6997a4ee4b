"""Notes of an electronic invoice: its title, the reason of a correction, late payment, the tax point; payment terms.

Every text is one of the wording, by VAT category. BR-FR-05 requires the notes PMT, PMD and AAB on every document: where
late payment has no consequence, that is their text.
"""

from __future__ import annotations

from typing import Any

from chargeback.model.documents import Document
from chargeback.render.text.labels import regime_text, settled_how, title_of, vat_point
from chargeback.workspace.reports.wording import Wording

CODED = (("PMT", "recovery"), ("PMD", "penalties"), ("AAB", "discount"))


def notes(document: Document, wording: Wording) -> list[dict[str, str]]:
    """Notes of a document (BG-1), each with its subject code of UNTDID 4451 (BT-21)."""
    found = [{"BT-22": title_of(document, wording)}]
    if document.reason:
        found.append({"BT-22": wording.text("invoice.reason", reason=document.reason)})
    for code, key in CODED:
        found.append({"BT-22": _late(document, key, wording), "BT-21": code})
    due = vat_point(document, wording)
    return [*found, {"BT-22": due, "BT-21": "TXD"}] if due else found


def _late(document: Document, key: str, wording: Wording) -> str:
    """Note on late payment; of a credit note, that nothing is to be paid."""
    if document.kind == "credit_note":
        return wording.text(f"regimes.credit_note.{key}")
    return regime_text(wording, document.regime.category, key)


def terms(document: Document, wording: Wording) -> dict[str, Any]:
    """Payment terms: the due date of an invoice (BT-9), the settlement of a credit note (BT-20)."""
    if document.kind == "credit_note":
        return {"BT-20": settled_how(document, wording)}
    return {"BT-9": document.due_date} if document.due_date is not None else {}
