"""Fields of a share of a pool: costs booked, keys, the exact part, the cents. Pure text."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from chargeback.explain.calculation import Quota, quota, split_of
from chargeback.explain.explained_line import Explained
from chargeback.explain.explanation import Explanation
from chargeback.explain.field_text import Field, exact_money, registers, table
from chargeback.explain.transfers import cost_rows, transfer_fields
from chargeback.model.pools import KeyTable, PoolSplit
from chargeback.render.text.calculations import bound_sentences, pool_sentence
from chargeback.render.text.labels import key_label, key_unit, pool_label
from chargeback.render.text.quantity_terms import quantity_text
from chargeback.render.text.split_view import key_parts, split_view
from chargeback.workspace.reports.wording import Wording

Keys = list[tuple[KeyTable, Fraction, Fraction]]


def share_fields(line: Explained, found: Explanation, wording: Wording) -> Iterator[Field]:
    """Pool, costs, keys, registers, bounds, calculation and rounding of a share."""
    split = split_of(found.month, line.rule.id, line.line.version)
    view = split_view(found.month, line.line)
    if split is None or view is None:
        return
    member = line.line.beneficiary
    label = pool_label(split.pool, wording)
    yield Field("pool", (*_booked(split.pool, label, found, wording), pool_sentence(view, found.month, label, wording)))
    yield from _costs(split.pool, found, wording)
    yield from transfer_fields(split.pool, found.month, wording)
    keys = key_parts(view, member, found.month)
    yield Field("key", tuple(_key_rows(keys, line, wording)), True)
    yield from registers(line, found, wording)
    terms = bound_sentences(line.rule, line.version, wording)
    if terms:
        yield Field("terms", tuple(terms))
    yield from _cents(line, split, quota(split, member), keys, wording)


def _booked(pool: str, label: str, found: Explanation, wording: Wording) -> Iterator[str]:
    for each in found.month.pools:
        if each.name == pool and each.booked != each.after_transfers:
            amounts = {"booked": wording.money(each.booked), "held": wording.money(each.after_transfers)}
            yield wording.text("explain.pool.transferred", pool=label, **amounts)


def _costs(pool: str, found: Explanation, wording: Wording) -> Iterator[Field]:
    """The first of the costs booked to the pool, with their file and line."""
    texts = tuple(text for each in found.month.pools if each.name == pool for text in cost_rows(each, wording))
    if texts:
        yield Field("costs", texts, True)


def _key_rows(keys: Keys, line: Explained, wording: Wording) -> list[str]:
    """Each key with its weight, the member's value and the total."""
    rows = []
    for key, value, total in keys:
        unit = key_unit(key.kind, key.name, wording)
        weight = wording.percent(key.weight, 6, trim=True) if len(keys) > 1 else ""
        label = _label(key, line, wording)
        rows.append((weight, label, wording.number(value), "/", wording.number(total), unit))
    return [text.strip() for text in table(rows, "rlrlrl")]


def _label(key: KeyTable, line: Explained, wording: Wording) -> str:
    """Quantity that a key counts, with its measure and tags where it is a meter."""
    for each in line.version.keys:
        if each.quantity is not None and key.kind == "meter" and each.name == key.name and each.weight == key.weight:
            return quantity_text(each.quantity, wording, line.version)
    return key_label(key.kind, key.name, wording)


def _cents(line: Explained, split: PoolSplit, part: Quota | None, keys: Keys, wording: Wording) -> Iterator[Field]:
    amount = wording.money(line.line.amount)
    bound = (split.binding or {}).get(line.line.beneficiary)
    if bound:
        yield Field("rounding", (wording.text(f"explain.rounding.{bound}", amount=amount),))
    if part is None:
        return
    exact = exact_money(part.exact / 100, wording)
    formula = _formula(part, keys, wording)
    texts = [wording.text("explain.calculation.product", formula=formula, exact=exact)]
    error = (split.standard_errors or {}).get(line.line.beneficiary)
    if error is not None:
        texts.append(wording.text("explain.calculation.estimated", amount=exact_money(error / 100, wording)))
    yield Field("calculation", tuple(texts))
    key = "exact" if part.exact == line.line.amount else "share"
    yield Field("rounding", (wording.text(f"explain.rounding.{key}", exact=exact, amount=amount),))


def _formula(part: Quota, keys: Keys, wording: Wording) -> str:
    """pool × (weight × value ÷ total + …), of the amount that the members at no bound share."""
    terms = [f"{wording.number(value)} ÷ {wording.number(total)}" for _, value, total in keys]
    if len(keys) > 1:
        terms = [f"{wording.percent(k.weight, 6, trim=True)} × {t}" for (k, _, _), t in zip(keys, terms, strict=True)]
    whole = f"({' + '.join(terms)})" if len(terms) > 1 else terms[0]
    formula = f"{wording.money(part.rest)} × {whole}"
    if part.free == 1:
        return formula
    return wording.text("explain.calculation.of_rest", formula=formula, free=wording.percent(part.free, 6, trim=True))
