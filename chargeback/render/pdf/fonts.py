"""Fonts registered once a process, and the width of text, measured without the canvas."""

from __future__ import annotations

import unicodedata
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFDocument, PDFObjectReference
from reportlab.pdfbase.ttfonts import TTFont, TTFontFace
from reportlab.pdfgen.canvas import Canvas

rl_config.useA85 = 0
COMMON = "\u202fàâäçéèêëîïôöùûüÿœæÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŒÆ\u2018\u2019\u201c\u201d«»\u2013\u2014\u2026\u2212×÷·€°²³½"

ELLIPSIS = "\u2026"
SLACK = 0.01


@dataclass(frozen=True, eq=False)
class Font:
    """Registered font.

    Attributes:
        name: name for the canvas.
        widths: width of each code point, in thousandths of the size.
    """

    name: str
    widths: dict[int, float]

    def width(self, text: str, size: float) -> float:
        """Width in points of a text, cleaned."""
        return _measured(self, text)[1] * size / 1000

    def clean(self, text: str) -> str:
        """Text with the characters that the font lacks replaced: without accents, else a question mark."""
        return _measured(self, text)[0]

    def has(self, character: str) -> bool:
        """Whether a character is printed as it is: the font has it, or it is a space of some kind."""
        return ord(character) in self.widths or character.isspace()

    def nearest(self, character: str) -> str:
        """Replacement of a character that the font lacks."""
        if character.isspace():
            return " "
        plain = "".join(c for c in unicodedata.normalize("NFKD", character) if ord(c) in self.widths)
        return plain or ("" if unicodedata.category(character).startswith("C") else "?")


@lru_cache(maxsize=32768)
def _measured(face: Font, text: str) -> tuple[str, float]:
    """Cleaned text and its width in thousandths, memoised: most texts of a page are printed on many pages."""
    widths = face.widths
    try:
        return text, sum([widths[ord(c)] for c in text])
    except KeyError:
        shown = "".join(c if ord(c) in widths else face.nearest(c) for c in text)
        return shown, sum([widths[ord(c)] for c in shown])


class Face(TTFontFace):  # type: ignore[misc]
    """Font face whose subsets are made and compressed once for all documents that show the same characters."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self._written = {code: f"{width:g}".encode() for code, width in self.charWidths.items()}
        self._cut = lru_cache(maxsize=64)(super().makeSubset)
        self._packed = lru_cache(maxsize=64)(zlib.compress)

    def getCharWidth(self, code: int) -> bytes:
        """Width of a code point, as the document writes it."""
        return self._written.get(code) or f"{self.defaultWidth:g}".encode()

    def makeSubset(self, subset: list[int]) -> bytes:
        found: bytes = self._cut(tuple(subset))
        return found

    def addSubsetObjects(self, doc: PDFDocument, fontname: str, subset: list[int]) -> PDFObjectReference:
        reference = super().addSubsetObjects(doc, fontname, subset)
        stream = doc.idToObject[f"fontFile:{self.filename}({fontname})"]
        stream.content = self._packed(stream.content)
        stream.dictionary["Filter"] = "/FlateDecode"
        return reference


@lru_cache(maxsize=16)
def font(path: Path) -> Font:
    """Font of a TrueType file, registered for embedding."""
    name = f"{path.stem}-{zlib.crc32(str(path).encode()):08x}"
    loaded = TTFont(name, str(path))
    loaded.face = Face(path)
    pdfmetrics.registerFont(loaded)
    widths = {code: width for code, width in loaded.face.charWidths.items() if code >= 32}
    return Font(name, widths)


class Encoder:
    """Character codes of a document in one font; the characters that it shows are embedded.

    Common characters have the same codes in every document, so that most documents embed the same subset.
    """

    def __init__(self, name: str, canvas: Canvas) -> None:
        self._face = pdfmetrics.getFont(name)
        self._doc = canvas._doc
        self._face.splitString(COMMON, self._doc)
        self._first: str = self._face.getSubsetInternalName(0, self._doc)
        self._codes: dict[str, str] = {}

    def __call__(self, text: str) -> list[tuple[str, str]]:
        """Runs of a text: (font of the page, codes in hexadecimal)."""
        codes = self._codes
        try:
            return [(self._first, "".join([codes[c] for c in text]))]
        except KeyError:
            runs = self._face.splitString(text, self._doc)
            for character in dict.fromkeys(text):
                ((subset, code),) = self._face.splitString(character, self._doc)
                if subset == 0:
                    codes[character] = code.hex()
            return [(self._face.getSubsetInternalName(subset, self._doc), code.hex()) for subset, code in runs]


def wrap(text: str, face: Font, size: float, width: float) -> list[str]:
    """Lines no wider than ``width``: broken at spaces except no-break ones, and within a word that is longer."""
    lines: list[str] = []
    width += SLACK
    for paragraph in text.split("\n"):
        lines += _wrap_line(face.clean(paragraph), face, size, width)
    return lines


def _wrap_line(text: str, face: Font, size: float, width: float) -> list[str]:
    if face.width(text, size) <= width:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if face.width(longer, size) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        line = word
        while face.width(line, size) > width:
            cut = _fitting(line, face, size, width)
            lines.append(line[:cut])
            line = line[cut:]
    return [*lines, line]


def _fitting(word: str, face: Font, size: float, width: float) -> int:
    """Number of characters of a word that fit, at least one."""
    used = 0.0
    for count, character in enumerate(word):
        used += face.widths[ord(character)] * size / 1000
        if used > width:
            return max(1, count)
    return len(word)


def fit(text: str, face: Font, size: float, width: float) -> str:
    """Text on one line, cut with an ellipsis where it is too wide."""
    shown = face.clean(text)
    if face.width(shown, size) <= width + SLACK:
        return shown
    room = width - face.width(ELLIPSIS, size)
    return shown[: _fitting(shown, face, size, room)].rstrip() + ELLIPSIS
