"""Mentions of documents: a reason without VAT that names the CGI on a document dated after it is admitted. Pure.

The French law on VAT moved from the Code général des impôts (CGI) to the Code des impositions sur les biens et services
(CIBS) on 1 September 2026. Invoices may name the articles of the CGI until 31 December 2027.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from chargeback.model.month import Month
from chargeback.model.problem import Notice, Place
from chargeback.workspace.paths import SETTINGS

LAST_DAY = date(2027, 12, 31)
CGI = re.compile(r"\bC\.?G\.?I\b|code général des impôts", re.IGNORECASE)


def mention_notices(month: Month, lines: Mapping[str, int]) -> Iterator[Notice]:
    """Notices of the regimes of a month's documents that name the CGI, where the documents are dated after it may be.

    ``lines``: line of each key of chargeback.toml.
    """
    if month.period.end <= LAST_DAY:
        return
    reasons = {document.regime.name: document.regime.reason for document in month.documents}
    for name, reason in sorted(reasons.items()):
        if CGI.search(reason):
            keys = (f"vat.{name}.reasons", f"vat.{name}.reason", f"vat.{name}")
            message = (
                f"documents dated after {LAST_DAY} may not name the CGI any more, and the reason of {name} does: add "
                "one with its first day to reasons, with the article of the CIBS"
            )
            yield Notice(Place(SETTINGS, next((lines[k] for k in keys if k in lines), 1)), message, "mention-outdated")
