"""Explanation: each line of a document, or of a member's month, with rule and quantities, down to the usage rows.

An issued period is explained as it was billed, from the ledger; a line whose files give another amount today says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from chargeback.billing.document_lines import lines_of, without_rate
from chargeback.explain.evidence_by_month import with_evidence
from chargeback.explain.explained_line import Explained
from chargeback.explain.prior_months import LineMonths
from chargeback.ledger.book import period_status
from chargeback.ledger.issued_months import IssuedDocumentMonth, after_corrections, document_month, issued_of_period
from chargeback.ledger.month_diff import same
from chargeback.model.documents import Document, Line
from chargeback.model.facts import Facts
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.problem import Problems, Refused
from chargeback.model.rules import Rule
from chargeback.model.versions import Version
from chargeback.render.text.prior_months import adjusted_period, recomputed_lines
from chargeback.store.database import Store
from chargeback.workflows.books import Books
from chargeback.workspace.paths import OUT

PERIOD = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Explanation:
    """Explanation: lines of a month.

    Attributes:
        asked: number of a document, file name of a draft, or member_id.
        month: as issued, or as a run would draw it up now.
        issued: which of both.
        lines: explained.
        facts: registers of today.
        document: that was asked for; None for a member.
    """

    asked: str
    month: Month
    issued: bool
    lines: tuple[Explained, ...]
    facts: Facts
    document: Document | None = None


def explain(books: Books, asked: str, period: Period | None, number: int | None) -> Explanation:
    """Explain a document by its number, a draft by its file name, or a member's month: all lines, or line ``number``.

    Raises Problems of the month, Refused where there is no such document, member or line.
    """
    found = document_month(books.store.connection, asked, books.inputs.settings)
    if found is not None and period not in (None, found.document.period):
        raise Refused(f"{asked} is of {found.document.period}, not of {period}: leave --period out")
    month, issued, document = _asked_for(books, asked, found, period)
    period = month.period
    lines = _lines(LineMonths(books.store, books.inputs.settings, month), asked, document)
    if number is not None and not 1 <= number <= len(lines):
        raise Refused(f"{asked} has {len(lines)} lines in {period}: --line {number} is none of them")
    chosen = [line for line in lines if number in (None, line.number)]
    chosen = _with_today(books, chosen) if issued else chosen
    explained = with_evidence(books, chosen)
    return Explanation(asked, month, issued, explained, books.inputs.facts, document)


def latest_run(root: Path) -> Period:
    """The latest month in out/."""
    folder = root / OUT
    names = (
        sorted(p.name for p in folder.iterdir() if p.is_dir() and PERIOD.fullmatch(p.name)) if folder.is_dir() else []
    )
    if not names:
        raise Refused("there is no month in out/ yet: name one, as --period 2026-10")
    return Period.parse(names[-1])


def _asked_for(
    books: Books, asked: str, found: IssuedDocumentMonth | None, period: Period | None
) -> tuple[Month, bool, Document | None]:
    """The month to explain, whether it was issued, and the document asked for, None for a member."""
    if found is not None:
        return found.month, True, found.document
    month, issued = _month(books, period or latest_run(books.inputs.root))
    if issued:
        _not_corrected(books.store, asked, month.period)
    return month, issued, next((d for d in month.drawn_up if asked == (d.number or d.slug)), None)


def _not_corrected(store: Store, member: str, period: Period) -> None:
    """Refuse a member some of whose lines were corrected: they are computed from the data of more than one day."""
    own = [
        d
        for d in issued_of_period(store.connection, period)
        if member == d.payer.member_id or any(line.beneficiary == member for line in d.lines)
    ]
    if any(d.preceding for d in own):
        raise Refused(
            f"{member} was billed and corrected in {period}, by {', '.join(d.number for d in own)}: name one of them"
        )


def _month(books: Books, period: Period) -> tuple[Month, bool]:
    """The month as billed, or as it is now; whether it was issued."""
    con = books.store.connection
    if period_status(con, period).final:
        month = after_corrections(con, period, books.inputs.settings)
        assert month is not None, "an issued period has an entry"
        return month, True
    return books.month(period), False


def _lines(months: LineMonths, asked: str, document: Document | None) -> list[Explained]:
    """The lines of the document, or all lines of the member, numbered from 1."""
    month = months.month
    if document is not None:
        pairs: list[tuple[Document | None, Line]] = [(document, line) for line in document.lines]
    else:
        pairs = _of_member(month, asked, month.period)
    return [_explained(n, of, line, months) for n, (of, line) in enumerate(pairs, start=1)]


def _explained(number: int, document: Document | None, line: Line, months: LineMonths) -> Explained:
    rules = months.month.rules
    own = Explained(number, document, line, rules[line.rule], _version(rules, line), months.charging_month(line))
    if adjusted_period(line) is None:
        return own
    month = months.recomputed_month(line)
    lines = tuple(replace(own, line=n, version=_version(rules, n), month=month) for n in recomputed_lines(line, month))
    return replace(own, billed=months.billed_before(line, document), recomputed=lines)


def _of_member(month: Month, member: str, period: Period) -> list[tuple[Document | None, Line]]:
    pairs: list[tuple[Document | None, Line]] = [
        (document, line) for document in month.drawn_up for line in document.lines if line.beneficiary == member
    ]
    drawn = {id(c) for _, line in pairs for c in line.charges}
    others = [c for c in month.charges if c.member_id == member and id(c) not in drawn]
    pairs += [(None, line) for line in lines_of(others, month.rules, without_rate)]
    if not pairs:
        raise Refused(_unknown(month, member, period))
    return pairs


def _unknown(month: Month, asked: str, period: Period) -> str:
    if asked in month.members:
        paid = [d.number or d.slug for d in month.drawn_up if d.payer.member_id == asked]
        pays = f"; it pays {', '.join(paid)}: name one of them" if paid else ""
        return f"{asked} is charged nothing in {period}{pays}"
    known = sorted({*month.members, *(d.number for d in month.documents if d.number)})
    close = get_close_matches(asked, known, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"{asked} is neither the number of an issued document nor a member charged in {period}{hint}"


def _version(rules: Mapping[str, Rule], line: Line) -> Version:
    return next(v for v in rules[line.rule].versions if v.valid_from == line.version)


def _with_today(books: Books, lines: list[Explained]) -> list[Explained]:
    """Issued lines with today's amount of their member and rule in the month that charged them, where that differs."""
    now: dict[Period, Month | None] = {}
    for period in {e.month.period for e in lines}:
        try:
            now[period] = books.month(period)
        except Problems:
            now[period] = None
    return [replace(e, today=_today(e.line, e.month, now[e.month.period])) for e in lines]


def _today(line: Line, month: Month, now: Month | None) -> int | None:
    if line.reverses or line.kind == "adjustment" or now is None:
        return None
    before, after = (
        [c for c in m.charges if (c.member_id, c.rule) == (line.beneficiary, line.rule)] for m in (month, now)
    )
    return None if same(before, after) else sum(c.amount for c in after)
