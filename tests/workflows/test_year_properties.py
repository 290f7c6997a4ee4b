"""What is true of every year, tried on random ones that are played month by month; to the cent, without tolerance.

How many: see ``kit/slow``. Where one fails that hypothesis has drawn, it is made as small as it can be.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

import chargeback.cli.correct
from chargeback.exports.from_ledger import issued_of_period
from chargeback.exports.journal import journal_entries as journal
from chargeback.ledger.reconciliation import accounted
from chargeback.model.facts import Member
from chargeback.model.period import Period
from chargeback.workflows.books import Books as ProgramBooks
from chargeback.workspace.reports.wording import read_wording
from chargeback.workspace.shipped import shipped
from kit.ledger_reader import Went, documents, given_back, net, sums, taken_off, vat, went
from kit.random_year import YEAR, Year, seeded, years
from kit.slow import ALL, examples, seeds, slow
from kit.undrawn import undrawn
from kit.year_runner import Played, clear, level_again, play_commands, play_corrected, played, write
from oracle.facts import read
from oracle.pools import pools
from oracle.span import month_of
from oracle.year import Books, Opened, difference, instalments, opened, own, workspace

CORRECTED = (7, 21, 1, 3, 6, 8, 10, 12, 18, 22, 24, 26, 29)  # years in which corrections change something
SEEDS = seeds(2, 9, 200)
Json = dict[str, Any]


@pytest.fixture(scope="module", autouse=True)
def folders() -> Iterator[None]:
    """The folders of the years go when all is tried."""
    yield
    clear()


@pytest.fixture(params=SEEDS)
def year(request: pytest.FixtureRequest) -> Year:
    """The year of a seed."""
    return seeded(request.param)


def final(year: Year, root: Path) -> Path:
    """The workspace as it stands at the end."""
    write(root, year.steps[-1])
    return root


@cache
def second_opinion(year: Year) -> tuple[tuple[Opened, ...], Books]:
    """What each month bills, read literally in the contract, and what was billed for each month at the end."""
    root, books, found = played(year).root, Books(), []
    for month, files in zip(year.months, year.steps, strict=True):
        write(root, files)
        found.append(opened(root, month, books))
        found[-1].entered(books, month)
    return tuple(found), books


def computed(play: Played, at: int) -> tuple[dict[Any, int], dict[Any, int], dict[Any, int]]:
    """What the program charges in a month: its own, its true-up, and its adjustments by month; by member, rule and
    regime."""
    totals: tuple[dict[Any, int], ...] = (defaultdict(int), defaultdict(int), defaultdict(int))
    for charge in play.months[at].charges:
        who = (charge.member_id, charge.rule, charge.vat)
        if charge.adjusts is not None:
            totals[2][str(charge.adjusts), *who] += charge.amount
        else:
            totals[1 if charge.kind == "adjustment" else 0][who] += charge.amount
    own_charges, trued, adjusted = ({k: v for k, v in sorted(t.items()) if v} for t in totals)
    return own_charges, trued, adjusted


def test_each_month_bills_what_the_second_opinion_says(year: Year) -> None:
    """Own charges, the true-up, and each adjustment as recomputed less billed, by member, rule, regime and month."""
    play = played(year)
    for at, (month, found) in enumerate(zip(year.months, second_opinion(year)[0], strict=True)):
        own_charges, trued, adjusted = computed(play, at)
        wanted = {(m, *who): cents for m, by_who in found.adjusted.items() for who, cents in by_who.items()}
        assert (month, found.own) == (month, own_charges)
        assert (month, found.trued) == (month, trued)
        assert (month, dict(sorted(wanted.items()))) == (month, adjusted)


def exempt(root: Path) -> dict[str, set[str]]:
    """The rules of each exempt pool: its allocation, what comes off it first, and the rates that pay it in advance."""
    rules = workspace(root).world.rules
    shared = {rule["pool"]: rule for rule in rules if rule["kind"] == "allocation"}
    ahead = {pool: {r["id"] for r in rules if r["kind"] == "rate" and r.get("pool") == pool} for pool in shared}
    less = {pool: {name for v in rule["version"] for name in v.get("less", ())} for pool, rule in shared.items()}
    return {pool: {rule["id"]} | ahead[pool] | less[pool] for pool, rule in shared.items()}


def waiting(root: Path, books: Books) -> dict[str, int]:
    """By rule, the differences of the year and of its true-up that are not billed yet."""
    here, found = workspace(root), dict[str, int]()
    for month in books.closed:
        for who, cents in difference(here, month, books).items():
            if month.startswith(str(YEAR)) or who in books.trued[month]:
                found[who[1]] = found.get(who[1], 0) + cents
    return found


def cost_of_year(root: Path, pool: str) -> int:
    """Cents that a pool held in the months of the year, what other pools passed on included."""
    world = read(root)
    return sum(pools(world, month_of(f"{YEAR}-{m:02d}", world.zone)).get(pool, 0) for m in range(1, 13))


def of_year(one: Went, calling: set[str]) -> bool:
    """Whether a charge is for the year that ends: for one of its months, or its true-up, adjusted or not."""
    trued = one.charge["rule"] in calling and one.charge["kind"] == "adjustment"
    return trued or one.month.startswith(str(YEAR))


def test_bills_are_the_cost_of_the_year(year: Year) -> None:
    """Of every exempt pool: bills, what is carried, set aside and borne by the operator itself are its cost; so is, in
    the months after the year was billed, what is too small to be billed before the next year is over."""
    small = waiting(final(year, played(year).root), second_opinion(year)[1])
    assert small == {} or year.months[-1] > f"{YEAR + 1}-03"
    bills_are_the_cost(played(year), small)


def bills_are_the_cost(play: Played, small: dict[str, int]) -> None:
    """By pool; ``small``: what is not billed yet, by rule."""
    root = final(play.year, play.root)
    calling = {rule["id"] for rule in instalments(workspace(root))}
    for pool, rules in exempt(root).items():
        by_place: dict[str, int] = defaultdict(int)
        for one in went(play.entries):
            if one.charge["rule"] in rules and of_year(one, calling):
                by_place[one.where] += one.charge["amount"]
        by_place["small"] = sum(small.get(rule, 0) for rule in rules)
        assert (pool, cost_of_year(root, pool)) == (pool, sum(by_place.values())), dict(by_place)


def test_each_month_ends_as_its_final_data_say(year: Year) -> None:
    """The ledger's sum by month, member, rule and regime is the month computed from the data of the end, instalments
    apart."""
    ends_as_its_data_say(played(year))


def ends_as_its_data_say(play: Played) -> None:
    """The months of the year that ends."""
    here = workspace(final(play.year, play.root))
    calling = {rule["id"] for rule in instalments(here)}
    months = [month for month in play.year.months if month.startswith(str(YEAR))]
    wanted = {(m, *who): cents for m in months for who, cents in own(here, m).items() if who[1] not in calling}
    found = sums(one for one in went(play.entries) if one.month in months and one.charge["rule"] not in calling)
    assert dict(sorted(wanted.items())) == found


def test_unchanged_inputs_give_no_adjustment(year: Year) -> None:
    """Nothing happens before the last month: it adjusts nothing."""
    last = played(year).months[-1]
    assert [charge for charge in last.charges if charge.adjusts is not None] == []


def test_closed_months_are_as_billed(year: Year) -> None:
    """Once the year is settled each of its months, computed again from the data of the end, is what was billed
    for it."""
    closed_months_are_as_billed(played(year))


def closed_months_are_as_billed(play: Played) -> None:
    """The months of the year that ends."""
    with level_again(play) as (inputs, store):
        for month in (m.period for m in play.months if m.period.year == YEAR):
            found = accounted(store.connection, ProgramBooks(inputs, store).month_alone(month))
            assert (str(month), found.charges, found.documents) == (str(month), (), ())


def test_no_invoice_gives_back_more_than_it_billed(year: Year) -> None:
    """Net, VAT and total of the credits of each invoice are between nothing and those of the invoice; a credit has no
    credit."""
    no_invoice_gives_back_more(played(year).entries)


def no_invoice_gives_back_more(entries: list[Json]) -> None:
    """Of all invoices of a ledger."""
    issued = {d["number"]: d for _, d in documents(entries)}
    for number, (net_back, vat_back) in given_back(entries).items():
        invoice = issued[number]
        assert invoice["kind"] == "invoice"
        assert 0 < net_back <= net(invoice)
        assert 0 <= vat_back <= vat(invoice)
        assert (net_back == net(invoice)) <= (vat_back == vat(invoice))


def test_a_credit_names_invoices_of_its_payer_and_family(year: Year) -> None:
    """Issued before it, under its regime, to its payer or to one that it took over from; what it takes off is its
    amount, unless nothing was left to take it off."""
    play = played(year)
    issued = {d["number"]: d for _, d in documents(play.entries)}
    for at, entry in enumerate(play.entries):
        heirs = heirs_at(play.year, entry["period"]) if entry["documents"] else {}
        for document in entry["documents"]:
            if document["kind"] == "invoice":
                assert document["preceding"] == []
                continue
            for named in document["preceding"]:
                original = issued[named["number"]]
                assert original["regime"]["name"] == document["regime"]["name"]
                assert document["payer"]["member_id"] in line_of(original["payer"]["member_id"], heirs)
                assert original["issue_date"] == named["issue_date"] <= document["issue_date"]
            off = [sum(taken_off(named)[n] for named in document["preceding"]) for n in (0, 1)]
            assert off == [-net(document), -vat(document)] or left_of(document, play.entries, at, heirs) == 0


def heirs_at(year: Year, period: str) -> dict[str, str]:
    """Who has taken over from whom when a month is over, as its workspace says."""
    header, *rows = [text.split(",") for text in year.steps[year.months.index(period)]["members.csv"].splitlines()]
    named = [dict(zip(header, row, strict=True)) for row in rows]
    end = Period.parse(period).end.isoformat()
    return {row["member_id"]: row["successor"] for row in named if row["successor"] and row["valid_to"] <= end}


def line_of(member: str, heirs: dict[str, str]) -> list[str]:
    """A member and all that took over from it, one after the other."""
    found = [member]
    while found[-1] in heirs:
        found.append(heirs[found[-1]])
    return found


def left_of(credit: Json, entries: list[Json], at: int, heirs: dict[str, str]) -> int:
    """What is left, net, of all invoices of its payer and family before a credit, once its entry is made."""
    back = given_back(entries[: at + 1])
    payer, regime = credit["payer"]["member_id"], credit["regime"]["name"]
    left = 0
    for _, document in documents(entries[:at]):
        own_line = payer in line_of(document["payer"]["member_id"], heirs)
        if document["kind"] == "invoice" and document["regime"]["name"] == regime and own_line:
            left += net(document) - back.get(document["number"], (0, 0))[0]
    return left


def test_numbers_follow_each_other(year: Year) -> None:
    """In each series and year from 1 without a gap, their dates ascending."""
    entries = played(year).entries
    series: dict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
    for entry in entries:
        for number in entry["numbers"]:
            series[number["series"], number["year"]].append((number["sequence"], entry["entry_date"]))
            assert number["number"] == number["series"].format(year=number["year"], sequence=number["sequence"])
        assert [n["number"] for n in entry["numbers"]] == [d["number"] for d in entry["documents"]]
    for numbers in series.values():
        assert [sequence for sequence, _ in numbers] == list(range(1, len(numbers) + 1))
        assert [on for _, on in numbers] == sorted(on for _, on in numbers)


def cents_of_vat(amount: int, rate: str) -> int:
    """VAT of a total, half away from zero."""
    return int((amount * Decimal(rate) / 100).quantize(Decimal(1), ROUND_HALF_UP))


def test_every_document_adds_up(year: Year) -> None:
    """Lines are their charges; VAT is that of the total, but on a credit of one invoice, whose credits share its VAT;
    the sign says what it is; one that is carried has no number."""
    entries = played(year).entries
    drawn = [*(d for _, d in documents(entries)), *(d for entry in entries for d in entry["carried_forward"])]
    for document in drawn:
        assert all(line["amount"] == sum(c["amount"] for c in line["charges"]) for line in document["lines"])
        [line] = document["vat_lines"]
        assert (line["net"], line["regime"]) == (net(document), document["regime"])
        assert document["kind"] == ("invoice" if net(document) > 0 else "credit_note")
        assert bool(document["number"]) != bool(document["carry_reason"])
        exact = cents_of_vat(net(document), document["regime"]["rate"])
        assert line["vat"] == exact or (len(document["preceding"]) == 1 and abs(line["vat"] - exact) == 1)


def test_what_is_carried_has_to_wait(year: Year) -> None:
    """Below the threshold with all that waits, or for a payer that is neither due nor gone; and what is billed has not
    to."""
    play = played(year)
    waiting: dict[tuple[str, str], int] = defaultdict(int)
    for month in play.months:
        threshold = month.settings.threshold
        for document in month.carried_forward:
            total = document.net + waits_for(document, heirs_at(play.year, str(month.period)), waiting)
            due = is_due(document.payer, month.settings.frequency, month.period)
            gross = total + cents_of_vat(total, str(document.regime.rate))
            reasons = {"threshold": due and 0 < gross < threshold, "frequency": not due, "nothing": due and total == 0}
            assert reasons[document.carry_reason], (str(month.period), document.payer.member_id, document.carry_reason)
        for document in month.documents:
            if document.kind == "invoice":
                assert document.gross >= threshold
            for brought in document.brought_forward:
                waiting[brought.payer_id, document.regime.name] = 0
        for document in month.carried_forward:
            waiting[document.payer.member_id, document.regime.name] += document.net


def waits_for(document: Any, heirs: dict[str, str], waiting: dict[tuple[str, str], int]) -> int:
    """What is carried already for a payer and family, for those it took over from too."""
    payer, regime = document.payer.member_id, document.regime.name
    return sum(cents for (name, of), cents in waiting.items() if of == regime and payer in line_of(name, heirs))


def is_due(payer: Member, frequency: str, period: Period) -> bool:
    """Whether a payer is billed in a month: its span is over, or it is there no more."""
    gone = payer.valid_to is not None and payer.valid_to <= period.end
    return gone or period.month % {"month": 1, "quarter": 3, "year": 12}[payer.frequency or frequency] == 0


def test_the_journal_balances(year: Year) -> None:
    """Each entry adds up to zero; the receivables are the totals of all documents, the VAT theirs."""
    play = played(year)
    wording = read_wording("fr_FR", shipped("reports"), "EUR")
    with level_again(play) as (inputs, store):
        handed = [
            one
            for month in play.months
            for one in issued_of_period(store.connection, month.period, inputs.settings) or ()
        ]
        made = journal(handed, (), inputs.settings.accounts, {}, wording)
    assert all(sum(posting.amount for posting in entry.postings) == 0 for entry in made)
    totals: dict[str, int] = defaultdict(int)
    for posting in (posting for entry in made for posting in entry.postings):
        totals[posting.side] += posting.amount
    issued = [document for _, document in documents(play.entries)]
    assert totals["receivable"] == sum(net(d) + vat(d) for d in issued)
    assert totals["vat"] == -sum(vat(d) for d in issued)
    assert totals["revenue"] + totals["prior-year-reduction"] == -sum(net(d) for d in issued)


def test_the_ledger_made_again_from_its_file_answers_the_same(year: Year) -> None:
    """What waits, which invoices billed whom, which are the latest: asked of a store that has the lines alone."""
    play = played(year)
    with level_again(play) as (_, store):
        assert play.answers == play.ask(store)


def plans(seed: int) -> Any:
    """By month, in what parts it is issued: whole, by family, by service, the payers billed by quarter first."""
    dice = random.Random(seed)

    def plan(month: str) -> list[list[str]]:
        quarter = [[f"{month[:4]}-Q{int(month[5:]) // 3}"]] if int(month[5:]) % 3 == 0 else []
        families = [[month, "--only", name] for name in dice.sample(("services", "cost-sharing", "contributions"), 3)]
        services = [[month, "--only", name] for name in dice.sample(("hosting", "network"), 2)]
        parts: list[list[str]] = dice.choice(
            (families, services, families[:1] + services, quarter + services[:1], quarter)
        )
        return [*parts, [month]]

    return plan


def totals(entries: list[Json]) -> dict[tuple[str, str, str], int]:
    """Net of all documents of each month, payer and family."""
    found: dict[tuple[str, str, str], int] = defaultdict(int)
    for entry, document in documents(entries):
        found[entry["period"], document["payer"]["member_id"], document["regime"]["name"]] += net(document)
    return {key: cents for key, cents in sorted(found.items()) if cents}


@slow
@pytest.mark.parametrize("seed", seeds(1, 1, 40))
def test_parts_in_any_order_give_the_same(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole, by family, by service, the quarter first: each payer and family is billed the same net in each month, each
    charge is billed, carried or set aside as it is without parts."""
    undrawn(monkeypatch)
    whole, parts = played(seeded(seed)).entries, play_commands(seeded(seed), tmp_path, plans(seed)).entries
    assert totals(whole) == totals(parts)
    for where in ("billed", "carried", "withheld", "own"):
        assert sums(one for one in went(whole) if one.where == where) == sums(
            one for one in went(parts) if one.where == where
        )


