"""The first sheet: does it add up? The checks, then the month by pool, by service, by regime, and in figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from chargeback.model.month import Check, Month
from chargeback.render.pages.savings import loses
from chargeback.render.text.labels import pool_label
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


def summary(month: Month, book: Book, words: SheetLabels) -> Summary:
    """The summary of a month over the tables of the other sheets."""
    checks = [_check(check, month, book, words) for check in checks_of(month)]
    answers = (words.text("answers.good"), words.text("answers.bad"))
    return Summary(
        name=sheet_name(words.text("summary.sheet")),
        table=table_name(words.text("summary.table")),
        title=words.about("summary.title"),
        answer=_answer(len(checks), all(c.holds for c in month.checks), answers, words),
        blocks=[
            _block("checks", CHECKS, checks, words),
            _block("pools", POOLS, _pools(month, book, words), words, totals=(1, 2, 3, 4)),
            _block("services", SERVICES, _services(month, book, words), words, totals=(1,)),
            _block("regimes", REGIMES, _regimes(month, book, words), words, totals=(1, 2, 3)),
            _block("figures", FIGURES, _figures(month, book, words), words),
        ],
        total_label=words.text("total"),
        answers=answers,
        words=(words.text("verdict.good"), words.text("verdict.bad")),
    )


def _block(
    name: str, columns: BlockColumns, lines: list[BlockLine], words: SheetLabels, totals: tuple[int, ...] = ()
) -> Block:
    headers = tuple(words.text(f"summary.{name}.{column}") for column in columns)
    return Block(words.text(f"summary.{name}.title"), headers, tuple(columns.values()), lines, totals)


def _answer(count: int, holds: bool, answers: tuple[str, str], words: SheetLabels) -> Formula:
    """Whether every check of the table says that it holds."""
    cells = f"G{HEADER_ROW + 1}:G{HEADER_ROW + count}"
    test = f"COUNTIF({cells},{literal(words.text('verdict.good'))})={count}"
    return Formula(f"IF({test},{literal(answers[0])},{literal(answers[1])})", answers[0] if holds else answers[1])


def fixed(formula: str) -> str:
    """A formula that names no cell of its own row: its braces stand for themselves."""
    return formula.replace("{", "{{").replace("}", "}}")


def _money(formula: str, cents: int) -> BlockCell:
    return ("money", Formula(fixed(formula), cents))


def _count(formula: str, number: int) -> BlockCell:
    return ("count", Formula(fixed(formula), number))


def _verdict(test: str, holds: bool, words: SheetLabels) -> BlockCell:
    good, bad = words.text("verdict.good"), words.text("verdict.bad")
    text = f"IF({test},{fixed(literal(good))},{fixed(literal(bad))})"
    return ("text", Formula(text, good if holds else bad))


def _check(check: Check, month: Month, book: Book, words: SheetLabels) -> BlockLine:
    """Both sides as formulas, the engine's figure beside each."""
    known = sides(check, month, book, words)
    expected: BlockCell = _money(known[0], check.expected) if known else ("money", check.expected)
    found: BlockCell = _money(known[1], check.found) if known else ("money", check.found)
    test = "AND(ROUND({B}-{C},2)=0,ROUND({D}-{E},2)=0,ROUND({B}-{D},2)=0)"
    return (
        ("text", words.wording.texts.get(f"workbook.checks.{check.name}", check.name)),
        expected,
        ("money", check.expected),
        found,
        ("money", check.found),
        ("money", Formula("ROUND({D}-{B},2)", check.found - check.expected)),
        _verdict(test, check.holds, words),
    )


def _pools(month: Month, book: Book, words: SheetLabels) -> list[BlockLine]:
    by_rule = _by_rule(month)
    less, shared = (
        _by_pool((s.pool, s.less) for s in month.splits),
        _by_pool((s.pool, sum(s.shares.values())) for s in month.splits),
    )
    lines = []
    for pool in month.pools:
        held = pool.held if pool.final else 0
        amounts = {"booked": pool.booked, "held": held, "less": less[pool.name], "share": shared[pool.name]}
        cells = [_money(total_where(book["pools"], key, "pool", pool.name), cents) for key, cents in amounts.items()]
        gap = held - less[pool.name] - shared[pool.name]
        verdict: BlockCell = ("text", words.text("verdict.by_rule"))
        if pool.instalment is not None:
            verdict = ("text", words.text("verdict.instalments"))
        elif pool.name not in by_rule:
            verdict = _verdict("ROUND({C}-{D}-{E},2)=0", gap == 0, words)
        label: BlockCell = ("text", pool_label(pool.name, words.wording))
        lines.append((label, *cells, ("money", Formula("ROUND({C}-{D}-{E},2)", gap)), verdict))
    return lines


def _by_pool(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for name, cents in amounts:
        sums[name] += cents
    return sums


def _by_rule(month: Month) -> set[str]:
    """Pools of which charges of other rules may take all, or more than is left: the gap is what their rule says."""
    shared = {split.pool for split in month.splits}
    taking = [rule for rule in month.rules.values() if rule.kind == "allocation" and rule.pool]
    return {
        rule.pool or ""
        for rule in taking
        for version in rule.versions
        if version.less and (version.less_floor is not None or rule.pool not in shared)
    }


def _services(month: Month, book: Book, words: SheetLabels) -> list[BlockLine]:
    sums = _by_pool((words.rules[charge.rule].service, charge.amount) for charge in month.charges)
    return [
        (("text", service), _money(total_where(book["charges"], "amount", "service", service), cents))
        for service, cents in sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    ]


def _regimes(month: Month, book: Book, words: SheetLabels) -> list[BlockLine]:
    net = _by_pool((words.regime(d.regime.name), d.net) for d in month.documents)
    vat = _by_pool((words.regime(d.regime.name), d.vat) for d in month.documents)
    return [
        (
            ("text", regime),
            _money(total_where(book["documents"], "net", "regime", regime), net[regime]),
            _money(total_where(book["documents"], "vat", "regime", regime), vat[regime]),
            ("money", Formula("{B}+{C}", net[regime] + vat[regime])),
        )
        for regime in sorted(net)
    ]


def _figures(month: Month, book: Book, words: SheetLabels) -> list[BlockLine]:
    saved = [s for s in month.savings if s.rows]
    losing = sum(1 for s in saved if loses(s))
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
        left = sum(d.net for d in (*month.carried_forward, *month.still_carried))
        cells["carried"] = _money(total_of(book["carried"], "left"), left)
    cells["notices"] = ("count", len(month.notices))
    return [(("text", words.about(f"summary.figures.rows.{name}")), cell) for name, cell in cells.items()]
