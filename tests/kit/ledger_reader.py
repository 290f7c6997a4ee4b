"""What a ledger says, read from the lines of ledger.jsonl alone: where each charge of each month went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
Key = tuple[str, str, str, str]  # month, member, rule, regime


@dataclass(frozen=True)
class Went:
    """A charge and where it went: ``billed`` by a document, ``carried`` to a later one, ``withheld``, or borne by the
    operator (``own``).

    ``month``: the one that it is for. ``entered``: the month of the entry that bills or keeps it.
    """

    where: str
    month: str
    entered: str
    charge: Json
    document: Json | None = None

    @property
    def key(self) -> Key:
        return (self.month, self.charge["member_id"], self.charge["rule"], self.charge["vat"])


def charges_of(document: Json) -> Iterator[tuple[Json, Json]]:
    """(line, charge) of a document."""
    for line in document["lines"]:
        for charge in line["charges"]:
            yield line, charge


def as_billed(line: Json, charge: Json, document: Json, issued: dict[str, Json]) -> Json:
    """The charge itself, or the one of an invoice that it gives back."""
    if not line["reverses"]:
        return charge
    original = issued[document["preceding"][0]["number"]]["lines"][line["reverses"] - 1]
    found: Json = original["charges"][line["charges"].index(charge)]
    return found


def went(entries: Sequence[Json]) -> Iterator[Went]:
    """Every charge once: what was carried counts where it was billed, once it was."""
    brought = {
        (b["period"], b["payer_id"], d["regime"]["name"]) for _, d in documents(entries) for b in d["brought_forward"]
    }
    issued = {document["number"]: document for _, document in documents(entries)}
    for entry in entries:
        period = entry["period"]
        for document in entry["documents"]:
            for line, charge in charges_of(document):
                meant = as_billed(line, charge, document, issued)
                of = meant["adjusts"] or line["carried_from"] or period
                yield Went("billed", of, period, charge | {"kind": meant["kind"]}, document)
        for document in entry["carried_forward"]:
            if (period, document["payer"]["member_id"], document["regime"]["name"]) not in brought:
                for _, charge in charges_of(document):
                    yield Went("carried", charge["adjusts"] or period, period, charge, document)
        for charge in entry["charges_without_document"]:
            yield Went("own", charge["adjusts"] or period, period, charge)
    yield from still_withheld(entries)


def still_withheld(entries: Sequence[Json]) -> Iterator[Went]:
    """What is withheld in the last entry of each month that issued."""
    issuing = {entry["period"]: entry for entry in entries if entry["kind"] in ("issue", "supplementary")}
    for period, entry in issuing.items():
        for document in entry["withheld"]:
            for line, charge in charges_of(document):
                yield Went("withheld", charge["adjusts"] or line["carried_from"] or period, period, charge, document)


def documents(entries: Iterable[Json]) -> Iterator[tuple[Json, Json]]:
    """(entry, document) of every issued document, oldest first."""
    for entry in entries:
        for document in entry["documents"]:
            yield entry, document


def sums(found: Iterable[Went]) -> dict[Key, int]:
    """Cents by month, member, rule and regime; zeros left out."""
    totals: dict[Key, int] = defaultdict(int)
    for one in found:
        totals[one.key] += one.charge["amount"]
    return {key: amount for key, amount in sorted(totals.items()) if amount}


def net(document: Json) -> int:
    return sum(line["amount"] for line in document["lines"])


def vat(document: Json) -> int:
    return sum(line["vat"] for line in document["vat_lines"])


def given_back(entries: Sequence[Json]) -> dict[str, tuple[int, int]]:
    """By number of an invoice: net and VAT that all its credits take off, line by line or as amounts."""
    totals: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for _, document in documents(entries):
        by_line = any(line["reverses"] for line in document["lines"])
        for named in document["preceding"]:
            taken = (-net(document), -vat(document)) if by_line else taken_off(named)
            before = totals[named["number"]]
            totals[named["number"]] = (before[0] + taken[0], before[1] + taken[1])
    return dict(totals)


def taken_off(named: Mapping[str, Any]) -> tuple[int, int]:
    """Cents net and VAT that a credit note takes off an invoice that it names, at all rates together."""
    return sum(each["net"] for each in named["credited"]), sum(each["vat"] for each in named["credited"])
