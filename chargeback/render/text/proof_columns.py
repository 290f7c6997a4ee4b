"""Columns of a proof as the wording knows them."""

from __future__ import annotations

from chargeback.model.postings import PostingStatus
from chargeback.workspace.reports.wording import Wording

STATUS_WORDS: dict[PostingStatus, str] = {
    "issued": "issued",
    "carried_forward": "carried",
    "withheld": "aside",
    "operator": "own",
    "offset": "offset",
    "draft": "draft",
}
WORDS: dict[str, str] = dict(STATUS_WORDS.items())


def column_heading(name: str, wording: Wording) -> str:
    """Heading of a column of a proof, by the name that its figures have."""
    return wording.text(f"proof.columns.{WORDS.get(name, name)}")
