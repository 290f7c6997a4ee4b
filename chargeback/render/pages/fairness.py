"""Fairness report: does everyone pay less than alone? A page per game, for those who vote.

The question, the answer in one sentence, every member alone and as billed, the coalitions that pay too much, the same
amount shared by other methods. Up to a dozen members fit on one page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

from chargeback.model.fairness import Division, Fairness
from chargeback.model.month import Month
from chargeback.render.pages.parties import finished, heading, new_report
from chargeback.render.pdf.fonts import wrap
from chargeback.render.pdf.page import LEFT, MM, RIGHT, TOP, PageSheet
from chargeback.render.pdf.table import DASH, ROW, TableColumn, TableRow, draw_table
from chargeback.render.text.fairness import (
    MemberPosition,
    answer_sentence,
    group_row,
    meaning,
    member_positions,
    method_name,
    notes,
    remarks,
    rules_text,
    sentences,
    sources_sentence,
    subadditivity_warning,
    total_position,
    verdict,
    within_rounding,
)
from chargeback.render.text.labels import member_name
from chargeback.workspace.reports.theme import Theme
from chargeback.workspace.reports.wording import Wording

WIDTH = RIGHT - LEFT
MOST_ON_A_PAGE, MOST_GROUPS, MOST_FIGURES, LARGE_LINES = 14, 3, 7, 2
ALONE, PAID, BELOW = 3.2 * MM, 1.6 * MM, 6.5 * MM


def fairness_pdf(month: Month, wording: Wording, theme: Theme, issued: bool | None = None) -> bytes:
    """Fairness report on every game of a month, as the bytes of a PDF. The same values give the same bytes.

    It is marked as a draft unless ``issued`` (None: unless every document of the month has a number).
    """
    title = wording.text("fairness.title")
    named = wording.text("fairness.text.head", month=wording.month(month.period))
    sheet = new_report(named, month, wording, theme, issued)
    for number, fairness in enumerate(month.fairness):
        FairnessPages(fairness, month, wording, number == 0).draw(sheet)
    subject = wording.text("fairness.subject")
    return finished(sheet, f"{title} {named}", subject, month.settings.operator, named, wording)


@dataclass(frozen=True, slots=True)
class FairnessPages:
    """Pages on one game.

    Attributes:
        fairness: the game with its divisions.
        month: month of the charges.
        wording: texts and formats.
        first: whether it is the first game of the report; any other one begins a new page.
    """

    fairness: Fairness
    month: Month
    wording: Wording
    first: bool = True

    def draw(self, sheet: PageSheet) -> None:
        """Game on one page where it fits, at need without the coalitions and with names cut; else on several."""
        if len(self.fairness.players) > MOST_ON_A_PAGE:
            self._long(sheet)
            return
        before = sheet.checkpoint()
        allowed = before.pages if self.first else before.pages + 1
        for most, short in ((MOST_GROUPS, False), (MOST_GROUPS, True), (0, True)):
            self._short(sheet, most, short)
            if len(sheet.pages) <= allowed:
                return
            sheet.back_to(before)
        self._long(sheet)

    def _short(self, sheet: PageSheet, groups: int, short: bool) -> None:
        self._head(sheet)
        self._answer(sheet)
        self._members(sheet, short)
        self._groups(sheet, groups, short)
        self._methods(sheet)
        self._notes(sheet, notes(self.fairness, self.wording))

    def _long(self, sheet: PageSheet) -> None:
        """Pages of a large game: the results of the methods on the first page, before the tables of all members."""
        self._head(sheet)
        self._answer(sheet)
        self._groups(sheet, MOST_GROUPS, False)
        self._overview(sheet)
        self._members(sheet, False)
        self._methods(sheet)
        self._notes(sheet, remarks(self.fairness, self.wording))

    def _text(self, key: str) -> str:
        return self.wording.text(f"fairness.{key}")

    def _name(self, player: str) -> str:
        return member_name(self.month, player)

    def _head(self, sheet: PageSheet) -> None:
        """Head: the question, the rules and the month."""
        title, styles = self._text("title"), sheet.styles
        about = rules_text(self.fairness, self.month, self.wording)
        subtitle = self.wording.text("fairness.subtitle", what=about, month=self.wording.month(self.month.period))
        if self.first:
            heading(sheet, self.month.settings.operator.name, title, subtitle)
        else:
            sheet.open()
            sheet.text(LEFT, sheet.y + 3 * MM, title, styles.title)
            sheet.y = sheet.paragraph(LEFT, sheet.y + 9.5 * MM, WIDTH, subtitle, styles.section, most=2) + 3 * MM
        sheet.page.bookmarks.append((subtitle, 0, TOP))

    def _answer(self, sheet: PageSheet) -> None:
        """Answer in large type (a long one in smaller type), with the facts below it."""
        styles, text = sheet.styles, answer_sentence(self.fairness, self.month, self.wording)
        large = len(wrap(text, styles.figure.font, styles.figure.size, WIDTH)) <= LARGE_LINES
        style = styles.figure if large else replace(styles.section, colour=sheet.theme.ink)
        sheet.rule(sheet.y - 3 * MM, colour=sheet.theme.accent, width=1.0)
        sheet.y = sheet.paragraph(LEFT, sheet.y + 4 * MM, WIDTH, text, style) - (2 * MM if large else 0)
        facts = " ".join(sentences(self.fairness, self.month, self.wording))
        sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, facts, styles.body)
        warning = subadditivity_warning(self.fairness, self.month, self.wording)
        if warning:
            sheet.y = sheet.paragraph(LEFT, sheet.y + 0.5 * MM, WIDTH, warning, styles.strong)
        sheet.y += 3.5 * MM

    def _section(self, sheet: PageSheet, key: str, rows: int) -> None:
        """Heading of a table, on a page with room for ``rows`` rows below it."""
        sheet.need(rows * ROW + 6 * MM)
        sheet.bookmark(self._text(key), 1)
        sheet.text(LEFT, sheet.y, self._text(key), sheet.styles.section)
        sheet.y += 1 * MM

    def _members(self, sheet: PageSheet, short: bool) -> None:
        """Table of the players: the cost alone, the amount billed, the saving, and a bar of the former two."""
        self._section(sheet, "members.title", 4)
        found = member_positions(self.fairness)
        scale = BarScale.of(found)
        columns = [
            TableColumn(self._text("members.member"), "left", 0.62),
            TableColumn(self._text("members.bars"), "marks", 0.38),
        ]
        columns += [TableColumn(self._text(f"members.{key}")) for key in ("alone", "pays", "saves", "part")]
        rows = [
            TableRow((self._name(s.player), "", *self._amounts(s)), short=short, marks=partial(scale.draw, s))
            for s in found
        ]
        rows.append(TableRow((self._text("members.total"), "", *self._amounts(total_position(found))), "total"))
        draw_table(sheet, columns, rows)
        sheet.y += BELOW

    def _amounts(self, position: MemberPosition) -> tuple[str, str, str, str]:
        money = self.wording.money
        part = DASH if position.part is None else self.wording.signed_percent(position.part)
        return money(position.alone), money(position.pays), money(position.saves, sign=True), part

    def _groups(self, sheet: PageSheet, most: int, short: bool) -> None:
        """Table of the coalitions with the greatest excess over their cost alone; nothing where there is none."""
        charged = self.fairness.charged
        shown = charged.blocking[:most]
        if not shown or within_rounding(charged):
            return
        self._section(sheet, "groups.title", 1 + len(shown))
        titles = [self._text(f"groups.{key}") for key in ("group", "pays", "alone", "excess")]
        columns = [TableColumn(titles[0], "left", 1.0), *(TableColumn(title) for title in titles[1:])]
        cells = [group_row(b, self.fairness, self.month, self.wording) for b in shown]
        draw_table(sheet, columns, [TableRow(c, short=short) for c in cells])
        if charged.blocking_count > len(shown):
            more = self.wording.plural("fairness.groups.more", charged.blocking_count - len(shown))
            sheet.text(LEFT, sheet.y + 3.4 * MM, more, sheet.styles.note)
            sheet.y += 4 * MM
        sheet.y += BELOW

    def _overview(self, sheet: PageSheet) -> None:
        """Table of the methods for the first of many pages: the meaning of each, and its verdict."""
        self._section(sheet, "methods.title", 3)
        columns = [
            TableColumn(self._text("methods.method"), "left"),
            TableColumn(self._text("methods.meaning"), "left", 1.0),
            TableColumn(self._text("methods.verdict_short"), "right"),
        ]
        rows = [
            TableRow(
                (method_name(d.method, self.wording), meaning(d, self.fairness, self.wording), verdict(d, self.wording))
            )
            for d in self.fairness.divisions
        ]
        draw_table(sheet, columns, rows)
        sheet.y += BELOW

    def _methods(self, sheet: PageSheet) -> None:
        """Tables of the amount of each player by each method, with the verdict on each method."""
        for divisions in side_by_side(self.fairness):
            self._section(sheet, "methods.title", 4)
            columns = [TableColumn(self._text("methods.member"), "left", 1.0)]
            columns += [TableColumn(method_name(d.method, self.wording), "right") for d in divisions]
            rows = [
                TableRow((self._name(s.player), *(self._share(d, s.player) for d in divisions)), short=True)
                for s in member_positions(self.fairness)
            ]
            whole = (self.wording.money(sum(d.shares.values())) if d.shares else DASH for d in divisions)
            rows.append(TableRow((self._text("methods.total"), *whole), "total"))
            verdicts = (verdict(d, self.wording) for d in divisions)
            rows.append(TableRow((self._text("methods.verdict"), *verdicts), "subtotal"))
            draw_table(sheet, columns, rows)
            sheet.y += 5 * MM

    def _share(self, division: Division, player: str) -> str:
        return self.wording.money(division.shares[player]) if player in division.shares else DASH

    def _notes(self, sheet: PageSheet, texts: Iterable[str]) -> None:
        """Notes in small type, and the sources."""
        note = sheet.styles.note
        for text in (*texts, sources_sentence(self.fairness, self.wording)):
            sheet.need(2 * note.leading)
            sheet.y = sheet.paragraph(LEFT, sheet.y, WIDTH, text, note)


@dataclass(frozen=True, slots=True)
class BarScale:
    """Scale of the bars of all players.

    Attributes:
        low: least amount in cents, not above zero.
        high: greatest amount in cents, not below zero.
    """

    low: int
    high: int

    @staticmethod
    def of(found: Sequence[MemberPosition]) -> BarScale:
        """Scale of all amounts of the players."""
        amounts = [0, *(s.alone for s in found), *(s.pays for s in found)]
        return BarScale(min(amounts), max(amounts))

    def draw(self, position: MemberPosition, sheet: PageSheet, left: float, right: float, top: float) -> None:
        """Bar of the cost alone in grey, and on it one of the amount billed; in the second colour where it is more."""
        colours = sheet.theme.chart
        colour = colours[0] if position.saves >= 0 else colours[1 % len(colours)]
        for amount, height, shade in ((position.alone, ALONE, sheet.theme.light), (position.pays, PAID, colour)):
            start, end = sorted((self._at(0, left, right), self._at(amount, left, right)))
            sheet.bar(start, top + (ROW - height) / 2, max(0.5, end - start), height, shade)

    def _at(self, amount: int, left: float, right: float) -> float:
        return left + (right - left) * float(Fraction(amount - self.low, max(1, self.high - self.low)))


def side_by_side(fairness: Fairness) -> list[list[Division]]:
    """Divisions by table, as many side by side as a page has room for; the one billed is the first of each."""
    charged, *others = fairness.divisions
    step = MOST_FIGURES - 1
    return [[charged, *others[start : start + step]] for start in range(0, len(others), step)]
