"""Wording of documents, sheets and reports, as data: ``reports/<fr|en>/*.toml``, the workspace's own laid over it.

A key is the file's name and the path in it: ``title`` of ``invoice.toml`` is ``invoice.title``. The tables of
``labels.toml`` are open: a workspace adds the names of its drivers, meters, services and pools there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date as Day
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from chargeback.model.period import Period
from chargeback.model.problem import Place, Problem, Problems
from chargeback.workspace.files.left_files import is_left_over
from chargeback.workspace.files.toml_lines import line_at, read_toml
from chargeback.workspace.paths import REPORTS
from chargeback.workspace.reports.formats import SHOWN_PLACES, Formats, formats_of
from chargeback.workspace.shipped import shipped

LANGUAGES = ("fr", "en")
OPEN = "labels."
VOWELS = "aeiouyâàéèêô"


class UnknownText(LookupError):
    """Text that the wording does not have, or that needs a value that was not given: a fault of the program."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Wording of one language. Amounts are whole cents.

    Attributes:
        language: ``fr``, ``en`` or a language of the workspace.
        texts: text of each key.
        formats: formats of the locale.
    """

    language: str
    texts: Mapping[str, str]
    formats: Formats

    def text(self, key: str, /, **values: object) -> str:
        """Text of ``key`` with its ``{names}`` filled in. Raises UnknownText."""
        template = self.texts.get(key)
        if template is None:
            raise UnknownText(f"the wording has no text {key!r} in {self.language!r}{_near(key, self.texts)}")
        if "{" not in template:
            return template
        try:
            return template.format(**values)
        except (KeyError, IndexError) as missing:
            raise UnknownText(f"the text {key!r} asks for {missing} and was given {sorted(values)}") from missing

    def plural(self, key: str, count: int, /, **values: object) -> str:
        """``key.one`` or ``key.other``, as the language counts; ``{n}`` is the count, formatted."""
        single = abs(count) < 2 if self.language == "fr" else abs(count) == 1
        return self.text(f"{key}.{'one' if single else 'other'}", n=self.number(count), **values)

    def label(self, table: str, name: str) -> str:
        """Label of a driver, meter, item, service or pool; its raw name when it has none."""
        return self.texts.get(f"{OPEN}{table}.{name}.label") or name

    def unit(self, table: str, name: str) -> str:
        """Unit of a driver, meter or item (``hab.``); '' when it has none."""
        return self.texts.get(f"{OPEN}{table}.{name}.unit", "")

    def money(self, cents: int, sign: bool = False) -> str:
        """Amount: 1 204,01 €; with ``sign``, a plus before one above zero."""
        return self.formats.money(cents, sign)

    def unit_price(self, price: Decimal) -> str:
        """Price as written, with two decimals at least: 0,021 €."""
        return self.formats.unit_price(price)

    def number(self, value: Fraction | Decimal | int, places: int = SHOWN_PLACES, trim: bool = True) -> str:
        """Number with at most ``places`` decimals, half away from zero; with ``trim`` False, exactly as many."""
        return self.formats.number(value, places, trim)

    def percent(self, share: Fraction | Decimal, places: int = 1, trim: bool = False) -> str:
        """Share of one as a percentage."""
        return self.formats.percent(share, places, trim)

    def signed_percent(self, share: Fraction, places: int = 1) -> str:
        """Change as a percentage, with a plus before one above zero."""
        return ("+" if share > 0 else "") + self.percent(share, places)

    def date(self, day: Day) -> str:
        """Day: 31 octobre 2026."""
        number = self.text("common.first") if day.day == 1 else str(day.day)
        return self.text("common.date", day=number, month=self.formats.months[day.month - 1], year=day.year)

    def short_date(self, day: Day) -> str:
        """Day in short: 31/10/2026."""
        return self.text("common.short_date", day=f"{day.day:02}", month=f"{day.month:02}", year=day.year)

    def month(self, period: Period) -> str:
        """Month: octobre 2026."""
        return self.text("common.month", month=self.formats.months[period.month - 1], year=period.year)

    def months(self, first: Period, last: Period) -> str:
        """Months from one to another: octobre à décembre 2026, décembre 2026 à janvier 2027; one alone as ``month``."""
        if first >= last:
            return self.month(last)
        start = self.month_name(first) if first.year == last.year else self.month(first)
        return self.text("common.months", first=start, last=self.month(last))

    def month_name(self, period: Period) -> str:
        """Name of a month: octobre."""
        return self.formats.months[period.month - 1]

    def of_month(self, period: Period) -> str:
        """Month after a word that it belongs to: d'octobre 2026, de mars 2026."""
        month = self.month(period)
        return self.text("common.of_month_vowel" if month[0] in VOWELS else "common.of_month", month=month)


