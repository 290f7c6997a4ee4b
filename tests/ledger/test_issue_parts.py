"""Issuing a month in parts: a family, a service, those billed by quarter or year; and what is carried, from issue to
issue."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from chargeback.ledger.unissued import carried_text
from chargeback.model.period import Period, Term
from kit import sample_month as months
from kit.ledger_reader import taken_off
from kit.parts_office import command, entries, net, numbers, rule, shown, totals, world, write_members
from kit.slow import seeds, slow
from kit.undrawn import undrawn

SUBSCRIBED = {
    "auvers": "rack 2, port 1, seat 8",
    "bezons": "port 6, seat 10",
    "cergy": "rack 3, rebate 4, seat 7",
}
ON = ("--date", "2026-02-02")
LATER = ("--date", "2026-02-05")
JANUARY = "2026-01"
Said = Callable[[], list[str]]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The workspace of ``SUBSCRIBED``, issued without drawing pages."""
    undrawn(monkeypatch)
    return world(tmp_path / "w", SUBSCRIBED)


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """The lines that were said on stderr since last asked."""
    return lambda: capsys.readouterr().err.splitlines()


def issue(root: Path, term: str, *words: str) -> int:
    return command(root, "issue", term, *(words if "--date" in words else (*words, *ON)))


def members(root: Path, **frequency: str) -> None:
    """members.csv with how often each is billed."""
    write_members(root, SUBSCRIBED, {name: {"frequency": every} for name, every in frequency.items()})


WHOLE = [
    ("F2026-00001", "auvers", "contributions", 2000),
    ("F2026-00002", "auvers", "services", 2300),
    ("F2026-00003", "bezons", "contributions", 2500),
    ("F2026-00004", "bezons", "services", 1800),
    ("F2026-00005", "cergy", "contributions", 1750),
    ("F2026-00006", "cergy", "services", 2600),
]


def test_a_month_as_a_whole(root: Path) -> None:
    """What the parts of the other tests add up to."""
    assert issue(root, JANUARY) == 0
    assert shown(entries(root)[0]["documents"]) == WHOLE


def test_a_family_alone_then_the_rest(root: Path, said: Said) -> None:
    """The documents of one regime are issued; the others are kept in the entry for later, and issued by a plain issue,
    gapless."""
    assert issue(root, JANUARY, "--only", "contributions") == 0
    assert said() == [
        "2026-01 is issued: 3 documents dated 2026-02-02, F2026-00001 to F2026-00003, 3 documents left for later",
        "3 documents left for later: `chargeback issue 2026-01` issues them",
    ]
    (first,) = entries(root)
    assert shown(first["documents"]) == [
        ("F2026-00001", "auvers", "contributions", 2000),
        ("F2026-00002", "bezons", "contributions", 2500),
        ("F2026-00003", "cergy", "contributions", 1750),
    ]
    assert [(d["payer"]["member_id"], d["regime"]["name"], net(d), d["carry_reason"]) for d in first["withheld"]] == [
        ("auvers", "services", 2300, "left_out"),
        ("bezons", "services", 1800, "left_out"),
        ("cergy", "services", 2600, "left_out"),
    ]
    assert issue(root, JANUARY, *LATER) == 0
    assert said() == [
        (
            "2026-01 is issued: 3 documents dated 2026-02-02, F2026-00001 to F2026-00003, and since then F2026-00004 "
            "to F2026-00006"
        )
    ]
    second = entries(root)[1]
    assert (second["kind"], second["withheld"]) == ("supplementary", [])
    assert shown(second["documents"]) == [
        ("F2026-00004", "auvers", "services", 2300),
        ("F2026-00005", "bezons", "services", 1800),
        ("F2026-00006", "cergy", "services", 2600),
    ]
    assert [d["carry_reason"] for d in second["documents"]] == ["", "", ""]


