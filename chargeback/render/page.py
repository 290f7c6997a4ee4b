"""Pages as lists of marks, laid out first and drawn at the end, when their number is known.

Lengths are points, ``y`` counts downwards from the top of the page. On each page shapes are drawn under the text,
and the text in the order in which it was written: that is the order in which it is read aloud.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from chargeback.render.fonts import Font, encoded, fit, font, prepare, wrap
from chargeback.render.theme import Theme

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
class Styles:
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
def styles_of(theme: Theme) -> Styles:
    """The styles of a theme; its fonts are registered."""
    regular, medium, bold = font(theme.regular), font(theme.medium), font(theme.bold)
    return Styles(
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


Shape = Callable[[Canvas], None]


@dataclass(slots=True)
class Page:
    """The marks of one page."""

    shapes: list[tuple[object, ...]] = field(default_factory=list)
    texts: list[tuple[Style, float, float, str]] = field(default_factory=list)
    bookmarks: list[tuple[str, int, float]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of a document in the making: how many pages, how much on the last, and where the next thing went."""

    pages: int
    shapes: int
    texts: int
    bookmarks: int
    y: float


@dataclass(slots=True)
class Sheet:
    """A document in the making: its pages, and where the next thing goes (``y``)."""

    theme: Theme
    styles: Styles
    running: Callable[[Sheet], float]
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

    def mark(self) -> Mark:
        """Where the document stands."""
        page = self.page
        return Mark(len(self.pages), len(page.shapes), len(page.texts), len(page.bookmarks), self.y)

    def back_to(self, mark: Mark) -> None:
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


@dataclass(frozen=True, slots=True)
class Meta:
    """What the file says of itself."""

    title: str
    subject: str
    author: str
    language: str


def pdf(sheet: Sheet, meta: Meta, foot: Callable[[Sheet, int, int], None]) -> bytes:
    """The bytes of the document: every page with its foot, always the same for the same marks."""
    pages = sheet.pages
    for number, page in enumerate(pages, start=1):
        sheet.pages = [page]
        foot(sheet, number, len(pages))
    sheet.pages = pages
    out = io.BytesIO()
    canvas = Canvas(
        out,
        pagesize=(WIDTH, HEIGHT),
        invariant=1,
        lang=meta.language,
        initialFontName=sheet.styles.body.font.name,
        initialFontSize=BODY,
    )
    canvas.setTitle(meta.title)
    canvas.setSubject(meta.subject)
    canvas.setAuthor(meta.author)
    canvas.setCreator("chargeback")
    canvas.setProducer("chargeback")
    prepare(dict.fromkeys(style.font.name for page in pages for style, *_ in page.texts), canvas)
    for number, page in enumerate(pages, start=1):
        _draw(canvas, page, number)
    canvas.save()
    return out.getvalue()


def _draw(canvas: Canvas, page: Page, number: int) -> None:
    for shape in page.shapes:
        _shape(canvas, shape)
    _texts(canvas, page.texts)
    for index, (title, level, y) in enumerate(page.bookmarks):
        key = f"p{number}-{index}"
        canvas.bookmarkHorizontal(key, 0, HEIGHT - y + BODY)
        canvas.addOutlineEntry(title, key, level)
    canvas.showPage()


def _texts(canvas: Canvas, texts: list[tuple[Style, float, float, str]]) -> None:
    """All text of a page in one block, written straight to its stream: several times as fast as line by line."""
    code = ["BT"]
    last: tuple[str, float] = ("", 0.0)
    colour = ""
    for style, x, y, text in texts:
        if style.colour != colour:
            colour = style.colour
            code.append(_fill(colour))
        at = f"1 0 0 1 {x:.2f} {HEIGHT - y:.2f} Tm"
        for name, shown in encoded(style.font.name, text, canvas):
            if last != (name, style.size):
                last = (name, style.size)
                code.append(f"{name} {style.size:g} Tf")
            code.append(f"{at} <{shown}> Tj")
            at = ""
    canvas.addLiteral("\n".join([*code, "ET"]))


@lru_cache(maxsize=64)
def _fill(colour: str) -> str:
    red, green, blue = _colour(colour).rgb()
    return f"{red:.4f} {green:.4f} {blue:.4f} rg"


def _shape(canvas: Canvas, shape: tuple[object, ...]) -> None:
    match shape:
        case ("line", float(x1), float(y1), float(x2), float(y2), float(width), str(colour)):
            canvas.addLiteral(f"{_stroke(colour)} {width:.2f} w {_segment(x1, y1, x2, y2)} S")
        case ("rect", float(x), float(y), float(width), float(height), str(colour)):
            canvas.addLiteral(f"{_fill(colour)} {x:.2f} {HEIGHT - y - height:.2f} {width:.2f} {height:.2f} re f")
        case ("frame", float(x), float(y), float(width), float(height), str(colour)):
            box = f"{x:.2f} {HEIGHT - y - height:.2f} {width:.2f} {height:.2f}"
            canvas.addLiteral(f"{_stroke(colour)} 0.75 w {box} re S")
        case ("dot", float(x), float(y), float(radius), str(colour)):
            canvas.setFillColor(_colour(colour))
            canvas.circle(x, HEIGHT - y, radius, stroke=0, fill=1)
        case ("strokes", tuple(places), float(y1), float(y2), str(colour)):
            segments = " ".join(_segment(x, y1, x, y2) for x in places)
            canvas.addLiteral(f"{_stroke(colour)} 0.60 w {segments} S")
        case ("image", Path() as path, float(x), float(y), float(width), float(height)):
            _image(canvas, path, x, y, width, height)
        case _:
            raise AssertionError(f"unknown shape {shape}")


def _segment(x1: float, y1: float, x2: float, y2: float) -> str:
    return f"{x1:.2f} {HEIGHT - y1:.2f} m {x2:.2f} {HEIGHT - y2:.2f} l"


def _stroke(colour: str) -> str:
    return _fill(colour).upper()


def _image(canvas: Canvas, path: Path, x: float, y: float, width: float, height: float) -> None:
    image = _loaded(path)
    wide, high = image.getSize()
    scale = min(width / wide, height / high)
    drawn = (x, HEIGHT - y - high * scale, wide * scale, high * scale)
    canvas.drawImage(image, *drawn, mask="auto")


@lru_cache(maxsize=4)
def _loaded(path: Path) -> ImageReader:
    return ImageReader(str(path))


@lru_cache(maxsize=64)
def _colour(value: str) -> HexColor:
    return HexColor(value)
