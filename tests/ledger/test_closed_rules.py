"""What a closed month used may not change: every field that moves an amount or its legal basis is named at its very
line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from chargeback.cli.app import main
from kit.issuable_scenarios import complete

PERIOD, NEXT = "2026-09", "2026-10"
SETTINGS = """[billing]
locale = "en_GB"
[vat.services]
category = "S"
rate = "20.00"
[vat.cost-sharing]
category = "E"
rate = "0.00"
reason = "Exonération, article 261 B du CGI"
reason_code = "VATEX-EU-132-1F"
[vat.contributions]
category = "O"
reason = "Hors champ"
reason_code = "VATEX-EU-O"
[numbering]
invoice = "F{year}-{sequence:05d}"
credit_note = "A{year}-{sequence:05d}"
"""
HEAD = 'id = "{0}"\nlabel = {{ fr = "{0}", en = "{0}" }}\nservice = "shared"\n'
DATED = """
[[version]]
valid_from = 2026-01-01
references = [
  { title = "Decision 1", href = "https://example.org/1" },
  { title = "Decision 2", enforceable_on = 2025-12-20 },
]
"""
RULES = {
    "storage": """kind = "rate"
vat = { default = "services", by_member = { b = "contributions" } }
group = "hosted"
quantity = { meter = "gb", measure = "sum", where = { class = "cold" } }
unit = { code = "E34", fr = "Go", en = "GB" }
"""
    + DATED
    + """model = "graduated"
tiers = [
  { up_to = "10", price = "0.30" },
  { up_to = "20", price = "0.25", fee = "6.20" },
  { price = "0.20" },
]
included = "5"
minimum = "1.00"
maximum = "900.00"
""",
    "messages": """kind = "rate"
vat = "services"
quantity = { meter = "messages", measure = "sum" }
"""
    + DATED
    + """model = "package"
package_size = "1000"
price = "6.00"
accumulate = "year"
year_starts = "04-01"
""",
    "membership": """kind = "rate"
vat = "services"
quantity = { driver = "population" }
"""
    + DATED
    + """model = "flat"
prorate = "day"
every = "year"
seniority = [
  { up_to = "1", price = "52" },
  { price = "36" },
]
""",
    "network": """kind = "allocation"
vat = "cost-sharing"
pool = "backbone"
"""
    + DATED
    + """keys = [
  { quantity = { driver = "population" }, weight = "0.5" },
  { equal = true, weight = "0.3" },
  { shares = { a = "60", b = "40" }, weight = "0.2" },
]
exclude = ["c"]
floor = { driver = "least" }
cap = "5000.00"
""",
    "balance": """kind = "allocation"
vat = "cost-sharing"
pool = "balance"
"""
    + DATED
    + """keys = [{ quantity = { meter = "gb", measure = "sum" } }]
less = [
  "storage",
  "messages",
]
less_floor = "0.00"
unattributed = "a"
""",
    "dam": """kind = "allocation"
vat = "cost-sharing"
pool = "dam"
"""
    + DATED
    + """method = "shapley"
game = "hosting"
""",
    "lift": """kind = "allocation"
vat = "cost-sharing"
pool = "lift"
"""
    + DATED
    + """method = "increments"
quantity = { driver = "floors" }
curve = [
  { at = "2", cost = "300" },
  { at = "7", cost = "650" },
]
""",
    "cooling": """kind = "transfer"
pool = "cooling"
"""
    + DATED
    + """to = { backbone = "70", lift = "30" }
""",
}
POOLS = ("backbone", "balance", "dam", "lift", "cooling")
COALITIONS = {"a": 100, "b": 120, "c": 140, "a+b": 180, "a+c": 200, "b+c": 220, "a+b+c": 300}


def made(root: Path) -> Path:
    """A workspace with a rule of each kind, all of them used in the month."""
    members = [f"{m},Member {m},commune,2026-01-01" for m in "abc"]
    files = {
        "chargeback.toml": SETTINGS,
        "members.csv": "\n".join(["member_id,name,kind,valid_from", *members]),
        "groups.csv": "group,member_id,valid_from\nhosted,a,2026-01-01\nhosted,b,2026-01-01\nothers,c,2026-01-01",
        "drivers.csv": "\n".join(
            ["member_id,driver,value,valid_from"]
            + [
                f"{m},{d},{n + 2},2026-01-01"
                for n, m in enumerate("abc")
                for d in ("population", "floors", "least", "agents")
            ]
        ),
        "usage/september.csv": "start,end,member_id,resource_id,meter,quantity,class\n"
        + "".join(f"2026-09-0{n}T00:00,2026-09-0{n}T01:00,{m},,gb,{30 * n},cold\n" for n, m in enumerate("ab", start=1))
        + "2026-09-03T00:00,2026-09-03T01:00,a,,messages,2500,\n",
        "costs/september.csv": "period,pool,account,label,amount,document\n"
        + "".join(f"{PERIOD},{pool},6,c,1000.00,d\n" for pool in POOLS),
        "standalone/costs.csv": "game,coalition,cost,valid_from\n"
        + "".join(f"{g},{c},{v},2026-01-01\n" for g in ("hosting", "other") for c, v in COALITIONS.items()),
    }
    for name, text in RULES.items():
        files[f"tariffs/{name}.toml"] = HEAD.format(name) + text
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8")
    return complete(root)


def run(root: Path, *words: str) -> int:
    """A command on a workspace."""
    return main(["-C", str(root), *words])


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A month issued and closed; tests copy it."""
    root = made(tmp_path_factory.mktemp("closed") / "w")
    assert run(root, "issue", PERIOD, "--date", "2026-10-05") == 0
    assert run(root, "close", PERIOD) == 0
    return root


