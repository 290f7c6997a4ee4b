"""Invoices, calls for contribution and credit notes as PDF: what stands on the pages, and how."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from chargeback.einvoice.notes import terms
from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.month import Month
from chargeback.model.pools import KeyTable, PoolSplit
from chargeback.model.settings import Operator, Regime
from chargeback.render.pages.invoice import invoice_pdf
from chargeback.render.pdf.page import MM, styles_of
from chargeback.render.text.calculations import formulas
from chargeback.render.text.labels import settled_how
from chargeback.workspace.reports.theme import read_theme
from chargeback.workspace.reports.wording import Wording, read_wording
from kit import sample_month as months
from kit.paths import TESTS
from kit.pdf_text import fonts, outline, pages, whole
from kit.slow import slow

ONE = Fraction(1)
MONTH = months.month()
FR, EN = read_wording("fr_FR"), read_wording("en_GB")
THEME = read_theme()


def drawn(document: Document, month: Month = MONTH, wording: Wording = FR) -> bytes:
    return invoice_pdf(document, month, wording, THEME)


def sentences(charge: Charge, month: Month = MONTH, *others: Charge) -> list[str]:
    """The formulas of a charge, on a document of it and others; no-break spaces as plain ones."""
    document = months.document(MONTH.members[charge.member_id], months.REGIMES["services"], (*others, charge))
    (line,) = [n for n in document.lines if charge in n.charges]
    return [s.replace("\u202f", " ").replace("\u00a0", " ") for s in formulas(line, document, month, FR)]


def with_split(split: PoolSplit) -> Month:
    return replace(MONTH, splits=(split,))


def shared(split: PoolSplit, member: str = "cergy") -> list[str]:
    charge = months.charge(member, split.rule, split.shares[member], "share", version=split.version)
    return sentences(charge, with_split(split))


def test_a_payer_that_left_is_refunded() -> None:
    """It has no later payment to deduct a credit from: on the page and in the XML (BT-20)."""
    credit = replace(months.draft(MONTH, "cergy", "services"), kind="credit_note")
    left = replace(credit, payer=replace(credit.payer, valid_to=MONTH.period.first))
    how = [(settled_how(d, FR), terms(d, FR)["BT-20"]) for d in (credit, left)]
    deducted = "À déduire de vos prochains règlements ou à rembourser"
    assert how == [(deducted, deducted), ("À rembourser", "À rembourser")]
    assert "prochains règlements" not in whole(drawn(left))
    assert "À rembourser" in whole(drawn(left))


def test_the_front_says_who_owes_what_to_whom() -> None:
    """Issuer, addressee, references of the buyer, lines, VAT, totals and bank details stand on the first page."""
    text = " ".join(pages(drawn(months.draft(MONTH, "cergy", "services")))[0].split())
    for expected in (
        "Syndicat mixte Exemple Numérique 1 place de l'Exemple 95000 Exempleville",
        "Commune de Cergy Hôtel de ville 3 place de l'Exemple BP 48000 95800 Cergy",
        "Votre SIRET 219 501 277 00015 Code service DSI-2026 Engagement EJ-104233",
        "Net à payer 975,77 € À régler dans les 30 jours",
        "Stockage objet, tranche 2 9 000 Gio·h 0,018 € 162,00 €",
        "Stockage objet, droit d'entrée de la tranche 2 5,00 €",
        "Hébergement sec en baie 12 U 42,50 € 263,23 € × 16/31, part des jours du mois à compter du 1er janvier 2026",
        "Machines virtuelles, calcul 6 707 vCPU·h 0,0105 € 70,42 € 3 ressources, détail en annexe",
        "Sous-total Centre de données 813,14 €",
        "Total HT 813,14 € TVA 20 % sur 813,14 € 162,63 € Total TTC 975,77 €",
        "IBAN FR76 9999 9000 0100 0001 2345 014",
        "Syndicat mixte Exemple Numérique · SIRET 990 000 010 00019 · TVA intracommunautaire FR13990000010",
    ):
        assert expected in text


def test_a_draft_says_so_on_every_page_and_has_no_number() -> None:
    """Each page of a draft bears the mark and its place among the pages."""
    found = pages(drawn(months.draft(MONTH, "hopital", "services")))
    assert len(found) == 3
    assert [text.count("PROJET") for text in found] == [1, 1, 1]
    assert [f"page {n}/3" in text for n, text in enumerate(found, start=1)] == [True, True, True]
    assert "Numéro attribué à l'émission" in found[0]


def test_an_issued_invoice_has_number_date_and_due_date() -> None:
    """The number stands in the head, in the reference to quote and on every foot; the mark of a draft is gone."""
    found = pages(drawn(months.issued(months.draft(MONTH, "hopital", "services"))))
    assert "Numéro F2026-00012" in found[0]
    assert "Émission 5 novembre 2026" in found[0]
    assert "25 décembre 2026" in found[0]
    assert "Référence à rappeler F2026-00012" in found[0]
    assert [text.count("Facture n° F2026-00012") >= 1 for text in found] == [True] * len(found)
    assert [text for text in found if "PROJET" in text] == []


def test_out_of_scope_is_a_call_for_contribution() -> None:
    """Category O: another title, one total, its reason; no VAT number, no VAT, no late payment."""
    text = whole(drawn(months.draft(MONTH, "argenteuil", "contributions")))
    assert "Appel de contribution" in text
    assert "Total 11 749,62 €" in text
    assert "Contribution statutaire, hors champ d'application de la TVA." in text
    assert [w for w in ("Facture", "FR13990000010", "TTC", " HT", "retard de paiement", "TVA 0") if w in text] == []


@pytest.mark.parametrize(
    ("wording", "due", "mention"),
    [
        (FR, "payment", "TVA acquittée sur les encaissements."),
        (FR, "invoice", "Option pour le paiement de la taxe d'après les débits."),
        (EN, "payment", "VAT due on payment."),
        (EN, "invoice", "Option to pay the tax on debits: VAT due on the invoice"),
    ],
)
def test_a_taxed_document_says_when_its_vat_falls_due(wording: Wording, due: str, mention: str) -> None:
    """On payment or, by option, on the invoice; a document without VAT says nothing of it."""
    taxed = months.draft(MONTH, "cergy", "services")
    assert mention in whole(drawn(replace(taxed, regime=replace(taxed.regime, tax_point=due)), wording=wording))
    exempt = months.draft(MONTH, "cergy", "cost-sharing")
    assert mention not in whole(drawn(replace(exempt, regime=replace(exempt.regime, tax_point=due)), wording=wording))


def test_an_exempt_invoice_says_why() -> None:
    """Category E: the text of the exemption, no rate, and what late payment costs."""
    text = whole(drawn(months.draft(MONTH, "cergy", "cost-sharing")))
    assert "Exonération de TVA, article 261 B du CGI." in text
    assert "TVA : exonération 0,00 €" in text
    assert "En cas de retard de paiement" in text


def test_any_other_category_is_drawn() -> None:
    """A category without texts of its own takes the common ones."""
    regime = Regime("export", "G", Decimal("0.00"), "Exportation hors de l'Union")
    text = whole(drawn(replace(months.draft(MONTH, "cergy", "services"), regime=regime)))
    assert "Exportation hors de l'Union." in text


def test_a_credit_note_prints_what_it_gives_back() -> None:
    """Amounts of a credit note are above zero; the basis keeps the sign of the charge, and says so."""
    document = months.draft(MONTH, "omerville", "cost-sharing")
    assert (document.kind, document.gross) == ("credit_note", -48000)
    text = whole(drawn(document))
    assert "Porté à votre crédit 480,00 €" in text
    assert "Total TTC 480,00 €" in text
    assert "l'avoir les porte à votre crédit, avec le signe contraire" in text
    assert "\u22121 200,00 € × 40 ÷ 100 parts = \u2212480,00 €" in text
    assert [w for w in ("IBAN", "retard", "À régler") if w in text] == []


def test_a_small_document_is_one_page() -> None:
    """One share and its basis fit on one page."""
    assert len(pages(drawn(months.draft(MONTH, "omerville", "contributions")))) == 1


def test_the_basis_of_a_key_is_printed_in_full() -> None:
    """Pool × the member's value ÷ the total = the share, with units and the decision it rests on."""
    text = whole(drawn(months.draft(MONTH, "argenteuil", "contributions")))
    assert "18 500,37 € × 106 130 hab. ÷ 212 273 hab. = 9 249,62 €" in text
    assert "Fondement : Délibération 2025-12-12 n° 7 (https://exemple.invalid/2025-12-12-7)." in text
    assert "Montant réparti : 18 500,37 € (poste « Services numériques »)." in text


