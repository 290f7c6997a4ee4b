"""A workspace around generated usage: two hundred members, a machine to each in turn, one rule per way to measure."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.data import FIVE_MINUTES, machine, machines, usage_files
from chargeback.model.period import Period

MONTH = Period(2026, 10)
MEMBERS = 200
SETTINGS = """\
[operator]
name = "A syndicate"

[billing]
timezone = "Europe/Paris"

[vat.services]
category = "S"
rate = "20.00"
"""
RULE = """\
id = "{id}"
label = {{ fr = "{id}" }}
service = "benchmark"
kind = "rate"
vat = "services"
quantity = {{ {quantity} }}
"""
VERSION = """
[[version]]
{days}
references = [{{ title = "A benchmark" }}]
model = "flat"
price = "{price}"
"""
QUANTITIES = {
    "traffic": 'meter = "traffic_gb", measure = "sum"',
    "traffic-gold": 'meter = "traffic_gb", measure = "sum", where = { class = "gold" }',
    "traffic-silver": 'meter = "traffic_gb", measure = "sum", where = { class = "silver" }',
    "vcpu": 'meter = "vcpu", measure = "integral"',
    "memory": 'meter = "memory_gib", measure = "integral"',
    "memory-mean": 'meter = "memory_gib", measure = "mean", per = "resource"',
    "storage": 'meter = "storage_gib", measure = "max", per = "resource"',
    "machines": 'meter = "vcpu", measure = "count"',
}
BY_ROW = {"traffic-p95": 'meter = "traffic_gb", measure = "p95", combine = "instant"'}
WHOLE = ("valid_from = 2020-01-01",)
CUT = ("valid_from = 2020-01-01\nvalid_to = 2026-10-16", "valid_from = 2026-10-16")


def rule_files(folder: Path, quantities: dict[str, str], days: tuple[str, ...]) -> None:
    """One file per rule, with a version per element of ``days``."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, quantity in quantities.items():
        versions = [VERSION.format(days=line, price=f"0.0{n}") for n, line in enumerate(days, 1)]
        (folder / f"{name}.toml").write_text(RULE.format(id=name, quantity=quantity) + "".join(versions))


def workspace(root: Path, rows: int, kind: str = "parquet", step: int = FIVE_MINUTES) -> Path:
    """A workspace with so many rows of usage; what is there already is kept."""
    usage_files(root / "usage", rows, kind, step)
    (root / "chargeback.toml").write_text(SETTINGS)
    members = [f"m{n:03d},Member {n},commune,2020-01-01" for n in range(MEMBERS)]
    resources = [f"{machine(n)},m{n % MEMBERS:03d},2020-01-01," for n in range(machines(rows, step))]
    (root / "members.csv").write_text("\n".join(["member_id,name,kind,valid_from", *members, ""]))
    (root / "resources.csv").write_text("\n".join(["resource_id,member_id,valid_from,valid_to", *resources, ""]))
    rule_files(root / "tariffs", QUANTITIES, WHOLE)
    return root
