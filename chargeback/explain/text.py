"""Explanation as plain text: labels to the left, amounts to the right, paths never broken. Pure text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from textwrap import wrap
from zoneinfo import ZoneInfo

from chargeback.explain.evidence import Evidence
from chargeback.explain.explained_line import Explained
from chargeback.explain.explanation import Explanation
from chargeback.explain.field_text import Field, Label, table
from chargeback.explain.line_fields import fields
from chargeback.explain.usage_rows import UsageRow
from chargeback.model.documents import Document
from chargeback.model.period import EPOCH
from chargeback.render.text.adjustments import carried_month
from chargeback.render.text.carried_forward import CARRIED, why_carried
from chargeback.render.text.labels import line_label, member_name, named, title_of
from chargeback.workspace.reports.formats import without_zeros
from chargeback.workspace.reports.wording import Wording

PrintedFields = dict[tuple[object, ...], int]  # line that printed a field first
WIDTH = 100
INDENT = 4


def text_of(found: Explanation, wording: Wording) -> list[str]:
    """The whole explanation, line by line."""
    lines = [*_head(found, wording)]
    printed: PrintedFields = {}
    for document, own in groupby(found.lines, key=lambda e: e.document):
        if found.document is None:
            lines += ["", _document(document, found, wording)]
        for line in own:
            lines += ["", *_line(line, found, printed, wording)]
    return [*lines, *_totals(found, wording)]


def _head(found: Explanation, wording: Wording) -> Iterator[str]:
    document, month = found.document, wording.month(found.month.period)
    if document is not None:
        month = wording.months(document.first_month, document.period)
    state = wording.text("explain.issued" if found.issued else "explain.draft")
    if document is None:
        name = member_name(found.month, found.asked)
        yield wording.text("explain.title_member", name=name, member=found.asked, month=month)
        yield state
        return
    if document.issue_date is None:
        yield wording.text("explain.title_draft", document=title_of(document, wording), month=month)
    else:
        on = wording.date(document.issue_date)
        yield wording.text("explain.title_issued", document=named(document, wording), date=on, month=month)
    payer = wording.text("explain.payer", name=document.payer.name, member=document.payer.member_id)
    due = wording.text("explain.due", date=wording.date(document.due_date)) if document.due_date else ""
    yield ", ".join(part for part in (payer, due, state) if part)


def _document(document: Document | None, found: Explanation, wording: Wording) -> str:
    if document is None:
        return wording.text("explain.no_document")
    if document.number:
        return named(document, wording)
    name = f"{title_of(document, wording)} ({document.slug})"
    if document.carry_reason in CARRIED:
        why = why_carried(document, found.month.settings, wording)
        return wording.text("explain.of_carried", document=name, why=why)
    return wording.text("explain.of_draft", document=name)


def _line(line: Explained, found: Explanation, printed: PrintedFields, wording: Wording) -> Iterator[str]:
    """A line with its fields; a field that was printed for the same rule, version and member is not printed again."""
    label = line_label(line.line, line.rule, wording)
    payer = line.document.payer.member_id if line.document else found.asked
    if line.line.beneficiary not in (payer, found.asked):
        name, member = member_name(found.month, line.line.beneficiary), line.line.beneficiary
        label = f"{label}, {wording.text('explain.for_member', name=name, member=member)}"
    if line.line.carried_from is not None:
        label = f"{label}, {_small(carried_month(line.line.carried_from, wording))}"
    yield _sided(f"{line.number:>{INDENT - 2}}  {label}", wording.money(line.line.amount))
    yield from _fields(line, found, printed, wording)
    for part in line.recomputed:
        month = wording.month(part.month.period)
        title = wording.text("explain.again", month=month, label=line_label(part.line, part.rule, wording))
        yield _sided(f"{'':{INDENT}}{title}", wording.money(part.line.amount))
        yield from _fields(part, found, printed, wording)


def _small(text: str) -> str:
    """A text within a sentence."""
    return f"{text[:1].lower()}{text[1:]}"


def _fields(line: Explained, found: Explanation, printed: PrintedFields, wording: Wording) -> Iterator[str]:
    """The fields of a line, with the month that charged it."""
    charged = replace(found, month=line.month)
    width = max(len(wording.text(f"explain.labels.{name}")) for name in LABELS) + 2
    for field in [*fields(line, charged, wording), *_usage(line, found, wording)]:
        own = (line.line.beneficiary, line.rule.id, line.version.valid_from)
        key = (field,) if field.once else (*own, field)
        if field.once and key in printed:
            reference = wording.text("explain.transfers.again", first=field.texts[0], line=printed[key])
            yield from _field(Field(field.label, (reference,), True), width, wording)
        elif field.label not in ONCE or key not in printed:
            yield from _field(field, width, wording)
        printed.setdefault(key, line.number)


ONCE: tuple[Label, ...] = ("reference", "quantity", "measured", "registers", "part")
LABELS: tuple[Label, ...] = (
    *("rule", "reference", "quantity", "measured", "registers", "part", "tier", "terms", "calculation", "rounding"),
    *("span", "pool", "costs", "method", "received", "held", "source", "key", "charges", "bound", "rows", "today"),
    *("billed", "cause"),
)


def _field(field: Field, width: int, wording: Wording) -> Iterator[str]:
    label = wording.text(f"explain.labels.{field.label}")
    for text in field.texts:
        broken = (
            [text]
            if field.whole
            else wrap(text, WIDTH - INDENT - width, break_long_words=False, break_on_hyphens=False)
        )
        for part in broken:
            yield f"{'':{INDENT}}{label:{width}}{part}".rstrip()
            label = ""


def _usage(line: Explained, found: Explanation, wording: Wording) -> Iterator[Field]:
    texts: list[str] = []
    for each in line.evidence:
        texts += _evidence(each, found, wording)
    if any(not e.same_rows_as for e in line.evidence):
        command = f"chargeback explain {found.asked} --period {found.month.period} --line {line.number} --rows"
        texts.append(wording.text("explain.rows.all", command=command))
    if texts:
        yield Field("rows", tuple(texts), True)


def _evidence(each: Evidence, found: Explanation, wording: Wording) -> Iterator[str]:
    key = "taken_over" if each.of_predecessors else "before" if each.of_earlier_months else "count"
    count = wording.plural(f"explain.rows.{key}", each.rows, meter=each.question.quantity.meter)
    if each.same_rows_as:
        yield wording.text("explain.rows.same", count=count, line=each.same_rows_as)
        return
    if each.rows > len(each.first):
        yield wording.text("explain.rows.first", count=count, shown=len(each.first))
    else:
        yield f"{count} :" if wording.language == "fr" else f"{count}:"
    yield from (f"  {text}" for text in _rows(each.first, found, wording))


def _rows(rows: Iterable[UsageRow], found: Explanation, wording: Wording) -> list[str]:
    """File and line, when, what, how much, tags."""
    zone = found.month.settings.zone
    cells = [
        (
            place_of(r),
            _when(r, zone) + _counted(r, wording),
            r.resource_id or r.member_id,
            wording.formats.digits(without_zeros(r.quantity)),
            _tags(r),
        )
        for r in rows
    ]
    return table(cells, "lllrl")


def place_of(row: UsageRow) -> str:
    """File and line, as problems show them."""
    return row.path if row.line is None else f"{row.path}:{row.line}"


def local(instant_us: int, zone: ZoneInfo) -> datetime:
    """An instant on the clock of the workspace."""
    return (EPOCH + timedelta(microseconds=instant_us)).astimezone(zone)


def _when(row: UsageRow, zone: ZoneInfo) -> str:
    start = _clock(local(row.start_us, zone))
    if row.end_us is None:
        return start
    end = _clock(local(row.end_us, zone))
    return f"{start} → {end[11:] if end[:10] == start[:10] else end}"


def _counted(row: UsageRow, wording: Wording) -> str:
    """The time that is counted of a row that is cut, as ``, of which 48:00:00 counted``."""
    if not row.cut or row.counted_us is None:
        return ""
    seconds, micros = divmod(row.counted_us, 1_000_000)
    time = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}" + (f".{micros:06}" if micros else "")
    return wording.text("explain.rows.counted", time=time)


def _clock(moment: datetime) -> str:
    """Day and hour; with the offset in the hour that a clock change repeats."""
    text = moment.replace(tzinfo=None).isoformat(sep=" ", timespec="minutes")
    twice = moment.utcoffset() != moment.replace(fold=1 - moment.fold).utcoffset()
    return moment.isoformat(sep=" ", timespec="minutes") if twice else text


def _tags(row: UsageRow) -> str:
    return ", ".join(f"{name} = {value}" for name, value in sorted(row.tags.items()))


def _sided(left: str, right: str) -> str:
    """Left and right on one line of the page's width."""
    return f"{left}{' ' * max(2, WIDTH - len(left) - len(right))}{right}"


def _totals(found: Explanation, wording: Wording) -> Iterator[str]:
    """Net, VAT and gross of a whole document; the sum of the lines of a member; nothing for a single line."""
    document = found.document
    if document is not None and len(found.lines) == len(document.lines):
        yield ""
        if document.vat == 0:
            yield _sided(f"{'':{INDENT}}{wording.text('explain.gross_plain')}", wording.money(document.gross))
            return
        yield _sided(f"{'':{INDENT}}{wording.text('explain.net_of_vat')}", wording.money(document.net))
        for vat in document.vat_lines:
            rate = wording.percent(vat.regime.rate / 100, 2, trim=True)
            yield _sided(f"{'':{INDENT}}{wording.text('explain.vat', rate=rate)}", wording.money(vat.vat))
        yield _sided(f"{'':{INDENT}}{wording.text('explain.gross')}", wording.money(document.gross))
    elif len(found.lines) > 1:
        total = sum(e.line.amount for e in found.lines)
        yield ""
        yield _sided(f"{'':{INDENT}}{wording.text('explain.net')}", wording.money(total))
