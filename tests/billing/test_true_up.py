"""Instalments and the true-up of the year: hand-calculated years, what is billed equals the cost, refusals in words."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from chargeback.billing.true_up import year_context
from chargeback.charging.metering.answers import Answer, Reading
from chargeback.charging.questions import answers_over_months
from chargeback.charging.sharing.instalments import instalments_called
from chargeback.cli.app import main
from chargeback.model.facts import Budget, CoalitionCost, Facts
from chargeback.model.period import Period
from kit.builders import NOWHERE, level, member
from kit.paths import MUSEUM
from kit.slow import slow
from kit.true_ups import FACTS, SETTINGS, rule, settled, shares


@pytest.mark.parametrize(
    ("keys", "cost", "expected"),
    [
        ([{"equal": True}], 91100, {"argenteuil": 36500, "bezons": 36500, "cergy": 18100}),
        (
            [{"quantity": {"driver": "population"}}],
            146000,
            {"argenteuil": 36500, "bezons": 91400, "cergy": 18100},
        ),
        ([{"shares": {"argenteuil": "1", "cergy": "2"}}], 72700, {"argenteuil": 36500, "cergy": 36200}),
        (
            [{"quantity": {"meter": "gb", "measure": "sum"}}],
            100000,
            {"argenteuil": 20000, "bezons": 30000, "cergy": 50000},
        ),
    ],
)
def test_a_year_is_shared_once_by_days_of_presence(keys: object, cost: int, expected: dict[str, int]) -> None:
    """A member of 181 days of 365 counts for 181; a level for each of its days; use for all of it, a leaver's too."""
    used = {("argenteuil", ""): 2, ("bezons", ""): 3, ("cergy", ""): 5}
    answer = Answer({unit: Reading(Fraction(value)) for unit, value in used.items()})
    ctx = year_context(2025, SETTINGS, FACTS, {("network", "2020-01-01:0:0"): answer}, ())
    found, problems = settled(rule(keys), [cost, *[0] * 11], ctx)
    assert (problems, shares(found)) == ((), expected)


def test_a_floor_is_due_for_each_month_of_presence() -> None:
    """10.00 a month: 120.00 for the year, 60.00 for who was there from January to June."""
    ctx = year_context(2025, SETTINGS, FACTS, {}, ())
    ruled = rule([{"shares": {"argenteuil": "1"}}], floor="10.00")
    found, problems = settled(ruled, [30000, *[0] * 11], ctx)
    assert (problems, shares(found)) == ((), {"argenteuil": 12000, "bezons": 12000, "cergy": 6000})


def test_a_version_of_july_has_its_days_of_the_cost() -> None:
    """365.00 of a year cut on 1 July: 181.00 by the first keys, 184.00 by the second."""
    first = rule([{"shares": {"argenteuil": "1"}}], valid_to=date(2025, 7, 1))
    second = rule([{"shares": {"bezons": "1"}}], valid_from=date(2025, 7, 1))
    both = first.model_copy(update={"version": (*first.versions, *second.versions)})
    found, problems = settled(both, [36500, *[0] * 11], year_context(2025, SETTINGS, FACTS, {}, ()))
    assert (problems, shares(found)) == ((), {"argenteuil": 18100, "bezons": 18400})


def test_the_months_of_a_measure_that_cannot_be_added_are_added() -> None:
    """The maximum of January and that of February; a member of one month only has that one."""
    january = Answer({("a", ""): Reading(Fraction(10)), ("b", ""): Reading(Fraction(1))}, Fraction(1))
    february = Answer({("a", ""): Reading(Fraction(5))}, Fraction(2))
    found = answers_over_months({("r", "v:0:0 in 2025-01-01"): january, ("r", "v:0:0 in 2025-02-01"): february})
    assert {unit: r.value for unit, r in found["r", "v:0:0"].readings.items()} == {("a", ""): 15, ("b", ""): 1}
    assert found["r", "v:0:0"].unattributed == 3


@pytest.mark.parametrize("budget", [0, 1, 11, 12, 13, 100000, -100001])
def test_the_twelfths_are_the_budget(budget: int) -> None:
    """Twelve instalments add up to the budget, the cents left over to the first months."""
    facts = Facts(budgets=(Budget(2025, "network", budget, NOWHERE), Budget(2026, "network", 5, NOWHERE)))
    amounts = [
        instalments_called([rule([{"equal": True}])], facts, Period(2025, month)).by_pool["network"].amount
        for month in range(1, 13)
    ]
    assert sum(amounts) == budget
    assert sorted(amounts, key=abs, reverse=True) == amounts
    assert max(amounts) - min(amounts) in (0, 1)


