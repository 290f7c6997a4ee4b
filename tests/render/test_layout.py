"""Pages as they are laid out: nothing runs off the page, nothing stands on something else, nothing below the foot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chargeback.model.month import Month
from chargeback.model.statements import KeyPlace, MemberSavings, Saving, ServiceRow, Statement
from chargeback.render.pages import invoice, parties, savings, statement
from chargeback.render.pdf.page import PageSheet
from chargeback.workspace.reports.theme import read_theme
from chargeback.workspace.reports.wording import read_wording
from kit import sample_month as months
from kit.page_layout import faults

MONTH = months.month()
THEME = read_theme()
WORDINGS = {locale: read_wording(locale) for locale in ("fr_FR", "en_GB")}


def crowded() -> tuple[Statement, Month]:
    """A member with everything: long names, fourteen services, ten keys, nine comparisons, eight changes."""
    long = "Service au nom interminable, sans raison particulière, " * 4
    rows = tuple(
        ServiceRow(f"{n} {long}", 10**9 // (n + 1), 9 * 10**8 // (n + 1), 10**11 // (n + 1)) for n in range(14)
    )
    base = months.statement(MONTH, "hopital")
    place = base.places[0]
    places: tuple[KeyPlace, ...] = tuple(replace(place, name=f"{n} {long}") for n in range(10))
    saving = Saving(
        baselines=("cloud-list-price", "own-link"),
        replaces=tuple(MONTH.rules),
        alone_net=10**11,
        alone_gross=12 * 10**10,
        together_net=10**9,
        together_gross=10**9,
    )
    change = months.statement(MONTH, "cergy").changes[0]
    changes = tuple(replace(change, rule=rule) for rule in list(MONTH.rules)[:8])
    member = replace(base.member, name=f"Établissement {long}")
    filled = replace(
        base,
        member=member,
        services=rows,
        places=places,
        savings=MemberSavings("hopital", (saving,) * 9, 10**9),
        changes=changes,
        net=sum(row.amount for row in rows),
        gross=10**11,
        previous_net=10**10,
        year_to_date=10**12,
    )
    return filled, MONTH


@pytest.mark.parametrize("locale", list(WORDINGS))
def test_every_document_of_the_month_is_laid_out_cleanly(locale: str, sheets: list[PageSheet]) -> None:
    """Invoices, calls for contribution and credit notes, drafted and issued."""
    for document in MONTH.documents:
        invoice.invoice_pdf(document, MONTH, WORDINGS[locale], THEME)
        invoice.invoice_pdf(months.issued(document), MONTH, WORDINGS[locale], THEME)
    assert faults(sheets) == []
    assert len(sheets) == 2 * len(MONTH.documents)


@pytest.mark.parametrize("locale", list(WORDINGS))
def test_every_statement_is_two_clean_pages(locale: str, sheets: list[PageSheet]) -> None:
    """Whatever the member, a statement has two pages with nothing on top of anything."""
    for member_id in MONTH.members:
        statement.statement_pdf(months.statement(MONTH, member_id), MONTH, WORDINGS[locale], THEME)
    statement.statement_pdf(*crowded(), WORDINGS[locale], THEME)
    assert faults(sheets) == []
    assert [len(sheet.pages) for sheet in sheets] == [2] * (len(MONTH.members) + 1)


@pytest.mark.parametrize("locale", list(WORDINGS))
def test_the_savings_report_is_laid_out_cleanly(locale: str, sheets: list[PageSheet]) -> None:
    """With few members and with many, who gain and lose large amounts."""
    savings.savings_pdf(MONTH, WORDINGS[locale], THEME)
    savings.savings_pdf(with_many_members(), WORDINGS[locale], THEME)
    assert faults(sheets) == []


def with_many_members() -> Month:
    """Two hundred members with long names, half of whom lose."""
    members = {
        f"m{n:03}": months.member(f"m{n:03}", f"Commune nouvelle de Saint-Exemple-sur-Oise {n}") for n in range(200)
    }
    rows = [
        MemberSavings(
            m,
            (
                Saving(
                    baselines=("own-link",),
                    replaces=("backbone",),
                    alone_net=10**9,
                    alone_gross=12 * 10**8,
                    together_net=10**7 * n,
                    together_gross=10**7 * n,
                ),
            ),
        )
        for n, m in enumerate(members)
    ]
    return replace(MONTH, members=dict(MONTH.members) | members, savings=(*MONTH.savings, *rows))


def test_long_names_stay_on_the_page(sheets: list[PageSheet]) -> None:
    """A payer whose name and address are long words is broken over lines."""
    document = months.draft(MONTH, "cergy", "services")
    payer = replace(document.payer, name="X" * 300, address=("Y" * 200,) * 4, service_code="S" * 400)
    document = replace(document, payer=payer)
    invoice.invoice_pdf(document, MONTH, WORDINGS["fr_FR"], THEME)
    assert faults(sheets) == []


@pytest.fixture
def sheets(monkeypatch: pytest.MonkeyPatch) -> list[PageSheet]:
    """The sheets laid out, in the order in which they would be drawn."""
    found: list[PageSheet] = []

    def keep(sheet: PageSheet, *_: object) -> bytes:
        found.append(sheet)
        return b""

    monkeypatch.setattr(parties, "pdf", keep)
    return found
