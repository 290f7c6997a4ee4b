"""Prior months of a document: for each line of an earlier month, the month that charged it or that it adjusts. Pure.

Pages and XML take the splits, pools, days and true-ups of a line from that month, never from the month of its document.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby

from chargeback.billing.document_lines import lines_of
from chargeback.model.documents import Document, Line
from chargeback.model.month import Month, PriorMonth
from chargeback.model.period import Period
from chargeback.render.text.labels import shown_lines
from chargeback.render.text.per_month import PerMonth

PriorMonthKey = tuple[Period, bool, Period | None]  # period, whether it is recomputed, month that carried it forward


@dataclass(frozen=True, slots=True)
class PriorMonthBlock:
    """Block of printed lines of one beneficiary and one month.

    Attributes:
        beneficiary: member id.
        carried_from: earlier month that carried the lines forward; None for the month of the document.
        lines: the lines, in the order of the document.
    """

    beneficiary: str
    carried_from: Period | None
    lines: tuple[Line, ...]

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)


def line_blocks(document: Document, month: Month) -> list[PriorMonthBlock]:
    """Blocks of the printed lines of a document: its own month first, then each month that carried lines forward."""
    shown = groupby(shown_lines(document.lines, month), key=lambda line: (line.beneficiary, line.carried_from))
    return [PriorMonthBlock(beneficiary, period, tuple(lines)) for (beneficiary, period), lines in shown]


def charging_month(carried_from: Period | None, month: Month) -> Month:
    """Month that charged lines of a document: its own, or the earlier one that carried them forward, as it was then."""
    return month if carried_from is None else _prior_month(month, (carried_from, False, None))


def adjusted_period(line: Line) -> Period | None:
    """Closed month that a line adjusts; None for all other lines, also for one that reverses an adjustment."""
    return line.charges[0].adjusts if line.kind == "adjustment" and not line.reverses else None


def recomputed_month(line: Line, month: Month) -> Month:
    """Month that an adjustment corrects, with its charges as recomputed."""
    period = adjusted_period(line)
    assert period is not None, "an adjustment has a month"
    return _prior_month(month, (period, True, line.carried_from))


def recomputed_lines(line: Line, recomputed: Month) -> tuple[Line, ...]:
    """Lines of the recomputed month for the member, rule and regime of an adjustment; none where it has no charge."""
    regime = line.charges[0].vat
    own = (c for c in recomputed.charges if (c.member_id, c.rule, c.vat) == (line.beneficiary, line.rule, regime))
    return tuple(shown_lines(lines_of(own, recomputed.rules, lambda _: line.rate), recomputed))


_prior_months: PerMonth[dict[PriorMonthKey, Month]] = PerMonth()


def _prior_month(month: Month, key: PriorMonthKey) -> Month:
    """Prior month of a month's lines, memoised per month; one without charges, pools and splits where it is unknown."""
    found = _prior_months.of(month, _all_prior_months)
    if key not in found:
        found[key] = _as_month(month, PriorMonth(key[0]))
    return found[key]


def _all_prior_months(month: Month) -> dict[PriorMonthKey, Month]:
    return {(each.period, each.recomputed, each.carried_from): _as_month(month, each) for each in month.prior_months}


def _as_month(month: Month, prior: PriorMonth) -> Month:
    return replace(
        month,
        period=prior.period,
        charges=prior.charges,
        pools=prior.pools,
        splits=prior.splits,
        flows=prior.flows,
        true_ups=prior.true_ups,
        documents=(),
        withheld=(),
        carried_forward=(),
        prior_months=(),
    )
