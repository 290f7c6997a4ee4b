"""Rises of closed months: what a version that reaches back makes a member pay more is refused without a ground,
whatever came late beside it; what it lowers is free. In January, closed, Cergy pays 100.00 of storage, 50.00 of seats
and 200.00 of the backbone, Écouen 40.00 and 100.00."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from chargeback.billing.adjustments import BilledSoFar
from chargeback.billing.rises import reaching_back, rises, without
from chargeback.model.charges import Charge
from chargeback.model.period import Period
from chargeback.model.rules import Rule
from kit.late_office import Office, edit, january_closed, put, usage

JANUARY, FEBRUARY = "2026-01", "2026-02"
WHY = '"Voted in February"'
BY_LAW = '{ reason = "Voted in February", ground = "law" }'


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    found = Office(january_closed(tmp_path_factory, tmp_path), capsys)
    capsys.readouterr()
    return found


def replaced(office: Office, name: str, why: str, terms: str) -> None:
    """A version of a rule from 2 January on."""
    path = office.root / "tariffs" / f"{name}.toml"
    edit(
        office.root,
        f"tariffs/{name}.toml",
        "valid_from = 2026-01-01\n",
        "valid_from = 2026-01-01\nvalid_to = 2026-01-02\n",
    )
    version = f'\n[[version]]\nvalid_from = 2026-01-02\nreferences = [{{ title = "Decision 2" }}]\n{terms}\n'
    path.write_text(path.read_text("utf-8") + version + f"retroactive = {why}\n", encoding="utf-8")


def price(office: Office, name: str, amount: str, why: str = WHY) -> None:
    replaced(office, name, why, f'model = "flat"\nprice = "{amount}"')


def problems(office: Office, month: str = FEBRUARY) -> list[str]:
    code, _, words = office.says("check", month)
    return words.splitlines() if code else []


REST = (
    "an act cannot make users pay more for the past; let it begin on 2026-02-01 or later, or say why it may, as "
    'retroactive = { reason = "…", ground = "law" }, "regularisation" or "agreement"'
)


def test_a_higher_price_of_a_closed_month_names_its_ground(office: Office) -> None:
    """1.10 in place of 1.00, on the 10th: 10.00 more of Cergy, 4.00 more of Écouen. Refused by every command, then
    billed by law, with the rises apart."""
    price(office, "storage", "1.10")
    refused = [
        "tariffs/storage.toml:20: the version of 2026-01-02 of storage raises what 2 members (cergy, ecouen) pay for "
        f"2026-01, which is closed, by 14.00 EUR net: {REST}"
    ]
    assert problems(office) == refused
    assert office.says("adjustments", FEBRUARY)[2].splitlines() == refused
    assert office.says("correct", "F2026-00001", "--reason", "Price", "--date", "2026-03-05")[2].splitlines() == refused
    edit(office.root, "tariffs/storage.toml", f"retroactive = {WHY}", f"retroactive = {BY_LAW}")
    assert office.adjustments(FEBRUARY) == [
        (JANUARY, "cergy", "storage", "10.00"),
        (JANUARY, "ecouen", "storage", "4.00"),
    ]
    assert office.says("adjustments", FEBRUARY)[1].splitlines()[-4:] == [
        "Rises by versions that reach back, among them",
        "  Month    Member    Rise  Version             Ground",
        "  2026-01  cergy   €10.00  storage 2026-01-02  by law",
        "  2026-01  ecouen   €4.00  storage 2026-01-02  by law",
    ]
    assert office.preview(FEBRUARY)["rises"] == [
        {
            "month": JANUARY,
            "member_id": name,
            "rise": rise,
            "versions": [{"rule": "storage", "version": "2026-01-02"}],
            "grounds": ["law"],
        }
        for name, rise in (("cergy", "10.00"), ("ecouen", "4.00"))
    ]
    office.close(FEBRUARY)
    assert office.preview("2026-03")["rises"] == []


def test_a_lower_price_needs_no_ground_though_use_came_late(office: Office) -> None:
    """0.90 in place of 1.00, and 30 units of Cergy that came late: 17.00 more, of which the version raises nothing."""
    price(office, "storage", "0.90")
    put(office.root, usage__late=usage(JANUARY, ("cergy", "30"), day="11"))
    assert office.adjustments(FEBRUARY) == [
        (JANUARY, "cergy", "storage", "17.00"),
        (JANUARY, "ecouen", "storage", "-4.00"),
    ]
    assert office.preview(FEBRUARY)["rises"] == []


def test_a_rise_does_not_hide_behind_a_correction(office: Office) -> None:
    """1.10 in place of 1.00 while 50 units of Cergy are taken back: 45.00 less in all, 5.00 more than without the
    version."""
    price(office, "storage", "1.10")
    put(office.root, usage__late=usage(JANUARY, ("cergy", "-50"), day="11"))
    (found,) = problems(office)
    assert "raises what 2 members (cergy, ecouen) pay for 2026-01, which is closed, by 9.00 EUR net" in found


def test_a_member_counts_as_a_whole(office: Office) -> None:
    """Storage at 1.10, seats at 5.00 in place of 10.00: Cergy, with 5 seats, pays 15.00 less; Écouen, without, 4.00
    more."""
    price(office, "storage", "1.10")
    price(office, "seats", "5.00")
    assert [line.partition(": an act")[0] for line in problems(office)] == [
        "tariffs/seats.toml:20: the version of 2026-01-02 of seats raises what 1 member (ecouen) pays for 2026-01, "
        "which is closed, by 4.00 EUR net",
        "tariffs/storage.toml:20: the version of 2026-01-02 of storage raises what 1 member (ecouen) pays for 2026-01, "
        "which is closed, by 4.00 EUR net",
    ]
    edit(office.root, "tariffs/storage.toml", f"retroactive = {WHY}", f"retroactive = {BY_LAW}")
    assert problems(office) == []


def test_a_lower_tariff_that_the_others_bear_raises_them(office: Office) -> None:
    """Equal shares of the backbone from the 2nd on: 200.00 and 100.00 less a day's part become 151.61 and 148.39."""
    replaced(office, "network", WHY, "keys = [{ equal = true }]")
    (found,) = problems(office)
    assert "raises what 1 member (ecouen) pays for 2026-01, which is closed, by 48.39 EUR net" in found


