"""Measured month: the plan of a month with the usage that it counts, the same however the month is then billed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from chargeback.billing.brought_forward import BroughtForward
from chargeback.billing.half_cents import half_cents
from chargeback.billing.invoicing import RateBorne
from chargeback.billing.mentions import mention_notices
from chargeback.billing.month import bill_month
from chargeback.charging.charge_parts import Answers
from chargeback.charging.cost_notices import hidden_costs
from chargeback.charging.metering.answers import Measured
from chargeback.charging.metering.measure_checks import uncovered_use
from chargeback.charging.metering.name_checks import mistyped_meters, mistyped_tags
from chargeback.charging.metering.nobody import OfNobody, nobody_notices, of_nobody
from chargeback.charging.metering.register_notices import register_notices
from chargeback.charging.metering.timeline import identities
from chargeback.charging.metering.usage_notices import moved_shares, time_of_nobody, untagged_use, usage_notices
from chargeback.charging.plan import MonthPlan, plan_month
from chargeback.ledger.numbering import issue_needs
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.pools import TrueUp
from chargeback.model.problem import Notice, Place, Problem, Problems
from chargeback.model.rules import Rule
from chargeback.store.first_rows import first_places
from chargeback.store.measure import measure
from chargeback.store.overlaps import check_time
from chargeback.store.sql.quoting import TAG
from chargeback.workflows.glyph_notices import glyph_notices
from chargeback.workspace.files.toml_lines import read_toml
from chargeback.workspace.inputs import Inputs, reports_folder
from chargeback.workspace.paths import SETTINGS

if TYPE_CHECKING:
    from chargeback.store.database import Store


@dataclass(frozen=True, slots=True)
class MeasuredMonth:
    """Measured month: everything that its charges follow from.

    The cells of the scan are not kept, so that a year of measured months stays small.

    Attributes:
        plan: rules, facts and pools of the month.
        answers: measured quantities by question, exact rationals; those of the year to date are among them.
        problems: use that no version covers, meters and tags that are mistyped; reported with those of billing.
        notices: of its usage and registers.
    """

    plan: MonthPlan
    answers: Answers
    problems: tuple[Problem, ...]
    notices: tuple[Notice, ...]


def measured_month(inputs: Inputs, store: Store, period: Period) -> MeasuredMonth:
    """Plan a month and measure its usage. Raises Problems of the plan, and for rows that a measure does not allow."""
    costs = store.costs(period)
    plan = plan_month(period, inputs.settings, inputs.facts, inputs.rules, costs)
    if plan.problems:
        raise Problems(plan.problems)
    measured, problems = _measure(plan, store, inputs.root)
    members = identities(plan.facts.members, period.span)
    notices = (
        *usage_notices(measured, plan.rules, period, meters(store), members),
        *time_of_nobody(measured, period),
        *measured.notices,
        *untagged_use(plan.questions, measured, period),
        *_nobody(measured, inputs, store, period),
        *register_notices(plan.rules, plan.facts, period),
        *hidden_costs(costs, period, inputs.settings.currency),
    )
    return MeasuredMonth(plan, measured.answers, tuple(problems), notices)


def _nobody(measured: Measured, inputs: Inputs, store: Store, period: Period) -> Iterator[Notice]:
    """Notices of use that leads to nobody, each at its first row."""

    def placed(listed: tuple[OfNobody, ...]) -> Mapping[int, Place]:
        groups = [each.cells for each in listed]
        return first_places(store.connection, inputs.root, groups, inputs.settings.zone)

    return nobody_notices(of_nobody(measured), inputs.facts, period, placed)


def billed_month(
    measured: MeasuredMonth,
    inputs: Inputs,
    true_ups: Sequence[TrueUp],
    brought_forward: BroughtForward | None,
    rate_borne: RateBorne,
    *,
    in_advance: bool = False,
) -> Month:
    """Charge, share, draw up and check a measured month, with all its notices. Raises Problems.

    ``true_ups``: those that it bills. ``brought_forward``: of earlier months; without it the month is alone.
    ``rate_borne``: VAT rates of issued months. ``in_advance``: of the month itself only what is called in advance is
    charged.
    """
    plan, answers = measured.plan, measured.answers
    outcome = bill_month(plan, answers, (), true_ups, brought_forward, rate_borne=rate_borne, in_advance=in_advance)
    if measured.problems or outcome.problems or outcome.month is None:
        raise Problems((*measured.problems, *outcome.problems))
    notices = [
        *outcome.month.notices,
        *measured.notices,
        *half_cents(outcome.month),
        *glyph_notices(outcome.month, reports_folder(inputs)),
        *moved_shares(outcome.month, measured.answers),
        *mention_notices(outcome.month, read_toml(inputs.root, SETTINGS)[1]),
        *issue_needs(outcome.month, read_toml(inputs.root, SETTINGS)[1]),
        *(brought_forward.notices if brought_forward is not None else ()),
    ]
    return replace(outcome.month, notices=tuple(sorted(notices, key=lambda n: (n.where.order, n.message))))


def _measure(plan: MonthPlan, store: Store, root: Path) -> tuple[Measured, list[Problem]]:
    """Answers to the questions of a month and of its year to date, and the problems of its usage.

    Raises Problems for rows that a measure does not allow: nothing can be charged then.
    """
    con, zone, period = store.connection, plan.settings.zone, plan.period
    measured = measure(con, plan.questions, plan.facts, period.span, zone, str(period))
    rules: Mapping[str, Rule] = {rule.id: rule for rule in plan.rules}
    problems = [*uncovered_use(plan.questions, measured, rules, period)]
    problems += mistyped_meters(measured, plan.rules, meters(store))
    problems += mistyped_tags(plan.rules, tags(store))
    time = check_time(con, root, plan.questions, period.span, zone, str(period))
    misused = [*measured.problems, *time.problems]
    notices = (*measured.notices, *time.notices)
    answers = dict(measured.answers)
    for span, asked in plan.prior_questions.items():
        before = measure(con, asked, plan.facts, span, zone, f"{span.start} to {span.end}")
        time = check_time(con, root, asked, span, zone, f"{span.start} to {span.end}")
        misused += [*before.problems, *time.problems]
        answers |= before.answers
    if misused:
        raise Problems((*misused, *problems))
    return replace(measured, answers=answers, notices=notices), problems


def tags(store: Store) -> list[str]:
    """Every tag of the usage."""
    return [column.removeprefix(TAG) for column in store.tag_columns()]


def meters(store: Store) -> list[str]:
    """Every meter of the usage."""
    rows = store.connection.execute("select distinct meter from usage order by meter").fetchall()
    return [meter for (meter,) in rows]
