"""Checks of ``chargeback.toml`` across fields: identifiers, VAT regimes, accounts and number series that contradict.

They are made on the fields that are right by themselves, so that one mistake does not hide the others. Each gives
(path of the key, message, code).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from chargeback.model.problem import did_you_mean
from chargeback.model.settings import OF_LINES
from chargeback.workspace.files.toml_fields import FieldPath
from chargeback.workspace.settings.series import can_collide
from chargeback.workspace.settings.tables import AccountTable, OperatorTable, RegimeTable, SettingsFile

REGIME_NAME = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
UNTAXED = ("E", "O")
SettingsProblem = tuple[FieldPath, str, str]
LineOf = Callable[[FieldPath], int]


def checks(found: SettingsFile, given: Mapping[str, Any], line_of: LineOf) -> Iterator[SettingsProblem]:
    """Every mistake across fields.

    ``given``: the tables as written, wrong fields included. ``line_of``: line of a key in the file.
    """
    yield from _operator(found.operator)
    for name, regime in found.vat.items():
        yield from _regime(name, regime, given["vat"][name])
    yield from _accounts(found, given, line_of)
    yield from _series(found, given, line_of)


def _operator(operator: OperatorTable) -> Iterator[SettingsProblem]:
    siren, siret = operator.siren, operator.siret
    if siren and siret and not siret.startswith(siren):
        message = f"the SIRET {siret} does not begin with the SIREN {siren}: correct one of them"
        yield ("operator", "siret"), message, "bad-setting"


def _regime(name: str, regime: RegimeTable, given: Mapping[str, Any]) -> Iterator[SettingsProblem]:
    table = f"[vat.{name}]"
    if not REGIME_NAME.fullmatch(name):
        message = f"{table} is no name of a regime: use letters, digits, - and _"
        yield ("vat", name), message, "bad-name"
    if "category" not in given:
        message = f"{table} has no category: write S (taxed), E (exempt) or O (out of scope)"
        yield ("vat", name), message, "bad-setting"
    for message in _regime_mistakes(regime, given):
        yield ("vat", name, "rate") if "rate" in given else ("vat", name), f"{table} {message}", "bad-setting"


def _regime_mistakes(regime: RegimeTable, given: Mapping[str, Any]) -> Iterator[str]:
    """Category, rate and reason of a regime that contradict each other."""
    category, rate = regime.category, regime.rate
    if "rates" in given and "rate" in given:
        yield "has both rate and rates: keep rates, with the first day of each"
    if "reasons" in given and "reason" in given:
        yield "has both reason and reasons: keep reasons, with the first day of each"
    if "change" in given and "rates" not in given:
        yield "has change without rates: it says how a bill that crosses a change of rate is cut, take it out"
    if category == "S" and "rate" not in given and "rates" not in given:
        yield 'has no rate: category S is taxed, write its rate in percent, as rate = "20.00"'
    elif category == "S" and "rate" in regime.model_fields_set and rate == 0:
        yield f"has the rate {rate}: category S is taxed at more than zero; E is exempt, O is out of scope"
    yield from _untaxed_mistakes(regime, given)


def _untaxed_mistakes(regime: RegimeTable, given: Mapping[str, Any]) -> Iterator[str]:
    """Fields that contradict the category of a regime that bears no VAT, and a rate of zero of one that does."""
    category, rate = regime.category, regime.rate
    if category == "S" and any(not each.rate for each in regime.rates):
        yield "has the rate 0.00 in rates: category S is taxed at more than zero; E is exempt, O is out of scope"
    if category in UNTAXED and rate != 0:
        yield f"has the rate {rate}: category {category} bears no VAT, write 0.00 or use category S"
    if category in UNTAXED and regime.rates:
        yield f"has rates: category {category} bears no VAT, take them out or use category S"
    if category in UNTAXED and "due" in given:
        yield f"has due: category {category} bears no VAT that could fall due, take it out"
    if category in UNTAXED and not regime.reason and not regime.reasons and "reasons" not in given:
        yield f"has no reason: category {category} prints why there is no VAT"


def _accounts(found: SettingsFile, given: Mapping[str, Any], line_of: LineOf) -> Iterator[SettingsProblem]:
    """Rows of [[accounts]] that are wrong in themselves, or are for the same as an earlier row."""
    first: dict[tuple[str, ...], int] = {}
    for index, account in enumerate(found.accounts):
        path = ("accounts", index)
        for message in _account_mistakes(account, given["accounts"][index], found.vat):
            yield path, f"[[accounts]] {message}", "bad-setting"
        before = first.setdefault(account.asked, index)
        if before != index:
            line = line_of(("accounts", before))
            message = f"[[accounts]] asks the same as line {line}: keep one of the two rows"
            yield path, message, "bad-setting"


def _account_mistakes(
    account: AccountTable, given: Mapping[str, Any], regimes: Mapping[str, RegimeTable]
) -> Iterator[str]:
    """Fields of an account that contradict each other."""
    if "account" not in given:
        yield "has no account: write the account the amounts go to"
    if account.rule and account.service:
        yield "has a rule and a service: a rule has its service already, keep one of the two"
    if account.of not in OF_LINES and (account.rule or account.service):
        field = "rule" if account.rule else "service"
        yield f"has a {field}: the account of {account.of} is of whole documents, take it out"
    if account.of not in OF_LINES and account.function:
        yield f"has a function: it goes with the account of a line, take it out of the account of {account.of}"
    if account.regime and account.regime not in regimes:
        hint = did_you_mean(account.regime, regimes)
        yield f"names the regime {account.regime}, and there is no [vat.{account.regime}]: correct it{hint}"


def _series(found: SettingsFile, given: Mapping[str, Any], line_of: LineOf) -> Iterator[SettingsProblem]:
    """Every two series that can give the same number, at the later one."""
    series = sorted(_templates(found, given), key=lambda s: (line_of(s[0]), ".".join(s[0])))
    for index, (path, template) in enumerate(series):
        for earlier, other in series[:index]:
            if can_collide(template, other):
                message = (
                    f'{".".join(path)} = "{template}" and {".".join(earlier)} = "{other}" can give the same number: '
                    "let one of them begin with another letter"
                )
                yield path, message, "numbers-collide"


def _templates(found: SettingsFile, given: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Path and template of each series, the default ones included; a wrong template excepted."""
    written = given.get("numbering")
    for kind in ("invoice", "credit_note"):
        wrong = isinstance(written, dict) and kind in written and kind not in found.numbering.model_fields_set
        if not wrong:
            yield ("numbering", kind), getattr(found.numbering, kind)
        for name, regime in found.vat.items():
            if getattr(regime, kind):
                yield ("vat", name, kind), getattr(regime, kind)
