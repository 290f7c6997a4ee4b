"""The savings report as PDF: the body as a whole, every member with those who lose first, method and sources."""

from __future__ import annotations

from dataclasses import replace

from chargeback.model.month import Month
from chargeback.model.statements import MemberSavings, Saving
from chargeback.render.pages.savings import savings_pdf
from chargeback.render.text.savings import by_saving, has_loss
from chargeback.workspace.reports.theme import read_theme
from chargeback.workspace.reports.wording import read_wording
from kit import sample_month as months
from kit.pdf_text import outline, pages, whole

MONTH = months.month()
FR, EN = read_wording("fr_FR"), read_wording("en_GB")
THEME = read_theme()


def drawn(month: Month = MONTH) -> bytes:
    return savings_pdf(month, FR, THEME)


def saving(member_id: str, alone: int, together: int, alone_gross: int, together_gross: int) -> MemberSavings:
    return MemberSavings(
        member_id,
        (
            Saving(
                baselines=("own-link",),
                replaces=("backbone",),
                alone_net=alone,
                alone_gross=alone_gross,
                together_net=together,
                together_gross=together_gross,
            ),
        ),
    )


def test_the_whole_is_on_the_first_page() -> None:
    """What all would pay alone, what they pay together, net and gross, and how many gain and lose."""
    front = " ".join(pages(drawn())[0].split())
    alone = sum(s.alone_net for s in MONTH.savings)
    together = sum(s.together_net for s in MONTH.savings)
    assert (alone, together) == (1740394, 1351321)
    for expected in (
        "17 403,94 € s'ils étaient seuls ; ensemble ils paient 13 513,21 €",
        "ils économisent 3 890,73 € hors taxes (7 168,88 € TTC)",
        "29 831,72 € facturés ne sont pas comparés",
        "Cloud public au prix catalogue +4 390,73 €",
        "Lien loué en propre \u2212500,00 €",
    ):
        assert expected in front


def test_those_who_lose_are_named_on_the_first_page() -> None:
    """Every member who pays more together, net or with VAT, stands on the first page, the largest loss first."""
    front = " ".join(pages(drawn())[0].split())
    losing = [s for s in by_saving(MONTH.savings, MONTH) if has_loss(s)]
    assert [s.member_id for s in losing] == ["argenteuil", "cergy"]
    assert [front.index(MONTH.members[s.member_id].name) for s in losing] == sorted(
        front.index(MONTH.members[s.member_id].name) for s in losing
    )
    assert "Commune d'Argenteuil 2 400,00 € 2 932,63 € \u2212532,63 € \u221222,2 % \u221252,63 €" in front


def test_members_are_in_order_and_add_up() -> None:
    """Those who lose, then by rising saving, then those without comparison; the total is that of the first page."""
    table = " ".join(pages(drawn())[1].split())
    names = [MONTH.members[s.member_id].name for s in by_saving(MONTH.savings, MONTH)]
    assert [table.index(name.split(" de ses")[0]) for name in names] == sorted(
        table.index(name.split(" de ses")[0]) for name in names
    )
    assert names[-1] == "Commune d'Omerville"
    assert "Ensemble des membres 17 403,94 € 13 513,21 € +3 890,73 € +22,4 % +7 168,88 €" in table


def test_a_loss_with_vat_alone_counts_as_one() -> None:
    """A member who gains net but loses with VAT is among those who lose."""
    rows = (saving("a", 100, 90, 100, 108), saving("b", 100, 120, 120, 120), saving("c", 100, 50, 120, 60))
    assert [s.member_id for s in by_saving(rows, MONTH)] == ["b", "a", "c"]
    assert [has_loss(s) for s in rows] == [True, True, False]


def test_nobody_loses() -> None:
    """Where together is never dearer, the page says so."""
    text = whole(drawn(replace(MONTH, savings=(saving("cergy", 100, 90, 120, 100),))))
    assert "Aucun membre ne paie plus ensemble que seul" in text


def test_together_is_dearer() -> None:
    """Where the whole loses, the figure is an extra cost."""
    text = whole(drawn(replace(MONTH, savings=(saving("cergy", 100, 190, 120, 190),))))
    assert "Surcoût, hors taxes 0,90 € 0,70 € TTC" in text
    assert "soit 0,90 € de plus hors taxes (0,70 € TTC)" in text


def test_many_losers_are_counted_and_all_listed() -> None:
    """The first page names twelve and counts the others; the table names all."""
    members = {f"m{n:02}": months.member(f"m{n:02}", f"Commune {n:02}") for n in range(20)}
    rows = tuple(saving(m, 100, 200 + n, 120, 300) for n, m in enumerate(members))
    found = pages(drawn(replace(MONTH, members=members, savings=rows)))
    assert "et 8 autres membres, page suivante" in found[0]
    assert [m.name for m in members.values() if m.name not in found[1]] == []


def test_method_and_sources_are_last() -> None:
    """Each baseline with its price, what it replaces, its reference and its sums, at the end."""
    last = " ".join(pages(drawn())[-1].split())
    for expected in (
        "Méthode et sources",
        "Prix : 0,056 € par vCPU·h.",
        "Remplace : Machines virtuelles, calcul.",
        "Fondement : Délibération 2025-12-12 n° 7 (https://exemple.invalid/2025-12-12-7).",
        "Seuls 5 403,94 € ; ensemble 1 013,21 € ; écart +4 390,73 € hors taxes.",
        "Quantité : 1 par membre.",
    ):
        assert expected in last


def test_without_baseline_the_report_says_so() -> None:
    """A workspace without baseline rules gets one page that says how to add one."""
    found = pages(drawn(replace(MONTH, savings=tuple(replace(s, rows=()) for s in MONTH.savings))))
    assert len(found) == 1
    assert "Aucun coût de référence n'est défini" in found[0]
    assert len(pages(drawn(replace(MONTH, savings=())))) == 1


def test_outline_draft_and_english() -> None:
    """Sections in the outline, the mark on every page, and English."""
    assert outline(drawn()) == [
        "Ce que la mutualisation change, octobre 2026",
        "Ceux pour qui ensemble coûte plus",
        "Membre par membre",
        "Méthode et sources",
    ]
    assert [text.count("PROJET") for text in pages(drawn())] == [1, 1, 1]
    assert "What sharing changes, October 2026" in whole(savings_pdf(MONTH, EN, THEME))


def test_the_same_report_gives_the_same_bytes() -> None:
    """Drawn twice, and with the members in another order, byte for byte the same."""
    other = replace(MONTH, savings=tuple(reversed(MONTH.savings)))
    assert drawn() == drawn(other)
