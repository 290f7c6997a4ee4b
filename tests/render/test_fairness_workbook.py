"""The sheets on fairness in the finance workbook: exact cells, live totals, each method with its verdict."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from chargeback.model.fairness import Division, Fairness
from chargeback.render.workbook.book import workbook_xlsx
from chargeback.workspace.reports.wording import read_wording
from kit import sample_month as months
from kit.fair_months import DAM, NUCLEOLUS, SHAPLEY, dam, division, with_games
from kit.spreadsheet import Spreadsheet, assert_formulas_give_what_is_written

FR, EN = read_wording("fr_FR"), read_wording("en_GB")
POWER_PAYS_TOO_MUCH = {"flood-control": 5000000, "navigation": 11000000, "power": 25258400}


def book(*games: Fairness) -> Spreadsheet:
    return Spreadsheet(workbook_xlsx(with_games(*games), FR))


@lru_cache
def unfair() -> Spreadsheet:
    """The dam, power paying more than alone."""
    return book(dam(POWER_PAYS_TOO_MUCH, "keys"))


def test_the_sheets_are_after_the_savings_where_there_is_a_game() -> None:
    """Two sheets in a month with a game, none in one without."""
    names = list(unfair().sheets)
    assert names[names.index("Économies") + 1 :] == ["Équité", "Équité, groupes", "Documents"]
    assert not {"Équité", "Équité, groupes"} & set(Spreadsheet(workbook_xlsx(months.month(), FR)).sheets)
    english = list(Spreadsheet(workbook_xlsx(with_games(dam()), EN)).sheets)
    assert english[english.index("Savings") + 1 : -1] == ["Fairness", "Fairness, groups"]


def test_a_row_per_member_with_its_saving_as_a_formula() -> None:
    """Alone, charged, saved, in percent, then each method; those who lose first."""
    first, *_ = rows = unfair().rows("Equite")
    assert [row["Membre"] for row in rows] == ["power", "navigation", "flood-control"]
    part = first.pop("Économie en %")
    assert isinstance(part, Decimal)
    assert part.quantize(Decimal("1e-12")) == Decimal("-0.009948179899")
    assert first == {
        "Jeu": "dam",
        "Règles": "Réseau mutualisé",
        "Membre": "power",
        "Nom": "Électricité",
        "Seul": Decimal("250096.00"),
        "Facturé": Decimal("252584.00"),
        "Économie": Decimal("-2488.00"),
        "Selon Proportionnel": Decimal("186107.13"),
        "Selon Shapley": Decimal("193998.50"),
        "Selon Nucleolus": Decimal("202810.00"),
        "Selon SCRB": Decimal("195951.16"),
    }


def test_totals_are_live() -> None:
    """Every formula gives what is written, and the totals are those of the game."""
    assert assert_formulas_give_what_is_written(unfair()) > 0
    sheet = unfair().sheets["Équité"]
    table = unfair().tables["Equite"]
    end = table.ref.split(":")[1].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    totals = [sheet[f"{letter}{end}"] for letter in "EFGIJKL"]
    assert [cell.formula.startswith("SUBTOTAL(109,Equite[") for cell in totals] == [True] * 7
    assert [cell.text for cell in totals] == ["554442.00", "412584.00", "141858.00", *["412584.00"] * 4]


def test_the_answer_is_above_the_members() -> None:
    """The second line of the sheet begins with the answer of the report; with several games it does not."""
    sheet = unfair().sheets["Équité"]
    assert (
        sheet["A2"]
        .text.replace("\u00a0", " ")
        .replace("\u202f", " ")
        .startswith("Non : Électricité paierait 2 488,00 €")
    )
    two = book(dam(), replace(dam(POWER_PAYS_TOO_MUCH), game="other"))
    assert two.sheets["Équité"]["A2"].text.startswith("Ce que chaque membre paierait seul")
    assert [row["Jeu"] for row in two.rows("Equite")] == ["dam"] * 3 + ["other"] * 3


def test_each_method_has_a_verdict_and_its_groups() -> None:
    """A row per method, then its groups with what they pay too much as a formula and their identifiers."""
    rows = unfair().rows("Groupes_de_membres")
    assert [(row["Méthode"], str(row["Groupe"])[:30]) for row in rows] == [
        ("Facturé", "✗ 1 groupe paierait moins sans"),
        ("Facturé", "Électricité"),
        ("Proportionnel", "✓ Aucun groupe ne paie plus qu"),
        ("Shapley", "✓ Aucun groupe ne paie plus qu"),
        ("Nucleolus", "✓ Aucun groupe ne paie plus qu"),
        ("SCRB", "✓ Aucun groupe ne paie plus qu"),
    ]
    told = {k: v for k, v in rows[1].items() if k not in ("Jeu", "Méthode", "Groupe")}
    amounts = {"Paie": Decimal("252584.00"), "Seul": Decimal("250096.00"), "De trop": Decimal("2488.00")}
    assert told == {"Membres": Decimal(1), **amounts, "Identifiants": "power"}
    assert str(rows[0]["Groupe"]).endswith("Les 7 groupes possibles ont tous été examinés.")


def test_all_together_and_pairs_by_their_identifiers() -> None:
    """A group of several is named in words, and as the table of stand-alone costs writes it."""
    rows = book(dam({p: share * 2 for p, share in NUCLEOLUS.items()})).rows("Groupes_de_membres")
    assert (rows[1]["Groupe"], rows[1]["Membres"]) == ("tous les membres", Decimal(3))
    assert rows[1]["Identifiants"] == "flood-control+navigation+power"
    assert rows[2]["Groupe"] == "Navigation et Électricité"


def test_estimates_methods_without_result_and_rounding() -> None:
    """The standard errors have a column of their own; without shares the cells are empty and the verdict says so."""
    errors = {p: Fraction(125) for p in SHAPLEY}
    others = (
        division("shapley", SHAPLEY, DAM, standard_errors=errors),
        Division("nucleolus", {}, unsolved="Too many."),
    )
    cent = division("charged", {**NUCLEOLUS, "power": NUCLEOLUS["power"] + 1}, DAM)
    found = book(replace(dam(), divisions=(cent, *others)))
    row = found.rows("Equite")[0]
    assert (row["Erreur type Shapley"], row["Selon Nucleolus"]) == (Decimal("1.25"), None)
    verdicts = [str(r["Groupe"]) for r in found.rows("Groupes_de_membres") if r["Identifiants"] is None]
    assert [text.split(".")[0].split(":")[0].strip() for text in verdicts] == [
        "✓ Aucun groupe ne paie plus que seul, aux centimes d'arrondi près",
        "✓ Aucun groupe ne paie plus que seul",
        "Pas de résultat",
    ]


def test_a_player_that_costs_nothing_alone_has_no_percentage() -> None:
    """Nothing is divided by zero."""
    free = replace(dam(), alone={**dam().alone, "power": Fraction(0)})
    rows = {row["Membre"]: row for row in book(free).rows("Equite")}
    assert (rows["power"]["Seul"], rows["power"]["Économie en %"]) == (Decimal("0.00"), None)
