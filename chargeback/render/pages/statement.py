"""Statement for a member's deliberative body: the amounts it pays and their reasons, on two pages for every member.

The first page gives the amounts by service, against last month; the second the ranking in the keys, the savings, and
the changes of next month. A list that would not fit ends with the number of rows that are missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from chargeback.model.month import Month
from chargeback.model.period import Period
from chargeback.model.settings import Settings
from chargeback.model.statements import RuleChange, ServiceRow, Statement
from chargeback.render.pages.balance_due import balance_sentence, draw_balance_due
from chargeback.render.pages.key_ranking import draw_key_ranking
from chargeback.render.pages.parties import (
    SEPARATOR,
    Figure,
    draw_figures,
    finished,
    heading,
    is_issued,
    new_sheet,
)
from chargeback.render.pages.savings_table import saving_rows, savings_columns
from chargeback.render.pages.sections import cut_list, draw_more, draw_section
from chargeback.render.pdf.chart import Bar, draw_bars
from chargeback.render.pdf.page import LEFT, MM, RIGHT, PageSheet
from chargeback.render.pdf.table import DASH, TableColumn, TableRow, draw_table
from chargeback.render.text.carried_forward import carried_sentences
from chargeback.render.text.labels import rule_label, service_label, taken_over, unit_of
from chargeback.workspace.reports.theme import Theme
from chargeback.workspace.reports.wording import Wording

WIDTH = RIGHT - LEFT
MOST_BARS, MOST_SERVICES, MOST_SAVINGS, MOST_CHANGES = 8, 13, 5, 5
LONGEST_NAME = 60


def statement_pdf(statement: Statement, month: Month, wording: Wording, theme: Theme) -> bytes:
    """Statement of a member as the bytes of a PDF: two pages, a draft unless the documents of the month are issued."""
    operator, member = month.settings.operator, statement.member
    draft = "" if is_issued(month) else wording.text("common.draft")
    title = wording.text("statement.title", of_month=wording.of_month(statement.period))
    sheet = new_sheet(theme, wording, SEPARATOR.join((operator.name, title, member.name)), draft)
    heading(sheet, operator.name, title, member.name)
    sheet.bookmark(title)
    _opening(sheet, statement, month.settings, wording)
    draw_figures(sheet, [_this_month(statement, wording), _against(statement, wording), _saved(statement, wording)])
    _chart(sheet, statement, wording)
    _services(sheet, statement, wording)
    sheet.open()
    draw_key_ranking(sheet, statement, month, wording)
    _savings(sheet, statement, month, wording)
    _changes(sheet, statement, month, wording)
    if statement.balance is not None:
        sheet.y += 12 * MM
        draw_balance_due(sheet, statement.balance, wording)
    return finished(sheet, f"{title}, {member.name}", wording.text("statement.subject"), operator, title, wording)


def _opening(sheet: PageSheet, statement: Statement, settings: Settings, wording: Wording) -> None:
    """Opening paragraph: the amount, the change since last month, the largest service, carried amounts, the balance."""
    text, month = wording.text, wording.month(statement.period)
    net, gross = wording.money(abs(statement.net)), wording.money(abs(statement.gross))
    if statement.net < 0:
        key = "sentence_credit"
    else:
        key = "sentence_untaxed" if statement.net == statement.gross else "sentence"
    sentences = [text(f"statement.{key}", month=month, net=net, gross=gross)]
    if statement.previous_net is not None:
        change = statement.net - statement.previous_net
        before = wording.month(statement.period.previous)
        key = "more" if change > 0 else "less" if change < 0 else "same"
        sentences.append(text(f"statement.{key}", amount=wording.money(abs(change)), month=before))
    ranked = _ranked(statement.services)
    if len(ranked) > 1 and all(row.amount > 0 for row in ranked):
        name, amount = _short(service_label(ranked[0].service, wording)), wording.money(ranked[0].amount)
        sentences.append(text("statement.greatest", service=name, amount=amount))
    sentences += carried_sentences(statement.carried_forward, settings, wording)
    if statement.balance is not None:
        sentences.append(balance_sentence(statement.balance, wording))
    sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, " ".join(sentences), sheet.styles.body) + 2 * MM


def _this_month(statement: Statement, wording: Wording) -> Figure:
    below = wording.text("statement.figures.gross", gross=wording.money(statement.gross))
    return Figure(wording.text("statement.figures.net"), wording.money(statement.net), below)


def _against(statement: Statement, wording: Wording) -> Figure:
    before, month = statement.previous_net, wording.month(statement.period.previous)
    label = wording.text("statement.figures.before", month=month)
    if before is None:
        return Figure(label, DASH, wording.text("statement.figures.before_unknown"))
    change, amount = statement.net - before, wording.money(before)
    below = wording.text("statement.figures.before_was", amount=amount)
    if before > 0:
        percent = wording.signed_percent(Fraction(change, before))
        below = wording.text("statement.figures.percent", percent=percent, amount=amount)
    return Figure(label, wording.money(change, sign=True), below)


def _saved(statement: Statement, wording: Wording) -> Figure:
    savings, text = statement.savings, wording.text
    if not savings.rows:
        return Figure(text("statement.figures.saved"), DASH, text("statement.figures.saved_unknown"))
    label = text("statement.figures.lost" if savings.net < 0 else "statement.figures.saved")
    below = text("statement.figures.saved_gross", amount=_unsigned(savings.gross, savings.net, wording))
    return Figure(label, wording.money(abs(savings.net)), below)


def _unsigned(gross: int, net: int, wording: Wording) -> str:
    """Gross saving, or gross loss where net is a loss: the amount has the sign of that side."""
    return wording.money(-gross if net < 0 else gross)


def _ranked(services: Sequence[ServiceRow]) -> list[ServiceRow]:
    return sorted(services, key=lambda row: (-row.amount, row.service))


def _chart(sheet: PageSheet, statement: Statement, wording: Wording) -> None:
    """Services as bars, the largest first."""
    rows = [row for row in _ranked(statement.services) if row.amount]
    if not rows:
        return
    shares = statement.net > 0 and all(row.amount > 0 for row in rows)
    title = wording.text("statement.chart.title_plain")
    if shares and len(rows) > 1:
        share = wording.percent(Fraction(rows[0].amount, statement.net), 0)
        title = wording.text(
            "statement.chart.title", service=_short(service_label(rows[0].service, wording)), share=share
        )
    sheet.fitted(LEFT, sheet.y, WIDTH, title, sheet.styles.section)
    sheet.y += 4 * MM
    kept, rest = cut_list(rows, MOST_BARS)
    named = [(service_label(row.service, wording), row.amount) for row in kept]
    if rest:
        named.append((wording.plural("statement.others", len(rest)), sum(row.amount for row in rest)))
    bars = [Bar(name, amount, _bar_label(amount, statement.net if shares else 0, wording)) for name, amount in named]
    draw_bars(sheet, bars)
    sheet.y += 6 * MM


def _bar_label(amount: int, whole: int, wording: Wording) -> str:
    if not whole:
        return wording.money(amount)
    share = wording.percent(Fraction(amount, whole), 0)
    return wording.text("statement.chart.label", amount=wording.money(amount), share=share)


def _services(sheet: PageSheet, statement: Statement, wording: Wording) -> None:
    """Table of services: this month, last month, the difference, the year to date."""
    text = wording.text
    sheet.text(LEFT, sheet.y, text("statement.services.title"), sheet.styles.section)
    sheet.y += 2 * MM
    january = Period(statement.period.year, 1)
    columns = [
        TableColumn(text("statement.services.service"), "left", 1.0),
        TableColumn(text("statement.services.amount", month=wording.month(statement.period))),
        TableColumn(text("statement.services.previous", month=wording.month(statement.period.previous))),
        TableColumn(text("statement.services.difference")),
        TableColumn(text("statement.services.year", month=wording.month_name(statement.counted_from or january))),
    ]
    kept, rest = cut_list(_ranked(statement.services), MOST_SERVICES)
    rows = [_service_row(service_label(row.service, wording), [row], wording) for row in kept]
    if rest:
        rows.append(_service_row(wording.plural("statement.others", len(rest)), rest, wording))
    amounts = (statement.net, statement.previous_net, statement.year_to_date)
    rows.append(TableRow((text("statement.services.total"), *_amounts(*amounts, wording)), "total"))
    draw_table(sheet, columns, rows)
    sheet.y += 5 * MM
    note = (*taken_over(statement.taken_over, wording), text("statement.note"))
    sheet.paragraph(LEFT, sheet.y, WIDTH, " ".join(note), sheet.styles.note)


def _service_row(name: str, rows: Sequence[ServiceRow], wording: Wording) -> TableRow:
    previous = [row.previous for row in rows if row.previous is not None]
    year = [row.year_to_date for row in rows if row.year_to_date is not None]
    amounts = (sum(r.amount for r in rows), sum(previous) if previous else None, sum(year) if year else None)
    return TableRow((name, *_amounts(*amounts, wording)), short=True)


def _amounts(amount: int, previous: int | None, year: int | None, wording: Wording) -> tuple[str, str, str, str]:
    """Texts of this month, last month, the difference and the year to date (cents); a dash for None."""
    before = DASH if previous is None else wording.money(previous)
    change = DASH if previous is None else wording.money(amount - previous, sign=True)
    return wording.money(amount), before, change, DASH if year is None else wording.money(year)


def _savings(sheet: PageSheet, statement: Statement, month: Month, wording: Wording) -> None:
    """Savings: the cost alone against the cost together, and the comparisons."""
    savings, text = statement.savings, wording.text
    draw_section(sheet, text("statement.savings.title"))
    if not savings.rows:
        sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, text("statement.savings.none"), sheet.styles.body) + 8 * MM
        return
    key = "gain" if savings.net > 0 else "loss" if savings.net < 0 else "even"
    sentence = text(
        f"statement.savings.{key}",
        alone=wording.money(savings.alone_net),
        together=wording.money(savings.together_net),
        saved=wording.money(abs(savings.net)),
        gross=_unsigned(savings.gross, savings.net, wording),
    )
    if savings.uncompared_net:
        sentence += " " + text("statement.savings.uncompared", amount=wording.money(savings.uncompared_net))
    sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, sentence, sheet.styles.body)
    rows = saving_rows(savings, month, wording, MOST_SAVINGS)
    draw_table(sheet, savings_columns(wording), rows)
    sheet.y += 10 * MM


def _changes(sheet: PageSheet, statement: Statement, month: Month, wording: Wording) -> None:
    """Changes of the rules in the next month."""
    draw_section(sheet, wording.text("statement.changes.title"))
    if not statement.changes:
        none = wording.text("statement.changes.none", month=wording.month(statement.period.next))
        sheet.text(LEFT, sheet.y, none, sheet.styles.body)
        return
    for change in sorted(statement.changes, key=lambda c: (c.on, c.rule))[:MOST_CHANGES]:
        sheet.fitted(LEFT, sheet.y, WIDTH, _change(change, month, wording), sheet.styles.small)
        sheet.y += 4.5 * MM
    draw_more(sheet, "statement.changes.more", len(statement.changes) - MOST_CHANGES, wording)


def _change(change: RuleChange, month: Month, wording: Wording) -> str:
    rule, before, after = month.rules[change.rule], change.before, change.after
    values = {"rule": rule_label(rule, wording), "date": wording.date(change.on)}
    if after is None:
        return wording.text("statement.changes.ends", **values)
    values["reference"] = after.references[0].title
    if before is None:
        return wording.text("statement.changes.new", **values)
    if before.price is None or after.price is None or before.price == after.price:
        return wording.text("statement.changes.terms", **values)
    values |= {"before": wording.unit_price(before.price), "after": wording.unit_price(after.price)}
    unit = unit_of(rule, wording)
    return wording.text("statement.changes.price" if unit else "statement.changes.price_plain", unit=unit, **values)


def _short(name: str) -> str:
    """Name for a sentence, cut with an ellipsis where it is too long."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "\u2026"
