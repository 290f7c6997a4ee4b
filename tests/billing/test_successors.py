"""Members that merge, join, leave and change payer: who takes over what, to the cent, on documents, statements and
balances."""

from __future__ import annotations

import json
import random
import shutil
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from chargeback.billing.statements import statements
from chargeback.cli.app import main
from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.statements import Statement
from chargeback.render.text.labels import taken_over
from chargeback.workflows.history import compared, with_balance
from chargeback.workflows.session import loaded
from chargeback.workspace.registers.read import read_facts
from chargeback.workspace.reports.wording import read_wording
from kit.builders import member
from kit.drawn_months import APRIL, MARCH
from kit.paths import MUSEUM, TESTS
from kit.pdf_text import whole
from kit.slow import seeds, slow
from oracle.month import bill

SETTINGS = MUSEUM / "base" / "chargeback.toml"
REFERENCE = 'references = [{ title = "Delibération du 12 décembre 2025" }]'
YEAR = [Period(2026, number) for number in range(1, 13)]


def write(root: Path, files: dict[str, str]) -> Path:
    """A workspace with some files, and the settings of the museum."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    if not (root / "chargeback.toml").exists():
        shutil.copy(SETTINGS, root / "chargeback.toml")
    return root


def rate(rule: str, quantity: str, *terms: str, head: str = "") -> str:
    """A rate for ever."""
    first = (
        f'id = "{rule}"\nkind = "rate"\nservice = "cloud"\nvat = "services"\nlabel = '
        f'{{ fr = "{rule}", en = "{rule}" }}\n{head}'
    )
    body = "\n".join(("valid_from = 2020-01-01", REFERENCE, *terms))
    return f"{first}\nquantity = {quantity}\n[[version]]\n{body}\n"


def totals(charges: tuple[Charge, ...]) -> dict[tuple[str, str], int]:
    """Cents by member and rule, none of zero."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for charge in charges:
        found[charge.member_id, charge.rule] += charge.amount
    return {key: cents for key, cents in sorted(found.items()) if cents}


TIERS = (
    'model = "graduated"\ntiers = [{ up_to = "100", price = "1.00" }, { up_to = "400", price = "0.70", fee = "9.00" '
    '}, { price = "0.333" }]'
)
PRICES = (
    TIERS,
    TIERS.replace("graduated", "volume"),
    'model = "package"\npackage_size = "30"\nprice = "7.01"',
    'model = "flat"\nprice = "0.305"\nincluded = "50"',
)


def random_year(dice: random.Random) -> dict[str, str]:
    """Four members of which two or three merge on any days of 2026, use of every month, two rates that accumulate."""
    january = date(2026, 1, 1)
    ends = {"a": january + timedelta(dice.randint(1, 160)), "b": january + timedelta(dice.randint(1, 240))}
    starts = {"c": date(2020, 1, 1), "d": min(ends.values()) if dice.random() < 0.6 else date(2020, 1, 1)}
    heirs = {"a": dice.choice("cd"), "b": dice.choice("cd")}
    if dice.random() < 0.4:
        heirs["c"], ends["c"] = "d", max(*ends.values(), january + timedelta(dice.randint(100, 300)))
    members = ["member_id,name,kind,successor,valid_from,valid_to"]
    groups = ["group,member_id,valid_from,valid_to"]
    usage = ["start,end,member_id,resource_id,meter,quantity"]
    for name in "abcd":
        start, end = starts.get(name, date(2020, 1, 1)), ends.get(name)
        members.append(f"{name},{name},commune,{heirs.get(name, '')},{start},{end or ''}")
        if dice.random() < 0.7:
            joins = max(start, january + timedelta(dice.randint(-20, 90)))
            groups += [f"g,{name},{joins},"] if end is None or joins < end else []
        first, last = max(start, january), min(end or date(2027, 1, 1), date(2027, 1, 1))
        for _ in range(dice.randint(0, 14)):
            day = first + timedelta(dice.randrange((last - first).days))
            sign = "-" if dice.random() < 0.1 else ""
            hour = f"{day}T{dice.randrange(24):02d}:{dice.randrange(60):02d}Z".replace("T23", "T12").replace(
                "T22", "T12"
            )
            usage.append(f"{hour},,{name},vm{dice.randint(1, 3)},gb,{sign}{dice.randint(1, 200)}")
    seen = {",".join((*row.split(",")[:4], "gb")): row for row in usage[1:]}
    bounds = [f'{kind} = "{dice.randint(0, 300)}.00"' for kind in ("minimum", "maximum") if dice.random() < 0.5]
    if len(bounds) == 2:
        bounds[1] = 'maximum = "310.00"'
    group = 'group = "g"' if dice.random() < 0.5 and len(groups) > 1 else ""
    per = dice.choice(("", ', per = "resource"'))
    starts_on = [f'year_starts = "{dice.choice(("01-01", "04-01"))}"']
    year = ['accumulate = "year"', *starts_on]
    quantity = f'{{ meter = "gb", measure = "sum"{per} }}'
    return {
        "members.csv": "\n".join(members) + "\n",
        "groups.csv": "\n".join(groups) + "\n",
        "usage/2026.csv": "\n".join([usage[0], *seen.values()]) + "\n",
        "tariffs/gb.toml": rate("gb", quantity, *year, *bounds, dice.choice(PRICES), head=group),
    }


