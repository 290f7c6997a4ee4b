"""What is said of an adjustment: what was billed for its month and where, what it comes to now, and why. Pure text."""

from __future__ import annotations

from collections.abc import Iterator

from chargeback.explain.explained_line import BilledThen, Explained
from chargeback.explain.explanation import Explanation
from chargeback.explain.field_text import Field, table
from chargeback.render.text.adjustments import adjusted_text, causes_text
from chargeback.workspace.reports.wording import Wording


def adjustment_fields(line: Explained, found: Explanation, wording: Wording) -> Iterator[Field]:
    """What was billed for the month of an adjustment and by which documents, what it comes to now, and why."""
    if line.billed:
        yield Field("billed", tuple(_billed(line, wording)), True)
    told = adjusted_text(line.line, found.month, wording) or wording.money(line.line.amount)
    yield Field("calculation", (told,))
    why = causes_text(line.line, wording)
    if why:
        yield Field("cause", (why,))


def _billed(line: Explained, wording: Wording) -> list[str]:
    rows = [(wording.money(each.amount), _where(each, wording)) for each in line.billed]
    return table(rows, "rl")


def _where(each: BilledThen, wording: Wording) -> str:
    """On which document an amount was billed, or that it was not."""
    if each.status == "carried_forward":
        key = "carried_to" if each.number else "carried"
        return wording.text(f"explain.billed.{key}", number=each.number)
    return each.number or wording.text("explain.billed.own")
