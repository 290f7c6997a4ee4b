"""Fields of an adjustment: the amounts billed for its month and where, the amount of today, and why. Pure text."""

from __future__ import annotations

from collections.abc import Iterator

from chargeback.explain.explained_line import BilledThen, Explained
from chargeback.explain.explanation import Explanation
from chargeback.explain.field_text import Field, table
from chargeback.render.text.adjustments import adjusted_text, causes_text
from chargeback.workspace.reports.wording import Wording


def adjustment_fields(line: Explained, found: Explanation, wording: Wording) -> Iterator[Field]:
    """Amounts billed for the month of an adjustment and by which documents, the amount recomputed, and why."""
    if line.billed:
        yield Field("billed", tuple(_billed(line, wording)), True)
    text = adjusted_text(line.line, found.month, wording) or wording.money(line.line.amount)
    yield Field("calculation", (text,))
    causes = causes_text(line.line, wording)
    if causes:
        yield Field("cause", (causes,))


def _billed(line: Explained, wording: Wording) -> list[str]:
    rows = [(wording.money(each.amount), _where(each, wording)) for each in line.billed]
    return table(rows, "rl")


def _where(each: BilledThen, wording: Wording) -> str:
    """On which document an amount was billed, or that it was not."""
    if each.status == "carried_forward":
        key = "carried_to" if each.number else "carried"
        return wording.text(f"explain.billed.{key}", number=each.number)
    return each.number or wording.text("explain.billed.own")
