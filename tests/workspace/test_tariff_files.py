"""Rules read straight from their files: every mistake at its line, in a sentence, all of a file at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from chargeback.model.problem import Place, in_order
from chargeback.model.rules import Quantity, Rule, Unit
from chargeback.workspace.tariffs.read import read_rule, read_rules

RATE = """id = "rate"
label = { fr = "vCPU", en = "vCPU" }
service = "compute"
kind = "rate"
vat = "services"
quantity = { meter = "vcpu", measure = "integral" }
unit = { code = "HUR", fr = "vCPU·h" }

[[version]]
valid_from = 2026-01-01
references = [{ title = "Decision" }]
model = "flat"
price = "0.02"
"""
TIERED = """id = "tiered"
label = { fr = "Postes" }
kind = "rate"
vat = "services"
quantity = { subscription = "seat" }

[[version]]
valid_from = 2026-01-01
references = [{ title = "Decision" }]
model = "graduated"
tiers = [
  { up_to = "10", price = "5.00" },
  { up_to = "20", price = "4.50", fee = "1.00" },
  { price = "4.00" },
]
"""
KEYED = """id = "keyed"
label = { fr = "Réseau" }
kind = "allocation"
vat = "cost-sharing"
pool = "network"

[[version]]
valid_from = 2026-01-01
references = [{ title = "Decision" }]
keys = [
  { quantity = { driver = "headcount" }, weight = "0.8" },
  { equal = true, weight = "0.2" },
]
"""
SERIAL = """id = "serial"
label = { fr = "Baie" }
kind = "allocation"
vat = "cost-sharing"
pool = "rack"

[[version]]
valid_from = 2026-01-01
references = [{ title = "Decision" }]
method = "serial"
quantity = { driver = "kw" }
curve = [
  { at = "10", cost = "100.00" },
  { at = "20", cost = "150.00" },
]
"""
TRANSFER = """id = "transfer"
label = { fr = "Froid" }
kind = "transfer"
pool = "cooling"

[[version]]
valid_from = 2026-01-01
references = [{ title = "Decision" }]
to = { network = "70", hosting = "30" }
"""
BASELINE = """id = "baseline"
label = { fr = "Seul" }
kind = "baseline"
quantity = { meter = "vcpu", measure = "sum" }
replaces = ["rate"]

