"""What of an issued or closed period is not issued, in values and words: documents set aside or left for later, amounts carried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chargeback.billing.issue_parts import LEFT_OUT
from chargeback.ledger.book import entry_of_period, later_entries
from chargeback.ledger.entries import CORRECTING
from chargeback.model.documents import Document
from chargeback.model.money import euros
from chargeback.model.period import Period
from chargeback.model.problem import counted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Unissued:
    """Documents of a period without number. ``failing``: set aside until they are mended; ``later``: left out by the user;
    ``carried``: billed by a later month, unless one has done so since."""

    failing: tuple[Document, ...] = ()
    left_out: tuple[Document, ...] = ()
    carried_forward: tuple[Document, ...] = ()

    @classmethod
    def of(cls, aside: Iterable[Document], carried: Sequence[Document]) -> Unissued:
        """Documents set aside, by why they are, and those that are carried."""
        aside = tuple(aside)
        failing = tuple(d for d in aside if d.carry_reason != LEFT_OUT)
        return cls(failing, tuple(d for d in aside if d.carry_reason == LEFT_OUT), tuple(carried))

    @property
    def withheld(self) -> tuple[Document, ...]:
        """What may still be issued with the period."""
        return (*self.failing, *self.left_out)


def unissued_of(con: DuckDBPyConnection, period: Period) -> Unissued:
    """What the ledger has of a period without number."""
    first = entry_of_period(con, period)
    if first is None:
        return Unissued()
    own = [first, *(e for e in later_entries(con, period) if e.kind not in CORRECTING)]
    return Unissued.of(own[-1].withheld, [d for e in own for d in e.carried_forward])


def set_aside(count: int) -> str:
    """``2 documents set aside``."""
    return f"{counted(count, 'document')} set aside"


def left_for_later(count: int) -> str:
    """``2 documents left for later``."""
    return f"{counted(count, 'document')} left for later"


def carried_words(documents: Sequence[Document], threshold: int = 0, frequency: str = "") -> str:
    """``3 amounts of 12.40 in all are carried: 2 below 15.00, 1 billed by quarter``.

    ``threshold`` (cents) and ``frequency`` are those of the settings; without them the words name neither. Nothing carried, no words.
    """
    if not documents:
        return ""
    amount = f"{euros(sum(d.gross for d in documents)):,}"
    count = len(documents)
    whole = f"{count:,} amounts of {amount} in all are carried" if count > 1 else f"1 amount of {amount} is carried"
    reasons = list(_reasons(documents, threshold, frequency))
    told = [why for why, _ in reasons] if len(reasons) == 1 else [f"{number:,} {why}" for why, number in reasons]
    return f"{whole}: {', '.join(told)}"


def _reasons(documents: Sequence[Document], threshold: int, frequency: str) -> Iterator[tuple[str, int]]:
    below = f"below {euros(threshold):,}" if threshold else "below the threshold"
    words = {"threshold": below, "nothing": "0.00 with what it would bring"}
    found: Counter[str] = Counter()
    for document in documents:
        every = document.payer.frequency or frequency
        found[words.get(document.carry_reason) or (f"billed by {every}" if every else "billed by quarter or year")] += 1
    yield from sorted(found.items())
