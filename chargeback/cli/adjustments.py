"""``adjustments``: closed months that differ today, member by member, before anything is billed for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from chargeback.billing.adjustments import Difference, Treatment
from chargeback.billing.rises import Rise
from chargeback.cli.output import print_json, say
from chargeback.cli.progress import progress_bar
from chargeback.explain.field_text import table
from chargeback.ledger.book import period_status
from chargeback.model.money import euros
from chargeback.model.period import Period
from chargeback.workflows.adjustments import Adjusted, adjusted, billed_adjustments
from chargeback.workflows.session import loaded
from chargeback.workspace.inputs import reports_folder
from chargeback.workspace.reports.wording import Wording, read_wording

SIDES = "lllrrrl"
TREATMENT_WORDS: dict[Treatment, str] = {"billed": "billed", "year_end": "year", "below_minimum": "least"}
RISE_HEADS = ("month", "member", "rise", "version", "ground")
HEADS = ("month", "member", "rule", "billed", "now", "difference", "why")


def adjustments_of(root: Path, period: Period, *, as_json: bool) -> None:
    """Print the adjustments of closed months that a month bills, or billed once it is issued; nothing is written.

    Raises Problems as a run of the closed months does.
    """
    with progress_bar() as progress, loaded(root, write=False, progress=progress) as (books, _):
        inputs, con = books.inputs, books.store.connection
        final = period_status(con, period).final
        found = Adjusted(billed_adjustments(con, period, inputs.settings)) if final else adjusted(books, period)
    rows, rises = found.differences, found.rises
    if as_json:
        print_json(json_of(period, rows, rises, inputs.settings.currency, final))
        return
    wording = read_wording(inputs.settings.locale, reports_folder(inputs), inputs.settings.currency)
    print("\n".join([*text_of(period, rows, wording, final=final), *rises_text(rises, wording)]))
    waiting = [row for row in rows if row.treatment != "billed"]
    if waiting:
        say(f"{euros(sum(row.amount for row in waiting)):,} net waits, as its rows say")


def text_of(period: Period, rows: Sequence[Difference], wording: Wording, *, final: bool = False) -> list[str]:
    """A line for each member, month and rule, a total for each member that has several, and of all that is billed."""
    end = "_issued" if final else ""
    title = wording.text(f"adjustments.title{end}", month=wording.month(period))
    if not rows:
        return [title, f"  {wording.text(f'adjustments.none{end}')}"]
    lines = [tuple(wording.text(f"adjustments.columns.{head}") for head in HEADS)]
    for _, own in groupby(sorted(rows, key=_order), key=lambda row: row.member_id):
        lines += _of_member(list(own), wording)
    billed = [row for row in rows if row.treatment == "billed"]
    lines.append(_total(wording.text("adjustments.total"), billed, wording))
    return [title, *(f"  {line}" for line in table(lines, SIDES))]


def _order(row: Difference) -> tuple[str, str, str, str]:
    return row.member_id, str(row.month), row.rule, row.regime


def _of_member(rows: Sequence[Difference], wording: Wording) -> Iterator[tuple[str, ...]]:
    for row in rows:
        amounts = (row.billed, row.recomputed, row.amount)
        yield (str(row.month), row.member_id, row.rule, *map(wording.money, amounts), _why(row, wording))
    if len(rows) > 1:
        yield _total(wording.text("adjustments.member_total", member=rows[0].member_id), rows, wording)


def _total(label: str, rows: Iterable[Difference], wording: Wording) -> tuple[str, ...]:
    of = tuple(rows)
    sums = (sum(row.billed for row in of), sum(row.recomputed for row in of), sum(row.amount for row in of))
    return ("", label, "", *map(wording.money, sums), "")


def _why(row: Difference, wording: Wording) -> str:
    """Causes of a difference, and its treatment where it is not billed now."""
    causes = ", ".join(wording.text(f"adjustments.why.{cause}") for cause in row.causes)
    return (
        f"{causes}; {wording.text(f'adjustments.fates.{TREATMENT_WORDS[row.treatment]}')}"
        if row.treatment != "billed"
        else causes
    )


def rises_text(rises: Sequence[Rise], wording: Wording) -> list[str]:
    """What versions that reach back raise, apart: a line for each member and month, with the version and its ground."""
    if not rises:
        return []
    lines = [tuple(wording.text(f"adjustments.rises.columns.{head}") for head in RISE_HEADS)]
    for rise in sorted(rises, key=lambda rise: (rise.member_id, rise.month)):
        versions = ", ".join(f"{rule} {day}" for rule, day in rise.versions)
        grounds = ", ".join(wording.text(f"basis.grounds.{ground}") for ground in rise.grounds)
        lines.append((str(rise.month), rise.member_id, wording.money(rise.amount), versions, grounds))
    return ["", wording.text("adjustments.rises.title"), *(f"  {line}" for line in table(lines, "llrll"))]


def json_of(
    period: Period, rows: Sequence[Difference], rises: Sequence[Rise], currency: str, final: bool
) -> dict[str, Any]:
    """The same as data: amounts in the workspace's currency, as text."""
    billed = [row for row in rows if row.treatment == "billed"]
    return {
        "period": str(period),
        "currency": currency,
        "issued": final,
        "net": str(euros(sum(row.amount for row in billed))),
        "adjustments": [_json_of_row(row) for row in sorted(rows, key=_order)],
        "rises": [_json_of_rise(rise) for rise in rises],
    }


def _json_of_rise(rise: Rise) -> dict[str, Any]:
    return {
        "month": str(rise.month),
        "member_id": rise.member_id,
        "rise": str(euros(rise.amount)),
        "versions": [{"rule": rule, "version": str(day)} for rule, day in rise.versions],
        "grounds": list(rise.grounds),
    }


def _json_of_row(row: Difference) -> dict[str, Any]:
    return {
        "month": str(row.month),
        "member_id": row.member_id,
        "rule": row.rule,
        "version": str(row.version),
        "regime": row.regime,
        "billed": str(euros(row.billed)),
        "now": str(euros(row.recomputed)),
        "difference": str(euros(row.amount)),
        "cause": list(row.causes),
        "why": row.explanation,
        "fate": TREATMENT_WORDS[row.treatment],
    }