@pytest.mark.parametrize("seed", range(200))
def test_what_is_called_is_the_cost(seed: int) -> None:
    """In random years instalments, payments in advance and true-up are the cost of the pool to the cent, and each
    member bears its share of the year, whatever it was called for."""
    dice = random.Random(seed)
    names = [f"m{n}" for n in range(dice.randint(1, 9))]
    members, drivers = [], []
    for name in names:
        start = date(2025, 1, 1) + timedelta(days=dice.randint(-400, 300) if name != "m0" else -1)
        end = start + timedelta(days=dice.randint(366, 900)) if dice.random() < 0.5 else None
        members.append(member(name, valid_from=start, valid_to=end))
        drivers.append(level(name, dice.randint(1, 1000)))
    instalments = {n: dice.randint(-500, 90000) for n in names}
    prefinanced = {n: dice.randint(0, 900) for n in names[::2]}
    costs = [dice.randint(-2000, 90000) for _ in range(12)]
    keys = [{"quantity": {"driver": "population"}, "weight": "0.7"}, {"equal": True, "weight": "0.3"}]
    facts = Facts(members=tuple(members), drivers=tuple(drivers))
    ctx = year_context(2025, SETTINGS, facts, {}, ())
    found, problems = settled(rule(keys), costs, ctx, instalments, prefinanced)
    assert found is not None, problems
    assert (found.gap, sum(row.share for row in found.rows)) == (0, sum(costs))
    for row in found.rows:
        assert row.instalments + row.prefinanced + row.difference == row.share


def allocation(terms: str = "") -> str:
    return f"""id = "network"
kind = "allocation"
label = {{ fr = "Réseau mutualisé", en = "Shared network" }}
service = "network"
vat = "cost-sharing"
pool = "network"

[[version]]
valid_from = 2025-01-01
references = [{{ title = "Delibération du budget" }}]
billing = "instalments"
keys = [{{ equal = true }}]
{terms}"""


RATE = """id = "ports"
kind = "rate"
label = { fr = "Ports", en = "Ports" }
service = "network"
vat = "cost-sharing"
pool = "network"
quantity = { subscription = "port" }

[[version]]
valid_from = 2025-01-01
references = [{ title = "Delibération du budget" }]
model = "flat"
price = "1.00"
"""


