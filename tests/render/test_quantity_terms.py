"""What a document says of how a quantity counts time."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from chargeback.model.quantity import Quantity
from chargeback.model.rules import Rule
from chargeback.model.versions import Version
from chargeback.render.text.quantity_terms import measured_text, quantity_text
from chargeback.workspace.reports.wording import read_wording
from kit import builders

PLAIN = str.maketrans("\u202f\u00a0", "  ")


def rule_of(name: str, unit: dict[str, str] | None = None, **version: Any) -> Rule:
    """A rate of one version since January."""
    head = {"id": name, "label": {"en": name}, "kind": "rate", "vat": "services"}
    own = {"valid_from": date(2026, 1, 1), "references": [{"title": "Decision"}], **version}
    quantity = {"meter": name, "measure": "sum"}
    return Rule.model_validate(head | {"quantity": quantity, "version": [own]} | ({"unit": unit} if unit else {}))


VERSION = Version.model_validate(
    {"valid_from": date(2026, 1, 1), "references": [{"title": "Decision"}], "model": "flat", "price": "1"}
)


@pytest.mark.parametrize(
    ("terms", "english", "french"),
    [
        ({"measure": "sum"}, "sum of the month", "somme du mois"),
        (
            {"measure": "sum", "spread": "time"},
            "sum of the month (readings spread over their time)",
            "somme du mois (relevés répartis sur leur durée)",
        ),
        (
            {"measure": "integral", "overlap": "add", "step": "90s"},
            "quantity × hours (periods that overlap are added, a sample lasts 90 s at most)",
            "quantité × heures (les périodes qui se chevauchent s'additionnent, un relevé vaut pour 90 s au plus)",
        ),
        (
            {"measure": "max", "combine": "instant", "step": "5m"},
            "maximum of the month (readings added at each instant, instants of 5 min)",
            "maximum du mois (relevés additionnés à chaque instant, instants de 5 min)",
        ),
        (
            {"measure": "mean", "combine": "instant", "step": "1h"},
            "mean of the month (readings added at each instant, a sample lasts 1 h at most)",
            "moyenne du mois (relevés additionnés à chaque instant, un relevé vaut pour 1 h au plus)",
        ),
    ],
)
def test_how_time_is_counted_is_said_behind_the_measure(terms: dict[str, Any], english: str, french: str) -> None:
    """In both languages; a quantity without such terms has none."""
    quantity = Quantity.model_validate({"meter": "gb", **terms})
    for locale, expected in (("en_GB", english), ("fr_FR", french)):
        assert quantity_text(quantity, read_wording(locale), VERSION) == f"gb, {expected}"


MAILS = rule_of("mails", model="package", price="1.00", package_size="1000", included="500")
DISK = rule_of("disk", model="flat", price="8.00", included="20", unit={"code": "4L", "en": "TB", "fr": "To"})
TIERS = rule_of("tiers", model="graduated", tiers=[{"up_to": "10", "price": "2"}, {"price": "1"}], included="60")


@pytest.mark.parametrize(
    ("rule", "tier", "figures", "french", "english"),
    [
        (
            DISK,
            1,
            [("35.5", "20", "15.5")],
            "mesuré 35,5 To ; inclus 20 To ; facturé 15,5 To",
            "measured 35.5 TB; 20 TB included; 15.5 TB billed",
        ),
        (
            DISK,
            1,
            [("30", "20", "10"), ("25", "20", "5")],
            "mesuré 55 To ; inclus 40 To ; facturé 15 To",
            "measured 55 TB; 40 TB included; 15 TB billed",
        ),
        (
            MAILS,
            1,
            [("2600", "500", "3")],
            "mesuré 2 600 ; inclus 500 ; facturé 3 lots",
            "measured 2,600; 500 included; 3 packages billed",
        ),
        (MAILS, 1, [("900", "0", "1")], "mesuré 900 ; facturé 1 lots", "measured 900; 1 packages billed"),
        (TIERS, 1, [("100", "60", "10")], "mesuré 100 ; inclus 60", "measured 100; 60 included"),
        (TIERS, 2, [(None, None, "30")], "", ""),
    ],
)
def test_what_was_measured_is_said_beside_what_is_billed(
    rule: Rule, tier: int, figures: list[tuple[str | None, ...]], french: str, english: str
) -> None:
    """What was measured, what of it is free, what is billed; of several resources their sums; of tiers the first."""
    charges = [
        builders.charge(
            100,
            member_id="a",
            rule=rule.id,
            version=date(2026, 1, 1),
            tier=tier,
            **{
                key: None if value is None else Fraction(value)
                for key, value in zip(("measured", "allowance", "quantity"), own, strict=True)
            },
        )
        for own in figures
    ]
    line = builders.line(charges)
    for locale, expected in (("fr_FR", french), ("en_GB", english)):
        found = measured_text(line, rule, read_wording(locale)).translate(PLAIN)
        assert found == expected
