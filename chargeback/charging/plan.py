"""Plan of a month: the pools, the questions to the usage, and every problem that needs no measure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chargeback.charging.metering.attribution import Question
from chargeback.charging.metering.name_checks import mistyped_items
from chargeback.charging.questions import month_questions, prior_questions
from chargeback.charging.rating.included import included_below_zero
from chargeback.charging.rule_checks import check_rules
from chargeback.charging.rule_order import in_charging_order, unknown_charges
from chargeback.charging.sharing.instalments import instalment_problems, instalments_called, true_up_problems
from chargeback.charging.sharing.pools import Pools, fill_pools
from chargeback.model.facts import Cost, Facts
from chargeback.model.period import Period, Span
from chargeback.model.problem import Problem
from chargeback.model.rules import Rule, parts_of
from chargeback.model.settings import Settings


@dataclass(frozen=True, slots=True)
class MonthPlan:
    """Plan of a month, before it is measured.

    Attributes:
        period: the month.
        settings: settings of the office.
        facts: rows of the registers.
        rules: all rules.
        pools: cost pools after transfers.
        questions: questions about the usage of the month.
        prior_questions: questions about the usage of days before the month, by those days.
        problems: every problem that needs no measure; with any, there are no questions.
    """

    period: Period
    settings: Settings
    facts: Facts
    rules: tuple[Rule, ...]
    pools: Pools
    questions: tuple[Question, ...]
    prior_questions: Mapping[Span, Sequence[Question]]
    problems: tuple[Problem, ...]


def rule_problems(rules: Sequence[Rule], facts: Facts, settings: Settings) -> list[Problem]:
    """Problems of the rules in any month: unknown names, charges in a circle."""
    by_id = {rule.id: rule for rule in rules}
    named = [*check_rules(rules, facts, settings), *unknown_charges(by_id), *mistyped_items(rules, facts)]
    named += [*instalment_problems(rules, facts, settings), *true_up_problems(settings, rules)]
    return [*named, *in_charging_order(rules)[1]]


def plan_month(
    period: Period, settings: Settings, facts: Facts, rules: Sequence[Rule], costs: Iterable[Cost]
) -> MonthPlan:
    """Plan a month: its pools, what to measure, and every problem that needs no measure."""
    called = instalments_called(rules, facts, period)
    problems = [*rule_problems(rules, facts, settings), *_cuts(rules, period), *called.problems]
    problems += included_below_zero(rules, facts, period)
    pools = fill_pools(costs, rules, settings, period).called(called.by_pool)
    problems += pools.problems
    if problems:
        return MonthPlan(period, settings, facts, tuple(rules), pools, (), {}, tuple(problems))
    asked = tuple(month_questions(rules, pools.to_share, period))
    return MonthPlan(period, settings, facts, tuple(rules), pools, asked, prior_questions(rules, period), ())


def _cuts(rules: Iterable[Rule], period: Period) -> Iterator[Problem]:
    """Versions of one month that cannot be added: different spans, or an accumulated year that is cut."""
    for rule in rules:
        parts = parts_of(rule, period.span)
        if len({(v.every, v.year_starts) for v, _ in parts}) > 1:
            message = (
                f"{rule.id} is priced over different spans within {period}: let the version of "
                f"{parts[-1][0].valid_from} "
                "start on the first of a month"
            )
            yield Problem(rule.where_in(parts[-1][0], "valid_from"), message, "cut-of-every")
        whole = len(parts) == 1 and parts[0][1] == period.span
        if any(v.accumulate for v, _ in parts) and not whole:
            message = (
                f"{rule.id} accumulates over the year, but a version of it begins or ends within {period}: let it do "
                "so on "
                "the first of a month"
            )
            yield Problem(rule.where_in(parts[-1][0], "valid_from"), message, "cut-of-accumulate")
