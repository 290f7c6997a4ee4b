"""The finance workbook: exact cells, live totals equal to the engine's cents, tables that finance can filter."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

import pytest
from openpyxl import load_workbook

from chargeback.billing.charges_csv import charges_csv
from chargeback.billing.invoicing import with_lines
from chargeback.model.money import euros
from chargeback.model.month import Check, Month
from chargeback.model.period import Period
from chargeback.render.workbook.book import workbook_xlsx
from chargeback.render.workbook.cells import content_of
from chargeback.render.workbook.styles import number_format
from chargeback.render.workbook.tables import criterion, sheet_name, table_name
from chargeback.workflows.session import loaded
from chargeback.workspace.reports.wording import Wording, read_wording
from kit.paths import SCENARIOS
from kit.sample_month import month as hand_made
from kit.spreadsheet import Spreadsheet, assert_formulas_give_what_is_written, names, row_of

FRENCH = ["Synthèse", "Lignes facturables", "Postes et clés", "Membres", "Économies", "Documents"]
ENGLISH = ["Summary", "Charges", "Pools and keys", "Members", "Savings", "Documents"]
TABLES = ["Controles", "Lignes", "Postes", "Membres", "Economies", "Documents"]
COMPUTED = (
    "a-refund-has-no-floor-and-a-cap-of-its-size",
    "baseline-is-never-billed",
    "keys-composed-by-weight",
    "largest-remainder-house-of-1792",
    "negative-pool-and-empty-pool",
    "price-change-inside-the-month",
    "regimes-by-member-and-a-payer",
    "tariffs-first-then-the-balance",
    "transfers-reciprocal",
    "yearly-price-split-over-twelve-months",
)


@lru_cache
def wording(locale: str = "fr_FR") -> Wording:
    """The shipped words."""
    return read_wording(locale)


@lru_cache
def month() -> Month:
    """The month made by hand, with every check that the engine makes."""
    made = hand_made()
    booked = sum(pool.booked for pool in made.pools)
    shares = sum(charge.amount for charge in made.charges if charge.kind == "share")
    total = sum(document.net for document in made.documents)
    checks = (("booked", booked), ("pools", booked), ("shares", shares), ("documents", total), ("lines", total))
    return replace(made, checks=tuple(Check(name, cents, cents) for name, cents in checks))


@lru_cache
def file(locale: str = "fr_FR") -> bytes:
    """The workbook of that month."""
    return workbook_xlsx(month(), wording(locale))


@lru_cache
def book() -> Spreadsheet:
    return Spreadsheet(file())


def made(**changes: object) -> Spreadsheet:
    """The workbook of the month with changes."""
    return Spreadsheet(workbook_xlsx(replace(month(), **changes), wording()))


def computed(scenario: str) -> Month:
    """The month of a scenario, through loader and engine."""
    folder = SCENARIOS / scenario
    period = tomllib.loads((folder / "scenario.toml").read_text(encoding="utf-8"))["period"]
    with loaded(folder, write=False) as (books, _):
        return books.month(Period.parse(period))


def total(amounts: Iterable[int]) -> Decimal:
    """Cents as euros."""
    return euros(sum(amounts))


def styles(content: bytes, sheet: str, place: str) -> object:
    """The style of a cell, as openpyxl reads it."""
    return load_workbook(io.BytesIO(content))[sheet][place]


def test_the_sheets_are_in_order_and_the_summary_opens() -> None:
    """Summary first, then charges, pools and keys, members, savings, documents, in both languages; none is hidden."""
    for locale, expected in (("fr_FR", FRENCH), ("en_GB", ENGLISH)):
        found = load_workbook(io.BytesIO(file(locale)))
        assert found.sheetnames == expected
        assert found.active.title == expected[0]
        assert {sheet.sheet_state for sheet in found} == {"visible"}
        assert [sheet.merged_cells.ranges for sheet in found] == [set()] * 6


def test_the_same_month_gives_the_same_bytes() -> None:
    """Twice the same month: the same file, byte for byte; no clock, no date of creation in it."""
    first = file()
    assert workbook_xlsx(month(), wording()) == first
    core = Spreadsheet(first).parts["docProps/core.xml"].decode()
    assert re.findall(r"<(?:dc|dcterms):(\w+)>([^<]*)", core) == [
        ("creator", "Syndicat mixte Exemple Numérique"),
        ("title", "Répartition des coûts, octobre 2026"),
        (
            "subject",
            "Lignes facturables, postes et clés, membres, économies, documents : Syndicat mixte Exemple Numérique",
        ),
        ("language", "fr-FR"),
    ]
    assert names(first)[0] == "[Content_Types].xml"


def test_every_formula_gives_the_cents_of_the_engine() -> None:
    """All formulas of the month made by hand, worked out in decimals, give what the engine computed."""
    assert assert_formulas_give_what_is_written(book()) > 100


@pytest.mark.parametrize("scenario", COMPUTED)
def test_the_workbook_of_a_computed_month_adds_up(scenario: str) -> None:
    """Months with transfers, refunds, payers, several versions and tariffs before the balance: every check is green."""
    found = Spreadsheet(workbook_xlsx(computed(scenario), wording()))
    assert_formulas_give_what_is_written(found)
    assert {row["Verdict"] for row in found.rows("Controles")} == {"✓ juste"}
    assert found.value("Synthèse", "A2") == "✓ Tout est juste, au centime près."
    assert "✗ écart" not in [found.value("Synthèse", place) for place in found.sheets["Synthèse"]]


def test_totals_of_the_sheets_are_the_cents_of_the_month() -> None:
    """The last row of each table is a live total, and it is the sum of the engine's cents, worked out apart."""
    m, b = month(), book()
    expected = {
        ("Lignes", "Montant HT"): total(c.amount for c in m.charges),
        ("Postes", "Dépense"): total(c.amount for p in m.pools for c in p.costs),
        ("Postes", "Détenu"): total(p.after_transfers for p in m.pools),
        ("Postes", "Réparti"): total(s.amount for s in m.splits),
        ("Postes", "Quote-part"): total(cents for s in m.splits for cents in s.shares.values()),
        ("Membres", "Total des lignes HT"): total(c.amount for c in m.charges),
        ("Membres", "TTC des documents"): total(d.gross for d in m.documents),
        ("Economies", "Économie HT"): total(s.net for s in m.savings),
        ("Economies", "Économie TTC"): total(s.gross for s in m.savings),
        ("Documents", "HT"): total(d.net for d in m.documents),
        ("Documents", "TVA"): total(d.vat for d in m.documents),
        ("Documents", "TTC"): total(d.gross for d in m.documents),
    }
    found = {}
    for name, header in expected:
        table = b.tables[name]
        last = table.ref.split(":")[1]
        letter = chr(ord("A") + table.headers.index(header))
        cell = b.sheets[table.sheet][f"{letter}{row_of(last)}"]
        assert cell.formula == f"SUBTOTAL(109,{name}[{header}])"
        found[name, header] = b.value(table.sheet, f"{letter}{row_of(last)}")
    assert found == expected


