"""Closed months that come to something else: what an open month bills for them, what waits, and that nothing is billed
twice."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kit.late_office import Office, edit, january_closed, put, usage, workspace
from kit.ledger_reader import net, taken_off, vat
from kit.slow import slow

JANUARY, FEBRUARY, MARCH = "2026-01", "2026-02", "2026-03"


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    """January closed, February and March open."""
    return Office(january_closed(tmp_path_factory, tmp_path), capsys)


def test_unchanged_inputs_give_no_adjustment(office: Office) -> None:
    """Nothing came, nothing is billed."""
    assert office.adjustments(FEBRUARY) == []


@slow
def test_a_late_row_is_a_line_of_the_next_month(office: Office) -> None:
    """7 units of January in a file that came in February: 7.00 with what is compared; billed once."""
    put(office.root, usage__late=usage(JANUARY, ("cergy", "7"), day="11"))
    (row,) = office.rows(FEBRUARY)
    assert (row["period"], row["member_id"], row["rule"], row["amount"]) == (JANUARY, "cergy", "storage", "7.00")
    assert (row["kind"], row["version"], row["quantity"], row["unit_price"], row["factor"]) == (
        *("adjustment", "2026-01-01", "", "", ""),
    )
    assert row["reason"] == "2026-01 recomputed 107.00, billed 100.00: late usage/late.csv"
    office.does("issue", FEBRUARY, "--date", "2026-03-05")
    assert office.adjustments(MARCH) == []
    office.does("close", FEBRUARY)
    assert office.adjustments(MARCH) == []


@slow
def test_a_late_file_that_goes_again_gives_back(office: Office) -> None:
    """What was billed for a file in February is given back in March when the file is taken out."""
    put(office.root, usage__late=usage(JANUARY, ("cergy", "7"), day="11"))
    office.close(FEBRUARY)
    (office.root / "usage" / "late.csv").unlink()
    (row,) = office.rows(MARCH)
    assert (row["period"], row["amount"]) == (JANUARY, "-7.00")
    assert row["reason"] == "2026-01 recomputed 100.00, billed 107.00: taken out usage/late.csv"
    office.close(MARCH)
    assert office.adjustments("2026-04") == []


# ---- what is told before anything is billed ------------------------------------------------------------------------


@slow
def test_late_rows_are_reported_by_file_and_line(office: Office) -> None:
    """check names the file, its first late line, how many rows and where they stand, and what becomes of them."""
    put(office.root, usage__late=usage(JANUARY, ("cergy", "7"), ("ecouen", "1"), day="11"))
    assert office.does("check", FEBRUARY).splitlines() == [
        "notice: usage/late.csv:2: 2 rows of 2026-01, which is closed, late (lines 2-3): adjusted in 2026-02",
        "no problem, 1 notice",
    ]


def test_the_run_counts_what_adjusts_closed_months(office: Office) -> None:
    """Among its charges, with what they come to: 7.00 and 1.00 of January; a month without says nothing of it."""
    put(office.root, usage__late=usage(JANUARY, ("cergy", "7"), ("ecouen", "1"), day="11"))
    lines = office.does("run", FEBRUARY, "--no-documents").splitlines()
    assert lines[1].strip() == "7 charges of 2 members, 2 adjustments of closed months among them: 8.00 net"
    code, out, _ = office.says("run", FEBRUARY, "--no-documents", "--json")
    assert (code, json.loads(out)["adjusted"]) == (0, "8.00")
    (office.root / "usage" / "late.csv").unlink()
    assert office.does("run", FEBRUARY, "--no-documents").splitlines()[1].strip() == "5 charges of 2 members"


def test_the_run_counts_one_of_each(office: Office) -> None:
    """A month in which Cergy has its seats and nothing else is used: one charge of one member, one document."""
    lines = office.does("run", "2026-04", "--no-documents").splitlines()
    assert [line.strip() for line in lines[1:3]] == ["1 charge of 1 member", "1 document (1 to pay, 0 credit notes)"]


def test_late_rows_that_change_nothing_are_reported_too(office: Office) -> None:
    """A row of 0 arrives late: no amount changes, and yet it is not passed over in silence."""
    put(office.root, usage__late=usage(JANUARY, ("cergy", "0"), day="11"))
    assert office.does("check", FEBRUARY).splitlines() == [
        "notice: usage/late.csv:2: 1 row of 2026-01, which is closed, late (line 2): no amount changes",
        "no problem, 1 notice",
    ]
    assert office.adjustments(FEBRUARY) == []


def test_late_costs_wait_for_the_year(office: Office) -> None:
    """A cost of a closed month is told by its line; an allocation is adjusted once the year is over."""
    text = "period,pool,account,label,amount,document\n2026-01,backbone,611,Backbone,30.00,X-late\n"
    put(office.root, costs__late=text)
    assert office.does("check", FEBRUARY).splitlines() == [
        (
            "notice: costs/late.csv:2: 1 line of costs of 2026-01, which is closed, late (line 2): waits for the end "
            "of the year"
        ),
        "no problem, 1 notice",
    ]
    assert office.adjustments(FEBRUARY) == []


def test_an_allocation_may_be_adjusted_at_once(office: Office) -> None:
    """adjust = "next" on the rule: 30.00 more of the backbone are 20.00 and 10.00 in the next month."""
    edit(office.root, "tariffs/network.toml", 'service = "shared"', 'service = "shared"\nadjust = "next"')
    text = "period,pool,account,label,amount,document\n2026-01,backbone,611,Backbone,30.00,X-late\n"
    put(office.root, costs__late=text)
    assert office.adjustments(FEBRUARY) == [
        (JANUARY, "cergy", "network", "20.00"),
        (JANUARY, "ecouen", "network", "10.00"),
    ]


@slow
def test_a_rate_may_wait_for_the_year(office: Office) -> None:
    """adjust = "year" on a rate: nothing until December is closed, then January bills it."""
    edit(office.root, "tariffs/storage.toml", 'service = "shared"', 'service = "shared"\nadjust = "year"')
    put(office.root, usage__late=usage(JANUARY, ("cergy", "7"), day="11"))
    assert office.adjustments(FEBRUARY) == []
    office.close(*(f"2026-{month:02d}" for month in range(2, 13)))
    assert office.adjustments("2027-01") == [(JANUARY, "cergy", "storage", "7.00")]


@slow
def test_small_differences_wait_until_they_are_enough(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """adjust_min = 5.00: 4.00 of January wait, 2.00 of February join them and 6.00 are billed; 1.00 of Écouen waits
    on."""
    office = Office(workspace(tmp_path, JANUARY, FEBRUARY, MARCH, settings='adjust_min = "5.00"'), capsys)
    office.close(JANUARY)
    put(office.root, usage__late=usage(JANUARY, ("cergy", "4"), ("ecouen", "1"), day="11"))
    assert office.adjustments(FEBRUARY) == []
    assert "late (lines 2-3): below adjust_min, waits" in office.does("check", FEBRUARY)
    office.close(FEBRUARY)
    put(office.root, usage__later=usage(FEBRUARY, ("cergy", "2"), day="12"))
    assert office.adjustments(MARCH) == [
        (JANUARY, "cergy", "storage", "4.00"),
        (FEBRUARY, "cergy", "storage", "2.00"),
    ]
    assert {(a["member_id"], a["difference"], a["fate"]) for a in office.preview(MARCH)["adjustments"]} == {
        ("cergy", "4.00", "billed"),
        ("cergy", "2.00", "billed"),
        ("ecouen", "1.00", "least"),
    }


@slow
def test_the_smallest_difference_of_a_rule_is_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """adjust_min of the rule before that of [billing]."""
    office = Office(workspace(tmp_path, JANUARY, FEBRUARY, settings='adjust_min = "50.00"'), capsys)
    edit(office.root, "tariffs/storage.toml", 'service = "shared"', 'service = "shared"\nadjust_min = "7.00"')
    office.close(JANUARY)
    put(office.root, usage__late=usage(JANUARY, ("cergy", "7"), ("ecouen", "6"), day="11"))
    assert office.adjustments(FEBRUARY) == [(JANUARY, "cergy", "storage", "7.00")]


def test_a_corrected_file_is_a_credit_note_on_its_invoice(office: Office) -> None:
    """100 units were 90: a credit note of 10.00 and its VAT on the invoice of January, beside the invoice of
    February."""
    edit(office.root, "usage/2026-01.csv", "cergy,,gb,100", "cergy,,gb,90")
    assert office.does("check", FEBRUARY).splitlines()[0] == (
        "notice: usage/2026-01.csv:2: 2 rows of 2026-01, which is closed, corrected (lines 2-3): adjusted in 2026-02"
    )
    code, out, _ = office.says("issue", FEBRUARY, "--date", "2026-03-05", "--json")
    assert code == 0
    found = [d for d in json.loads(out)["documents"] if d["kind"] == "credit_note"]
    assert [(d["number"], d["payer"], d["gross"]) for d in found] == [("A2026-00001", "cergy", "-12.00")]
    entry = office.entries()[-1]
    (note,) = [d for d in entry["documents"] if d["kind"] == "credit_note"]
    assert [(p["number"], *taken_off(p)) for p in note["preceding"]] == [("F2026-00002", 1000, 200)]


@slow
def test_a_credit_note_has_the_rate_of_its_invoice(office: Office) -> None:
    """January was billed at 20 %, the rate is 10 % since: 7.00 and then all the rest come off the invoice of January at
    20 %, and a month below zero reduces no invoice at another rate than its own."""
    edit(office.root, "chargeback.toml", 'rate = "20.00"', 'rate = "10.00"')
    put(office.root, usage__late=usage(JANUARY, ("cergy", "-7"), ("ecouen", "-40"), day="11"))
    office.close(FEBRUARY)
    assert credited(office) == [(-700, -140, [("F2026-00002", 700, 140)]), (-4000, -800, [("F2026-00004", 4000, 800)])]
    put(office.root, usage__later=usage(MARCH, ("cergy", "-400"), day="12"))
    put(office.root, usage__last=usage(JANUARY, ("cergy", "-93"), day="12"))
    office.close(MARCH)
    assert credited(office) == [
        (-25000, -2500, [("F2026-00006", 15000, 1500)]),
        (-9300, -1860, [("F2026-00002", 9300, 1860)]),
    ]


@slow
def test_what_is_still_to_bill_is_adjusted_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Écouen has no address: its 40 of February, the 40 that January carried and 7 more of January that came late are
    set aside, and February is closed without them. They stay to bill: what comes late is the difference from them, up
    and down. Given up by an act, nothing is given back of what was never paid."""
    office = Office(workspace(tmp_path, JANUARY, FEBRUARY, MARCH, settings='threshold = "60.00"'), capsys)
    office.close(JANUARY)
    put(office.root, usage__late=usage(JANUARY, ("ecouen", "7"), day="11"))
    members = (office.root / "members.csv").read_text(encoding="utf-8")
    put(
        office.root,
        members="".join(r.replace("1 rue de la Mairie", "") if "ecouen" in r else r for r in members.splitlines(True)),
    )
    code, _, err = office.says("issue", FEBRUARY, "--skip-invalid", "--date", "2026-03-05")
    assert (code, "2 documents set aside" in err) == (1, True)
    office.does("close", FEBRUARY, "--reason", "No address", "--date", "2026-03-05", "--yes")
    put(office.root, members=members)
    assert office.adjustments(MARCH) == []
    put(office.root, usage__late2=usage(JANUARY, ("ecouen", "-3"), day="12"))
    put(office.root, usage__late3=usage(FEBRUARY, ("ecouen", "-5"), day="12"))
    assert office.adjustments(MARCH) == [
        (JANUARY, "ecouen", "storage", "-3.00"),
        (FEBRUARY, "ecouen", "storage", "-5.00"),
    ]
    office.does("waive", FEBRUARY, "--act", "Décision 7", "--date", "2026-03-06", "--yes")
    assert office.adjustments(MARCH) == []
    put(office.root, usage__late4=usage(JANUARY, ("ecouen", "6"), day="13"))
    assert office.adjustments(MARCH) == [(JANUARY, "ecouen", "storage", "3.00")]