@slow
@pytest.mark.parametrize("seed", seeds(4, 16))
def test_a_second_opinion_agrees_on_merged_years(seed: int, tmp_path: Path) -> None:
    """Each month of a random year in which members merge, as worked out apart from the program in plain fractions."""
    root = write(tmp_path / "w", random_year(random.Random(seed)))
    with loaded(root, write=False) as (books, _):
        found = {str(period): totals(books.month(period).charges) for period in YEAR}
    assert {str(period): bill(root, str(period)) for period in YEAR} == found


def test_a_minimum_borne_in_the_month_of_the_merger_is_not_due_again(tmp_path: Path) -> None:
    """Who joined a group on the 3rd and merges on the 16th bears the minimum of the year; its successor, in the group
    too, does not."""
    head = 'group = "g"'
    files = {
        "members.csv": (
            "member_id,name,kind,successor,valid_from,valid_to\n"
            "a,A,k,new,2020-01-01,2026-03-16\nnew,New,k,,2026-03-16,\n"
        ),
        "groups.csv": "group,member_id,valid_from,valid_to\ng,a,2026-03-03,2026-03-16\ng,new,2026-03-16,\n",
        "usage/u.csv": "start,end,member_id,resource_id,meter,quantity\n2026-03-04T08:00Z,,a,,gb,10\n",
        "tariffs/gb.toml": rate(
            "gb",
            '{ meter = "gb", measure = "sum" }',
            'accumulate = "year"',
            'model = "flat"',
            'price = "1.00"',
            'minimum = "60.00"',
            head=head,
        ),
    }
    root = write(tmp_path / "w", files)
    assert totals(computed(root, "2026-03").charges) == {("a", "gb"): 6000}
    assert totals(computed(root, "2026-04").charges) == {}
    idle = {**files, "usage/u.csv": files["usage/u.csv"].splitlines()[0] + "\n"}
    assert totals(computed(write(tmp_path / "v", idle), "2026-03").charges) == {("a", "gb"): 6000}


# Commeny and Gouzangrez became the new commune of Commeny on 1 January 2024 (INSEE); their SIREN are real, all else is
# ours.
MEMBERS = """member_id,name,kind,siret,address,postal_code,city,successor,valid_from,valid_to
ableiges,Commune d'Ableiges,commune,21950002200013,1 rue Haute,95450,Ableiges,,2020-01-01,
commeny,Commune de Commeny,commune,21950169900017,2 rue Haute,95450,Commeny,commeny-2024,2020-01-01,2024-01-01
gouzangrez,Commune de Gouzangrez,commune,21950282000018,3 rue Haute,95450,Gouzangrez,commeny-2024,2020-01-01,2024-01-01
commeny-2024,Commune nouvelle de Commeny,commune,20010226700016,2 rue Haute,95450,Commeny,,2024-01-01,
"""
MERGER = {
    "members.csv": MEMBERS,
    "drivers.csv": "member_id,driver,value,valid_from,valid_to\n"
    "ableiges,population,1326,2023-01-01,2024-01-01\ncommeny,population,514,2023-01-01,2024-01-01\n"
    "gouzangrez,population,160,2023-01-01,2024-01-01\nableiges,population,1340,2024-01-01,\ncommeny-2024,population,660,2024-01-01,\n",
    "usage/2023-11.csv": "start,end,member_id,resource_id,meter,quantity\n"
    "2023-11-10T08:00Z,,commeny,,hours,60\n2023-11-10T08:00Z,,gouzangrez,,hours,30\n2023-11-10T08:00Z,,ableiges,,hours,7\n",
    "usage/2023-12.csv": "start,end,member_id,resource_id,meter,quantity\n"
    "2023-12-10T08:00Z,,commeny,,hours,50\n2023-12-10T08:00Z,,gouzangrez,,hours,20\n"
    "2023-12-10T08:00Z,,commeny,,gib,120\n2023-12-10T08:00Z,,gouzangrez,,gib,30\n",
    "usage/2024-01.csv": "start,end,member_id,resource_id,meter,quantity\n"
    "2024-01-10T08:00Z,,commeny-2024,,hours,40\n2024-01-10T08:00Z,,commeny-2024,,gib,200\n",
    "costs/all.csv": "period,pool,account,label,amount,document\n"
    + "".join(f"{month},network,6110,Fibre,100.00,D\n" for month in ("2023-11", "2023-12", "2024-01")),
    "tariffs/storage.toml": rate("storage", '{ meter = "gib", measure = "sum" }', 'model = "flat"\nprice = "0.10"'),
    "tariffs/hours.toml": rate(
        "hours",
        '{ meter = "hours", measure = "sum" }',
        'model = "graduated"\naccumulate = "year"\nyear_starts = "11-01"',
        'tiers = [{ up_to = "100", price = "1.00" }, { price = "0.50", fee = "5.00" }]',
    ),
    "tariffs/network.toml": 'id = "network"\nkind = "allocation"\nservice = "network"\nvat = "cost-sharing"\npool = '
    '"network"\n'
    f'label = {{ fr = "Réseau", en = "Network" }}\n[[version]]\nvalid_from = 2020-01-01\n{REFERENCE}\n'
    'keys = [{ quantity = { driver = "population" } }]\n',
}


