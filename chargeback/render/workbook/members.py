"""The members: what each bears, service by service, and what its documents ask for, regime by regime."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chargeback.model.month import Month
from chargeback.model.period import clip
from chargeback.model.settings import Regime
from chargeback.model.succession import payer_of
from chargeback.render.workbook.labels import ColumnSpec, SheetLabels
from chargeback.render.workbook.tables import CellValue, Formula, SheetColumn, SheetTable, unique_headers

FIRST: tuple[ColumnSpec, ...] = (("member_id", "code"), ("member", "text"), ("kind", "text"), ("payer", "code"))
Cents = dict[str, int]


@dataclass(slots=True)
class MemberTotals:
    """What a member comes to, in cents: charges by service; net and VAT of its documents by regime."""

    services: Cents = field(default_factory=lambda: defaultdict(int))
    nets: Cents = field(default_factory=lambda: defaultdict(int))
    vats: Cents = field(default_factory=lambda: defaultdict(int))
    documents: int = 0


def members_table(month: Month, words: SheetLabels) -> SheetTable:
    """One row per member in force in the month or charged in it, by id."""
    sums = _sums(month, words)
    services = sorted({service for s in sums.values() for service in s.services})
    regimes = _regimes(month)
    columns = _columns(services, regimes, words)
    rows = [_row(month, member, sums[member], services, regimes) for member in _listed(month, sums)]
    return words.table("members", columns, rows, frozen=2)


def _sums(month: Month, words: SheetLabels) -> Mapping[str, MemberTotals]:
    sums: dict[str, MemberTotals] = defaultdict(MemberTotals)
    for charge in month.charges:
        sums[charge.member_id].services[words.rules[charge.rule].service] += charge.amount
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
    """The regimes of the month's documents, as the settings order them."""
    used = {document.regime.name: document.regime for document in month.documents}
    return [used[name] for name in dict.fromkeys([*month.settings.regimes, *sorted(used)]) if name in used]


def _columns(services: Sequence[str], regimes: Sequence[Regime], words: SheetLabels) -> tuple[SheetColumn, ...]:
    def money(key: str, name: str, **values: object) -> SheetColumn:
        return SheetColumn(key, words.text(f"members.columns.{name}", **values), "money", total=True)

    columns = [*words.columns("members", FIRST)]
    columns += [money(f"service_{n}", "service", service=service) for n, service in enumerate(services)]
    columns.append(money("charged", "charged"))
    columns.append(SheetColumn("documents", words.text("members.columns.documents"), "count", total=True))
    for n, regime in enumerate(regimes):
        name = words.regime(regime.name)
        rate = words.wording.percent(regime.rate / 100, 2, trim=True)
        columns.append(money(f"net_{n}", "net", regime=name))
        columns += [money(f"vat_{n}", "vat", regime=name, rate=rate)] if regime.rate else []
    columns.append(money("gross", "gross"))
    return unique_headers(columns)


def _row(
    month: Month, member_id: str, sums: MemberTotals, services: Sequence[str], regimes: Sequence[Regime]
) -> tuple[CellValue, ...]:
    member = month.members.get(member_id)
    payer = payer_of(member_id, month.members, month.period) if member else member_id
    asked: list[CellValue] = []
    for regime in regimes:
        asked.append(sums.nets.get(regime.name))
        asked += [sums.vats.get(regime.name)] if regime.rate else []
    return (
        member_id,
        member.name if member else member_id,
        member.kind if member else None,
        payer if payer != member_id else None,
        *(sums.services.get(service) for service in services),
        _added("service", len(services), sum(sums.services.values())),
        sums.documents,
        *asked,
        _added("net", len(regimes), sum(sums.nets.values()) + sum(sums.vats.values())),
    )


def _added(first: str, count: int, cents: int) -> CellValue:
    """The sum of the cells from the first of a kind to the one before: they stand side by side."""
    return Formula(f"SUM({{{first}_0}}:{{before}})", cents) if count else cents
