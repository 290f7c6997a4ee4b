"""Laid out pages as the bytes of a PDF: the same marks give the same bytes.

On each page shapes are drawn under the text, and the text in the order in which it was written: that is the order in
which it is read aloud. Text goes straight to the stream of the page, which is several times as fast as line by line.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from reportlab.lib.colors import HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from chargeback.render.pdf.fonts import Encoder
from chargeback.render.pdf.page import BODY, HEIGHT, WIDTH, Page, PageSheet, Style


@dataclass(frozen=True, slots=True)
class PdfMetadata:
    """What the file says of itself."""

    title: str
    subject: str
    author: str
    language: str


def pdf(sheet: PageSheet, meta: PdfMetadata, foot: Callable[[PageSheet, int, int], None]) -> bytes:
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
    """All text of a page in one block."""
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
