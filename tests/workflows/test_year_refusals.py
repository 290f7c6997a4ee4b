"""What is refused in a year, in exact words: each says what was asked, why not, and what to do; nothing is changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import chargeback.cli.correct
from kit.issuable_scenarios import OPERATOR, siret
from kit.ledger_reader import taken_off
from kit.parts_office import command, entries
from kit.undrawn import undrawn

LAW = '{ reason = "Délibération du 3 novembre", ground = "law" }'
SETTINGS = """[billing]
currency = "EUR"
timezone = "Europe/Paris"
locale = "fr_FR"
threshold = "15.00"

[vat.services]
category = "S"
rate = "20.00"

[vat.cost-sharing]
category = "E"
reason = "Exonération, article 261 B du CGI"
reason_code = "VATEX-EU-132-1F"

[true_up]
2025 = "2026-01"
"""
MEMBERS = "member_id,name,kind,siret,address,postal_code,city,payer,successor,frequency,valid_from,valid_to"
RULE = """id = "{name}"
kind = "{kind}"
label = {{ fr = "{name}", en = "{name}" }}
service = "{service}"
vat = "{vat}"
{more}

[[version]]
valid_from = 2025-10-01
references = [{{ title = "Délibération du comité" }}]
{terms}
"""
HOURS = 'quantity = { meter = "hours", measure = "sum" }'
RULES = {
    "hosting": ("rate", "hosting", "services", HOURS, 'model = "flat"\nprice = "10.00"'),
    "fibre": ("allocation", "network", "cost-sharing", 'pool = "fibre"', "keys = [{ equal = true }]"),
    "rooms": (
        *("allocation", "network", "cost-sharing", 'pool = "rooms"'),
        'billing = "instalments"\nkeys = [{ equal = true }]',
    ),
}
MONTHS = ("2025-10", "2025-11", "2025-12")


def write(root: Path) -> Path:
    """Two members billed each month and one by quarter, from October 2025: hours at 10.00, a pool shared by costs, one
    called by twelfths of 1,200.00."""
    for folder in ("tariffs", "usage", "costs", "budget"):
        (root / folder).mkdir(parents=True)
    (root / "chargeback.toml").write_text(OPERATOR + SETTINGS, encoding="utf-8")
    rows = [
        (
            f"{name},{name.capitalize()},commune,{siret(n)},1 rue "
            f"Haute,95000,Cergy,,,{'quarter' if name == 'cergy' else ''},2020-01-01,"
        )
        for n, name in enumerate(("argenteuil", "bezons", "cergy"), start=1)
    ]
    (root / "members.csv").write_text("\n".join([MEMBERS, *rows]) + "\n", encoding="utf-8")
    for name, (kind, service, vat, more, terms) in RULES.items():
        text = RULE.format(name=name, kind=kind, service=service, vat=vat, more=more, terms=terms)
        (root / f"tariffs/{name}.toml").write_text(text, encoding="utf-8")
    for month in (*MONTHS, "2026-01"):
        used = [f"{month}-05T10:00,,{name},,hours,{n}" for n, name in ((10, "argenteuil"), (5, "bezons"), (2, "cergy"))]
        (root / f"usage/{month}.csv").write_text(
            "\n".join(["start,end,member_id,resource_id,meter,quantity", *used]) + "\n", encoding="utf-8"
        )
        cost = f"period,pool,account,label,amount,document\n{month},fibre,6110,Fibre,300.00,D-{month}\n"
        (root / f"costs/{month}.csv").write_text(cost, encoding="utf-8")
    (root / "budget/budget.csv").write_text("year,pool,amount\n2025,rooms,1200.00\n", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def drawn_by_nobody() -> Iterator[None]:
    """Documents are issued without pages."""
    with pytest.MonkeyPatch.context() as patch:
        undrawn(patch)
        patch.setattr(chargeback.cli.correct, "issued_document", lambda *_, **__: b"")
        yield


@pytest.fixture(scope="module")
def before(drawn_by_nobody: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nothing is issued."""
    return write(tmp_path_factory.mktemp("before") / "w")


