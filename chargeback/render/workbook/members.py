"""Sheet of members: the charges of each by service, and the amounts of its documents by regime."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from chargeback.model.month import Month
from chargeback.model.period import clip
from chargeback.model.settings import Regime
from chargeback.model.succession import payer_of
from chargeback.render.workbook.labels import ColumnSpec, SheetLabels
from chargeback.render.workbook.tables import CellValue, Formula, SheetColumn, SheetTable, unique_headers

FIRST: tuple[ColumnSpec, ...] = (("member_id", "code"), ("member", "text"), ("kind", "text"), ("payer", "code"))


@dataclass(slots=True)
class MemberTotals:
    """Totals of a member, in cents.

    Attributes:
        services: charges by label of the service.
        nets: net amount of its documents by regime.
        vats: VAT of its documents by regime.
        documents: number of its documents.
    """

    services: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    nets: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    vats: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    documents: int = 0


def members_table(month: Month, labels: SheetLabels) -> SheetTable:
    """Table of the members in force in the month or charged in it, by id."""
    sums = _sums(month, labels)
    services = sorted({service for s in sums.values() for service in s.services})
    regimes = _regimes(month)
    columns = _columns(services, regimes, _rates(month), labels)
    rows = [_row(month, member, sums[member], services, regimes) for member in _listed(month, sums)]
    return labels.table("members", columns, rows, frozen=2)


def _sums(month: Month, labels: SheetLabels) -> Mapping[str, MemberTotals]:
    sums: dict[str, MemberTotals] = defaultdict(MemberTotals)
    for charge in month.charges:
        sums[charge.member_id].services[labels.rules[charge.rule].service] += charge.amount
    for document in month.documents:
        own = sums[document.payer.member_id]
        own.documents += 1
        own.nets[document.regime.name] += document.net
        own.vats[document.regime.name] += document.vat
    return sums


def _listed(month: Month, sums: Mapping[str, MemberTotals]) -> list[str]:
    present = {m.member_id for m in month.members.values() if clip(m.valid_from, m.valid_to, month.period.span)}
    return sorted(present | set(sums))


def _regimes(month: Month) -> list[Regime]:
    """Regimes of the documents of the month, in the order of the settings."""
    used = {line.regime.name: line.regime for document in month.documents for line in document.vat_lines}
    return [used[name] for name in dict.fromkeys([*month.settings.regimes, *sorted(used)]) if name in used]


def _rates(month: Month) -> dict[str, list[Decimal]]:
    """Rates of the documents of the month by regime, the lowest first."""
    lines = [line.regime for document in month.documents for line in document.vat_lines]
    return {regime.name: sorted({each.rate for each in lines if each.name == regime.name}) for regime in lines}


def _columns(
    services: Sequence[str], regimes: Sequence[Regime], rates: Mapping[str, Sequence[Decimal]], labels: SheetLabels
) -> tuple[SheetColumn, ...]:
    def money(key: str, name: str, **values: object) -> SheetColumn:
        return SheetColumn(key, labels.text(f"members.columns.{name}", **values), "money", total=True)

    columns = [*labels.columns("members", FIRST)]
    columns += [money(f"service_{n}", "service", service=service) for n, service in enumerate(services)]
    columns.append(money("charged", "charged"))
    columns.append(SheetColumn("documents", labels.text("members.columns.documents"), "count", total=True))
    for n, regime in enumerate(regimes):
        name = labels.regime(regime.name)
        rate = " / ".join(labels.wording.percent(each / 100, 2, trim=True) for each in rates[regime.name])
        columns.append(money(f"net_{n}", "net", regime=name))
        columns += [money(f"vat_{n}", "vat", regime=name, rate=rate)] if regime.rate else []
    columns.append(money("gross", "gross"))
    return unique_headers(columns)


def _row(
    month: Month, member_id: str, sums: MemberTotals, services: Sequence[str], regimes: Sequence[Regime]
) -> tuple[CellValue, ...]:
    member = month.members.get(member_id)
    payer = payer_of(member_id, month.members, month.period) if member else member_id
    billed: list[CellValue] = []
    for regime in regimes:
        billed.append(sums.nets.get(regime.name))
        billed += [sums.vats.get(regime.name)] if regime.rate else []
    return (
        member_id,
        member.name if member else member_id,
        member.kind if member else None,
        payer if payer != member_id else None,
        *(sums.services.get(service) for service in services),
        _added("service", len(services), sum(sums.services.values())),
        sums.documents,
        *billed,
        _added("net", len(regimes), sum(sums.nets.values()) + sum(sums.vats.values())),
    )


def _added(first: str, count: int, cents: int) -> CellValue:
    """Sum of the cells from the first of a kind to the one on the left: they are side by side."""
    return Formula(f"SUM({{{first}_0}}:{{before}})", cents) if count else cents
