"""Small workspaces as frozen values that can be written to disk, in any order of rows, columns, files and rules."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

Row = tuple[str, ...]
LONG_AGO = "2020-01-01"
REGISTERS = {
    "members": ("member_id", "name", "kind", "valid_from", "valid_to"),
    "groups": ("group", "member_id", "valid_from", "valid_to"),
    "drivers": ("member_id", "driver", "value", "valid_from", "valid_to"),
    "subscriptions": ("member_id", "item", "quantity", "valid_from", "valid_to"),
    "resources": ("resource_id", "member_id", "valid_from", "valid_to"),
    "costs": ("period", "pool", "account", "label", "amount", "document"),
    "coalitions": ("game", "coalition", "cost", "valid_from", "valid_to"),
    "usage": ("start", "end", "member_id", "resource_id", "meter", "quantity", "class"),
}
PLACES = {"costs": "costs/2026.csv", "coalitions": "standalone/costs.csv", "usage": "usage/rows.csv"}


@dataclass(frozen=True)
class World:
    """A workspace before it is written. Rows follow the columns of REGISTERS."""

    period: str
    zone: str
    rows: Mapping[str, tuple[Row, ...]]
    rules: tuple[dict[str, Any], ...] = ()
    transfers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def first(self) -> date:
        """The first day of the month."""
        return date.fromisoformat(self.period + "-01")

    @property
    def days(self) -> int:
        """The days of the month."""
        return (following(self.first) - self.first).days

    def having(self, **rows: Sequence[Row]) -> World:
        """The same world with other rows in some registers."""
        return replace(self, rows={**self.rows, **{name: tuple(some) for name, some in rows.items()}})

    def write(self, folder: Path, order: random.Random | None = None, usage_files: int = 1) -> Path:
        """The workspace on disk; ``order`` shuffles its rows and columns, ``usage_files`` cuts its usage."""
        (folder / "tariffs").mkdir(parents=True)
        (folder / "chargeback.toml").write_text(settings(self), encoding="utf-8")
        for name, columns in REGISTERS.items():
            rows = list(self.rows.get(name, ()))
            files = usage_files if name == "usage" else 1
            for index in range(files if rows or name == "members" else 0):
                path = folder / PLACES.get(name, f"{name}.csv")
                path = path.with_stem(f"{path.stem}-{index}") if files > 1 else path
                path.parent.mkdir(exist_ok=True)
                path.write_text(csv_text(columns, rows[index::files], order), encoding="utf-8")
        rules = list(self.rules)
        if order is not None:
            order.shuffle(rules)
        for rule in rules:
            (folder / "tariffs" / f"{rule['id']}.toml").write_text(rule_text(rule, order), encoding="utf-8")
        return folder


def following(first: date) -> date:
    """The first day of the next month."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def settings(world: World) -> str:
    """chargeback.toml: a fictional operator, two regimes, the method of transfers."""
    text = f"""[operator]
name = "Syndicat mixte Exemple Numérique"
siren = "990000010"

[billing]
currency = "EUR"
timezone = "{world.zone}"
locale = "fr_FR"

[vat.services]
category = "S"
rate = "20.00"

[vat.cost-sharing]
category = "E"
rate = "0.00"
reason = "Exonération, article 261 B du CGI"
reason_code = "VATEX-EU-132-1F"
"""
    lines = [f"{name} = {toml(value)}" for name, value in world.transfers.items()]
    return "\n".join([text, "[transfers]", *lines, ""]) if lines else text


def csv_text(columns: Row, rows: Sequence[Row], order: random.Random | None) -> str:
    """A CSV file, in a random order of rows and columns when asked."""
    rows, places = list(rows), list(range(len(columns)))
    if order is not None:
        order.shuffle(rows)
        order.shuffle(places)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([[row[place] for place in places] for row in [columns, *rows]])
    return out.getvalue()


def toml(value: Any) -> str:
    """A value as TOML writes it; numbers are quoted."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f'"{name}" = {toml(inner)}' for name, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(inner) for inner in value) + "]"
    return f'"{value}"'


def rule_text(rule: Mapping[str, Any], order: random.Random | None = None) -> str:
    """A rule as a file; ``version`` is last. The order of the versions is free."""
    versions = list(rule["version"])
    if order is not None:
        order.shuffle(versions)
    lines = [f"{name} = {toml(value)}" for name, value in rule.items() if name != "version"]
    for version in versions:
        lines += ["", "[[version]]", *(f"{name} = {toml(value)}" for name, value in version.items())]
    return "\n".join([*lines, ""])