def credited(office: Office) -> list[tuple[int, int, list[tuple[str, int, int]]]]:
    """(net, VAT, what of which invoice) of the credit notes of the last issue."""
    entry = [e for e in office.entries() if e["kind"] == "issue"][-1]
    notes = [d for d in entry["documents"] if d["kind"] == "credit_note"]
    return [(net(d), vat(d), [(p["number"], *taken_off(p)) for p in d["preceding"]]) for d in notes]


@slow
def test_use_of_before_the_first_month_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The year starts in December: 1.00 a unit up to 250, 0.50 above. 200 units of December come after January and
    February are closed: Cergy's 100 of January were 50 at 1.00 and 50 at 0.50, those of February all at 0.50."""
    office = Office(workspace(tmp_path, JANUARY, FEBRUARY, MARCH), capsys)
    tiers = 'model = "graduated"\ntiers = [{ up_to = "250", price = "1.00" }, { price = "0.50" }]'
    terms = f'accumulate = "year"\nyear_starts = "12-01"\n{tiers}'
    edit(office.root, "tariffs/storage.toml", 'model = "flat"\nprice = "1.00"', terms)
    office.close(JANUARY, FEBRUARY)
    put(office.root, usage__late=usage("2025-12", ("cergy", "200")))
    assert office.does("check", MARCH).splitlines() == [
        "notice: usage/late.csv: late, and counted in the year to date of 2026-01 and 2026-02, which are closed: "
        "2 differences of 1 "
        "member, -75.00 net, adjusted in 2026-03; `chargeback adjustments 2026-03` lists them",
        "no problem, 1 notice",
    ]
    assert [(row["period"], row["amount"], row["reason"]) for row in office.rows(MARCH)] == [
        (JANUARY, "-25.00", "2026-01 recomputed 75.00, billed 100.00: late usage/late.csv"),
        (FEBRUARY, "-50.00", "2026-02 recomputed 50.00, billed 100.00: late usage/late.csv"),
    ]


