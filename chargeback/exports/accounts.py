"""Account determination: the most specific row of ``[[accounts]]`` that matches gives the account of an amount. Pure.

A row matches when every condition that it names is met. Of several, one that names the rule precedes one that names the
service, which precedes one that names neither; then the one that names more of regime and kind. Two rows that are
equally specific and differ are a problem, never a choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from chargeback.exports.issued_document import IssuedDocument
from chargeback.model.documents import Line
from chargeback.model.problem import Place, Problem, Problems
from chargeback.model.rules import Rule
from chargeback.model.settings import REQUIRED, Account, AccountPurpose
from chargeback.workspace.paths import SETTINGS

CONDITIONS = ("rule", "service", "regime", "kind")
NAMES = {"bad-debt": "what will never be paid"}


@dataclass(frozen=True, slots=True)
class AccountQuery:
    """Query for an account.

    Attributes:
        purpose: side of the entry that the account is for.
        regime: VAT regime of the document.
        kind: kind of the payer.
        rule: rule of the line; '' for an account of whole documents.
        service: service of the line; '' for an account of whole documents.
    """

    purpose: AccountPurpose
    regime: str
    kind: str
    rule: str = ""
    service: str = ""


def of_line(issued: IssuedDocument, line: Line, *, prior_year: bool = False) -> AccountQuery:
    """Query for the account of a line: revenue, or what is taken off an invoice of an earlier exercice."""
    document = issued.document
    purpose: AccountPurpose = "prior-year-reduction" if prior_year else "revenue"
    return AccountQuery(purpose, document.regime.name, document.payer.kind, line.rule, line.service)


def of_document(issued: IssuedDocument, purpose: AccountPurpose) -> AccountQuery:
    """Query for an account of a document as a whole: ``receivable``, ``vat``, ``bank`` or ``bad-debt``."""
    return AccountQuery(purpose, issued.document.regime.name, issued.document.payer.kind)


def accounts_of(queries: Iterable[AccountQuery], rows: Sequence[Account]) -> dict[AccountQuery, Account]:
    """Account of each query; '' for a receivable, VAT or bank that no row matches.

    Raises Problems for any other that no row matches, and for rows that contradict each other.
    """
    found: dict[AccountQuery, Account] = {}
    problems: list[Problem] = []
    for query in dict.fromkeys(queries):
        best = most_specific(query, rows)
        if len(best) == 1:
            found[query] = best[0]
        elif best:
            problems.append(_ambiguous(query, best))
        elif query.purpose in REQUIRED:
            problems.append(_missing(query))
        else:
            found[query] = Account("", Place(SETTINGS), query.purpose)
    if problems:
        raise Problems(problems)
    return found


def most_specific(query: AccountQuery, rows: Iterable[Account]) -> list[Account]:
    """Matching rows of the greatest specificity; several where they are equally specific."""
    matching = [row for row in rows if row.purpose == query.purpose and _matches(row, query)]
    most = max(map(specificity, matching), default=(0, 0))
    return [row for row in matching if specificity(row) == most]


def specificity(row: Account) -> tuple[int, int]:
    """Specificity of a row: by rule or service, then the number of regime and kind that it names."""
    return (2 if row.rule else 1 if row.service else 0, bool(row.regime) + bool(row.kind))


def _matches(row: Account, query: AccountQuery) -> bool:
    return all(getattr(row, name) in ("", getattr(query, name)) for name in CONDITIONS)


def account_problems(rows: Iterable[Account], rules: Iterable[Rule], kinds: Iterable[str]) -> list[Problem]:
    """Problems of rows that name an unknown rule or service, or misspell a kind of member."""
    every = list(rules)
    known = {"rule": {r.id for r in every}, "service": {r.service for r in every if r.service}, "kind": set(kinds)}
    return [problem for row in rows for name, values in known.items() for problem in _unknown(row, name, values)]


def _unknown(row: Account, name: str, known: set[str]) -> Iterator[Problem]:
    """Problem of an unknown value; a kind may have no member yet, so it is one only where a known kind is close."""
    value = getattr(row, name)
    close = get_close_matches(value, sorted(known), 1)
    if value and value not in known and (close or name != "kind"):
        hint = f"; did you mean {close[0]}?" if close else ""
        what = "kind of no member" if name == "kind" else f"{name} of no tariff"
        yield Problem(
            row.where,
            f"[[accounts]] names {value}, the {what}: correct it, or take the row out{hint}",
            "unknown-in-accounts",
        )


def _described(query: AccountQuery) -> str:
    service = f" of the service {query.service}" if query.service else ""
    subject = f"the rule {query.rule}{service}" if query.rule else NAMES.get(query.purpose, f"the {query.purpose}")
    if query.purpose == "prior-year-reduction":
        subject = f"reductions of an earlier exercice of {subject}"
    return f"{subject} under the regime {query.regime} for payers of the kind {query.kind}"


def _missing(query: AccountQuery) -> Problem:
    described, mend = _described(query), "add one that names them, or fewer of them"
    if query.purpose != "revenue":
        mend = f'add one with of = "{query.purpose}" and its account'
    message = f"no row of [[accounts]] gives an account for {described}: {mend}"
    return Problem(Place(SETTINGS), message, "no-account")


def _ambiguous(query: AccountQuery, rows: Sequence[Account]) -> Problem:
    one, other = rows[:2]
    message = (
        f"the account {other.account} of this row and {one.account} of line {one.where.line} fit {_described(query)} "
        "equally well: add a row that names more"
    )
    return Problem(other.where, message, "ambiguous-account")
