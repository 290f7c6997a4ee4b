"""A small workspace of round prices, where a month is what is subscribed: several services in one family, and a family
apart.

A rack is 10.00 (service datacenter), a port 3.00 and a rebate -1.00 (service network), all under [vat.services] at 20
%; a seat is 2.50 (service membership) under [vat.contributions], out of scope. So a month can be added up by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from chargeback.cli.app import main
from kit.issuable_scenarios import OPERATOR, siret

BILLING = """[billing]
currency = "EUR"
timezone = "Europe/Paris"
locale = "fr_FR"
"""
REGIMES = """
[vat.services]
category = "S"
rate = "20.00"

[vat.contributions]
category = "O"
reason = "Contribution statutaire, hors champ d'application de la TVA"
reason_code = "VATEX-EU-O"
"""
RULES = {
    "hosting": ("datacenter", "services", "rack", "10.00"),
    "link": ("network", "services", "port", "3.00"),
    "rebate": ("network", "services", "rebate", "-1.00"),
    "adhesion": ("membership", "contributions", "seat", "2.50"),
}
HEADER = ("member_id", "name", "kind", "siret", "address", "postal_code", "city")
MORE = ("payer", "frequency", "successor", "valid_from", "valid_to")
Subscribed = Mapping[str, str]  # items of a member, as "rack 2, port 1"


def world(
    root: Path,
    subscribed: Mapping[str, str],
    *,
    billing: str = "",
    members: Mapping[str, Mapping[str, str]] | None = None,
    rows: Iterable[str] = (),
    services: Mapping[str, str] | None = None,
) -> Path:
    """Write the workspace: what each member subscribes ("rack 2, port 1"), more cells of its row, more rows of
    subscriptions.csv.

    ``services``: another service than the one above, by rule.
    """
    (root / "tariffs").mkdir(parents=True)
    (root / "chargeback.toml").write_text(OPERATOR + BILLING + billing + REGIMES, encoding="utf-8")
    for name, (service, vat, item, price) in RULES.items():
        text = rule(name, (services or {}).get(name, service), vat, item, price)
        (root / "tariffs" / f"{name}.toml").write_text(text, encoding="utf-8")
    write_members(root, subscribed, members or {})
    lines = ["member_id,item,quantity,valid_from,valid_to"]
    for member, items in subscribed.items():
        for item, quantity in (pair.split() for pair in items.split(", ") if items):
            lines.append(f"{member},{item},{quantity},2026-01-01,")
    (root / "subscriptions.csv").write_text("\n".join([*lines, *rows]) + "\n", encoding="utf-8")
    return root


def write_members(root: Path, names: Iterable[str], more: Mapping[str, Mapping[str, str]]) -> None:
    """members.csv, complete for documents."""
    lines = [",".join((*HEADER, *MORE))]
    for number, name in enumerate(names, start=1):
        own = {"valid_from": "2026-01-01", **more.get(name, {})}
        fixed = (name, name.capitalize(), "commune", siret(number), "1 rue de la Mairie", "95000", "Exempleville")
        lines.append(",".join((*fixed, *(own.get(column, "") for column in MORE))))
    (root / "members.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def rule(name: str, service: str, vat: str, item: str, price: str) -> str:
    """A rate on a subscription."""
    return f"""id = "{name}"
kind = "rate"
label = {{ fr = "{name.capitalize()}", en = "{name.capitalize()}" }}
service = "{service}"
vat = "{vat}"
quantity = {{ subscription = "{item}" }}

[[version]]
valid_from = 2026-01-01
references = [{{ title = "Délibération fixant les tarifs" }}]
model = "flat"
price = "{price}"
"""


def command(root: Path, *words: str) -> int:
    """Run the program in the workspace; its exit code."""
    return main(["-C", str(root), *words])


def entries(root: Path) -> list[dict[str, Any]]:
    """The entries of ledger.jsonl."""
    path = root / "out/ledger.jsonl"
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.is_file() else []


def shown(documents: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, str, int]]:
    """(number, payer, regime, net in cents) of documents of the ledger."""
    return [(d["number"], d["payer"]["member_id"], d["regime"]["name"], net(d)) for d in documents]


def net(document: Mapping[str, Any]) -> int:
    """Net of a document of the ledger, in cents."""
    return sum(line["amount"] for line in document["lines"])


def numbers(root: Path) -> list[str]:
    """Every number given, in the order of the ledger."""
    return [d["number"] for entry in entries(root) for d in entry["documents"]]


def totals(root: Path) -> dict[tuple[str, str, str], int]:
    """Net cents of all issued documents, by member, rule and regime."""
    found: dict[tuple[str, str, str], int] = {}
    for entry in entries(root):
        for document in entry["documents"]:
            for line in document["lines"]:
                key = (line["beneficiary"], line["rule"], document["regime"]["name"])
                found[key] = found.get(key, 0) + line["amount"]
    return found