def computed(root: Path, period: str, *, write: bool = False) -> Month:
    """A month, computed."""
    with loaded(root, write=write) as (books, _):
        return books.month(Period.parse(period))


def told(root: Path, period: str, on: date) -> dict[str, Statement]:
    """The statements of a month, with what is owed on a day."""
    with loaded(root, write=False) as (books, _):
        month = with_balance(books.month(Period.parse(period)), books, on)
        return {s.member.member_id: s for s in statements(month, compared(month, books))}


def sections(document: Document) -> list[tuple[str, str, str, int]]:
    """Beneficiary, rule, kind and cents of each line."""
    return [(line.beneficiary, line.rule, line.kind, line.amount) for line in document.lines]


def by_slug(month: Month) -> dict[str, Document]:
    return {document.slug: document for document in month.documents}


def test_the_last_month_goes_to_the_successor_section_by_section(tmp_path: Path) -> None:
    """December of both communes is billed to the new one, that begins on 1 January: each keeps its section, charges
    their names."""
    month = computed(write(tmp_path / "w", MERGER), "2023-12")
    found = by_slug(month)
    assert list(found) == ["ableiges-cost-sharing", "commeny-2024-cost-sharing", "commeny-2024-services"]
    assert found["commeny-2024-services"].payer.siret == "20010226700016"
    assert sections(found["commeny-2024-cost-sharing"]) == [
        ("commeny", "network", "share", 2570),
        ("gouzangrez", "network", "share", 800),
    ]
    assert sections(found["commeny-2024-services"]) == [
        ("commeny", "hours", "usage", 4000),
        ("commeny", "hours", "fee", 500),
        ("commeny", "hours", "usage", 500),
        ("commeny", "storage", "usage", 1200),
        ("gouzangrez", "hours", "usage", 2000),
        ("gouzangrez", "storage", "usage", 300),
    ]
    assert found["commeny-2024-services"].gross == 10200


def test_november_stays_with_each_commune(tmp_path: Path) -> None:
    """A month that is over before the merger is billed to who was there."""
    found = by_slug(computed(write(tmp_path / "w", MERGER), "2023-11"))
    assert {slug: d.net for slug, d in found.items()} == {
        "ableiges-cost-sharing": 6630,
        "ableiges-services": 700,
        "commeny-cost-sharing": 2570,
        "commeny-services": 6000,
        "gouzangrez-cost-sharing": 800,
        "gouzangrez-services": 3000,
    }


def test_the_new_commune_goes_on_where_both_stood(tmp_path: Path) -> None:
    """160 hours of both since November, 110 of Commeny in the second tier: 40 more are 20.00, and the fee is not asked
    again."""
    month = computed(write(tmp_path / "w", MERGER), "2024-01")
    assert totals(month.charges) == {
        ("ableiges", "network"): 6700,
        ("commeny-2024", "hours"): 2000,
        ("commeny-2024", "network"): 3300,
        ("commeny-2024", "storage"): 2000,
    }


