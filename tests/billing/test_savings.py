"""Savings, by hand: what members pay together has the VAT of the documents, cut over members and comparisons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargeback.billing.savings import savings
from chargeback.model.charges import Charge
from chargeback.model.documents import Document
from chargeback.model.period import Period
from chargeback.model.statements import MemberSavings
from chargeback.workflows.session import loaded
from kit import sample_month as months
from kit.issuable_scenarios import scenario
from kit.slow import examples

SERVICES = months.REGIMES["services"]
COMPARED, OTHER, LINK = "vcpu-hours", "object-storage", "backbone"
tried: Callable[[Any], Any] = settings(max_examples=examples(50, 300), derandomize=True, database=None, deadline=None)


def of(member_id: str, rule: str, cents: int) -> Charge:
    """A charge of 20 % VAT."""
    return months.charge(member_id, rule, cents, "minimum", vat="services")


def bill(payer: str, *charges: Charge) -> Document:
    """The document of a payer at 20 %."""
    return months.document(months.MEMBERS[payer], SERVICES, charges)


def compared(
    charges: list[Charge], baselines: list[Charge], *, payers: dict[str, str] | None = None, own: str = ""
) -> list[MemberSavings]:
    """The savings of the sample rules."""
    rules = tuple(months.RULES.values())
    return list(savings(charges, baselines, rules, months.REGIMES, payers or {}, {own}))


def test_the_vat_of_a_comparison_is_its_part_of_that_of_the_document() -> None:
    """0.13 and 0.13 have 0.03 of VAT each, and their document of 0.26 has 0.05: the cent is not counted twice."""
    charges = [of("cergy", COMPARED, 13), of("cergy", OTHER, 13)]
    (one,) = compared(charges, [of("cergy", "cloud-list-price", 100)])
    (row,) = one.rows
    assert (row.together_net, row.together_gross, one.uncompared_net, one.uncompared_gross) == (13, 15, 13, 16)
    assert (row.alone_net, row.alone_gross, one.billed_gross) == (100, 120, 31)


def test_the_vat_of_several_baselines_is_that_of_one_document_of_the_member() -> None:
    """Alone a member would be billed 0.13 and 0.13 on one document, of 0.05 of VAT."""
    alone = [of("cergy", "cloud-list-price", 13), of("cergy", "own-link", 13)]
    (one,) = compared([], alone)
    assert [(row.baselines, row.alone_net, row.alone_gross) for row in one.rows] == [
        (("cloud-list-price",), 13, 16),
        (("own-link",), 13, 15),
    ]
    assert (one.alone_gross, one.together_gross, one.billed_gross) == (31, 0, 0)


def test_the_vat_of_members_that_another_pays_for_is_that_of_its_document() -> None:
    """Cergy pays 0.13 of its own and 0.13 of Ecouen's, with 0.05 of VAT: 0.03 and 0.02."""
    charges = [of("cergy", COMPARED, 13), of("ecouen", COMPARED, 13)]
    found = compared(charges, [], payers={"ecouen": "cergy"})
    assert [(s.member_id, s.together_gross) for s in found] == [("cergy", 16), ("ecouen", 15)]


def test_what_the_operator_bears_itself_has_the_vat_of_a_document_of_its_own() -> None:
    """It is no part of what is billed. A document of 0.00 has no VAT, but its parts have theirs."""
    charges = [of("cergy", COMPARED, 100), of("ecouen", COMPARED, 100), of("ecouen", OTHER, -100)]
    one, other = compared(charges, [], own="cergy")
    assert (one.together_gross, one.billed, one.billed_gross) == (120, False, 0)
    assert (other.together_gross, other.uncompared_gross, other.billed_gross) == (120, -120, 0)


@st.composite
def billed(draw: st.DrawFn) -> list[list[Charge]]:
    """The charges of some documents, each of one payer with up to two beneficiaries."""
    members = iter(months.MEMBERS)
    amounts = st.integers(-500, 5000)
    made = []
    for _ in range(draw(st.integers(1, 3))):
        names = [next(members) for _ in range(draw(st.integers(1, 2)))]
        made.append([of(name, rule, draw(amounts)) for name in names for rule in (COMPARED, OTHER, LINK)])
    return made


@tried
@given(billed())
def test_members_pay_together_what_the_documents_bill(made: list[list[Charge]]) -> None:
    """To the cent, and the VAT of no part is a whole cent from its own."""
    payers = {charge.member_id: own[0].member_id for own in made for charge in own}
    documents = [bill(own[0].member_id, *own) for own in made]
    charges = [charge for own in made for charge in own]
    found = compared(charges, [], payers=payers)
    assert sum(s.billed_gross for s in found) == sum(d.gross for d in documents)
    assert sum(s.together_net + s.uncompared_net for s in found) == sum(c.amount for c in charges)
    parts = [(row.together_net, row.together_gross) for s in found for row in s.rows]
    parts += [(s.uncompared_net, s.uncompared_gross) for s in found]
    assert all(abs(5 * (gross - net) - net) < 5 for net, gross in parts)


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A month with a baseline, computed."""
    root = scenario("baseline-is-never-billed", tmp_path_factory.mktemp("w") / "w")
    with loaded(root, write=False) as (books, _):
        yield books.month(Period(2026, 9))


def test_a_check_compares_the_savings_with_the_documents(month: Any) -> None:
    """All that the members pay together, VAT included, is all that the documents of the month bill."""
    (check,) = [check for check in month.checks if check.name == "savings"]
    assert check.expected == check.found == sum(document.gross for document in month.documents)