# ---- a version that reaches back -------------------------------------------------------------------------------------


def lower_price(office: Office, *, why: str = "", ground: str = "") -> None:
    """0.90 from 1 January, decided on 1 March, in a second version."""
    edit(
        office.root,
        "tariffs/storage.toml",
        "valid_from = 2026-01-01\n",
        "valid_from = 2026-01-01\nvalid_to = 2026-02-01\n",
    )
    path = office.root / "tariffs" / "storage.toml"
    version = (
        '\n[[version]]\nvalid_from = 2026-02-01\nmodel = "flat"\nprice = "0.90"\n'
        'references = [{ title = "Decision 2", enforceable_on = 2026-03-10 }]\n'
    )
    text = f'{{ reason = "{why}", ground = "{ground}" }}' if ground else f'"{why}"'
    path.write_text(path.read_text(encoding="utf-8") + version + (f"retroactive = {text}\n" if why else ""), "utf-8")


def test_a_version_before_its_act_is_enforceable_is_a_problem(office: Office) -> None:
    """The line, the act and its day, and both ways to mend it."""
    lower_price(office)
    code, _, words = office.says("check", FEBRUARY)
    assert (code, words.splitlines()) == (
        1,
        [
            "tariffs/storage.toml:16: the version is in force from 2026-02-01, before Decision 2 is enforceable, "
            "on 2026-03-10: "
            'let it begin on 2026-03-10, or say why it may reach back, as retroactive = "…"'
        ],
    )