@slow
@pytest.mark.parametrize("seed", CORRECTED[: examples(1, 1, len(CORRECTED))])
def test_corrected_months_end_as_their_data_say(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Months whose data change before they are closed, and whose invoices are corrected: each charge is billed once,
    bills are the cost of the year, months are as billed, no invoice gives back more than it billed."""
    undrawn(monkeypatch)
    monkeypatch.setattr(chargeback.cli.correct, "issued_document", lambda *_, **__: b"")
    dice = random.Random(seed)
    play = play_corrected(seeded(seed), tmp_path, lambda _: dice.random() < 0.7)
    assert any(entry["kind"] == "correct" for entry in play.entries)
    no_invoice_gives_back_more(play.entries)
    ends_as_its_data_say(play)
    bills_are_the_cost(play, {})
    closed_months_are_as_billed(play)


CHECKS = (
    test_each_month_bills_what_the_second_opinion_says,
    test_bills_are_the_cost_of_the_year,
    test_each_month_ends_as_its_final_data_say,
    test_unchanged_inputs_give_no_adjustment,
    test_closed_months_are_as_billed,
    test_no_invoice_gives_back_more_than_it_billed,
    test_a_credit_names_invoices_of_its_payer_and_family,
    test_numbers_follow_each_other,
    test_every_document_adds_up,
    test_what_is_carried_has_to_wait,
    test_the_journal_balances,
    test_the_ledger_made_again_from_its_file_answers_the_same,
)


@settings(
    max_examples=examples(1, 2, 300),
    derandomize=not ALL,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)
@given(years())
def test_all_holds_in_any_year(year: Year) -> None:
    """Years that are drawn freely: one in which something does not hold is made as small as it can be."""
    for holds in CHECKS:
        holds(year)
