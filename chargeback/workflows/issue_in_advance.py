"""Issue in advance, wired: what may be dated before the end of its period, and what is left to that end.

An issue that is dated before the last day of its period issues calls in advance alone, with what earlier months bring
forward. A family is issued in advance whole or not at all. The rest of the month is drawn up from its last day on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from chargeback.billing.issue_parts import IssueScope
from chargeback.charging.sharing.instalments import called_in_advance, charged_at_the_end, regimes_of
from chargeback.ledger.fingerprints import Fingerprints
from chargeback.ledger.numbering import in_advance, too_early
from chargeback.ledger.supplementary_issue import left_to_end
from chargeback.model.month import Month
from chargeback.model.period import Period, Term
from chargeback.model.problem import Refused
from chargeback.model.rules import Rule
from chargeback.model.settings import Settings
from chargeback.workflows.books import Books
from chargeback.workflows.brought_forward import carried_to
from chargeback.workspace.inputs import Inputs

MOST = 3


def check_advance(term: Term, on: date, scope: IssueScope, inputs: Inputs) -> None:
    """Refuse a date before the last day of a term where its documents could hold more than calls in advance."""
    open_months = [month for month in term.months if in_advance(month, on)]
    if not open_months:
        return
    early, rules = too_early(term.last, on), inputs.rules
    called = [r for r in rules if any(called_in_advance(r, month.span) for month in open_months)]
    if not called:
        raise Refused(early)
    if on < term.months[0].first:
        raise Refused(f"{on} is before {term} begins: give --date {term.months[0].first} or later")
    waiting = {r.id: r for month in open_months for r in charged_at_the_end(rules, month.span)}
    families = sorted(_families(called, inputs.settings) - _families(waiting.values(), inputs.settings))
    if scope.service or (waiting and scope.regime not in families):
        raise Refused(f"{early}; {_why(tuple(waiting.values()), scope, families, inputs.settings)}")


def _families(rules: Iterable[Rule], settings: Settings) -> set[str]:
    return {regime.name for rule in rules for regime in regimes_of(rule, settings)}


def _why(waiting: Sequence[Rule], scope: IssueScope, families: Sequence[str], settings: Settings) -> str:
    """Reason why a part may not be issued in advance, and the families that may."""
    own = [r.id for r in waiting if not scope.regime or scope.regime in _families([r], settings)]
    more = f" and {len(own) - MOST} more" if len(own) > MOST else ""
    names = f"what {', '.join(own[:MOST])}{more} {'charge' if len(own) > 1 else 'charges'} is known at that end"
    why = "before that end a family is issued whole, no service" if scope.service else names
    if families:
        return f"{why}; {' or '.join(f'--only {name}' for name in families)} issues its calls in advance"
    return f"{why}; calls in advance need a regime of [vat.*] of their own"


def completed(books: Books, period: Period) -> Month:
    """Month issued in advance, with the documents alone of what is known at its end, and of calls that were withheld.

    What its payers are to be billed by quarter or year, or is below the threshold, it carries forward.
    """
    con = books.store.connection
    left = left_to_end(con, books.month(period), carried_to(con, period, books.inputs.settings))
    return replace(left, fingerprints={str(period): str(Fingerprints(books.inputs, books.store).of(period))})


def check_complete(books: Books, period: Period, on: date) -> None:
    """Refuse to close a month issued in advance before its end, or while something of it is still to issue."""
    if in_advance(period, on):
        raise Refused(f"{period} was issued in advance and is not over on {on}: {too_early(period, on)}")
    left = completed(books, period)
    if left.documents or left.carried_forward:
        raise Refused(
            f"{period} cannot be closed: it was issued in advance, and what is known at its end is not issued; "
            f"`chargeback issue {period}` issues it"
        )
