"""What a PDF says, for tests: the text of its pages, its outline, its fonts."""

from __future__ import annotations

import io

from pypdf import PdfReader


def pages(data: bytes) -> list[str]:
    """The text of each page; no-break spaces as plain ones."""
    found = [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]
    return [text.replace("\u00a0", " ").replace("\u202f", " ") for text in found]


def whole(data: bytes) -> str:
    """The text of all pages, a line break in a sentence as a space."""
    return " ".join(" ".join(pages(data)).split())


def outline(data: bytes) -> list[str]:
    """The titles of the outline, all levels."""
    found: list[str] = []

    def collect(items: list[object]) -> None:
        for item in items:
            if isinstance(item, list):
                collect(item)
            else:
                found.append(item.title)  # type: ignore[attr-defined]

    collect(PdfReader(io.BytesIO(data)).outline)
    return found


def fonts(data: bytes) -> dict[str, bool]:
    """Each font by its name without the subset's tag, and whether it is embedded."""
    found: dict[str, bool] = {}
    for page in PdfReader(io.BytesIO(data)).pages:
        for reference in page["/Resources"]["/Font"].values():
            font = reference.get_object()
            embedded = "/FontFile2" in font.get("/FontDescriptor", {})
            found[str(font["/BaseFont"]).lstrip("/").partition("+")[2]] = embedded
    return found
