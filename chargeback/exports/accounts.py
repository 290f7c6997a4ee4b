"""Which account an amount goes to: the row of ``[[accounts]]`` that asks the most of it. Pure.

A row fits when all it names is so. Of those that fit the most specific wins: one that names the rule before one that names the
service before one that names neither; among these, the one that names more of regime and kind. Two rows that are as specific
as each other and say different things are a problem, never a choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from chargeback.exports.issued_document import IssuedDocument
from chargeback.model.documents import Line
from chargeback.model.problem import Place, Problem, Problems
from chargeback.model.rules import Rule
from chargeback.model.settings import Account

SETTINGS = "chargeback.toml"
NAMED = ("rule", "service", "regime", "kind")


@dataclass(frozen=True, slots=True)
class AccountQuery:
    """An amount that wants an account; ``kind`` is that of the payer. Only revenue has a rule and a service."""

    of: str
    regime: str
    kind: str
    rule: str = ""
    service: str = ""


def revenue(handed: IssuedDocument, line: Line) -> AccountQuery:
    """The revenue of a line."""
    document = handed.document
    return AccountQuery("revenue", document.regime.name, document.payer.kind, line.rule, line.service)


def of_document(handed: IssuedDocument, of: str) -> AccountQuery:
    """What is not by line: ``receivable``, ``vat`` or ``bank``."""
    return AccountQuery(of, handed.document.regime.name, handed.document.payer.kind)


def accounts_of(asked: Iterable[AccountQuery], rows: Sequence[Account]) -> dict[AccountQuery, Account]:
    """The account of each; raises Problems for revenue without one and for rows that contradict each other.

    What is not revenue may have no row: then its account is ''.
    """
    found: dict[AccountQuery, Account] = {}
    problems: list[Problem] = []
    for one in dict.fromkeys(asked):
        best = most_specific(one, rows)
        if len(best) == 1:
            found[one] = best[0]
        elif best:
            problems.append(_ambiguous(one, best))
        elif one.of == "revenue":
            problems.append(_missing(one))
        else:
            found[one] = Account("", Place(SETTINGS), one.of)
    if problems:
        raise Problems(problems)
    return found


def most_specific(asked: AccountQuery, rows: Iterable[Account]) -> list[Account]:
    """The rows that fit and ask the most; several when they are as specific as each other."""
    fitting = [row for row in rows if row.of == asked.of and _fits(row, asked)]
    most = max(map(specificity, fitting), default=(0, 0))
    return [row for row in fitting if specificity(row) == most]


def specificity(row: Account) -> tuple[int, int]:
    """How much a row asks: of what is billed, then of regime and kind."""
    return (2 if row.rule else 1 if row.service else 0, bool(row.regime) + bool(row.kind))


def _fits(row: Account, asked: AccountQuery) -> bool:
    return all(getattr(row, name) in ("", getattr(asked, name)) for name in NAMED)


def account_problems(rows: Iterable[Account], rules: Iterable[Rule], kinds: Iterable[str]) -> list[Problem]:
    """Rows that name no rule or service there is, or nearly a kind of member."""
    by = list(rules)
    known = {"rule": {r.id for r in by}, "service": {r.service for r in by if r.service}, "kind": set(kinds)}
    return [problem for row in rows for name, there in known.items() for problem in _unknown(row, name, there)]


def _unknown(row: Account, name: str, there: set[str]) -> Iterator[Problem]:
    """A kind without members may be one to come: it is a mistake only when another is nearly so called."""
    value = getattr(row, name)
    close = get_close_matches(value, sorted(there), 1)
    if value and value not in there and (close or name != "kind"):
        hint = f"; did you mean {close[0]}?" if close else ""
        what = "kind of no member" if name == "kind" else f"{name} of no tariff"
        yield Problem(
            row.where,
            f"[[accounts]] names {value}, the {what}: correct it, or take the row out{hint}",
            "unknown-in-accounts",
        )


def _words(asked: AccountQuery) -> str:
    of = f" of the service {asked.service}" if asked.service else ""
    what = f"the rule {asked.rule}{of}" if asked.rule else f"the {asked.of}"
    return f"{what} under the regime {asked.regime} for payers of the kind {asked.kind}"


def _missing(asked: AccountQuery) -> Problem:
    message = f"no row of [[accounts]] gives an account for {_words(asked)}: add one that names them, or fewer of them"
    return Problem(Place(SETTINGS), message, "no-account")


def _ambiguous(asked: AccountQuery, rows: Sequence[Account]) -> Problem:
    one, other = rows[:2]
    message = (
        f"the account {other.account} of this row and {one.account} of line {one.where.line} fit {_words(asked)} equally "
        "well: add a row that names more"
    )
    return Problem(other.where, message, "ambiguous-account")