@slow
def test_the_statement_counts_what_both_were_charged(tmp_path: Path) -> None:
    """January against December of both, by service; what both owe of November is owed with the rest."""
    root = write(tmp_path / "w", MERGER)
    assert main(["-C", str(root), "issue", "2023-11", "--date", "2023-12-05"]) == 0
    assert main(["-C", str(root), "issue", "2023-12", "--date", "2024-01-08"]) == 0
    found = told(root, "2024-01", date(2024, 1, 31))
    assert list(found) == ["ableiges", "commeny-2024"]
    new = found["commeny-2024"]
    assert (new.net, new.previous_net, new.year_to_date) == (7300, 11870, None)
    assert [(row.service, row.amount, row.previous) for row in new.services] == [
        ("cloud", 4000, 8500),
        ("network", 3300, 3370),
    ]
    assert [member.name for member in new.taken_over] == ["Commune de Commeny", "Commune de Gouzangrez"]
    assert new.balance is not None
    assert [(row.payer_id, row.open) for row in new.balance.rows] == [
        ("commeny", 2570),
        ("commeny", 7200),
        ("commeny-2024", 3370),
        ("commeny-2024", 10200),
        ("gouzangrez", 800),
        ("gouzangrez", 3600),
    ]
    old = told(root, "2023-12", date(2023, 12, 31))
    assert (old["commeny"].previous_net, old["commeny"].taken_over) == (8570, ())


def test_a_statement_names_the_old_only_where_their_amounts_are(tmp_path: Path) -> None:
    """In February all that is compared with is of the new commune."""
    root = write(tmp_path / "w", MERGER)
    costs = "period,pool,account,label,amount,document\n2024-02,network,6110,Fibre,100.00,D\n"
    found = told(write(root, {"costs/february.csv": costs}), "2024-02", date(2024, 2, 29))["commeny-2024"]
    assert (found.previous_net, found.year_to_date, found.taken_over) == (7300, 10600, ())


def issue(root: Path, period: str, on: str, *, closed: bool = False) -> None:
    """Issue a month, and close it when asked."""
    assert main(["-C", str(root), "issue", period, "--date", on]) == 0
    if closed:
        assert main(["-C", str(root), "close", period, "--date", on]) == 0


@slow
def test_what_was_carried_goes_to_the_successor(tmp_path: Path) -> None:
    """8.00 of Gouzangrez in November stay under the threshold of 15.00; December of the new commune bills them, as
    Gouzangrez's."""
    text = SETTINGS.read_text(encoding="utf-8").replace("[billing]", '[billing]\nthreshold = "15.00"')
    root = write(tmp_path / "w", {**MERGER, "chargeback.toml": text})
    issue(root, "2023-11", "2023-12-05")
    document = by_slug(computed(root, "2023-12"))["commeny-2024-cost-sharing"]
    assert [(n.beneficiary, n.carried_from, n.amount) for n in document.lines] == [
        ("commeny", None, 2570),
        ("gouzangrez", None, 800),
        ("gouzangrez", Period(2023, 11), 800),
    ]
    assert [(c.period, c.payer_id) for c in document.brought_forward] == [(Period(2023, 11), "gouzangrez")]


@slow
def test_late_use_of_a_merged_commune_is_adjusted_with_its_successor(tmp_path: Path) -> None:
    """20 hours of November more for Gouzangrez, 10 less for Commeny: the new commune pays the one and is given back the
    other, each as the old commune's; the credit note names the invoice of November."""
    root = write(tmp_path / "w", MERGER)
    issue(root, "2023-11", "2023-12-05", closed=True)
    issue(root, "2023-12", "2024-01-08", closed=True)
    late = (
        "start,end,member_id,resource_id,meter,quantity\n"
        "2023-11-20T08:00Z,,gouzangrez,,hours,20\n2023-11-21T08:00Z,,commeny,,hours,-10\n"
    )
    write(root, {"usage/late.csv": late})
    month = computed(root, "2024-01")
    adjusted = [(c.member_id, c.rule, str(c.adjusts), c.amount) for c in month.charges if c.adjusts is not None]
    assert adjusted == [
        ("commeny", "hours", "2023-11", -1000),
        ("gouzangrez", "hours", "2023-11", 2000),
    ]
    assert totals(tuple(c for c in month.charges if c.adjusts is None))["commeny-2024", "hours"] == 2000
    services = [d for d in month.documents if d.regime.name == "services"]
    assert {d.payer.member_id for d in services} == {"commeny-2024"}
    given = [(d.preceding[0].number, d.net) for d in services if d.reduction == "adjustment"]
    assert given == [("F2023-00004", -1000)]
    up = by_slug(month)["commeny-2024-services"]
    assert sections(up) == [
        ("commeny-2024", "hours", "usage", 2000),
        ("commeny-2024", "storage", "usage", 2000),
        ("gouzangrez", "hours", "adjustment", 2000),
    ]


