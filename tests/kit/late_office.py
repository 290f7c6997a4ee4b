"""A small syndicate whose figures fit in a head: storage at 1.00 a unit, seats at 10.00, a backbone shared by
population.

In each month Cergy uses 100 and Écouen 40, Cergy has 5 seats, the backbone costs 300.00 of which Cergy bears two
thirds.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from chargeback.cli.app import main
from kit.issuable_scenarios import complete
from kit.once import made_once
from kit.undrawn import undrawn

SETTINGS = """[billing]
locale = "en_GB"
[vat.services]
category = "S"
rate = "20.00"
[vat.cost-sharing]
category = "E"
rate = "0.00"
reason = "Exonération, article 261 B du CGI"
reason_code = "VATEX-EU-132-1F"
[vat.contributions]
category = "O"
reason = "Hors champ"
reason_code = "VATEX-EU-O"
"""
RULE = """id = "{name}"
label = {{ fr = "{name}", en = "{name}" }}
service = "shared"
"""
VERSION = """
[[version]]
valid_from = 2026-01-01
references = [{ title = "Decision 1" }]
"""
STORAGE = (
    'kind = "rate"\nvat = "services"\nquantity = { meter = "gb", measure = "sum" }\n'
    + VERSION
    + 'model = "flat"\nprice = "1.00"\n'
)
SEATS = (
    'kind = "rate"\nvat = "services"\nquantity = { subscription = "seat" }\n'
    + VERSION
    + 'model = "flat"\nprice = "10.00"\n'
)
NETWORK = (
    'kind = "allocation"\nvat = "cost-sharing"\npool = "backbone"\n'
    + VERSION
    + 'keys = [{ quantity = { driver = "population" } }]\n'
)
FILES = {
    "chargeback.toml": SETTINGS,
    "members.csv": (
        "member_id,name,kind,valid_from,valid_to\ncergy,Cergy,commune,2020-01-01,\necouen,Écouen,commune,2020-01-01,\n"
    ),
    "drivers.csv": (
        "member_id,driver,value,valid_from,valid_to\n"
        "cergy,population,200,2020-01-01,\necouen,population,100,2020-01-01,\n"
    ),
    "subscriptions.csv": "member_id,item,quantity,valid_from,valid_to\ncergy,seat,5,2020-01-01,\n",
    "tariffs/storage.toml": RULE.format(name="storage") + STORAGE,
    "tariffs/seats.toml": RULE.format(name="seats") + SEATS,
    "tariffs/network.toml": RULE.format(name="network") + NETWORK,
}
HEADER = "start,end,member_id,resource_id,meter,quantity\n"


def usage(period: str, *rows: tuple[str, str], day: str = "10", hour: str = "08") -> str:
    """A usage file: (member, quantity) of storage on a day of a month."""
    return HEADER + "".join(f"{period}-{day}T{hour}:00:00Z,,{name},,gb,{value}\n" for name, value in rows)


def put(root: Path, **files: str) -> None:
    """Write files by path, ``usage__late`` for ``usage/late.csv``."""
    for name, text in files.items():
        path = root / f"{name.replace('__', '/')}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def month(root: Path, period: str) -> None:
    """The ordinary files of a month."""
    folder = root / "usage"
    folder.mkdir(exist_ok=True)
    (folder / f"{period}.csv").write_text(usage(period, ("cergy", "100"), ("ecouen", "40")), encoding="utf-8")
    (root / "costs").mkdir(exist_ok=True)
    text = f"period,pool,account,label,amount,document\n{period},backbone,611,Backbone,300.00,X-{period}\n"
    (root / "costs" / f"{period}.csv").write_text(text, encoding="utf-8")


def workspace(root: Path, *periods: str, settings: str = "") -> Path:
    """The workspace with the files of some months."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if settings:
        path = root / "chargeback.toml"
        path.write_text(path.read_text(encoding="utf-8").replace("[billing]\n", f"[billing]\n{settings}\n"), "utf-8")
    for period in periods:
        month(root, period)
    return complete(root)


def january_closed(factory: pytest.TempPathFactory, target: Path, locale: str = "en_GB") -> Path:
    """A copy, in ``target``, of the workspace with the files of January to March, January issued and closed."""

    def make(place: Path) -> None:
        root = workspace(place, "2026-01", "2026-02", "2026-03")
        edit(root, "chargeback.toml", 'locale = "en_GB"', f'locale = "{locale}"')
        with pytest.MonkeyPatch.context() as patch:
            undrawn(patch)
            for command in (("issue", "2026-01", "--date", "2026-02-05"), ("close", "2026-01")):
                assert main(["-C", str(root), *command]) == 0

    return Path(shutil.copytree(made_once(factory, f"january-closed-{locale}", make), target, dirs_exist_ok=True))


def edit(root: Path, path: str, old: str, new: str) -> None:
    """Replace a text that is in a file once."""
    text = (root / path).read_text(encoding="utf-8")
    assert text.count(old) == 1, (path, old)
    (root / path).write_text(text.replace(old, new), encoding="utf-8")


class Office:
    """The commands of a workspace, with what they say; documents are issued without pages."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.capsys = root, capsys

    def says(self, *command: str) -> tuple[int, str, str]:
        """(exit code, data, words) of a command."""
        with pytest.MonkeyPatch.context() as patch:
            undrawn(patch)
            code = main(["-C", str(self.root), *command])
        out, err = self.capsys.readouterr()
        return code, out, err

    def does(self, *command: str) -> str:
        """The words of a command that succeeds."""
        code, _, err = self.says(*command)
        assert code == 0, err
        return err

    def close(self, *periods: str) -> None:
        """Issue and close months, on the 5th of the month after."""
        for period in periods:
            year, number = int(period[:4]), int(period[5:])
            on = f"{year + number // 12:04d}-{number % 12 + 1:02d}-05"
            self.does("issue", period, "--date", on)
            self.does("close", period)

    def adjustments(self, period: str) -> list[tuple[str, str, str, str]]:
        """(month, member, rule, amount) of each adjustment of a month as its run writes it."""
        return [(row["period"], row["member_id"], row["rule"], row["amount"]) for row in self.rows(period)]

    def rows(self, period: str) -> list[dict[str, str]]:
        """The rows of charges.csv that adjust an earlier month."""
        self.does("run", period, "--no-documents")
        text = (self.root / "out" / period / "charges.csv").read_text(encoding="utf-8")
        return [row for row in csv.DictReader(io.StringIO(text)) if row["period"] != period]

    def preview(self, period: str) -> dict[str, Any]:
        """The data of ``adjustments --json``."""
        code, out, err = self.says("adjustments", period, "--json")
        assert code == 0, err
        found: dict[str, Any] = json.loads(out)
        return found

    def as_billed(self) -> bool:
        """Whether ``verify`` finds the charges of each month computed again as billed."""
        _, out, _ = self.says("verify")
        checked = [line for line in out.splitlines() if line.split()[1] == "charges"]
        return bool(checked) and all(line.startswith("ok ") for line in checked)

    def entries(self) -> list[dict[str, Any]]:
        """The lines of the ledger."""
        text = (self.root / "out" / "ledger.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]
