"""What is true of every hand-over, tried on random documents: limits, sums, balance, VAT to the cent, the choice of
accounts."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargeback.exports import accruals, journal, vat
from chargeback.exports.accounts import AccountQuery, account_problems, accounts_of
from chargeback.exports.archives import ArchiveFile, archives
from chargeback.exports.issued_document import IssuedDocument, Reduction
from chargeback.exports.journal_text import component
from chargeback.exports.line_shares import shares
from chargeback.exports.pes_quantities import Scaled, scaled
from chargeback.exports.pretitres import LABEL, NAME, OBJECT, breaches, operation, pretitres
from chargeback.ledger.postings import postings_of_documents
from chargeback.model.documents import Document, Line, Preceding
from chargeback.model.facts import Titre
from chargeback.model.period import Period
from chargeback.model.problem import Place, Problems
from chargeback.model.receivables import Payment
from chargeback.model.settings import Account, Regime
from chargeback.workspace.reports.wording import read_wording
from kit import sample_month as months
from kit.einvoices import DOCUMENTS, MONTH
from kit.slow import examples

FR, EN = read_wording("fr_FR"), read_wording("en_GB")
HERE = Place("chargeback.toml", 1)
ROWS = (Account("7588", HERE),)
SERVICES = months.REGIMES["services"]
RULES = ("object-storage", "vcpu-hours", "rack-units")
ON = date(2026, 11, 5)
tried: Callable[[Any], Any] = settings(max_examples=examples(50, 150), derandomize=True, database=None, deadline=None)


def charges(draw: st.DrawFn) -> list[Any]:
    """Charges of one payer: priced quantities, tops and rebates."""
    amounts = st.integers(-(10**7), 10**7)
    made = [months.charge("cergy", "rack-units", draw(amounts.filter(bool)), "minimum", quantity=Fraction(0))]
    quantities = st.fractions(min_value=0, max_value=10**9, max_denominator=3600)
    for number in range(draw(st.integers(0, 4))):
        priced = months.priced("cergy", "vcpu-hours", draw(quantities), Decimal("0.0105"), resource_id=f"vm-{number}")
        made.append(replace(priced, version=priced.version, tier=0))
    if draw(st.booleans()):
        made.append(months.charge("ecouen", "object-storage", draw(amounts), "maximum", quantity=Fraction(0)))
    return made


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """An issued document of one payer, an invoice or a month below zero, with texts of any length."""
    names = st.text(st.characters(codec="latin-1", categories=("L", "Zs")), min_size=1, max_size=60)
    payer = replace(MONTH.members["cergy"], name=draw(names))
    rate = Decimal(draw(st.integers(1, 10000))).scaleb(-2)
    regime = draw(st.sampled_from([replace(SERVICES, rate=rate), months.REGIMES["contributions"]]))
    made = months.document(payer, regime, charges(draw))
    return replace(months.issued(made), reason=draw(st.text(max_size=300)))


def handed(document: Document, *takes: Reduction) -> IssuedDocument:
    """A document with its month and a file, and what it takes off invoices."""
    return IssuedDocument(document, MONTH, f"out/2026-10/invoices/{document.number}.pdf", "0" * 64, takes)


def all_of(credit: Document, original: Document) -> Reduction:
    """A credit note takes all of itself off one invoice, of which nothing remains after it."""
    assert original.issue_date is not None
    return Reduction(original.number, original.issue_date, -credit.net, -credit.vat, in_full=True)


def cents(text: str) -> int:
    """Euros as cents; nothing is 0."""
    return int(Decimal(text or "0").scaleb(2))


@tried
@given(documents().filter(lambda d: d.net))
def test_every_pretitre_keeps_the_limits_and_adds_up(document: Document) -> None:
    """No limit is broken, and sign × amount of the rows is the document: net, VAT and total."""
    rows = pretitres([handed(document)], ROWS, {}, FR)
    assert [wrong for row in rows for wrong in breaches(row)] == []
    sign = 1 if document.kind == "invoice" else -1
    sums = [sign * sum(int(row["sign"]) * cents(row[name]) for row in rows) for name in ("net", "vat", "gross")]
    assert sums == [document.net, document.vat, document.gross]


@tried
@given(documents())
def test_the_vat_of_the_lines_is_that_of_the_document(document: Document) -> None:
    """To the cent, within a cent of each line's own, never against its sign."""
    found = list(shares(handed(document)))
    assert [share.line for share in found] == [line for line in document.lines if line.amount]
    assert sum(share.vat for share in found) == document.vat
    if document.net:
        rate = Fraction(document.vat, document.net)
        assert all(abs(share.vat - share.line.amount * rate) < 1 for share in found)
        assert all(share.vat * share.line.amount >= 0 for share in found)


