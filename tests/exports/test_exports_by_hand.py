"""What finance takes over, by hand: rows of a credit note by invoice, what a year accrues, what VAT falls due in a
month."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from chargeback.exports.accruals import accrued, added, rows
from chargeback.exports.issued_document import IssuedDocument, Reduction
from chargeback.exports.journal import journal_entries
from chargeback.exports.line_shares import shares, spread_vat
from chargeback.exports.pretitres import operation, pretitres, zero_lines
from chargeback.exports.vat import Tax, TaxedDocument, TaxReduction, detail, due_in, due_until, taxed_documents, totals
from chargeback.ledger.postings import postings_of_documents
from chargeback.model.documents import Document, Line, Preceding
from chargeback.model.facts import Titre
from chargeback.model.period import Period
from chargeback.model.problem import Place
from chargeback.model.receivables import Payment
from chargeback.model.settings import Account
from chargeback.model.vat import VatAmount
from chargeback.workspace.reports.wording import read_wording
from kit import sample_month as months
from kit.ledgers import charge, document, line, month

JAN, FEB, MAR = month(1), month(2), month(3)
HERE = Place("x.csv", 2)

TWENTY = Decimal("20.00")


def spread(one: Document, *takes: Reduction) -> list[tuple[str, int, int, int]]:
    """(invoice, number of the line, net, VAT) of each row."""
    handed = IssuedDocument(one, months.month(), "f.pdf", "", takes)
    return [(s.reduction.number if s.reduction else "", s.number, s.line.amount, s.vat) for s in shares(handed)]


def took(number: str, net: int, vat: int) -> Reduction:
    return Reduction(number, JAN.end, net, vat, False)


def test_a_credit_note_is_cut_over_the_invoices_that_it_reduces() -> None:
    """-9.00 and -3.00 with 2.40 of VAT: 4.00 of F1 and 2.00 of F2 are parts of the first line, with 0.80 and 0.40;
    its last 3.00 and the second line are paid out."""
    note = document(MAR, "cergy", line(charge("cergy", -900)), line(charge("cergy", -300, "ram")), number="A1")
    assert spread(note, took("F1", 400, 80), took("F2", 200, 40)) == [
        ("F1", 1, -400, -80),
        ("F2", 1, -200, -40),
        ("", 1, -300, -60),
        ("", 2, -300, -60),
    ]
    assert spread(note, took("F1", 1200, 240)) == [("F1", 1, -900, -180), ("F1", 2, -300, -60)]


def test_an_invoice_is_a_row_for_each_line() -> None:
    """12 lines of 0.01 and one of 0.00 with 0.02 of VAT, on the first two by largest remainder; the empty line is
    counted."""
    lines = [line(charge("cergy", 1, f"r{n:02d}")) for n in range(12)]
    bill = document(MAR, "cergy", line(charge("cergy", 0)), *lines, number="F1")
    assert spread(bill) == [("", n, 1, 1 if n < 4 else 0) for n in range(2, 14)]
    assert zero_lines([IssuedDocument(bill, months.month(), "f.pdf", "")] * 2) == 2


def test_a_line_that_goes_the_other_way_is_with_the_last_part() -> None:
    """-9.00 and 3.00, half of it off F1: 3.00 of the first line; its other 6.00, less 3.00, are paid out.

    No row is more than its line. A part of nothing is no row."""
    note = document(MAR, "cergy", line(charge("cergy", -900)), line(charge("cergy", 300, "ram")), number="A1")
    assert spread(note, took("F1", 300, 60)) == [
        ("F1", 1, -300, -60),
        ("", 1, -600, -120),
        ("", 2, 300, 60),
    ]
    assert spread(note, took("F1", 600, 120)) == [("F1", 1, -900, -180), ("F1", 2, 300, 60)]
    many = [line(charge("cergy", -100, f"r{n:02d}")) for n in range(11)]
    ten = document(MAR, "cergy", *many, number="A2", vat=0)
    assert [row[1:3] for row in spread(ten, took("F1", 3, 0))] == [
        (1, -3),
        *[(n, -97 if n == 1 else -100) for n in range(1, 12)],
    ]


def test_the_vat_of_lines_that_add_up_to_zero_is_on_the_largest() -> None:
    """9.00, 3.00 and -12.00 with a cent of VAT: the last, whichever way it goes; in proportion where there is a sum,
    else none."""
    assert spread_vat(1, [900, 300, -1200]) == [0, 0, 1]
    assert spread_vat(1, [1200, -300, -900]) == [1, 0, 0]
    assert spread_vat(3, [900, -300]) == [5, -2]
    assert spread_vat(0, [900, -900]) == [0, 0]


def test_what_becomes_of_a_row() -> None:
    """The exercice of the credit and of its invoice, by their titres where they have one, else by their dates."""
    bill = IssuedDocument(document(JAN, "cergy", line(charge("cergy", 100)), number="F2"), months.month(), "f.pdf", "")
    note = IssuedDocument(document(FEB, "cergy", line(charge("cergy", -100)), number="A1"), months.month(), "f.pdf", "")
    part, whole = took("F1", 50, 10), replace(took("F1", 100, 20), in_full=True)
    old = replace(whole, issue_date=date(2025, 12, 31))
    known = {"F1": Titre("F1", 2025, "1", "1", HERE)}
    assert [operation(bill, None, {}), operation(note, None, {})] == ["titre", "mandat"]
    assert [operation(note, t, {}) for t in (part, whole, old)] == [
        "réduction",
        "annulation",
        "mandat sur exercice antérieur",
    ]
    assert [operation(note, whole, known), operation(note, old, {"A1": Titre("A1", 2025, "1", "1", HERE)})] == [
        "mandat sur exercice antérieur",
        "annulation",
    ]


def test_the_period_of_a_row_is_all_the_months_that_its_document_bills() -> None:
    """August was carried to October: pre-titres and journal have the interval, each row its own month."""
    whole = months.month()
    own = months.charge("cergy", "rack-units", 300, "minimum", quantity=Fraction(0))
    august = months.PERIOD.previous.previous
    bill = months.issued(months.document(whole.members["cergy"], months.REGIMES["services"], [own]))
    one = replace(bill, lines=(*bill.lines, replace(bill.lines[0], carried_from=august)))
    issued = IssuedDocument(one, whole, "out/f.pdf", "")
    rows_of = pretitres([issued], (), {}, read_wording("fr_FR"))
    assert [(row["period"], row["month"]) for row in rows_of] == [
        ("2026-08/2026-10", "2026-10"),
        ("2026-08/2026-10", "2026-08"),
    ]
    assert rows_of[0]["object"].endswith(", août à octobre 2026")
    (entry,) = journal_entries([issued], (), (Account("7588", HERE),), {}, read_wording("fr_FR"))
    assert entry.period == "2026-08/2026-10"


def test_a_credit_given_on_purpose_is_an_operation_of_its_own() -> None:
    """A remise gracieuse, whatever it reduces: a part, all, an invoice of an earlier exercice, or nothing."""
    note = document(FEB, "cergy", line(charge("cergy", -100)), number="A1")
    given = IssuedDocument(note, months.month(), "f.pdf", "", goodwill=True)
    part, whole = took("F1", 50, 10), replace(took("F1", 100, 20), in_full=True)
    old = replace(whole, issue_date=date(2025, 12, 31))
    assert {operation(given, taken, {}) for taken in (part, whole, old, None)} == {"remise gracieuse"}
    assert [given.is_prior_year(taken, {}) for taken in (whole, old, None)] == [False, True, False]


# Accruals


def settling(year: int, cents: int, of: Period | None = None, since: Period | None = None) -> Line:
    """A line of a true-up, or an adjustment that speaks of it."""
    settles = None if of else year
    reason = f"true-up {year}, network 1.00: share"
    one = replace(charge("cergy", cents, of=of), kind="adjustment", reason=reason, settles=settles)
    return line(one, since=since)


def told(year: int, one: Document, **titres: int) -> list[tuple[str, int, str]]:
    known = {number: Titre(number, titre, "1", "1", HERE) for number, titre in titres.items()}
    return [(a.period, a.amount, a.number) for a in accrued(year, postings_of_documents((one,), "issued"), known)]


def test_a_line_is_of_the_year_of_its_month() -> None:
    """Issued in March 2026: January; what December carried, what adjusts November, the true-up of 2025 and one that was
    carried are of 2025. A line of 0.00 is none."""
    december, november = JAN.previous, JAN.previous.previous
    bill = document(
        MAR,
        "cergy",
        line(charge("cergy", 100)),
        line(charge("cergy", 20), since=december),
        line(charge("cergy", 3, of=november)),
        settling(2025, 4),
        settling(2025, 5, since=FEB),
        settling(2024, 6),
        settling(2025, 7, of=november),
        line(replace(charge("cergy", 8), reason="true-up 2025, as a word")),
        line(replace(charge("cergy", 9, of=None), kind="adjustment", reason="other"), since=december),
        line(charge("cergy", 0), since=december),
        number="F1",
    )
    assert told(2025, bill) == [
        ("2025-12", 20, "F1"),
        ("2025-11", 3, "F1"),
        ("2025", 4, "F1"),
        ("2025", 5, "F1"),
        ("2025-11", 7, "F1"),
        ("2025-12", 9, "F1"),
    ]
    assert told(2024, bill) == [("2024", 6, "F1")]
    assert told(2026, bill) == []
    assert told(2026, replace(bill, number="", issue_date=None)) == [("2026-03", 100, ""), ("2026-03", 8, "")]


def test_the_exercice_of_the_titre_decides() -> None:
    """January 2026 issues December on the exercice 2025: no accrual; dated in December and taken in 2026, there is
    one."""
    late = document(JAN.previous, "cergy", line(charge("cergy", 100)), number="F1", on=date(2026, 1, 5))
    assert told(2025, late) == [("2025-12", 100, "F1")]
    assert told(2025, late, F1=2025) == []
    early = replace(late, issue_date=date(2025, 12, 31))
    assert (told(2025, early), told(2025, early, F1=2026)) == ([], [("2025-12", 100, "F1")])


def test_accruals_are_added_by_month_payer_rule_and_document() -> None:
    """Two lines of storage are one row, in the order of months; what comes to 0.00 is none."""
    bill = document(
        JAN.previous,
        "cergy",
        line(charge("cergy", 100)),
        line(charge("cergy", 20, of=Period(2025, 3))),
        line(charge("cergy", 50)),
        line(charge("cergy", 30, "ram")),
        line(charge("cergy", -30, "ram")),
        number="F1",
        on=date(2026, 1, 5),
    )
    made = added(accrued(2025, postings_of_documents((bill,), "issued"), {}))
    assert [(a.period, a.rule, a.amount) for a in made] == [("2025-03", "cpu", 20), ("2025-12", "cpu", 150)]
    bare = rows(2025, made, ())
    head = {"year": "2025", "payer_id": "cergy", "payer": "Cergy", "kind": "commune", "rule": "cpu", "service": "cloud"}
    head |= {"regime": "services", "reversed_by": "F1", "reversed_on": "2026-01-05"}
    none = {"account": "", "nature": "", "function": ""}
    assert bare[1] == head | none | {"period": "2025-12", "amount": "1.50"}
    accounts = [Account("7588", HERE), Account("7067", HERE, rule="cpu", nature="70", function="020")]
    found = {"account": "7067", "nature": "70", "function": "020"}
    assert rows(2025, made, accounts)[0] == head | found | {"period": "2025-03", "amount": "0.20"}
    assert rows(2025, made, accounts[:1])[0]["nature"] == "7588"
    assert [r["reversed_on"] for r in rows(2025, [replace(made[0], number="", issued_on=None)], ())] == [""]


# VAT


def until(one: TaxedDocument, day: date) -> Tax:
    """What falls due of a document up to a day, at all rates together."""
    return sum(due_until(one, day).values(), Tax())


def test_vat_falls_due_as_it_is_paid() -> None:
    """12.00 of which 2.00 are VAT: half paid in February, 1.00; paid back in March, taken back; more than all of it
    counts as all."""
    bill = document(JAN, "cergy", line(charge("cergy", 1000)), number="F1", on=date(2026, 1, 31))
    days = (Payment("F1", date(2026, 2, 10), 600, HERE), Payment("F1", date(2026, 3, 1), -600, HERE))
    (one,) = taxed_documents([bill], [*days, Payment("F1", date(2026, 4, 1), 5000, HERE)])
    due = [due_in(month(n), [one]) for n in (1, 2, 3, 4, 5)]
    assert [[d.tax for d in found] for found in due] == [[], [Tax(500, 100)], [Tax(-500, -100)], [Tax(1000, 200)], []]
    (back,) = taxed_documents([bill], days[1:])
    assert until(back, date(2026, 3, 31)) == Tax()
    (early,) = taxed_documents([bill], [Payment("F1", date(2026, 1, 20), 600, HERE)])
    assert (until(early, date(2026, 1, 30)), until(early, date(2026, 1, 31))) == (Tax(), Tax(500, 100))


def test_a_month_below_zero_that_is_paid_out_gives_its_vat_back() -> None:
    """-12.00 of no invoice, 3.00 paid out: 0.50 of VAT. What is received for it instead changes nothing."""
    note = document(JAN, "cergy", line(charge("cergy", -1000)), number="A1")
    (out,) = taxed_documents([note], [Payment("A1", date(2026, 2, 10), -300, HERE)])
    assert [d.tax for d in due_in(FEB, [out])] == [Tax(-250, -50)]
    (received,) = taxed_documents([note], [Payment("A1", date(2026, 2, 10), 300, HERE)])
    assert due_in(FEB, [received]) == []


def test_a_credit_counts_with_the_invoices_that_it_reduces() -> None:
    """-5.00 name 3.00 of F1 and leave 2.00 on no invoice; line by line a credit is all of its invoice, other lines
    included."""
    bill = document(JAN, "cergy", line(charge("cergy", 1000)), number="F1")
    note = document(
        FEB,
        "cergy",
        line(charge("cergy", -500)),
        number="A1",
        preceding=(Preceding("F1", JAN.end, (VatAmount(TWENTY, 300, 60),)),),
    )
    one, rest = taxed_documents([bill, note], [])
    assert (one.credits, rest.tax) == ((TaxReduction(FEB.end, {TWENTY: Tax(300, 60)}),), Tax(-200, -40))
    lines = (line(charge("cergy", -300), corrects=1), line(charge("cergy", -200)))
    given = document(FEB, "cergy", *lines, number="A2", preceding=(Preceding("F1", JAN.end),))
    (one,) = taxed_documents([bill, given], [])
    assert one.credits == (TaxReduction(FEB.end, {TWENTY: Tax(500, 100)}),)
    taxed_at_once = replace(bill, regime=replace(bill.regime, tax_point="invoice"))
    (one,) = taxed_documents([taxed_at_once, replace(given, issue_date=date(2026, 2, 28))], [])
    assert [[d.tax for d in due_in(month(n), [one])] for n in (1, 2, 3)] == [[], [Tax(500, 100)], []]
    (one,) = taxed_documents([taxed_at_once, replace(given, issue_date=date(2026, 3, 1))], [])
    assert [[d.tax for d in due_in(month(n), [one])] for n in (2, 3)] == [[Tax(1000, 200)], [Tax(-500, -100)]]


def test_vat_is_shown_by_regime_and_by_document() -> None:
    """Out of VAT on their date, taxed as paid: two documents of one regime are one row; rows by regime, documents by
    number."""
    paid = [document(JAN, who, line(charge(who, 1000)), number=n) for who, n in (("cergy", "F3"), ("avernes", "F1"))]
    shared = document(JAN, "cergy", line(charge("cergy", 500, vat="sharing")), number="F2")
    payments = [Payment(n, date(2026, 2, 10), 1200, HERE) for n in ("F1", "F3")]
    every = taxed_documents([*paid, shared], payments)
    found = due_in(FEB, every)
    both = [(r["regime"], r["rate"], r["due"], r["documents"], r["gross"]) for r in totals(FEB, found)]
    assert both == [("services", "20.00", "payment", "2", "24.00"), ("sharing", "", "invoice", "1", "5.00")]
    assert [r["document"] for r in detail(FEB, found)] == ["F1", "F3", "F2"]
    assert list(totals(FEB, found[::-1])) == list(totals(FEB, found))
    assert {r["period"] for r in totals(FEB, found)} == {"2026-02"}
    head = {"period": "2026-02", "regime": "services", "category": "S", "rate": "20.00", "due": "payment"}
    amounts = {"base": "10.00", "vat": "2.00", "gross": "12.00"}
    own = {"document": "F1", "payer_id": "avernes", "issue_date": "2026-02-01"}
    assert next(iter(detail(FEB, found))) == head | own | amounts


def test_what_is_paid_on_the_last_day_is_of_the_month() -> None:
    """12.00 on 28 February and 1 March: 1.00 of VAT in each."""
    bill = document(JAN, "cergy", line(charge("cergy", 1000)), number="F1")
    days = [Payment("F1", on, 600, HERE) for on in (date(2026, 2, 28), date(2026, 3, 1))]
    every = taxed_documents([bill], days)
    assert [[d.tax for d in due_in(month(n), every)] for n in (2, 3)] == [[Tax(500, 100)], [Tax(500, 100)]]
