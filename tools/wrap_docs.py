"""Prose of the documentation at most 120 columns wide.

    python tools/wrap_docs.py       fills the paragraphs of docs/, README.md and the like that have a longer line

Tables, code, headings and comments stay as they are, and so does a paragraph that is narrow enough. The files of
reports/ are left alone: run.json holds their hashes. docs/errors.md is wrapped as it is made.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
WIDTH = 120
PAGES = (*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md")), *sorted(ROOT.glob("sample_data/**/*.md")))
FIXED = re.compile(r"\s*(\||#|<!--|-->|>|---|===|$)")
BEGINS = re.compile(r"\s*(?:[-*+] |\d+[.)] |\*\*[^*]+[.:]\*\*)")  # an item; **Context.** and the like
BEGIN = re.compile(r"\s*(?:(?:[-*+]|\d+[.)])\s+)?")
CODE = re.compile(r"`[^`\n]+`")
SIGN = re.compile(r" (?=(?:[-+*#>|]|\d+[.)])(?: |$))")  # signs that would make an item or a heading of a line
BLANK = "\x00"


@dataclass(frozen=True, slots=True)
class Block:
    """Piece of a page: a paragraph or an item of prose, or one line that stays as it is.

    Attributes:
        prose: whether it may be filled anew.
        lines: its lines as written.
    """

    prose: bool
    lines: tuple[str, ...]


def wrapped(text: str) -> str:
    """Page with every paragraph that has a line over 120 columns filled anew."""
    return "\n".join(line for block in blocks(text) for line in filled(block))


def too_long(text: str) -> list[str]:
    """Lines over 120 columns of paragraphs that wrapping would change."""
    unlike = (block for block in blocks(text) if filled(block) != block.lines)
    return [line for block in unlike for line in block.lines if len(line) > WIDTH]


def blocks(text: str) -> Iterator[Block]:
    """Pieces of a page, in order; together they are all its lines."""
    paragraph: list[str] = []
    fence, comment = "", False
    for line in text.split("\n"):
        mark = re.match(r"\s*(```+|~~~+)", line)
        comment = comment or line.lstrip().startswith("<!--")
        fixed = bool(fence or mark or comment or FIXED.match(line))
        comment = comment and "-->" not in line
        if mark:
            fence = ("" if mark[1].startswith(fence) else fence) if fence else mark[1]
        if paragraph and (fixed or BEGINS.match(line)):
            yield Block(True, tuple(paragraph))
            paragraph = []
        if fixed:
            yield Block(False, (line,))
        else:
            paragraph.append(line)
    if paragraph:
        yield Block(True, tuple(paragraph))


def filled(block: Block) -> tuple[str, ...]:
    """Lines of a piece at most 120 columns wide; of one that is narrow enough, or is no prose, as they were."""
    if not block.prose or max(map(len, block.lines)) <= WIDTH:
        return block.lines
    begin = re.match(BEGIN, block.lines[0])
    assert begin is not None
    words = " ".join(line.strip() for line in (block.lines[0][begin.end() :], *block.lines[1:]))
    bound = SIGN.sub(BLANK, CODE.sub(lambda code: code[0].replace(" ", BLANK), words))
    lines = textwrap.wrap(
        bound,
        WIDTH,
        initial_indent=begin[0],
        subsequent_indent=" " * len(begin[0]),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return tuple(line.replace(BLANK, " ") for line in lines)


def run() -> None:
    """Wrap every page."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        if wrapped(text) != text:
            page.write_text(wrapped(text), encoding="utf-8")


if __name__ == "__main__":
    run()