def test_vat_without_net_is_on_the_largest_line() -> None:
    """Lines that come to nothing cannot share a VAT that is left."""
    amounts = (-500, 200, 300)
    lines = tuple(replace(months.line([months.charge("cergy", "rack-units", a)]), rate=SERVICES.rate) for a in amounts)
    document = Document(
        kind="invoice", period=months.PERIOD, regime=SERVICES, payer=MONTH.members["cergy"], lines=lines, vat_lines=()
    )
    left = replace(document, vat_lines=(replace(DOCUMENTS["services-invoice"].vat_lines[0], net=0, vat=7),))
    assert [share.vat for share in shares(handed(left))] == [7, 0, 0]


@st.composite
def credits_of_several(draw: st.DrawFn) -> IssuedDocument:
    """A credit note over up to four invoices, of which it takes what it can: net and VAT of each, and perhaps a rest to
    pay out."""
    lines = charges(draw)
    over = sum(c.amount for c in lines)
    lines += [months.charge("cergy", "vcpu-hours", -over - draw(st.integers(1, 10**6)))]
    document = months.issued(months.document(MONTH.members["cergy"], SERVICES, lines))
    net, vat_left, takes = -document.net, -document.vat, []
    for place in range(draw(st.integers(0, 4))):
        own = draw(st.integers(0, net).filter(bool)) if net else 0
        if own:
            tax = vat_left if own == net else draw(st.integers(0, vat_left))
            takes.append(Reduction(f"F2026-{place:05d}", ON, own, tax, draw(st.booleans())))
            net, vat_left = net - own, vat_left - tax
    return handed(document, *takes)


@tried
@given(credits_of_several())
def test_a_credit_of_several_invoices_adds_up_by_each(one: IssuedDocument) -> None:
    """The rows of each original are what the note takes off it, net and VAT; those of no original the rest; each line
    adds up."""
    rows = pretitres([one], ROWS, {}, FR)
    assert [wrong for row in rows for wrong in breaches(row)] == []
    document, rest = one.document, [-one.document.net, -one.document.vat]
    for taken in one.reductions:
        own = [row for row in rows if row["original"] == taken.number]
        assert [sum(int(r["sign"]) * cents(r[name]) for r in own) for name in ("net", "vat")] == [taken.net, taken.vat]
        assert {r["operation"] for r in own} == {"annulation" if taken.in_full else "réduction"}
        rest = [rest[0] - taken.net, rest[1] - taken.vat]
    paid_out = [row for row in rows if not row["original"]]
    assert [sum(int(r["sign"]) * cents(r[name]) for r in paid_out) for name in ("net", "vat")] == rest
    assert {row["operation"] for row in paid_out} <= {"mandat"}
    for number, line in enumerate(document.lines, 1):
        own = [row for row in rows if row["line"] == str(number)]
        assert sum(int(r["sign"]) * cents(r["net"]) for r in own) == -line.amount
    assert all(cents(row["gross"]) == cents(row["net"]) + cents(row["vat"]) for row in rows)


@tried
@given(
    st.lists(documents().filter(lambda d: d.net), max_size=4),
    st.lists(st.integers(-(10**6), 10**6).filter(bool), max_size=3),
)
def test_the_journal_balances(made: list[Document], paid: list[int]) -> None:
    """Every entry adds up to zero, and the receivable to what was billed less what was paid."""
    numbered = [replace(d, number=f"F2026-{n:05d}") for n, d in enumerate(made, 1)]
    payments = [Payment("F2026-00001", ON + timedelta(n), amount, HERE) for n, amount in enumerate(paid)]
    found = journal.journal_entries([handed(d) for d in numbered], payments, ROWS, {}, FR)
    assert [sum(p.amount for p in entry.postings) for entry in found] == [0] * len(found)
    owed = sum(p.amount for entry in found for p in entry.postings if p.side == "receivable")
    assert owed == sum(d.gross for d in numbered) - (sum(paid) if numbered else 0)
    assert -sum(p.amount for e in found for p in e.postings if p.side == "revenue") == sum(d.net for d in numbered)


