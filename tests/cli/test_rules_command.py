"""The rules in force on a day and what changes between two: as tables of text, as JSON, from the command line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from chargeback.cli.app import main
from chargeback.explain.rules.changes import changes_text
from chargeback.explain.rules.in_force import between, on_day
from chargeback.explain.rules.listing import WIDTH, broken, listing_text
from chargeback.model.rules import Rule
from chargeback.model.versions import Version
from chargeback.workspace.reports.wording import Wording, read_wording
from kit.paths import ROOT

SETTINGS = """[billing]
locale = "{locale}"
[vat.services]
category = "S"
rate = "20.00"
[vat.cost-sharing]
category = "E"
rate = "0.00"
reason = "Exonération"
reason_code = "VATEX-EU-132-1F"
"""
STORAGE = """id = "storage"
label = { fr = "Stockage", en = "Storage" }
service = "datacenter"
kind = "rate"
vat = { default = "cost-sharing", hospital = "services", by_member = { sem95 = "services" } }
group = "hosted"
quantity = { meter = "storage_gib", measure = "mean", per = "resource" }
unit = { code = "E34", fr = "Gio", en = "GiB" }

[[version]]
valid_from = 2026-01-01
valid_to = 2026-07-01
references = [{ title = "Decision 1", href = "https://example.org/1" }]
model = "flat"
price = "0.021"
included = "100"

[[version]]
valid_from = 2026-07-01
references = [{ title = "Decision 2" }]
model = "flat"
price = "0.023"
included = "100"
maximum = "500"
"""
NETWORK = """id = "network"
label = { en = "Network" }
service = "network"
kind = "allocation"
vat = "cost-sharing"
pool = "backbone"

[[version]]
valid_from = 2026-03-01
references = [{ title = "Agreement" }]
keys = [{ equal = true, weight = "1" }]
"""
COOLING = """id = "cooling"
label = { en = "Cooling" }
kind = "transfer"
pool = "cooling"

[[version]]
valid_from = 2025-01-01
valid_to = 2026-01-01
references = [{ title = "Note" }]
to = { backbone = "3", offices = "1" }
"""
FILES = {"storage": STORAGE, "network": NETWORK, "cooling": COOLING}


@pytest.fixture(scope="module")
def en() -> Wording:
    """The English texts."""
    return read_wording("en_GB")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace of settings and rules alone, in English."""
    return workspace(tmp_path, "en_GB")


def workspace(folder: Path, locale: str) -> Path:
    """chargeback.toml and three rules: no member, no usage, no cost."""
    (folder / "tariffs").mkdir()
    (folder / "chargeback.toml").write_text(SETTINGS.format(locale=locale), encoding="utf-8")
    for name, text in FILES.items():
        (folder / f"tariffs/{name}.toml").write_text(text, encoding="utf-8")
    return folder


def rule(*versions: Mapping[str, Any], kind: str = "allocation", **fields: Any) -> Rule:
    """A rule of the versions given, each until the next."""
    base: dict[str, Any] = {"id": "r", "label": {"en": "Rule"}, "kind": kind, **fields}
    cited = {"references": [{"title": "Decision"}]}
    dated = [
        cited | {"valid_from": date(2026 + n, 1, 1), "valid_to": date(2027 + n, 1, 1)} | dict(version)
        for n, version in enumerate(versions)
    ]
    return Rule.model_validate(base | {"version": dated})


def changes(before: Mapping[str, Any], after: Mapping[str, Any], wording: Wording, **fields: Any) -> list[str]:
    """The lines that tell what differs between two versions, without margins."""
    found = between([rule(before, after, **fields)], date(2026, 6, 1), date(2027, 6, 1))
    return [line.strip() for line in changes_text(found, wording)[4:]]


