"""Faults of a page's layout: text off the page, on other text, below the foot."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from chargeback.render.pdf.page import BOTTOM, LEFT, RIGHT, Page, PageSheet


def off_the_page(page: Page) -> Iterator[str]:
    for style, x, y, text in page.texts:
        if x < LEFT - 0.1 or x + style.width(text) > RIGHT + 0.1 or y > BOTTOM + 0.1:
            yield f"{text!r} at {x:.0f}, {y:.0f}"


def overlaps(page: Page) -> Iterator[str]:
    """Pairs of texts on one line of which the first runs into the second."""
    lines: dict[int, list[tuple[float, float, str]]] = {}
    for style, x, y, text in page.texts:
        lines.setdefault(round(y), []).append((x, x + style.width(text), text))
    for line in lines.values():
        for (_, end, first), (start, _, second) in pairwise(sorted(line)):
            if end > start + 0.1:
                yield f"{first!r} runs into {second!r}"


def crowded_lines(page: Page) -> Iterator[str]:
    """Pairs of texts one under the other, nearer than a line is high."""
    texts = sorted(page.texts, key=lambda t: t[2])
    for index, (style, x, y, text) in enumerate(texts):
        for below, x2, y2, other in texts[index + 1 :]:
            if y2 - y > 8:
                break
            beside = x + style.width(text) < x2 or x2 + below.width(other) < x
            if y2 - y > 0.5 and y2 - y < 0.8 * below.size and not beside:
                yield f"{other!r} is {y2 - y:.1f} below {text!r}"


def faults(sheets: list[PageSheet]) -> list[str]:
    pages = [page for sheet in sheets for page in sheet.pages]
    return [f for page in pages for kind in (off_the_page, overlaps, crowded_lines) for f in kind(page)]
