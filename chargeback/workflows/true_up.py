"""True-up of a year, wired: costs of its months, use of the year, instalments that the ledger has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from chargeback.billing.true_up import CalledFunds, Fund, prefinancing, true_up, year_context
from chargeback.billing.year_payers import YearPayers
from chargeback.charging.metering.answers import Answer
from chargeback.charging.questions import year_questions, year_span
from chargeback.charging.sharing.instalments import MONTHS, calls_instalments
from chargeback.charging.sharing.pools import fill_pools
from chargeback.ledger.book import period_status, periods_issued
from chargeback.ledger.year_postings import draft_postings, newest_by_id, postings_since
from chargeback.model.charges import Charge
from chargeback.model.period import Period
from chargeback.model.pools import TrueUp
from chargeback.model.postings import Posting, PostingStatus, undocumented
from chargeback.model.problem import Place, Problem, Problems
from chargeback.model.rules import Rule, parts_of
from chargeback.store.measure import measure
from chargeback.store.overlaps import check_time
from chargeback.workflows.months import Months
from chargeback.workspace.files.toml_lines import line_at, read_toml
from chargeback.workspace.inputs import Inputs
from chargeback.workspace.paths import SETTINGS

if TYPE_CHECKING:
    from chargeback.store.database import Store

APART: dict[PostingStatus, Fund] = {"withheld": "still_to_bill", "waived": "waived"}


def true_ups_billed_in(months: Months, period: Period, adjusting: Sequence[Charge] = ()) -> tuple[TrueUp, ...]:
    """True-ups that a month bills: those of the years for which [true_up] names it. Raises Problems.

    ``adjusting``: the adjustments of earlier months that it bills with them.
    """
    found: tuple[TrueUp, ...] = ()
    for year in sorted(y for y, p in months.inputs.settings.true_ups.items() if p == period):
        if not december_closed(months.store, year):
            lines = read_toml(months.inputs.root, SETTINGS)[1]
            message = f'true_up {year} = "{period}", but {waits(year)}'
            raise Problems([Problem(Place(SETTINGS, line_at(lines, f"true_up.{year}")), message, "true-up-too-early")])
        found += true_ups(months, year, adjusting=adjusting)
    return found


def waits(year: int) -> str:
    """Why a true-up cannot be drawn up yet, as the end of a sentence."""
    return (
        f"{year}-12 is not closed: `chargeback close {year}-12` comes first, the cost of a year is known when it is "
        "closed"
    )


def december_closed(store: Store, year: int) -> bool:
    """Whether the last month of a year is closed."""
    return period_status(store.connection, Period(year, MONTHS)).closed_on is not None


def true_ups(
    months: Months, year: int, charged: Sequence[Posting] | None = None, adjusting: Sequence[Charge] = ()
) -> tuple[TrueUp, ...]:
    """True-up of every pool called by instalments in a year, by pool; none where no pool was. Raises Problems.

    Instalments are those of the ledger: issued, carried, and apart what is still to bill or was given up. Raises
    Problems for months of the year that were never issued.

    ``charged``: the instalments and what else counts, where they are known already.
    ``adjusting``: adjustments that are billed with the true-up; they count as those of the ledger do.
    """
    inputs, store = months.inputs, months.store
    rules = [rule for rule in inputs.rules if calls_instalments(rule, year_span(year))]
    entered = periods_issued(store.connection)
    never = [problem for rule in rules for problem in _never_called(rule, year, inputs, entered)]
    if never:
        raise Problems(never)
    costs = costs_of(inputs, store, year) if rules else []
    if charged is None:
        charged = charges_of(months, year, counted(rules, inputs.rules)) if rules else ()
    billed = [each for each in (*charged, *_drafts(adjusting)) if each.month.year == year]
    found: list[TrueUp] = []
    problems: list[Problem] = []
    payers = YearPayers(inputs.facts, inputs.settings.true_ups.get(year) or Period(year, MONTHS))
    for rule in sorted(rules, key=lambda r: r.pool or ""):
        answers = _answers(rule, year, inputs, store)
        ctx = year_context(year, inputs.settings, inputs.facts, answers, [each.charge for each in billed])
        costs_by_month = [of_month.get(rule.pool or "", 0) for of_month in costs]
        called = _called(rule, billed, inputs.rules, payers)
        result, wrong = true_up(rule, costs_by_month, called, ctx, payers)
        problems += wrong
        found += [result] if result is not None else []
    if problems:
        raise Problems(problems)
    return tuple(found)


def _drafts(charges: Iterable[Charge]) -> Iterator[Posting]:
    """Adjustments as they will be billed."""
    return (undocumented(c, c.adjusts, "draft") for c in charges if c.adjusts is not None)


def months_of_year(year: int) -> list[Period]:
    """Its twelve months."""
    return [Period(year, number) for number in range(1, MONTHS + 1)]


def costs_of(inputs: Inputs, store: Store, year: int) -> list[dict[str, int]]:
    """Cents of each pool in each month of a year, after the transfers of the month. Raises Problems."""
    result = []
    for month in months_of_year(year):
        pools = fill_pools(store.costs(month), inputs.rules, inputs.settings, month)
        if pools.problems:
            raise Problems(pools.problems)
        result.append(pools.to_share)
    return result


def counted(rules: Iterable[Rule], every: Iterable[Rule]) -> set[str]:
    """Rules whose charges of a year count: of the pools, of rates that pay them in advance, of keys that name them."""
    known = tuple(every)
    found: set[str] = set()
    for rule in rules:
        found |= {rule.id, *prefinancing(rule.pool or "", known)}
        for version in rule.versions:
            for key in version.keys:
                found |= {name for q in (key.quantity.parts if key.quantity else ()) for name in q.charges or ()}
    return found


def charges_of(months: Months, year: int, rules: set[str]) -> tuple[Posting, ...]:
    """Charges of some rules from the first month of a year on.

    Those of the ledger, wherever they are billed, and the drafts of its months that are neither issued nor closed.
    """
    con, settings = months.store.connection, months.inputs.settings
    members = newest_by_id(months.inputs.facts.members)
    found = list(postings_since(con, Period(year, 1), settings, members, rules))
    drafted = rules - _called_rules(months.inputs.rules, year)
    own = [rule for rule in months.inputs.rules if rule.id in drafted]
    entered = set(periods_issued(con))
    for period in months_of_year(year):
        if period not in entered and any(parts_of(rule, period.span) for rule in own):
            found += draft_postings(months.month_before_true_up(period), drafted)
    return tuple(found)


def _called_rules(rules: Iterable[Rule], year: int) -> set[str]:
    """Rules that call a pool by instalments in a year, or prefinance it: what was never issued of them was not
    called."""
    known = tuple(rules)
    called = [rule for rule in known if calls_instalments(rule, year_span(year))]
    return {name for rule in called for name in (rule.id, *prefinancing(rule.pool or "", known))}


def _never_called(rule: Rule, year: int, inputs: Inputs, entered: Sequence[Period]) -> Iterator[Problem]:
    """Problem of the months of a year in which a pool should have been called, and that were never issued or closed."""
    settings = inputs.settings
    since = settings.called_since.get(rule.pool or "", Period(year, 1))
    never = [
        month
        for month in months_of_year(year)
        if month >= since and month not in entered and calls_instalments(rule, month.span)
    ]
    if never:
        key = f"true_up.since.{rule.pool}" if rule.pool in settings.called_since else f"true_up.{year}"
        were = "were" if len(never) > 1 else "was"
        message = (
            f"the true-up of {year} counts what was called for {rule.pool}, and {', '.join(map(str, never))} {were} "
            f"never issued or closed: `chargeback issue {never[0]}` comes first, or say since which month the pool was "
            f'called, as [true_up.since] {rule.pool} = "{_first_called(never, entered, year)}"'
        )
        yield Problem(Place(SETTINGS, settings.lines.get(key)), message, "month-never-called")


def _first_called(never: Sequence[Period], entered: Sequence[Period], year: int) -> Period:
    """First month of a year that was issued after those that were not; January of the next where there is none."""
    return min((month for month in entered if month > never[0] and month.year == year), default=Period(year + 1, 1))


def _called(rule: Rule, charges: Iterable[Posting], rules: Iterable[Rule], payers: YearPayers) -> CalledFunds:
    """Instalments and advance payments of a pool: shares, reversals, every charge of a rate that pays in advance.

    A gift takes nothing off: it is not called again. What is still to bill or was given up is apart.
    """
    called = CalledFunds()
    ahead = prefinancing(rule.pool or "", rules)
    for each in charges:
        own = each.charge.rule == rule.id and each.kind == "share"
        if each.goodwill or not (own or each.charge.rule in ahead):
            continue
        fund: Fund = "instalments" if own else "prefinanced"
        called.add(each.charge, APART.get(each.status, fund), each.number, _payer(each, payers))
    return called


def _payer(posting: Posting, payers: YearPayers) -> str:
    """Who was called: the payer of the document, else of the month that the charge is for."""
    if posting.document is not None:
        return payers.current(posting.document.payer.member_id)
    return payers.of_month(posting.charge.member_id, posting.month)


def _answers(rule: Rule, year: int, inputs: Inputs, store: Store) -> dict[tuple[str, str], Answer]:
    """Quantities that the keys of a rule count over a year. Raises Problems for rows that a measure does not allow."""
    answers: dict[tuple[str, str], Answer] = {}
    for span, asked in year_questions(rule, year).items():
        found = measure(store.connection, asked, inputs.facts, span, inputs.settings.zone, str(year))
        time = check_time(store.connection, inputs.root, asked, span, inputs.settings.zone, str(year))
        if found.problems or time.problems:
            raise Problems((*found.problems, *time.problems))
        answers |= found.answers
    return answers
