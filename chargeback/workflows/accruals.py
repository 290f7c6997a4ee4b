"""Accruals of a year, wired: from the ledger where billed or carried, else from today's data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from chargeback.billing import true_up
from chargeback.billing.invoicing import is_operator
from chargeback.charging.questions import year_span
from chargeback.charging.sharing.instalments import calls_instalments
from chargeback.exports.accruals import Accrual, accrued
from chargeback.ledger.book import period_status, periods_issued
from chargeback.ledger.postings import postings_of_documents
from chargeback.ledger.unissued import unbilled_postings
from chargeback.ledger.year_postings import newest_by_id
from chargeback.model.charges import Charge
from chargeback.model.facts import Titre
from chargeback.model.period import Period
from chargeback.model.postings import Posting
from chargeback.model.succession import owes
from chargeback.store.database import periods_with_data
from chargeback.workflows.adjustments import adjusted
from chargeback.workflows.books import Books
from chargeback.workflows.true_up import december_closed, months_of_year, true_ups
from chargeback.workspace.inputs import Inputs
from chargeback.workspace.paths import OUT
from chargeback.workspace.registers.titres import read_titres

RUN = "run.json"


@dataclass(frozen=True, slots=True)
class Accrued:
    """Accruals of a year: what it used and none of its documents bills.

    Attributes:
        accruals: one for each line, adjustment and difference.
        drafts: months run and not issued, computed again.
        months_never_run: months with usage or costs that no run has drawn up.
        open_true_up: whether the true-up of the year cannot be known yet.
        late_costs: cents that came after the true-up of the year was billed, by pool.
    """

    accruals: tuple[Accrual, ...]
    drafts: tuple[Period, ...] = ()
    months_never_run: tuple[Period, ...] = ()
    open_true_up: bool = False
    late_costs: Mapping[str, int] = field(default_factory=dict)


def accruals_of(books: Books, year: int) -> Accrued:
    """Accruals of a year. Raises Problems as a run of its months does."""
    inputs, con = books.inputs, books.store.connection
    months, entered = months_of_year(year), set(periods_issued(con))
    drafts = tuple(p for p in months if p not in entered and (inputs.root / OUT / str(p) / RUN).is_file())
    used = periods_with_data(con, [(period, period.bounds(inputs.settings.zone)) for period in months])
    late, titres = _adjustments(books, year), {titre.invoice: titre for titre in read_titres(inputs.root)[0]}
    postings = [_of_settled(inputs, posting) for posting in unbilled_postings(con, inputs.settings)]
    found = (
        *accrued(year, postings, titres),
        *(one for period in drafts for one in _drafted(books, period, year, titres)),
        *_to_come(inputs, (c for c in late if not _settled(inputs, c)), Period(year + 1, 1)),
        *_to_come(inputs, (c for c in late if _settled(inputs, c)), Period(year + 1, 1), str(year)),
        *_of_true_up(books, year, late),
    )
    called = any(calls_instalments(rule, year_span(year)) for rule in inputs.rules)
    return Accrued(
        found,
        drafts,
        tuple(p for p in used if p not in entered and p not in drafts),
        called and not december_closed(books.store, year),
        _late_costs(inputs, year, [*late, *(p.charge for p in postings)]),
    )


def _settled(inputs: Inputs, charge: Charge) -> int | None:
    """Year whose true-up an adjustment corrects: that which its month billed, of a pool called by instalments. None for
    all other charges."""
    rule = next((rule for rule in inputs.rules if rule.id == charge.rule), None)
    if charge.adjusts is None or rule is None or not calls_instalments(rule, charge.adjusts.span):
        return None
    years = [year for year, period in inputs.settings.true_ups.items() if period == charge.adjusts]
    return max(years, default=None)


def _of_settled(inputs: Inputs, posting: Posting) -> Posting:
    """Posting of an adjustment of a true-up, as one of the year that this settled."""
    year = _settled(inputs, posting.charge)
    return posting if year is None else replace(posting, settles=year)


def _late_costs(inputs: Inputs, year: int, charges: Iterable[Charge]) -> dict[str, int]:
    """Cents of the adjustments of the true-up of a year, by pool."""
    pools = {rule.id: rule.pool or "" for rule in inputs.rules}
    found: dict[str, int] = defaultdict(int)
    for charge in charges:
        if _settled(inputs, charge) == year:
            found[pools[charge.rule]] += charge.amount
    return {pool: cents for pool, cents in sorted(found.items()) if cents}


def _drafted(books: Books, period: Period, year: int, titres: Mapping[str, Titre]) -> Iterator[Accrual]:
    """Accruals of a month that is not issued, alone: what earlier months bring forward to it is counted with them."""
    postings = postings_of_documents(books.month_alone(period).drawn_up, "draft")
    own = (p for p in postings if p.carried_from is None and not p.adjusts_month)
    return accrued(year, own, titres)


def _adjustments(books: Books, year: int) -> tuple[Charge, ...]:
    """Differences of the closed months of a year that no document bills, whether the next month does or they wait."""
    issued = periods_issued(books.store.connection)
    if not issued:
        return ()
    rows = adjusted(books, max(issued).next).differences
    return tuple(row.charge for row in rows if (_settled(books.inputs, row.charge) or row.month.year) == year)


def _of_true_up(books: Books, year: int, late: Iterable[Charge]) -> Iterator[Accrual]:
    """Differences of a true-up that no month has billed; none before December is closed."""
    inputs, named = books.inputs, books.inputs.settings.true_ups
    month = named.get(year, Period(year + 1, 1))
    billed = year in named and period_status(books.store.connection, month).final
    if december_closed(books.store, year) and not billed:
        rules, members = {rule.id: rule for rule in inputs.rules}, newest_by_id(inputs.facts.members)
        for found in true_ups(books, year, adjusting=tuple(late)):
            yield from _to_come(inputs, true_up.adjustments(found, rules[found.rule], members), month, str(year))


def _to_come(inputs: Inputs, charges: Iterable[Charge], month: Period, of: str = "") -> Iterator[Accrual]:
    """Accruals of charges that a month to come bills, each for its own month, or for ``of``.

    Charges of the operator are left out: it pays them itself.
    """
    rules, members = {rule.id: rule for rule in inputs.rules}, newest_by_id(inputs.facts.members)
    for charge in charges:
        payer = members[owes(charge, members, month)]
        if not is_operator(payer, inputs.settings):
            service = rules[charge.rule].service if charge.rule in rules else ""
            yield Accrual(of or str(charge.adjusts), payer, charge.rule, service, charge.vat, charge.amount)
