"""Unissued documents of a period: withheld because they fail, left out by the user, or carried to a later month.

A failing document is withheld before numbers are allotted, so that the numbers of the others have no gap. It is tried
under the number and date that it would have; whether it is accepted does not depend on which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from chargeback.billing.issue_parts import LEFT_OUT
from chargeback.ledger.book import entries_of_period, lines_after, period_status, periods_issued
from chargeback.ledger.entries import CORRECTING, read_line, waived_of, withheld_of
from chargeback.ledger.numbering import SeriesYears, allot, operator_needs, payer_needs
from chargeback.ledger.open_items import still_carried
from chargeback.ledger.postings import postings_of_documents
from chargeback.model.documents import Document
from chargeback.model.money import euros
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.postings import Posting, PostingStatus
from chargeback.model.problem import Problem, Problems, counted
from chargeback.model.settings import Settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Trial = Callable[[Month], Mapping[str, Sequence[Problem]]]  # a numbered month → by number, why a document fails


@dataclass(frozen=True, slots=True)
class Unissued:
    """Unissued documents of a period; none has a number.

    Attributes:
        failing: withheld until their problems are mended.
        left_out: withheld because the user issued a part of the month.
        carried_forward: billed by a later month, unless one has done so since.
        waived: given up by an act.
    """

    failing: tuple[Document, ...] = ()
    left_out: tuple[Document, ...] = ()
    carried_forward: tuple[Document, ...] = ()
    waived: tuple[Document, ...] = ()

    @classmethod
    def of(cls, withheld: Iterable[Document], carried_forward: Sequence[Document]) -> Unissued:
        """Unissued documents, the withheld ones by why they are."""
        documents = tuple(withheld)
        failing = tuple(d for d in documents if d.carry_reason != LEFT_OUT)
        return cls(failing, tuple(d for d in documents if d.carry_reason == LEFT_OUT), tuple(carried_forward))

    @property
    def withheld(self) -> tuple[Document, ...]:
        """Documents that may still be issued with the period."""
        return (*self.failing, *self.left_out)


def unissued_of(con: DuckDBPyConnection, period: Period) -> Unissued:
    """Unissued documents of a period of the ledger."""
    entries = entries_of_period(con, period)
    if not entries:
        return Unissued()
    found = Unissued.of(withheld_of(entries), [d for entry in entries for d in entry.carried_forward])
    return replace(found, waived=waived_of(entries))


def unbilled_postings(con: DuckDBPyConnection, settings: Settings) -> Iterator[Posting]:
    """Postings of the ledger that the documents of their year may not bill, as they are in the documents drawn up.

    Those of every month's documents, oldest first; of amounts carried that no document has billed; of documents
    withheld that may still be issued. Credits and corrections are of the year of their date, and left out.
    """
    for line in lines_after(con, 0):
        entry = read_line(line)
        if entry.kind not in CORRECTING:
            yield from postings_of_documents(entry.documents, "issued")
    for document, status in without_number(con, settings):
        yield from postings_of_documents((document,), status)


def without_number(con: DuckDBPyConnection, settings: Settings) -> Iterator[tuple[Document, PostingStatus]]:
    """Documents that were carried and that no document has billed, then those withheld that may still be issued."""
    periods = periods_issued(con)
    if periods:
        yield from ((document, "carried_forward") for document in still_carried(con, max(periods).next, settings))
    for period in periods:
        if period_status(con, period).has_withheld:
            yield from ((document, "withheld") for document in unissued_of(con, period).withheld)


def withhold_failing(
    month: Month, on: date, last: SeriesYears, lines: Mapping[str, int], trial: Trial
) -> tuple[Month, tuple[Problem, ...]]:
    """The month with the documents that may be issued and the others withheld, and why these are.

    ``lines``: lines of the keys of chargeback.toml. Raises Problems for what the operator lacks, and when no document
    may be issued.
    """
    of_operator = operator_needs(month, lines)
    if of_operator:
        raise Problems(of_operator)
    lacking = [(d, tuple(payer_needs(d.payer))) for d in month.documents]
    complete = replace(month, documents=tuple(d for d, found in lacking if not found))
    numbered, _ = allot(complete, on, last)
    found = trial(numbered) if numbered.documents else {}
    tried = {d.slug: tuple(found.get(d.number, ())) for d in numbered.documents}
    why = {d.slug: own or tried[d.slug] for d, own in lacking}
    accepted = tuple(d for d in month.documents if not why[d.slug])
    problems = tuple(dict.fromkeys(problem for own in why.values() for problem in own))
    if problems and not accepted:
        raise Problems(problems)
    failing = tuple(d for d in month.documents if why[d.slug])
    return replace(month, documents=accepted, withheld=(*month.withheld, *failing)), problems


def withheld_text(count: int) -> str:
    """``2 documents set aside``."""
    return f"{counted(count, 'document')} set aside"


def left_out_text(count: int) -> str:
    """``2 documents left for later``."""
    return f"{counted(count, 'document')} left for later"


def carried_text(documents: Sequence[Document], threshold: int = 0, frequency: str = "") -> str:
    """``3 amounts of 12.40 in all are carried: 2 below 15.00, 1 billed by quarter``; ``""`` where nothing is carried.

    ``threshold`` (cents) and ``frequency`` are those of the settings; without them the text names neither.
    """
    if not documents:
        return ""
    amount = f"{euros(sum(d.gross for d in documents)):,}"
    count = len(documents)
    whole = f"{count:,} amounts of {amount} in all are carried" if count > 1 else f"1 amount of {amount} is carried"
    reasons = _reasons(documents, threshold, frequency)
    texts = [why for why, _ in reasons] if len(reasons) == 1 else [f"{number:,} {why}" for why, number in reasons]
    return f"{whole}: {', '.join(texts)}"


def _reasons(documents: Sequence[Document], threshold: int, frequency: str) -> list[tuple[str, int]]:
    """Reasons to carry in words, each with the number of documents."""
    below = f"below {euros(threshold):,}" if threshold else "below the threshold"
    words = {"threshold": below, "nothing": "0.00 with what it would bring"}
    found: Counter[str] = Counter()
    for document in documents:
        every = document.payer.frequency or frequency
        found[words.get(document.carry_reason) or (f"billed by {every}" if every else "billed by quarter or year")] += 1
    return sorted(found.items())
