"""Nothing is billed twice: a correction counts what was billed elsewhere, a gift is never taken back, an error is
compared with the data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kit.late_office import Office, edit, put, usage, workspace
from kit.parts_office import net, world

JANUARY, FEBRUARY, MARCH = "2026-01", "2026-02", "2026-03"
ACT = "Délibération 9"
SAME = "{} is as it would be drawn up today, with what was billed and credited elsewhere: nothing to correct\n"
GIFT = ("--kind", "goodwill", "--act", ACT, "--reason", "a long outage", "--date", "2026-02-10", "--yes")
ERROR = ("--kind", "error", "--reason", "a wrong reading", "--date", "2026-02-10", "--yes")


def correct(office: Office, number: str, on: str = "2026-03-20") -> Any:
    """The data of a correction that is issued."""
    code, out, err = office.says("correct", number, "--reason", "a reading", "--date", on, "--yes", "--json")
    assert code == 0, err
    return json.loads(out)


def refused(office: Office, number: str) -> str:
    """The words of a correction that is refused."""
    code, _, err = office.says("correct", number, "--reason", "a reading", "--date", "2026-03-20", "--yes")
    assert code == 1
    return err


def documents(office: Office) -> list[tuple[str, int]]:
    """(number, net) of the documents of the last entry."""
    return [(d["number"], net(d)) for d in office.entries()[-1]["documents"]]


def lines(office: Office) -> list[tuple[str, str, int]]:
    """(rule, kind, cents) of the last document."""
    return [(n["rule"], n["kind"], n["amount"]) for n in office.entries()[-1]["documents"][-1]["lines"]]


def subscribe(office: Office, old: str, new: str) -> None:
    edit(office.root, "subscriptions.csv", old, new)


def faults(office: Office) -> list[str]:
    """What verify finds in the ledger, the numbers, the files and the charges; the documents here have no pages."""
    checks = json.loads(office.says("verify", "--json")[1])["checks"]
    return [fault for check in checks if check["check"] != "documents" for fault in check["faults"]]


@pytest.fixture
def auvers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    """Ten racks, 100.00, and ten ports, 30.00, at 20 %, in January: F2026-00001 of 156.00."""
    office = Office(world(tmp_path / "w", {"auvers": "rack 10, port 10"}), capsys)
    office.does("issue", JANUARY, "--date", "2026-02-05")
    return office


@pytest.mark.parametrize("closed", [False, True])
def test_a_gift_is_not_taken_back_by_a_correction(auvers: Office, closed: bool) -> None:
    """The racks of 100.00 are given (120.00); six ports instead of ten are 18.00 instead of 30.00: the payer owes 14.40
    less, not 105.60 more."""
    if closed:
        auvers.does("close", JANUARY, "--date", "2026-02-06")
    auvers.does("credit", "F2026-00001", *GIFT, "--line", "1")
    entry = auvers.entries()[-1]
    assert (entry["kind"], entry["act"], entry["documents"][0]["reason"]) == (
        "goodwill",
        ACT,
        f"a long outage ({ACT})",
    )
    assert refused(auvers, "F2026-00001") == SAME.format("F2026-00001")
    assert auvers.does("run", JANUARY).endswith("comes to the same, nothing is written\n")
    subscribe(auvers, "auvers,port,10", "auvers,port,6")
    code, out, _ = auvers.says("correct", "F2026-00001", "--reason", "ports", "--date", "2026-03-20", "--yes")
    assert (code, out.splitlines()[-1]) == (0, "the payer owes 14.40 less than before")
    assert documents(auvers) == [("A2026-00002", -3000), ("F2026-00002", 1800)]
    assert lines(auvers) == [("link", "usage", 1800)]
    assert refused(auvers, "F2026-00002").startswith("F2026-00002 is as it would be drawn up today")
    assert faults(auvers) == []
    if not closed:
        auvers.does("close", JANUARY, "--date", "2026-03-21")
    assert auvers.adjustments(FEBRUARY) == []


def test_a_gift_of_a_part_stays_beside_the_new_amount(auvers: Office) -> None:
    """48.00 with VAT are given, 30.77 of the racks and 9.23 of the ports. Eleven racks are 10.00 more: the invoice in
    the place of the first has 110.00 and 30.00, less what was given."""
    auvers.does("credit", "F2026-00001", *GIFT, "--amount", "48")
    subscribe(auvers, "auvers,rack,10", "auvers,rack,11")
    correct(auvers, "F2026-00001")
    assert documents(auvers) == [("A2026-00002", -9000), ("F2026-00002", 10000)]
    assert lines(auvers) == [
        ("hosting", "usage", 11000),
        ("hosting", "adjustment", -3077),
        ("link", "usage", 3000),
        ("link", "adjustment", -923),
    ]
    auvers.does("close", JANUARY, "--date", "2026-03-21")
    assert auvers.adjustments(FEBRUARY) == []
    subscribe(auvers, "auvers,rack,11", "auvers,rack,12")
    assert auvers.adjustments(FEBRUARY) == [(JANUARY, "auvers", "hosting", "10.00")]


def test_the_credit_of_an_error_is_compared_with_the_data(auvers: Office) -> None:
    """The racks are credited as an error, and the month is closed. While the data say ten racks, they are due again;
    once they say six, 60.00 are."""
    auvers.does("credit", "F2026-00001", *ERROR, "--line", "1")
    auvers.does("close", JANUARY, "--date", "2026-02-11")
    assert auvers.adjustments(FEBRUARY) == [(JANUARY, "auvers", "hosting", "100.00")]
    subscribe(auvers, "auvers,rack,10", "auvers,rack,6")
    assert auvers.adjustments(FEBRUARY) == [(JANUARY, "auvers", "hosting", "60.00")]
    subscribe(auvers, "auvers,rack,6,2026-01-01,", "auvers,rack,6,2026-02-01,")
    assert auvers.adjustments(FEBRUARY) == []


def test_what_a_later_month_billed_is_not_billed_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """January billed 100 units of Cergy's, February 50 more of January that came late: nothing of January's invoice
    differs. Ten more still: 10.00 are due, and the new invoice counts the 50.00 that February billed."""
    office = Office(workspace(tmp_path, JANUARY, FEBRUARY, MARCH), capsys)
    office.close(JANUARY)
    invoice = next(d["number"] for d in office.entries()[0]["documents"] if net(d) == 15000)
    put(office.root, usage__late=usage(JANUARY, ("cergy", "50"), day="11"))
    office.close(FEBRUARY)
    assert refused(office, invoice) == SAME.format(invoice)
    put(office.root, usage__late2=usage(JANUARY, ("cergy", "10"), day="12"))
    correct(office, invoice)
    assert [cents for _, cents in documents(office)] == [-15000, 16000]
    assert lines(office) == [
        ("seats", "usage", 5000),
        ("storage", "usage", 16000),
        ("storage", "adjustment", -5000),
    ]
    assert office.adjustments(MARCH) == []
    assert faults(office) == []


def test_a_correction_never_bills_below_zero_what_another_document_billed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """January billed 100 units, February 50 of January more. In all they were 30: January's invoice is drawn up again
    without any, and the 20.00 that are too much in February are given back by March."""
    office = Office(workspace(tmp_path, JANUARY, FEBRUARY, MARCH), capsys)
    office.close(JANUARY)
    invoice = next(d["number"] for d in office.entries()[0]["documents"] if net(d) == 15000)
    put(office.root, usage__late=usage(JANUARY, ("cergy", "50"), day="11"))
    office.close(FEBRUARY)
    put(office.root, usage__late2=usage(JANUARY, ("cergy", "-120"), day="12"))
    correct(office, invoice)
    assert [cents for _, cents in documents(office)] == [-15000, 5000]
    assert office.adjustments(MARCH) == [(JANUARY, "cergy", "storage", "-20.00")]


def test_a_correction_keeps_the_threshold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two racks, 24.00 with VAT; one was due, 12.00: below 15.00 nothing is issued in the place of the invoice. The
    amount is carried, once, to the invoice of February."""
    office = Office(world(tmp_path / "w", {"auvers": "rack 2"}, billing='threshold = "15.00"\n'), capsys)
    office.does("issue", JANUARY, "--date", "2026-02-05")
    subscribe(office, "rack,2,2026-01-01,", "rack,1,2026-01-01,")
    told = correct(office, "F2026-00001", on="2026-02-06")
    assert [(d["number"], d["gross"]) for d in told["documents"]] == [("A2026-00001", "-24.00")]
    assert (told["carried"], told["remains"]) == ("12.00", "0.00")
    assert [(net(d), d["carry_reason"]) for d in office.entries()[-1]["carried_forward"]] == [(1000, "threshold")]
    assert refused(office, "F2026-00001").startswith("F2026-00001 is credited in full")
    office.does("close", JANUARY, "--date", "2026-02-06")
    assert faults(office) == []
    office.does("issue", FEBRUARY, "--date", "2026-03-05")
    (document,) = office.entries()[-1]["documents"]
    assert [(n["carried_from"], n["amount"]) for n in document["lines"]] == [(None, 1000), (JANUARY, 1000)]
    assert office.adjustments(MARCH) == []
    assert office.does("run", JANUARY).endswith("comes to the same, nothing is written\n")


