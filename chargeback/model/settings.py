"""Settings: the operator, VAT regimes, accounts and options of chargeback.toml."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from zoneinfo import ZoneInfo

from chargeback.model.period import Period
from chargeback.model.problem import Place


@dataclass(frozen=True, slots=True)
class Regime:
    """A VAT regime of ``[vat.*]``: a family of documents. ``category`` is the EN 16931 (UNTDID 5305) code.

    ``due``: when the VAT falls due, on ``payment`` (services, CGI art. 269) or on the ``invoice`` (the option for débits).
    """

    name: str
    category: str
    rate: Decimal = Decimal("0.00")
    reason: str = ""
    reason_code: str = ""
    invoice: str = ""
    credit_note: str = ""
    tax_point: str = "payment"


@dataclass(frozen=True, slots=True)
class Operator:
    """Who bills."""

    name: str = ""
    siren: str = ""
    siret: str = ""
    vat_number: str = ""
    address: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    country: str = "FR"
    iban: str = ""
    bic: str = ""
    payee: str = ""
    chorus: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """A row of ``[[accounts]]``: what it is for (``of``) and what it asks of a line ('' asks nothing) → the account.

    ``of`` is ``revenue``, ``receivable``, ``vat`` or ``bank``; ``kind`` is that of the payer in members.csv.
    """

    account: str
    where: Place
    purpose: str = "revenue"
    rule: str = ""
    service: str = ""
    regime: str = ""
    kind: str = ""
    nature: str = ""
    function: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """``chargeback.toml``, read. ``tariffs`` and ``reports`` are paths relative to the workspace, '' for the default.

    ``true_ups``: the month that bills the true-up of a year, by year. ``threshold`` (cents, with VAT): a document to pay below
    it is carried. ``frequency``: ``month``, ``quarter`` or ``year``, unless a member has its own. ``adjust_min`` (cents): a
    smaller adjustment waits for the end of the year. ``lines``: where its keys stand.
    """

    operator: Operator
    zone: ZoneInfo
    currency: str = "EUR"
    locale: str = "fr_FR"
    payment_days: int = 30
    regimes: dict[str, Regime] = field(default_factory=dict)
    tariffs: str = ""
    reports: str = ""
    invoice_number: str = "F{year}-{sequence:05d}"
    credit_note_number: str = "A{year}-{sequence:05d}"
    transfer_method: str = "reciprocal"
    transfer_order: tuple[str, ...] = ()
    true_ups: dict[int, Period] = field(default_factory=dict)
    threshold: int = 0
    frequency: str = "month"
    adjust_min: int = 0
    accounts: tuple[Account, ...] = ()
    lines: dict[str, int] = field(default_factory=dict, compare=False, repr=False)