def test_the_rules_in_force_on_a_day(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By service and id: the price, what is counted, the reference; from when to when, VAT, pool and group; then the
    others."""
    assert main(["-C", str(root), "rules", "2026-02-01"]) == 0
    assert (
        capsys.readouterr().out
        == f"""\
Rules on 1 February 2026: 1 in force

Rule                            Price or key, reference                                   Validity, VAT, pool
{"─" * 118}
Data centre
  storage                       Price: €0.021 / GiB.                                      since 01/01/2026
    Storage                     Quantity: storage, mean of the month.                     until 30/06/2026
    rate                        Included: 100 GiB not counted.                            cost sharing
                                Each resource apart.                                      services (hospital)
                                Legal basis: Decision 1 <https://example.org/1>.          services (sem95)
                                                                                          group hosted

Without a version in force that day
  network  Network  begins on 01/03/2026
  cooling  Cooling  ended on 31/12/2025
"""
    )


def test_the_day_is_today_by_default(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a day, the listing is that of today."""
    assert main(["-C", str(root), "rules"]) == 0
    told = capsys.readouterr().out
    assert main(["-C", str(root), "rules", date.today().isoformat()]) == 0
    assert told == capsys.readouterr().out


def test_a_day_before_all_rules(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is in force; each rule says when it begins."""
    assert main(["-C", str(root), "rules", "2024-12-31"]) == 0
    assert capsys.readouterr().out == (
        "No rule is in force on 31 December 2024.\n\nWithout a version in force that day\n"
        "  storage  Storage  begins on 01/01/2026\n"
        "  network  Network  begins on 01/03/2026\n"
        "  cooling  Cooling  begins on 01/01/2025\n"
    )


def test_the_rules_as_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Fields as in the file, the terms in words, the place of the version; what is not in force with its days."""
    assert main(["-C", str(root), "rules", "2026-08-01", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["date"] == "2026-08-01"
    assert [each["rule"] for each in told["in_force"]] == ["storage", "network"]
    storage, network = told["in_force"]
    assert storage["version"] == "2026-07-01"
    assert storage["valid_to"] is None
    assert storage["place"] == "tariffs/storage.toml:18"
    assert storage["references"] == [{"title": "Decision 2"}]
    assert storage["terms"] == {
        "quantity": {"meter": "storage_gib", "measure": "mean", "per": "resource"},
        "model": "flat",
        "price": "0.023",
        "included": "100",
        "maximum": "500",
    }
    assert network["words"] == ["Key: equal parts."]
    assert told["not_in_force"] == [
        {
            "rule": "cooling",
            "label": {"fr": "", "en": "Cooling"},
            "service": "",
            "ended": "2026-01-01",
            "begins": None,
        }
    ]


def test_what_changes_between_two_days(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rules that begin and end, and field by field what differs, with the change of a price; what stays is not told."""
    assert main(["-C", str(root), "rules", "diff", "2025-12-31", "2026-03-01"]) == 0
    assert capsys.readouterr().out == (
        "From 31 December 2025 to 1 March 2026: 2 rules begin, 1 ends, 0 change\n\n"
        "Begin\n  storage  Storage, version of 01/01/2026\n  network  Network, version of 01/03/2026\n\n"
        "End\n  cooling  Cooling, version of 01/01/2025\n"
    )
    assert main(["-C", str(root), "rules", "diff", "2026-06-30", "2026-07-01"]) == 0
    assert capsys.readouterr().out == (
        "From 30 June 2026 to 1 July 2026: 0 rules begin, 0 end, 1 changes\n\nChange\n"
        "  storage  Storage, version of 01/01/2026 → version of 01/07/2026\n"
        "    reference  − Decision 1\n"
        "               + Decision 2\n"
        "    price      €0.021 → €0.023 (+9.5%)\n"
        "    maximum    none → €500.00\n"
    )


def test_what_changes_as_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each field before and after, as in the file."""
    assert main(["-C", str(root), "rules", "diff", "2026-03-01", "2026-07-01", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["from"], told["to"], told["begin"], told["end"]) == ("2026-03-01", "2026-07-01", [], [])
    (storage,) = told["change"]
    assert storage["versions"] == ["2026-01-01", "2026-07-01"]
    assert storage["fields"] == {
        "references": {
            "before": [{"title": "Decision 1", "enforceable_on": None}],
            "after": [{"title": "Decision 2", "enforceable_on": None}],
        },
        "price": {"before": "0.021", "after": "0.023"},
        "maximum": {"before": None, "after": "500"},
    }


def test_nothing_changes(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence, and nothing else."""
    assert main(["-C", str(root), "rules", "diff", "2026-03-01", "2026-06-30"]) == 0
    assert capsys.readouterr().out == "From 1 March 2026 to 30 June 2026, nothing changes.\n"


@pytest.mark.parametrize(
    "words",
    [["diff"], ["diff", "2026-01-01"], ["2026-01-01", "2026-02-01"], ["diff", "2026-02-01", "2026-01-01"], ["2026-02"]],
)
def test_days_written_wrongly(root: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """One day, or diff and two days of which the first is the earlier: the exit code is 2 otherwise."""
    assert main(["-C", str(root), "rules", *words]) == 2
    assert capsys.readouterr().out == ""


def test_problems_of_rules_stop_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rule that cannot be read is named with its line; nothing is listed."""
    path = root / "tariffs/storage.toml"
    path.write_text(STORAGE.replace('price = "0.021"', 'price = "dear"'), encoding="utf-8")
    for words in (["2026-01-01"], ["diff", "2026-01-01", "2026-02-01"]):
        assert main(["-C", str(root), "rules", *words]) == 1
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.startswith("tariffs/storage.toml:15: ")


def test_problems_of_settings_stop_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Settings that cannot be read are named."""
    (root / "chargeback.toml").write_text("[billing]\nlocale = 3\n", encoding="utf-8")
    assert main(["-C", str(root), "rules", "2026-01-01"]) == 1
    assert capsys.readouterr().err.startswith("chargeback.toml:2: ")


def test_the_listing_in_french(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The words are those of the workspace's language."""
    assert main(["-C", str(workspace(tmp_path, "fr_FR")), "rules", "2026-02-01"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Règles au 1er février 2026 : 1 en vigueur\n")
    assert "Prix : 0,021\u00a0€ / Gio." in told


def test_no_line_is_wider_than_the_table(en: Wording) -> None:
    """The shipped example in both languages, ids, sentences and references as long as they are."""
    source = ROOT / "tariffs"
    from chargeback.workspace.tariffs.read import read_rules

    rules, problems = read_rules(source, "tariffs")
    assert problems == []
    listing = on_day(rules, date(2026, 10, 20))
    for wording in (en, read_wording("fr_FR")):
        lines = listing_text(listing, wording)
        assert max(len(line) for line in lines) == WIDTH
        assert [line for line in lines if line.lstrip().startswith((";", ":", "»"))] == []


def test_a_cell_keeps_its_margin_and_ties_marks() -> None:
    """What follows the first line is set in like it; a mark stays with its word."""
    assert broken("  Label of a rule", 12) == ["  Label of a", "  rule"]
    assert broken("price : 10 ; price", 9) == ["price :", "10 ;", "price"]
    assert broken("", 10) == [""]


def test_rules_are_sorted_by_service_then_id() -> None:
    """Rules without a service come last."""
    made = [rule({}, id=n, service=s) for n, s in (("a", ""), ("c", "x"), ("b", "x"), ("d", "b"))]
    assert [each.rule.id for each in on_day(made, date(2026, 6, 1)).in_force] == ["d", "b", "c", "a"]


def test_a_rule_between_two_versions(en: Wording) -> None:
    """It says when it ended and when it begins again."""
    holed = rule({"valid_to": date(2026, 3, 1)}, {})
    assert (
        listing_text(on_day([holed], date(2026, 3, 1)), en)[-1]
        == "  r  Rule  ended on 28/02/2026, begins again on 01/01/2027"
    )


TERMS = [
    (
        {"keys": [{"quantity": {"driver": "population"}, "weight": "0.75"}, {"equal": True, "weight": "0.25"}]},
        ["Keys: 75% inhabitants; 25% equal parts."],
    ),
    (
        {"keys": [{"shares": {"b": "1.5", "a": "2"}}], "exclude": ["c"], "floor": "10", "prorate": "day"},
        [
            "Key: fixed shares (a 2, b 1.5).",
            "Without c.",
            "By days of presence.",
            "Floor: €10.00 a month and member.",
        ],
    ),
    ({"method": "shapley", "game": "hosting"}, ["Shapley value, game “hosting”."]),
    (
        {"method": "serial", "quantity": {"driver": "population"}, "curve": [{"at": "10", "cost": "100"}]},
        ["Serial sharing: inhabitants.", "Cost curve: €100.00 at 10."],
    ),
    (
        {"keys": [{"equal": True}], "less": ["r", "gone"], "less_floor": "0", "unattributed": "operator"},
        [
            "Key: equal parts.",
            "Less what is charged by Rule, gone.",
            "What is left to share does not go below €0.00.",
            "Use that leads to nobody is borne by operator.",
        ],
    ),
]


@pytest.mark.parametrize(("version", "expected"), TERMS)
def test_the_terms_of_an_allocation_in_words(version: dict[str, Any], expected: list[str], en: Wording) -> None:
    """Keys with their weights, games and curves, what is taken off, who is left out, bounds."""
    assert words(rule(version), en) == expected


def words(of: Rule, wording: Wording) -> list[str]:
    """The terms of a rule on the first of June 2026."""
    from chargeback.explain.rules.json_output import listing_json

    found: list[str] = listing_json(on_day([of], date(2026, 6, 1)), wording)["in_force"][0]["words"]
    return found


def test_the_terms_of_other_kinds_in_words(en: Wording) -> None:
    """Parts of a transfer, a rate on other charges, a price by year and by tag, a baseline with what it replaces."""
    assert words(rule({"to": {"a": "1", "b": "2"}}, kind="transfer"), en) == ["To a 33.333333%; b 66.666667%."]
    overhead = {"charges": ["compute", "storage"]}
    told = words(rule({"model": "flat", "price": "0.05"}, kind="rate", quantity=overhead), en)
    assert told == ["Rate: 5%.", "Quantity: charges of the month by compute, storage."]
    yearly = {"model": "flat", "price": "12", "every": "year"}
    told = words(rule(yearly, kind="baseline", quantity={"constant": "1"}, replaces=["x"]), en)
    assert told == [
        "Price: €12.00.",
        "Quantity: 1 per member.",
        "Prices, tiers and bounds are for the year, shared over its months.",
        "Replaces: x.",
    ]
    tagged = {"meter": "m", "measure": "sum", "per": {"tag": "application"}}
    told = words(rule({"model": "flat", "price": "1"}, kind="rate", quantity=tagged), en)
    assert told == ["Price: €1.00.", "Quantity: m, sum of the month, for each value of the tag “application”."]


def test_why_a_version_reaches_back(en: Wording) -> None:
    """After the reference in the list, as a term in JSON; a version that does not reach back says nothing."""
    from chargeback.explain.rules.json_output import listing_json
    from chargeback.explain.rules.listing import terms

    day = date(2026, 6, 1)
    late = rule(
        {"model": "flat", "price": "1", "retroactive": "Voted in March."}, kind="rate", quantity={"constant": "1"}
    )
    plain = rule({"model": "flat", "price": "1"}, kind="rate", quantity={"constant": "1"})
    found, other = (on_day([one], day) for one in (late, plain))
    assert list(terms(found.in_force[0], day, found.rules, en))[-1] == "Reaches back: Voted in March."
    assert listing_json(found, en)["in_force"][0]["terms"]["retroactive"] == "Voted in March."
    assert not any(text.startswith("Reaches back") for text in terms(other.in_force[0], day, other.rules, en))
    assert "retroactive" not in listing_json(other, en)["in_force"][0]["terms"]


EQUAL = {"equal": True, "weight": "0.5"}
PEOPLE = {"quantity": {"driver": "population"}, "weight": "0.5"}
TIERS = [{"up_to": "10", "price": "2"}, {"price": "1", "fee": "5"}]
DIFFERENCES = [
    (
        {"keys": [PEOPLE, EQUAL]},
        {"keys": [PEOPLE | {"weight": "0.75"}, {"shares": {"a": "1"}, "weight": "0.25"}]},
        ["keys  inhabitants: 50% → 75%", "− equal parts: 50%", "+ fixed shares (a 1): 25%"],
    ),
    (
        {"model": "graduated", "tiers": TIERS},
        {"model": "volume", "tiers": [{"up_to": "10", "price": "1.5"}, {"up_to": "20", "price": "1"}, {"price": "0"}]},
        [
            "model  Graduated prices → Price of the tier reached",
            "tiers  up to 10: €2.00 → €1.50 (−25.0%)",
            "− above 10: €1.00 plus €5.00 on entry",
            "+ from 10 to 20: €1.00",
            "+ above 20: €0.00",
        ],
    ),
    (
        {"model": "volume", "tiers": [{"price": "0", "fee": "100"}]},
        {"model": "volume", "tiers": [{"price": "0", "fee": "110"}]},
        ["tiers  above 0: lump sum of €100.00 → lump sum of €110.00 (+10.0%)"],
    ),
    (
        {"model": "flat", "seniority": [{"up_to": "1", "price": "52"}, {"price": "36"}]},
        {"model": "flat", "seniority": [{"up_to": "1", "price": "54"}, {"price": "36"}]},
        ["seniority  first year of membership: €52.00 → €54.00 (+3.8%)"],
    ),
    ({"maximum": "500"}, {"maximum": {"others": ["b", "a"]}}, ["maximum  €500.00 → what the others pay by a, b"]),
    ({"to": {"a": "1", "b": "1"}}, {"to": {"a": "3", "b": "1"}}, ["pools served  a: 50% → 75%", "b: 50% → 25%"]),
    ({"exclude": ["a", "b"]}, {"exclude": ["b", "c"]}, ["excluded members  − a", "+ c"]),
    ({"floor": "10"}, {"floor": {"driver": "guaranteed"}}, ["floor  €10.00 → guaranteed"]),
    ({"included": "5"}, {"included": "7.5"}, ["included  5 → 7.5 (+50.0%)"]),
    ({"price": "0"}, {"price": "1"}, ["price  €0.00 → €1.00"]),
    ({"price": "-0.1"}, {"price": "-0.2"}, ["price  −€0.10 → −€0.20"]),
    ({"every": "month"}, {"every": "year"}, ["span of the price  a month → a year"]),
    (
        {"method": "shapley", "game": "a"},
        {"method": "scrb", "game": "b"},
        ["method  Shapley value → separable costs, remaining benefits", "game    a → b"],
    ),
    ({"quantity": {"driver": "population"}}, {"quantity": {"driver": "agents"}}, ["quantity  inhabitants → staff"]),
    (
        {"curve": [{"at": "1", "cost": "2"}]},
        {"curve": [{"at": "1", "cost": "3"}]},
        ["cost curve  − €2.00 at 1", "+ €3.00 at 1"],
    ),
    (
        {"references": [{"title": "T"}]},
        {"references": [{"title": "T", "enforceable_on": date(2026, 12, 20)}]},
        ["reference  − T", "+ T, enforceable on 20/12/2026"],
    ),
    ({}, {"retroactive": "Voted late"}, ["reason to reach back  none → Voted late"]),
]


@pytest.mark.parametrize(("before", "after", "expected"), DIFFERENCES)
def test_each_kind_of_field_that_changes(
    before: dict[str, Any], after: dict[str, Any], expected: list[str], en: Wording
) -> None:
    """Prices with their change in percent, tiers, keys, pools and lists line by line, words where there are some."""
    assert changes(before, after, en) == expected


SAME: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"price": "0.10"}, {"price": "0.1"}),
    ({"keys": [PEOPLE, EQUAL]}, {"keys": [EQUAL, PEOPLE]}),
    ({"references": [{"title": "T", "href": "a"}]}, {"references": [{"title": "T", "href": "b"}]}),
]


@pytest.mark.parametrize(("before", "after"), SAME)
def test_what_moves_no_amount_is_no_change(before: dict[str, Any], after: dict[str, Any]) -> None:
    """How a number is written, the order of keys, a link."""
    assert between([rule(before, after)], date(2026, 6, 1), date(2027, 6, 1)).changed == ()


def test_every_field_of_a_version_has_a_name(en: Wording) -> None:
    """A field that is added is told by a word, in both languages."""
    told = {name for name in Version.model_fields if f"rules.fields.{name}" in en.texts}
    assert set(Version.model_fields) - told == {"valid_from", "valid_to"}
