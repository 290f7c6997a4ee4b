"""Months issued without drawing pages (the files of documents are empty, nothing else is written), or without checking
them."""

from __future__ import annotations

import pytest

import chargeback.cli.correct
import chargeback.einvoice.factur_x
import chargeback.workflows.documents
import chargeback.workflows.issue
import chargeback.workflows.monthly_run
from chargeback.billing.comparison import Comparison
from chargeback.workflows.documents import Drawing, Makers, document_path


def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what is issued and when: ``run``, ``issue``, ``credit`` and ``correct`` draw nothing, in this
    process."""

    def empty(drawing: Drawing) -> Makers:
        return {document_path(d): bytes for d in drawing.month.documents}

    def nothing(*_: object) -> Comparison:
        return Comparison()

    monkeypatch.setattr(chargeback.workflows.documents, "makers_of", empty)
    monkeypatch.setattr(chargeback.cli.correct, "issued_document", lambda *_, **__: b"")
    for workflow in (chargeback.workflows.issue, chargeback.workflows.monthly_run):
        monkeypatch.setattr(workflow, "compared", nothing)


def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that draw hundreds of documents: each is drawn whole, and no rule of the e-invoice or of PDF/A is tried
    on it."""

    def nothing(*_: object) -> tuple[()]:
        return ()

    monkeypatch.setattr(chargeback.einvoice.factur_x, "findings", nothing)
    monkeypatch.setattr(chargeback.einvoice.factur_x, "pdfa_faults", nothing)