def test_a_service_alone_cuts_the_document_of_its_family(root: Path, said: Said) -> None:
    """Racks first: 20.00 and 30.00; then ports 3.00 and 18.00, and a rebate that is by itself a credit note of 4.00."""
    assert issue(root, JANUARY, "--only", "datacenter") == 0
    assert shown(entries(root)[0]["documents"]) == [
        ("F2026-00001", "auvers", "services", 2000),
        ("F2026-00002", "cergy", "services", 3000),
    ]
    assert issue(root, JANUARY, "--only", "network", *LATER) == 0
    assert shown(entries(root)[1]["documents"]) == [
        ("F2026-00003", "auvers", "services", 300),
        ("F2026-00004", "bezons", "services", 1800),
        ("A2026-00001", "cergy", "services", -400),
    ]
    (credit,) = [d for d in entries(root)[1]["documents"] if d["kind"] == "credit_note"]
    assert [(p["number"], *taken_off(p)) for p in credit["preceding"]] == [("F2026-00002", 400, 80)]
    said()
    assert issue(root, JANUARY, *LATER) == 0
    assert said() == [
        "2026-01 is issued: 2 documents dated 2026-02-02, F2026-00001 to F2026-00002, and since then A2026-00001, "
        "F2026-00003 to F2026-00007"
    ]
    assert sum(totals(root).values()) == sum(amount for *_, amount in WHOLE)


def test_a_part_below_zero_that_comes_first_names_no_invoice(root: Path) -> None:
    """The rebate before its racks: nothing is issued yet that it could reduce; the racks are then billed in full."""
    assert issue(root, JANUARY, "--only", "network") == 0
    first = entries(root)[0]
    assert shown(first["documents"]) == [
        ("F2026-00001", "auvers", "services", 300),
        ("F2026-00002", "bezons", "services", 1800),
        ("A2026-00001", "cergy", "services", -400),
    ]
    assert [d["preceding"] for d in first["documents"]] == [[], [], []]
    assert issue(root, JANUARY, *LATER) == 0
    assert ("F2026-00007", "cergy", "services", 3000) in shown(entries(root)[1]["documents"])


def test_what_is_zero_stays_with_the_other_side(root: Path) -> None:
    """Ports and rebates of cergy are 12.00 and -12.00: no document says 0.00, so they stand beside its racks."""
    world_of = {**SUBSCRIBED, "cergy": "rack 3, port 4, rebate 12"}
    other = world(root.parent / "nil", world_of)
    assert issue(other, JANUARY, "--only", "network") == 0
    assert shown(entries(other)[0]["documents"]) == [
        ("F2026-00001", "auvers", "services", 300),
        ("F2026-00002", "bezons", "services", 1800),
    ]
    assert issue(other, JANUARY, "--only", "datacenter", *LATER) == 0
    (cergy,) = [d for d in entries(other)[1]["documents"] if d["payer"]["member_id"] == "cergy"]
    assert [(n["rule"], n["amount"]) for n in cergy["lines"]] == [("hosting", 3000), ("link", 1200), ("rebate", -1200)]


@pytest.mark.parametrize(
    ("only", "message"),
    [
        (
            "datacentre",
            "datacentre is neither a regime of [vat.*] nor a service of the rules: did you mean datacenter?",
        ),
        (
            "xyz",
            "xyz is neither a regime of [vat.*] nor a service of the rules: give one of services, contributions, "
            "datacenter, "
            "membership, network",
        ),
        (
            "service:contributions",
            (
                "service:contributions is neither a regime of [vat.*] nor a service of the rules: did you mean "
                "contributions?"
            ),
        ),
    ],
)
def test_an_unknown_part_is_refused(root: Path, said: Said, only: str, message: str) -> None:
    """With the nearest names, or all of them where none is near; nothing is issued."""
    assert issue(root, JANUARY, "--only", only) == 1
    assert said() == [message]
    assert entries(root) == []


def test_a_name_that_means_two_things_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: Said) -> None:
    """A service called as a regime: the words say how to tell them apart, and both are then issued as they are."""
    undrawn(monkeypatch)
    root = world(tmp_path / "w", SUBSCRIBED, services={"hosting": "services"})
    assert issue(root, JANUARY, "--only", "services") == 1
    assert said() == [
        (
            "services is a regime of [vat.*] and a service of the rules: give --only family:services or --only "
            "service:services"
        )
    ]
    assert issue(root, JANUARY, "--only", "service:services") == 0
    assert shown(entries(root)[0]["documents"]) == [
        ("F2026-00001", "auvers", "services", 2000),
        ("F2026-00002", "cergy", "services", 3000),
    ]
    assert issue(root, JANUARY, "--only", "family:services", *LATER) == 0
    assert [n["rule"] for d in entries(root)[1]["documents"] for n in d["lines"]] == ["link", "link", "rebate"]


