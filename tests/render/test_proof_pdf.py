"""The proof of a year as a page: the answer in large letters, how each pool was billed, where that stands; one page
however many pools."""

from __future__ import annotations

import pytest

from chargeback.billing.proof import Proof, ProofColumn, ProofPart
from chargeback.model.pools import TrueUp, TrueUpRow
from chargeback.model.postings import PostingStatus
from chargeback.render.pages.proof import proof_pdf
from chargeback.workspace.reports.theme import read_theme
from chargeback.workspace.reports.wording import Wording, read_wording
from kit.ledgers import SETTINGS
from kit.pdf_text import pages, whole

FR, EN = read_wording("fr_FR"), read_wording("en_GB")


def pool(name: str, cost: int, *parts: ProofPart, instalments: bool = False, waiting: int = 0) -> Proof:
    """A pool whose cost fell in January."""
    return Proof(2024, name, name, instalments, (cost,), parts, waiting)


def issued(column: ProofColumn, cents: int, *, status: PostingStatus = "issued", exempt: bool = True) -> ProofPart:
    """Cents billed in one way."""
    return ProofPart(column, status, exempt, cents)


NETWORK = pool(
    "network", 3785673, issued("called", 3600000), issued("true_up", 185673, status="draft"), instalments=True
)
BUILDING = pool("building", 4525344, issued("called", 4500000), issued("called", 25344, status="carried_forward"))
FOUND = TrueUp(
    year=2024,
    rule="network",
    pool="network",
    costs=(3785673,),
    splits=(),
    rows=(
        TrueUpRow(member_id="a", share=2000000, instalments=1800000, prefinanced=0, documents=()),
        TrueUpRow(member_id="b", share=1785673, instalments=1800000, prefinanced=0, documents=()),
    ),
)


def text(*proven: Proof, found: tuple[TrueUp, ...] = (), wording: Wording = EN) -> str:
    """What the page says."""
    return whole(proof_pdf(found, proven, SETTINGS, wording, read_theme()))


def test_what_is_not_issued_yet_is_a_gap() -> None:
    """The true-up is a draft: it is the gap, and named as what makes it."""
    said = text(NETWORK, BUILDING)
    assert "What is billed and carried is not the cost: a gap of €1,856.73 (Not issued yet €1,856.73)." in said
    assert "network €37,856.73 €36,000.00 — €1,856.73 €1,856.73" in said


def test_when_all_is_billed_it_equals_the_cost() -> None:
    """Carried counts: it is in the ledger, and a later document bills it."""
    said = text(BUILDING)
    assert "What is billed and carried equals the cost, to the cent: €45,253.44." in said
    assert "building €45,253.44 €45,000.00 €253.44 €0.00" in said


def test_a_gap_is_said_first() -> None:
    """45,253.44 cost and 45,253.43 billed: one cent, in large letters; gaps of two pools are not set off against each
    other."""
    short = pool("building", 4525344, issued("called", 4525343))
    over = pool("rooms", 100, issued("called", 101))
    assert "What is billed and carried is not the cost: a gap of €0.01 (Unexplained €0.01)." in text(short)
    assert "What is billed and carried is not the cost: a gap of €0.02 (" in text(short, over)


def test_what_waits_is_a_part_of_the_gap() -> None:
    """A late row whose adjustment no document bills yet."""
    waits = pool("building", 4525344, issued("called", 4525300), waiting=44)
    said = text(waits)
    assert "What is billed and carried is not the cost: a gap of €0.44 (Waiting €0.44)." in said
    assert "building €45,253.44 €45,253.00 €0.44 €0.44" in said


def test_what_is_given_or_given_up_is_named_with_its_act() -> None:
    """Of 8.00, 6.00 are billed and 1.00 of it is given back by one act; 1.00 is given up by another, 1.00 is still to
    bill: a gap of 3.00."""
    given = ProofPart("credited", "issued", True, -100, "Délibération 3")
    waived = ProofPart("called", "waived", True, 100, "Délibération 7")
    said = text(pool("building", 800, issued("called", 600), given, waived, issued("called", 100, status="withheld")))
    assert "a gap of €3.00 (Still to bill €1.00, Goodwill €1.00, Given up €1.00)." in said
    assert "By act: Goodwill €1.00, Délibération 3; Given up €1.00, Délibération 7." in said
    assert "Still to bill: documents of an issued month that were not issued with the others." in said


def test_how_many_members_are_charged_and_credited() -> None:
    """2,000.00 more for one, 143.27 less for the other."""
    assert "Members settled: 1 charged €2,000.00 more, 1 credited €143.27." in text(NETWORK, found=(FOUND,))


def test_members_of_another_regime_are_shown() -> None:
    """Not all of the pool is under article 261 B: the column says how much is."""
    mixed = pool("building", 300, issued("called", 200), issued("called", 100, exempt=False))
    said = text(mixed, wording=FR)
    assert "Exonéré" in said
    assert "building 3,00 € 3,00 € 2,00 €" in said
    assert "la colonne « exonéré » est la part relevant de l'article 261 B" in said


@pytest.mark.parametrize("count", [1, 3, 12, 24])
def test_it_is_one_page(count: int) -> None:
    """However many pools: where there is no room, where it stands is told of all together."""
    proven = [pool(f"pool {n:02d}", 100000 + n, issued("called", 100000 + n)) for n in range(count)]
    data = proof_pdf((), proven, SETTINGS, FR, read_theme())
    assert len(pages(data)) == 1
    assert data == proof_pdf((), proven, SETTINGS, FR, read_theme())
