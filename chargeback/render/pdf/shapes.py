"""Shapes of a page: lines, rectangles, dots, images. Lengths are points; ``y`` counts down from the top of the page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Segment:
    """Straight line between two points.

    Attributes:
        x1: abscissa of its first end.
        y1: ordinate of its first end.
        x2: abscissa of its second end.
        y2: ordinate of its second end.
        width: width of the stroke.
        colour: ``#rrggbb``.
    """

    x1: float
    y1: float
    x2: float
    y2: float
    width: float
    colour: str


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Rectangle.

    Attributes:
        x: left side.
        y: top side.
        width: width.
        height: height.
        colour: ``#rrggbb``.
        filled: whether it is filled; else only its outline is drawn.
    """

    x: float
    y: float
    width: float
    height: float
    colour: str
    filled: bool = True


@dataclass(frozen=True, slots=True)
class Dot:
    """Filled circle.

    Attributes:
        x: abscissa of its centre.
        y: ordinate of its centre.
        radius: radius.
        colour: ``#rrggbb``.
    """

    x: float
    y: float
    radius: float
    colour: str


@dataclass(frozen=True, slots=True)
class Ticks:
    """Vertical strokes of one height, drawn as one path.

    Attributes:
        xs: abscissae of the strokes.
        y1: top ends.
        y2: bottom ends.
        colour: ``#rrggbb``.
    """

    xs: tuple[float, ...]
    y1: float
    y2: float
    colour: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Image fitted into a box, at its top left.

    Attributes:
        path: file of the image.
        x: left side of the box.
        y: top side of the box.
        width: width of the box.
        height: height of the box.
    """

    path: Path
    x: float
    y: float
    width: float
    height: float


Shape = Segment | Rectangle | Dot | Ticks | Picture