def edited(closed: Path, target: Path, rule: str, old: str, new: str) -> int:
    """A copy of the workspace with one text of a rule replaced by another; the line on which the new one ends."""
    shutil.copytree(closed, target)
    path = target / f"tariffs/{rule}.toml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + new.rstrip("\n").count("\n") + 1


MOVING = [
    ("storage", 'price = "0.25"', 'price = "0.26"', "tiers"),
    ("storage", 'up_to = "20"', 'up_to = "21"', "tiers"),
    ("storage", 'fee = "6.20"', 'fee = "6.30"', "tiers"),
    ("storage", '  { price = "0.20" },', '  { up_to = "30", price = "0.20" },\n  { price = "0.10" },', "tiers"),
    ("storage", 'included = "5"', 'included = "6"', "included"),
    ("storage", 'minimum = "1.00"', 'minimum = "1.01"', "minimum"),
    ("storage", 'maximum = "900.00"', 'maximum = "901.00"', "maximum"),
    ("storage", 'model = "graduated"', 'model = "volume"', "model"),
    ("storage", 'group = "hosted"', 'group = "others"', "group"),
    ("storage", 'class = "cold"', 'class = "warm"', "quantity"),
    ("storage", 'measure = "sum"', 'measure = "max"', "quantity"),
    ("storage", 'b = "contributions"', 'b = "cost-sharing"', "vat"),
    ("storage", 'title = "Decision 1"', 'title = "Decision 3"', "references"),
    ("storage", "2025-12-20", "2025-12-21", "references"),
    ("messages", 'package_size = "1000"', 'package_size = "100"', "package_size"),
    ("messages", 'price = "6.00"', 'price = "6.01"', "price"),
    ("messages", 'year_starts = "04-01"', 'year_starts = "03-01"', "year_starts"),
    ("membership", 'price = "36"', 'price = "37"', "seniority"),
    ("membership", 'every = "year"', 'every = "quarter"', "every"),
    ("membership", 'prorate = "day"', 'prorate = "none"', "prorate"),
    ("network", 'driver = "population"', 'driver = "agents"', "keys"),
    ("network", 'b = "40"', 'b = "41"', "keys"),
    ("network", 'exclude = ["c"]', 'exclude = ["b"]', "exclude"),
    ("network", 'driver = "least"', 'driver = "agents"', "floor"),
    ("network", 'cap = "5000.00"', 'cap = "5001.00"', "cap"),
    ("network", 'pool = "backbone"', 'pool = "spine"', "pool"),
    ("balance", '  "messages"', '  "membership"', "less"),
    ("balance", 'less_floor = "0.00"', 'less_floor = "1.00"', "less_floor"),
    ("balance", 'unattributed = "a"', 'unattributed = "b"', "unattributed"),
    ("dam", 'game = "hosting"', 'game = "other"', "game"),
    ("dam", 'method = "shapley"', 'method = "scrb"', "method"),
    ("lift", 'driver = "floors"', 'driver = "agents"', "quantity"),
    ("lift", 'cost = "650"', 'cost = "651"', "curve"),
    ("cooling", 'lift = "30"', 'lift = "31"', "to"),
]


@pytest.mark.parametrize(
    ("rule", "old", "new", "field"), MOVING, ids=[f"{m[0]}-{m[3]}-{n}" for n, m in enumerate(MOVING)]
)
def test_a_field_that_moves_an_amount_is_named_with_its_line(
    closed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], rule: str, old: str, new: str, field: str
) -> None:
    """check of a later month ends with 1 and names file, line, field, version and the month that was billed with it."""
    root = tmp_path / "w"
    line = edited(closed, root, rule, old, new)
    first = line - new.count("\n")
    capsys.readouterr()
    assert run(root, "check", NEXT) == 1
    told = [text for text in capsys.readouterr().err.splitlines() if "was billed with" in text]
    assert len(told) == 1
    assert told[0].startswith(f"tariffs/{rule}.toml:{first}: {field} of the version of 2026-01-01 of {rule} is ")
    assert f"but the closed {PERIOD} was billed with" in told[0]