def test_a_composite_key_and_a_floor() -> None:
    """Each key with its weight, value and total; who is held at the floor, and what the others share."""
    text = whole(drawn(months.draft(MONTH, "cergy", "cost-sharing")))
    assert "trafic 70 % 9 340 35 000 Go 26,6857 %" in text
    assert "1 membre est tenu au plancher ou au plafond, pour 400,00 € ; les autres se répartissent le reste" in text
    terms = "70 % × 9 340 Go ÷ 35 000 Go + 20 % × 1 650 agents ÷ 7 960 agents + 10 % × 1 ÷ 5 membres"
    assert f"12 100,00 € × ({terms}) ÷ 97,028241 %" in text
    assert "Quote-part portée au plancher : 400,00 €" in whole(drawn(months.draft(MONTH, "ecouen", "cost-sharing")))


def test_the_basis_of_tiers_fees_and_bounds() -> None:
    """Each tier crossed, the fee of entry, what is free, and the top-up to the minimum."""
    text = whole(drawn(months.draft(MONTH, "cergy", "services")))
    assert "Tranche 2 (de 1 000 à 10 000 Gio·h) : 9 000 Gio·h × 0,018 € = 162,00 €" in text
    assert "Droit d'entrée de la tranche 2 : 5,00 €" in text
    assert "Franchise : 100 Gio·h non comptés." in text
    assert "au-delà de 10 000 Gio·h, 0,015 €." in text
    small = whole(drawn(months.draft(MONTH, "ecouen", "services")))
    assert "Calculé 15,75 €, minimum 50,00 € : complément de 34,25 €" in small


