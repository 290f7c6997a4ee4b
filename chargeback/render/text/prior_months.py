"""What a line of an earlier month rests on, as a month of its own: the one that carried it, or the one it adjusts. Pure.

Pages and XML take splits, pools, days and true-ups of a line from there, never from the month of its document.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby

from chargeback.billing.invoicing import lines_of
from chargeback.model.documents import Document, Line
from chargeback.model.month import Month, PriorMonth
from chargeback.model.period import Period
from chargeback.render.text.labels import shown_lines
from chargeback.render.text.per_month import PerMonth

PriorMonthKey = tuple[Period, bool, Period | None]


@dataclass(frozen=True, slots=True)
class PriorMonthBlock:
    """Lines of a document for one beneficiary and, where an earlier month carried them, of that month (``since``)."""

    beneficiary: str
    since: Period | None
    lines: tuple[Line, ...]

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)


def line_blocks(document: Document, month: Month) -> list[PriorMonthBlock]:
    """The printed lines of a document, as they stand together: those of its month first, then each month that carried some."""
    shown = groupby(shown_lines(document.lines, month), key=lambda line: (line.beneficiary, line.carried_from))
    return [PriorMonthBlock(beneficiary, since, tuple(lines)) for (beneficiary, since), lines in shown]


def charging_month(since: Period | None, month: Month) -> Month:
    """The month that charged the lines of a document: its own, or the earlier one that carried them, as it was then."""
    return month if since is None else _earlier(month, (since, False, None))


def adjusted_period(line: Line) -> Period | None:
    """The closed month that a line adjusts; None for all others, also for one that gives back an adjustment."""
    return line.charges[0].adjusts if line.kind == "adjustment" and not line.reverses else None


def recomputed_month(line: Line, month: Month) -> Month:
    """The month that a line adjusts, with what it came to when it was charged again."""
    of = adjusted_period(line)
    assert of is not None, "an adjustment says its month"
    return _earlier(month, (of, True, line.carried_from))


def recomputed_lines(line: Line, again: Month) -> tuple[Line, ...]:
    """What the member of an adjustment comes to by its rule and regime in the month charged again; none where that is nothing."""
    regime = line.charges[0].vat
    own = (c for c in again.charges if (c.member_id, c.rule, c.vat) == (line.beneficiary, line.rule, regime))
    return tuple(shown_lines(lines_of(own, again.rules), again))


_known: PerMonth[dict[PriorMonthKey, Month]] = PerMonth()


def _earlier(month: Month, place: PriorMonthKey) -> Month:
    """One of the months that a month's lines rest on; without anything to rest on where that is not known.

    Worked out once a month, not once a document.
    """
    found = _known.of(month, _all)
    if place not in found:
        found[place] = _as_month(month, PriorMonth(place[0]))
    return found[place]


def _all(month: Month) -> dict[PriorMonthKey, Month]:
    return {(each.period, each.recomputed, each.carried_from): _as_month(month, each) for each in month.prior_months}


def _as_month(month: Month, of: PriorMonth) -> Month:
    return replace(
        month,
        period=of.period,
        charges=of.charges,
        pools=of.pools,
        splits=of.splits,
        flows=of.flows,
        true_ups=of.true_ups,
        documents=(),
        withheld=(),
        carried_forward=(),
        prior_months=(),
    )
