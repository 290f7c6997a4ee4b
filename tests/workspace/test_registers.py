"""The registers: what they say, and every mistake with its line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from chargeback.model.facts import CoalitionCost, Facts, GroupMember, Level, Member, Resource
from chargeback.model.problem import Place, Problem
from chargeback.workspace.registers.read import read_facts
from kit.slow import slow

MEMBERS = "member_id,name,kind,valid_from,valid_to\nalpha,Alpha,commune,2020-01-01,\nbravo,Bravo,commune,2020-01-01,\n"
DAY = date(2020, 1, 1)


def workspace(root: Path, files: dict[str, str | bytes]) -> Path:
    """A workspace with two members and the files given."""
    for path, content in {"members.csv": MEMBERS, **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def found(root: Path, files: dict[str, str | bytes]) -> list[tuple[str, str]]:
    """Place and code of every problem."""
    return [(str(p.where), p.code) for p in read_facts(workspace(root, files))[1]]


def test_every_register_is_read(tmp_path: Path) -> None:
    """Columns in any order, a BOM, CRLF, quoted commas and empty dates are read as the contract says."""
    root = workspace(
        tmp_path,
        {
            "members.csv": "\ufeffkind,member_id,valid_from,name,address,siret,payment_days,payer,frequency\r\n"
            'commune,alpha,2020-01-01,"Alpha, la ville","1 rue|Bât. B",229 501 275 00015,50,,year\r\n'
            "commune,bravo,2020-01-01,Bravo,,,,alpha,\r\n",
            "groups.csv": "group,member_id,valid_from,valid_to\ngfu,alpha,2020-01-01,2021-01-01\n",
            "drivers.csv": "member_id,driver,value\n".replace("value", "value,valid_from")
            + "alpha,population,000123.456789012,2020-01-01\n",
            "subscriptions.csv": "member_id,item,quantity,valid_from\nalpha,e3,2,2020-01-01\nalpha,e3,3,2020-01-01\n",
            "resources.csv": (
                "resource_id,member_id,valid_from,valid_to\nvm,alpha,2020-01-01,2020-01-02\nvm,bravo,2020-01-02,\n"
            ),
            "standalone/costs.csv": "game,coalition,cost,valid_from\ndam,alpha+bravo,-10.50,2020-01-01\n",
        },
    )
    alpha = Member(
        member_id="alpha",
        name="Alpha, la ville",
        kind="commune",
        valid_from=DAY,
        valid_to=None,
        where=Place("members.csv", 2),
        siret="22950127500015",
        address=("1 rue", "Bât. B"),
        payment_days=50,
        frequency="year",
    )
    bravo = Member(
        member_id="bravo",
        name="Bravo",
        kind="commune",
        valid_from=DAY,
        valid_to=None,
        where=Place("members.csv", 3),
        payer="alpha",
    )
    expected = Facts(
        members=(alpha, bravo),
        groups=(
            GroupMember(
                group="gfu", member_id="alpha", valid_from=DAY, valid_to=date(2021, 1, 1), where=Place("groups.csv", 2)
            ),
        ),
        drivers=(
            Level(
                member_id="alpha",
                name="population",
                value=Decimal("123.456789012"),
                valid_from=DAY,
                valid_to=None,
                where=Place("drivers.csv", 2),
            ),
        ),
        subscriptions=(
            Level(
                member_id="alpha",
                name="e3",
                value=Decimal(2),
                valid_from=DAY,
                valid_to=None,
                where=Place("subscriptions.csv", 2),
            ),
            Level(
                member_id="alpha",
                name="e3",
                value=Decimal(3),
                valid_from=DAY,
                valid_to=None,
                where=Place("subscriptions.csv", 3),
            ),
        ),
        resources=(
            Resource(
                resource_id="vm",
                member_id="alpha",
                valid_from=DAY,
                valid_to=date(2020, 1, 2),
                where=Place("resources.csv", 2),
            ),
            Resource(
                resource_id="vm",
                member_id="bravo",
                valid_from=date(2020, 1, 2),
                valid_to=None,
                where=Place("resources.csv", 3),
            ),
        ),
        coalitions=(
            CoalitionCost(
                game="dam",
                coalition=("alpha", "bravo"),
                cost=-1050,
                valid_from=DAY,
                valid_to=None,
                where=Place("standalone/costs.csv", 2),
            ),
        ),
    )
    assert (expected, []) == read_facts(root)


def test_only_members_are_needed(tmp_path: Path) -> None:
    """Every other register may be absent."""
    assert found(tmp_path, {}) == []


DRIVERS = "member_id,driver,value,valid_from,valid_to\n"


@pytest.mark.parametrize(
    ("content", "place", "code"),
    [
        ("", "drivers.csv", "empty-file"),
        ("\n\n", "drivers.csv", "empty-file"),
        ("member_id;driver;value;valid_from;valid_to\n", "drivers.csv:1", "not-commas"),
        ("member_id\tdriver\tvalue\tvalid_from\n", "drivers.csv:1", "not-commas"),
        ("member_id,driver,value\n", "drivers.csv:1", "missing-column"),
        ("member_id,driver,value,valid_from,note\n", "drivers.csv:1", "unknown-column"),
        ("member_id,driver,value,valid_from,\n", "drivers.csv:1", "unknown-column"),
        ("member_id,driver,driver,value,valid_from\n", "drivers.csv:1", "duplicate-column"),
        (DRIVERS + "alpha,p,1,2020-01-01,\nalpha,q,1\n", "drivers.csv:3", "truncated-row"),
        (DRIVERS + "alpha,p,1,5,2020-01-01,\n", "drivers.csv:2", "too-long-row"),
        (DRIVERS + '"al\npha",p,1,2020-01-01,\n\nalpha,p,1e3,2020-01-01,\n', "drivers.csv:2", "bad-id"),
        (DRIVERS + '"alpha","p\nq",1,2020-01-01,\n\nalpha,p,1e3,2020-01-01,\n', "drivers.csv:5", "bad-number"),
        (DRIVERS + 'alpha,"p"q,1,2020-01-01,\n', "drivers.csv:2", "broken-quotes"),
        (DRIVERS + 'alpha,p,1,2020-01-01,\nalpha,"q,1,2020-01-01,\n\n', "drivers.csv:3", "broken-quotes"),
        ((DRIVERS + "alpha,p,1,2020-01-01,\nalpha,").encode() + b"\xe9", "drivers.csv:3", "not-utf-8"),
        (DRIVERS.encode("utf-16"), "drivers.csv:1", "not-utf-8"),
        (DRIVERS + "alpha,p,,2020-01-01,\n", "drivers.csv:2", "bad-number"),
        (DRIVERS + "alpha,p,1_000,2020-01-01,\n", "drivers.csv:2", "bad-number"),
        (DRIVERS + "alpha,p, 5,2020-01-01,\n", "drivers.csv:2", "bad-number"),
        (DRIVERS + "alpha,p,+5,2020-01-01,\n", "drivers.csv:2", "bad-number"),
        (DRIVERS + "alpha,p,٥,2020-01-01,\n", "drivers.csv:2", "bad-number"),
        (DRIVERS + "alpha,p,.5,2020-01-01,\n", "drivers.csv:2", "bad-number"),
        (DRIVERS + "alpha,p,inf,2020-01-01,\n", "drivers.csv:2", "bad-number"),
        (DRIVERS + 'alpha,p,"1,5",2020-01-01,\n', "drivers.csv:2", "bad-number"),
        (DRIVERS + "alpha,p,1.0000000001,2020-01-01,\n", "drivers.csv:2", "too-many-decimals"),
        (DRIVERS + "alpha,p,1000000000000000000,2020-01-01,\n", "drivers.csv:2", "too-many-digits"),
        (DRIVERS + "alpha,p,1,2020-02-30,\n", "drivers.csv:2", "bad-date"),
        (DRIVERS + "alpha,p,1,01/02/2020,\n", "drivers.csv:2", "bad-date"),
        (DRIVERS + "alpha,p,1,20200101,\n", "drivers.csv:2", "bad-date"),
        (DRIVERS + "alpha,p,1,,\n", "drivers.csv:2", "bad-date"),
        (DRIVERS + "alpha,p,1,2020-01-01,2020-01-01\n", "drivers.csv:2", "empty-validity"),
        (DRIVERS + "alpha,,1,2020-01-01,\n", "drivers.csv:2", "empty-cell"),
        (DRIVERS + "alhpa,p,1,2020-01-01,\n", "drivers.csv:2", "unknown-member"),
        (DRIVERS + "alpha,p,1,2020-01-01,\nalpha,p,2,2021-01-01,\n", "drivers.csv:3", "overlapping-validity"),
        (DRIVERS + "alpha,p,2,2021-01-01,\nalpha,p,1,2020-01-01,\n", "drivers.csv:3", "overlapping-validity"),
    ],
)
def test_a_mistake_in_a_register_has_its_line(tmp_path: Path, content: str | bytes, place: str, code: str) -> None:
    """The header stands on line 1; lines are those of the file, with quoted line breaks and blank lines counted."""
    assert (place, code) in found(tmp_path, {"drivers.csv": content})


@pytest.mark.parametrize(
    ("files", "place", "code"),
    [
        ({"members.csv": "member_id,name,kind,valid_from\n"}, "members.csv", "no-member"),
        (
            {"members.csv": MEMBERS + "alpha,Alpha,commune,2019-01-01,2020-01-02\n"},
            "members.csv:4",
            "overlapping-validity",
        ),
        ({"members.csv": MEMBERS + "../etc,X,commune,2019-01-01,\n"}, "members.csv:4", "bad-name"),
        ({"members.csv": MEMBERS + "a+b,X,commune,2019-01-01,\n"}, "members.csv:4", "bad-name"),
        ({"members.csv": MEMBERS + " x,X,commune,2019-01-01,\n"}, "members.csv:4", "bad-id"),
        ({"members.csv": MEMBERS + ",X,commune,2019-01-01,\n"}, "members.csv:4", "empty-cell"),
        ({"members.csv": MEMBERS + "x,,commune,2019-01-01,\n"}, "members.csv:4", "empty-cell"),
        ({"groups.csv": "group,member_id,valid_from\ng,charlie,2020-01-01\n"}, "groups.csv:2", "unknown-member"),
        (
            {"groups.csv": "group,member_id,valid_from\ng,alpha,2020-01-01\ng,bravo,2020-01-01\ng,alpha,2020-01-01\n"},
            "groups.csv:4",
            "overlapping-validity",
        ),
        (
            {"resources.csv": "resource_id,member_id,valid_from\nvm,alpha,2020-01-01\nvm,bravo,2020-01-01\n"},
            "resources.csv:3",
            "overlapping-validity",
        ),
        (
            {"standalone/costs.csv": "game,coalition,cost,valid_from\nd,bravo+alpha,1,2020-01-01\n"},
            "standalone/costs.csv:2",
            "coalition-not-sorted",
        ),
        (
            {"standalone/costs.csv": "game,coalition,cost,valid_from\nd,alpha+carol,1,2020-01-01\n"},
            "standalone/costs.csv:2",
            "unknown-member",
        ),
        (
            {"standalone/costs.csv": "game,coalition,cost,valid_from\nd,alpha,1.005,2020-01-01\n"},
            "standalone/costs.csv:2",
            "too-many-decimals",
        ),
        (
            {"standalone/costs.csv": "game,coalition,cost,valid_from\nd,alpha,1,2020-01-01\nd,alpha,2,2021-01-01\n"},
            "standalone/costs.csv:3",
            "overlapping-validity",
        ),
        ({"driver.csv": DRIVERS}, "driver.csv", "unknown-file"),
        ({"usage.csv": "x\n"}, "usage.csv", "unknown-file"),
    ],
)
def test_a_mistake_across_rows_or_files_has_its_line(
    tmp_path: Path, files: dict[str, str | bytes], place: str, code: str
) -> None:
    """What is repeated is shown at the repetition."""
    assert (place, code) in found(tmp_path, files)


def test_a_workspace_without_members_says_so(tmp_path: Path) -> None:
    """The file that is missing is named once; no other register complains of unknown members."""
    (tmp_path / "drivers.csv").write_text(DRIVERS + "alpha,p,1,2020-01-01,\n")
    assert [(str(p.where), p.code) for p in read_facts(tmp_path)[1]] == [("members.csv", "missing-file")]


HEADER = "member_id,name,kind,siret,vat_number,country,payment_days,frequency,payer,valid_from,valid_to\n"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("x,X,commune,22950127500016,,,,,,2020-01-01,", "bad-identifier"),
        ("x,X,commune,2295012750001,,,,,,2020-01-01,", "bad-identifier"),
        ("x,X,commune,,FR14990000010,,,,,2020-01-01,", "bad-identifier"),
        ("x,X,commune,,990000010,,,,,2020-01-01,", "bad-identifier"),
        ("x,X,commune,,,France,,,,2020-01-01,", "bad-country"),
        ("x,X,commune,,,,trente,,,2020-01-01,", "bad-number"),
        ("x,X,commune,,,,,weekly,,2020-01-01,", "bad-frequency"),
        ("x,X,commune,,,,,,nobody,2020-01-01,", "unknown-member"),
        ("x,X,commune,,,,,,x,2020-01-01,", "payer-of-itself"),
        ("x,X,commune,,,,,,paid,2020-01-01,", "payer-of-payer"),
    ],
)
def test_a_wrong_member_is_refused(tmp_path: Path, row: str, code: str) -> None:
    """Identifiers have their check digits looked at; a payer is another member that pays for itself."""
    content = HEADER + "paid,Paid,commune,,,,,,alone,2020-01-01,\nalone,Alone,commune,,,,,,,2020-01-01,\n" + row + "\n"
    assert [("members.csv:4", code)] == found(tmp_path, {"members.csv": content})


def test_a_payer_may_have_had_a_payer_before(tmp_path: Path) -> None:
    """One level holds on each day: who was paid for until 2021 may pay from 2021 on; swiss VAT numbers are taken as
    they are."""
    content = HEADER + (
        "a,A,commune,,CHE123456789,CH,,,b,2020-01-01,2021-01-01\na,A,commune,,,,,,,2021-01-01,\n"
        "b,B,commune,,,,,,,2020-01-01,2021-01-01\nb,B,commune,,,,,,a,2021-01-01,\n"
    )
    assert found(tmp_path, {"members.csv": content}) == []


def test_all_mistakes_of_all_files_are_shown_at_once(tmp_path: Path) -> None:
    """Several wrong cells of one row, and several files."""
    expected = [
        ("groups.csv:1", "missing-column"),
        ("drivers.csv:2", "bad-date"),
        ("drivers.csv:2", "bad-number"),
        ("drivers.csv:2", "unknown-member"),
        ("drivers.csv:3", "truncated-row"),
    ]
    files: dict[str, str | bytes] = {
        "groups.csv": "group,valid_from\n",
        "drivers.csv": DRIVERS + "nobody,p,x,2020-13-01,\nalpha\n",
    }
    assert sorted(expected) == sorted(found(tmp_path, files))


def test_an_unknown_member_comes_with_the_known_ones_close_to_it(tmp_path: Path) -> None:
    """A mistake of typing is recognised; a wrong row of members.csv still makes its name known."""
    files: dict[str, str | bytes] = {
        "members.csv": MEMBERS + "charlie,Charlie,commune,someday,\n",
        "drivers.csv": DRIVERS + "charlei,p,1,2020-01-01,\ncharlie,p,1,2020-01-01,\n",
    }
    problems = read_facts(workspace(tmp_path, files))[1]
    unknown = [p.message for p in problems if p.code == "unknown-member"]
    assert unknown == [
        'member_id "charlei" is no member of members.csv: add it there or correct it here; did you mean "charlie"?'
    ]


def test_control_characters_never_reach_the_screen(tmp_path: Path) -> None:
    """A message is one plain line, whatever a cell holds."""
    problems = read_facts(workspace(tmp_path, {"drivers.csv": DRIVERS + '"al\x1b[31m\npha",p,1,2020-01-01,\n'}))[1]
    assert [str(p).isprintable() for p in problems] == [True]
    assert isinstance(problems[0], Problem)


@slow
def test_thousands_of_unknown_members_stay_quick(tmp_path: Path) -> None:
    """Close names are looked for a bounded number of times: every row still has its problem."""
    members = "member_id,name,kind,valid_from\n" + "".join(f"m{i:05d},M,commune,2020-01-01\n" for i in range(20_000))
    drivers = DRIVERS + "".join(f"x{i:05d},p,1,2020-01-01,\n" for i in range(20_000))
    assert len(found(tmp_path, {"members.csv": members, "drivers.csv": drivers})) == 20_000