@pytest.fixture(scope="module")
def october(before: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """October is issued, and closed."""
    root = tmp_path_factory.mktemp("october") / "w"
    shutil.copytree(before, root)
    assert command(root, "issue", "2025-10", "--date", "2025-11-05") == 0
    assert command(root, "close", "2025-10", "--date", "2025-11-05") == 0
    return root


@pytest.fixture(scope="module")
def november(october: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """So is November."""
    root = tmp_path_factory.mktemp("november") / "w"
    shutil.copytree(october, root)
    assert command(root, "issue", "2025-11", "--date", "2025-12-05") == 0
    assert command(root, "close", "2025-11", "--date", "2025-12-05") == 0
    return root


def copied(source: Path, target: Path) -> Path:
    shutil.copytree(source, target / "w")
    return target / "w"


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def refused(root: Path, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a command says that ends with 1 and enters nothing in the ledger."""
    known = entries(root)
    capsys.readouterr()
    code = command(root, *words)
    told = capsys.readouterr()
    assert (code, entries(root)) == (1, known), told.err
    return told.err


ISSUED = (
    "2025-10 is issued already: 4 documents dated 2025-11-05, F2025-00001 to F2025-00004, closed on 2025-11-05; "
    "nothing changed\n"
)
CARRIED = "2 amounts of 157.33 in all are carried: billed by quarter\n"
OCTOBER_FIRST = (
    "2025-Q4 bills what its months left, and 2025-10 is neither issued nor closed: `chargeback issue 2025-10` "
    "comes first, or "
    "`chargeback close 2025-10` where it has no document to issue\n"
)
DECEMBER_FIRST = (
    "2025-12 is not closed: `chargeback close 2025-12` comes first, the cost of a year is known when it is closed\n"
)


def test_issuing_twice_changes_nothing(october: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what was issued and ends well; a part of what is issued whole is refused with the same words."""
    known = entries(october)
    capsys.readouterr()
    assert command(october, "issue", "2025-10", "--date", "2025-12-01") == 0
    assert (capsys.readouterr().err, entries(october)) == (ISSUED + CARRIED, known)
    assert refused(october, capsys, "issue", "2025-10", "--only", "hosting") == ISSUED


def test_closing_twice_changes_nothing(october: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says since when, and ends well."""
    known = entries(october)
    capsys.readouterr()
    assert command(october, "close", "2025-10", "--date", "2025-12-01") == 0
    already = "2025-10 is closed already, on 2025-11-05: nothing of it can change\n"
    assert (capsys.readouterr().err, entries(october)) == (already + CARRIED, known)


BEFORE_ANYTHING = {
    "closing what is not issued": (
        "close 2025-10",
        "2025-10 cannot be closed: its 4 documents are not issued; `chargeback issue 2025-10` comes first\n",
    ),
    "a quarter before its months": ("issue 2025-Q4 --date 2026-01-05", OCTOBER_FIRST),
    "a quarter that is not over": (
        "issue 2025-Q4 --date 2025-12-30",
        "2025-12-30 is before the end of 2025-12: give --date 2025-12-31 or later\n",
    ),
    "a month that is not over": (
        "issue 2025-10 --date 2025-10-30",
        "2025-10-30 is before the end of 2025-10: give --date 2025-10-31 or later\n",
    ),
    "an unknown part": (
        "issue 2025-10 --date 2025-11-05 --only hostin",
        "hostin is neither a regime of [vat.*] nor a service of the rules: did you mean hosting?\n",
    ),
    "another unknown part": (
        "issue 2025-10 --date 2025-11-05 --only subsidies",
        (
            "subsidies is neither a regime of [vat.*] nor a service of the rules: give one of services, "
            "cost-sharing, hosting, network\n"
        ),
    ),
    "a true-up of an open year": ("true-up 2025", f"the true-up of 2025 cannot be drawn up: {DECEMBER_FIRST}"),
    "the month that bills it": ("check 2026-01", f'chargeback.toml:29: true_up 2025 = "2026-01", but {DECEMBER_FIRST}'),
    "issuing that month": (
        "issue 2026-01 --date 2026-02-05",
        f'chargeback.toml:29: true_up 2025 = "2026-01", but {DECEMBER_FIRST}',
    ),
}


@pytest.mark.parametrize("name", BEFORE_ANYTHING)
def test_what_comes_too_early_is_refused(before: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """A year has an order: months before quarters, issuing before closing, December before the true-up."""
    words, told = BEFORE_ANYTHING[name]
    assert refused(before, capsys, *words.split()) == told


def test_a_quarter_that_is_none_is_wrong_usage(before: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and what a period looks like."""
    assert command(before, "issue", "2025-Q5") == 2
    told = " ".join(capsys.readouterr().err.split())
    assert told.endswith("'2025-Q5' is no period: expected a month as 2026-10, a quarter as 2026-Q4, or a year as 2026")


def test_a_quarter_needs_somebody_who_is_billed_by_it(
    november: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where every member is billed by month, the settings that would change it are named."""
    root = copied(november, tmp_path)
    edit(root / "members.csv", ",quarter,", ",,")
    assert refused(root, capsys, "issue", "2025-Q4", "--date", "2026-01-05") == (
        'nobody is billed by quarter: give frequency = "quarter" in [billing], or in the column frequency of '
        "members.csv\n"
    )


def test_closing_with_documents_for_later(before: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A month that is issued in part is closed when all of it is, or with a reason; the same part is not issued
    again."""
    root = copied(before, tmp_path)
    assert command(root, "issue", "2025-10", "--only", "cost-sharing", "--date", "2025-11-05") == 0
    left = "argenteuil under [vat.services], bezons under [vat.services]"
    assert refused(root, capsys, "close", "2025-10") == (
        f"2025-10 cannot be closed: 2 documents set aside and not issued ({left}); `chargeback issue 2025-10` "
        "issues them, or say "
        "with --reason why they stay to bill after the closing\n"
    )
    again = refused(root, capsys, "issue", "2025-10", "--only", "cost-sharing", "--date", "2025-11-05")
    assert again == (
        f"cost-sharing of 2025-10 is issued already: of 2025-10 only {left} are left, `chargeback issue 2025-10` "
        "issues them\n"
    )
    assert command(root, "close", "2025-10", "--reason", "SIRET attendus", "--date", "2025-11-05", "--yes") == 0


def test_a_part_without_documents(before: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A service that bills nobody in the month."""
    root = copied(before, tmp_path)
    (root / "usage/2025-10.csv").unlink()
    told = refused(root, capsys, "issue", "2025-10", "--only", "hosting", "--date", "2025-11-05")
    assert told == "hosting of 2025-10 has no document to issue: nothing was changed\n"


TOO_MUCH = {
    "an amount": (
        "F2025-00002 --amount 120.01",
        "120.01 is more than remains of F2025-00002, 120.00 VAT included\n",
    ),
    "nothing": (
        "F2025-00002 --amount 0",
        "a credit is of an amount above zero: give --amount as what is given back, VAT included\n",
    ),
    "a line that it has not": ("F2025-00002 --line 2", "F2025-00002 has 1 line: --line 2 is none of them\n"),
    "what is no document": (
        "F2025-00099",
        "no document has the number F2025-00099: give that of an issued invoice\n",
    ),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_crediting_too_much_is_refused(october: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """No more than the invoice, and no line or invoice that there is not."""
    words, told = TOO_MUCH[name]
    assert refused(october, capsys, "credit", "--kind", "error", *words.split(), "--reason", "erreur", "--yes") == told


def test_an_adjustment_counts_among_the_credits(
    october: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What November took off an invoice of October cannot be given back a second time, and a credit note has no
    credit."""
    root = copied(october, tmp_path)
    edit(root / "usage/2025-10.csv", ",argenteuil,,hours,10", ",argenteuil,,hours,4")
    assert command(root, "issue", "2025-11", "--date", "2025-12-05") == 0
    (credit,) = (d for d in entries(root)[-1]["documents"] if d["kind"] == "credit_note")
    assert [(p["number"], *taken_off(p)) for p in credit["preceding"]] == [("F2025-00002", 6000, 1200)]
    words = ("--reason", "erreur", "--yes", "--date", "2025-12-06")
    assert refused(root, capsys, "credit", "--kind", "error", "F2025-00002", "--amount", "48.01", *words) == (
        "48.01 is more than remains of F2025-00002, 48.00 VAT included, as 72.00 is credited already\n"
    )
    assert refused(root, capsys, "credit", "--kind", "error", "A2025-00001", *words) == (
        "A2025-00001 is a credit note, of F2025-00002: a credit is given on an invoice; bill again in a month "
        "that is open\n"
    )
    assert command(root, "credit", "--kind", "error", "F2025-00002", *words) == 0
    assert refused(root, capsys, "credit", "--kind", "error", "F2025-00002", *words) == (
        "F2025-00002 is credited in full already: nothing of it remains\n"
    )


def successor(root: Path, of: str, name: str, end: str) -> None:
    """Write a successor, and the last day, in the row of a member."""
    edit(root / "members.csv", ",,,,2020-01-01,\ncergy" if of == "bezons" else "", f",,{name},,2020-01-01,{end}\ncergy")


SUCCESSORS = {
    "nobody": (
        "nanterre",
        "2025-11-01",
        'successor "nanterre" is no member of members.csv: add it there or correct it here',
    ),
    "itself": (
        *("bezons", "2025-11-01"),
        'successor "bezons" is the member itself: name who takes over from it, or leave the cell empty',
    ),
    "of one that stays": (
        *("cergy", ""),
        'member "bezons" has the successor "cergy", but this row does not end: write in valid_to the first day '
        "without it, or "
        "leave successor empty",
    ),
}


@pytest.mark.parametrize("name", SUCCESSORS)
def test_a_successor_is_another_member(
    october: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """One that is no member, the member itself, and that of one that does not end, at its row."""
    root = copied(october, tmp_path)
    successor(root, "bezons", *SUCCESSORS[name][:2])
    assert (
        refused(root, capsys, "issue", "2025-11", "--date", "2025-12-05") == f"members.csv:3: {SUCCESSORS[name][2]}\n"
    )


MISSING = (
    "pool rooms is called by instalments in {}, but budget/ has no amount for it in {}: add the row {},rooms,AMOUNT "
    "to a file of budget/\n"
)


def test_a_missing_budget_stops_the_month(november: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The row to write is given; so it is when the budget of a closed month is taken away."""
    root = copied(november, tmp_path)
    edit(root / "chargeback.toml", '2025 = "2026-01"', '2025 = "2026-02"')
    place = "tariffs/rooms.toml:11: "
    assert refused(root, capsys, "check", "2026-01") == place + MISSING.format("2026-01", 2026, 2026)
    edit(root / "budget/budget.csv", "2025,rooms", "2026,rooms")
    again = "which is closed, cannot be computed again: "
    told = refused(root, capsys, "issue", "2026-01", "--date", "2026-02-05")
    assert told.startswith(place + "2025-10, " + again + MISSING.format("2025-10", 2025, 2025))


TRUE_UPS = {
    "in its own year": (
        '2025 = "2025-12"',
        (
            'chargeback.toml:29: 2025 of [true_up]: "2025-12" is before 2025 is over: its true-up is billed from '
            '"2026-01" on\n'
        ),
    ),
    "of a year without instalments": (
        '2024 = "2026-01"',
        'chargeback.toml: true_up 2024 = "2026-01" of chargeback.toml, but no pool is called by instalments in '
        "2024: take it out, "
        'or write billing = "instalments" in the rule of the pool\n',
    ),
}


@pytest.mark.parametrize("name", TRUE_UPS)
def test_a_true_up_is_of_a_year_that_calls_a_budget(
    before: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Billed once the year is over, for a pool that was called by instalments."""
    root = copied(before, tmp_path)
    edit(root / "chargeback.toml", '2025 = "2026-01"', TRUE_UPS[name][0])
    assert refused(root, capsys, "check", "2025-10") == TRUE_UPS[name][1]


def test_closed_months_are_not_priced_anew(october: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A price of a closed month may not change; a version that reaches back says why, then its month is adjusted."""
    root = copied(october, tmp_path)
    rule = root / "tariffs/hosting.toml"
    edit(rule, 'price = "10.00"', 'price = "11.00"')
    assert refused(root, capsys, "issue", "2025-11", "--date", "2025-12-05") == (
        "tariffs/hosting.toml:12: price of the version of 2025-10-01 of hosting is 11, but the closed 2025-10 "
        "was billed with 10: "
        "put it back, and give new terms as a new [[version]]\n"
    )
    edit(rule, 'price = "11.00"', 'price = "10.00"')
    first = rule.read_text(encoding="utf-8")
    again = first[first.index("[[version]]") :].replace("2025-10-01", "2025-10-05").replace("10.00", "12.00")
    edit(rule, "valid_from = 2025-10-01", "valid_from = 2025-10-01\nvalid_to = 2025-10-05")
    rule.write_text(rule.read_text(encoding="utf-8") + again, encoding="utf-8")
    assert refused(root, capsys, "issue", "2025-11", "--date", "2025-12-05") == (
        "tariffs/hosting.toml:10: valid_to of the version of 2025-10-01 of hosting was not set when 2025-10, now "
        "closed, was billed: "
        "put it back, or let the version end on 2025-11-01 or later; terms that reach back are a new [[version]] "
        "from that day "
        'that says why, as retroactive = "…"\n'
    )
    rule.write_text(rule.read_text(encoding="utf-8") + f"retroactive = {LAW}\n", encoding="utf-8")
    assert command(root, "issue", "2025-11", "--date", "2025-12-05") == 0
    billed = {
        n["beneficiary"]: n["amount"]
        for d in entries(root)[-1]["documents"]
        for n in d["lines"]
        if n["kind"] == "adjustment"
    }
    assert billed == {"argenteuil": 2000, "bezons": 1000}


def test_who_was_billed_stays_known(october: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A member of a closed month may end, not vanish."""
    root = copied(october, tmp_path)
    edit(root / "members.csv", "bezons,Bezons", "nanterre,Nanterre")
    told = refused(root, capsys, "issue", "2025-11", "--date", "2025-12-05").splitlines()
    assert told[0] == (
        "members.csv: bezons was billed for 2025-10, which is closed, by fibre, hosting and is gone: put its "
        "rows back; to end a "
        "membership, give it a valid_to"
    )


def test_a_month_closed_without_documents_bills_nothing(
    october: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What nobody used nor paid is closed as it is, and cannot be issued afterwards."""
    root = copied(october, tmp_path)
    for path in ("usage/2025-11.csv", "costs/2025-11.csv"):
        (root / path).unlink()
    edit(root / "budget/budget.csv", "1200.00", "0.00")
    told = refused(root, capsys, "issue", "2025-11", "--date", "2025-12-05")
    assert told == "2025-11 has no document to issue: `chargeback close 2025-11` may close it as it is\n"
    assert command(root, "close", "2025-11", "--date", "2025-12-05") == 0
    assert refused(root, capsys, "issue", "2025-11", "--date", "2025-12-05") == (
        "2025-11 was closed on 2025-12-05 without any document: bill in a later month\n"
    )


def test_dates_follow_the_numbers(october: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A month is not dated before the numbers that were given, though its own days are over."""
    root = copied(october, tmp_path)
    assert command(root, "issue", "2025-11", "--date", "2026-01-10") == 0
    assert refused(root, capsys, "issue", "2025-12", "--date", "2025-12-31") == (
        "2025-12-31 is before 2026-01-10, the date of the last number of the series F{year}-{sequence:05d}: "
        "dates follow the "
        "numbers, give --date 2026-01-10 or later\n"
    )
