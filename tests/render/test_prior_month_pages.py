"""What a document prints of earlier months: adjustments with month, invoice and calculation, carried lines with their
own month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from chargeback.model.documents import Document, Preceding
from chargeback.model.month import Month, PriorMonth
from chargeback.model.period import Period
from chargeback.model.pools import TrueUp, TrueUpRow
from chargeback.model.vat import VatAmount
from chargeback.model.versions import Version
from chargeback.render.pages.invoice import invoice_pdf
from chargeback.render.text.adjustments import must_explain_retroactivity
from chargeback.workspace.reports.theme import read_theme
from chargeback.workspace.reports.wording import Wording, read_wording
from kit import sample_month as months
from kit.pdf_text import pages, whole
from kit.prior_months_document import (
    AUGUST,
    ISSUED,
    SEPTEMBER,
    adjustment,
    again,
    carried,
    credit,
    document,
    machines,
    month,
    shared,
    then,
)

RATE = Decimal("20.00")

FR, EN = read_wording("fr_FR"), read_wording("en_GB")
THEME = read_theme()
JULY = Period(2026, 7)


def printed(found: Document, of: Month, wording: Wording = FR) -> str:
    """All that the pages say."""
    return whole(invoice_pdf(found, of, wording, THEME))


def front(found: Document, of: Month, wording: Wording = FR) -> str:
    """What stands before the bank details or the mentions of the first page."""
    text = " ".join(pages(invoice_pdf(found, of, wording, THEME))[0].split())
    return text.partition("Bases de liquidation")[0].partition("Paiement")[0]


LATE = adjustment(SEPTEMBER, 1050, 735, "usage", original_invoice="F2026-00007")
OCTOBER_AND_LATE = document(machines(2000), LATE)
AGAIN = again(machines(1000))


def test_an_adjustment_names_its_month_and_the_invoice_that_billed_it() -> None:
    """After the lines of the month, with the invoice under it."""
    text = front(OCTOBER_AND_LATE, month(AGAIN))
    expected = (
        "Machines virtuelles, calcul 2 000 vCPU·h 0,0105 € 21,00 € "
        "Machines virtuelles, calcul, régularisation de septembre 2026 3,15 € facture n° F2026-00007 "
        "Sous-total Centre de données 24,15 €"
    )
    assert expected in text


def test_an_adjustment_says_what_is_compared_why_and_how_its_month_comes_to_that() -> None:
    """Recalculated, billed, the difference; the cause in words of the page; the calculation of the month charged
    again."""
    text = printed(OCTOBER_AND_LATE, month(AGAIN))
    expected = (
        "vm-0001 : 2 000 vCPU·h × 0,0105 € = 21,00 € "
        "Régularisation de septembre 2026, facture n° F2026-00007 "
        "Recalculé 10,50 €, facturé 7,35 € : 3,15 € "
        "Motif : relevés reçus ou corrigés après la facturation. "
        "vm-0001 : 1 000 vCPU·h × 0,0105 € = 10,50 €"
    )
    assert expected in text
    assert "in English" not in text


def test_an_adjustment_in_english() -> None:
    """The same in the other language."""
    text = printed(OCTOBER_AND_LATE, month(AGAIN), EN)
    for expected in (
        "Virtual machines, compute, adjustment of September 2026 €3.15 invoice F2026-00007",
        "Adjustment of September 2026, invoice F2026-00007 Calculated again €10.50, billed €7.35: €3.15 "
        "Reason: usage received or corrected after billing. vm-0001: 1,000 vCPU·h × €0.0105 = €10.50",
    ):
        assert expected in text


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ((), ""),
        (("costs",), "Motif : dépenses enregistrées ou corrigées après la facturation."),
        (("registers",), "Motif : registres mis à jour après la facturation."),
        (("rules",), "Motif : tarif modifié après la facturation."),
        (
            ("usage", "rules"),
            "Motif : relevés reçus ou corrigés après la facturation ; tarif modifié après la facturation.",
        ),
    ],
)
def test_each_cause_is_said_in_words(cause: tuple[str, ...], said: str) -> None:
    """What changed, several apart; nothing where it is not known."""
    text = printed(document(machines(2000), adjustment(SEPTEMBER, 1050, 735, *cause)), month(AGAIN))
    assert said in text
    assert ("Motif" in text) == bool(said)


def test_an_adjustment_of_a_month_that_no_invoice_billed_names_none() -> None:
    """Its month alone."""
    text = printed(document(machines(2000), adjustment(SEPTEMBER, 1050, 735)), month(AGAIN))
    assert "Régularisation de septembre 2026 Recalculé" in text
    assert "facture n° F2026-00007" not in text


def test_several_months_are_adjusted_one_after_the_other() -> None:
    """August before September, each with the calculation of its own month; terms are not repeated."""
    found = document(machines(2000), LATE, adjustment(AUGUST, 840, 945, "usage"))
    text = printed(found, month(AGAIN, again(machines(800), of=AUGUST)))
    places = [text.index(part) for part in ("800 vCPU·h × 0,0105 € = 8,40 €", "1 000 vCPU·h × 0,0105 € = 10,50 €")]
    assert places == sorted(places)
    assert "Recalculé 8,40 €, facturé 9,45 € : −1,05 €" in text
    assert text.count("Fondement : Délibération 2025-12-12 n° 7") == 1
    assert text.count("Motif : relevés reçus") == 2


def test_a_part_of_an_adjustment_says_so() -> None:
    """A difference that several invoices give back: how much of it this document does."""
    taken = adjustment(SEPTEMBER, 0, 5000, "usage", amount=-2000, original_invoice="F2026-00007")
    text = printed(
        credit(taken, preceding=(Preceding("F2026-00007", ISSUED, (VatAmount(RATE, 2000, 400),)),)), month(again())
    )
    assert "Recalculé 0,00 €, facturé 50,00 € : −50,00 €, dont −20,00 € sur ce document" in text


def test_a_credit_note_names_its_invoice_at_its_head_alone() -> None:
    """The amount credited is positive, the calculation as charged; the original stands once, with its date."""
    taken = adjustment(SEPTEMBER, 1050, 1365, "usage", original_invoice="F2026-00007")
    found = credit(taken, preceding=(Preceding("F2026-00007", ISSUED, (VatAmount(RATE, 315, 63),)),))
    text = printed(found, month(AGAIN))
    assert "Avoir sur F2026-00007 du 12 octobre 2026 Référence client" in text
    assert "Machines virtuelles, calcul, régularisation de septembre 2026 3,15 € Total HT 3,15 €" in text
    assert "Régularisation de septembre 2026 Recalculé 10,50 €, facturé 13,65 € : −3,15 €" in text
    assert text.count("F2026-00007") == 1


def test_what_is_no_longer_due_has_its_decision_all_the_same() -> None:
    """A member that comes to nothing by a rule: no calculation, the legal basis of what is given back."""
    taken = adjustment(SEPTEMBER, 0, 735, "registers", original_invoice="F2026-00007")
    text = printed(
        credit(taken, preceding=(Preceding("F2026-00007", ISSUED, (VatAmount(RATE, 735, 147),)),)), month(again())
    )
    assert "Recalculé 0,00 €, facturé 7,35 € : −7,35 €" in text
    assert "Fondement : Délibération 2025-12-12 n° 7" in text


def test_several_charges_of_the_month_charged_again_have_a_line_each() -> None:
    """Two machines: a row each, and their total."""
    text = printed(OCTOBER_AND_LATE, month(again(machines(600), machines(400, "vm-0002"))))
    assert "vm-0001 600 vCPU·h 0,0105 € 6,30 € vm-0002 400 vCPU·h 0,0105 € 4,20 € Total 1 000 10,50 €" in text


def test_a_share_that_is_adjusted_is_calculated_by_the_keys_of_its_month() -> None:
    """Pool, value and total of September as they are today, not those of October."""
    late = adjustment(SEPTEMBER, 30000, 25000, "costs", rule="backbone", original_invoice="F2026-00007")
    again_shared = again(
        months.charge("cergy", "backbone", 30000, "share"), splits=(shared(100000, 30, 30, 300, 30000),)
    )
    text = printed(document(months.charge("cergy", "backbone", 61_000, "share"), late), month(again_shared))
    assert "Montant réparti : 1 000,00 € (poste « Cœur de réseau »). " in text
    assert "1 000,00 € × 300 agents ÷ 1 000 agents = 300,00 €" in text


def test_a_carried_line_is_under_its_month_with_its_own_calculation() -> None:
    """Front and annex set it apart; the pool, its part by days and the key are those of August, though October has
    others."""
    lines = carried(AUGUST, months.charge("cergy", "backbone", 10000, "share"))
    found = document(months.charge("cergy", "backbone", 61_000, "share"), lines=lines)
    of = month(then(AUGUST, shared(50000, 10, 31, 200, 10000)))
    assert "Report d'août 2026 Réseaux Réseau mutualisé 100,00 € quote-part de 500,00 € répartis" in front(found, of)
    assert (
        "Montant réparti : 500,00 €, soit 10 jours sur 31 du poste « Cœur de réseau », 1 000,00 €. "
        "500,00 € × 200 agents ÷ 1 000 agents = 100,00 €"
    ) in printed(found, of)


@pytest.mark.parametrize(
    ("since", "wording", "told"),
    [
        (AUGUST, FR, "Période août à octobre 2026"),
        (AUGUST, EN, "Period August to October 2026"),
        (Period(2025, 12), FR, "Période décembre 2025 à octobre 2026"),
        (None, FR, "Période octobre 2026"),
    ],
)
def test_the_period_is_all_the_months_that_are_billed(since: Period | None, wording: Wording, told: str) -> None:
    """From the first month that was carried to that of the document."""
    lines = carried(since, machines(1000)) if since is not None else ()
    assert told in front(document(machines(2000), lines=lines), month(then(since or AUGUST)), wording)


def test_a_carried_line_has_the_days_of_its_month() -> None:
    """15 of the 31 days of August, on a document of a month whose days are not August's."""
    half = replace(machines(1000), factor=Fraction(15, 30), amount=525)
    found = document(lines=carried(SEPTEMBER, half))
    assert "1 000 vCPU·h × 0,0105 € × 15/30 = 5,25 €" in printed(found, month(then(SEPTEMBER)))


