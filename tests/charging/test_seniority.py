"""Years of membership, and the cap by what the others are charged: counting, and how the pages say it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from chargeback.charging.metering.seniority import Memberships, by_list, completed_years, list_on
from chargeback.ledger.rule_terms import fingerprint
from chargeback.model.documents import Line
from chargeback.model.facts import Facts, GroupMember, Member
from chargeback.model.period import Period, Span
from chargeback.model.problem import Place
from chargeback.model.rules import Rule
from chargeback.render.text.calculations import bound_sentences
from chargeback.render.text.labels import line_label
from chargeback.render.text.version_terms import term_sentences
from chargeback.workspace.reports.wording import Wording, read_wording
from chargeback.workspace.tariffs.read import read_rule

NOWHERE = Place("")
OCTOBER = Period(2026, 10)
TIERED = """[
  { up_to = "1", tiers = [ { up_to = "1500", price = "0", fee = "52.00" }, { price = "0", fee = "227.00" } ] },
  { up_to = "3", tiers = [ { price = "0.10" } ] },
  { tiers = [ { up_to = "1500", price = "0", fee = "36.00" }, { price = "0", fee = "158.00" } ] },
]"""
FLAT = '[ { up_to = "2", price = "52.00" }, { price = "36.00" } ]'


def rule(folder: Path, terms: str) -> Rule:
    """A rate on the population with these terms."""
    path = folder / "dues.toml"
    path.write_text(
        f"""id = "dues"
kind = "rate"
label = {{ fr = "Adhésion", en = "Dues" }}
vat = "services"
quantity = {{ driver = "population" }}
unit = {{ code = "C62", fr = "hab.", en = "inh." }}

