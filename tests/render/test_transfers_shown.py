"""Transfers between pools where they are read: ``explain``, the annex of an invoice, the workbook. All of it adds
up."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from chargeback.billing.pool_flows import reciprocal_groups, upstream
from chargeback.cli.app import main
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.render.pages.transfers_in import transfer_rows
from chargeback.render.text.pool_flows import method_of, pool_flows
from chargeback.render.workbook.book import workbook_xlsx
from chargeback.workflows.session import loaded
from chargeback.workspace.reports.wording import read_wording
from kit.explained import field, printed_by_explain
from kit.issuable_scenarios import OPERATOR, complete, scenario
from kit.pdf_text import whole
from kit.slow import slow
from kit.spreadsheet import Spreadsheet, assert_formulas_give_what_is_written

PERIOD = "2026-09"
FR = read_wording("fr_FR")
SETTINGS = """
[billing]
currency = "EUR"
timezone = "Europe/Paris"
locale = "fr_FR"
payment_days = 30

[vat.sharing]
category = "E"
rate = "0.00"
reason = "Exonération, article 261 B du CGI"
reason_code = "VATEX-EU-132-1F"

[numbering]
invoice = "F{year}-{sequence:05d}"
credit_note = "A{year}-{sequence:05d}"
"""
BOOKED = {"power": "1000.00", "cooling": "500.00", "rooms": "200.01", "servers": "10.00", "network": "20.00"}
CHAIN = {
    "power": {"cooling": "1", "rooms": "1", "servers": "1"},
    "cooling": {"power": "1", "rooms": "2", "servers": "3"},
    "rooms": {"servers": "1", "network": "2"},
}
STEPS = 'method = "step-down"\norder = ["power", "cooling", "rooms"]'
CIRCLE = CHAIN | {"rooms": {"rooms": "1", "servers": "1", "network": "2"}}


def workspace(root: Path, services: dict[str, dict[str, str]], transfers: str) -> Path:
    """Three pools that serve others and two that two members share equally, ready to be issued."""
    for folder in ("tariffs", "costs"):
        (root / folder).mkdir(parents=True)
    (root / "chargeback.toml").write_text(f"{OPERATOR}{SETTINGS}\n[transfers]\n{transfers}\n", encoding="utf-8")
    members = "member_id,name,kind,valid_from\nnord,Nord,commune,2020-01-01\nsud,Sud,commune,2020-01-01\n"
    (root / "members.csv").write_text(members, encoding="utf-8")
    costs = [f"{PERIOD},{pool},6110,{pool} costs,{amount},DOC\n" for pool, amount in BOOKED.items()]
    (root / f"costs/{PERIOD}.csv").write_text(
        "period,pool,account,label,amount,document\n" + "".join(costs), encoding="utf-8"
    )
    for pool in BOOKED:
        text = transfer(pool, services[pool]) if pool in services else allocation(pool)
        (root / f"tariffs/{pool}-rule.toml").write_text(text, encoding="utf-8")
    return complete(root)


def transfer(pool: str, to: dict[str, str]) -> str:
    parts = ", ".join(f'{target} = "{part}"' for target, part in to.items())
    return f"""id = "{pool}-rule"
kind = "transfer"
label = {{ fr = "{pool}", en = "{pool}" }}
pool = "{pool}"
[[version]]
valid_from = 2026-01-01
references = [{{ title = "Délibération {pool}" }}]
to = {{ {parts} }}
"""


def allocation(pool: str) -> str:
    return f"""id = "{pool}-rule"
