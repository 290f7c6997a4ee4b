"""Pages as lists of marks, laid out first and drawn at the end, when their number is known (see ``draw``).

Lengths are points, ``y`` counts downwards from the top of the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from chargeback.render.pdf.fonts import Font, fit, font, wrap
from chargeback.workspace.reports.theme import Theme

MM = 72 / 25.4
WIDTH, HEIGHT = 210 * MM, 297 * MM
MARGIN = 18 * MM
LEFT, RIGHT = MARGIN, WIDTH - MARGIN
TOP, BOTTOM = MARGIN, HEIGHT - MARGIN - 9 * MM
TITLE, SECTION, BODY, SMALL = 18.0, 12.0, 9.0, 8.0


@dataclass(frozen=True, slots=True)
class Style:
    """A font, its size and colour, and the distance of its lines."""

    font: Font
    size: float
    colour: str

    @property
    def leading(self) -> float:
        return self.size * 1.3

    def width(self, text: str) -> float:
        return self.font.width(self.font.clean(text), self.size)


@dataclass(frozen=True, slots=True)
class PageStyles:
    """The styles of all documents: one family in three weights, four sizes, one accent and two greys."""

    title: Style
    figure: Style
    section: Style
    body: Style
    strong: Style
    label: Style
    small: Style
    small_strong: Style
    small_medium: Style
    note: Style
    party: Style


@lru_cache(maxsize=16)
def styles_of(theme: Theme) -> PageStyles:
    """The styles of a theme; its fonts are registered."""
    regular, medium, bold = font(theme.regular), font(theme.medium), font(theme.bold)
    return PageStyles(
        title=Style(bold, TITLE, theme.accent),
        figure=Style(bold, TITLE, theme.ink),
        section=Style(bold, SECTION, theme.accent),
        body=Style(regular, BODY, theme.ink),
        strong=Style(bold, BODY, theme.ink),
        label=Style(regular, BODY, theme.grey),
        small=Style(regular, SMALL, theme.ink),
        small_strong=Style(bold, SMALL, theme.ink),
        small_medium=Style(medium, SMALL, theme.ink),
        note=Style(regular, SMALL, theme.grey),
        party=Style(bold, BODY, theme.accent),
    )


@dataclass(slots=True)
class Page:
    """The marks of one page."""

    shapes: list[tuple[object, ...]] = field(default_factory=list)
    texts: list[tuple[Style, float, float, str]] = field(default_factory=list)
    bookmarks: list[tuple[str, int, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A point of a document in the making: how many pages, how much on the last, and where the next thing went."""

    pages: int
    shapes: int
    texts: int
    bookmarks: int
    y: float


@dataclass(slots=True)
class PageSheet:
    """A document in the making: its pages, and where the next thing goes (``y``)."""

    theme: Theme
    styles: PageStyles
    running: Callable[[PageSheet], float]
    decimal: str = ","
    pages: list[Page] = field(default_factory=list)
    y: float = TOP

    def open(self) -> None:
        """A new page, with its running head from the second on."""
        self.pages.append(Page())
        self.y = TOP if len(self.pages) == 1 else self.running(self)

    @property
    def page(self) -> Page:
        return self.pages[-1]

    @property
    def room(self) -> float:
        """Points left on the page."""
        return BOTTOM - self.y

    def mark(self) -> Checkpoint:
        """Where the document stands."""
        page = self.page
        return Checkpoint(len(self.pages), len(page.shapes), len(page.texts), len(page.bookmarks), self.y)

    def back_to(self, mark: Checkpoint) -> None:
        """The document as it stood at ``mark``."""
        del self.pages[mark.pages :]
        page = self.page
        del page.shapes[mark.shapes :], page.texts[mark.texts :], page.bookmarks[mark.bookmarks :]
        self.y = mark.y

    def need(self, height: float) -> bool:
        """A new page unless ``height`` points are left; whether one was opened."""
        if self.room >= height or self.y <= TOP:
            return False
        self.open()
        return True

    def text(self, x: float, y: float, text: str, style: Style, align: str = "left") -> None:
        """One line; ``x`` is its left end, its right end (``right``) or its middle (``centre``), ``y`` its base."""
        shown = style.font.clean(text)
        if align != "left":
            width = style.font.width(shown, style.size)
            x -= width if align == "right" else width / 2
        self.page.texts.append((style, x, y, shown))

    def paragraph(self, x: float, y: float, width: float, text: str, style: Style, most: int = 0) -> float:
        """Wrapped lines, the base of the first at ``y``; the base of the line after the last. ``most`` lines when given."""
        lines = wrap(text, style.font, style.size, width)
        if 0 < most < len(lines):
            lines = [*lines[: most - 1], fit(" ".join(lines[most - 1 :]), style.font, style.size, width)]
        for line in lines:
            self.page.texts.append((style, x, y, line))
            y += style.leading
        return y

    def fitted(self, x: float, y: float, width: float, text: str, style: Style, align: str = "left") -> None:
        """One line, cut with an ellipsis where it would be wider than ``width``."""
        self.text(x, y, fit(text, style.font, style.size, width), style, align)

    def rule(self, y: float, x1: float = LEFT, x2: float = RIGHT, colour: str = "", width: float = 0.5) -> None:
        """A level thin line."""
        self.page.shapes.append(("line", x1, y, x2, y, width, colour or self.theme.light))

    def upright(self, x: float, y1: float, y2: float, colour: str = "", width: float = 0.5) -> None:
        """A plumb thin line."""
        self.page.shapes.append(("line", x, y1, x, y2, width, colour or self.theme.light))

    def bar(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A filled rectangle, ``y`` its top."""
        self.page.shapes.append(("rect", x, y, width, height, colour))

    def frame(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """The outline of a rectangle, ``y`` its top."""
        self.page.shapes.append(("frame", x, y, width, height, colour))

    def dot(self, x: float, y: float, radius: float, colour: str) -> None:
        """A filled circle."""
        self.page.shapes.append(("dot", x, y, radius, colour))

    def strokes(self, places: list[float], y1: float, y2: float, colour: str) -> None:
        """Upright strokes at each ``x``, as one mark."""
        self.page.shapes.append(("strokes", tuple(places), y1, y2, colour))

    def image(self, path: Path, x: float, y: float, width: float, height: float) -> None:
        """An image fitted into a box, at its top left."""
        self.page.shapes.append(("image", path, x, y, width, height))

    def bookmark(self, title: str, level: int = 0) -> None:
        """An entry of the outline, leading here."""
        self.page.bookmarks.append((title, level, self.y))