def read_wording(locale: str, overrides: Path | None = None, currency: str = "EUR") -> Wording:
    """Wording of a locale: the shipped texts of its language with those of the folder ``overrides`` laid over them.

    A language that is not shipped starts from English. Raises Problems when the workspace's own texts are faulty.
    """
    language = locale.replace("-", "_").partition("_")[0]
    texts = dict(_shipped_texts(language if language in LANGUAGES else "en"))
    if overrides is not None:
        own, problems = _own_texts(overrides, language, overrides.name)
        if problems:
            raise Problems(problems)
        texts |= own
    return Wording(language, texts, formats_of(locale.replace("-", "_"), currency))


def wording_problems(overrides: Path | None, shown: str = REPORTS) -> list[Problem]:
    """Problems of the workspace's own texts, all languages; ``shown`` is the folder as problems print it."""
    if overrides is None or not overrides.is_dir():
        return []
    folders = sorted(p.name for p in overrides.iterdir() if p.is_dir() and p.name in LANGUAGES)
    return [problem for language in folders for problem in _own_texts(overrides, language, shown)[1]]


@lru_cache(maxsize=8)
def _shipped_texts(language: str) -> Mapping[str, str]:
    texts: dict[str, str] = {}
    for path in sorted((shipped(REPORTS) / language).glob("*.toml")):
        values, _, problems = read_toml(path.parent, path.name)
        if values is None:
            raise Problems(problems)
        texts |= _flat(values, path.stem)
    return texts


def _own_texts(folder: Path, language: str, shown: str) -> tuple[dict[str, str], list[Problem]]:
    known = _shipped_texts(language if language in LANGUAGES else "en")
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for path in sorted(p for p in (folder / language).glob("*.toml") if not is_left_over(Path(p.name))):
        values, lines, faults = read_toml(path.parent, path.name)
        place = f"{shown}/{language}/{path.name}"
        problems += [Problem(Place(place, f.where.line), f.message, f.code) for f in faults]
        for key, text in _flat(values or {}, path.stem).items():
            texts[key] = text
            line = line_at(lines, key.partition(".")[2])
            problems += [Problem(Place(place, line), m, c) for m, c in _faults(key, text, known)]
    return texts, problems


def _flat(values: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """Dotted keys and their texts; a bare label (``cloud = "Cloud"`` under ``[services]``) becomes ``.label``."""
    flat: dict[str, Any] = {}
    bare = ".label" if prefix.startswith(OPEN) and prefix.count(".") == 1 else ""
    for name, value in values.items():
        key = f"{prefix}.{name}"
        flat |= _flat(value, key) if isinstance(value, dict) else {key + bare: value}
    return flat


def _faults(key: str, text: Any, known: Mapping[str, str]) -> list[tuple[str, str]]:
    """Mistakes of one text of the workspace: (message, code)."""
    if not isinstance(text, str):
        return [(f"the text {key!r} is {text!r}: write words between quotes", "bad-wording")]
    if key.startswith(OPEN):
        return []
    if key not in known:
        return [(f"there is no text {key!r}{_near(key, known)}: correct its name or take it out", "unknown-wording")]
    return _name_faults(key, text, known[key])


def _name_faults(key: str, text: str, shipped_text: str) -> list[tuple[str, str]]:
    try:
        found = _names(text)
    except ValueError:
        return [(f"the text {key!r} has a brace without its pair: double it, as {{{{ or }}}}", "bad-wording")]
    allowed = _names(shipped_text)
    extra = sorted(found - allowed)
    if not extra:
        return []
    may = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "nothing in braces"
    return [(f"the text {key!r} asks for {{{extra[0]}}}, which it is not given: it may use {may}", "bad-wording")]


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _near(key: str, texts: Mapping[str, str]) -> str:
    near = get_close_matches(key, texts, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
