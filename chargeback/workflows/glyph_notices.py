"""Glyph notices: characters of names and labels that the fonts of the documents do not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from chargeback.model.month import Month
from chargeback.model.problem import Notice, Place, plain
from chargeback.workspace.files.toml_lines import line_at
from chargeback.workspace.paths import SETTINGS
from chargeback.workspace.reports.theme import read_theme

LATIN = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x180))))
Printed = tuple[Place, str, str]  # place, name of the field, text


def glyph_notices(month: Month, reports: Path | None) -> Iterator[Notice]:
    """Notice of each text of the month's documents with characters that a font lacks: what is printed in their place.

    Resources and values of tags, which only a calculation shows, are not looked at.
    """
    rare = [each for each in _printed(month) if not LATIN.issuperset(each[2])]
    if not rare:
        return
    from chargeback.render.pdf.fonts import font

    theme = read_theme(reports)
    faces = [font(path) for path in (theme.regular, theme.medium, theme.bold)]
    for where, field, text in dict.fromkeys(rare):
        lacking = [c for c in dict.fromkeys(text) if any(not face.has(c) for face in faces)]
        if lacking:
            shown = ", ".join(f'"{c}" as "{faces[0].clean(c)}"' for c in lacking)
            message = (
                f'{field} "{plain(text)}" has characters that the fonts of the documents lack, and that are printed '
                f"{shown}: write it with others, or name fonts that have them in reports/theme.toml"
            )
            yield Notice(where, message, "glyph-missing")


def _printed(month: Month) -> Iterator[Printed]:
    settings, operator = month.settings, month.settings.operator
    for field in ("name", "city", "payee"):
        yield _setting(month, "operator", field), field, getattr(operator, field)
    for line in operator.address:
        yield _setting(month, "operator", "address"), "address", line
    for regime in settings.regimes.values():
        for field, text in (("reason", regime.reason), *(("reasons", dated.text) for dated in regime.reasons)):
            yield _setting(month, f"vat.{regime.name}", field), field, text
    for member in month.members.values():
        for field, text in (("name", member.name), ("city", member.city), *(("address", a) for a in member.address)):
            yield member.where, field, text
    for rule in month.rules.values():
        texts: Iterable[tuple[str, str]] = (
            ("label", rule.label.fr),
            ("label", rule.label.en),
            ("service", rule.service),
            ("unit", rule.unit.fr if rule.unit else ""),
            ("unit", rule.unit.en if rule.unit else ""),
        )
        for field, text in texts:
            yield rule.where(field), field, text
        for version in rule.versions:
            for reference in version.references:
                yield rule.where_in(version, "references"), "title", reference.title


def _setting(month: Month, table: str, field: str) -> Place:
    return Place(SETTINGS, line_at(dict(month.settings.lines), f"{table}.{field}") or 1)
