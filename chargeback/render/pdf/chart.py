"""Charts of the reports: horizontal bars labelled at their ends, and a strip plot of all members with one dot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from chargeback.render.pdf.page import LEFT, MM, RIGHT, PageSheet

BAR, STEP = 4.2 * MM, 6.6 * MM
MOST_NAMES = 72 * MM
DOT = 3.0


@dataclass(frozen=True, slots=True)
class Bar:
    """Bar of a chart.

    Attributes:
        name: label to its left.
        size: length in any unit; below zero it goes to the left.
        label: label at its end.
    """

    name: str
    size: int
    label: str


def bars_height(count: int) -> float:
    """Height in points of ``count`` bars."""
    return count * STEP


def draw_bars(sheet: PageSheet, bars: Sequence[Bar]) -> None:
    """Bars one below the other from ``sheet.y`` on; those below zero in the second colour of the theme."""
    colour, negative = sheet.theme.chart[0], sheet.theme.chart[1 % len(sheet.theme.chart)]
    style = sheet.styles.small
    names = min(MOST_NAMES, max((style.width(bar.name) for bar in bars), default=0.0)) + 3 * MM
    labels = max((style.width(bar.label) for bar in bars), default=0.0) + 2 * MM
    low, high = min(0, *(b.size for b in bars), 0), max(0, *(b.size for b in bars), 0)
    room = RIGHT - LEFT - names - labels
    scale = room / max(1, high - low)
    zero = LEFT + names - low * scale
    sheet.vertical_rule(zero, sheet.y - 1, sheet.y + bars_height(len(bars)) - STEP + BAR + 1, sheet.theme.grey)
    for bar in bars:
        end = zero + bar.size * scale
        base = sheet.y + BAR - 1.2 * MM
        sheet.fitted(LEFT, base, names - 3 * MM, bar.name, style)
        sheet.bar(min(zero, end), sheet.y, max(0.5, abs(end - zero)), BAR, colour if bar.size >= 0 else negative)
        sheet.text(max(zero, end) + 2 * MM, base, bar.label, style)
        sheet.y += STEP


def draw_strip(sheet: PageSheet, x: float, y: float, width: float, values: Sequence[Fraction], own: Fraction) -> None:
    """Strip plot: all values as ticks between zero and the largest, ``own`` as a dot; ``y`` is its middle line."""
    low, high = min(Fraction(0), *values, own), max(*values, own)
    span = float(high - low) or 1.0
    sheet.rule(y, x, x + width, sheet.theme.light, 0.6)
    ticks = sorted({round(x + width * float(v - low) / span, 1) for v in values})
    sheet.ticks(ticks, y - 2.2, y + 2.2, sheet.theme.grey)
    sheet.dot(x + width * float(own - low) / span, y, DOT, sheet.theme.accent)
