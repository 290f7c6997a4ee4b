"""Summary of the month: does it add up? The checks, then the amounts by pool, by service, by regime, and figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from chargeback.model.month import Check, Month
from chargeback.render.text.labels import pool_label
from chargeback.render.text.savings import has_loss
from chargeback.render.workbook.blocks import Block, BlockCell, BlockLine, Summary
from chargeback.render.workbook.checks import Book, checks_of, sides
from chargeback.render.workbook.labels import SheetLabels
from chargeback.render.workbook.tables import (
    HEADER_ROW,
    CellKind,
    Formula,
    count_below_zero,
    count_of,
    literal,
    sheet_name,
    table_name,
    total_of,
    total_where,
)

BlockColumns = Mapping[str, CellKind]
CHECKS: BlockColumns = {
    "name": "text",
    "expected": "money",
    "engine_expected": "money",
    "found": "money",
    "engine_found": "money",
    "gap": "money",
    "verdict": "text",
}
POOLS: BlockColumns = {
    "pool": "text",
    "booked": "money",
    "held": "money",
    "less": "money",
    "share": "money",
    "gap": "money",
    "verdict": "text",
}
SERVICES: BlockColumns = {"service": "text", "net": "money"}
REGIMES: BlockColumns = {"regime": "text", "net": "money", "vat": "money", "gross": "money"}
FIGURES: BlockColumns = {"figure": "text", "value": "count"}


def summary(month: Month, book: Book, labels: SheetLabels) -> Summary:
    """Summary of a month over the tables of the other sheets."""
    checks = [_check(check, month, book, labels) for check in checks_of(month)]
    answers = (labels.text("answers.good"), labels.text("answers.bad"))
    return Summary(
        name=sheet_name(labels.text("summary.sheet")),
        table=table_name(labels.text("summary.table")),
        title=labels.about("summary.title"),
        answer=_answer(len(checks), all(c.holds for c in month.checks), answers, labels),
        blocks=[
            _block("checks", CHECKS, checks, labels),
            _block("pools", POOLS, _pools(month, book, labels), labels, totals=(1, 2, 3, 4)),
            _block("services", SERVICES, _services(month, book, labels), labels, totals=(1,)),
            _block("regimes", REGIMES, _regimes(month, book, labels), labels, totals=(1, 2, 3)),
            _block("figures", FIGURES, _figures(month, book, labels), labels),
        ],
        total_label=labels.text("total"),
        answers=answers,
        verdicts=(labels.text("verdict.good"), labels.text("verdict.bad")),
    )


def _block(
    name: str, columns: BlockColumns, lines: list[BlockLine], labels: SheetLabels, totals: tuple[int, ...] = ()
) -> Block:
    headers = tuple(labels.text(f"summary.{name}.{column}") for column in columns)
    return Block(labels.text(f"summary.{name}.title"), headers, tuple(columns.values()), lines, totals)


def _answer(count: int, holds: bool, answers: tuple[str, str], labels: SheetLabels) -> Formula:
    """Answer: whether every check of the first block has a good verdict."""
    cells = f"G{HEADER_ROW + 1}:G{HEADER_ROW + count}"
    test = f"COUNTIF({cells},{literal(labels.text('verdict.good'))})={count}"
    return Formula(f"IF({test},{literal(answers[0])},{literal(answers[1])})", answers[0] if holds else answers[1])


def fixed(formula: str) -> str:
    """Formula without references to its own row: its braces are escaped."""
    return formula.replace("{", "{{").replace("}", "}}")


def _money(formula: str, cents: int) -> BlockCell:
    return ("money", Formula(fixed(formula), cents))


def _count(formula: str, number: int) -> BlockCell:
    return ("count", Formula(fixed(formula), number))


def _verdict(test: str, holds: bool, labels: SheetLabels) -> BlockCell:
    good, bad = labels.text("verdict.good"), labels.text("verdict.bad")
    text = f"IF({test},{fixed(literal(good))},{fixed(literal(bad))})"
    return ("text", Formula(text, good if holds else bad))


def _check(check: Check, month: Month, book: Book, labels: SheetLabels) -> BlockLine:
    """Row of a check: both sides as formulas, each beside the figure of the engine."""
    known = sides(check, month, book, labels)
    expected: BlockCell = _money(known[0], check.expected) if known else ("money", check.expected)
    found: BlockCell = _money(known[1], check.found) if known else ("money", check.found)
    test = "AND(ROUND({B}-{C},2)=0,ROUND({D}-{E},2)=0,ROUND({B}-{D},2)=0)"
    return (
        ("text", labels.wording.texts.get(f"workbook.checks.{check.name}", check.name)),
        expected,
        ("money", check.expected),
        found,
        ("money", check.found),
        ("money", Formula("ROUND({D}-{B},2)", check.found - check.expected)),
        _verdict(test, check.holds, labels),
    )


def _pools(month: Month, book: Book, labels: SheetLabels) -> list[BlockLine]:
    by_rule = _by_rule(month)
    less, shared = (
        _by_pool((s.pool, s.deducted) for s in month.splits),
        _by_pool((s.pool, sum(s.shares.values())) for s in month.splits),
    )
    lines = []
    for pool in month.pools:
        amount = pool.after_transfers if pool.final else 0
        amounts = {"booked": pool.booked, "held": amount, "less": less[pool.name], "share": shared[pool.name]}
        cells = [_money(total_where(book["pools"], key, "pool", pool.name), cents) for key, cents in amounts.items()]
        gap = amount - less[pool.name] - shared[pool.name]
        verdict: BlockCell = ("text", labels.text("verdict.by_rule"))
        if pool.instalment is not None:
            verdict = ("text", labels.text("verdict.instalments"))
        elif pool.name not in by_rule:
            verdict = _verdict("ROUND({C}-{D}-{E},2)=0", gap == 0, labels)
        label: BlockCell = ("text", pool_label(pool.name, labels.wording))
        lines.append((label, *cells, ("money", Formula("ROUND({C}-{D}-{E},2)", gap)), verdict))
    return lines


def _by_pool(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for name, cents in amounts:
        sums[name] += cents
    return sums


def _by_rule(month: Month) -> set[str]:
    """Pools from which charges of other rules may be deducted in full or in excess: their rule explains the gap."""
    shared = {split.pool for split in month.splits}
    allocations = [rule for rule in month.rules.values() if rule.kind == "allocation" and rule.pool]
    return {
        rule.pool or ""
        for rule in allocations
        for version in rule.versions
        if version.less and (version.less_floor is not None or rule.pool not in shared)
    }


def _services(month: Month, book: Book, labels: SheetLabels) -> list[BlockLine]:
    sums = _by_pool((labels.rules[charge.rule].service, charge.amount) for charge in month.charges)
    return [
        (("text", service), _money(total_where(book["charges"], "amount", "service", service), cents))
        for service, cents in sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    ]


def _regimes(month: Month, book: Book, labels: SheetLabels) -> list[BlockLine]:
    net = _by_pool((labels.regime(d.regime.name), d.net) for d in month.documents)
    vat = _by_pool((labels.regime(d.regime.name), d.vat) for d in month.documents)
    return [
        (
            ("text", regime),
            _money(total_where(book["documents"], "net", "regime", regime), net[regime]),
            _money(total_where(book["documents"], "vat", "regime", regime), vat[regime]),
            ("money", Formula("{B}+{C}", net[regime] + vat[regime])),
        )
        for regime in sorted(net)
    ]


def _figures(month: Month, book: Book, labels: SheetLabels) -> list[BlockLine]:
    saved = [s for s in month.savings if s.rows]
    losing = sum(1 for s in saved if has_loss(s))
    charged = sum(charge.amount for charge in month.charges)
    cells: dict[str, BlockCell] = {
        "charges": _count(count_of(book["charges"], "amount"), len(month.charges)),
        "documents": _count(count_of(book["documents"], "net"), len(month.documents)),
        "charged": _money(total_of(book["charges"], "amount"), charged),
        "gross": _money(total_of(book["documents"], "gross"), sum(d.gross for d in month.documents)),
    }
    if saved:
        cells["saved_net"] = _money(total_of(book["savings"], "net"), sum(s.net for s in saved))
        cells["saved_gross"] = _money(total_of(book["savings"], "gross"), sum(s.gross for s in saved))
        cells["losing"] = _count(count_below_zero(book["savings"], "net", "gross"), losing)
    if "carried" in book:
        carried = sum(d.net for d in (*month.carried_forward, *month.still_carried))
        cells["carried"] = _money(total_of(book["carried"], "left"), carried)
    cells["notices"] = ("count", len(month.notices))
    return [(("text", labels.about(f"summary.figures.rows.{name}")), cell) for name, cell in cells.items()]