def test_both_sides_of_a_check_are_formulas_beside_the_figure_of_the_engine() -> None:
    """Expected and found are added up from the other sheets; the engine's own figures are numbers."""
    b = book()
    for number, check in enumerate(month().checks, start=4):
        row = [b.sheets["Synthèse"][f"{letter}{number}"] for letter in "ABCDEFG"]
        assert [bool(cell.formula) for cell in row] == [False, True, False, True, False, True, True]
        assert [cell.value for cell in row[1:6]] == [
            *(euros(check.expected),) * 2,
            *(euros(check.found),) * 2,
            Decimal("0.00"),
        ]
        assert row[6].value == "✓ juste"


def test_a_check_that_does_not_hold_is_red() -> None:
    """A figure of the engine that the sheets do not repeat turns its line and the answer red."""
    wrong = (*month().checks[:-1], replace(month().checks[-1], found=month().checks[-1].found + 1))
    b = made(checks=wrong)
    assert [row["Verdict"] for row in b.rows("Controles")] == [*["✓ juste"] * 4, "✗ écart", "✓ juste", "✓ juste"]
    assert b.value("Synthèse", "A2") == "✗ Il y a un écart : voyez les lignes en rouge."


def test_a_charge_left_out_of_the_sheets_is_seen() -> None:
    """The checks add up the cells, so a charge that no document bears and no figure tells turns them red."""
    b = made(charges=(*month().charges, replace(month().charges[0], amount=1, reason="forged")))
    verdicts = {row["Contrôle"]: row["Verdict"] for row in b.rows("Controles")}
    assert verdicts["Lignes à facturer + reports facturés = documents + nouveaux reports"] == "✗ écart"
    assert verdicts["Lignes portées sur un document ou reportées = leur net"] == "✓ juste"


