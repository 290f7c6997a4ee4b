"""The statement of a member for its deliberative body, as PDF."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chargeback.billing.comparison import Comparison
from chargeback.billing.statements import statements
from chargeback.model.documents import Document
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.statements import MemberSavings, RuleChange, ServiceRow, Statement
from chargeback.render.pages.statement import statement_pdf
from chargeback.workspace.reports.theme import read_theme
from chargeback.workspace.reports.wording import Wording, read_wording
from kit import sample_month as months
from kit.pdf_text import outline, pages, whole

MONTH = months.month()
FR, EN = read_wording("fr_FR"), read_wording("en_GB")
THEME = read_theme()


def drawn(statement: Statement, month: Month = MONTH, wording: Wording = FR) -> bytes:
    return statement_pdf(statement, month, wording, THEME)


def test_the_first_page_says_how_much_against_what_and_why() -> None:
    """A sentence and three figures: this month, against last, saved; then every service."""
    front = " ".join(pages(drawn(months.statement(MONTH, "cergy")))[0].split())
    for expected in (
        "Relevé d'octobre 2026 Commune de Cergy",
        "Pour octobre 2026, nous devons 12 588,78 € hors taxes (12 751,41 € TTC)",
        "C'est 377,68 € de plus qu'en septembre 2026.",
        "Le premier poste est « Services numériques », avec 8 679,72 €.",
        "+377,68 € +3,1 % sur 12 211,10 €",
        "Services numériques : 69 % de ce que nous payons",
        "8 679,72 € · 69 %",
        "Réseaux 3 095,92 € 3 003,04 € +92,88 € 30 123,28 €",
        "Total 12 588,78 € 12 211,10 € +377,68 € 122 488,68 €",
    ):
        assert expected in front


def test_the_second_page_says_our_place_our_savings_and_what_changes() -> None:
    """Value, total and rank in each key; alone against together; the tariff of next month."""
    back = " ".join(pages(drawn(months.statement(MONTH, "cergy")))[1].split())
    for expected in (
        "Services numériques par habitant : 6 179,72 € sur 18 500,37 €",
        "habitants : 70 906 sur 212 273 hab., soit 33,40 % 2e rang sur 5",
        "trafic, pour 70 % : 9 340 sur 35 000 Go, soit 26,69 % 2e rang sur 5",
        "parts égales, pour 10 % : 1 sur 5 membres, soit 20,00 %",
        "Cloud public au prix catalogue 375,59 € 70,42 € +305,17 €",
        "au lieu de : Machines virtuelles, calcul ; source : Délibération 2025-12-12 n° 7",
        "1er novembre 2026 : « Hébergement sec en baie » passe de 42,50 € à 44,00 € par U",
    ):
        assert expected in back


def test_other_members_are_not_named() -> None:
    """The others stand on the strip as strokes, without name or value."""
    text = whole(drawn(months.statement(MONTH, "cergy")))
    assert [m.name for m in MONTH.members.values() if m.member_id != "cergy" and m.name in text] == []


def test_a_loss_is_called_one() -> None:
    """A member who pays more together reads an extra cost, not a saving, with both amounts above zero."""
    losing = next(s for s in MONTH.savings if s.net < 0 and s.gross < 0)
    text = whole(drawn(months.statement(MONTH, losing.member_id)))
    assert losing.member_id == "argenteuil"
    assert "Surcoût du mois, hors taxes 532,63 € 52,63 € TTC" in text
    assert "il nous en coûte 532,63 € de plus hors taxes, 52,63 € TTC" in text


def test_what_is_not_known_is_a_dash() -> None:
    """Without last month, a baseline, keys or changes, the statement says so."""
    bare = replace(
        months.statement(MONTH, "cergy"),
        previous_net=None,
        year_to_date=None,
        services=(ServiceRow("cloud", 100, None, None),),
        places=(),
        savings=MemberSavings("cergy", ()),
        changes=(),
        net=100,
        gross=120,
    )
    text = whole(drawn(bare))
    for expected in (
        "Mois précédent non connu",
        "Aucun coût de référence à comparer",
        "Cloud 1,00 € \u2014 \u2014 \u2014",
        "Aucun poste ne nous est réparti ce mois.",
        "rien n'est comparé ce mois",
        "Aucun tarif ni aucune clé ne change en novembre 2026.",
    ):
        assert expected in text


def test_the_year_to_date_says_since_when() -> None:
    """A year of which only the last months are known says from which month it counts."""
    statement = replace(months.statement(MONTH, "cergy"), counted_from=Period(2026, 9))
    assert "Depuis septembre" in whole(drawn(statement))
    assert "Depuis janvier" in whole(drawn(months.statement(MONTH, "cergy")))


def test_a_credit_is_called_one() -> None:
    """A member to whom more is given back than charged reads a credit."""
    text = whole(drawn(months.statement(MONTH, "omerville")))
    assert "437,76 € hors taxes (437,76 € TTC) sont portés à notre crédit" in text
    assert "Ce que nous payons, par service" in text


def test_long_lists_end_with_how_many_more() -> None:
    """Services, keys, comparisons and changes that do not fit are counted, and their amounts kept."""
    base = months.statement(MONTH, "cergy")
    rows = tuple(ServiceRow(f"Service {n:02}", 1000 + n, 1000, 10000) for n in range(20))
    filled = replace(
        base,
        services=rows,
        net=sum(r.amount for r in rows),
        places=base.places * 3,
        savings=MemberSavings("cergy", base.savings.rows * 4),
        changes=base.changes * 9,
    )
    front, back = pages(drawn(filled))
    kept, rest = sorted(rows, key=lambda r: -r.amount)[:12], sorted(rows, key=lambda r: -r.amount)[12:]
    assert [r.service for r in kept if r.service not in front] == []
    assert (
        f"8 autres services {FR.money(sum(r.amount for r in rest))}".replace("\u202f", " ").replace("\u00a0", " ")
        in front
    )
    for expected in ("et 5 autres clés", "et 4 autres comparaisons", "et 4 autres changements"):
        assert expected in back


def test_kinds_of_changes() -> None:
    """A rule that begins, one that ends, a price that changes and terms that change are told apart."""
    rack = MONTH.rules["rack-units"]
    old, new = rack.versions
    on = date(2026, 11, 1)
    changes = (
        RuleChange("backbone", on, None, MONTH.rules["backbone"].versions[0]),
        RuleChange("digital", on, MONTH.rules["digital"].versions[0], None),
        RuleChange("object-storage", on, *MONTH.rules["object-storage"].versions * 2),
        RuleChange("rack-units", on, old, new),
    )
    text = whole(drawn(replace(months.statement(MONTH, "cergy"), changes=changes)))
    assert "« Réseau mutualisé » entre en vigueur (Délibération" in text
    assert "« Services numériques par habitant » prend fin." in text
    assert "les conditions de « Stockage objet » changent (" in text
    assert "« Hébergement sec en baie » passe de 42,50 € à 44,00 € par U" in text


def test_a_statement_is_a_draft_until_the_month_is_issued() -> None:
    """The mark stands on both pages, and goes with the last number."""
    statement = months.statement(MONTH, "cergy")
    issued = replace(MONTH, documents=tuple(months.issued(d, f"F{n}") for n, d in enumerate(MONTH.documents)))
    assert [text.count("PROJET") for text in pages(drawn(statement))] == [1, 1]
    assert [text.count("PROJET") for text in pages(drawn(statement, issued))] == [0, 0]


def test_english_and_the_outline() -> None:
    """The same statement in English, with its sections in the outline."""
    data = drawn(months.statement(MONTH, "cergy"), wording=EN)
    assert "For October 2026 we owe €12,588.78 net of VAT (€12,751.41 with VAT)" in whole(data)
    assert outline(data) == [
        "Statement of October 2026",
        "Our place in the allocation keys",
        "What sharing changes for us",
        "What changes next month",
    ]


def test_the_same_statement_gives_the_same_bytes() -> None:
    """Drawn twice, byte for byte the same."""
    statement = months.statement(MONTH, "hopital")
    assert drawn(statement) == drawn(statement)


def waiting(why: str, *of: Period, regime: str = "contributions", frequency: str = "") -> tuple[Document, ...]:
    """The document of Argenteuil of some months, carried for a reason."""
    drawn_up = months.draft(MONTH, "argenteuil", regime)
    payer = replace(drawn_up.payer, frequency=frequency)
    return tuple(replace(drawn_up, period=period, payer=payer, carry_reason=why) for period in of)


LIMITED = replace(MONTH, settings=replace(MONTH.settings, threshold=1500))
JULY, AUGUST, SEPTEMBER = (Period(2026, n) for n in (7, 8, 9))


@pytest.mark.parametrize(
    ("carried", "wording", "said"),
    [
        (
            waiting("threshold", months.PERIOD),
            FR,
            "11 749,62 € (octobre 2026) sont reportés sur un prochain document : sous le seuil de 15,00 €.",
        ),
        (
            waiting("frequency", AUGUST, SEPTEMBER, frequency="quarter"),
            FR,
            "23 499,24 € (août 2026, septembre 2026) sont reportés sur un prochain document : facturé par trimestre.",
        ),
        (
            waiting("frequency", JULY, AUGUST, SEPTEMBER, frequency="year"),
            FR,
            "35 248,86 € (de juillet 2026 à septembre 2026) sont reportés sur un prochain document : facturé par an.",
        ),
        (
            waiting("nothing", months.PERIOD),
            FR,
            "sont reportés sur un prochain document : avec ce qui les précède, le total est nul.",
        ),
        (
            waiting("threshold", months.PERIOD),
            EN,
            "€11,749.62 (October 2026) are carried to a later document: below the threshold of €15.00.",
        ),
    ],
)
def test_what_no_document_bills_yet_is_said(carried: tuple[Document, ...], wording: Wording, said: str) -> None:
    """How much, of which months, and why: a member whose amount is carried gets no document."""
    found = replace(months.statement(MONTH, "argenteuil"), carried_forward=carried)
    assert said in whole(drawn(found, LIMITED, wording))


def test_carried_amounts_are_shown_with_their_vat_and_by_reason() -> None:
    """A taxed one says so; two reasons are two sentences."""
    taxed = waiting("frequency", SEPTEMBER, regime="services", frequency="quarter")
    found = replace(
        months.statement(MONTH, "argenteuil"), carried_forward=(*taxed, *waiting("threshold", months.PERIOD))
    )
    (document,) = taxed
    text = whole(drawn(found, LIMITED))
    gross = FR.money(document.gross).replace("\u202f", " ").replace("\u00a0", " ")
    assert f"{gross} TTC (septembre 2026) sont reportés sur un prochain document : facturé par trimestre." in text
    assert "(octobre 2026) sont reportés sur un prochain document : sous le seuil de 15,00 €." in text


def test_a_statement_tells_what_its_member_pays_and_no_other() -> None:
    """Carried amounts of the payer, of this month and of earlier ones, the earliest first; none of other payers."""
    own = waiting("threshold", months.PERIOD, SEPTEMBER)
    other = replace(own[0], payer=MONTH.members["cergy"])
    of = replace(MONTH, carried_forward=(own[0], other), still_carried=(own[1],))
    found = {s.member.member_id: s.carried_forward for s in statements(of, Comparison())}
    assert found["argenteuil"] == (own[1], own[0])
    assert found["cergy"] == (other,)
    assert found["gonesse"] == ()


def test_the_fullest_first_page_has_room_for_what_is_carried() -> None:
    """Three sentences of carried amounts above the longest list of services: still two pages."""
    base = months.statement(MONTH, "argenteuil")
    rows = tuple(ServiceRow(f"Service {n:02}", 1000 + n, 1000, 10000) for n in range(20))
    carried = (
        *waiting("threshold", JULY, AUGUST, SEPTEMBER),
        *waiting("nothing", JULY),
        *waiting("frequency", JULY, AUGUST, SEPTEMBER, frequency="quarter"),
    )
    filled = replace(base, services=rows, net=sum(r.amount for r in rows), carried_forward=carried)
    front, _ = pages(drawn(filled, LIMITED))
    assert "Montants hors taxes, sauf mention contraire." in front
