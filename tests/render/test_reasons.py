"""Reasons of charges: an untranslated code in charges.csv, and the language of the workspace in the workbook."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from chargeback.billing.charges_csv import COLUMNS, charges_csv
from chargeback.model.charges import AdjustmentBasis, Charge
from chargeback.render.text.reasons import reason_text
from chargeback.workspace.reports.wording import read_wording
from kit import sample_month as months
from kit.prior_months_document import SEPTEMBER

MONTH = months.month()
FR, EN = read_wording("fr_FR"), read_wording("en_GB")
PLAIN = str.maketrans("\u202f\u00a0", "  ")


def told(charge: Charge) -> tuple[str, str, str]:
    """Code, and the reason in both languages."""
    return (charge.reason_code, *(reason_text(charge, MONTH, words).translate(PLAIN) for words in (FR, EN)))


def of(rule: str, cents: int, kind: str = "usage", **more: object) -> Charge:
    """A charge of Cergy."""
    return months.charge("cergy", rule, cents, kind, **more)


def test_a_share_says_its_pool_and_its_keys() -> None:
    """As the annex of its document does."""
    (share,) = [c for c in MONTH.charges if (c.member_id, c.rule) == ("cergy", "digital")]
    assert told(share) == (
        "share",
        "Montant réparti : 18 500,37 € (poste « Services numériques »). "
        "18 500,37 € × 70 906 hab. ÷ 212 273 hab. = 6 179,72 €",
        "Amount shared: €18,500.37 (pool “Digital services”). €18,500.37 × 70,906 inh. ÷ 212,273 inh. = €6,179.72",
    )


LATE = AdjustmentBasis(billed=735, recomputed=1050, causes=("usage",), explanation="usage/late.csv came late")


@pytest.mark.parametrize(
    ("charge", "expected"),
    [
        (
            of("vcpu-hours", 315, "adjustment", adjusts=SEPTEMBER, adjustment_basis=LATE),
            (
                "adjustment",
                "Régularisation de septembre 2026. Recalculé 10,50 €, facturé 7,35 € : 3,15 €. "
                "Motif : relevés reçus ou corrigés après la facturation.",
                "Adjustment of September 2026. Calculated again €10.50, billed €7.35: €3.15. "
                "Reason: usage received or corrected after billing.",
            ),
        ),
        (
            of("adhesion", 100, span_amount=1200),
            ("part", "part du mois de 12,00 € par an", "the month's part of €12.00 a year"),
        ),
        (
            of("vcpu-hours", 100, accumulated=True),
            (
                "accumulated",
                "Cumul de l'année moins cumul à la fin du mois précédent : 1,00 €",
                "Year to date less what it was at the end of last month: €1.00",
            ),
        ),
        (of("backbone", 100, "adjustment", settles=2025), ("true_up", "Réseau mutualisé", "Shared network")),
        (of("vcpu-hours", 100), ("", "", "")),
        (of("vcpu-hours", 100, "minimum"), ("", "", "")),
        (of("vcpu-hours", 100, "adjustment"), ("credit", "Machines virtuelles, calcul", "Virtual machines, compute")),
    ],
)
def test_the_reason_of_a_charge_is_in_the_language_of_the_workspace(charge: Charge, expected: tuple[str, ...]) -> None:
    """By its code; the label of the rule where what it is based on is not known."""
    assert told(charge) == expected


def test_charges_csv_has_the_code_beside_the_reason() -> None:
    """The last column; the reason is that of the program, for the log."""
    share = replace(next(c for c in MONTH.charges if c.kind == "share"), reason="digital 18500.37: 1/3")
    (row,) = csv.DictReader(charges_csv([share], MONTH.rules, MONTH.period).decode().splitlines())
    assert (row["reason"], row["reason_code"], COLUMNS[-1]) == ("digital 18500.37: 1/3", "share", "reason_code")
