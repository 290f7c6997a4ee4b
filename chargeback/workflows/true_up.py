"""The true-up of a year, wired: costs of its months, use of the year, what the ledger says was called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from chargeback.billing.true_up import CalledFunds, prefinancing, true_up, year_context
from chargeback.charging.metering.answers import Answer
from chargeback.charging.questions import year_questions, year_span
from chargeback.charging.sharing.instalments import MONTHS, calls_instalments
from chargeback.charging.sharing.pools import fill_pools
from chargeback.ledger.book import period_status, periods_issued
from chargeback.ledger.year_postings import draft_postings, newest_by_id, postings_since
from chargeback.model.charges import Charge
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.pools import TrueUp
from chargeback.model.postings import Posting, undocumented
from chargeback.model.problem import Place, Problem, Problems
from chargeback.model.rules import Rule, parts_of
from chargeback.store.measure import measure
from chargeback.workspace.files.toml_lines import line_at, read_toml
from chargeback.workspace.inputs import Inputs

if TYPE_CHECKING:
    from chargeback.store.database import Store

MonthOf = Callable[[Period], Month]
SETTINGS = "chargeback.toml"


def entered(
    inputs: Inputs, store: Store, period: Period, month_of: MonthOf, beside: Sequence[Charge] = ()
) -> tuple[TrueUp, ...]:
    """The true-ups that a month bills: those of the years for which [true_up] names it. Raises Problems.

    ``beside``: the adjustments of earlier months that it bills with them.
    """
    found: tuple[TrueUp, ...] = ()
    for year in sorted(y for y, p in inputs.settings.true_ups.items() if p == period):
        if not december_closed(store, year):
            lines = read_toml(inputs.root, SETTINGS)[1]
            message = f'true_up {year} = "{period}", but {waits(year)}'
            raise Problems([Problem(Place(SETTINGS, line_at(lines, f"true_up.{year}")), message, "true-up-too-early")])
        found += true_ups(inputs, store, year, month_of, beside=beside)
    return found


def waits(year: int) -> str:
    """Why a true-up cannot be drawn up yet, as the end of a sentence."""
    return f"{year}-12 is not closed: `chargeback close {year}-12` comes first, the cost of a year is known when it is closed"


def december_closed(store: Store, year: int) -> bool:
    """Whether the last month of a year is closed."""
    return period_status(store.connection, Period(year, MONTHS)).closed_on is not None


def true_ups(
    inputs: Inputs,
    store: Store,
    year: int,
    month_of: MonthOf,
    charged: Sequence[Posting] | None = None,
    beside: Sequence[Charge] = (),
) -> tuple[TrueUp, ...]:
    """The true-up of every pool called by instalments in a year, by pool; none where no pool was.

    Instalments are those of the ledger where issued, else as ``month_of`` computes them (``charged``: those, when known);
    ``beside``: adjustments that are billed with it, and count as those of the ledger. Raises Problems.
    """
    rules = [rule for rule in inputs.rules if calls_instalments(rule, year_span(year))]
    costs = costs_of(inputs, store, year) if rules else []
    if charged is None:
        charged = charges_of(inputs, store, year, counted(rules, inputs.rules), month_of) if rules else ()
    billed = [each for each in (*charged, *_beside(beside)) if each.month.year == year]
    found: list[TrueUp] = []
    problems: list[Problem] = []
    for rule in sorted(rules, key=lambda r: r.pool or ""):
        answers = _answers(rule, year, inputs, store)
        ctx = year_context(year, inputs.settings, inputs.facts, answers, [each.charge for each in billed])
        held = [of_month.get(rule.pool or "", 0) for of_month in costs]
        result, wrong = true_up(rule, held, _called(rule, billed, inputs.rules), ctx)
        problems += wrong
        found += [result] if result is not None else []
    if problems:
        raise Problems(problems)
    return tuple(found)


def _beside(charges: Iterable[Charge]) -> Iterator[Posting]:
    return (undocumented(c, c.adjusts, "draft") for c in charges if c.adjusts is not None)


def months_of_year(year: int) -> list[Period]:
    """Its twelve months."""
    return [Period(year, number) for number in range(1, MONTHS + 1)]


def costs_of(inputs: Inputs, store: Store, year: int) -> list[dict[str, int]]:
    """What each pool held in each month of a year, after the transfers of the month. Raises Problems."""
    result = []
    for month in months_of_year(year):
        pools = fill_pools(store.costs(month), inputs.rules, inputs.settings, month)
        if pools.problems:
            raise Problems(pools.problems)
        result.append(pools.to_share)
    return result


def counted(rules: Iterable[Rule], every: Iterable[Rule]) -> set[str]:
    """The rules whose charges of the year count: the pools' own, the rates that pay them in advance, those that keys name."""
    known = tuple(every)
    found: set[str] = set()
    for rule in rules:
        found |= {rule.id, *prefinancing(rule.pool or "", known)}
        for version in rule.versions:
            for key in version.keys:
                found |= {name for q in (key.quantity.parts if key.quantity else ()) for name in q.charges or ()}
    return found


def charges_of(inputs: Inputs, store: Store, year: int, rules: set[str], month_of: MonthOf) -> tuple[Posting, ...]:
    """The charges of some rules since the first month of a year: those of the ledger, wherever they are billed, and the drafts of
    its months that are neither issued nor closed."""
    con, settings = store.connection, inputs.settings
    members = newest_by_id(inputs.facts.members)
    found = list(postings_since(con, Period(year, 1), settings, members, rules))
    own = [rule for rule in inputs.rules if rule.id in rules]
    entered = set(periods_issued(con))
    for period in months_of_year(year):
        if period not in entered and any(parts_of(rule, period.span) for rule in own):
            found += draft_postings(month_of(period), rules)
    return tuple(found)


def _called(rule: Rule, charges: Iterable[Posting], rules: Iterable[Rule]) -> CalledFunds:
    """Instalments are shares, and what gives them back; of a rate that pays in advance every charge counts."""
    called = CalledFunds()
    ahead = prefinancing(rule.pool or "", rules)
    for each in charges:
        if each.charge.rule == rule.id and each.kind == "share":
            called.add(each.charge, "instalments", each.number)
        elif each.charge.rule in ahead:
            called.add(each.charge, "prefinanced", each.number)
    return called


def _answers(rule: Rule, year: int, inputs: Inputs, store: Store) -> dict[tuple[str, str], Answer]:
    """What the keys of a rule count over a year. Raises Problems for rows that a measure does not allow."""
    answers: dict[tuple[str, str], Answer] = {}
    for span, asked in year_questions(rule, year).items():
        found = measure(store.connection, asked, inputs.facts, span, inputs.settings.zone, str(year))
        if found.problems:
            raise Problems(found.problems)
        answers |= found.answers
    return answers
