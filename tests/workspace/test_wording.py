"""Wording as data: shipped texts, the workspace's own laid over them, numbers and dates as a locale writes them."""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from babel.numbers import format_currency, format_decimal

from chargeback.model.period import Period
from chargeback.model.problem import Place, Problem, Problems
from chargeback.workspace.reports.theme import read_theme, theme_problems
from chargeback.workspace.reports.wording import UnknownText, Wording, read_wording, wording_problems
from chargeback.workspace.shipped import shipped
from kit.paths import PACKAGE

STEMS = ("common", "corrections", "invoice", "regimes", "basis", "statement", "savings", "fairness", "workbook")
AMOUNTS = (0, 1, -1, 99, 100, 12345, -120401, 123456789, 10**15 + 7)


@pytest.fixture
def fr() -> Wording:
    return read_wording("fr_FR")


@pytest.fixture
def en() -> Wording:
    return read_wording("en_GB")


def names(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return folder


def test_both_languages_hold_the_same_texts(fr: Wording, en: Wording) -> None:
    """A text that exists in one language exists in the other."""
    assert set(fr.texts) == set(en.texts)


def test_both_languages_ask_for_the_same_values(fr: Wording, en: Wording) -> None:
    """A text asks for the same names in braces in both languages."""
    assert {k: names(t) for k, t in fr.texts.items()} == {k: names(t) for k, t in en.texts.items()}


def test_every_text_named_in_the_program_exists(fr: Wording) -> None:
    """Each constant key in the sources is a text, or one that a count completes."""
    pattern = re.compile(rf'"((?:{"|".join(STEMS)})\.[a-z_.0-9]+)"')
    sources = [p.read_text(encoding="utf-8") for p in PACKAGE.rglob("*.py")]
    named = {key for source in sources for key in pattern.findall(source) if not key.endswith((".toml", ".pdf"))}
    assert len(named) > 100
    assert [k for k in sorted(named) if k not in fr.texts and f"{k}.one" not in fr.texts] == []


def test_no_document_calls_itself_a_titre(fr: Wording) -> None:
    """Only the finance software issues a titre exécutoire: no text says so."""
    assert [k for k, text in fr.texts.items() if "exécutoire" in text.lower()] == []


def test_money_in_french(fr: Wording) -> None:
    """A narrow no-break space between thousands, a no-break space before the sign, a true minus."""
    assert fr.money(-120401) == "\u22121\u202f204,01\u00a0€"
    assert fr.money(5, sign=True) == "+0,05\u00a0€"
    assert fr.money(0, sign=True) == "0,00\u00a0€"


def test_money_in_english(en: Wording) -> None:
    """English puts the sign before the amount and the minus before both."""
    assert en.money(-120401) == "\u2212€1,204.01"


@pytest.mark.parametrize("locale", ["fr_FR", "en_GB", "de_DE"])
def test_amounts_are_those_of_babel(locale: str) -> None:
    """Our own laying out of digits gives what Babel gives, but for the minus sign."""
    wording = read_wording(locale)
    expected = [format_currency(Decimal(c).scaleb(-2), "EUR", locale=locale).replace("-", "\u2212") for c in AMOUNTS]
    assert [wording.money(cents) for cents in AMOUNTS] == expected


def test_numbers_are_those_of_babel(fr: Wording) -> None:
    """A quantity has the marks that Babel gives it."""
    values = [Decimal("0"), Decimal("1234567.5"), Decimal("-0.000001"), Decimal("999999.999999")]
    expected = [format_decimal(v, "#,##0.######", locale="fr_FR").replace("-", "\u2212") for v in values]
    assert [fr.number(v) for v in values] == expected


def test_numbers_round_half_away_from_zero(fr: Wording) -> None:
    """0.5 and -0.5 go away from zero, which Babel's own rounding does not do."""
    shown = [fr.number(Decimal(t), 0) for t in ("0.5", "1.5", "2.5", "-2.5")]
    assert shown == ["1", "2", "3", "\u22123"]
    assert [str(Decimal(t).quantize(Decimal(1), ROUND_HALF_UP)) for t in ("0.5", "1.5", "2.5")] == shown[:3]


def test_a_rational_is_shown_with_six_decimals(fr: Wording) -> None:
    """A third has six decimals, a half one, and fixed places when asked for."""
    assert fr.number(Fraction(1, 3)) == "0,333333"
    assert fr.number(Fraction(5, 2)) == "2,5"
    assert fr.number(Fraction(5, 2), 2, trim=False) == "2,50"


def test_a_price_is_shown_as_written_with_two_decimals_at_least(fr: Wording) -> None:
    """No digit of a price is lost, and 50 is 50,00."""
    prices = [Decimal(t) for t in ("0.0210", "50", "100", "0.000000000001", "1E+2")]
    shown = [fr.unit_price(p).removesuffix("\u00a0€") for p in prices]
    assert shown == ["0,021", "50,00", "100,00", "0,000000000001", "100,00"]


def test_percentages(fr: Wording) -> None:
    """A share of one, and a change with its sign."""
    assert fr.percent(Fraction(1, 8)) == "12,5\u00a0%"
    assert fr.signed_percent(Fraction(1, 8)) == "+12,5\u00a0%"
    assert fr.signed_percent(Fraction(-1, 8)) == "\u221212,5\u00a0%"


def test_dates_in_french(fr: Wording) -> None:
    """The first of a month is 1er; d'octobre but de mars."""
    assert fr.date(date(2026, 10, 1)) == "1er octobre 2026"
    assert fr.date(date(2026, 10, 31)) == "31 octobre 2026"
    assert fr.short_date(date(2026, 3, 1)) == "01/03/2026"
    assert [fr.of_month(Period(2026, m)) for m in (3, 4, 10)] == ["de mars 2026", "d'avril 2026", "d'octobre 2026"]


def test_dates_in_english(en: Wording) -> None:
    """Day, month, year."""
    assert en.date(date(2026, 10, 1)) == "1 October 2026"


def test_plurals(fr: Wording, en: Wording) -> None:
    """French counts zero as one, English does not."""
    assert [fr.plural("savings.losers", n) for n in (0, 1, 2)] == [
        "0 membre y perd",
        "1 membre y perd",
        "2 membres y perdent",
    ]
    assert [en.plural("savings.losers", n) for n in (0, 1)] == ["0 members lose", "1 member loses"]


def test_a_missing_text_is_named_with_its_nearest(fr: Wording) -> None:
    """A key that does not exist raises with the one that was meant."""
    with pytest.raises(UnknownText, match=r"'common.pge'.*'common.page'"):
        fr.text("common.pge")


def test_a_missing_value_is_named(fr: Wording) -> None:
    """A text that is not given what it asks for raises with the name."""
    with pytest.raises(UnknownText, match=r"'common.page' asks for 'pages'"):
        fr.text("common.page", page=1)


def test_labels_fall_back_to_the_raw_name(fr: Wording) -> None:
    """A driver without a label is called by its name and has no unit."""
    assert (fr.label("drivers", "population"), fr.unit("drivers", "population")) == ("habitants", "hab.")
    assert (fr.label("drivers", "ponies"), fr.unit("drivers", "ponies")) == ("ponies", "")


def test_own_texts_are_laid_over_key_by_key(tmp_path: Path, fr: Wording) -> None:
    """One text of the workspace replaces one of ours, and only that."""
    folder = write(tmp_path, "fr/invoice.toml", 'payment = "Règlement"\n')
    own = read_wording("fr_FR", folder)
    assert {k for k in own.texts if own.texts[k] != fr.texts[k]} == {"invoice.payment"}
    assert own.text("invoice.payment") == "Règlement"


def test_own_labels_are_open(tmp_path: Path) -> None:
    """A workspace names its own drivers, with a unit or without; a label alone keeps the shipped unit."""
    text = '[drivers]\n"lamp.posts" = { label = "candélabres", unit = "u." }\npopulation = "habitants DGF"\n'
    folder = write(tmp_path, "fr/labels.toml", text)
    own = read_wording("fr_FR", folder)
    assert wording_problems(folder) == []
    assert (own.label("drivers", "lamp.posts"), own.unit("drivers", "lamp.posts")) == ("candélabres", "u.")
    assert (own.label("drivers", "population"), own.unit("drivers", "population")) == ("habitants DGF", "hab.")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('payment = "x"\n\n[line]\nteir = "x"\n', 4, ["invoice.line.teir", "invoice.line.tier"]),
        ("payment = 3\n", 1, ["invoice.payment", "3", "quotes"]),
        ('due_days = "{days} jours"\n', 1, ["invoice.due_days", "{days}", "{n}"]),
        ('due_days = "{n jours"\n', 1, ["invoice.due_days", "brace"]),
        ('due_days = "{} jours"\n', 1, ["invoice.due_days", "{n}"]),
        ('payment = "x\n', 1, ["TOML"]),
    ],
)
def test_faulty_texts_are_problems_with_their_line(tmp_path: Path, text: str, line: int, words: list[str]) -> None:
    """An unknown key, a number, a name that is not given, a lone brace, bad TOML: each is one problem in its place."""
    (problem,) = wording_problems(write(tmp_path, "fr/invoice.toml", text), "../reports")
    assert problem.where == Place("../reports/fr/invoice.toml", line)
    assert [w for w in words if w not in problem.message] == []


