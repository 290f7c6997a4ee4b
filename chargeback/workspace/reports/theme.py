"""Theme of the documents: ``reports/theme.toml``, with the workspace's own laid over it, key by key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from chargeback.model.problem import Place, Problem, Problems
from chargeback.workspace.files.toml_lines import line_at, read_toml
from chargeback.workspace.paths import REPORTS, THEME
from chargeback.workspace.shipped import shipped

COLOURS = ("accent", "ink", "grey", "light")
WEIGHTS = ("regular", "medium", "bold")
KEYS = (*COLOURS, "logo", "chart", "fonts")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, slots=True)
class Theme:
    """Theme: colours as ``#rrggbb`` and files.

    Attributes:
        accent: colour of titles and rules.
        ink: colour of text.
        grey: colour of secondary text.
        light: colour of backgrounds.
        chart: colours of the parts of a chart, in order.
        regular: font file of the regular weight.
        medium: font file of the medium weight.
        bold: font file of the bold weight.
        logo: image file; None for no logo.
    """

    accent: str
    ink: str
    grey: str
    light: str
    chart: tuple[str, ...]
    regular: Path
    medium: Path
    bold: Path
    logo: Path | None = None


def read_theme(overrides: Path | None = None) -> Theme:
    """Theme of a workspace: the shipped one with its own ``theme.toml`` laid over it. Raises Problems of that file."""
    problems = theme_problems(overrides, overrides.name if overrides else REPORTS)
    if problems:
        raise Problems(problems)
    base, own = _values(shipped(REPORTS)), _values(overrides) if overrides else {}
    values = {**base, **own, "fonts": {**base["fonts"], **own.get("fonts", {})}}
    accent, ink, grey, light = (values[name] for name in COLOURS)
    regular, medium, bold = (_font(overrides, values["fonts"][weight]) for weight in WEIGHTS)
    logo = _beside(overrides, values["logo"]) if values["logo"] else None
    return Theme(accent, ink, grey, light, tuple(values["chart"]), regular, medium, bold, logo)


def theme_problems(overrides: Path | None, shown: str = REPORTS) -> list[Problem]:
    """Problems of the workspace's theme; ``shown`` is the folder as problems print it."""
    if overrides is None or not (overrides / THEME).is_file():
        return []
    values, lines, faults = read_toml(overrides, THEME)
    place = f"{shown}/{THEME}"
    problems = [Problem(Place(place, f.where.line), f.message, f.code) for f in faults]
    for key, message in _faults(overrides, values or {}):
        problems.append(Problem(Place(place, line_at(lines, key)), message, "bad-theme"))
    return problems


def _values(folder: Path) -> dict[str, Any]:
    return (read_toml(folder, THEME)[0] or {}) if (folder / THEME).is_file() else {}


def _beside(overrides: Path | None, name: str) -> Path:
    """File of the workspace's folder when it is there, else of the shipped one."""
    own = overrides / name if overrides else None
    return own if own and own.is_file() else shipped(REPORTS) / name


def _font(overrides: Path | None, name: str) -> Path:
    return _beside(overrides, f"fonts/{name}")


def _faults(folder: Path, values: dict[str, Any]) -> list[tuple[str, str]]:
    """Mistakes of the theme: (key, message)."""
    faults = [(key, _unknown(key, KEYS)) for key in values if key not in KEYS]
    fonts = values.get("fonts", {})
    if isinstance(fonts, dict):
        faults += [(f"fonts.{key}", _unknown(key, WEIGHTS)) for key in fonts if key not in WEIGHTS]
        faults += [f for key, name in fonts.items() if key in WEIGHTS for f in _font_faults(folder, key, name)]
    else:
        faults.append(("fonts", f"fonts is {fonts!r}: write a table [fonts] with {', '.join(WEIGHTS)}"))
    faults += [(key, _no_colour(values[key])) for key in COLOURS if key in values and not _is_colour(values[key])]
    chart = values.get("chart", ["#000000"])
    if not isinstance(chart, list) or not chart or not all(map(_is_colour, chart)):
        faults.append(("chart", f'chart is {chart!r}: write a list of colours, as ["#0072b2", "#e69f00"]'))
    return faults + _logo_faults(folder, values.get("logo", ""))


def _font_faults(folder: Path, key: str, name: Any) -> list[tuple[str, str]]:
    if not isinstance(name, str) or not _font(folder, name).is_file():
        return [(f"fonts.{key}", f"there is no font {name!r} in the folder fonts: put the TrueType file there")]
    if _font(folder, name).read_bytes()[:4] not in (b"\x00\x01\x00\x00", b"true"):
        return [(f"fonts.{key}", f"the font {name!r} is not TrueType: take a .ttf file with TrueType outlines")]
    return []


def _logo_faults(folder: Path, name: Any) -> list[tuple[str, str]]:
    if name == "":
        return []
    if not isinstance(name, str) or not _beside(folder, name).is_file():
        return [("logo", f'there is no image {name!r} beside theme.toml: put it there, or write logo = ""')]
    if _beside(folder, name).read_bytes()[:3] not in (b"\x89PN", b"\xff\xd8\xff"):
        return [("logo", f"the image {name!r} is neither PNG nor JPEG: save it as one of them")]
    return []


def _is_colour(value: Any) -> bool:
    return isinstance(value, str) and COLOUR.fullmatch(value) is not None


def _no_colour(value: Any) -> str:
    return f'{value!r} is not a colour: write it as "#17456b"'


def _unknown(key: str, allowed: tuple[str, ...]) -> str:
    near = get_close_matches(key, allowed, n=1)
    hint = f"; did you mean {near[0]}?" if near else f"; the allowed ones are {', '.join(allowed)}"
    return f"there is no setting {key!r} in the theme{hint}"