def test_verdicts_are_coloured_by_what_they_say() -> None:
    """Green and red follow the words of the cells, live."""
    sheet = load_workbook(io.BytesIO(file()))["Synthèse"]
    rules = {str(r.sqref): [x.formula[0] for x in rules] for r, rules in sheet.conditional_formatting._cf_rules.items()}
    assert rules["A2"] == [
        'A2="✓ Tout est juste, au centime près."',
        'A2="✗ Il y a un écart : voyez les lignes en rouge."',
    ]
    assert [x for place, x in rules.items() if place.startswith("A4:G")] == [['A4="✓ juste"', 'A4="✗ écart"']]


def test_charges_are_those_of_charges_csv_with_exact_numbers() -> None:
    """Each row of charges.csv: amounts, quantities and prices digit for digit, dates as dates, codes as text."""
    m, b = month(), book()
    written = list(csv.DictReader(charges_csv(m.charges, m.rules, m.period).decode().splitlines()))
    found = b.rows("Lignes")
    assert len(found) == len(written)
    for row, expected in zip(found, written, strict=True):
        day = date(1899, 12, 30) + timedelta(days=int(row["Version du"]))
        assert {
            "member_id": row["Membre"],
            "rule": row["Règle"],
            "version": day.isoformat(),
            "tier": str(row["Tranche"] or ""),
            "resource_id": row["Ressource"] or "",
            "quantity": row["Quantité"],
            "unit_price": row["Prix unitaire"],
            "factor": row["Part des jours"] or "",
            "amount": row["Montant HT"],
            "reason_code": row["Code du motif"] or "",
        } == {
            **{
                key: expected[key]
                for key in ("member_id", "rule", "version", "tier", "resource_id", "factor", "reason_code")
            },
            "quantity": Decimal(expected["quantity"]) if expected["quantity"] else None,
            "unit_price": Decimal(expected["unit_price"]) if expected["unit_price"] else None,
            "amount": Decimal(expected["amount"]),
        }


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("money", 110, "1.10"),
        ("money", -5, "-0.05"),
        ("money", 123456789012345678, "1234567890123456.78"),
        ("quantity", Fraction(4_000_000, 744), "5376.344086"),
        ("quantity", Decimal("8.123456"), "8.123456"),
        ("quantity", Decimal("123456789012345678.123456"), "123456789012345678.123456"),
        ("quantity", Fraction(1, 10**7), "0"),
        ("price", Decimal("0.0210"), "0.021"),
        ("price", Decimal("42.5"), "42.50"),
        ("price", Decimal("0.000000000001"), "0.000000000001"),
        ("percent", Fraction(1, 3), "0.333333333333"),
        ("count", 12, "12"),
        ("date", date(2026, 10, 1), "46296"),
        ("date", date(1850, 1, 1), "1850-01-01"),
    ],
)
def test_numbers_are_written_digit_by_digit(kind: str, value: object, text: str) -> None:
    """No number passes through a binary float: what stands in the file is the exact decimal."""
    assert content_of(kind, value).text == text


def test_amounts_have_two_decimals_in_the_file() -> None:
    """Every amount of the charges is written with its cents, as 25.40."""
    b = book()
    letter = chr(ord("A") + b.tables["Lignes"].headers.index("Montant HT"))
    texts = [
        cell.text for place, cell in b.sheets["Lignes facturables"].items() if re.fullmatch(rf"{letter}\d+", place)
    ]
    assert [t for t in texts[1:] if not re.fullmatch(r"-?\d+\.\d\d", t)] == []


def test_number_formats_are_those_of_the_locale() -> None:
    """Currency behind or before, negative in red with a minus; decimals of a column stand in line."""
    french, english = wording(), wording("en_GB")
    assert number_format("money", french) == '#,##0.00\\ "€";[Red]\\-#,##0.00\\ "€"'
    assert number_format("money", english) == '"€"#,##0.00;[Red]\\-"€"#,##0.00'
    assert number_format("quantity", french, 2, 6) == "#,##0.00_0_0_0_0;[Red]\\-#,##0.00_0_0_0_0"
    assert number_format("quantity", french, 0, 3) == "#,##0_._0_0_0;[Red]\\-#,##0_._0_0_0"
    assert number_format("price", french, 4, 4) == '#,##0.0000\\ "€";[Red]\\-#,##0.0000\\ "€"'
    assert number_format("percent", french) == "0.00\\ %;[Red]\\-0.00\\ %"
    assert number_format("code", french) == "@"