def test_the_basis_of_a_cut_month() -> None:
    """Each version with its days and dates; the last day of an ended version is included."""
    text = whole(drawn(months.draft(MONTH, "cergy", "services")))
    assert "En vigueur du 1er janvier 2026 au 16 octobre 2026." in text
    assert "12 U × 42,50 € × 16/31 = 263,23 €" in text
    assert "12 U × 44,00 € × 15/31 = 255,48 €" in text


def test_the_basis_of_a_part_of_a_year() -> None:
    """A yearly amount, then the month's part; the bound of the year likewise."""
    text = whole(drawn(months.draft(MONTH, "argenteuil", "contributions")))
    assert "106 130 hab. × 0,50 € = 53 065,00 € par an ; part du mois : 4 422,08 €" in text
    assert "Réduction au plafond, part du mois : \u22121 922,08 €" in text


def test_resources_are_listed_with_their_total() -> None:
    """Every resource of a line stands in the annex, and the total is the line's amount."""
    document = months.draft(MONTH, "hopital", "services")
    text = whole(drawn(document))
    (line,) = [n for n in document.lines if n.rule == "vcpu-hours"]
    assert [c.resource_id for c in line.charges if f"{c.resource_id} " not in text] == []
    assert "Total 89 792 942,79 €" in text


def test_one_resource_is_named_in_its_formula() -> None:
    """A single resource needs no table."""
    charge = months.priced("cergy", "vcpu-hours", Fraction(745), Decimal("0.0105"), resource_id="vm-0001")
    assert sentences(charge) == ["vm-0001 : 745 vCPU·h × 0,0105 € = 7,82 €"]


def test_a_product_that_is_not_the_charge_is_not_printed() -> None:
    """Where quantity × price does not give the amount, the amount stands with its reason, never a false product."""
    charge = months.priced("cergy", "vcpu-hours", Fraction(745), Decimal("0.0105"))
    assert sentences(replace(charge, amount=783, reason="reprise de septembre")) == ["reprise de septembre : 7,83 €"]
    assert sentences(replace(charge, amount=783)) == ["7,83 €"]
    accumulated = replace(charge, amount=783, reason="accumulated", accumulated=True)
    assert sentences(accumulated) == ["Cumul de l'année moins cumul à la fin du mois précédent : 7,83 €"]


