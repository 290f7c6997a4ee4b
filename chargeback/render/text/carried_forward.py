"""Amounts carried forward to a later document, in words: how much, of which months, and why. Pure text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from chargeback.model.documents import Document
from chargeback.model.period import Period
from chargeback.model.settings import Settings
from chargeback.workspace.reports.wording import Wording

MOST_MONTHS = 2


def why_carried(document: Document, settings: Settings, wording: Wording) -> str:
    """Reason why a document is carried forward: « sous le seuil de 15,00 € », « facturé par trimestre »."""
    if document.carry_reason == "frequency":
        every = document.payer.frequency or settings.frequency
        return wording.text(f"statement.carried.{every if every in ('quarter', 'year') else 'later'}")
    if document.carry_reason == "threshold":
        if not settings.threshold:
            return wording.text("statement.carried.small")
        return wording.text("statement.carried.threshold", amount=wording.money(settings.threshold))
    return wording.text("statement.carried.nothing")


def carried_sentences(carried: Iterable[Document], settings: Settings, wording: Wording) -> Iterator[str]:
    """Sentences on the amounts carried forward, one for each reason: their sum with VAT, and their months."""
    by_reason: dict[str, list[Document]] = defaultdict(list)
    for document in carried:
        by_reason[why_carried(document, settings, wording)].append(document)
    for reason, own in by_reason.items():
        gross, net = sum(d.gross for d in own), sum(d.net for d in own)
        amount = wording.money(gross)
        if gross != net:
            amount = wording.text("statement.figures.gross", gross=amount)
        yield wording.text("statement.carried.sentence", amount=amount, months=_months(own, wording), why=reason)


def _months(documents: Iterable[Document], wording: Wording) -> str:
    """Months of documents: each of them where they are few, else the first and the last."""
    found: list[Period] = sorted({document.period for document in documents})
    if len(found) <= MOST_MONTHS:
        return ", ".join(map(wording.month, found))
    return wording.text("statement.carried.months", first=wording.month(found[0]), last=wording.month(found[-1]))