def test_dates_are_dates_and_amounts_are_numbers_for_a_reader() -> None:
    """openpyxl reads dates as dates, amounts as numbers in the currency, codes as text."""
    sheet = load_workbook(io.BytesIO(file()))["Lignes facturables"]
    headers = {cell.value: cell.column for cell in sheet[3]}
    first = {name: sheet.cell(4, column) for name, column in headers.items()}
    assert first["Version du"].value.date() == date(2026, 1, 1)
    assert first["Version du"].number_format == "dd/mm/yyyy"
    assert first["Période"].value.date() == date(2026, 10, 1)
    assert (first["Montant HT"].data_type, first["Montant HT"].number_format) == (
        "n",
        '#,##0.00\\ "€";[Red]\\-#,##0.00\\ "€"',
    )
    assert (first["Membre"].data_type, first["Membre"].number_format) == ("s", "@")


def test_tables_have_names_filters_and_frozen_headers() -> None:
    """Each sheet has one table under a two-line title, with a filter that leaves the totals out, and a fixed header."""
    found = load_workbook(io.BytesIO(file()))
    assert list(book().tables) == TABLES
    for sheet, table in zip(found, book().tables.values(), strict=True):
        first, last = table.ref.split(":")
        end = row_of(last) - (1 if table.totals else 0)
        assert (first, table.filter) == ("A3", f"A3:{re.sub('[0-9]', '', last)}{end}")
        assert row_of(sheet.freeze_panes) == (3 if sheet.title == "Synthèse" else 4)
        assert [sheet.cell(3, n).value for n in range(1, len(table.headers) + 1)] == list(table.headers)
        assert sheet.dimensions.startswith("A1:")


def test_pages_are_set_up() -> None:
    """Landscape, as wide as the page, title and header on every page, numbered pages."""
    for sheet in load_workbook(io.BytesIO(file())):
        assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
            "landscape",
            1,
            0,
        )
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == ("$1:$2" if sheet.title == "Synthèse" else "$1:$3")
        assert sheet.oddFooter.right.text == "page &P/&N"


def test_a_pool_states_each_amount_once() -> None:
    """Of a pool: its expenses, what it holds, its split, each key by member, each share; the columns add up."""
    rows = book().rows("Postes")
    backbone = [row for row in rows if row["Poste"] == "network-backbone"]
    assert [row["Ligne"] for row in backbone] == [
        *["Poste", "Dépense", "Répartition"],
        *["Clé"] * 15,
        *["Quote-part"] * 5,
    ]
    held = next(row for row in backbone if row["Ligne"] == "Quote-part" and row["Membre"] == "ecouen")
    assert (held["Quote-part"], held["Précision"]) == (Decimal("400.00"), "tenu au plancher")
    traffic = next(row for row in backbone if row["Clé de répartition"] == "trafic" and row["Membre"] == "cergy")
    assert (traffic["Poids"], traffic["Valeur du membre"], traffic["Total de la clé"]) == (
        Decimal("0.7"),
        Decimal("9340"),
        Decimal("35000"),
    )


def test_members_show_services_regimes_and_documents() -> None:
    """A member's charges by service, its documents by regime; every member of the month has a row."""
    m, rows = month(), {row["Membre"]: row for row in book().rows("Membres")}
    assert sorted(rows) == sorted(m.members)
    services: dict[str, int] = defaultdict(int)
    for charge in m.charges:
        if charge.member_id == "cergy":
            services[wording().label("services", m.rules[charge.rule].service)] += charge.amount
    assert {name: rows["cergy"][name] for name in services} == {n: euros(cents) for n, cents in services.items()}
    own = [d for d in m.documents if d.payer.member_id == "cergy"]
    assert rows["cergy"]["Documents"] == len(own)
    assert rows["cergy"]["TVA prestations 20 %"] == total(d.vat for d in own)
    assert rows["cergy"]["TTC des documents"] == total(d.gross for d in own)


def test_members_who_lose_are_first() -> None:
    """Savings by rising amount; who pays more together, net or gross, comes before all others."""
    rows = [row for row in book().rows("Economies") if row["Seul HT"] is not None]
    loses = [min(row["Économie HT"], row["Économie TTC"]) < 0 for row in rows]
    assert loses == sorted(loses, reverse=True)
    assert True in loses
    assert False in loses