def test_an_unknown_file_of_texts_is_a_problem(tmp_path: Path) -> None:
    """Texts in a file that the product does not have are said to be unknown."""
    (problem,) = wording_problems(write(tmp_path, "en/invoices.toml", 'payment = "x"\n'))
    assert (problem.where, problem.code) == (Place("reports/en/invoices.toml", 1), "unknown-wording")
    assert "invoice.payment" in problem.message


def test_faulty_texts_stop_the_reading(tmp_path: Path) -> None:
    """Reading faulty texts raises all their problems."""
    with pytest.raises(Problems) as raised:
        read_wording("fr_FR", write(tmp_path, "fr/invoice.toml", 'a = "x"\nb = "x"\n'))
    assert [p.where.line for p in raised.value.problems] == [1, 2]


def test_no_folder_no_problem(tmp_path: Path) -> None:
    """A workspace without its own texts has none to check."""
    assert wording_problems(None) == []
    assert wording_problems(tmp_path / "reports") == []
    assert theme_problems(tmp_path) == []


def test_another_language_starts_from_english(tmp_path: Path) -> None:
    """A language that is not shipped is read from the workspace over the English texts."""
    folder = write(tmp_path, "de/invoice.toml", 'payment = "Zahlung"\n')
    german = read_wording("de_DE", folder)
    assert (german.text("invoice.payment"), german.text("invoice.payee")) == ("Zahlung", "Payee")
    assert german.month(Period(2026, 3)) == "März 2026"


