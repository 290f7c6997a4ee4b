"""VAT rates that change: each month bears its own, in invoices, adjustments and amounts carried; one document may hold
two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lxml.etree import fromstring

from chargeback.cli.app import main
from chargeback.einvoice.pdfa import XML_NAME, embedded
from chargeback.einvoice.reader import read_invoice
from kit.late_office import HEADER, Office, edit, put, usage, workspace
from kit.ledger_reader import taken_off
from kit.slow import slow

RATES = 'rates = [{ valid_from = 2026-01-01, rate = "%s" }, { valid_from = %s, rate = "%s" }]'
Vat = tuple[str, Any, Any]  # rate, net, VAT


def dated(root: Path, before: str, since: str, after: str) -> None:
    """The rate of the services changes on a day."""
    edit(root, "chargeback.toml", 'rate = "20.00"', RATES % (before, since, after))


def office_of(root: Path, capsys: pytest.CaptureFixture[str], *periods: str, settings: str = "") -> Office:
    """The syndicate with the ordinary files of some months; Cergy has no seats."""
    workspace(root, *periods, settings=settings)
    (root / "subscriptions.csv").unlink()
    (root / "tariffs" / "seats.toml").unlink()
    return Office(root, capsys)


def services(office: Office, payer: str = "cergy") -> list[dict[str, Any]]:
    """Documents of the services of a payer in the newest entry that has documents."""
    newest = [entry for entry in office.entries() if entry["documents"]][-1]
    own = [d for d in newest["documents"] if (d["payer"]["member_id"], d["regime"]["name"]) == (payer, "services")]
    return sorted(own, key=lambda d: d["number"], reverse=True)


def vats(document: dict[str, Any]) -> list[Vat]:
    return [(line["regime"]["rate"], line["net"], line["vat"]) for line in document["vat_lines"]]


def test_a_month_bears_the_rate_of_its_last_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """19.60 until 30 June: June, issued on 5 July, bears 19.60 of its 100.00; July bears 20.00."""
    office = office_of(tmp_path, capsys, "2026-06", "2026-07")
    dated(tmp_path, "19.60", "2026-07-01", "20.00")
    office.close("2026-06")
    assert [vats(d) for d in services(office)] == [[("19.60", 10000, 1960)]]
    office.close("2026-07")
    assert [vats(d) for d in services(office)] == [[("20.00", 10000, 2000)]]


def test_an_adjustment_bears_the_rate_of_its_month_both_ways(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Late June use of 500.00 billed in July bears 98.00, beside 20.00 of July itself; taken out in August it gives
    back 98.00, on the invoice of July."""
    office = office_of(tmp_path, capsys, "2026-06", "2026-07", "2026-08")
    dated(tmp_path, "19.60", "2026-07-01", "20.00")
    office.close("2026-06")
    put(tmp_path, usage__late=usage("2026-06", ("cergy", "500"), day="29"))
    office.close("2026-07")
    (july,) = services(office)
    assert vats(july) == [("19.60", 50000, 9800), ("20.00", 10000, 2000)]
    (tmp_path / "usage" / "late.csv").unlink()
    office.close("2026-08")
    august, credit = services(office)
    assert (vats(august), vats(credit)) == ([("20.00", 10000, 2000)], [("19.60", -50000, -9800)])
    assert [(p["number"], *taken_off(p)) for p in credit["preceding"]] == [(july["number"], 50000, 9800)]
    assert office.as_billed()