def test_words_that_look_like_formulas_stay_words() -> None:
    """A name beginning with = + - @ is text, and stays text when somebody edits the cell."""
    evil = ['=HYPERLINK("http://x")', "+1+1", "-2", "@SUM(A1)"]
    ids = sorted(month().members)[:4]
    members = {**month().members, **{i: replace(month().members[i], name=n) for i, n in zip(ids, evil, strict=True)}}
    content = workbook_xlsx(replace(month(), members=members), wording())
    b = Spreadsheet(content)
    names_found = {row["Membre"]: row["Nom"] for row in b.rows("Membres")}
    assert [names_found[i] for i in ids] == evil
    cells = {cell.value: cell for cell in load_workbook(io.BytesIO(content))["Membres"]["B"]}
    assert [(cells[name].data_type, cells[name].quotePrefix) for name in evil] == [("s", True)] * 4


def test_characters_that_a_file_cannot_hold_are_replaced() -> None:
    """A control character in a name, and mark-up, do not break the file."""
    first = sorted(month().members)[0]
    members = {**month().members, first: replace(month().members[first], name="A\x00<b>&\x0b\ud800")}
    rows = {row["Membre"]: row["Nom"] for row in made(members=members).rows("Membres")}
    assert rows[first] == "A\ufffd<b>&\ufffd\ufffd"


def test_a_month_without_anything_still_opens() -> None:
    """No charge, pool, document or baseline: each table has its header and one empty row, and says so."""
    b = made(charges=(), pools=(), splits=(), baselines=(), documents=(), savings=(), checks=(), members={})
    assert_formulas_give_what_is_written(b)
    assert [b.sheets[name]["A2"].text for name in FRENCH[1:]] == [
        wording().text(f"workbook.{key}.empty") for key in ("charges", "pools", "members", "savings", "documents")
    ]
    assert {row["Verdict"] for row in b.rows("Controles")} == {"✓ juste"}


def test_a_table_too_long_for_a_sheet_goes_on_in_another() -> None:
    """Every row is kept, and the totals of the summary add up all the sheets."""
    b = Spreadsheet(workbook_xlsx(month(), wording(), most_rows=30))
    assert [name for name in b.tables if name.startswith("Lignes")] == ["Lignes", "Lignes_2", "Lignes_3"]
    assert sum(len(b.rows(name)) for name in b.tables if name.startswith("Lignes")) == len(month().charges)
    assert_formulas_give_what_is_written(b)
    assert {row["Verdict"] for row in b.rows("Controles")} == {"✓ juste"}


def test_words_of_a_workspace_cannot_break_the_file() -> None:
    """Headers that are equal, odd signs in headers, names of sheets and tables: the formulas still add up."""
    own = {
        "workbook.charges.columns.amount": "Montant [HT] l'unité #1 {{x}}",
        "workbook.charges.columns.rule": "Membre",
        "workbook.charges.columns.label": "",
        "workbook.charges.table": "A1 b/c",
        "workbook.pools.table": "Documents",
        "workbook.charges.sheet": "a/b:c*" * 10,
        "workbook.charges.no_document": 'sans "document" *',
        "workbook.verdict.good": 'dit "oui" {{A}}',
    }
    words = replace(wording(), texts={**wording().texts, **own})
    b = Spreadsheet(workbook_xlsx(month(), words))
    assert_formulas_give_what_is_written(b)
    assert {row["Verdict"] for row in b.rows("Controles")} == {'dit "oui" {A}'}
    assert list(b.tables) == ["Controles", "A1_b_c", "Documents", "Membres", "Economies", "Documents_"]


@pytest.mark.parametrize(
    ("word", "name"), [("Lignes", "Lignes"), ("2026", "_2026"), ("TVA20", "_TVA20"), ("R1C1", "_R1C1"), ("", "_")]
)
def test_names_of_tables_are_allowed(word: str, name: str) -> None:
    """A table is not named like a cell or a number."""
    assert table_name(word) == name


def test_names_of_sheets_and_criteria_are_safe() -> None:
    """31 characters, no forbidden sign; a criterion means its signs, not their magic."""
    assert sheet_name("Coûts [2026]: a/b?" + "x" * 40) == "Coûts  2026   a b " + "x" * 13
    assert criterion('a*b "c" <5') == '"=a~*b ""c"" <5"'


def test_both_languages_have_the_same_texts() -> None:
    """Both languages have the same texts in the workbook's wording."""
    keys = [{k for k in wording(locale).texts if k.startswith("workbook.")} for locale in ("fr_FR", "en_GB")]
    assert keys[0] == keys[1]