@slow
def test_adjustments_of_the_old_are_in_the_statement_of_the_new(tmp_path: Path) -> None:
    """What is charged for Gouzangrez after its end is told in the statement of the new commune, and nowhere else."""
    root = write(tmp_path / "w", MERGER)
    issue(root, "2023-11", "2023-12-05", closed=True)
    issue(root, "2023-12", "2024-01-08", closed=True)
    late = "start,end,member_id,resource_id,meter,quantity\n2023-11-20T08:00Z,,gouzangrez,,hours,20\n"
    write(root, {"usage/late.csv": late})
    found = told(root, "2024-01", date(2024, 1, 31))
    assert {name: (s.net, s.previous_net) for name, s in found.items()} == {
        "ableiges": (6700, 6630),
        "commeny-2024": (9300, 11870),
    }


# Bezons pays for itself and is absorbed by Argenteuil on 16 May; the agglomeration pays for Cergy until 31 March, the
# other one from 1 April, when Cergy moves there; Domont joins on 16 April and leaves on 16 June.
EVENTS = {
    "members.csv": "member_id,name,kind,payer,successor,valid_from,valid_to\n"
    "argenteuil,Argenteuil,commune,,,2020-01-01,\nbezons,Bezons,commune,,argenteuil,2020-01-01,2026-05-16\n"
    "cergy,Cergy,commune,agglo,,2020-01-01,2026-04-01\ncergy,Cergy,commune,metropole,,2026-04-01,\n"
    "domont,Domont,commune,,,2026-04-16,2026-06-16\n"
    "agglo,Agglomération,epci,,,2020-01-01,\nmetropole,Métropole,epci,,,2020-01-01,\n",
    "groups.csv": "group,member_id,valid_from,valid_to\n"
    "communes,argenteuil,2020-01-01,\ncommunes,bezons,2020-01-01,2026-05-16\ncommunes,cergy,2020-01-01,\n"
    "communes,domont,2026-04-16,2026-06-16\nof-agglo,cergy,2020-01-01,2026-04-01\nof-metropole,cergy,2026-04-01,\n",
    "costs/all.csv": "period,pool,account,label,amount,document\n"
    + "".join(f"2026-{month:02d},network,6110,Fibre,1240.00,D\n" for month in range(1, 7)),
    "tariffs/network.toml": 'id = "network"\nkind = "allocation"\nservice = "network"\nvat = "cost-sharing"\npool = '
    '"network"\n'
    f'label = {{ fr = "Réseau", en = "Network" }}\ngroup = "communes"\n[[version]]\nvalid_from = '
    f"2020-01-01\n{REFERENCE}\n"
    'prorate = "day"\nkeys = [{ equal = true }]\n',
    "tariffs/seat-agglo.toml": rate(
        "seat-agglo",
        '{ constant = "1" }',
        'model = "flat"\nprice = "31.00"\nprorate = "day"',
        head='group = "of-agglo"',
    ),
    "tariffs/seat-metropole.toml": rate(
        "seat-metropole",
        '{ constant = "1" }',
        'model = "flat"\nprice = "30.00"\nprorate = "day"',
        head='group = "of-metropole"',
    ),
}


def test_each_month_of_a_year_of_events_is_billed_to_who_pays_then(tmp_path: Path) -> None:
    """A pool of 1,240.00 shared by days of presence: each document says for whom, and adds up to the pool and the
    seats."""
    root = write(tmp_path / "w", EVENTS)
    found = {}
    with loaded(root, write=False) as (books, _):
        for period in (MARCH, APRIL, Period(2026, 5), Period(2026, 6)):
            month = books.month(period)
            found[str(period)] = {d.slug: [(n.beneficiary, n.amount) for n in d.lines] for d in month.documents}
    assert found == {
        "2026-03": {
            "agglo-cost-sharing": [("cergy", 41333)],
            "agglo-services": [("cergy", 3100)],
            "argenteuil-cost-sharing": [("argenteuil", 41334)],
            "bezons-cost-sharing": [("bezons", 41333)],
        },
        "2026-04": {
            "argenteuil-cost-sharing": [("argenteuil", 35429)],
            "bezons-cost-sharing": [("bezons", 35429)],
            "domont-cost-sharing": [("domont", 17714)],
            "metropole-cost-sharing": [("cergy", 35428)],
            "metropole-services": [("cergy", 3000)],
        },
        "2026-05": {
            "argenteuil-cost-sharing": [("argenteuil", 35593), ("bezons", 17222)],
            "domont-cost-sharing": [("domont", 35592)],
            "metropole-cost-sharing": [("cergy", 35593)],
            "metropole-services": [("cergy", 3000)],
        },
        "2026-06": {
            "argenteuil-cost-sharing": [("argenteuil", 49600)],
            "domont-cost-sharing": [("domont", 24800)],
            "metropole-cost-sharing": [("cergy", 49600)],
            "metropole-services": [("cergy", 3000)],
        },
    }


