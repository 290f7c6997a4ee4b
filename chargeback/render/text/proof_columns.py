"""Columns and acts of a proof as the wording knows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from chargeback.billing.proof import GapPart, Proof, beside_cost
from chargeback.model.postings import PostingStatus
from chargeback.workspace.reports.wording import Wording

STATUS_WORDS: dict[PostingStatus, str] = {
    "issued": "issued",
    "carried_forward": "carried",
    "withheld": "aside",
    "waived": "waived",
    "operator": "own",
    "offset": "offset",
    "draft": "draft",
}
WORDS: dict[str, str] = dict(STATUS_WORDS.items())


def column_heading(name: str, wording: Wording) -> str:
    """Heading of a column of a proof, by the name that its figures have."""
    return wording.text(f"proof.columns.{WORDS.get(name, name)}")


def acts_text(proven: Sequence[Proof], wording: Wording) -> str:
    """Sentence on what was given or given up, by act; ``""`` where nothing was."""
    amounts: dict[tuple[str, str], int] = {}
    for each in proven:
        for (kind, act), cents in each.acts.items():
            amounts[kind, act] = amounts.get((kind, act), 0) + cents
    texts = [
        wording.text("proof.act", kind=column_heading(kind, wording), act=act or "–", amount=wording.money(cents))
        for (kind, act), cents in amounts.items()
    ]
    return wording.text("proof.acts", acts="; ".join(texts)) if texts else ""


def gap_text(proven: Sequence[Proof], wording: Wording) -> str:
    """What the gaps of some proofs are made of, as a list."""
    totals = {name: sum(column) for name, column in beside_cost(proven).items() if name in get_args(GapPart)}
    return ", ".join(f"{column_heading(name, wording)} {wording.money(cents)}" for name, cents in totals.items())