def test_a_line_that_is_no_product_shows_its_amount_alone() -> None:
    """The front never prints a quantity and a price whose product is another amount than the line's."""
    charge = months.priced(
        "cergy", "vcpu-hours", Fraction(745), Decimal("0.0105"), reason="accumulated", accumulated=True
    )
    off = replace(charge, amount=783)
    document = months.document(MONTH.members["cergy"], months.REGIMES["services"], [off])
    text = whole(drawn(document))
    assert "Machines virtuelles, calcul 7,83 €" in text
    assert "745 vCPU·h" not in text


def test_a_maximum_is_a_rebate() -> None:
    """What was charged, the maximum, and what it takes off."""
    usage = months.priced("cergy", "object-storage", Fraction(100000), Decimal("0.015"), tier=1)
    rebate = months.charge("cergy", "object-storage", -50000, "maximum", quantity=Fraction(0))
    rules = MONTH.rules | {
        "object-storage": MONTH.rules["object-storage"].model_copy(
            update={
                "version": (MONTH.rules["object-storage"].version[0].model_copy(update={"maximum": Decimal(1000)}),)
            }
        )
    }
    expected = "Calculé 1 500,00 €, plafond 1 000,00 € : réduction de 500,00 €"
    assert sentences(rebate, replace(MONTH, rules=rules), usage) == [expected]


def test_a_share_off_by_a_cent_says_so() -> None:
    """Largest remainder may give a cent more or less than rounding: the page says why."""
    keys = (months.key("1", "equal", "", dict.fromkeys(("argenteuil", "cergy", "ecouen"), 1)),)
    split = PoolSplit(
        rule="digital",
        version=months.START,
        pool="p",
        pool_amount=500,
        amount=500,
        days=31,
        month_days=31,
        keys=keys,
        shares={"argenteuil": 167, "cergy": 166, "ecouen": 167},
    )
    assert shared(split) == [
        "5,00 € × 1 ÷ 3 membres = 1,66 €",
        "Un centime d'écart avec l'arrondi, pour que les quotes-parts fassent exactement le montant réparti.",
    ]


def test_a_single_key_with_a_cap_divides_by_the_others() -> None:
    """When somebody is held at the cap, the others share the rest by their own total."""
    keys = (months.key("1", "driver", "population", {"argenteuil": 60, "cergy": 30, "ecouen": 10}),)
    shares = {"argenteuil": 20000, "cergy": 60000, "ecouen": 20000}
    split = PoolSplit(
        rule="digital",
        version=months.START,
        pool="p",
        pool_amount=100000,
        amount=100000,
        days=31,
        month_days=31,
        keys=keys,
        shares=shares,
        cap="200.00",
        binding={"argenteuil": "cap"},
    )
    assert shared(split)[1:] == ["800,00 € × 30 hab. ÷ 40 hab. = 600,00 €"]
    assert shared(split, "argenteuil") == ["Quote-part limitée au plafond : 200,00 €"]


def test_a_key_weighted_by_days_is_shown_as_its_mean() -> None:
    """A driver added over the days of the month is shown as inhabitants, not as inhabitants × days."""
    version = MONTH.rules["digital"].version[0].model_copy(update={"prorate": "day"})
    rules = MONTH.rules | {"digital": MONTH.rules["digital"].model_copy(update={"version": (version,)})}
    keys = (months.key("1", "driver", "population", {"cergy": 31 * 100, "ecouen": 31 * 300}),)
    split = PoolSplit(
        rule="digital",
        version=months.START,
        pool="p",
        pool_amount=400,
        amount=400,
        days=31,
        month_days=31,
        keys=keys,
        shares={"cergy": 100, "ecouen": 300},
    )
    charge = months.charge("cergy", "digital", 100, "share")
    assert sentences(charge, replace(with_split(split), rules=rules)) == ["4,00 € × 100 hab. ÷ 400 hab. = 1,00 €"]


def test_weights_of_a_game_are_shown() -> None:
    """The split of a game prints the member's value among the others'."""
    keys = (KeyTable(ONE, "shapley", "", {"cergy": Fraction(1, 3), "ecouen": Fraction(2, 3)}),)
    split = PoolSplit(
        rule="digital",
        version=months.START,
        pool="p",
        pool_amount=300,
        amount=300,
        days=31,
        month_days=31,
        keys=keys,
        shares={"cergy": 100, "ecouen": 200},
    )
    assert shared(split) == ["3,00 € × 0,333333 ÷ 1 = 1,00 €"]


