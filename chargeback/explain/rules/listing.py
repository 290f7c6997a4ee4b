"""Rules in force on a day as a table of plain text: rule, terms and reference, validity with VAT and pool. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby, zip_longest
from textwrap import wrap

from chargeback.explain.rules.in_force import InForce, Listing, Outside
from chargeback.model.fields import Regimes
from chargeback.model.rules import Rule
from chargeback.model.versions import Version
from chargeback.render.text.adjustments import reason_text
from chargeback.render.text.labels import pool_label, rule_label, service_label
from chargeback.render.text.rule_terms import rule_sentences
from chargeback.workspace.reports.wording import Wording

WIDTHS = (30, 56, 28)
GAP = 2
WIDTH = sum(WIDTHS) + GAP * (len(WIDTHS) - 1)
ONE_DAY = timedelta(days=1)
NO_BREAK = "\ue000"
TIED = re.compile(r" (?=[;:»?!%/×÷])|(?<=[«/×÷]) ")
ListingCell = list[str]


def listing_text(listing: Listing, wording: Wording) -> list[str]:
    """The lines of the table, then the rules that have no version in force."""
    day = wording.date(listing.day)
    if not listing.in_force:
        lines = [wording.text("rules.none", date=day), ""]
    else:
        count = wording.plural("rules.count", len(listing.in_force))
        lines = [wording.text("rules.heading", date=day, count=count), "", *_titles(wording)]
        for service, group in groupby(listing.in_force, key=lambda each: each.rule.service):
            lines += [_service(service, wording), *_group(list(group), listing, wording)]
    if listing.outside:
        return [*lines, wording.text("rules.outside"), *outside_rows(listing.outside, wording)]
    return lines[:-1]


def _titles(wording: Wording) -> list[str]:
    titles = [[wording.text(f"rules.columns.{name}")] for name in ("rule", "terms", "dates")]
    return [*_row(titles), "─" * WIDTH]


def _service(service: str, wording: Wording) -> str:
    return service_label(service, wording) if service else wording.text("rules.no_service")


def _group(group: Sequence[InForce], listing: Listing, wording: Wording) -> Iterator[str]:
    """The rules of a service, an empty line after each."""
    for each in group:
        left = [f"  {each.rule.id}", *_own_lines(each.rule, wording)]
        middle = terms(each, listing.day, listing.rules, wording)
        right = validity(each.rule, each.version, wording)
        cells = [
            [part for text in cell for part in broken(text, w)]
            for cell, w in zip((left, middle, right), WIDTHS, strict=True)
        ]
        yield from _row(cells)
        yield ""


def _own_lines(rule: Rule, wording: Wording) -> Iterator[str]:
    """The name of a rule and its kind, set in."""
    yield f"    {rule_label(rule, wording)}"
    yield f"    {wording.text(f'rules.kinds.{rule.kind}')}"


def terms(each: InForce, day: date, rules: Mapping[str, Rule], wording: Wording) -> ListingCell:
    """Terms of a version, sentence by sentence, then its references and why it is retroactive."""
    titles = wording.text("common.list").join(
        f"{r.title} <{r.href}>" if r.href else r.title for r in each.version.references
    )
    reason = reason_text(each.version, wording)
    return [
        *rule_sentences(each.rule, each.version, day, rules, wording),
        wording.text("basis.references", titles=titles),
        *([wording.text("rules.retroactive", reason=reason)] if reason else []),
    ]


def validity(rule: Rule, version: Version, wording: Wording) -> ListingCell:
    """From when to when (its last day), then VAT, pool and group."""
    found = [wording.text("rules.since", date=wording.short_date(version.valid_from))]
    if version.valid_to is not None:
        found.append(wording.text("rules.until", date=wording.short_date(version.valid_to - ONE_DAY)))
    found += regimes(version.vat or rule.vat, wording)
    if rule.pool:
        found.append(wording.text("rules.pool", pool=pool_label(rule.pool, wording)))
    if rule.group:
        found.append(wording.text("rules.group", group=rule.group))
    return found


def regimes(vat: Regimes, wording: Wording) -> list[str]:
    """The VAT regime, or that of each kind of member and each member named."""
    if isinstance(vat, str):
        return [wording.label("regimes", vat)] if vat else []
    by_member = vat.get("by_member", {})
    own: Mapping[str, str] = {k: v for k, v in vat.items() if k not in ("default", "by_member")} | dict(by_member)
    default = vat.get("default")
    texts = [wording.label("regimes", str(default))] if default else []
    for who, regime in own.items():
        texts.append(wording.text("rules.regime_of", regime=wording.label("regimes", str(regime)), who=who))
    return texts


def outside_rows(outside: Sequence[Outside], wording: Wording) -> list[str]:
    """Rules that are not in force: when they ended, when they begin."""
    rows = [(each.rule.id, rule_label(each.rule, wording), _when(each, wording)) for each in outside]
    wide = [max(len(row[n]) for row in rows) for n in range(2)]
    return [f"  {rule:{wide[0]}}  {label:{wide[1]}}  {when}" for rule, label, when in rows]


def _when(each: Outside, wording: Wording) -> str:
    ended = wording.short_date(each.ended - ONE_DAY) if each.ended else ""
    begins = wording.short_date(each.begins) if each.begins else ""
    if ended and begins:
        return wording.text("rules.again", date=ended, next=begins)
    return wording.text("rules.ended", date=ended) if ended else wording.text("rules.began", date=begins)


def broken(text: str, width: int) -> list[str]:
    """Text in lines of a cell, indented like the first; no line begins with a mark, only what is too long is cut."""
    indent = " " * (len(text) - len(text.lstrip(" ")))
    bound = TIED.sub(lambda found: found[0].replace(" ", NO_BREAK), text.strip())
    lines = wrap(bound, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
    return [line.replace(NO_BREAK, " ") for line in lines] or [""]


def _row(cells: Sequence[ListingCell]) -> list[str]:
    """Cells side by side, each of several lines."""
    gap = " " * GAP
    return [
        gap.join(part.ljust(width) for part, width in zip(parts, WIDTHS, strict=True)).rstrip()
        for parts in zip_longest(*cells, fillvalue="")
    ]