def test_a_bound_is_of_its_own_month() -> None:
    """The top-up of a carried month counts what that month charged, and no adjustment."""
    use = months.priced(
        "cergy", "object-storage", Fraction(1000), months.RULES["object-storage"].version[0].tiers[0].price, tier=1
    )
    low = months.charge("cergy", "object-storage", 2900, "minimum", quantity=Fraction(0))
    late = adjustment(SEPTEMBER, 600, 500, "usage", rule="object-storage")
    found = document(use, low, late, lines=carried(AUGUST, replace(use, amount=2000), replace(low, amount=3000)))
    text = printed(found, month(then(AUGUST)))
    assert "Calculé 21,00 €, minimum 50,00 € : complément de 29,00 €" in text
    assert "Calculé 20,00 €, minimum 50,00 € : complément de 30,00 €" in text


def test_a_document_of_several_months_has_a_subtotal_for_each_that_has_several_services() -> None:
    """Two services of October and of August: what each month comes to."""
    rent = months.charge("cergy", "adhesion", 1000, quantity=Fraction(1))
    population = months.charge("cergy", "digital", 500, "share")
    moved = replace(months.charge("cergy", "backbone", 300, "share"), vat="contributions")
    found = document(rent, moved, lines=carried(AUGUST, population, replace(moved, amount=400)))
    text = front(found, month(then(AUGUST)))
    assert "Sous-total octobre 2026 13,00 €" in text
    assert "Sous-total août 2026 9,00 €" in text