def test_a_part_that_is_issued_is_refused(root: Path, said: Said) -> None:
    """What is left is named with the command that issues it; when nothing is, the month is issued already."""
    assert issue(root, JANUARY, "--only", "contributions") == 0
    said()
    assert issue(root, JANUARY, "--only", "membership", *LATER) == 1
    assert said() == [
        "membership of 2026-01 is issued already: of 2026-01 only auvers under [vat.services], bezons under "
        "[vat.services], "
        "cergy under [vat.services] are left, `chargeback issue 2026-01` issues them"
    ]
    assert issue(root, JANUARY, *LATER) == 0
    said()
    assert issue(root, JANUARY, "--only", "services", *LATER) == 1
    assert said() == [
        "2026-01 is issued already: 3 documents dated 2026-02-02, F2026-00001 to F2026-00003, and since then "
        "F2026-00004 to "
        "F2026-00006; nothing changed"
    ]
    assert len(entries(root)) == 2


def test_a_part_that_a_month_does_not_have_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: Said
) -> None:
    """Nobody has a seat: there is nothing to issue under contributions."""
    undrawn(monkeypatch)
    root = world(tmp_path / "w", {"auvers": "rack 2"})
    assert issue(root, JANUARY, "--only", "contributions") == 1
    assert said() == ["contributions of 2026-01 has no document to issue: nothing was changed"]
    assert entries(root) == []


def test_a_month_with_a_part_left_is_not_closed(root: Path, said: Said) -> None:
    """The words name the command that issues the rest; with a reason it is closed, and the rest is
    issued later, in parts."""
    assert issue(root, JANUARY, "--only", "contributions") == 0
    said()
    assert command(root, "close", JANUARY) == 1
    assert said() == [
        "2026-01 cannot be closed: 3 documents set aside and not issued (auvers under [vat.services], bezons under "
        "[vat.services], cergy under [vat.services]); `chargeback issue 2026-01` issues them, or say with "
        "--reason why they stay to bill after the closing"
    ]
    assert command(root, "close", JANUARY, "--reason", "a meeting", "--date", "2026-02-03", "--yes") == 0
    assert issue(root, JANUARY, "--only", "datacenter", *LATER) == 0
    assert issue(root, JANUARY, "--only", "network", *LATER) == 0
    assert [len(e["withheld"]) for e in entries(root)] == [3, 0, 3, 0]


def test_what_was_issued_must_come_to_what_was_billed(root: Path, said: Said) -> None:
    """A price that changed under a service that is issued refuses the rest; under one that is not, the rest has the new
    one."""
    assert issue(root, JANUARY, "--only", "datacenter") == 0
    said()
    tariff = root / "tariffs/hosting.toml"
    tariff.write_text(rule("hosting", "datacenter", "services", "rack", "11.00"), encoding="utf-8")
    assert issue(root, JANUARY, *LATER) == 1
    assert said() == [
        "2026-01 was issued and would differ today in more than what was set aside: `chargeback run 2026-01` "
        "shows what; put "
        "that back, then `chargeback issue 2026-01` issues the rest"
    ]
    tariff.write_text(rule("hosting", "datacenter", "services", "rack", "10.00"), encoding="utf-8")
    (root / "tariffs/link.toml").write_text(rule("link", "network", "services", "port", "4.00"), encoding="utf-8")
    assert issue(root, JANUARY, *LATER) == 0
    assert ("F2026-00004", "auvers", "services", 400) in shown(entries(root)[1]["documents"])


def test_a_service_that_moved_is_not_billed_twice(root: Path) -> None:
    """Racks were issued as datacenter; were they of the network today, the rest would hold them again: it is
    refused."""
    assert issue(root, JANUARY, "--only", "datacenter") == 0
    (root / "tariffs/hosting.toml").write_text(
        rule("hosting", "network", "services", "rack", "10.00"), encoding="utf-8"
    )
    assert issue(root, JANUARY, *LATER) == 1
    assert len(entries(root)) == 1


