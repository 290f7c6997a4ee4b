"""A true-up counts what was called: issued or carried. What is still to bill or given up is apart, and a month that was
never issued is a problem, unless the pool is called since a later one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kit.late_office import Office, edit, put, usage, workspace

NOVEMBER, DECEMBER = "2026-11", "2026-12"
ACT = "Délibération 12"
MONTHS = ", ".join(f"2026-{month:02d}" for month in range(1, 11))
MISSING = (
    f"the true-up of 2026 counts what was called for backbone, and {MONTHS} were never issued or closed: "
    "`chargeback issue 2026-01` comes first, or say since which month the pool was called, as [true_up.since] "
    'backbone = "2026-11"'
)


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    """Cergy and Écouen are equal. The budget is 1,200.00, 50.00 a month each; the year cost 900.00. Only November and
    December are issued: 100.00 are called of each."""
    found = Office(workspace(tmp_path), capsys)
    edit(found.root, "tariffs/network.toml", "keys = [", 'billing = "instalments"\nkeys = [')
    edit(found.root, "drivers.csv", "cergy,population,200", "cergy,population,100")
    edit(found.root, "subscriptions.csv", "cergy,seat,5,2020-01-01,\n", "")
    put(found.root, budget__all="year,pool,amount\n2026,backbone,1200.00\n2027,backbone,1200.00\n")
    put(
        found.root,
        costs__year="period,pool,account,label,amount,document\n2026-03,backbone,611,B,600.00,A\n"
        "2026-12,backbone,611,B,300.00,B\n",
    )
    return found


def since(office: Office, text: str, *, bills: bool = False) -> None:
    settings = office.root / "chargeback.toml"
    named = '\n[true_up]\n2026 = "2027-01"\n' if bills else ""
    settings.write_text(settings.read_text(encoding="utf-8") + f"{named}\n[true_up.since]\n{text}\n", encoding="utf-8")


def members(office: Office) -> list[tuple[str, ...]]:
    """(member, share, called, still to bill, given up, difference) of the true-up of 2026."""
    code, out, err = office.says("true-up", "2026", "--json")
    assert code == 0, err
    (pool,) = json.loads(out)["pools"]
    names = ("member_id", "share", "instalments", "still_to_bill", "waived", "difference")
    return [tuple(row[name] for name in names) for row in pool["members"]]


def proof(office: Office) -> Any:
    code, out, err = office.says("true-up", "2026", "--json")
    assert code == 0, err
    return json.loads(out)["pools"][0]


def test_a_month_that_was_never_issued_is_a_problem(office: Office) -> None:
    """All ten are named, by the true-up and by the month that bills it; nothing is credited for what was never
    called."""
    office.close(NOVEMBER, DECEMBER)
    assert office.says("true-up", "2026")[::2] == (1, f"chargeback.toml: {MISSING}\n")
    settings = office.root / "chargeback.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + '\n[true_up]\n2026 = "2027-01"\n', encoding="utf-8")
    code, _, err = office.says("check", "2027-01")
    line = len(settings.read_text(encoding="utf-8").splitlines())
    assert (code, f"chargeback.toml:{line}: {MISSING}" in err) == (1, True)


def test_since_a_month_what_was_called_counts(office: Office) -> None:
    """450.00 are the share of each and 100.00 were called since November: 350.00 are due of each. It said 600.00 called
    and paid back 150.00."""
    office.close(NOVEMBER, DECEMBER)
    since(office, 'backbone = "2026-11"', bills=True)
    assert members(office) == [
        ("cergy", "450.00", "100.00", "0.00", "0.00", "350.00"),
        ("ecouen", "450.00", "100.00", "0.00", "0.00", "350.00"),
    ]
    office.close("2027-01")
    found = proof(office)
    assert (found["instalments"], found["true_up"], found["billed"], found["equal"]) == (
        "200.00",
        "700.00",
        "900.00",
        True,
    )


def test_a_month_missing_since_then_is_a_problem_too(office: Office) -> None:
    """Called since October, which nobody issued."""
    office.close(NOVEMBER, DECEMBER)
    since(office, 'backbone = "2026-10"')
    code, _, err = office.says("true-up", "2026")
    assert (code, "2026-10 was never issued or closed" in err, "2026-09" in err) == (1, True, False)
    office.does("issue", "2026-10", "--date", "2027-01-10")
    assert [row[2] for row in members(office)] == ["150.00", "150.00"]


def without_address(office: Office) -> None:
    """Écouen gets no document."""
    rows = (office.root / "members.csv").read_text(encoding="utf-8").splitlines()
    rows = [row.replace("1 rue de la Mairie", "") if row.startswith("ecouen") else row for row in rows]
    (office.root / "members.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def test_what_is_still_to_bill_or_given_up_was_not_called(office: Office) -> None:
    """Écouen's December is set aside and its 50.00 are still to bill: 50.00 were called of it, and 350.00 are
    due beside that document. Given up by an act, they are due by nobody. The proof has a gap of 50.00."""
    office.close(NOVEMBER)
    since(office, 'backbone = "2026-11"', bills=True)
    members_before = (office.root / "members.csv").read_text(encoding="utf-8")
    without_address(office)
    assert office.says("issue", DECEMBER, "--skip-invalid", "--date", "2027-01-05")[0] == 1
    office.does("close", DECEMBER, "--reason", "No address", "--date", "2027-01-05", "--yes")
    (office.root / "members.csv").write_text(members_before, encoding="utf-8")
    assert members(office)[1] == ("ecouen", "450.00", "50.00", "50.00", "0.00", "350.00")
    office.does("waive", DECEMBER, "--act", ACT, "--date", "2027-01-06", "--yes")
    assert members(office)[1] == ("ecouen", "450.00", "50.00", "0.00", "50.00", "350.00")
    office.close("2027-01")
    found = proof(office)
    assert (found["billed"], found["gap"], found["gap_parts"]["waived"], found["equal"]) == (
        "850.00",
        "50.00",
        "50.00",
        False,
    )
    assert office.adjustments("2027-02") == []


def test_a_gift_on_an_instalment_is_not_called_again(office: Office) -> None:
    """20.00 of Cergy's December are given by an act: 100.00 were called of it all the same, and the true-up bills
    350.00. Of an error of 20.00, 370.00 are due."""
    office.close(NOVEMBER)
    office.does("issue", DECEMBER, "--date", "2027-01-05")
    since(office, 'backbone = "2026-11"')
    number = next(d["number"] for d in office.entries()[-1]["documents"] if d["payer"]["member_id"] == "cergy")
    words = ("--reason", "an outage", "--amount", "20", "--date", "2027-01-05", "--yes")
    office.does("credit", number, "--kind", "goodwill", "--act", ACT, *words)
    office.does("close", DECEMBER, "--date", "2027-01-06")
    assert members(office)[0] == ("cergy", "450.00", "100.00", "0.00", "0.00", "350.00")
    found = proof(office)
    assert (found["credited"], found["gap_parts"]["goodwill"]) == ("-20.00", "20.00")
    assert found["acts"] == [{"kind": "goodwill", "act": ACT, "amount": "20.00"}]
    office.does("credit", number, "--kind", "error", *words[:-3], "--date", "2027-01-07", "--yes")
    assert members(office)[0] == ("cergy", "450.00", "80.00", "0.00", "0.00", "370.00")


def test_use_of_before_the_first_month_is_mentioned(office: Office) -> None:
    """The cost of March is shared by the true-up; the months before November are billed by no document of theirs."""
    office.close(NOVEMBER)
    assert (
        "notice: out/ledger.jsonl: 2026-03 has usage or costs and is before 2026-11, the first month that was issued: "
        "nothing bills it, but keys over the whole year count it"
    ) in office.does("check", DECEMBER).splitlines()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'backbon = "2026-11"',
            "[true_up.since] names backbon, and no pool of that name is called by instalments",
        ),
        ('backbone = "November"', '"November" of backbone is no month: write the first one called, as "2026-11"'),
    ],
)
def test_what_since_may_say(office: Office, text: str, message: str) -> None:
    """A pool that is called, and a month."""
    since(office, text)
    code, _, err = office.says("check", NOVEMBER)
    assert (code, message in err) == (1, True), err


def test_late_costs_of_a_settled_year_are_accrued_in_it(office: Office) -> None:
    """The true-up of 2026 is billed in January 2027. 40.00 of December come after: they are of 2026, on no document
    until February bills them, and named; 2027 has nothing of them."""
    office.close(NOVEMBER, DECEMBER)
    since(office, 'backbone = "2026-11"', bills=True)
    office.close("2027-01")
    put(office.root, costs__late="period,pool,account,label,amount,document\n2026-12,backbone,611,Late,40.00,L\n")
    late = accruals(office, "2026")
    assert [row for row in late if row[0] == "2026" and not row[3]] == [
        ("2026", "cergy", "20.00", ""),
        ("2026", "ecouen", "20.00", ""),
    ]
    said = office.says("export", "accruals", "2026")[2].splitlines()
    assert "costs that came after the true-up of 2026: backbone 40.00" in said
    assert [row for row in accruals(office, "2027") if row[0] != "2027-01"] == []
    office.does("issue", "2027-02", "--date", "2027-03-05")
    numbers = [d["number"] for d in office.entries()[-1]["documents"]]
    assert [(row[1], row[2], row[3] in numbers) for row in accruals(office, "2026") if row[3] in numbers] == [
        ("cergy", "20.00", True),
        ("ecouen", "20.00", True),
    ]


def accruals(office: Office, year: str) -> list[tuple[str, str, str, str]]:
    """(period, payer, amount, document) of the accruals of a year."""
    code, out, err = office.says("export", "accruals", year, "--format", "json")
    assert code == 0, err
    return [(r["period"], r["payer_id"], r["amount"], r["reversed_by"]) for r in json.loads(out)]


def test_what_corrects_a_true_up_is_not_held_back(office: Office) -> None:
    """Differences below 50.00 wait. 40.00 of December come after the true-up was billed: no later true-up settles them,
    so 20.00 of each are billed at once."""
    edit(office.root, "chargeback.toml", "[billing]\n", '[billing]\nadjust_min = "50.00"\n')
    office.close(NOVEMBER, DECEMBER)
    since(office, 'backbone = "2026-11"', bills=True)
    office.close("2027-01")
    put(office.root, costs__late="period,pool,account,label,amount,document\n2026-12,backbone,611,Late,40.00,L\n")
    assert office.adjustments("2027-02") == [
        ("2027-01", "cergy", "network", "20.00"),
        ("2027-01", "ecouen", "network", "20.00"),
    ]


def test_a_true_up_names_the_instalments_alone(office: Office) -> None:
    """Cergy's invoice of December bills 30.00 of storage in the same family too: the true-up names 50.00 of it."""
    edit(office.root, "tariffs/storage.toml", 'vat = "services"', 'vat = "cost-sharing"')
    put(office.root, usage__december=usage(DECEMBER, ("cergy", "30")))
    office.close(NOVEMBER, DECEMBER)
    since(office, 'backbone = "2026-11"')
    first, second = (
        next(d["number"] for d in e["documents"] if d["payer"]["member_id"] == "cergy")
        for e in office.entries()
        if e["kind"] == "issue"
    )
    code, out, err = office.says("true-up", "2026", "--json")
    assert code == 0, err
    (backbone,) = json.loads(out)["pools"]
    assert backbone["members"][0]["called"] == [
        {"document": first, "amount": "50.00"},
        {"document": second, "amount": "50.00"},
    ]