def test_a_carried_amount_bears_the_rate_of_its_month(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """10.00 of January at 19.60 carried, billed with 30.00 of February at 20.00: VAT 1.96 and 6.00, gross 47.96."""
    office = office_of(tmp_path, capsys, settings='threshold = "15.00"')
    dated(tmp_path, "19.60", "2026-02-01", "20.00")
    put(tmp_path, usage__january=usage("2026-01", ("cergy", "10")), usage__february=usage("2026-02", ("cergy", "30")))
    office.does("close", "2026-01")
    office.close("2026-02")
    (document,) = services(office)
    assert vats(document) == [("19.60", 1000, 196), ("20.00", 3000, 600)]
    assert [(n["rate"], n["amount"], n["carried_from"]) for n in document["lines"]] == [
        ("20.00", 3000, None),
        ("19.60", 1000, "2026-01"),
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [("month", [("19.60", 20000, 3920), ("20.00", 10000, 2000)]), ("period", [("20.00", 30000, 6000)])],
)
def test_a_bill_over_several_months_is_cut_as_the_regime_says(
    change: str, expected: list[Vat], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A quarter of three times 100.00, the rate changes on 1 March: each month at its own rate, or all at the rate of
    31 March."""
    months = ("2026-01", "2026-02", "2026-03")
    office = office_of(tmp_path, capsys, *months, settings='frequency = "quarter"')
    dated(tmp_path, "19.60", "2026-03-01", "20.00")
    edit(tmp_path, "chargeback.toml", "rates = [", f'change = "{change}"\nrates = [')
    for month in months[:2]:
        office.does("close", month)
    office.close("2026-03")
    (document,) = services(office)
    assert vats(document) == expected


def test_a_rate_that_is_only_edited_leaves_issued_months_at_theirs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """November at 20 %, then rate = "10.00": December bears 10 %, late use of November 20 % up and down, and verify is
    green."""
    office = office_of(tmp_path, capsys, "2026-11", "2026-12", "2027-01")
    office.close("2026-11")
    edit(tmp_path, "chargeback.toml", 'rate = "20.00"', 'rate = "10.00"')
    assert office.as_billed()
    put(tmp_path, usage__late=usage("2026-11", ("cergy", "100"), ("ecouen", "-20"), day="20"))
    office.close("2026-12")
    assert vats(services(office)[0]) == [("10.00", 10000, 1000), ("20.00", 10000, 2000)]
    december, credit = services(office, "ecouen")
    assert (vats(december), vats(credit)) == ([("10.00", 4000, 400)], [("20.00", -2000, -400)])
    assert office.as_billed()
    edit(tmp_path, "usage/late.csv", "cergy,,gb,100", "cergy,,gb,0")
    office.close("2027-01")
    assert vats(services(office)[-1]) == [("20.00", -10000, -2000)]


def test_a_version_may_move_to_another_regime(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A version of 16 March under another regime: a document of each, 40.00 at 20 % and 60.00 at 10 %; nothing of
    February moves."""
    office = office_of(tmp_path, capsys, "2026-02")
    office.close("2026-02")
    reduced = '[vat.reduced]\ncategory = "S"\nrate = "10.00"\n[vat.contributions]'
    edit(tmp_path, "chargeback.toml", "[vat.contributions]", reduced)
    version = (
        '\n[[version]]\nvalid_from = 2026-03-16\nreferences = [{ title = "Law" }]\nmodel = "flat"\nprice = "1.00"\n'
        'vat = "reduced"\n'
    )
    storage = (tmp_path / "tariffs" / "storage.toml").read_text(encoding="utf-8")
    ended = storage.replace("valid_from = 2026-01-01", "valid_from = 2026-01-01\nvalid_to = 2026-03-16")
    (tmp_path / "tariffs" / "storage.toml").write_text(ended + version, encoding="utf-8")
    rows = (("03-10T08", "40"), ("03-20T08", "60"))
    march = "".join(f"2026-{at}:00:00Z,,cergy,,gb,{quantity}\n" for at, quantity in rows)
    put(tmp_path, usage__march=HEADER + march)
    office.close("2026-03")
    documents = [d for d in office.entries()[-2]["documents"] if d["payer"]["member_id"] == "cergy"]
    assert sorted((d["regime"]["name"], *vats(d)) for d in documents) == [
        ("reduced", ("10.00", 6000, 600)),
        ("services", ("20.00", 4000, 800)),
    ]


@slow
def test_a_document_of_two_rates_is_drawn_and_checked(tmp_path: Path) -> None:
    """July with late use of June, as Factur-X with a base and a VAT per rate (BG-23), a page that prints both, and the
    credit of August: all rules hold, and verify draws them again byte for byte."""
    root = workspace(tmp_path, "2026-06", "2026-07", "2026-08")
    dated(root, "19.60", "2026-07-01", "20.00")

    def closed(month: str, on: str) -> None:
        assert main(["-C", str(root), "issue", month, "--date", on]) == 0
        assert main(["-C", str(root), "close", month]) == 0

    closed("2026-06", "2026-07-05")
    put(root, usage__late=usage("2026-06", ("cergy", "500"), day="29"))
    closed("2026-07", "2026-08-05")
    pages = {path.name: path.read_bytes() for path in (root / "out" / "2026-07" / "invoices").glob("*.pdf")}
    found = [taxes for taxes in map(breakdown, pages.values()) if len(taxes) > 1]
    assert found == [[("19.60", "500.00", "98.00"), ("20.00", "150.00", "30.00")]]
    (root / "usage" / "late.csv").unlink()
    closed("2026-08", "2026-09-05")
    assert main(["-C", str(root), "verify"]) == 0


def breakdown(pdf: bytes) -> list[Vat]:
    """(rate, base, VAT) of the VAT breakdown of a document's XML."""
    read = read_invoice(fromstring(embedded(pdf)[XML_NAME]))
    return [(each.rate, each.basis, each.amount) for each in read.vat]
