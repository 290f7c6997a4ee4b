"""Pages as lists of shapes and texts, laid out first and drawn at the end, when their number is known (see ``draw``).

Lengths are points; ``y`` counts down from the top of the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

from chargeback.render.pdf.fonts import Font, fit, font, wrap
from chargeback.render.pdf.shapes import Dot, Picture, Rectangle, Segment, Shape, Ticks
from chargeback.workspace.reports.theme import Theme

MM = 72 / 25.4
WIDTH, HEIGHT = 210 * MM, 297 * MM
MARGIN = 18 * MM
LEFT, RIGHT = MARGIN, WIDTH - MARGIN
TOP, BOTTOM = MARGIN, HEIGHT - MARGIN - 9 * MM
TITLE, SECTION, BODY, SMALL = 18.0, 12.0, 9.0, 8.0
Align = Literal["left", "right", "centre"]


@dataclass(frozen=True, slots=True)
class Style:
    """Text style.

    Attributes:
        font: font.
        size: size in points.
        colour: ``#rrggbb``.
    """

    font: Font
    size: float
    colour: str

    @property
    def leading(self) -> float:
        """Distance of the base lines, in points."""
        return self.size * 1.3

    def width(self, text: str) -> float:
        """Width of a text in points."""
        return self.font.width(self.font.clean(text), self.size)


@dataclass(frozen=True, slots=True)
class PageStyles:
    """Styles of all documents: one family in three weights, four sizes, one accent and two greys.

    Attributes:
        title: title of a document.
        figure: figure or answer in large type.
        section: heading of a section.
        body: paragraph.
        strong: paragraph, or total, in bold.
        label: label in grey above a figure.
        small: cell of a table.
        small_strong: cell of a total or section.
        small_medium: cell of a subtotal.
        note: note in grey.
        party: heading of a beneficiary, in the accent.
    """

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
    """Styles of a theme; its fonts are registered."""
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
    """Contents of one page.

    Attributes:
        shapes: shapes, drawn below the texts.
        texts: (style, left end, base line, text), in the order of reading.
        bookmarks: (title, level from 0, top) of the entries of the outline.
    """

    shapes: list[Shape] = field(default_factory=list)
    texts: list[tuple[Style, float, float, str]] = field(default_factory=list)
    bookmarks: list[tuple[str, int, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Checkpoint of a layout, to which it can be rolled back.

    Attributes:
        pages: number of pages.
        shapes: number of shapes on the last page.
        texts: number of texts on the last page.
        bookmarks: number of bookmarks on the last page.
        y: ordinate of the next item.
    """

    pages: int
    shapes: int
    texts: int
    bookmarks: int
    y: float


@dataclass(slots=True)
class PageSheet:
    """Document that is being laid out.

    Attributes:
        theme: colours, fonts and logo.
        styles: text styles of the theme.
        running: draws the running head of a further page; returns the ordinate below it.
        decimal: decimal mark on which tables align figures.
        pages: its pages.
        y: ordinate of the next item on the last page.
    """

    theme: Theme
    styles: PageStyles
    running: Callable[[PageSheet], float]
    decimal: str = ","
    pages: list[Page] = field(default_factory=list)
    y: float = TOP

    def open(self) -> None:
        """Begin a new page, with its running head from the second page on."""
        self.pages.append(Page())
        self.y = TOP if len(self.pages) == 1 else self.running(self)

    @property
    def page(self) -> Page:
        return self.pages[-1]

    @property
    def room(self) -> float:
        """Height in points that remains on the page."""
        return BOTTOM - self.y

    def checkpoint(self) -> Checkpoint:
        """Checkpoint of the present layout."""
        page = self.page
        return Checkpoint(len(self.pages), len(page.shapes), len(page.texts), len(page.bookmarks), self.y)

    def back_to(self, checkpoint: Checkpoint) -> None:
        """Roll the layout back to a checkpoint."""
        del self.pages[checkpoint.pages :]
        page = self.page
        del page.shapes[checkpoint.shapes :], page.texts[checkpoint.texts :], page.bookmarks[checkpoint.bookmarks :]
        self.y = checkpoint.y

    def need(self, height: float) -> bool:
        """Begin a new page unless ``height`` points remain; returns whether one was begun."""
        if self.room >= height or self.y <= TOP:
            return False
        self.open()
        return True

    def text(self, x: float, y: float, text: str, style: Style, align: Align = "left") -> None:
        """Line of text on the base line ``y``; ``x`` is its left end, its right end or its middle, by ``align``."""
        shown = style.font.clean(text)
        if align != "left":
            width = style.font.width(shown, style.size)
            x -= width if align == "right" else width / 2
        self.page.texts.append((style, x, y, shown))

    def paragraph(self, x: float, y: float, width: float, text: str, style: Style, most: int = 0) -> float:
        """Wrapped lines, the first on the base line ``y``; returns the base line below the last.

        At most ``most`` lines, the last one cut with an ellipsis; 0 for no limit.
        """
        lines = wrap(text, style.font, style.size, width)
        if 0 < most < len(lines):
            lines = [*lines[: most - 1], fit(" ".join(lines[most - 1 :]), style.font, style.size, width)]
        for line in lines:
            self.page.texts.append((style, x, y, line))
            y += style.leading
        return y

    def fitted(self, x: float, y: float, width: float, text: str, style: Style, align: Align = "left") -> None:
        """Line of text, cut with an ellipsis where it would be wider than ``width``."""
        self.text(x, y, fit(text, style.font, style.size, width), style, align)

    def rule(self, y: float, x1: float = LEFT, x2: float = RIGHT, colour: str = "", width: float = 0.5) -> None:
        """Horizontal rule."""
        self.page.shapes.append(Segment(x1, y, x2, y, width, colour or self.theme.light))

    def vertical_rule(self, x: float, y1: float, y2: float, colour: str = "", width: float = 0.5) -> None:
        """Vertical rule."""
        self.page.shapes.append(Segment(x, y1, x, y2, width, colour or self.theme.light))

    def bar(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Filled rectangle with its top at ``y``."""
        self.page.shapes.append(Rectangle(x, y, width, height, colour))

    def frame(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """Outline of a rectangle with its top at ``y``."""
        self.page.shapes.append(Rectangle(x, y, width, height, colour, filled=False))

    def dot(self, x: float, y: float, radius: float, colour: str) -> None:
        """Filled circle."""
        self.page.shapes.append(Dot(x, y, radius, colour))

    def ticks(self, xs: list[float], y1: float, y2: float, colour: str) -> None:
        """Vertical strokes at each abscissa, as one shape."""
        self.page.shapes.append(Ticks(tuple(xs), y1, y2, colour))

    def image(self, path: Path, x: float, y: float, width: float, height: float) -> None:
        """Image fitted into a box, at its top left."""
        self.page.shapes.append(Picture(path, x, y, width, height))

    def bookmark(self, title: str, level: int = 0) -> None:
        """Entry of the outline that leads to the present ordinate."""
        self.page.bookmarks.append((title, level, self.y))