kind = "allocation"
label = {{ fr = "{pool}", en = "{pool}" }}
service = "shared"
vat = "sharing"
pool = "{pool}"
[[version]]
valid_from = 2026-01-01
references = [{{ title = "Délibération {pool}" }}]
keys = [{{ equal = true }}]
"""


def computed(root: Path) -> Month:
    """The month of a workspace."""
    with loaded(root, write=False) as (books, _):
        return books.month(Period.parse(PERIOD))


def as_json(capsys: pytest.CaptureFixture[str], root: Path, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(printed_by_explain(capsys, root, *words, "--json"))
    return found


def test_a_chain_of_steps_is_explained_from_the_first_pool_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Method, each transfer received with its part and its source, the sum and its cents, each pool behind with its
    rule."""
    root = workspace(tmp_path / "w", CHAIN, STEPS)
    servers = printed_by_explain(capsys, root, "nord", "--period", PERIOD, "--line", "2")
    assert field(servers, "méthode")[0].startswith("par étapes : les postes qui en servent d'autres sont vidés")
    assert [" ".join(row.split()) for row in field(servers, "reçu")] == [
        "333,33333333… € = 1/3 × 1 000,00 € de power",
        "500,00 € = 60 % × 833,33333333… € de cooling",
        "288,89222222… € = 1/3 × 866,67666667… € de rooms",
    ]
    assert " ".join(field(servers, "détenu")) == (
        "10,00 € + 333,33333333… € + 500,00 € + 288,89222222… € = 1 132,22555556… €, mis au centime à 1 132,23 € "
        "au plus "
        "fort reste : les postes partagés font ensemble exactement les dépenses"
    )
    assert field(servers, "poste source") == [
        "power = 1 000,00 € comptabilisés",
        "  étape 1 : cède 1/3 à cooling ; 1/3 à rooms ; 1/3 à servers",
        "  power-rule@2026-01-01  tariffs/power-rule.toml:5, Délibération power",
        "  costs/2026-09.csv:2  1 000,00 €  power costs",
    ]
    rooms = servers[servers.index("poste source  rooms") - 4 :]
    assert field(rooms, "poste source")[:2] == [
        "rooms = 200,01 € + 1/3 × power + 40 % × cooling = 866,67666667… €",
        "  étape 3 : cède 2/3 à network ; 1/3 à servers",
    ]


def test_what_the_method_leaves_out_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A pool once emptied receives nothing back, so the parts of the others are of what is left."""
    root = workspace(tmp_path / "w", CHAIN, STEPS)
    text = printed_by_explain(capsys, root, "nord", "--period", PERIOD)
    assert "étape 2 : cède 40 % à rooms ; 60 % à servers ; rien à power, que la méthode laisse de côté" in text


def test_a_part_of_zero_is_not_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rule that gives a pool nothing leaves it nothing: no method is named for it, and nothing is said of it."""
    services = CHAIN | {"rooms": {"servers": "0", "network": "2"}}
    root = workspace(tmp_path / "w", services, 'method = "reciprocal"')
    text = printed_by_explain(capsys, root, "nord", "--period", PERIOD)
    assert "  cède 100 % à network\n" in text


def test_a_circle_elsewhere_is_not_mentioned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Only the pools behind the line are told: power and cooling serve each other, but not the network."""
    services = CHAIN | {"power": {"cooling": "1", "servers": "1"}, "cooling": {"power": "1", "servers": "3"}}
    root = workspace(tmp_path / "w", services, 'method = "reciprocal"')
    text = printed_by_explain(capsys, root, "nord", "--period", PERIOD, "--line", "1")
    assert field(text, "poste source")[0] == "rooms = 200,01 € comptabilisés"
    assert "boucle" not in text
    assert "cooling, power se servent en boucle" in printed_by_explain(
        capsys, root, "nord", "--period", PERIOD, "--line", "2"
    )


def test_a_pool_behind_two_lines_is_shown_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second line names it with what it gives away, and the line where the rest stands."""
    root = workspace(tmp_path / "w", CHAIN, STEPS)
    text = printed_by_explain(capsys, root, "nord", "--period", PERIOD)
    assert text.count("costs/2026-09.csv:2 ") == 1
    assert text.count("power = 1 000,00 € comptabilisés  (voir la ligne 1)") == 1