NO_ACT = "a gift is made by an act, which the document prints and the ledger keeps: give --act in 3 to 300 characters\n"
REFUSED = {
    "a gift without an act": (("--kind", "goodwill"), NO_ACT),
    "an empty act": (("--kind", "goodwill", "--act", "   "), NO_ACT),
    "an error by an act": (
        ("--kind", "error", "--act", ACT),
        "--act is of a gift: give --kind goodwill with it, or leave it out\n",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_gift_needs_its_act(auvers: Office, case: str) -> None:
    """Said in words; nothing is written."""
    words, message = REFUSED[case]
    code, _, err = auvers.says("credit", "F2026-00001", *words, "--reason", "an outage", "--yes")
    assert (code, err) == (1, message)
    assert len(auvers.entries()) == 1


def test_a_credit_says_of_which_kind_it_is(auvers: Office) -> None:
    """Neither is taken for granted."""
    assert auvers.says("credit", "F2026-00001", "--reason", "an outage", "--yes")[0] == 2
    assert auvers.says("credit", "F2026-00001", "--kind", "gift", "--reason", "an outage", "--yes")[0] == 2


PAYERS = {"avon": {"payer": "board"}, "board": {"valid_to": "2026-02-01"}}


def test_what_was_carried_for_a_payer_that_stopped_is_billed_to_its_member(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The board paid Avon's port of January, 3.00, below the threshold. It stopped: Avon pays its own racks and port of
    February, and the 3.00 with them."""
    root = world(
        tmp_path / "w",
        {"avon": "port 1", "board": ""},
        billing='threshold = "15.00"\n',
        members=PAYERS,
        rows=["avon,rack,2,2026-02-01,"],
    )
    office = Office(root, capsys)
    members = (root / "members.csv").read_text(encoding="utf-8").splitlines()
    header, row = members[0].split(","), members[1].split(",")
    first, later = list(row), list(row)
    first[header.index("valid_to")] = later[header.index("valid_from")] = "2026-02-01"
    later[header.index("payer")] = ""
    text = "\n".join([members[0], ",".join(first), ",".join(later), *members[2:]])
    (root / "members.csv").write_text(text + "\n", encoding="utf-8")
    office.does("close", JANUARY, "--date", "2026-02-05")
    office.does("issue", FEBRUARY, "--date", "2026-03-05")
    (document,) = office.entries()[-1]["documents"]
    assert (document["payer"]["member_id"], net(document)) == ("avon", 2600)
    assert document["brought_forward"] == [{"period": JANUARY, "payer_id": "board"}]
    assert "carried for payers that left" not in office.does("check", "2026-12")


def test_what_stays_carried_for_nobody_is_listed_in_december(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Avon left with its 3.00 of January below the threshold: no document bills them, and December says so."""
    root = world(
        tmp_path / "w",
        {"avon": "port 1", "bezons": "rack 2"},
        billing='threshold = "15.00"\n',
        members={"avon": {"valid_to": "2026-02-01"}},
    )
    office = Office(root, capsys)
    office.close(JANUARY)
    listed = (
        "notice: out/ledger.jsonl: 1 amount is carried for payers that left, 3.00 net in all, and below the threshold "
        "no document bills them: avon 3.00 of 2026-01"
    )
    assert listed in office.does("check", "2026-12").splitlines()
    assert listed not in office.does("check", "2026-11").splitlines()
