"""Savings report: all members together on one page, then each member, those with a loss first, then the method."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from chargeback.model.month import Month
from chargeback.model.rules import Rule
from chargeback.model.statements import MemberSavings
from chargeback.model.versions import Version
from chargeback.render.pages.parties import Figure, draw_figures, finished, heading, new_report
from chargeback.render.pages.sections import cut_list
from chargeback.render.pdf.chart import Bar, draw_bars
from chargeback.render.pdf.page import LEFT, MM, RIGHT, PageSheet
from chargeback.render.pdf.table import DASH, TableColumn, TableRow, draw_table
from chargeback.render.text.labels import member_name, rule_label, rule_labels, unit_of
from chargeback.render.text.savings import by_saving, has_loss, savings_by_baseline, total_savings
from chargeback.render.text.version_terms import legal_sentences, term_sentences, versions_in_force
from chargeback.workspace.reports.theme import Theme
from chargeback.workspace.reports.wording import Wording

WIDTH = RIGHT - LEFT
MOST_BARS, MOST_LOSERS = 9, 12


def savings_pdf(month: Month, wording: Wording, theme: Theme) -> bytes:
    """Savings report of a month, as the bytes of a PDF. The same values give the same bytes."""
    operator = month.settings.operator
    title = wording.text("savings.title", month=wording.month(month.period))
    sheet = new_report(title, month, wording, theme)
    heading(sheet, operator.name, title, wording.text("savings.subtitle"))
    sheet.bookmark(title)
    ranked = by_saving(month.savings, month)
    if any(s.rows for s in ranked):
        _whole(sheet, ranked, month, wording)
        _members(sheet, ranked, month, wording)
        _method(sheet, ranked, month, wording)
    else:
        sheet.paragraph(LEFT, sheet.y, WIDTH, wording.text("savings.none"), sheet.styles.body)
    return finished(sheet, title, wording.text("savings.subject"), operator, title, wording)


def _total(ranked: Sequence[MemberSavings]) -> MemberSavings:
    return total_savings(row for savings in ranked for row in savings.rows)


def _whole(sheet: PageSheet, ranked: list[MemberSavings], month: Month, wording: Wording) -> None:
    """First page: the sentence, three figures, the saving by baseline, the members with a loss."""
    whole, text = _total(ranked), wording.text
    sentence = text(
        "savings.loss" if whole.net < 0 else "savings.gain",
        alone=wording.money(whole.alone_net),
        together=wording.money(whole.together_net),
        saved=wording.money(abs(whole.net)),
        gross=wording.money(-whole.gross if whole.net < 0 else whole.gross),
    )
    uncompared = sum(s.uncompared_net for s in ranked)
    rest = text("savings.uncompared", amount=wording.money(uncompared)) if uncompared else ""
    sentences = (sentence, _counted(ranked, wording), rest)
    sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, " ".join(s for s in sentences if s), sheet.styles.body) + 2 * MM
    draw_figures(sheet, _figures(whole, wording))
    _chart(sheet, ranked, month, wording)
    _losers(sheet, ranked, month, wording)


def _counted(ranked: list[MemberSavings], wording: Wording) -> str:
    compared = [s for s in ranked if s.rows]
    losers = sum(1 for s in compared if has_loss(s))
    winners = sum(1 for s in compared if not has_loss(s) and s.net > 0)
    return wording.text(
        "savings.counted",
        winners=wording.plural("savings.winners", winners),
        losers=wording.plural("savings.losers", losers),
        others=wording.plural("savings.others", len(ranked) - len(compared)),
    )


def _figures(whole: MemberSavings, wording: Wording) -> list[Figure]:
    key_of_net = "lost" if whole.net < 0 else "saved"
    sign = -1 if whole.net < 0 else 1
    amounts = (("alone", whole.alone_net, whole.alone_gross), ("together", whole.together_net, whole.together_gross))
    return [
        Figure(
            wording.text(f"savings.figures.{key}"),
            wording.money(net),
            wording.text("savings.figures.gross", amount=wording.money(gross)),
        )
        for key, net, gross in (*amounts, (key_of_net, sign * whole.net, sign * whole.gross))
    ]


def _chart(sheet: PageSheet, ranked: list[MemberSavings], month: Month, wording: Wording) -> None:
    """Saving by baseline as bars, the largest saving first."""
    sheet.text(LEFT, sheet.y, wording.text("savings.chart.title"), sheet.styles.section)
    sheet.y += 4 * MM
    saved = {names: total_savings(rows).net for names, rows in savings_by_baseline(ranked).items()}
    kept, rest = cut_list(sorted(saved, key=lambda names: (-abs(saved[names]), names)), MOST_BARS)
    kept.sort(key=lambda names: -saved[names])
    named = [(", ".join(rule_labels(names, month.rules, wording)), saved[names]) for names in kept]
    if rest:
        named.append((wording.plural("savings.chart.others", len(rest)), sum(saved[n] for n in rest)))
    bars = [Bar(name, cents, wording.money(cents, sign=True)) for name, cents in named]
    draw_bars(sheet, bars)
    sheet.y += 6 * MM


def _losers(sheet: PageSheet, ranked: list[MemberSavings], month: Month, wording: Wording) -> None:
    losing = [s for s in ranked if has_loss(s)]
    if not losing:
        sheet.paragraph(LEFT, sheet.y, WIDTH, wording.text("savings.members.nobody"), sheet.styles.body)
        return
    sheet.text(LEFT, sheet.y, wording.text("savings.members.losing"), sheet.styles.section)
    sheet.bookmark(wording.text("savings.members.losing"), 1)
    sheet.y += 2 * MM
    rows = [_member_row(s, month, wording) for s in losing[:MOST_LOSERS]]
    draw_table(sheet, _columns(wording), rows)
    sheet.y += 5 * MM
    if len(losing) > MOST_LOSERS:
        more = wording.plural("savings.members.losing_more", len(losing) - MOST_LOSERS)
        sheet.text(LEFT, sheet.y, more, sheet.styles.note)
        sheet.y += 5 * MM
    sheet.paragraph(LEFT, sheet.y, WIDTH, wording.text("savings.gross_note"), sheet.styles.note)


def _columns(wording: Wording) -> list[TableColumn]:
    titles = [wording.text(f"savings.members.{k}") for k in ("member", "alone", "together", "net", "part", "gross")]
    return [TableColumn(titles[0], "left", 1.0), *(TableColumn(title) for title in titles[1:])]


def _member_row(savings: MemberSavings, month: Month, wording: Wording) -> TableRow:
    name = member_name(month, savings.member_id)
    if not savings.rows:
        return TableRow((name, DASH, DASH, DASH, DASH, DASH))
    return TableRow((name, *_cells(savings, wording)))


def _cells(whole: MemberSavings, wording: Wording) -> tuple[str, str, str, str, str]:
    part = wording.signed_percent(Fraction(whole.net, whole.alone_net)) if whole.alone_net > 0 else DASH
    return (
        wording.money(whole.alone_net),
        wording.money(whole.together_net),
        wording.money(whole.net, sign=True),
        part,
        wording.money(whole.gross, sign=True),
    )


def _members(sheet: PageSheet, ranked: list[MemberSavings], month: Month, wording: Wording) -> None:
    """Table of every member, over as many pages as it needs."""
    _page(sheet, wording.text("savings.members.title"))
    note = sheet.styles.note
    sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, wording.text("savings.members.order"), note)
    rows = [_member_row(savings, month, wording) for savings in ranked]
    rows.append(TableRow((wording.text("savings.members.total"), *_cells(_total(ranked), wording)), "total"))
    draw_table(sheet, _columns(wording), rows)


def _method(sheet: PageSheet, ranked: list[MemberSavings], month: Month, wording: Wording) -> None:
    """Method, on the last page: the terms and the references of each baseline."""
    _page(sheet, wording.text("savings.method.title"))
    sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, wording.text("savings.method.intro"), sheet.styles.note) + 2 * MM
    for names, rows in savings_by_baseline(ranked).items():
        for name in names:
            if name in month.rules:
                _baseline(sheet, month.rules[name], month, wording)
        _amounts(sheet, total_savings(rows), rows[0].replaces, month, wording)


def _baseline(sheet: PageSheet, rule: Rule, month: Month, wording: Wording) -> None:
    sheet.need(24 * MM)
    sheet.rule(sheet.y)
    sheet.y += 4 * MM
    sheet.fitted(LEFT, sheet.y, WIDTH, rule_label(rule, wording), sheet.styles.small_strong)
    sheet.y += 3.8 * MM
    for version in versions_in_force(rule, month.period):
        sentences = [*_price(rule, version, wording), *term_sentences(rule, version, month.period, wording)]
        for text in (" ".join(sentences), " ".join(legal_sentences(version, wording))):
            sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, text, sheet.styles.small)


def _price(rule: Rule, version: Version, wording: Wording) -> list[str]:
    if len(version.steps) > 1:
        return []
    unit, price = unit_of(rule, wording), wording.unit_price(version.steps[0].price)
    prices = wording.text("savings.method.each", price=price, unit=unit) if unit else price
    return [wording.text("savings.method.price", prices=prices)]


def _amounts(sheet: PageSheet, whole: MemberSavings, replaces: tuple[str, ...], month: Month, wording: Wording) -> None:
    amounts = wording.text(
        "savings.method.amounts",
        alone=wording.money(whole.alone_net),
        together=wording.money(whole.together_net),
        saved=wording.money(whole.net, sign=True),
    )
    replaced = wording.text("savings.method.replaces", rules=", ".join(rule_labels(replaces, month.rules, wording)))
    sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, f"{replaced} {amounts}", sheet.styles.small)


def _page(sheet: PageSheet, title: str) -> None:
    sheet.open()
    sheet.bookmark(title, 1)
    sheet.text(LEFT, sheet.y + 2, title, sheet.styles.section)
    sheet.y += 7 * MM