def test_a_pool_less_tariffs_and_a_pool_cut_by_days() -> None:
    """What came off a pool, and the days of a version, are named."""
    found = months.SPLITS[1]
    document = months.draft(MONTH, "cergy", "contributions")
    less = whole(drawn(document, with_split(replace(found, pool_amount=2_000_000, deducted=149_963))))
    assert "20 000,00 €, moins 1 499,63 € déjà facturés" in less
    part = whole(drawn(document, with_split(replace(found, pool_amount=2_000_000, days=15))))
    assert "soit 15 jours sur 31 du poste « Services numériques », 20 000,00 €" in part


def test_packages_are_counted_in_packages() -> None:
    """Under package the line counts packages and the note says what one holds, in the meter's own unit."""
    terms = {"model": "package", "price": "24.00", "package_size": "50", "included": "20"}
    quantity = {"meter": "traffic_gb", "measure": "sum"}
    unit = {"code": "C62", "fr": "50 Go", "en": "50 GB"}
    rule = months.rule("data", "Données", "Data", terms, kind="rate", vat="services", quantity=quantity, unit=unit)
    charge = Charge(
        member_id="cergy",
        rule="data",
        version=months.START,
        kind="usage",
        tier=1,
        resource_id="",
        quantity=Fraction(3),
        unit_price=Decimal("24.00"),
        factor=ONE,
        amount=7200,
        vat="services",
    )
    months.RULES["data"] = rule
    try:
        document = months.document(MONTH.members["cergy"], months.REGIMES["services"], [charge])
    finally:
        del months.RULES["data"]
    text = whole(drawn(document, replace(MONTH, rules=MONTH.rules | {"data": rule})))
    assert "Données 3 lots 24,00 € 72,00 € lot de 50 Go" in text
    assert "Franchise : 20 Go non comptés. Lots entamés de 50 Go." in text
    assert "3 lots × 24,00 € = 72,00 €" in text


def test_a_lump_sum_is_one_line() -> None:
    """A tier of a fee and no price by unit is a lump sum: its line of zero is not printed."""
    terms = {"model": "volume", "tiers": [{"up_to": "1000", "price": "0", "fee": "250.00"}, {"price": "1.00"}]}
    more = {"kind": "rate", "vat": "services", "quantity": {"driver": "population"}}
    rule = months.rule("lump", "Adhésion", "Membership", terms, **more)
    zero = Charge(
        member_id="cergy",
        rule="lump",
        version=months.START,
        kind="usage",
        tier=1,
        resource_id="",
        quantity=Fraction(328),
        unit_price=Decimal(0),
        factor=ONE,
        amount=0,
        vat="services",
    )
    fee = replace(zero, kind="fee", quantity=Fraction(0), unit_price=Decimal("250.00"), amount=25000)
    months.RULES["lump"] = rule
    try:
        document = months.document(MONTH.members["cergy"], months.REGIMES["services"], [fee, zero])
    finally:
        del months.RULES["lump"]
    text = whole(drawn(document, replace(MONTH, rules=MONTH.rules | {"lump": rule})))
    assert len(document.lines) == 2
    assert "Adhésion, forfait de la tranche 1 250,00 €" in text
    assert "Forfait de la tranche 1 (jusqu'à 1 000 hab.) : 250,00 €" in text
    assert "jusqu'à 1 000 hab., forfait de 250,00 € ; au-delà de 1 000 hab., 1,00 €." in text
    assert " 0,00 €" not in text


def test_what_is_missing_is_left_out() -> None:
    """Without operator, address, SIRET, IBAN, unit, service or label the document still drafts."""
    bare = replace(MONTH, settings=replace(MONTH.settings, operator=Operator()))
    text = whole(drawn(months.draft(MONTH, "ecouen", "services"), bare))
    assert "Les coordonnées de paiement figureront sur le document émis." in text
    assert [w for w in ("SIRET", "IBAN", "None", "Engagement") if w in text] == []


def test_an_issued_document_promises_no_bank_details() -> None:
    """Without an account a draft says that the details will follow; an issued document gives payee and reference
    alone."""
    draft = months.draft(MONTH, "cergy", "services")
    month = replace(MONTH, settings=replace(MONTH.settings, operator=replace(MONTH.settings.operator, iban="", bic="")))
    promise = FR.text("invoice.payment_unknown")
    assert promise in whole(drawn(draft, month))
    text = whole(drawn(months.issued(draft, "F2026-00012"), month))
    assert "Référence à rappeler F2026-00012" in text
    assert [word for word in (promise, "IBAN", "BIC") if word in text] == []