def test_a_carried_adjustment_keeps_both_months() -> None:
    """July, adjusted in August, which carried it: under August, with what July came to then."""
    late = adjustment(JULY, 1050, 735, "usage", original_invoice="F2026-00004")
    of = month(then(AUGUST), again(machines(1000), of=JULY, carried_from=AUGUST), again(machines(999), of=JULY))
    text = printed(document(machines(2000), lines=carried(AUGUST, late)), of)
    assert "Report d'août 2026 Machines virtuelles, calcul" in text
    assert "Régularisation de juillet 2026, facture n° F2026-00004 Recalculé 10,50 €, facturé 7,35 € : 3,15 €" in text
    assert "vm-0001 : 1 000 vCPU·h × 0,0105 € = 10,50 €" in text


def settled(difference: int) -> TrueUp:
    """The true-up of 2025: Cergy's share of 1,000.00 was 300.00."""
    row = TrueUpRow(
        member_id="cergy",
        share=30000,
        instalments=30000 - difference,
        prefinanced=0,
        documents=("F2025-00003",),
        amounts=(30000 - difference,),
    )
    return TrueUp(year=2025, rule="backbone", pool="network-backbone", costs=(100000,), splits=(), rows=(row,))


def test_a_true_up_names_its_year_also_when_it_was_carried() -> None:
    """On the page of the month that bills it, and of the one that it was carried to."""
    charge = months.charge("cergy", "backbone", 1200, "adjustment", reason="true-up 2025, in English", settles=2025)
    sentence = (
        "Quote-part de l'année 2025, 300,00 € de 1 000,00 € (poste « Cœur de réseau »), moins les acomptes, 288,00 € "
        "(F2025-00003 288,00 €) : 12,00 €"
    )
    for found, of in (
        (document(charge), month(true_ups=(settled(1200),))),
        (document(lines=carried(AUGUST, charge)), month(then(AUGUST, true_ups=(settled(1200),)))),
    ):
        text = printed(found, of)
        assert "Réseau mutualisé, régularisation de l'année 2025 12,00 €" in text
        assert sentence in text
        assert "in English" not in text


