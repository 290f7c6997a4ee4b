"""Exempt pools watched: each notice once a rule, with its place and figures; nothing of it under another regime."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from chargeback.cli.app import main
from kit.paths import MUSEUM

COSTS = "period,pool,account,label,amount,document\n"
DRIVERS = "member_id,driver,value,valid_from,valid_to\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two members; the network is exempt and shared by headcount: 1,000.00, and 200.00 of the cooling "
    "that serves it."""
    return Path(shutil.copytree(MUSEUM / "base", tmp_path / "base"))


def change(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text("utf-8")
    assert text.count(old) == 1
    (root / path).write_text(text.replace(old, new), encoding="utf-8")


def notices(root: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    assert main(["-C", str(root), "check", "2026-09"]) == 0
    told: Sequence[str] = capsys.readouterr().err.splitlines()
    return [line.removeprefix("notice: ") for line in told if "exempt as cost-sharing" in line]


def test_bounds_are_named_once(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A floor and a cap in each of two versions: one notice, at the first."""
    path = root / "tariffs" / "network.toml"
    text = path.read_text("utf-8").replace("keys = [", 'floor = "1.00"\ncap = "900.00"\nkeys = [')
    head, _, terms = text.partition("[[version]]")
    second = terms.replace("2026-01-01", "2026-09-16")
    first = terms.replace("valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_to = 2026-09-16")
    path.write_text(f"{head}[[version]]{first}\n[[version]]{second}", encoding="utf-8")
    assert notices(root, capsys) == [
        "tariffs/network.toml:11: pool network of network is exempt as cost-sharing, where each member "
        "repays its exact "
        "part of the cost: floor and cap make shares other than that; take them out, or share the pool under another "
        "regime"
    ]
    change(root, "tariffs/network.toml", 'vat = "cost-sharing"', 'vat = "services"')
    assert notices(root, capsys) == []


def test_goods_are_added_up_at_the_first(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Accounts 607 and 6071 are goods for resale; 6061 (energy) and 6262 are none; other pools do not count."""
    rows = [
        ("network", "607", "10.00"),
        ("network", "6061", "50.00"),
        ("network", "6071", "20.50"),
        ("cooling", "607", "5.00"),
    ]
    lines = "".join(
        f"2026-09,{pool},{account},Thing,{amount},G-{n}\n" for n, (pool, account, amount) in enumerate(rows)
    )
    (root / "costs" / "goods.csv").write_text(COSTS + lines, encoding="utf-8")
    assert notices(root, capsys) == [
        "costs/goods.csv:2: pool network of network is exempt as cost-sharing, which is for services: 2 "
        "costs on account "
        "607 (goods for resale), 30.50 EUR in all; book goods to a pool of their own, under a taxed regime"
    ]


@pytest.mark.parametrize(("share", "named"), [("20", False), ("20.5", True), ("100", True)])
def test_a_member_taxed_above_a_fifth_has_a_regime_of_its_own(
    root: Path, capsys: pytest.CaptureFixture[str], share: str, named: bool
) -> None:
    """20 % is allowed; above it the member is named, until it has a regime of its own."""
    change(root, "drivers.csv", DRIVERS, f"{DRIVERS}aval,taxed_share,{share},2026-01-01,\n")
    expected = [
        "tariffs/network.toml:4: pool network of network is exempt as cost-sharing, which is for members "
        "taxed on 20 % of "
        f"their revenue at most (driver taxed_share): aval {share} %; give it a regime of its own in vat, as by_member"
    ]
    assert notices(root, capsys) == (expected if named else [])
    own = 'vat = { default = "cost-sharing", by_member = { aval = "services" } }'
    change(root, "tariffs/network.toml", 'vat = "cost-sharing"', own)
    if named:
        assert notices(root, capsys) == []


def test_services_to_others_above_half(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """600.00 of 1,200.00 taxed is allowed, a cent more is not; a member that is taxed itself does not count."""
    keys = (root / "tariffs" / "network.toml").read_text("utf-8").partition("keys = [")[2]
    change(root, "tariffs/network.toml", f"keys = [{keys}", "keys = [{ equal = true }]\n")
    table = 'vat = { default = "cost-sharing", by_member = { aval = "services" } }'
    change(root, "tariffs/network.toml", 'vat = "cost-sharing"', table)
    assert notices(root, capsys) == []
    change(
        root,
        "tariffs/network.toml",
        "keys = [{ equal = true }]",
        'keys = [{ shares = { amont = "599.99", aval = "600.01" } }]',
    )
    assert notices(root, capsys) == [
        "tariffs/network.toml:4: pool network of network is exempt as cost-sharing, which is for a group "
        "that serves its "
        "members above all: 600.01 of 1,200.00 EUR charged in 2026-09 is taxed, more than half"
    ]
    change(root, "drivers.csv", DRIVERS, f"{DRIVERS}aval,taxed_share,50,2026-01-01,\n")
    assert notices(root, capsys) == []


def test_taxed_tariffs_in_the_pool(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Seats, taxed, come off the network."""
    change(root, "tariffs/network.toml", "keys = [", 'less = ["seats"]\nkeys = [')
    assert notices(root, capsys) == [
        "tariffs/network.toml:10: pool network of network is exempt as cost-sharing, where each member "
        "repays its exact "
        "part of the cost: less takes the charges of seats off it, which is under another regime; book what "
        "it costs to a "
        "pool of its own"
    ]