def test_failing_documents_of_a_part_are_withheld_beside_the_rest(root: Path, said: Said) -> None:
    """--only with --skip-invalid: bezons lacks its city, its document fails; the others of the part are issued,
    gapless."""
    text = (root / "members.csv").read_text(encoding="utf-8").splitlines()
    text[2] = text[2].replace("Exempleville", "")
    (root / "members.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    assert issue(root, JANUARY, "--only", "contributions", "--skip-invalid") == 1
    assert said() == [
        "members.csv:3: a document for bezons needs city: fill in this row",
        "2026-01 is issued: 2 documents dated 2026-02-02, F2026-00001 to F2026-00002, 1 document set aside, 3 "
        "documents left for "
        "later",
        "3 documents left for later: `chargeback issue 2026-01` issues them",
        "1 document set aside: mend, then `chargeback issue 2026-01` issues it",
    ]
    assert [(d["payer"]["member_id"], d["carry_reason"]) for d in entries(root)[0]["withheld"]] == [
        ("auvers", "left_out"),
        ("bezons", "left_out"),
        ("cergy", "left_out"),
        ("bezons", ""),
    ]
    write_members(root, SUBSCRIBED, {})
    assert issue(root, JANUARY, *LATER) == 0
    assert numbers(root) == [f"F2026-{n:05d}" for n in range(1, 7)]


def test_a_part_as_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is left for later is listed with its amounts, apart from what fails."""
    assert issue(root, JANUARY, "--only", "contributions", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (len(told["documents"]), told["aside"], told["carried"]) == (3, [], [])
    assert told["later"][0] == {
        "kind": "invoice",
        "payer": "auvers",
        "regime": "services",
        "net": "23.00",
        "vat": "4.60",
        "gross": "27.60",
    }


# Quarters and years


@pytest.mark.parametrize(
    ("text", "last", "every", "months"),
    [
        ("2026-10", "2026-10", "month", ["2026-10"]),
        ("2026-Q1", "2026-03", "quarter", ["2026-01", "2026-02", "2026-03"]),
        ("2026-Q4", "2026-12", "quarter", ["2026-10", "2026-11", "2026-12"]),
        ("2026", "2026-12", "year", [f"2026-{n:02d}" for n in range(1, 13)]),
    ],
)
def test_a_term_is_a_month_a_quarter_or_a_year(text: str, last: str, every: str, months: list[str]) -> None:
    """Its last month is the one whose documents are issued; it is written as it is read."""
    term = Term.parse(text)
    assert (str(term.last), term.every, [str(m) for m in term.months], str(term)) == (last, every, months, text)


@pytest.mark.parametrize("text", ["2026-Q5", "2026-q4", "2026-Q", "26", "2026-13", "Q4", "0000", "9999-Q4", "2026-Q44"])
def test_another_text_is_wrong_usage(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The words show what is expected."""
    root = world(tmp_path / "w", SUBSCRIBED)
    assert issue(root, text) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert f"'{text}' is no period: expected a month as 2026-10, a quarter as 2026-Q4, or a year as 2026" in told


@slow
def test_a_quarter_bills_those_who_are_billed_by_quarter(root: Path, said: Said) -> None:
    """Two months carry what bezons has; the last one bills its quarter, each line with its month, before or after the
    others."""
    members(root, bezons="quarter")
    for month in ("2026-01", "2026-02"):
        assert issue(root, month, "--date", "2026-03-31") == 0
    assert said()[1] == "2 amounts of 46.60 in all are carried: billed by quarter"
    assert issue(root, "2026-Q1", "--date", "2026-04-02") == 0
    assert said()[0] == (
        "2026-03 is issued: 2 documents dated 2026-04-02, F2026-00009 to F2026-00010, 4 documents left for later"
    )
    third = entries(root)[2]
    assert shown(third["documents"]) == [
        ("F2026-00009", "bezons", "contributions", 7500),
        ("F2026-00010", "bezons", "services", 5400),
    ]
    assert [(n["carried_from"], n["amount"]) for n in third["documents"][1]["lines"]] == [
        (None, 1800),
        ("2026-01", 1800),
        ("2026-02", 1800),
    ]
    assert issue(root, "2026-03", "--date", "2026-04-03") == 0
    assert [d["payer"]["member_id"] for d in entries(root)[3]["documents"]] == ["auvers", "auvers", "cergy", "cergy"]


@slow
def test_a_month_issues_the_quarter_too(root: Path) -> None:
    """issue 2026-03 bills everybody, those by quarter included; the quarter is then issued already."""
    members(root, bezons="quarter")
    for month in ("2026-01", "2026-02", "2026-03"):
        assert issue(root, month, "--date", "2026-04-02") == 0
    assert issue(root, "2026-Q1", "--date", "2026-04-02") == 1
    assert [net(d) for d in entries(root)[2]["documents"]] == [2000, 2300, 7500, 5400, 1750, 2600]


@slow
def test_a_quarter_after_the_month_was_left_open_for_it(root: Path, said: Said) -> None:
    """--only and a quarter may follow each other in any order; what is left is said each time."""
    members(root, bezons="quarter")
    for month in ("2026-01", "2026-02"):
        assert issue(root, month, "--date", "2026-03-31") == 0
    assert issue(root, "2026-03", "--only", "services", "--date", "2026-04-02") == 0
    said()
    assert issue(root, "2026-Q1", "--date", "2026-04-03") == 0
    assert said() == [
        "2026-03 is issued: 3 documents dated 2026-04-02, F2026-00009 to F2026-00011, and since then "
        "F2026-00012, 2 documents "
        "left for later",
        "2 documents left for later: `chargeback issue 2026-03` issues them",
    ]
    assert issue(root, "2026-Q1", "--date", "2026-04-03") == 1
    assert said() == [
        "2026-Q1 is issued already: of 2026-03 only auvers under [vat.contributions], cergy under "
        "[vat.contributions] are left, "
        "`chargeback issue 2026-03` issues them"
    ]


def test_a_quarter_before_its_months_are_issued_is_refused(root: Path, said: Said) -> None:
    """What the earlier months carry is not known yet: each must be issued, or closed."""
    members(root, bezons="quarter")
    assert issue(root, "2026-Q1", "--date", "2026-04-02") == 1
    words = "`chargeback issue {0}` comes first, or `chargeback close {0}` where it has no document to issue"
    assert said() == [
        "2026-Q1 bills what its months left, and 2026-01 is neither issued nor closed: " + words.format("2026-01")
    ]
    assert issue(root, "2026-01", "--date", "2026-04-02") == 0
    said()
    assert issue(root, "2026-Q1", "--date", "2026-04-02") == 1
    assert said() == [
        "2026-Q1 bills what its months left, and 2026-02 is neither issued nor closed: " + words.format("2026-02")
    ]
    assert len(entries(root)) == 1


@slow
@pytest.mark.parametrize(("term", "every"), [("2026-Q1", "quarter"), ("2026", "year")])
def test_a_quarter_of_nobody_is_refused(root: Path, said: Said, term: str, every: str) -> None:
    """Neither the setting nor a member says so: the words say where it would stand."""
    for month in Term.parse(term).months[:-1]:
        assert issue(root, str(month), "--date", "2027-01-31") == 0
    said()
    assert issue(root, term, "--date", "2027-01-31") == 1
    assert said() == [
        (
            f'nobody is billed by {every}: give frequency = "{every}" in [billing], or in the column frequency of '
            "members.csv"
        )
    ]


def test_a_quarter_without_document_is_refused(root: Path, said: Said) -> None:
    """Who is billed by quarter has left: nothing is to be issued."""
    more = {"bezons": {"frequency": "quarter", "valid_to": "2026-02-01"}}
    write_members(root, SUBSCRIBED, more)
    path = root / "subscriptions.csv"
    rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(r + "2026-02-01" if r.startswith("bezons") else r for r in rows) + "\n", encoding="utf-8")
    for month in ("2026-01", "2026-02"):
        assert issue(root, month, "--date", "2026-04-01") == 0
    assert [d["payer"]["member_id"] for d in entries(root)[0]["documents"]].count("bezons") == 2
    said()
    assert issue(root, "2026-Q1", "--date", "2026-04-02") == 1
    assert said() == ["2026-Q1 has no document to issue: nothing was changed"]


