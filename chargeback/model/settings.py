"""Settings: the operator, VAT regimes, accounts and options of chargeback.toml."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, TypeVar, get_args
from zoneinfo import ZoneInfo

from chargeback.model.period import Frequency, Period
from chargeback.model.problem import Place

VatCategory = Literal["S", "E", "O"]  # UNTDID 5305: standard rate, exempt, outside the scope
TaxPoint = Literal["payment", "invoice"]
RateChange = Literal["month", "period"]
AccountPurpose = Literal["revenue", "prior-year-reduction", "receivable", "vat", "bad-debt", "bank"]
TransferMethod = Literal["direct", "step-down", "reciprocal"]

PURPOSES: tuple[AccountPurpose, ...] = get_args(AccountPurpose)
OF_LINES: frozenset[AccountPurpose] = frozenset(
    {"revenue", "prior-year-reduction"}
)  # the others are of whole documents
REQUIRED: frozenset[AccountPurpose] = OF_LINES | {"bad-debt"}  # asked for; the others keep their name without a row


@dataclass(frozen=True, slots=True)
class DatedRate:
    """VAT rate with its first day.

    Attributes:
        valid_from: first day.
        rate: per cent.
    """

    valid_from: date
    rate: Decimal


@dataclass(frozen=True, slots=True)
class DatedReason:
    """Reason why no VAT is due, with the first day of documents that print it.

    Attributes:
        valid_from: first day.
        text: the reason as printed.
        code: VATEX code of it.
    """

    valid_from: date
    text: str
    code: str = ""


Dated = TypeVar("Dated", DatedRate, DatedReason)


@dataclass(frozen=True, slots=True)
class Regime:
    """VAT regime: a table ``[vat.*]``, and a family of documents.

    Attributes:
        name: name of the table.
        category: VAT category (EN 16931 BT-118, UNTDID 5305).
        rate: VAT rate in per cent.
        reason: why no VAT is due, as printed; required for E and O.
        reason_code: VATEX code of that reason.
        invoice: template of invoice numbers; ``""``: that of the settings.
        credit_note: template of credit note numbers; ``""``: that of the settings.
        tax_point: when the VAT falls due: on payment (services, CGI art. 269) or on the invoice (the option for
            débits).
        rates: rates by their first day, where the rate has changed; ``rate`` is then that of some day, see ``on``.
        reasons: reasons by their first day, likewise.
        change: how a bill over several months that crosses a change of rate is cut: each month at its own rate, or all
            at the rate of the last day.
    """

    name: str
    category: VatCategory
    rate: Decimal = Decimal("0.00")
    reason: str = ""
    reason_code: str = ""
    invoice: str = ""
    credit_note: str = ""
    tax_point: TaxPoint = "payment"
    rates: tuple[DatedRate, ...] = ()
    reasons: tuple[DatedReason, ...] = ()
    change: RateChange = "month"

    def rate_on(self, day: date) -> Decimal:
        """Rate in force on a day, in per cent; before the first one, the first."""
        return _on(self.rates, day).rate if self.rates else self.rate

    def on(self, day: date) -> Regime:
        """Regime as documents for a month or year that ends on a day have it: with the rate of that day and the reason
        of the next one, the first on which they may be dated."""
        alone = replace(self, rate=self.rate_on(day), rates=())
        if not self.reasons:
            return alone
        reason = _on(self.reasons, day + timedelta(days=1))
        return replace(alone, reason=reason.text, reason_code=reason.code, reasons=())

    def at(self, rate: Decimal) -> Regime:
        """Regime at a rate."""
        return replace(self, rate=rate, rates=())


def _on(dated: Sequence[Dated], day: date) -> Dated:
    """Value in force on a day; before the first one, the first."""
    return next((each for each in reversed(dated) if each.valid_from <= day), dated[0])


@dataclass(frozen=True, slots=True)
class Operator:
    """Operator: who bills.

    Attributes:
        name: name on documents.
        siren: SIREN, 9 digits.
        siret: SIRET, 14 digits.
        vat_number: VAT number.
        address: lines of the postal address.
        postal_code: postal code.
        city: city.
        country: ISO 3166 code of the country.
        iban: account that is paid to.
        bic: bank of that account.
        payee: who is paid, where it is not the operator (the comptable public).
        chorus: whether documents are deposited on Chorus Pro.
    """

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
    """Account: a row of ``[[accounts]]``, an account and the conditions of its use (``""``: no condition).

    Attributes:
        account: number of the account.
        where: place of the row.
        purpose: what is booked to it (``of`` in the file).
        rule: id of the rule of the line.
        service: service of the line.
        regime: VAT regime of the document.
        kind: kind of the payer, as in members.csv.
        nature: budget nature of the pretitre.
        function: budget function of the pretitre.
    """

    account: str
    where: Place
    purpose: AccountPurpose = "revenue"
    rule: str = ""
    service: str = ""
    regime: str = ""
    kind: str = ""
    nature: str = ""
    function: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings: ``chargeback.toml``, read.

    Attributes:
        operator: who bills.
        zone: time zone of months and days.
        currency: ISO 4217 code; amounts are hundredths of it (cents).
        locale: locale of documents.
        payment_days: days to pay, from the issue date.
        regimes: VAT regimes by name.
        tariffs: folder of the rules, relative to the workspace; ``""``: the default.
        reports: folder of the wording and layout, likewise.
        invoice_number: template of invoice numbers.
        credit_note_number: template of credit note numbers.
        transfer_method: how pools that serve each other are emptied.
        transfer_order: names of serving pools, in the order of ``step-down``.
        true_ups: month that bills the true-up of a year, by year.
        called_since: month since which a pool is called by instalments, by pool; without one since its first version.
        threshold: cents, VAT included; a document to pay below it is carried forward.
        frequency: how often members are billed, unless a member has its own frequency.
        adjust_min: cents; a smaller adjustment is billed once the year is over.
        accounts: rows of ``[[accounts]]``.
        lines: line of each key in the file.
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
    transfer_method: TransferMethod = "reciprocal"
    transfer_order: tuple[str, ...] = ()
    true_ups: dict[int, Period] = field(default_factory=dict)
    called_since: dict[str, Period] = field(default_factory=dict)
    threshold: int = 0
    frequency: Frequency = "month"
    adjust_min: int = 0
    accounts: tuple[Account, ...] = ()
    lines: dict[str, int] = field(default_factory=dict, compare=False, repr=False)