def carried_month() -> Month:
    """The month with a document carried, a line of August on another, and an amount of July that waits on."""
    made_month = month()
    first, *others = made_month.documents
    waits = replace(first, carry_reason="threshold")
    brings = others[0]
    august = Period(2026, 8)
    line = replace(brings.lines[0], carried_from=august)
    billed = with_lines(brings, (*brings.lines, line))
    july = replace(
        first, period=Period(2026, 7), carry_reason="frequency", payer=replace(first.payer, frequency="quarter")
    )
    documents = (billed, *others[1:])
    total = sum(d.net for d in (*documents, waits))
    lines = tuple(Check(name, total, total) for name in ("documents", "lines"))
    checks = (*(c for c in made_month.checks if c.name not in ("documents", "lines")), *lines)
    settings = replace(made_month.settings, threshold=1500)
    return replace(
        made_month,
        documents=documents,
        carried_forward=(waits,),
        still_carried=(july,),
        checks=checks,
        settings=settings,
    )


def test_what_is_carried_has_a_sheet_from_what_waited_to_what_waits() -> None:
    """A row per payer, family and month: before, added, billed and on which document, left, with VAT, and why."""
    m = carried_month()
    (waits,), (july,), billed = m.carried_forward, m.still_carried, m.documents[0]
    b = Spreadsheet(workbook_xlsx(m, wording()))
    rows = b.rows("Reports")
    assert [(r["Payeur"], r["Motif"], r["Document"]) for r in rows] == [
        (july.payer.member_id, "facturé par trimestre", None),
        (billed.payer.member_id, None, billed.slug),
        (waits.payer.member_id, "sous le seuil de 15,00\u00a0€", None),
    ]
    amounts = [
        (r["En attente au début"], r["Reporté ce mois"], r["Facturé ce mois"], r["En attente à la fin"]) for r in rows
    ]
    since = euros(billed.lines[-1].amount)
    assert amounts == [
        (euros(july.net), None, None, euros(july.net)),
        (since, None, since, 0),
        (None, euros(waits.net), None, euros(waits.net)),
    ]
    assert [r["En attente, TTC"] for r in rows] == [euros(july.gross), None, euros(waits.gross)]


def test_a_month_that_carries_adds_up_without_calling_it_a_document() -> None:
    """The checks count what is carried and what is billed of earlier months; the documents are those that are
    billed."""
    m = carried_month()
    b = Spreadsheet(workbook_xlsx(m, wording()))
    assert assert_formulas_give_what_is_written(b)
    assert {row["Verdict"] for row in b.rows("Controles")} == {"✓ juste"}
    assert [r["Document"] for r in b.rows("Documents")] == [d.slug for d in m.documents]
    carried = {r["Montant HT"] for r in b.rows("Lignes") if r["Document"] == "(reporté)"}
    assert carried == {euros(c.amount) for d in m.carried_forward for n in d.lines for c in n.charges}
    sheet = b.sheets["Synthèse"]
    (place,) = [p for p, cell in sheet.items() if cell.text == "Reporté aux mois suivants, HT"]
    assert sheet[place.replace("A", "B")].value == euros(sum(d.net for d in (*m.carried_forward, *m.still_carried)))


def test_a_carried_amount_that_is_left_out_is_seen() -> None:
    """Without the amount that the month carries, the checks turn red."""
    b = Spreadsheet(workbook_xlsx(replace(carried_month(), carried_forward=()), wording()))
    verdicts = {row["Contrôle"]: row["Verdict"] for row in b.rows("Controles")}
    assert verdicts["Lignes à facturer + reports facturés = documents + nouveaux reports"] == "✗ écart"


def test_a_month_that_carries_nothing_has_no_sheet_of_it() -> None:
    """Nor a figure."""
    assert "Reports" not in book().sheets


def test_what_who_bills_bears_itself_is_no_gap() -> None:
    """Charges of the operator's own SIREN are on no document, and named so; the checks leave them out."""
    base = month()
    own = replace(base.members["gonesse"], siret=f"{base.settings.operator.siren}00019")
    documents = tuple(d for d in base.documents if d.payer.member_id != "gonesse")
    total = sum(d.net for d in documents)
    checks = (Check("documents", total, total), Check("lines", total, total))
    b = made(members={**base.members, "gonesse": own}, documents=documents, checks=checks)
    assert assert_formulas_give_what_is_written(b)
    assert {row["Verdict"] for row in b.rows("Controles")} == {"✓ juste"}
    assert {r["Document"] for r in b.rows("Lignes") if r["Membre"] == "gonesse"} == {"(pour compte propre)"}
