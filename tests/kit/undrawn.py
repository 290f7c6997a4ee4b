"""Months issued and run without drawing pages: the files of documents are empty, there is no statement, report or workbook."""

from __future__ import annotations

import pytest

import chargeback.cli.correct
import chargeback.cli.issue
import chargeback.cli.month
import chargeback.workflows.documents
from chargeback.billing.comparison import Comparison
from chargeback.workflows.documents import Drawing, Makers, document_path


def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what is issued and when: ``run``, ``issue``, ``credit`` and ``correct`` draw nothing, in this process."""

    def empty(drawing: Drawing) -> Makers:
        return {document_path(d): bytes for d in drawing.month.documents}

    def nothing(*_: object) -> Comparison:
        return Comparison()

    monkeypatch.setattr(chargeback.workflows.documents, "makers_of", empty)
    monkeypatch.setattr(chargeback.cli.correct, "issued_document", lambda *_, **__: b"")
    for command in (chargeback.cli.issue, chargeback.cli.month):
        monkeypatch.setattr(command, "compared", nothing)
