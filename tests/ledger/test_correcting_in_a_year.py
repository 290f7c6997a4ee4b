"""``credit`` and ``correct`` among carried amounts, parts of a month and credits of later months: nothing is lost or
billed twice."""

from __future__ import annotations

from pathlib import Path

import pytest

import chargeback.cli.correct
from chargeback.ledger.reconciliation import accounted
from chargeback.model.period import Period
from chargeback.workflows.session import loaded
from kit.correcting import GIFT
from kit.parts_office import command, entries, net, shown, world
from kit.slow import slow
from kit.undrawn import undrawn

REASON = ("--reason", "erreur de relevé", "--yes")


@pytest.fixture(autouse=True)
def without_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is drawn."""
    undrawn(monkeypatch)
    monkeypatch.setattr(chargeback.cli.correct, "issued_document", lambda *_, **__: b"")


def issue(root: Path, *words: str, on: str) -> None:
    assert command(root, "issue", *words, "--date", on) == 0


def subscribe(root: Path, row: str, instead: str) -> None:
    """Another row of subscriptions.csv."""
    path = root / "subscriptions.csv"
    text = path.read_text(encoding="utf-8")
    assert row in text
    path.write_text(text.replace(row, instead), encoding="utf-8")


def last(root: Path) -> list[tuple[str, str, str, int]]:
    """The documents of the last entry."""
    return shown(entries(root)[-1]["documents"])


@slow
def test_what_was_carried_stays_on_the_corrected_invoice(tmp_path: Path) -> None:
    """Two racks a month, billed by quarter: 60.00. March should have had three: 60.00 are given back and 70.00 billed;
    January and February are still billed, once, and rest on what they did."""
    root = world(tmp_path / "w", {"cergy": "rack 2"}, members={"cergy": {"frequency": "quarter"}})
    for month, on in (("2026-01", "2026-02-05"), ("2026-02", "2026-03-05")):
        assert command(root, "close", month, "--date", on) == 0
    issue(root, "2026-03", on="2026-04-05")
    assert last(root) == [("F2026-00001", "cergy", "services", 6000)]
    subscribe(root, "rack,2,2026-01-01,", "rack,2,2026-01-01,2026-03-01\ncergy,rack,3,2026-03-01,")
    assert command(root, "correct", "F2026-00001", *REASON, "--date", "2026-04-06") == 0
    assert last(root) == [
        ("A2026-00001", "cergy", "services", -6000),
        ("F2026-00002", "cergy", "services", 7000),
    ]
    new = entries(root)[-1]["documents"][1]
    assert [b["period"][-2:] for b in new["brought_forward"]] == ["01", "02"]
    assert [e["period"][-2:] for e in entries(root)[-1]["prior_months"]] == ["01", "02"]
    assert command(root, "close", "2026-03", "--date", "2026-04-06") == 0
    for month in ("2026-01", "2026-02", "2026-03"):
        assert command(root, "run", month) == 0


def test_a_part_of_a_month_is_corrected_alone(tmp_path: Path) -> None:
    """Racks and ports were billed apart: the document in the place of that of the ports bills no rack a second time."""
    root = world(tmp_path / "w", {"cergy": "rack 2, port 1"})
    issue(root, "2026-01", "--only", "network", on="2026-02-05")
    issue(root, "2026-01", on="2026-02-05")
    assert [net(d) for entry in entries(root) for d in entry["documents"]] == [300, 2000]
    subscribe(root, "port,1", "port,4")
    assert command(root, "correct", "F2026-00001", *REASON, "--date", "2026-02-06") == 0
    assert last(root) == [
        ("A2026-00001", "cergy", "services", -300),
        ("F2026-00003", "cergy", "services", 1200),
    ]


def reduced(root: Path) -> Path:
    """January is closed with 3 racks, 30.00; in February one of them was none: 10.00 are taken off the invoice of
    January."""
    world(root, {"cergy": "rack 3, port 2"})
    issue(root, "2026-01", on="2026-02-05")
    assert command(root, "close", "2026-01", "--date", "2026-02-05") == 0
    subscribe(root, "rack,3,2026-01-01,", "rack,2,2026-01-01,")
    issue(root, "2026-02", on="2026-03-05")
    assert last(root) == [("F2026-00002", "cergy", "services", 2600), ("A2026-00001", "cergy", "services", -1000)]
    return root


@slow
def test_an_adjustment_leaves_the_rest_of_each_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """10.00 of 36.00 net are gone, all of them from the racks: 20.00 of these may still be given back, and 6.00 of the
    ports."""
    root = reduced(tmp_path / "w")
    capsys.readouterr()
    words = ("credit", "F2026-00001", "--kind", "error", *REASON, "--date", "2026-03-06")
    assert command(root, *words, "--amount", "31.21") == 1
    told = "31.21 is more than remains of F2026-00001, 31.20 VAT included, as 12.00 is credited already\n"
    assert capsys.readouterr().err == told
    assert command(root, *words, "--line", "1") == 0
    assert last(root) == [("A2026-00002", "cergy", "services", -2000)]
    assert command(root, *words) == 0
    assert last(root) == [("A2026-00003", "cergy", "services", -600)]


@slow
def test_what_a_later_month_reduced_is_not_drawn_up_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Billed again in full, the credit of February would be lost."""
    root = reduced(tmp_path / "w")
    known = entries(root)
    capsys.readouterr()
    assert command(root, "correct", "F2026-00001", *REASON, "--date", "2026-03-06") == 1
    assert capsys.readouterr().err == (
        "F2026-00001 is reduced by A2026-00001, a credit of 2026-02, so it is not drawn up again: once 2026-01 "
        "is closed, the next "
        "open month bills what differs\n"
    )
    assert entries(root) == known