@slow
def test_a_year_bills_those_who_are_billed_by_year(root: Path) -> None:
    """Twelve months of bezons in two documents, the first eleven by their month."""
    members(root, bezons="year")
    for month in range(1, 12):
        assert issue(root, str(Period(2026, month)), "--date", "2026-12-31") == 0
    assert issue(root, "2026", "--date", "2027-01-04") == 0
    documents = entries(root)[11]["documents"]
    assert [(d["payer"]["member_id"], net(d), len(d["brought_forward"])) for d in documents] == [
        ("bezons", 12 * 2500, 11),
        ("bezons", 12 * 1800, 11),
    ]


# The threshold, from issue to issue

BELOW = 'threshold = "50.00"\n'
SMALL = {"auvers": "rack 2", "bezons": "port 1"}


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """24.00 of auvers and 3.60 of bezons a month, with VAT; below 50.00 nothing is billed."""
    undrawn(monkeypatch)
    return world(tmp_path / "small", SMALL, billing=BELOW)


def test_the_run_tells_what_is_carried(small: Path, said: Said, capsys: pytest.CaptureFixture[str]) -> None:
    """How many amounts, of how much, and why; in --json each of them."""
    assert command(small, "run", JANUARY, "--no-documents") == 0
    assert "         2 amounts of 27.60 in all are carried: below 50.00" in said()
    assert command(small, "run", JANUARY, "--no-documents", "--json") == 0
    assert json.loads(capsys.readouterr().out)["carried"] == [
        {
            "payer": "auvers",
            "regime": "services",
            "waits": "threshold",
            "net": "20.00",
            "vat": "4.00",
            "gross": "24.00",
        },
        {"payer": "bezons", "regime": "services", "waits": "threshold", "net": "3.00", "vat": "0.60", "gross": "3.60"},
    ]


