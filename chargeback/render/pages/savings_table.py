"""Savings table of one member: a row per comparison: alone, together, saved, with the source of the reference cost."""

from __future__ import annotations

from collections.abc import Iterator

from chargeback.model.month import Month
from chargeback.model.statements import MemberSavings, Saving
from chargeback.model.versions import Reference
from chargeback.render.pages.sections import cut_list
from chargeback.render.pdf.table import TableColumn, TableRow
from chargeback.render.text.labels import rule_labels
from chargeback.render.text.savings import total_savings
from chargeback.render.text.version_terms import versions_in_force
from chargeback.workspace.reports.wording import Wording


def savings_columns(wording: Wording) -> list[TableColumn]:
    """Columns: comparison, alone, together, saved."""
    titles = [wording.text(f"statement.savings.{key}") for key in ("comparison", "alone", "together", "saved")]
    return [TableColumn(titles[0], "left", 1.0), *(TableColumn(title) for title in titles[1:])]


def saving_rows(savings: MemberSavings, month: Month, wording: Wording, most: int) -> list[TableRow]:
    """Rows: each comparison, the largest saving or loss first, at most ``most``; then the total."""
    ranked = sorted(savings.rows, key=lambda s: (-abs(s.alone_net - s.together_net), s.baselines))
    kept, rest = cut_list(ranked, most)
    rows = [_row(saving, month, wording) for saving in kept]
    if rest:
        cells = _cells(total_savings(rest), wording)
        rows.append(TableRow((wording.plural("statement.savings.more", len(rest)), *cells), short=True))
    return [*rows, TableRow((wording.text("statement.savings.total"), *_cells(savings, wording)), "total")]


def _row(saving: Saving, month: Month, wording: Wording) -> TableRow:
    names = ", ".join(rule_labels(saving.baselines, month.rules, wording))
    replaced = ", ".join(rule_labels(saving.replaces, month.rules, wording))
    note = wording.text("statement.savings.replaces", rules=replaced)
    source = next(_references(saving.baselines, month), None)
    if source is not None:
        note += wording.text("common.list") + wording.text("statement.savings.source", reference=source.title)
    return TableRow((names, *_cells(total_savings([saving]), wording)), notes=(note,), short=True)


def _cells(savings: MemberSavings, wording: Wording) -> tuple[str, str, str]:
    amounts = (wording.money(savings.alone_net), wording.money(savings.together_net))
    return (*amounts, wording.money(savings.net, sign=True))


def _references(baselines: tuple[str, ...], month: Month) -> Iterator[Reference]:
    """References of the versions of baseline rules that are in force in the month."""
    for name in baselines:
        for version in versions_in_force(month.rules[name], month.period) if name in month.rules else ():
            yield from version.references
