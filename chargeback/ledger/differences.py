"""What a month would come to today against what was billed: by member and rule, and by document. Pure; cents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from chargeback.result import Charge, Document, Month


@dataclass(frozen=True, slots=True)
class Difference:
    """Charges of one member and rule that are not as billed. With equal amounts, quantities or terms differ."""

    member_id: str
    rule: str
    billed: int
    recomputed: int

    @property
    def amount(self) -> int:
        """Recomputed less billed."""
        return self.recomputed - self.billed


@dataclass(frozen=True, slots=True)
class DocumentDifference:
    """A document (payer and regime) whose totals are not as billed though its charges may be; gross, 0 where there is none."""

    payer_id: str
    regime: str
    number: str
    billed: int
    recomputed: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Everything that is not as billed."""

    charges: tuple[Difference, ...]
    documents: tuple[DocumentDifference, ...]

    @property
    def nothing(self) -> bool:
        return not self.charges and not self.documents


def same(billed: Iterable[Charge], recomputed: Iterable[Charge]) -> bool:
    """Whether charges are as billed; the words of their reasons do not count."""
    return _by_rule(billed) == _by_rule(recomputed)


def differences(billed: Month, recomputed: Month) -> Compared:
    """What would differ if the month were billed today."""
    return Compared(tuple(_charges(billed, recomputed)), tuple(_documents(billed, recomputed)))


def _charges(billed: Month, recomputed: Month) -> Iterable[Difference]:
    old, new = _by_rule(billed.charges), _by_rule(recomputed.charges)
    for key in sorted({*old, *new}):
        before, after = old.get(key, []), new.get(key, [])
        if before != after:
            yield Difference(*key, sum(c.amount for c in before), sum(c.amount for c in after))


def _by_rule(charges: Iterable[Charge]) -> Mapping[tuple[str, str], list[Charge]]:
    found: dict[tuple[str, str], list[Charge]] = defaultdict(list)
    for charge in sorted(charges, key=lambda c: c.order):
        found[charge.member_id, charge.rule].append(replace(charge, reason=""))
    return found


def _documents(billed: Month, recomputed: Month) -> Iterable[DocumentDifference]:
    old, new = _by_payer(billed.documents), _by_payer(recomputed.documents)
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if _totals(before) != _totals(after):
            number = before.number if before else ""
            gross = (before.gross if before else 0, after.gross if after else 0)
            yield DocumentDifference(*key, number, *gross)


def _by_payer(documents: Iterable[Document]) -> Mapping[tuple[str, str], Document]:
    return {(d.payer.member_id, d.regime.name): d for d in documents}


def _totals(document: Document | None) -> tuple[object, ...]:
    return (document.kind, document.net, document.vat, document.regime.category) if document else ()