@pytest.fixture
def year(tmp_path: Path) -> Path:
    """A workspace of 2025: a budget of 1,200.00, called since December, a cost of 1,822.00, a leaver on 1 July, ports
    paid in advance."""
    root = tmp_path / "year"
    files = {
        "members.csv": "member_id,name,kind,siret,address,postal_code,city,country,valid_from,valid_to\n"
        "argenteuil,Argenteuil,commune,99000002800011,1 rue Haute,95100,Argenteuil,FR,2020-01-01,\n"
        "bezons,Bezons,commune,99000003600014,2 rue Basse,95870,Bezons,FR,2020-01-01,\n"
        "cergy,Cergy,commune,99000003600014,3 rue Basse,95000,Cergy,FR,2020-01-01,2025-07-01\n",
        "subscriptions.csv": "member_id,item,quantity,valid_from,valid_to\nbezons,port,5,2025-01-01,\n",
        "budget/budgets.csv": "year,pool,amount\n2025,network,1200.00\n2026,network,1200.00\n",
        "costs/2025.csv": "period,pool,account,label,amount,document\n"
        "2025-01,network,6110,Fibre,1000.00,D-1\n2025-06,network,6110,Fibre,822.00,D-2\n",
        "tariffs/network.toml": allocation(),
        "tariffs/ports.toml": RATE,
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    settings = (MUSEUM / "base" / "chargeback.toml").read_text(encoding="utf-8")
    since = '\n[true_up.since]\nnetwork = "2025-12"\n'
    (root / "chargeback.toml").write_text(settings + since, encoding="utf-8")
    return root


def told(root: Path, capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str, str]:
    code = main(["-C", str(root), *command])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_year_from_instalments_to_its_proof(year: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Refused before December is closed; then 730.00, 730.00 and 362.00 of 1,822.00 less what was called, billed in
    February. Until then 1,717.00 are a gap, as no document is issued."""
    before = "the true-up of 2025 cannot be drawn up: 2025-12 is not closed"
    code, _, err = told(year, capsys, "true-up", "2025")
    assert (code, err.startswith(before)) == (1, True)
    assert told(year, capsys, "issue", "2025-12", "--date", "2026-01-05")[0] == 0
    assert told(year, capsys, "close", "2025-12")[0] == 0
    code, out, _ = told(year, capsys, "true-up", "2025", "--json", "--pdf", str(year / "proof.pdf"))
    (pool,) = json.loads(out)["pools"]
    assert (code, (year / "proof.pdf").read_bytes()[:5]) == (0, b"%PDF-")
    proof = [pool[name] for name in ("cost", "instalments", "prefinanced", "true_up", "billed", "gap")]
    assert proof == ["1822.00", "100.00", "5.00", "1717.00", "105.00", "1717.00"]
    assert {name: cents for name, cents in pool["gap_parts"].items() if cents != "0.00"} == {"not_issued": "1717.00"}
    rows = [(m["member_id"], m["share"], m["instalments"], m["prefinanced"], m["difference"]) for m in pool["members"]]
    assert rows == [
        ("argenteuil", "730.00", "50.00", "0.00", "680.00"),
        ("bezons", "730.00", "50.00", "5.00", "675.00"),
        ("cergy", "362.00", "0.00", "0.00", "362.00"),
    ]
    assert [m["documents"] for m in pool["members"]] == [["F2026-00001"], ["F2026-00002"], []]
    settings = year / "chargeback.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + '\n[true_up]\n2025 = "2026-02"\n', encoding="utf-8")
    assert told(year, capsys, "run", "2026-02", "--no-documents")[0] == 0
    charges = (year / "out" / "2026-02" / "charges.csv").read_text(encoding="utf-8").splitlines()
    adjusted = [row.split(",") for row in charges if ",adjustment," in row]
    assert [(row[1], row[2], row[3], row[11]) for row in adjusted] == [
        ("argenteuil", "network", "2025-01-01", "680.00"),
        ("bezons", "network", "2025-01-01", "675.00"),
        ("cergy", "network", "2025-01-01", "362.00"),
    ]
    assert "true-up 2025, network 1822.00: share 730.00, instalments 50.00 (F2026-00001 50.00)" in charges[1]
    assert told(year, capsys, "issue", "2026-02", "--date", "2026-03-05")[0] == 0
    code, out, _ = told(year, capsys, "verify", "--json")
    assert (code, [c["faults"] for c in json.loads(out)["checks"] if c["faults"]]) == (0, [])


def test_a_true_up_waits_for_december(year: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The month that [true_up] names is refused before December is closed, at its line; other months are not."""
    settings = year / "chargeback.toml"
    text = settings.read_text(encoding="utf-8") + '\n[true_up]\n2025 = "2026-02"\n'
    settings.write_text(text, encoding="utf-8")
    code, _, err = told(year, capsys, "check", "2026-02")
    line = text.splitlines().index('2025 = "2026-02"') + 1
    begin = f'chargeback.toml:{line}: true_up 2025 = "2026-02", but 2025-12 is not closed'
    assert (code, err.startswith(begin)) == (1, True)
    assert told(year, capsys, "check", "2026-03")[0] == 0


def test_a_game_shares_each_month_among_its_members() -> None:
    """A game is weighed by no day: each month bears its days of 365.00, halved from January to June, then whole for who
    stayed."""
    version = {"method": "shapley", "game": "links"}
    ruled = rule([], **version).model_copy(update={"pool": "network"})
    names = ("argenteuil", "cergy", "argenteuil+cergy")
    rows = [
        CoalitionCost(
            game="links",
            coalition=tuple(n.split("+")),
            cost=5000,
            valid_from=date(2020, 1, 1),
            valid_to=None,
            where=NOWHERE,
        )
        for n in names
    ]
    facts = replace(FACTS, coalitions=tuple(rows))
    found, problems = settled(ruled, [36500, *[0] * 11], year_context(2025, SETTINGS, facts, {}, ()))
    assert (problems, shares(found)) == ((), {"argenteuil": 27450, "cergy": 9050})


def played(root: Path, capsys: pytest.CaptureFixture[str], *periods: str) -> None:
    """Months issued on the fifth of the next one, and closed."""
    for period in periods:
        after = Period.parse(period).next
        assert told(root, capsys, "issue", period, "--date", f"{after}-05")[0] == 0
        assert told(root, capsys, "close", period, "--date", f"{after}-06")[0] == 0


def named(root: Path, text: str = '2025 = "2026-02"') -> None:
    """The month that bills the true-up, in chargeback.toml."""
    settings = root / "chargeback.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + f"\n[true_up]\n{text}\n", encoding="utf-8")


def proof(root: Path, capsys: pytest.CaptureFixture[str], year: str = "2025") -> dict[str, dict[str, object]]:
    """What is shown of each pool, by pool, without what is 0.00."""
    code, out, err = told(root, capsys, "true-up", year, "--json")
    assert code == 0, err
    found = {}
    for pool in json.loads(out)["pools"]:
        stands = {k: v for k, v in pool["stands"].items() if v != "0.00"}
        kept = ("cost", *WAYS, "charged", "exempt", "billed", "gap")
        found[pool["pool"]] = {k: pool[k] for k in kept if pool[k] != "0.00"} | {"stands": stands}
        found[pool["pool"]] |= {k: v for k, v in pool["gap_parts"].items() if v != "0.00"}
    return found


WAYS = ("instalments", "shares", "prefinanced", "adjusted", "true_up", "credited")
LATE = "period,pool,account,label,amount,document\n2025-12,network,6110,Fibre,100.00,D-3\n"


@slow
@pytest.mark.usefixtures("no_pages")
def test_a_late_cost_adjusts_the_true_up_that_was_billed(year: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """100.00 of December after the true-up is billed: 40.07, 40.06 and 19.87 more in the next month, once; until then
    they wait."""
    named(year)
    played(year, capsys, "2025-12", "2026-02")
    before = {"cost": "1822.00", "instalments": "100.00", "prefinanced": "5.00", "true_up": "1717.00"}
    rest = {"charged": "1822.00", "exempt": "1822.00", "billed": "1822.00", "stands": {"issued": "1822.00"}}
    assert proof(year, capsys) == {"network": before | rest}
    (year / "costs/late.csv").write_text(LATE, encoding="utf-8")
    late = before | {"cost": "1922.00", "gap": "100.00", "waiting": "100.00"}
    assert proof(year, capsys) == {"network": late | rest}
    assert told(year, capsys, "run", "2026-03", "--no-documents")[0] == 0
    assert late_words(year, capsys, "2026-03") == "adjusted in 2026-03"
    charges = (year / "out" / "2026-03" / "charges.csv").read_text(encoding="utf-8").splitlines()
    adjusted = [row.split(",") for row in charges if ",adjustment," in row]
    assert {row[-2].rpartition(": ")[2] for row in adjusted} == {'late costs/late.csv"'}
    assert [(row[0], row[1], row[11]) for row in adjusted] == [
        ("2026-02", "argenteuil", "40.07"),
        ("2026-02", "bezons", "40.06"),
        ("2026-02", "cergy", "19.87"),
    ]
    played(year, capsys, "2026-03")
    after = {"cost": "1922.00", "true_up": "1817.00", "charged": "1922.00", "exempt": "1922.00", "billed": "1922.00"}
    assert proof(year, capsys) == {"network": before | after | {"stands": {"issued": "1922.00"}}}
    assert told(year, capsys, "run", "2026-04", "--no-documents")[0] == 0
    assert ",adjustment," not in (year / "out" / "2026-04" / "charges.csv").read_text(encoding="utf-8")


def late_words(root: Path, capsys: pytest.CaptureFixture[str], period: str) -> str:
    """What ``check`` says becomes of the cost of December that came late."""
    said = told(root, capsys, "check", period)[2]
    return said.partition("1 line of costs of 2025-12, which is closed, late (line 2): ")[2].splitlines()[0]


@slow
@pytest.mark.usefixtures("no_pages")
def test_a_late_cost_waits_for_the_true_up(year: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """100.00 of December before the true-up is billed: check says who settles it, and 1,817.00 are due."""
    named(year)
    played(year, capsys, "2025-12")
    (year / "costs/late.csv").write_text(LATE, encoding="utf-8")
    assert late_words(year, capsys, "2026-01") == "the true-up of 2025 counts it"
    assert late_words(year, capsys, "2026-02") == "the true-up of 2025 counts it"
    assert proof(year, capsys)["network"]["true_up"] == "1817.00"


@slow
@pytest.mark.usefixtures("no_pages")
def test_an_adjustment_is_of_the_year_of_its_month(year: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two more ports from November on, told in January: 2.00 for each of two months, billed in 2026 and paid in advance
    for 2025."""
    played(year, capsys, "2025-11", "2025-12")
    ports = year / "subscriptions.csv"
    ports.write_text(ports.read_text(encoding="utf-8") + "argenteuil,port,2,2025-11-01,2026-01-01\n", encoding="utf-8")
    assert [pool["true_up"] for pool in proof(year, capsys).values()] == ["1612.00"]
    played(year, capsys, "2026-01", "2026-12")
    found = proof(year, capsys)["network"]
    assert [found[way] for way in ("prefinanced", "adjusted", "true_up", "charged")] == [
        "10.00",
        "4.00",
        "1608.00",
        "1822.00",
    ]
    settings = (year / "chargeback.toml").read_text(encoding="utf-8")
    (year / "chargeback.toml").write_text(settings.replace('network = "2025-12"', 'network = "2026-12"'), "utf-8")
    assert [proof(year, capsys, "2026")["network"].get(way) for way in ("prefinanced", "adjusted")] == ["10.00", None]


@slow
@pytest.mark.usefixtures("no_pages")
def test_a_true_up_counts_the_adjustments_of_its_own_month(year: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The month that bills the true-up bills ports of November too: its share of the year is due once, and nothing
    later."""
    named(year)
    played(year, capsys, "2025-11", "2025-12")
    ports = year / "subscriptions.csv"
    ports.write_text(ports.read_text(encoding="utf-8") + "argenteuil,port,2,2025-11-01,2026-01-01\n", encoding="utf-8")
    assert told(year, capsys, "run", "2026-02", "--no-documents")[0] == 0
    charges = (year / "out" / "2026-02" / "charges.csv").read_text(encoding="utf-8").splitlines()
    adjusted = [row.split(",") for row in charges if row.split(",")[1:5:3] == ["argenteuil", "adjustment"]]
    assert [(row[0], row[2], row[11]) for row in adjusted] == [
        ("2026-02", "network", "626.00"),
        ("2025-11", "ports", "2.00"),
        ("2025-12", "ports", "2.00"),
    ]
    played(year, capsys, "2026-02")
    assert told(year, capsys, "run", "2026-03", "--no-documents")[0] == 0
    assert ",adjustment," not in (year / "out" / "2026-03" / "charges.csv").read_text(encoding="utf-8")


@slow
@pytest.mark.usefixtures("no_pages")
@pytest.mark.parametrize(
    ("text", "says"),
    [('2025 = "2026-03"', 'says 2025 = "2026-03"'), ("", "has no 2025 any more")],
)
def test_a_true_up_that_was_billed_stays_named(
    year: Path, capsys: pytest.CaptureFixture[str], text: str, says: str
) -> None:
    """1,717.00 of 2025 were billed in February: with another month they would be billed twice, without a month given
    back."""
    named(year)
    played(year, capsys, "2025-12")
    assert told(year, capsys, "issue", "2026-02", "--date", "2026-03-05")[0] == 0
    settings = year / "chargeback.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('2025 = "2026-02"', text), encoding="utf-8")
    code, _, err = told(year, capsys, "check", "2026-03")
    assert (code, err.split(": ", 1)[1]) == (
        1,
        f'2026-02 billed the true-up of 2025, and [true_up] {says}: put back 2025 = "2026-02"\n',
    )


@slow
@pytest.mark.usefixtures("no_pages")
def test_a_true_up_is_not_for_a_month_that_is_issued(year: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """January is issued when its name is written down; February may be named instead."""
    played(year, capsys, "2025-12", "2026-01")
    named(year, '2025 = "2026-01"')
    code, _, err = told(year, capsys, "check", "2026-02")
    assert (code, err.split(": ", 1)[1]) == (
        1,
        'true_up 2025 = "2026-01", but 2026-01 is issued already, without it: name a later month\n',
    )
    settings = year / "chargeback.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('"2026-01"', '"2026-02"'), encoding="utf-8")
    assert told(year, capsys, "check", "2026-02")[0] == 0


def test_a_year_without_instalments_has_no_true_up(year: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Refused in words, and a year that is none is wrong usage."""
    assert told(year, capsys, "true-up", "20260")[0] == 2
    code, _, err = told(year, capsys, "true-up", "2024")
    assert (code, "2024-12 is not closed" in err) == (1, True)
