"""Identifiers, in every file of a workspace: none with a space at its ends or a control character passes silently."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargeback.model.grammar import bad_id, bad_line
from chargeback.model.problem import Problem
from chargeback.workspace.inputs import read_inputs
from chargeback.workspace.registers.titres import read_titres
from kit.loading import load, put
from kit.slow import examples

SETTINGS = """[operator]
name = "Office"
[vat.services]
category = "S"
rate = "20.00"
[transfers]
method = "step-down"
order = [<pool in chargeback.toml>]
[[accounts]]
rule = <rule in accounts>
account = <account of accounts>
[[accounts]]
service = <service in accounts>
kind = <kind in accounts>
account = "2"
"""
RATE = """id = "rate"
label = { fr = "Rate" }
kind = "rate"
service = <service>
vat = { default = "services", <kind in vat> = "services", by_member = { <member in vat> = "services" } }
group = <group in a rule>
pool = <pool in a rate>
quantity = { meter = <meter in a rule>, measure = "sum", where = { <tag in where> = <value in where> } }
[[version]]
valid_from = 2020-01-01
references = [{ title = "Act" }]
model = "flat"
price = "1"
"""
SEATS = """id = "seats"
label = { fr = "Seats" }
kind = "rate"
vat = "services"
quantity = { subscription = <item in a rule> }
[[version]]
valid_from = 2020-01-01
references = [{ title = "Act" }]
model = "flat"
price = "1"
"""
SHARED = """id = "shared"
label = { fr = "Shared" }
kind = "allocation"
vat = "services"
pool = <pool in an allocation>
[[version]]
valid_from = 2020-01-01
references = [{ title = "Act" }]
keys = [
  { quantity = { driver = <driver in a rule> }, weight = "0.4" },
  { quantity = { charges = [<rule in charges>] }, weight = "0.3" },
  { shares = { <member in shares> = "1" }, weight = "0.3" },
]
exclude = [<member in exclude>]
unattributed = <member in unattributed>
game = <game in a rule>
"""
MOVED = """id = "moved"
label = { fr = "Moved" }
kind = "transfer"
pool = <pool in a transfer>
[[version]]
valid_from = 2020-01-01
references = [{ title = "Act" }]
to = { <pool in to> = "1" }
"""
FILES = {
    "chargeback.toml": SETTINGS,
    "members.csv": "member_id,name,kind,payer,successor,service_code,engagement,valid_from\n"
    "<member>,A,<kind>,,,<service code>,<engagement>,2020-01-01\nb,B,c,<payer>,<successor>,,,2020-01-01\n",
    "groups.csv": "group,member_id,valid_from\n<group>,<member of a group>,2020-01-01\n",
    "drivers.csv": "member_id,driver,value,valid_from\n<member of a driver>,<driver>,1,2020-01-01\n",
    "subscriptions.csv": "member_id,item,quantity,valid_from\n<member of an item>,<item>,1,2020-01-01\n",
    "resources.csv": "resource_id,member_id,valid_from\n<resource>,<member of a resource>,2020-01-01\n",
    "standalone/costs.csv": "game,coalition,cost,valid_from\n<game>,<coalition>,1,2020-01-01\n",
    "usage/u.csv": "start,end,member_id,resource_id,meter,quantity,<tag>\n"
    "2026-09-01T00:00Z,,<member in usage>,<resource in usage>,<meter>,1,<value of a tag>\n",
    "costs/c.csv": "period,pool,account,label,amount,document\n2026-09,<pool>,<account>,label,1,d\n",
    "budget/b.csv": "year,pool,amount\n2026,<pool of a budget>,1\n",
    "payments/p.csv": "invoice,date,amount\n<invoice>,2026-09-01,1\n",
    "titres/t.csv": "invoice,year,bordereau,titre\n<invoice of a titre>,2026,<bordereau>,<titre>\n",
    "tariffs/rate.toml": RATE,
    "tariffs/seats.toml": SEATS,
    "tariffs/shared.toml": SHARED,
    "tariffs/moved.toml": MOVED,
}
NAMES = sorted({part.partition(">")[0] for text in FILES.values() for part in text.split("<")[1:]})
SPACES = [" ", "  ", "\u00a0", "\u202f", "\u3000"]
JUNK = st.sampled_from([*SPACES, "\t", "\n", "\r", "\0", "\x1f", "\x7f", "\x85", "\u2028"])
INNER = st.sampled_from(["\t", "\n", "\r", "\0", "\x1b", "\x7f", "\x9f", "\u2028", "\ufeff", "\u200b"])


def written(path: str, name: str, values: dict[str, str]) -> str:
    """Identifier as a cell between quotes, or as a TOML text."""
    text = values.get(name, "a")
    if path.endswith(".toml"):
        return json.dumps(text).replace("\x7f", "\\u007f")
    return '"' + text + '"'


def workspace(root: Path, values: dict[str, str]) -> Path:
    """The files, with the identifiers given, ``a`` for the others."""
    files: dict[str, str | bytes] = {}
    for path, text in FILES.items():
        parts = [part.partition(">") for part in text.split("<")]
        files[path] = parts[0][0] + "".join(written(path, name, values) + rest for name, _, rest in parts[1:])
    return put(root, files)


def named(root: Path) -> list[Problem]:
    """Every problem of the readers of all files."""
    found = [*read_inputs(root).problems, *load(root).problems, *read_titres(root)[1]]
    return [problem for problem in found if problem.code in ("bad-id", "bad-reference")]


def test_right_identifiers_are_no_problem(tmp_path: Path) -> None:
    """Accents, spaces inside and signs are allowed."""
    assert named(workspace(tmp_path, {})) == []
    assert named(workspace(tmp_path, {name: "é 1.0°-x/2" for name in NAMES if name not in NOT_FREE})) == []


NOT_FREE = ("member", "bordereau", "titre", "coalition", *(name for name in NAMES if name.startswith("member ")))


@settings(deadline=None, max_examples=examples(15, 1500))
@given(name=st.sampled_from(NAMES), junk=JUNK, inner=INNER, place=st.sampled_from(["before", "after", "inside"]))
def test_no_odd_identifier_passes_in_any_file(name: str, junk: str, inner: str, place: str) -> None:
    """A space, a tab, NUL or another control character is a problem at its file and line, wherever it is."""
    odd = {"before": f"{junk}a", "after": f"a{junk}", "inside": f"a{inner}a"}[place]
    with TemporaryDirectory() as folder:
        root = workspace(Path(folder), {name: odd})
        [path] = [path for path, text in FILES.items() if f"<{name}>" in text]
        assert any(p.where.path == path and p.where.line for p in named(root)), (name, odd)


@settings(deadline=None, max_examples=examples(8, 200))
@given(column=st.sampled_from(["member_id", "resource_id", "meter", "tag"]), junk=JUNK)
def test_no_odd_identifier_passes_in_parquet(column: str, junk: str) -> None:
    """Parquet files are read by the same grammar: the place is the row."""
    values = {"member_id": "a", "resource_id": "r", "meter": "m", "tag": "t"} | {column: f"x{junk}"}
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "usage").mkdir()
        con = duckdb.connect()
        con.execute(
            'create table t (start varchar, "end" varchar, member_id varchar, resource_id varchar, '
            "meter varchar, quantity integer, tag varchar)"
        )
        con.execute("insert into t values ('2026-09-01T00:00Z', null, ?, ?, ?, 1, ?)", list(values.values()))
        con.table("t").write_parquet(str(root / "usage/u.parquet"))
        assert [(p.where.path, p.where.line, p.code) for p in load(root).problems] == [("usage/u.parquet", 1, "bad-id")]


@pytest.mark.parametrize(("column", "code"), [("pool", "bad-id"), ("account", "bad-id"), ("label", "bad-line")])
def test_no_odd_identifier_passes_in_a_workbook(tmp_path: Path, column: str, code: str) -> None:
    """The place is the cell."""
    values = {"period": "2026-09", "pool": "p", "account": "6", "label": "l", "amount": 1, "document": "d"}
    book = openpyxl.Workbook()
    book.active.append(list(values))  # type: ignore[union-attr]
    book.active.append(list((values | {column: "x\n"}).values()))  # type: ignore[union-attr]
    (tmp_path / "costs").mkdir()
    book.save(tmp_path / "costs/c.xlsx")
    cell = {"pool": "B2", "account": "C2", "label": "D2"}[column]
    assert [(f"Sheet!{cell}", code)] == [(p.where.cell, p.code) for p in load(tmp_path).problems]


@given(text=st.text(min_size=1))
def test_the_identifier_that_is_proposed_is_right(text: str) -> None:
    """What a message proposes is accepted, and a line is never stricter than an identifier."""
    wrong = bad_id(text)
    if wrong is None:
        assert text == text.strip()
        assert bad_line(text) is None
    elif "resembles" in str(wrong):
        proposed = str(wrong).rpartition(": write ")[2].removesuffix(", which it resembles")[1:-1]
        assert bad_id(proposed) is None
