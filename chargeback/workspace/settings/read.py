"""Settings read from ``chargeback.toml``: operator, currency, time zone, language, VAT regimes, numbering, accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic_core import ErrorDetails

from chargeback.model.grammar import FieldError
from chargeback.model.problem import Place, Problem
from chargeback.model.quantity import Frozen
from chargeback.model.settings import Account, Operator, Regime, Settings
from chargeback.workspace.files.toml_fields import (
    FieldPath,
    Worded,
    field_problems,
    place_of,
    unknown,
    validated_in_part,
)
from chargeback.workspace.files.toml_lines import line_at, read_toml
from chargeback.workspace.paths import SETTINGS
from chargeback.workspace.settings.checks import checks
from chargeback.workspace.settings.fields import CalledSince
from chargeback.workspace.settings.tables import (
    AccountTable,
    BillingTable,
    NumberingTable,
    OperatorTable,
    PathsTable,
    RegimeTable,
    SettingsFile,
    TransfersTable,
)

TABLES: dict[str, type[Frozen]] = {
    "operator": OperatorTable,
    "billing": BillingTable,
    "vat": RegimeTable,
    "paths": PathsTable,
    "numbering": NumberingTable,
    "transfers": TransfersTable,
    "accounts": AccountTable,
}


def read_settings(root: Path) -> tuple[Settings | None, list[Problem]]:
    """Settings of the workspace ``root``; None with the problems when there are any."""
    if not (root / SETTINGS).is_file():
        message = "this folder is not a workspace: it has no chargeback.toml; `chargeback init DIR` makes a new one"
        return None, [Problem(Place(SETTINGS), message, "not-a-workspace")]
    values, lines, problems = read_toml(root, SETTINGS)
    if values is None:
        return None, problems
    found, errors = validated_in_part(SettingsFile, values, context=root)
    problems = [*field_problems(errors, SETTINGS, lines, _worded), *_contradictions(found, values, lines)]
    return (None if problems else _settings(found, lines)), problems


def _worded(error: ErrorDetails, path: FieldPath) -> Worded:
    """Code and sentence of a wrong field or table."""
    name, *around = map(str, reversed(path))
    table = ".".join(reversed(around))
    if error["type"] == "extra_forbidden" and not table:
        return "unknown-setting", unknown("table", name, "", tuple(SettingsFile.model_fields))
    if error["type"] == "extra_forbidden":
        fields = tuple(TABLES[str(path[0])].model_fields)
        return "unknown-setting", unknown("field", name, f" in [{table}]", fields)
    message: FieldError = error["ctx"]["error"]
    code = "bad-id" if message.code == "bad-id" else "bad-setting"
    return code, f"{name} of [{table}]: {message}" if table else str(message)


def _contradictions(found: SettingsFile, values: Mapping[str, Any], lines: Mapping[str, int]) -> Iterator[Problem]:
    def line_of(path: FieldPath) -> int:
        return place_of(SETTINGS, lines, path).line or 0

    for path, message, code in checks(found, values, line_of):
        yield Problem(place_of(SETTINGS, lines, path), message, code)


def _settings(found: SettingsFile, lines: dict[str, int]) -> Settings:
    billing, numbering, transfers = found.billing, found.numbering, found.transfers
    return Settings(
        operator=_operator(found.operator),
        zone=billing.timezone,
        currency=billing.currency,
        locale=billing.locale,
        payment_days=billing.payment_days,
        regimes={name: _regime(name, regime) for name, regime in found.vat.items()},
        tariffs=found.paths.tariffs,
        reports=found.paths.reports,
        invoice_number=numbering.invoice,
        credit_note_number=numbering.credit_note,
        transfer_method=transfers.method,
        transfer_order=transfers.order,
        true_ups=dict(field for field in found.true_up.values() if isinstance(field, tuple)),
        called_since=next((f.months for f in found.true_up.values() if isinstance(f, CalledSince)), {}),
        threshold=billing.threshold,
        frequency=billing.frequency,
        adjust_min=billing.adjust_min,
        accounts=tuple(
            _account(account, Place(SETTINGS, line_at(lines, f"accounts.{index}")))
            for index, account in enumerate(found.accounts)
        ),
        lines=lines,
    )


def _operator(found: OperatorTable) -> Operator:
    return Operator(
        name=found.name,
        siren=found.siren,
        siret=found.siret,
        vat_number=found.vat_number,
        address=found.address,
        postal_code=found.postal_code,
        city=found.city,
        country=found.country,
        iban=found.iban,
        bic=found.bic,
        payee=found.payee,
        chorus=found.chorus,
    )


def _regime(name: str, found: RegimeTable) -> Regime:
    return Regime(
        name=name,
        category=found.category or "S",
        rate=found.rate,
        reason=found.reason,
        reason_code=found.reason_code,
        invoice=found.invoice,
        credit_note=found.credit_note,
        tax_point=found.due,
        rates=found.rates,
        reasons=found.reasons,
        change=found.change,
    )


def _account(found: AccountTable, where: Place) -> Account:
    return Account(
        account=found.account,
        where=where,
        purpose=found.of,
        rule=found.rule,
        service=found.service,
        regime=found.regime,
        kind=found.kind,
        nature=found.nature,
        function=found.function,
    )