def test_the_shipped_reports_are_a_valid_workspace_folder() -> None:
    """The shipped folder laid over itself has no problem."""
    assert wording_problems(shipped("reports")) == []
    assert theme_problems(shipped("reports")) == []


def test_own_theme_is_laid_over_key_by_key(tmp_path: Path) -> None:
    """One colour of the workspace replaces one of ours."""
    own, ours = read_theme(write(tmp_path, "theme.toml", 'accent = "#aa0000"\n')), read_theme()
    assert (own.accent, own.ink, own.regular) == ("#aa0000", ours.ink, ours.regular)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('accent = "blue"\n', 1, ["'blue'", "#17456b"]),
        ('\nacent = "#000000"\n', 2, ["'acent'", "accent"]),
        ('logo = "nowhere.png"\n', 1, ["'nowhere.png'"]),
        ('logo = "theme.toml"\n', 1, ["neither PNG nor JPEG"]),
        ('[fonts]\nbold = "nowhere.ttf"\n', 2, ["'nowhere.ttf'"]),
        ('[fonts]\nbold = "OFL.txt"\n', 2, ["not TrueType"]),
        ('[fonts]\nheavy = "x.ttf"\n', 2, ["'heavy'", "regular"]),
        ("chart = []\n", 1, ["list of colours"]),
        ("fonts = 3\n", 1, ["[fonts]"]),
    ],
)
def test_a_faulty_theme_is_a_problem_with_its_line(tmp_path: Path, text: str, line: int, words: list[str]) -> None:
    """A colour that is none, an unknown setting, a missing image or font: one problem in its place."""
    (problem,) = theme_problems(write(tmp_path, "theme.toml", text))
    assert problem == Problem(Place("reports/theme.toml", line), problem.message, "bad-theme")
    assert [w for w in words if w not in problem.message] == []


def test_fonts_have_every_sign_and_figures_of_one_width() -> None:
    """The three weights hold the signs of the documents, and their figures and minus are equally wide in all of
    them."""
    from chargeback.render.pdf.fonts import font

    theme = read_theme()
    needed = "0123456789\u202f\u00a0€\u2212×÷«»’\u2013\u2014…·éèàçùœŒÉÀÇ"
    faces = [font(path) for path in (theme.regular, theme.medium, theme.bold)]
    assert [c for face in faces for c in needed if ord(c) not in face.widths] == []
    assert len({face.widths[ord(c)] for face in faces for c in "0123456789\u2212"}) == 1


def test_fonts_are_small_and_are_beside_their_licence() -> None:
    """The folder of the fonts is under two megabytes and says under which licence they are."""
    folder = shipped("reports") / "fonts"
    assert sum(p.stat().st_size for p in folder.iterdir()) < 2_000_000
    assert "SIL OPEN FONT LICENSE Version 1.1" in (folder / "OFL.txt").read_text(encoding="utf-8")