def test_lines_of_several_members_are_apart() -> None:
    """A payer gets a section and a subtotal per beneficiary, its own first by name of its own account."""
    own = [c for c in MONTH.charges if c.member_id == "cergy" and c.rule == "rack-units"]
    charges = [replace(c, member_id=m) for m in ("argenteuil", "cergy") for c in own]
    text = whole(drawn(months.document(MONTH.members["cergy"], months.REGIMES["services"], charges)))
    assert text.index("Pour le compte de : Commune d'Argenteuil") < text.index("Pour votre propre compte")
    assert "Sous-total Commune d'Argenteuil 518,71 €" in text
    assert "Total HT 1 037,42 €" in text


def many(count: int) -> tuple[Document, Month]:
    """A document of ``count`` lines in five services, with long labels."""
    label = "Prestation au libellé particulièrement long, qui passe à la ligne dans sa colonne, numéro {}"
    rules = {
        f"r{n:03}": months.rule(
            f"r{n:03}", label.format(n), "x", {"model": "flat", "price": "1.00"}, kind="rate", service=f"s{n % 5}"
        )
        for n in range(count)
    }
    charges = [
        Charge(
            member_id="cergy",
            rule=r,
            version=months.START,
            kind="usage",
            tier=1,
            resource_id="",
            quantity=Fraction(n + 1),
            unit_price=Decimal("1.00"),
            factor=ONE,
            amount=100 * (n + 1),
            vat="services",
        )
        for n, r in enumerate(rules)
    ]
    months.RULES.update(rules)
    try:
        document = months.document(MONTH.members["cergy"], months.REGIMES["services"], charges)
    finally:
        for r in rules:
            del months.RULES[r]
    return document, replace(MONTH, rules=MONTH.rules | rules)


@pytest.mark.parametrize("count", [14, 15, 16, 17, 18, 60])
def test_a_long_table_repeats_its_head_and_keeps_its_totals(count: int) -> None:
    """However the lines fall, each page of the table has its head, and the totals stand below a line."""
    document, month = many(count)
    found = pages(drawn(document, month))
    (last,) = [n for n, text in enumerate(found) if "Total TTC" in text]
    assert [n for n in range(last + 1) if "Désignation" not in found[n]] == []
    assert "Sous-total" in found[last]
    assert found[last].index("Sous-total") < found[last].index("Total TTC")


def test_a_payment_block_on_a_new_page_is_followed_by_the_mentions() -> None:
    """Where the totals fill a page, the bank details open the next, and the mentions stand below them."""
    moved = 0
    for count in range(10, 20):
        found = pages(drawn(*many(count)))
        (totals,) = [n for n, text in enumerate(found) if "Total TTC" in text]
        (payment,) = [n for n, text in enumerate(found) if "Bénéficiaire" in text]
        if payment > totals:
            moved += 1
            assert "sont détaillés ci-après" in found[payment]
    assert moved > 0


def test_a_rule_of_the_annex_is_not_cut_by_the_end_of_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """However little room the start of a rule asks for, its name, terms and calculation stand on one page."""
    monkeypatch.setattr("chargeback.render.pages.annex.RULE_ROOM", 5 * MM)
    monkeypatch.setattr("chargeback.render.pages.annex_rule.RULE_ROOM", 5 * MM)
    monkeypatch.setattr("chargeback.render.pages.annex_rule.VERSION_ROOM", 5 * MM)
    found = pages(drawn(*many(60)))
    (first,) = [n for n, text in enumerate(found) if "Bases de liquidation" in text and "Total TTC" not in text]
    parts = [tuple(text.count(part) for part in ("numéro", "En vigueur", " € = ")) for text in found[first + 1 :]]
    assert [part for part in parts if len(set(part)) > 1] == []
    assert sum(part[0] for part in parts) > 40