def until(one: vat.TaxedDocument, day: date) -> vat.Tax:
    """What falls due of a document up to a day, at all rates together."""
    return sum(vat.due_until(one, day).values(), vat.Tax())


@st.composite
def paid_documents(draw: st.DrawFn) -> vat.TaxedDocument:
    """A document with payments that settle it in the end, and perhaps a credit of a part."""
    document = draw(documents().filter(lambda d: d.net and d.vat))
    rest, paid = document.gross, []
    for _ in range(draw(st.integers(0, 4))):
        part = draw(st.integers(min(0, rest), max(0, rest)))
        paid.append(part)
        rest -= part
    days = st.dates(ON, date(2027, 6, 30))
    payments = tuple(Payment(document.number, draw(days), amount, HERE) for amount in (*paid, rest))
    return vat.TaxedDocument(document, vat.billed_taxes(document), (), payments)


@tried
@given(paid_documents())
def test_vat_on_payments_adds_up_over_the_months(one: vat.TaxedDocument) -> None:
    """Over all months what falls due is the base and VAT of the document, however it was paid; nothing before a
    payment."""
    period, sums = Period(2026, 10), vat.Tax()
    while period <= Period(2027, 7):
        sums = sum((due.tax for due in vat.due_in(period, [one])), sums)
        period = period.next
    assert sums == vat.Tax(one.document.net, one.document.vat)
    assert until(one, ON - timedelta(1)) == vat.Tax()


def credited(document: Document, net: int, vat_cents: int, on: date) -> Document:
    """A credit of a part of a document."""
    line = replace(document.lines[0], amount=-net, reverses=1)
    taxes = (replace(document.vat_lines[0], net=-net, vat=-vat_cents),)
    of = (Preceding(document.number, ON),)
    return Document(
        kind="credit_note",
        period=document.period,
        regime=document.regime,
        payer=document.payer,
        lines=(line,),
        vat_lines=taxes,
        number="A1",
        issue_date=on,
        due_date=on,
        preceding=of,
    )


def test_a_credit_takes_vat_back_and_too_much_paid_bears_none() -> None:
    """120.00 paid of 120.00, then 60.00 credited: half the VAT goes back on that day; paying 30.00 more adds none."""
    document = months.issued(
        months.document(MONTH.members["cergy"], SERVICES, [months.charge("cergy", "rack-units", 10000)])
    )
    credit = credited(document, 5000, 1000, date(2026, 12, 10))
    paid = [Payment(document.number, day, amount, HERE) for day, amount in ((ON, 12000), (date(2027, 1, 2), 3000))]
    (one,) = vat.taxed_documents([document, credit], paid)
    found = [until(one, day) for day in (ON, date(2026, 12, 9), date(2026, 12, 10), date(2027, 1, 2))]
    assert found == [vat.Tax(10000, 2000), vat.Tax(10000, 2000), vat.Tax(5000, 1000), vat.Tax(5000, 1000)]


@pytest.mark.parametrize(
    ("quantity", "unit", "shown"),
    [
        ("4000000", "GiB·h", ("5479", "GiB·month")),
        ("99999", "GiB·h", ("99999", "GiB·h")),
        ("100000", "GiB·h", ("137", "GiB·month")),
        ("99999.6", "seats", ("100", "thousand seats")),
        ("8.005", "h", ("8.005", "h")),
        ("33.335", "h", ("33.34", "h")),
        ("1234567", "", ("1235", "thousand")),
        ("4000000000", "messages", ("4000", "million messages")),
        ("80000000000", "GiB·h", ("109.6", "million GiB·month")),
        ("0.0123", "GB", ("1", "")),
        ("0.001", "GB", ("0.001", "GB")),
        ("0.0004", "GB", ("1", "")),
    ],
)
def test_a_quantity_is_scaled_to_five_characters(quantity: str, unit: str, shown: tuple[str, str]) -> None:
    """Hours become months of 730, then thousands; what five characters cannot say to half a percent is 1 × the
    amount."""
    assert scaled(Fraction(quantity), unit, EN) == Scaled(*shown)