def test_a_member_absorbed_inside_a_month_has_its_own_statement_once_more(tmp_path: Path) -> None:
    """In May each of both against its own April; from June on all that Bezons was charged since January is
    Argenteuil's."""
    root = write(tmp_path / "w", EVENTS)
    may, june = told(root, "2026-05", date(2026, 5, 31)), told(root, "2026-06", date(2026, 6, 30))
    shown = {
        name: (s.net, s.previous_net, s.year_to_date) for name, s in may.items() if name in ("argenteuil", "bezons")
    }
    assert shown == {
        "argenteuil": (35593, 35429, 3 * 41334 + 35429 + 35593),
        "bezons": (17222, 35429, 3 * 41333 + 35429 + 17222),
    }
    assert "bezons" not in june
    whole = june["argenteuil"]
    assert (whole.net, whole.previous_net) == (49600, 35593 + 17222)
    assert whole.year_to_date == 3 * (41334 + 41333) + 2 * 35429 + 35593 + 17222 + 49600
    assert [m.member_id for m in whole.taken_over] == ["bezons"]


def allocation(keys: str) -> str:
    """The pool network, called by instalments."""
    head = 'id = "network"\nkind = "allocation"\nservice = "network"\nvat = "cost-sharing"\npool = "network"\n'
    label = 'label = { fr = "Réseau", en = "Network" }\n'
    return f'{head}{label}[[version]]\nvalid_from = 2020-01-01\n{REFERENCE}\nbilling = "instalments"\nkeys = [{keys}]\n'


PLACE = "address,postal_code,city"
HERE_WE_ARE = "1 rue Haute,95000,Exempleville"


@slow
def test_the_true_up_of_who_is_gone_goes_to_the_successor_or_to_itself(tmp_path: Path) -> None:
    """546.00 by 1,092 days: 0.50 a day. Bezons, absorbed by Argenteuil on 1 July, and Cergy, which left, were called
    for 150.00 and bear 90.50: Argenteuil is given back both its own 267.50 and the 59.50 of Bezons, Cergy its own
    59.50.

    Each was called for 25.00 a month until June, who remained for 50.00 after. The credits are on the invoices of the
    year, the latest first: 267.50 are five of 50.00 and 17.50, 59.50 two of 25.00 and 9.50. Those of Bezons are in the
    credit note of Argenteuil, on its own invoices."""
    text = SETTINGS.read_text(encoding="utf-8") + '\n[true_up]\n2025 = "2026-02"\n'
    files = {
        "chargeback.toml": text,
        "members.csv": f"member_id,name,kind,siret,{PLACE},successor,valid_from,valid_to\n"
        f"argenteuil,Argenteuil,commune,21950018800012,{HERE_WE_ARE},,2020-01-01,\n"
        f"bezons,Bezons,commune,21950063400015,{HERE_WE_ARE},argenteuil,2020-01-01,2025-07-01\n"
        f"cergy,Cergy,commune,21950127700012,{HERE_WE_ARE},,2020-01-01,2025-07-01\n"
        f"domont,Domont,commune,21950199600017,{HERE_WE_ARE},,2020-01-01,\n",
        "budget/all.csv": "year,pool,amount\n2025,network,1200.00\n2026,network,0.00\n",
        "costs/all.csv": "period,pool,account,label,amount,document\n2025-03,network,6110,Fibre,546.00,D\n",
        "tariffs/network.toml": allocation("{ equal = true }"),
    }
    root = write(tmp_path / "w", files)
    for number in range(1, 13):
        on = f"{2025 + number // 12}-{number % 12 + 1:02d}-08"
        issue(root, f"2025-{number:02d}", on, closed=True)
    month = computed(root, "2026-02")
    assert {d.slug: [(n.beneficiary, n.amount) for n in d.lines] for d in month.documents} == {
        "argenteuil-cost-sharing-true-up": [("argenteuil", -26750), ("bezons", -5950)],
        "cergy-cost-sharing-true-up": [("cergy", -5950)],
        "domont-cost-sharing-true-up": [("domont", -26750)],
    }
    taken = {d.payer.member_id: [(str(p.issue_date)[:7], p.credited_net) for p in d.preceding] for d in month.documents}
    latest = [("2026-01", 5000), ("2025-12", 5000), ("2025-11", 5000), ("2025-10", 5000), ("2025-09", 5000)]
    of_bezons = [("2025-07", 2500), ("2025-06", 2500), ("2025-05", 950)]
    assert taken["domont"] == [*latest, ("2025-08", 1750)]
    assert taken["cergy"] == of_bezons
    assert sorted(taken["argenteuil"]) == sorted([*latest, ("2025-08", 1750), *of_bezons])


