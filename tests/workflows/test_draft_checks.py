"""What is looked at before a month is issued: each payer and each form of a document, every letter that is printed."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from chargeback.cli.app import main
from chargeback.model.documents import Document
from chargeback.model.period import Period
from chargeback.model.settings import Regime
from chargeback.workflows.draft_checks import each_form
from kit.builders import charge, document, line, member
from kit.late_office import HEADER, put, usage, workspace

OCTOBER = Period(2026, 10)
SERVICES, SHARED = Regime("services", "S", Decimal("20.00")), Regime("cost-sharing", "E", Decimal("0.00"))


def draft(payer: str, *rules: str, regime: Regime = SERVICES, amount: int = 100) -> Document:
    """A draft with a line of each rule."""
    lines = [line([charge(amount, member_id=payer, rule=rule)]) for rule in rules]
    return document(lines, period=OCTOBER, payer=member(payer), regime=regime)


FIRST = draft("a", "storage", "seats")
FORMS = [
    (draft("a", "storage"), False),  # its payer and its lines were tried
    (draft("b", "storage"), True),
    (draft("a", "network"), True),
    (draft("a", "seats", "network"), True),
    (draft("a", "storage", regime=SHARED), True),
    (draft("a", "storage", amount=-100), True),
]


@pytest.mark.parametrize(("other", "tried"), FORMS)
def test_a_document_is_tried_where_its_payer_or_a_line_of_it_is_new(other: Document, tried: bool) -> None:
    """Of two that would be refused for the same reason one is enough."""
    assert each_form([FIRST, other]) == ((FIRST, other) if tried else (FIRST,))


def test_every_payer_and_every_rule_is_among_those_tried() -> None:
    """In the order of the documents."""
    every = [FIRST, *(other for other, _ in FORMS)]
    found = each_form([*every, *every])
    assert found == (FIRST, *(other for other, tried in FORMS if tried and other is not FORMS[3][0]))


def test_each_letter_that_is_not_printed_is_named_with_the_field_it_is_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of members, of the operator, of rules; letters that the fonts have are none of it."""
    root = workspace(tmp_path, "2026-01")
    for path, old, new in (
        ("members.csv", "Écouen", "Écouen 漢 Œuvre"),
        ("tariffs/seats.toml", 'fr = "seats"', 'fr = "seats 字"'),
    ):
        text = (root / path).read_text(encoding="utf-8")
        assert old in text
        (root / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert main(["-C", str(root), "check", "2026-01", "--json"]) == 0
    notices = [text for text in json.loads(capsys.readouterr().out)["notices"] if "fonts of the documents lack" in text]
    assert [text.partition(" has characters")[0] for text in notices] == [
        'members.csv:3: name "Écouen 漢 Œuvre"',
        'tariffs/seats.toml:2: label "seats 字"',
    ]


def test_use_of_nobody_is_listed_as_data_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """File, line, identifier and the nearest known one, in the notices of ``check --json``."""
    root = workspace(tmp_path, "2026-01")
    put(root, usage__odd=HEADER + "2026-01-10T08:00:00Z,,Cergy,,gb,7\n" + "2026-01-11T08:00:00Z,,,disk-9,gb,5\n")
    assert usage("2026-01", ("cergy", "100")) in (root / "usage/2026-01.csv").read_text(encoding="utf-8")
    assert main(["-C", str(root), "check", "2026-01", "--json"]) == 0
    notices = json.loads(capsys.readouterr().out)["notices"]
    assert [text for text in notices if text.startswith("usage/odd.csv")] == [
        'usage/odd.csv:2: member_id "Cergy" is no member of members.csv: 1 row of gb (7 in all) billed to nobody; did '
        'you mean "cergy"?',
        'usage/odd.csv:3: resource_id "disk-9" is not in resources.csv: 1 row of gb (5 in all) billed to nobody',
    ]
