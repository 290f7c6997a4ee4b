"""Who owes what is for an earlier month or year: who paid for it then, up and down alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.issuable_scenarios import complete
from kit.late_office import Office, edit, put, usage, workspace
from kit.ledger_reader import net, taken_off

MEMBERS = """member_id,name,kind,payer,valid_from,valid_to
m2,M2,commune,m5,2020-01-01,2026-02-01
m2,M2,commune,m6,2026-02-01,
m5,M5,commune,,2020-01-01,
m6,M6,commune,,2020-01-01,
"""


def documents(office: Office) -> list[tuple[str, str, int]]:
    """(payer, beneficiary of the first line, net) of each document of the newest entry that has any."""
    newest = [entry for entry in office.entries() if entry["documents"]][-1]
    return [(d["payer"]["member_id"], d["lines"][0]["beneficiary"], net(d)) for d in newest["documents"]]


def test_late_use_is_owed_by_who_paid_for_its_month(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """M5 pays for M2 until 31 January, M6 after. Late use of January, 50.00: billed to M5 in February; taken out in
    March it is taken back on M5."""
    workspace(tmp_path)
    for path in ("drivers.csv", "subscriptions.csv", "tariffs/seats.toml", "tariffs/network.toml"):
        (tmp_path / path).unlink()
    (tmp_path / "members.csv").write_text(MEMBERS, encoding="utf-8")
    office = Office(complete(tmp_path), capsys)
    for month in ("01", "02", "03"):
        put(tmp_path, **{f"usage__m{month}": usage(f"2026-{month}", ("m2", "100"))})
    office.close("2026-01")
    put(tmp_path, usage__late=usage("2026-01", ("m2", "50"), day="12"))
    office.close("2026-02")
    assert documents(office) == [("m5", "m2", 5000), ("m6", "m2", 10000)]
    (tmp_path / "usage" / "late.csv").unlink()
    office.close("2026-03")
    assert sorted(documents(office)) == [("m5", "m2", -5000), ("m6", "m2", 10000)]


POOL = """id = "network"
kind = "allocation"
label = { fr = "network", en = "network" }
service = "shared"
vat = "cost-sharing"
pool = "network"

[[version]]
valid_from = 2025-01-01
references = [{ title = "Decision 2" }]
billing = "instalments"
keys = [{ equal = true }]
"""


def test_a_year_is_owed_by_its_payers_by_days(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """M5 pays for M2 until 30 June, M6 after: each was called 300.00. The share of M2 is 286.02 of 572.04: 181 of 365
    days, 141.83, are M5's, which gets 158.17 back; 144.19 are M6's, which gets 155.81 back, each on its own
    invoices, the latest first."""
    workspace(tmp_path)
    for path in (
        "drivers.csv",
        "subscriptions.csv",
        "tariffs/seats.toml",
        "tariffs/network.toml",
        "tariffs/storage.toml",
    ):
        (tmp_path / path).unlink()
    members = MEMBERS.replace("2026-02-01", "2025-07-01") + "m1,M1,commune,,2020-01-01,\n"
    (tmp_path / "members.csv").write_text(members, encoding="utf-8")
    exclude = POOL + 'exclude = ["m5", "m6"]\n'
    (tmp_path / "tariffs" / "network.toml").write_text(exclude, encoding="utf-8")
    put(
        tmp_path,
        budget__b="year,pool,amount\n2025,network,1200.00\n2026,network,1200.00\n",
        costs__c="period,pool,account,label,amount,document\n2025-03,network,611,Fibre,572.04,D-1\n",
    )
    office = Office(complete(tmp_path), capsys)
    office.close(*(f"2025-{month:02d}" for month in range(1, 13)))
    text = (tmp_path / "chargeback.toml").read_text(encoding="utf-8")
    (tmp_path / "chargeback.toml").write_text(text + '\n[true_up]\n2025 = "2026-01"\n', encoding="utf-8")
    office.close("2026-01")
    (entry,) = [e for e in office.entries() if e["period"] == "2026-01" and e["documents"]]
    credits = {d["payer"]["member_id"]: d for d in entry["documents"] if d["kind"] == "credit_note"}
    assert {payer: net(d) for payer, d in credits.items()} == {"m1": -31398, "m5": -15817, "m6": -15581}
    june = [[taken_off(p)[0] for p in credits[payer]["preceding"]] for payer in ("m5", "m6")]
    assert june == [[5000, 5000, 5000, 817], [5000, 5000, 5000, 581]]
    numbers = {n["number"]: d for n in credits["m5"]["preceding"] for d in [n["issue_date"]]}
    assert list(numbers.values()) == ["2025-07-05", "2025-06-05", "2025-05-05", "2025-04-05"]
    invoices = {d["payer"]["member_id"]: net(d) for d in entry["documents"] if d["kind"] == "invoice"}
    assert invoices == {"m1": 5000, "m6": 5000}
    assert office.as_billed()


def test_a_reduction_is_on_the_invoice_that_billed_the_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """January's storage (service alpha) is issued first, 100.00, then its rest, 50.00 of cpu. 20.00 less of cpu in
    February: the credit note is on the second invoice."""
    workspace(tmp_path)
    for path in ("drivers.csv", "subscriptions.csv", "tariffs/seats.toml", "tariffs/network.toml"):
        (tmp_path / path).unlink()
    office = Office(complete(tmp_path), capsys)
    edit(tmp_path, "tariffs/storage.toml", 'service = "shared"', 'service = "alpha"')
    storage = (tmp_path / "tariffs" / "storage.toml").read_text(encoding="utf-8")
    cpu = storage.replace('"storage"', '"cpu"').replace('"alpha"', '"beta"').replace('"gb"', '"vcpu"')
    (tmp_path / "tariffs" / "cpu.toml").write_text(cpu, encoding="utf-8")
    put(tmp_path, usage__m1=usage("2026-01", ("cergy", "100")), usage__m2=usage("2026-02", ("cergy", "100")))
    put(tmp_path, usage__cpu=usage("2026-01", ("cergy", "50")).replace(",gb,", ",vcpu,"))
    office.does("issue", "2026-01", "--only", "service:alpha", "--date", "2026-02-05")
    office.does("issue", "2026-01", "--date", "2026-02-05")
    office.does("close", "2026-01")
    edit(tmp_path, "usage/cpu.csv", ",vcpu,50", ",vcpu,30")
    office.close("2026-02")
    (entry,) = [e for e in office.entries() if e["period"] == "2026-02" and e["documents"]]
    (credit,) = [d for d in entry["documents"] if d["kind"] == "credit_note"]
    assert [(p["number"], *taken_off(p)) for p in credit["preceding"]] == [("F2026-00002", 2000, 400)]
