"""What a document says of how a quantity counts time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from chargeback.model.quantity import Quantity
from chargeback.model.versions import Version
from chargeback.render.text.quantity_terms import quantity_text
from chargeback.workspace.reports.wording import read_wording

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