[[version]]
valid_from = 2026-01-01
references = [{{ title = "Décision" }}]
{terms}
""",
        encoding="utf-8",
    )
    found, problems = read_rule(path, "tariffs/dues.toml")
    assert problems == []
    assert found is not None
    return found


def line(tier: int, kind: str = "usage") -> Line:
    """A line of a tier."""
    return Line("a", "", "dues", date(2026, 1, 1), kind, tier, Fraction(1), None, Fraction(1), 100, ())


@pytest.mark.parametrize(
    ("joined", "day", "years"),
    [
        ("2025-10-15", "2025-10-15", 0),
        ("2025-10-15", "2026-10-14", 0),
        ("2025-10-15", "2026-10-15", 1),
        ("2020-12-31", "2026-01-01", 5),
        ("2024-02-29", "2025-02-28", 0),
        ("2024-02-29", "2025-03-01", 1),
        ("2024-02-29", "2028-02-28", 3),
        ("2024-02-29", "2028-02-29", 4),
    ],
)
def test_a_year_is_completed_on_the_anniversary(joined: str, day: str, years: int) -> None:
    """Whole years from the first day; who joined on a 29 February completes a common year on 1 March."""
    assert completed_years(date.fromisoformat(joined), date.fromisoformat(day)) == years


def test_rows_that_touch_are_one_membership_and_a_group_has_its_own() -> None:
    """A change of name is no new adhesion, a day out is; in a group membership begins when both hold."""
    days = [("a", 2020, 2024), ("a", 2024, 2025), ("a", 2026, None)]
    members = tuple(
        Member(m, m, "commune", date(start, 1, 1), date(end, 1, 1) if end else None, NOWHERE) for m, start, end in days
    )
    groups = (GroupMember("g", "a", date(2023, 5, 1), date(2024, 5, 1), NOWHERE),)
    memberships = Memberships(Facts(members=members, groups=groups))
    whole = {"a": (Span(date(2020, 1, 1), date(2025, 1, 1)), Span(date(2026, 1, 1), date.max))}
    assert memberships.of(None) == whole
    assert memberships.of("g") == {"a": (Span(date(2023, 5, 1), date(2024, 5, 1)),)}
    assert memberships.of(None) == whole


@pytest.mark.parametrize(
    ("joined", "changes"),
    [
        ("2025-10-15", [("2026-10-01", 0), ("2026-10-15", 1)]),
        ("2023-10-15", [("2026-10-01", 1), ("2026-10-15", 2)]),
        ("2024-10-15", [("2026-10-01", 1), ("2026-10-15", 1)]),
        ("2025-10-01", [("2026-10-01", 1)]),
        ("2026-10-01", [("2026-10-01", 0)]),
        ("2025-11-01", [("2026-10-01", 0)]),
    ],
)
def test_a_month_is_cut_on_the_anniversary(joined: str, changes: list[tuple[str, int]], tmp_path: Path) -> None:
    """In October 2026, with prices for the first year, the next two and those after: from which day which list
    holds."""
    terms = rule(tmp_path, f'model = "volume"\nseniority = {TIERED}').version[0]
    runs = [Span(date(2010, 1, 1), date(2012, 1, 1)), Span(date.fromisoformat(joined), date.max)]
    found = list(by_list(terms, runs, [OCTOBER.span]))
    assert [(part.start.isoformat(), place) for part, place in found] == changes
    assert sum(part.days for part, _ in found) == 31


@pytest.mark.parametrize(
    ("start", "end", "day", "lists"),
    [
        ("2025-02-01", "2025-04-01", "2025-03-01", [0, 1]),
        ("2027-02-01", "2027-04-01", "2027-03-01", [1, 1]),
        ("2028-02-01", "2028-04-01", "2028-02-29", [1, 2]),
    ],
)
def test_who_joined_on_a_leap_day_comes_to_its_list(
    start: str, end: str, day: str, lists: list[int], tmp_path: Path
) -> None:
    """Joined on 29 February 2024: the year is completed on 1 March, in a leap year on 29 February."""
    terms = rule(tmp_path, f'model = "volume"\nseniority = {TIERED.replace("3", "4", 1)}').version[0]
    days = Span(date.fromisoformat(start), date.fromisoformat(end))
    found = list(by_list(terms, [Span(date(2024, 2, 29), date.max)], [days]))
    assert [(part.start.isoformat(), place) for part, place in found] == [(start, lists[0]), (day, lists[1])]


def test_a_year_of_membership_turns_over_new_year(tmp_path: Path) -> None:
    """Joined on 15 January 2026, seen from December to February: the second year begins in the middle."""
    terms = rule(tmp_path, f'model = "flat"\nseniority = {FLAT.replace("2", "1", 1)}').version[0]
    runs = [Span(date(2026, 1, 15), date(2027, 2, 1))]
    found = list(by_list(terms, runs, [Span(date(2026, 12, 1), date(2027, 2, 1))]))
    assert found == [
        (Span(date(2026, 12, 1), date(2027, 1, 15)), 0),
        (Span(date(2027, 1, 15), date(2027, 2, 1)), 1),
    ]


def test_the_list_of_a_day_is_that_of_its_own_run(tmp_path: Path) -> None:
    """Two runs: years of the first do not count in the second, from its first day on."""
    terms = rule(tmp_path, f'model = "flat"\nseniority = {FLAT}').version[0]
    runs = [Span(date(2020, 1, 1), date(2024, 1, 1)), Span(date(2024, 1, 1), date.max)]
    days = [date(2020, 1, 1), date(2021, 12, 31), date(2022, 1, 1), date(2023, 12, 31), date(2024, 1, 1)]
    assert [list_on(terms, runs, day) for day in days] == [0, 0, 1, 1, 0]


@pytest.mark.parametrize(
    ("locale", "tier", "kind", "label"),
    [
        ("fr_FR", 1, "fee", "Adhésion, 1re année d'adhésion, forfait de la tranche 1"),
        ("fr_FR", 2, "fee", "Adhésion, 1re année d'adhésion, forfait de la tranche 2"),
        ("fr_FR", 3, "usage", "Adhésion, de la 2e à la 3e année d'adhésion"),
        ("fr_FR", 5, "fee", "Adhésion, à partir de la 4e année d'adhésion, forfait de la tranche 2"),
        ("en_GB", 3, "usage", "Dues, years 2 to 3 of membership"),
        ("en_GB", 4, "fee", "Dues, from year 4 of membership on, lump sum of tier 1"),
        ("en_GB", 0, "maximum", "Dues, rebate to the maximum"),
    ],
)
def test_a_line_says_its_years_of_membership(locale: str, tier: int, kind: str, label: str, tmp_path: Path) -> None:
    """The label holds the years of the price list, and the tier within it where it has several."""
    dues = rule(tmp_path, f'model = "volume"\nseniority = {TIERED}')
    assert line_label(line(tier, kind), dues, read_wording(locale)) == label


def test_the_basis_says_all_price_lists(tmp_path: Path) -> None:
    """Each tier after the years it is for; a list of one price needs no tier."""
    wording: Wording = read_wording("fr_FR")
    flat = rule(tmp_path, f'model = "flat"\nseniority = {FLAT}')
    told = list(term_sentences(flat, flat.version[0], OCTOBER, wording))[-1]
    assert told.replace("\u00a0", " ") == (
        "Prix selon les années d'adhésion : 2 premières années d'adhésion, 52,00 € ; "
        "à partir de la 3e année d'adhésion, 36,00 €."
    )
    tiered = rule(tmp_path, f'model = "volume"\nseniority = {TIERED}')
    told = list(term_sentences(tiered, tiered.version[0], OCTOBER, wording))[-1]
    assert "1re année d'adhésion, jusqu'à 1\u202f500 hab., forfait de 52,00\u00a0€" in told
    assert "à partir de la 4e année d'adhésion, au-delà de 1\u202f500 hab., forfait de 158,00\u00a0€" in told


def test_the_basis_says_whose_charges_cap(tmp_path: Path) -> None:
    """The cap by the others names its rules, sorted, as often as they are named."""
    dues = rule(tmp_path, 'model = "flat"\nprice = "1"\nmaximum = { others = ["epci", "commune", "epci"] }')
    told = bound_sentences(dues, dues.version[0], read_wording("en_GB"))
    assert told == ["Maximum: what all other members are charged in the month under commune, epci."]


def test_the_hash_of_terms_knows_both(tmp_path: Path) -> None:
    """Another year or another rule is another hash; the order in which the rules are named is not."""
    flat = {
        terms: fingerprint(found := rule(tmp_path, f'model = "flat"\n{terms}'), found.version[0])
        for terms in (
            f"seniority = {FLAT}",
            f"seniority = {FLAT.replace('2', '3')}",
            'price = "1"\nmaximum = { others = ["a", "b"] }',
            'price = "1"\nmaximum = { others = ["b", "a"] }',
            'price = "1"\nmaximum = { others = ["b", "c"] }',
            'price = "1"',
        )
    }
    assert len(set(flat.values())) == 5