def preceding(count: int, net: int = 1000, vat: int = 200) -> tuple[Preceding, ...]:
    return tuple(
        Preceding(f"F2026-{n:05d}", date(2026, 9, n), (VatAmount(RATE, net, vat),)) for n in range(1, count + 1)
    )


def test_a_credit_note_on_a_few_invoices_says_at_its_head_what_is_taken_off_each() -> None:
    """Three invoices: each with its amount, VAT included."""
    found = credit(replace(machines(1000), amount=-3000), preceding=preceding(3))
    text = front(found, month())
    expected = (
        "Avoir sur F2026-00001 du 01/09/2026 : 12,00 € F2026-00002 du 02/09/2026 : 12,00 € "
        "F2026-00003 du 03/09/2026 : 12,00 € Référence client"
    )
    assert expected in text
    assert "Factures que cet avoir réduit" not in text


def test_a_credit_note_on_many_invoices_has_a_table_of_them() -> None:
    """Eight: their number at the head; below the totals a row each with net, VAT and gross, and the whole."""
    found = credit(replace(machines(1000), amount=-8000), preceding=preceding(8))
    text = printed(found, month())
    assert "Avoir sur 8 factures, listées ci-dessous Référence client" in text
    assert "Factures que cet avoir réduit Numéro Émission HT TVA TTC" in text
    assert "F2026-00008 8 septembre 2026 10,00 € 2,00 € 12,00 € Total 80,00 € 16,00 € 96,00 €" in text


def test_what_no_invoice_is_left_for_is_said() -> None:
    """A credit note larger than what remains of the invoices that it names: at the head of a few, in the table of
    many."""
    few = credit(replace(machines(1000), amount=-3000), preceding=preceding(1))
    assert "Avoir sur F2026-00001 du 01/09/2026 : 12,00 € Sans facture à réduire 24,00 €" in front(few, month())
    many = credit(replace(machines(1000), amount=-6000), preceding=preceding(4))
    assert "Sans facture à réduire 20,00 € 4,00 € 24,00 € Total 60,00 € 12,00 € 72,00 €" in printed(many, month())


def test_a_credit_note_without_vat_lists_one_amount() -> None:
    """Out of scope or exempt: no column of VAT."""
    refund = months.charge("cergy", "backbone", -5000, "share")
    text = printed(credit(refund, preceding=preceding(5, 1000, 0)), month())
    assert "Factures que cet avoir réduit Numéro Émission Montant F2026-00001 1er septembre 2026 10,00 €" in text


def version(retroactive: str, *enforceable_on: date | None, start: date = date(2026, 4, 1)) -> Version:
    references = [{"title": f"Decision {n}", "enforceable_on": day} for n, day in enumerate(enforceable_on)]
    return Version.model_validate(
        {"valid_from": start, "references": references, "retroactive": retroactive, "model": "flat", "price": "1"}
    )


