"""Tables of ``chargeback.toml``, as pydantic reads them: every field by itself. All fields have a default.

What fits together is checked afterwards, on the fields that are right: see ``settings.checks``.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from chargeback.model.quantity import Frozen
from chargeback.model.settings import PURPOSES, AccountPurpose
from chargeback.workspace.settings.dated import Rates, Reasons
from chargeback.workspace.settings.fields import (
    Amount,
    Bic,
    Category,
    Country,
    Currency,
    Days,
    Folder,
    Iban,
    Locale,
    NumberTemplate,
    Rate,
    ReasonCode,
    SettingText,
    SettingTexts,
    Siren,
    Siret,
    TrueUpField,
    VatNumber,
    Word,
    Words,
    YesOrNo,
    Zone,
    one_of,
)
from chargeback.workspace.settings.series import bad_setting

V = TypeVar("V")


class OperatorTable(Frozen):
    """``[operator]``: who bills."""

    name: SettingText = ""
    siren: Siren = ""
    siret: Siret = ""
    vat_number: VatNumber = ""
    address: SettingTexts = ()
    postal_code: SettingText = ""
    city: SettingText = ""
    country: Country = "FR"
    iban: Iban = ""
    bic: Bic = ""
    payee: SettingText = ""
    chorus: YesOrNo = False


class BillingTable(Frozen):
    """``[billing]``: currency, time, language and terms of the documents."""

    currency: Currency = "EUR"
    timezone: Zone = ZoneInfo("Europe/Paris")
    locale: Locale = "fr_FR"
    payment_days: Days = 30
    threshold: Amount = 0
    adjust_min: Amount = 0
    frequency: Annotated[Literal["month", "quarter", "year"], one_of("month", "quarter", "year")] = "month"


class RegimeTable(Frozen):
    """``[vat.NAME]``: a VAT regime."""

    category: Category = ""
    rate: Rate = Decimal("0.00")
    reason: SettingText = ""
    reason_code: ReasonCode = ""
    invoice: NumberTemplate = ""
    credit_note: NumberTemplate = ""
    due: Annotated[Literal["payment", "invoice"], one_of("payment", "invoice")] = "payment"
    rates: Rates = ()
    reasons: Reasons = ()
    change: Annotated[Literal["month", "period"], one_of("month", "period")] = "month"


class PathsTable(Frozen):
    """``[paths]``: folders that are elsewhere."""

    tariffs: Folder = ""
    reports: Folder = ""


class NumberingTable(Frozen):
    """``[numbering]``: templates of document numbers."""

    invoice: NumberTemplate = "F{year}-{sequence:05d}"
    credit_note: NumberTemplate = "A{year}-{sequence:05d}"


class TransfersTable(Frozen):
    """``[transfers]``: how pools are transferred to one another."""

    method: Annotated[Literal["direct", "step-down", "reciprocal"], one_of("direct", "step-down", "reciprocal")] = (
        "reciprocal"
    )
    order: Words = ()


class AccountTable(Frozen):
    """A row of ``[[accounts]]``."""

    rule: Word = ""
    service: Word = ""
    regime: Word = ""
    kind: Word = ""
    account: Word = ""
    nature: Word = ""
    function: Word = ""
    of: Annotated[AccountPurpose, one_of(*PURPOSES)] = "revenue"

    @property
    def asked(self) -> tuple[str, ...]:
        """Condition of the account: the lines and documents that it is for."""
        return self.of, self.rule, self.service, self.regime, self.kind


def _checked(right: Callable[[Any], bool], message: str) -> BeforeValidator:
    """Table or array of the right shape; its fields are read afterwards."""

    def read(value: Any) -> Any:
        if not right(value):
            raise bad_setting(message)
        return value

    return BeforeValidator(read)


def _is_table(value: Any) -> bool:
    return isinstance(value, dict)


def _holds_tables(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_table, value.values()))


def _is_array_of_tables(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_table, value))


def _table(name: str) -> BeforeValidator:
    return _checked(_is_table, f"{name} must be a table: write [{name}] and its fields below")


def _named(value: Any) -> Any:
    """Each field of a table with its name, for a reader that needs both."""
    return {name: (name, field) for name, field in value.items()}


VAT = _checked(_holds_tables, "vat must hold tables only: write [vat.services] and its fields below")
ACCOUNTS = _checked(_is_array_of_tables, "accounts must be an array of tables: write [[accounts]] and its fields below")
TRUE_UP = _checked(_is_table, 'true_up must be a table: write [true_up] and below it, as 2026 = "2027-02"')


class SettingsFile(Frozen):
    """``chargeback.toml``, whole."""

    operator: Annotated[OperatorTable, _table("operator")] = OperatorTable()
    billing: Annotated[BillingTable, _table("billing")] = BillingTable()
    vat: Annotated[dict[str, RegimeTable], VAT] = Field(default_factory=dict)
    paths: Annotated[PathsTable, _table("paths")] = PathsTable()
    numbering: Annotated[NumberingTable, _table("numbering")] = NumberingTable()
    transfers: Annotated[TransfersTable, _table("transfers")] = TransfersTable()
    accounts: Annotated[tuple[AccountTable, ...], ACCOUNTS] = ()
    true_up: Annotated[dict[str, TrueUpField], BeforeValidator(_named), TRUE_UP] = Field(default_factory=dict)
