"""Claims: a month is closed with what it has still to bill, which is issued later, or given up by an act alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kit.late_office import Office, edit, put, usage, workspace
from kit.parts_office import net, world

JANUARY, FEBRUARY, MARCH, DECEMBER = "2026-01", "2026-02", "2026-03", "2026-12"
REASON = ("--reason", "No address yet", "--date", "2027-01-06")
ACT = "Délibération 12 du 3 janvier"
STREET = "1 rue de la Mairie"


def street(office: Office, member: str, *, there: bool) -> None:
    """The address of a member, without which it gets no document."""
    rows = (office.root / "members.csv").read_text(encoding="utf-8").splitlines()
    at = rows[0].split(",").index("address")
    cells = [row.split(",") for row in rows]
    for row in cells:
        if row[0] == member:
            row[at] = STREET if there else ""
    (office.root / "members.csv").write_text("\n".join(map(",".join, cells)) + "\n", encoding="utf-8")


@pytest.fixture
def year(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    """December costs 800.00, 700.00 of Cergy's and 100.00 of Écouen's; Écouen has no address, and its documents are
    set aside."""
    office = Office(workspace(tmp_path, DECEMBER), capsys)
    edit(office.root, "costs/2026-12.csv", "300.00", "800.00")
    edit(office.root, "drivers.csv", "cergy,population,200", "cergy,population,700")
    (office.root / "usage/2026-12.csv").unlink()
    street(office, "ecouen", there=False)
    assert office.says("issue", DECEMBER, "--skip-invalid", "--date", "2027-01-05")[0] == 1
    return office


def proof(office: Office) -> dict[str, Any]:
    """The proof of the backbone in 2026, without what is 0.00."""
    code, out, err = office.says("true-up", "2026", "--json")
    assert code == 0, err
    (pool,) = json.loads(out)["pools"]
    parts = {name: cents for name, cents in pool["gap_parts"].items() if cents != "0.00"}
    return {name: pool[name] for name in ("cost", "billed", "carried", "gap", "equal", "acts")} | {"parts": parts}


def claims(office: Office, *command: str) -> Any:
    """The data of a command."""
    code, out, err = office.says(*command, "--json")
    assert code == 0, err
    return json.loads(out)


def faults(office: Office) -> list[str]:
    """What verify finds in the ledger, the numbers, the files and the charges; the documents here have no pages."""
    checks = json.loads(office.says("verify", "--json")[1])["checks"]
    return [fault for check in checks if check["check"] != "documents" for fault in check["faults"]]


def test_a_month_is_closed_with_a_list_of_what_is_still_to_bill(year: Office) -> None:
    """Shown first and asked: without --yes nothing is closed. Once closed, the proof of the year has a gap of 100.00
    that is still to bill."""
    code, out, err = year.says("close", DECEMBER, *REASON)
    assert (code, err) == (0, "2026-12 is not closed: add --yes to close it\n")
    assert out.splitlines() == [
        "2026-12, still to bill:",
        "payer   family        months      net   VAT",
        "ecouen  cost-sharing  2026-12  100.00  0.00",
        "total                          100.00  0.00",
    ]
    assert [e["kind"] for e in year.entries()] == ["issue"]
    assert year.does("close", DECEMBER, *REASON, "--yes").splitlines() == [
        "2026-12 is closed, on 2027-01-06: nothing of it can change",
        "1 document of 100.00 net still to bill: `chargeback issue 2026-12` issues it, "
        '`chargeback waive 2026-12 --act "…"` gives it up',
    ]
    assert proof(year) == {
        "cost": "800.00",
        "billed": "700.00",
        "carried": "0.00",
        "gap": "100.00",
        "equal": False,
        "acts": [],
        "parts": {"still_to_bill": "100.00"},
    }


def test_what_is_still_to_bill_is_issued_after_the_closing(year: Office) -> None:
    """With its address, Écouen gets its invoice of December in January; the proof is equal, and verify finds all."""
    year.does("close", DECEMBER, *REASON, "--yes")
    street(year, "ecouen", there=True)
    said = year.does("issue", DECEMBER, "--date", "2027-01-20")
    assert said == (
        "2026-12 is issued: 2 documents dated 2027-01-05, F2027-00001 to F2027-00002, and since then F2027-00003, "
        "closed on 2027-01-06\n"
    )
    (document,) = year.entries()[-1]["documents"]
    assert (document["payer"]["member_id"], net(document)) == ("ecouen", 10000)
    found = proof(year)
    assert (found["billed"], found["gap"], found["equal"], found["parts"]) == ("800.00", "0.00", True, {})
    assert faults(year) == []
    assert year.adjustments("2027-01") == []


def test_late_costs_adjust_what_is_still_to_bill_once(year: Office) -> None:
    """80.00 more of December: 70.00 and 10.00 in January, and the document of 100.00 is issued as it was set aside:
    110.00 of Écouen in all, whichever is issued first."""
    edit(year.root, "tariffs/network.toml", 'kind = "allocation"\n', 'kind = "allocation"\nadjust = "next"\n')
    year.does("close", DECEMBER, *REASON, "--yes")
    street(year, "ecouen", there=True)
    put(year.root, costs__late="period,pool,account,label,amount,document\n2026-12,backbone,611,Late,80.00,L\n")
    late = [(DECEMBER, "cergy", "network", "70.00"), (DECEMBER, "ecouen", "network", "10.00")]
    assert year.adjustments("2027-01") == late
    year.does("issue", DECEMBER, "--date", "2027-01-20")
    (document,) = year.entries()[-1]["documents"]
    assert net(document) == 10000
    assert year.adjustments("2027-01") == late
    year.does("issue", "2027-01", "--date", "2027-02-05")
    assert proof(year)["equal"] is True
    assert faults(year) == []


def test_a_claim_is_given_up_by_an_act(year: Office) -> None:
    """Shown first and asked; kept in the ledger with its act; never billed and never adjusted; told apart in the proof
    with the act."""
    year.does("close", DECEMBER, *REASON, "--yes")
    waive = ("waive", DECEMBER, "--act", f"  {ACT}", "--date", "2027-01-08")
    code, out, err = year.says(*waive)
    assert (code, err) == (0, "2026-12: 1 claim of 100.00 net not given up: add --yes to do so\n")
    assert out.splitlines() == [
        f"2026-12, to give up by {ACT}:",
        "payer   family        months      net   VAT",
        "ecouen  cost-sharing  2026-12  100.00  0.00",
        "total                          100.00  0.00",
    ]
    assert len(year.entries()) == 2
    assert year.does(*waive, "--yes") == f"2026-12: 1 claim of 100.00 net given up by {ACT}: never billed\n"
    entry = year.entries()[-1]
    assert (entry["kind"], entry["act"], entry["entry_date"], entry["withheld"]) == ("waive", ACT, "2027-01-08", [])
    assert [(d["payer"]["member_id"], net(d)) for d in entry["waived"]] == [("ecouen", 10000)]
    found = proof(year)
    assert (found["billed"], found["gap"], found["equal"]) == ("700.00", "100.00", False)
    assert found["parts"] == {"waived": "100.00"}
    assert found["acts"] == [{"kind": "waived", "act": ACT, "amount": "100.00"}]
    street(year, "ecouen", there=True)
    assert year.adjustments("2027-01") == []
    assert year.does("issue", DECEMBER).endswith("1 document given up, closed on 2027-01-06; nothing changed\n")
    assert year.says(*waive)[::2] == (1, "2026-12 has no document that is still to bill: nothing was changed\n")
    assert faults(year) == []


@pytest.mark.parametrize(
    ("late", "billed"),
    [("80.00", [("cergy", "70.00"), ("ecouen", "10.00")]), ("-80.00", [("cergy", "-70.00")])],
)
def test_what_is_waived_is_not_adjusted(year: Office, late: str, billed: list[tuple[str, str]]) -> None:
    """80.00 less: Écouen is given nothing back of what it never paid. 80.00 more: it owes what nobody gave up."""
    edit(year.root, "tariffs/network.toml", 'kind = "allocation"\n', 'kind = "allocation"\nadjust = "next"\n')
    year.does("close", DECEMBER, *REASON, "--yes")
    year.does("waive", DECEMBER, "--act", ACT, "--date", "2027-01-08", "--yes")
    put(year.root, costs__late=f"period,pool,account,label,amount,document\n2026-12,backbone,611,Late,{late},L\n")
    assert [(member, amount) for _, member, _, amount in year.adjustments("2027-01")] == billed


def test_what_is_waived_before_the_closing_needs_no_reason(year: Office) -> None:
    """Nothing is left to bill: the month is closed as any other."""
    year.does("waive", DECEMBER, "--act", ACT, "--date", "2027-01-06", "--yes", "--payer", "ecouen")
    assert year.does("run", DECEMBER) == (
        "2026-12 was issued on 2027-01-05: computed again it comes to the same, nothing is written\n"
    )
    year.does("close", DECEMBER, "--date", "2027-01-08")
    assert year.adjustments("2027-01") == []


REFUSED = {
    "no act": (("--act", "  "), "a claim is given up by an act, which the ledger keeps: give --act in 3 to 300 "),
    "another payer": (
        ("--act", ACT, "--payer", "cergy"),
        "2026-12 has no document of cergy that is still to bill: still to bill is what is due by ecouen\n",
    ),
    "a day before": (
        ("--act", ACT, "--date", "2027-01-04", "--yes"),
        "2027-01-04 is before 2027-01-05, when 2026-12 was issued: give --date or a later day\n",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_waived(year: Office, case: str) -> None:
    """Said in words; nothing is written."""
    words, message = REFUSED[case]
    code, _, err = year.says("waive", DECEMBER, *words)
    assert (code, err.startswith(message)) == (1, True), err
    assert len(year.entries()) == 1


def test_what_was_carried_to_a_document_set_aside_stays_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """4.00 of January wait under the threshold; the document of February, 34.00, lacks a SIRET and February is closed:
    all 34.00 stay to bill, of January and February, and are billed once."""
    rows = ["auvers,port,10,2026-02-01,2026-03-01"]
    office = Office(world(tmp_path / "w", {"auvers": "", "bezons": "rack 5"}, billing='threshold = "15.00"\n'), capsys)
    subscriptions = office.root / "subscriptions.csv"
    items = ["auvers,rebate,5,2026-01-01,2026-02-01", "auvers,port,3,2026-01-01,2026-02-01", *rows]
    subscriptions.write_text(subscriptions.read_text(encoding="utf-8") + "\n".join(items) + "\n", encoding="utf-8")
    office.close(JANUARY)
    street(office, "auvers", there=False)
    assert office.says("issue", FEBRUARY, "--skip-invalid", "--date", "2026-03-05")[0] == 1
    told = claims(office, "close", FEBRUARY, "--reason", "No SIRET", "--date", "2026-03-06", "--yes")
    assert told["still_to_bill"] == [
        {"payer": "auvers", "family": "services", "months": [JANUARY, FEBRUARY], "net": "34.00", "vat": "6.80"}
    ]
    street(office, "auvers", there=True)
    office.close(MARCH)
    assert [net(d) for d in office.entries()[-2]["documents"]] == [5000]
    office.does("issue", FEBRUARY, "--date", "2026-04-20")
    (document,) = office.entries()[-1]["documents"]
    assert [(line["carried_from"], line["amount"]) for line in document["lines"]] == [
        (None, 3000),
        (JANUARY, 900),
        (JANUARY, -500),
    ]
    assert faults(office) == []


def test_use_that_comes_late_is_adjusted_beside_what_is_still_to_bill(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Écouen's 40 units of January are set aside. 6 more come after the closing: they are billed in February, and the
    document of January is issued as it was, so that nothing is billed twice."""
    office = Office(workspace(tmp_path, JANUARY, FEBRUARY), capsys)
    street(office, "ecouen", there=False)
    assert office.says("issue", JANUARY, "--skip-invalid", "--date", "2026-02-05")[0] == 1
    office.does("close", JANUARY, "--reason", "No address yet", "--date", "2026-02-06", "--yes")
    street(office, "ecouen", there=True)
    put(office.root, usage__late=usage(JANUARY, ("ecouen", "6"), day="11"))
    assert office.adjustments(FEBRUARY) == [(JANUARY, "ecouen", "storage", "6.00")]
    office.close(FEBRUARY)
    office.does("issue", JANUARY, "--date", "2026-03-20")
    assert sorted(net(d) for d in office.entries()[-1]["documents"]) == [4000, 10000]
    assert office.adjustments(MARCH) == []
    assert faults(office) == []


def test_some_payers_claims_are_given_up_and_the_others_issued(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cergy's and Écouen's documents are set aside; Écouen's are given up, Cergy's issued."""
    office = Office(workspace(tmp_path, JANUARY), capsys)
    assert office.says("issue", JANUARY, "--only", "cost-sharing", "--date", "2026-02-05")[0] == 0
    office.does("waive", JANUARY, "--act", ACT, "--payer", "ecouen", "--date", "2026-02-06", "--yes")
    assert [d["payer"]["member_id"] for d in office.entries()[-1]["withheld"]] == ["cergy"]
    assert office.says("close", JANUARY)[0] == 1
    office.does("close", JANUARY, "--reason", "later", "--date", "2026-02-06", "--yes")
    office.does("issue", JANUARY, "--date", "2026-02-20")
    assert [(d["payer"]["member_id"], net(d)) for d in office.entries()[-1]["documents"]] == [("cergy", 15000)]
    assert office.adjustments(FEBRUARY) == []
    assert faults(office) == []