def test_instalments_by_the_use_of_last_year_count_that_of_the_merged(tmp_path: Path) -> None:
    """40 of 2024 by two communes merged on 1 January and 60 by another: a twelfth of 100.00 is 40.00 and 60.00 in 2025;
    one that merges inside January bears its own 60.00 once more."""
    usage = "start,end,member_id,resource_id,meter,quantity\n" + "".join(
        f"2024-0{month}-10T08:00Z,,{name},,gb,{quantity}\n"
        for month, name, quantity in ((3, "a", 10), (4, "b", 30), (5, "c", 60))
    )
    members = "member_id,name,kind,successor,valid_from,valid_to\na,A,commune,new,2020-01-01,2025-01-01\n"
    members += (
        "b,B,commune,new,2020-01-01,2025-01-01\nnew,New,commune,,2025-01-01,\nc,C,commune,new,2020-01-01,2025-01-20\n"
    )
    files = {
        "members.csv": members,
        "usage/2024.csv": usage,
        "budget/all.csv": "year,pool,amount\n2025,network,1200.00\n",
        "tariffs/network.toml": allocation('{ quantity = { meter = "gb", measure = "sum" } }'),
    }
    root = write(tmp_path / "w", files)
    assert totals(computed(root, "2025-01").charges) == {("c", "network"): 6000, ("new", "network"): 4000}
    assert totals(computed(root, "2025-02").charges) == {("new", "network"): 10000}
    assert [bill(root, month) for month in ("2025-01", "2025-02")] == [
        {("c", "network"): 6000, ("new", "network"): 4000},
        {("new", "network"): 10000},
    ]


@slow
def test_the_pages_name_the_merged_communes(tmp_path: Path) -> None:
    """The invoice of December says for whom its sections are, and until when; the statement of January whose amounts it
    counts."""
    root = write(tmp_path / "w", MERGER)
    issue(root, "2023-12", "2024-01-08")
    assert main(["-C", str(root), "run", "2024-01"]) == 0
    invoice = whole((root / "out/2023-12/invoices/F2024-00003.pdf").read_bytes())
    for name in ("Commeny", "Gouzangrez"):
        assert f"Pour le compte de : Commune de {name}, jusqu'au 31 décembre 2023" in invoice
    statement = whole((root / "out/2024-01/statements/commeny-2024.pdf").read_bytes())
    sentence = "Comprend ce qui a été facturé jusqu'au 31 décembre 2023 à : Commune de Commeny, Commune de Gouzangrez."
    assert sentence in statement
    assert "Comprend ce qui" not in whole((root / "out/2024-01/statements/ableiges.pdf").read_bytes())


def test_many_members_taken_over_are_counted_from_the_fifth() -> None:
    """Four names and how many more, a sentence for each day on which some ended."""
    words = read_wording("en_GB")
    ended = [replace(member(f"m{n}", valid_to=date(2026, 1, 1), successor="b"), name=f"M{n}") for n in range(6)]
    found = list(taken_over([*ended, member("late", valid_to=date(2026, 3, 16), successor="b")], words))
    assert found == [
        "Includes what was charged until 31 December 2025 to: M0, M1, M2, M3, 2 others.",
        "Includes what was charged until 15 March 2026 to: late.",
    ]