@tried
@given(st.fractions(min_value=Fraction(1, 10**6), max_value=10**18))
def test_a_shown_quantity_is_the_quantity(quantity: Fraction) -> None:
    """To half a percent, in five characters, whatever its size."""
    factors = {"h": 1, "": 1, "month": 730, "thousand": 730_000, "million": 730 * 10**6, "billion": 730 * 10**9}
    shown = scaled(quantity, "x·h", EN)
    assert len(shown.quantity) <= 5
    word = shown.unit.split()[0] if " " in shown.unit else shown.unit.rpartition("·")[2]
    if shown.unit:
        assert abs(Fraction(shown.quantity) * factors[word] - quantity) <= quantity / 200


def test_long_texts_are_cut_and_say_so() -> None:
    """Object, label and name lose their end; codes and amounts never do."""
    payer = replace(MONTH.members["cergy"], name="N" * 39, engagement="E" * 60)
    credit = replace(DOCUMENTS["services-credit-note"], payer=payer, reason="R" * 300)
    row = pretitres([handed(credit, all_of(credit, DOCUMENTS["services-invoice"]))], ROWS, {}, FR)[0]
    assert [len(row[name]) for name in ("object", "name", "engagement")] == [OBJECT, NAME, 60]
    assert row["name"] == "N" * 35 + "..."
    assert row["shortened"] == "name object"
    rule = months.RULES["rack-units"]
    label = rule.label.model_copy(update={"fr": "L" * 201})
    month = replace(MONTH, rules=MONTH.rules | {"rack-units": rule.model_copy(update={"label": label})})
    line = months.line([months.charge("cergy", "rack-units", 100)])
    document = replace(DOCUMENTS["services-invoice"], lines=(line,), vat_lines=())
    (row,) = pretitres([replace(handed(document), month=month)], ROWS, {}, FR)
    assert (row["label"], row["shortened"]) == ("L" * (LABEL - 3) + "...", "label")


def test_a_limit_that_is_broken_is_shown() -> None:
    """The check of the limits knows each of them."""
    good = pretitres([handed(DOCUMENTS["services-invoice"])], ROWS, {}, FR)[0]
    assert breaches(good) == []
    bad = {"object": "o" * 161, "label": "l" * 201, "name": "n" * 39, "quantity": "123456", "net": "0.00"}
    assert breaches(good | bad | {"vat": "0.00", "gross": "-1.00"}) == [
        *(f"{name} has more than {most} characters" for name, most in (("object", 160), ("label", 200))),
        *("name has more than 38 characters", "quantity has more than 5 characters"),
        *("net is not above zero", "gross is not above zero", "vat is not above zero"),
    ]


def test_a_rebate_is_its_own_line() -> None:
    """Inside an invoice it has the sign -1, in the credit of the invoice too; a line of nothing is left out."""
    made = [
        months.charge("cergy", "rack-units", 1000, "minimum"),
        months.charge("cergy", "rack-units", -300, "maximum"),
        months.charge("cergy", "vcpu-hours", 0),
    ]
    invoice = months.issued(months.document(MONTH.members["cergy"], SERVICES, made))
    lines = tuple(replace(line, amount=-line.amount) for line in invoice.lines)
    taxes = tuple(replace(v, net=-v.net, vat=-v.vat) for v in invoice.vat_lines)
    credit = replace(invoice, kind="credit_note", lines=lines, vat_lines=taxes)
    for document in (invoice, credit):
        rows = pretitres([handed(document)], ROWS, {}, FR)
        assert [(row["sign"], row["net"], row["vat"]) for row in rows] == [
            ("1", "10.00", "2.00"),
            ("-1", "3.00", "0.60"),
        ]


ORIGINAL = DOCUMENTS["services-invoice"]
WHOLE = replace(DOCUMENTS["services-credit-note"], preceding=(Preceding(ORIGINAL.number, ON),))
PART = Reduction(ORIGINAL.number, ON, 100, 20, in_full=False)
ALL = replace(PART, in_full=True)


