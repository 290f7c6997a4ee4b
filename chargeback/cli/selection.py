"""Selection of the issued documents that an export hands over."""

from __future__ import annotations

from dataclasses import dataclass

import typer

from chargeback.model.period import Period


@dataclass(frozen=True, slots=True)
class Selection:
    """Selection of issued documents: those that meet all its conditions, one at least.

    Attributes:
        period: month billed, with what corrected it since; None: any.
        exercice: exercice of the titre, else of the date; None: any.
        since: number of the entry of the ledger after which they were issued; None: any.
    """

    period: Period | None
    exercice: int | None = None
    since: int | None = None

    def __str__(self) -> str:
        return ", ".join(self._parts("exercice ", "since entry "))

    @property
    def slug(self) -> str:
        """The same as a part of a file name: ``2026-10``, ``exercice-2026``."""
        return "-".join(self._parts("exercice-", "since-"))

    def _parts(self, exercice: str, since: str) -> list[str]:
        parts = [] if self.period is None else [str(self.period)]
        parts += [] if self.exercice is None else [f"{exercice}{self.exercice}"]
        return parts + ([] if self.since is None else [f"{since}{self.since}"])


def selected(period: Period | None, exercice: int | None, since: int | None) -> Selection:
    """Selection of a command. Raises BadParameter where nothing is named."""
    if period is None and exercice is None and since is None:
        raise typer.BadParameter("say which documents: a PERIOD, --exercice YEAR or --since ENTRY")
    return Selection(period, exercice, since)
