"""Invoice numbering: what documents still need before a month is issued, its date, and the numbers. Pure.

Numbers are gapless and chronological per series (a template) and year of the issue date. Documents take them in the
order of payer, then regime.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from chargeback.billing.issue_parts import called_rules
from chargeback.ledger.entries import AllottedNumber
from chargeback.model.documents import Document
from chargeback.model.facts import Member
from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.problem import Notice, Place, Problem, Refused
from chargeback.model.settings import Settings
from chargeback.workspace.files.toml_lines import line_at
from chargeback.workspace.paths import SETTINGS

OF_OPERATOR = ("name", "siren", "siret", "address", "postal_code", "city")
OF_PAYER = ("name", "siret", "address", "postal_code", "city")
WITH_VAT_NUMBER = ("S", "E")
FRANCE = ("", "FR")
POSTAL_CODE = re.compile(r"[0-9]{5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Last:
    """Last number given in a series and year.

    Attributes:
        sequence: its place.
        on: last date of the series.
    """

    sequence: int
    on: date


SeriesYears = Mapping[tuple[str, int], Last]


def needs(month: Month, lines: Mapping[str, int]) -> list[Problem]:
    """Problems of what the documents of a month lack, each at its file and line; ``lines``: those of the keys of
    chargeback.toml."""
    payers = {d.payer.member_id: d.payer for d in month.documents}
    return operator_needs(month, lines) + [problem for payer in payers.values() for problem in payer_needs(payer)]


def operator_needs(month: Month, lines: Mapping[str, int]) -> list[Problem]:
    """Problems of what the documents of a month lack of the operator; ``lines``: those of the keys of
    chargeback.toml."""
    return list(_of_operator(month, dict(lines))) if month.documents else []


def issue_needs(month: Month, lines: Mapping[str, int]) -> Iterator[Notice]:
    """Notices of what ``issue`` will still need; ``lines``: those of the keys of chargeback.toml."""
    for problem in needs(month, lines):
        yield Notice(problem.where, f"before issue: {problem.message}", problem.code)
    if month.documents and not month.settings.operator.iban:
        message = "before issue: the documents will not say where to pay: give iban in [operator]"
        yield Notice(Place(SETTINGS, lines.get("operator", 1)), message, "issue-needs")
    yield from _service_codes(month)
    yield from _postal_codes(month, lines)


def _postal_codes(month: Month, lines: Mapping[str, int]) -> Iterator[Notice]:
    """Notices of postal codes that are none of France, of who bills and of payers in France."""
    operator = month.settings.operator
    named = [("[operator]", operator.postal_code, Place(SETTINGS, line_at(dict(lines), "operator.postal_code") or 1))]
    payers = {d.payer.member_id: d.payer for d in month.documents}
    named += [(p.member_id, p.postal_code, p.where) for p in payers.values() if p.country in FRANCE]
    for name, code, where in named if month.documents else ():
        if code and not POSTAL_CODE.fullmatch(code):
            message = (
                f'before issue: postal_code "{code}" of {name} is no postal code of France: write its five digits, '
                "as 95000 (a spreadsheet drops a zero at the beginning)"
            )
            yield Notice(where, message, "issue-needs-postal-code")


def _service_codes(month: Month) -> Iterator[Notice]:
    """Notices of payers without service code beside one of the same SIRET that has one: their documents would go
    astray."""
    payers = {d.payer.member_id: d.payer for d in month.documents}
    known = {p.siret: p for _, p in sorted(payers.items(), reverse=True) if p.siret and p.service_code}
    for payer in payers.values():
        other = known.get(payer.siret)
        if other is not None and not payer.service_code and payer.requires not in ("service_code", "both"):
            message = (
                f"before issue: {payer.member_id} has no service_code, while {other.member_id} of the same SIRET has "
                f"{other.service_code}: fill it in, if the payer asks for one"
            )
            yield Notice(payer.where, message, "issue-needs-service-code")


def _of_operator(month: Month, lines: dict[str, int]) -> Iterator[Problem]:
    operator = month.settings.operator
    missing = [name for name in OF_OPERATOR if not getattr(operator, name)]
    if missing:
        message = f"a document names who bills: give {_listed(missing)} in [operator]"
        yield Problem(Place(SETTINGS, line_at(lines, "operator") or 1), message, "issue-needs-operator")
    if operator.country not in FRANCE:
        message = f"who bills is in {operator.country}: documents follow the law of France, country is FR in [operator]"
        yield Problem(Place(SETTINGS, line_at(lines, "operator.country") or 1), message, "issue-needs-operator")
    regimes = {d.regime.name: d.regime for d in month.documents}
    for name, regime in sorted(regimes.items()):
        if regime.category in WITH_VAT_NUMBER and not operator.vat_number:
            message = (
                f"documents under [vat.{name}] (category {regime.category}) must show the VAT number of who bills: "
                "give vat_number in [operator]"
            )
            yield Problem(Place(SETTINGS, line_at(lines, f"vat.{name}") or 1), message, "issue-needs-operator")


def payer_needs(payer: Member) -> Iterator[Problem]:
    """Problems of what the documents of a payer lack of it, at its row."""
    missing = [name for name in OF_PAYER if not getattr(payer, name) and (name != "siret" or payer.country in FRANCE)]
    if missing:
        message = f"a document for {payer.member_id} needs {_listed(missing)}: fill in this row"
        yield Problem(payer.where, message, "issue-needs-payer")
    required = ("service_code", "engagement") if payer.requires == "both" else (payer.requires,)
    lacking = [name for name in required if name and not getattr(payer, name)]
    if lacking:
        message = (
            f"{payer.member_id} requires {_listed(lacking)} on its documents: fill in this row, or take the word out "
            "of requires"
        )
        yield Problem(payer.where, message, "issue-needs-reference")
    if payer.country not in FRANCE:
        message = (
            f"{payer.member_id} is in {payer.country}: VAT across borders (reverse charge, export) is not drawn up "
            "here; bill "
            'it by hand, or write country = "FR" if it is in France'
        )
        yield Problem(payer.where, message, "issue-foreign-payer")


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def series_of(document: Document, settings: Settings) -> str:
    """Template of a document's number: its regime's own, else that of all documents of its kind."""
    if document.kind == "credit_note":
        return document.regime.credit_note or settings.credit_note_number
    return document.regime.invoice or settings.invoice_number


def in_advance(period: Period, on: date) -> bool:
    """Whether documents of a period that are dated ``on`` are issued before its last day."""
    return on < period.end - timedelta(days=1)


def check_day(month: Month, on: date) -> None:
    """Refuse a date before the last day of the period of a month that charges more than calls in advance."""
    period = month.period
    if not in_advance(period, on):
        return
    known = called_rules(month)
    lines = [line for d in month.drawn_up for line in d.lines if line.earlier_month is None]
    if any(line.rule not in known and line.charges[0].settles is None for line in lines):
        raise Refused(too_early(period, on))


def too_early(period: Period, on: date) -> str:
    """Message that documents may not be dated ``on``, before the last day of their period."""
    return f"{on} is before the end of {period}: give --date {period.end - timedelta(days=1)} or later"


def check_series(month: Month, on: date, last: SeriesYears) -> None:
    """Refuse a date before the last one of a series that is to be used."""
    for series in sorted({series_of(d, month.settings) for d in month.documents}):
        before = max((given.on for (name, _), given in last.items() if name == series), default=on)
        if on < before:
            raise Refused(
                f"{on} is before {before}, the date of the last number of the series {series}: dates follow the "
                "numbers, "
                f"give --date {before} or later"
            )


def allot(month: Month, on: date, last: SeriesYears) -> tuple[Month, tuple[AllottedNumber, ...]]:
    """Month with its documents numbered and dated, and the numbers, in the order of the documents."""
    at = {key: given.sequence for key, given in last.items()}
    documents: list[Document] = []
    numbers: list[AllottedNumber] = []
    for document in month.documents:
        series = series_of(document, month.settings)
        place = at.get((series, on.year), 0) + 1
        at[series, on.year] = place
        number = series.format(year=on.year, sequence=place)
        numbers.append(AllottedNumber(number, series, on.year, place))
        due = on + timedelta(days=_payment_days(document.payer, month.settings))
        documents.append(replace(document, number=number, issue_date=on, due_date=due))
    return replace(month, documents=tuple(documents)), tuple(numbers)


def _payment_days(payer: Member, settings: Settings) -> int:
    return settings.payment_days if payer.payment_days is None else payer.payment_days