def titre(number: str, year: int) -> dict[str, Titre]:
    """The titre of one document."""
    return {number: Titre(number, year, "1", "1", HERE)}


@pytest.mark.parametrize(
    ("document", "taken", "titres", "expected"),
    [
        (ORIGINAL, None, {}, "titre"),
        (WHOLE, ALL, {}, "annulation"),
        (WHOLE, PART, {}, "réduction"),
        (replace(WHOLE, issue_date=date(2027, 1, 1)), ALL, {}, "mandat sur exercice antérieur"),
        (replace(WHOLE, issue_date=date(2027, 1, 1)), ALL, titre(ORIGINAL.number, 2027), "annulation"),
        (replace(WHOLE, issue_date=date(2027, 1, 1)), PART, titre(ORIGINAL.number, 2027), "réduction"),
        (WHOLE, ALL, titre(ORIGINAL.number, 2025), "mandat sur exercice antérieur"),
        (WHOLE, PART, titre(WHOLE.number, 2027), "mandat sur exercice antérieur"),
        (WHOLE, None, {}, "mandat"),
        (replace(WHOLE, preceding=()), None, {}, "mandat"),
    ],
)
def test_what_becomes_of_a_document(
    document: Document, taken: Reduction | None, titres: dict[str, Titre], expected: str
) -> None:
    """By what it takes off which invoice, how much of that, and the exercices of both; what no invoice takes is paid
    out."""
    assert operation(handed(document, *([taken] if taken else [])), taken, titres) == expected


ASKED = AccountQuery("revenue", "services", "commune", "rack-units", "hosting")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{}, {"kind": "commune"}], 1),
        ([{"kind": "commune"}, {"kind": "commune", "regime": "services"}], 1),
        ([{"service": "hosting"}, {"kind": "commune", "regime": "services"}], 0),
        ([{"service": "hosting", "kind": "commune", "regime": "services"}, {"rule": "rack-units"}], 1),
        ([{"rule": "rack-units"}, {"rule": "rack-units", "kind": "commune"}], 1),
        ([{"rule": "rack-units", "kind": "hospital"}, {}], 1),
        ([{"purpose": "vat"}, {}], 1),
    ],
)
def test_the_most_specific_row_wins(rows: list[dict[str, str]], expected: int) -> None:
    """Rule before service before neither; then the more of regime and kind. The order of rows never matters."""
    table = [Account(str(n), Place("chargeback.toml", n), **row) for n, row in enumerate(rows)]
    for ordered in (table, table[::-1]):
        assert accounts_of([ASKED], ordered)[ASKED] == table[expected]


def test_two_rows_as_specific_as_each_other_are_a_problem() -> None:
    """Where a third asks more it decides; without it, nobody chooses."""
    table = [
        Account("1", Place("chargeback.toml", 5), kind="commune"),
        Account("2", Place("chargeback.toml", 9), regime="services"),
    ]
    with pytest.raises(Problems) as raised:
        accounts_of([ASKED, ASKED], table)
    assert [str(problem) for problem in raised.value.problems] == [
        (
            "chargeback.toml:9: the account 2 of this row and 1 of line 5 fit the rule rack-units of the service "
            "hosting under the regime services for payers of the kind commune equally well: add a row that names more"
        )
    ]
    both = Account("3", Place("chargeback.toml", 13), kind="commune", regime="services")
    assert accounts_of([ASKED], [*table, both])[ASKED] == both


def test_rows_of_nothing_there_is_are_a_problem() -> None:
    """A rule or service of no tariff; a kind only when it is nearly another."""
    rows = [
        Account("1", Place("chargeback.toml", 1), rule="rack-unit"),
        Account("2", Place("chargeback.toml", 2), service="heating"),
        Account("3", Place("chargeback.toml", 3), kind="comune"),
        Account("4", Place("chargeback.toml", 4), kind="region"),
        Account("5", Place("chargeback.toml", 5), rule="rack-units", kind="commune"),
    ]
    assert [str(p) for p in account_problems(rows, months.RULES.values(), ["commune", "hospital"])] == [
        (
            "chargeback.toml:1: [[accounts]] names rack-unit, the rule of no tariff: correct it, or take the row "
            "out; did you mean rack-units?"
        ),
        "chargeback.toml:2: [[accounts]] names heating, the service of no tariff: correct it, or take the row out",
        (
            "chargeback.toml:3: [[accounts]] names comune, the kind of no member: correct it, or take the row out; "
            "did you mean commune?"
        ),
    ]