def test_a_circle_is_shown_as_equations_that_hold(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each pool of the circle, a pool that serves itself included: what it gives is what was booked and what it
    received."""
    root = workspace(tmp_path / "w", CIRCLE, 'method = "reciprocal"')
    text = printed_by_explain(capsys, root, "nord", "--period", PERIOD)
    assert "cooling, power se servent en boucle : leurs équations" in " ".join(text.split())
    assert "rooms se sert lui-même : son équation" in " ".join(text.split())
    assert "power = 1 000,00 € + 1/6 × cooling = " in text
    assert "cooling = 500,00 € + 1/3 × power = " in text
    assert "rooms = 200,01 € + 2/6 × cooling + 1/3 × power + 25 % × rooms = " in text
    pools = {p["name"]: p for p in as_json(capsys, root, "nord", "--period", PERIOD)["transfers"]["pools"]}
    for pool in pools.values():
        received = [
            (Fraction(r["part"]), Fraction(pools[r["from"]]["given_away"]), Fraction(r["exact"]))
            for r in pool["received"]
        ]
        assert [exact for *_, exact in received] == [part * whole for part, whole, _ in received]
        assert Fraction(pool["given_away"]) == Fraction(pool["booked"]) + sum(exact for *_, exact in received)
        assert sum(map(Fraction, pool["to"].values())) == 1
    power = Fraction(1000 * 6 * 3 + 500 * 3, 3 * 6 - 1)
    assert Fraction(pools["power"]["given_away"]) == power
    assert {name: pool["solved_together"] for name, pool in pools.items()} == {
        "cooling": ["cooling", "power"],
        "power": ["cooling", "power"],
        "rooms": ["rooms"],
    }


def test_what_a_pool_holds_is_the_sum_told_to_less_than_a_cent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In JSON: booked and the exact amounts received come to what is held, but for the cent of largest remainder."""
    root = workspace(tmp_path / "w", CIRCLE, 'method = "reciprocal"')
    lines = as_json(capsys, root, "nord", "--period", PERIOD)["lines"]
    gaps = []
    for line in lines:
        received = sum(Fraction(r["exact"]) for r in line["pool"]["received"])
        gaps.append(Fraction(line["pool"]["held"]) - Fraction(line["pool"]["booked"]) - received)
    assert len(gaps) == 2
    assert sum(gaps) == 0
    assert all(0 < abs(gap) < Fraction(1, 100) for gap in gaps)


@slow
def test_transfers_of_an_issued_month_are_those_that_were_billed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the ledger: another method, other parts and costs set afterwards change nothing of what is told."""
    root = workspace(tmp_path / "w", CHAIN, STEPS)
    draft = as_json(capsys, root, "nord", "--period", PERIOD)
    assert main(["-C", str(root), "run", PERIOD]) == 0
    assert main(["-C", str(root), "issue", PERIOD, "--date", "2026-10-05"]) == 0
    other = workspace(tmp_path / "v", CIRCLE, 'method = "reciprocal"')
    for name in ("chargeback.toml", "tariffs/rooms-rule.toml"):
        (root / name).write_text((other / name).read_text(encoding="utf-8"), encoding="utf-8")
    issued = as_json(capsys, root, "nord", "--period", PERIOD)
    assert issued["issued"]
    assert issued["transfers"] == draft["transfers"]
    assert issued["transfers"]["method"] == "step-down"
    assert [line["pool"]["received"] for line in issued["lines"]] == [
        line["pool"]["received"] for line in draft["lines"]
    ]


def test_a_rule_that_changes_within_the_month_says_its_days(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both versions stand under the pool, each with its days; the part is their mean over the days."""
    root = workspace(tmp_path / "w", CHAIN, STEPS)
    path = root / "tariffs/rooms-rule.toml"
    first, second = transfer("rooms", CHAIN["rooms"]), transfer("rooms", {"servers": "1", "network": "0"})
    later = second[second.index("[[version]]") :].replace("2026-01-01", "2026-09-11")
    path.write_text(first.replace("references", "valid_to = 2026-09-11\nreferences") + later, encoding="utf-8")
    text = printed_by_explain(capsys, root, "nord", "--period", PERIOD)
    assert "cède 2/9 à network ; 7/9 à servers" in text
    assert "tariffs/rooms-rule.toml:5, Délibération rooms, 10 jours sur 30" in text
    assert "Délibération rooms, 20 jours sur 30" in text


@pytest.mark.parametrize(
    ("name", "member", "rows"),
    [
        (
            "transfers-direct",
            "a",
            "par la méthode directe : Charge commune Part reçue De son coût Montant Dépenses propres du poste 80 "
            "000,00 € "
            "c 40 % 10 000,00 € 4 000,00 € Fondement : Clés de répartition analytique. "
            "Rien à d, que la méthode laisse de côté. "
            "d 75 % 20 000,00 € 15 000,00 € Fondement : Clés de répartition analytique. "
            "e 30 % 4 000,00 € 1 200,00 € Fondement : Clés de répartition analytique. "
            "Rien à c, que la méthode laisse de côté. Poste « a » 100 200,00 €",
        ),
        (
            "transfers-reciprocal",
            "p1",
            "par la méthode réciproque : Charge commune Part reçue De son coût Montant "
            "Dépenses propres du poste 150 000,00 € "
            "s1 45,8333 % 26 231,15 € 12 022,61 € Fondement : Clés de répartition analytique. "
            "Coût dont 5 231,15 € reçus de : s1, s2. "
            "s2 30 % 17 185,94 € 5 155,78 € Fondement : Clés de répartition analytique. "
            "Coût dont 2 185,94 € reçus de : s1. Poste « p1 » 167 178,39 €",
        ),
        (
            "transfers-step-down",
            "machining",
            "par la méthode par étapes : Charge commune Part reçue De son coût Montant "
            "Dépenses propres du poste 4 000 000,00 € "
            "maintenance 30 % 6 300 000,00 € 1 890 000,00 € Fondement : Clés de répartition analytique. "
            "systems 88,8889 % 2 712 150,00 € 2 410 800,00 € Fondement : Clés de répartition analytique. "
            "Coût dont 1 260 000,00 € reçus de : maintenance. Rien à maintenance, que la méthode laisse de côté. "
            "Poste « machining » 8 300 800,00 €",
        ),
    ],
)
def test_the_annex_goes_from_booked_to_held(name: str, member: str, rows: str, tmp_path: Path) -> None:
    """The pages of the scenarios: own expenses, each pool that brought something, and the sum, which is the pool."""
    root = scenario(name, tmp_path / "w")
    assert main(["-C", str(root), "run", PERIOD]) == 0
    text = whole((root / f"out/{PERIOD}/invoices/{member}-cost-sharing.pdf").read_bytes())
    assert f"Ce que d'autres charges communes lui apportent, {rows}" in text


def test_the_rows_of_the_annex_add_up_to_the_cent(tmp_path: Path) -> None:
    """333.33…, 500 and 288.89… after 10.00 are 1,132.23: the cent goes to the largest remainder."""
    month = computed(workspace(tmp_path / "w", CHAIN, STEPS))
    own = pool_flows(month)["servers"]
    assert own.cents_in == {"power": 33334, "cooling": 50000, "rooms": 28889}
    assert [row.cells[-1].replace("\u202f", " ").replace("\xa0", " ") for row in transfer_rows(own, month, FR)] == [
        "10,00 €",
        "333,34 €",
        "500,00 €",
        "288,89 €",
        "1 132,23 €",
    ]


def test_a_pool_is_set_out_once_in_an_annex(tmp_path: Path) -> None:
    """One who pays for two members reads once what the pool of both received."""
    root = workspace(tmp_path / "w", CHAIN, STEPS)
    path = root / "members.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    paid = [f"{row},{'nord' if row.startswith('sud') else ''}" for row in rows]
    path.write_text("\n".join([f"{header},payer", *paid]) + "\n", encoding="utf-8")
    assert main(["-C", str(root), "run", PERIOD]) == 0
    text = whole((root / f"out/{PERIOD}/invoices/nord-sharing.pdf").read_bytes())
    assert text.count("Montant réparti : 1 132,23 € (poste « servers »).") == 2
    assert text.count("Ce que d'autres charges communes lui apportent") == 2
    assert [text.count(f"Poste « {pool} » ") for pool in ("servers", "network")] == [1, 1]


def matrix(month: Month) -> Spreadsheet:
    """The workbook of a month, its formulas worked out."""
    found = Spreadsheet(workbook_xlsx(month, FR))
    assert_formulas_give_what_is_written(found)
    return found


def test_the_matrix_of_steps(tmp_path: Path) -> None:
    """Booked, one row a step in the order set, and what each pool holds: nothing where it serves others."""
    found = matrix(computed(workspace(tmp_path / "w", CHAIN, STEPS)))
    names = ("power", "cooling", "rooms", "network", "servers", "Somme de la ligne")
    rows = found.rows("Prestations")
    assert [(r["Ligne"], r["Poste qui cède"], r["Règle"], r["Étape"]) for r in rows] == [
        ("Comptabilisé", None, None, None),
        ("Cession", "power", "power-rule", 1),
        ("Cession", "cooling", "cooling-rule", 2),
        ("Cession", "rooms", "rooms-rule", 3),
    ]
    cents = [[None if r[n] is None else int(Decimal(str(r[n])) * 100) for n in names] for r in rows]
    assert cents == [
        [100000, 50000, 20001, 2000, 1000, 173001],
        [-100000, 33333, 33333, None, 33334, 0],
        [None, -83333, 33333, None, 50000, 0],
        [None, None, -86667, 57778, 28889, 0],
    ]
    assert totals(found, names) == [0, 0, 0, 59778, 113223, 173001]
    assert [r["Cédé aux autres"] for r in rows[1:]] == [Decimal("1000.00"), Decimal("833.33"), Decimal("866.67")]
    assert [r["Part allant à rooms"] for r in rows[1:]] == [Decimal("0.333333333333"), Decimal("0.4"), None]


def totals(found: Spreadsheet, headers: tuple[str, ...]) -> list[int]:
    """The last row of the matrix, in cents."""
    table = found.tables["Prestations"]
    last = int(re.sub("[A-Z]", "", table.ref.split(":")[1]))
    letters = [chr(ord("A") + table.headers.index(header)) for header in headers]
    return [int(Decimal(str(found.value(table.sheet, f"{letter}{last}"))) * 100) for letter in letters]


@pytest.mark.parametrize("name", ["transfers-direct", "transfers-reciprocal", "transfers-step-down"])
def test_columns_of_the_matrix_are_what_the_pools_hold(name: str, tmp_path: Path) -> None:
    """Rows add up to nothing, columns to the pool, and the summary checks the sheet against that of the pools."""
    month = computed(scenario(name, tmp_path / "w"))
    found = matrix(month)
    names = tuple(pool_flows(month))
    held = {pool.name: pool.after_transfers for pool in month.pools}
    assert totals(found, names) == [held[pool] for pool in names]
    assert [r["Somme de la ligne"] for r in found.rows("Prestations")[1:]] == [0] * (len(found.rows("Prestations")) - 1)
    checks = {row["Contrôle"]: row["Verdict"] for row in found.rows("Controles")}
    assert checks["Détenu par poste, feuille des prestations = feuille des postes (écarts)"] == "✓ juste"


def test_a_cent_moved_in_the_matrix_is_seen(tmp_path: Path) -> None:
    """A pool that would hold another cent than its sheet says turns the check red."""
    month = computed(scenario("transfers-step-down", tmp_path / "w"))
    pools = tuple(replace(p, booked=p.booked + 1) if p.name == "systems" else p for p in month.pools)
    found = Spreadsheet(workbook_xlsx(replace(month, pools=pools, flows=month.flows[:-1]), FR))
    checks = {row["Contrôle"]: row["Verdict"] for row in found.rows("Controles")}
    assert checks["Détenu par poste, feuille des prestations = feuille des postes (écarts)"] == "✗ écart"


def test_a_pool_that_serves_itself_keeps_a_part(tmp_path: Path) -> None:
    """What it keeps has a column of its own: it leaves neither row nor pool."""
    found = matrix(computed(workspace(tmp_path / "w", CIRCLE, 'method = "reciprocal"')))
    rooms = next(r for r in found.rows("Prestations") if r["Poste qui cède"] == "rooms")
    given, kept, whole_cost = (
        Decimal(str(rooms[key])) for key in ("Cédé aux autres", "Gardé pour soi", "Coût complet")
    )
    assert rooms["rooms"] == -given
    assert rooms["Part allant à rooms"] == Decimal("0.25")
    assert given + kept == whole_cost
    assert totals(found, ("power", "cooling", "rooms", "Somme de la ligne")) == [0, 0, 0, 173001]


def test_a_month_without_transfers_has_no_such_sheet(tmp_path: Path) -> None:
    """Neither the sheet nor its check; and nothing of it in explain."""
    month = computed(workspace(tmp_path / "w", CHAIN, STEPS))
    found = Spreadsheet(workbook_xlsx(replace(month, flows=()), FR))
    assert "Prestations entre postes" not in found.sheets
    assert "Détenu par poste, feuille des prestations = feuille des postes (écarts)" not in [
        row["Contrôle"] for row in found.rows("Controles")
    ]


def test_the_method_is_what_the_flows_show(tmp_path: Path) -> None:
    """Steps, services among serving pools, or services left out tell it; only where all are equal do the settings."""
    steps = computed(workspace(tmp_path / "s", CHAIN, STEPS))
    circle = computed(workspace(tmp_path / "c", CIRCLE, 'method = "reciprocal"'))
    direct = computed(workspace(tmp_path / "d", CHAIN, 'method = "direct"'))
    plain = {pool: {"servers": "1", "network": "1"} for pool in CHAIN}
    same = computed(workspace(tmp_path / "p", plain, 'method = "direct"'))
    changed = replace(same, settings=replace(same.settings, transfer_method="reciprocal"))
    assert [method_of(month) for month in (steps, circle, direct, same, changed)] == [
        "step-down",
        "reciprocal",
        "direct",
        "direct",
        "reciprocal",
    ]


def test_what_is_behind_a_pool(tmp_path: Path) -> None:
    """All pools that its money came through, in the order of the steps; a circle is found, a chain is none."""
    chain = pool_flows(computed(workspace(tmp_path / "s", CHAIN, STEPS)))
    circle = pool_flows(computed(workspace(tmp_path / "c", CIRCLE, 'method = "reciprocal"')))
    assert [each.name for each in upstream(chain, "network")] == ["power", "cooling", "rooms"]
    assert [each.name for each in upstream(chain, "cooling")] == ["power"]
    assert reciprocal_groups(chain) == []
    assert reciprocal_groups(circle) == [["cooling", "power"], ["rooms"]]


def test_the_order_of_the_steps_is_that_of_the_settings(tmp_path: Path) -> None:
    """Neither the alphabet nor the reverse: each order gives what is worked out by hand."""
    held = {
        order: {
            pool.name: pool.after_transfers
            for pool in computed(
                workspace(tmp_path / order, CHAIN, f'method = "step-down"\norder = {order.split()}')
            ).pools
            if pool.final
        }
        for order in ("power cooling rooms", "cooling power rooms", "rooms cooling power")
    }
    assert held == {
        "power cooling rooms": {"servers": 113223, "network": 59778},
        "cooling power rooms": by_hand_cooling_first(),
        "rooms cooling power": by_hand_rooms_first(),
    }


def by_hand_cooling_first() -> dict[str, int]:
    """cooling 500 in sixths; then power in halves, since cooling is empty; then rooms in thirds."""
    power = 1000 + Fraction(500, 6)
    rooms = Fraction(20001, 100) + Fraction(500, 3) + power / 2
    return cents(10 + 250 + power / 2 + rooms / 3, 20 + rooms * 2 / 3)


def by_hand_rooms_first() -> dict[str, int]:
    """rooms in thirds; then cooling by 1 and 3 to power and servers; then power to servers alone."""
    rooms = Fraction(20001, 100)
    power = 1000 + Fraction(500, 4)
    return cents(10 + rooms / 3 + 375 + power, 20 + rooms * 2 / 3)


def cents(servers: Fraction, network: Fraction) -> dict[str, int]:
    """Both to the nearest cent: of two, the one with the larger remainder takes the cent."""
    assert servers + network == Fraction(173001, 100)
    return {"servers": round(servers * 100), "network": round(network * 100)}
