"""Credits in parts, as arithmetic: what remains after each, to the cent, net and VAT and gross, whatever the order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chargeback.ledger.credit_notes import credit_note, replacement, replacing, still_due
from chargeback.ledger.remaining import Remaining, of_amount, of_lines, remaining, whole
from chargeback.model.charges import Charge
from chargeback.model.documents import Document, Line, Preceding, VatLine
from chargeback.model.facts import Member
from chargeback.model.period import Period
from chargeback.model.problem import Place, Refused
from chargeback.model.settings import Regime
from chargeback.model.vat import VatAmount, vat_of

START = date(2026, 1, 1)
ON = date(2026, 10, 5)
PAYER = Member(
    member_id="cergy", name="Cergy", kind="commune", valid_from=START, valid_to=None, where=Place("members.csv", 2)
)


def charge(amount: int, resource: str = "") -> Charge:
    """A charge of some cents."""
    return Charge(
        member_id="cergy",
        rule="storage",
        version=START,
        kind="usage",
        tier=1,
        resource_id=resource,
        quantity=Fraction(3),
        unit_price=Decimal("0.05"),
        factor=Fraction(1),
        amount=amount,
        vat="x",
    )


def invoice(*lines: list[int], rate: str = "20.00", number: str = "F2026-00001") -> Document:
    """An issued invoice: a line for each list of the cents of its charges."""
    drawn = tuple(
        Line(
            beneficiary="cergy",
            service="cloud",
            rule="storage",
            version=START,
            kind="usage",
            tier=1,
            quantity=Fraction(3),
            unit_price=Decimal("0.05"),
            factor=Fraction(1),
            amount=sum(cents),
            charges=tuple(charge(c, f"r{n}") for n, c in enumerate(cents)),
            rate=Decimal(rate),
        )
        for cents in lines
    )
    net = sum(map(sum, lines))
    regime = Regime("services", "S", Decimal(rate))
    vat = VatLine(regime, net, vat_of(net, regime.rate))
    return Document(
        kind="invoice",
        period=Period(2026, 9),
        regime=regime,
        payer=PAYER,
        lines=drawn,
        vat_lines=(vat,),
        number=number,
        issue_date=ON,
        due_date=ON,
    )


def named(line: int) -> str:
    return f"line {line}"


def credited(rest: Remaining, part: str, number: int = 0) -> Document:
    """The credit note of all that remains, of line ``number``, or of an amount in cents written as ``=1000``."""
    if part == "whole":
        taken = whole(rest)
    else:
        taken = of_lines(rest, [number]) if part == "line" else of_amount(rest, int(part[1:]))
    return credit_note(rest, taken, "an error", named)


def amounts(document: Document) -> tuple[int, int, int]:
    return document.net, document.vat, document.gross


def test_a_full_credit_mirrors_the_invoice() -> None:
    """Every charge, line and total with the opposite sign; number and date of the invoice; nothing remains."""
    original = invoice([1201, 300], [-100], [299])
    credit = credited(remaining(original, []), "whole")
    assert amounts(credit) == (-1700, -340, -2040)
    assert [(n.reverses, n.amount) for n in credit.lines] == [(1, -1501), (2, 100), (3, -299)]
    assert [c.amount for n in credit.lines for c in n.charges] == [-1201, -300, 100, -299]
    assert {c.kind for n in credit.lines for c in n.charges} == {"adjustment"}
    assert [c.reason for c in credit.lines[0].charges] == ["line 1", "line 1"]
    assert (credit.kind, credit.preceding, credit.reason) == (
        "credit_note",
        (Preceding("F2026-00001", ON),),
        "an error",
    )
    rest = remaining(original, [original, credit])
    assert (rest.net, rest.vat, rest.charges) == (0, 0, ((0, 0), (0,), (0,)))


def test_credits_of_other_invoices_are_left_alone() -> None:
    """Only the credits that name the invoice count."""
    one, other = invoice([1000]), invoice([1000], number="F2026-00002")
    assert remaining(one, [credited(remaining(other, []), "whole")]).gross == 1200


def test_an_amount_is_vat_included_and_spread_over_the_lines() -> None:
    """10.00 with VAT of 20 % is 8.33 and 1.67; the net goes over the lines in proportion, by largest remainder."""
    credit = credited(remaining(invoice([1201], [299]), []), "=1000")
    assert amounts(credit) == (-833, -167, -1000)
    assert [n.amount for n in credit.lines] == [-667, -166]


def test_a_line_is_credited_with_its_vat() -> None:
    """The net of the line, and VAT on it; the other lines are not in the credit note."""
    credit = credited(remaining(invoice([1201], [299]), []), "line", 2)
    assert (amounts(credit), [n.reverses for n in credit.lines]) == ((-299, -60, -359), [2])


def test_the_last_part_takes_the_rest() -> None:
    """Two halves of 0.06 net would bear 0.01 of VAT each and the invoice 0.01 in all: the second bears none."""
    original = invoice([3], [3])
    assert original.vat == 1
    first = credited(remaining(original, []), "line", 1)
    second = credited(remaining(original, [first]), "whole")
    assert (amounts(first), amounts(second)) == ((-3, -1, -4), (-3, 0, -3))


def test_the_vat_of_parts_never_drifts() -> None:
    """Four lines of 0.02 bear 0.004 each and 0.02 in all: each credit brings the VAT of all to that of their total."""
    original = invoice([2], [2], [2], [2])
    issued: list[Document] = []
    for line in (1, 2, 3, 4):
        issued.append(credited(remaining(original, issued), "line", line))
    assert [d.vat for d in issued] == [0, -1, 0, -1]


REFUSED = {
    "nothing remains": ([[1000]], ["whole"], "whole", 0, "is credited in full already: nothing of it remains"),
    "zero": ([[1000]], [], "=0", 0, "a credit is of an amount above zero"),
    "too much": ([[1000]], [], "=1201", 0, "12.01 is more than remains of F2026-00001, 12.00 VAT included"),
    "too much over all": (
        [[1000]],
        ["=700"],
        "=501",
        0,
        "5.01 is more than remains of F2026-00001, 5.00 VAT included, as 7.00",
    ),
    "no such line": ([[1000]], [], "line", 2, "F2026-00001 has 1 line: --line 2 is none of them"),
    "line 0": ([[1000]], [], "line", 0, "F2026-00001 has 1 line: --line 0 is none of them"),
    "a rebate": ([[1000], [-100]], [], "line", 2, "line 2 of F2026-00001 takes nothing from the payer"),
    "a line twice": ([[1000], [500]], ["line"], "line", 1, "line 1 of F2026-00001 is credited in full already"),
    "a line above the rest": ([[1000], [-100]], [], "line", 1, "these lines come to 10.00 and only 9.00 net"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_credited_is_refused(case: str) -> None:
    """In words, with the amounts."""
    lines, before, part, number, words = REFUSED[case]
    original, issued = invoice(*lines), []
    for earlier in before:
        issued.append(credited(remaining(original, issued), earlier, 1))
    with pytest.raises(Refused) as refused:
        credited(remaining(original, issued), part, number)
    assert words in str(refused.value)


lines_of_cents = st.lists(st.lists(st.integers(-3000, 20000), min_size=1, max_size=4), min_size=1, max_size=5)
parts = st.lists(st.one_of(st.integers(1, 5), st.integers(6, 9000)), max_size=8)


@settings(max_examples=300, deadline=None)
@given(lines_of_cents, st.sampled_from(["20.00", "5.50", "2.10", "0.00"]), parts)
@example([[3], [3]], "20.00", [1, 2])
@example([[4]], "20.00", [6])
@example([[1], [1, -1]], "20.00", [1])
def test_no_sequence_of_credits_exceeds_the_invoice(lines: list[list[int]], rate: str, asked: list[int]) -> None:
    """After any lines and amounts, then all that remains: net, VAT and gross of the credits are those of the invoice;
    on the way none of the three ever exceeds it, no charge is given back twice, and VAT is a cent from net × rate at
    most. All that remains leaves no charge; where lines took the whole amount before, what is left of the charges is
    0.00 together."""
    if sum(map(sum, lines)) <= 0:
        return
    original = invoice(*lines, rate=rate)
    issued: list[Document] = []
    part = ""
    for step in [*asked, 0]:
        rest = remaining(original, issued)
        if step == 0 and not rest.gross:
            assert (rest.net, rest.vat) == (0, 0)
            break
        try:
            part = "whole" if step == 0 else "line" if step <= 5 else f"={step}"
            credit = credited(rest, part, step)
        except Refused:
            continue
        issued.append(credit)
        left = remaining(original, issued)
        assert (left.net, left.vat) == (rest.net + credit.net, rest.vat + credit.vat)
        assert 0 <= left.net < rest.net
        assert 0 <= left.vat <= rest.vat
        assert abs(-credit.vat - vat_of(-credit.net, original.regime.rate)) <= 1
        assert all(min(0, c.amount) <= cents <= max(0, c.amount) for c, cents in flat(original, left))
    assert sum(d.net for d in issued) == -original.net
    assert sum(d.vat for d in issued) == -original.vat
    left = remaining(original, issued)
    assert left.net == 0
    if part == "whole":
        assert set(map(any, left.charges)) == {False}


def flat(original: Document, left: Remaining) -> list[tuple[Charge, int]]:
    """Every charge of an invoice with what remains of it."""
    pairs = zip(original.lines, left.charges, strict=True)
    return [pair for line, cents in pairs for pair in zip(line.charges, cents, strict=True)]


def test_what_still_stands() -> None:
    """An invoice given back in full is left out with its credits; one given back in part stands, its credit beside
    it."""
    one, two = invoice([1000]), invoice([500], number="F2026-00002")
    first = credited(remaining(one, []), "=600")
    partly = credited(remaining(two, []), "=100")
    rest = credited(remaining(one, [first]), "whole")
    new = replacing(invoice([900], number="F2026-00003"), one, "an error")
    assert still_due([one, two, first, partly]) == (one, two, first, partly)
    assert still_due([one, two, first, partly, rest, new]) == (two, partly, new)
    assert replacement(one, [one, two, first, rest, new]) == new
    assert replacement(two, [one, two, partly, new]) is None


def of_two_rates() -> Document:
    """10.00 at 20 % with 2.00 of VAT, and 5.00 at 10 % with 0.50."""
    high, low = invoice([600, 400]), invoice([500], rate="10.00")
    return replace(high, lines=(*high.lines, *low.lines), vat_lines=(*low.vat_lines, *high.vat_lines))


def vats(document: Document) -> list[tuple[int, int, int]]:
    """(rate, net, VAT) of a document."""
    return [(int(v.regime.rate), v.net, v.vat) for v in document.vat_lines]


def test_a_credit_of_an_invoice_of_two_rates_has_both() -> None:
    """All of it: a base and a VAT for each rate. A line alone bears its own rate, and the rest what is left of both."""
    original = of_two_rates()
    assert vats(credited(remaining(original, []), "whole")) == [(10, -500, -50), (20, -1000, -200)]
    line = credited(remaining(original, []), "line", 2)
    assert [each for each in vats(line) if each[1]] == [(10, -500, -50)]
    rest = credited(remaining(original, [line]), "whole")
    assert [each for each in vats(rest) if each[1]] == [(20, -1000, -200)]
    assert not remaining(original, [line, rest]).gross


def test_an_amount_of_an_invoice_of_two_rates_is_in_proportion() -> None:
    """17.50 with VAT, of which 5.50 at 10 % and 12.00 at 20 %. Of 3.50, 1.10 and 2.40: 1.00 with 0.10, 2.00 with
    0.40."""
    credit = credited(remaining(of_two_rates(), []), "=350")
    assert vats(credit) == [(10, -100, -10), (20, -200, -40)]
    assert [(n.reverses, n.amount) for n in credit.lines] == [(1, -200), (2, -100)]
    rest = remaining(of_two_rates(), [credit])
    assert (rest.net, dict(rest.vats)) == (1200, {Decimal("20.00"): 160, Decimal("10.00"): 40})


def reducing(amount: int, number: str, *, adjusts: Period | None = None, settles: int | None = None) -> Document:
    """A credit note of storage of Cergy on an invoice at 20 %."""
    taken = replace(charge(-amount, "r9"), original_invoice=number, adjusts=adjusts, settles=settles)
    named = Preceding(number, ON, (VatAmount(Decimal("20.00"), amount, vat_of(amount, Decimal("20.00"))),))
    found = replace(invoice([-amount]), kind="credit_note", number="A2026-00009", preceding=(named,))
    line = replace(found.lines[0], charges=(taken,))
    return replace(found, lines=(line,), reduction="adjustment" if settles is None else "true_up")


def test_a_reduction_is_taken_off_the_charges_of_its_rule_and_month() -> None:
    """10.00 of storage of September and 10.00 of compute: an adjustment of storage of September, or a true-up of 2026,
    takes 4.00 of the first alone; one of August, or of 2025, is shared by both."""
    own = invoice([1000], [1000])
    other = replace(own.lines[1], charges=tuple(replace(c, rule="compute") for c in own.lines[1].charges))
    original = replace(own, lines=(own.lines[0], other))
    september, august = Period(2026, 9), Period(2026, 8)
    for terms, left in (
        ({"adjusts": september}, ((600,), (1000,))),
        ({"settles": 2026}, ((600,), (1000,))),
        ({"adjusts": august}, ((800,), (800,))),
        ({"settles": 2025}, ((800,), (800,))),
    ):
        rest = remaining(original, [reducing(400, "F2026-00001", **terms)])
        assert (rest.charges, rest.vat) == (left, 320)