def test_a_line_of_the_merged_is_explained_down_to_the_rows_of_the_old(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The price to date and that of the end of last month are of the use of all, and the rows of the old ones are shown
    as theirs."""
    root = tmp_path / "w"
    kept = shutil.ignore_patterns("expected", "scenario.toml")
    shutil.copytree(TESTS / "scenarios/merged-members-go-on-where-both-stood", root, ignore=kept)
    assert main(["-C", str(root), "explain", "new", "--period", "2026-03", "--line", "3"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert (
        "prix du cumul depuis le 1er janvier 2026, 230, moins le prix du cumul à la fin du mois précédent, 170" in out
    )
    assert "65,00 € − 35,00 € = 30,00 €" in out
    theirs = "2 relevés de hours des membres dont celui-ci a pris la suite, comptés dans le cumul :"
    assert out.count(theirs) == 2
    assert main(["-C", str(root), "explain", "new", "--period", "2026-03", "--line", "3", "--rows"]) == 0
    rows = capsys.readouterr().out.splitlines()[1:]
    assert sorted(row.split(",")[5] + " " + row.split(",")[8] for row in rows) == [
        "a 10.000000000",
        "a 80.000000000",
        "b 30.000000000",
        "b 50.000000000",
        "new 60.000000000",
    ]


@slow
def test_a_merger_that_is_recorded_late_changes_nothing_issued(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """December was issued to both communes before anybody wrote down the merger: it stays so, and what they owe passes
    all the same. One that is corrected then is billed again to the new commune, as Commeny's."""
    known_later = MEMBERS.replace("commeny-2024,2020-01-01,2024-01-01", ",2020-01-01,").splitlines()[:-1]
    drivers = MERGER["drivers.csv"].rsplit("\n", 2)[0] + "\n"
    files = {path: text for path, text in MERGER.items() if "2024-01" not in path}
    root = write(tmp_path / "w", {**files, "members.csv": "\n".join(known_later) + "\n", "drivers.csv": drivers})
    issue(root, "2023-12", "2024-01-08", closed=True)
    write(root, MERGER)
    assert main(["-C", str(root), "run", "2023-12"]) == 0
    assert main(["-C", str(root), "verify"]) == 0
    assert "5 documents, drawn again byte for byte" in capsys.readouterr().out
    new = told(root, "2024-01", date(2024, 1, 31))["commeny-2024"]
    assert new.balance is not None
    assert (new.previous_net, new.balance.open) == (11870, 2570 + 7440 + 800 + 2760)
    wanted = ("correct", "F2024-00003", "--reason", "Fusion", "--date", "2024-02-01", "--yes", "--json")
    assert main(["-C", str(root), *wanted]) == 0
    documents = json.loads(capsys.readouterr().out)["documents"]
    assert [(d["number"], d["payer"], d["gross"]) for d in documents] == [
        ("A2024-00001", "commeny", "-74.40"),
        ("F2024-00006", "commeny-2024", "74.40"),
    ]
    assert totals(computed(root, "2023-12").charges)["commeny", "hours"] == 5000


HEAD = "member_id,name,kind,payer,successor,valid_from,valid_to\n"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("a,A,k,,b,2020-01-01,2026-03-01", "b,B,k,,c,2020-01-01,2026-03-01", "c,C,k,,,2026-03-01,"), []),
        (("a,A,k,,b,2020-01-01,2026-03-01", "b,B,k,,c,2020-01-01,2026-02-01", "c,C,k,,,2026-02-01,"), []),
        (("a,A,k,,b,2020-01-01,2026-03-01", "b,B,k,,,2026-03-01,2026-04-01"), []),
        (("a,A,k,,b,2020-01-01,2026-03-01", "b,B,k,,,2026-03-02,"), ["2 successor-not-in-force"]),
        (
            ("a,A,k,,b,2020-01-01,2026-03-01", "b,B,k,,c,2020-01-01,2026-02-01", "c,C,k,,,2026-03-02,"),
            ["2 successor-not-in-force", "3 successor-not-in-force"],
        ),
        (("a,A,k,,b,2020-01-01,2026-03-01", "b,B,k,,,2020-01-01,2026-02-01", "b,B,k,,,2026-03-01,"), []),
        (
            ("a,A,k,,b,2020-01-01,2026-03-01", "b,B,k,,c,2020-01-01,2026-03-01", "c,C,k,,b,2020-01-01,2026-03-01"),
            ["3 successors-in-a-circle"],
        ),
        (("a,A,k,p,,2020-01-01,2026-03-01", "p,P,k,,,2020-01-01,2026-03-01"), []),
        (("a,A,k,p,,2020-01-01,2026-03-02", "p,P,k,,,2020-01-01,2026-03-01"), ["2 payer-gone"]),
        (("a,A,k,p,,2020-01-01,", "p,P,k,,q,2020-01-01,2026-03-01", "q,Q,k,,,2026-03-01,"), []),
        (("a,A,k,p,,2020-01-01,", "p,P,k,,a,2020-01-01,2026-03-01"), []),
        (
            ("a,A,k,p,,2020-01-01,", "p,P,k,,q,2020-01-01,2026-03-01", "q,Q,k,,,2026-03-01,2026-04-01"),
            ["2 payer-gone"],
        ),
        (
            ("a,A,k,p,,2020-01-01,", "p,P,k,,q,2020-01-01,2026-03-01", "q,Q,k,r,,2026-03-01,", "r,R,k,,,2020-01-01,"),
            ["2 payer-of-payer"],
        ),
        (
            (
                "a,A,k,p,,2020-01-01,2026-03-01",
                "p,P,k,,q,2020-01-01,2026-03-01",
                "q,Q,k,r,,2026-03-01,",
                "r,R,k,,,2020-01-01,",
            ),
            [],
        ),
    ],
)
def test_who_may_take_over_and_who_may_pay(rows: tuple[str, ...], expected: list[str], tmp_path: Path) -> None:
    """On the first day without a member somebody of the line is there; a payer is there, or its line, as long as it is
    named."""
    root = write(tmp_path / "w", {"members.csv": HEAD + "\n".join(rows) + "\n"})
    assert [f"{p.where.line} {p.code}" for p in read_facts(root)[1]] == expected