def test_names_that_the_font_lacks_are_drawn() -> None:
    """Control characters vanish and unknown scripts become question marks: nothing breaks."""
    payer = replace(MONTH.members["cergy"], name="Ville\u0000 de 東京 \U0001f600 (Ộ)", city="Nice\u2028Ouest")
    text = whole(drawn(replace(months.draft(MONTH, "cergy", "services"), payer=payer)))
    assert "Ville de ?? ? (Ộ)" in text


def test_english_wording() -> None:
    """The same document in English."""
    text = whole(drawn(months.draft(MONTH, "cergy", "services"), wording=EN))
    assert "Amount due €975.77 To be paid within 30 days" in text
    assert "Tier 2 (from 1,000 to 10,000 GiB·h): 9,000 GiB·h × €0.018 = €162.00" in text
    assert "DRAFT" in text


def test_fonts_are_embedded_and_no_other_is_used() -> None:
    """Every font of every page is one of the theme's, embedded: what PDF/A asks for."""
    found = fonts(drawn(months.draft(MONTH, "cergy", "services")))
    assert found == {"IBMPlexSans-Regular": True, "IBMPlexSans-Medium": True, "IBMPlexSans-SemiBold": True}


def test_the_file_says_what_it_is() -> None:
    """Title, author, language and an outline: what screen readers and archives look for."""
    import io

    from pypdf import PdfReader

    data = drawn(months.issued(months.draft(MONTH, "hopital", "services")))
    reader = PdfReader(io.BytesIO(data))
    assert reader.metadata is not None
    assert (reader.metadata.title or "").startswith("Facture n°\u00a0F2026-00012, Groupement hospitalier")
    assert reader.metadata.author == "Syndicat mixte Exemple Numérique"
    assert reader.trailer["/Root"]["/Lang"] == "fr"
    assert outline(data) == ["Facture n°\u00a0F2026-00012", "Bases de liquidation"]


def test_text_is_read_in_order() -> None:
    """Issuer, addressee, title, amount, lines, totals, payment: the text flows as it is read."""
    text = whole(drawn(months.draft(MONTH, "cergy", "services")))
    marks = (
        "1 place de l'Exemple",
        "Commune de Cergy",
        "Numéro",
        "Net à payer",
        "Désignation",
        "Total TTC",
        "Paiement",
    )
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)


def test_the_logo_is_on_the_first_page(tmp_path: Path) -> None:
    """A theme with a logo draws it once."""
    import io

    from PIL import Image
    from pypdf import PdfReader

    (tmp_path / "theme.toml").write_text('logo = "logo.png"\n', encoding="utf-8")
    Image.new("RGB", (90, 30), "#17456b").save(tmp_path / "logo.png")
    data = invoice_pdf(months.draft(MONTH, "cergy", "services"), MONTH, FR, read_theme(tmp_path))
    assert [len(page.images) for page in PdfReader(io.BytesIO(data)).pages] == [1, 0]


PROGRAM = """
import hashlib
from kit import sample_month
from chargeback.render.pages.invoice import invoice_pdf
from chargeback.workspace.reports.theme import read_theme
from chargeback.workspace.reports.wording import read_wording
month = sample_month.month()
for document in {order}:
    data = invoice_pdf(document, month, read_wording("fr_FR"), read_theme())
    print(document.slug, hashlib.sha256(data).hexdigest())
"""


@slow
def test_the_same_month_gives_the_same_bytes() -> None:
    """Two processes, the documents drawn in opposite orders, give the same bytes."""
    found = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM.format(order=order)],
            cwd=TESTS,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.splitlines()
        for order in ("month.documents", "reversed(month.documents)")
    ]
    assert len(found[0]) == len(MONTH.documents)
    assert sorted(found[0]) == sorted(found[1])


def test_styles_are_four_sizes_and_three_weights() -> None:
    """The whole family of documents has four sizes and three fonts."""
    styles = styles_of(THEME)
    all_styles = [getattr(styles, name) for name in styles.__slots__]
    assert {style.size for style in all_styles} == {18.0, 12.0, 9.0, 8.0}
    assert len({style.font.name for style in all_styles}) == 3


def test_due_date_of_a_draft_follows_the_member() -> None:
    """A hospital has fifty days."""
    assert "À régler dans les 50 jours" in whole(drawn(months.draft(MONTH, "hopital", "services")))
    assert months.issued(months.draft(MONTH, "hopital", "services")).due_date == date(2026, 12, 25)