def test_a_reason_to_reach_back_that_is_needed_by_nothing_is_a_problem(office: Office) -> None:
    """From February, enforceable since January, and January is the last closed month: nothing reaches back."""
    lower_price(office, why="Lower price from February")
    edit(office.root, "tariffs/storage.toml", "enforceable_on = 2026-03-10", "enforceable_on = 2026-01-15")
    code, _, words = office.says("check", FEBRUARY)
    assert (code, words.splitlines()) == (
        1,
        [
            "tariffs/storage.toml:20: retroactive does nothing: the acts that the version names are enforceable "
            "on 2026-01-15, "
            "it begins on 2026-02-01, and no closed period is after that; take it out"
        ],
    )


@slow
def test_a_version_that_reaches_back_is_previewed_by_member(office: Office) -> None:
    """February is closed at 1.00 and comes to 0.90: told by check, listed by member, then billed; never in silence."""
    office.close(FEBRUARY)
    lower_price(office, why="Lower price from February")
    assert office.does("check", MARCH).splitlines() == [
        "notice: tariffs/storage.toml:16: the version of 2026-02-01 of storage reaches back to 2026-02, which is "
        "closed: "
        "2 differences of 2 members, -14.00 net, adjusted in 2026-03; `chargeback adjustments 2026-03` lists them",
        "no problem, 1 notice",
    ]
    preview = [
        "Adjustments of closed months, billed with March 2026",
        "  Month    Member        Rule      Billed  Recomputed  Difference  Why",
        "  2026-02  cergy         storage  €100.00      €90.00     −€10.00  tariff",
        "  2026-02  ecouen        storage   €40.00      €36.00      −€4.00  tariff",
        "           Total billed           €140.00     €126.00     −€14.00",
    ]
    assert office.says("adjustments", MARCH)[1].splitlines() == preview
    assert not (office.root / "out" / MARCH).exists()
    office.does("issue", MARCH, "--date", "2026-04-05")
    issued = office.says("adjustments", MARCH)[1].splitlines()
    assert issued == ["Adjustments of closed months, billed with March 2026 (issued)", *preview[1:]]