[[version]]
valid_from = 2026-01-01
references = [{ title = "Price list" }]
model = "flat"
price = "0.05"
"""
BASES = {"rate": RATE, "tiered": TIERED, "keyed": KEYED, "serial": SERIAL, "transfer": TRANSFER, "baseline": BASELINE}


def read(folder: Path, name: str, content: str | bytes) -> tuple[Rule | None, list[str]]:
    """A rule file of this content: the rule, and the problems as ``LINE: MESSAGE [CODE]``."""
    path = folder / f"{name}.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    rule, problems = read_rule(path, f"tariffs/{name}.toml")
    assert {p.where.path for p in problems} <= {f"tariffs/{name}.toml"}
    return rule, [f"{p.where.line}: {p.message} [{p.code}]" for p in in_order(problems)]


@pytest.mark.parametrize("name", sorted(BASES))
def test_a_whole_rule_has_no_problem(name: str, tmp_path: Path) -> None:
    """The rules that the mistakes below are made in are right."""
    rule, problems = read(tmp_path, name, BASES[name])
    assert problems == []
    assert rule is not None
    assert rule.id == name


@pytest.mark.parametrize(
    ("name", "find", "put"),
    [
        ("rate", '"0.02"', "0.02"),
        ("rate", '"0.02"', '"-0.02"'),
        ("rate", '"0.02"', "2"),
        ("rate", "2026-01-01", '"2026-01-01"'),
        ("rate", 'vat = "services"', 'vat = { default = "a", customer = "b", by_member = { x = "c" } }'),
    ],
)
def test_what_may_be_written_so(name: str, find: str, put: str, tmp_path: Path) -> None:
    """Numbers and dates quoted or not, a negative price, a table of regimes."""
    assert BASES[name].count(find) == 1
    assert read(tmp_path, name, BASES[name].replace(find, put))[1] == []


def mistakes() -> Iterator[tuple[str, str, str, list[str]]]:
    """The mistakes of tariff_mistakes.txt: rule, text, what is put in its place, the problems expected."""
    lines = (Path(__file__).parent / "tariff_mistakes.txt").read_text(encoding="utf-8").splitlines()
    found: list[tuple[str, str, str, list[str]]] = []
    for line in lines:
        if line.startswith("    "):
            found[-1][3].append(line.strip())
        elif line and not line.startswith("#"):
            name, _, change = line.partition(" | ")
            find, _, put = change.partition(" ==> ")
            found.append((name, find.replace(r"\n", "\n"), put.replace(r"\n", "\n"), []))
    yield from found


@pytest.mark.parametrize(("name", "find", "put", "expected"), list(mistakes()))
def test_a_mistake_has_its_line_and_its_sentence(
    name: str, find: str, put: str, expected: list[str], tmp_path: Path
) -> None:
    """One thing of a whole rule is changed: the line, the sentence and the kind of each problem, and no rule."""
    assert BASES[name].count(find) == 1
    _, problems = read(tmp_path, name, BASES[name].replace(find, put))
    assert problems == expected


def test_numbers_are_exact_and_dates_are_days(tmp_path: Path) -> None:
    """Quoted or not, a number is the decimal written, a date the day written."""
    rule, _ = read(tmp_path, "rate", RATE.replace('"0.02"', "0.10").replace("2026-01-01", '"2026-01-01"'))
    assert rule is not None
    version = rule.versions[0]
    assert (str(version.price), version.valid_from) == ("0.10", date(2026, 1, 1))
    assert version.price == Decimal("0.1")
    assert rule.quantity == Quantity(meter="vcpu", measure="integral")
    assert rule.unit == Unit(code="HUR", fr="vCPU·h")


def test_versions_are_in_the_order_of_their_dates_with_their_lines(tmp_path: Path) -> None:
    """A file may name its versions in any order; places follow them, so a problem of the month has its line."""
    later = "\n[[version]]\nvalid_from = 2025-01-01\nvalid_to = 2026-01-01\n" + RATE[RATE.index("references") :]
    rule, problems = read(tmp_path, "rate", RATE + later)
    assert problems == []
    assert rule is not None
    assert [v.valid_from.year for v in rule.versions] == [2025, 2026]
    assert [rule.where(f"version.{n}.price") for n in (0, 1)] == [
        Place("tariffs/rate.toml", 20),
        Place("tariffs/rate.toml", 13),
    ]
    assert rule.where("version.0.price.nothing") == Place("tariffs/rate.toml", 20)
    assert rule.where("nothing") == Place("tariffs/rate.toml", 1)


def test_versions_out_of_order_that_overlap(tmp_path: Path) -> None:
    """Two versions in force on one day are told at the later one, wherever it stands in the file."""
    earlier = "\n[[version]]\nvalid_from = 2025-01-01\nvalid_to = 2026-01-02\n" + RATE[RATE.index("references") :]
    expected = (
        "10: two versions of rate are in force on 2026-01-01: the one of 2025-01-01 lasts until 2026-01-02; "
        "close it with valid_to = 2026-01-01 [versions-overlap]"
    )
    assert read(tmp_path, "rate", RATE + earlier)[1] == [expected]


def test_the_day_that_no_version_covers_is_near_the_one_that_ends(tmp_path: Path) -> None:
    """A gap is told where a version ends before it, else where the first begins."""
    rule, _ = read(tmp_path, "rate", RATE.replace("2026-01-01", "2026-01-01\nvalid_to = 2026-07-01"))
    assert rule is not None
    assert rule.near(date(2026, 7, 1)) == Place("tariffs/rate.toml", 11)
    assert rule.near(date(2025, 12, 31)) == Place("tariffs/rate.toml", 10)


def test_the_lines_of_a_table_over_several_lines(tmp_path: Path) -> None:
    """A list may go over several lines, with comments: each element has its own line."""
    text = TIERED.replace('  { up_to = "20"', '  # the second\n\n  { up_to = "x"')
    assert read(tmp_path, "tiered", text)[1] == [
        '15: up_to of tier 2 is "x": expected a number, as "12.50" [bad-number]'
    ]


def test_all_mistakes_of_a_file_at_once(tmp_path: Path) -> None:
    """Unknown fields, wrong values and a missing reference are told together; an odd number is told once."""
    text = RATE.replace("service", "serivce").replace('"vCPU", en', "3, en").replace('"0.02"', "1_0.5")
    text = text.replace('references = [{ title = "Decision" }]\n', "")
    assert [p.partition(" ")[0] + p.rpartition(" ")[2] for p in read(tmp_path, "rate", text)[1]] == [
        "2:[bad-field]",
        "3:[unknown-field]",
        "9:[missing-field]",
        "12:[bad-number]",
    ]


def test_a_version_that_is_no_table(tmp_path: Path) -> None:
    """Numbers where versions are expected."""
    text = RATE[: RATE.index("[[version]]")] + "version = [3]\n"
    assert read(tmp_path, "rate", text)[1] == [
        "9: version 1 is 3: expected a table, as [[version]] with its fields below [bad-field]"
    ]


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbf" + RATE.encode(), RATE.replace("\n", "\r\n").encode(), RATE.rstrip("\n").encode()],
    ids=["bom", "crlf", "no-end-of-line"],
)
def test_a_file_as_other_systems_write_it(content: bytes, tmp_path: Path) -> None:
    """A byte order mark, CRLF and a last line without end are accepted, and lines stay right."""
    rule, problems = read(tmp_path, "rate", content)
    assert problems == []
    assert rule is not None
    assert rule.where("version.0.price").line == 13


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            b"",
            (
                "None: the file holds no rule: write id, label, service, kind and a [[version]], or delete the file "
                "[empty-file]"
            ),
        ),
        (
            b"\xef\xbb\xbf\r\n",
            (
                "None: the file holds no rule: write id, label, service, kind and a [[version]], or delete the file "
                "[empty-file]"
            ),
        ),
        (
            b"id = 'x'\nlabel = '\xe9'\n",
            "2: the file is not in UTF-8 (first seen on this line): save it again with the encoding UTF-8 [not-utf-8]",
        ),
        (
            b"id = \n",
            (
                "1: the file is not valid TOML: there is no value here, or a text without quotes: write name = 12 or "
                'name = "text" [not-toml]'
            ),
        ),
        (
            b'id = "a"\nid = "b"\n',
            "2: the file is not valid TOML: this name stands twice in its table: keep one of them [not-toml]",
        ),
        (
            b"a = { b = 1, b = 2 }\n",
            "1: the file is not valid TOML: this name stands twice in its table: keep one of them [not-toml]",
        ),
        (
            b"[a]\n[a]\n",
            "2: the file is not valid TOML: this name stands twice in its table: keep one of them [not-toml]",
        ),
        (
            b'id = "a\n',
            "1: the file is not valid TOML: a text is not closed: put a quote at its end, on the same line [not-toml]",
        ),
        (
            b"id = 'a\n",
            "1: the file is not valid TOML: a text is not closed: put a quote at its end, on the same line [not-toml]",
        ),
        (
            b"keys = [1\n",
            (
                "1: the file is not valid TOML: a [ or { is not closed: put its ] or } after the last value, a } on "
                "the line of its { [not-toml]"
            ),
        ),
        (
            b"[version\n",
            (
                "1: the file is not valid TOML: a [ or { is not closed: put its ] or } after the last value, a } on "
                "the line of its { [not-toml]"
            ),
        ),
        (
            b"id\n",
            '1: the file is not valid TOML: a name is followed by = and its value: write name = "text" [not-toml]',
        ),
        (
            b"= 1\n",
            (
                "1: the file is not valid TOML: this is no line of a TOML file: write name = value, [table], "
                "[[table]] or # a comment [not-toml]"
            ),
        ),
        (
            b"a = 1 2\n",
            (
                "1: the file is not valid TOML: something stands after the value, or the value is not well written: "
                'one setting a line, a text between quotes, as name = "text" [not-toml]'
            ),
        ),
        (
            b"a = 2026-02-30\n",
            (
                "1: the file is not valid TOML: there is no such day or hour in the calendar: write a date as "
                "2026-01-31 [not-toml]"
            ),
        ),
        (
            b'a = "C:\\tarifs"\nb = "\\d"\n',
            (
                "2: the file is not valid TOML: a text between double quotes holds a single \\: double it, or put "
                "the text between single quotes [not-toml]"
            ),
        ),
        (
            b'a = "\\ud800"\n',
            (
                "1: the file is not valid TOML: a text holds an escape that is no character: write the character "
                "itself [not-toml]"
            ),
        ),
        (
            b'a = "\x01"\n',
            (
                "1: the file is not valid TOML: an invisible character stands here, which no text may hold: take it "
                "out [not-toml]"
            ),
        ),
        (
            b"a = " + b"[" * 5000 + b"]" * 5000,
            "1: the file holds hundreds of brackets within each other: take the needless ones out [not-toml]",
        ),
        (
            b"b = 1\na = " + b"9" * 5000,
            (
                "2: the file holds a number of thousands of digits: a number has at most 18 digits before the point "
                "[not-toml]"
            ),
        ),
    ],
)
def test_a_file_that_is_no_rule(content: bytes, expected: str, tmp_path: Path) -> None:
    """What cannot be read as TOML at all, told in words for who wrote it."""
    assert read(tmp_path, "x", content) == (None, [expected])


def test_a_huge_file_is_read_in_a_moment(tmp_path: Path) -> None:
    """Thousands of versions cost a time in proportion, not its square."""

    def seconds(versions: int) -> float:
        term = RATE[RATE.index("references") :]
        days = [date.fromordinal(date(1900, 1, 1).toordinal() + n) for n in range(versions + 1)]
        spans = pairwise(days)
        text = RATE[: RATE.index("[[version]]")] + "".join(
            f"[[version]]\nvalid_from = {a}\nvalid_to = {b}\n{term}\n" for a, b in spans
        )
        start = time.perf_counter()
        rule, problems = read(tmp_path, "rate", text)
        assert problems == []
        assert rule is not None
        assert len(rule.versions) == versions
        return time.perf_counter() - start

    assert seconds(4000) < 40 * seconds(400)


def test_the_rules_of_a_folder(tmp_path: Path) -> None:
    """Rules are sorted by id; a good one is read beside a bad one; hidden files and other files are left alone."""
    for name in ("tiered", "rate"):
        (tmp_path / f"{name}.toml").write_text(BASES[name], encoding="utf-8")
    (tmp_path / "bad.toml").write_text("id = ", encoding="utf-8")
    (tmp_path / ".rate.toml").write_text("x", encoding="utf-8")
    (tmp_path / "README.md").write_text("x", encoding="utf-8")
    rules, problems = read_rules(tmp_path, "../tariffs")
    assert [rule.id for rule in rules] == ["rate", "tiered"]
    assert [str(p.where) for p in problems] == ["../tariffs/bad.toml:1"]


@pytest.mark.parametrize("name", ["rate.toml.txt", "rate.TOML", "2026/rate.toml"])
def test_a_rule_that_nobody_would_read(name: str, tmp_path: Path) -> None:
    """Another suffix, or a folder within: a problem, not silence."""
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(RATE, encoding="utf-8")
    rules, problems = read_rules(tmp_path, "tariffs")
    assert rules == ()
    assert [(str(p.where), p.code) for p in problems] == [(f"tariffs/{name}", "unknown-file")]


def test_a_folder_in_the_place_of_a_rule_and_of_the_rules(tmp_path: Path) -> None:
    """A folder named as a rule is told; so is a folder of rules that is not there."""
    (tmp_path / "rate.toml").mkdir()
    assert [(str(p.where), p.code) for p in read_rules(tmp_path, "tariffs")[1]] == [
        ("tariffs/rate.toml", "unreadable-file")
    ]
    assert [(str(p.where), p.code) for p in read_rules(tmp_path / "none", "tariffs")[1]] == [
        ("tariffs", "missing-tariffs")
    ]
