"""The fairness report as PDF: the question, the answer in a sentence, every member, the groups, the methods side by
side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

from chargeback.model.fairness import Blocking, Coalition, Division, Fairness
from chargeback.model.month import Month
from chargeback.render.pages import parties
from chargeback.render.pages.fairness import BarScale, fairness_pdf
from chargeback.render.pdf.page import PageSheet
from chargeback.render.pdf.shapes import Rectangle
from chargeback.render.text.fairness import MemberPosition, answer_sentence, coalition_name, listed, member_positions
from chargeback.workspace.reports.theme import read_theme
from chargeback.workspace.reports.wording import Wording, read_wording
from kit import sample_month as months
from kit.fair_months import DAM, NUCLEOLUS, dam, division, many, with_games
from kit.page_layout import faults
from kit.pdf_text import outline, pages, whole

FR, EN = read_wording("fr_FR"), read_wording("en_GB")
THEME = read_theme()
POWER_PAYS_TOO_MUCH = {"flood-control": 5000000, "navigation": 11000000, "power": 25258400}
A_PAIR_PAYS_TOO_MUCH = {"flood-control": 13900000, "navigation": 16300000, "power": 11058400}
LONG = (
    "Communauté d'agglomération Saint-Germain-en-Laye Boucles de Seine",
    "Groupement hospitalier Eaubonne-Montmorency Simone Veil",
    "Communauté de communes de la Vallée de l'Oise et des Trois Forêts",
    "Centre hospitalier spécialisé Roger Prévot de Moisselles",
)
TWELVE = tuple(f"{LONG[n % 4]} {n}" for n in range(12))


def drawn(*games: Fairness, wording: Wording = FR) -> bytes:
    return fairness_pdf(with_games(*games), wording, THEME)


def text(*games: Fairness, wording: Wording = FR) -> str:
    return whole(drawn(*games, wording=wording))


def of_many(names: tuple[str, ...]) -> Month:
    """A month where so many share."""
    game, members = many(names)
    return with_games(game, members=members)


def objecting(*coalitions: Coalition, excess: int = 120000) -> Fairness:
    """The dam with these coalitions that pay too much, the first the most."""
    found = tuple(Blocking(c, Fraction(10**6 + excess - n), Fraction(10**6)) for n, c in enumerate(coalitions))
    charged = replace(dam().charged, blocking=found, blocking_count=len(found))
    return replace(dam(), divisions=(charged, *dam().divisions[1:]))


@pytest.fixture
def sheets(monkeypatch: pytest.MonkeyPatch) -> list[PageSheet]:
    """The sheets laid out."""
    found: list[PageSheet] = []

    def keep(sheet: PageSheet, *_: object) -> bytes:
        found.append(sheet)
        return b""

    monkeypatch.setattr(parties, "pdf", keep)
    return found


def test_the_page_asks_and_answers() -> None:
    """The question, what it is asked of, the answer, what it rests on, on one page marked as a draft."""
    (page,) = pages(drawn(dam()))
    said = " ".join(page.split())
    for expected in (
        "Chacun paie-t-il moins qu'en restant seul ? Réseau mutualisé, octobre 2026",
        "Oui : aucun groupe de membres n'aurait intérêt à s'organiser seul.",
        (
            "412 584,00 € sont facturés à 3 membres : Réseau mutualisé (poste Cœur de réseau ; règle de partage : "
            "Shapley)."
        ),
        "Seuls, ils paieraient 554 442,00 € : ensemble, ils paient 141 858,00 € de moins (25,6 %).",
        "Les 7 groupes possibles ont tous été examinés.",
        "PROJET",
    ):
        assert expected in said


def test_every_member_is_listed_with_what_it_saves() -> None:
    """Alone, as billed, saved in euros and in percent; the largest loss first; the total as the rows add up."""
    said = text(dam(POWER_PAYS_TOO_MUCH, "keys"))
    rows = (
        "Électricité 250 096,00 € 252 584,00 € \u22122 488,00 € \u22121,0 %",
        "Navigation 163 520,00 € 110 000,00 € +53 520,00 € +32,7 %",
        "Protection contre les crues 140 826,00 € 50 000,00 € +90 826,00 € +64,5 %",
        "Ensemble 554 442,00 € 412 584,00 € +141 858,00 € +25,6 %",
    )
    assert [said.index(row) for row in rows] == sorted(said.index(row) for row in rows)


def test_a_member_better_off_alone_is_named() -> None:
    """Where the worst off group is one member, the answer says by how much it would pay less alone."""
    said = text(dam(POWER_PAYS_TOO_MUCH, "keys"))
    assert "Non : Électricité paierait 2 488,00 € de moins en restant seul." in said
    assert "1 groupe paierait moins sans les autres." in said
    assert "Groupes qui paieraient moins sans les autres Groupe Paie Seul De trop" in said
    assert "Électricité 252 584,00 € 250 096,00 € 2 488,00 €" in said


def test_a_group_better_off_together_is_named() -> None:
    """Where no member loses but two of them would pay less by themselves, the answer names both."""
    said = text(dam(A_PAIR_PAYS_TOO_MUCH, "keys"))
    expected = "Non : Protection contre les crues et Navigation paieraient 393,00 € de moins ensemble, sans les autres."
    assert expected in said
    assert "keys" not in said


def test_all_together_may_pay_more_than_the_whole_costs() -> None:
    """Where what is charged is more than all together cost, no split can mend it: the answer says so."""
    more = dam({p: share * 2 for p, share in NUCLEOLUS.items()})
    said = text(more)
    assert "Non : tous ensemble, les membres paient 412 584,00 € de plus que ce que coûte l'ensemble." in said
    assert "Le coût de tous ensemble n'est que de 412 584,00 € au tableau des coûts" in said
    assert "ensemble, ils paient 270 726,00 € de plus (48,8 %)" in said
    less = text(dam({p: share // 2 for p, share in NUCLEOLUS.items()}))
    assert "Le coût de tous ensemble est de 412 584,00 € au tableau des coûts, et non de 206 292,00 €." in less


def test_cents_of_rounding_are_no_objection() -> None:
    """A group of two that pays a cent and a half too much is told as rounding; two cents are an objection."""
    pair = ("flood-control", "navigation")
    charged = replace(dam().charged, blocking_count=1)
    for excess, expected in ((Fraction(3, 2), "Oui, aux centimes d'arrondi près"), (Fraction(2), "Non : ")):
        found = replace(charged, blocking=(Blocking(pair, 100 + excess, Fraction(100)),))
        game = replace(dam(), divisions=(found, *dam().divisions[1:]))
        assert expected in answer_sentence(game, with_games(game), FR).replace("\u00a0", " ")
        assert ("1 groupe paierait moins" in text(game)) == (excess == 2)
        assert ("✓ aux arrondis près" in text(game)) == (excess != 2)


def test_a_search_that_is_not_certain_says_so() -> None:
    """What was looked at and how is told; where another group is not ruled out, the answer is limited to those."""
    table = replace(dam(), coalitions="table", coalitions_tested=5)
    assert "5 groupes ont été examinés, ceux dont le coût est connu. Les coûts sont tels" in text(table)
    assert "Oui : aucun groupe de membres" in text(table)
    search = replace(dam(), coalitions="search", coalitions_tested=12345, conclusive=False)
    assert "Oui, parmi les 12 345 groupes examinés : aucun n'aurait intérêt à s'organiser seul." in text(search)
    assert "12 345 groupes ont été examinés, par une recherche des plus mal lotis. Un autre groupe" in text(search)


def test_the_methods_are_side_by_side_with_their_verdict() -> None:
    """As billed first, then each method, the total of each and the groups that it makes pay too much."""
    said = text(dam(A_PAIR_PAYS_TOO_MUCH, "keys"))
    for expected in (
        "Membre Facturé Proportionnel Shapley Nucleolus SCRB",
        "Électricité 110 584,00 € 186 107,13 € 193 998,50 € 202 810,00 € 195 951,16 €",
        "Ensemble 412 584,00 € 412 584,00 € 412 584,00 € 412 584,00 € 412 584,00 €",
        "Groupes qui paieraient moins sans les autres 1 ✓ aucun ✓ aucun ✓ aucun ✓ aucun",
    ):
        assert expected in said


def test_what_each_method_means_and_the_sources() -> None:
    """A line for each method shown, and the papers behind them; where the costs of each alone are from."""
    said = text(dam())
    for expected in (
        "Proportionnel : chacun paie la même part de ce qu'il paierait seul.",
        "Shapley : chacun paie ce qu'il ajoute au coût en arrivant, en moyenne sur tous les ordres d'arrivée.",
        "Shapley 1953 ; Schmeidler 1969 (nucleolus) ; Straffin et Heaney 1981 (SCRB).",
        "Coûts de chacun seul : standalone/costs.csv, jeu « dam ».",
    ):
        assert expected in said
    assert "Par paliers" not in said
    curve = replace(dam(), curve=True, divisions=(dam().charged, division("increments", NUCLEOLUS, DAM)))
    assert "Par paliers : chaque palier de capacité" in text(curve)
    assert "Coûts de chacun seul : la courbe de coût de la règle." in text(curve)


def test_estimates_and_methods_without_result_are_shown() -> None:
    """A sampled method states its greatest standard error; one that has no result has dashes and a sentence."""
    errors = {p: Fraction(n * 100 + 49, 2) for n, p in enumerate(NUCLEOLUS)}
    sampled = division("shapley", NUCLEOLUS, DAM, standard_errors=errors)
    game = replace(dam(), divisions=(dam().charged, sampled, Division("nucleolus", {}, unsolved="Too many.")))
    said = text(game)
    assert "avec une erreur type de 1,25 € au plus par membre" in said
    assert "Nucleolus : pas de résultat ici" in said
    assert "Électricité 193 998,50 € 202 810,00 € \u2014" in said


def test_members_outside_and_costs_that_are_dearer_together() -> None:
    """What others pay is told, and two groups that cost more together than apart are a warning."""
    game = replace(dam(), outside=123456, not_subadditive=(("navigation",), ("flood-control", "power")))
    said = text(game)
    assert "En outre, 1 234,56 € sont facturés à des membres hors de la comparaison." in said
    assert (
        "Attention : Navigation, d'une part, Protection contre les crues et Électricité, d'autre part, coûtent "
        "plus cher "
        "ensemble que séparément"
    ) in said


def test_a_cost_curve_is_shown_as_one() -> None:
    """What a curve says is not looked for in a table."""
    curve = replace(dam({p: share // 2 for p, share in NUCLEOLUS.items()}), curve=True)
    said = text(replace(curve, not_subadditive=(("navigation",), ("power",))))
    assert "est de 412 584,00 € d'après la courbe de coût, et non de" in said
    assert (
        "Navigation, d'une part, Électricité, d'autre part, coûtent plus cher ensemble que séparément, d'après" in said
    )
    assert "tableau" not in said


def test_groups_in_words() -> None:
    """Two names, three, five of which two are counted, all but one, all."""
    game, members = many([f"Commune {n}" for n in range(9)])
    month = with_games(game, members=members)
    ids = game.players
    assert coalition_name(ids[:1], game, month, FR) == "Commune 0"
    assert coalition_name(ids[:3], game, month, FR) == "Commune 0, Commune 1 et Commune 2"
    assert coalition_name(ids[:5], game, month, FR) == "Commune 0, Commune 1, Commune 2 et 2 autres membres"
    assert coalition_name(ids[1:], game, month, FR) == "tous les membres sauf Commune 0"
    assert coalition_name(ids[2:], game, month, EN) == "all members but Commune 0 and Commune 1"
    assert coalition_name(ids, game, month, FR) == "tous les membres"
    assert listed(["A", "B", "C", "D"], EN) == "A, B, C and D"


def test_the_first_groups_are_shown_and_the_others_counted() -> None:
    """Three groups in the table, the number of the others below."""
    players = dam().players
    said = text(objecting(players[:1], players[1:2], players[2:], players[:2], players[1:]))
    assert "5 groupes paieraient moins sans les autres." in said
    assert "et 2 autres groupes" in said
    assert "Électricité 11 199,98 € 10 000,00 € 1 199,98 €" in said
    assert "11 199,97 €" not in said


@pytest.mark.parametrize("wording", [FR, EN], ids=["fr", "en"])
def test_twelve_members_with_long_names_are_on_one_page(wording: Wording, sheets: list[PageSheet]) -> None:
    """Up to a dozen members, with groups that object, on one page with nothing cut, crossed or below its foot."""
    fairness_pdf(of_many(TWELVE), wording, THEME)
    fairness_pdf(of_many(TWELVE[:3]), wording, THEME)
    assert faults(sheets) == []
    assert [len(sheet.pages) for sheet in sheets] == [1, 1]


@pytest.mark.parametrize("count", [13, 14, 15, 60, 200])
def test_many_members_flow_over_pages(count: int, sheets: list[PageSheet]) -> None:
    """All members stand in both tables, heads are repeated, and the verdict of each method is on the first page."""
    names = tuple(f"Saint-Exemple-sur-Oise {n:03}" for n in range(count))
    fairness_pdf(of_many(names), FR, THEME)
    assert faults(sheets) == []
    texts = [[text for *_, text in page.texts] for page in sheets[0].pages]
    assert [name for name in names if sum(page.count(name) for page in texts) < 2] == []
    assert all("Membre" in page for page in texts)
    assert ("Groupes lésés" in texts[0]) == (len(texts) > 1)


def test_every_game_has_its_page() -> None:
    """Two games: two pages, each with its question; the outline leads to both."""
    other = replace(dam(POWER_PAYS_TOO_MUCH, "keys"), game="digital", rules=("digital",), pools=("digital-services",))
    found = pages(drawn(dam(), other))
    assert len(found) == 2
    assert all("Chacun paie-t-il moins qu'en restant seul ?" in page for page in found)
    assert "Services numériques par habitant, octobre 2026" in found[1]
    assert [title.replace("\u00a0", " ") for title in outline(drawn(dam(), other))] == [
        "Réseau mutualisé, octobre 2026",
        "Membre par membre",
        "Et si l'on partageait autrement ?",
        "Services numériques par habitant, octobre 2026",
        "Membre par membre",
        "Groupes qui paieraient moins sans les autres",
        "Et si l'on partageait autrement ?",
    ]


def test_two_games_are_laid_out_cleanly(sheets: list[PageSheet]) -> None:
    """A further game begins below the running head of its page."""
    drawn(dam(), dam(POWER_PAYS_TOO_MUCH), wording=EN)
    assert faults(sheets) == []


def test_bars_show_who_pays_more_than_alone(sheets: list[PageSheet]) -> None:
    """Each member has a grey bar as long as what it would pay alone, and on it what it pays: another colour where
    more."""
    drawn(dam(POWER_PAYS_TOO_MUCH))
    bars = [shape for shape in sheets[0].pages[0].shapes if isinstance(shape, Rectangle) and shape.filled]
    assert [bar.colour for bar in bars] == [
        *(THEME.light, THEME.chart[1]),
        *(THEME.light, THEME.chart[0]),
        *(THEME.light, THEME.chart[0]),
    ]
    widths = [bar.width for bar in bars]
    paid_most = POWER_PAYS_TOO_MUCH["power"]
    amounts = [a for s in member_positions(dam(POWER_PAYS_TOO_MUCH)) for a in (s.alone, s.pays)]
    assert [round(w, 6) for w in widths] == [round(widths[1] * a / paid_most, 6) for a in amounts]


def test_bars_of_amounts_below_zero_go_to_the_left() -> None:
    """A credit is drawn left of zero, within the column."""
    drawn_at: list[tuple[float, float]] = []

    class Kept:
        theme = THEME

        def bar(self, x: float, y: float, width: float, height: float, colour: str) -> None:
            drawn_at.append((x, width))

    BarScale(-100, 300).draw(MemberPosition("a", 300, -100), Kept(), 0.0, 400.0, 0.0)  # type: ignore[arg-type]
    assert drawn_at == [(100.0, 300.0), (0.0, 100.0)]


def test_issued_pages_bear_no_mark() -> None:
    """The mark of a draft goes when every document has a number, or when the caller says that the month is issued."""
    month = with_games(dam())
    numbered = replace(month, documents=tuple(months.issued(d, f"F2026-{n}") for n, d in enumerate(month.documents)))
    draws: list[Callable[[], bytes]] = [
        lambda: fairness_pdf(numbered, FR, THEME),
        lambda: fairness_pdf(month, FR, THEME, issued=True),
        lambda: fairness_pdf(replace(month, documents=()), FR, THEME),
    ]
    assert [whole(draw()).count("PROJET") for draw in draws] == [0, 0, 1]


def test_the_report_in_english() -> None:
    """The same page in English."""
    said = text(dam(A_PAIR_PAYS_TOO_MUCH, "keys"), wording=EN)
    for expected in (
        "Does everyone pay less than alone? Shared network, October 2026",
        "No: Protection contre les crues and Navigation would pay €393.00 less together, without the others.",
        "1 group would pay less without the others. All 7 possible groups were looked at.",
        "Groups that would pay less without the others 1 ✓ none ✓ none ✓ none ✓ none",
    ):
        assert expected in said


def test_the_same_report_gives_the_same_bytes() -> None:
    """Drawn twice, byte for byte the same."""
    assert drawn(dam()) == drawn(dam())
