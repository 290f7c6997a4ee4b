"""The savings report: the body as a whole on one page, every member with those who lose first, method and sources last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from chargeback.model.month import Month
from chargeback.model.rules import Rule, Version
from chargeback.model.statements import MemberSavings, Saving
from chargeback.render.pages.parties import Figure, draw_figures, footer, heading, legal_identity, new_sheet
from chargeback.render.pages.savings_table import labels
from chargeback.render.pdf.chart import Bar, draw_bars
from chargeback.render.pdf.draw import PdfMetadata, pdf
from chargeback.render.pdf.page import LEFT, MM, RIGHT, PageSheet
from chargeback.render.pdf.table import TableColumn, TableRow, draw_table
from chargeback.render.text.labels import member_name, unit_of
from chargeback.render.text.version_terms import legal_sentences, term_sentences
from chargeback.workspace.reports.theme import Theme
from chargeback.workspace.reports.wording import Wording

WIDTH = RIGHT - LEFT
MOST_BARS, MOST_LOSERS = 9, 12
DASH = "\u2014"


@dataclass(frozen=True, slots=True)
class Totals:
    """What is compared, added up, in cents."""

    alone_net: int
    alone_gross: int
    together_net: int
    together_gross: int

    @property
    def net(self) -> int:
        return self.alone_net - self.together_net

    @property
    def gross(self) -> int:
        return self.alone_gross - self.together_gross


def savings_pdf(month: Month, wording: Wording, theme: Theme) -> bytes:
    """The report of a month. The same values give the same bytes."""
    operator = month.settings.operator
    title = wording.text("savings.title", month=wording.month(month.period))
    issued = bool(month.documents) and all(d.number for d in month.documents)
    running = "  ·  ".join(part for part in (operator.name, title) if part)
    sheet = new_sheet(theme, wording, running, "" if issued else wording.text("common.draft"))
    heading(sheet, operator.name, title, wording.text("savings.subtitle"))
    sheet.bookmark(title)
    ranked = in_order(month.savings, month)
    if any(s.rows for s in ranked):
        _whole(sheet, ranked, month, wording)
        _members(sheet, ranked, month, wording)
        _method(sheet, ranked, month, wording)
    else:
        sheet.paragraph(LEFT, sheet.y, WIDTH, wording.text("savings.none"), sheet.styles.body)
    meta = PdfMetadata(title, wording.text("savings.subject"), operator.name, wording.language)
    return pdf(sheet, meta, footer(legal_identity(operator, wording, True), title, wording))


def loses(savings: MemberSavings) -> bool:
    """Whether together costs the member more than alone, net or with VAT."""
    return bool(savings.rows) and min(savings.net, savings.gross) < 0


def in_order(savings: Sequence[MemberSavings], month: Month) -> list[MemberSavings]:
    """Those who lose first, by rising saving; members without comparison last."""
    return sorted(
        savings,
        key=lambda s: (not s.rows, not loses(s), s.net, s.gross, member_name(month, s.member_id), s.member_id),
    )


def total(rows: Sequence[MemberSavings | Saving]) -> Totals:
    return Totals(
        sum(r.alone_net for r in rows),
        sum(r.alone_gross for r in rows),
        sum(r.together_net for r in rows),
        sum(r.together_gross for r in rows),
    )


def _whole(sheet: PageSheet, ranked: list[MemberSavings], month: Month, wording: Wording) -> None:
    """The first page: the sentence, three figures, where the saving comes from, who loses."""
    whole, text = total(ranked), wording.text
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
    losers = sum(1 for s in compared if loses(s))
    winners = sum(1 for s in compared if not loses(s) and s.net > 0)
    return wording.text(
        "savings.counted",
        winners=wording.plural("savings.winners", winners),
        losers=wording.plural("savings.losers", losers),
        others=wording.plural("savings.others", len(ranked) - len(compared)),
    )


def _figures(whole: Totals, wording: Wording) -> list[Figure]:
    saved = "lost" if whole.net < 0 else "saved"
    sign = -1 if whole.net < 0 else 1
    amounts = (("alone", whole.alone_net, whole.alone_gross), ("together", whole.together_net, whole.together_gross))
    return [
        Figure(
            wording.text(f"savings.figures.{key}"),
            wording.money(net),
            wording.text("savings.figures.gross", amount=wording.money(gross)),
        )
        for key, net, gross in (*amounts, (saved, sign * whole.net, sign * whole.gross))
    ]


def by_baseline(savings: Sequence[MemberSavings]) -> dict[tuple[str, ...], list[Saving]]:
    """The comparisons of all members by their baselines, in order of name."""
    found: dict[tuple[str, ...], list[Saving]] = {}
    for row in (row for s in savings for row in s.rows):
        found.setdefault(row.baselines, []).append(row)
    return dict(sorted(found.items()))


def _chart(sheet: PageSheet, ranked: list[MemberSavings], month: Month, wording: Wording) -> None:
    """What each baseline brings, the largest saving first."""
    sheet.text(LEFT, sheet.y, wording.text("savings.chart.title"), sheet.styles.section)
    sheet.y += 4 * MM
    saved = {names: total(rows).net for names, rows in by_baseline(ranked).items()}
    order = sorted(saved, key=lambda names: (-abs(saved[names]), names))
    kept = order if len(order) <= MOST_BARS else order[: MOST_BARS - 1]
    named = [(", ".join(labels(n, month, wording)), saved[n]) for n in sorted(kept, key=lambda names: -saved[names])]
    if len(kept) < len(order):
        rest = order[len(kept) :]
        named.append((wording.plural("savings.chart.others", len(rest)), sum(saved[n] for n in rest)))
    bars = [Bar(name, cents, wording.money(cents, sign=True)) for name, cents in named]
    draw_bars(sheet, bars)
    sheet.y += 6 * MM


def _losers(sheet: PageSheet, ranked: list[MemberSavings], month: Month, wording: Wording) -> None:
    losing = [s for s in ranked if loses(s)]
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
    return TableRow((name, *_cells(total(savings.rows), wording)))


def _cells(whole: Totals, wording: Wording) -> tuple[str, str, str, str, str]:
    part = wording.signed_percent(Fraction(whole.net, whole.alone_net)) if whole.alone_net > 0 else DASH
    return (
        wording.money(whole.alone_net),
        wording.money(whole.together_net),
        wording.money(whole.net, sign=True),
        part,
        wording.money(whole.gross, sign=True),
    )


def _members(sheet: PageSheet, ranked: list[MemberSavings], month: Month, wording: Wording) -> None:
    """Every member, over as many pages as it takes."""
    _page(sheet, wording.text("savings.members.title"))
    note = sheet.styles.note
    sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, wording.text("savings.members.order"), note)
    rows = [_member_row(savings, month, wording) for savings in ranked]
    rows.append(TableRow((wording.text("savings.members.total"), *_cells(total(ranked), wording)), "total"))
    draw_table(sheet, _columns(wording), rows)


def _method(sheet: PageSheet, ranked: list[MemberSavings], month: Month, wording: Wording) -> None:
    """How each baseline is worked out and where its price comes from, on the last page."""
    _page(sheet, wording.text("savings.method.title"))
    sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, wording.text("savings.method.intro"), sheet.styles.note) + 2 * MM
    for names, rows in by_baseline(ranked).items():
        for name in names:
            if name in month.rules:
                _baseline(sheet, month.rules[name], month, wording)
        _amounts(sheet, total(rows), rows[0].replaces, month, wording)


def _baseline(sheet: PageSheet, rule: Rule, month: Month, wording: Wording) -> None:
    sheet.need(24 * MM)
    sheet.rule(sheet.y)
    sheet.y += 4 * MM
    sheet.fitted(LEFT, sheet.y, WIDTH, labels((rule.id,), month, wording)[0], sheet.styles.small_strong)
    sheet.y += 3.8 * MM
    for version in rule.versions:
        if version.valid_from < month.period.end and (version.valid_to or month.period.end) > month.period.first:
            sentences = [*_price(rule, version, wording), *term_sentences(rule, version, month.period, wording)]
            for text in (" ".join(sentences), " ".join(legal_sentences(version, wording))):
                sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, text, sheet.styles.small)


def _price(rule: Rule, version: Version, wording: Wording) -> list[str]:
    if len(version.steps) > 1:
        return []
    unit, price = unit_of(rule, wording), wording.unit_price(version.steps[0].price)
    prices = wording.text("savings.method.each", price=price, unit=unit) if unit else price
    return [wording.text("savings.method.price", prices=prices)]


def _amounts(sheet: PageSheet, whole: Totals, replaces: tuple[str, ...], month: Month, wording: Wording) -> None:
    amounts = wording.text(
        "savings.method.amounts",
        alone=wording.money(whole.alone_net),
        together=wording.money(whole.together_net),
        saved=wording.money(whole.net, sign=True),
    )
    replaced = wording.text("savings.method.replaces", rules=", ".join(labels(replaces, month, wording)))
    sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, f"{replaced} {amounts}", sheet.styles.small)


def _page(sheet: PageSheet, title: str) -> None:
    sheet.open()
    sheet.bookmark(title, 1)
    sheet.text(LEFT, sheet.y + 2, title, sheet.styles.section)
    sheet.y += 7 * MM
