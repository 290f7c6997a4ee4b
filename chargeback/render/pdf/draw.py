"""Pages that are laid out, as the bytes of a PDF: the same shapes and texts give the same bytes.

On each page shapes are drawn below the texts, and the texts in the order in which they were written, which is the order
of reading aloud. Texts are written straight to the content stream (ISO 32000-1, 9.4), several times as fast as by the
canvas line by line.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import assert_never

from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from chargeback.render.pdf.fonts import Encoder
from chargeback.render.pdf.page import BODY, HEIGHT, WIDTH, Page, PageSheet, Style
from chargeback.render.pdf.shapes import Dot, Picture, Rectangle, Segment, Shape, Ticks


@dataclass(frozen=True, slots=True)
class PdfMetadata:
    """Document information of a file (ISO 32000-1, 14.3.3), and its language (14.9.2).

    Attributes:
        title: title.
        subject: subject.
        author: author.
        language: language tag, as ``fr-FR``.
    """

    title: str
    subject: str
    author: str
    language: str


def pdf(sheet: PageSheet, metadata: PdfMetadata, foot: Callable[[PageSheet, int, int], None]) -> bytes:
    """Bytes of a document; ``foot`` draws the foot of a page, by its number and the number of pages."""
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
        lang=metadata.language,
        initialFontName=sheet.styles.body.font.name,
        initialFontSize=BODY,
    )
    canvas.setTitle(metadata.title)
    canvas.setSubject(metadata.subject)
    canvas.setAuthor(metadata.author)
    canvas.setCreator("chargeback")
    canvas.setProducer("chargeback")
    names = dict.fromkeys(style.font.name for page in pages for style, *_ in page.texts)
    encoders = {name: Encoder(name, canvas) for name in names}
    for number, page in enumerate(pages, start=1):
        _draw(canvas, encoders, page, number)
    canvas.save()
    return out.getvalue()


def _draw(canvas: Canvas, encoders: Mapping[str, Encoder], page: Page, number: int) -> None:
    for shape in page.shapes:
        _shape(canvas, shape)
    _texts(canvas, encoders, page.texts)
    for index, (title, level, y) in enumerate(page.bookmarks):
        key = f"p{number}-{index}"
        canvas.bookmarkHorizontal(key, 0, HEIGHT - y + BODY)
        canvas.addOutlineEntry(title, key, level)
    canvas.showPage()


def _texts(canvas: Canvas, encoders: Mapping[str, Encoder], texts: list[tuple[Style, float, float, str]]) -> None:
    """Texts of a page in one text object (BT … ET)."""
    code = ["BT"]
    last: tuple[str, float] = ("", 0.0)
    colour = ""
    for style, x, y, text in texts:
        if style.colour != colour:
            colour = style.colour
            code.append(_fill(colour))
        at = f"1 0 0 1 {x:.2f} {HEIGHT - y:.2f} Tm"
        for name, shown in encoders[style.font.name](text):
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


def _shape(canvas: Canvas, shape: Shape) -> None:
    match shape:
        case Segment(x1, y1, x2, y2, width, colour):
            canvas.addLiteral(f"{_stroke(colour)} {width:.2f} w {_segment(x1, y1, x2, y2)} S")
        case Rectangle(x, y, width, height, colour, True):
            canvas.addLiteral(f"{_fill(colour)} {x:.2f} {HEIGHT - y - height:.2f} {width:.2f} {height:.2f} re f")
        case Rectangle(x, y, width, height, colour, _):
            box = f"{x:.2f} {HEIGHT - y - height:.2f} {width:.2f} {height:.2f}"
            canvas.addLiteral(f"{_stroke(colour)} 0.75 w {box} re S")
        case Dot(x, y, radius, colour):
            canvas.setFillColor(_colour(colour))
            canvas.circle(x, HEIGHT - y, radius, stroke=0, fill=1)
        case Ticks(xs, y1, y2, colour):
            segments = " ".join(_segment(x, y1, x, y2) for x in xs)
            canvas.addLiteral(f"{_stroke(colour)} 0.60 w {segments} S")
        case Picture():
            _picture(canvas, shape)
        case _:
            assert_never(shape)


def _segment(x1: float, y1: float, x2: float, y2: float) -> str:
    return f"{x1:.2f} {HEIGHT - y1:.2f} m {x2:.2f} {HEIGHT - y2:.2f} l"


def _stroke(colour: str) -> str:
    return _fill(colour).upper()


def _picture(canvas: Canvas, picture: Picture) -> None:
    image = _loaded(picture.path)
    width, height = image.getSize()
    scale = min(picture.width / width, picture.height / height)
    box = (picture.x, HEIGHT - picture.y - height * scale, width * scale, height * scale)
    canvas.drawImage(image, *box, mask="auto")


@lru_cache(maxsize=4)
def _loaded(path: Path) -> ImageReader:
    return ImageReader(str(path))


@lru_cache(maxsize=64)
def _colour(value: str) -> HexColor:
    return HexColor(value)
