"""``chargeback.toml``: who bills, in what currency, time zone and language, VAT regimes, numbering. All problems at once."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from chargeback.model.period import Period
from chargeback.model.problem import Place, Problem
from chargeback.model.settings import Account, Operator, Regime, Settings
from chargeback.workspace.files.toml_lines import line_at, read_toml
from chargeback.workspace.settings import fields as setting_fields
from chargeback.workspace.settings import identifiers
from chargeback.workspace.settings.series import can_collide, checked

FILE = "chargeback.toml"
REGIME_NAME = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
Parser = Callable[[Any], Any]
text = setting_fields.text

OPERATOR: dict[str, Parser] = {
    "name": text,
    "siren": setting_fields.identifier(identifiers.siren),
    "siret": setting_fields.identifier(identifiers.siret),
    "vat_number": setting_fields.identifier(identifiers.vat_number),
    "address": setting_fields.texts,
    "postal_code": text,
    "city": text,
    "country": setting_fields.country,
    "iban": setting_fields.identifier(identifiers.iban),
    "bic": setting_fields.identifier(identifiers.bic),
    "payee": text,
    "chorus": setting_fields.yes_or_no,
}
BILLING: dict[str, Parser] = {
    "currency": setting_fields.currency,
    "timezone": setting_fields.zone,
    "locale": setting_fields.locale,
    "payment_days": setting_fields.days,
    "threshold": setting_fields.amount,
    "adjust_min": setting_fields.amount,
    "frequency": setting_fields.one_of("month", "quarter", "year"),
}
REGIME: dict[str, Parser] = {
    "category": setting_fields.category,
    "rate": setting_fields.rate,
    "reason": text,
    "reason_code": setting_fields.reason_code,
    "invoice": setting_fields.checked_text(checked),
    "credit_note": setting_fields.checked_text(checked),
    "due": setting_fields.one_of("payment", "invoice"),
}
NUMBERING: dict[str, Parser] = {"invoice": REGIME["invoice"], "credit_note": REGIME["credit_note"]}
TRANSFERS: dict[str, Parser] = {
    "method": setting_fields.one_of("direct", "step-down", "reciprocal"),
    "order": setting_fields.texts,
}
ACCOUNT: dict[str, Parser] = {
    **dict.fromkeys(("rule", "service", "regime", "kind", "account", "nature", "function"), setting_fields.word),
    "of": setting_fields.one_of("revenue", "receivable", "vat", "bank"),
}
SERIES = {"invoice": "F{year}-{sequence:05d}", "credit_note": "A{year}-{sequence:05d}"}
TABLES = ("operator", "billing", "vat", "paths", "numbering", "transfers", "accounts", "true_up")


def read_settings(root: Path) -> tuple[Settings | None, list[Problem]]:
    """The settings of the workspace ``root``; None with the problems when there are any."""
    if not (root / FILE).is_file():
        message = "this folder is not a workspace: it has no chargeback.toml; `chargeback init DIR` makes a new one"
        return None, [Problem(Place(FILE), message, "not-a-workspace")]
    values, lines, problems = read_toml(root, FILE)
    if values is None:
        return None, problems
    reading = _Reading(root, values, lines)
    settings = reading.settings()
    return (None if reading.problems else settings), reading.problems


@dataclass(slots=True)
class _Reading:
    """The values of one chargeback.toml and the problems found so far."""

    root: Path
    values: dict[str, Any]
    lines: dict[str, int]
    problems: list[Problem] = field(default_factory=list)

    def settings(self) -> Settings:
        self.known(self.values, TABLES, "", "table")
        operator = self.operator()
        billing = self.table("billing", BILLING)
        regimes = self.regimes()
        paths = self.table("paths", {"tariffs": self.folder, "reports": self.folder})
        numbering = self.table("numbering", NUMBERING)
        transfers = self.table("transfers", TRANSFERS)
        accounts = self.accounts(regimes)
        self.series(regimes, numbering)
        return Settings(
            operator=operator,
            zone=billing.get("timezone") or ZoneInfo("Europe/Paris"),
            currency=billing.get("currency", "EUR"),
            locale=billing.get("locale", "fr_FR"),
            payment_days=billing.get("payment_days", 30),
            regimes=regimes,
            tariffs=paths.get("tariffs", ""),
            reports=paths.get("reports", ""),
            invoice_number=numbering.get("invoice", SERIES["invoice"]),
            credit_note_number=numbering.get("credit_note", SERIES["credit_note"]),
            transfer_method=transfers.get("method", "reciprocal"),
            transfer_order=transfers.get("order", ()),
            true_ups=self.true_ups(),
            threshold=int(billing.get("threshold", Decimal(0)) * 100),
            frequency=billing.get("frequency", "month"),
            adjust_min=int(billing.get("adjust_min", Decimal(0)) * 100),
            accounts=accounts,
            lines=self.lines,
        )

    def problem(self, key: str, message: str, code: str = "bad-setting") -> None:
        self.problems.append(Problem(Place(FILE, line_at(self.lines, key)), message, code))

    def known(self, values: dict[str, Any], allowed: tuple[str, ...], table: str, what: str) -> None:
        """A problem for each name that is not allowed."""
        for name in values:
            if name in allowed:
                continue
            close = difflib.get_close_matches(name, allowed, 1)
            inside = f" in [{table}]" if table else ""
            hint = f"; did you mean {close[0]}?" if close else ""
            key = f"{table}.{name}" if table else name
            message = f"unknown {what} {name}{inside}: allowed are {', '.join(allowed)}{hint}"
            self.problem(key, message, "unknown-setting")

    def table(self, name: str, fields: dict[str, Parser]) -> dict[str, Any]:
        values = self.values.get(name, {})
        if not isinstance(values, dict):
            self.problem(name, f"{name} must be a table: write [{name}] and its fields below")
            return {}
        return self.fields(values, fields, name)

    def fields(self, values: dict[str, Any], fields: dict[str, Parser], table: str) -> dict[str, Any]:
        """The values that are right, parsed; a problem for each that is not."""
        self.known(values, tuple(fields), table, "field")
        parsed = {}
        for name in fields:
            if name in values:
                try:
                    parsed[name] = fields[name](values[name])
                except ValueError as wrong:
                    self.problem(f"{table}.{name}", f"{name} of [{table}]: {wrong}")
        return parsed

    def operator(self) -> Operator:
        found = self.table("operator", OPERATOR)
        siren, siret = found.get("siren", ""), found.get("siret", "")
        if siren and siret and not siret.startswith(siren):
            self.problem(
                "operator.siret", f"the SIRET {siret} does not begin with the SIREN {siren}: correct one of them"
            )
        return Operator(**found)

    def regimes(self) -> dict[str, Regime]:
        tables = self.values.get("vat", {})
        if not isinstance(tables, dict) or not all(isinstance(t, dict) for t in tables.values()):
            self.problem("vat", "vat must hold tables only: write [vat.services] and its fields below")
            return {}
        return {name: self.regime(name, values) for name, values in tables.items()}

    def regime(self, name: str, values: dict[str, Any]) -> Regime:
        table = f"vat.{name}"
        found = self.fields(values, REGIME, table)
        if not REGIME_NAME.fullmatch(name):
            self.problem(table, f"[{table}] is no name of a regime: use letters, digits, - and _", "bad-name")
        if "category" not in values:
            self.problem(table, f"[{table}] has no category: write S (taxed), E (exempt) or O (out of scope)")
        for wrong in _regime_mistakes(found, values):
            self.problem(f"{table}.rate" if "rate" in values else table, f"[{table}] {wrong}")
        tax_point = found.pop("due", "payment")
        return Regime(name=name, category=found.pop("category", "S"), tax_point=tax_point, **found)

    def folder(self, value: Any) -> str:
        path = text(value)
        if not (self.root / path).is_dir():
            raise ValueError(f'there is no folder "{path}"; the path is taken from the folder of chargeback.toml')
        return path

    def accounts(self, regimes: dict[str, Regime]) -> tuple[Account, ...]:
        """The rows of [[accounts]]; a problem for each that asks the same as an earlier one."""
        rows = self.values.get("accounts", [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.problem("accounts", "accounts must be an array of tables: write [[accounts]] and its fields below")
            return ()
        read: dict[tuple[str, ...], Account] = {}
        for index, row in enumerate(rows):
            found = self.fields(row, ACCOUNT, f"accounts.{index}")
            where = Place(FILE, line_at(self.lines, f"accounts.{index}"))
            account = Account(found.pop("account", ""), where, found.pop("of", "revenue"), **found)
            for wrong in _account_mistakes(account, row, regimes):
                self.problem(f"accounts.{index}", f"[[accounts]] {wrong}")
            first = read.setdefault(
                (account.purpose, account.rule, account.service, account.regime, account.kind), account
            )
            if first is not account:
                message = f"[[accounts]] asks the same as line {first.where.line}: keep one of the two rows"
                self.problem(f"accounts.{index}", message)
        return tuple(read.values())

    def true_ups(self) -> dict[int, Period]:
        """The month that bills the true-up of each year."""
        values = self.values.get("true_up", {})
        if not isinstance(values, dict):
            self.problem("true_up", 'true_up must be a table: write [true_up] and below it, as 2026 = "2027-02"')
            return {}
        found: dict[int, Period] = {}
        for name, value in values.items():
            try:
                found[setting_fields.year(name)] = setting_fields.month_after(setting_fields.year(name), value)
            except ValueError as wrong:
                self.problem(f"true_up.{name}", f"{name} of [true_up]: {wrong}")
        return found

    def series(self, regimes: dict[str, Regime], numbering: dict[str, Any]) -> None:
        """A problem for every two series that can give the same number, at the later one."""
        named = sorted(self._series(regimes, numbering), key=lambda s: (line_at(self.lines, s[0]) or 0, s[0]))
        for index, (key, template) in enumerate(named):
            for earlier, other in named[:index]:
                if can_collide(template, other):
                    message = (
                        f'{key} = "{template}" and {earlier} = "{other}" can give the same number: '
                        "let one of them begin with another letter"
                    )
                    self.problem(key, message, "numbers-collide")

    def _series(self, regimes: dict[str, Regime], numbering: dict[str, Any]) -> Iterator[tuple[str, str]]:
        given = self.values.get("numbering", {})
        for kind, default in SERIES.items():
            if kind in numbering or kind not in given:
                yield f"numbering.{kind}", numbering.get(kind, default)
            for regime in regimes.values():
                if getattr(regime, kind):
                    yield f"vat.{regime.name}.{kind}", getattr(regime, kind)


def _account_mistakes(account: Account, given: dict[str, Any], regimes: dict[str, Regime]) -> Iterator[str]:
    """What does not fit together in a row of [[accounts]]."""
    if "account" not in given:
        yield "has no account: write the account the amounts go to"
    if account.rule and account.service:
        yield "has a rule and a service: a rule has its service already, keep one of the two"
    if account.purpose != "revenue" and (account.rule or account.service):
        yield f"has a {'rule' if account.rule else 'service'}: the account of {account.purpose} is of whole documents, take it out"
    if account.purpose != "revenue" and account.function:
        yield f"has a function: it goes with the account of a line, take it out of the account of {account.purpose}"
    if account.regime and account.regime not in regimes:
        close = difflib.get_close_matches(account.regime, regimes, 1)
        hint = f"; did you mean {close[0]}?" if close else ""
        yield f"names the regime {account.regime}, and there is no [vat.{account.regime}]: correct it{hint}"


def _regime_mistakes(found: dict[str, Any], given: dict[str, Any]) -> Iterator[str]:
    """What does not fit together in a regime: category, rate, reason."""
    category, rate = found.get("category"), found.get("rate", Decimal(0))
    if category == "S" and "rate" not in given:
        yield 'has no rate: category S is taxed, write its rate in percent, as rate = "20.00"'
    elif category == "S" and "rate" in found and rate == 0:
        yield f"has the rate {rate}: category S is taxed at more than zero; E is exempt, O is out of scope"
    if category in ("E", "O") and rate != 0:
        yield f"has the rate {rate}: category {category} bears no VAT, write 0.00 or use category S"
    if category in ("E", "O") and "due" in given:
        yield f"has due: category {category} bears no VAT that could fall due, take it out"
    if category in ("E", "O") and not found.get("reason"):
        yield f"has no reason: category {category} prints why there is no VAT"