def test_a_new_rule_does_not_reach_back_in_silence(office: Office) -> None:
    """Maintenance of 5 seats at 3.00 from 1 January, written down in February: refused, then billed with the reason it
    gives."""
    seats = (office.root / "tariffs" / "seats.toml").read_text(encoding="utf-8")
    extra = seats.replace("seats", "extra").replace('"10.00"', '"3.00"')
    (office.root / "tariffs" / "extra.toml").write_text(extra, encoding="utf-8")
    code, _, err = office.says("check", FEBRUARY)
    assert (code, err) == (
        1,
        "tariffs/extra.toml:9: the version of 2026-01-01 of extra, which is new, reaches back into closed months "
        "and would change "
        'what they come to by 15.00 net: let it begin on 2026-02-01 or later, or say why, as retroactive = "…"\n',
    )
    why = 'retroactive = { reason = "Voted in March", ground = "agreement" }\nreferences'
    edit(office.root, "tariffs/extra.toml", "references", why)
    (row,) = office.rows(FEBRUARY)
    assert (row["period"], row["rule"], row["amount"]) == (JANUARY, "extra", "15.00")
    assert row["reason"].endswith("retroactive version of 2026-01-01, Voted in March")


@slow
def test_a_version_of_another_rule_is_named_where_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Storage comes off the backbone first. Its price of February falls by a tenth, 14.00 of 140.00, and the network
    bears them: its own version has not changed, the file of storage has."""
    office = Office(workspace(tmp_path, JANUARY, FEBRUARY, MARCH), capsys)
    network = office.root / "tariffs" / "network.toml"
    network.write_text(network.read_text(encoding="utf-8") + 'less = ["storage"]\n', encoding="utf-8")
    office.close(JANUARY, FEBRUARY)
    lower_price(office, why="Voted late", ground="law")
    notices = [line for line in office.does("check", MARCH).splitlines() if line.startswith("notice")]
    assert notices[1:] == [
        "notice: tariffs/storage.toml: as it is now, 2026-02, which is closed, comes to something else: 2 "
        "differences of 2 members, "
        "14.00 net, waits for the end of the year; `chargeback adjustments 2026-03` lists them",
        "notice: tariffs/storage.toml:16: the version of 2026-02-01 of storage reaches back to 2026-02, which is "
        "closed: 2 "
        "differences of 2 members, -14.00 net, adjusted in 2026-03; `chargeback adjustments 2026-03` lists them",
    ]
    found = [(a["member_id"], a["difference"], a["why"]) for a in office.preview(MARCH)["adjustments"]]
    assert found[0] == ("cergy", "9.33", "changed tariffs/storage.toml")


def test_a_register_that_reaches_back_is_reported(office: Office) -> None:
    """A seat more since 2020: January is 10.00 more, and the register says so."""
    edit(office.root, "subscriptions.csv", "cergy,seat,5", "cergy,seat,6")
    assert office.does("check", FEBRUARY).splitlines() == [
        "notice: subscriptions.csv: as it is now, 2026-01, which is closed, comes to something else: 1 "
        "difference of 1 member, "
        "10.00 net, adjusted in 2026-02; `chargeback adjustments 2026-02` lists them",
        "no problem, 1 notice",
    ]


@slow
def test_nothing_to_adjust_is_said(office: Office) -> None:
    """In words and as data, before and after the month is issued."""
    assert office.says("adjustments", FEBRUARY)[1].splitlines() == [
        "Adjustments of closed months, billed with February 2026",
        "  No closed month comes to anything but what was billed.",
    ]
    assert office.preview(FEBRUARY) == {
        "period": FEBRUARY,
        "currency": "EUR",
        "issued": False,
        "net": "0.00",
        "adjustments": [],
        "rises": [],
    }
    office.close(FEBRUARY)
    assert office.says("adjustments", FEBRUARY)[1].splitlines() == [
        "Adjustments of closed months, billed with February 2026 (issued)",
        "  It billed no adjustment of a closed month.",
    ]


@slow
def test_what_an_issued_month_billed_is_what_was_previewed(office: Office) -> None:
    """A credit that goes over several documents is one line again, with its reason."""
    put(office.root, usage__late=usage(JANUARY, ("cergy", "7"), day="11"))
    edit(office.root, "subscriptions.csv", "cergy,seat,5", "cergy,seat,4")
    before = office.preview(FEBRUARY)
    office.close(FEBRUARY)
    assert office.preview(FEBRUARY) == before | {"issued": True}
    assert [(a["rule"], a["difference"]) for a in before["adjustments"]] == [("seats", "-10.00"), ("storage", "7.00")]


# ---- why -----------------------------------------------------------------------------------------------------------


def test_each_difference_says_what_its_own_rule_depends_on(office: Office) -> None:
    """A late file and a new population at once: storage counts the file, the network the population, and neither the
    other's."""
    put(office.root, usage__late=usage(JANUARY, ("cergy", "7"), day="11"))
    edit(office.root, "drivers.csv", "cergy,population,200", "cergy,population,300")
    found = office.preview(FEBRUARY)["adjustments"]
    assert [(a["member_id"], a["rule"], a["cause"], a["why"]) for a in found] == [
        ("cergy", "network", ["registers"], "changed drivers.csv"),
        ("cergy", "storage", ["usage"], "late usage/late.csv"),
        ("ecouen", "network", ["registers"], "changed drivers.csv"),
    ]


