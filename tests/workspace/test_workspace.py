"""chargeback.toml: what it says, and every mistake with its line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chargeback.model.problem import Place
from chargeback.model.settings import Account, Operator, Regime, Settings
from chargeback.workspace.settings.read import read_settings
from chargeback.workspace.settings.series import can_collide

WHOLE = """[operator]
name = "Syndicat mixte Exemple Numérique"
siren = "990 000 010"
siret = "99000001000019"
vat_number = "FR13990000010"
address = ["1 place de l'Exemple"]
iban = "FR76 9999 9000 0100 0001 2345 014"
bic = "EXEMFRPP"
chorus = true

[billing]
currency = "EUR"
timezone = "Europe/Paris"
locale = "en_GB"
payment_days = 50
threshold = "15.00"
frequency = "quarter"
adjust_min = "2.50"

[vat.services]
category = "S"
rate = 20.00
due = "payment"
[vat.contributions]
category = "O"
reason = "Hors champ"
reason_code = "VATEX-EU-O"
invoice = "C{year}-{sequence:05d}"

[paths]
tariffs = "rules"

[numbering]
invoice = "F{year}-{sequence:05d}"

[transfers]
method = "step-down"
order = ["power", "cooling"]

[[accounts]]
service = "network"
account = "7067"
"""


def written(root: Path, text: str) -> Path:
    """A workspace whose chargeback.toml is ``text``, with a folder of rules."""
    (root / "rules").mkdir(exist_ok=True)
    (root / "chargeback.toml").write_text(text, encoding="utf-8")
    return root


def test_everything_of_the_contract_is_read(tmp_path: Path) -> None:
    """All tables are read; identifiers lose their spaces, rates are exact."""
    expected = Settings(
        operator=Operator(
            name="Syndicat mixte Exemple Numérique",
            siren="990000010",
            siret="99000001000019",
            vat_number="FR13990000010",
            address=("1 place de l'Exemple",),
            iban="FR7699999000010000012345014",
            bic="EXEMFRPP",
            chorus=True,
        ),
        zone=ZoneInfo("Europe/Paris"),
        locale="en_GB",
        payment_days=50,
        threshold=1500,
        frequency="quarter",
        adjust_min=250,
        regimes={
            "services": Regime("services", "S", Decimal("20.00")),
            "contributions": Regime(
                "contributions",
                "O",
                reason="Hors champ",
                reason_code="VATEX-EU-O",
                invoice="C{year}-{sequence:05d}",
            ),
        },
        tariffs="rules",
        transfer_method="step-down",
        transfer_order=("power", "cooling"),
        accounts=(Account("7067", Place("chargeback.toml", 40), service="network"),),
    )
    assert (expected, []) == read_settings(written(tmp_path, WHOLE))


def test_a_workspace_without_operator_still_drafts(tmp_path: Path) -> None:
    """An empty file gives the settings of France, in euros."""
    settings, problems = read_settings(written(tmp_path, ""))
    assert (Settings(operator=Operator(), zone=ZoneInfo("Europe/Paris")), []) == (settings, problems)


def test_a_folder_without_settings_is_not_a_workspace(tmp_path: Path) -> None:
    """The problem proposes the command that makes one."""
    settings, problems = read_settings(tmp_path)
    assert settings is None
    expected = (
        "chargeback.toml: this folder is not a workspace: it has no chargeback.toml; "
        "`chargeback init DIR` makes a new one"
    )
    assert expected == "\n".join(str(p) for p in problems)


REGIMES = '[vat.x]\ncategory = "E"\n'
RATES = '[{ valid_from = 2026-01-01, rate = "20.00" }]'


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[operatr]\n", 1, "unknown table operatr did you mean operator?"),
        ('name = "x"\n', 1, "unknown table name operator, billing, vat"),
        ("billing = 3\n", 1, "write [billing]"),
        ('[operator]\nnane = "x"\n', 2, "unknown field nane did you mean name?"),
        ("[operator]\nname = 3\n", 2, "name 3 is not text"),
        ('[operator]\nname = "a\\u001b[31mb"\n', 2, "control character \\x1b"),
        ('[operator]\nsiren = "990000011"\n', 2, "990000011 SIREN check digit"),
        ('[operator]\nsiret = "99000001000018"\n', 2, "99000001000018 SIRET check digit"),
        ('[operator]\nsiren = "229501275"\nsiret = "99000001000019"\n', 3, "99000001000019 229501275"),
        ('[operator]\nvat_number = "FR14990000010"\n', 2, "FR14990000010 VAT number"),
        ('[operator]\nvat_number = "990000010"\n', 2, "990000010 VAT number two letters"),
        ('[operator]\niban = "FR7699999000010000012345015"\n', 2, "FR7699999000010000012345015 IBAN"),
        ('[operator]\nbic = "EXEM"\n', 2, "EXEM BIC"),
        ('[operator]\ncountry = "France"\n', 2, "France two letters"),
        ('[operator]\naddress = "1 rue"\n', 2, "1 rue array of texts"),
        ('[operator]\nchorus = "yes"\n', 2, "yes true false"),
        ('[billing]\ncurrency = "EURO"\n', 2, "EURO currency"),
        ('[billing]\ncurrency = "JPY"\n', 2, "JPY hundredths"),
        ('[billing]\ntimezone = "Europe/Pari"\n', 2, "Europe/Pari did you mean Europe/Paris"),
        ('[billing]\ntimezone = "/etc/localtime"\n', 2, "/etc/localtime time zone"),
        ('[billing]\nlocale = "de_DE"\n', 2, "de_DE fr_FR en_GB"),
        ('[billing]\npayment_days = "30"\n', 2, "30 whole number"),
        ("[billing]\npayment_days = -1\n", 2, "-1 whole number"),
        ("[billing]\nthreshold = 15.001\n", 2, "15.001 2 decimals"),
        ('[billing]\nfrequency = "week"\n', 2, "week month quarter year"),
        ("vat = 20\n", 1, "write [vat.services]"),
        ('[vat.x]\nrate = "20.00"\n', 1, "vat.x has no category"),
        ('[vat.x]\ncategory = "AE"\n', 2, "AE (reverse charge) is not billed here allowed are S"),
        ('[vat.x]\ncategory = "K"\n', 2, "K (supply inside the European Union) is not billed here"),
        ('[vat.x]\ncategory = "G"\n', 2, "G (export) is not billed here"),
        ('[vat.x]\ncategory = "Z"\n', 2, "Z (zero rated) is not billed here"),
        ('[vat.x]\ncategory = "L"\n', 2, "L (Canary Islands) is not billed here"),
        ('[vat.x]\ncategory = "M"\n', 2, "M (Ceuta and Melilla) is not billed here"),
        ('[vat.x]\ncategory = "B"\n', 2, "B is not billed here: allowed are S (taxed), E (exempt), O (out of scope)"),
        ('[vat.x]\ncategory = "S"\n', 1, "has no rate"),
        ('[vat.x]\ncategory = "S"\nrate = "0"\n', 3, "category S is taxed"),
        ('[vat.x]\ncategory = "S"\nrate = "1e1"\n', 3, "1e1 is not a number"),
        ('[vat.x]\ncategory = "S"\nrate = 1e1\n', 3, "1e1 is not a number"),
        ('[vat.x]\ncategory = "S"\nrate = "120"\n', 3, "120 more than 100"),
        (f'[vat.x]\ncategory = "S"\nrates = {RATES}\nrate = "20"\n', 4, "vat.x has both rate and rates"),
        ('[vat.x]\ncategory = "S"\nrates = []\n', 3, "an array is not an array of tables valid_from"),
        ('[vat.x]\ncategory = "S"\nrates = [{ rate = "20" }]\n', 3, "a row without valid_from"),
        ('[vat.x]\ncategory = "S"\nrates = [{ valid_from = 2026-01-01, rat = "20" }]\n', 3, "rat; did you mean rate?"),
        ('[vat.x]\ncategory = "S"\nrates = [{ valid_from = "2026-01-01", rate = "20" }]\n', 3, "is not a date quotes"),
        (f'[vat.x]\ncategory = "S"\nrates = {RATES[:-1]}, {RATES[1:]}\n', 3, "2026-01-01 is not after 2026-01-01"),
        ('[vat.x]\ncategory = "S"\nrates = [{ valid_from = 2026-01-01, rate = "0" }]\n', 1, "0.00 in rates is taxed"),
        ('[vat.x]\ncategory = "S"\nrate = "20"\nchange = "period"\n', 3, "change without rates take it out"),
        (f'[vat.x]\ncategory = "S"\nrates = {RATES}\nchange = "day"\n', 4, "day month period"),
        (f'[vat.x]\ncategory = "E"\nreason = "r"\nrates = {RATES}\n', 1, "has rates category E bears no VAT"),
        (REGIMES + 'reason = "r"\nreasons = [{ valid_from = 2026-01-01, text = "s" }]\n', 1, "both reason and reasons"),
        (REGIMES + 'reasons = [{ valid_from = 2026-01-01, code = "VATEX-EU-O" }]\n', 3, "a row without text"),
        (REGIMES + 'reasons = [{ valid_from = 2026-01-01, text = "s", code = "261" }]\n', 3, "261 VATEX"),
        ('[vat.x]\ncategory = "E"\nreason = "r"\nrate = "20.00"\n', 4, "20.00 category E bears no VAT"),
        (REGIMES, 1, "has no reason"),
        (REGIMES + 'reason = "r"\nreason_code = "261 B"\n', 4, "261 B VATEX"),
        (REGIMES + 'reason = "r"\ndue = "now"\n', 4, "now payment invoice"),
        (REGIMES + 'reason = "r"\ndue = "invoice"\n', 1, "has due: category bears no VAT that could fall due"),
        ('[vat."a/b"]\ncategory = "S"\nrate = "20"\n', 1, "a/b name of a regime"),
        ('[paths]\ntariffs = "nowhere"\n', 2, "nowhere no folder"),
        ('[numbering]\ninvoice = "F{year}"\n', 2, "F{year} {sequence}"),
        ('[numbering]\ninvoice = "F{sequence}"\n', 2, "F{sequence} {year} again each year"),
        ('[numbering]\ninvoice = "F{year}{month}{sequence}"\n', 2, "nothing else"),
        ('[numbering]\ninvoice = "F{year} {sequence}"\n', 2, "nothing else"),
        ('[numbering]\ninvoice = "F{year}{year}-{sequence}"\n', 2, "once each"),
        ('[numbering]\ninvoice = "FACTURE-DU-SYNDICAT-MIXTE-{year}-{sequence:05d}"\n', 2, "35 characters"),
        ('[numbering]\ncredit_note = "F{year}-{sequence:05d}"\n', 2, "the same number"),
        (
            '[vat.x]\ncategory = "S"\nrate = "20"\ninvoice = "A{year}-{sequence}"\n',
            4,
            "vat.x.invoice numbering.credit_note the same number",
        ),
        ('[transfers]\nmethod = "iterative"\n', 2, "iterative direct step-down reciprocal"),
        ("[accounts]\n", 1, "[[accounts]]"),
        ('[[accounts]]\nrule = "a"\n', 1, "has no account"),
        ('[[accounts]]\naccount = "1"\n[[accounts]]\naccount = "1"\nrul = "a"\n', 5, "unknown field rul rule"),
        ('[[accounts]]\naccount = " 1"\n', 2, "space at its ends"),
        ('[[accounts]]\nkind = ""\naccount = "1"\n', 2, "empty"),
        ('[[accounts]]\naccount = "1"\nrule = "a"\nservice = "b"\n', 1, "a rule and a service keep one"),
        ('[[accounts]]\naccount = "1"\nof = "vat"\nrule = "a"\n', 1, "has a rule whole documents"),
        ('[[accounts]]\naccount = "1"\nof = "bank"\nfunction = "020"\n', 1, "has a function"),
        ('[[accounts]]\naccount = "1"\nof = "cash"\n', 3, "cash revenue receivable vat bank"),
        ('[vat.a]\ncategory="S"\nrate="20"\n[[accounts]]\naccount="1"\nregime="aa"\n', 4, "regime aa did you mean a?"),
        ('[[accounts]]\naccount = "1"\nkind = "k"\n[[accounts]]\naccount = "2"\nkind = "k"\n', 4, "the same as line 1"),
        ("[billing\n", 1, "not valid TOML"),
    ],
)
def test_a_mistake_has_its_line_and_its_words(tmp_path: Path, text: str, line: int, words: str) -> None:
    """Each mistake is shown where it stands, with what was found and what was expected."""
    settings, problems = read_settings(written(tmp_path, text))
    assert settings is None
    shown = [str(p) for p in problems if p.where.line == line]
    assert [f"chargeback.toml:{line}"] == sorted({s.split(": ")[0] for s in shown})
    missing = [w for w in words.split() if not any(w in s for s in shown)]
    assert not missing


@pytest.mark.parametrize(
    ("text", "due"), [("", "payment"), ('due = "payment"\n', "payment"), ('due = "invoice"\n', "invoice")]
)
def test_vat_falls_due_on_payment_unless_said_otherwise(tmp_path: Path, text: str, due: str) -> None:
    """Services pay their VAT as they are paid; the option for the invoice is a word in the regime."""
    settings, problems = read_settings(written(tmp_path, f'[vat.x]\ncategory = "S"\nrate = "20.00"\n{text}'))
    assert problems == []
    assert settings is not None
    assert settings.regimes["x"].tax_point == due


def test_all_mistakes_are_shown_at_once(tmp_path: Path) -> None:
    """One mistake does not hide the next."""
    text = '[operator]\nsiren = "1"\n[billing]\nlocale = "x"\n[vat.y]\ncategory = "Z"\n[nothing]\n'
    expected = {2, 4, 6, 7}
    assert expected == {p.where.line for p in read_settings(written(tmp_path, text))[1]}


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("F{year}-{sequence:05d}", "A{year}-{sequence:05d}", False),
        ("F{year}-{sequence:05d}", "F{year}-{sequence:06d}", True),
        ("F{year}-{sequence:05d}", "F{year}-{sequence}", True),
        ("{year}{sequence:05d}", "{year}1{sequence:05d}", True),
        ("{year}{sequence:03d}A", "{year}{sequence:03d}B", False),
        ("{sequence}-{year}", "{year}-{sequence}", True),
        ("{sequence:05d}-{year}", "{year}-{sequence:05d}", False),
        ("F{year}-{sequence:05d}", "F{year}{sequence:05d}", False),
        ("F{year}-0{sequence:04d}", "F{year}-{sequence:05d}", True),
        ("F{year}-0{sequence:05d}", "F{year}-{sequence:05d}", False),
    ],
)
def test_whether_two_series_can_give_one_number(one: str, other: str, expected: bool) -> None:
    """Any year and any length of the sequence is looked at, padding zeros included."""
    assert expected == can_collide(one, other)
    assert expected == can_collide(other, one)