@slow
def test_a_month_is_as_billed_once_it_is_adjusted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``run`` of the closed month counts the adjustment; 5.00 given on purpose, 3.85 of them on racks, are no
    difference, and count once the racks cost less."""
    root = reduced(tmp_path / "w")
    assert command(root, "run", "2026-01") == 0
    assert command(root, "check", "2026-01") == 0
    words = ("credit", "F2026-00001", *GIFT, *REASON, "--date", "2026-03-06", "--amount", "6")
    assert command(root, *words) == 0
    capsys.readouterr()
    assert command(root, "run", "2026-01") == 0
    told = (
        "2026-01 was issued on 2026-02-05 and closed on 2026-02-05: computed again it comes to the same, nothing is "
        "written\n"
    )
    assert capsys.readouterr().err == told
    subscribe(root, "rack,2,2026-01-01,", "rack,1,2026-01-01,")
    assert command(root, "run", "2026-01") == 1
    shown_rows = capsys.readouterr().out.splitlines()
    assert shown_rows[1].split() == ["cergy", "hosting", "16.15", "10.00", "-6.15"]


def test_who_receives_a_closed_month_is_settled(tmp_path: Path) -> None:
    """Another payer since January is no difference: its documents are out. A rate that is edited without a date leaves
    them theirs; one that is dated into January is a difference."""
    root = world(tmp_path / "w", {"cergy": "rack 2", "osny": "rack 1"})
    issue(root, "2026-01", on="2026-02-05")
    assert command(root, "close", "2026-01", "--date", "2026-02-05") == 0
    members = root / "members.csv"
    before = members.read_text(encoding="utf-8")
    header, *rows = [line.split(",") for line in before.splitlines()]
    rows[1][header.index("payer")] = "cergy"
    members.write_text("\n".join(",".join(row) for row in (header, *rows)) + "\n", encoding="utf-8")
    assert compared(root) == ([], [])
    members.write_text(before, encoding="utf-8")
    settings = root / "chargeback.toml"
    plain = settings.read_text(encoding="utf-8")
    settings.write_text(plain.replace('"20.00"', '"10.00"'), encoding="utf-8")
    assert compared(root) == ([], [])
    rates = 'rates = [{ valid_from = 2026-01-01, rate = "10.00" }]'
    settings.write_text(plain.replace('rate = "20.00"', rates), encoding="utf-8")
    assert compared(root) == ([], [("cergy", 2400, 2200), ("osny", 1200, 1100)])


def compared(root: Path) -> tuple[list[tuple[str, int, int]], list[tuple[str, int, int]]]:
    """What of January is not as billed: (member, billed, recomputed) of charges, then of documents."""
    january = Period(2026, 1)
    with loaded(root, write=False) as (books, _):
        found = accounted(books.store.connection, books.month_alone(january))
    charges = [(d.member_id, d.billed, d.recomputed) for d in found.charges]
    return charges, [(d.payer_id, d.billed, d.recomputed) for d in found.documents]