def test_what_is_of_later_months_is_no_reason(office: Office) -> None:
    """A member that joins in February changes members.csv and nothing of January: its differences do not name it."""
    put(office.root, usage__late=usage(JANUARY, ("cergy", "7"), day="11"))
    edit(office.root, "members.csv", "ecouen,Écouen", "osny,Osny,commune,2026-02-01,,,,,\necouen,Écouen")
    (found,) = office.preview(FEBRUARY)["adjustments"]
    assert (found["cause"], found["why"]) == (["usage"], "late usage/late.csv")


def test_a_reason_stays_while_a_part_waits(office: Office) -> None:
    """The network waits for the year, storage is billed in February; in March the network still says why, and no
    more."""
    put(office.root, usage__late=usage(JANUARY, ("cergy", "7"), day="11"))
    edit(office.root, "drivers.csv", "cergy,population,200", "cergy,population,300")
    office.close(FEBRUARY)
    edit(office.root, "members.csv", "ecouen,Écouen", "osny,Osny,commune,2026-03-01,,,,,\necouen,Écouen")
    found = office.preview(MARCH)["adjustments"]
    assert [(a["member_id"], a["rule"], a["why"], a["fate"]) for a in found] == [
        ("cergy", "network", "changed drivers.csv", "year"),
        ("ecouen", "network", "changed drivers.csv", "year"),
    ]


