"""The accruals of a year, wired: what the ledger bills after it or has waiting, and what is not drawn up yet, as of today's data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
from chargeback.model.succession import payer_of
from chargeback.store.database import periods_with_data
from chargeback.workflows.adjustments import adjusted
from chargeback.workflows.monthly_run import month_alone, month_before_true_up
from chargeback.workflows.true_up import december_closed, months_of_year, true_ups
from chargeback.workspace.inputs import Inputs
from chargeback.workspace.paths import OUT
from chargeback.workspace.registers.titres import read_titres

if TYPE_CHECKING:
    from chargeback.store.database import Store

RUN = "run.json"


@dataclass(frozen=True, slots=True)
class Accrued:
    """What a year used and none of its documents bills. ``drafts``: months run and not issued, computed again; ``never_run``: months
    with usage or costs of which nothing is known; ``open_true_up``: whether the true-up of the year cannot be known yet."""

    accruals: tuple[Accrual, ...]
    drafts: tuple[Period, ...] = ()
    months_never_run: tuple[Period, ...] = ()
    open_true_up: bool = False


def accruals_of(inputs: Inputs, store: Store, year: int) -> Accrued:
    """The accruals of a year, one for each line, adjustment and difference. Raises Problems as a run of its months does."""
    con, months, entered = store.connection, months_of_year(year), set(periods_issued(store.connection))
    drafts = tuple(p for p in months if p not in entered and (inputs.root / OUT / str(p) / RUN).is_file())
    used = periods_with_data(con, [(period, period.bounds(inputs.settings.zone)) for period in months])
    late, titres = _adjustments(inputs, store, year), {titre.invoice: titre for titre in read_titres(inputs.root)[0]}
    found = (
        *accrued(year, unbilled_postings(con, inputs.settings), titres),
        *(one for period in drafts for one in _drafted(inputs, store, period, year, titres)),
        *_to_come(inputs, late, Period(year + 1, 1)),
        *_of_true_up(inputs, store, year, late),
    )
    called = any(calls_instalments(rule, year_span(year)) for rule in inputs.rules)
    return Accrued(
        found,
        drafts,
        tuple(p for p in used if p not in entered and p not in drafts),
        called and not december_closed(store, year),
    )


def _drafted(inputs: Inputs, store: Store, period: Period, year: int, titres: Mapping[str, Titre]) -> Iterator[Accrual]:
    """A month that is not issued, by itself: what earlier months bring to it is counted with them."""
    postings = postings_of_documents(month_alone(inputs, store, period).month.drawn_up, "draft")
    own = (p for p in postings if p.carried_from is None and not p.adjusts_month)
    return accrued(year, own, titres)


def _adjustments(inputs: Inputs, store: Store, year: int) -> tuple[Charge, ...]:
    """What closed months of a year come to today and no document bills, whether the next month does or it waits."""
    issued = periods_issued(store.connection)
    if not issued:
        return ()
    rows = adjusted(inputs, store, max(issued).next, lambda month: month_alone(inputs, store, month).month).differences
    return tuple(row.charge for row in rows if row.month.year == year)


def _of_true_up(inputs: Inputs, store: Store, year: int, late: Iterable[Charge]) -> Iterator[Accrual]:
    """The differences of a true-up that no month has billed; none before December is closed."""
    month = inputs.settings.true_ups.get(year, Period(year + 1, 1))
    if december_closed(store, year) and not (
        year in inputs.settings.true_ups and period_status(store.connection, month).final
    ):
        rules, members = {rule.id: rule for rule in inputs.rules}, newest_by_id(inputs.facts.members)
        beside = tuple(late)
        for found in true_ups(inputs, store, year, lambda of: month_before_true_up(inputs, store, of), beside=beside):
            yield from _to_come(inputs, true_up.adjustments(found, rules[found.rule], members), month, str(year))


def _to_come(inputs: Inputs, charges: Iterable[Charge], month: Period, of: str = "") -> Iterator[Accrual]:
    """Charges that a month to come bills, each for its own month or for what ``of`` says; those of the operator are nobody's to pay."""
    rules, members = {rule.id: rule for rule in inputs.rules}, newest_by_id(inputs.facts.members)
    for charge in charges:
        payer = members[payer_of(charge.member_id, members, month)]
        if not is_operator(payer, inputs.settings):
            service = rules[charge.rule].service if charge.rule in rules else ""
            yield Accrual(of or str(charge.adjusts), payer, charge.rule, service, charge.vat, charge.amount)
