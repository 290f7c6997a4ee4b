"""The comparisons of one member as rows: alone, together, saved, and where the reference cost comes from."""

from __future__ import annotations

from chargeback.model.month import Month
from chargeback.model.rules import Reference
from chargeback.model.statements import MemberSavings, Saving
from chargeback.render.pdf.table import TableColumn, TableRow
from chargeback.render.text.labels import rule_label
from chargeback.workspace.reports.wording import Wording


def savings_columns(wording: Wording) -> list[TableColumn]:
    """Comparison, alone, together, saved."""
    titles = [wording.text(f"statement.savings.{key}") for key in ("comparison", "alone", "together", "saved")]
    return [TableColumn(titles[0], "left", 1.0), *(TableColumn(title) for title in titles[1:])]


def saving_rows(savings: MemberSavings, month: Month, wording: Wording, most: int) -> list[TableRow]:
    """A row per comparison, the largest first, at most ``most``; then the total."""
    ranked = sorted(savings.rows, key=lambda s: (-abs(s.alone_net - s.together_net), s.baselines))
    kept = ranked if len(ranked) <= most else ranked[: most - 1]
    rows = [_row(saving, month, wording) for saving in kept]
    if len(kept) < len(ranked):
        rest = ranked[len(kept) :]
        cells = _cells(sum(s.alone_net for s in rest), sum(s.together_net for s in rest), wording)
        rows.append(TableRow((wording.plural("statement.savings.more", len(rest)), *cells), short=True))
    total = _cells(savings.alone_net, savings.together_net, wording)
    return [*rows, TableRow((wording.text("statement.savings.total"), *total), "total")]


def _row(saving: Saving, month: Month, wording: Wording) -> TableRow:
    names = ", ".join(labels(saving.baselines, month, wording))
    replaced = ", ".join(labels(saving.replaces, month, wording))
    note = wording.text("statement.savings.replaces", rules=replaced)
    source = sources(saving.baselines, month)
    if source:
        note += wording.text("common.list") + wording.text("statement.savings.source", reference=source[0].title)
    return TableRow((names, *_cells(saving.alone_net, saving.together_net, wording)), notes=(note,), short=True)


def _cells(alone: int, together: int, wording: Wording) -> tuple[str, str, str]:
    return wording.money(alone), wording.money(together), wording.money(alone - together, sign=True)


def labels(rules: tuple[str, ...], month: Month, wording: Wording) -> list[str]:
    """The labels of rules, an unknown one by its id."""
    return [rule_label(month.rules[rule], wording) if rule in month.rules else rule for rule in rules]


def sources(baselines: tuple[str, ...], month: Month) -> list[Reference]:
    """The references of the baselines' versions in force in the month."""
    found: list[Reference] = []
    for name in baselines:
        for version in month.rules[name].versions if name in month.rules else ():
            ends = version.valid_to
            if version.valid_from < month.period.end and (ends is None or ends > month.period.first):
                found += [r for r in version.references if r not in found]
    return found