def test_a_levy_on_other_charges_says_what_moved_these(office: Office) -> None:
    """5 % of what storage comes to: the levy counts no meter itself, and yet the late file is why it moves."""
    levy = """id = "levy"
label = { fr = "levy", en = "levy" }
service = "shared"
kind = "rate"
vat = "services"
quantity = { charges = ["storage"] }
[[version]]
valid_from = 2026-02-01
references = [{ title = "Decision 1" }]
model = "flat"
price = "0.05"
"""
    root = office.root
    (root / "tariffs" / "levy.toml").write_text(levy, encoding="utf-8")
    office.close(FEBRUARY)
    put(root, usage__late=usage(FEBRUARY, ("cergy", "20"), day="11"))
    found = [(a["rule"], a["month"], a["difference"], a["why"]) for a in office.preview(MARCH)["adjustments"]]
    assert ("levy", FEBRUARY, "1.00", "late usage/late.csv") in found


# ---- months that nobody closed -------------------------------------------------------------------------------------


@slow
def test_a_month_that_is_issued_and_not_closed_is_reported(office: Office) -> None:
    """Its late row is not adjusted yet, and the run says so; closed, it is."""
    office.does("issue", FEBRUARY, "--date", "2026-03-05")
    put(office.root, usage__late=usage(FEBRUARY, ("cergy", "7"), day="11"))
    assert office.adjustments(MARCH) == []
    assert office.does("check", MARCH).splitlines() == [
        "notice: out/ledger.jsonl: 2026-02 is issued and not closed: what comes late for it is adjusted once it "
        "is closed, as "
        "`chargeback close 2026-02` does",
        "no problem, 1 notice",
    ]
    office.does("close", FEBRUARY)
    assert office.adjustments(MARCH) == [(FEBRUARY, "cergy", "storage", "7.00")]


def test_a_month_that_was_never_issued_is_reported(office: Office) -> None:
    """January is closed, February has usage and costs and nobody issued it: March says so."""
    assert office.does("check", MARCH).splitlines() == [
        "notice: out/ledger.jsonl: 2026-02 has usage or costs and was never issued, while an earlier month was: "
        "`chargeback issue 2026-02`, or `chargeback close 2026-02` where there is nothing to bill",
        "no problem, 1 notice",
    ]
    assert "notice" not in office.does("check", FEBRUARY).replace("0 notices", "")