JUNE_24 = date(2026, 6, 24)


@pytest.mark.parametrize(
    ("found", "of", "moved", "says"),
    [
        (version("", JUNE_24), Period(2026, 4), True, False),
        (version("A fair rebate", JUNE_24), Period(2026, 4), False, True),
        (version("A fair rebate", JUNE_24), Period(2026, 6), False, True),
        (version("A fair rebate", JUNE_24), Period(2026, 7), False, False),
        (version("A fair rebate", JUNE_24), Period(2026, 7), True, True),
        (version("A fair rebate", date(2026, 5, 1), JUNE_24), Period(2026, 6), False, True),
        (version("A fair rebate", None), Period(2026, 4), False, True),
        (version("A fair rebate", None), Period(2026, 5), False, False),
        (version("A fair rebate", None), Period(2026, 5), True, True),
    ],
)
def test_when_a_bill_says_why_a_version_reaches_back(found: Version, of: Period, moved: bool, says: bool) -> None:
    """For months that begin before its acts were enforceable, and where it moved a bill; not on ordinary lines after
    that."""
    assert must_explain_retroactivity(found, of, moved) is says


def test_the_reason_to_reach_back_is_printed_with_the_decision() -> None:
    """On the adjustment of September, not on the line of October, where the act was enforceable."""
    rule = months.RULES["vcpu-hours"]
    (terms,) = rule.version
    act = terms.references[0].model_copy(update={"enforceable_on": date(2026, 10, 1)})
    new = terms.model_copy(update={"references": (act,), "retroactive": "Baisse favorable aux membres."})
    rules = {**months.RULES, "vcpu-hours": rule.model_copy(update={"version": (new,)})}
    found = document(machines(2000), adjustment(SEPTEMBER, 1050, 735, "rules"))
    text = printed(found, month(AGAIN, rules=rules))
    own, _, adjusted = text.partition("Régularisation de septembre 2026 Recalculé")
    assert "En vigueur depuis le 1er janvier 2026. Effet rétroactif : Baisse favorable aux membres." in adjusted
    assert "Effet rétroactif" not in own


def test_a_retroactive_version_that_moved_a_bill_says_why_also_after_its_act() -> None:
    """Entered late: the act was enforceable in time, but September was billed without it."""
    rule = months.RULES["vcpu-hours"]
    (terms,) = rule.version
    act = terms.references[0].model_copy(update={"enforceable_on": months.START})
    new = terms.model_copy(update={"references": (act,), "retroactive": "Saisie tardive"})
    rules = {**months.RULES, "vcpu-hours": rule.model_copy(update={"version": (new,)})}
    for cause, said in (("rules", True), ("usage", False)):
        text = printed(document(machines(2000), adjustment(SEPTEMBER, 1050, 735, cause)), month(AGAIN, rules=rules))
        assert ("Effet rétroactif : Saisie tardive." in text) is said


def test_what_was_charged_again_under_another_regime_is_not_shown() -> None:
    """A member that two regimes bill by one rule: each document has its own."""
    other = replace(machines(77, "vm-0077"), vat="contributions")
    text = printed(OCTOBER_AND_LATE, month(again(machines(1000), other)))
    assert "1 000 vCPU·h × 0,0105 € = 10,50 €" in text
    assert "vm-0077" not in text


def test_adjustments_come_after_the_lines_of_newer_versions() -> None:
    """The adjustment of a month of the old price stands below the lines of the new one."""
    racks = months.priced(
        "cergy", "rack-units", Fraction(12), months.RULES["rack-units"].version[1].price, version=months.CUT
    )
    late = adjustment(SEPTEMBER, 51000, 42500, "registers", rule="rack-units")
    text = front(document(racks, late), month(again(of=SEPTEMBER)))
    assert text.index("Hébergement sec en baie 12 U") < text.index(
        "Hébergement sec en baie, régularisation de septembre"
    )


def test_the_same_values_give_the_same_bytes() -> None:
    """A month of equal values elsewhere in memory is drawn the same."""
    of = PriorMonth(SEPTEMBER, (machines(1000),), recomputed=True)
    drawn = {invoice_pdf(OCTOBER_AND_LATE, month(replace(of)), FR, THEME) for _ in range(2)}
    assert len(drawn) == 1
