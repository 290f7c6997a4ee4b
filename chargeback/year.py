"""The true-up of a year, wired: costs of its months, use of the year, what the ledger says was called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from chargeback.charging.context import parts_of
from chargeback.charging.instalments import MONTHS, by_instalments
from chargeback.charging.pools import fill
from chargeback.charging.questions import of_year, year_span
from chargeback.charging.true_up import Called, prefinancing, true_up, year_context
from chargeback.charging.usage import Answer
from chargeback.inputs import Inputs
from chargeback.ledger.bills import billed
from chargeback.ledger.book import standing
from chargeback.measure import measure
from chargeback.period import Period
from chargeback.problem import Place, Problem, Problems, Refused
from chargeback.reading.toml_lines import line_at, read_toml
from chargeback.result import Charge, Month, TrueUp
from chargeback.rules import Rule

if TYPE_CHECKING:
    from chargeback.store import Store

MonthOf = Callable[[Period], Month]
SETTINGS = "chargeback.toml"


def entered(inputs: Inputs, store: Store, period: Period, month_of: MonthOf) -> tuple[TrueUp, ...]:
    """The true-ups that a month bills: those of the years for which [true_up] names it. Raises Problems."""
    found: tuple[TrueUp, ...] = ()
    for year in sorted(y for y, p in inputs.settings.true_ups.items() if p == period):
        if not december_closed(store, year):
            lines = read_toml(inputs.root, SETTINGS)[1]
            message = f'true_up {year} = "{period}", but {waits(year)}'
            raise Problems([Problem(Place(SETTINGS, line_at(lines, f"true_up.{year}")), message, "true-up-too-early")])
        found += true_ups(inputs, store, year, month_of)
    return found


def waits(year: int) -> str:
    """Why a true-up cannot be drawn up yet, as the end of a sentence."""
    return f"{year}-12 is not closed: `chargeback close {year}-12` comes first, the cost of a year is known when it is closed"


def december_closed(store: Store, year: int) -> bool:
    """Whether the last month of a year is closed."""
    return standing(store.connection, Period(year, MONTHS)).closed_on is not None


def true_ups(inputs: Inputs, store: Store, year: int, month_of: MonthOf) -> tuple[TrueUp, ...]:
    """The true-up of every pool called by instalments in a year, by pool. Instalments are those of the ledger where issued, else
    as ``month_of`` computes them. Raises Problems, Refused where no pool was."""
    rules = [rule for rule in inputs.rules if by_instalments(rule, year_span(year))]
    if not rules:
        raise Refused(f"no pool is called by instalments in {year}: every month was billed at its cost")
    months = [Period(year, number) for number in range(1, MONTHS + 1)]
    costs = _costs(inputs, store, months)
    charges = _charges(inputs, store, months, _counted(rules, inputs.rules), month_of)
    found: list[TrueUp] = []
    problems: list[Problem] = []
    for rule in sorted(rules, key=lambda r: r.pool or ""):
        ctx = year_context(
            year, inputs.settings, inputs.facts, _answers(rule, year, inputs, store), [c for c, _, _ in charges]
        )
        held = [of_month.get(rule.pool or "", 0) for of_month in costs]
        result, wrong = true_up(rule, held, _called(rule, charges, inputs.rules), ctx)
        problems += wrong
        found += [result] if result is not None else []
    if problems:
        raise Problems(problems)
    return tuple(found)


def _costs(inputs: Inputs, store: Store, months: Iterable[Period]) -> list[dict[str, int]]:
    """What each pool held in each month, after the transfers of the month."""
    result = []
    for month in months:
        pools = fill(store.costs(month), inputs.rules, inputs.settings, month)
        if pools.problems:
            raise Problems(pools.problems)
        result.append(pools.held)
    return result


def _counted(rules: Iterable[Rule], every: Iterable[Rule]) -> set[str]:
    """The rules whose charges of the year count: the pools' own, the rates that pay them in advance, those that keys name."""
    known = tuple(every)
    counted: set[str] = set()
    for rule in rules:
        counted |= {rule.id, *prefinancing(rule.pool or "", known)}
        for version in rule.versions:
            for key in version.keys:
                counted |= {name for q in (key.quantity.parts if key.quantity else ()) for name in q.charges or ()}
    return counted


Counted = tuple[Charge, str, bool]


def _charges(
    inputs: Inputs, store: Store, months: Iterable[Period], counted: set[str], month_of: MonthOf
) -> list[Counted]:
    """(charge, number of its document, whether it gives back) of the months in which such a rule is in force."""
    own = [rule for rule in inputs.rules if rule.id in counted]
    found: list[Counted] = []
    for period in months:
        if any(parts_of(rule, period.span) for rule in own):
            month = billed(store.connection, period, inputs.settings) or month_of(period)
            found += [row for row in _rows(month) if row[0].rule in counted]
    return found


def _rows(month: Month) -> Iterator[Counted]:
    drawn = set()
    for document in month.documents:
        for line in document.lines:
            for charge in line.charges:
                drawn.add(id(charge))
                yield charge, document.number, line.corrects > 0
    yield from ((charge, "", False) for charge in month.charges if id(charge) not in drawn)


def _called(rule: Rule, charges: Iterable[Counted], rules: Iterable[Rule]) -> Called:
    """Instalments are shares, and what gives them back; of a rate that pays in advance every charge counts."""
    called = Called()
    ahead = prefinancing(rule.pool or "", rules)
    for charge, number, back in charges:
        if charge.rule == rule.id and (charge.kind == "share" or back):
            called.add(charge, "instalments", number)
        elif charge.rule in ahead:
            called.add(charge, "prefinanced", number)
    return called


def _answers(rule: Rule, year: int, inputs: Inputs, store: Store) -> dict[tuple[str, str], Answer]:
    """What the keys of a rule count over a year. Raises Problems for rows that a measure does not allow."""
    answers: dict[tuple[str, str], Answer] = {}
    for span, asked in of_year(rule, year).items():
        found = measure(store.connection, asked, inputs.facts, span, inputs.settings.zone, str(year))
        if found.problems:
            raise Problems(found.problems)
        answers |= found.answers
    return answers
