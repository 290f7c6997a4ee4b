"""Workspaces that can be issued: a scenario with an operator, addresses and SIRET of nobody (valid check digits,
invented)."""

from __future__ import annotations

import csv
import shutil
from itertools import count
from pathlib import Path

from kit.paths import SCENARIOS

OPERATOR = """[operator]
name = "Syndicat mixte Exemple Numérique"
siren = "990000010"
siret = "99000001000019"
vat_number = "FR13990000010"
address = ["1 place de l'Exemple"]
postal_code = "95000"
city = "Exempleville"
iban = "FR7699999000010000012345014"
bic = "EXEMFRPP"
payee = "Trésorerie de l'Exemple"

"""


def luhn(digits: str) -> str:
    """``digits`` with a Luhn check digit."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return digits + str(-total % 10)


def siret(number: int) -> str:
    """An invented SIRET."""
    return luhn(luhn(f"9910{number:04d}") + "0001")


def complete(root: Path) -> Path:
    """Give an existing workspace what documents need, where it lacks."""
    settings = root / "chargeback.toml"
    text = settings.read_text(encoding="utf-8")
    if "[operator]" not in text:
        settings.write_text(OPERATOR + text, encoding="utf-8")
    path = root / "members.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    numbers = count(1)
    given = {"address": "1 rue de la Mairie", "postal_code": "95000", "city": "Exempleville"}
    sirets: dict[str, str] = {}
    for row in rows:
        own = sirets.setdefault(row["member_id"], siret(next(numbers)))
        for name, value in {"siret": own, **given}.items():
            row[name] = row.get(name) or value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return root


def scenario(name: str, target: Path) -> Path:
    """A copy of a scenario's workspace, with what documents need."""
    shutil.copytree(SCENARIOS / name, target, ignore=shutil.ignore_patterns("expected", "scenario.toml"))
    return complete(target)
