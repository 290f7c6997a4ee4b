"""Labels of the sheets: the wording of the workbook with the names of the rules, members and regimes of the month."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from chargeback.model.charges import KINDS
from chargeback.model.documents import Document
from chargeback.model.month import Month
from chargeback.render.text.labels import rule_label, service_label, unit_of
from chargeback.render.workbook.tables import (
    CellKind,
    CellValue,
    SheetColumn,
    SheetTable,
    clean,
    sheet_name,
    table_name,
    unique_headers,
)
from chargeback.workspace.reports.wording import Wording

ColumnSpec = tuple[str, CellKind]


@dataclass(frozen=True, slots=True)
class RuleLabels:
    """Labels of a rule.

    Attributes:
        label: label of the rule.
        service: label of its service.
        unit: unit of its quantity.
    """

    label: str
    service: str
    unit: str


class SheetLabels:
    """Labels of one workbook, each looked up once."""

    def __init__(self, month: Month, wording: Wording) -> None:
        self.wording = wording
        self.rules = {
            rule.id: RuleLabels(rule_label(rule, wording), service_label(rule.service, wording), unit_of(rule, wording))
            for rule in month.rules.values()
        }
        self.kinds = {kind: self.text(f"kinds.{kind}") for kind in KINDS}
        self.regimes = {name: wording.label("regimes", name) for name in month.settings.regimes}
        self._names = {member.member_id: member.name for member in month.members.values()}
        self._context = {
            "operator": month.settings.operator.name,
            "month": wording.month(month.period),
            "period": str(month.period),
            "currency": month.settings.currency,
            "on": wording.date(month.aged_balance.on) if month.aged_balance else "",
        }

    def text(self, key: str, **values: object) -> str:
        """Text of the workbook."""
        return clean(self.wording.text(f"workbook.{key}", **values))

    def about(self, key: str) -> str:
        """Text of the workbook that may name the operator, the month, the period and the currency."""
        return self.text(key, **self._context)

    def member(self, member_id: str) -> str:
        """Name of a member; its id where the month does not have it."""
        return self._names.get(member_id, member_id)

    def regime(self, name: str) -> str:
        return self.regimes.get(name, name)

    def columns(self, table: str, specs: Iterable[ColumnSpec], totals: Collection[str] = ()) -> tuple[SheetColumn, ...]:
        """Columns of a table with the headers of the wording; those of ``totals`` are added up."""
        return unique_headers(
            [SheetColumn(k, self.text(f"{table}.columns.{k}"), kind, k in totals) for k, kind in specs]
        )

    def table(
        self,
        name: str,
        columns: tuple[SheetColumn, ...],
        rows: Sequence[tuple[CellValue, ...]],
        frozen: int = 1,
        strong: Collection[int] = (),
        printed: str = "",
    ) -> SheetTable:
        """Table under its title; without rows its second line is that of an empty table.

        ``frozen``: number of columns that do not scroll; ``strong``: numbers of the rows in bold, from 0; ``printed``:
        key of the last column on paper, '' for all.
        """
        return SheetTable(
            sheet=sheet_name(self.text(f"{name}.sheet")),
            name=table_name(self.text(f"{name}.table")),
            title=self.about(f"{name}.title"),
            subtitle=self.about(f"{name}.subtitle" if rows else f"{name}.empty"),
            columns=columns,
            rows=rows,
            frozen=frozen,
            strong=strong,
            total_label=self.text("total"),
            printed=printed,
        )


def document_name(document: Document) -> str:
    """Number of a document, or the file name of a draft."""
    return document.number or document.slug