@slow
def test_a_month_that_carries_all_is_closed(small: Path, said: Said) -> None:
    """There is no document to issue; closing keeps what is carried, and the next months bill it."""
    assert issue(small, JANUARY) == 1
    assert said() == [
        "2026-01 has no document to issue (2 amounts of 27.60 in all are carried: below 50.00): `chargeback "
        "close 2026-01` may "
        "close it as it is"
    ]
    assert command(small, "close", JANUARY) == 0
    assert said()[1:] == ["2 amounts of 27.60 in all are carried: below the threshold"]
    (entry,) = entries(small)
    assert (entry["kind"], entry["documents"]) == ("close", [])
    assert [(d["payer"]["member_id"], net(d), d["carry_reason"]) for d in entry["carried_forward"]] == [
        ("auvers", 2000, "threshold"),
        ("bezons", 300, "threshold"),
    ]
    assert command(small, "close", "2026-02") == 0
    assert issue(small, "2026-03", "--date", "2026-04-01") == 0
    (document,) = entries(small)[2]["documents"]
    assert [(n["carried_from"], n["amount"]) for n in document["lines"]] == [
        (None, 2000),
        ("2026-01", 2000),
        ("2026-02", 2000),
    ]
    assert [(b["period"], b["payer_id"]) for b in document["brought_forward"]] == [
        ("2026-01", "auvers"),
        ("2026-02", "auvers"),
    ]


@slow
def test_an_amount_is_billed_once(small: Path) -> None:
    """What March billed is not there in April: auvers begins anew, bezons goes on."""
    for month in ("2026-01", "2026-02"):
        assert command(small, "close", month) == 0
    assert issue(small, "2026-03", "--date", "2026-04-01") == 0
    assert issue(small, "2026-04", "--date", "2026-05-01") == 1
    assert command(small, "close", "2026-04") == 0
    assert [net(d) for e in entries(small) for d in e["carried_forward"] if d["payer"]["member_id"] == "auvers"] == [
        2000,
        2000,
        2000,
    ]
    assert [len(e["documents"]) for e in entries(small)] == [0, 0, 1, 0]


def test_what_waits_of_one_that_left_is_reported_by_every_run(small: Path, said: Said) -> None:
    """bezons left in January with 3.60: no document bills it, and it never gets out of sight."""
    write_members(small, SMALL, {"bezons": {"valid_to": "2026-02-01"}})
    path = small / "subscriptions.csv"
    rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(r + "2026-02-01" if r.startswith("bezons") else r for r in rows) + "\n", encoding="utf-8")
    assert command(small, "close", JANUARY) == 0
    assert command(small, "close", "2026-02") == 0
    said()
    assert command(small, "run", "2026-03", "--no-documents") == 0
    told = said()
    assert "         2 amounts that earlier months carried, 40.00 net, on these documents" in told
    assert "         1 amount that earlier months carried, 3.00 net, waits on: bezons" in told