GONE = [
    ("storage", 'included = "5"\n', "included", "[[version]]"),
    ("storage", '  { title = "Decision 1", href = "https://example.org/1" },\n', "references", "references = ["),
    ("network", '  { equal = true, weight = "0.3" },\n', "keys", "keys = ["),
    ("cooling", ', lift = "30"', "to", "to = {"),
]


@pytest.mark.parametrize(("rule", "old", "field", "beside"), GONE, ids=[g[2] for g in GONE])
def test_what_is_taken_out_is_named_where_it_stood(
    closed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], rule: str, old: str, field: str, beside: str
) -> None:
    """A field at its version, a part of a list at the list."""
    root = tmp_path / "w"
    edited(closed, root, rule, old, "")
    if field == "keys":
        path = root / "tariffs/network.toml"
        path.write_text(path.read_text(encoding="utf-8").replace('"0.5"', '"0.8"'), encoding="utf-8")
        beside = '"0.8"'
    lines = (root / f"tariffs/{rule}.toml").read_text(encoding="utf-8").splitlines()
    line = next(n for n, text in enumerate(lines, start=1) if beside in text)
    capsys.readouterr()
    assert run(root, "check", NEXT) == 1
    told = [text for text in capsys.readouterr().err.splitlines() if "was billed with" in text]
    assert [text.split(" of the version")[0] for text in told] == [f"tariffs/{rule}.toml:{line}: {field}"]


def test_a_version_taken_out_is_named(closed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A version that begins on another day is another version: the one that was used is gone."""
    root = tmp_path / "w"
    edited(closed, root, "dam", "valid_from = 2026-01-01", "valid_from = 2026-02-01")
    capsys.readouterr()
    assert run(root, "check", NEXT) == 1
    told = capsys.readouterr().err
    assert told.startswith(
        "tariffs/dam.toml:8: the version of 2026-01-01 of dam, by which the closed 2026-09 was billed, is gone"
    )


STILL = [
    ("storage", 'en = "storage"', 'en = "Storage of files"'),
    ("storage", 'service = "shared"', 'service = "datacenter"'),
    ("storage", 'en = "GB"', 'en = "gigabytes"'),
    ("storage", 'code = "E34"', 'code = "4L"'),
    ("storage", "https://example.org/1", "https://example.org/moved"),
    ("storage", 'price = "0.30"', "price = 0.3"),
    ("storage", "valid_from = 2026-01-01\n", "valid_from = 2026-01-01\nvalid_to = 2026-10-01\n"),
    ("cooling", "valid_from = 2026-01-01\n", "valid_from = 2026-01-01\nvalid_to = 2026-12-01\n"),
    ("network", 'a = "60", b = "40"', 'b = "40", a = "60"'),
    ("balance", '  "storage",\n  "messages",', '  "messages",\n  "storage",'),
    ("lift", "[[version]]", "# A remark\n[[version]]"),
]


@pytest.mark.parametrize(("rule", "old", "new"), STILL, ids=[f"{s[0]}-{n}" for n, s in enumerate(STILL)])
def test_what_moves_no_amount_may_change(closed: Path, tmp_path: Path, rule: str, old: str, new: str) -> None:
    """Labels, services, units, links, the way a number is written, an order that counts for nothing, an end after the
    month."""
    root = tmp_path / "w"
    edited(closed, root, rule, old, new)
    assert run(root, "check", PERIOD) == 0
    assert run(root, "run", PERIOD) == 0


def test_a_new_version_after_the_closed_month(closed: Path, tmp_path: Path) -> None:
    """The mend that the message proposes: end the version, and add one with the new terms."""
    root = tmp_path / "w"
    new = (
        'valid_to = 2026-10-01\nreferences = [{ title = "Decision 1" }, { title = "Decision 2", enforceable_on = '
        "2025-12-20 }]"
    )
    shutil.copytree(closed, root)
    path = root / "tariffs/dam.toml"
    text = path.read_text(encoding="utf-8")
    ended = text.replace("valid_from = 2026-01-01\n", f"valid_from = 2026-01-01\n{new}\n")
    ended = ended.replace(DATED.split("valid_from = 2026-01-01\n")[1], "", 1)
    again = DATED.replace("2026-01-01", "2026-10-01") + 'method = "scrb"\ngame = "hosting"\n'
    path.write_text(ended + again, encoding="utf-8")
    assert run(root, "check", PERIOD) == 0
    assert run(root, "check") == 0