def test_a_new_rule_raises_all_that_it_charges(office: Office) -> None:
    """Maintenance of 5 seats at 3.00 from 1 January, written down in February."""
    seats = (office.root / "tariffs" / "seats.toml").read_text(encoding="utf-8")
    extra = seats.replace("seats", "extra").replace('"10.00"', '"3.00"')
    extra = extra.replace("references", f"retroactive = {WHY}\nreferences")
    (office.root / "tariffs" / "extra.toml").write_text(extra, encoding="utf-8")
    (found,) = problems(office)
    assert found.startswith(
        "tariffs/extra.toml:10: the version of 2026-01-01 of extra raises what 1 member (cergy) pays"
    )


# ---- values ----------------------------------------------------------------------------------------------------------


def rule(*versions: tuple[date, date | None, object]) -> Rule:
    content = {"id": "r", "label": {"fr": "R"}, "kind": "rate", "vat": "v", "quantity": {"constant": "1"}}
    dated = [
        {"valid_from": first, "references": [{"title": "T"}], "model": "flat", "price": "1"}
        | ({"valid_to": end} if end else {})
        | ({"retroactive": why} if why else {})
        for first, end, why in versions
    ]
    return Rule.model_validate(content | {"version": dated})


def days(found: Rule) -> list[tuple[date, date | None]]:
    return [(version.valid_from, version.valid_to) for version in found.versions]


A, B, C, D = date(2026, 1, 1), date(2026, 1, 11), date(2026, 1, 21), date(2026, 3, 1)
LAW = {"reason": "Voted", "ground": "law"}


def test_the_version_before_lasts_in_their_place() -> None:
    """Of two that follow one another both are left out, or one alone; a rule without another is in force on no day."""
    whole = rule((A, B, ""), (B, C, "Voted"), (C, None, LAW))
    january = Period(2026, 1)
    new = reaching_back([whole], january, {("r", A)})
    assert [(version.valid_from, version.ground) for _, version in new] == [(B, None), (C, "law")]
    assert days(without([whole], new)[0]) == [(A, None)]
    assert days(without([whole], new[:1])[0]) == [(A, C), (C, None)]
    assert days(without([whole], new[1:])[0]) == [(A, B), (B, None)]
    (alone,) = without([rule((A, None, "Voted"))], reaching_back([rule((A, None, "Voted"))], january, set()))
    assert alone.on(date(2026, 1, 31)) is None


@pytest.mark.parametrize(
    ("used", "first", "end", "why"),
    [({("r", B)}, B, None, "Voted"), (set(), D, None, "Voted"), (set(), B, None, "")],
    ids=["billed by already", "after the month", "without a reason"],
)
def test_versions_that_do_not_reach_back(used: set[tuple[str, date]], first: date, end: date | None, why: str) -> None:
    assert reaching_back([rule((first, end, why))], Period(2026, 1), used) == []


def charged(*amounts: tuple[str, str, str, int]) -> BilledSoFar:
    found = BilledSoFar()
    for member, name, regime, cents in amounts:
        found.add(Charge(member, name, A, "usage", 0, "", None, None, Fraction(1), cents, regime))
    return found


def test_rules_and_regimes_of_a_member_are_added() -> None:
    """What moves between regimes or rules raises nothing; a member that was not charged is raised by all of it."""
    before = charged(("a", "r", "x", 100), ("a", "s", "x", 50), ("b", "r", "x", 10))
    today = charged(("a", "r", "y", 120), ("a", "s", "x", 30), ("b", "r", "x", 9), ("c", "r", "x", 1))
    new = [(rule((A, B, ""), (B, None, LAW)), rule((B, None, LAW)).versions[0])]
    (found,) = rises(Period(2026, 1), before, today, new)
    assert (found.member_id, found.amount, found.versions, found.grounds) == ("c", 1, (("r", B),), ("law",))