def test_closing_out_of_order_is_reported(root: Path, said: Said) -> None:
    """February is closed while January, issued, is open: allowed, and said."""
    for month in ("2026-01", "2026-02"):
        assert issue(root, month, "--date", "2026-03-31") == 0
    said()
    assert command(root, "close", "2026-02") == 0
    assert said()[1:] == ["notice: 2026-01 comes before it and is not closed"]
    assert command(root, "close", "2026-01") == 0
    assert len(said()) == 1


def test_words_for_what_is_carried() -> None:
    """Nothing says nothing; else each reason with how many, named as the settings have it."""
    assert carried_text(()) == ""
    payer = months.MEMBERS["cergy"]
    small = months.document(payer, months.REGIMES["services"], [months.charge("cergy", "rack-units", 300)])
    by_year = replace(small, payer=replace(payer, frequency="year"), carry_reason="frequency")
    made = [
        replace(small, carry_reason="threshold"),
        by_year,
        replace(small, carry_reason="nothing"),
        replace(small, carry_reason="frequency"),
    ]
    assert carried_text(made[:1]) == "1 amount of 3.60 is carried: below the threshold"
    assert carried_text(made, 1500, "quarter") == (
        "4 amounts of 14.40 in all are carried: 1 0.00 with what it would bring, 1 below 15.00, 1 billed by "
        "quarter, 1 billed by year"
    )


# Any order of commands gives the same

ORDERS = [
    ["{m}"],
    ["{m} --only contributions", "{m}"],
    ["{m} --only network", "{m} --only membership", "{m} --only datacenter"],
    ["{m} --only datacenter", "{m} --only services", "{m}"],
    ["{m} --only services", "{m} --only contributions"],
    ["2026-Q1", "{m}"],
    ["2026-Q1 --only network", "2026-Q1", "{m} --only datacenter", "{m}"],
    ["{m} --only contributions", "2026-Q1", "{m} --only network", "{m}"],
]


@slow
@pytest.mark.parametrize("seed", seeds(1, 4))
def test_any_order_of_commands_gives_the_same_totals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Whole, by family, by service, by quarter: net totals by member, rule and regime are the same, numbers have no
    gap."""
    undrawn(monkeypatch)
    dice = random.Random(seed)
    items = {"rack": 4, "port": 9, "rebate": 14, "seat": 9}
    subscribed = {
        name: ", ".join(f"{item} {dice.randint(1, most)}" for item, most in items.items() if dice.random() < 0.8)
        for name in ("auvers", "bezons", "cergy", "deuil")
    }
    more = {
        "bezons": {"frequency": "quarter"},
        "cergy": {"payer": "auvers"} if dice.random() < 0.5 else {"valid_to": "2026-03-20", "successor": "deuil"},
    }
    found = []
    for place, order in enumerate(dice.sample(ORDERS[1:], 3) + ORDERS[:1]):
        root = world(tmp_path / str(place), subscribed, billing='threshold = "15.00"\n')
        write_members(root, subscribed, more)
        for month in ("2026-01", "2026-02"):
            parts = ["{m}"] if month == "2026-01" else [line for line in order if "Q1" not in line]
            _play(root, [line.format(m=month) for line in parts], month)
        _play(root, [line.format(m="2026-03") for line in order], "2026-03")
        found.append({key: amount for key, amount in totals(root).items() if amount})
        _gapless(numbers(root))
    assert found[1:] == found[:-1]


def _play(root: Path, lines: list[str], month: str) -> None:
    """Run the commands; a part that is empty may be refused, but the month is finished in the end."""
    for line in lines:
        issue(root, *line.split(), "--date", "2026-04-30")
    if not any(e["period"] == month and e["kind"] == "issue" for e in entries(root)):
        assert issue(root, month, "--date", "2026-04-30") in (0, 1)
    else:
        assert issue(root, month, "--date", "2026-04-30") == 0
    assert command(root, "close", month) == 0


def _gapless(given: list[str]) -> None:
    for series in ("F", "A"):
        own = [n for n in given if n.startswith(series)]
        assert own == [f"{series}2026-{n:05d}" for n in range(1, len(own) + 1)]
