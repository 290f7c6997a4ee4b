"""Scope of an issue: the part of a month that ``--only NAME``, a quarter or a year asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from chargeback.billing.issue_parts import IssueScope
from chargeback.ledger.book import period_status
from chargeback.model.documents import Document
from chargeback.model.period import Term
from chargeback.model.problem import Refused
from chargeback.workspace.inputs import Inputs

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BILLED = ("rate", "allocation")
FAMILY, SERVICE = "family:", "service:"


def scope_of(term: Term, only: str, inputs: Inputs) -> IssueScope:
    """The part of the month that is asked for. Raises Refused for a name that is unknown, or means two things."""
    scope = _named(only, inputs) if only else IssueScope()
    return scope if term.every == "month" else replace(scope, frequency=term.every)


def _named(only: str, inputs: Inputs) -> IssueScope:
    regimes = list(inputs.settings.regimes)
    services = sorted({rule.service for rule in inputs.rules if rule.kind in BILLED})
    family = only.removeprefix(FAMILY) if not only.startswith(SERVICE) else ""
    service = only.removeprefix(SERVICE) if not only.startswith(FAMILY) else ""
    if family in regimes and service in services:
        raise Refused(
            f"{only} is a regime of [vat.*] and a service of the rules: give --only {FAMILY}{only} or "
            f"--only {SERVICE}{only}"
        )
    if family in regimes:
        return IssueScope(regime=family)
    if service in services:
        return IssueScope(service=service)
    raise Refused(
        f"{only} is neither a regime of [vat.*] nor a service of the rules{_suggested(only, regimes, services)}"
    )


def _suggested(only: str, regimes: Sequence[str], services: Sequence[str]) -> str:
    """The nearest names, or all of them."""
    close = get_close_matches(only, sorted({*regimes, *services}), 3)
    if close:
        return f": did you mean {' or '.join(close)}?"
    return f": give one of {', '.join([*regimes, *(s for s in services if s not in regimes)])}"


def check_term(con: DuckDBPyConnection, term: Term, inputs: Inputs) -> None:
    """Refuse a quarter or year before its earlier months are finished, and one that bills nobody."""
    if term.every == "month":
        return
    for month in term.months[:-1]:
        if not period_status(con, month).final:
            raise Refused(
                f"{term} bills what its months left, and {month} is neither issued nor closed: "
                f"`chargeback issue {month}` comes first, or `chargeback close {month}` where it has no "
                "document to issue"
            )
    if not any((m.frequency or inputs.settings.frequency) == term.every for m in inputs.facts.members):
        raise Refused(
            f'nobody is billed by {term.every}: give frequency = "{term.every}" in [billing], or in the column '
            "frequency of members.csv"
        )


def nothing_of(term: Term, only: str, unissued: Sequence[Document], *, supplementary: bool) -> str:
    """Message that a part is not issued: it has no document, or they are issued already."""
    what = f"{only} of {term}" if only else str(term)
    if supplementary:
        names = ", ".join(f"{d.payer.member_id} under [vat.{d.regime.name}]" for d in unissued[:3])
        more = f" and {len(unissued) - 3} more" if len(unissued) > 3 else ""
        are, them = ("are", "them") if len(unissued) > 1 else ("is", "it")
        return (
            f"{what} is issued already: of {term.last} only {names}{more} {are} left, "
            f"`chargeback issue {term.last}` issues {them}"
        )
    return f"{what} has no document to issue: nothing was changed"