@tried
@given(st.text(min_size=1, max_size=12), st.text(min_size=1, max_size=12))
def test_two_accounts_never_share_a_name(one: str, other: str) -> None:
    """Parts of names are told apart whatever they are written with, also when their first letter is made a capital."""
    names = [component(text).capitalize() for text in (one, other)]
    assert (names[0] == names[1]) == (one == other)
    assert all(c.isascii() and (c.isalnum() or c == "-") for name in names for c in name)


@st.composite
def of_several_months(draw: st.DrawFn) -> Document:
    """A document, or one that waits, whose lines are of its month, carried from earlier ones, adjustments of them, or a
    true-up."""
    document = draw(documents())
    earlier = st.builds(Period, st.integers(2023, 2026), st.integers(1, 9))
    lines = []
    for line in document.lines:
        how = draw(st.sampled_from(("own", "carried", "adjusts", "true-up", "carried true-up")))
        since = draw(earlier) if how.startswith("carried") else None
        of = draw(earlier) if how == "adjusts" else None
        settles = draw(st.integers(2023, 2025)) if how.endswith("true-up") else None
        kind = "adjustment" if of or settles else line.kind
        made = tuple(replace(charge, adjusts=of, settles=settles, kind=kind) for charge in line.charges)
        lines.append(replace(line, kind=kind, carried_from=since, charges=made))
    on = draw(st.one_of(st.none(), st.dates(ON, date(2028, 1, 31))))
    return replace(document, lines=tuple(lines), number=document.number if on else "", issue_date=on)


def year_of(line: Line) -> int:
    """The year that a line of ``of_several_months`` is for."""
    charge = line.charges[0]
    if charge.settles is not None:
        return charge.settles
    return (charge.adjusts or line.carried_from or months.PERIOD).year


@tried
@given(st.lists(of_several_months(), max_size=4), st.integers(2025, 2029))
def test_each_amount_is_accrued_for_one_year(made: list[Document], exercice: int) -> None:
    """A line is accrued for its own year, where its document is of a later exercice or of none, and for no other;
    amounts add up."""
    numbered = [replace(d, number=f"F{n}" if d.number else "") for n, d in enumerate(made)]
    titres = titre("F0", exercice)
    found: dict[int, int] = {}
    for year in range(2022, 2030):
        rows = accruals.added(accruals.accrued(year, postings_of_documents(numbered, "issued"), titres))
        assert all(one.period[:4] == str(year) and one.amount for one in rows)
        assert len({(r.period, r.payer.member_id, r.regime, r.rule, r.number) for r in rows}) == len(rows)
        found[year] = sum(one.amount for one in rows)
    expected = dict.fromkeys(found, 0)
    for d in numbered:
        of = 9999 if d.issue_date is None else titres[d.number].year if d.number in titres else d.issue_date.year
        for line in d.lines:
            expected[year_of(line)] += line.amount if year_of(line) < of else 0
    assert found == expected


def test_archives_are_split_and_the_same_bytes() -> None:
    """At most so many in each, by name, whatever order they came in; the clock is not in them."""
    files = [ArchiveFile(f"F{n:04d}.pdf", ON, bytes([n % 256]) * n) for n in range(1001)]
    found = list(archives(files))
    assert found == list(archives(files[::-1]))
    names = []
    for content in found:
        assert content[4:8] == bytes(4)
        with tarfile.open(fileobj=io.BytesIO(gzip.decompress(content))) as tar:
            names.append(tar.getnames())
    assert [len(part) for part in names] == [500, 500, 1]
    assert [name for part in names for name in part] == [file.name for file in files]


def test_an_exempt_document_counts_as_it_is_invoiced() -> None:
    """It bears no VAT that could wait for a payment."""
    exempt = Regime("shared", "E", reason="261 B")
    document = months.issued(
        months.document(MONTH.members["cergy"], exempt, [months.charge("cergy", "rack-units", 100)])
    )
    assert until(vat.TaxedDocument(document, vat.billed_taxes(document)), ON) == vat.Tax(100, 0)
