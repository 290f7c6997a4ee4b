"""Documents that may not be issued as they are, set aside before numbers are allotted; the others follow each other without a gap. Pure.

A document is tried under the number and date that it would have; whether it is accepted does not depend on which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from chargeback.ledger.numbering import SeriesYears, allot, operator_needs, payer_needs
from chargeback.model.month import Month
from chargeback.model.problem import Problem, Problems

Trial = Callable[
    [Month], Mapping[str, Sequence[Problem]]
]  # a numbered month → by number, why a document may not be issued


def withhold_failing(
    month: Month, on: date, last: SeriesYears, lines: Mapping[str, int], trial: Trial
) -> tuple[Month, tuple[Problem, ...]]:
    """The month with the documents that may be issued, the others set aside, and why these are.

    ``lines``: those of the keys of chargeback.toml. Raises Problems for what is lacking of who bills, and when no document
    may be issued.
    """
    of_operator = operator_needs(month, lines)
    if of_operator:
        raise Problems(of_operator)
    lacking = [(d, tuple(payer_needs(d.payer))) for d in month.documents]
    left = replace(month, documents=tuple(d for d, found in lacking if not found))
    numbered, _ = allot(left, on, last)
    found = trial(numbered) if numbered.documents else {}
    tried = {d.slug: tuple(found.get(d.number, ())) for d in numbered.documents}
    why = {d.slug: own or tried[d.slug] for d, own in lacking}
    accepted = tuple(d for d in month.documents if not why[d.slug])
    problems = tuple(dict.fromkeys(problem for own in why.values() for problem in own))
    if problems and not accepted:
        raise Problems(problems)
    aside = tuple(d for d in month.documents if why[d.slug])
    return replace(month, documents=accepted, withheld=(*month.withheld, *aside)), problems
